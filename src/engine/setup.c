#include "allocate.h"
#include "card.h"
#include "channel_internal.h"
#include "encoding.h"
#include "journal.h"

#include <stdio.h>

/* A setup is kept as a value of the node: `setup/<hex>` = u64 time, card. */

enum { SETUP_KEY_CAPACITY = 6 + 2 * KEEPER_SETUP_SIZE + 1 };

static void setup_key(const uint8_t setup[KEEPER_SETUP_SIZE], char ret_key[SETUP_KEY_CAPACITY])
{
	memcpy(ret_key, "setup/", 6);
	for (size_t i = 0; i < KEEPER_SETUP_SIZE; i++)
		snprintf(ret_key + 6 + 2 * i, 3, "%02x", setup[i]);
}

/* The node's own names and domain; what only the person knows came with the
 * request. */
static int complete_party(struct engine *engine, struct party *party, struct error *error)
{
	const struct configuration *configuration = engine->settings.configuration;
	struct buffer endpoint;
	int r = OK;

	memcpy(party->id, configuration->party, sizeof party->id);
	memcpy(party->domain, configuration->domain, sizeof party->domain);
	party->name_count = configuration->name_count;
	for (size_t i = 0; i < configuration->name_count; i++) {
		memcpy(party->names[i].language, configuration->names[i].language,
		       sizeof party->names[i].language);
		party->names[i].name = bytes_of_string(configuration->names[i].name);
	}
	if (party->endpoint_count > 0)
		return OK;
	buffer_init(&endpoint, ENDPOINT_CAPACITY);
	party->endpoint_count = configuration->advertise_count;
	for (size_t i = 0; i < configuration->advertise_count && r == OK; i++) {
		buffer_clear(&endpoint);
		if ((r = configuration_endpoint_print(&configuration->advertise[i], &endpoint)) ==
		    OK)
			r = bytes_to_string(buffer_view(&endpoint), party->endpoints[i],
			                    ENDPOINT_CAPACITY);
	}
	buffer_release(&endpoint);
	return r == OK ? OK : error_set(error, r, "an address of the configuration is too long");
}

int engine_new_setup(struct engine *engine, struct party *request,
                     uint8_t ret_setup[KEEPER_SETUP_SIZE], struct buffer *card, struct error *error)
{
	const struct engine_keeper *keeper = &engine->settings.keeper;
	struct keeper_setup_keys keys;
	char key[SETUP_KEY_CAPACITY];
	struct buffer value;
	int r;

	if ((r = complete_party(engine, request, error)) != OK ||
	    (r = keeper->new_setup(keeper->context, &keys, error)) != OK)
		return r;
	request->log_key = keys.log_key;
	request->receipt_key = keys.receipt_key;
	request->node_key = keys.node_key;
	request->link_key = keys.link_key;
	memcpy(request->reading_key, keys.reading_key, sizeof request->reading_key);
	setup_key(keys.setup, key);
	buffer_init(&value, CARD_SIZE_MAXIMUM + 8);
	if ((r = card_print(request, card, error)) != OK)
		goto out;
	if ((r = buffer_put_u64(&value, (uint64_t)engine_now(engine))) != OK ||
	    (r = buffer_put_bytes(&value, buffer_view(card))) != OK ||
	    (r = engine_write(engine)) != OK ||
	    (r = store_set_value(engine->settings.store, STORE_NODE, key, buffer_view(&value))) !=
	        OK) {
		error_set(error, r, "the card cannot be stored");
		goto out;
	}
	memcpy(ret_setup, keys.setup, KEEPER_SETUP_SIZE);
out:
	if (r != OK)
		keeper->discard_setup(keeper->context, keys.setup, NULL);
	buffer_release(&value);
	return r;
}

int engine_get_setup(struct engine *engine, const uint8_t setup[KEEPER_SETUP_SIZE],
                     struct buffer *card, struct error *error)
{
	char key[SETUP_KEY_CAPACITY];
	struct buffer value;
	int r;

	setup_key(setup, key);
	buffer_init(&value, CARD_SIZE_MAXIMUM + 8);
	if ((r = store_get_value(engine->settings.store, STORE_NODE, key, &value)) != OK ||
	    value.size < 8)
		r = error_set(error, ERROR_NOT_FOUND, "there is no such invitation");
	else
		r = buffer_put(card, value.data + 8, value.size - 8);
	buffer_release(&value);
	return r;
}

int engine_discard_setup(struct engine *engine, const uint8_t setup[KEEPER_SETUP_SIZE],
                         struct error *error)
{
	const struct engine_keeper *keeper = &engine->settings.keeper;
	char key[SETUP_KEY_CAPACITY];
	int r;

	if ((r = keeper->discard_setup(keeper->context, setup, error)) != OK)
		return r;
	setup_key(setup, key);
	if ((r = engine_write(engine)) != OK ||
	    (r = store_delete_value(engine->settings.store, STORE_NODE, key)) != OK)
		return error_set(error, r, "the invitation cannot be deleted");
	return OK;
}

/* Reads `setup/<hex>` and its value. */
static int parse_setup(const struct store_value *value, struct setup_summary *ret_summary)
{
	struct cursor cursor = cursor_over(value->value);
	struct setup_summary summary;
	uint64_t created;
	int r;

	if (value->key.size != SETUP_KEY_CAPACITY - 1)
		return ERROR_SYNTAX;
	if ((r = hex_decode_fixed(bytes_of(value->key.data + 6, 2 * KEEPER_SETUP_SIZE),
	                          summary.setup, KEEPER_SETUP_SIZE)) != OK ||
	    (r = cursor_get_u64(&cursor, &created)) != OK)
		return r;
	summary.created = (timestamp)created;
	*ret_summary = summary;
	return OK;
}

int engine_list_setups(struct engine *engine, struct setup_summary *ret_setups, size_t capacity,
                       size_t *ret_count)
{
	struct store_values page;
	size_t count = 0;
	int r;

	store_values_init(&page);
	r = store_list_values(engine->settings.store, STORE_NODE, "setup/", "", capacity, &page);
	for (size_t i = 0; i < page.count && r == OK; i++)
		r = parse_setup(&page.items[i], &ret_setups[count++]);
	store_values_release(&page);
	if (r == OK)
		*ret_count = count;
	return r;
}

/* --- adopting a charter ---------------------------------------------------- */

static bool same_keys(const struct party *a, const struct party *b)
{
	return ed25519_public_equal(&a->log_key, &b->log_key) &&
	       ed25519_public_equal(&a->receipt_key, &b->receipt_key) &&
	       ed25519_public_equal(&a->node_key, &b->node_key) &&
	       ed25519_public_equal(&a->link_key, &b->link_key) &&
	       strcmp(a->reading_key, b->reading_key) == 0;
}

/* Which of the charter's parties we are: the one whose keys a setup made. */
static int find_own_party(struct engine *engine, const struct charter *charter,
                          uint8_t ret_setup[KEEPER_SETUP_SIZE], unsigned *ret_own,
                          struct error *error)
{
	struct setup_summary setups[KEEPER_SETUPS_MAXIMUM];
	struct party party;
	struct buffer card;
	size_t count;
	int r;

	if ((r = engine_list_setups(engine, setups, KEEPER_SETUPS_MAXIMUM, &count)) != OK)
		return error_set(error, r, "the invitations cannot be read");
	buffer_init(&card, CARD_SIZE_MAXIMUM);
	for (size_t i = 0; i < count; i++) {
		buffer_clear(&card);
		if (engine_get_setup(engine, setups[i].setup, &card, NULL) != OK ||
		    card_parse(buffer_view(&card), &party, NULL) != OK)
			continue;
		for (unsigned side = 0; side < 2; side++) {
			if (!same_keys(&party, &charter->parties[side]))
				continue;
			memcpy(ret_setup, setups[i].setup, KEEPER_SETUP_SIZE);
			*ret_own = side;
			buffer_release(&card);
			return OK;
		}
	}
	buffer_release(&card);
	return error_set(error, ERROR_NOT_FOUND,
	                 "no party of this charter has the keys of an invitation made here");
}

static int store_channel_rows(struct engine *engine, const struct charter *charter, unsigned own,
                              const struct bytes signatures[2], struct store_channel *ret_row)
{
	struct store *store = engine->settings.store;
	struct store_channel row = { .id = charter->id, .own_party = (uint8_t)own };
	int r;

	if ((r = engine_write(engine)) != OK ||
	    (r = store_add_channel(store, &charter->id, own, &row.number)) != OK ||
	    (r = store_set_value(store, row.number, "charter", charter->text)) != OK ||
	    (r = store_set_value(store, row.number, "signature/0", signatures[0])) != OK ||
	    (r = store_set_value(store, row.number, "signature/1", signatures[1])) != OK)
		return r;
	*ret_row = row;
	return OK;
}

static int add_loaded(struct engine *engine, const struct store_channel *row,
                      struct engine_channel **ret_channel, struct error *error)
{
	struct engine_channel *channel;
	int r;

	if ((r = channel_load(engine, row, &channel, error)) != OK)
		return r;
	if ((r = engine_add_channel(engine, channel)) != OK) {
		channel_free(channel);
		return error_set(error, r, "out of memory");
	}
	journal(JOURNAL_NOTICE, "channel %.20s: charter adopted", channel->charter->channel);
	channel_announce(channel);
	*ret_channel = channel;
	return OK;
}

static int open_channel(struct engine *engine, const struct charter *charter, unsigned own,
                        const struct bytes signatures[2], const uint8_t *setup,
                        struct engine_channel **ret_channel, struct error *error)
{
	const struct engine_keeper *keeper = &engine->settings.keeper;
	struct store_channel row;
	char key[SETUP_KEY_CAPACITY];
	struct hash id;
	int r;

	setup_key(setup, key);
	if ((r = keeper->adopt(keeper->context, setup, own, charter->text, &id, error)) != OK)
		return r;
	if ((r = store_channel_rows(engine, charter, own, signatures, &row)) != OK ||
	    (r = store_delete_value(engine->settings.store, STORE_NODE, key)) != OK)
		return error_set(error, r, "the channel cannot be stored");
	return add_loaded(engine, &row, ret_channel, error);
}

/* --- a channel that comes as a copy ------------------------------------------ */

/* As whom a mirror shows the channel: the configured party, if it is one of them. */
static unsigned mirrored_party(const struct engine *engine, const struct charter *charter)
{
	const char *party = engine->settings.configuration->party;

	return charter_party_index(charter, bytes_of_string(party)) == 1;
}

/* Whether this node is that party's: with its keeper lost, too, it may copy what it
 * had, and go on with fresh keys. */
static bool is_party(const struct engine *engine, const struct party *party)
{
	const struct configuration *configuration = engine->settings.configuration;

	return strcmp(party->id, configuration->party) == 0 &&
	       strcmp(party->domain, configuration->domain) == 0;
}

static int open_copy(struct engine *engine, const struct charter *charter,
                     const struct bytes signatures[2], struct engine_channel **ret_channel,
                     struct error *error)
{
	const struct engine_keeper *keeper = &engine->settings.keeper;
	unsigned own = mirrored_party(engine, charter);
	struct keeper_status status = { 0 };
	struct store_channel row;
	bool known = engine->settings.mirror || is_party(engine, &charter->parties[own]);
	int r = OK;

	if (!engine->settings.mirror && (r = keeper->status(keeper->context, &status, error)) != OK)
		return r;
	for (size_t i = 0; i < status.channel_count; i++) {
		if (!hash_equal(&status.channels[i].channel, &charter->id))
			continue;
		own = status.channels[i].own_party;
		known = true;
	}
	if (!known)
		r = error_set(error, ERROR_NOT_FOUND,
		              "this node is of neither party of that channel; a copy is for a "
		              "mirror, or for a node that had the channel before");
	else if ((r = store_channel_rows(engine, charter, own, signatures, &row)) != OK)
		error_set(error, r, "the channel cannot be stored");
	else if ((r = add_loaded(engine, &row, ret_channel, error)) == OK &&
	         !engine->settings.mirror)
		r = channel_reconcile(*ret_channel, &status, error);
	if (r == OK && engine->settings.mirror)
		channel_make_mirror(*ret_channel);
	keeper_status_release(&status);
	return r;
}

static int adopt(struct engine *engine, struct bytes charter_text, const struct bytes signatures[2],
                 bool as_copy, struct engine_channel **ret_channel, struct error *error)
{
	uint8_t setup[KEEPER_SETUP_SIZE];
	struct engine_channel *channel;
	struct charter *charter;
	unsigned own;
	int r;

	if ((r = charter_parse(charter_text, &charter, error)) != OK)
		return r;
	if ((r = charter_verify(charter, 0, signatures[0], error)) != OK ||
	    (r = charter_verify(charter, 1, signatures[1], error)) != OK)
		goto out;
	if ((channel = engine_find_channel(engine, &charter->id)) != NULL) {
		*ret_channel = channel;
		goto out;
	}
	if (as_copy || engine->settings.mirror)
		r = open_copy(engine, charter, signatures, ret_channel, error);
	else if ((r = find_own_party(engine, charter, setup, &own, error)) == OK)
		r = open_channel(engine, charter, own, signatures, setup, ret_channel, error);
out:
	charter_free(charter);
	return r;
}

int engine_adopt(struct engine *engine, struct bytes charter_text, const struct bytes signatures[2],
                 struct engine_channel **ret_channel, struct error *error)
{
	return adopt(engine, charter_text, signatures, false, ret_channel, error);
}

int engine_adopt_copy(struct engine *engine, struct bytes charter_text,
                      const struct bytes signatures[2], struct engine_channel **ret_channel,
                      struct error *error)
{
	return adopt(engine, charter_text, signatures, true, ret_channel, error);
}
