#include "list_source.h"

#include "act.h"
#include "body_of_act.h"
#include "files.h"
#include "list_target.h"
#include "list_text.h"
#include "terminal.h"
#include "translate.h"

bool list_source_is_act(const struct settings *settings, const char *name)
{
	char path[LIST_PATH_CAPACITY], party[PARTY_ID_CAPACITY];
	unsigned generation;
	uint64_t number;

	return act_name_parse(bytes_of_string(name), party, &generation, &number) == OK &&
	       (list_file_path(settings, name, false, path, NULL) != OK || !file_exists(path));
}

int list_source_own(const struct settings *settings, const char *name,
                    struct list_source *ret_source, struct error *error)
{
	struct list_source source = { .act = NULL };
	int r;

	if ((r = list_file_map(settings, name, &source.mapping, error)) != OK)
		return r;
	source.text = source.mapping.text;
	*ret_source = source;
	return OK;
}

/* --- what an act brings ----------------------------------------------------------------- */

/* How the list of this act is handed over; NULL: acts of this kind bring none. */
static const char *mode_of(const struct act *act)
{
	static const char *const modes[] = { "opened", "match-only", "swap" };
	const struct field_value *field = act_field(act, "mode");

	if (act->kind->number == KIND_REVEAL)
		return "opened";
	if (act->kind->number != KIND_LIST && act->kind->number != KIND_UPDATE_LIST)
		return NULL;
	for (size_t i = 0; field != NULL && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (bytes_equal_string(field->text, modes[i]))
			return modes[i];
	return NULL;
}

/* --- what a commitment became ----------------------------------------------------------- */

struct finding {
	const char *name;
	char version[ACT_NAME_CAPACITY]; /* what opens it; "" */
};

static int find_opening(void *context, json_t *page)
{
	struct finding *finding = context;
	json_t *list;
	size_t i;

	json_array_foreach(member(page, "lists"), i, list)
	{
		if (strcmp(member_text(list, "list"), finding->name) == 0 &&
		    member_true(list, "revealed"))
			(void)bytes_to_string(bytes_of_string(member_text(list, "version")),
			                      finding->version, sizeof(finding->version));
	}
	return OK;
}

/* The act that has opened what a sealed swap commits to, in the version in force. ERROR_STATE:
 * none has. */
static int find_what_was_opened(struct node *node, const char *name,
                                char ret_version[ACT_NAME_CAPACITY], struct error *error)
{
	struct finding finding = { .name = name };
	int r;

	if ((r = lists_each(node, find_opening, &finding, error)) != OK)
		return r;
	if (finding.version[0] == '\0')
		return error_set(error, ERROR_STATE,
		                 _("%s only commits to a list, which is not opened yet"), name);
	memcpy(ret_version, finding.version, ACT_NAME_CAPACITY);
	return OK;
}

/* Whether what the act brings can be read as a list; gives the act that has it. */
static int check_act(struct node *node, const json_t *act, const char *name,
                     char ret_name[ACT_NAME_CAPACITY], struct error *error)
{
	struct act parsed;
	const char *mode;
	int r;

	if ((r = act_parse(bytes_of_string(member_text(act, "text")), &parsed, error)) != OK)
		return r;
	if ((mode = mode_of(&parsed)) == NULL)
		return error_set(error, ERROR_USAGE, _("%s brings no list: it is of kind '%s'"),
		                 name, parsed.kind->name);
	if (strcmp(mode, "swap") == 0)
		return find_what_was_opened(node, name, ret_name, error);
	if (strcmp(mode, "match-only") == 0)
		return error_set(error, ERROR_STATE,
		                 _("the list of %s can be asked and not read: see 'chiro help list "
		                   "check'"),
		                 name);
	return bytes_to_string(bytes_of_string(name), ret_name, ACT_NAME_CAPACITY);
}

int list_source_act(struct node *node, const char *name, const char *identity,
                    struct list_source *ret_source, struct error *error)
{
	struct list_source source = { .act = NULL };
	char found[ACT_NAME_CAPACITY];
	json_t *named = NULL;
	int r;

	/* Before its body is fetched. */
	if ((r = api_get(node->api, &named, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	r = check_act(node, named, name, found, error);
	json_decref(named);
	if (r != OK ||
	    (r = body_by_name(node, found, identity, &source.act, &source.body, error)) != OK)
		return r;
	if (source.body.count == 1 &&
	    strcmp(source.body.parts[0].line.description.media_type, LIST_MEDIA_TYPE) == 0) {
		source.text = source.body.parts[0].content;
		*ret_source = source;
		return OK;
	}
	list_source_release(&source);
	return error_set(error, ERROR_MISMATCH,
	                 _("what %s brings is no list: 'chiro read %s' shows it"), found, found);
}

int list_source_node(const struct options *options, struct node *ret_node)
{
	struct node node = { .api = NULL };
	struct error error = { 0 };

	if (settings_load(options, &node.settings, &error) != OK)
		return complain_error(NULL, &error);
	for (size_t i = 0; i < options->argument_count; i++)
		if (list_source_is_act(&node.settings, options->arguments[i]))
			return node_open(options, true, ret_node);
	*ret_node = node;
	return -1;
}

void list_source_node_close(struct node *node)
{
	if (node->api != NULL)
		node_close(node);
}

int list_source_find(struct node *node, const char *name, const char *identity,
                     struct list_source *ret_source, struct error *error)
{
	return list_source_is_act(&node->settings, name)
	           ? list_source_act(node, name, identity, ret_source, error)
	           : list_source_own(&node->settings, name, ret_source, error);
}

void list_source_release(struct list_source *source)
{
	list_file_unmap(&source->mapping);
	if (source->act != NULL)
		opened_body_release(&source->body);
	json_decref(source->act);
	*source = (struct list_source){ .act = NULL };
}
