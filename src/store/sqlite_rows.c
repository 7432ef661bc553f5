/* Channels, values and the register of openings in SQLite. */
#include "sqlite_rows.h"

#include "sqlite_statement.h"
#include "store_page.h"

/* ---- Channels ---- */

int sqlite_add_channel(struct store *store, const struct store_channel *channel)
{
	return sqlite_run(store, SQL_ADD_CHANNEL,
	                  SQLITE_ARGUMENTS(sqlite_number(channel->number),
	                                   sqlite_hash(&channel->id),
	                                   sqlite_number(channel->own_party)));
}

int sqlite_count_channels(struct store *store, uint32_t *ret_count)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_COUNT_CHANNELS, NULL, 0, &statement);

	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	*ret_count = (uint32_t)sqlite_column_number(statement, 0);
	sqlite3_reset(statement);
	return OK;
}

static int channel_of_row(struct store *store, sqlite3_stmt *statement,
                          struct store_channel *ret_channel)
{
	struct store_channel channel = { .number = (uint32_t)sqlite_column_number(statement, 0),
		                         .own_party = (uint8_t)sqlite_column_number(statement, 2) };
	int r = sqlite_column_hash(store, statement, 1, &channel.id);

	if (r == OK)
		*ret_channel = channel;
	return r;
}

int sqlite_list_channels(struct store *store, uint32_t after, size_t capacity,
                         struct store_channel *ret_channels, size_t *ret_count)
{
	sqlite3_stmt *statement = NULL;
	size_t count = 0;
	int r = sqlite_start(store, SQL_LIST_CHANNELS, SQLITE_ARGUMENTS(sqlite_number(after)),
	                     &statement);

	while (r == OK && count < capacity && (r = sqlite_next(store, statement)) == OK)
		r = channel_of_row(store, statement, &ret_channels[count++]);
	sqlite3_reset(statement);
	r = sqlite_list_result(r);
	if (r == OK)
		*ret_count = count;
	return r;
}

/* ---- Values ---- */

int sqlite_set_value(struct store *store, uint32_t channel, const char *key, struct bytes value)
{
	return sqlite_run(
	    store, SQL_SET_VALUE,
	    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_string(key), sqlite_bytes(value)));
}

int sqlite_get_value(struct store *store, uint32_t channel, const char *key, struct buffer *buffer)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_GET_VALUE,
	                     SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_string(key)),
	                     &statement);

	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	r = buffer_put_bytes(buffer, sqlite_column_view(statement, 0));
	sqlite3_reset(statement);
	return r;
}

int sqlite_delete_value(struct store *store, uint32_t channel, const char *key)
{
	return sqlite_run(store, SQL_DELETE_VALUE,
	                  SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_string(key)));
}

int sqlite_list_values(struct store *store, uint32_t channel, const char *prefix, const char *after,
                       size_t count, struct store_values *page)
{
	struct bytes start = bytes_of_string(prefix), last = bytes_of_string(after);
	const char *first = bytes_compare(last, start) > 0 ? after : prefix;
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_LIST_VALUES,
	                     SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_string(first)),
	                     &statement);

	while (r == OK && page->count < count && page->bytes.size < STORE_PAGE_BYTES_MAXIMUM &&
	       (r = sqlite_next(store, statement)) == OK) {
		struct bytes key = sqlite_column_view(statement, 0);

		if (!bytes_begin_with(key, start))
			break;
		if (!bytes_equal(key, last))
			r = store_values_add(page, key, sqlite_column_view(statement, 1));
	}
	sqlite3_reset(statement);
	return sqlite_list_result(r);
}

/* ---- Openings ---- */

int sqlite_add_openings(struct store *store, uint32_t channel, const struct store_opening *openings,
                        size_t count)
{
	uint64_t position;
	int r = sqlite_count_from(
	    store, SQL_LAST_OPENING,
	    SQLITE_ARGUMENTS(sqlite_number(sqlite_place(channel, 1)),
	                     sqlite_number(sqlite_place(channel, STORE_NUMBER_MAXIMUM))),
	    sqlite_place(channel, 1), &position);

	for (size_t i = 0; i < count && r == OK; i++)
		r = sqlite_run(
		    store, SQL_ADD_OPENING,
		    SQLITE_ARGUMENTS(
			sqlite_number(sqlite_place(channel, ++position)), sqlite_number(channel),
			sqlite_number(openings[i].log), sqlite_number(openings[i].number),
			sqlite_number((uint64_t)openings[i].time), sqlite_string(openings[i].who)));
	return r;
}

static int opening_of_row(sqlite3_stmt *statement, uint32_t channel,
                          struct store_opening *ret_opening)
{
	struct store_opening opening = {
		.position = sqlite_column_number(statement, 0) - sqlite_place(channel, 0),
		.log = (uint8_t)sqlite_column_number(statement, 1),
		.number = sqlite_column_number(statement, 2),
		.time = (timestamp)sqlite_column_number(statement, 3),
	};
	int r = bytes_to_string(sqlite_column_view(statement, 4), opening.who, sizeof opening.who);

	if (r == OK)
		*ret_opening = opening;
	return r;
}

int sqlite_list_openings(struct store *store, uint32_t channel, uint64_t after, size_t capacity,
                         struct store_opening *ret_openings, size_t *ret_count)
{
	sqlite3_stmt *statement = NULL;
	size_t count = 0;
	int r = sqlite_start(
	    store, SQL_LIST_OPENINGS,
	    SQLITE_ARGUMENTS(sqlite_number(sqlite_place(channel, after + 1)),
	                     sqlite_number(sqlite_place(channel, STORE_NUMBER_MAXIMUM))),
	    &statement);

	while (r == OK && count < capacity && (r = sqlite_next(store, statement)) == OK)
		r = opening_of_row(statement, channel, &ret_openings[count++]);
	sqlite3_reset(statement);
	r = sqlite_list_result(r);
	if (r == OK)
		*ret_count = count;
	return r;
}
