#include "policy.h"

#include "text.h"

/* `group <name> <threshold>` and as many members as there can be names. */
enum { WORDS_MAXIMUM = 3 + POLICY_WITNESSES_MAXIMUM + POLICY_GROUPS_MAXIMUM };

struct words {
	struct bytes at[WORDS_MAXIMUM];
	size_t count;
};

static bool is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* Splits a line at blanks. ERROR_LIMIT when there are too many words. */
static int split(struct bytes line, struct words *ret_words)
{
	size_t i = 0;

	ret_words->count = 0;
	for (;;) {
		while (i < line.size && is_blank(line.data[i]))
			i++;
		if (i == line.size)
			return OK;
		if (ret_words->count == WORDS_MAXIMUM)
			return ERROR_LIMIT;
		size_t start = i;
		while (i < line.size && !is_blank(line.data[i]))
			i++;
		ret_words->at[ret_words->count++] = bytes_of(line.data + start, i - start);
	}
}

/* The URL, if there is one, is word number `position`. */
static int read_url(const struct words *words, size_t position, char ret_url[POLICY_URL_CAPACITY],
                    struct error *error)
{
	struct bytes url = bytes_of(NULL, 0);

	if (words->count > position)
		url = words->at[position];
	if (bytes_to_string(url, ret_url, POLICY_URL_CAPACITY) != OK)
		return error_set(error, ERROR_LIMIT, "the URL is too long");
	return OK;
}

static int read_log(const struct words *words, struct policy *policy, struct error *error)
{
	char url[POLICY_URL_CAPACITY];
	struct note_key key;
	int r;

	if ((r = note_key_parse(words->at[1], &key, error)) != OK ||
	    (r = read_url(words, 2, url, error)) != OK)
		return r;
	return policy_add_log(policy, &key, words->count > 2 ? url : NULL, error);
}

static int read_witness(const struct words *words, struct policy *policy, struct error *error)
{
	char url[POLICY_URL_CAPACITY];
	struct note_key key;
	int r;

	if ((r = note_key_parse(words->at[2], &key, error)) != OK ||
	    (r = read_url(words, 3, url, error)) != OK)
		return r;
	return policy_add_witness(policy, words->at[1], &key, words->count > 3 ? url : NULL, error);
}

static int read_group(const struct words *words, struct policy *policy, struct error *error)
{
	const struct bytes *members = &words->at[3];
	size_t count = words->count - 3;
	uint64_t threshold = 1;

	if (bytes_equal_string(words->at[2], "all"))
		threshold = count;
	else if (!bytes_equal_string(words->at[2], "any") &&
	         (text_parse_number(words->at[2], count, &threshold) != OK || threshold == 0))
		return error_set(error, ERROR_SYNTAX,
		                 "the threshold is not 'any', 'all' or 1 to %zu", count);
	return policy_add_group(policy, words->at[1], (unsigned)threshold, members, count, error);
}

static int read_quorum(const struct words *words, struct policy *policy, struct error *error)
{
	return policy_set_quorum(policy, words->at[1], error);
}

static const struct line_kind {
	const char *keyword;
	size_t least, most; /* words, with the keyword */
	int (*read)(const struct words *words, struct policy *policy, struct error *error);
} line_kinds[] = {
	{ "log", 2, 3, read_log },
	{ "witness", 3, 4, read_witness },
	{ "group", 4, WORDS_MAXIMUM, read_group },
	{ "quorum", 2, 2, read_quorum },
};

static int read_line(struct bytes line, struct policy *policy, struct error *error)
{
	struct words words;

	for (size_t i = 0; i < line.size; i++)
		if ((line.data[i] < ' ' && line.data[i] != '\t') || line.data[i] == 0x7f)
			return error_set(error, ERROR_SYNTAX, "a control character");
	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] == '#')
			return OK;
		if (!is_blank(line.data[i]))
			break;
	}
	if (split(line, &words) != OK)
		return error_set(error, ERROR_LIMIT, "too many words");
	if (words.count == 0)
		return OK;
	for (size_t i = 0; i < sizeof(line_kinds) / sizeof(line_kinds[0]); i++) {
		const struct line_kind *kind = &line_kinds[i];

		if (!bytes_equal_string(words.at[0], kind->keyword))
			continue;
		if (words.count < kind->least || words.count > kind->most)
			return error_set(error, ERROR_SYNTAX,
			                 "a '%s' line with a wrong number of words", kind->keyword);
		return kind->read(&words, policy, error);
	}
	return error_set(error, ERROR_SYNTAX, "an unknown keyword");
}

int policy_parse(struct bytes text, struct policy *policy, struct error *error)
{
	struct bytes rest = text;
	struct error detail;
	int r;

	policy_init(policy);
	if (text.size > POLICY_TEXT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the policy is too long");
	for (size_t number = 1; rest.size > 0; number++) {
		struct bytes line;

		if (!bytes_cut(&rest, '\n', &line)) {
			r = error_set_line(error, ERROR_SYNTAX, number,
			                   "the last line has no line feed");
			goto fail;
		}
		if ((r = read_line(line, policy, &detail)) != OK) {
			error_set_line(error, r, number, "%s", detail.message);
			goto fail;
		}
	}
	if (policy->has_quorum)
		return OK;
	r = error_set(error, ERROR_SYNTAX, "the policy has no quorum line");
fail:
	policy_init(policy);
	return r;
}
