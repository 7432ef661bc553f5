/* The names of reasons and states, for machines and people. */
#include "rules.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const struct {
	const char *name;
	const char *text;
} reasons[VOID_REASON_COUNT] = {
	[VOID_NONE] = { "none", N_("it is valid") },
	[VOID_NOT_ACCREDITED] = { "not-accredited",
	                          N_("a signer was not accredited at that point of the log") },
	[VOID_WRONG_KEY] = { "wrong-key", N_("a signer is accredited under another key") },
	[VOID_EXPIRED_AUTHORITY] = { "expired-authority", N_("a signer's authority had ended") },
	[VOID_NOT_EMPOWERED] = { "not-empowered",
	                         N_("a signer's role does not allow this kind of act") },
	[VOID_SAME_PERSON] = { "same-person", N_("both signatures are by one person") },
	[VOID_COSIGNER_REQUIRED] = { "cosigner-required", N_("the charter requires two signatures "
	                                                     "for this kind of act") },
	[VOID_NOT_AFTER] = { "not-after", N_("it was logged after its not-after time") },
	[VOID_TIME] = { "time", N_("its time is later than when it was logged") },
	[VOID_DUPLICATE] = { "duplicate", N_("the same text stands earlier in the log") },
	[VOID_UNKNOWN_REFERENCE] = { "unknown-reference",
	                             N_("it names an act that its side had not receipted") },
	[VOID_WRONG_REFERENCE] = { "wrong-reference",
	                           N_("it names an act that cannot be named so") },
	[VOID_OWN_ACT] = { "own-act", N_("it answers an act of its own side") },
	[VOID_NOT_OWN_ACT] = { "not-own-act", N_("it changes an act of the other side") },
	[VOID_ALREADY_ANSWERED] = { "already-answered",
	                            N_("what it names has its answer already") },
	[VOID_LAPSED] = { "lapsed", N_("what it answers had expired") },
	[VOID_MATTER_STATE] = { "matter-state", N_("the state of the matter does not allow it") },
	[VOID_CHANNEL_STATE] = { "channel-state",
	                         N_("the state of the channel does not allow it") },
	[VOID_EXERCISE] = { "exercise", N_("exercise acts touch only exercise matters") },
	[VOID_KEY_IN_USE] = { "key-in-use", N_("the key has been accredited before") },
	[VOID_FIELD] = { "field", N_("the value of a field means nothing here") },
	[VOID_FAULT] = { "fault", N_("a fault or a new seal is not due here") },
	[VOID_CHARTER] = { "charter", N_("it amends a charter that is not the one in force") },
	[VOID_OPEN_AMENDMENT] = { "open-amendment",
	                          N_("another amendment of its side is open and comes first") },
	[VOID_BODY] = { "body", N_("a list in this mode has a body, or must not have one") },
	[VOID_COMMITMENT] = { "commitment",
	                      N_("it opens something else than was committed to, or copies a "
	                         "commitment") },
	[VOID_EPOCH] = { "epoch",
	                 N_("it names another version of the list than the one in force") },
	[VOID_LIST_PAIRS] = { "list-pairs", N_("a class has more pairs than the charter allows") },
	[VOID_BUDGET] = { "budget", N_("the budget of queries does not allow it") },
};

static const char *const channel_states[] = {
	[CHANNEL_DRAFT] = "draft",         [CHANNEL_ACCEDED] = "acceded",
	[CHANNEL_IN_FORCE] = "in-force",   [CHANNEL_SUSPENDED] = "suspended",
	[CHANNEL_WITHDRAWN] = "withdrawn", [CHANNEL_CLOSED_BY_ONE] = "closed-by-one",
	[CHANNEL_CLOSED] = "closed",
};

static const char *const matter_states[MATTER_STATE_COUNT] = {
	[STATE_OPEN] = "open",
	[STATE_RETRACTED] = "retracted",
	[STATE_REJECTED] = "rejected",
	[STATE_NOTIFIED] = "notified",
	[STATE_ACKNOWLEDGED] = "acknowledged",
	[STATE_UPDATED] = "updated",
	[STATE_CONCLUDED] = "concluded",
	[STATE_TABLED] = "tabled",
	[STATE_COUNTERED] = "countered",
	[STATE_ACCEPTED] = "accepted",
	[STATE_UNCONFIRMED] = "unconfirmed",
	[STATE_IN_EFFECT] = "in-effect",
	[STATE_PERFORMED_BY_ONE] = "performed-by-one",
	[STATE_PERFORMED] = "performed",
	[STATE_DENOUNCED] = "denounced",
	[STATE_LAPSED] = "lapsed",
	[STATE_CONVENED] = "convened",
	[STATE_AGREED] = "agreed",
	[STATE_RECORDED] = "recorded",
	[STATE_HELD] = "held",
	[STATE_MINUTES_AGREED] = "minutes-agreed",
	[STATE_MINUTES_REJECTED] = "minutes-rejected",
	[STATE_REQUESTED] = "requested",
	[STATE_DEFERRED] = "deferred",
	[STATE_PARTLY_PROVIDED] = "partly-provided",
	[STATE_PROVIDED] = "provided",
	[STATE_REFUSED] = "refused",
	[STATE_NOT_HELD] = "not-held",
	[STATE_SILENT] = "silent",
	[STATE_UNSUPPORTED] = "unsupported",
	[STATE_SUPPORTED] = "supported",
	[STATE_DENIED] = "denied",
	[STATE_ADMITTED] = "admitted",
	[STATE_NO_POSITION] = "no-position",
	[STATE_FINDING] = "finding",
	[STATE_FOUND_JOINTLY] = "found-jointly",
	[STATE_FOUND_DIVERGENT] = "found-divergent",
	[STATE_MAINTAINED] = "maintained",
	[STATE_DROPPED] = "dropped",
	[STATE_NOTED] = "noted",
	[STATE_ADOPTED] = "adopted",
	[STATE_DISOWNED] = "disowned",
	[STATE_DECLARED] = "declared",
	[STATE_SUPERSEDED] = "superseded",
	[STATE_ASKED] = "asked",
	[STATE_PUBLISHED] = "published",
	[STATE_PUBLISHED_UNILATERALLY] = "published-unilaterally",
	[STATE_CHECKED] = "checked",
	[STATE_CONFIRMED] = "confirmed",
	[STATE_REBUTTED] = "rebutted",
	[STATE_OPENED] = "opened",
	[STATE_MATCH_ONLY] = "match-only",
	[STATE_COMMITTED] = "committed",
	[STATE_PAIRED] = "paired",
	[STATE_REVEALED] = "revealed",
	[STATE_RETIRED] = "retired",
};

static const char *const acceptances[ACCEPTANCE_COUNT] = {
	[ACCEPTANCE_OPEN] = "open",
	[ACCEPTANCE_RECEIPTED] = "receipted",
	[ACCEPTANCE_STAMPED] = "stamped",
	[ACCEPTANCE_UNCONFIRMED] = "unconfirmed",
};

static const char *const amendment_states[AMENDMENT_STATE_COUNT] = {
	[AMENDMENT_OPEN] = "open",           [AMENDMENT_WAITS] = "waits",
	[AMENDMENT_COMPLETED] = "completed", [AMENDMENT_RETRACTED] = "retracted",
	[AMENDMENT_LAPSED] = "lapsed",
};

const char *amendment_state_name(enum amendment_state state)
{
	return (size_t)state < AMENDMENT_STATE_COUNT ? amendment_states[state] : NULL;
}

const char *acceptance_name(enum acceptance acceptance)
{
	return (size_t)acceptance < ACCEPTANCE_COUNT ? acceptances[acceptance] : NULL;
}

const char *void_reason_name(enum void_reason reason)
{
	return (size_t)reason < VOID_REASON_COUNT ? reasons[reason].name : NULL;
}

const char *void_reason_text(enum void_reason reason)
{
	return (size_t)reason < VOID_REASON_COUNT ? reasons[reason].text : NULL;
}

const char *channel_state_name(enum channel_state state)
{
	return (size_t)state <= CHANNEL_CLOSED ? channel_states[state] : NULL;
}

const char *matter_state_name(enum matter_state state)
{
	return (size_t)state < MATTER_STATE_COUNT ? matter_states[state] : NULL;
}
