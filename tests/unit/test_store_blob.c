/* The contract of store.h on blobs, held against both backends. */
#include "store_fixture.h"

#include "allocate.h"

/* Longer than two chunks of the SQLite backend, and not a multiple of one. */
enum { BLOB_SIZE = 600001 };

static uint8_t *make_blob(void)
{
	uint8_t *blob = allocate(BLOB_SIZE, 1);

	assert_non_null(blob);
	for (size_t i = 0; i < BLOB_SIZE; i++)
		blob[i] = (uint8_t)(i * 2654435761U >> 13);
	return blob;
}

static void test_blobs(void **state)
{
	/* Pieces that begin and end inside, at and across chunks; some come again. */
	static const struct {
		size_t from, to;
	} pieces[] = { { 0, 1 },           { 1, 60000 },
		       { 0, 1000 },        { 59000, 262144 },
		       { 262144, 262145 }, { 262145, 262145 },
		       { 262145, 524300 }, { 524288, 600000 },
		       { 1, 600000 },      { 600000, BLOB_SIZE } };
	struct fixture *f = *state;
	struct hash hash = hash_of(4, 4);
	uint8_t *content = make_blob();
	struct store_blob blob;
	struct buffer buffer;

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct bytes piece = bytes_of(content + pieces[i].from,
		                              pieces[i].to - pieces[i].from);

		assert_int_equal(store_begin(f->store), OK);
		assert_int_equal(store_begin_blob(f->store, f->channel, &hash, BLOB_SIZE, 1), OK);
		assert_int_equal(
		    store_append_blob(f->store, f->channel, &hash, pieces[i].from, piece), OK);
		assert_int_equal(store_commit(f->store), OK);
	}
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_int_equal(blob.size, BLOB_SIZE);
	assert_int_equal(blob.owner, 1);
	assert_false(blob.complete);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_complete_blob(f->store, f->channel, &hash), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_true(blob.complete);

	buffer_init(&buffer, BLOB_SIZE);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, 0, BLOB_SIZE, &buffer), OK);
	assert_true(bytes_equal(buffer_view(&buffer), bytes_of(content, BLOB_SIZE)));
	buffer_clear(&buffer);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, 262140, 8, &buffer), OK);
	assert_true(bytes_equal(buffer_view(&buffer), bytes_of(content + 262140, 8)));
	buffer_clear(&buffer);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, BLOB_SIZE - 3, 100, &buffer),
	                 OK);
	assert_true(bytes_equal(buffer_view(&buffer), bytes_of(content + BLOB_SIZE - 3, 3)));
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, BLOB_SIZE, 9, &buffer), OK);
	assert_int_equal(buffer.size, 3);
	buffer_release(&buffer);
	release_memory(content);
}

/* Whole and verified in one call. */
static void test_blobs_at_once(void **state)
{
	struct fixture *f = *state;
	struct hash hash = hash_of(5, 5);
	uint8_t *content = make_blob();
	struct bytes whole = bytes_of(content, BLOB_SIZE);
	struct store_blob blob;
	struct buffer buffer;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_blob(f->store, f->channel, &hash, 1, whole), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_true(blob.complete);
	assert_int_equal(blob.size, BLOB_SIZE);
	assert_int_equal(blob.total, BLOB_SIZE);
	assert_int_equal(blob.owner, 1);
	buffer_init(&buffer, BLOB_SIZE);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, 0, BLOB_SIZE, &buffer), OK);
	assert_true(bytes_equal(buffer_view(&buffer), whole));
	buffer_release(&buffer);
	/* It is there. */
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_blob(f->store, f->channel, &hash, 1, whole), ERROR_EXISTS);
	store_rollback(f->store);
	/* Nothing is no blob. */
	hash = hash_of(6, 6);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_blob(f->store, f->channel, &hash, 1, bytes_of(content, 0)),
	                 ERROR_LIMIT);
	store_rollback(f->store);
	release_memory(content);
}

static void test_blobs_refuse(void **state)
{
	static const struct {
		uint64_t offset;
		const char *piece;
		int result;
	} cases[] = { { 5, "x", ERROR_STATE },
		      { 0, "abxd", ERROR_MISMATCH },
		      { 3, "defghijk", ERROR_LIMIT },
		      { 11, "", ERROR_LIMIT },
		      { UINT64_MAX, "x", ERROR_LIMIT },
		      { 0, "abcd", OK },
		      { 2, "cdef", OK } };
	struct fixture *f = *state;
	struct hash hash = hash_of(4, 4), unknown = hash_of(4, 5);
	struct store_blob blob;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &hash, 10, 0), OK);
	assert_int_equal(append_piece(f, &hash, 0, "abcd"), OK);
	assert_int_equal(store_commit(f->store), OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(store_begin(f->store), OK);
		assert_int_equal(append_piece(f, &hash, cases[i].offset, cases[i].piece),
		                 cases[i].result);
		assert_int_equal(store_commit(f->store), cases[i].result);
	}
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_int_equal(blob.size, 6);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_complete_blob(f->store, f->channel, &hash), ERROR_STATE);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &hash, 11, 0), ERROR_MISMATCH);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append_piece(f, &unknown, 0, "a"), ERROR_NOT_FOUND);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &unknown, 0, 0), ERROR_LIMIT);
	store_rollback(f->store);
}

static void test_blobs_are_deleted(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[3] = { hash_of(4, 1), hash_of(4, 2), hash_of(4, 3) };
	struct store_blob blob;

	assert_int_equal(store_begin(f->store), OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(store_begin_blob(f->store, f->channel, &hashes[2 - i], 4, 0), OK);
	assert_int_equal(append_piece(f, &hashes[1], 0, "abcd"), OK);
	assert_int_equal(store_complete_blob(f->store, f->channel, &hashes[1]), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_delete_blob(f->store, f->channel, &hashes[1]), OK);
	assert_int_equal(store_delete_blob(f->store, f->channel, &hashes[1]), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_blob(f->store, f->channel, &hashes[1], &blob), ERROR_NOT_FOUND);
	for (size_t i = 0; i < 3; i += 2)
		assert_int_equal(store_get_blob(f->store, f->channel, &hashes[i], &blob), OK);
	/* What is announced again after it was deleted begins anew. */
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &hashes[1], 4, 1), OK);
	assert_int_equal(append_piece(f, &hashes[1], 0, "efgh"), OK);
	assert_int_equal(store_commit(f->store), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(test_blobs),
		ON_BOTH(test_blobs_at_once),
		ON_BOTH(test_blobs_refuse),
		ON_BOTH(test_blobs_are_deleted),
	};

	return cmocka_run_group_tests_name("store blobs", tests, NULL, NULL);
}
