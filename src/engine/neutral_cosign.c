/* Heads to the neutrals: C2SP tlog-witness v1.0.0, add-checkpoint. The own head
 * whenever it has grown, the other log's when nothing moves: its own node asks for
 * that too, and what is wanted here are the lines on what is held. */
#include "neutral.h"

#include "channel_internal.h"
#include "cosignature.h"
#include "encoding.h"
#include "journal.h"
#include "sha.h"

#include <stdio.h>

enum {
	RETRIES_MAXIMUM = 3, /* at once, one after the other */
	REQUEST_MAXIMUM = NOTE_MAXIMUM + 8192
};

#define QUIET        UINT64_C(2000000000)  /* nanoseconds without anything stored */
#define CLOCK_PERIOD UINT64_C(60000000000) /* between attempts to confirm the clock */

/* --- what there is to be cosigned -------------------------------------------------- */

/* The signed head of a log for all of it that is held; false when there is none. */
static bool head_of(const struct engine_channel *channel, unsigned party, struct bytes *ret_note,
                    uint64_t *ret_size)
{
	const struct their_head *theirs = &channel->their_head;

	if (party == channel->own) {
		*ret_note = buffer_view(&channel->head_note);
		*ret_size = channel->head_size;
	} else {
		*ret_note = buffer_view(&theirs->note);
		*ret_size = theirs->size;
		if (channel->faulted || theirs->size != rules_size(channel->rules, party))
			return false;
	}
	return ret_note->size > 0 && *ret_size > 0;
}

static uint64_t cosign_due(const struct neutral_question *question)
{
	const struct engine_channel *channel = question->channel;
	const struct neutral_log *log = question->log;
	struct bytes note;
	uint64_t size;

	if (!head_of(channel, question->party, &note, &size))
		return UINT64_MAX;
	if (question->party == channel->own && !channel->engine->clock_trusted)
		return log->answered == 0 ? 0 : log->answered + CLOCK_PERIOD;
	if (!log->anew && (size <= log->cosigned || log->ahead_of == size))
		return UINT64_MAX;
	if (question->party == channel->own)
		return 0;
	return channel->arrivals != NULL ? UINT64_MAX : channel->active + QUIET;
}

/* --- asking ---------------------------------------------------------------------------- */

static uint64_t look_due(const struct neutral_question *question)
{
	return question->log->look ? 0 : UINT64_MAX;
}

/* `GET <prefix>/checkpoint/<SHA-256 of the origin in hexadecimal>`. */
static int look_ask(const struct neutral_question *question)
{
	const char *origin = question->channel->log_keys[question->party].name;
	char text[HASH_HEX_CAPACITY], path[HASH_HEX_CAPACITY + 16];
	struct hash hash;

	sha256_of(&hash, bytes_of_string(origin));
	hash_to_hex(&hash, text);
	snprintf(path, sizeof path, "checkpoint/%s", text);
	question->log->look = false;
	return neutral_ask(question, path, NULL, NULL);
}

static int put_request(const struct neutral_question *question, struct bytes note, uint64_t size,
                       struct buffer *body)
{
	const struct engine_channel *channel = question->channel;
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, question->party));
	char text[HASH_BASE64_CAPACITY];
	struct tree_proof proof;
	int r;

	if ((r = tree_reader_consistency(&reader, question->log->asked_old, size, &proof)) != OK ||
	    (r = buffer_put_format(body, "old %llu\n",
	                           (unsigned long long)question->log->asked_old)) != OK)
		return r;
	for (size_t i = 0; i < proof.count; i++) {
		hash_to_base64(&proof.hashes[i], text);
		if ((r = buffer_put_format(body, "%s\n", text)) != OK)
			return r;
	}
	if ((r = buffer_put_u8(body, '\n')) != OK)
		return r;
	return buffer_put_bytes(body, note);
}

/* What it is asked to go on from. A successor log is another one to it: of that it has
 * cosigned nothing before the first head under the new origin. */
static uint64_t old_size(const struct neutral_question *question, uint64_t size)
{
	const struct rules *rules = question->channel->rules;
	unsigned generation = rules_head_generation(rules, question->party, size);
	uint64_t known = question->log->known;

	if (generation > 1 && known <= rules_generation_start(rules, question->party, generation))
		return 0;
	return known < size ? known : size;
}

static int cosign_ask(const struct neutral_question *question)
{
	struct neutral_log *log = question->log;
	struct buffer body;
	struct bytes note;
	uint64_t size;
	int r;

	if (!head_of(question->channel, question->party, &note, &size))
		return ERROR_STATE;
	log->asked_size = size;
	log->asked_old = old_size(question, size);
	buffer_init(&body, REQUEST_MAXIMUM);
	if ((r = put_request(question, note, size, &body)) == OK)
		r = neutral_ask(question, "add-checkpoint", "text/plain; charset=utf-8", &body);
	buffer_release(&body);
	return r;
}

/* --- its lines ------------------------------------------------------------------------- */

/* A neutral whose line is newer than any of it that is known vouches for a clock
 * that agrees with its own. */
static void vouch_for_clock(const struct neutral_question *question, timestamp time)
{
	struct engine *engine = question->channel->engine;
	int64_t difference = time - engine_now(engine);

	if (engine->clock_trusted || time <= question->log->cosigned_time ||
	    difference > CLOCK_TOLERANCE || difference < -CLOCK_TOLERANCE)
		return;
	journal(JOURNAL_NOTICE, "the clock is confirmed by %s", question->neutral->key.name);
	engine_confirm_clock(engine);
}

/* Its line, verified: with the note that it is over in `signed_note`. */
static int read_line(const struct neutral_question *question, const struct store_head *head,
                     struct bytes lines, struct buffer *signed_note, timestamp *ret_time,
                     struct error *error)
{
	const struct note_key *key = &question->neutral->key;
	struct note note;
	size_t kept;
	int r;

	if ((r = buffer_put_bytes(signed_note, head->note)) != OK ||
	    (r = note_parse(head->note, &note, error)) != OK)
		return r;
	if ((r = cosignature_keep_verified(note.text, lines, &key, 1, signed_note, &kept)) != OK)
		return error_set(error, r, "its answer is not signature lines");
	if (kept == 0)
		return error_set(error, ERROR_NOT_FOUND,
		                 "its answer has no good signature by its key");
	if ((r = note_parse(buffer_view(signed_note), &note, error)) != OK)
		return r;
	return cosignature_verify(&note, key, ret_time, error);
}

/* The first line for a size is the earliest, and worth most: it stays. In a node that is
 * being recovered it is the newest that is worth something. */
static int store_line(const struct neutral_question *question, uint64_t size, struct bytes line)
{
	struct engine_channel *channel = question->channel;
	int r;

	if (question->log->cosigned >= size && channel->recovery.trouble == TROUBLE_NONE)
		return OK;
	if ((r = engine_write(channel->engine)) != OK ||
	    (r = store_put_cosignature(channel->engine->settings.store, channel->number,
	                               question->party, size, question->neutral->cosigner, line)) !=
	        OK)
		return r;
	question->log->cosigned = size;
	return OK;
}

static bool is_machine_failure(int code)
{
	return code == ERROR_MEMORY || code == ERROR_IO;
}

static int take_lines(const struct neutral_question *question, struct bytes lines,
                      struct error *error)
{
	struct engine_channel *channel = question->channel;
	struct neutral_log *log = question->log;
	struct store_head head;
	struct buffer signed_note;
	struct error why = { 0 };
	timestamp time;
	int r;

	store_head_init(&head);
	buffer_init(&signed_note, 2 * NOTE_MAXIMUM);
	if ((r = store_get_head(channel->engine->settings.store, channel->number, question->party,
	                        log->asked_size, NULL, &head)) != OK)
		goto out;
	/* Part of the way to a head of theirs is not kept as one. */
	if (head.size != log->asked_size) {
		neutral_failed(question, EFFORT_COSIGN, "the head is not held any more");
		goto out;
	}
	r = read_line(question, &head, lines, &signed_note, &time, &why);
	if (r != OK && !is_machine_failure(r)) {
		neutral_failed(question, EFFORT_COSIGN, "%s", why.message);
		r = OK;
		goto out;
	}
	if (r != OK ||
	    (r = store_line(question, head.size,
	                    bytes_of(signed_note.data + head.note.size,
	                             signed_note.size - head.note.size))) != OK ||
	    (r = silence_take_line(channel, question->party, buffer_view(&signed_note), time)) !=
	        OK)
		goto out;
	vouch_for_clock(question, time);
	log->known = head.size;
	log->answered = engine_monotonic(channel->engine);
	if (time > log->cosigned_time)
		log->cosigned_time = time;
	log->anew = false;
	log->ahead_of = 0;
	log->retries = 0;
	neutral_succeeded(question, EFFORT_COSIGN);
out:
	buffer_release(&signed_note);
	store_head_release(&head);
	return r == OK ? OK : error_set(error, r, "a cosignature cannot be kept");
}

/* --- what else it may say ---------------------------------------------------------------- */

/* It has cosigned another size than we knew, or another head of that size. */
static void take_conflict(const struct neutral_question *question,
                          const struct messenger_answer *answer)
{
	struct neutral_log *log = question->log;
	const char *party = question->channel->charter->parties[question->party].id;
	uint64_t size;

	/* Without a size: another root for this one, or something in between answers. */
	if (neutral_size_of_conflict(answer, &size) != OK) {
		log->look = true;
		neutral_failed(question, EFFORT_COSIGN,
		               "it contradicts the head of %s at size %llu without naming another",
		               party, (unsigned long long)log->asked_size);
		return;
	}
	if (size > log->asked_size) {
		log->look = true;
		if (question->party == question->channel->own) {
			neutral_failed(question, EFFORT_COSIGN,
			               "it has cosigned %llu entries of our log, more than there "
			               "are",
			               (unsigned long long)size);
		} else {
			/* Their node was there before what it signed came here. */
			log->ahead_of = log->asked_size;
			log->anew = false;
			neutral_succeeded(question, EFFORT_COSIGN);
		}
		return;
	}
	if (size == log->asked_old || log->retries == RETRIES_MAXIMUM) {
		log->retries = 0;
		log->known = size;
		neutral_failed(question, EFFORT_COSIGN, "it contradicts itself about the size");
		return;
	}
	log->known = size;
	log->retries++;
}

/* What it shows counts only if the log's key signed it: then it is proof. */
static int look_answer(const struct neutral_question *question,
                       const struct messenger_answer *answer, struct error *error)
{
	struct engine_channel *channel = question->channel;
	const struct note_key *key = &channel->log_keys[question->party];
	struct checkpoint checkpoint;
	struct error why = { 0 };
	int r;

	/* Not every witness has this call. */
	neutral_succeeded(question, EFFORT_LOOK);
	if (answer->status != 200 || answer->content.size > FRAME_NOTE_MAXIMUM)
		return OK;
	if (question->party == channel->own) {
		r = signed_checkpoint_verify(answer->content, key, NULL, 0, &checkpoint, NULL,
		                             &why);
		if (r == OK &&
		    !channel_has_root(channel, channel->own, checkpoint.size, &checkpoint.root)) {
			neutral_failed(question, EFFORT_COSIGN,
			               "it shows a head of our log that this node has lost");
			r = channel_rolled_back(channel, answer->content);
		}
	} else if (!channel->faulted) {
		r = arrival_check_head(channel, answer->content, &checkpoint, &why);
		if (r == OK)
			r = arrival_keep_promise(channel);
	} else {
		return OK;
	}
	if (is_machine_failure(r))
		return error_set(error, r, "what a neutral shows cannot be kept");
	if (r != OK)
		journal(JOURNAL_NOTICE, "channel %.20s: the head that %s shows: %s",
		        channel->charter->channel, question->neutral->key.name, why.message);
	return OK;
}

static int cosign_answer(const struct neutral_question *question,
                         const struct messenger_answer *answer, struct error *error)
{
	if (answer->status == 200)
		return take_lines(question, answer->content, error);
	if (answer->status == 409) {
		take_conflict(question, answer);
		return OK;
	}
	/* A proof from another tree than it holds is refused in this way too. */
	if (answer->status == 422)
		question->log->look = true;
	neutral_refused(question, EFFORT_COSIGN, answer);
	return OK;
}

const struct neutral_effort_row neutral_look_row = { look_due, look_ask, look_answer };
const struct neutral_effort_row neutral_cosign_row = { cosign_due, cosign_ask, cosign_answer };
