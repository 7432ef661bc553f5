#include "keeper_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "durable_file.h"
#include "fault_point.h"

int keeper_file_create(int directory, const char *name, const struct keeper_state *state,
                       struct error *error)
{
	uint8_t slots[2][KEEPER_SLOT_SIZE] = { 0 };
	int r = keeper_state_encode(state, slots[state->sequence % 2]);

	if (r != OK)
		return error_set(error, r, "a keeper state: %s", result_text(r));
	return durable_file_write(directory, name, bytes_of(slots, sizeof(slots)), 0600, error);
}

/* Reads the whole slots and keeps the one with the greater sequence. */
static int read_slots(int fd, const struct hash *channel, struct keeper_state *ret_state)
{
	bool found = false;

	for (int i = 0; i < 2; i++) {
		struct keeper_state state;
		uint8_t slot[KEEPER_SLOT_SIZE];
		ssize_t got = pread(fd, slot, sizeof(slot), (off_t)i * KEEPER_SLOT_SIZE);
		int r;

		if (got < 0)
			return ERROR_IO;
		if (got != sizeof(slot))
			continue;
		r = keeper_state_decode(slot, channel, &state);
		if (r == ERROR_UNSUPPORTED)
			return r;
		if (r != OK || state.sequence % 2 != (uint64_t)i)
			continue;
		if (!found || state.sequence > ret_state->sequence)
			*ret_state = state;
		found = true;
	}
	return found ? OK : ERROR_NOT_FOUND;
}

int keeper_file_open(int directory, const char *name, const struct hash *channel, int *ret_fd,
                     struct keeper_state *ret_state, struct error *error)
{
	int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct keeper_state state = { 0 };
	struct stat status;
	int r;

	if (fd < 0)
		return error_set(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
		                 "cannot open '%s': %s", name, strerror(errno));
	/* What is read may so far be only in memory, left by a process that was
	 * killed: synced first, it cannot be taken back by a loss of power. */
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || fdatasync(fd) != 0)
		r = ERROR_IO;
	else
		r = read_slots(fd, channel, &state);
	if (r != OK) {
		close(fd);
		return error_set(error, r, "'%s' holds no whole state: %s", name, result_text(r));
	}
	*ret_fd = fd;
	*ret_state = state;
	return OK;
}

int keeper_file_store(int fd, struct keeper_state *state, struct error *error)
{
	struct keeper_state next = *state;
	uint8_t slot[KEEPER_SLOT_SIZE];
	int r;

	next.sequence++;
	if ((r = keeper_state_encode(&next, slot)) != OK)
		return error_set(error, r, "a keeper state: %s", result_text(r));
	FAULT_POINT("keeper-before-slot");
	if (file_write_all_at(fd, bytes_of(slot, sizeof(slot)),
	                      (off_t)(next.sequence % 2) * KEEPER_SLOT_SIZE) != OK)
		return error_set(error, ERROR_IO, "cannot write the keeper's state: %s",
		                 strerror(errno));
	FAULT_POINT("keeper-after-slot");
	if (fdatasync(fd) != 0)
		return error_set(error, ERROR_IO, "cannot sync the keeper's state: %s",
		                 strerror(errno));
	FAULT_POINT("keeper-after-sync");
	*state = next;
	return OK;
}
