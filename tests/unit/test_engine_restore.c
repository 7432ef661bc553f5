/* What a node finds at its start when its keeper or its database is not what it
 * was, what it then refuses, and how it comes back. */
#include "engine_acts.h"

#include "cosignature.h"
#include "journal.h"

/* The time of `cosigner`'s line under the greatest own head that it has cosigned. */
static timestamp cosigned_time(struct world *world, unsigned side, uint64_t *ret_size)
{
	struct engine_channel *channel = world_channel(world, side);
	const struct note_key *key = &channel->receipt_keys[channel->other];
	struct store_head head;
	struct buffer bytes;
	struct note note;
	timestamp time;

	store_head_init(&head);
	buffer_init(&bytes, 2 * NOTE_MAXIMUM);
	assert_ok(store_get_head(world->nodes[side].store, channel->number, channel->own,
	                         STORE_NUMBER_MAXIMUM, key->name, &head));
	assert_ok(buffer_put_bytes(&bytes, head.note));
	assert_ok(buffer_put_bytes(&bytes, head.cosignatures));
	assert_ok(note_parse(buffer_view(&bytes), &note, NULL));
	assert_ok(cosignature_verify(&note, key, &time, NULL));
	*ret_size = head.size;
	store_head_release(&head);
	buffer_release(&bytes);
	return time;
}

/* --- cosigned anew ------------------------------------------------------------ */

/* After a hello each side says again how far the other's log had come. */
static void test_a_hello_renews_cosignatures(void **state)
{
	struct world world;
	timestamp before, after;
	uint64_t size, again;
	size_t commits;

	(void)state;
	world_init(&world, 101);
	world_open(&world);
	for (unsigned side = 0; side < 2; side++) {
		before = cosigned_time(&world, side, &size);
		assert_int_equal(size, world_channel(&world, side)->head_size);
		world_cut(&world);
		world_run(&world);
		world_pass(&world, 3000);
		world_link(&world);
		world_run(&world);
		after = cosigned_time(&world, side, &again);
		assert_int_equal(size, again);
		assert_int_equal(after, world.now);
		assert_true(after > before);
		world_check_agreement(&world);
	}
	/* Within the minute nothing is signed, however often the line comes up. */
	commits = world.nodes[NORTH].commits;
	for (unsigned i = 0; i < 5; i++) {
		world_cut(&world);
		world_run(&world);
		world_pass(&world, 5);
		world_link(&world);
		world_run(&world);
	}
	assert_int_equal(world.nodes[NORTH].commits, commits);
	/* Also of a node that was started anew. */
	world_cut(&world);
	world_pass(&world, 70);
	node_restart(&world.nodes[SOUTH]);
	world_link(&world);
	world_run(&world);
	assert_int_equal(cosigned_time(&world, NORTH, &again), world.now);
	world_check_agreement(&world);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hello_renews_cosignatures),
	};

	journal_open("restore", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
