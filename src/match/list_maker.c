#include "list_maker.h"

#include "grow.h"

enum { BLOCK_SIZE = 65536 };

/* Memory that is freed all at once. */
struct list_maker_block {
	struct list_maker_block *next;
	size_t used, size;
	max_align_t content[];
};

void list_maker_init(struct list_maker *maker)
{
	*maker = (struct list_maker){ 0 };
}

void list_maker_release(struct list_maker *maker)
{
	while (maker->blocks != NULL) {
		struct list_maker_block *next = maker->blocks->next;

		release_memory(maker->blocks);
		maker->blocks = next;
	}
	release_memory(maker->rows);
	release_memory(maker->order);
	list_maker_init(maker);
}

static void *take_memory(struct list_maker *maker, size_t size)
{
	struct list_maker_block *block = maker->blocks;
	void *place;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (block == NULL || block->size - block->used < size) {
		size_t whole = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		if ((block = allocate(1, sizeof(*block) + whole)) == NULL)
			return NULL;
		block->size = whole;
		block->next = maker->blocks;
		maker->blocks = block;
	}
	place = (uint8_t *)block->content + block->used;
	block->used += size;
	return place;
}

static bool keep(struct list_maker *maker, struct bytes *view)
{
	void *place;

	if (view->size == 0) {
		*view = bytes_of(NULL, 0);
		return true;
	}
	if ((place = take_memory(maker, view->size)) == NULL)
		return false;
	memcpy(place, view->data, view->size);
	view->data = place;
	return true;
}

static int compare_identifiers(const void *a, const void *b)
{
	return list_identifier_compare(a, b);
}

/* Sorts and drops what stands twice; the number that is left. */
static size_t put_in_order(struct list_identifier *identifiers, size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(identifiers, count, sizeof(*identifiers), compare_identifiers);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 ||
		    list_identifier_compare(&identifiers[kept - 1], &identifiers[i]) != 0)
			identifiers[kept++] = identifiers[i];
	return kept;
}

static int keep_all(struct list_maker *maker, struct list_entry *entry,
                    struct list_identifier *identifiers)
{
	for (size_t i = 0; i < entry->count; i++)
		if (!keep(maker, &identifiers[i].text))
			return ERROR_MEMORY;
	return keep(maker, &entry->id) && keep(maker, &entry->subsector) &&
	               keep(maker, &entry->function) && keep(maker, &entry->region) &&
	               keep(maker, &entry->contact)
	           ? OK
	           : ERROR_MEMORY;
}

int list_maker_put(struct list_maker *maker, const struct list_entry *row,
                   enum sector_scheme scheme, size_t line, struct error *error)
{
	struct list_row *rows = grow(maker->rows, maker->count, &maker->capacity, sizeof(*rows));
	struct list_identifier *identifiers;
	struct list_entry entry = *row;
	int r;

	if (rows == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	maker->rows = rows;
	identifiers = take_memory(maker, row->count * sizeof(*identifiers));
	if (identifiers == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if (row->count > 0)
		memcpy(identifiers, row->identifiers, row->count * sizeof(*identifiers));
	entry.count = put_in_order(identifiers, row->count);
	entry.identifiers = identifiers;
	if ((r = list_entry_check(&entry, scheme, error)) != OK)
		return r;
	if ((r = keep_all(maker, &entry, identifiers)) != OK)
		return error_set(error, r, "%s", result_text(r));
	rows[maker->count++] = (struct list_row){ .entry = entry, .line = line, .first = line };
	return OK;
}

/* --- joining ---------------------------------------------------------------------- */

struct ordered {
	struct bytes id;
	size_t row;
};

/* By id; of the same, in the order in which they came. */
static int compare_ids(const void *a, const void *b)
{
	const struct ordered *one = a, *other = b;
	int order = bytes_compare(one->id, other->id);

	if (order != 0)
		return order;
	return one->row < other->row ? -1 : one->row > other->row;
}

static bool says_otherwise(const struct list_entry *a, const struct list_entry *b)
{
	return a->sector != b->sector || !bytes_equal(a->subsector, b->subsector) ||
	       !bytes_equal(a->function, b->function) || a->criticality != b->criticality ||
	       !bytes_equal(a->region, b->region) || !bytes_equal(a->contact, b->contact) ||
	       a->protection != b->protection || a->from != b->from || a->until != b->until;
}

static int join(struct list_maker *maker, struct list_row *first, struct list_row *row)
{
	size_t most = first->entry.count + row->entry.count, count;
	struct list_identifier *all;

	if ((all = take_memory(maker, most * sizeof(*all))) == NULL)
		return ERROR_MEMORY;
	memcpy(all, first->entry.identifiers, first->entry.count * sizeof(*all));
	memcpy(all + first->entry.count, row->entry.identifiers, row->entry.count * sizeof(*all));
	count = put_in_order(all, most);
	row->first = first->line;
	row->otherwise = says_otherwise(&first->entry, &row->entry);
	if (count == first->entry.count) {
		row->outcome = LIST_ROW_DUPLICATE;
	} else if (count > LIST_IDENTIFIERS_MAXIMUM) {
		row->outcome = LIST_ROW_TOO_MUCH;
	} else {
		row->outcome = LIST_ROW_JOINED;
		first->entry.identifiers = all;
		first->entry.count = count;
	}
	return OK;
}

int list_maker_join(struct list_maker *maker)
{
	struct ordered *ordered = allocate(maker->count + 1, sizeof(*ordered));
	struct list_row *first = NULL;
	int r = OK;

	maker->order = allocate(maker->count + 1, sizeof(*maker->order));
	if (ordered == NULL || maker->order == NULL) {
		release_memory(ordered);
		return ERROR_MEMORY;
	}
	for (size_t i = 0; i < maker->count; i++)
		ordered[i] = (struct ordered){ maker->rows[i].entry.id, i };
	qsort(ordered, maker->count, sizeof(*ordered), compare_ids);
	for (size_t i = 0; r == OK && i < maker->count; i++) {
		struct list_row *row = &maker->rows[ordered[i].row];

		if (first != NULL && bytes_equal(first->entry.id, row->entry.id)) {
			r = join(maker, first, row);
			continue;
		}
		first = row;
		maker->order[maker->entries++] = ordered[i].row;
	}
	release_memory(ordered);
	return r;
}

int list_maker_write(const struct list_maker *maker, struct list_writer *writer,
                     int (*flush)(void *context), void *context, struct error *error)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < maker->entries; i++) {
		r = list_writer_put(writer, &maker->rows[maker->order[i]].entry, error);
		if (r == OK && flush != NULL)
			r = flush(context);
	}
	return r;
}
