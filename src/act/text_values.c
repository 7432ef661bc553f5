#include "text_values.h"

#include "age.h"
#include "encoding.h"

bool next_key_is(const struct text_reader *reader, const char *key)
{
	struct text_line line;

	return text_reader_peek(reader, &line) == OK && bytes_equal_string(line.key, key);
}

int refuse_value(const struct text_reader *reader, const char *key, int code, const char *expected,
                 struct error *error)
{
	if (code == ERROR_MEMORY)
		return error_set_line(error, code, reader->number, "no memory is left");
	return error_set_line(error, code, reader->number, "the value of '%s' is not %s", key,
	                      expected);
}

int take_number(struct text_reader *reader, const char *key, uint64_t minimum, uint64_t maximum,
                uint64_t *ret_number, struct error *error)
{
	struct bytes value;
	uint64_t number;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = text_parse_number(value, maximum, &number)) != OK)
		return refuse_value(reader, key, r, "a number within its limits", error);
	if (number < minimum)
		return refuse_value(reader, key, ERROR_LIMIT, "a number within its limits", error);
	*ret_number = number;
	return OK;
}

int take_time(struct text_reader *reader, const char *key, timestamp *ret_time, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = timestamp_parse(value, ret_time)) != OK)
		return refuse_value(reader, key, r, "a time such as 2026-11-22T14:03:11Z", error);
	return OK;
}

int duration_parse_canonical(struct bytes text, int64_t *ret_seconds)
{
	char printed[DURATION_CAPACITY];
	int64_t seconds;
	int r;

	if ((r = duration_parse(text, &seconds)) != OK)
		return r;
	duration_format(seconds, printed);
	if (!bytes_equal_string(text, printed))
		return ERROR_CANONICAL;
	*ret_seconds = seconds;
	return OK;
}

int take_duration(struct text_reader *reader, const char *key, int64_t minimum,
                  int64_t *ret_seconds, struct error *error)
{
	struct bytes value;
	int64_t seconds;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = duration_parse_canonical(value, &seconds)) != OK)
		return refuse_value(reader, key, r, "a duration in its largest unit, such as 15m",
		                    error);
	if (seconds < minimum)
		return refuse_value(reader, key, ERROR_LIMIT, "long enough", error);
	*ret_seconds = seconds;
	return OK;
}

int take_ssh_key(struct text_reader *reader, const char *key, struct ssh_key *ret_key,
                 struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = ssh_key_parse(value, ret_key, NULL)) != OK)
		return refuse_value(reader, key, r, "an SSH public key that is allowed here",
		                    error);
	return OK;
}

int take_raw_key(struct text_reader *reader, const char *key, struct ed25519_public *ret_key,
                 struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = base64_decode_fixed(value, ret_key->bytes, sizeof(ret_key->bytes))) != OK)
		return refuse_value(reader, key, r, "32 bytes in base64", error);
	return OK;
}

int take_recipient(struct text_reader *reader, const char *key,
                   char ret_recipient[RECIPIENT_CAPACITY], struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if (!recipient_is_valid(value))
		return refuse_value(reader, key, ERROR_SYNTAX, "an age recipient (age1...)", error);
	return bytes_to_string(value, ret_recipient, RECIPIENT_CAPACITY);
}

bool recipient_is_valid(struct bytes text)
{
	struct x25519_public recipient;

	return text.size < RECIPIENT_CAPACITY && age_recipient_parse(text, &recipient) == OK;
}

bool delegate_name_is_valid(struct bytes text)
{
	return text_is_dotted_identifier(text, DELEGATE_NAME_CAPACITY - 1) &&
	       !bytes_equal_string(text, role_name(ROLE_NODE)) &&
	       !bytes_equal_string(text, role_name(ROLE_APPOINTING));
}

struct bytes cut_word(struct bytes *text)
{
	struct bytes word;

	bytes_cut(text, ' ', &word);
	return word;
}

int put_ssh_key(struct buffer *buffer, const char *key, const struct ssh_key *ssh_key)
{
	struct buffer line;
	int r;

	buffer_init(&line, SSH_KEY_LINE_MAXIMUM);
	if ((r = ssh_key_print(ssh_key, &line)) == OK)
		r = text_put(buffer, key, buffer_view(&line));
	buffer_release(&line);
	return r;
}

int put_raw_key(struct buffer *buffer, const char *key, const struct ed25519_public *raw_key)
{
	struct hash as_hash; /* of the same size, so the same base64 */

	_Static_assert(sizeof(as_hash.bytes) == sizeof(raw_key->bytes), "32 bytes each");
	memcpy(as_hash.bytes, raw_key->bytes, sizeof(as_hash.bytes));
	return text_put_hash(buffer, key, &as_hash);
}

int put_string_unless_empty(struct buffer *buffer, const char *key, const char *value)
{
	return value[0] == '\0' ? OK : text_put_string(buffer, key, value);
}

int compare_with_print(struct bytes text, struct bytes printed, struct error *error)
{
	size_t line = 1;

	if (bytes_equal(text, printed))
		return OK;
	for (size_t i = 0; i < text.size && i < printed.size; i++) {
		if (text.data[i] != printed.data[i])
			break;
		if (text.data[i] == '\n')
			line++;
	}
	return error_set_line(error, ERROR_CANONICAL, line, "the line is not in its one spelling");
}

int expect_end(const struct text_reader *reader, struct error *error)
{
	enum { SHOWN = 64 };
	struct text_line line;

	if (text_reader_peek(reader, &line) != OK)
		return OK;
	if (line.whole.size == 0)
		return error_set_line(error, ERROR_SYNTAX, line.number,
		                      "an empty line does not belong here");
	return error_set_line(
	    error, ERROR_SYNTAX, line.number, "the key '%.*s' does not belong here",
	    (int)(line.key.size < SHOWN ? line.key.size : SHOWN), (const char *)line.key.data);
}
