/* The text of a statement. */
#include "exchange.h"

#include "encoding.h"
#include "text_values.h"

static const char format_line[] = "chirograph.exchange/1";

enum { DATE_SIZE = 10 }; /* 2026-11-29 */

static const char *const step_names[] = {
	[EXCHANGE_QUESTION] = "question",
	[EXCHANGE_ANSWER] = "answer",
};

static const char *const outcome_names[EXCHANGE_OUTCOME_COUNT] = {
	[EXCHANGE_EVALUATED] = "evaluated",
	[EXCHANGE_BUDGET] = "budget",
	[EXCHANGE_EPOCH] = "epoch",
	[EXCHANGE_RETIRED] = "retired",
	[EXCHANGE_DAY] = "day",
	[EXCHANGE_LOST] = "lost",
};

const char *exchange_outcome_name(enum exchange_outcome outcome)
{
	return outcome_names[outcome];
}

static bool is_refusal(const struct exchange_statement *statement)
{
	return statement->step == EXCHANGE_ANSWER && statement->outcome != EXCHANGE_EVALUATED;
}

/* What print and parse demand of the values. */
static bool is_in_range(const struct exchange_statement *statement)
{
	static const struct hash zero;
	bool refusal = is_refusal(statement);

	return (size_t)statement->identifier_class < IDENTIFIER_CLASS_COUNT &&
	       (size_t)statement->outcome < EXCHANGE_OUTCOME_COUNT && statement->epoch > 0 &&
	       statement->epoch <= EXCHANGE_NUMBER_MAXIMUM && statement->number > 0 &&
	       statement->number <= EXCHANGE_NUMBER_MAXIMUM &&
	       statement->total <= EXCHANGE_NUMBER_MAXIMUM &&
	       statement->today <= EXCHANGE_NUMBER_MAXIMUM && statement->day >= 0 &&
	       statement->day <= TIMESTAMP_MAXIMUM && statement->day % EXCHANGE_DAY_SECONDS == 0 &&
	       (statement->elements == 0) == refusal &&
	       statement->elements <= EXCHANGE_ELEMENTS_MAXIMUM &&
	       (!refusal || hash_equal(&statement->content, &zero));
}

/* --- reading ------------------------------------------------------------------- */

static int take_hash(struct text_reader *reader, const char *key, struct hash *ret_hash,
                     struct error *error)
{
	struct bytes value;
	int r = text_reader_required(reader, key, &value, error);

	if (r == OK && (r = base64_decode_fixed(value, ret_hash->bytes, HASH_SIZE)) != OK)
		return refuse_value(reader, key, r, "32 bytes in base64", error);
	return r;
}

/* One of some words, by its index. */
static int take_word(struct text_reader *reader, const char *key, const char *const *words,
                     size_t count, size_t *ret_index, struct error *error)
{
	struct bytes value;
	int r = text_reader_required(reader, key, &value, error);

	if (r != OK)
		return r;
	for (size_t i = 0; i < count; i++)
		if (bytes_equal_string(value, words[i])) {
			*ret_index = i;
			return OK;
		}
	return refuse_value(reader, key, ERROR_SYNTAX, "one of the words for it", error);
}

static int take_day(struct text_reader *reader, timestamp *ret_day, struct error *error)
{
	char text[TIMESTAMP_CAPACITY] = "0000-00-00T00:00:00Z";
	struct bytes value;
	int r = text_reader_required(reader, "day", &value, error);

	if (r != OK)
		return r;
	if (value.size != DATE_SIZE)
		return refuse_value(reader, "day", ERROR_SYNTAX, "a day such as 2026-11-22", error);
	memcpy(text, value.data, DATE_SIZE);
	if ((r = timestamp_parse(bytes_of(text, TIMESTAMP_CAPACITY - 1), ret_day)) != OK)
		return refuse_value(reader, "day", r, "a day such as 2026-11-22", error);
	return OK;
}

static int take_elements(struct text_reader *reader, struct exchange_statement *statement,
                         struct error *error)
{
	struct bytes words[2];
	struct bytes value;
	size_t count;
	int r = text_reader_required(reader, "elements", &value, error);

	if (r != OK)
		return r;
	if (text_words(value, words, 2, &count) != OK || count != 2 ||
	    text_parse_number(words[0], EXCHANGE_ELEMENTS_MAXIMUM, &statement->elements) != OK)
		return refuse_value(reader, "elements", ERROR_SYNTAX,
		                    "a number within its limits and a hash", error);
	if (statement->elements == 0 && bytes_equal_string(words[1], "-"))
		return OK;
	if ((r = base64_decode_fixed(words[1], statement->content.bytes, HASH_SIZE)) != OK)
		return refuse_value(reader, "elements", r, "a number within its limits and a hash",
		                    error);
	return OK;
}

static int take_class(struct text_reader *reader, struct exchange_statement *statement,
                      struct error *error)
{
	struct bytes value;
	int r = text_reader_required(reader, "class", &value, error);

	if (r == OK && !identifier_class_named(value, &statement->identifier_class))
		return refuse_value(reader, "class", ERROR_SYNTAX, "a class of identifiers", error);
	return r;
}

static int take_lines(struct bytes text, struct exchange_statement *statement, struct error *error)
{
	struct text_reader reader;
	size_t step, outcome = EXCHANGE_EVALUATED;
	int r;

	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format_line, error)) != OK ||
	    (r = take_hash(&reader, "channel", &statement->channel, error)) != OK ||
	    (r = take_hash(&reader, "list", &statement->list, error)) != OK ||
	    (r = take_class(&reader, statement, error)) != OK ||
	    (r = take_number(&reader, "epoch", 1, EXCHANGE_NUMBER_MAXIMUM, &statement->epoch,
	                     error)) != OK ||
	    (r = take_number(&reader, "exchange", 1, EXCHANGE_NUMBER_MAXIMUM, &statement->number,
	                     error)) != OK ||
	    (r = take_word(&reader, "step", step_names, 2, &step, error)) != OK)
		return r;
	if (step == EXCHANGE_ANSWER &&
	    (r = take_word(&reader, "outcome", outcome_names, EXCHANGE_OUTCOME_COUNT, &outcome,
	                   error)) != OK)
		return r;
	statement->step = (enum exchange_step)step;
	statement->outcome = (enum exchange_outcome)outcome;
	if ((r = take_number(&reader, "total", 0, EXCHANGE_NUMBER_MAXIMUM, &statement->total,
	                     error)) != OK ||
	    (r = take_day(&reader, &statement->day, error)) != OK ||
	    (r = take_number(&reader, "today", 0, EXCHANGE_NUMBER_MAXIMUM, &statement->today,
	                     error)) != OK ||
	    (r = take_elements(&reader, statement, error)) != OK ||
	    (r = take_hash(&reader, "previous", &statement->previous, error)) != OK)
		return r;
	return expect_end(&reader, error);
}

int exchange_parse(struct bytes text, struct exchange_statement *ret_statement, struct error *error)
{
	struct exchange_statement statement = { .number = 0 };
	struct buffer printed;
	int r;

	if (text.size > EXCHANGE_STATEMENT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the statement is too long");
	if ((r = text_check(text, error)) != OK || (r = take_lines(text, &statement, error)) != OK)
		return r;
	if (!is_in_range(&statement))
		return error_set(error, ERROR_LIMIT,
		                 "the number of elements does not fit the outcome");
	buffer_init(&printed, EXCHANGE_STATEMENT_MAXIMUM);
	if ((r = exchange_print(&printed, &statement)) != OK)
		error_set(error, r, "the statement cannot be printed");
	else
		r = compare_with_print(text, buffer_view(&printed), error);
	buffer_release(&printed);
	if (r == OK)
		*ret_statement = statement;
	return r;
}

/* --- writing ------------------------------------------------------------------- */

static int put_elements(struct buffer *buffer, const struct exchange_statement *statement)
{
	char content[HASH_BASE64_CAPACITY] = "-";

	if (statement->elements > 0)
		hash_to_base64(&statement->content, content);
	return buffer_put_format(buffer, "elements %llu %s\n",
	                         (unsigned long long)statement->elements, content);
}

static int put_lines(struct buffer *buffer, const struct exchange_statement *statement)
{
	char day[TIMESTAMP_CAPACITY];
	int r;

	timestamp_format(statement->day, day);
	if ((r = buffer_put_format(buffer, "%s\n", format_line)) != OK ||
	    (r = text_put_hash(buffer, "channel", &statement->channel)) != OK ||
	    (r = text_put_hash(buffer, "list", &statement->list)) != OK ||
	    (r = text_put_string(buffer, "class",
	                         identifier_class_name(statement->identifier_class))) != OK ||
	    (r = text_put_number(buffer, "epoch", statement->epoch)) != OK ||
	    (r = text_put_number(buffer, "exchange", statement->number)) != OK ||
	    (r = text_put_string(buffer, "step", step_names[statement->step])) != OK)
		return r;
	if (statement->step == EXCHANGE_ANSWER &&
	    (r = text_put_string(buffer, "outcome", outcome_names[statement->outcome])) != OK)
		return r;
	if ((r = text_put_number(buffer, "total", statement->total)) != OK ||
	    (r = text_put(buffer, "day", bytes_of(day, DATE_SIZE))) != OK ||
	    (r = text_put_number(buffer, "today", statement->today)) != OK ||
	    (r = put_elements(buffer, statement)) != OK)
		return r;
	return text_put_hash(buffer, "previous", &statement->previous);
}

int exchange_print(struct buffer *buffer, const struct exchange_statement *statement)
{
	size_t start = buffer->size;
	int r;

	if (!is_in_range(statement) || (size_t)statement->step > EXCHANGE_ANSWER)
		return ERROR_LIMIT;
	if ((r = put_lines(buffer, statement)) != OK)
		buffer_truncate(buffer, start);
	return r;
}
