/* The pairs of a list: their order, root and paths; and the table of contacts. */
#include "check.h"

#include "class_commitment.h"
#include "pairs.h"
#include "pairs_text.h"
#include "torture.h"

enum { MOST = 300 };

/* --- pairs ------------------------------------------------------------------------------ */

static void make_pair(uint64_t number, struct pair *ret_pair)
{
	for (size_t i = 0; i < PAIR_SIZE; i++)
		ret_pair->bytes[i] = (uint8_t)(number * 7 + i * 31);
	for (size_t i = 0; i < 8; i++)
		ret_pair->bytes[i] = (uint8_t)(number >> (56 - 8 * i));
}

struct some_pairs {
	uint8_t bytes[MOST * PAIR_SIZE];
	size_t count;
	struct bytes view;
	struct byte_source source;
};

static void fill(struct some_pairs *pairs, size_t count)
{
	pairs->count = count;
	for (size_t i = 0; i < count; i++) {
		struct pair pair;

		make_pair(i * 3, &pair);
		memcpy(pairs->bytes + i * PAIR_SIZE, pair.bytes, PAIR_SIZE);
	}
	pairs->view = bytes_of(pairs->bytes, count * PAIR_SIZE);
	pairs->source = byte_source_over(&pairs->view);
}

/* What an independent tree makes of them. */
static void expected_root(const struct some_pairs *pairs, struct hash *ret_root)
{
	struct edge edge;

	edge_init(&edge);
	for (size_t i = 0; i < pairs->count; i++) {
		struct hash leaf;

		tree_hash_leaf(bytes_of(pairs->bytes + i * PAIR_SIZE, PAIR_SIZE), &leaf);
		assert_ok(edge_append(&edge, &leaf));
	}
	edge_root(&edge, ret_root);
}

static void root_and_every_path(void **state)
{
	static const size_t counts[] = { 1,  2,  3,  4,   5,   7,   8,   9,
		                         31, 32, 33, 100, 255, 256, 257, MOST };
	static struct some_pairs pairs;

	(void)state;
	for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
		struct hash root, expected;

		fill(&pairs, counts[c]);
		expected_root(&pairs, &expected);
		assert_ok(pairs_root(&pairs.source, pairs.count, &root));
		assert_true(hash_equal(&root, &expected));
		for (uint64_t i = 0; i < pairs.count; i++) {
			struct tree_proof path;
			struct hash leaf;

			tree_hash_leaf(bytes_of(pairs.bytes + i * PAIR_SIZE, PAIR_SIZE), &leaf);
			assert_ok(pairs_path(&pairs.source, pairs.count, i, &path));
			assert_ok(inclusion_verify(i, pairs.count, &leaf, &path, &root));
			root.bytes[0] ^= 1;
			assert_int_not_equal(inclusion_verify(i, pairs.count, &leaf, &path, &root),
			                     OK);
			root.bytes[0] ^= 1;
		}
	}
}

static void path_beyond_the_end(void **state)
{
	static struct some_pairs pairs;
	struct tree_proof path;

	(void)state;
	fill(&pairs, 9);
	assert_int_equal(pairs_path(&pairs.source, 9, 9, &path), ERROR_LIMIT);
	assert_int_equal(pairs_path(&pairs.source, 0, 0, &path), ERROR_LIMIT);
	assert_int_equal(pairs_path(&pairs.source, (uint64_t)CLASS_PAIRS_MAXIMUM + 1, 0, &path),
	                 ERROR_LIMIT);
}

static void any_pieces_give_the_same(void **state)
{
	static struct some_pairs pairs;
	struct hash expected, root;
	uint64_t count;

	(void)state;
	fill(&pairs, 77);
	expected_root(&pairs, &expected);
	for (size_t piece = 1; piece < 90; piece++) {
		struct pairs_reader reader;
		struct bytes rest = pairs.view;

		assert_ok(pairs_reader_init(&reader));
		while (rest.size > 0) {
			size_t size = rest.size < piece ? rest.size : piece;

			assert_ok(pairs_reader_update(&reader, bytes_of(rest.data, size)));
			rest = bytes_of(rest.data + size, rest.size - size);
		}
		assert_ok(pairs_reader_finish(&reader, &count, &root));
		assert_int_equal(count, 77);
		assert_true(hash_equal(&root, &expected));
		pairs_reader_release(&reader);
	}
}

static int read_pairs(struct bytes bytes)
{
	struct pairs_reader reader;
	struct hash root;
	uint64_t count;
	int r;

	if ((r = pairs_reader_init(&reader)) != OK)
		return r;
	if ((r = pairs_reader_update(&reader, bytes)) == OK)
		r = pairs_reader_finish(&reader, &count, &root);
	pairs_reader_release(&reader);
	return r;
}

static void out_of_order(void **state)
{
	static struct some_pairs pairs;
	struct pair held;

	(void)state;
	fill(&pairs, 10);
	assert_ok(read_pairs(pairs.view));
	assert_int_equal(read_pairs(bytes_of(pairs.bytes, pairs.view.size - 1)), ERROR_SYNTAX);
	memcpy(held.bytes, pairs.bytes + 3 * PAIR_SIZE, PAIR_SIZE);
	memcpy(pairs.bytes + 3 * PAIR_SIZE, pairs.bytes + 4 * PAIR_SIZE, PAIR_SIZE);
	memcpy(pairs.bytes + 4 * PAIR_SIZE, held.bytes, PAIR_SIZE);
	assert_int_equal(read_pairs(pairs.view), ERROR_CANONICAL);
}

/* One tag with two labels would let its owner choose later which to show. */
static void one_tag_twice(void **state)
{
	static struct some_pairs pairs;

	(void)state;
	fill(&pairs, 10);
	memcpy(pairs.bytes + 4 * PAIR_SIZE, pairs.bytes + 3 * PAIR_SIZE, PAIR_TAG_SIZE);
	memset(pairs.bytes + 4 * PAIR_SIZE + PAIR_TAG_SIZE, 0xff, PAIR_SEALED_SIZE);
	assert_int_equal(read_pairs(pairs.view), ERROR_CANONICAL);
}

static void finding(void **state)
{
	static struct some_pairs pairs;
	struct pair pair, found;
	uint64_t index;

	(void)state;
	for (size_t count = 0; count < 40; count++) {
		fill(&pairs, count);
		for (uint64_t number = 0; number < 130; number++) {
			int r;

			make_pair(number, &pair);
			if (count > 0 && number % 3 == 0 && number / 3 < count)
				memcpy(pair.bytes, pairs.bytes + number / 3 * PAIR_SIZE, PAIR_SIZE);
			r = pairs_find(&pairs.source, count, pair.bytes, &index, &found);
			if (number % 3 != 0 || number / 3 >= count) {
				assert_int_equal(r, ERROR_NOT_FOUND);
				continue;
			}
			assert_ok(r);
			assert_int_equal(index, number / 3);
			assert_memory_equal(found.bytes, pair.bytes, PAIR_SIZE);
		}
	}
}

static int all_of_it(void *context)
{
	const struct some_pairs *pairs = context;
	struct tree_proof path;
	struct hash root;
	int r = pairs_root(&pairs->source, pairs->count, &root);

	return r == OK ? pairs_path(&pairs->source, pairs->count, 5, &path) : r;
}

static void without_memory(void **state)
{
	static struct some_pairs pairs;

	(void)state;
	fill(&pairs, 20);
	torture(all_of_it, &pairs);
}

/* --- the table of contacts -------------------------------------------------------------- */

static void contacts_as_they_were(void **state)
{
	static const char *const texts[] = {
		"chirograph.pairs/1\n",
		"chirograph.pairs/1\nscheme EU-NIS2\n",
		"chirograph.pairs/1\ncontact 1 a\n",
		"chirograph.pairs/1\nscheme US-16\ncontact 1 a@b.example\ncontact 2 дежурный\n",
		"chirograph.pairs/1\ncontact 1 2 of them\n",
	};
	static struct pairs_text parsed;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct buffer printed;

		buffer_init(&printed, PAIRS_TEXT_MAXIMUM);
		assert_ok(pairs_text_parse(bytes_of_string(texts[i]), &parsed, NULL));
		assert_ok(pairs_text_print(&parsed, &printed));
		assert_bytes_string(buffer_view(&printed), texts[i]);
		buffer_release(&printed);
	}
}

static void no_such_table(void **state)
{
	static const char *const texts[] = {
		"",
		"chirograph.pairs/1",
		"chirograph.pairs/2\n",
		"chirograph.pairs/1\nscheme \n",
		"chirograph.pairs/1\nscheme US 16\n",
		"chirograph.pairs/1\nscheme us-16\n",
		"chirograph.pairs/1\nscheme -\n",
		"chirograph.pairs/1\ncontact 0 a\n",
		"chirograph.pairs/1\ncontact 2 a\n",
		"chirograph.pairs/1\ncontact 01 a\n",
		"chirograph.pairs/1\ncontact 1 \n",
		"chirograph.pairs/1\ncontact 1  a\n",
		"chirograph.pairs/1\ncontact 1\n",
		"chirograph.pairs/1\ncontact 1 a\ncontact 1 b\n",
		"chirograph.pairs/1\ncontact 1 a\ncontact 3 b\n",
		"chirograph.pairs/1\ncontact 1 a\nscheme US-16\n",
		"chirograph.pairs/1\ncontact 1 \x1b[2J\n",
		"chirograph.pairs/1\ncontact 1 a\n\n",
		"chirograph.pairs/1\nnote a\n",
	};
	static struct pairs_text parsed;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (pairs_text_parse(bytes_of_string(texts[i]), &parsed, NULL) == OK)
			fail_msg("this is taken: %s", texts[i]);
}

static void each_contact_once(void **state)
{
	static struct pairs_text text;
	static char names[PAIRS_CONTACTS_MAXIMUM + 1][8];
	struct buffer printed;
	uint8_t number;

	(void)state;
	for (size_t i = 0; i <= PAIRS_CONTACTS_MAXIMUM; i++)
		snprintf(names[i], sizeof(names[i]), "c%zu", i);
	assert_ok(pairs_text_add_contact(&text, bytes_of_string(""), &number));
	assert_int_equal(number, 0);
	for (size_t turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < PAIRS_CONTACTS_MAXIMUM; i++) {
			assert_ok(
			    pairs_text_add_contact(&text, bytes_of_string(names[i]), &number));
			assert_int_equal(number, i + 1);
		}
	assert_int_equal(
	    pairs_text_add_contact(&text, bytes_of_string(names[PAIRS_CONTACTS_MAXIMUM]), &number),
	    ERROR_LIMIT);
	buffer_init(&printed, PAIRS_TEXT_MAXIMUM);
	assert_ok(pairs_text_print(&text, &printed));
	assert_ok(pairs_text_parse(buffer_view(&printed), &text, NULL));
	assert_int_equal(text.contact_count, PAIRS_CONTACTS_MAXIMUM);
	buffer_release(&printed);
}

/* Whatever may be a contact fits in a text of the greatest size. */
static void the_longest_contacts(void **state)
{
	static struct pairs_text text, parsed;
	static char contact[PAIRS_CONTACT_MAXIMUM + 1];
	struct buffer printed;

	(void)state;
	memset(contact, 'x', sizeof(contact));
	text.scheme = SCHEME_RU_187FZ;
	text.contact_count = PAIRS_CONTACTS_MAXIMUM;
	for (size_t i = 0; i < PAIRS_CONTACTS_MAXIMUM; i++)
		text.contacts[i] = bytes_of(contact, PAIRS_CONTACT_MAXIMUM);
	buffer_init(&printed, PAIRS_TEXT_MAXIMUM);
	assert_ok(pairs_text_print(&text, &printed));
	assert_ok(pairs_text_parse(buffer_view(&printed), &parsed, NULL));
	buffer_clear(&printed);
	text.contacts[7] = bytes_of(contact, PAIRS_CONTACT_MAXIMUM + 1);
	assert_int_equal(pairs_text_print(&text, &printed), ERROR_LIMIT);
	assert_int_equal(printed.size, 0);
	text.contacts[7] = bytes_of_string("two\nlines");
	assert_int_equal(pairs_text_print(&text, &printed), ERROR_SYNTAX);
	buffer_release(&printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_and_every_path),
		cmocka_unit_test(path_beyond_the_end),
		cmocka_unit_test(any_pieces_give_the_same),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(one_tag_twice),
		cmocka_unit_test(finding),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(contacts_as_they_were),
		cmocka_unit_test(no_such_table),
		cmocka_unit_test(each_contact_once),
		cmocka_unit_test(the_longest_contacts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
