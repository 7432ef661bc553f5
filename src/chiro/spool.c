#include "spool.h"

#include <sys/mman.h>
#include <unistd.h>

#include "durable_file.h"
#include "temporary_file.h"

void spool_init(struct spool *spool, uint64_t maximum)
{
	*spool = (struct spool){ .maximum = maximum };
	buffer_init(&spool->memory, SPOOL_IN_MEMORY);
}

void spool_release(struct spool *spool)
{
	buffer_release(&spool->memory);
	if (spool->map != NULL)
		munmap(spool->map, (size_t)spool->size);
	if (spool->fd > 0)
		close(spool->fd);
	*spool = (struct spool){ 0 };
}

/* What was in memory goes to a file, and all that follows. */
static int begin_file(struct spool *spool)
{
	int r;

	if ((r = temporary_file_open(&spool->fd, NULL)) != OK ||
	    (r = file_write_all(spool->fd, buffer_view(&spool->memory))) != OK)
		return r;
	buffer_release(&spool->memory);
	return OK;
}

int spool_put(struct spool *spool, struct bytes bytes)
{
	int r;

	if (bytes.size > spool->maximum - spool->size)
		return ERROR_LIMIT;
	if (spool->fd == 0 && spool->size + bytes.size > SPOOL_IN_MEMORY &&
	    (r = begin_file(spool)) != OK)
		return r;
	r = spool->fd > 0 ? file_write_all(spool->fd, bytes)
	                  : buffer_put_bytes(&spool->memory, bytes);
	if (r == OK)
		spool->size += bytes.size;
	return r;
}

int spool_view(struct spool *spool, struct bytes *ret_content)
{
	void *map;

	if (spool->fd == 0) {
		*ret_content = buffer_view(&spool->memory);
		return OK;
	}
	if (spool->map == NULL) {
		map = mmap(NULL, (size_t)spool->size, PROT_READ, MAP_PRIVATE, spool->fd, 0);
		if (map == MAP_FAILED)
			return ERROR_MEMORY;
		spool->map = map;
	}
	*ret_content = bytes_of(spool->map, (size_t)spool->size);
	return OK;
}
