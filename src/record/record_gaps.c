#include "record_gaps.h"

#include "record_verification.h"
#include "record_write_body.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const char *const texts[RECORD_GAP_KIND_COUNT] = {
	[RECORD_GAP_EMPTY_LOG] = N_("nothing of this party's log is in the record"),
	[RECORD_GAP_NOT_COUNTERSIGNED] = N_("the last entries rest on this party's word alone: the "
	                                    "other side has not cosigned them"),
	[RECORD_GAP_EARLIER_KEY] = N_(
	    "the other side cosigned the head by a receipt key that it has replaced since"),
	[RECORD_GAP_WITNESSES] = N_(
	    "fewer witnesses have cosigned the head than the charter asks for"),
	[RECORD_GAP_UNKNOWN_KINDS] = N_(
	    "acts are of kinds whose effect this version does not compute"),
	[RECORD_GAP_BODIES_SEALED] = N_(
	    "bodies are sealed: size and SHA-256 were checked, not what they say"),
	[RECORD_GAP_BODIES_ABSENT] = N_("bodies are not in the record"),
	[RECORD_GAP_BODIES_DESTROYED] = N_(
	    "bodies are gone: both sides have attested that the reading keys to which they were "
	    "sealed are destroyed"),
	[RECORD_GAP_BODIES_FAULTED] = N_(
	    "of the absent bodies, so many are at fault according to the other side"),
	[RECORD_GAP_DISPUTED] = N_(
	    "acts are disputed: their author was recalled from before them, and it is not shown "
	    "who held the key"),
};

const char *record_gap_text(enum record_gap_kind kind)
{
	return texts[kind];
}

void record_gap(struct record_report *report, enum record_gap_kind kind, unsigned party,
                uint64_t count)
{
	if (report->gap_count < RECORD_GAPS_MAXIMUM)
		report->gaps[report->gap_count++] = (struct record_gap){ kind, party, count };
}

void record_note_head_gaps(struct record_report *report, const struct charter *charter,
                           unsigned party, const struct record_head *head, uint64_t earlier)
{
	if (!head->countersigned)
		record_gap(report, RECORD_GAP_NOT_COUNTERSIGNED, party,
		           head->checkpoint.size - earlier);
	if (head->earlier_key)
		record_gap(report, RECORD_GAP_EARLIER_KEY, party, 0);
	if (head->witnesses < charter->quorum)
		record_gap(report, RECORD_GAP_WITNESSES, party, charter->quorum - head->witnesses);
}

static void gap_unless_none(struct record_report *report, enum record_gap_kind kind, unsigned party,
                            uint64_t count)
{
	if (count > 0)
		record_gap(report, kind, party, count);
}

void record_note_act_gaps(struct record_report *report, const struct record_state *state,
                          const struct buffer found[2])
{
	struct act_place place;

	for (place.party = 0; place.party < 2; place.party++) {
		uint64_t sealed = 0, absent = 0, destroyed = 0, faulted = 0, disputed = 0;
		struct destruction destruction;

		for (place.number = 0; place.number < state->logs[place.party].size;
		     place.number++) {
			const struct act_summary *act = rules_act(state->rules, place);
			uint8_t here = found[place.party].data[place.number];

			disputed += rules_disputed(state->rules, place);
			if (!record_act_has_blob(act) || (here & RECORD_FOUND_OPENED) != 0)
				continue;
			sealed += here != 0;
			if (here == 0 && rules_destruction(state->rules, place, &destruction)) {
				destroyed++;
				continue;
			}
			absent += here == 0;
			faulted += here == 0 && act->fault_stands;
		}
		gap_unless_none(report, RECORD_GAP_UNKNOWN_KINDS, place.party,
		                state->logs[place.party].unknown_kind_count);
		gap_unless_none(report, RECORD_GAP_BODIES_SEALED, place.party, sealed);
		gap_unless_none(report, RECORD_GAP_BODIES_ABSENT, place.party, absent);
		gap_unless_none(report, RECORD_GAP_BODIES_DESTROYED, place.party, destroyed);
		gap_unless_none(report, RECORD_GAP_BODIES_FAULTED, place.party, faulted);
		gap_unless_none(report, RECORD_GAP_DISPUTED, place.party, disputed);
	}
}
