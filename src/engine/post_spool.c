#include "channel_internal.h"
#include "encoding.h"
#include "grow.h"
#include "journal.h"
#include "sha.h"

#include <stdio.h>

/* Frames that came without the link, and too early: entries behind a gap, chunks of
 * a body behind a gap, a cosignature before its receipt. Each is two values of the
 * store under one name,
 *
 *     post/<type>/<party>/<hash>/<start>/<end>/<bytes>/<day>        its name, nothing else
 *     post-data/<the same>                                         the payload
 *
 * so that a start reads the names alone. How much may lie here is bounded by the
 * charter's daily quota and POST_ITEMS_MAXIMUM, how long by POST_DAYS. */

enum {
	NAME_CAPACITY = 192,
	RETRY_SECONDS = 60,
	ITEMS_A_PAGE = 1024,
};
#define SPOOL_BYTES_MAXIMUM (UINT64_C(1) << 30)

/* --- names ------------------------------------------------------------------ */

static void print_name(const struct post_item *item, const char *prefix,
                       char ret_name[NAME_CAPACITY])
{
	int size = snprintf(ret_name, NAME_CAPACITY, "%s%02x/%u/", prefix, item->type, item->party);

	for (size_t i = 0; i < HASH_SIZE; i++)
		size += snprintf(ret_name + size, 3, "%02x", item->hash.bytes[i]);
	snprintf(ret_name + size, NAME_CAPACITY - (size_t)size, "/%016llx/%016llx/%08lx/%08lx",
	         (unsigned long long)item->start, (unsigned long long)item->end,
	         (unsigned long)item->bytes, (unsigned long)item->day);
}

/* Reads `digits` of hexadecimal and the '/' or the end after them. */
static int read_number(struct cursor *cursor, size_t digits, uint64_t *ret_number)
{
	uint8_t bytes[8] = { 0 };
	struct bytes text;
	uint64_t number = 0;
	uint8_t slash;
	int r;

	if ((r = cursor_get_bytes(cursor, digits, &text)) != OK ||
	    (r = hex_decode_fixed(text, bytes, digits / 2)) != OK)
		return r;
	if (cursor->left > 0 && ((r = cursor_get_u8(cursor, &slash)) != OK || slash != '/'))
		return ERROR_SYNTAX;
	for (size_t i = 0; i < digits / 2; i++)
		number = number << 8 | bytes[i];
	*ret_number = number;
	return OK;
}

static int read_name(struct bytes name, struct post_item *ret_item)
{
	struct cursor cursor = cursor_over(name);
	struct post_item item = { .tried = { UINT64_MAX, UINT64_MAX } };
	uint64_t type, bytes, day;
	uint8_t party, slash;
	struct bytes prefix, hash;

	if (cursor_get_bytes(&cursor, 5, &prefix) != OK || read_number(&cursor, 2, &type) != OK ||
	    cursor_get_u8(&cursor, &party) != OK || cursor_get_u8(&cursor, &slash) != OK ||
	    cursor_get_bytes(&cursor, (size_t)2 * HASH_SIZE, &hash) != OK ||
	    hex_decode_fixed(hash, item.hash.bytes, HASH_SIZE) != OK ||
	    cursor_get_u8(&cursor, &slash) != OK || read_number(&cursor, 16, &item.start) != OK ||
	    read_number(&cursor, 16, &item.end) != OK || read_number(&cursor, 8, &bytes) != OK ||
	    read_number(&cursor, 8, &day) != OK || cursor.left > 0 || party < '0' || party > '1')
		return ERROR_SYNTAX;
	item.type = (uint8_t)type;
	item.party = party - '0';
	item.bytes = (uint32_t)bytes;
	item.day = (uint32_t)day;
	*ret_item = item;
	return OK;
}

/* --- the list ---------------------------------------------------------------- */

/* Type, party and hash, then start. */
static int compare(const struct post_item *a, const struct post_item *b)
{
	int order;

	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->party != b->party)
		return a->party < b->party ? -1 : 1;
	if ((order = memcmp(a->hash.bytes, b->hash.bytes, HASH_SIZE)) != 0)
		return order;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return 0;
}

/* Where an item of this name is, or belongs. */
static size_t place_of(const struct post_spool *spool, const struct post_item *item)
{
	size_t low = 0, high = spool->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&spool->items[middle], item) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int insert(struct post_spool *spool, const struct post_item *item)
{
	size_t place = place_of(spool, item);
	struct post_item *items = grow(spool->items, spool->count, &spool->capacity, sizeof *items);

	if (items == NULL)
		return ERROR_MEMORY;
	memmove(items + place + 1, items + place, (spool->count - place) * sizeof *items);
	items[place] = *item;
	spool->items = items;
	spool->count++;
	spool->bytes += item->bytes;
	return OK;
}

static int drop(struct engine_channel *channel, size_t index)
{
	struct store *store = channel->engine->settings.store;
	struct post_spool *spool = &channel->post;
	struct post_item item = spool->items[index];
	char name[NAME_CAPACITY];
	int r;

	memmove(spool->items + index, spool->items + index + 1,
	        (spool->count - index - 1) * sizeof item);
	spool->count--;
	spool->bytes -= item.bytes;
	if ((r = engine_write(channel->engine)) != OK)
		return r;
	print_name(&item, "post-data/", name);
	if ((r = store_delete_value(store, channel->number, name)) != OK)
		return r;
	print_name(&item, "post/", name);
	return store_delete_value(store, channel->number, name);
}

int post_load(struct engine_channel *channel)
{
	struct store_values page;
	char after[STORE_NAME_CAPACITY] = "";
	struct post_item item;
	int r;

	store_values_init(&page);
	do {
		r = store_list_values(channel->engine->settings.store, channel->number, "post/",
		                      after, ITEMS_A_PAGE, &page);
		for (size_t i = 0; i < page.count && r == OK; i++)
			if ((r = read_name(page.items[i].key, &item)) == OK)
				r = insert(&channel->post, &item);
		if (r == OK && page.count > 0)
			r = bytes_to_string(page.items[page.count - 1].key, after, sizeof after);
	} while (r == OK && page.count > 0);
	store_values_release(&page);
	channel->post.chunk_came = true;
	return r == OK ? post_count_blobs(channel) : r;
}

void post_release(struct engine_channel *channel)
{
	release_memory(channel->post.items);
}

/* --- keeping ------------------------------------------------------------------ */

static int first_head(const struct engine_channel *channel, struct bytes payload,
                      struct head_origin *ret_origin)
{
	struct frame_heads heads;
	struct cursor cursor;
	struct bytes note;
	int r;

	if ((r = frame_get_heads(payload, &heads, NULL)) != OK)
		return r;
	cursor = cursor_over(heads.notes);
	if ((r = frame_notes_next(&cursor, &note)) != OK)
		return r;
	return channel_read_head(channel, note, ret_origin, NULL);
}

/* What the name says of a frame whose layout has been checked. */
static int describe(struct engine_channel *channel, uint8_t type, struct bytes payload,
                    struct post_item *ret_item)
{
	struct post_item item = { .type = type, .bytes = (uint32_t)payload.size };
	struct frame_cosignature cosignature;
	struct frame_entries entries;
	struct frame_blob_chunk chunk;
	struct head_origin origin;
	unsigned party = 0;
	int r = OK;

	switch (type) {
	case FRAME_ENTRIES:
		if ((r = frame_get_entries(payload, &entries, NULL)) == OK)
			r = post_party_of(channel, entries.checkpoint, &party, NULL);
		if (r != OK)
			return r;
		item.start = entries.start;
		item.end = entries.start + entries.count;
		break;
	case FRAME_BLOB_CHUNK:
		if ((r = frame_get_blob_chunk(payload, &chunk, NULL)) != OK)
			return r;
		item.hash = chunk.blob;
		item.start = chunk.offset;
		item.end = chunk.offset + chunk.data.size;
		break;
	case FRAME_COSIGNATURE:
		if ((r = frame_get_cosignature(payload, &cosignature, NULL)) != OK)
			return r;
		item.end = cosignature.size;
		sha256_of(&item.hash, payload);
		break;
	case FRAME_HEADS:
		if ((r = first_head(channel, payload, &origin)) != OK)
			return r;
		party = origin.party;
		item.end = origin.checkpoint.size;
		sha256_of(&item.hash, payload);
		break;
	default:
		sha256_of(&item.hash, payload);
	}
	item.party = (uint8_t)party;
	item.day = (uint32_t)(engine_now(channel->engine) / 86400);
	item.tried[0] = rules_size(channel->rules, 0);
	item.tried[1] = rules_size(channel->rules, 1);
	item.retry = engine_monotonic(channel->engine) + RETRY_SECONDS * UINT64_C(1000000000);
	*ret_item = item;
	return OK;
}

static int expire(struct engine_channel *channel)
{
	uint32_t today = (uint32_t)(engine_now(channel->engine) / 86400);
	struct post_spool *spool = &channel->post;
	int r = OK;

	if (spool->expired == today)
		return OK;
	spool->expired = today;
	for (size_t i = spool->count; i > 0 && r == OK; i--)
		if (spool->items[i - 1].day + POST_DAYS < today)
			r = drop(channel, i - 1);
	return r == OK && spool->blob_count > 0 ? post_expire_blobs(channel, today) : r;
}

static size_t count_of_type(const struct post_spool *spool, uint8_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < spool->count; i++)
		count += spool->items[i].type == type;
	return count;
}

static int check_room(const struct engine_channel *channel, const struct post_item *item,
                      struct error *error)
{
	const struct post_spool *spool = &channel->post;
	uint64_t most = channel_charter(channel)->quota_bytes;

	if (most > SPOOL_BYTES_MAXIMUM || channel->copying)
		most = SPOOL_BYTES_MAXIMUM;
	if (spool->count < POST_ITEMS_MAXIMUM && spool->bytes + item->bytes <= most &&
	    (item->type != FRAME_HEADS || count_of_type(spool, item->type) < POST_HEADS_MAXIMUM) &&
	    (item->type != FRAME_COSIGNATURE ||
	     count_of_type(spool, item->type) < POST_LINES_MAXIMUM))
		return OK;
	return error_set(error, ERROR_LIMIT,
	                 "too much waits already for what came before it; take the volumes in "
	                 "their order");
}

/* Entries that follow on what is here and wait all the same, for a time or the other log:
 * of several the one that brings most is enough. *ret_held: what is kept does. */
static int keep_longest(struct engine_channel *channel, const struct post_item *item,
                        bool *ret_held)
{
	const struct post_spool *spool = &channel->post;
	uint64_t size = rules_size(channel->rules, item->party);
	int r;

	*ret_held = false;
	if (item->type != FRAME_ENTRIES || item->start > size)
		return OK;
	for (size_t i = spool->count; i > 0 && !*ret_held; i--) {
		const struct post_item *kept = &spool->items[i - 1];

		if (kept->type != item->type || kept->party != item->party || kept->start > size)
			continue;
		if (kept->end >= item->end)
			*ret_held = true;
		else if ((r = drop(channel, i - 1)) != OK)
			return r;
	}
	return OK;
}

static int store_item(struct engine_channel *channel, const struct post_item *item,
                      struct bytes payload)
{
	struct store *store = channel->engine->settings.store;
	char name[NAME_CAPACITY];
	int r;

	if ((r = engine_write(channel->engine)) != OK)
		return r;
	print_name(item, "post-data/", name);
	if ((r = store_set_value(store, channel->number, name, payload)) != OK)
		return r;
	print_name(item, "post/", name);
	if ((r = store_set_value(store, channel->number, name, bytes_of("1", 1))) != OK)
		return r;
	return insert(&channel->post, item);
}

int post_keep(struct engine_channel *channel, uint8_t type, struct bytes payload,
              const struct error *why, struct post_outcome *ret_outcome, struct error *error)
{
	struct post_outcome outcome = { .result = POST_WAITING };
	struct post_spool *spool = &channel->post;
	struct post_item item;
	size_t place;
	bool held;
	int r;

	snprintf(outcome.reason, sizeof outcome.reason, "%s", why->message);
	if ((r = describe(channel, type, payload, &item)) != OK)
		return error_set(error, r, "a frame cannot be kept: %s", result_text(r));
	if ((r = expire(channel)) != OK || (r = keep_longest(channel, &item, &held)) != OK)
		goto out;
	if (held) {
		*ret_outcome = outcome;
		return OK;
	}
	place = place_of(spool, &item);
	if (place < spool->count && compare(&spool->items[place], &item) == 0) {
		/* Of two from one start, the one that brings more. */
		if (spool->items[place].end >= item.end) {
			*ret_outcome = outcome;
			return OK;
		}
		if ((r = drop(channel, place)) != OK)
			goto out;
	}
	if ((r = check_room(channel, &item, error)) != OK)
		return r;
	r = store_item(channel, &item, payload);
out:
	if (r != OK) {
		channel->post.failure = r;
		return error_set(error, r, "a frame cannot be kept");
	}
	*ret_outcome = outcome;
	return OK;
}

/* --- using ---------------------------------------------------------------------- */

/* A chunk waits for the bytes before it: with `chunks` some may have come. */
static bool may_be_usable(const struct engine_channel *channel, const struct post_item *item,
                          bool chunks)
{
	struct store_blob blob = { .size = 0 };

	if (item->type == FRAME_BLOB_CHUNK)
		return chunks &&
		       store_get_blob(channel->engine->settings.store, channel->number, &item->hash,
		                      &blob) == OK &&
		       item->start <= blob.size;
	if (item->type == FRAME_ENTRIES && item->start > rules_size(channel->rules, item->party))
		return false;
	if (item->type == FRAME_HEADS && item->end > rules_size(channel->rules, item->party))
		return false;
	if (item->type == FRAME_COSIGNATURE && item->end > rules_size(channel->rules, channel->own))
		return false;
	return item->tried[0] != rules_size(channel->rules, 0) ||
	       item->tried[1] != rules_size(channel->rules, 1) ||
	       engine_monotonic(channel->engine) >= item->retry;
}

/* Tries one; *ret_gone: it is not in the list any more. */
static int use(struct engine_channel *channel, size_t index, bool *ret_gone)
{
	struct post_item *item = &channel->post.items[index];
	struct post_outcome outcome;
	struct error why = { 0 };
	struct buffer payload;
	char name[NAME_CAPACITY];
	int r;

	buffer_init(&payload, STORE_VALUE_MAXIMUM);
	print_name(item, "post-data/", name);
	if ((r = store_get_value(channel->engine->settings.store, channel->number, name,
	                         &payload)) != OK) {
		channel->post.failure = r;
		goto out;
	}
	r = post_use_frame(channel, item->type, buffer_view(&payload), &outcome, &why);
	if (channel->post.failure != OK) {
		r = channel->post.failure;
		goto out;
	}
	if (r == ERROR_WAIT) {
		item->tried[0] = rules_size(channel->rules, 0);
		item->tried[1] = rules_size(channel->rules, 1);
		item->retry = engine_monotonic(channel->engine) +
		              RETRY_SECONDS * UINT64_C(1000000000);
		r = OK;
		goto out;
	}
	if (r != OK)
		journal(JOURNAL_WARNING, "channel %.20s: a frame that waited is refused: %s",
		        channel->charter->channel, why.message);
	*ret_gone = true;
	if ((r = drop(channel, index)) != OK)
		channel->post.failure = r;
out:
	buffer_release(&payload);
	return r;
}

int post_drain(struct engine_channel *channel)
{
	struct post_spool *spool = &channel->post;
	bool progress = spool->count > 0;
	uint64_t before;
	int r;

	/* What one brings may be what another waits for. */
	while (progress) {
		bool chunks = spool->chunk_came;

		progress = spool->chunk_came = false;
		for (size_t i = 0; i < spool->count;) {
			bool gone = false;

			if (!may_be_usable(channel, &spool->items[i], chunks)) {
				i++;
				continue;
			}
			before = rules_size(channel->rules, 0) + rules_size(channel->rules, 1);
			if ((r = use(channel, i, &gone)) != OK)
				return r;
			progress |= gone ||
			            rules_size(channel->rules, 0) + rules_size(channel->rules, 1) !=
			                before;
			i += !gone;
		}
	}
	return OK;
}

uint64_t post_timer(const struct engine_channel *channel)
{
	const struct post_spool *spool = &channel->post;
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < spool->count; i++) {
		const struct post_item *item = &spool->items[i];

		if (item->type == FRAME_ENTRIES &&
		    item->start <= rules_size(channel->rules, item->party) && item->retry < next)
			next = item->retry;
	}
	return next;
}
