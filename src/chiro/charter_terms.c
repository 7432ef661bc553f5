#include "charter_terms.h"

#include "allocate.h"
#include "card.h"
#include "text.h"
#include "translate.h"

enum { VALUES_MAXIMUM = 8192 };

#define CLOCK(name, text)                                                                          \
	{                                                                                          \
		.key = "clock " name, .question = N_(text)                                         \
	}

const struct charter_term charter_terms[CHARTER_TERM_COUNT] = {
	{ .key = "rules", .before_parties = true },
	{ .key = "succeeds",
	  .question = N_("full id of a closed channel that this one succeeds"),
	  .may_be_absent = true,
	  .before_parties = true },
	{ .key = "languages",
	  .question = N_("languages of the channel, such as: en ru"),
	  .before_parties = true },
	{ .key = "authentic",
	  .question = N_("the authentic language where texts differ, or: equal"),
	  .before_parties = true },
	CLOCK("acknowledge-flash", "time to acknowledge a flash act"),
	CLOCK("acknowledge-immediate", "time to acknowledge an immediate act"),
	CLOCK("acknowledge-priority", "time to acknowledge a priority act"),
	CLOCK("acknowledge-routine", "time to acknowledge a routine act"),
	CLOCK("request", "time to answer a request"),
	CLOCK("request-flash", "time to answer a flash request"),
	CLOCK("position", "time to take a position (on a proposal, an allegation…)"),
	CLOCK("list-changes",
	      "time to acknowledge a list or its change, and to open one in a swap"),
	CLOCK("full-list", "time within which a list is published anew, or retired"),
	CLOCK("incident-update", "time to the next update on an incident"),
	CLOCK("conclusion", "time to conclude an incident"),
	CLOCK("link-test", "how often the nodes test the link"),
	{ .key = "link-test-failures",
	  .question = N_("after how many failed tests the link counts as failed") },
	{ .key = "two-signatures",
	  .question = N_("kinds of acts that need two signatures, such as: accept withdraw"),
	  .may_be_absent = true },
	{ .key = "confidentiality",
	  .question = N_("what is confidential: communications, or none") },
	{ .key = "right-of-reply",
	  .question = N_(
	      "may a side confirm or rebut a public claim without consent (yes or no)") },
	{ .key = "retention 0", .question = N_("how long the first party keeps the record") },
	{ .key = "retention 1", .question = N_("how long the second party keeps the record") },
	{ .key = "notice", .question = N_("notice of withdrawal") },
	{ .key = "survives",
	  .question = N_("what outlives a withdrawal, of: confidentiality right-of-reply retention "
	                 "notices"),
	  .may_be_absent = true },
	{ .key = "blob-wait",
	  .question = N_("how long an act waits for its body before it is "
	                 "receipted without") },
	{ .key = "quota-entries", .question = N_("entries a day from one side, at most") },
	{ .key = "quota-bytes", .question = N_("bytes a day from one side, at most") },
	{ .key = "query-budget-day", .question = N_("private queries a day, at most") },
	{ .key = "query-budget-list", .question = N_("private queries a list, at most") },
	{ .key = "list-pairs",
	  .question = N_("pairs in a class of a match-only list, at most; absent: 1048576"),
	  .may_be_absent = true },
	{ .key = "witness",
	  .question = N_("vkeys of the witnesses that cosign both logs, with a space in between"),
	  .may_be_absent = true,
	  .may_repeat = true },
	{ .key = "quorum", .question = N_("how many of the witnesses must cosign") },
	{ .key = "depositary",
	  .question = N_("vkey of the depositary, where acts are left while the line is down"),
	  .may_be_absent = true },
	{ .key = "deemed-allowance",
	  .question = N_("after what time in the depositary an act counts as received"),
	  .may_be_absent = true },
};

void charter_draft_key(const struct charter_draft *draft, size_t term,
                       char ret_key[CHARTER_TERM_KEY_CAPACITY])
{
	const char *key = charter_terms[term].key;

	if (strncmp(key, "retention ", 10) == 0)
		snprintf(ret_key, CHARTER_TERM_KEY_CAPACITY, "retention %s",
		         draft->parties[key[10] - '0']->id);
	else
		snprintf(ret_key, CHARTER_TERM_KEY_CAPACITY, "%s", key);
}

/* The term that a line is about, and its value; -1 when none. */
static int term_of_line(const struct charter_draft *draft, struct bytes line,
                        struct bytes *ret_value)
{
	for (size_t i = 0; i < CHARTER_TERM_COUNT; i++) {
		char key[CHARTER_TERM_KEY_CAPACITY];
		size_t size;

		charter_draft_key(draft, i, key);
		size = strlen(key);
		if (line.size < size || memcmp(line.data, key, size) != 0)
			continue;
		if (line.size == size) {
			*ret_value = bytes_of(line.data + size, 0);
			return (int)i;
		}
		if (line.data[size] == ' ') {
			*ret_value = bytes_of(line.data + size + 1, line.size - size - 1);
			return (int)i;
		}
	}
	return -1;
}

int charter_draft_add(struct charter_draft *draft, size_t term, struct bytes value)
{
	int r = buffer_put_bytes(&draft->values[term], value);

	return r != OK ? r : buffer_put_u8(&draft->values[term], '\n');
}

static size_t term_of_key(const char *key)
{
	size_t term = 0;

	while (strcmp(charter_terms[term].key, key) != 0)
		term++;
	return term;
}

bool charter_draft_asks(const struct charter_draft *draft, size_t term)
{
	return charter_terms[term].question != NULL &&
	       (term != term_of_key("deemed-allowance") ||
	        draft->values[term_of_key("depositary")].size > 0);
}

/* A charter has an allowance when it has a depositary, and else none. */
static int follow_depositary(struct charter_draft *draft)
{
	size_t term = term_of_key("deemed-allowance");
	struct charter standard;
	char text[DURATION_CAPACITY];

	if (draft->values[term_of_key("depositary")].size == 0) {
		buffer_clear(&draft->values[term]);
		return OK;
	}
	if (draft->values[term].size > 0)
		return OK;
	charter_set_defaults(&standard);
	duration_format(standard.deemed_allowance, text);
	return charter_draft_add(draft, term, bytes_of_string(text));
}

int charter_draft_set(struct charter_draft *draft, size_t term, struct bytes value,
                      struct error *error)
{
	struct bytes each;
	int r = OK;

	if (value.size == 0 && !charter_terms[term].may_be_absent)
		return error_set(error, ERROR_USAGE, _("'%s' needs a value"),
		                 charter_terms[term].key);
	buffer_clear(&draft->values[term]);
	while (r == OK && value.size > 0) {
		each = value;
		if (charter_terms[term].may_repeat)
			(void)bytes_cut(&value, ' ', &each);
		else
			value.size = 0;
		if (each.size > 0)
			r = charter_draft_add(draft, term, each);
	}
	if (r == OK && term == term_of_key("depositary"))
		r = follow_depositary(draft);
	return r;
}

/* Reads the defaults off a charter between these parties that says nothing else. */
static int take_defaults(struct charter_draft *draft, struct error *error)
{
	struct charter *charter = allocate(1, sizeof(*charter));
	struct buffer text;
	struct text_reader reader;
	struct text_line line;
	int r;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if (charter == NULL) {
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
		goto out;
	}
	charter_set_defaults(charter);
	for (size_t i = 0; i < 2; i++)
		charter->parties[i] = *draft->parties[i];
	for (size_t i = 0; i < 2; i++) {
		const struct party *party = draft->parties[i];

		for (size_t j = 0; j < party->name_count; j++) {
			size_t known = 0;

			while (known < charter->language_count &&
			       strcmp(charter->languages[known], party->names[j].language) != 0)
				known++;
			if (known == charter->language_count && known < LANGUAGES_MAXIMUM)
				memcpy(charter->languages[charter->language_count++],
				       party->names[j].language, LANGUAGE_CAPACITY);
		}
	}
	if ((r = charter_print(charter, &text, error)) != OK)
		goto out;
	text_reader_init(&reader, buffer_view(&text));
	while (r == OK && text_reader_next(&reader, &line) == OK) {
		struct bytes value;
		int term = term_of_line(draft, line.whole, &value);

		if (term >= 0 && draft->values[term].size == 0)
			r = charter_draft_add(draft, (size_t)term, value);
	}
out:
	buffer_release(&text);
	release_memory(charter);
	return r;
}

int charter_draft_init(struct charter_draft *draft, const struct party *first,
                       const struct party *second, struct error *error)
{
	int r;

	*draft = (struct charter_draft){ .parties = { first, second } };
	for (size_t i = 0; i < CHARTER_TERM_COUNT; i++)
		buffer_init(&draft->values[i], VALUES_MAXIMUM);
	if ((r = take_defaults(draft, error)) != OK)
		charter_draft_release(draft);
	return r;
}

void charter_draft_release(struct charter_draft *draft)
{
	for (size_t i = 0; i < CHARTER_TERM_COUNT; i++)
		buffer_release(&draft->values[i]);
}

int charter_draft_answer(struct charter_draft *draft, struct bytes answers, struct error *error)
{
	bool answered[CHARTER_TERM_COUNT] = { false };
	struct text_reader reader;
	struct text_line line;
	int r;

	if ((r = text_check(answers, error)) != OK)
		return r;
	text_reader_init(&reader, answers);
	if ((r = text_reader_expect(&reader, ANSWERS_FORMAT, error)) != OK)
		return r;
	while (text_reader_next(&reader, &line) == OK) {
		struct bytes value;
		int term;

		if (line.whole.size == 0 || line.whole.data[0] == '#')
			continue;
		if ((term = term_of_line(draft, line.whole, &value)) < 0)
			return error_set_line(error, ERROR_USAGE, line.number,
			                      _("a charter has no term '%.*s'"),
			                      (int)line.whole.size, (const char *)line.whole.data);
		if (answered[term] && !charter_terms[term].may_repeat)
			return error_set_line(error, ERROR_USAGE, line.number,
			                      _("'%s' is answered twice"), charter_terms[term].key);
		if (answered[term])
			r = charter_draft_add(draft, (size_t)term, value);
		else
			r = charter_draft_set(draft, (size_t)term, value, error);
		if (r != OK)
			return error_set_line(error, r, line.number,
			                      _("this answer cannot be taken"));
		answered[term] = true;
	}
	return OK;
}

/* Appends the lines of a term. */
static int put_term(const struct charter_draft *draft, size_t term, struct buffer *text)
{
	char key[CHARTER_TERM_KEY_CAPACITY];
	struct bytes rest = buffer_view(&draft->values[term]);
	int r;

	charter_draft_key(draft, term, key);
	while (rest.size > 0) {
		size_t size = 0;

		while (rest.data[size] != '\n')
			size++;
		r = buffer_put_format(text, "%s %.*s\n", key, (int)size, (const char *)rest.data);
		if (r != OK)
			return r;
		rest = bytes_of(rest.data + size + 1, rest.size - size - 1);
	}
	return OK;
}

static int put_terms(const struct charter_draft *draft, bool before_parties, struct buffer *text)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < CHARTER_TERM_COUNT; i++)
		if (charter_terms[i].before_parties == before_parties)
			r = put_term(draft, i, text);
	return r;
}

/* Says what is wrong with a text by the line in which it is wrong. */
static int explain(struct bytes text, int code, const struct error *inner, struct error *error)
{
	struct text_reader reader;
	struct text_line line;

	text_reader_init(&reader, text);
	while (inner->line > 0 && text_reader_next(&reader, &line) == OK)
		if (line.number == inner->line)
			return error_set(error, code, "%s (%.*s)", inner->message,
			                 line.whole.size < 120 ? (int)line.whole.size : 120,
			                 (const char *)line.whole.data);
	return error_set(error, code, "%s", inner->message);
}

int charter_draft_print(const struct charter_draft *draft, struct buffer *text, struct error *error)
{
	struct charter *charter = NULL;
	struct error inner = { 0 };
	size_t start = text->size;
	int r;

	if ((r = buffer_put_string(text, "chirograph.charter/1\n")) != OK ||
	    (r = put_terms(draft, true, text)) != OK ||
	    (r = party_print(draft->parties[0], text, error)) != OK ||
	    (r = party_print(draft->parties[1], text, error)) != OK ||
	    (r = put_terms(draft, false, text)) != OK)
		goto out;
	if (draft->free_text.size > 0 && ((r = buffer_put_u8(text, '\n')) != OK ||
	                                  (r = buffer_put_bytes(text, draft->free_text)) != OK))
		goto out;
	r = charter_parse(bytes_of(text->data + start, text->size - start), &charter, &inner);
	if (r != OK)
		explain(bytes_of(text->data + start, text->size - start), r, &inner, error);
	charter_free(charter);
out:
	if (r != OK)
		buffer_truncate(text, start);
	return r;
}
