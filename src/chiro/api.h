/* Requests to chirod over its Unix socket: HTTP and JSON, see doc/openapi.yaml.
 *
 * Paths are given with their `/v1/`: "/v1/channels/%s/inbox". Replies are JSON
 * objects without duplicate keys, at most 64 MiB; the caller drops them with
 * json_decref. A refusal of the node becomes the result whose name it carries
 * (`not-found` is ERROR_NOT_FOUND) and its sentence; when the node cannot be
 * reached, ERROR_IO and a sentence that says what to look at.
 */
#ifndef API_H
#define API_H

#include <jansson.h>

#include "buffer.h"
#include "result.h"

struct api;

/* Opens nothing yet. ERROR_MEMORY or ERROR_IO (libcurl). */
int api_new(const char *socket_path, struct api **ret_api, struct error *error);
void api_free(struct api *api);

/* GET. */
int api_get(struct api *api, json_t **ret_reply, struct error *error, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* Any method with a JSON body; `request` is taken, also on failure, and may be
 * NULL for none. */
int api_send(struct api *api, const char *method, json_t *request, json_t **ret_reply,
             struct error *error, const char *path, ...) __attribute__((format(printf, 6, 7)));

/* PUT or POST of octets, at most 1 MiB. */
int api_put(struct api *api, const char *method, struct bytes content, json_t **ret_reply,
            struct error *error, const char *path, ...) __attribute__((format(printf, 6, 7)));

/* GET of octets, appended to `content`, whose maximum bounds them. */
int api_fetch(struct api *api, struct buffer *content, struct error *error, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* POST of octets, at most 1 MiB, that is answered by octets: appended to `reply`, whose maximum
 * bounds them. */
enum { API_ASK_REPLY_MAXIMUM = 1 << 20 };
int api_ask(struct api *api, struct bytes content, struct buffer *reply, struct error *error,
            const char *path, ...) __attribute__((format(printf, 5, 6)));

/* HTTP status of the last reply; 0 when there was none. */
long api_last_status(const struct api *api);

/* The name of a result in the API (`not-found`), and back; ERROR_INTERNAL when
 * unknown. */
const char *api_result_name(int result);
int api_result_by_name(const char *name);

/* Members of a JSON object, with what stands for absent, null or another type:
 * NULL (string), 0 (number), false, NULL (array, object). Owned by the object. */
const char *member_string(const json_t *object, const char *name);
/* The same with "" instead of NULL. */
const char *member_text(const json_t *object, const char *name);
uint64_t member_number(const json_t *object, const char *name);
bool member_true(const json_t *object, const char *name);
json_t *member(const json_t *object, const char *name);
/* A time member in seconds; 0 when absent. */
int64_t member_time(const json_t *object, const char *name);

/* Prints one JSON document on standard output, indented, with LF. */
void print_json(const json_t *document);

#endif
