/* Reads records of the API: one value after the other (for http, which walks a
 * table and makes JSON), or a whole request at once (for the engine). Strict:
 * ERROR_SYNTAX or ERROR_LIMIT for whatever api_schema.h does not allow.
 */
#ifndef API_READER_H
#define API_READER_H

#include "api_schema.h"

/* One value that is not a record, list or map. Views point into what is read. */
struct api_value {
	bool present;      /* false: null, or left out */
	uint64_t number;   /* BOOL, NUMBER, SIGNED, TIME */
	struct bytes text; /* all others */
};

/* Whether the field is there (always, or as the byte before it says). */
int api_read_presence(struct cursor *cursor, const struct api_field *field, bool *ret_present);
/* A value of a type, at most `maximum` bytes where its length varies. */
int api_read_value(struct cursor *cursor, enum api_type type, size_t maximum,
                   struct api_value *ret_value);
/* Whether another element of a list or map follows, and a map's key. */
int api_read_more(struct cursor *cursor, bool *ret_more);
int api_read_key(struct cursor *cursor, struct bytes *ret_key);

/* A request taken apart: one value a field of its record. */
struct api_request {
	const struct api_record *record;
	struct {
		struct api_value value;
		size_t count; /* of a list or map */
		struct bytes keys[API_ITEMS_MAXIMUM];
		struct api_value items[API_ITEMS_MAXIMUM];
	} fields[API_FIELDS_MAXIMUM];
};

/* `body` must outlive `ret_request`. Records inside requests do not exist. */
int api_request_parse(const struct api_record *record, struct bytes body,
                      struct api_request *ret_request);

/* The value of a field. The name must be in the record's table: what is not is
 * a defect, and reads as absent. */
const struct api_value *api_request_value(const struct api_request *request, const char *name);
uint64_t api_request_number(const struct api_request *request, const char *name,
                            uint64_t otherwise);
bool api_request_has(const struct api_request *request, const char *name);
struct bytes api_request_text(const struct api_request *request, const char *name);
struct hash api_request_hash(const struct api_request *request, const char *name);
/* The elements of a list or map (`ret_keys` may be NULL): how many. */
size_t api_request_items(const struct api_request *request, const char *name,
                         const struct bytes **ret_keys, const struct api_value **ret_items);

#endif
