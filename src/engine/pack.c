#include "channel_internal.h"
#include "text.h"

#include <stdio.h>

/* What a file for the other side, or a copy, is made of, one frame at a time. The
 * caller keeps the place where it is, so that nothing is remembered here: */
struct place {
	uint64_t stage;
	/* Of each log: [from, end) is packed; end is the size of a signed head. */
	uint64_t from[2], end[2];
	uint64_t at, offset;  /* within the stage */
	uint64_t cosigned[2]; /* when the pass before this one was over */
};

enum {
	PLACE_NUMBERS = sizeof(struct place) / sizeof(uint64_t),
	HEADS_A_CALL = 1024,
	CHUNK_OVERHEAD = 64
};

static int print_place(const struct place *place, char ret_text[PACK_PLACE_CAPACITY])
{
	uint64_t numbers[PLACE_NUMBERS];
	struct buffer text;
	int r = OK;

	memcpy(numbers, place, sizeof numbers);
	buffer_init(&text, PACK_PLACE_CAPACITY);
	for (size_t i = 0; i < PLACE_NUMBERS && r == OK; i++)
		r = buffer_put_format(&text, i == 0 ? "%llu" : ".%llu",
		                      (unsigned long long)numbers[i]);
	if (r == OK)
		r = bytes_to_string(buffer_view(&text), ret_text, PACK_PLACE_CAPACITY);
	buffer_release(&text);
	return r;
}

static bool is_possible(const struct engine_channel *channel, const struct place *place)
{
	for (unsigned party = 0; party < 2; party++)
		if (place->from[party] > place->end[party] ||
		    place->end[party] > rules_size(channel->rules, party))
			return false;
	return true;
}

static int read_place(const struct engine_channel *channel, struct bytes text,
                      struct place *ret_place)
{
	uint64_t numbers[PLACE_NUMBERS];
	struct place place;
	struct bytes word;
	bool more = true;

	for (size_t i = 0; i < PLACE_NUMBERS; i++) {
		if (!more)
			return ERROR_USAGE;
		more = bytes_cut(&text, '.', &word);
		if (text_parse_number(word, STORE_NUMBER_MAXIMUM, &numbers[i]) != OK)
			return ERROR_USAGE;
	}
	if (more)
		return ERROR_USAGE;
	memcpy(&place, numbers, sizeof place);
	if (!is_possible(channel, &place))
		return ERROR_USAGE;
	*ret_place = place;
	return OK;
}

/* The size of the newest signed head of a log that is wholly here. */
static int head_size(struct engine_channel *channel, unsigned party, uint64_t *ret_size)
{
	struct store_head head;
	int r;

	store_head_init(&head);
	r = store_get_head(channel->engine->settings.store, channel->number, party,
	                   rules_size(channel->rules, party), NULL, &head);
	if (r == OK)
		*ret_size = head.size;
	else if (r == ERROR_NOT_FOUND)
		*ret_size = 0;
	store_head_release(&head);
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* --- stages -------------------------------------------------------------------- */

/* A stage appends at most one frame and moves the place; it is over when the place
 * is at its end (then true). */
typedef int stage_function(struct engine_channel *channel, struct place *place,
                           struct buffer *frame, bool *ret_over);

static int pack_charter(struct engine_channel *channel, struct place *place, struct buffer *frame,
                        bool *ret_over)
{
	struct frame_charter charter = {
		.text = channel->charter->text,
		.armors = { buffer_view(&channel->signatures[0]),
		            buffer_view(&channel->signatures[1]) },
	};

	*ret_over = true;
	/* Who follows has it since the first pass. */
	if (place->from[0] > 0 || place->from[1] > 0)
		return OK;
	return frame_put_charter(frame, &charter);
}

/* Whether the entries of this pass open an amendment, or complete it. */
static bool is_named_here(const struct engine_channel *channel, const struct place *place,
                          const struct amendment_summary *amendment)
{
	const struct act_summary *opened = rules_act(channel->rules, amendment->opened);
	unsigned party = amendment->opened.party;

	return opened->place.number >= place->from[party] ||
	       (opened->answered_by != UINT64_MAX && opened->answered_by >= place->from[1 - party]);
}

/* The texts of the charters that entries of this pass name, before these entries: `at` is
 * the index among a log's amendments, `offset` the log. */
static int pack_amended(struct engine_channel *channel, struct place *place, struct buffer *frame,
                        bool *ret_over)
{
	struct amendment_summary amendment;
	struct buffer text;
	int r = OK;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	while (text.size == 0 && place->offset < 2) {
		if (rules_amendment_by_index(channel->rules, (unsigned)place->offset,
		                             (size_t)place->at, &amendment) != OK) {
			place->offset++;
			place->at = 0;
			continue;
		}
		place->at++;
		if (!is_named_here(channel, place, &amendment))
			continue;
		r = channel_charter_text(channel, &amendment.charter, &text);
		if (r != OK && r != ERROR_NOT_FOUND)
			break;
		r = OK;
	}
	if (text.size > 0)
		r = frame_put_amended(frame, buffer_view(&text));
	else
		*ret_over = true;
	buffer_release(&text);
	return r;
}

static int pack_hello(struct engine_channel *channel, struct place *place, struct buffer *frame,
                      bool *ret_over)
{
	(void)place;
	*ret_over = true;
	return channel_make_hello(channel, frame);
}

static int pack_cosignature(struct engine_channel *channel, struct place *place,
                            struct buffer *frame, bool *ret_over)
{
	(void)place;
	*ret_over = true;
	return channel_make_cosignature(channel, frame);
}

/* What a chunk may have, if its frame is to fit. */
static uint32_t chunk_length(const struct buffer *frame)
{
	size_t room = frame->maximum - frame->size - CHUNK_OVERHEAD;

	return room < FRAME_CHUNK_MAXIMUM ? (uint32_t)room : FRAME_CHUNK_MAXIMUM;
}

static bool is_missed(const struct act_summary *act)
{
	return act->misses_body;
}

/* The blobs of a log that do not ride along with their entries; with `again` also
 * those that the other side has said that it misses. */
static int pack_blobs(struct engine_channel *channel, unsigned party, bool again,
                      struct place *place, struct buffer *frame, bool *ret_over)
{
	uint32_t length = chunk_length(frame);
	struct act_place body;
	struct hash hash;
	uint64_t size;

	if (!again && place->at < place->from[party])
		place->at = place->from[party];
	for (; place->at < place->end[party]; place->at++, place->offset = 0) {
		struct act_place entry = { party, place->at };
		bool is_new = place->at >= place->from[party];

		if (!channel_blob_of(channel, entry, &hash, &size, &body) ||
		    place->offset >= size || (is_new && size <= FRAME_INLINE_BLOB_MAXIMUM) ||
		    (!is_new && !is_missed(rules_act(channel->rules, body))) ||
		    !blob_is_held(channel, &hash))
			continue;
		place->offset += length;
		return channel_make_chunk(channel, &hash, place->offset - length, length, frame);
	}
	*ret_over = true;
	return OK;
}

static int pack_own_blobs(struct engine_channel *channel, struct place *place, struct buffer *frame,
                          bool *ret_over)
{
	return pack_blobs(channel, channel->own, true, place, frame, ret_over);
}

static int pack_first_blobs(struct engine_channel *channel, struct place *place,
                            struct buffer *frame, bool *ret_over)
{
	return pack_blobs(channel, 0, false, place, frame, ret_over);
}

static int pack_second_blobs(struct engine_channel *channel, struct place *place,
                             struct buffer *frame, bool *ret_over)
{
	return pack_blobs(channel, 1, false, place, frame, ret_over);
}

static int pack_entries(struct engine_channel *channel, unsigned party, uint64_t start,
                        uint64_t end, uint64_t size, struct buffer *frame, uint64_t *ret_count)
{
	struct store_head head;
	int r;

	store_head_init(&head);
	if ((r = channel_head_for(channel, party, start, size, &head)) == OK)
		r = channel_make_entries(channel, party, start, end < head.size ? end : head.size,
		                         head.note, head.size, frame, ret_count);
	store_head_release(&head);
	return r;
}

static int pack_own_entries(struct engine_channel *channel, struct place *place,
                            struct buffer *frame, bool *ret_over)
{
	unsigned own = channel->own;
	uint64_t count;
	int r;

	if (place->at < place->from[own])
		place->at = place->from[own];
	if (place->at >= place->end[own]) {
		*ret_over = true;
		return OK;
	}
	if ((r = pack_entries(channel, own, place->at, place->end[own], place->end[own], frame,
	                      &count)) == OK)
		place->at += count;
	return r;
}

/* Where the entries of a log from `start` on have seen more of the other than
 * `given` entries. */
static uint64_t seen_until(const struct engine_channel *channel, unsigned party, uint64_t start,
                           uint64_t end, uint64_t given)
{
	struct act_place place = { party, start };

	while (place.number < end && place.number < start + FRAME_ENTRIES_MAXIMUM &&
	       rules_act(channel->rules, place)->seen <= given)
		place.number++;
	return place.number;
}

/* Both logs, neither ever ahead of what it has seen of the other: `at` and `offset`
 * are how much of each was given. */
static int pack_both_logs(struct engine_channel *channel, struct place *place, struct buffer *frame,
                          bool *ret_over)
{
	uint64_t *given[2] = { &place->at, &place->offset };
	uint64_t count;
	int r;

	for (unsigned party = 0; party < 2; party++)
		if (*given[party] < place->from[party])
			*given[party] = place->from[party];
	for (unsigned party = 0; party < 2; party++) {
		uint64_t start = *given[party], end = place->end[party];
		uint64_t until = seen_until(channel, party, start, end, *given[1 - party]);

		/* One whose other log's head is older than what it saw waits over there. */
		if (until == start && start < end && *given[1 - party] == place->end[1 - party])
			until = end;
		if (until == start)
			continue;
		if ((r = pack_entries(channel, party, start, until, end, frame, &count)) == OK)
			*given[party] += count;
		return r;
	}
	*ret_over = true;
	return OK;
}

/* --- heads of a copy -------------------------------------------------------------- */

static int put_note(const struct store_head *head, struct buffer *notes)
{
	size_t size = head->note.size + head->cosignatures.size;
	struct bytes lines = head->cosignatures;
	int r;

	/* More lines than a note of a frame has room for are of no use either. */
	if (size > FRAME_NOTE_MAXIMUM) {
		lines.size = 0;
		size = head->note.size;
	}
	if ((r = buffer_put_u32(notes, (uint32_t)size)) != OK ||
	    (r = buffer_put_bytes(notes, head->note)) != OK)
		return r;
	return buffer_put_bytes(notes, lines);
}

/* The heads of a log that somebody has cosigned, and its newest, from the newest
 * down; `at` is one more than the size to look for next. */
static int pack_heads(struct engine_channel *channel, unsigned party, struct place *place,
                      struct buffer *frame, bool *ret_over)
{
	uint64_t least = place->from[party] < place->cosigned[party] ? place->from[party]
	                                                             : place->cosigned[party];
	struct frame_heads heads = { .count = 0 };
	struct store_head head;
	struct buffer notes;
	int r = OK;

	if (place->at == 0)
		place->at = place->end[party] + 1;
	store_head_init(&head);
	buffer_init(&notes, FRAME_MAXIMUM);
	for (size_t i = 0; i < HEADS_A_CALL && heads.count < FRAME_HEADS_MAXIMUM; i++) {
		r = store_get_head(channel->engine->settings.store, channel->number, party,
		                   place->at - 1, NULL, &head);
		if (r == ERROR_NOT_FOUND || (r == OK && head.size < least)) {
			*ret_over = true;
			r = OK;
			break;
		}
		if (r != OK || frame->size + notes.size + 2 * FRAME_NOTE_MAXIMUM > frame->maximum)
			break;
		if (head.cosignatures.size > 0 || head.size == place->end[party]) {
			if ((r = put_note(&head, &notes)) != OK)
				break;
			heads.count++;
		}
		place->at = head.size;
		if (head.size == 0) {
			*ret_over = true;
			break;
		}
	}
	heads.notes = buffer_view(&notes);
	if (r == OK && heads.count > 0)
		r = frame_put_heads(frame, &heads);
	buffer_release(&notes);
	store_head_release(&head);
	return r;
}

static int pack_first_heads(struct engine_channel *channel, struct place *place,
                            struct buffer *frame, bool *ret_over)
{
	return pack_heads(channel, 0, place, frame, ret_over);
}

static int pack_second_heads(struct engine_channel *channel, struct place *place,
                             struct buffer *frame, bool *ret_over)
{
	return pack_heads(channel, 1, place, frame, ret_over);
}

/* --- the order of stages ------------------------------------------------------------ */

/* Bodies before the entries that name them, so that whoever has all volumes has
 * no reason to say that one is missing. Nobody says that of a copy. */
static stage_function *const post_stages[] = { pack_hello, pack_own_blobs, pack_own_entries,
	                                       pack_cosignature };
static stage_function *const copy_stages[] = { pack_charter,      pack_amended,
	                                       pack_both_logs,    pack_first_heads,
	                                       pack_second_heads, pack_first_blobs,
	                                       pack_second_blobs };

static size_t stage_count(bool copy)
{
	return copy ? sizeof copy_stages / sizeof copy_stages[0]
	            : sizeof post_stages / sizeof post_stages[0];
}

static void cosigned_now(const struct engine_channel *channel, uint64_t ret_cosigned[2])
{
	ret_cosigned[channel->own] = channel->their_cosigned_size;
	ret_cosigned[channel->other] = channel->cosigned_size;
}

/* The first pass over what is there. */
static int first_place(struct engine_channel *channel, const struct pack_request *request,
                       struct place *ret_place, struct error *error)
{
	struct place place = { .stage = 0 };
	uint64_t known = channel_receipted(channel);
	int r;

	for (unsigned party = 0; party < 2; party++)
		if ((r = head_size(channel, party, &place.end[party])) != OK)
			return error_set(error, r, "the heads cannot be read");
	if (!request->copy) {
		if (known < channel->their_cosigned_size)
			known = channel->their_cosigned_size;
		if (request->since != UINT64_MAX)
			known = request->since;
		place.from[channel->other] = place.end[channel->other];
		if (known > place.end[channel->own])
			return error_set(error, ERROR_LIMIT, "only %llu own entries are signed",
			                 (unsigned long long)place.end[channel->own]);
		place.from[channel->own] = known;
	}
	*ret_place = place;
	return OK;
}

/* A pass is over: the next one begins where it ended, once there is something. */
static int next_pass(struct engine_channel *channel, size_t stages, struct place *place,
                     bool *ret_anything)
{
	struct place next = { .stage = 0 };
	int r;

	cosigned_now(channel, next.cosigned);
	*ret_anything = false;
	for (unsigned party = 0; party < 2; party++) {
		next.from[party] = place->end[party];
		if ((r = head_size(channel, party, &next.end[party])) != OK)
			return r;
		if (next.end[party] < next.from[party])
			next.end[party] = next.from[party];
		*ret_anything |= next.end[party] > next.from[party] ||
		                 next.cosigned[party] > place->cosigned[party];
		/* Lines may have come since for what was cosigned then. */
		next.cosigned[party] = place->cosigned[party];
	}
	if (*ret_anything)
		*place = next;
	else
		place->stage = stages;
	return OK;
}

static int pack(struct engine_channel *channel, bool copy, struct place *place,
                struct buffer *frame, struct error *error)
{
	stage_function *const *stages = copy ? copy_stages : post_stages;
	size_t count = stage_count(copy), before = frame->size;
	bool over;
	int r;

	while (place->stage < count) {
		over = false;
		if ((r = stages[place->stage](channel, place, frame, &over)) != OK)
			return error_set(error, r, "a frame cannot be packed: %s", result_text(r));
		if (over) {
			place->stage++;
			place->at = place->offset = 0;
		}
		if (frame->size > before || !over)
			return OK;
	}
	return OK;
}

int engine_pack(struct engine_channel *channel, const struct pack_request *request,
                struct buffer *frame, char ret_next[PACK_PLACE_CAPACITY], bool *ret_more,
                struct error *error)
{
	size_t count = stage_count(request->copy);
	struct place place;
	bool anything = true;
	int r;

	if (request->place.size == 0) {
		/* The newest cosignature, which is packed last, is made anew: it may be all
		 * that shows the other side how far its log had come. */
		channel->link.renewal_due = true;
		if ((r = first_place(channel, request, &place, error)) != OK)
			return r;
	} else if (read_place(channel, request->place, &place) != OK) {
		return error_set(error, ERROR_USAGE, "this is no place in this channel's logs");
	} else if (place.stage >= count) {
		if ((r = next_pass(channel, count, &place, &anything)) != OK)
			return error_set(error, r, "the heads cannot be read");
	}
	if (anything && (r = pack(channel, request->copy, &place, frame, error)) != OK)
		return r;
	if (place.stage == count && anything)
		cosigned_now(channel, place.cosigned);
	if ((r = print_place(&place, ret_next)) != OK)
		return error_set(error, r, "out of memory");
	*ret_more = place.stage < count;
	return OK;
}
