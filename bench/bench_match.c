/* Figures about lists, for measure_lists.py, which makes two nodes and a list:
 *
 *     bench_match entries THREADS COUNT       the bare group operations of so many entries
 *     bench_match questions THREADS COUNT     the same of so many questions and answers
 *     bench_match ask SOCKET PATH KEY COUNT   so many questions of one element to a node's
 *                                             API, one after the other: path of the list's
 *                                             questions, public key in base64
 *
 * The first two print seconds; the last prints the median of the seconds from an identifier
 * to the function's value at it, proof checked, and the median of an append and fdatasync on
 * the socket's file system. */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "encoding.h"
#include "group_cost.h"
#include "http_client.h"
#include "measure.h"
#include "oprf.h"
#include "pair.h"
#include "system.h"

enum { QUESTIONS_MAXIMUM = 100000, APPEND_SIZE = 4096, EVALUATION_SIZE = 96 };

static void decode(const char *text, void *ret_bytes, size_t size)
{
	struct buffer decoded;

	buffer_init(&decoded, size);
	if (text == NULL || base64_decode(&decoded, bytes_of_string(text), BASE64_PADDED) != OK ||
	    decoded.size != size)
		bench_fail("base64 of %zu bytes is expected: %s", size, text == NULL ? "" : text);
	memcpy(ret_bytes, decoded.data, size);
	buffer_release(&decoded);
}

/* One question to the node; its answer is an evaluated element and its proof. */
static void question(struct http_client *client, const char *path,
                     const struct oprf_element *blinded, uint8_t ret_answer[EVALUATION_SIZE])
{
	struct buffer request;
	struct bytes reply;
	json_t *json;
	unsigned status;

	buffer_init(&request, 4096);
	http_request(&request, "POST", path, "application/octet-stream",
	             bytes_of(blinded->bytes, sizeof blinded->bytes));
	status = http_client_ask(client, buffer_view(&request), &reply);
	json = json_loadb((const char *)reply.data, reply.size, 0, NULL);
	if (status != 200 || json == NULL)
		bench_fail("a question is refused: status %u: %.*s", status, (int)reply.size,
		           (const char *)reply.data);
	decode(json_string_value(json_object_get(json, "evaluations")), ret_answer,
	       EVALUATION_SIZE);
	json_decref(json);
	buffer_release(&request);
}

static double ask_once(struct http_client *client, const char *path,
                       const struct oprf_element *public_key, size_t serial)
{
	struct random_source random = system_random();
	uint8_t text[PAIR_INPUT_MAXIMUM], answer[EVALUATION_SIZE];
	struct oprf_element blinded, evaluated;
	struct oprf_output output;
	struct oprf_scalar blind;
	struct oprf_proof proof;
	struct bytes input;
	char domain[64];
	double start;
	size_t size;

	snprintf(domain, sizeof domain, "asked-%zu.example", serial);
	start = seconds_now();
	if (pair_input(IDENTIFIER_DOMAIN, bytes_of_string(domain), text, &size) != OK)
		bench_fail("%s is too long", domain);
	input = bytes_of(text, size);
	if (oprf_blind(OPRF_MODE_VOPRF, input, &random, &blind, &blinded) != OK)
		bench_fail("%s is not blinded", domain);
	question(client, path, &blinded, answer);
	memcpy(evaluated.bytes, answer, sizeof evaluated.bytes);
	memcpy(proof.bytes, answer + sizeof evaluated.bytes, sizeof proof.bytes);
	if (oprf_verify(public_key, &blinded, &evaluated, &proof) != OK ||
	    oprf_finalize(input, &blind, &evaluated, &output) != OK)
		bench_fail("an answer does not hold");
	return seconds_now() - start;
}

static double append_once(int fd)
{
	static const uint8_t block[APPEND_SIZE] = { 1 };
	double start = seconds_now();

	if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0)
		bench_fail("the file system does not take an append");
	return seconds_now() - start;
}

static void ask(const char *socket, const char *path, const char *key, size_t count)
{
	double *times = calloc(count, sizeof *times), *units = calloc(count, sizeof *units);
	struct http_client *client = malloc(sizeof *client);
	struct oprf_element public_key;
	char name[256];
	int fd;

	snprintf(name, sizeof name, "%s.append", socket);
	if (times == NULL || units == NULL || client == NULL)
		bench_fail("out of memory");
	if ((fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		bench_fail("%s cannot be made", name);
	decode(key, public_key.bytes, sizeof public_key.bytes);
	http_client_open(client, socket);
	for (size_t i = 0; i < count; i++) {
		times[i] = ask_once(client, path, &public_key, i);
		units[i] = append_once(fd);
	}
	printf("%.6f %.6f\n", median(times, count), median(units, count));
	http_client_close(client);
	close(fd);
	unlink(name);
	free(client);
	free(units);
	free(times);
}

int main(int count, char **arguments)
{
	const char *what = count > 1 ? arguments[1] : "";
	unsigned long number = count > 2 ? strtoul(arguments[count - 1], NULL, 10) : 0;

	if (number == 0)
		bench_fail("bench_match entries|questions THREADS COUNT, or ask SOCKET PATH KEY "
		           "COUNT");
	if (count == 4 && strcmp(what, "entries") == 0)
		printf("%.6f\n", group_cost(&group_operations_entry,
		                            (unsigned)strtoul(arguments[2], NULL, 10), number));
	else if (count == 4 && strcmp(what, "questions") == 0)
		printf("%.6f\n", group_cost(&group_operations_question,
		                            (unsigned)strtoul(arguments[2], NULL, 10), number));
	else if (count == 6 && strcmp(what, "ask") == 0 && number <= QUESTIONS_MAXIMUM)
		ask(arguments[2], arguments[3], arguments[4], number);
	else
		bench_fail("bench_match does not know %s", what);
	return 0;
}
