/* Accidents to the nodes of engine_world.h: copies of database and keeper are set
 * aside and put back, and states are lost. The world's databases are files. */
#ifndef ENGINE_RESTORE_H
#define ENGINE_RESTORE_H

#include "engine_acts.h"

#include "cosignature.h"

static inline void run_command(const char *format, const char *a, const char *b)
{
	char command[512];

	snprintf(command, sizeof(command), format, a, b);
	assert_int_equal(system(command), 0);
}

/* The node's processes end. */
static inline void node_end(struct node *node)
{
	engine_free(node->engine);
	node->engine = NULL;
	node_drop_inbox(node);
	evaluator_world_drop(&node->evaluator);
	store_close(node->store);
	node->store = NULL;
	keeper_close(&node->keeper);
}

/* … and start again on what is there. */
static inline void node_begin(struct node *node)
{
	world_pass(node->world, 1);
	node_open_store(node);
	node_open_keeper(node);
	node_start(node);
}

/* Writes a copy of the store to a file, whole. */
static inline void store_copy_to(struct store *store, const char *path)
{
	FILE *file = fopen(path, "w");
	struct store_copy *copy;
	struct buffer piece;
	int r;

	assert_non_null(file);
	assert_ok(store_copy_begin(store, &copy));
	while ((r = store_copy_step(store, copy)) == ERROR_WAIT)
		;
	assert_ok(r);
	buffer_init(&piece, STORE_PIECE_MAXIMUM);
	for (uint64_t offset = 0; offset < store_copy_size(store, copy); offset += piece.size) {
		buffer_clear(&piece);
		assert_ok(store_copy_read(store, copy, offset, STORE_PIECE_MAXIMUM, &piece));
		assert_int_equal(fwrite(piece.data, 1, piece.size, file), piece.size);
	}
	assert_int_equal(fclose(file), 0);
	buffer_release(&piece);
	store_copy_free(store, copy);
}

/* Sets a copy of database and keeper aside, as `<side>.<name>`. */
static inline void node_copy(struct node *node, const char *name)
{
	char path[128], suffix[32];

	snprintf(suffix, sizeof(suffix), ".%s.sqlite", name);
	node_path(node, suffix, path);
	store_copy_to(node->store, path);
	snprintf(suffix, sizeof(suffix), ".%s.keeper", name);
	node_path(node, suffix, path);
	{
		char directory[128];

		node_path(node, "", directory);
		run_command("cp -a %s %s", directory, path);
	}
}

/* Between node_end and node_begin: puts back what was set aside. */
static inline void node_restore_database(struct node *node, const char *name)
{
	char from[128], to[128], suffix[32];

	snprintf(suffix, sizeof(suffix), ".%s.sqlite", name);
	node_path(node, suffix, from);
	node_path(node, ".sqlite", to);
	run_command("rm -f %s-wal %s-shm", to, to);
	run_command("cp %s %s", from, to);
}

static inline void node_restore_keeper(struct node *node, const char *name)
{
	char from[128], to[128], suffix[32];

	snprintf(suffix, sizeof(suffix), ".%s.keeper", name);
	node_path(node, suffix, from);
	node_path(node, "", to);
	run_command("cp %s/*.state %s/", from, to);
}

static inline void node_lose_keeper(struct node *node)
{
	char path[128];

	node_path(node, "", path);
	run_command("rm %s/*.state%s", path, "");
}

/* What is wrong with the channel. */
static inline enum channel_trouble trouble_of(struct world *world, unsigned side)
{
	const struct engine_channel *channel = world_channel(world, side);

	assert_int_equal(channel->read_only, channel->recovery.trouble != TROUBLE_NONE);
	return channel->recovery.trouble;
}

static inline struct recovery_report report_of(struct world *world, unsigned side)
{
	struct recovery_report report;
	struct error error = { 0 };

	assert_ok(engine_report_recovery(world_channel(world, side), &report, &error));
	return report;
}

/* Two nodes that have talked, whose databases are files. */
static inline void open_on_disk(struct world *world, uint32_t seed)
{
	world_init_stored(world, seed, true);
	world_open(world);
	node_comment(&world->nodes[NORTH]);
	node_comment(&world->nodes[SOUTH]);
	world_run(world);
	world_check_agreement(world);
}

/* The line comes up, and everything is as if nothing had been. */
static inline void check_goes_on(struct world *world)
{
	if (!world->linked)
		world_link(world);
	node_comment(&world->nodes[NORTH]);
	node_comment(&world->nodes[SOUTH]);
	world_run(world);
	world_check_agreement(world);
}

#endif
