/* Reading and writing an act's text. */
#include "act.h"

#include "act_fields.h"
#include "encoding.h"
#include "sha.h"
#include "text_values.h"

#include <inttypes.h>

#define ACT_FORMAT "chirograph.act/1"
#define NEW_MATTER "new"

enum { BODY_PARTS_MAXIMUM = 4096, BODY_WORDS = 4 };

static const char *const markings[] = {
	"TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR",
};

bool marking_is_valid(struct bytes marking)
{
	for (size_t i = 0; i < sizeof(markings) / sizeof(markings[0]); i++)
		if (bytes_equal_string(marking, markings[i]))
			return true;
	return false;
}

/* Whether the line `key` is to be taken: it stands there, or it has to. */
static bool is_to_be_taken(const struct text_reader *reader, const char *key,
                           enum presence presence)
{
	return presence == REQUIRED || (presence == OPTIONAL && next_key_is(reader, key));
}

static bool signer_name_is_valid(struct bytes name)
{
	return text_is_dotted_identifier(name, DELEGATE_NAME_CAPACITY - 1);
}

/* A line whose value must satisfy `is_valid` and is kept as a string. */
static int take_string(struct text_reader *reader, const char *key, bool (*is_valid)(struct bytes),
                       const char *expected, char *ret_string, size_t capacity, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if (!is_valid(value))
		return refuse_value(reader, key, ERROR_SYNTAX, expected, error);
	if ((r = bytes_to_string(value, ret_string, capacity)) != OK)
		return refuse_value(reader, key, r, expected, error);
	return OK;
}

static bool party_id_is_valid(struct bytes id)
{
	return text_is_identifier(id, PARTY_ID_CAPACITY - 1);
}

/* Channel to kind. */
static int take_origin(struct text_reader *reader, struct act *act, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_expect(reader, ACT_FORMAT, error)) != OK ||
	    (r = take_string(reader, "channel", channel_id_is_valid, "a channel id", act->channel,
	                     sizeof(act->channel), error)) != OK ||
	    (r = take_string(reader, "party", party_id_is_valid, "a party's id", act->party,
	                     sizeof(act->party), error)) != OK ||
	    (r = take_time(reader, "time", &act->time, error)) != OK ||
	    (r = take_string(reader, "author", signer_name_is_valid, "a delegate's name",
	                     act->author, sizeof(act->author), error)) != OK)
		return r;
	if (next_key_is(reader, "cosigner") &&
	    (r = take_string(reader, "cosigner", delegate_name_is_valid, "a delegate's name",
	                     act->cosigner, sizeof(act->cosigner), error)) != OK)
		return r;
	if ((r = text_reader_required(reader, "act", &value, error)) != OK)
		return r;
	act->kind = kind_by_name(value);
	if (act->kind == NULL)
		return refuse_value(reader, "act", ERROR_UNSUPPORTED, "a kind that is known here",
		                    error);
	if (act->cosigner[0] != '\0' && act->kind->cosigner == ABSENT)
		return error_set_line(error, ERROR_SYNTAX, reader->number - 1,
		                      "this kind of act has no cosigner");
	return OK;
}

static int take_reference(struct text_reader *reader, const char *key,
                          struct act_reference *ret_reference, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = act_reference_parse(value, ret_reference)) != OK)
		return refuse_value(reader, key, r, "an act and its leaf hash", error);
	return OK;
}

static int take_matter(struct text_reader *reader, struct act *act, struct error *error)
{
	static const struct {
		enum presence presence;
		bool may_open;
		bool may_join;
	} uses[MATTER_LINE_COUNT] = {
		[MATTER_LINE_NONE] = { ABSENT, false, false },
		[MATTER_LINE_NEW] = { REQUIRED, true, false },
		[MATTER_LINE_JOIN] = { REQUIRED, false, true },
		[MATTER_LINE_EITHER] = { REQUIRED, true, true },
		[MATTER_LINE_OPTIONAL] = { OPTIONAL, false, true },
	};
	enum matter_use use = act->kind->matter_use;
	struct text_line line;
	struct bytes value;
	int r;

	if (!is_to_be_taken(reader, "matter", uses[use].presence))
		return OK;
	if (text_reader_peek(reader, &line) == OK &&
	    bytes_equal_string(line.whole, "matter " NEW_MATTER)) {
		if ((r = text_reader_required(reader, "matter", &value, error)) != OK)
			return r;
		if (!uses[use].may_open)
			return refuse_value(reader, "matter", ERROR_SYNTAX,
			                    "what this kind of act joins", error);
		act->matter_use = ACT_MATTER_NEW;
		return OK;
	}
	if ((r = take_reference(reader, "matter", &act->matter, error)) != OK)
		return r;
	if (!uses[use].may_join)
		return refuse_value(reader, "matter", ERROR_SYNTAX,
		                    "'new', as this kind of act opens a matter", error);
	act->matter_use = ACT_MATTER_JOINS;
	return OK;
}

static int take_precedence(struct text_reader *reader, struct act *act, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, "precedence", &value, error)) != OK)
		return r;
	act->precedence = precedence_by_name(value);
	if (act->precedence == PRECEDENCE_COUNT)
		return refuse_value(reader, "precedence", ERROR_SYNTAX,
		                    "flash, immediate, priority or routine", error);
	act->has_precedence = true;
	return OK;
}

/* A time that is not the one that stands for none in struct act. */
static int take_limit(struct text_reader *reader, const char *key, timestamp *ret_time,
                      struct error *error)
{
	timestamp time;
	int r;

	if ((r = take_time(reader, key, &time, error)) != OK)
		return r;
	if (time == 0)
		return refuse_value(reader, key, ERROR_LIMIT, "later than 1970-01-01T00:00:00Z",
		                    error);
	*ret_time = time;
	return OK;
}

/* Matter to not-after. */
static int take_circumstances(struct text_reader *reader, struct act *act, struct error *error)
{
	const struct kind *kind = act->kind;
	int r;

	if ((r = take_matter(reader, act, error)) != OK)
		return r;
	if (is_to_be_taken(reader, "answers", kind->answers)) {
		if ((r = take_reference(reader, "answers", &act->answers, error)) != OK)
			return r;
		act->has_answers = true;
	}
	if (is_to_be_taken(reader, "precedence", kind->precedence) &&
	    (r = take_precedence(reader, act, error)) != OK)
		return r;
	if (kind->body != ABSENT && next_key_is(reader, "marking") &&
	    (r = take_string(reader, "marking", marking_is_valid, "a TLP label", act->marking,
	                     sizeof(act->marking), error)) != OK)
		return r;
	if (is_to_be_taken(reader, "due", kind->due) &&
	    (r = take_limit(reader, "due", &act->due, error)) != OK)
		return r;
	if (is_to_be_taken(reader, "not-after", kind->not_after) &&
	    (r = take_limit(reader, "not-after", &act->not_after, error)) != OK)
		return r;
	return OK;
}

/* `body <parts> <root> <bytes sealed> <hash of the sealed blob>`. */
static int take_body(struct text_reader *reader, struct act *act, struct error *error)
{
	static const char expected[] = "parts, root, size and hash of a body";
	struct bytes words[BODY_WORDS];
	struct bytes value;
	size_t count;
	int r;

	if ((r = text_reader_required(reader, "body", &value, error)) != OK)
		return r;
	if ((r = text_words(value, words, BODY_WORDS, &count)) != OK)
		return refuse_value(reader, "body", r, expected, error);
	if (count != BODY_WORDS)
		return refuse_value(reader, "body", ERROR_SYNTAX, expected, error);
	if ((r = text_parse_number(words[0], BODY_PARTS_MAXIMUM, &act->body.parts)) != OK ||
	    (r = base64_decode_fixed(words[1], act->body.root.bytes, HASH_SIZE)) != OK ||
	    (r = text_parse_number(words[2], NUMBER_MAXIMUM, &act->body.sealed_size)) != OK ||
	    (r = base64_decode_fixed(words[3], act->body.sealed_hash.bytes, HASH_SIZE)) != OK)
		return refuse_value(reader, "body", r, expected, error);
	if (act->body.parts == 0 || act->body.sealed_size == 0)
		return refuse_value(reader, "body", ERROR_LIMIT, expected, error);
	act->has_body = true;
	return OK;
}

/* A line that has one value only. */
static int take_flag(struct text_reader *reader, const char *key, const char *only, bool *ret_flag,
                     struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if (!bytes_equal_string(value, only))
		return refuse_value(reader, key, ERROR_SYNTAX, "its only word", error);
	*ret_flag = true;
	return OK;
}

/* Eyes to exercise. `eyes` says who can open the body: without one it says nothing. */
static int take_content(struct text_reader *reader, struct act *act, struct error *error)
{
	const struct kind *kind = act->kind;
	int r;

	if (is_to_be_taken(reader, "eyes", kind->eyes) &&
	    (r = take_flag(reader, "eyes", "heads", &act->eyes_heads, error)) != OK)
		return r;
	if (is_to_be_taken(reader, "body", act->eyes_heads ? REQUIRED : kind->body) &&
	    (r = take_body(reader, act, error)) != OK)
		return r;
	if (kind_may_be_exercise(kind) && next_key_is(reader, "exercise") &&
	    (r = take_flag(reader, "exercise", "yes", &act->exercise, error)) != OK)
		return r;
	return expect_end(reader, error);
}

static int put_reference(struct buffer *buffer, const char *key,
                         const struct act_reference *reference)
{
	int r;

	if (!party_id_is_valid(bytes_of_string(reference->party)))
		return ERROR_SYNTAX;
	if ((r = buffer_put_format(buffer, "%s ", key)) != OK ||
	    (r = act_reference_print(reference, buffer)) != OK)
		return r;
	return buffer_put_string(buffer, "\n");
}

static int put_matter(struct buffer *buffer, const struct act *act)
{
	switch (act->matter_use) {
	case ACT_MATTER_NEW:
		return text_put_string(buffer, "matter", NEW_MATTER);
	case ACT_MATTER_JOINS:
		return put_reference(buffer, "matter", &act->matter);
	default:
		return OK;
	}
}

static int put_body(struct buffer *buffer, const struct act *act)
{
	char root[HASH_BASE64_CAPACITY];
	char sealed_hash[HASH_BASE64_CAPACITY];

	hash_to_base64(&act->body.root, root);
	hash_to_base64(&act->body.sealed_hash, sealed_hash);
	return buffer_put_format(buffer, "body %" PRIu64 " %s %" PRIu64 " %s\n", act->body.parts,
	                         root, act->body.sealed_size, sealed_hash);
}

static int put_origin(struct buffer *buffer, const struct act *act)
{
	int r;

	if ((r = buffer_put_string(buffer, ACT_FORMAT "\n")) != OK ||
	    (r = text_put_string(buffer, "channel", act->channel)) != OK ||
	    (r = text_put_string(buffer, "party", act->party)) != OK ||
	    (r = text_put_time(buffer, "time", act->time)) != OK ||
	    (r = text_put_string(buffer, "author", act->author)) != OK ||
	    (r = put_string_unless_empty(buffer, "cosigner", act->cosigner)) != OK)
		return r;
	return text_put_string(buffer, "act", act->kind->name);
}

static int put_circumstances(struct buffer *buffer, const struct act *act)
{
	int r;

	if ((r = put_matter(buffer, act)) != OK)
		return r;
	if (act->has_answers && (r = put_reference(buffer, "answers", &act->answers)) != OK)
		return r;
	if (act->has_precedence && (size_t)act->precedence >= PRECEDENCE_COUNT)
		return ERROR_SYNTAX;
	if (act->has_precedence &&
	    (r = text_put_string(buffer, "precedence", precedence_name(act->precedence))) != OK)
		return r;
	if ((r = put_string_unless_empty(buffer, "marking", act->marking)) != OK)
		return r;
	if (act->due != 0 && (r = text_put_time(buffer, "due", act->due)) != OK)
		return r;
	if (act->not_after != 0 && (r = text_put_time(buffer, "not-after", act->not_after)) != OK)
		return r;
	return OK;
}

static int write_act(struct buffer *buffer, const struct act *act)
{
	int r;

	if (act->kind == NULL || act->field_count > FIELDS_MAXIMUM)
		return ERROR_SYNTAX;
	if ((r = put_origin(buffer, act)) != OK || (r = put_circumstances(buffer, act)) != OK)
		return r;
	for (size_t i = 0; i < act->field_count; i++) {
		r = text_put(buffer, act->fields[i].field->name, act->fields[i].text);
		if (r != OK)
			return r;
	}
	if (act->eyes_heads && (r = text_put_string(buffer, "eyes", "heads")) != OK)
		return r;
	if (act->has_body && (r = put_body(buffer, act)) != OK)
		return r;
	return act->exercise ? text_put_string(buffer, "exercise", "yes") : OK;
}

/* Compares the text with what is printed of the act. */
static int check_spelling(const struct act *act, struct error *error)
{
	struct buffer printed;
	int r;

	buffer_init(&printed, ENTRY_SIZE_MAXIMUM);
	if ((r = write_act(&printed, act)) != OK)
		error_set(error, r, "the act cannot be written again: %s", result_text(r));
	else
		r = compare_with_print(act->text, buffer_view(&printed), error);
	buffer_release(&printed);
	return r;
}

int act_parse_text(struct bytes text, struct act *ret_act, struct error *error)
{
	struct act act = { .text = text };
	struct text_reader reader;
	int r;

	if (text.size > ENTRY_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "an act is at most %d bytes",
		                 ENTRY_SIZE_MAXIMUM);
	text_reader_init(&reader, text);
	if ((r = text_check(text, error)) != OK || (r = take_origin(&reader, &act, error)) != OK ||
	    (r = take_circumstances(&reader, &act, error)) != OK ||
	    (r = act_take_fields(&reader, &act, error)) != OK ||
	    (r = take_content(&reader, &act, error)) != OK ||
	    (r = check_spelling(&act, error)) != OK)
		return r;
	*ret_act = act;
	return OK;
}

int act_parse(struct bytes text, struct act *ret_act, struct error *error)
{
	int r;

	if ((r = act_parse_text(text, ret_act, error)) == OK)
		sha256_of(&ret_act->identity, text);
	return r;
}

int act_print(const struct act *act, struct buffer *buffer, struct error *error)
{
	size_t before = buffer->size;
	struct act parsed;
	int r;

	if ((r = write_act(buffer, act)) != OK) {
		error_set(error, r, "the act cannot be written: %s", result_text(r));
		goto out;
	}
	r = act_parse(bytes_of(buffer->data + before, buffer->size - before), &parsed, error);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

const struct field_value *act_field(const struct act *act, const char *name)
{
	for (size_t i = 0; i < act->field_count; i++)
		if (strcmp(act->fields[i].field->name, name) == 0)
			return &act->fields[i];
	return NULL;
}

int act_word(const struct act *act)
{
	return act->field_count > 0 && act->fields[0].type == FIELD_CHOICE
	           ? (int)act->fields[0].as.choice
	           : -1;
}

bool act_blob(const struct act *act, struct hash *ret_hash, uint64_t *ret_size)
{
	const struct field_value *blob;

	if (act->has_body) {
		*ret_hash = act->body.sealed_hash;
		*ret_size = act->body.sealed_size;
		return true;
	}
	if (act->kind->number != KIND_RESEAL || (blob = act_field(act, "blob")) == NULL)
		return false;
	*ret_hash = blob->as.blob.hash;
	*ret_size = blob->as.blob.size;
	return true;
}
