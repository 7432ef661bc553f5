#include "list_target.h"

#include "act.h"
#include "body_of_act.h"
#include "drafting.h"
#include "encoding.h"
#include "translate.h"

/* --- which list ------------------------------------------------------------------------- */

/* The LIST of the API that the name means, its opening act or the version in force: a
 * reference of its own, or NULL. The budgets stand beside the lists. */
static json_t *find_list(const json_t *lists, const char *name)
{
	json_t *list;
	size_t i;

	json_array_foreach(lists, i, list) if (strcmp(member_text(list, "list"), name) == 0 ||
	                                       strcmp(member_text(list, "version"), name) ==
	                                           0) return json_incref(list);
	return NULL;
}

int lists_each(struct node *node, int (*visit)(void *context, json_t *page), void *context,
               struct error *error)
{
	size_t from = 0;
	bool more = true;
	int r = OK;

	while (more && r == OK) {
		json_t *page = NULL;

		if ((r = api_get(node->api, &page, error, "/v1/channels/%s/lists?from=%zu",
		                 node->channel.id, from)) != OK)
			break;
		from += json_array_size(member(page, "lists"));
		more = member_true(page, "more") && json_array_size(member(page, "lists")) > 0;
		r = visit(context, page);
		json_decref(page);
	}
	return r;
}

struct finding {
	const char *name;
	json_t *list;
	struct list_target *target;
};

static int find_on_page(void *context, json_t *page)
{
	struct finding *finding = context;

	finding->target->budget_day = member_number(page, "budget_day");
	finding->target->budget_list = member_number(page, "budget_list");
	if (finding->list == NULL)
		finding->list = find_list(member(page, "lists"), finding->name);
	return OK;
}

static int check_list(const struct node *node, const json_t *list, const char *name, bool own,
                      struct error *error)
{
	bool is_own;

	if (list == NULL)
		return error_set(error, ERROR_NOT_FOUND,
		                 _("%s is no list of this channel: see 'chiro list show'"), name);
	is_own = strcmp(member_text(list, "owner"), node->channel.own) == 0;
	if (is_own && !own)
		return error_set(error, ERROR_STATE,
		                 _("%s is our own list: it is looked up here, with 'chiro list "
		                   "show'"),
		                 name);
	if (own && !is_own)
		return error_set(error, ERROR_STATE, _("%s is a list of the other side's"), name);
	if (strcmp(member_text(list, "mode"), "swap") == 0 && !member_true(list, "revealed"))
		return error_set(error, ERROR_STATE,
		                 _("%s only commits to a list, which is not opened yet"), name);
	if (strcmp(member_text(list, "mode"), "match-only") != 0)
		return error_set(
		    error, ERROR_STATE,
		    _("%s is an opened list: it is read, with 'chiro list show %s', and "
		      "not asked"),
		    name, name);
	return OK;
}

static int check_asked(const json_t *list, const char *name, struct error *error)
{
	if (member_true(list, "rejected"))
		return error_set(error, ERROR_STATE, _("%s was rejected, and is not asked"), name);
	if (member_true(list, "retired"))
		return error_set(error, ERROR_STATE, _("%s is retired, and is not asked any more"),
		                 name);
	return OK;
}

static uint64_t left_of(uint64_t budget, uint64_t used)
{
	return used >= budget ? 0 : budget - used;
}

static void take_budgets(const json_t *list, struct list_target *target)
{
	const json_t *row;
	size_t i;

	json_array_foreach(member(list, "classes"), i, row)
	{
		enum identifier_class identifier_class;
		struct list_class *class_of;

		if (!identifier_class_named(bytes_of_string(member_text(row, "class")),
		                            &identifier_class))
			continue;
		class_of = &target->classes[identifier_class];
		class_of->left = left_of(target->budget_list, member_number(row, "total") +
		                                                  member_number(row, "on_record"));
		class_of->left_today = left_of(target->budget_day,
		                               member_number(row, "today") +
		                                   member_number(row, "on_record_today"));
	}
}

/* --- what it commits to -------------------------------------------------------------------- */

/* From the text of the act, which is what others will be shown. */
static int take_commitments(const json_t *act, struct list_target *target, struct error *error)
{
	struct act parsed;
	int r = act_parse(bytes_of_string(member_text(act, "text")), &parsed, error);

	if (r != OK)
		return r;
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;
		const struct field_value *field = act_field(
		    &parsed, identifier_class_name(identifier_class));
		struct list_class *class_of = &target->classes[i];

		if (field == NULL)
			continue;
		if ((r = class_commitment_parse(field->text, identifier_class,
		                                &class_of->commitment, error)) != OK)
			return r;
		class_of->used = true;
	}
	return OK;
}

/* The act that published a version: of those in the list's matter that count, in their
 * order, for versions are numbered without gaps and only their owner publishes them. */
static int find_version(struct node *node, struct list_target *target, uint64_t epoch,
                        struct error *error)
{
	json_t *reply = NULL, *row;
	uint64_t version = 0;
	size_t i;
	int r;

	if ((r = api_get(node->api, &reply, error, "/v1/channels/%s/matters/%s", node->channel.id,
	                 target->list)) != OK)
		return r;
	r = ERROR_NOT_FOUND;
	json_array_foreach(member(reply, "list"), i, row)
	{
		const struct kind *kind = kind_by_name(bytes_of_string(member_text(row, "kind")));

		if (strcmp(member_text(row, "verdict"), "valid") != 0 || kind == NULL ||
		    (kind->number != KIND_LIST && kind->number != KIND_UPDATE_LIST) ||
		    ++version != epoch)
			continue;
		snprintf(target->version, sizeof(target->version), "%s", member_text(row, "name"));
		target->epoch = epoch;
		r = OK;
	}
	json_decref(reply);
	return r == OK ? OK : error_set(error, r, _("the list has no such version"));
}

/* `epoch` 0: the version in force. */
static int find(struct node *node, const char *name, uint64_t epoch, bool own,
                struct list_target *ret_target, struct error *error)
{
	struct list_target target = { .epoch = 0 };
	struct finding finding = { .name = name, .target = &target };
	struct act_reference reference;
	json_t *list, *opening = NULL, *act = NULL;
	int r;

	r = lists_each(node, find_on_page, &finding, error);
	list = finding.list;
	if (r != OK || (r = check_list(node, list, name, own, error)) != OK ||
	    (epoch == 0 && (r = check_asked(list, name, error)) != OK))
		goto out;
	snprintf(target.list, sizeof(target.list), "%s", member_text(list, "list"));
	snprintf(target.version, sizeof(target.version), "%s", member_text(list, "version"));
	target.epoch = member_number(list, "epoch");
	if (epoch != 0 && epoch != target.epoch &&
	    (r = find_version(node, &target, epoch, error)) != OK)
		goto out;
	if ((r = draft_resolve(node, target.list, &reference, &opening, error)) != OK)
		goto out;
	target.leaf = reference.leaf;
	if ((r = draft_resolve(node, target.version, &reference, &act, error)) != OK)
		goto out;
	take_budgets(list, &target);
	if ((r = take_commitments(act, &target, error)) == OK)
		*ret_target = target;
out:
	json_decref(act);
	json_decref(opening);
	json_decref(list);
	return r;
}

int list_target_find(struct node *node, const char *name, struct list_target *ret_target,
                     struct error *error)
{
	return find(node, name, 0, false, ret_target, error);
}

int list_target_find_version(struct node *node, const char *name, uint64_t epoch,
                             struct list_target *ret_target, struct error *error)
{
	return find(node, name, epoch, false, ret_target, error);
}

int list_target_find_own(struct node *node, const char *name, uint64_t epoch,
                         struct list_target *ret_target, struct error *error)
{
	return find(node, name, epoch, true, ret_target, error);
}

/* --- its pairs ------------------------------------------------------------------------------ */

struct byte_source list_class_pairs(const struct list_class *class_of)
{
	return byte_source_over(&class_of->content);
}

static const struct opened_part *find_part(const struct opened_body *body, const char *media_type,
                                           const char *name)
{
	for (size_t i = 0; i < body->count; i++)
		if (strcmp(body->parts[i].line.description.media_type, media_type) == 0 &&
		    (name == NULL || strcmp(body->parts[i].line.description.name, name) == 0))
			return &body->parts[i];
	return NULL;
}

/* What stands in the body against what the act commits to. */
static int check_pairs(struct list_target *target, enum identifier_class identifier_class)
{
	struct list_class *class_of = &target->classes[identifier_class];
	const struct opened_part *part = find_part(&target->body, PAIRS_MEDIA_TYPE,
	                                           identifier_class_name(identifier_class));
	struct byte_source source;
	struct hash root;
	int r;

	if (part == NULL || part->content.size != class_of->commitment.pairs * PAIR_SIZE)
		return ERROR_MISMATCH;
	class_of->content = part->content;
	source = list_class_pairs(class_of);
	r = pairs_root(&source, class_of->commitment.pairs, &root);
	if (r == ERROR_CANONICAL || (r == OK && !hash_equal(&root, &class_of->commitment.root)))
		return ERROR_MISMATCH;
	return r;
}

int list_target_open(struct node *node, const bool wanted[IDENTIFIER_CLASS_COUNT],
                     struct list_target *target, enum identifier_class *ret_class,
                     struct error *error)
{
	const struct opened_part *text;
	json_t *act = NULL;
	int r = body_by_name(node, target->version, NULL, &act, &target->body, error);

	json_decref(act);
	if (r != OK)
		return r;
	target->opened = true;
	text = find_part(&target->body, PAIRS_TEXT_MEDIA_TYPE, NULL);
	/* A table that is none costs the labels their words, no more. */
	if (text != NULL && pairs_text_parse(text->content, &target->text, NULL) != OK)
		target->text = (struct pairs_text){ .contact_count = 0 };
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		if (!wanted[i] || !target->classes[i].used)
			continue;
		if ((r = check_pairs(target, (enum identifier_class)i)) == OK)
			continue;
		*ret_class = (enum identifier_class)i;
		return r == ERROR_MISMATCH
		           ? error_set(error, r,
		                       _("the body of %s is WRONG: its pairs of class %s are not "
		                         "those that the act commits to"),
		                       target->version, identifier_class_name(*ret_class))
		           : error_set(error, r, "%s", result_text(r));
	}
	return OK;
}

void list_target_release(struct list_target *target)
{
	if (target->opened)
		opened_body_release(&target->body);
	*target = (struct list_target){ .epoch = 0 };
}

struct bytes list_target_contact(const struct list_target *target, uint8_t contact)
{
	return contact == 0 || contact > target->text.contact_count
	           ? bytes_of(NULL, 0)
	           : target->text.contacts[contact - 1];
}
