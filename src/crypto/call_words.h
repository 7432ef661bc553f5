/* Words by which two people recognise each other on the telephone: PROTOCOL.link, "The
 * telephone".
 *
 * Who wants to know with whom he speaks says a challenge, four words. Only the two nodes can
 * make of it the answer, by which the other shows who he is, and the confirmation, by which
 * the asker then does:
 *
 *     secret    X25519 of the two parties' reading keys
 *     words     HKDF-SHA-256(salt = channel id, input = secret,
 *                   info = "chirograph.call/1" 0 u8 asker u64 window random(3)
 *                          reading key of the first party, of the second)
 *               8 bytes: four of the answer, four of the confirmation
 *
 * A challenge is the last byte of the window, ten minutes counted from 1970, and three random
 * bytes. Each byte is a word of words.h.
 */
#ifndef CALL_WORDS_H
#define CALL_WORDS_H

#include "age.h"
#include "sha.h"
#include "timestamp.h"

enum {
	CALL_WINDOW_SECONDS = 600,
	CALL_RANDOM_SIZE = 3,
	CALL_WORDS_COUNT = 4 /* of the challenge, the answer and the confirmation each */
};

struct call_question {
	struct hash channel;
	unsigned asker; /* who makes the challenge: party in the charter's order */
	uint64_t window;
	uint8_t random[CALL_RANDOM_SIZE];
};

struct call_words {
	uint8_t answer[CALL_WORDS_COUNT];
	uint8_t confirmation[CALL_WORDS_COUNT];
};

uint64_t call_window(timestamp time);

/* The bytes that are said as a challenge; and the question that somebody asks with them
 * now: in the present window, the one before or the next. ERROR_CLOCK: of another. */
void call_challenge(const struct call_question *question, uint8_t ret_said[CALL_WORDS_COUNT]);
int call_question_of(const uint8_t said[CALL_WORDS_COUNT], timestamp now,
                     struct call_question *ret_question);

/* `own` is the party whose secret is given. ERROR_DENIED: a key of small order. The caller
 * wipes the words when they have been said. */
int call_words_make(const struct call_question *question, unsigned own,
                    const struct x25519_secret *secret, const struct x25519_public *other,
                    struct call_words *ret_words);

#endif
