#include "disclosing.h"

#include <unistd.h>

#include "allocate.h"
#include "command.h"
#include "identities.h"
#include "listing.h"
#include "node_record.h"
#include "terminal.h"
#include "translate.h"

/* --- the source --------------------------------------------------------------------- */

static int open_source(struct disclosing *d, const struct options *options, struct error *error)
{
	const char *record = options_value(options, "record");
	int r;

	if (record != NULL) {
		if ((r = record_reader_new(record, &d->reader, error)) != OK)
			return r;
		d->source = record_reader_source(d->reader);
		return OK;
	}
	if ((r = node_record_new(&d->node, d->identity, &d->node_record, error)) != OK)
		return r;
	d->source = node_record_source(d->node_record, true);
	return OK;
}

int disclosing_open(const struct options *options, struct disclosing *d)
{
	struct progress progress;
	const struct record_options record_options = {
		.progress = progress_show,
		.progress_context = &progress,
	};
	struct error error = { 0 };
	int result, r;

	*d = (struct disclosing){ .identity = options_value(options, "identity") };
	if (!options_has(options, "record")) {
		if ((result = node_open(options, true, &d->node)) >= 0)
			return result;
		if (d->identity == NULL && d->node.settings.reading_identity[0] != '\0')
			d->identity = d->node.settings.reading_identity;
	}
	progress_begin(&progress, _("reading both logs"), 0);
	if ((r = open_source(d, options, &error)) == OK)
		r = bundle_writer_new(&d->source, &record_options, &d->writer, &error);
	progress_end(&progress);
	if (r != OK) {
		error.code = r;
		return complain_error(options_value(options, "record"), &error);
	}
	d->rules = bundle_writer_rules(d->writer);
	return -1;
}

void disclosing_close(struct disclosing *d)
{
	bundle_writer_free(d->writer);
	node_record_free(d->node_record);
	record_reader_free(d->reader);
	node_close(&d->node);
	*d = (struct disclosing){ .writer = NULL };
}

/* --- bodies --------------------------------------------------------------------------- */

/* The parts as the source gives them. */
struct collecting {
	struct opened_body body;
	size_t expected;
};

static int begin_part(void *context, const struct part_line *line)
{
	struct collecting *c = context;

	if (c->body.count == c->expected)
		return ERROR_MISMATCH;
	c->body.parts[c->body.count++] = (struct opened_part){ .line = *line };
	return OK;
}

static int put_part(void *context, const struct part_line *line, struct bytes data)
{
	struct collecting *c = context;

	(void)line;
	return spool_put(&c->body.content, data);
}

static int end_part(void *context, const struct part_line *line)
{
	(void)context;
	(void)line;
	return OK;
}

/* Views are set once the content does not move any more. */
static int set_views(struct opened_body *body)
{
	struct bytes rest;
	int r;

	if ((r = spool_view(&body->content, &rest)) != OK)
		return r;
	for (size_t i = 0; i < body->count; i++) {
		size_t size = (size_t)body->parts[i].line.description.size;

		if (size > rest.size)
			return ERROR_MISMATCH;
		body->parts[i].content = bytes_of(rest.data, size);
		rest = bytes_of(rest.size > size ? rest.data + size : NULL, rest.size - size);
	}
	return rest.size == 0 ? OK : ERROR_MISMATCH;
}

/* A body that is sealed in the record, by the person's own identity. */
static int open_sealed(struct disclosing *d, const struct act_summary *act,
                       struct opened_body *ret_body, struct error *error)
{
	const struct body_reference reference = {
		.commitment = { .part_count = act->body_parts, .root = act->body_root },
		.sealed_size = act->sealed_size,
		.sealed_hash = act->sealed_hash,
	};
	char name[ACT_NAME_CAPACITY];
	struct age_file_key file_key;
	int blob, r;

	rules_act_name(d->rules, act->place, name);
	if ((r = record_reader_sealed(d->reader, name, &blob, error)) != OK)
		return r;
	if ((r = file_key_by_identity(blob, d->identity, &file_key, error)) == OK)
		r = opened_body_open(blob, &reference, body_content_maximum(act->kind), &file_key,
		                     ret_body, error);
	wipe(&file_key, sizeof(file_key));
	close(blob);
	return r;
}

int disclosing_body(struct disclosing *d, struct act_place place, struct opened_body *ret_body,
                    struct error *error)
{
	const struct act_summary *act = rules_act(d->rules, place);
	struct collecting c = { .expected = (size_t)act->body_parts };
	const struct body_receiver receiver = {
		.context = &c,
		.part_begin = begin_part,
		.part_data = put_part,
		.part_end = end_part,
	};
	char name[ACT_NAME_CAPACITY];
	int r;

	rules_act_name(d->rules, place, name);
	if (!act->has_body)
		return error_set(error, ERROR_NOT_FOUND, _("%s has no body"), name);
	spool_init(&c.body.content, body_content_maximum(act->kind));
	if ((c.body.parts = allocate(c.expected, sizeof(*c.body.parts))) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	r = d->source.opened(d->source.context, place, &receiver, error);
	if (r == OK && (c.body.count != c.expected || set_views(&c.body) != OK))
		r = error_set(error, ERROR_MISMATCH, _("the body is not what %s says"), name);
	if (r == OK) {
		*ret_body = c.body;
		return OK;
	}
	opened_body_release(&c.body);
	if (r == ERROR_NOT_FOUND && d->reader != NULL && d->identity != NULL)
		return open_sealed(d, act, ret_body, error);
	return r == ERROR_NOT_FOUND
	           ? error_set(error, r, _("the body of %s cannot be opened here"), name)
	           : r;
}

/* --- parts ------------------------------------------------------------------------------ */

/* The manifest that the lines of an opened body make. */
static int manifest_of(const struct opened_body *body, struct manifest *manifest,
                       struct error *error)
{
	struct buffer text;
	int r;

	manifest_init(manifest);
	buffer_init(&text, MANIFEST_MAXIMUM);
	r = buffer_put_string(&text, "chirograph.body/1\n");
	for (size_t i = 0; i < body->count && r == OK; i++)
		r = part_line_print(&body->parts[i].line, &text);
	if (r == OK)
		r = manifest_parse(manifest, buffer_view(&text), BODY_LIST_CONTENT_MAXIMUM, error);
	else
		error_set(error, r, "%s", result_text(r));
	buffer_release(&text);
	return r;
}

int disclosing_add_part(struct disclosing *d, struct act_place place,
                        const struct opened_body *body, size_t number, struct error *error)
{
	struct manifest manifest;
	int r;

	if (number == 0 || number > body->count)
		return error_set(error, ERROR_USAGE, _("the body has only %zu parts"), body->count);
	if ((r = manifest_of(body, &manifest, error)) == OK)
		r = bundle_writer_part(d->writer, place, &manifest, number,
		                       body->parts[number - 1].content, error);
	manifest_release(&manifest);
	return r;
}

int disclosing_add_all(struct disclosing *d, struct act_place place, struct error *error)
{
	struct opened_body body;
	int r = disclosing_body(d, place, &body, error);

	if (r != OK)
		return r;
	for (size_t i = 1; i <= body.count && r == OK; i++)
		r = disclosing_add_part(d, place, &body, i, error);
	opened_body_release(&body);
	return r;
}

size_t paragraph_part(const struct opened_body *body, uint64_t paragraph)
{
	for (size_t i = 0; i < body->count; i++)
		if (part_role_of(body->parts[i].line.description.media_type) == PART_PARAGRAPH &&
		    --paragraph == 0)
			return i + 1;
	return 0;
}

/* --- writing -------------------------------------------------------------------------- */

int disclosing_write(const struct disclosing *d, const struct options *options,
                     const struct bundle_purpose *purpose, const char *directory,
                     struct error *error)
{
	bool asks = !options_has(options, "yes"), json = options_has(options, "json");
	json_t *document;
	int r;

	if (!json || asks)
		disclosure_preview(d);
	if (asks && !terminal_is_interactive())
		return error_set(error, ERROR_USAGE,
		                 _("nobody can be asked here: say --yes to write it"));
	if (asks && !ask_yes(_("Write the bundle?")))
		return error_set(error, ERROR_DENIED, _("nothing was written"));
	if ((r = bundle_writer_write(d->writer, directory, purpose, error)) != OK)
		return r;
	if (json) {
		document = disclosure_document(d, directory);
		print_json(document);
		json_decref(document);
		return OK;
	}
	say_written(directory);
	advise(_("'chiro verify %s' shows what others will see."), directory);
	return OK;
}
