/* Figure 1: bench_verify CHIRO RECORD ROUNDS
 *
 * `chiro verify` of a record, a process from start to end, against nothing but
 * crypto_sign_verify_detached over the signatures of the same acts, in as many
 * threads; in turn, medians. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"
#include "allocate.h"
#include "checkpoint.h"
#include "measure.h"
#include "note.h"
#include "sha.h"
#include "sshsig.h"
#include "tile.h"

enum { ROUNDS_MAXIMUM = 99, SIGNED_SIZE = 6 + 4 + 14 + 4 + 4 + 6 + 4 + SHA512_SIZE };

/* One signature: what an Ed25519 key has signed according to PROTOCOL.sshsig. */
struct item {
	uint8_t key[ED25519_PUBLIC_SIZE];
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	uint8_t message[SIGNED_SIZE];
};

struct items {
	size_t count, capacity;
	struct item *items;
};

/* --- reading the signatures ------------------------------------------------- */

static void read_file(const char *path, struct buffer *content)
{
	FILE *file = fopen(path, "r");
	uint8_t *place;
	size_t size;

	buffer_clear(content);
	if (file == NULL)
		bench_fail("%s cannot be read", path);
	do {
		if (buffer_extend(content, 65536, &place) != OK)
			bench_fail("%s is too long", path);
		size = fread(place, 1, 65536, file);
		buffer_truncate(content, content->size - 65536 + size);
	} while (size > 0);
	fclose(file);
}

static uint64_t read_size(const char *record, const char *party)
{
	struct checkpoint checkpoint;
	struct buffer content;
	struct note note;
	char path[1024];

	snprintf(path, sizeof path, "%s/%s/checkpoint", record, party);
	buffer_init(&content, 1 << 20);
	read_file(path, &content);
	if (note_parse(buffer_view(&content), &note, NULL) != OK ||
	    checkpoint_parse(note.text, &checkpoint, NULL) != OK)
		bench_fail("%s is no checkpoint", path);
	buffer_release(&content);
	return checkpoint.size;
}

static uint8_t *put_field(uint8_t *at, const void *data, size_t size)
{
	const uint8_t length[4] = { 0, 0, 0, (uint8_t)size };

	memcpy(at, length, sizeof length);
	memcpy(at + sizeof length, data, size);
	return at + sizeof length + size;
}

static void add_item(struct items *items, struct bytes text, const struct sshsig *signature)
{
	struct ssh_key_parts parts = ssh_key_parts(&signature->key);
	uint8_t digest[SHA512_SIZE], *at;
	struct item *item;

	if (items->count == items->capacity) {
		items->capacity = items->capacity == 0 ? 1024 : 2 * items->capacity;
		items->items = reallocate(items->items, items->capacity, sizeof *items->items);
		if (items->items == NULL)
			bench_fail("out of memory");
	}
	item = &items->items[items->count++];
	if (signature->key.kind != SSH_KEY_ED25519 || signature->hash != SSHSIG_SHA512)
		bench_fail("the record has signatures of other kinds than Ed25519");
	memcpy(item->key, parts.point.data, sizeof item->key);
	memcpy(item->signature, signature->value.data, sizeof item->signature);
	sha512(digest, &text, 1);
	memcpy(item->message, "SSHSIG", 6);
	at = put_field(item->message + 6, ACT_NAMESPACE, strlen(ACT_NAMESPACE));
	at = put_field(at, "", 0);
	at = put_field(at, "sha512", 6);
	at = put_field(at, digest, sizeof digest);
	if (at != item->message + sizeof item->message)
		bench_fail("the signed message is not of the expected length");
}

static void add_entry(struct items *items, struct bytes bytes)
{
	struct sshsig signature;
	struct buffer blob;
	struct entry entry;
	size_t taken;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	if (entry_parse(bytes, &entry, NULL) != OK)
		bench_fail("an entry of the record cannot be read");
	for (unsigned i = 0; i < entry.signature_count; i++) {
		buffer_clear(&blob);
		if (sshsig_dearmor(entry.armors[i], &blob, &taken, NULL) != OK ||
		    sshsig_parse(buffer_view(&blob), &signature, NULL) != OK)
			bench_fail("a signature of the record cannot be read");
		add_item(items, entry.act.text, &signature);
	}
	buffer_release(&blob);
}

static void read_log(struct items *items, const char *record, const char *party)
{
	uint64_t size = read_size(record, party);
	char path[1024], tile_name[TILE_PATH_CAPACITY];
	struct buffer content;
	struct bytes entry;

	buffer_init(&content, BUNDLE_SIZE_MAXIMUM + 65536);
	for (uint64_t first = 0; first < size; first += TILE_WIDTH) {
		struct tile tile = {
			.kind = TILE_ENTRIES,
			.index = first / TILE_WIDTH,
			.width = size - first < TILE_WIDTH ? (unsigned)(size - first) : TILE_WIDTH,
		};
		struct cursor cursor;

		tile_path(&tile, tile_name);
		snprintf(path, sizeof path, "%s/%s/%s", record, party, tile_name);
		read_file(path, &content);
		cursor = cursor_over(buffer_view(&content));
		while (bundle_next(&cursor, &entry) == OK)
			add_entry(items, entry);
	}
	buffer_release(&content);
}

/* --- measuring ------------------------------------------------------------------ */

static void verify_share(void *context, size_t first, size_t end)
{
	const struct items *items = context;

	for (size_t i = first; i < end; i++) {
		const struct item *item = &items->items[i];

		if (crypto_sign_verify_detached(item->signature, item->message,
		                                sizeof item->message, item->key) != 0)
			bench_fail("a signature of the record does not verify");
	}
}

/* The processor time of a run is added to `processor`. */
static double run_chiro(const char *chiro, const char *record, double *processor)
{
	double start = seconds_now();
	struct rusage usage;
	int status;
	pid_t child = fork();

	if (child == 0) {
		execl(chiro, chiro, "verify", "--quiet", record, (char *)NULL);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
		bench_fail("'%s verify %s' fails", chiro, record);
	*processor += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	              (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	return seconds_now() - start;
}

int main(int count, char **arguments)
{
	double bare[ROUNDS_MAXIMUM], whole[ROUNDS_MAXIMUM], ratio[ROUNDS_MAXIMUM];
	double needed = 0, spent = 0, unit;
	unsigned threads = processor_count();
	struct items items = { 0 };
	unsigned long rounds;

	if (count != 4 || (rounds = strtoul(arguments[3], NULL, 10)) < 1 || rounds > ROUNDS_MAXIMUM)
		bench_fail("bench_verify CHIRO RECORD ROUNDS");
	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	read_log(&items, arguments[2], "north");
	read_log(&items, arguments[2], "south");
	for (unsigned long i = 0; i < rounds; i++) {
		needed -= processor_seconds();
		bare[i] = on_threads(threads, items.count, verify_share, &items);
		needed += processor_seconds();
		whole[i] = run_chiro(arguments[1], arguments[2], &spent);
		ratio[i] = bare[i] / whole[i];
	}
	unit = 1e6 / (double)rounds / (double)items.count;
	printf("1. chiro verify of %zu signed acts, %u threads, %lu rounds\n", items.count, threads,
	       rounds);
	printf("   bound: bare Ed25519 verifications     %8.3f s\n", median(bare, rounds));
	printf("   chiro verify                          %8.3f s\n", median(whole, rounds));
	printf("   ratio                                 %8.2f    (aim 0.80 or more)\n",
	       median(ratio, rounds));
	printf("   processor time an act                 %8.1f us  (%.1f needed: %.2f)\n",
	       spent * unit, needed * unit, needed / spent);
	release_memory(items.items);
	return 0;
}
