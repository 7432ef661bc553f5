/* A state that is lost, or older than what was signed: where the own log goes on.
 *
 * What a compromised engine could do with this. It cannot move a keeper that has
 * lost nothing: there is no greater head by its log key. While a state is lost or
 * old, it could keep later heads from those whose word is the evidence, have an
 * older one named as the newest, and so get a second root for sizes of which
 * somebody has the first. Where the counterpart is the evidence, it could also
 * hide that the counterpart's receipt key was replaced: whoever has stolen the
 * former key could then name the head. And it could show an older cosignature of
 * the other log than the last one; then two heads of one size of a forking
 * counterpart could be cosigned. */
#include <unistd.h>

#include "allocate.h"
#include "evidence.h"
#include "fault_point.h"
#include "keeper_file.h"
#include "keeper_internal.h"

static int receipt_key_of(const struct keeper_channel *channel, unsigned party,
                          const struct ed25519_public *public_key, struct note_key *ret_key)
{
	char name[LOG_NAME_CAPACITY];

	charter_log_name(channel->charter, party, 1, "/receipt", name);
	return note_key_init(ret_key, bytes_of_string(name), NOTE_KEY_COSIGNATURE, public_key);
}

/* The key that signs heads of the size that a head has. */
static int log_key_of_head(const struct keeper_channel *channel, unsigned party, struct bytes bytes,
                           struct note_key *ret_key, struct error *error)
{
	struct checkpoint head;
	struct note note;
	int r;

	if ((r = note_parse(bytes, &note, error)) != OK ||
	    (r = checkpoint_parse(note.text, &head, error)) != OK)
		return r;
	r = keeper_log_key(channel, party, head.size, ret_key);
	return r == OK ? OK : error_set(error, r, "a log's key: %s", result_text(r));
}

/* The other side's receipt key: the charter's, or the one that its log names. */
static int their_receipt_key(const struct keeper_channel *channel,
                             const struct keeper_recover *recover, struct note_key *ret_key,
                             struct error *error)
{
	unsigned other = 1 - channel->own_party;
	struct ed25519_public public_key = channel->charter->parties[other].receipt_key;
	struct receipt_naming naming = {
		.entry = recover->entry,
		.number = recover->entry_number,
		.head = recover->entry_head.note,
	};
	struct note_key log_key;
	int r;

	if (recover->named &&
	    ((r = log_key_of_head(channel, other, naming.head, &log_key, error)) != OK ||
	     (r = keeper_proof_init(&naming.path, recover->entry_head.proof,
	                            recover->entry_head.proof_count)) != OK ||
	     (r = receipt_naming_verify(channel->charter, other, &log_key, &naming, &public_key,
	                                error)) != OK))
		return r;
	if ((r = receipt_key_of(channel, other, &public_key, ret_key)) != OK)
		return error_set(error, r, "the other side's receipt key: %s", result_text(r));
	return OK;
}

/* Where the own log ended, by the head, the edge and the evidence. */
static int recover_own(const struct keeper *keeper, const struct keeper_channel *channel,
                       const struct keeper_recover *recover, struct keeper_state *next,
                       struct error *error)
{
	struct cursor cursor = cursor_over(recover->edge);
	struct evidence evidence;
	struct checkpoint head;
	struct note_key log_key, receipt;
	struct edge edge;
	struct hash root;
	int r;

	if ((r = their_receipt_key(channel, recover, &receipt, error)) != OK ||
	    (r = log_key_of_head(channel, channel->own_party, recover->own.note, &log_key,
	                         error)) != OK ||
	    (r = evidence_read(channel->charter, recover->own.note, &log_key, &receipt,
	                       keeper->started, keeper->clock.now(keeper->clock.context), &head,
	                       &evidence, error)) != OK)
		return r;
	if ((r = edge_decode(&cursor, &edge)) != OK || (r = cursor_end(&cursor)) != OK)
		return error_set(error, r, "the edge of the own log: %s", result_text(r));
	edge_root(&edge, &root);
	if (edge.size != head.size || !hash_equal(&root, &head.root))
		return error_set(error, ERROR_MISMATCH, "the edge is not that of the head");
	if ((r = keeper_state_recover(next, &edge, recover->own.proof, recover->own.proof_count,
	                              error)) != OK)
		return r;
	if (!evidence_is_enough(&evidence))
		return error_set(error, ERROR_DENIED,
		                 "the evidence of the last head is not enough: %u of %u who are "
		                 "needed have cosigned it within the last ten minutes and "
		                 "since the keeper was started",
		                 evidence.fresh, evidence.needed);
	return OK;
}

/* What was cosigned of the other log, by the own cosignature of it. */
static int recover_cosigned(const struct keeper_channel *channel,
                            const struct keeper_recover *recover, struct keeper_state *next,
                            struct error *error)
{
	const struct note_key *cosigners[1];
	struct cosigned cosigned = { 0 };
	struct ed25519_secret pair;
	struct checkpoint head;
	struct note_key log_key, receipt;
	int r;

	if (recover->theirs.note.size == 0)
		return OK;
	keeper_keys_pair(channel->keys, KEEPER_KEY_RECEIPT, &pair);
	r = receipt_key_of(channel, channel->own_party, &pair.public_key, &receipt);
	ed25519_secret_wipe(&pair);
	if (r != OK)
		return error_set(error, r, "the own receipt key: %s", result_text(r));
	cosigners[0] = &receipt;
	if ((r = log_key_of_head(channel, 1 - channel->own_party, recover->theirs.note, &log_key,
	                         error)) != OK ||
	    (r = signed_checkpoint_verify(recover->theirs.note, &log_key, cosigners, 1, &head,
	                                  &cosigned, error)) != OK)
		return r;
	if (!cosigned.verified)
		return error_set(error, ERROR_MISMATCH,
		                 "this head of the other log was not cosigned by this keeper");
	if ((r = keeper_state_verify(next, head.size, &head.root, recover->theirs.proof,
	                             recover->theirs.proof_count, error)) != OK)
		return r;
	keeper_state_cosign(next, &head, cosigned.time);
	return OK;
}

/* A state in a new file: under its name only when it is whole. */
static int make_state(struct keeper *keeper, struct keeper_channel *channel,
                      const struct keeper_state *next, struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY];
	int fd, r;

	keeper_channel_file(&channel->charter->id, "state", name);
	if ((r = keeper_file_create(keeper->directory, name, next, error)) != OK ||
	    (r = keeper_file_open(keeper->directory, name, &channel->charter->id, &fd,
	                          &channel->state, error)) != OK)
		return r;
	channel->state_fd = fd;
	channel->state_lost = false;
	return OK;
}

/* What the state becomes. The own log may have gone on under other keys since. */
static int recover_state(const struct keeper *keeper, struct keeper_channel *channel,
                         const struct keeper_recover *recover, struct keeper_state *ret_next,
                         struct error *error)
{
	struct keeper_lineage known = channel->state.own_lineage;
	struct keeper_state next;
	int r;

	if (channel->is_behind)
		channel->state.own_lineage = channel->ahead;
	next = channel->state;
	if ((r = recover_own(keeper, channel, recover, &next, error)) == OK &&
	    (r = recover_cosigned(channel, recover, &next, error)) == OK)
		*ret_next = next;
	channel->state.own_lineage = known;
	return r;
}

int keeper_recover(struct keeper *keeper, const struct keeper_recover *recover, struct error *error)
{
	struct keeper_channel *channel;
	struct keeper_state next;
	int r;

	if ((r = keeper_find_channel(keeper, &recover->channel, &channel, error)) != OK)
		return r;
	if (keeper->failed)
		return error_set(error, ERROR_IO, "the keeper could not write and signs nothing");
	if ((r = recover_state(keeper, channel, recover, &next, error)) != OK)
		return r;
	FAULT_POINT("keeper-before-recovery");
	if (channel->state_lost)
		r = make_state(keeper, channel, &next, error);
	else if ((r = keeper_file_store(channel->state_fd, &next, error)) == OK)
		channel->state = next;
	FAULT_POINT("keeper-after-recovery");
	channel->is_behind = false;
	/* It may have been appointed while the state was lost. */
	if (r != OK || (r = keeper_settle_log_key(keeper, channel, error)) != OK)
		keeper->failed = true;
	return r;
}
