/* Heads of HTTP requests: what is taken lies in the input and is in its form; what
 * follows it changes nothing. */
#include <stdlib.h>

#include "plain_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plain_request request, again;
	unsigned status = 0;
	int r = plain_request_read(bytes_of(data, size), &request, &status);

	if (r == ERROR_WAIT) {
		require(size < PLAIN_HEAD_MAXIMUM);
		return 0;
	}
	if (r != OK) {
		require(r == ERROR_SYNTAX && status >= 400 && status < 600);
		return 0;
	}
	require(request.head_size <= size && request.head_size <= PLAIN_HEAD_MAXIMUM);
	require(request.method.size > 0 && request.path.size > 0 && request.path.data[0] == '/' &&
	        request.path.size <= PLAIN_TARGET_MAXIMUM);
	require(request.path.data + request.path.size <= data + request.head_size);
	require(plain_request_read(bytes_of(data, request.head_size), &again, &status) == OK);
	require(again.body_size == request.body_size && again.keep_alive == request.keep_alive);
	/* Nothing shorter is whole. */
	require(plain_request_read(bytes_of(data, request.head_size - 1), &again, &status) != OK);
	return 0;
}
