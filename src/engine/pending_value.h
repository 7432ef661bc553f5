/* An act that one person has signed and a second is to sign, as the database keeps it
 * beside the logs. It is local: it is in no log, on no line and in no record.
 *
 *     u8 version (1)
 *     u8 state                     enum pending_state
 *     u16 reason                   with PENDING_LAPSED: enum void_reason
 *     u64 created, expires, ended  seconds since 1970; ended 0 while it waits
 *     sized text, sized armor      of the author's signature
 *     sized by, sized note         who handed it in, or refused it, and why
 *
 * Integers are big-endian, "sized" is a u32 length and the bytes. There is one
 * spelling: nothing follows.
 */
#ifndef PENDING_VALUE_H
#define PENDING_VALUE_H

#include "buffer.h"
#include "result.h"
#include "timestamp.h"

enum {
	PENDING_TEXT_MAXIMUM = 65535,
	PENDING_ARMOR_MAXIMUM = 8192,
	PENDING_BY_MAXIMUM = 64,    /* a user of this machine */
	PENDING_NOTE_MAXIMUM = 1024 /* bytes of a reason for refusing */
};

/* Numbers are stored and never reused. */
enum pending_state {
	PENDING_WAITING, /* for the second signature */
	PENDING_REFUSED, /* by whom the act names as cosigner, or another who may */
	PENDING_LAPSED,  /* it can no longer become valid */
	PENDING_STATE_COUNT
};

/* "waiting", "refused", "lapsed"; NULL beyond. */
const char *pending_state_name(enum pending_state state);

/* Views into what was read, or into what the caller holds. */
struct pending_value {
	enum pending_state state;
	unsigned reason;
	timestamp created, expires, ended;
	struct bytes text, armor, by, note;
};

/* Appends. ERROR_LIMIT for what is longer than the maxima, ERROR_MEMORY. */
int pending_value_put(struct buffer *buffer, const struct pending_value *value);

/* Reads the whole of `bytes`: ERROR_SYNTAX, ERROR_LIMIT, ERROR_UNSUPPORTED (the
 * version). */
int pending_value_get(struct bytes bytes, struct pending_value *ret_value);

#endif
