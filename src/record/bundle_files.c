#include "bundle_files.h"

#include <stdio.h>

#include "bundle_reading.h"
#include "record_texts.h"

static int put_made(const struct record_sink *sink, const char *path, int result,
                    const struct buffer *buffer, struct error *error)
{
	if (result != OK)
		return error_set(error, result, "%s cannot be made", path);
	return sink->put(sink->context, path, buffer_view(buffer), error);
}

/* --- what follows ------------------------------------------------------------ */

static int put_signatures(const struct bundle *bundle, const struct record_sink *sink,
                          struct buffer *text, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	int r = OK;

	for (unsigned party = 0; party < 2 && r == OK; party++) {
		if (bundle->text.sizes[party] == 0)
			continue;
		buffer_clear(text);
		record_charter_signature_path(&bundle->state, party, path);
		r = put_made(sink, path, record_put_charter_signature(&bundle->state, party, text),
		             text, error);
	}
	return r;
}

static int put_purpose(const struct bundle *bundle, const struct bundle_purpose *purpose,
                       const struct record_sink *sink, struct buffer *text, struct error *error)
{
	int r;

	if (purpose == NULL || purpose->put == NULL)
		return OK;
	if (purpose->tool != NULL &&
	    (r = sink->put(sink->context, purpose->tool, purpose->tool_content(), error)) != OK)
		return r;
	buffer_clear(text);
	if ((r = purpose->put(bundle, text, error)) != OK || purpose->file == NULL)
		return r;
	return sink->put(sink->context, purpose->file, buffer_view(text), error);
}

int bundle_put_derived(const struct bundle *bundle, const struct bundle_purpose *purpose,
                       const struct record_sink *sink, struct error *error)
{
	const struct record_state *state = &bundle->state;
	struct buffer text;
	int r;

	buffer_init(&text, RECORD_TEXT_MAXIMUM);
	if ((r = put_signatures(bundle, sink, &text, error)) != OK ||
	    (bundle->whole && (r = record_put_charters(state, sink, error)) != OK))
		goto out;
	buffer_clear(&text);
	if ((r = put_made(sink, RECORD_SIGNERS, record_put_allowed_signers(state, &text), &text,
	                  error)) != OK ||
	    (r = record_put_policy(state, 0, sink, error)) != OK ||
	    (r = record_put_policy(state, 1, sink, error)) != OK ||
	    (r = sink->put(sink->context, RECORD_SCRIPT, bundle_script(), error)) != OK)
		goto out;
	buffer_clear(&text);
	if ((r = put_made(sink, RECORD_README, bundle_put_readme(bundle, &text), &text, error)) ==
	    OK)
		r = put_purpose(bundle, purpose, sink, &text, error);
out:
	buffer_release(&text);
	return r;
}

/* --- names ------------------------------------------------------------------- */

static bool has_act_file(const struct bundle *bundle, unsigned party, const char *path,
                         const char *name)
{
	struct act_place place = { party, 0 };
	const struct bundle_act *act;
	char expected[RECORD_PATH_CAPACITY];

	if (!record_leading_number(name, &place.number) ||
	    (act = bundle_act_at(bundle, place)) == NULL)
		return false;
	for (unsigned file = 0; file < RECORD_ACT_FILE_COUNT; file++) {
		record_act_path(&bundle->state, place, (enum record_act_file)file, expected);
		if (strcmp(path, expected) == 0)
			return file != RECORD_ACT_SECOND || act->entry.signature_count == 2;
	}
	bundle_receipt_proof_path(&bundle->state, place, expected);
	return act->receipted && strcmp(path, expected) == 0;
}

static bool has_log_file(const struct bundle *bundle, unsigned party, const char *path,
                         const char *name)
{
	const char *act = record_path_within(name, RECORD_ACTS);

	if (act != NULL)
		return has_act_file(bundle, party, path, act);
	return strcmp(name, RECORD_POLICY) == 0 ||
	       (strcmp(name, RECORD_CHECKPOINT) == 0 && bundle->text.sizes[party] > 0);
}

static bool has_body_file(const struct bundle *bundle, const char *path)
{
	char expected[RECORD_PATH_CAPACITY];

	for (size_t i = 0; i < bundle->text.part_count; i++) {
		bundle_part_path(&bundle->state, &bundle->text.parts[i], "", expected);
		if (strcmp(path, expected) == 0)
			return true;
		bundle_part_path(&bundle->state, &bundle->text.parts[i], ".proof", expected);
		if (strcmp(path, expected) == 0)
			return true;
	}
	return false;
}

bool bundle_has_file(const struct bundle *bundle, const struct bundle_purpose *purpose,
                     const char *path)
{
	static const char *const always[] = { BUNDLE_FILE, RECORD_README, RECORD_SCRIPT,
		                              RECORD_CHARTER, RECORD_SIGNERS };
	char expected[RECORD_PATH_CAPACITY];
	const char *name;

	for (unsigned party = 0; party < 2; party++) {
		if ((name = record_path_within(path, record_party(&bundle->state, party))) != NULL)
			return has_log_file(bundle, party, path, name);
		record_charter_signature_path(&bundle->state, party, expected);
		if (strcmp(path, expected) == 0)
			return bundle->text.sizes[party] > 0;
	}
	for (unsigned version = 2;
	     bundle->whole && version <= rules_charter_count(bundle->state.rules); version++) {
		record_charter_path(version, expected);
		if (strcmp(path, expected) == 0)
			return true;
	}
	if (record_path_within(path, RECORD_BODIES) != NULL)
		return has_body_file(bundle, path);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (strcmp(path, always[i]) == 0)
			return true;
	if (purpose == NULL)
		return false;
	return (purpose->file != NULL && strcmp(path, purpose->file) == 0) ||
	       (purpose->given != NULL && strcmp(path, purpose->given) == 0) ||
	       (purpose->tool != NULL && strcmp(path, purpose->tool) == 0);
}
