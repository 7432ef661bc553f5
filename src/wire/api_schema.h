/* The local API, told once: every request and every answer is a record, and a
 * record is a table of fields. The http role turns URLs and JSON into records
 * and back by walking these tables; the engine fills and reads them by name.
 * doc/openapi.yaml says the same for people and is compared with them in a test.
 *
 * Between http and engine a record travels as its fields in the order of the
 * table, without names:
 *
 *     BOOL                      u8, 0 or 1
 *     NUMBER SIGNED TIME        u64 (two's complement; seconds since 1970)
 *     TEXT OCTETS CONTENT       u32 length and the bytes
 *     HASH HEX_HASH CHANNEL     32 bytes
 *     SETUP                     16 bytes
 *     RECORD                    its fields
 *     LIST                      u8 1 before each element, u8 0 after the last
 *     MAP                       the same, a text (the key) before each element;
 *                               with nullable elements then u8 0 (null) or 1
 *
 * A field that may be null or left out has a u8 before it: 1 when it is there.
 * A failed request is answered with MESSAGE_ERROR and `struct api_failure`.
 */
#ifndef API_SCHEMA_H
#define API_SCHEMA_H

#include "buffer.h"
#include "result.h"

/* Message types; answers have MESSAGE_REPLY (0x8000) added. */
enum api_message {
	API_STATUS = 0x0300,
	API_CONFIRM_CLOCK,
	API_CONFIGURATION,
	API_BACKUP,
	API_BACKUP_STATE,
	API_BACKUP_DATA,
	API_END_BACKUP,
	API_ALARMS,
	API_TEST_ALARM,
	API_CALL_WORDS,
	API_ANSWER_CALL,
	API_FIND_WORDS,
	API_NEW_SETUP,
	API_GET_SETUP,
	API_DISCARD_SETUP,
	API_ADOPT,
	API_CHANNEL,
	API_CHARTERS,
	API_CHARTER,
	API_GIVE_CHARTER,
	API_LOG,
	API_ACT,
	API_INBOX,
	API_AGENDA,
	API_HANDOVERS,
	API_HANDOVER,
	API_ADD_HANDOVER,
	API_ACCEPT_HANDOVER,
	API_LINK_LOG,
	API_MATTERS,
	API_MATTER,
	API_HEADS,
	API_CHECK,
	API_SUBMIT,
	API_WAIT,
	API_UPLOAD,
	API_BLOB,
	API_BLOB_DATA,
	API_FILE_KEY,
	API_REGISTER,
	API_NEW_KEY,
	API_TEST,
	API_RECOVERY,
	API_RECOVER,
	API_NEW_SUCCESSOR,
	API_PACK,
	API_TAKE,
	API_PENDING,
	API_PENDING_ACT,
	API_ADD_PENDING,
	API_REFUSE_PENDING,
	API_WITHDRAW_PENDING,
	API_PENDING_FILE_KEY,
	API_READING_KEYS,
	API_HOLDS,
	API_ADD_HOLD,
	API_LIFT_HOLD,
	API_LIST_KEYS,
	API_NEW_LIST_KEY,
	API_DESTROY_LIST_KEY,
	API_EVALUATE,
	API_LISTS,
	API_ASK,
	API_MESSAGE_END
};

enum {
	API_NAME_MAXIMUM = 64, /* of an act, a delegate, a key of a map */
	API_SENTENCE_MAXIMUM = 1024,
	API_TEXT_MAXIMUM = 512 * 1024,  /* charters and their kin */
	API_CONTENT_MAXIMUM = 1 << 20,  /* a piece of a blob that is sent to the node */
	API_PAGE_BYTES = 192 * 1024,    /* a page of acts ends when it has become so long */
	API_BODY_MAXIMUM = 64 * 1024,   /* a sealed body that comes with its act */
	API_PIECE_MAXIMUM = 256 * 1024, /* a piece of a blob that the node gives */
	API_FRAME_OCTETS_MAXIMUM = (1 << 20) + 4, /* a frame with its header */
	API_SETUP_SIZE = 16,
	API_ELEMENTS_MAXIMUM = 2000, /* to be evaluated in one request */
	API_ASKED_MAXIMUM = 512,     /* elements of one question to the other side */
	API_FIELDS_MAXIMUM = 8,      /* of a request */
	API_ITEMS_MAXIMUM = 8,       /* elements of a list or map in a request */
	API_ACTS_MAXIMUM = 500,
	API_WAIT_SECONDS_MAXIMUM = 60,
	API_DEPTH_MAXIMUM = 8
};
#define API_NUMBER_MAXIMUM ((UINT64_C(1) << 63) - 1)

enum api_type {
	API_TYPE_BOOL,
	API_TYPE_NUMBER, /* 0 to API_NUMBER_MAXIMUM */
	API_TYPE_SIGNED,
	API_TYPE_TIME,     /* JSON: `2026-11-22T14:03:11Z` */
	API_TYPE_TEXT,     /* without NUL; what is not UTF-8 is shown as `?` */
	API_TYPE_OCTETS,   /* JSON: base64 */
	API_TYPE_CONTENT,  /* the octets of a request or an answer themselves, no JSON */
	API_TYPE_HASH,     /* JSON: base64 */
	API_TYPE_HEX_HASH, /* in a path: lower-case hexadecimal */
	API_TYPE_CHANNEL,  /* 32 bytes; 52 characters of base32 */
	API_TYPE_SETUP,    /* 16 bytes; 32 characters of hexadecimal */
	API_TYPE_RECORD,
	API_TYPE_LIST,
	API_TYPE_MAP
};

enum api_presence {
	API_ALWAYS,
	API_NULLABLE, /* null where there is nothing to say */
	API_OPTIONAL  /* left out where there is nothing to say */
};

/* Where http finds a field of a request. */
enum api_place {
	API_IN_BODY, /* a member of the JSON object; in answers always */
	API_IN_PATH,
	API_IN_QUERY,
	API_IN_QUERY_OTHERS, /* the map of all query parameters with other names */
	API_IN_CONTENT,      /* the whole body */
	API_IN_PEER          /* the name of the user who asks */
};

struct api_record;

struct api_field {
	const char *name; /* "": a map whose members stand in the object itself */
	enum api_type type;
	enum api_presence presence;
	enum api_place place;
	size_t maximum;        /* bytes of TEXT, OCTETS, CONTENT; 0: API_SENTENCE_MAXIMUM */
	enum api_type element; /* of LIST and MAP */
	const struct api_record *record; /* of RECORD, and of elements that are records */
	bool nullable_elements;          /* of MAP */
};

struct api_record {
	const char *name; /* as in doc/openapi.yaml */
	size_t field_count;
	const struct api_field *fields;
};

/* What a message of this type carries; NULL for an unknown type. */
const struct api_record *api_request_record(uint16_t type);
const struct api_record *api_reply_record(uint16_t type);

/* The greatest length of a text or of octets in this field. */
size_t api_field_maximum(const struct api_field *field);

/* Why a request failed. */
struct api_failure {
	struct error error;
	char reason[API_NAME_MAXIMUM]; /* the name of a void_reason, or "" */
};

/* { u16 code, sized sentence, u32 line, sized reason } */
int api_put_failure(struct buffer *buffer, const struct error *error, const char *reason);
/* ERROR_SYNTAX for anything else, also for code OK. */
int api_get_failure(struct bytes body, struct api_failure *ret_failure);

#endif
