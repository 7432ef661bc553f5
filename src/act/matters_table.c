/* The matters of `rules 1`. Once a charter has pinned rules 1, no row of it changes. */
#include "matters_table.h"

/* Laid out by hand, as a table. clang-format would break it up. */
/* clang-format off */

/* Marks a text for translation where it is shown. */
#define N_(text) text

#define IN(state) (UINT64_C(1) << STATE_##state)

/* What rows have in common. A row says nothing of a property that it leaves out. */
#define OPENS(its_matter, its_kind, state) \
	.matter = MATTER_##its_matter, .kind = KIND_##its_kind, .by = ACTOR_EITHER, \
	.names = KIND_COUNT, .word = -1, .to = STATE_##state
#define OPENS_WITH(its_matter, its_kind, index, state) \
	.matter = MATTER_##its_matter, .kind = KIND_##its_kind, .by = ACTOR_EITHER, \
	.names = KIND_COUNT, .word = index, .to = STATE_##state
#define ACT(its_matter, states, its_kind, actor, state) \
	.matter = MATTER_##its_matter, .from = (states), .kind = KIND_##its_kind, \
	.by = ACTOR_##actor, .names = KIND_COUNT, .word = -1, .to = STATE_##state
#define NAMING(its_matter, states, its_kind, actor, named, state) \
	.matter = MATTER_##its_matter, .from = (states), .kind = KIND_##its_kind, \
	.by = ACTOR_##actor, .names = KIND_##named, .word = -1, .to = STATE_##state
#define WORD(its_matter, states, its_kind, index, actor, state) \
	.matter = MATTER_##its_matter, .from = (states), .kind = KIND_##its_kind, \
	.by = ACTOR_##actor, .names = KIND_COUNT, .word = index, .to = STATE_##state
#define BECOMES(its_matter, states, its_event, state) \
	.matter = MATTER_##its_matter, .from = (states), .event = EVENT_##its_event, \
	.kind = KIND_COUNT, .names = KIND_COUNT, .word = -1, .to = STATE_##state

/* The words of `extent` and of a list's `mode`, in the order of the kinds table. */
enum { ALL, PART };
enum { OPENED, MATCH_ONLY, SWAP };

#define MET (IN(HELD) | IN(MINUTES_AGREED) | IN(MINUTES_REJECTED))
#define RUNNING (IN(NOTIFIED) | IN(ACKNOWLEDGED) | IN(UPDATED))
#define OFFERED (IN(TABLED) | IN(COUNTERED))
#define AGREEMENT (IN(ACCEPTED) | IN(IN_EFFECT) | IN(UNCONFIRMED))
#define WAITING (IN(REQUESTED) | IN(DEFERRED) | IN(SILENT))
#define MADE (IN(UNSUPPORTED) | IN(SUPPORTED) | IN(SILENT))
#define FOUND (IN(FINDING) | IN(FOUND_JOINTLY) | IN(FOUND_DIVERGENT))
#define DISPUTED (MADE | IN(DENIED) | IN(ADMITTED) | IN(NO_POSITION) | FOUND | IN(MAINTAINED))
#define FRESH (IN(OPENED) | IN(MATCH_ONLY) | IN(COMMITTED))
#define READABLE (IN(OPENED) | IN(MATCH_ONLY) | IN(REVEALED) | IN(UPDATED))
#define ASKED_OF (IN(MATCH_ONLY) | IN(UPDATED))
#define CLAIM (IN(CHECKED) | IN(SILENT))

const struct matter_row matters_table[] = {
	/* meeting. Minutes may be laid whatever became of the invitation: what has taken place has. */
	{ OPENS(MEETING, CONVENE, CONVENED) },
	{ OPENS(MEETING, MINUTES, HELD), .asks = true },
	{ OPENS(MEETING, CALL, RECORDED) },
	{ NAMING(MEETING, IN(CONVENED), ACCEPT, ADDRESSEE, CONVENE, AGREED) },
	{ NAMING(MEETING, IN(CONVENED), REJECT, ADDRESSEE, CONVENE, REJECTED) },
	{ NAMING(MEETING, IN(CONVENED), RETRACT, AUTHOR, CONVENE, RETRACTED) },
	{ NAMING(MEETING, MET, ACCEPT, ADDRESSEE, CONVENE, SAME) },
	{ NAMING(MEETING, MET, REJECT, ADDRESSEE, CONVENE, SAME) },
	{ NAMING(MEETING, MET, RETRACT, AUTHOR, CONVENE, SAME) },
	{ ACT(MEETING, IN(CONVENED) | IN(AGREED) | IN(REJECTED) | IN(RETRACTED) | IN(RECORDED) | MET,
	      MINUTES, EITHER, HELD), .asks = true },
	{ NAMING(MEETING, IN(HELD), ACCEPT, ADDRESSEE, MINUTES, MINUTES_AGREED),
	  .answers = true, .agreed = STATE_MINUTES_AGREED },
	{ NAMING(MEETING, IN(HELD), REJECT, ADDRESSEE, MINUTES, MINUTES_REJECTED),
	  .answers = true, .agreed = STATE_MINUTES_AGREED },

	/* incident */
	{ OPENS(INCIDENT, NOTIFY, NOTIFIED) },
	{ NAMING(INCIDENT, IN(NOTIFIED), ACK, ADDRESSEE, NOTIFY, ACKNOWLEDGED) },
	{ ACT(INCIDENT, RUNNING, UPDATE, EITHER, UPDATED) },
	{ ACT(INCIDENT, RUNNING, OFFER, EITHER, SAME) },
	{ ACT(INCIDENT, RUNNING, CONCLUDE, OPENER, CONCLUDED) },
	{ NAMING(INCIDENT, RUNNING, RETRACT, AUTHOR, NOTIFY, RETRACTED) },

	/* request */
	{ OPENS(REQUEST, REQUEST, REQUESTED) },
	{ WORD(REQUEST, WAITING | IN(PARTLY_PROVIDED), PROVIDE, ALL, ADDRESSEE, PROVIDED) },
	{ WORD(REQUEST, WAITING | IN(PARTLY_PROVIDED), PROVIDE, PART, ADDRESSEE, PARTLY_PROVIDED) },
	{ ACT(REQUEST, IN(REQUESTED) | IN(SILENT), DEFER, ADDRESSEE, DEFERRED) },
	{ ACT(REQUEST, WAITING, REFUSE, ADDRESSEE, REFUSED) },
	{ ACT(REQUEST, WAITING, NOT_HELD, ADDRESSEE, NOT_HELD) },
	{ ACT(REQUEST, WAITING, RETRACT, AUTHOR, RETRACTED), .crossed = IN(REFUSED) | IN(NOT_HELD) },
	{ BECOMES(REQUEST, IN(REQUESTED) | IN(DEFERRED), OVERDUE, SILENT) },

	/* allegation */
	{ OPENS(ALLEGATION, ALLEGE, UNSUPPORTED) },
	{ ACT(ALLEGATION, IN(UNSUPPORTED), SUBMIT, OPENER, SUPPORTED), .supports = true },
	{ ACT(ALLEGATION, DISPUTED, SUBMIT, OPENER, SAME), .supports = true },
	{ ACT(ALLEGATION, DISPUTED, SUBMIT, OTHER, SAME) },
	{ ACT(ALLEGATION, MADE | IN(MAINTAINED), DENY, ADDRESSEE, DENIED) },
	{ ACT(ALLEGATION, MADE | IN(MAINTAINED), ADMIT, ADDRESSEE, ADMITTED) },
	{ ACT(ALLEGATION, MADE | IN(MAINTAINED), NO_POSITION, ADDRESSEE, NO_POSITION) },
	{ ACT(ALLEGATION, FOUND, DENY, ADDRESSEE, SAME) },
	{ ACT(ALLEGATION, FOUND, ADMIT, ADDRESSEE, SAME) },
	{ ACT(ALLEGATION, FOUND, NO_POSITION, ADDRESSEE, SAME) },
	{ ACT(ALLEGATION, DISPUTED, FIND, EITHER, FINDING), .asks = true },
	{ NAMING(ALLEGATION, IN(FINDING), ACCEPT, ADDRESSEE, FIND, FOUND_JOINTLY),
	  .answers = true, .agreed = STATE_FOUND_JOINTLY },
	{ NAMING(ALLEGATION, IN(FINDING), REJECT, ADDRESSEE, FIND, FOUND_DIVERGENT),
	  .answers = true, .agreed = STATE_FOUND_JOINTLY },
	{ NAMING(ALLEGATION, IN(DROPPED) | IN(RETRACTED), ACCEPT, ADDRESSEE, FIND, SAME) },
	{ NAMING(ALLEGATION, IN(DROPPED) | IN(RETRACTED), REJECT, ADDRESSEE, FIND, SAME) },
	{ ACT(ALLEGATION, MADE | IN(DENIED) | IN(NO_POSITION) | IN(FOUND_DIVERGENT),
	      MAINTAIN, OPENER, MAINTAINED) },
	{ ACT(ALLEGATION, DISPUTED, DROP, OPENER, DROPPED) },
	{ ACT(ALLEGATION, MADE | FOUND | IN(MAINTAINED), RETRACT, AUTHOR, RETRACTED),
	  .crossed = IN(DENIED) | IN(NO_POSITION) },
	{ BECOMES(ALLEGATION, IN(UNSUPPORTED) | IN(SUPPORTED), OVERDUE, SILENT) },

	/* public statement */
	{ OPENS(STATEMENT, NOTE_PUBLIC, NOTED) },
	{ ACT(STATEMENT, IN(NOTED) | IN(SILENT), ADOPT, ADDRESSEE, ADOPTED) },
	{ ACT(STATEMENT, IN(NOTED) | IN(SILENT), DISOWN, ADDRESSEE, DISOWNED) },
	{ ACT(STATEMENT, IN(NOTED) | IN(SILENT), NO_POSITION, ADDRESSEE, NO_POSITION) },
	{ BECOMES(STATEMENT, IN(NOTED), OVERDUE, SILENT) },

	/* proposal */
	{ OPENS(PROPOSAL, PROPOSE, TABLED) },
	{ ACT(PROPOSAL, OFFERED, COUNTER, ADDRESSEE, COUNTERED) },
	{ ACT(PROPOSAL, OFFERED, ACCEPT, ADDRESSEE, ACCEPTED) },
	{ ACT(PROPOSAL, OFFERED | IN(LAPSED), REJECT, ADDRESSEE, REJECTED) },
	{ ACT(PROPOSAL, OFFERED, RETRACT, AUTHOR, RETRACTED) },
	{ BECOMES(PROPOSAL, OFFERED | IN(RETRACTED), LAPSED, LAPSED) },
	{ BECOMES(PROPOSAL, IN(ACCEPTED), PROVED, IN_EFFECT) },
	{ BECOMES(PROPOSAL, IN(ACCEPTED) | IN(PERFORMED_BY_ONE), UNPROVED, UNCONFIRMED) },
	{ WORD(PROPOSAL, AGREEMENT, REPORT, ALL, EITHER, PERFORMED_BY_ONE) },
	{ WORD(PROPOSAL, IN(PERFORMED_BY_ONE), REPORT, ALL, PARTNER, PERFORMED) },
	{ ACT(PROPOSAL, AGREEMENT | IN(PERFORMED_BY_ONE) | IN(PERFORMED), REPORT, EITHER, SAME) },
	{ ACT(PROPOSAL, AGREEMENT | IN(PERFORMED_BY_ONE) | IN(PERFORMED), DENOUNCE, EITHER, DENOUNCED) },

	/* list. Of a swap the rules of lists say more (rules_list.c): it is opened, and no longer
	 * retired, once both sides have committed. Who answers a commitment has not heard of a
	 * retirement that crosses, which then counts for nothing. */
	{ OPENS_WITH(LIST, LIST, OPENED, OPENED) },
	{ OPENS_WITH(LIST, LIST, MATCH_ONLY, MATCH_ONLY) },
	{ OPENS_WITH(LIST, LIST, SWAP, COMMITTED) },
	{ NAMING(LIST, FRESH, REJECT, ADDRESSEE, LIST, REJECTED),
	  .crossed = IN(UPDATED) | IN(RETIRED) },
	{ BECOMES(LIST, IN(COMMITTED) | IN(RETIRED), PAIRED, PAIRED) },
	{ ACT(LIST, IN(COMMITTED) | IN(PAIRED) | IN(RETIRED), REVEAL, OPENER, REVEALED) },
	{ ACT(LIST, READABLE, UPDATE_LIST, OPENER, UPDATED) },
	{ ACT(LIST, IN(COMMITTED) | READABLE, RETIRE_LIST, OPENER, RETIRED) },
	{ ACT(LIST, ASKED_OF, QUERY, OTHER, SAME) },
	{ NAMING(LIST, ASKED_OF | IN(RETIRED) | IN(REJECTED), REPLY, ADDRESSEE, QUERY, SAME) },

	/* leak: what follows in it is of a later version */
	{ OPENS(LEAK, PROTEST, OPEN) },
	{ ACT(LEAK, IN(OPEN), RETRACT, AUTHOR, RETRACTED) },

	/* declaration */
	{ OPENS(DECLARATION, DECLARE, DECLARED) },
	{ BECOMES(DECLARATION, IN(DECLARED), SUPERSEDED, SUPERSEDED) },

	/* publication. Consent that comes after a publication ratifies it. */
	{ OPENS(PUBLICATION, ASK_RELEASE, ASKED) },
	{ OPENS(PUBLICATION, COMMUNIQUE, ASKED) },
	{ OPENS(PUBLICATION, PRESS_CHECK, CHECKED) },
	{ ACT(PUBLICATION, IN(ASKED), ACCEPT, ADDRESSEE, AGREED) },
	{ ACT(PUBLICATION, IN(ASKED), REJECT, ADDRESSEE, REJECTED) },
	{ ACT(PUBLICATION, IN(ASKED), RETRACT, AUTHOR, RETRACTED) },
	{ ACT(PUBLICATION, IN(AGREED) | IN(PUBLISHED), PUBLISH, EITHER, PUBLISHED) },
	{ ACT(PUBLICATION, IN(ASKED) | IN(REJECTED) | IN(RETRACTED) | IN(PUBLISHED_UNILATERALLY),
	      PUBLISH, EITHER, PUBLISHED_UNILATERALLY) },
	{ ACT(PUBLICATION, IN(PUBLISHED_UNILATERALLY), ACCEPT, ADDRESSEE, PUBLISHED) },
	{ ACT(PUBLICATION, IN(PUBLISHED_UNILATERALLY), REJECT, ADDRESSEE, SAME) },
	{ ACT(PUBLICATION, IN(PUBLISHED_UNILATERALLY), RETRACT, AUTHOR, SAME) },
	{ ACT(PUBLICATION, CLAIM, CONFIRM, ADDRESSEE, CONFIRMED) },
	{ ACT(PUBLICATION, CLAIM, REBUT, ADDRESSEE, REBUTTED) },
	{ ACT(PUBLICATION, CLAIM, NO_POSITION, ADDRESSEE, NO_POSITION) },
	{ ACT(PUBLICATION, CLAIM | IN(CONFIRMED) | IN(REBUTTED) | IN(NO_POSITION),
	      PUBLISH, EITHER, SAME) },
	{ BECOMES(PUBLICATION, IN(CHECKED), OVERDUE, SILENT) },
};
/* clang-format on */

const size_t matters_table_size = sizeof(matters_table) / sizeof(matters_table[0]);

bool matter_rules_kind(enum matter_kind matter, enum kind_number kind)
{
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter && matters_table[i].kind == kind &&
		    matters_table[i].event == EVENT_ACT && matters_table[i].from != 0)
			return true;
	return false;
}

const struct matter_row *matter_opening(enum kind_number kind, int word)
{
	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];

		if (row->from == 0 && row->kind == kind &&
		    (row->word < 0 || word < 0 || row->word == word))
			return row;
	}
	return NULL;
}

state_set matter_states(enum matter_kind matter)
{
	state_set states = 0;

	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter && matters_table[i].to != STATE_SAME)
			states |= UINT64_C(1) << matters_table[i].to;
	return states;
}

const char *matter_actor_text(enum matter_actor actor)
{
	static const char *const texts[ACTOR_COUNT] = {
		[ACTOR_EITHER] = N_("either side"),      [ACTOR_OPENER] = N_("who opened"),
		[ACTOR_OTHER] = N_("the other side"),    [ACTOR_AUTHOR] = N_("its author"),
		[ACTOR_ADDRESSEE] = N_("the addressee"), [ACTOR_PARTNER] = N_("the other one"),
	};

	return (size_t)actor < ACTOR_COUNT ? texts[actor] : NULL;
}

const char *matter_event_text(enum matter_event event)
{
	static const char *const texts[EVENT_COUNT] = {
		[EVENT_ACT] = N_("an act"),
		[EVENT_OVERDUE] = N_("answer overdue"),
		[EVENT_LAPSED] = N_("expiry or withdrawal"),
		[EVENT_PROVED] = N_("proved in time"),
		[EVENT_UNPROVED] = N_("not proved in time"),
		[EVENT_SUPERSEDED] = N_("a later declaration"),
		[EVENT_PAIRED] = N_("the other side's commitment"),
	};

	return (size_t)event < EVENT_COUNT ? texts[event] : NULL;
}
