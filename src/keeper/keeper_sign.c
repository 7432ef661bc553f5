/* What the keeper signs: node entries, the own log's heads, cosignatures. */
#include <string.h>

#include "act.h"
#include "cosignature.h"
#include "fault_point.h"
#include "keeper_file.h"
#include "keeper_internal.h"
#include "sshsig.h"

/* Remembers for good that the other side has signed two roots for one size. */
static void remember_fault(struct keeper *keeper, struct keeper_channel *channel)
{
	struct keeper_state next = channel->state;
	int r;

	if (channel->state.faulted)
		return;
	next.faulted = true;
	r = keeper_file_store(channel->state_fd, &next, NULL);
	if (r == OK)
		channel->state = next;
	else
		keeper->failed = true;
}

/* Verifies a head of the other log under the key that signs heads of its size. */
static int verify_other_head(const struct keeper_channel *channel, struct bytes note,
                             struct checkpoint *ret_head, struct error *error)
{
	struct note_key key;
	struct checkpoint head;
	struct note parsed;
	int r;

	if ((r = note_parse(note, &parsed, error)) != OK ||
	    (r = checkpoint_parse(parsed.text, &head, error)) != OK)
		return r;
	if ((r = keeper_log_key(channel, 1 - channel->own_party, head.size, &key)) != OK)
		return error_set(error, r, "the other log's key cannot be named");
	return signed_checkpoint_verify(note, &key, NULL, 0, ret_head, NULL, error);
}

/* Reads a head that the other side must have signed. One for the size that was
 * cosigned, under another root, is a fork: that needs no proof. */
static int read_head(struct keeper *keeper, struct keeper_channel *channel, struct bytes note,
                     struct checkpoint *ret_head, struct error *error)
{
	int r = verify_other_head(channel, note, ret_head, error);

	if (r != OK)
		return r;
	if (channel->state.cosigned_size > 0 && ret_head->size == channel->state.cosigned_size &&
	    !hash_equal(&ret_head->root, &channel->state.cosigned_root))
		remember_fault(keeper, channel);
	if (channel->state.faulted)
		return error_set(error, ERROR_FORK,
		                 "the other side has signed two roots for one size of its log");
	return OK;
}

/* What receipts may be signed for: the cosigned head, and one more that the
 * request proves. A size of 0 stands for none. */
struct receiptable {
	uint64_t sizes[2];
	struct hash roots[2];
};

static int verify_receiptable(struct keeper *keeper, struct keeper_channel *channel,
                              const struct keeper_sign *sign, struct receiptable *ret_receiptable,
                              struct error *error)
{
	struct receiptable receiptable = {
		.sizes = { channel->state.cosigned_size, 0 },
		.roots = { channel->state.cosigned_root, sign->root },
	};
	struct checkpoint head;
	struct tree_proof from;
	int r;

	if (sign->note.size > 0) {
		if ((r = read_head(keeper, channel, sign->note, &head, error)) != OK ||
		    (r = keeper_state_verify(&channel->state, sign->size, &sign->root, sign->to,
		                             sign->to_count, error)) != OK)
			return r;
		if ((r = keeper_proof_init(&from, sign->from, sign->from_count)) != OK ||
		    (r = consistency_verify(sign->size, &sign->root, head.size, &head.root,
		                            &from)) != OK)
			return error_set(error, r,
			                 "the size to be receipted is not part of the "
			                 "signed head");
		receiptable.sizes[1] = sign->size;
	}
	*ret_receiptable = receiptable;
	return OK;
}

static int check_receipt(const struct act *act, const struct receiptable *receiptable,
                         struct error *error)
{
	const struct field_value *size = act_field(act, "size");
	const struct field_value *root = act_field(act, "root");

	for (int i = 0; size != NULL && root != NULL && i < 2; i++) {
		if (size->as.number > 0 && size->as.number == receiptable->sizes[i] &&
		    hash_equal(&root->as.hash, &receiptable->roots[i]))
			return OK;
	}
	return error_set(error, ERROR_STATE,
	                 "a receipt for a size and root that were not verified");
}

/* OK for the text of a machine entry of this node in this channel. */
static int check_text(const struct keeper_channel *channel, struct bytes text,
                      const struct receiptable *receiptable, struct error *error)
{
	const struct charter *charter = channel->charter;
	struct act act;
	int r = act_parse(text, &act, error);

	if (r != OK)
		return r;
	if (strcmp(act.channel, charter->channel) != 0 ||
	    strcmp(act.party, charter->parties[channel->own_party].id) != 0 ||
	    strcmp(act.author, "node") != 0 || act.cosigner[0] != '\0' ||
	    (act.kind->signers & ROLE_NODE) == 0 || act.kind->matter != MATTER_SERVICE)
		return error_set(error, ERROR_DENIED,
		                 "the node key signs service entries of its own node only");
	return act.kind->number == KIND_RECEIPT ? check_receipt(&act, receiptable, error) : OK;
}

int keeper_sign(struct keeper *keeper, const struct keeper_sign *sign, struct buffer *armors,
                size_t ret_sizes[KEEPER_TEXTS_MAXIMUM], struct error *error)
{
	size_t before = armors->size, sizes[KEEPER_TEXTS_MAXIMUM];
	struct receiptable receiptable;
	struct keeper_channel *channel;
	struct ed25519_secret pair;
	int r;

	if ((r = keeper_find_signing(keeper, &sign->channel, &channel, error)) != OK ||
	    (r = verify_receiptable(keeper, channel, sign, &receiptable, error)) != OK)
		return r;
	for (size_t i = 0; i < sign->text_count; i++) {
		if ((r = check_text(channel, sign->texts[i], &receiptable, error)) != OK)
			return r;
	}
	keeper_keys_pair(channel->keys, KEEPER_KEY_NODE, &pair);
	for (size_t i = 0; r == OK && i < sign->text_count; i++) {
		size_t start = armors->size;

		r = sshsig_sign(&pair, ACT_NAMESPACE, sign->texts[i], armors);
		sizes[i] = armors->size - start;
	}
	ed25519_secret_wipe(&pair);
	if (r != OK) {
		buffer_truncate(armors, before);
		return error_set(error, r, "a signature: %s", result_text(r));
	}
	memcpy(ret_sizes, sizes, sign->text_count * sizeof(sizes[0]));
	return OK;
}

/* The own head as a signed note. */
static int sign_head(const struct keeper_channel *channel, struct buffer *head)
{
	struct checkpoint checkpoint = { .size = channel->state.own.size };
	size_t before = head->size, size;
	struct ed25519_secret pair;
	struct note_key key;
	struct bytes text;
	struct buffer line;
	int r;

	edge_root(&channel->state.own, &checkpoint.root);
	buffer_init(&line, NOTE_MAXIMUM);
	if ((r = keeper_log_key(channel, channel->own_party, checkpoint.size, &key)) != OK ||
	    (r = bytes_to_string(bytes_of_string(key.name), checkpoint.origin,
	                         sizeof(checkpoint.origin))) != OK ||
	    (r = checkpoint_print(&checkpoint, head)) != OK)
		goto out;
	size = head->size - before;
	text = bytes_of(head->data + before, size);
	keeper_keys_pair(channel->keys, KEEPER_KEY_LOG, &pair);
	r = note_sign(&key, &pair, text, &line);
	ed25519_secret_wipe(&pair);
	if (r == OK && (r = buffer_put_u8(head, '\n')) == OK)
		r = buffer_put_bytes(head, buffer_view(&line));
out:
	if (r != OK)
		buffer_truncate(head, before);
	buffer_release(&line);
	return r;
}

/* The cosignature line over the head that the state now says was cosigned. */
static int sign_cosignature(const struct keeper_channel *channel, const struct checkpoint *head,
                            struct buffer *cosignature)
{
	char name[LOG_NAME_CAPACITY];
	struct ed25519_secret pair;
	struct note_key key;
	struct buffer text;
	int r;

	charter_log_name(channel->charter, channel->own_party, 1, "/receipt", name);
	keeper_keys_pair(channel->keys, KEEPER_KEY_RECEIPT, &pair);
	buffer_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	if ((r = checkpoint_print(head, &text)) == OK &&
	    (r = note_key_init(&key, bytes_of_string(name), NOTE_KEY_COSIGNATURE,
	                       &pair.public_key)) == OK)
		r = cosignature_sign(&key, &pair, channel->state.cosigned_time, buffer_view(&text),
		                     cosignature);
	ed25519_secret_wipe(&pair);
	buffer_release(&text);
	return r;
}

int keeper_store_state(struct keeper *keeper, struct keeper_channel *channel,
                       struct keeper_state *next, struct error *error)
{
	int r;

	if (keeper_state_equal(&channel->state, next))
		return OK;
	if ((r = keeper_file_store(channel->state_fd, next, error)) != OK) {
		keeper->failed = true;
		return r;
	}
	channel->state = *next;
	return OK;
}

int keeper_commit(struct keeper *keeper, const struct keeper_commit *commit, struct buffer *head,
                  struct buffer *cosignature, struct error *error)
{
	bool cosign = commit->head.note.size > 0;
	struct keeper_channel *channel;
	struct keeper_state next;
	struct checkpoint other;
	size_t before = head->size;
	int r;

	if ((r = keeper_find_signing(keeper, &commit->channel, &channel, error)) != OK)
		return r;
	if (cosign && (r = read_head(keeper, channel, commit->head.note, &other, error)) != OK)
		return r;
	next = channel->state;
	if ((r = keeper_state_append(&next, commit->previous_size, commit->leaves,
	                             commit->leaf_count, error)) != OK)
		return r;
	if (cosign) {
		if ((r = keeper_state_verify(&next, other.size, &other.root, commit->head.proof,
		                             commit->head.proof_count, error)) != OK)
			return r;
		keeper_state_cosign(&next, &other, commit->time);
	}
	if ((r = keeper_store_state(keeper, channel, &next, error)) != OK)
		return r;
	if ((r = sign_head(channel, head)) == OK && cosign)
		r = sign_cosignature(channel, &other, cosignature);
	FAULT_POINT("keeper-after-signing");
	if (r != OK) {
		buffer_truncate(head, before);
		return error_set(error, r, "signing the head: %s", result_text(r));
	}
	return OK;
}
