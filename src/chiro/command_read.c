/* chiro read: what an act says. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "body_of_act.h"
#include "command.h"
#include "durable_file.h"
#include "fields.h"
#include "files.h"
#include "listing.h"
#include "part_files.h"
#include "reading.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "part",
	  .value = N_("N"),
	  .help = N_("only this part, as it is where standard output is no terminal") },
	{ .name = "to",
	  .value = N_("DIR"),
	  .help = N_("write the parts to files in this directory; none is overwritten") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_(
	      "open it with this age identity instead of the node's reading key: what is for "
	      "the eyes of the heads opens only so") },
	{ 0 },
};

static const struct usage usage = {
	.name = "read",
	.arguments = N_("ACT"),
	.help = N_(
	    "Fetches the sealed body of an act and opens it in a process of its own, which has "
	    "no keys, files or network. Text is shown, with characters that could deceive made "
	    "visible; attachments are listed. The node notes who opened what, and when. Reading "
	    "is not acknowledging: see 'chiro help reply'."),
	.examples = "  chiro read south-3\n  chiro read south-3 --to south-3.parts\n"
		    "  chiro read south-3 --part 4 > report.pdf\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

/* The identity to open with, or NULL when the node's key does it. */
static int choose_identity(const struct node *node, const struct options *options,
                           const json_t *act, const char **ret_path, struct error *error)
{
	const char *given = options_value(options, "identity");

	if (given == NULL && member_true(act, "eyes_heads")) {
		given = node->settings.reading_identity;
		if (given[0] == '\0')
			return error_set(
			    error, ERROR_USAGE,
			    _("%s is for the eyes of the heads: say --identity FILE, or "
			      "reading-identity in the identity file"),
			    member_text(act, "name"));
	}
	*ret_path = given;
	return OK;
}

/* The act by this name; of a `reseal` the act whose body it sealed anew, so that both
 * names give the same. */
static int find_act(struct node *node, const char *name, json_t **ret_act, struct error *error)
{
	json_t *act = NULL, *target = NULL;
	int r;

	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	if (strcmp(member_text(act, "kind"), "reseal") == 0 &&
	    member_string(act, "target") != NULL) {
		r = api_get(node->api, &target, error, "/v1/channels/%s/acts/%s", node->channel.id,
		            member_text(act, "target"));
		json_decref(act);
		act = target;
	}
	if (r == OK)
		*ret_act = act;
	return r;
}

static int open_body(struct node *node, const struct options *options, const json_t *act,
                     struct opened_body *ret_body, struct error *error)
{
	const char *identity;
	int r = choose_identity(node, options, act, &identity, error);

	return r == OK ? body_of_act_open(node, act, identity, ret_body, error) : r;
}

/* `ru, translation`, where it differs from the part before. */
static void show_language(const struct part_description *description,
                          const struct part_description *before)
{
	if (description->language[0] == '\0' ||
	    (before != NULL && before->standing == description->standing &&
	     strcmp(before->language, description->language) == 0))
		return;
	printf("%s[%s, %s]%s\n", style(stdout, STYLE_FAINT), description->language,
	       description->standing == PART_TRANSLATION ? _("translation") : _("authentic text"),
	       style(stdout, STYLE_PLAIN));
}

static void show_fields(struct bytes content)
{
	struct text_reader reader;
	struct bytes key, value;

	fields_reader_init(&reader, content);
	while (fields_next(&reader, &key, &value) == OK) {
		char label[FIELDS_KEY_MAXIMUM + 1] = "";

		bytes_to_string(key, label, sizeof(label));
		list_item(label, "%.*s", (int)value.size, (const char *)value.data);
	}
}

static void show_text(const struct opened_part *part, const struct part_description *before)
{
	enum part_role role = part_role_of(part->line.description.media_type);

	/* A text that breaks the rules of its role is shown as what it is. */
	if (role == PART_FIELDS && fields_check(part->content, NULL) == OK) {
		show_fields(part->content);
		putchar('\n');
		return;
	}
	show_language(&part->line.description, before);
	if (role == PART_SUBJECT)
		fputs(style(stdout, STYLE_STRONG), stdout);
	put_visible(stdout, part->content, role != PART_SUBJECT);
	if (role == PART_SUBJECT)
		fputs(style(stdout, STYLE_PLAIN), stdout);
	fputs("\n\n", stdout);
}

static void show_attachments(const struct opened_body *body, const char *name)
{
	size_t listed = 0;

	for (size_t i = 0; i < body->count; i++) {
		const struct part_description *description = &body->parts[i].line.description;

		if (part_role_of(description->media_type) != PART_ATTACHMENT)
			continue;
		if (listed++ == 0)
			puts(_("Attachments:"));
		printf("  %4zu  ", i + 1);
		put_visible(stdout, bytes_of_string(description->name), false);
		printf(_(" (%s, %" PRIu64 " bytes)\n"), description->media_type, description->size);
	}
	if (listed > 0 && name[0] != '\0')
		advise(_("'chiro read %s --to DIR' writes them to files."), name);
}

void reading_show_body(const json_t *act, const struct opened_body *body)
{
	const struct part_description *before = NULL;
	const char *name = member_text(act, "name");

	printf("%s%s%s%s%s  ", style(stdout, STYLE_FAINT), name, name[0] != '\0' ? "  " : "",
	       member_text(act, "kind"), style(stdout, STYLE_PLAIN));
	put_visible(stdout, bytes_of_string(member_text(act, "author")), false);
	printf("  %s%s%s%s\n\n", style(stdout, STYLE_WARNING), member_text(act, "marking"),
	       member_true(act, "exercise") ? _("  EXERCISE") : "", style(stdout, STYLE_PLAIN));
	for (size_t i = 0; i < body->count; i++) {
		const struct opened_part *part = &body->parts[i];

		if (part_role_of(part->line.description.media_type) == PART_ATTACHMENT)
			continue;
		show_text(part, before);
		before = &part->line.description;
	}
	show_attachments(body, name);
}

static json_t *part_document(const struct opened_part *part)
{
	const struct part_description *description = &part->line.description;
	json_t *document = json_pack("{s:I,s:s,s:s,s:I,s:s}", "part", (json_int_t)part->line.number,
	                             "name", description->name, "media_type",
	                             description->media_type, "size", (json_int_t)description->size,
	                             "standing", part_standing_text(description->standing));

	if (description->language[0] != '\0')
		json_object_set_new(document, "language", json_string(description->language));
	if (part_role_of(description->media_type) != PART_ATTACHMENT)
		json_object_set_new(
		    document, "text",
		    json_stringn((const char *)part->content.data, part->content.size));
	return document;
}

static void print_document(const json_t *act, const struct opened_body *body)
{
	json_t *parts = json_array();
	json_t *document = json_pack("{s:O,s:b,s:o}", "act", member(act, "name"), "disputed",
	                             member_true(act, "disputed"), "parts", parts);

	for (size_t i = 0; i < body->count; i++)
		json_array_append_new(parts, part_document(&body->parts[i]));
	print_json(document);
	json_decref(document);
}

/* One part: text for people on a terminal, the very bytes anywhere else. */
static int give_part(const struct opened_body *body, uint64_t number, struct error *error)
{
	const struct opened_part *part;
	enum part_role role;

	if (number > body->count)
		return error_set(error, ERROR_NOT_FOUND, _("the body has only %zu parts"),
		                 body->count);
	part = &body->parts[number - 1];
	role = part_role_of(part->line.description.media_type);
	if (!isatty(STDOUT_FILENO)) {
		fflush(stdout);
		return file_write_all(STDOUT_FILENO, part->content) == OK
		           ? OK
		           : error_set(error, ERROR_IO, _("standard output could not be written"));
	}
	if (role == PART_ATTACHMENT)
		return error_set(
		    error, ERROR_USAGE,
		    _("part %" PRIu64 " is not text: say --to DIR, or redirect the output"),
		    number);
	show_text(part, NULL);
	return OK;
}

/* Files in `directory`, of all parts or of one. */
static int write_files(const struct opened_body *body, const char *directory, uint64_t only,
                       struct error *error)
{
	if (mkdir(directory, 0700) != 0 && errno != EEXIST)
		return error_set(error, ERROR_IO, "%s: %s", directory, strerror(errno));
	if (only > body->count)
		return error_set(error, ERROR_NOT_FOUND, _("the body has only %zu parts"),
		                 body->count);
	for (size_t i = 0; i < body->count; i++) {
		const struct opened_part *part = &body->parts[i];
		char name[PART_FILE_NAME_CAPACITY];
		char path[SETTINGS_PATH_CAPACITY];
		int r;

		if (only != 0 && only != i + 1)
			continue;
		part_file_name(&part->line.description, i + 1, name);
		if (path_join(directory, name, path, sizeof(path)) != OK)
			return error_set(error, ERROR_LIMIT, _("the path %.64s… is too long"),
			                 directory);
		if ((r = file_write_new(path, part->content, 0600, error)) != OK)
			return r;
		puts(path);
	}
	return OK;
}

static int give(const struct options *options, const json_t *act, const struct opened_body *body,
                uint64_t part, struct error *error)
{
	if (member_true(act, "disputed"))
		advise(_("%s is DISPUTED: its author was recalled from before it."),
		       member_text(act, "name"));
	if (options_has(options, "to"))
		return write_files(body, options_value(options, "to"), part, error);
	if (part != 0)
		return give_part(body, part, error);
	if (options_has(options, "json"))
		print_document(act, body);
	else
		reading_show_body(act, body);
	return OK;
}

int command_read(int argc, char **argv)
{
	char party[PARTY_ID_CAPACITY];
	struct options options;
	struct error error = { 0 };
	struct opened_body body = { 0 };
	struct node node;
	json_t *act = NULL;
	uint64_t number, part;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if (act_name_read(options.arguments[0], party, &number, &error) != OK ||
	    options_number(&options, "part", 1, PARTS_MAXIMUM, 0, &part, &error) != OK)
		return complain_error(NULL, &error);
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	if ((r = find_act(&node, options.arguments[0], &act, &error)) == OK &&
	    (r = open_body(&node, &options, act, &body, &error)) == OK) {
		r = give(&options, act, &body, part, &error);
		opened_body_release(&body);
	}
	json_decref(act);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
