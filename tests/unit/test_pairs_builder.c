/* The builder of lists: whatever the number of threads and the order in which they finish, the
 * pairs are those of the identifiers, once each, in order, with decoys. */
#include "check.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "allocate.h"
#include "class_commitment.h"
#include "pairs.h"
#include "pairs_builder.h"
#include "pairs_sorter.h"
#include "system.h"
#include "temporary_file.h"

/* A list of `count` identifiers, each of which is there `times` times; and the key. */
struct list {
	uint64_t count, times, next;
	char identifier[48];
	struct oprf_scalar key;
	struct oprf_element public_key;
	atomic_int failing; /* the evaluation that fails, from 1 */
	uint64_t told;
	bool stopping;
};

static void name_identifier(uint64_t number, char ret_identifier[48])
{
	snprintf(ret_identifier, 48, "host%llu.example", (unsigned long long)number);
}

static struct pair_label label_of(uint64_t number, uint64_t turn)
{
	return (struct pair_label){ .protection = (enum protection)(number % PROTECTION_COUNT),
		                    .criticality = (uint8_t)(number % 4),
		                    .sector = (uint8_t)(1 + number % 16),
		                    .contact = (uint8_t)(1 + turn) };
}

static int next_identifier(void *context, struct bytes *ret_identifier,
                           struct pair_label *ret_label, struct error *error)
{
	struct list *list = context;
	uint64_t number = list->next % (list->count > 0 ? list->count : 1);

	(void)error;
	if (list->next == list->count * list->times)
		return ERROR_NOT_FOUND;
	name_identifier(number, list->identifier);
	*ret_identifier = bytes_of_string(list->identifier);
	*ret_label = label_of(number, list->next / list->count);
	list->next++;
	return OK;
}

static int evaluate(void *context, unsigned thread, const struct oprf_element *elements,
                    size_t count, struct oprf_element *ret_evaluated, struct error *error)
{
	struct list *list = context;
	int r = OK;

	(void)thread;
	if (atomic_load(&list->failing) != 0 && atomic_fetch_sub(&list->failing, 1) == 1)
		return error_set(error, ERROR_IO, "the evaluator is gone");
	for (size_t i = 0; i < count && r == OK; i++)
		r = oprf_evaluate(&list->key, &elements[i], &ret_evaluated[i]);
	return r;
}

static int progress(void *context, uint64_t done, struct error *error)
{
	struct list *list = context;

	assert_true(done >= list->told);
	list->told = done;
	return list->stopping ? error_set(error, ERROR_DENIED, "that is enough") : OK;
}

static void list_init(struct list *list, uint64_t count, uint64_t times)
{
	struct random_source random = system_random();

	*list = (struct list){ .count = count, .times = times };
	assert_ok(oprf_generate_key(&random, &list->key, &list->public_key));
}

static int build(struct list *list, unsigned threads, uint64_t maximum,
                 struct pairs_built *ret_built, struct error *error)
{
	const struct random_source random = system_random();
	const struct pairs_building building = {
		.identifier_class = IDENTIFIER_DOMAIN,
		.pairs_maximum = maximum,
		.threads = threads,
		.random = &random,
		.identifiers = list,
		.next = next_identifier,
		.evaluator = list,
		.evaluate = evaluate,
		.watcher = list,
		.progress = progress,
	};

	list->next = list->told = 0;
	return pairs_build(&building, ret_built, error);
}

static int read_built(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	return file_read_exactly_at(*(const int *)context, ret_bytes, size, offset);
}

static void value_of(const struct list *list, uint64_t number, struct oprf_output *ret_output)
{
	uint8_t input[PAIR_INPUT_MAXIMUM];
	struct oprf_element element;
	char identifier[48];
	size_t size;

	name_identifier(number, identifier);
	assert_ok(pair_input(IDENTIFIER_DOMAIN, bytes_of_string(identifier), input, &size));
	assert_ok(oprf_hash_to_group(OPRF_MODE_VOPRF, bytes_of(input, size), &element));
	assert_ok(oprf_evaluate(&list->key, &element, &element));
	assert_ok(oprf_finalize_unblinded(bytes_of(input, size), &element, ret_output));
}

/* What is on the list is found with the label that it was first given, what is not is not. */
static void check_built(const struct list *list, struct pairs_built *built)
{
	struct byte_source source = { &built->fd, read_built };
	struct oprf_output output;
	uint8_t tag[PAIR_TAG_SIZE];
	struct hash root;
	struct pair pair;
	uint64_t index;

	assert_int_equal(lseek(built->fd, 0, SEEK_END), built->pairs * PAIR_SIZE);
	assert_ok(pairs_root(&source, built->pairs, &root));
	assert_true(hash_equal(&root, &built->root));
	for (uint64_t i = 0; i < list->count + 3; i++) {
		struct pair_label label, expected = label_of(i, 0);
		int r;

		if (i > 200 && i % 97 != 0 && i < list->count)
			continue;
		value_of(list, i, &output);
		pair_tag(&output, tag);
		r = pairs_find(&source, built->pairs, tag, &index, &pair);
		if (i >= list->count) {
			assert_int_equal(r, ERROR_NOT_FOUND);
			continue;
		}
		assert_ok(r);
		assert_ok(pair_open(&output, &pair, &label));
		assert_int_equal(label.protection, expected.protection);
		assert_int_equal(label.criticality, expected.criticality);
		assert_int_equal(label.sector, expected.sector);
		assert_int_equal(label.contact, expected.contact);
	}
}

static void every_identifier_once(void **state)
{
	static const struct {
		uint64_t count, times;
		unsigned threads;
	} rows[] = {
		{ 1, 1, 1 },
		{ 63, 3, 2 },
		{ 64, 1, 4 },
		{ 65, 2, 3 },
		{ 2 * PAIRS_BATCH + 1, 1, 4 },
		{ 3000, 2, PAIRS_THREADS_MAXIMUM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pairs_built built;
		struct list list;

		list_init(&list, rows[i].count, rows[i].times);
		assert_ok(build(&list, rows[i].threads, CLASS_PAIRS_MAXIMUM, &built, NULL));
		assert_int_equal(built.identifiers, rows[i].count);
		assert_int_equal(built.duplicates, rows[i].count * (rows[i].times - 1));
		assert_int_equal(built.pairs, pair_padded_count(rows[i].count));
		check_built(&list, &built);
		close(built.fd);
	}
}

/* What speaks for an identifier that stands in several entries. */
struct ranked {
	const struct pair_label *labels;
	size_t count, next;
	struct list *list;
};

static int next_ranked(void *context, struct bytes *ret_identifier, struct pair_label *ret_label,
                       struct error *error)
{
	struct ranked *ranked = context;

	(void)error;
	if (ranked->next == ranked->count)
		return ERROR_NOT_FOUND;
	*ret_identifier = bytes_of_string("host0.example");
	*ret_label = ranked->labels[ranked->next++];
	return OK;
}

static void the_label_that_outranks(void **state)
{
	static const struct {
		struct pair_label labels[3];
		uint8_t kept; /* contact of the one that is */
	} rows[] = {
		{ { { .criticality = 2, .contact = 1 },
		    { .criticality = 1, .contact = 2 },
		    { .criticality = 3, .contact = 3 } },
		  2 },
		{ { { .criticality = 0, .contact = 1 },
		    { .criticality = 3, .contact = 2 },
		    { .criticality = 3, .contact = 3 } },
		  2 },
		{ { { .protection = PROTECTION_ASSIST_PRIORITY, .contact = 1 },
		    { .protection = PROTECTION_NOTIFY_FIRST, .contact = 2 },
		    { .protection = PROTECTION_OFF_LIMITS, .contact = 3 } },
		  3 },
		{ { { .criticality = 2, .protection = PROTECTION_OFF_LIMITS, .contact = 1 },
		    { .criticality = 1, .protection = PROTECTION_NOTIFY_FIRST, .contact = 2 },
		    { .criticality = 2, .protection = PROTECTION_OFF_LIMITS, .contact = 3 } },
		  2 },
		{ { { .criticality = 1, .contact = 7 },
		    { .criticality = 1, .contact = 2 },
		    { .criticality = 1, .contact = 3 } },
		  7 },
	};
	const struct random_source random = system_random();
	struct list list;

	(void)state;
	list_init(&list, 1, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ranked ranked = { rows[i].labels, 3, 0, &list };
		const struct pairs_building building = {
			.identifier_class = IDENTIFIER_DOMAIN,
			.pairs_maximum = 100,
			.threads = 2,
			.random = &random,
			.identifiers = &ranked,
			.next = next_ranked,
			.evaluator = &list,
			.evaluate = evaluate,
		};
		struct pairs_built built;
		struct byte_source source = { &built.fd, read_built };
		uint8_t tag[PAIR_TAG_SIZE];
		struct oprf_output output;
		struct pair_label label;
		struct pair pair;
		uint64_t index;

		assert_ok(pairs_build(&building, &built, NULL));
		assert_int_equal(built.identifiers, 1);
		assert_int_equal(built.duplicates, 2);
		value_of(&list, 0, &output);
		pair_tag(&output, tag);
		assert_ok(pairs_find(&source, built.pairs, tag, &index, &pair));
		assert_ok(pair_open(&output, &pair, &label));
		assert_int_equal(label.contact, rows[i].kept);
		close(built.fd);
	}
}

/* The charter's cap: decoys only as far as it goes, and no list above it. */
static void no_more_than_may_be(void **state)
{
	struct pairs_built built = { .fd = -1 };
	struct error error = { 0 };
	struct list list;

	(void)state;
	list_init(&list, 30, 2);
	assert_ok(build(&list, 2, 40, &built, &error));
	assert_int_equal(built.pairs, 40);
	check_built(&list, &built);
	close(built.fd);
	assert_ok(build(&list, 2, 30, &built, &error));
	assert_int_equal(built.pairs, 30);
	close(built.fd);
	assert_int_equal(build(&list, 2, 29, &built, &error), ERROR_LIMIT);
	assert_non_null(strstr(error.message, "30 different identifiers of class domain"));
}

static void nothing_on_the_list(void **state)
{
	struct pairs_built built = { .fd = 99, .pairs = 99 };
	struct list list;

	(void)state;
	list_init(&list, 0, 1);
	assert_ok(build(&list, 3, CLASS_PAIRS_MAXIMUM, &built, NULL));
	assert_int_equal(built.pairs, 0);
	assert_int_equal(built.fd, -1);
}

/* Two lists of the same identifiers differ only in their decoys. */
static void decoys_are_random(void **state)
{
	struct pairs_built first, second;
	struct list list;

	(void)state;
	list_init(&list, 10, 1);
	assert_ok(build(&list, 1, CLASS_PAIRS_MAXIMUM, &first, NULL));
	assert_ok(build(&list, 1, CLASS_PAIRS_MAXIMUM, &second, NULL));
	assert_int_equal(first.pairs, second.pairs);
	assert_false(hash_equal(&first.root, &second.root));
	close(first.fd);
	close(second.fd);
}

static void a_failing_evaluator(void **state)
{
	(void)state;
	for (int at = 1; at <= 3; at++) {
		struct pairs_built built = { .fd = -1 };
		struct error error = { 0 };
		size_t live = allocation_live_count();
		struct list list;

		list_init(&list, 3 * PAIRS_BATCH, 1);
		atomic_store(&list.failing, at);
		assert_int_equal(build(&list, 2, CLASS_PAIRS_MAXIMUM, &built, &error), ERROR_IO);
		assert_string_equal(error.message, "the evaluator is gone");
		assert_int_equal(allocation_live_count(), live);
		assert_int_equal(built.fd, -1);
	}
}

/* Whoever watches can end it. */
static void stopped_by_its_watcher(void **state)
{
	struct pairs_built built = { .fd = -1 };
	struct error error = { 0 };
	struct list list;

	(void)state;
	list_init(&list, UINT64_MAX / 4, 1);
	list.stopping = true;
	assert_int_equal(build(&list, 3, CLASS_PAIRS_MAXIMUM, &built, &error), ERROR_DENIED);
	assert_string_equal(error.message, "that is enough");
	assert_true(list.next < UINT64_C(4) * 2 * PAIRS_BATCH * 10);
}

static void no_place_for_the_pairs(void **state)
{
	struct pairs_built built;
	struct error error = { 0 };
	struct list list;

	(void)state;
	list_init(&list, 10, 1);
	setenv("TMPDIR", "/nonexistent", 1);
	assert_int_equal(build(&list, 1, CLASS_PAIRS_MAXIMUM, &built, &error), ERROR_IO);
	unsetenv("TMPDIR");
	assert_non_null(strstr(error.message, "/nonexistent"));
}

/* A disk that is full is said to be one, wherever the writing ends. */
static void no_room_for_the_pairs(void **state)
{
	struct rlimit before, little;
	struct pairs_built built;
	struct error error;
	struct list list;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (rlim_t room = 64; room < 4096; room *= 4) {
		error = (struct error){ 0 };
		list_init(&list, 100, 1);
		little = (struct rlimit){ .rlim_cur = room, .rlim_max = before.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
		assert_int_equal(build(&list, 1, CLASS_PAIRS_MAXIMUM, &built, &error), ERROR_IO);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		assert_non_null(strstr(error.message, "TMPDIR"));
	}
	signal(SIGXFSZ, SIG_DFL);
}

/* --- the sorter ---------------------------------------------------------------------------- */

struct order {
	struct pair last;
	uint64_t count;
};

static int check_order(void *context, const struct pair *pair)
{
	struct order *order = context;

	if (order->count > 0 && memcmp(order->last.bytes, pair->bytes, PAIR_TAG_SIZE) >= 0)
		return ERROR_CANONICAL;
	/* The lowest number of each tag says so in its label. */
	if (pair->bytes[PAIR_TAG_SIZE] != 1)
		return ERROR_MISMATCH;
	order->last = *pair;
	order->count++;
	return OK;
}

/* Several runs, with each tag three times: the lowest number is neither the first nor the last
 * that is added, nor in one run with the others. */
static void several_runs(void **state)
{
	enum { TAGS = 150000 };
	static const uint32_t numbers[] = { TAGS, 0, 2 * TAGS };
	struct pairs_sorter *sorter;
	struct order order = { .count = 0 };

	(void)state;
	assert_ok(pairs_sorter_new(&sorter, NULL));
	for (size_t turn = 0; turn < 3; turn++)
		for (uint32_t i = 0; i < TAGS; i++) {
			uint32_t mixed = (i * 7919U + 13U) % TAGS;
			struct pair pair = { { 0 } };

			memcpy(pair.bytes, &(uint32_t){ mixed * 2654435761U }, 4);
			memcpy(pair.bytes + 4, &mixed, 4);
			pair.bytes[PAIR_TAG_SIZE] = numbers[turn] == 0;
			assert_ok(pairs_sorter_add(sorter, &pair, numbers[turn] + mixed));
		}
	assert_ok(pairs_sorter_each(sorter, check_order, &order));
	assert_int_equal(order.count, TAGS);
	/* Again, and with one more. */
	order.count = 0;
	assert_ok(pairs_sorter_add(
	    sorter, &(struct pair){ { [PAIR_TAG_SIZE - 1] = 9, [PAIR_TAG_SIZE] = 1 } }, 7));
	assert_ok(pairs_sorter_each(sorter, check_order, &order));
	assert_int_equal(order.count, TAGS + 1);
	pairs_sorter_free(sorter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_identifier_once),  cmocka_unit_test(no_more_than_may_be),
		cmocka_unit_test(nothing_on_the_list),    cmocka_unit_test(decoys_are_random),
		cmocka_unit_test(a_failing_evaluator),    cmocka_unit_test(no_place_for_the_pairs),
		cmocka_unit_test(no_room_for_the_pairs),  cmocka_unit_test(several_runs),
		cmocka_unit_test(stopped_by_its_watcher), cmocka_unit_test(the_label_that_outranks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
