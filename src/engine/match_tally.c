/* Tallies: what was asked of a list, on record in the log of either side; and keys of lists
 * that are not needed any more.
 *
 * A tally is due
 *
 *     - when MATCH_TALLY_EVERY evaluations were made since the last
 *     - when a day has begun since, or `tally-after` of the configuration has passed
 *     - when a question was refused for the budget since, but not twice in
 *       MATCH_TALLY_INTERVAL: whoever asks in vain again and again fills no log
 *     - before an own `query` act, and when there is one of the other side: by what its owner's
 *       log says then it may be refused
 *
 * and only where there is something that the last one did not say. */
#include "allocate.h"
#include "channel_internal.h"
#include "grow.h"
#include "journal.h"

#define SECOND UINT64_C(1000000000)

/* --- when ------------------------------------------------------------------------------- */

/* Evaluations since the last tally; of who asks, those that were answered. */
static uint64_t uncounted(const struct engine_channel *channel, const struct match_account *account,
                          struct exchange_state *ret_state)
{
	struct exchange_state state = account->own ? match_counted(account) : account->state;
	struct list_tally last = { .count = 0 };

	rules_list_tally(channel->rules, account->list, account->identifier_class, channel->own,
	                 &last);
	*ret_state = state;
	return state.total > last.count ? state.total - last.count : 0;
}

void match_note_count(struct engine_channel *channel, struct match_account *account)
{
	struct exchange_state state;

	account->tally_void = false;
	if (uncounted(channel, account, &state) == 0)
		account->uncounted_since = 0;
	else if (account->uncounted_since == 0)
		account->uncounted_since = engine_monotonic(channel->engine);
}

/* Monotonic: when what is not on record is to be; UINT64_MAX: there is nothing. */
static uint64_t tally_time(const struct engine_channel *channel,
                           const struct match_account *account)
{
	const struct engine *engine = channel->engine;
	uint64_t every = (uint64_t)engine->settings.configuration->tally_after * SECOND;
	struct exchange_state state;
	uint64_t count, next;

	if (account->uncounted_since == 0 || account->tally_void || account->evaluation != 0)
		return UINT64_MAX;
	count = uncounted(channel, account, &state);
	if (count == 0)
		return UINT64_MAX;
	if (account->asked_on_record || count >= MATCH_TALLY_EVERY ||
	    exchange_day(engine_now(engine)) > state.day)
		return 0;
	next = account->uncounted_since + every;
	if (account->refused) {
		uint64_t interval = MATCH_TALLY_INTERVAL * SECOND;
		uint64_t refusal = account->tallied_at == 0 ? 0 : account->tallied_at + interval;

		if (refusal < next)
			next = refusal;
	}
	return next;
}

uint64_t match_tally_timer(const struct engine_channel *channel)
{
	uint64_t next = UINT64_MAX,
		 day = alarm_clock(channel->engine, exchange_day(engine_now(channel->engine)) +
	                                                EXCHANGE_DAY_SECONDS);

	if (!channel_may_log(channel))
		return UINT64_MAX;
	for (size_t i = 0; i < channel->match.account_count; i++) {
		uint64_t time = tally_time(channel, channel->match.accounts[i]);

		if (time != UINT64_MAX && day < time)
			time = day;
		if (time < next)
			next = time;
	}
	return next;
}

/* --- making one --------------------------------------------------------------------------- */

/* What cannot be logged now waits until more is counted, or the other side's head has come. */
static int tally(struct engine_channel *channel, struct match_account *account, struct error *error)
{
	struct exchange_state state;
	struct error why;
	int r;

	if (uncounted(channel, account, &state) == 0)
		return OK;
	r = log_tally(channel, account->list, account->identifier_class, &state, &why);
	if (r == ERROR_MEMORY || r == ERROR_IO)
		return error_set(error, r, "%s", why.message);
	if (r == ERROR_WAIT)
		return OK;
	if (r != OK) {
		journal(JOURNAL_WARNING, "channel %.20s: no tally of a list: %s",
		        channel->charter->channel, why.message);
		account->tally_void = true;
		return OK;
	}
	account->uncounted_since = 0;
	account->refused = account->asked_on_record = false;
	account->tallied_at = engine_monotonic(channel->engine);
	channel->active = account->tallied_at;
	return OK;
}

int match_tally(struct engine_channel *channel, struct error *error)
{
	uint64_t now = engine_monotonic(channel->engine);
	int r = OK;

	for (size_t i = 0; r == OK && i < channel->match.account_count; i++) {
		if (!channel_may_log(channel) || !channel_has_room(channel))
			return OK;
		if (tally_time(channel, channel->match.accounts[i]) <= now)
			r = tally(channel, channel->match.accounts[i], error);
	}
	return r;
}

int match_tally_before_query(struct engine_channel *channel, struct error *error)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < channel->match.account_count; i++)
		if (!channel->match.accounts[i]->own)
			r = tally(channel, channel->match.accounts[i], error);
	return r;
}

/* --- keys -------------------------------------------------------------------------------- */

static struct match_version *find_version(struct match_state *state, struct act_place list)
{
	for (size_t i = 0; i < state->version_count; i++)
		if (state->versions[i].list.number == list.number)
			return &state->versions[i];
	return NULL;
}

static int add_version(struct match_state *state, struct act_place list,
                       struct match_version **ret_version)
{
	struct match_version *versions = grow(state->versions, state->version_count,
	                                      &state->version_capacity, sizeof *versions);

	if (versions == NULL)
		return ERROR_MEMORY;
	state->versions = versions;
	*ret_version = &versions[state->version_count++];
	**ret_version = (struct match_version){ .list = list };
	return OK;
}

/* A key that is in force no more goes once the other side has receipted why. */
static int give_up_keys(struct match_state *state, const struct match_version *version,
                        uint64_t entry)
{
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		struct match_old_key *keys;

		if (!version->committed[i])
			continue;
		keys = grow(state->old_keys, state->old_key_count, &state->old_key_capacity,
		            sizeof *keys);
		if (keys == NULL)
			return ERROR_MEMORY;
		state->old_keys = keys;
		keys += state->old_key_count++;
		*keys = (struct match_old_key){ .list = version->list,
			                        .identifier_class = (enum identifier_class)i,
			                        .epoch = version->epoch,
			                        .entry = entry };
		memcpy(keys->public_key, version->public_keys[i], CLASS_KEY_SIZE);
	}
	return OK;
}

int match_note_list(struct engine_channel *channel, struct act_place place)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	struct match_state *state = &channel->match;
	struct match_version *version;
	struct list_summary list;
	bool ended;
	int r;

	if (rules_list(channel->rules, act->matter, &list) != OK || list.owner != channel->own ||
	    list.mode != LIST_MATCH_ONLY)
		return OK;
	ended = list.retired || list.rejected;
	version = find_version(state, list.place);
	if (version == NULL && (r = add_version(state, list.place, &version)) != OK)
		return r;
	if (version->epoch == list.epoch && !ended)
		return OK;
	/* What the other side says ends it at once. */
	if ((r = give_up_keys(state, version, place.party == channel->own ? place.number : 0)) !=
	    OK)
		return r;
	version->epoch = list.epoch;
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		version->committed[i] = !ended && list.classes[i].pairs > 0;
		memcpy(version->public_keys[i], list.classes[i].public_key, CLASS_KEY_SIZE);
	}
	return OK;
}

/* A key that several versions committed to stays as long as one of them is in force. */
static bool is_in_force(const struct match_state *state, const uint8_t key[CLASS_KEY_SIZE])
{
	for (size_t i = 0; i < state->version_count; i++)
		for (size_t j = 0; j < IDENTIFIER_CLASS_COUNT; j++)
			if (state->versions[i].committed[j] &&
			    memcmp(state->versions[i].public_keys[j], key, CLASS_KEY_SIZE) == 0)
				return true;
	return false;
}

static bool is_over(const struct engine_channel *channel, const struct match_old_key *key)
{
	return channel_receipted(channel) > key->entry &&
	       !is_in_force(&channel->match, key->public_key) &&
	       !rules_list_key_owed(channel->rules, key->list, key->identifier_class, key->epoch);
}

void match_destroy_keys(struct engine_channel *channel)
{
	struct match_state *state = &channel->match;
	size_t kept = 0;

	/* In a mirror, and until it has said which keys it has, there is none to destroy. */
	if (!channel->engine->evaluation.has_report || channel->read_only)
		return;
	for (size_t i = 0; i < state->old_key_count; i++) {
		struct match_old_key *key = &state->old_keys[i];

		if (!evaluation_holds_key(channel, key->public_key))
			continue;
		if (is_over(channel, key)) {
			journal(JOURNAL_NOTICE,
			        "channel %.20s: a key of version %llu of a list is destroyed",
			        channel->charter->channel, (unsigned long long)key->epoch);
			evaluation_destroy_key(channel, key->public_key);
		}
		state->old_keys[kept++] = *key;
	}
	state->old_key_count = kept;
}
