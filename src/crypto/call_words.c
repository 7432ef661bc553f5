#include "call_words.h"

#include <sodium.h>
#include <string.h>

#include "allocate.h"
#include "hkdf.h"

static const char label[] = "chirograph.call/1";

uint64_t call_window(timestamp time)
{
	return (uint64_t)time / CALL_WINDOW_SECONDS;
}

void call_challenge(const struct call_question *question, uint8_t ret_said[CALL_WORDS_COUNT])
{
	ret_said[0] = (uint8_t)question->window;
	memcpy(ret_said + 1, question->random, CALL_RANDOM_SIZE);
}

int call_question_of(const uint8_t said[CALL_WORDS_COUNT], timestamp now,
                     struct call_question *ret_question)
{
	uint64_t window = call_window(now);

	for (int step = -1; step <= 1; step++) {
		uint64_t near = window + (uint64_t)(int64_t)step;

		if ((uint8_t)near != said[0])
			continue;
		ret_question->window = near;
		memcpy(ret_question->random, said + 1, CALL_RANDOM_SIZE);
		return OK;
	}
	return ERROR_CLOCK;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

int call_words_make(const struct call_question *question, unsigned own,
                    const struct x25519_secret *secret, const struct x25519_public *other,
                    struct call_words *ret_words)
{
	uint8_t info[sizeof(label) + 1 + 8 + CALL_RANDOM_SIZE + 2 * X25519_SIZE], *at = info;
	uint8_t shared[X25519_SIZE], output[2 * CALL_WORDS_COUNT], window[8];
	struct x25519_public keys[2];
	uint8_t asker = (uint8_t)question->asker;
	int r;

	if (own > 1 || question->asker > 1)
		return ERROR_INTERNAL;
	if (crypto_scalarmult(shared, secret->bytes, other->bytes) != 0)
		return ERROR_DENIED;
	x25519_public_of(secret, &keys[own]);
	keys[1 - own] = *other;
	for (size_t i = 0; i < sizeof(window); i++)
		window[i] = (uint8_t)(question->window >> (56 - 8 * i));
	at = put(at, label, sizeof(label));
	at = put(at, &asker, 1);
	at = put(at, window, sizeof(window));
	at = put(at, question->random, CALL_RANDOM_SIZE);
	at = put(at, keys[0].bytes, X25519_SIZE);
	at = put(at, keys[1].bytes, X25519_SIZE);
	r = hkdf(output, sizeof(output), bytes_of(question->channel.bytes, HASH_SIZE),
	         bytes_of(shared, sizeof(shared)), bytes_of(info, (size_t)(at - info)));
	wipe(shared, sizeof(shared));
	if (r == OK) {
		memcpy(ret_words->answer, output, CALL_WORDS_COUNT);
		memcpy(ret_words->confirmation, output + CALL_WORDS_COUNT, CALL_WORDS_COUNT);
	}
	wipe(output, sizeof(output));
	return r;
}
