/* C2SP tlog-witness v1.0.0, "add-checkpoint", and the newest head for monitors. */
#include "cosignature.h"
#include "fault_point.h"
#include "journal.h"
#include "notary_internal.h"
#include "text.h"

enum {
	PROOF_LINES_MAXIMUM = 63, /* of the protocol, which is one less than a proof may have */
	TEXT_MAXIMUM = 32 * 1024  /* of a checkpoint: with a few lines it is still a note */
};

struct submission {
	uint64_t old;
	struct tree_proof proof;
	struct note note;
	struct checkpoint head;
};

static int parse_old(struct bytes line, uint64_t *ret_old)
{
	struct bytes words[2];
	size_t count;

	if (text_words(line, words, 2, &count) != OK || count != 2 ||
	    !bytes_equal_string(words[0], "old"))
		return ERROR_SYNTAX;
	return text_parse_number(words[1], TREE_SIZE_MAXIMUM, ret_old);
}

/* Reads hashes up to and with the empty line. */
static int parse_proof(struct bytes *rest, struct tree_proof *proof, struct error *error)
{
	struct bytes line;

	proof->count = 0;
	for (;;) {
		if (!bytes_cut(rest, '\n', &line))
			return error_set(error, ERROR_SYNTAX, "no empty line follows the proof");
		if (line.size == 0)
			return OK;
		if (proof->count == PROOF_LINES_MAXIMUM)
			return error_set(error, ERROR_LIMIT, "more than %d lines of proof",
			                 PROOF_LINES_MAXIMUM);
		if (base64_decode_fixed(line, proof->hashes[proof->count].bytes, HASH_SIZE) != OK)
			return error_set(error, ERROR_SYNTAX,
			                 "a line of the proof is not base64 of a hash");
		proof->count++;
	}
}

/* Logs that are not Chirograph's may have extension lines behind the three. */
int notary_head(struct bytes text, struct checkpoint *ret_head, struct error *error)
{
	struct bytes rest = text;
	struct bytes line;

	for (unsigned i = 0; i < 3; i++)
		(void)bytes_cut(&rest, '\n', &line);
	for (struct bytes more = rest; more.size > 0;)
		if (!bytes_cut(&more, '\n', &line) || line.size == 0)
			return error_set(error, ERROR_SYNTAX, "an extension line is empty");
	return checkpoint_parse(bytes_of(text.data, text.size - rest.size), ret_head, error);
}

static int parse(struct bytes body, struct submission *submission, struct error *error)
{
	struct bytes rest = body;
	struct bytes line;
	int r;

	if (!bytes_cut(&rest, '\n', &line) || parse_old(line, &submission->old) != OK)
		return error_set(error, ERROR_SYNTAX, "the first line is not 'old' and a size");
	if ((r = parse_proof(&rest, &submission->proof, error)) != OK ||
	    (r = note_parse(rest, &submission->note, error)) != OK)
		return r;
	if (submission->note.text.size > TEXT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the text of the head is too long");
	return notary_head(submission->note.text, &submission->head, error);
}

/* At least one of the log's keys has signed, and every line by one of them holds. */
static bool is_signed(const struct notary_log *log, const struct note *note)
{
	bool found = false;

	for (size_t i = 0; i < log->key_count; i++) {
		int r = note_verify(note, &log->keys[i], NULL);

		if (r != OK && r != ERROR_NOT_FOUND)
			return false;
		found |= r == OK;
	}
	return found;
}

/* 200 when the head may follow what was cosigned, else the status that says why
 * not, in the order of the protocol. */
static unsigned check(const struct notary_log *log, const struct submission *submission)
{
	uint64_t recorded = log->cosigned ? log->head.size : 0;

	if (!is_signed(log, &submission->note) || depositary_is_replaced(log, &submission->head))
		return 403;
	if (submission->old > submission->head.size)
		return 400;
	if (submission->old != recorded)
		return 409;
	if (submission->old == submission->head.size && log->cosigned &&
	    !hash_equal(&submission->head.root, &log->head.root))
		return 409;
	if (depositary_contradicts(log, &submission->head))
		return 422;
	if (submission->old == 0 || submission->old == submission->head.size)
		return submission->proof.count == 0 ? 200 : 422;
	return consistency_verify(submission->old, &log->head.root, submission->head.size,
	                          &submission->head.root, &submission->proof) == OK
	           ? 200
	           : 422;
}

/* Two signed heads that no honest log has: for the operator to look at. */
static void report(const struct notary_log *log, const struct submission *submission)
{
	char root[HASH_BASE64_CAPACITY];

	hash_to_base64(&submission->head.root, root);
	journal(JOURNAL_WARNING,
	        "the log '%s' signed a head of %llu entries under the root %s that is not shown "
	        "to follow the head of %llu entries that was cosigned",
	        log->origin, (unsigned long long)submission->head.size, root,
	        (unsigned long long)log->head.size);
}

static void refuse(struct notary *notary, const struct notary_log *log,
                   const struct submission *submission, unsigned status,
                   struct neutral_answer *ret_answer)
{
	if (status == 422 ||
	    (status == 409 && log->cosigned && submission->head.size == log->head.size &&
	     !hash_equal(&submission->head.root, &log->head.root)))
		report(log, submission);
	if (status == 409)
		notary_say_size(notary, ret_answer, status, log->cosigned ? log->head.size : 0);
	else if (status == 403)
		notary_say(notary, ret_answer, status,
		           "the head is not signed by a key that is known for this log");
	else if (status == 400)
		notary_say(notary, ret_answer, status, "the old size is above that of the head");
	else
		notary_say(notary, ret_answer, status,
		           "the proof does not lead from the old size to this head");
}

static int put_first_line(const struct note *note, const struct note_key *key, struct buffer *lines)
{
	for (size_t i = 0; i < note->line_count; i++)
		if (note_line_is_by(&note->lines[i], key))
			return buffer_put_bytes(lines, note->lines[i].whole);
	return OK;
}

/* A line of each of the log's own keys, and ours. */
static int put_note(const struct notary *notary, const struct notary_log *log,
                    const struct submission *submission, timestamp time, struct buffer *note,
                    size_t *ret_line)
{
	const struct neutral_key *key = notary->settings.key;
	int r;

	if ((r = buffer_put_bytes(note, submission->note.text)) != OK ||
	    (r = buffer_put_u8(note, '\n')) != OK)
		return r;
	for (size_t i = 0; i < log->key_count; i++)
		if ((r = put_first_line(&submission->note, &log->keys[i], note)) != OK)
			return r;
	*ret_line = note->size;
	return cosignature_sign(&key->public_key, &key->secret, time, submission->note.text, note);
}

/* Signs and remembers; the state in memory follows that in the store. */
static int cosign(struct notary *notary, struct notary_log *log,
                  const struct submission *submission)
{
	struct store *store = notary->settings.store;
	timestamp time = notary_time(notary, log);
	struct buffer note;
	size_t line;
	int r;

	buffer_init(&note, NOTE_MAXIMUM);
	if ((r = put_note(notary, log, submission, time, &note, &line)) != OK ||
	    (r = store_begin(store)) != OK)
		goto out;
	if ((r = notary_put_state(notary, log, time, buffer_view(&note))) != OK) {
		store_rollback(store);
		goto out;
	}
	buffer_clear(&notary->body);
	if ((r = buffer_put_bytes(&notary->body, bytes_of(note.data + line, note.size - line))) !=
	    OK) {
		store_rollback(store);
		goto out;
	}
	FAULT_POINT("notary-signed");
	if ((r = store_commit(store)) != OK)
		goto out;
	FAULT_POINT("notary-stored");
	buffer_release(&log->note);
	log->note = note;
	log->head = submission->head;
	log->cosigned = true;
	log->signed_at = time;
	return OK;
out:
	buffer_release(&note);
	return r;
}

void witness_add_checkpoint(struct notary *notary, struct bytes body,
                            struct neutral_answer *ret_answer)
{
	struct submission submission;
	struct notary_log *log;
	struct error error;
	unsigned status;
	int r;

	if (parse(body, &submission, &error) != OK) {
		notary_say(notary, ret_answer, 400, "%s", error.message);
		return;
	}
	log = notary_find_log(notary, submission.head.origin);
	if (log == NULL) {
		notary_say(notary, ret_answer, 404, "no log of this origin is known here");
		return;
	}
	if ((status = check(log, &submission)) != 200) {
		refuse(notary, log, &submission, status, ret_answer);
		return;
	}
	if ((r = cosign(notary, log, &submission)) != OK)
		notary_say_failure(notary, ret_answer, r);
	else
		notary_give(notary, ret_answer, NEUTRAL_TEXT);
}

void witness_show(struct notary *notary, struct bytes name, struct neutral_answer *ret_answer)
{
	for (size_t i = 0; i < notary->log_count; i++) {
		const struct notary_log *log = &notary->logs[i];

		if (!log->cosigned || !bytes_equal_string(name, log->name))
			continue;
		buffer_clear(&notary->body);
		if (buffer_put_bytes(&notary->body, buffer_view(&log->note)) != OK)
			notary_say_failure(notary, ret_answer, ERROR_MEMORY);
		else
			notary_give(notary, ret_answer, NEUTRAL_TEXT);
		return;
	}
	notary_say(notary, ret_answer, 404, "no head of such a log was cosigned here");
}
