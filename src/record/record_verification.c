#include "record_verification.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "visible.h"

bool record_failure_is_ours(int result)
{
	return result == ERROR_MEMORY || result == ERROR_IO || result == ERROR_INTERNAL;
}

int record_damaged(struct verification *v, int code, const char *file, uint64_t offset,
                   const struct act_place *act, const char *format, ...)
{
	struct record_damage *damage = &v->report.damage;
	char reason[sizeof(damage->reason)];
	va_list arguments;

	if (v->damaged)
		return code;
	v->damaged = true;
	*damage = (struct record_damage){
		.code = code,
		.has_offset = offset != NO_OFFSET,
		.offset = offset == NO_OFFSET ? 0 : offset,
	};
	/* File names come from whoever made the folder. */
	visible_copy(bytes_of_string(file), damage->file, sizeof(damage->file));
	if (act != NULL)
		record_act_name(&v->state, *act, damage->act);
	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	visible_copy(bytes_of_string(reason), damage->reason, sizeof(damage->reason));
	return code;
}

int record_unreadable(struct verification *v, const char *file, int result,
                      const struct error *cause, struct error *error)
{
	if (record_failure_is_ours(result))
		return error_set(error, result, "%.400s", cause->message);
	return record_damaged(v, result, file, NO_OFFSET, NULL, "%s", cause->message);
}

int record_read_charters(struct verification *v, struct record_state *state, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct buffer text;
	struct error cause;
	int r = OK;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (unsigned version = 2; version <= CHARTERS_MAXIMUM && r == OK; version++) {
		struct bytes view;

		record_charter_path(version, path);
		if (!record_folder_has(&v->folder, path))
			break;
		buffer_clear(&text);
		if ((r = record_file_read(&v->folder, path, &text, &cause)) != OK) {
			record_unreadable(v, path, r, &cause, error);
			break;
		}
		view = buffer_view(&text);
		r = record_state_amend(state, &view, 1, error);
	}
	buffer_release(&text);
	return r;
}

int record_blame_charter(struct verification *v, const struct record_state *state,
                         const struct act_place *act)
{
	char path[RECORD_PATH_CAPACITY];

	record_charter_path(rules_charter_count(state->rules) + 1, path);
	if (record_folder_has(&v->folder, path))
		return record_damaged(v, ERROR_CHARTER, path, NO_OFFSET, act,
		                      "it is not the charter that the act puts in force");
	return record_damaged(v, ERROR_CHARTER, path, NO_OFFSET, act,
	                      "it is missing, and the act puts it in force");
}

size_t record_first_difference(struct bytes a, struct bytes b)
{
	size_t i = 0;

	while (i < a.size && i < b.size && a.data[i] == b.data[i])
		i++;
	return i;
}

int record_compare(struct verification *v, const char *path, struct bytes expected,
                   const struct act_place *act, struct error *error)
{
	struct error cause;
	struct bytes found;
	uint64_t size;
	int fd, r;

	if ((r = record_file_open(&v->folder, path, &fd, &size, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	/* One byte more than expected shows that the file goes on. */
	buffer_clear(&v->scratch);
	r = record_file_take(fd, expected.size + 1, &v->scratch, &cause);
	close(fd);
	if (r != OK)
		return record_unreadable(v, path, r, &cause, error);
	found = buffer_view(&v->scratch);
	if (bytes_equal(found, expected))
		return OK;
	return record_damaged(
	    v, ERROR_MISMATCH, path, record_first_difference(found, expected), act,
	    found.size < expected.size   ? "it ends too early or differs"
	    : found.size > expected.size ? "it is longer than it should be or differs"
					 : "it is not what follows from charter and logs");
}

int record_read_bundle(struct verification *v, unsigned party, const struct tile *tile,
                       struct buffer *content, struct error *error)
{
	struct act_place first = { party, tile_first_leaf(tile) };
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	int r;

	record_tile_path(&v->state, party, tile, path);
	r = record_file_read(&v->folder, path, content, &cause);
	if (r == OK)
		return OK;
	if (record_failure_is_ours(r))
		return error_set(error, r, "%.400s", cause.message);
	return record_damaged(v, r, path, NO_OFFSET, &first, "%s", cause.message);
}
