/* Entries: what is checked of them, and how they are listed. */
#include "store_backend.h"

#include "store_page.h"

static bool entry_is_valid(const struct store_entry *entry)
{
	return entry->bytes.size > 0 && entry->bytes.size <= STORE_ENTRY_MAXIMUM &&
	       entry->number <= STORE_NUMBER_MAXIMUM;
}

int store_append_entries(struct store *store, uint32_t channel, unsigned log,
                         const struct store_entry *entries, size_t count)
{
	uint64_t held, arrivals;
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	if (log >= STORE_LOGS || count > STORE_BATCH_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "a batch of entries is over the limits");
	if ((r = store->backend->count_entries(store, channel, log, &held)) != OK ||
	    (r = store->backend->count_arrivals(store, channel, &arrivals)) != OK)
		return store_wrote(store, r);
	if (arrivals + count > STORE_NUMBER_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "the channel has no room for more entries");
	for (size_t i = 0; i < count; i++) {
		if (!entry_is_valid(&entries[i]))
			return store_refuse(store, ERROR_LIMIT, "an entry is over the limits");
		if (entries[i].number != held + i)
			return store_refuse(store, ERROR_STATE,
			                    "entry %llu does not follow the %llu that the log has",
			                    (unsigned long long)entries[i].number,
			                    (unsigned long long)(held + i));
	}
	return store_wrote(
	    store, store->backend->add_entries(store, channel, log, arrivals, entries, count));
}

static int list_entries(struct store *store, struct store_query query, struct store_entries *page)
{
	int r = store_may_read(store, query.channel);

	store_entries_clear(page);
	if (r != OK || query.from > STORE_NUMBER_MAXIMUM)
		return r;
	if (query.count > STORE_PAGE_MAXIMUM)
		query.count = STORE_PAGE_MAXIMUM;
	if (query.maximum > STORE_PAGE_BYTES_MAXIMUM)
		query.maximum = STORE_PAGE_BYTES_MAXIMUM;
	r = store->backend->list_entries(store, &query, page);
	if (r == OK)
		store_entries_finish(page);
	else
		store_entries_clear(page);
	return r;
}

int store_get_entries(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                      size_t count, size_t maximum, struct store_entries *page)
{
	struct store_query query = { .order = STORE_ORDER_NUMBER,
		                     .channel = channel,
		                     .log = log,
		                     .from = from,
		                     .count = log < STORE_LOGS ? count : 0,
		                     .maximum = maximum };

	return list_entries(store, query, page);
}

int store_list_arrivals(struct store *store, uint32_t channel, uint64_t from, size_t count,
                        size_t maximum, struct store_entries *page)
{
	struct store_query query = { .order = STORE_ORDER_ARRIVAL,
		                     .channel = channel,
		                     .from = from,
		                     .count = count,
		                     .maximum = maximum };

	return list_entries(store, query, page);
}
