/* What engine and link say to each other over their socketpair. The link knows
 * no log and no rule: it keeps one authenticated connection a channel, checks
 * the layout of frames, counts credits, measures round trips, and hands the
 * frames themselves on.
 *
 * Layouts (u32 length before every sized item, see buffer.h):
 */
#ifndef LINK_MESSAGES_H
#define LINK_MESSAGES_H

enum link_message {
	/* engine to link */
	LINK_CHANNEL = 0x0200,     /* hash channel; u8 own party index; 32 own link public key;
	                      * 32 pinned link key of the other side; 32 its former one, pinned
	                      * beside it, or zeros; u8 dial (1: may dial out);
	                      * u8 count, count sized strings: the other side's endpoints;
	                      * sized own log name (certificate subject); sized the other's.
	                      * Sent at start and again whenever something in it changes: a
	                      * pin that is gone drops the present connection. */
	LINK_CERTIFICATE = 0x0203, /* hash channel; sized DER certificate for the key asked for */
	LINK_SEND = 0x0204,        /* hash channel; u8 frame type; payload to the end: send as a
	                      * frame. hello is always the first one after LINK_UP. */
	LINK_CONSUMED = 0x0205,    /* hash channel; u32 frames: so many frames that cost credit have
	                      * been dealt with; the link returns credit to the other side.
	                      * What comes before the hello is of an earlier connection, and
	                      * is passed over; so is LINK_CLOSE. */
	LINK_CLOSE = 0x0206,       /* hash channel; u16 code; sized reason: send an error frame and
	                      * close; re-dial later with back-off */
	/* link to engine */
	LINK_NEED_CERTIFICATE = 0x0210, /* hash channel; 32 bytes: public key made by the link */
	LINK_UP = 0x0211,               /* hash channel; u8 dialled by us; sized remote address */
	LINK_DOWN = 0x0212,             /* hash channel; u16 code; sized reason */
	LINK_FRAME = 0x0213,  /* hash channel; u8 frame type; payload to the end: hello, entries,
	                      * cosignature, blob request, blob chunk, match request, match reply,
	                      * match behind; layout already checked */
	LINK_CREDIT = 0x0214, /* hash channel; u64 frames that cost credit which the engine may
	                      * send in all since LINK_UP; sent whenever it grows */
	LINK_HEALTH = 0x0215  /* hash channel; u64 round-trip microseconds; i64 clock difference
	                      * in milliseconds (theirs minus ours); u64 UTC seconds of it */
};

#endif
