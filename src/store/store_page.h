/* How a backend fills a page: clear, add row by row, finish.
 *
 * The bytes of all rows lie one after the other in the page's buffer, which
 * moves as it grows; so while rows are added their views have sizes only, and
 * finish points them at their places. A page that was not finished is cleared
 * before it is given to anyone.
 */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include "store.h"

void store_entries_clear(struct store_entries *page);
/* ERROR_MEMORY. `entry->bytes` is copied. */
int store_entries_add(struct store_entries *page, const struct store_entry *entry);
void store_entries_finish(struct store_entries *page);

void store_values_clear(struct store_values *page);
int store_values_add(struct store_values *page, struct bytes key, struct bytes value);
void store_values_finish(struct store_values *page);

/* A head: its size and note, then its cosignature lines in the order they are to
 * have. */
void store_head_clear(struct store_head *head);
int store_head_begin(struct store_head *head, uint64_t size, struct bytes note);
int store_head_add_line(struct store_head *head, struct bytes line);
void store_head_finish(struct store_head *head);

#endif
