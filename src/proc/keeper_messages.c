#include "keeper_messages.h"

#include "allocate.h"

enum { FLAG_STATE_LOST = 1, FLAG_FAULTED = 2, FLAGS_ALL = 3 };

static int put_hash(struct buffer *buffer, const struct hash *hash)
{
	return buffer_put(buffer, hash->bytes, HASH_SIZE);
}

static int get_hash(struct cursor *cursor, struct hash *ret_hash)
{
	return cursor_get(cursor, ret_hash->bytes, HASH_SIZE);
}

static int put_hashes(struct buffer *buffer, const struct hash *hashes, size_t count)
{
	return count > 0 ? buffer_put(buffer, hashes, count * HASH_SIZE) : OK;
}

/* A view of `count` hashes: they are bytes without alignment. */
static int get_hashes(struct cursor *cursor, size_t count, const struct hash **ret_hashes)
{
	struct bytes view;
	int r = cursor_get_bytes(cursor, count * HASH_SIZE, &view);

	if (r == OK)
		*ret_hashes = (const struct hash *)(const void *)view.data;
	return r;
}

static int put_proof(struct buffer *buffer, const struct hash *hashes, size_t count)
{
	int r;

	if (count > KEEPER_PROOF_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_u8(buffer, (uint8_t)count)) != OK)
		return r;
	return put_hashes(buffer, hashes, count);
}

static int get_proof(struct cursor *cursor, const struct hash **ret_hashes, size_t *ret_count)
{
	uint8_t count;
	int r = cursor_get_u8(cursor, &count);

	if (r != OK)
		return r;
	if (count > KEEPER_PROOF_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = get_hashes(cursor, count, ret_hashes)) == OK)
		*ret_count = count;
	return r;
}

static int put_head(struct buffer *buffer, const struct keeper_head *head)
{
	int r;

	if (head->note.size > KEEPER_NOTE_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_sized(buffer, head->note)) != OK)
		return r;
	return put_proof(buffer, head->proof, head->proof_count);
}

static int get_head(struct cursor *cursor, struct keeper_head *ret_head)
{
	int r = cursor_get_sized(cursor, KEEPER_NOTE_MAXIMUM, &ret_head->note);

	return r == OK ? get_proof(cursor, &ret_head->proof, &ret_head->proof_count) : r;
}

/* Times are those of timestamp.h. */
static int get_time(struct cursor *cursor, timestamp *ret_time)
{
	uint64_t seconds;
	int r = cursor_get_u64(cursor, &seconds);

	if (r != OK)
		return r;
	if (seconds > (uint64_t)TIMESTAMP_MAXIMUM)
		return ERROR_SYNTAX;
	*ret_time = (timestamp)seconds;
	return OK;
}

static int put_channel_status(struct buffer *buffer, const struct keeper_channel_status *status)
{
	uint8_t flags = (uint8_t)((status->state_lost ? FLAG_STATE_LOST : 0) |
	                          (status->faulted ? FLAG_FAULTED : 0));
	int r;

	if ((r = put_hash(buffer, &status->channel)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)status->own_party)) != OK ||
	    (r = buffer_put_u8(buffer, flags)) != OK ||
	    (r = buffer_put_u64(buffer, status->own_size)) != OK ||
	    (r = put_hash(buffer, &status->own_root)) != OK ||
	    (r = buffer_put_u64(buffer, status->previous_size)) != OK ||
	    (r = buffer_put_u64(buffer, status->cosigned_size)) != OK ||
	    (r = put_hash(buffer, &status->cosigned_root)) != OK)
		return r;
	return buffer_put_u64(buffer, (uint64_t)status->cosigned_time);
}

static int get_channel_status(struct cursor *cursor, struct keeper_channel_status *status)
{
	uint8_t own_party, flags;
	int r;

	if ((r = get_hash(cursor, &status->channel)) != OK ||
	    (r = cursor_get_u8(cursor, &own_party)) != OK ||
	    (r = cursor_get_u8(cursor, &flags)) != OK ||
	    (r = cursor_get_u64(cursor, &status->own_size)) != OK ||
	    (r = get_hash(cursor, &status->own_root)) != OK ||
	    (r = cursor_get_u64(cursor, &status->previous_size)) != OK ||
	    (r = cursor_get_u64(cursor, &status->cosigned_size)) != OK ||
	    (r = get_hash(cursor, &status->cosigned_root)) != OK ||
	    (r = get_time(cursor, &status->cosigned_time)) != OK)
		return r;
	if (own_party > 1 || (flags & ~FLAGS_ALL) != 0)
		return ERROR_SYNTAX;
	status->own_party = own_party;
	status->state_lost = (flags & FLAG_STATE_LOST) != 0;
	status->faulted = (flags & FLAG_FAULTED) != 0;
	return OK;
}

int keeper_put_status(struct buffer *buffer, const struct keeper_status *status)
{
	int r = buffer_put_u32(buffer, (uint32_t)status->channel_count);

	for (size_t i = 0; r == OK && i < status->channel_count; i++)
		r = put_channel_status(buffer, &status->channels[i]);
	if (r == OK)
		r = buffer_put_u32(buffer, (uint32_t)status->setup_count);
	for (size_t i = 0; r == OK && i < status->setup_count; i++)
		r = buffer_put(buffer, status->setups[i], KEEPER_SETUP_SIZE);
	return r;
}

int keeper_get_status(struct bytes body, struct keeper_status *ret_status)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_status status = { 0 };
	uint32_t channels, setups;
	int r;

	if ((r = cursor_get_u32(&cursor, &channels)) != OK)
		return r;
	if (channels > KEEPER_CHANNELS_MAXIMUM)
		return ERROR_LIMIT;
	status.channels = allocate(channels + 1, sizeof(*status.channels));
	if (status.channels == NULL)
		return ERROR_MEMORY;
	for (; r == OK && status.channel_count < channels; status.channel_count++)
		r = get_channel_status(&cursor, &status.channels[status.channel_count]);
	if (r != OK || (r = cursor_get_u32(&cursor, &setups)) != OK)
		goto out;
	if (setups > KEEPER_SETUPS_MAXIMUM) {
		r = ERROR_LIMIT;
		goto out;
	}
	status.setups = allocate(setups + 1, sizeof(*status.setups));
	if (status.setups == NULL) {
		r = ERROR_MEMORY;
		goto out;
	}
	for (; r == OK && status.setup_count < setups; status.setup_count++)
		r = cursor_get(&cursor, status.setups[status.setup_count], KEEPER_SETUP_SIZE);
	if (r == OK)
		r = cursor_end(&cursor);
out:
	if (r != OK)
		keeper_status_release(&status);
	else
		*ret_status = status;
	return r;
}

void keeper_status_release(struct keeper_status *status)
{
	release_memory(status->channels);
	release_memory(status->setups);
	*status = (struct keeper_status){ 0 };
}

int keeper_put_setup_keys(struct buffer *buffer, const struct keeper_setup_keys *keys)
{
	int r;

	if ((r = buffer_put(buffer, keys->setup, KEEPER_SETUP_SIZE)) != OK ||
	    (r = buffer_put(buffer, keys->log_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = buffer_put(buffer, keys->receipt_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = buffer_put(buffer, keys->node_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = buffer_put(buffer, keys->link_key.bytes, ED25519_PUBLIC_SIZE)) != OK)
		return r;
	return buffer_put_sized_string(buffer, keys->reading_key);
}

int keeper_get_setup_keys(struct bytes body, struct keeper_setup_keys *ret_keys)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_setup_keys keys = { 0 };
	int r;

	if ((r = cursor_get(&cursor, keys.setup, KEEPER_SETUP_SIZE)) != OK ||
	    (r = cursor_get(&cursor, keys.log_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = cursor_get(&cursor, keys.receipt_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = cursor_get(&cursor, keys.node_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = cursor_get(&cursor, keys.link_key.bytes, ED25519_PUBLIC_SIZE)) != OK ||
	    (r = cursor_get_sized_string(&cursor, keys.reading_key, sizeof(keys.reading_key))) !=
	        OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	*ret_keys = keys;
	return OK;
}

int keeper_put_commit(struct buffer *buffer, const struct keeper_commit *commit)
{
	int r;

	if (commit->leaf_count > KEEPER_LEAVES_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = put_hash(buffer, &commit->channel)) != OK ||
	    (r = buffer_put_u64(buffer, commit->previous_size)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)commit->time)) != OK ||
	    (r = put_head(buffer, &commit->head)) != OK ||
	    (r = buffer_put_u32(buffer, (uint32_t)commit->leaf_count)) != OK)
		return r;
	return put_hashes(buffer, commit->leaves, commit->leaf_count);
}

int keeper_get_commit(struct bytes body, struct keeper_commit *ret_commit)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_commit commit = { 0 };
	uint32_t count;
	int r;

	if ((r = get_hash(&cursor, &commit.channel)) != OK ||
	    (r = cursor_get_u64(&cursor, &commit.previous_size)) != OK ||
	    (r = get_time(&cursor, &commit.time)) != OK ||
	    (r = get_head(&cursor, &commit.head)) != OK ||
	    (r = cursor_get_u32(&cursor, &count)) != OK)
		return r;
	if (count > KEEPER_LEAVES_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = get_hashes(&cursor, count, &commit.leaves)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	commit.leaf_count = count;
	*ret_commit = commit;
	return OK;
}

int keeper_put_sign(struct buffer *buffer, const struct keeper_sign *sign)
{
	int r;

	if (sign->text_count > KEEPER_TEXTS_MAXIMUM || sign->note.size > KEEPER_NOTE_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = put_hash(buffer, &sign->channel)) != OK ||
	    (r = buffer_put_sized(buffer, sign->note)) != OK ||
	    (r = buffer_put_u64(buffer, sign->size)) != OK ||
	    (r = put_hash(buffer, &sign->root)) != OK ||
	    (r = put_proof(buffer, sign->to, sign->to_count)) != OK ||
	    (r = put_proof(buffer, sign->from, sign->from_count)) != OK ||
	    (r = buffer_put_u16(buffer, (uint16_t)sign->text_count)) != OK)
		return r;
	for (size_t i = 0; r == OK && i < sign->text_count; i++)
		r = buffer_put_sized(buffer, sign->texts[i]);
	return r;
}

int keeper_get_sign(struct bytes body, struct keeper_sign *ret_sign)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_sign sign = { 0 };
	uint16_t count;
	int r;

	if ((r = get_hash(&cursor, &sign.channel)) != OK ||
	    (r = cursor_get_sized(&cursor, KEEPER_NOTE_MAXIMUM, &sign.note)) != OK ||
	    (r = cursor_get_u64(&cursor, &sign.size)) != OK ||
	    (r = get_hash(&cursor, &sign.root)) != OK ||
	    (r = get_proof(&cursor, &sign.to, &sign.to_count)) != OK ||
	    (r = get_proof(&cursor, &sign.from, &sign.from_count)) != OK ||
	    (r = cursor_get_u16(&cursor, &count)) != OK)
		return r;
	if (count > KEEPER_TEXTS_MAXIMUM)
		return ERROR_LIMIT;
	for (; r == OK && sign.text_count < count; sign.text_count++)
		r = cursor_get_sized(&cursor, KEEPER_NOTE_MAXIMUM, &sign.texts[sign.text_count]);
	if (r != OK || (r = cursor_end(&cursor)) != OK)
		return r;
	*ret_sign = sign;
	return OK;
}

int keeper_put_recover(struct buffer *buffer, const struct keeper_recover *recover)
{
	int r;

	if (recover->edge.size > KEEPER_EDGE_MAXIMUM || recover->entry.size > KEEPER_ENTRY_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = put_hash(buffer, &recover->channel)) != OK ||
	    (r = put_head(buffer, &recover->own)) != OK ||
	    (r = buffer_put_sized(buffer, recover->edge)) != OK ||
	    (r = put_head(buffer, &recover->theirs)) != OK ||
	    (r = buffer_put_u8(buffer, recover->named)) != OK || !recover->named)
		return r;
	if ((r = buffer_put_sized(buffer, recover->entry)) != OK ||
	    (r = buffer_put_u64(buffer, recover->entry_number)) != OK)
		return r;
	return put_head(buffer, &recover->entry_head);
}

int keeper_get_recover(struct bytes body, struct keeper_recover *ret_recover)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_recover recover = { 0 };
	uint8_t named;
	int r;

	if ((r = get_hash(&cursor, &recover.channel)) != OK ||
	    (r = get_head(&cursor, &recover.own)) != OK ||
	    (r = cursor_get_sized(&cursor, KEEPER_EDGE_MAXIMUM, &recover.edge)) != OK ||
	    (r = get_head(&cursor, &recover.theirs)) != OK ||
	    (r = cursor_get_u8(&cursor, &named)) != OK)
		return r;
	if (named > 1)
		return ERROR_SYNTAX;
	recover.named = named == 1;
	if (recover.named &&
	    ((r = cursor_get_sized(&cursor, KEEPER_ENTRY_MAXIMUM, &recover.entry)) != OK ||
	     (r = cursor_get_u64(&cursor, &recover.entry_number)) != OK ||
	     (r = get_head(&cursor, &recover.entry_head)) != OK))
		return r;
	if ((r = cursor_end(&cursor)) != OK)
		return r;
	*ret_recover = recover;
	return OK;
}

/* --- successor logs --------------------------------------------------------- */

static int put_links(struct buffer *buffer, const struct keeper_links *links)
{
	int r;

	if (links->count > KEEPER_LINKS_MAXIMUM)
		return ERROR_LIMIT;
	r = buffer_put_u16(buffer, (uint16_t)links->count);
	for (size_t i = 0; r == OK && i < links->count; i++)
		r = buffer_put_sized(buffer, links->entries[i]);
	return r;
}

static int get_link_list(struct cursor *cursor, struct keeper_links *links)
{
	uint16_t count;
	int r;

	if ((r = cursor_get_u16(cursor, &count)) != OK)
		return r;
	if (count > KEEPER_LINKS_MAXIMUM)
		return ERROR_LIMIT;
	for (links->count = 0; r == OK && links->count < count; links->count++)
		r = cursor_get_sized(cursor, KEEPER_NOTE_MAXIMUM, &links->entries[links->count]);
	return r;
}

/* They end the body. */
static int get_links(struct cursor *cursor, struct keeper_links *links)
{
	int r = get_link_list(cursor, links);

	return r == OK ? cursor_end(cursor) : r;
}

static int get_party(struct cursor *cursor, unsigned *ret_party)
{
	uint8_t party;
	int r;

	if ((r = cursor_get_u8(cursor, &party)) != OK)
		return r;
	if (party > 1)
		return ERROR_SYNTAX;
	*ret_party = party;
	return OK;
}

int keeper_put_succession(struct buffer *buffer, const struct keeper_succession *succession)
{
	int r;

	if ((r = put_hash(buffer, &succession->channel)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)succession->party)) != OK)
		return r;
	return put_links(buffer, &succession->links);
}

int keeper_get_succession(struct bytes body, struct keeper_succession *ret_succession)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_succession succession;
	int r;

	if ((r = get_hash(&cursor, &succession.channel)) != OK ||
	    (r = get_party(&cursor, &succession.party)) != OK ||
	    (r = get_links(&cursor, &succession.links)) != OK)
		return r;
	*ret_succession = succession;
	return OK;
}

int keeper_put_successor(struct buffer *buffer, const struct keeper_successor *successor)
{
	int r;

	if (successor->charter.size > KEEPER_CHARTER_MAXIMUM ||
	    successor->edge.size > KEEPER_EDGE_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put(buffer, successor->setup, KEEPER_SETUP_SIZE)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)successor->own_party)) != OK ||
	    (r = buffer_put_sized(buffer, successor->charter)) != OK ||
	    (r = buffer_put_sized(buffer, successor->edge)) != OK ||
	    (r = buffer_put_u64(buffer, successor->cosigned_size)) != OK ||
	    (r = put_hash(buffer, &successor->cosigned_root)) != OK)
		return r;
	return put_links(buffer, &successor->links);
}

int keeper_get_successor(struct bytes body, struct keeper_successor *ret_successor)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_successor successor;
	int r;

	if ((r = cursor_get(&cursor, successor.setup, KEEPER_SETUP_SIZE)) != OK ||
	    (r = get_party(&cursor, &successor.own_party)) != OK ||
	    (r = cursor_get_sized(&cursor, KEEPER_CHARTER_MAXIMUM, &successor.charter)) != OK ||
	    (r = cursor_get_sized(&cursor, KEEPER_EDGE_MAXIMUM, &successor.edge)) != OK ||
	    (r = cursor_get_u64(&cursor, &successor.cosigned_size)) != OK ||
	    (r = get_hash(&cursor, &successor.cosigned_root)) != OK ||
	    (r = get_links(&cursor, &successor.links)) != OK)
		return r;
	*ret_successor = successor;
	return OK;
}

int keeper_put_call(struct buffer *buffer, const struct keeper_call *call)
{
	const struct call_question *question = &call->question;
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put(buffer, question->channel.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)question->asker)) != OK ||
	    (r = buffer_put_u64(buffer, question->window)) != OK ||
	    (r = buffer_put(buffer, question->random, CALL_RANDOM_SIZE)) != OK ||
	    (r = buffer_put(buffer, call->other.bytes, X25519_SIZE)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int keeper_get_call(struct bytes body, struct keeper_call *ret_call)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_call call;
	uint8_t asker;
	int r;

	if ((r = cursor_get(&cursor, call.question.channel.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u8(&cursor, &asker)) != OK ||
	    (r = cursor_get_u64(&cursor, &call.question.window)) != OK ||
	    (r = cursor_get(&cursor, call.question.random, CALL_RANDOM_SIZE)) != OK ||
	    (r = cursor_get(&cursor, call.other.bytes, X25519_SIZE)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (asker > 1)
		return ERROR_SYNTAX;
	call.question.asker = asker;
	*ret_call = call;
	return OK;
}

int keeper_put_exchange(struct buffer *buffer, const struct keeper_exchange *exchange)
{
	size_t before = buffer->size;
	int r;

	if ((r = put_hash(buffer, &exchange->channel)) != OK ||
	    (r = put_hash(buffer, &exchange->list)) != OK ||
	    (r = buffer_put_u8(buffer, exchange->identifier_class)) != OK ||
	    (r = buffer_put_u8(buffer, exchange->step)) != OK ||
	    (r = buffer_put_u8(buffer, exchange->outcome)) != OK ||
	    (r = buffer_put_u64(buffer, exchange->epoch)) != OK ||
	    (r = buffer_put_u64(buffer, exchange->number)) != OK ||
	    (r = buffer_put_u64(buffer, exchange->total)) != OK ||
	    (r = buffer_put_u64(buffer, exchange->today)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)exchange->day)) != OK ||
	    (r = buffer_put_u64(buffer, exchange->elements)) != OK ||
	    (r = put_hash(buffer, &exchange->content)) != OK ||
	    (r = put_hash(buffer, &exchange->previous)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int keeper_get_exchange(struct bytes body, struct keeper_exchange *ret_exchange)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_exchange exchange;
	uint64_t day;
	int r;

	if ((r = get_hash(&cursor, &exchange.channel)) != OK ||
	    (r = get_hash(&cursor, &exchange.list)) != OK ||
	    (r = cursor_get_u8(&cursor, &exchange.identifier_class)) != OK ||
	    (r = cursor_get_u8(&cursor, &exchange.step)) != OK ||
	    (r = cursor_get_u8(&cursor, &exchange.outcome)) != OK ||
	    (r = cursor_get_u64(&cursor, &exchange.epoch)) != OK ||
	    (r = cursor_get_u64(&cursor, &exchange.number)) != OK ||
	    (r = cursor_get_u64(&cursor, &exchange.total)) != OK ||
	    (r = cursor_get_u64(&cursor, &exchange.today)) != OK ||
	    (r = cursor_get_u64(&cursor, &day)) != OK ||
	    (r = cursor_get_u64(&cursor, &exchange.elements)) != OK ||
	    (r = get_hash(&cursor, &exchange.content)) != OK ||
	    (r = get_hash(&cursor, &exchange.previous)) != OK || (r = cursor_end(&cursor)) != OK)
		return r;
	exchange.day = (timestamp)day;
	*ret_exchange = exchange;
	return OK;
}

/* --- reading keys that are destroyed ------------------------------------------ */

static int put_logged(struct buffer *buffer, const struct keeper_logged *logged)
{
	int r;

	if (logged->entry.size > KEEPER_ENTRY_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_sized(buffer, logged->entry)) != OK ||
	    (r = buffer_put_u64(buffer, logged->number)) != OK)
		return r;
	return put_proof(buffer, logged->proof, logged->proof_count);
}

static int get_logged(struct cursor *cursor, struct keeper_logged *logged)
{
	int r;

	if ((r = cursor_get_sized(cursor, KEEPER_ENTRY_MAXIMUM, &logged->entry)) != OK ||
	    (r = cursor_get_u64(cursor, &logged->number)) != OK)
		return r;
	return get_proof(cursor, &logged->proof, &logged->proof_count);
}

int keeper_put_destruction(struct buffer *buffer, const struct keeper_destruction *destruction)
{
	int r;

	if ((r = put_hash(buffer, &destruction->channel)) != OK ||
	    (r = buffer_put_sized_string(buffer, destruction->recipient)) != OK ||
	    (r = put_logged(buffer, &destruction->ours)) != OK ||
	    (r = put_logged(buffer, &destruction->theirs)) != OK ||
	    (r = put_logged(buffer, &destruction->receipt)) != OK ||
	    (r = put_links(buffer, &destruction->links[0])) != OK)
		return r;
	return put_links(buffer, &destruction->links[1]);
}

int keeper_get_destruction(struct bytes body, struct keeper_destruction *ret_destruction)
{
	struct cursor cursor = cursor_over(body);
	struct keeper_destruction *destruction = ret_destruction;
	int r;

	if ((r = get_hash(&cursor, &destruction->channel)) != OK ||
	    (r = cursor_get_sized_string(&cursor, destruction->recipient,
	                                 sizeof destruction->recipient)) != OK ||
	    (r = get_logged(&cursor, &destruction->ours)) != OK ||
	    (r = get_logged(&cursor, &destruction->theirs)) != OK ||
	    (r = get_logged(&cursor, &destruction->receipt)) != OK ||
	    (r = get_link_list(&cursor, &destruction->links[0])) != OK)
		return r;
	return get_links(&cursor, &destruction->links[1]);
}
