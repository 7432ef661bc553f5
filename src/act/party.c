/* A party's block, and the card that carries it alone. */
#include "card.h"
#include "party_keys.h"
#include "text_values.h"

#define CARD_FORMAT "chirograph.card/1"

static int take_id(struct text_reader *reader, struct party *party, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, "party", &value, error)) != OK)
		return r;
	if (!text_is_identifier(value, PARTY_ID_CAPACITY - 1))
		return refuse_value(reader, "party", ERROR_SYNTAX, "an identifier", error);
	if ((r = bytes_to_string(value, party->id, sizeof(party->id))) != OK)
		return refuse_value(reader, "party", r, "an identifier", error);
	if ((r = text_reader_required(reader, "domain", &value, error)) != OK)
		return r;
	if (!text_is_domain(value))
		return refuse_value(reader, "domain", ERROR_SYNTAX, "a domain name", error);
	if ((r = bytes_to_string(value, party->domain, sizeof(party->domain))) != OK)
		return refuse_value(reader, "domain", r, "a domain name", error);
	return OK;
}

/* `name <language> <name>`, at least one, each language once. */
static int take_names(struct text_reader *reader, struct party *party, struct error *error)
{
	struct bytes name;
	struct bytes language;
	int r;

	do {
		if ((r = text_reader_required(reader, "name", &name, error)) != OK)
			return r;
		if (party->name_count == LANGUAGES_MAXIMUM)
			return refuse_value(reader, "name", ERROR_LIMIT, "one of at most 8", error);
		language = cut_word(&name);
		if (!language_is_valid(language) || name.size == 0 || name.data[0] == ' ')
			return refuse_value(reader, "name", ERROR_SYNTAX, "a language and a name",
			                    error);
		for (size_t i = 0; i < party->name_count; i++)
			if (bytes_equal_string(language, party->names[i].language))
				return refuse_value(reader, "name", ERROR_SYNTAX,
				                    "in a language of its own", error);
		party->names[party->name_count].name = name;
		r = bytes_to_string(language, party->names[party->name_count].language,
		                    LANGUAGE_CAPACITY);
		if (r != OK)
			return refuse_value(reader, "name", r, "a language and a name", error);
		party->name_count++;
	} while (next_key_is(reader, "name"));
	return OK;
}

/* `head <delegate> <key>`. */
static int take_head(struct text_reader *reader, struct party *party, struct error *error)
{
	struct bytes key;
	struct bytes name;
	int r;

	if ((r = text_reader_required(reader, "head", &key, error)) != OK)
		return r;
	name = cut_word(&key);
	if (!delegate_name_is_valid(name))
		return refuse_value(reader, "head", ERROR_SYNTAX, "a delegate's name and key",
		                    error);
	if ((r = bytes_to_string(name, party->head, sizeof(party->head))) != OK ||
	    (r = ssh_key_parse(key, &party->head_key, NULL)) != OK)
		return refuse_value(reader, "head", r, "a delegate's name and key", error);
	return take_recipient(reader, "head-reading-key", party->head_reading_key, error);
}

static int take_endpoints(struct text_reader *reader, struct party *party, struct error *error)
{
	struct bytes value;
	int r;

	while (next_key_is(reader, "endpoint")) {
		if ((r = text_reader_required(reader, "endpoint", &value, error)) != OK)
			return r;
		if (party->endpoint_count == ENDPOINTS_MAXIMUM)
			return refuse_value(reader, "endpoint", ERROR_LIMIT, "one of at most 4",
			                    error);
		for (size_t i = 0; i < party->endpoint_count; i++)
			if (bytes_equal_string(value, party->endpoints[i]))
				return refuse_value(reader, "endpoint", ERROR_SYNTAX, "a new one",
				                    error);
		if (!endpoint_is_valid(value))
			return refuse_value(reader, "endpoint", ERROR_SYNTAX, "host:port", error);
		r = bytes_to_string(value, party->endpoints[party->endpoint_count],
		                    ENDPOINT_CAPACITY);
		if (r != OK)
			return refuse_value(reader, "endpoint", r, "host:port", error);
		party->endpoint_count++;
	}
	return OK;
}

int party_parse(struct text_reader *reader, struct party *ret_party, struct error *error)
{
	struct party party = { .name_count = 0 };
	int r;

	if ((r = take_id(reader, &party, error)) != OK ||
	    (r = take_names(reader, &party, error)) != OK)
		return r;
	r = text_reader_optional(reader, "auspices", &party.auspices, error);
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	if ((r = take_ssh_key(reader, "appointing-key", &party.appointing_key, error)) != OK ||
	    (r = take_head(reader, &party, error)) != OK ||
	    (r = take_raw_key(reader, "log-key", &party.log_key, error)) != OK ||
	    (r = take_raw_key(reader, "receipt-key", &party.receipt_key, error)) != OK ||
	    (r = take_raw_key(reader, "node-key", &party.node_key, error)) != OK ||
	    (r = take_raw_key(reader, "link-key", &party.link_key, error)) != OK ||
	    (r = take_recipient(reader, "reading-key", party.reading_key, error)) != OK ||
	    (r = take_endpoints(reader, &party, error)) != OK)
		return r;
	*ret_party = party;
	return OK;
}

static int put_names(const struct party *party, struct buffer *buffer)
{
	int r;

	for (size_t i = 0; i < party->name_count; i++) {
		if (!language_is_valid(bytes_of_string(party->names[i].language)) ||
		    party->names[i].name.size == 0 || !text_is_clean(party->names[i].name))
			return ERROR_SYNTAX;
		r = buffer_put_format(buffer, "name %s ", party->names[i].language);
		if (r != OK || (r = buffer_put_bytes(buffer, party->names[i].name)) != OK ||
		    (r = buffer_put_string(buffer, "\n")) != OK)
			return r;
	}
	return OK;
}

static int put_head(const struct party *party, struct buffer *buffer)
{
	int r;

	if (!delegate_name_is_valid(bytes_of_string(party->head)))
		return ERROR_SYNTAX;
	if ((r = buffer_put_format(buffer, "head %s ", party->head)) != OK ||
	    (r = ssh_key_print(&party->head_key, buffer)) != OK ||
	    (r = buffer_put_string(buffer, "\n")) != OK)
		return r;
	return text_put_string(buffer, "head-reading-key", party->head_reading_key);
}

static int put_party(const struct party *party, struct buffer *buffer)
{
	int r;

	if ((r = text_put_string(buffer, "party", party->id)) != OK ||
	    (r = text_put_string(buffer, "domain", party->domain)) != OK ||
	    (r = put_names(party, buffer)) != OK)
		return r;
	if (party->auspices.size > 0 && (r = text_put(buffer, "auspices", party->auspices)) != OK)
		return r;
	if ((r = put_ssh_key(buffer, "appointing-key", &party->appointing_key)) != OK ||
	    (r = put_head(party, buffer)) != OK ||
	    (r = put_raw_key(buffer, "log-key", &party->log_key)) != OK ||
	    (r = put_raw_key(buffer, "receipt-key", &party->receipt_key)) != OK ||
	    (r = put_raw_key(buffer, "node-key", &party->node_key)) != OK ||
	    (r = put_raw_key(buffer, "link-key", &party->link_key)) != OK ||
	    (r = text_put_string(buffer, "reading-key", party->reading_key)) != OK)
		return r;
	for (size_t i = 0; i < party->endpoint_count; i++)
		if ((r = text_put_string(buffer, "endpoint", party->endpoints[i])) != OK)
			return r;
	return OK;
}

int party_print(const struct party *party, struct buffer *buffer, struct error *error)
{
	size_t before = buffer->size;
	int r = ERROR_LIMIT;

	if (party->name_count <= LANGUAGES_MAXIMUM && party->endpoint_count <= ENDPOINTS_MAXIMUM)
		r = put_party(party, buffer);
	if (r == OK)
		return OK;
	buffer_truncate(buffer, before);
	return error_set(error, r, "the party cannot be written: %s", result_text(r));
}

int card_parse(struct bytes text, struct party *ret_party, struct error *error)
{
	struct text_reader reader;
	struct buffer printed;
	struct party party;
	int r;

	if (text.size > CARD_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "a card is at most %d bytes",
		                 CARD_SIZE_MAXIMUM);
	buffer_init(&printed, CARD_SIZE_MAXIMUM);
	text_reader_init(&reader, text);
	if ((r = text_check(text, error)) != OK ||
	    (r = text_reader_expect(&reader, CARD_FORMAT, error)) != OK ||
	    (r = party_parse(&reader, &party, error)) != OK ||
	    (r = expect_end(&reader, error)) != OK ||
	    (r = party_keys_differ(&party, 1, error)) != OK)
		goto out;
	if ((r = buffer_put_string(&printed, CARD_FORMAT "\n")) != OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	if ((r = party_print(&party, &printed, error)) != OK ||
	    (r = compare_with_print(text, buffer_view(&printed), error)) != OK)
		goto out;
	*ret_party = party;
out:
	buffer_release(&printed);
	return r;
}

int card_print(const struct party *party, struct buffer *buffer, struct error *error)
{
	size_t before = buffer->size;
	struct party parsed;
	struct bytes text;
	int r;

	if ((r = buffer_put_string(buffer, CARD_FORMAT "\n")) != OK) {
		error_set(error, r, "the card cannot be written: %s", result_text(r));
		goto out;
	}
	if ((r = party_print(party, buffer, error)) != OK)
		goto out;
	text = bytes_of(buffer->data + before, buffer->size - before);
	r = card_parse(text, &parsed, error);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}
