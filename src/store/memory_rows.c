#include "memory_rows.h"

#include "grow.h"
#include "result.h"

struct bytes memory_row_key(const struct memory_row *row)
{
	return bytes_of(row->bytes, row->key_size);
}

struct bytes memory_row_value(const struct memory_row *row)
{
	return bytes_of(row->bytes + row->key_size, row->value_size);
}

size_t memory_table_seek(const struct memory_table *table, struct bytes key)
{
	size_t low = 0, high = table->count;

	/* Most rows are added in the order of their keys. */
	if (high > 0 && bytes_compare(memory_row_key(table->rows[high - 1]), key) < 0)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(memory_row_key(table->rows[middle]), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct memory_table *table, size_t place, struct bytes key)
{
	return place < table->count && bytes_equal(memory_row_key(table->rows[place]), key);
}

const struct memory_row *memory_table_get(const struct memory_table *table, struct bytes key)
{
	size_t place = memory_table_seek(table, key);

	return is_at(table, place, key) ? table->rows[place] : NULL;
}

static int grow_journal(struct memory_journal *journal)
{
	struct memory_undo *undos = grow(journal->undos, journal->count, &journal->capacity,
	                                 sizeof *journal->undos);

	if (undos == NULL)
		return ERROR_MEMORY;
	journal->undos = undos;
	return OK;
}

static int grow_table(struct memory_table *table)
{
	struct memory_row **rows = grow(table->rows, table->count, &table->capacity,
	                                sizeof *table->rows);

	if (rows == NULL)
		return ERROR_MEMORY;
	table->rows = rows;
	return OK;
}

static void insert_at(struct memory_table *table, size_t place, struct memory_row *row)
{
	memmove(table->rows + place + 1, table->rows + place,
	        (table->count - place) * sizeof *table->rows);
	table->rows[place] = row;
	table->count++;
}

static void remove_at(struct memory_table *table, size_t place)
{
	table->count--;
	memmove(table->rows + place, table->rows + place + 1,
	        (table->count - place) * sizeof *table->rows);
}

int memory_table_put(struct memory_table *table, struct memory_journal *journal, struct bytes key,
                     struct bytes value)
{
	struct memory_undo undo = { .table = table };
	struct memory_row *row;
	size_t place;

	if (grow_journal(journal) != OK || grow_table(table) != OK)
		return ERROR_MEMORY;
	row = allocate(1, sizeof *row + key.size + value.size);
	if (!row)
		return ERROR_MEMORY;
	row->key_size = key.size;
	row->value_size = value.size;
	if (key.size > 0)
		memcpy(row->bytes, key.data, key.size);
	if (value.size > 0)
		memcpy(row->bytes + key.size, value.data, value.size);
	place = memory_table_seek(table, key);
	if (is_at(table, place, key)) {
		undo.before = table->rows[place];
		table->rows[place] = row;
	} else {
		insert_at(table, place, row);
	}
	undo.after = row;
	journal->undos[journal->count++] = undo;
	return OK;
}

int memory_table_delete(struct memory_table *table, struct memory_journal *journal,
                        struct bytes key)
{
	size_t place = memory_table_seek(table, key);

	if (!is_at(table, place, key))
		return OK;
	if (grow_journal(journal) != OK)
		return ERROR_MEMORY;
	journal->undos[journal->count++] = (struct memory_undo){ .table = table,
		                                                 .before = table->rows[place] };
	remove_at(table, place);
	return OK;
}

void memory_table_release(struct memory_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		release_memory(table->rows[i]);
	release_memory(table->rows);
	*table = (struct memory_table){ 0 };
}

void memory_journal_commit(struct memory_journal *journal)
{
	for (size_t i = 0; i < journal->count; i++)
		release_memory(journal->undos[i].before);
	journal->count = 0;
}

void memory_journal_rollback(struct memory_journal *journal)
{
	while (journal->count > 0) {
		struct memory_undo *undo = &journal->undos[--journal->count];
		struct memory_row *known = undo->after ? undo->after : undo->before;
		size_t place = memory_table_seek(undo->table, memory_row_key(known));

		if (!undo->after)
			insert_at(undo->table, place, undo->before);
		else if (undo->before)
			undo->table->rows[place] = undo->before;
		else
			remove_at(undo->table, place);
		release_memory(undo->after);
	}
}

void memory_journal_release(struct memory_journal *journal)
{
	memory_journal_rollback(journal);
	release_memory(journal->undos);
	*journal = (struct memory_journal){ 0 };
}
