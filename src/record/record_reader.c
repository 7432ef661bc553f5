#include "record_reader.h"

#include <stdio.h>
#include <unistd.h>

#include "allocate.h"
#include "record_folder.h"
#include "record_head.h"
#include "record_layout.h"

enum { PIECE_SIZE = 65536 };

struct record_reader {
	struct record_folder folder;
	struct record_state state; /* for names; its rules are given nothing */
	struct buffer charter;
	struct buffer amended[CHARTERS_MAXIMUM - 1]; /* charter 2 and on */
	struct bytes amended_views[CHARTERS_MAXIMUM - 1];
	size_t amended_count;
	struct buffer notes[2], countersigned[2];
	/* The entry bundle read last of each log, and where the next entry stands in it. */
	struct {
		struct buffer content;
		struct tile tile; /* width 0: none was read */
		struct cursor cursor;
		uint64_t next;
	} logs[2];
};

/* --- beginnings ------------------------------------------------------------------ */

static int read_note(struct record_reader *reader, unsigned party, const char *name,
                     struct buffer *note, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];

	record_party_path(&reader->state, party, name, path);
	if (!record_folder_has(&reader->folder, path))
		return OK;
	return record_file_read(&reader->folder, path, note, error);
}

/* Those that amendments put in force, while there are any. */
static int read_charters(struct record_reader *reader, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	int r = OK;

	for (size_t i = 0; i < CHARTERS_MAXIMUM - 1 && r == OK; i++) {
		record_charter_path((unsigned)i + 2, path);
		if (!record_folder_has(&reader->folder, path))
			break;
		r = record_file_read(&reader->folder, path, &reader->amended[i], error);
		reader->amended_views[i] = buffer_view(&reader->amended[i]);
		reader->amended_count += r == OK;
	}
	return r;
}

static int read_beginnings(struct record_reader *reader, struct error *error)
{
	struct checkpoint checkpoint;
	bool verified;
	int r;

	if ((r = record_file_read(&reader->folder, RECORD_CHARTER, &reader->charter, error)) !=
	        OK ||
	    (r = record_state_init(&reader->state, buffer_view(&reader->charter), error)) != OK ||
	    (r = read_charters(reader, error)) != OK)
		return r;
	for (unsigned party = 0; party < 2; party++) {
		if ((r = read_note(reader, party, RECORD_CHECKPOINT, &reader->notes[party],
		                   error)) != OK ||
		    (r = read_note(reader, party, RECORD_COUNTERSIGNED,
		                   &reader->countersigned[party], error)) != OK)
			return r;
		if (reader->notes[party].size == 0)
			continue;
		if ((r = record_head_read(&reader->state, party, buffer_view(&reader->notes[party]),
		                          &checkpoint, &verified, error)) != OK)
			return r;
		reader->state.logs[party].size = checkpoint.size;
	}
	return OK;
}

int record_reader_new(const char *directory, struct record_reader **ret_reader, struct error *error)
{
	struct record_reader *reader = allocate(1, sizeof(*reader));
	int r;

	if (reader == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if ((r = record_folder_open(&reader->folder, directory, error)) != OK) {
		release_memory(reader);
		return r;
	}
	buffer_init(&reader->charter, CHARTER_SIZE_MAXIMUM);
	for (size_t i = 0; i < CHARTERS_MAXIMUM - 1; i++)
		buffer_init(&reader->amended[i], CHARTER_SIZE_MAXIMUM);
	for (unsigned party = 0; party < 2; party++) {
		buffer_init(&reader->notes[party], NOTE_MAXIMUM);
		buffer_init(&reader->countersigned[party], NOTE_MAXIMUM);
		buffer_init(&reader->logs[party].content, BUNDLE_SIZE_MAXIMUM);
	}
	if ((r = read_beginnings(reader, error)) != OK) {
		record_reader_free(reader);
		return r;
	}
	*ret_reader = reader;
	return OK;
}

void record_reader_free(struct record_reader *reader)
{
	if (reader == NULL)
		return;
	for (unsigned party = 0; party < 2; party++) {
		buffer_release(&reader->notes[party]);
		buffer_release(&reader->countersigned[party]);
		buffer_release(&reader->logs[party].content);
	}
	buffer_release(&reader->charter);
	for (size_t i = 0; i < CHARTERS_MAXIMUM - 1; i++)
		buffer_release(&reader->amended[i]);
	record_state_release(&reader->state);
	record_folder_close(&reader->folder);
	release_memory(reader);
}

/* --- entries ---------------------------------------------------------------------- */

static int go_to_tile(struct record_reader *reader, struct act_place place, struct error *error)
{
	uint64_t size = reader->state.logs[place.party].size, index = place.number / TILE_WIDTH;
	uint64_t left = size - index * TILE_WIDTH;
	const struct tile tile = {
		.kind = TILE_ENTRIES,
		.index = index,
		.width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH,
	};
	char path[RECORD_PATH_CAPACITY];
	int r;

	reader->logs[place.party].tile.width = 0;
	buffer_clear(&reader->logs[place.party].content);
	record_tile_path(&reader->state, place.party, &tile, path);
	if ((r = record_file_read(&reader->folder, path, &reader->logs[place.party].content,
	                          error)) != OK)
		return r;
	reader->logs[place.party].tile = tile;
	reader->logs[place.party].cursor = cursor_over(
	    buffer_view(&reader->logs[place.party].content));
	reader->logs[place.party].next = index * TILE_WIDTH;
	return OK;
}

static int read_entry(void *context, struct act_place place, struct buffer *entry,
                      struct error *error)
{
	struct record_reader *reader = context;
	const struct tile *tile = &reader->logs[place.party].tile;
	struct bytes bytes;
	int r;

	if (place.number >= reader->state.logs[place.party].size)
		return error_set(error, ERROR_NOT_FOUND, "there is no such entry");
	if ((tile->width == 0 || tile->index != place.number / TILE_WIDTH ||
	     reader->logs[place.party].next > place.number) &&
	    (r = go_to_tile(reader, place, error)) != OK)
		return r;
	do {
		if ((r = bundle_next(&reader->logs[place.party].cursor, &bytes)) != OK)
			return error_set(error, r, "a file of entries is cut off");
		reader->logs[place.party].next++;
	} while (reader->logs[place.party].next <= place.number);
	if ((r = buffer_put_bytes(entry, bytes)) != OK)
		return error_set(error, r, "an entry cannot be held");
	return OK;
}

/* --- bodies ------------------------------------------------------------------------ */

/* The name that an act has in the record: the caller's rules know generations, these do
 * not; one of the two folders is there. */
static int find_manifest(struct record_reader *reader, struct act_place place, char *ret_folder,
                         size_t capacity)
{
	for (unsigned generation = 1; generation <= 64; generation++) {
		char name[ACT_NAME_CAPACITY], path[RECORD_PATH_CAPACITY];

		act_name(record_party(&reader->state, place.party), generation, place.number, name);
		snprintf(path, sizeof(path), "%s/%s/manifest", RECORD_BODIES, name);
		if (!record_folder_has(&reader->folder, path))
			continue;
		snprintf(ret_folder, capacity, "%s/%s", RECORD_BODIES, name);
		return OK;
	}
	return ERROR_NOT_FOUND;
}

static int give_part(struct record_reader *reader, const char *folder, const struct part_line *line,
                     const struct body_receiver *receiver, struct error *error)
{
	uint64_t size, left = line->description.size;
	char path[RECORD_PATH_CAPACITY];
	struct buffer piece;
	int fd, r;

	snprintf(path, sizeof(path), "%.400s/%04zu", folder, line->number);
	if ((r = record_file_open(&reader->folder, path, &fd, &size, error)) != OK)
		return r;
	buffer_init(&piece, PIECE_SIZE);
	r = size == left ? receiver->part_begin(receiver->context, line)
	                 : error_set(error, ERROR_MISMATCH, "%s has another size", path);
	while (r == OK && left > 0) {
		buffer_clear(&piece);
		if ((r = record_file_take(fd, PIECE_SIZE, &piece, error)) != OK)
			break;
		if (piece.size == 0 || piece.size > left)
			r = error_set(error, ERROR_MISMATCH, "%s changed meanwhile", path);
		else
			r = receiver->part_data(receiver->context, line, buffer_view(&piece));
		left -= piece.size;
	}
	close(fd);
	buffer_release(&piece);
	return r == OK ? receiver->part_end(receiver->context, line) : r;
}

static int give_opened(void *context, struct act_place place, const struct body_receiver *receiver,
                       struct error *error)
{
	struct record_reader *reader = context;
	char folder[RECORD_PATH_CAPACITY], path[RECORD_PATH_CAPACITY + 16];
	struct manifest manifest;
	struct buffer text;
	int r;

	if ((r = find_manifest(reader, place, folder, sizeof(folder))) != OK)
		return error_set(error, r, "the body is not opened in the record");
	manifest_init(&manifest);
	buffer_init(&text, MANIFEST_MAXIMUM);
	snprintf(path, sizeof(path), "%s/manifest", folder);
	if ((r = record_file_read(&reader->folder, path, &text, error)) == OK)
		r = manifest_parse(&manifest, buffer_view(&text), BODY_LIST_CONTENT_MAXIMUM, error);
	for (size_t i = 0; i < manifest.count && r == OK; i++)
		r = give_part(reader, folder, &manifest.lines[i], receiver, error);
	manifest_release(&manifest);
	buffer_release(&text);
	return r;
}

int record_reader_sealed(struct record_reader *reader, const char *act, int *ret_fd,
                         struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	uint64_t size;

	snprintf(path, sizeof(path), "%s/%.100s.age", RECORD_BODIES, act);
	return record_file_open(&reader->folder, path, ret_fd, &size, error);
}

struct record_source record_reader_source(struct record_reader *reader)
{
	struct record_source source = {
		.context = reader,
		.charter = buffer_view(&reader->charter),
		.amended = reader->amended_views,
		.amended_count = reader->amended_count,
		.entry = read_entry,
		.opened = give_opened,
	};

	for (unsigned party = 0; party < 2; party++) {
		source.heads[party] = buffer_view(&reader->notes[party]);
		source.countersigned[party] = buffer_view(&reader->countersigned[party]);
	}
	return source;
}
