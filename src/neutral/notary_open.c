#include "allocate.h"
#include "notary_internal.h"
#include "sha.h"

static const char STATE[] = "state";

enum { STATE_MAXIMUM = NOTE_MAXIMUM + 16 };

/* Adds a key to its log; a log that is not there yet is added. */
static int add_key(struct notary *notary, const struct note_key *key, struct error *error)
{
	struct notary_log *log = notary_find_log(notary, key->name);
	struct hash hash;

	if (log == NULL) {
		log = &notary->logs[notary->log_count++];
		memcpy(log->origin, key->name, sizeof(log->origin));
		sha256_of(&hash, bytes_of_string(log->origin));
		hash_to_hex(&hash, log->name);
		buffer_init(&log->note, NOTE_MAXIMUM);
	}
	for (size_t i = 0; i < log->key_count; i++)
		if (ed25519_public_equal(&log->keys[i].public_key, &key->public_key))
			return OK;
	if (log->key_count == NOTARY_KEYS_MAXIMUM)
		return error_set(error, ERROR_USAGE, "the log '%s' has more than %d keys",
		                 log->origin, NOTARY_KEYS_MAXIMUM);
	log->keys[log->key_count++] = *key;
	return OK;
}

static int add_charter(struct notary *notary, const struct charter *charter, struct error *error)
{
	for (unsigned party = 0; party < 2; party++) {
		char name[LOG_NAME_CAPACITY];
		struct note_key key;
		int r;

		charter_log_name(charter, party, 1, "", name);
		if ((r = note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519,
		                       &charter->parties[party].log_key)) != OK)
			return error_set(error, r, "the log's name '%s' cannot be used", name);
		if ((r = add_key(notary, &key, error)) != OK)
			return r;
	}
	return OK;
}

static int read_state(struct notary_log *log, struct bytes state, struct error *error)
{
	struct cursor cursor = cursor_over(state);
	struct checkpoint head;
	struct bytes bytes;
	struct note note;
	uint64_t time;
	int r;

	if (cursor_get_u64(&cursor, &time) != OK || time > (uint64_t)TIMESTAMP_MAXIMUM ||
	    cursor_get_sized(&cursor, NOTE_MAXIMUM, &bytes) != OK || cursor_end(&cursor) != OK)
		return error_set(error, ERROR_IO, "the state of the log '%s' is damaged",
		                 log->origin);
	log->signed_at = (timestamp)time;
	if (bytes.size == 0)
		return OK;
	if ((r = note_parse(bytes, &note, NULL)) == OK)
		r = notary_head(note.text, &head, NULL);
	if (r == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	if (r != OK || strcmp(head.origin, log->origin) != 0)
		return error_set(error, ERROR_IO, "the head kept of the log '%s' is damaged",
		                 log->origin);
	log->head = head;
	log->cosigned = true;
	return buffer_put_bytes(&log->note, bytes);
}

/* The log's place in the store, made if it has none; ids are hashes of origins. */
static int find_channel(struct notary *notary, struct notary_log *log)
{
	struct store *store = notary->settings.store;
	struct hash id;
	int r;

	sha256_of(&id, bytes_of_string(log->origin));
	if ((r = store_begin(store)) != OK)
		return r;
	r = store_add_channel(store, &id, 0, &log->channel);
	if (r == OK)
		return store_commit(store);
	store_rollback(store);
	if (r != ERROR_EXISTS)
		return r;
	for (uint32_t after = 0;;) {
		struct store_channel channel;
		size_t count;

		if ((r = store_list_channels(store, after, 1, &channel, &count)) != OK)
			return r;
		if (count == 0)
			return ERROR_NOT_FOUND;
		if (hash_equal(&channel.id, &id)) {
			log->channel = channel.number;
			return OK;
		}
		after = channel.number;
	}
}

static int open_log(struct notary *notary, struct notary_log *log, struct error *error)
{
	struct buffer state;
	int r;

	buffer_init(&state, STATE_MAXIMUM);
	if ((r = find_channel(notary, log)) == OK)
		r = store_get_value(notary->settings.store, log->channel, STATE, &state);
	if (r == OK)
		r = read_state(log, buffer_view(&state), error);
	else if (r == ERROR_NOT_FOUND)
		r = OK;
	else
		error_set(error, r, "the state of '%s' cannot be read: %s", log->origin,
		          result_text(r));
	buffer_release(&state);
	return r;
}

int notary_put_time(struct notary *notary, const struct notary_log *log, timestamp signed_at)
{
	return notary_put_state(notary, log, signed_at, buffer_view(&log->note));
}

int notary_put_state(struct notary *notary, const struct notary_log *log, timestamp signed_at,
                     struct bytes note)
{
	struct buffer state;
	int r;

	buffer_init(&state, STATE_MAXIMUM);
	if ((r = buffer_put_u64(&state, (uint64_t)signed_at)) == OK &&
	    (r = buffer_put_sized(&state, note)) == OK)
		r = store_set_value(notary->settings.store, log->channel, STATE,
		                    buffer_view(&state));
	buffer_release(&state);
	return r;
}

int notary_open_logs(struct notary *notary, struct error *error)
{
	const struct neutral_configuration *configuration = notary->settings.configuration;
	int r = OK;

	notary->logs = allocate(NOTARY_LOGS_MAXIMUM, sizeof(notary->logs[0]));
	if (notary->logs == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	for (size_t i = 0; r == OK && i < configuration->log_count; i++)
		r = add_key(notary, &configuration->logs[i], error);
	for (size_t i = 0; r == OK && i < notary->settings.charter_count; i++)
		r = add_charter(notary, notary->settings.charters[i], error);
	for (size_t i = 0; r == OK && i < notary->log_count; i++)
		r = open_log(notary, &notary->logs[i], error);
	return r;
}

int notary_know_generations(struct notary *notary, struct notary_box *box)
{
	const struct deposit_keys *keys = &box->deposit.keys;
	int r = OK;

	for (unsigned generation = 2; r == OK && generation <= keys->generations; generation++) {
		char name[LOG_NAME_CAPACITY];
		struct notary_log *log;
		struct note_key key;
		bool was_known;

		charter_log_name(box->deposit.charter, box->deposit.party, generation, "", name);
		log = notary_find_log(notary, name);
		if (log != NULL && log->box != NULL)
			continue;
		/* The configuration may have named it before: then it is open. */
		was_known = log != NULL;
		if ((r = note_key_init(&key, bytes_of_string(name), NOTE_KEY_ED25519,
		                       &keys->logs[generation - 1].key)) != OK ||
		    (r = add_key(notary, &key, NULL)) != OK)
			return r;
		log = notary_find_log(notary, name);
		log->box = box;
		log->generation = generation;
		if (!was_known)
			r = open_log(notary, log, NULL);
	}
	return r;
}

static int open_box(struct notary *notary, const struct charter *charter, unsigned party,
                    struct error *error)
{
	struct notary_box *box = &notary->boxes[notary->box_count++];
	char name[LOG_NAME_CAPACITY];
	int r;

	charter_log_name(charter, party, 1, "", name);
	box->log = notary_find_log(notary, name);
	if (box->log == NULL || box->log->box != NULL)
		return error_set(error, ERROR_USAGE, "the log '%s' is of two charters", name);
	box->log->box = box;
	box->log->generation = 1;
	box->deposit = (struct deposit_box){ .store = notary->settings.store,
		                             .charter = charter,
		                             .party = party,
		                             .channel = box->log->channel };
	if ((r = deposit_box_open(&box->deposit, error)) != OK)
		return r;
	if ((r = notary_know_generations(notary, box)) != OK)
		error_set(error, r, "the successors of '%s' cannot be kept: %s", name,
		          result_text(r));
	return r;
}

int notary_open_boxes(struct notary *notary, struct error *error)
{
	int r = OK;

	notary->boxes = allocate(NOTARY_BOXES_MAXIMUM, sizeof(notary->boxes[0]));
	if (notary->boxes == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	for (size_t i = 0; r == OK && i < notary->settings.charter_count; i++)
		for (unsigned party = 0; r == OK && party < 2; party++)
			r = open_box(notary, notary->settings.charters[i], party, error);
	return r;
}
