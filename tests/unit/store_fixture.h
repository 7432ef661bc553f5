/* What the tests of the store share: an open store of either backend, with one
 * channel, in a directory of its own. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store.h"

struct fixture {
	char directory[64];
	char path[96];
	struct store *store;
	uint32_t channel;
};

/* Bytes of the first value, the last of the second. */
struct hash hash_of(uint8_t first, uint8_t second);

/* Of a file in the directory of the fixture; tear_down removes copy.db and
 * other.db. */
void path_in(const struct fixture *fixture, const char *name, char ret_path[128]);

/* Set-up and tear-down of a test: the state is a struct fixture. */
int set_up_memory(void **state);
int set_up_sqlite(void **state);
int tear_down(void **state);

/* NULL: there is no such value. */
void assert_value(struct store *store, uint32_t channel, const char *key, const char *expected);

/* The rest shortens calls that write to the channel of the fixture. */
int set(struct fixture *f, const char *key, const char *value);

enum { TEXT_CAPACITY = 32 };

/* Entry `number`, the same each time; its bytes are in `text`. */
struct store_entry make_entry(uint64_t number, char text[TEXT_CAPACITY]);

/* Entries that make_entry made. At most 64. */
int append(struct fixture *f, unsigned log, uint64_t from, size_t count);

/* Of log 0. */
int put_head(struct fixture *f, uint64_t size, const char *note);
int cosign(struct fixture *f, uint64_t size, const char *cosigner, const char *line);
int append_piece(struct fixture *f, const struct hash *hash, uint64_t offset, const char *piece);

/* A test that both backends must pass. */
#define ON_BOTH(test)                                                                              \
	{ "memory: " #test, test, set_up_memory, tear_down, NULL },                                \
	{                                                                                          \
		"sqlite: " #test, test, set_up_sqlite, tear_down, NULL                             \
	}

#endif
