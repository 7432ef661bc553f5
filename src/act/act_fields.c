#include "act_fields.h"

#include "encoding.h"
#include "text_values.h"

static int read_delegate(struct bytes text, struct field_value *value)
{
	(void)value;
	return delegate_name_is_valid(text) ? OK : ERROR_SYNTAX;
}

static int read_ssh_key(struct bytes text, struct field_value *value)
{
	return ssh_key_parse(text, &value->as.ssh_key, NULL);
}

static int read_raw_key(struct bytes text, struct field_value *value)
{
	return base64_decode_fixed(text, value->as.raw_key.bytes, ED25519_PUBLIC_SIZE);
}

static int read_recipient(struct bytes text, struct field_value *value)
{
	(void)value;
	return recipient_is_valid(text) ? OK : ERROR_SYNTAX;
}

static int read_choice(struct bytes text, struct field_value *value)
{
	int choice = choice_index(value->field->choices, text);

	if (choice < 0)
		return ERROR_SYNTAX;
	value->as.choice = (unsigned)choice;
	return OK;
}

static int read_number(struct bytes text, struct field_value *value)
{
	return text_parse_number(text, NUMBER_MAXIMUM, &value->as.number);
}

static int read_hash(struct bytes text, struct field_value *value)
{
	return base64_decode_fixed(text, value->as.hash.bytes, HASH_SIZE);
}

static int read_time(struct bytes text, struct field_value *value)
{
	int r;

	if ((r = timestamp_parse(text, &value->as.time)) != OK)
		return r;
	return value->as.time == 0 ? ERROR_LIMIT : OK; /* which stands for none */
}

static int read_act(struct bytes text, struct field_value *value)
{
	return act_reference_parse(text, &value->as.act);
}

static int read_blob(struct bytes text, struct field_value *value)
{
	struct bytes hash = text;
	struct bytes size = cut_word(&hash);
	int r;

	if ((r = text_parse_number(size, NUMBER_MAXIMUM, &value->as.blob.size)) != OK)
		return r;
	if (value->as.blob.size == 0)
		return ERROR_LIMIT;
	return base64_decode_fixed(hash, value->as.blob.hash.bytes, HASH_SIZE);
}

static int read_party(struct bytes text, struct field_value *value)
{
	(void)value;
	return text_is_identifier(text, PARTY_ID_CAPACITY - 1) ? OK : ERROR_SYNTAX;
}

static int read_encoded(struct bytes text, struct field_value *value)
{
	struct buffer decoded;
	int r;

	(void)value;
	buffer_init(&decoded, FIELD_ENCODED_MAXIMUM);
	r = base64_decode(&decoded, text, BASE64_PADDED);
	buffer_release(&decoded);
	return r;
}

static int read_text(struct bytes text, struct field_value *value)
{
	(void)value;
	return text.size <= FIELD_TEXT_MAXIMUM ? OK : ERROR_LIMIT;
}

static int read_endpoints(struct bytes text, struct field_value *value)
{
	char endpoints[ENDPOINTS_MAXIMUM][ENDPOINT_CAPACITY];
	size_t count;

	(void)value;
	return endpoints_parse(text, endpoints, &count);
}

static int read_class_commitment(struct bytes text, struct field_value *value)
{
	enum identifier_class identifier_class;

	if (!identifier_class_named(bytes_of_string(value->field->name), &identifier_class))
		return ERROR_SYNTAX;
	return class_commitment_parse(text, identifier_class, &value->as.commitment, NULL);
}

/* FIELD_BY_CHOICE has no row: it has become another type before. */
static const struct {
	int (*read)(struct bytes text, struct field_value *value);
	const char *expected;
} types[FIELD_TYPE_COUNT] = {
	[FIELD_DELEGATE] = { read_delegate, "a delegate's name" },
	[FIELD_SSH_KEY] = { read_ssh_key, "an SSH public key that is allowed here" },
	[FIELD_RAW_KEY] = { read_raw_key, "32 bytes in base64" },
	[FIELD_RECIPIENT] = { read_recipient, "an age recipient (age1...)" },
	[FIELD_CHOICE] = { read_choice, "one of its words" },
	[FIELD_NUMBER] = { read_number, "a number within its limits" },
	[FIELD_HASH] = { read_hash, "32 bytes in base64" },
	[FIELD_TIME] = { read_time, "a time after 1970-01-01T00:00:00Z" },
	[FIELD_ACT] = { read_act, "an act and its leaf hash" },
	[FIELD_BLOB] = { read_blob, "a size and a hash" },
	[FIELD_PARTY] = { read_party, "a party's id" },
	[FIELD_ENCODED] = { read_encoded, "at most 3000 bytes in base64" },
	[FIELD_TEXT] = { read_text, "at most 1024 bytes" },
	[FIELD_ENDPOINTS] = { read_endpoints, "1 to 4 different host:port" },
	[FIELD_CLASS_COMMITMENT] = { read_class_commitment,
	                             "a key, a number of pairs, a root and prefix lengths" },
};

/* Whether the field stands in this act, going by its first field. */
static bool field_applies(const struct act *act, const struct field *field)
{
	return field->when == NULL || bytes_equal_string(act->fields[0].text, field->when);
}

static enum field_type type_of(const struct act *act, const struct field *field)
{
	return field->type == FIELD_BY_CHOICE ? field->types[act->fields[0].as.choice]
	                                      : field->type;
}

static int take_field(struct text_reader *reader, const struct field *field, struct act *act,
                      struct error *error)
{
	struct field_value *value = &act->fields[act->field_count];
	int r;

	value->field = field;
	value->type = type_of(act, field);
	if ((r = text_reader_required(reader, field->name, &value->text, error)) != OK)
		return r;
	if ((r = types[value->type].read(value->text, value)) != OK)
		return refuse_value(reader, field->name, r, types[value->type].expected, error);
	act->field_count++;
	return OK;
}

int act_take_fields(struct text_reader *reader, struct act *act, struct error *error)
{
	size_t count = kind_field_count(act->kind);
	int r;

	for (size_t i = 0; i < count; i++) {
		const struct field *field = &act->kind->fields[i];

		if (!field_applies(act, field))
			continue;
		if (field->presence != REQUIRED && !next_key_is(reader, field->name))
			continue;
		if ((r = take_field(reader, field, act, error)) != OK)
			return r;
	}
	return OK;
}
