#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "allocate.h"

struct hash hash_of(uint8_t first, uint8_t second)
{
	struct hash hash;

	memset(hash.bytes, first, sizeof hash.bytes);
	hash.bytes[31] = second;
	return hash;
}

void path_in(const struct fixture *fixture, const char *name, char ret_path[128])
{
	snprintf(ret_path, 128, "%s/%s", fixture->directory, name);
}

static void add_channel(struct fixture *fixture)
{
	struct hash id = hash_of(1, 1);

	assert_int_equal(store_begin(fixture->store), OK);
	assert_int_equal(store_add_channel(fixture->store, &id, 1, &fixture->channel), OK);
	assert_int_equal(store_commit(fixture->store), OK);
}

static struct fixture *new_fixture(void)
{
	struct fixture *fixture = allocate(1, sizeof *fixture);

	assert_non_null(fixture);
	snprintf(fixture->directory, sizeof fixture->directory, "/tmp/chiro-store-XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	snprintf(fixture->path, sizeof fixture->path, "%s/store.db", fixture->directory);
	return fixture;
}

int set_up_memory(void **state)
{
	struct fixture *fixture = new_fixture();

	assert_int_equal(store_open_memory(&fixture->store), OK);
	add_channel(fixture);
	*state = fixture;
	return 0;
}

int set_up_sqlite(void **state)
{
	struct fixture *fixture = new_fixture();

	assert_int_equal(store_open_sqlite(fixture->path, &fixture->store, NULL), OK);
	add_channel(fixture);
	*state = fixture;
	return 0;
}

int tear_down(void **state)
{
	static const char *const names[] = { "store.db", "store.db-wal", "copy.db",
		                             "other.db", "copy.db-wal",  "other.db-wal" };
	struct fixture *fixture = *state;
	char path[128];

	store_close(fixture->store);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		path_in(fixture, names[i], path);
		unlink(path);
	}
	assert_int_equal(rmdir(fixture->directory), 0);
	release_memory(fixture);
	return 0;
}

void assert_value(struct store *store, uint32_t channel, const char *key, const char *expected)
{
	struct buffer buffer;

	buffer_init(&buffer, STORE_VALUE_MAXIMUM);
	if (expected) {
		assert_int_equal(store_get_value(store, channel, key, &buffer), OK);
		assert_true(bytes_equal_string(buffer_view(&buffer), expected));
	} else {
		assert_int_equal(store_get_value(store, channel, key, &buffer), ERROR_NOT_FOUND);
	}
	buffer_release(&buffer);
}

int set(struct fixture *f, const char *key, const char *value)
{
	return store_set_value(f->store, f->channel, key, bytes_of_string(value));
}

struct store_entry make_entry(uint64_t number, char text[TEXT_CAPACITY])
{
	struct store_entry entry = {
		.number = number,
		.verdict = 3,
		.reason = 60000,
	};

	snprintf(text, TEXT_CAPACITY, "entry %llu", (unsigned long long)number);
	entry.bytes = bytes_of_string(text);
	return entry;
}

int append(struct fixture *f, unsigned log, uint64_t from, size_t count)
{
	struct store_entry entries[64];
	char texts[64][TEXT_CAPACITY];

	for (size_t i = 0; i < count; i++)
		entries[i] = make_entry(from + i, texts[i]);
	return store_append_entries(f->store, f->channel, log, entries, count);
}

int put_head(struct fixture *f, uint64_t size, const char *note)
{
	return store_put_head(f->store, f->channel, 0, size, bytes_of_string(note));
}

int cosign(struct fixture *f, uint64_t size, const char *cosigner, const char *line)
{
	return store_put_cosignature(f->store, f->channel, 0, size, cosigner,
	                             bytes_of_string(line));
}

int append_piece(struct fixture *f, const struct hash *hash, uint64_t offset, const char *piece)
{
	return store_append_blob(f->store, f->channel, hash, offset, bytes_of_string(piece));
}
