/* chiro read: what an act says. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amending.h"
#include "body_of_act.h"
#include "body_view.h"
#include "command.h"
#include "durable_file.h"
#include "earlier_channel.h"
#include "files.h"
#include "listing.h"
#include "part_files.h"
#include "reading.h"
#include "sources.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "part",
	  .value = N_("N"),
	  .help = N_("only this part, as it is where standard output is no terminal") },
	{ .name = "to",
	  .value = N_("DIR"),
	  .help = N_("write the parts to files in this directory; none is overwritten") },
	{ .name = "language",
	  .value = N_("LANG"),
	  .help = N_("only the texts in this language, and what has none") },
	{ .name = "working",
	  .help = N_("the working translations of it as well that the person keeps: see "
	             "'chiro help translate'") },
	{ .name = "sources",
	  .help = N_("compare the sources of an allegation, of evidence or of a public "
	             "statement with up to 1000 earlier bodies instead of 32") },
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

/* One part: text for people on a terminal, the very bytes anywhere else. */
static int give_part(const json_t *act, const struct opened_body *body, uint64_t number,
                     struct error *error)
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
	body_show_part(act, part);
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

/* The whole body, for people or for scripts. */
static int give_all(struct node *node, const struct options *options, const json_t *act,
                    const struct opened_body *body, struct error *error)
{
	static struct body_remarks remarks;
	const char *language = options_value(options, "language");
	char languages[BODY_LANGUAGES_CAPACITY];

	const bool working = options_has(options, "working");
	size_t earlier = options_has(options, "sources") ? SOURCES_AT_MOST : SOURCES_USUALLY;
	json_t *document;
	int r = OK;

	if (language != NULL && !working && !body_has_language(body, language)) {
		body_languages(body, languages);
		return error_set(error, ERROR_NOT_FOUND,
		                 languages[0] != '\0'
		                     ? _("%s has no text in '%.35s', only in %s")
		                     : _("%s has no text in '%.35s': no language is said"),
		                 member_text(act, "name"), language, languages);
	}
	reading_remark_all(node, act, body, earlier, &remarks);
	if (options_has(options, "json")) {
		document = body_document(act, body, working ? NULL : language, &remarks);
		if (working)
			json_object_set_new(document, "working",
			                    reading_working_document(node, act, language));
		print_json(document);
		json_decref(document);
		return OK;
	}
	body_show(act, body, working ? NULL : language, &remarks);
	if ((r = amending_show_body(node, act, body, error)) != OK)
		return r;
	if (working)
		r = reading_show_working(node, act, language, error);
	else if (reading_count_working(node, act) > 0)
		advise(_("You keep a working translation of it: 'chiro read %s --working'."),
		       member_text(act, "name"));
	return r;
}

static int give(struct node *node, const struct options *options, const json_t *act,
                const struct opened_body *body, uint64_t part, struct error *error)
{
	if (member_true(act, "disputed"))
		advise(_("%s is DISPUTED: its author was recalled from before it."),
		       member_text(act, "name"));
	if (options_has(options, "to"))
		return write_files(body, options_value(options, "to"), part, error);
	if (part != 0)
		return give_part(act, body, part, error);
	return give_all(node, options, act, body, error);
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
	if ((r = body_by_name(&node, options.arguments[0], options_value(&options, "identity"),
	                      &act, &body, &error)) == OK) {
		r = give(&node, &options, act, &body, part, &error);
		if (r == OK && part == 0 && !options_has(&options, "json") &&
		    !options_has(&options, "to"))
			earlier_acts_show(&node, &body);
		opened_body_release(&body);
	}
	json_decref(act);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
