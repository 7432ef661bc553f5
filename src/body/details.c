#include "details.h"

#include "act.h"
#include "details_table.h"
#include "part.h"

#define N_(text) text

enum { DIGEST_DIGITS = 64, DAY_SIZE = 10 };

/* Keys by which people blame somebody. */
static const char *const blaming[] = {
	"actor",      "attacker",    "attributed-to", "attribution",    "blame",
	"confidence", "culprit",     "deception",     "hypothesis",     "likelihood",
	"origin",     "perpetrator", "responsible",   "responsibility", "suspect",
};

static const char *const type_texts[DETAIL_TYPE_COUNT] = {
	[DETAIL_TEXT] = N_("one line of text"),
	[DETAIL_WORD] = N_("one of the words"),
	[DETAIL_TIME] = N_("a day such as 2026-11-22, or a time such as 2026-11-22T14:03:11Z"),
	[DETAIL_DIGEST] = N_("64 hexadecimal digits, as sha256sum prints them"),
	[DETAIL_GRADE] = N_("a letter from A to F and a digit from 1 to 6, such as B2"),
	[DETAIL_LANGUAGE] = N_("a language tag, such as en"),
	[DETAIL_ACT] = N_("the name of an act, such as north-7"),
	[DETAIL_PART] = N_("the number of a part, from 1"),
	[DETAIL_ADDRESS] = N_("an address without spaces, such as https://example.org/1"),
};

static const char *const source_grades[] = {
	N_("completely reliable source"), N_("usually reliable source"),
	N_("fairly reliable source"),     N_("not usually reliable source"),
	N_("unreliable source"),          N_("source that cannot be judged"),
};

static const char *const information_grades[] = {
	N_("confirmed by other sources"),
	N_("probably true"),
	N_("possibly true"),
	N_("doubtful"),
	N_("improbable"),
	N_("truth cannot be judged"),
};

const struct detail *details_of(enum kind_number kind, size_t *ret_count)
{
	const struct detail *list = details_table[kind];
	size_t count = 0;

	while (list != NULL && list[count].key != NULL)
		count++;
	*ret_count = count;
	return list;
}

const struct detail *detail_find(enum kind_number kind, struct bytes key)
{
	size_t count;
	const struct detail *list = details_of(kind, &count);

	for (size_t i = 0; i < count; i++)
		if (bytes_equal_string(key, list[i].key))
			return &list[i];
	return NULL;
}

bool detail_is_refused(enum kind_number kind, struct bytes key)
{
	if (!kind_set_has(&details_blameless, kind))
		return false;
	for (size_t i = 0; i < sizeof(blaming) / sizeof(blaming[0]); i++)
		if (bytes_equal_string(key, blaming[i]))
			return true;
	return false;
}

const char *detail_type_text(enum detail_type type)
{
	return type_texts[type];
}

const char *detail_word_label(const struct detail *detail, struct bytes word)
{
	for (const struct detail_word *each = detail->words; each != NULL && each->word != NULL;
	     each++)
		if (bytes_equal_string(word, each->word))
			return each->label;
	return NULL;
}

/* A day is the beginning of a time. */
static bool time_of(struct bytes value, timestamp *ret_time)
{
	char text[TIMESTAMP_CAPACITY] = "";

	if (value.size == DAY_SIZE) {
		memcpy(text, value.data, DAY_SIZE);
		memcpy(text + DAY_SIZE, "T00:00:00Z", sizeof("T00:00:00Z"));
		value = bytes_of_string(text);
	}
	return timestamp_parse(value, ret_time) == OK;
}

static bool is_digest(struct bytes value)
{
	for (size_t i = 0; i < value.size; i++)
		if (memchr("0123456789abcdef", value.data[i], 16) == NULL)
			return false;
	return value.size == DIGEST_DIGITS;
}

static bool is_grade(struct bytes value)
{
	return value.size == 2 && value.data[0] >= 'A' && value.data[0] <= 'F' &&
	       value.data[1] >= '1' && value.data[1] <= '6';
}

static bool is_language(struct bytes value)
{
	char text[PART_LANGUAGE_CAPACITY];

	return value.size > 0 && bytes_to_string(value, text, sizeof(text)) == OK &&
	       part_language_is_valid(text);
}

static bool is_act(struct bytes value)
{
	char party[PARTY_ID_CAPACITY];
	unsigned generation;
	uint64_t number;

	return act_name_parse(value, party, &generation, &number) == OK;
}

/* `scheme:rest` without a space. */
static bool is_address(struct bytes value)
{
	const uint8_t *colon = value.size == 0 ? NULL : memchr(value.data, ':', value.size);

	return colon != NULL && (size_t)(colon - value.data) + 1 < value.size &&
	       text_is_identifier(bytes_of(value.data, (size_t)(colon - value.data)),
	                          FIELDS_KEY_MAXIMUM) &&
	       memchr(value.data, ' ', value.size) == NULL;
}

bool detail_accepts(const struct detail *detail, struct bytes value)
{
	timestamp time;
	uint64_t number;

	switch (detail->type) {
	case DETAIL_WORD:
		return detail_word_label(detail, value) != NULL;
	case DETAIL_TIME:
		return time_of(value, &time);
	case DETAIL_DIGEST:
		return is_digest(value);
	case DETAIL_GRADE:
		return is_grade(value);
	case DETAIL_LANGUAGE:
		return is_language(value);
	case DETAIL_ACT:
		return is_act(value);
	case DETAIL_PART:
		return text_parse_number(value, PARTS_MAXIMUM, &number) == OK && number > 0;
	case DETAIL_ADDRESS:
		return is_address(value);
	case DETAIL_TEXT:
	case DETAIL_TYPE_COUNT:
		break;
	}
	return value.size > 0 && value.size <= TEXT_LINE_MAXIMUM && text_is_clean(value);
}

const char *detail_source_grade(struct bytes grade)
{
	return is_grade(grade) ? source_grades[grade.data[0] - 'A'] : "";
}

const char *detail_information_grade(struct bytes grade)
{
	return is_grade(grade) ? information_grades[grade.data[1] - '1'] : "";
}

size_t details_read(struct bytes text, struct detail_value ret_values[FIELDS_COUNT_MAXIMUM])
{
	struct text_reader reader;
	size_t count = 0;

	fields_reader_init(&reader, text);
	while (count < FIELDS_COUNT_MAXIMUM &&
	       fields_next(&reader, &ret_values[count].key, &ret_values[count].value) == OK)
		count++;
	return count;
}
