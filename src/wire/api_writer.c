#include "api_writer.h"

#include "timestamp.h"

/* What is being written: a field of a record, or an element. */
struct place {
	const struct api_field *field;
	enum api_type type;
};

static void note(struct api_writer *writer, int result)
{
	if (writer->result == OK)
		writer->result = result;
}

static struct api_level *top(struct api_writer *writer)
{
	return &writer->levels[writer->depth - 1];
}

static bool same_name(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

void api_writer_init(struct api_writer *writer, const struct api_record *record, size_t maximum)
{
	memset(writer, 0, sizeof *writer);
	buffer_init(&writer->buffer, maximum);
	writer->depth = 1;
	writer->levels[0].record = record;
}

void api_writer_release(struct api_writer *writer)
{
	buffer_release(&writer->buffer);
}

int api_writer_finish(struct api_writer *writer, struct bytes *ret_body)
{
	if (writer->result == OK &&
	    (writer->depth != 1 || top(writer)->next != top(writer)->record->field_count))
		writer->result = ERROR_INTERNAL;
	if (writer->result == OK)
		*ret_body = buffer_view(&writer->buffer);
	return writer->result;
}

size_t api_writer_size(const struct api_writer *writer)
{
	return writer->buffer.size;
}

static void put_text(struct api_writer *writer, struct bytes text, size_t maximum)
{
	if (text.size > maximum)
		note(writer, ERROR_LIMIT);
	else
		note(writer, buffer_put_sized(&writer->buffer, text));
}

/* Begins an element: that it is one, its key, and that it is not null. */
static void begin_element(struct api_writer *writer, const struct api_field *container,
                          const char *key, bool present)
{
	note(writer, buffer_put_u8(&writer->buffer, 1));
	if (container->type == API_TYPE_MAP) {
		if (key == NULL)
			note(writer, ERROR_INTERNAL);
		else
			put_text(writer, bytes_of_string(key), API_NAME_MAXIMUM);
	}
	if (container->nullable_elements)
		note(writer, buffer_put_u8(&writer->buffer, present));
	else if (!present)
		note(writer, ERROR_INTERNAL);
}

/* Goes to the place named, which must be the next one. False when the writing
 * has failed. */
static bool go_to(struct api_writer *writer, const char *name, bool present,
                  struct place *ret_place)
{
	struct api_level *level = top(writer);
	const struct api_field *field = level->container;

	if (writer->result != OK)
		return false;
	if (field != NULL) {
		begin_element(writer, field, name, present);
		*ret_place = (struct place){ field, field->element };
		return writer->result == OK;
	}
	if (level->next == level->record->field_count ||
	    !same_name(name, level->record->fields[level->next].name)) {
		note(writer, ERROR_INTERNAL);
		return false;
	}
	field = &level->record->fields[level->next++];
	if (field->presence != API_ALWAYS)
		note(writer, buffer_put_u8(&writer->buffer, present));
	else if (!present)
		note(writer, ERROR_INTERNAL);
	*ret_place = (struct place){ field, field->type };
	return writer->result == OK;
}

/* The same for a value of one of the types in the mask. */
static bool go_to_value(struct api_writer *writer, const char *name, unsigned types,
                        struct place *ret_place)
{
	if (!go_to(writer, name, true, ret_place))
		return false;
	if (!((types >> ret_place->type) & 1))
		note(writer, ERROR_INTERNAL);
	return writer->result == OK;
}

static bool may_be_null(struct api_writer *writer)
{
	const struct api_level *level = top(writer);

	return level->container == NULL && level->next < level->record->field_count &&
	       level->record->fields[level->next].presence != API_ALWAYS;
}

void api_write_nothing(struct api_writer *writer, const char *name)
{
	struct place place;

	go_to(writer, name, false, &place);
}

void api_write_bool(struct api_writer *writer, const char *name, bool value)
{
	struct place place;

	if (go_to_value(writer, name, 1U << API_TYPE_BOOL, &place))
		note(writer, buffer_put_u8(&writer->buffer, value));
}

void api_write_number(struct api_writer *writer, const char *name, uint64_t value)
{
	struct place place;

	if (!go_to_value(writer, name, 1U << API_TYPE_NUMBER, &place))
		return;
	if (value > API_NUMBER_MAXIMUM)
		note(writer, ERROR_LIMIT);
	note(writer, buffer_put_u64(&writer->buffer, value));
}

void api_write_signed(struct api_writer *writer, const char *name, int64_t value)
{
	struct place place;

	if (go_to_value(writer, name, 1U << API_TYPE_SIGNED, &place))
		note(writer, buffer_put_u64(&writer->buffer, (uint64_t)value));
}

void api_write_time(struct api_writer *writer, const char *name, int64_t seconds)
{
	struct place place;

	if (seconds == 0 && may_be_null(writer)) {
		api_write_nothing(writer, name);
		return;
	}
	if (!go_to_value(writer, name, 1U << API_TYPE_TIME, &place))
		return;
	if (seconds < 0 || seconds > TIMESTAMP_MAXIMUM)
		note(writer, ERROR_LIMIT);
	note(writer, buffer_put_u64(&writer->buffer, (uint64_t)seconds));
}

void api_write_text(struct api_writer *writer, const char *name, struct bytes text)
{
	struct place place;

	if (go_to_value(writer, name, 1U << API_TYPE_TEXT, &place))
		put_text(writer, text, api_field_maximum(place.field));
}

void api_write_string(struct api_writer *writer, const char *name, const char *string)
{
	if ((string == NULL || string[0] == '\0') && may_be_null(writer))
		api_write_nothing(writer, name);
	else
		api_write_text(writer, name, bytes_of_string(string == NULL ? "" : string));
}

void api_write_octets(struct api_writer *writer, const char *name, struct bytes octets)
{
	struct place place;

	if (go_to_value(writer, name, 1U << API_TYPE_OCTETS | 1U << API_TYPE_CONTENT, &place))
		put_text(writer, octets, api_field_maximum(place.field));
}

void api_write_hash(struct api_writer *writer, const char *name, const struct hash *hash)
{
	struct place place;

	if (go_to_value(writer, name,
	                1U << API_TYPE_HASH | 1U << API_TYPE_HEX_HASH | 1U << API_TYPE_CHANNEL,
	                &place))
		note(writer, buffer_put(&writer->buffer, hash->bytes, HASH_SIZE));
}

void api_write_setup(struct api_writer *writer, const char *name,
                     const uint8_t setup[API_SETUP_SIZE])
{
	struct place place;

	if (go_to_value(writer, name, 1U << API_TYPE_SETUP, &place))
		note(writer, buffer_put(&writer->buffer, setup, API_SETUP_SIZE));
}

void api_write_begin(struct api_writer *writer, const char *name)
{
	struct api_level level = { 0 };
	struct place place;

	if (!go_to_value(writer, name,
	                 1U << API_TYPE_RECORD | 1U << API_TYPE_LIST | 1U << API_TYPE_MAP, &place))
		return;
	if (writer->depth == API_DEPTH_MAXIMUM) {
		note(writer, ERROR_INTERNAL);
		return;
	}
	if (place.type == API_TYPE_RECORD)
		level.record = place.field->record;
	else
		level.container = place.field;
	writer->levels[writer->depth++] = level;
}

void api_write_end(struct api_writer *writer)
{
	const struct api_level *level = top(writer);

	if (writer->result != OK)
		return;
	if (writer->depth == 1 ||
	    (level->record != NULL && level->next != level->record->field_count)) {
		note(writer, ERROR_INTERNAL);
		return;
	}
	if (level->container != NULL)
		note(writer, buffer_put_u8(&writer->buffer, 0));
	writer->depth--;
}
