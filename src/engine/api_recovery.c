/* A channel in which nothing may be logged: what is wrong, what is there and what
 * is missing; and a person's word that it is to be recovered. */
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
