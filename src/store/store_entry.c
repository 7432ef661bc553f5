/* Entries, the hashes of their tree, and what they and the blobs occupy. */
#include "store_backend.h"

#include "store_page.h"

static bool entry_is_valid(const struct store_entry *entry)
{
	return entry->bytes.size > 0 && entry->bytes.size <= STORE_ENTRY_MAXIMUM &&
	       entry->number <= STORE_NUMBER_MAXIMUM &&
	       (!entry->has_matter ||
	        (entry->matter.log < STORE_LOGS && entry->matter.number <= STORE_NUMBER_MAXIMUM));
}

int store_append_entries(struct store *store, uint32_t channel, unsigned log,
                         const struct store_entry *entries, size_t count)
{
	struct store_usage usage;
	uint64_t arrivals;
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	if (log >= STORE_LOGS || count > STORE_BATCH_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "a batch of entries is over the limits");
	if ((r = store->backend->get_usage(store, channel, log, &usage)) != OK ||
	    (r = store->backend->count_arrivals(store, channel, &arrivals)) != OK)
		return store_wrote(store, r);
	if (arrivals + count > STORE_NUMBER_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "the channel has no room for more entries");
	for (size_t i = 0; i < count; i++) {
		if (!entry_is_valid(&entries[i]))
			return store_refuse(store, ERROR_LIMIT, "an entry is over the limits");
		if (entries[i].number != usage.entries)
			return store_refuse(store, ERROR_STATE,
			                    "entry %llu does not follow the %llu that the log has",
			                    (unsigned long long)entries[i].number,
			                    (unsigned long long)usage.entries);
		usage.entries++;
		usage.entry_bytes += entries[i].bytes.size;
	}
	r = store->backend->add_entries(store, channel, log, arrivals, entries, count);
	if (r == OK)
		r = store->backend->set_usage(store, channel, log, &usage);
	return store_wrote(store, r);
}

int store_count_entries(struct store *store, uint32_t channel, unsigned log, uint64_t *ret_count)
{
	struct store_usage usage;
	int r;

	if ((r = store_may_read(store, channel)) != OK)
		return r;
	if (log >= STORE_LOGS)
		return ERROR_LIMIT;
	if ((r = store->backend->get_usage(store, channel, log, &usage)) == OK)
		*ret_count = usage.entries;
	return r;
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
		                     .reference = { .log = (uint8_t)log },
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

int store_list_matter(struct store *store, uint32_t channel, struct store_reference matter,
                      uint64_t from, size_t count, size_t maximum, struct store_entries *page)
{
	bool possible = matter.log < STORE_LOGS && matter.number <= STORE_NUMBER_MAXIMUM;
	struct store_query query = { .order = STORE_ORDER_MATTER,
		                     .channel = channel,
		                     .reference = matter,
		                     .from = from,
		                     .count = possible ? count : 0,
		                     .maximum = maximum };

	return list_entries(store, query, page);
}

int store_find_entry(struct store *store, uint32_t channel, unsigned log, timestamp time,
                     const struct hash *text_hash, uint64_t from, uint64_t *ret_number)
{
	int r = store_may_read(store, channel);

	if (r != OK)
		return r;
	if (log >= STORE_LOGS || from > STORE_NUMBER_MAXIMUM)
		return ERROR_NOT_FOUND;
	return store->backend->find_entry(store, channel, log, time, text_hash, from, ret_number);
}

/* Whether subtree `index` of a level can exist in a log of the greatest size. */
static bool subtree_is_possible(unsigned level, uint64_t index)
{
	return level < STORE_LEVELS && index <= STORE_NUMBER_MAXIMUM >> level;
}

int store_put_subtrees(struct store *store, uint32_t channel, unsigned log,
                       const struct store_subtree *subtrees, size_t count)
{
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	if (log >= STORE_LOGS || count > STORE_BATCH_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "a batch of hashes is over the limits");
	for (size_t i = 0; i < count; i++) {
		if (subtrees[i].level == 0 ||
		    !subtree_is_possible(subtrees[i].level, subtrees[i].index))
			return store_refuse(store, ERROR_LIMIT, "no tree has a subtree %u/%llu",
			                    subtrees[i].level,
			                    (unsigned long long)subtrees[i].index);
	}
	r = store->backend->put_subtrees(store, channel, log, subtrees, count);
	if (r == ERROR_EXISTS)
		return store_refuse(store, r, "the hash of a subtree is kept already");
	return store_wrote(store, r);
}

int store_get_subtrees(struct store *store, uint32_t channel, unsigned log, unsigned level,
                       uint64_t index, size_t count, struct hash *ret_hashes)
{
	int r = store_may_read(store, channel);

	if (r != OK)
		return r;
	if (log >= STORE_LOGS || count == 0 || count > STORE_PAGE_MAXIMUM)
		return ERROR_LIMIT;
	if (!subtree_is_possible(level, index))
		return ERROR_NOT_FOUND;
	return store->backend->get_subtrees(store, channel, log, level, index, count, ret_hashes);
}

int store_get_usage(struct store *store, uint32_t channel, unsigned party,
                    struct store_usage *ret_usage)
{
	struct store_usage sum = { 0 };
	int r = store_may_read(store, channel);

	if (r != OK)
		return r;
	if (party >= STORE_PARTIES)
		return ERROR_LIMIT;
	for (unsigned log = party; log < STORE_LOGS; log += STORE_PARTIES) {
		struct store_usage usage;

		if ((r = store->backend->get_usage(store, channel, log, &usage)) != OK)
			return r;
		sum.entries += usage.entries;
		sum.entry_bytes += usage.entry_bytes;
		sum.blobs += usage.blobs;
		sum.blob_bytes += usage.blob_bytes;
	}
	*ret_usage = sum;
	return OK;
}
