#include "store_page.h"

#include "grow.h"

/* The limit of a page is counted in rows as they are in it, the last of which
 * may be the one that a page gives beyond its maximum. */
enum { SLACK = STORE_VALUE_MAXIMUM + STORE_NAME_CAPACITY };

/* The next `size` bytes at *offset of the buffer. */
static struct bytes take(const struct buffer *buffer, size_t *offset, size_t size)
{
	struct bytes view = { size ? buffer->data + *offset : NULL, size };

	*offset += size;
	return view;
}

void store_entries_init(struct store_entries *page)
{
	*page = (struct store_entries){ 0 };
	buffer_init(&page->bytes, STORE_PAGE_BYTES_MAXIMUM + SLACK);
}

void store_entries_release(struct store_entries *page)
{
	release_memory(page->items);
	buffer_release(&page->bytes);
	store_entries_init(page);
}

void store_entries_clear(struct store_entries *page)
{
	page->count = 0;
	buffer_clear(&page->bytes);
}

int store_entries_add(struct store_entries *page, const struct store_entry *entry)
{
	void *items = grow(page->items, page->count, &page->capacity, sizeof *page->items);
	int r;

	if (items == NULL)
		return ERROR_MEMORY;
	page->items = items;
	if ((r = buffer_put_bytes(&page->bytes, entry->bytes)) != OK)
		return r;
	page->items[page->count++] = *entry;
	return OK;
}

void store_entries_finish(struct store_entries *page)
{
	size_t offset = 0;

	for (size_t i = 0; i < page->count; i++) {
		struct store_entry *entry = &page->items[i];

		entry->bytes = take(&page->bytes, &offset, entry->bytes.size);
	}
}

void store_values_init(struct store_values *page)
{
	*page = (struct store_values){ 0 };
	buffer_init(&page->bytes, STORE_PAGE_BYTES_MAXIMUM + SLACK);
}

void store_values_release(struct store_values *page)
{
	release_memory(page->items);
	buffer_release(&page->bytes);
	store_values_init(page);
}

void store_values_clear(struct store_values *page)
{
	page->count = 0;
	buffer_clear(&page->bytes);
}

int store_values_add(struct store_values *page, struct bytes key, struct bytes value)
{
	void *items = grow(page->items, page->count, &page->capacity, sizeof *page->items);
	int r;

	if (items == NULL)
		return ERROR_MEMORY;
	page->items = items;
	if ((r = buffer_put_bytes(&page->bytes, key)) != OK ||
	    (r = buffer_put_bytes(&page->bytes, value)) != OK)
		return r;
	page->items[page->count++] = (struct store_value){ key, value };
	return OK;
}

void store_values_finish(struct store_values *page)
{
	size_t offset = 0;

	for (size_t i = 0; i < page->count; i++) {
		struct store_value *value = &page->items[i];

		value->key = take(&page->bytes, &offset, value->key.size);
		value->value = take(&page->bytes, &offset, value->value.size);
	}
}

void store_head_init(struct store_head *head)
{
	*head = (struct store_head){ 0 };
	buffer_init(&head->bytes, STORE_PAGE_BYTES_MAXIMUM);
}

void store_head_release(struct store_head *head)
{
	buffer_release(&head->bytes);
	store_head_init(head);
}

void store_head_clear(struct store_head *head)
{
	head->size = 0;
	head->note = head->cosignatures = bytes_of(NULL, 0);
	buffer_clear(&head->bytes);
}

int store_head_begin(struct store_head *head, uint64_t size, struct bytes note)
{
	head->size = size;
	head->note.size = note.size;
	return buffer_put_bytes(&head->bytes, note);
}

int store_head_add_line(struct store_head *head, struct bytes line)
{
	head->cosignatures.size += line.size;
	return buffer_put_bytes(&head->bytes, line);
}

void store_head_finish(struct store_head *head)
{
	size_t offset = 0;

	head->note = take(&head->bytes, &offset, head->note.size);
	head->cosignatures = take(&head->bytes, &offset, head->cosignatures.size);
}
