/* One channel: how it stands, who its parties are, its heads and registers. */
#include "allocate.h"
#include "api_call.h"
#include "channel_internal.h"

const char *api_party_id(const struct engine_channel *channel, unsigned party)
{
	return channel->charter->parties[party].id;
}

/* --- summary ---------------------------------------------------------------- */

static void write_names(struct api_writer *writer, const char *name, const struct party *party)
{
	api_write_begin(writer, name);
	for (size_t i = 0; i < party->name_count; i++)
		api_write_text(writer, party->names[i].language, party->names[i].name);
	api_write_end(writer);
}

static void write_number_or_nothing(struct api_writer *writer, const char *name, uint64_t number)
{
	if (number == 0)
		api_write_nothing(writer, name);
	else
		api_write_number(writer, name, number);
}

static const char *link_state_name(const struct engine_channel *channel)
{
	if (channel->link.up)
		return "up";
	return channel->engine->link_ready ? "down" : "none";
}

static void write_link(struct api_writer *writer, const struct engine_channel *channel)
{
	const struct link_state *link = &channel->link;

	api_write_begin(writer, "link");
	api_write_string(writer, "state", link_state_name(channel));
	api_write_time(writer, "since", link->since);
	api_write_string(writer, "address", link->up ? link->address : NULL);
	write_number_or_nothing(writer, "round_trip_us", link->round_trip);
	if (link->last_test == 0)
		api_write_nothing(writer, "clock_difference_ms");
	else
		api_write_signed(writer, "clock_difference_ms", link->clock_difference);
	api_write_time(writer, "last_test", link->last_test);
	api_write_string(writer, "reason", link->up ? NULL : link->reason);
	api_write_end(writer);
}

/* Nothing where links are not tested. */
static void write_link_tests(struct api_writer *writer, const struct engine_channel *channel)
{
	struct link_test_plan plan;

	if (!channel_link_tests(channel, &plan)) {
		api_write_nothing(writer, "link_tests");
		return;
	}
	api_write_begin(writer, "link_tests");
	api_write_time(writer, "last", plan.last);
	api_write_time(writer, "next", plan.next);
	api_write_string(writer, "next_by", api_party_id(channel, plan.next_by));
	api_write_bool(writer, "waiting", plan.waiting);
	api_write_number(writer, "failed", plan.failed);
	api_write_time(writer, "failing_since", plan.failing);
	api_write_bool(writer, "has_failed", plan.has_failed);
	api_write_end(writer);
}

static void write_neutrals(struct api_writer *writer, const struct engine_channel *channel)
{
	api_write_begin(writer, "neutrals");
	for (size_t i = 0; i < channel->neutral_count; i++) {
		const struct neutral *neutral = &channel->neutrals[i];
		const struct neutral_log *own = &neutral->logs[channel->own];
		const struct neutral_log *theirs = &neutral->logs[channel->other];
		struct neutral_custody custody;
		const char *reason;
		timestamp since = neutral_failing_since(neutral, &reason);

		api_write_begin(writer, NULL);
		api_write_string(writer, "name", neutral->key.name);
		api_write_bool(writer, "witness", neutral->witness);
		api_write_bool(writer, "depositary", neutral->depositary);
		api_write_string(writer, "url", neutral->url);
		api_write_number(writer, "own_cosigned", own->cosigned);
		api_write_number(writer, "their_cosigned", theirs->cosigned);
		api_write_time(writer, "last_cosigned",
		               own->cosigned_time > theirs->cosigned_time ? own->cosigned_time
		                                                          : theirs->cosigned_time);
		neutral_custody(neutral, channel, &custody);
		api_write_number(writer, "deposited", custody.deposited);
		api_write_time(writer, "last_collected", custody.last_collected);
		api_write_time(writer, "failing_since", since);
		api_write_string(writer, "reason", reason);
		api_write_end(writer);
	}
	api_write_end(writer);
}

/* How many own entries the other side is not known to hold, nor sent on the
 * connection that stands. */
static uint64_t unsent(const struct engine_channel *channel)
{
	uint64_t size = rules_size(channel->rules, channel->own);
	uint64_t held = rules_receipted(channel->rules, channel->other);

	if (held < channel->their_cosigned_size)
		held = channel->their_cosigned_size;
	if (channel->link.greeted && held < channel->link.sent)
		held = channel->link.sent;
	return held < size ? size - held : 0;
}

/* A sentence such as "3 sealed bodies of south are not complete"; none for 0. */
static void write_count(struct api_writer *writer, size_t count, const char *what, const char *who,
                        const char *state)
{
	struct buffer line;

	if (count == 0)
		return;
	buffer_init(&line, API_SENTENCE_MAXIMUM);
	if (buffer_put_format(&line, "%zu %s %s %s", count, what, who, state) == OK)
		api_write_text(writer, NULL, buffer_view(&line));
	buffer_release(&line);
}

static void write_waiting(struct api_writer *writer, const struct engine_channel *channel)
{
	const char *other = api_party_id(channel, channel->other);
	size_t arrived = 0, unavailable = 0, errands = 0;

	for (const struct arrival *arrival = channel->arrivals; arrival != NULL;
	     arrival = arrival->next)
		arrived += arrival->count;
	for (size_t i = 0; i < channel->wanted_count; i++)
		unavailable += channel->wanted[i].unavailable;
	for (const struct errand *errand = channel->errands; errand != NULL; errand = errand->next)
		errands++;
	api_write_begin(writer, "waiting");
	write_count(writer, arrived, "entries of", other, "have arrived and wait to be stored");
	write_count(writer, channel->wanted_count - unavailable, "sealed bodies of", other,
	            "are not complete");
	write_count(writer, unavailable, "sealed bodies of", other, "are not held there any more");
	write_count(writer, channel->post.count, "frames of", other,
	            "have come too early, without the link, and wait for what is before them");
	write_count(writer, errands, "entries of", "this node", "wait to be logged");
	api_write_end(writer);
}

/* A disk that is full lets small writes through now and then. */
enum { STORE_ALARM_SECONDS = 600 };

/* Alarms that the program never took, in the last day. */
static void write_given_up(struct api_writer *writer, const struct engine *engine)
{
	size_t count = alarms_given_up(engine);
	struct buffer line;

	if (count == 0)
		return;
	buffer_init(&line, API_SENTENCE_MAXIMUM);
	if (buffer_put_format(&line, "the alarm program has not taken %zu of the last day's alarms",
	                      count) == OK)
		api_write_text(writer, NULL, buffer_view(&line));
	buffer_release(&line);
}

static void write_alarms(struct api_writer *writer, const struct engine_channel *channel)
{
	const struct engine *engine = channel->engine;
	struct link_test_plan plan;

	api_write_begin(writer, "alarms");
	if (channel_reason_alarms(channel))
		api_write_string(writer, NULL, channel->reason);
	if (channel->alarm[0] != '\0')
		api_write_string(writer, NULL, channel->alarm);
	if (channel_link_tests(channel, &plan) && plan.has_failed)
		api_write_string(
		    writer, NULL,
		    "the tests of the link have failed as often as the charter allows");
	if (!channel->engine->clock_trusted)
		api_write_string(writer, NULL, channel->engine->clock_reason);
	if (engine->store_failed != 0 &&
	    engine_now(engine) - engine->store_failed < STORE_ALARM_SECONDS)
		api_write_string(writer, NULL, engine->store_reason);
	write_given_up(writer, engine);
	api_write_end(writer);
}

/* The last entry of a log, and when it was logged; nothing of an empty one. */
static void write_newest(struct api_writer *writer, const struct engine_channel *channel,
                         unsigned party, const char *name, const char *logged)
{
	const struct act_place place = { party, rules_size(channel->rules, party) - 1 };

	api_write_act_name(writer, name, channel, place);
	api_write_time(writer, logged, rules_last_logged(channel->rules, party));
}

/* The channel that this one succeeds, as its charter says, and one here that succeeds it. */
static void write_succession(struct api_writer *writer, const struct engine_channel *channel)
{
	const struct engine *engine = channel->engine;
	const char *by = NULL;

	for (size_t i = 0; i < engine->channel_count; i++)
		if (strcmp(engine->channels[i]->charter->succeeds, channel->charter->channel) == 0)
			by = engine->channels[i]->charter->channel;
	api_write_string(writer, "succeeds", channel->charter->succeeds);
	api_write_string(writer, "succeeded_by", by);
}

void api_write_channel_fields(struct api_writer *writer, struct engine_channel *channel)
{
	const struct rules *rules = channel->rules;
	timestamp now = engine_now(channel->engine);

	api_write_hash(writer, "channel", &channel->id);
	api_write_string(writer, "state", channel_state_name(rules_channel_state(rules, now)));
	api_write_string(writer, "faulted", channel->faulted ? channel->reason : NULL);
	api_write_bool(writer, "read_only", channel->read_only);
	api_write_string(writer, "trouble", channel_trouble_name(channel->recovery.trouble));
	api_write_string(writer, "reason", channel->reason);
	api_write_string(writer, "alarm", channel->alarm);
	api_write_string(writer, "own", api_party_id(channel, channel->own));
	api_write_string(writer, "other", api_party_id(channel, channel->other));
	write_names(writer, "other_names", &channel->charter->parties[channel->other]);
	api_write_number(writer, "own_size", rules_size(rules, channel->own));
	write_newest(writer, channel, channel->own, "own_newest", "own_logged");
	api_write_number(writer, "own_receipted", channel_receipted(channel));
	api_write_number(writer, "own_cosigned", channel->their_cosigned_size);
	api_write_number(writer, "their_size", rules_size(rules, channel->other));
	write_newest(writer, channel, channel->other, "their_newest", "their_logged");
	api_write_number(writer, "their_receipted", rules_receipted(rules, channel->own));
	api_write_number(writer, "their_cosigned", channel->cosigned_size);
	api_write_number(writer, "unsent", unsent(channel));
	write_link(writer, channel);
	write_link_tests(writer, channel);
	write_neutrals(writer, channel);
	api_write_time(writer, "receipt_awaited_since", channel->unreceipted_since);
	api_write_time(writer, "receipt_withheld_since", neutrals_withheld_since(channel));
	api_write_time(writer, "withdrawal_from_talks", rules_withdrawal(rules, false));
	api_write_time(writer, "withdrawal_from_channel", rules_withdrawal(rules, true));
	write_succession(writer, channel);
	write_waiting(writer, channel);
	write_alarms(writer, channel);
	api_write_reminders(writer, channel);
	api_write_number(writer, "evidence", channel->evidence_count);
}

/* --- parties ------------------------------------------------------------------ */

static void write_key(struct api_writer *writer, const char *name, const struct ssh_key *key)
{
	struct buffer line;

	buffer_init(&line, SSH_KEY_LINE_MAXIMUM);
	if (ssh_key_print(key, &line) == OK)
		api_write_text(writer, name, buffer_view(&line));
	buffer_release(&line);
}

static void write_raw_key(struct api_writer *writer, const char *name,
                          const struct ed25519_public *key)
{
	struct hash bytes;

	memcpy(bytes.bytes, key->bytes, HASH_SIZE);
	api_write_hash(writer, name, &bytes);
}

static void write_delegates(struct api_writer *writer, const struct rules *rules, unsigned party)
{
	size_t count;
	const struct delegate *delegates = rules_delegates(rules, party, &count);

	api_write_begin(writer, "delegates");
	for (size_t i = 0; i < count; i++) {
		const struct delegate *delegate = &delegates[i];
		char fingerprint[SSH_KEY_FINGERPRINT_CAPACITY];

		ssh_key_fingerprint(&delegate->key, fingerprint);
		api_write_begin(writer, NULL);
		api_write_string(writer, "name", delegate->name);
		api_write_string(writer, "role", role_name(delegate->role));
		write_key(writer, "key", &delegate->key);
		api_write_string(writer, "fingerprint", fingerprint);
		api_write_string(writer, "reading_key", delegate->reading_key);
		api_write_time(writer, "from", delegate->from);
		api_write_time(writer, "until", delegate->until);
		api_write_bool(writer, "recalled", delegate->recalled);
		api_write_time(writer, "ended", delegate->ended);
		api_write_time(writer, "disputed_since", delegate->disputed_since);
		api_write_end(writer);
	}
	api_write_end(writer);
}

/* The log and its successors: what each is called, by which key it is signed, and
 * the entry with which it begins. */
static void write_logs(struct api_writer *writer, const struct engine_channel *channel,
                       unsigned party)
{
	char name[LOG_NAME_CAPACITY];

	api_write_begin(writer, "logs");
	for (unsigned i = 1; i <= rules_generations(channel->rules, party); i++) {
		charter_log_name(channel->charter, party, i, "", name);
		api_write_begin(writer, NULL);
		api_write_string(writer, "name", name);
		write_raw_key(writer, "key", rules_log_key(channel->rules, party, i));
		api_write_number(writer, "begins",
		                 rules_generation_start(channel->rules, party, i));
		api_write_end(writer);
	}
	api_write_end(writer);
}

static void write_party(struct api_writer *writer, const struct engine_channel *channel,
                        unsigned index)
{
	const struct party *party = rules_party(channel->rules, index);
	char log_name[LOG_NAME_CAPACITY];

	charter_log_name(channel->charter, index, rules_generations(channel->rules, index), "",
	                 log_name);
	api_write_begin(writer, party->id);
	api_write_string(writer, "id", party->id);
	api_write_string(writer, "domain", party->domain);
	write_names(writer, "names", party);
	if (party->auspices.size == 0)
		api_write_nothing(writer, "auspices");
	else
		api_write_text(writer, "auspices", party->auspices);
	api_write_string(writer, "head", party->head);
	write_key(writer, "appointing_key", &party->appointing_key);
	api_write_string(writer, "head_reading_key", party->head_reading_key);
	api_write_string(writer, "reading_key", party->reading_key);
	write_raw_key(writer, "log_key", &party->log_key);
	write_raw_key(writer, "receipt_key", &party->receipt_key);
	write_raw_key(writer, "node_key", &party->node_key);
	write_raw_key(writer, "link_key", &party->link_key);
	api_write_string(writer, "log_name", log_name);
	write_logs(writer, channel, index);
	api_write_begin(writer, "endpoints");
	for (size_t i = 0; i < party->endpoint_count; i++)
		api_write_string(writer, NULL, party->endpoints[i]);
	api_write_end(writer);
	write_delegates(writer, channel->rules, index);
	api_write_end(writer);
}

int api_channel(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct api_writer *writer = call->answer;

	(void)error;
	api_write_channel_fields(writer, channel);
	api_write_text(writer, "charter", channel->charter->text);
	api_write_number(writer, "charter_version", rules_charter_count(channel->rules));
	api_write_text(writer, "charter_in_force", channel_charter(channel)->text);
	api_write_begin(writer, "signatures");
	for (unsigned party = 0; party < 2; party++)
		api_write_text(writer, api_party_id(channel, party),
		               buffer_view(&channel->signatures[party]));
	api_write_end(writer);
	api_write_begin(writer, "parties");
	for (unsigned party = 0; party < 2; party++)
		write_party(writer, channel, party);
	api_write_end(writer);
	return OK;
}

/* --- heads --------------------------------------------------------------------- */

/* The greatest head of a log, or the greatest with a line of `cosigner`. */
static int write_head(const struct api_call *call, unsigned party, const char *cosigner,
                      struct error *error)
{
	const struct engine_channel *channel = call->channel;
	struct store_head head;
	struct buffer note;
	int r;

	buffer_init(&note, API_TEXT_MAXIMUM);
	store_head_init(&head);
	r = store_get_head(call->engine->settings.store, channel->number, party,
	                   STORE_NUMBER_MAXIMUM, cosigner, &head);
	if (r == ERROR_NOT_FOUND) {
		api_write_nothing(call->answer, api_party_id(channel, party));
		r = OK;
	} else if (r == OK && (r = buffer_put_bytes(&note, head.note)) == OK &&
	           (r = buffer_put_bytes(&note, head.cosignatures)) == OK) {
		api_write_begin(call->answer, api_party_id(channel, party));
		api_write_number(call->answer, "size", head.size);
		api_write_text(call->answer, "note", buffer_view(&note));
		api_write_end(call->answer);
	}
	store_head_release(&head);
	buffer_release(&note);
	return r == OK ? OK : error_set(error, r, "a head cannot be read");
}

int api_heads(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	int r;

	api_write_begin(call->answer, "");
	for (unsigned party = 0; party < 2; party++)
		if ((r = write_head(call, party, NULL, error)) != OK)
			return r;
	api_write_end(call->answer);
	api_write_begin(call->answer, "cosigned");
	for (unsigned party = 0; party < 2; party++)
		if ((r = write_head(call, party, channel->receipt_keys[1 - party].name, error)) !=
		    OK)
			return r;
	api_write_end(call->answer);
	return OK;
}

/* --- the circulation register, keys ---------------------------------------------- */

int api_register(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct store_opening *openings;
	size_t count, wanted;
	int r;

	if ((r = api_get_count(call, &wanted, error)) != OK)
		return r;
	if ((openings = allocate(wanted + 1, sizeof *openings)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	r = store_list_openings(call->engine->settings.store, channel->number,
	                        api_request_number(call->request, "after", 0), wanted + 1, openings,
	                        &count);
	if (r != OK) {
		error_set(error, r, "the circulation register cannot be read");
		goto out;
	}
	api_write_begin(call->answer, "openings");
	for (size_t i = 0; i < count && i < wanted; i++) {
		struct act_place place = { openings[i].log % STORE_PARTIES, openings[i].number };

		api_write_begin(call->answer, NULL);
		api_write_number(call->answer, "position", openings[i].position);
		api_write_act_name(call->answer, "act", channel, place);
		api_write_time(call->answer, "time", openings[i].time);
		api_write_string(call->answer, "who", openings[i].who);
		api_write_end(call->answer);
	}
	api_write_end(call->answer);
	api_write_bool(call->answer, "more", count > wanted);
out:
	release_memory(openings);
	return r;
}

int api_new_key(struct api_call *call, struct error *error)
{
	static const struct {
		const char *name;
		enum keeper_purpose purpose;
	} purposes[] = {
		{ "reading", KEEPER_KEY_READING }, { "node", KEEPER_KEY_NODE },
		{ "link", KEEPER_KEY_LINK },       { "receipt", KEEPER_KEY_RECEIPT },
		{ "log", KEEPER_KEY_LOG },
	};
	struct bytes name = api_request_text(call->request, "purpose");
	char key[KEEPER_KEY_TEXT_CAPACITY];
	int r;

	for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
		if (!bytes_equal_string(name, purposes[i].name))
			continue;
		if ((r = engine_new_key(call->channel, purposes[i].purpose, key, error)) != OK)
			return r;
		api_write_string(call->answer, "purpose", purposes[i].name);
		api_write_string(call->answer, "key", key);
		return OK;
	}
	return error_set(error, ERROR_USAGE, "'purpose' is reading, node, link, receipt or log");
}
