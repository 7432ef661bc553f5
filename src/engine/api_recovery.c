/* A channel in which nothing may be logged: what is wrong, what is there and what
 * is missing; a person's word that it is to be recovered; and fresh keys to go on
 * with where the keeper is gone. */
#include "api_call.h"

int api_recovery(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	const struct channel_recovery *recovery = &channel->recovery;
	struct api_writer *writer = call->answer;
	struct recovery_report report;
	int r;

	if ((r = engine_report_recovery(channel, &report, error)) != OK)
		return r;
	api_write_string(writer, "trouble", channel_trouble_name(recovery->trouble));
	api_write_string(writer, "reason",
	                 recovery->trouble != TROUBLE_NONE ? channel->reason : NULL);
	api_write_string(writer, "own", api_party_id(channel, channel->own));
	api_write_string(writer, "other", api_party_id(channel, channel->other));
	api_write_number(writer, "own_held", report.held[channel->own]);
	api_write_number(writer, "own_known", report.known[channel->own]);
	api_write_number(writer, "own_signed", report.head_size);
	api_write_number(writer, "their_held", report.held[channel->other]);
	api_write_number(writer, "their_known", report.known[channel->other]);
	api_write_number(writer, "bodies_missing", report.bodies);
	if (report.keeper_lost)
		api_write_nothing(writer, "keeper_size");
	else
		api_write_number(writer, "keeper_size", report.keeper_size);
	api_write_bool(writer, "asked", recovery->asked);
	api_write_string(writer, "refusal", recovery->refusal);
	api_write_bool(writer, "by_witnesses", channel->charter->quorum > 0);
	api_write_number(writer, "evidence_needed", report.evidence.needed);
	api_write_number(writer, "evidence_fresh", report.evidence.fresh);
	api_write_time(writer, "evidence_latest", report.evidence.latest);
	return OK;
}

int api_recover(struct api_call *call, struct error *error)
{
	engine_recover(call->channel);
	return api_recovery(call, error);
}

static void write_raw_key(struct api_writer *writer, const char *name,
                          const struct ed25519_public *key)
{
	struct hash as_hash;

	memcpy(as_hash.bytes, key->bytes, sizeof as_hash.bytes);
	api_write_hash(writer, name, &as_hash);
}

int api_new_successor(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->own));
	uint64_t size = rules_size(channel->rules, channel->own);
	struct api_writer *writer = call->answer;
	struct keeper_setup_keys keys;
	struct hash root;
	int r;

	if ((r = engine_new_successor(channel, &keys, error)) != OK)
		return r;
	if ((r = tree_reader_root(&reader, size, &root)) != OK)
		return error_set(error, r, "the root of the own log cannot be computed");
	api_write_number(writer, "size", size);
	api_write_hash(writer, "root", &root);
	write_raw_key(writer, "log_key", &keys.log_key);
	write_raw_key(writer, "receipt_key", &keys.receipt_key);
	write_raw_key(writer, "node_key", &keys.node_key);
	write_raw_key(writer, "link_key", &keys.link_key);
	api_write_string(writer, "reading_key", keys.reading_key);
	return OK;
}
