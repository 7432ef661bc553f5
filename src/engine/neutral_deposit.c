/* The own log to the depositary, when the other side does not receipt it: entries, then
 * a certificate that names the sealed bodies of people's acts, and those bodies where
 * it does not hold them. See doc/PROTOCOL.log, "Depositary". */
#include "neutral.h"

#include "allocate.h"
#include "channel_internal.h"
#include "sha.h"
#include "text.h"

#include <stdio.h>

enum { LINK_PATIENCE = 5 /* seconds: a link that is down may be back at once */ };

enum step { STEP_ENTRIES, STEP_BLOB, STEP_CERTIFICATE };

struct depositing {
	uint64_t deposited; /* own entries that it is known to hold */
	uint64_t asked_from, asked_count;
	enum step asked;

	/* What is owed a certificate, as of these sizes. */
	uint64_t looked_size, looked_receipted;
	bool looked_waiting; /* a stamp waited then */
	bool owed;
	struct uncertified uncertified;
	uint64_t stamped_first; /* what the last certificate was asked for first, and one */

	/* Bodies that it lacked for the certificate. */
	struct uncertified asked_for;
	bool uploading, uploaded;
	size_t blob; /* that is under way, of asked_for */
	uint64_t offset;
};

int depositing_new(const struct engine_channel *channel, struct depositing **ret_depositing)
{
	struct depositing *depositing = allocate(1, sizeof *depositing);

	if (depositing == NULL)
		return ERROR_MEMORY;
	/* A first guess: it says if it has less. */
	depositing->deposited = channel_receipted(channel);
	depositing->looked_size = UINT64_MAX;
	*ret_depositing = depositing;
	return OK;
}

void depositing_free(struct depositing *depositing)
{
	release_memory(depositing);
}

/* --- when ------------------------------------------------------------------------- */

/* Looked for once for each state of the log. */
static bool certificate_is_owed(const struct engine_channel *channel, struct depositing *depositing)
{
	uint64_t receipted = channel_receipted(channel);
	bool waiting = channel->stamps != NULL;

	if (depositing->looked_size != channel->head_size ||
	    depositing->looked_receipted != receipted || depositing->looked_waiting != waiting) {
		depositing->looked_size = channel->head_size;
		depositing->looked_receipted = receipted;
		depositing->looked_waiting = waiting;
		depositing->owed = !waiting && stamp_is_owed(channel, channel->head_size,
		                                             &depositing->uncertified);
	}
	return depositing->owed && channel_may_log(channel);
}

static uint64_t deposit_due(const struct neutral_question *question)
{
	const struct engine_channel *channel = question->channel;
	struct depositing *depositing = question->neutral->depositing;
	int64_t patience = channel->engine->settings.configuration->deposit_after;

	if (depositing == NULL || question->party != channel->own || channel->read_only ||
	    channel->head_size == 0)
		return UINT64_MAX;
	if (channel->lacks_at == 0) {
		depositing->uploading = depositing->uploaded = false;
		return UINT64_MAX;
	}
	if (depositing->deposited >= channel->head_size && !depositing->uploading &&
	    !certificate_is_owed(channel, depositing))
		return UINT64_MAX;
	if (!channel->link.greeted && patience > LINK_PATIENCE)
		patience = LINK_PATIENCE;
	return channel->lacks_at + (uint64_t)patience * 1000000000;
}

/* --- asking ------------------------------------------------------------------------- */

static struct bytes payload_of(const struct buffer *frame)
{
	return bytes_of(frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE);
}

/* The payload of a frame as the body of a call. */
static int send_entries(const struct neutral_question *question, const struct buffer *frame)
{
	struct buffer body;
	int r;

	buffer_init(&body, FRAME_MAXIMUM);
	if ((r = buffer_put_bytes(&body, payload_of(frame))) == OK)
		r = neutral_ask(question, "deposit/entries", "application/octet-stream", &body);
	buffer_release(&body);
	return r;
}

/* The same after an envelope that binds it. */
static int send_chunk(const struct neutral_question *question, const struct buffer *frame)
{
	struct collect_request request = { .kind = COLLECT_DEPOSIT };
	struct buffer body;
	int r;

	buffer_init(&body, COLLECT_ENVELOPE_MAXIMUM + FRAME_MAXIMUM);
	sha256_of(&request.hash, payload_of(frame));
	if ((r = neutral_put_envelope(question, &request, &body)) == OK &&
	    (r = buffer_put_bytes(&body, payload_of(frame))) == OK)
		r = neutral_ask(question, "deposit/blob", "application/octet-stream", &body);
	buffer_release(&body);
	return r;
}

static int ask_entries(const struct neutral_question *question)
{
	struct engine_channel *channel = question->channel;
	struct depositing *depositing = question->neutral->depositing;
	struct store_head head;
	struct buffer frame;
	int r;

	store_head_init(&head);
	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	depositing->asked = STEP_ENTRIES;
	depositing->asked_from = depositing->deposited;
	if ((r = channel_head_for(channel, channel->own, depositing->deposited, channel->head_size,
	                          &head)) == OK &&
	    (r = channel_make_entries(channel, channel->own, depositing->deposited, head.size,
	                              head.note, head.size, &frame, &depositing->asked_count)) ==
	        OK)
		r = send_entries(question, &frame);
	buffer_release(&frame);
	store_head_release(&head);
	return r;
}

static int ask_blob(const struct neutral_question *question)
{
	struct depositing *depositing = question->neutral->depositing;
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	depositing->asked = STEP_BLOB;
	if ((r = channel_make_chunk(question->channel,
	                            &depositing->asked_for.blobs[depositing->blob].hash,
	                            depositing->offset, FRAME_CHUNK_MAXIMUM, &frame)) == OK)
		r = send_chunk(question, &frame);
	buffer_release(&frame);
	return r;
}

static int ask_certificate(const struct neutral_question *question)
{
	struct engine_channel *channel = question->channel;
	struct depositing *depositing = question->neutral->depositing;
	struct uncertified *asked = &depositing->asked_for;
	struct deposit_request request = { .blob_count = 0 };
	struct buffer body;
	int r;

	depositing->asked = STEP_CERTIFICATE;
	if (!depositing->uploaded)
		*asked = depositing->uncertified;
	snprintf(request.origin, sizeof request.origin, "%s", channel->log_keys[channel->own].name);
	for (size_t i = 0; i < asked->blob_count; i++)
		request.blobs[request.blob_count++] = asked->blobs[i].hash;
	buffer_init(&body, DEPOSIT_REQUEST_MAXIMUM);
	if ((r = deposit_request_print(&request, &body)) == OK)
		r = neutral_ask(question, "deposit/certificate", "text/plain; charset=utf-8",
		                &body);
	buffer_release(&body);
	return r;
}

static int deposit_ask(const struct neutral_question *question)
{
	const struct engine_channel *channel = question->channel;
	struct depositing *depositing = question->neutral->depositing;

	if (depositing->deposited < channel->head_size)
		return ask_entries(question);
	return depositing->uploading ? ask_blob(question) : ask_certificate(question);
}

/* --- answers ------------------------------------------------------------------------- */

/* `size <n>` and LF. */
static int parse_size(const struct messenger_answer *answer, uint64_t *ret_size)
{
	struct bytes text = answer->content, words[2];
	size_t count;

	if (text.size > 0 && text.data[text.size - 1] == '\n')
		text.size--;
	if (text_words(text, words, 2, &count) != OK || count != 2 ||
	    !bytes_equal_string(words[0], "size"))
		return ERROR_SYNTAX;
	return text_parse_number(words[1], STORE_NUMBER_MAXIMUM, ret_size);
}

static void take_entries(const struct neutral_question *question,
                         const struct messenger_answer *answer)
{
	const struct engine_channel *channel = question->channel;
	struct depositing *depositing = question->neutral->depositing;
	bool conflict = answer->status == 409;
	uint64_t size;

	if ((answer->status != 200 && !conflict) ||
	    (conflict ? neutral_size_of_conflict(answer, &size) : parse_size(answer, &size)) !=
	        OK) {
		neutral_refused(question, EFFORT_DEPOSIT, answer);
		return;
	}
	if (size > channel->head_size) {
		question->log->look = true;
		neutral_failed(question, EFFORT_DEPOSIT,
		               "it holds %llu entries of our log, more than there are",
		               (unsigned long long)size);
		return;
	}
	/* It goes on from where it is, or from where we did not know that it was. */
	if (conflict ? size >= depositing->asked_from : size <= depositing->asked_from) {
		neutral_failed(question, EFFORT_DEPOSIT, "it contradicts itself about the size");
		return;
	}
	depositing->deposited = size;
	neutral_succeeded(question, EFFORT_DEPOSIT);
}

/* On to the next body, or back to the certificate. */
static void next_blob(struct depositing *depositing)
{
	depositing->offset = 0;
	if (++depositing->blob < depositing->asked_for.blob_count)
		return;
	depositing->uploading = false;
	depositing->uploaded = true;
}

static void take_blob(const struct neutral_question *question,
                      const struct messenger_answer *answer)
{
	struct depositing *depositing = question->neutral->depositing;
	const struct deposit_blob *blob = &depositing->asked_for.blobs[depositing->blob];
	uint64_t size;
	int r = ERROR_SYNTAX;

	if (answer->status == 200)
		r = parse_size(answer, &size);
	else if (answer->status == 409)
		r = neutral_size_of_conflict(answer, &size);
	if (r != OK) {
		/* From the beginning: it may have dropped what it had. */
		depositing->uploading = false;
		if (answer->status == 403)
			neutral_envelope_refused(question, EFFORT_DEPOSIT, "leave bodies");
		else
			neutral_refused(question, EFFORT_DEPOSIT, answer);
		return;
	}
	if (size > blob->size || size == depositing->offset) {
		depositing->uploading = false;
		neutral_failed(question, EFFORT_DEPOSIT, "it contradicts itself about a body");
		return;
	}
	depositing->offset = size;
	if (size == blob->size)
		next_blob(depositing);
	neutral_succeeded(question, EFFORT_DEPOSIT);
}

static bool names_blob(const struct deposit_certificate *certificate,
                       const struct deposit_blob *blob)
{
	for (size_t i = 0; i < certificate->blob_count; i++)
		if (hash_equal(&certificate->blobs[i].hash, &blob->hash))
			return certificate->blobs[i].size == blob->size;
	return false;
}

/* Whether a certificate says what was asked for, of the log as it is. NULL, or why not. */
static const char *fault_of(const struct neutral_question *question,
                            const struct deposit_certificate *certificate)
{
	const struct engine_channel *channel = question->channel;
	const struct uncertified *asked = &question->neutral->depositing->asked_for;
	const struct act_summary *last;

	if (channel_generation_named(channel, channel->own, certificate->head.origin) == 0)
		return "its certificate is for another log";
	if (certificate->head.size <= asked->first ||
	    !channel_has_root(channel, channel->own, certificate->head.size,
	                      &certificate->head.root))
		return "its certificate is not for what was left with it";
	for (size_t i = 0; i < asked->blob_count; i++)
		if (!names_blob(certificate, &asked->blobs[i]))
			return "its certificate does not name a body that was left with it";
	/* Its stamp would be void (rules.h). */
	last = rules_act(channel->rules,
	                 (struct act_place){ channel->own, certificate->head.size - 1 });
	if (certificate->time > engine_now(channel->engine) + CLOCK_TOLERANCE ||
	    certificate->time < last->logged - CLOCK_TOLERANCE)
		return "its clock is more than five minutes from ours, so that its certificate "
		       "would not count";
	return NULL;
}

static int take_certificate(const struct neutral_question *question,
                            const struct messenger_answer *answer, struct error *error)
{
	struct depositing *depositing = question->neutral->depositing;
	struct deposit_certificate certificate;
	struct error why = { 0 };
	const char *fault;
	int r;

	/* A body is not whole there, or not known at all. */
	if ((answer->status == 409 || answer->status == 404) && !depositing->uploaded &&
	    depositing->asked_for.blob_count > 0) {
		depositing->uploading = true;
		depositing->blob = 0;
		depositing->offset = 0;
		return OK;
	}
	depositing->uploaded = false;
	if (answer->status != 200) {
		neutral_refused(question, EFFORT_DEPOSIT, answer);
		return OK;
	}
	r = deposit_certificate_verify(answer->content, &question->neutral->key, &certificate,
	                               &why);
	if (r == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	fault = r != OK ? why.message : fault_of(question, &certificate);
	if (fault == NULL && depositing->stamped_first == depositing->asked_for.first + 1)
		fault = "its certificate was stamped and does not count";
	if (fault != NULL) {
		neutral_failed(question, EFFORT_DEPOSIT, "%s", fault);
		return OK;
	}
	depositing->stamped_first = depositing->asked_for.first + 1;
	neutral_succeeded(question, EFFORT_DEPOSIT);
	if ((r = stamp_add(question->channel, question->channel->own, answer->content)) != OK)
		return error_set(error, r, "out of memory");
	return OK;
}

static int deposit_answer(const struct neutral_question *question,
                          const struct messenger_answer *answer, struct error *error)
{
	switch (question->neutral->depositing->asked) {
	case STEP_ENTRIES:
		take_entries(question, answer);
		return OK;
	case STEP_BLOB:
		take_blob(question, answer);
		return OK;
	default:
		return take_certificate(question, answer, error);
	}
}

uint64_t depositing_size(const struct depositing *depositing)
{
	return depositing->deposited;
}

const struct neutral_effort_row neutral_deposit_row = { deposit_due, deposit_ask, deposit_answer };
