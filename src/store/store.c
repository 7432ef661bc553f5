#include "store_backend.h"

#include <stdarg.h>
#include <stdio.h>

#include "allocate.h"
#include "store_page.h"

enum { CHANNELS_MAXIMUM = 1 << 20 };

int store_new(const struct store_backend *backend, void *state, struct store **ret_store,
              struct error *error)
{
	struct store *store = allocate(1, sizeof *store);
	int r;

	if (!store)
		return error_set(error, ERROR_MEMORY, "no memory for the store");
	store->backend = backend;
	store->state = state;
	if ((r = backend->count_channels(store, &store->channel_count)) != OK) {
		error_set(error, r, "%s", store->failure.message);
		release_memory(store);
		return r;
	}
	*ret_store = store;
	return OK;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_rollback(store);
	store->backend->close(store);
	release_memory(store);
}

const struct error *store_last_error(const struct store *store)
{
	return &store->failure;
}

/* ---- Transactions ---- */

int store_begin(struct store *store)
{
	int r;

	if (store->in_transaction)
		return error_set(&store->failure, ERROR_STATE, "a transaction is open already");
	if ((r = store->backend->begin(store)) != OK)
		return r;
	store->in_transaction = true;
	store->broken = OK;
	return OK;
}

int store_commit(struct store *store)
{
	uint32_t count;
	int r = store->broken;

	if (!store->in_transaction)
		return error_set(&store->failure, ERROR_STATE, "no transaction is open");
	if (r != OK) {
		store_rollback(store);
		return r;
	}
	store->in_transaction = false;
	r = store->backend->commit(store);
	if (r != OK && store->backend->count_channels(store, &count) == OK)
		store->channel_count = count;
	return r;
}

void store_rollback(struct store *store)
{
	uint32_t count;

	if (!store->in_transaction)
		return;
	store->backend->rollback(store);
	store->in_transaction = false;
	store->broken = OK;
	if (store->backend->count_channels(store, &count) == OK)
		store->channel_count = count;
}

int store_copy_begin(struct store *store, struct store_copy **ret_copy)
{
	if (store->in_transaction)
		return error_set(&store->failure, ERROR_STATE, "a transaction is open");
	return store->backend->begin_copy(store, ret_copy);
}

int store_copy_step(struct store *store, struct store_copy *copy)
{
	if (store->in_transaction)
		return error_set(&store->failure, ERROR_STATE, "a transaction is open");
	return store->backend->step_copy(copy);
}

uint64_t store_copy_size(const struct store *store, const struct store_copy *copy)
{
	return store->backend->copy_size(copy);
}

int store_copy_read(struct store *store, struct store_copy *copy, uint64_t offset, size_t size,
                    struct buffer *buffer)
{
	uint64_t whole = store->backend->copy_size(copy);
	size_t before = buffer->size;
	uint8_t *place;
	int r;

	if (size > STORE_PIECE_MAXIMUM)
		return ERROR_LIMIT;
	if (offset >= whole)
		return OK;
	if (size > whole - offset)
		size = (size_t)(whole - offset);
	if ((r = buffer_extend(buffer, size, &place)) != OK)
		return r;
	if ((r = store->backend->read_copy(copy, offset, place, size)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

void store_copy_free(struct store *store, struct store_copy *copy)
{
	if (copy != NULL)
		store->backend->free_copy(copy);
}

int store_refuse(struct store *store, int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	store->failure.code = code;
	store->failure.line = 0;
	vsnprintf(store->failure.message, sizeof store->failure.message, format, arguments);
	va_end(arguments);
	if (store->in_transaction && store->broken == OK)
		store->broken = code;
	return code;
}

int store_wrote(struct store *store, int result)
{
	if (result != OK && store->broken == OK)
		store->broken = result;
	return result;
}

static int may_write_node(struct store *store)
{
	if (!store->in_transaction)
		return error_set(&store->failure, ERROR_STATE, "no transaction is open");
	return store->broken;
}

static bool channel_exists(const struct store *store, uint32_t channel)
{
	return channel > STORE_NODE && channel <= store->channel_count;
}

int store_may_read(struct store *store, uint32_t channel)
{
	if (store->broken != OK)
		return store->broken;
	return channel_exists(store, channel) ? OK : ERROR_NOT_FOUND;
}

int store_may_write(struct store *store, uint32_t channel)
{
	int r = may_write_node(store);

	if (r == OK && !channel_exists(store, channel))
		return store_refuse(store, ERROR_NOT_FOUND, "there is no channel %u", channel);
	return r;
}

/* Values are kept for channels and for the node. */
static int may_read_values(struct store *store, uint32_t channel)
{
	return channel == STORE_NODE ? store->broken : store_may_read(store, channel);
}

static int may_write_values(struct store *store, uint32_t channel)
{
	return channel == STORE_NODE ? may_write_node(store) : store_may_write(store, channel);
}

/* ---- Channels ---- */

int store_add_channel(struct store *store, const struct hash *id, unsigned own_party,
                      uint32_t *ret_number)
{
	struct store_channel channel = { .id = *id, .own_party = (uint8_t)own_party };
	int r;

	if ((r = may_write_node(store)) != OK)
		return r;
	if (own_party >= STORE_PARTIES)
		return store_refuse(store, ERROR_LIMIT, "a channel has no party %u", own_party);
	if (store->channel_count >= CHANNELS_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "there are %d channels already",
		                    CHANNELS_MAXIMUM);
	channel.number = store->channel_count + 1;
	r = store->backend->add_channel(store, &channel);
	if (r == ERROR_EXISTS)
		return store_refuse(store, r, "the channel is in the store already");
	if (r != OK)
		return store_wrote(store, r);
	store->channel_count = channel.number;
	*ret_number = channel.number;
	return OK;
}

int store_list_channels(struct store *store, uint32_t after, size_t capacity,
                        struct store_channel *ret_channels, size_t *ret_count)
{
	int r = store->broken;

	if (r != OK)
		return r;
	return store->backend->list_channels(store, after, capacity, ret_channels, ret_count);
}

/* ---- Values ---- */

static bool is_name(const char *name)
{
	size_t length = strnlen(name, STORE_NAME_CAPACITY);

	return length > 0 && length < STORE_NAME_CAPACITY;
}

int store_set_value(struct store *store, uint32_t channel, const char *key, struct bytes value)
{
	int r;

	if ((r = may_write_values(store, channel)) != OK)
		return r;
	if (!is_name(key))
		return store_refuse(store, ERROR_LIMIT, "the key of a value has 1 to 255 bytes");
	if (value.size > STORE_VALUE_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "the value '%s' has more than %d bytes",
		                    key, STORE_VALUE_MAXIMUM);
	return store_wrote(store, store->backend->set_value(store, channel, key, value));
}

int store_get_value(struct store *store, uint32_t channel, const char *key, struct buffer *buffer)
{
	int r = may_read_values(store, channel);

	return r != OK ? r : store->backend->get_value(store, channel, key, buffer);
}

int store_delete_value(struct store *store, uint32_t channel, const char *key)
{
	int r = may_write_values(store, channel);

	if (r != OK)
		return r;
	return store_wrote(store, store->backend->delete_value(store, channel, key));
}

int store_list_values(struct store *store, uint32_t channel, const char *prefix, const char *after,
                      size_t count, struct store_values *page)
{
	int r = may_read_values(store, channel);

	store_values_clear(page);
	if (r != OK)
		return r;
	if (count > STORE_PAGE_MAXIMUM)
		count = STORE_PAGE_MAXIMUM;
	r = store->backend->list_values(store, channel, prefix, after, count, page);
	if (r == OK)
		store_values_finish(page);
	else
		store_values_clear(page);
	return r;
}

/* ---- Heads ---- */

static int read_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     struct store_head *head)
{
	int r;

	store_head_clear(head);
	if ((r = store->backend->read_head(store, channel, log, size, head)) == OK)
		store_head_finish(head);
	else
		store_head_clear(head);
	return r;
}

int store_put_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                   struct bytes note)
{
	struct store_head kept;
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	if (log >= STORE_LOGS || size > STORE_NUMBER_MAXIMUM || note.size == 0 ||
	    note.size > STORE_NOTE_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "a head is over the limits");
	store_head_init(&kept);
	r = read_head(store, channel, log, size, &kept);
	if (r == ERROR_NOT_FOUND)
		r = store->backend->add_head(store, channel, log, size, note);
	else if (r == OK && !bytes_equal(kept.note, note))
		r = store_refuse(store, ERROR_MISMATCH, "a different head of size %llu is kept",
		                 (unsigned long long)size);
	store_head_release(&kept);
	return store_wrote(store, r);
}

int store_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                          const char *cosigner, struct bytes line)
{
	uint64_t found;
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	if (log >= STORE_LOGS || size > STORE_NUMBER_MAXIMUM || !is_name(cosigner) ||
	    line.size == 0 || line.size > STORE_LINE_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "a cosignature is over the limits");
	r = store->backend->find_head(store, channel, log, size, NULL, &found);
	if (r == ERROR_NOT_FOUND || (r == OK && found != size))
		return store_refuse(store, ERROR_NOT_FOUND, "there is no head of size %llu",
		                    (unsigned long long)size);
	if (r == OK)
		r = store->backend->put_cosignature(store, channel, log, size, cosigner, line);
	return store_wrote(store, r);
}

int store_get_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                   const char *cosigner, struct store_head *ret_head)
{
	uint64_t found;
	int r = store_may_read(store, channel);

	if (r != OK)
		return r;
	if (size > STORE_NUMBER_MAXIMUM)
		size = STORE_NUMBER_MAXIMUM;
	if ((r = store->backend->find_head(store, channel, log, size, cosigner, &found)) != OK)
		return r;
	return read_head(store, channel, log, found, ret_head);
}

/* ---- Circulation ---- */

int store_add_openings(struct store *store, uint32_t channel, const struct store_opening *openings,
                       size_t count)
{
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	if (count > STORE_BATCH_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "too many openings in one batch");
	for (size_t i = 0; i < count; i++) {
		if (!is_name(openings[i].who) || openings[i].log >= STORE_LOGS ||
		    openings[i].number > STORE_NUMBER_MAXIMUM)
			return store_refuse(store, ERROR_LIMIT, "an opening is over the limits");
	}
	return store_wrote(store, store->backend->add_openings(store, channel, openings, count));
}

int store_list_openings(struct store *store, uint32_t channel, uint64_t after, size_t capacity,
                        struct store_opening *ret_openings, size_t *ret_count)
{
	int r = store_may_read(store, channel);

	if (r != OK)
		return r;
	if (after >= STORE_NUMBER_MAXIMUM) {
		*ret_count = 0;
		return OK;
	}
	return store->backend->list_openings(store, channel, after, capacity, ret_openings,
	                                     ret_count);
}
