#include "drafting_details.h"

#include "encoding.h"
#include "files.h"
#include "moment.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"

enum { GIVEN_MAXIMUM = 512, FAULTS_MAXIMUM = 64, CAPTURE_MAXIMUM = 64 << 20 };

/* The values so far, in the order of the text. */
struct details {
	const struct kind *kind;
	size_t count;
	struct detail_value values[GIVEN_MAXIMUM];
	size_t held_count;
	struct buffer held[GIVEN_MAXIMUM]; /* what the values are views of */
	const struct detail *asked;        /* the leader of groups that a person is asked for */
	const struct details_suggested *suggested;
};

void details_join_words(const struct detail *detail, char ret_text[DETAIL_WORDS_CAPACITY])
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (const struct detail_word *word = detail->words; word != NULL && word->word != NULL;
	     word++) {
		int size = snprintf(ret_text + used, DETAIL_WORDS_CAPACITY - used, "%s%s",
		                    used > 0 ? ", " : "", word->word);

		if (size < 0 || (size_t)size >= DETAIL_WORDS_CAPACITY - used)
			return;
		used += (size_t)size;
	}
}

/* SHA-256 of a file, as sha256sum prints it. */
static int put_digest(const char *path, struct buffer *value, struct error *error)
{
	char digits[HASH_HEX_CAPACITY];
	struct buffer content;
	struct bytes view;
	struct hash hash;
	int r;

	buffer_init(&content, CAPTURE_MAXIMUM);
	if ((r = file_read(path, &content, error)) == OK) {
		view = buffer_view(&content);
		sha256(&hash, &view, 1);
		hash_to_hex(&hash, digits);
		r = buffer_put_string(value, digits);
	}
	buffer_release(&content);
	return r;
}

/* What a person gives as the value of a field, brought into its form: a span of
 * time becomes a time, `@FILE` the digest of the file. The rest is taken as it is. */
static int put_value(const struct detail *detail, const char *given, struct buffer *value,
                     struct error *error)
{
	char text[TIMESTAMP_CAPACITY];
	timestamp time;

	if (detail != NULL && detail->type == DETAIL_DIGEST && given[0] == '@')
		return put_digest(given + 1, value, error);
	if (detail != NULL && detail->type == DETAIL_TIME &&
	    !detail_accepts(detail, bytes_of_string(given)) &&
	    moment_parse(given, moment_now(), &time, NULL) == OK) {
		timestamp_format(time, text);
		given = text;
	}
	return buffer_put_string(value, given);
}

static int add(struct details *details, size_t at, struct bytes key, const char *given,
               struct error *error)
{
	const struct detail *detail = detail_find(details->kind->number, key);
	struct buffer *held;
	int r;

	if (details->count == GIVEN_MAXIMUM || details->held_count == GIVEN_MAXIMUM)
		return error_set(error, ERROR_LIMIT, _("too many details"));
	held = &details->held[details->held_count++];
	buffer_init(held, TEXT_LINE_MAXIMUM);
	if ((r = put_value(detail, given, held, error)) != OK)
		return r == ERROR_LIMIT ? error_set(error, r, _("a detail is longer than %d bytes"),
		                                    TEXT_LINE_MAXIMUM)
		                        : r;
	memmove(&details->values[at + 1], &details->values[at],
	        (details->count - at) * sizeof(details->values[0]));
	details->values[at] = (struct detail_value){ key, buffer_view(held) };
	details->count++;
	return OK;
}

/* `--detail KEY=VALUE`. */
static int take_given(struct details *details, const struct options *options, struct error *error)
{
	const char *given;
	int r = OK;

	for (size_t i = 0; r == OK && (given = options_value_at(options, "detail", i)) != NULL;
	     i++) {
		size_t size = strcspn(given, "=");

		if (given[size] != '=' || given[size + 1] == '\0' ||
		    !text_is_identifier(bytes_of(given, size), FIELDS_KEY_MAXIMUM))
			return error_set(error, ERROR_USAGE,
			                 _("--detail wants a word and a value, such as "
			                   "asset='control system', not '%s'"),
			                 given);
		r = add(details, details->count, bytes_of(given, size), given + size + 1, error);
	}
	return r;
}

static bool has(const struct details *details, const char *key)
{
	for (size_t i = 0; i < details->count; i++)
		if (bytes_equal_string(details->values[i].key, key))
			return true;
	return false;
}

/* A protest against one rendering is about the act that it answers, unless it says
 * otherwise. */
static int take_answered(struct details *details, const char *answered, struct error *error)
{
	if (answered == NULL || !has(details, "rendering") || has(details, "act") ||
	    detail_find(details->kind->number, bytes_of_string("act")) == NULL)
		return OK;
	return add(details, details->count, bytes_of_string("act"), answered, error);
}

/* Where a value of the group that value `leader` leads is put in. */
static size_t end_of_group(const struct details *details, int leader)
{
	size_t at = leader < 0 ? details->count : (size_t)leader + 1;

	while (at < details->count &&
	       !bytes_equal(details->values[at].key, details->values[leader].key))
		at++;
	return at;
}

/* The number of a word in its list, as it was shown, stands for the word. */
static const char *word_by_number(const struct detail *detail, struct bytes answer)
{
	uint64_t number;

	if (detail->words == NULL || text_parse_number(answer, 99, &number) != OK || number == 0)
		return NULL;
	for (uint64_t i = 0; detail->words[i].word != NULL; i++)
		if (i + 1 == number)
			return detail->words[i].word;
	return NULL;
}

static void show_words(const struct detail *detail)
{
	for (size_t i = 0; detail->words != NULL && detail->words[i].word != NULL; i++)
		fprintf(stderr, "  %2zu  %s\n", i + 1, _(detail->words[i].label));
}

static int refuse_value(const struct detail *detail, struct bytes value, struct error *error)
{
	char words[DETAIL_WORDS_CAPACITY];

	details_join_words(detail, words);
	return error_set(error, ERROR_USAGE, _("--detail %s wants %s, not '%.*s'"), detail->key,
	                 detail->words != NULL ? words : _(detail_type_text(detail->type)),
	                 (int)value.size, (const char *)value.data);
}

/* Asks for one value until it can stand. An empty answer is one where `more`, and
 * gives *ret_taken false. */
static int ask(struct details *details, const struct detail *detail, int leader, bool more,
               bool *ret_taken, struct error *error)
{
	char question[512];
	struct buffer answer;
	int r;

	*ret_taken = false;
	if (leader >= 0)
		snprintf(question, sizeof(question), "%s (%s, '%.*s')", _(detail->help),
		         detail->key,
		         (int)(details->values[leader].value.size < 60
		                   ? details->values[leader].value.size
		                   : 60),
		         (const char *)details->values[leader].value.data);
	else
		snprintf(question, sizeof(question),
		         more ? _("%s (%s; empty: no more)") : "%s (%s)", _(detail->help),
		         detail->key);
	if (!more)
		show_words(detail);
	buffer_init(&answer, TEXT_LINE_MAXIMUM);
	for (;;) {
		size_t at = end_of_group(details, leader);
		const char *word;

		if ((r = ask_line(question, more ? "" : NULL, &answer)) != OK) {
			r = error_set(error, ERROR_USAGE, _("--detail %s=… is missing: %s"),
			              detail->key, _(detail->help));
			break;
		}
		if (answer.size == 0)
			break;
		word = word_by_number(detail, buffer_view(&answer));
		r = add(details, at, bytes_of_string(detail->key),
		        word != NULL ? word : (const char *)answer.data, error);
		if (r == OK && detail_accepts(detail, details->values[at].value)) {
			*ret_taken = true;
			break;
		}
		if (r == ERROR_MEMORY || details->held_count == GIVEN_MAXIMUM)
			break;
		if (r == OK) {
			refuse_value(detail, details->values[at].value, error);
			memmove(&details->values[at], &details->values[at + 1],
			        (details->count - at - 1) * sizeof(details->values[0]));
			details->count--;
		}
		complain_error(NULL, error);
		*error = (struct error){ 0 };
	}
	buffer_release(&answer);
	return r;
}

/* Offers what the other act says in the same field; whether it was taken over. */
static int take_suggested(struct details *details, const struct detail *detail, bool *ret_taken,
                          struct error *error)
{
	const struct details_suggested *suggested = details->suggested;
	char question[256];
	size_t shown = 0;
	int r = OK;

	*ret_taken = false;
	for (size_t i = 0; suggested != NULL && i < suggested->count; i++) {
		const struct detail_value *value = &suggested->values[i];

		if (!bytes_equal_string(value->key, detail->key) ||
		    !detail_accepts(detail, value->value))
			continue;
		if (shown++ == 0)
			fprintf(stderr, "%s (%s):\n", _(detail->help), detail->key);
		fputs("    ", stderr);
		put_visible(stderr, value->value, false);
		fputc('\n', stderr);
	}
	if (shown == 0)
		return OK;
	snprintf(question, sizeof(question), _("As in %s?"), suggested->act);
	if (!ask_yes(question))
		return OK;
	for (size_t i = 0; r == OK && i < suggested->count; i++) {
		const struct detail_value *value = &suggested->values[i];
		char text[TEXT_LINE_MAXIMUM + 1];

		if (!bytes_equal_string(value->key, detail->key) ||
		    !detail_accepts(detail, value->value) ||
		    bytes_to_string(value->value, text, sizeof(text)) != OK)
			continue;
		r = add(details, details->count, bytes_of_string(detail->key), text, error);
		*ret_taken = true;
	}
	return r;
}

/* Asks for what is missing; for more of it where there may be more. */
static int ask_missing(struct details *details, const struct detail_fault *fault,
                       struct error *error)
{
	const struct detail *detail = fault->detail;
	size_t count;
	const struct detail *list = details_of(details->kind->number, &count);
	bool leads = false, taken = true;
	int r;

	if (fault->value < 0 &&
	    ((r = take_suggested(details, detail, &taken, error)) != OK || taken))
		return r;
	r = ask(details, detail, fault->value, false, &taken, error);
	for (size_t i = 0; i < count; i++)
		leads = leads ||
		        (list[i].leader != NULL && strcmp(list[i].leader, detail->key) == 0);
	/* Another group is asked for when this one is complete. */
	if (leads)
		details->asked = detail;
	while (r == OK && taken && detail->repeated && !leads)
		r = ask(details, detail, fault->value, true, &taken, error);
	return r;
}

static int refuse_missing(const struct detail_fault *faults, size_t count, struct error *error)
{
	char others[256] = "";

	for (size_t i = 1; i < count; i++) {
		size_t used = strlen(others);

		if (faults[i].wrong == DETAIL_MISSING)
			snprintf(others + used, sizeof(others) - used, "%s%s", used > 0 ? ", " : "",
			         faults[i].detail->key);
	}
	if (others[0] == '\0')
		return error_set(error, ERROR_USAGE, _("--detail %s=… is missing: %s"),
		                 faults[0].detail->key, _(faults[0].detail->help));
	return error_set(error, ERROR_USAGE, _("--detail %s=… is missing: %s; and %s"),
	                 faults[0].detail->key, _(faults[0].detail->help), others);
}

static int refuse(const struct details *details, const struct detail_fault *fault,
                  struct error *error)
{
	const struct detail_value *value = &details->values[fault->value];
	const struct detail *detail = fault->detail;

	switch (fault->wrong) {
	case DETAIL_MALFORMED:
		return refuse_value(detail, value->value, error);
	case DETAIL_TWICE:
		return error_set(error, ERROR_USAGE,
		                 detail->leader != NULL
		                     ? _("--detail %s can be given only once for each %s")
		                     : _("--detail %s can be given only once"),
		                 detail->key, detail->leader);
	case DETAIL_EXCLUDED:
		return error_set(error, ERROR_USAGE, _("--detail %s and %s exclude each other"),
		                 detail->key, detail->instead);
	case DETAIL_ALONE:
		return error_set(error, ERROR_USAGE,
		                 _("--detail %s is said of a %s, and --detail %s=… is missing"),
		                 detail->key, detail->leader, detail->leader);
	case DETAIL_REFUSED:
		return error_set(error, ERROR_USAGE,
		                 _("'%s' implies no attribution, so --detail %.*s cannot stand in "
		                   "it: whom you blame, and how surely, belongs into 'chiro act "
		                   "allege'"),
		                 details->kind->name, (int)value->key.size,
		                 (const char *)value->key.data);
	case DETAIL_MISSING:
		break;
	}
	return ERROR_INTERNAL;
}

/* Has what is wrong put right: asks for what is missing, refuses the rest. */
static int complete(struct details *details, struct error *error)
{
	struct detail_fault faults[FAULTS_MAXIMUM];
	size_t count;
	bool taken;
	int r;

	for (;;) {
		count = details_check(details->kind->number, details->values, details->count,
		                      faults, FAULTS_MAXIMUM);
		for (size_t i = 0; i < count; i++)
			if (faults[i].wrong != DETAIL_MISSING)
				return refuse(details, &faults[i], error);
		if (count > 0) {
			r = terminal_is_interactive() ? ask_missing(details, &faults[0], error)
			                              : refuse_missing(faults, count, error);
			if (r != OK)
				return r;
			continue;
		}
		if (details->asked == NULL)
			return OK;
		if ((r = ask(details, details->asked, DETAIL_NO_VALUE, true, &taken, error)) != OK)
			return r;
		if (!taken)
			return OK;
	}
}

int drafting_details(const struct options *options, const struct kind *kind, const char *answered,
                     const struct details_suggested *suggested, struct buffer *fields,
                     struct error *error)
{
	static struct details details;
	char key[FIELDS_KEY_MAXIMUM + 1], value[TEXT_LINE_MAXIMUM + 1];
	int r;

	details = (struct details){ .kind = kind, .suggested = suggested };
	if ((r = take_given(&details, options, error)) == OK &&
	    (r = take_answered(&details, answered, error)) == OK)
		r = complete(&details, error);
	if (r == OK && details.count > 0)
		r = fields_begin(fields);
	for (size_t i = 0; r == OK && i < details.count; i++) {
		if ((r = bytes_to_string(details.values[i].key, key, sizeof(key))) == OK &&
		    (r = bytes_to_string(details.values[i].value, value, sizeof(value))) == OK)
			r = fields_put(fields, key, value);
		if (r != OK)
			error_set(error, ERROR_USAGE,
			          _("--detail %s is not one line of clean text"), key);
	}
	for (size_t i = 0; i < details.held_count; i++)
		buffer_release(&details.held[i]);
	return r != OK && error->code != OK ? error->code : r;
}

void details_print_usage(const struct kind *kind, FILE *file)
{
	enum { INDENT = 8 };
	char words[DETAIL_WORDS_CAPACITY], text[2048];
	size_t count;
	const struct detail *list = details_of(kind->number, &count);

	if (count == 0)
		return;
	fputc('\n', file);
	print_wrapped(file, 0,
	              _("Details, each given as --detail KEY=VALUE. Those with a star must be "
	                "given; any other key may be:"));
	for (size_t i = 0; i < count; i++) {
		const struct detail *detail = &list[i];

		fprintf(file, "  %s%s%s\n", detail->key, detail->presence == REQUIRED ? " *" : "",
		        detail->repeated ? " …" : "");
		details_join_words(detail, words);
		snprintf(text, sizeof(text), "%s%s%s", _(detail->help),
		         words[0] != '\0' ? ": " : "", words);
		if (detail->leader != NULL)
			snprintf(text + strlen(text), sizeof(text) - strlen(text),
			         _(" (of the %s before it)"), detail->leader);
		if (detail->type == DETAIL_DIGEST)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s",
			         _("; @FILE takes it of a file"));
		print_wrapped(file, INDENT, text);
	}
}
