#include "match_value.h"

enum { VERSION = 1 };

static bool is_in_range(const struct match_value *value)
{
	return (size_t)value->identifier_class < IDENTIFIER_CLASS_COUNT &&
	       value->state.number <= EXCHANGE_NUMBER_MAXIMUM &&
	       value->state.total <= EXCHANGE_NUMBER_MAXIMUM &&
	       value->state.today <= EXCHANGE_NUMBER_MAXIMUM && value->state.day >= 0 &&
	       value->state.day <= TIMESTAMP_MAXIMUM &&
	       value->question.size <= EXCHANGE_STATEMENT_MAXIMUM &&
	       value->question_armor.size <= MATCH_ARMOR_MAXIMUM &&
	       value->answer.size <= EXCHANGE_STATEMENT_MAXIMUM &&
	       value->answer_armor.size <= MATCH_ARMOR_MAXIMUM &&
	       value->content.size <= MATCH_CONTENT_MAXIMUM;
}

static int put_fields(struct buffer *buffer, const struct match_value *value)
{
	int r;

	if ((r = buffer_put_u8(buffer, VERSION)) != OK ||
	    (r = buffer_put(buffer, value->list.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)value->identifier_class)) != OK ||
	    (r = buffer_put_u64(buffer, value->state.number)) != OK ||
	    (r = buffer_put_u64(buffer, value->state.total)) != OK ||
	    (r = buffer_put_u64(buffer, value->state.today)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)value->state.day)) != OK ||
	    (r = buffer_put(buffer, value->state.last.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_sized(buffer, value->question)) != OK ||
	    (r = buffer_put_sized(buffer, value->question_armor)) != OK ||
	    (r = buffer_put_sized(buffer, value->answer)) != OK ||
	    (r = buffer_put_sized(buffer, value->answer_armor)) != OK)
		return r;
	return buffer_put_sized(buffer, value->content);
}

int match_value_put(struct buffer *buffer, const struct match_value *value)
{
	size_t before = buffer->size;
	int r;

	if (!is_in_range(value))
		return ERROR_LIMIT;
	if ((r = put_fields(buffer, value)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int get_state(struct cursor *cursor, struct exchange_state *state)
{
	uint64_t day;

	if (cursor_get_u64(cursor, &state->number) != OK ||
	    cursor_get_u64(cursor, &state->total) != OK ||
	    cursor_get_u64(cursor, &state->today) != OK || cursor_get_u64(cursor, &day) != OK ||
	    cursor_get(cursor, state->last.bytes, HASH_SIZE) != OK)
		return ERROR_SYNTAX;
	if (day > (uint64_t)TIMESTAMP_MAXIMUM || day % EXCHANGE_DAY_SECONDS != 0)
		return ERROR_SYNTAX;
	state->day = (timestamp)day;
	return OK;
}

int match_value_get(struct bytes bytes, struct match_value *ret_value)
{
	struct cursor cursor = cursor_over(bytes);
	struct match_value value = { .state = { .open = false } };
	uint8_t version, identifier_class;
	int r;

	if ((r = cursor_get_u8(&cursor, &version)) != OK)
		return r;
	if (version != VERSION)
		return ERROR_UNSUPPORTED;
	if ((r = cursor_get(&cursor, value.list.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u8(&cursor, &identifier_class)) != OK ||
	    (r = get_state(&cursor, &value.state)) != OK ||
	    (r = cursor_get_sized(&cursor, EXCHANGE_STATEMENT_MAXIMUM, &value.question)) != OK ||
	    (r = cursor_get_sized(&cursor, MATCH_ARMOR_MAXIMUM, &value.question_armor)) != OK ||
	    (r = cursor_get_sized(&cursor, EXCHANGE_STATEMENT_MAXIMUM, &value.answer)) != OK ||
	    (r = cursor_get_sized(&cursor, MATCH_ARMOR_MAXIMUM, &value.answer_armor)) != OK ||
	    (r = cursor_get_sized(&cursor, MATCH_CONTENT_MAXIMUM, &value.content)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	value.identifier_class = (enum identifier_class)identifier_class;
	if (identifier_class >= IDENTIFIER_CLASS_COUNT ||
	    (value.question.size == 0) != (value.question_armor.size == 0) ||
	    (value.answer.size == 0) != (value.answer_armor.size == 0) ||
	    (value.question.size == 0 && value.answer.size > 0))
		return ERROR_SYNTAX;
	if (!is_in_range(&value))
		return ERROR_LIMIT;
	*ret_value = value;
	return OK;
}
