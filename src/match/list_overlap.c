#include "list_overlap.h"

#include "grow.h"
#include "identifier_key.h"

enum { KEYS_OVERHEAD = 4096 };
#define NOTHING SIZE_MAX

/* An identifier where it stands in the list. */
struct standing {
	struct bytes text;
	struct bytes key; /* once all keys are there */
	size_t offset;    /* of the key among the keys */
	size_t wider;     /* the narrowest that contains it */
};

struct standings {
	struct standing *items;
	size_t count, capacity;
	struct buffer keys;
};

static int add(struct standings *standings, const struct list_identifier *identifier)
{
	struct standing *grown = grow(standings->items, standings->count, &standings->capacity,
	                              sizeof(*standings->items));
	struct standing *standing;
	uint8_t *place;
	size_t size;
	int r;

	if (grown == NULL)
		return ERROR_MEMORY;
	standings->items = grown;
	standing = &grown[standings->count];
	standing->text = identifier->text;
	standing->offset = standings->keys.size;
	if ((r = buffer_extend(&standings->keys, IDENTIFIER_KEY_MAXIMUM, &place)) != OK)
		return r;
	size = identifier_key(identifier->identifier_class, identifier->text, place);
	buffer_truncate(&standings->keys, standing->offset + size);
	standing->key = bytes_of(NULL, size);
	standings->count++;
	return OK;
}

static int collect(struct bytes text, struct standings *standings, uint64_t *entries,
                   struct error *error)
{
	struct list_reader *reader = allocate(1, sizeof(*reader));
	struct list_entry entry;
	int r;

	if (reader == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	r = list_reader_init(reader, text, error);
	while (r == OK && (r = list_reader_next(reader, &entry, error)) == OK) {
		++*entries;
		for (size_t i = 0; r == OK && i < entry.count; i++)
			if ((r = add(standings, &entry.identifiers[i])) != OK)
				error_set(error, r, "%s", result_text(r));
	}
	release_memory(reader);
	return r == ERROR_NOT_FOUND ? OK : r;
}

static int compare(const void *a, const void *b)
{
	return bytes_compare(((const struct standing *)a)->key, ((const struct standing *)b)->key);
}

static void sort(struct standings *standings)
{
	for (size_t i = 0; i < standings->count; i++)
		standings->items[i].key.data = standings->keys.data + standings->items[i].offset;
	if (standings->count > 0)
		qsort(standings->items, standings->count, sizeof(*standings->items), compare);
}

/* Those that contain the present one are a chain from the narrowest to the widest. */
static void sweep(struct standings *standings,
                  void (*visit)(void *context, const struct list_overlap *overlap), void *context,
                  struct list_counts *counts)
{
	struct standing *items = standings->items;
	size_t narrowest = NOTHING, next;

	for (size_t i = 0; i < standings->count; i = next) {
		struct list_overlap overlap = {
			.identifier_class = (enum identifier_class)items[i].key.data[0],
			.identifier = items[i].text,
		};

		for (next = i + 1;
		     next < standings->count && bytes_equal(items[i].key, items[next].key);)
			next++;
		counts->identifiers[overlap.identifier_class]++;
		if (next - i > 1) {
			counts->shared++;
			overlap.kind = LIST_SHARED;
			overlap.entries = next - i;
			if (visit != NULL)
				visit(context, &overlap);
		}
		while (narrowest != NOTHING &&
		       !identifier_key_covers(items[narrowest].key, items[i].key))
			narrowest = items[narrowest].wider;
		if (narrowest != NOTHING) {
			counts->contained++;
			overlap.kind = LIST_CONTAINED;
			overlap.container = items[narrowest].text;
			if (visit != NULL)
				visit(context, &overlap);
		}
		items[i].wider = narrowest;
		narrowest = i;
	}
}

int list_count(struct bytes text, void (*visit)(void *context, const struct list_overlap *overlap),
               void *context, struct list_counts *ret_counts, struct error *error)
{
	struct standings standings = { 0 };
	struct list_counts counts = { 0 };
	int r;

	buffer_init(&standings.keys, 2 * text.size + KEYS_OVERHEAD);
	if ((r = collect(text, &standings, &counts.entries, error)) == OK) {
		sort(&standings);
		sweep(&standings, visit, context, &counts);
		*ret_counts = counts;
	}
	release_memory(standings.items);
	buffer_release(&standings.keys);
	return r;
}
