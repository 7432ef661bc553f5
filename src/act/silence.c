#include "silence.h"

#include "memory_tree.h"
#include "silence_span.h"

#define N_(text) text

static const struct {
	const char *name, *text;
} verdicts[SILENCE_VERDICT_COUNT] = {
	[SILENCE_CERTIFIED] = { "certified", N_("it is certified") },
	[SILENCE_NO_ACT] = { "no-act", N_("there is no such act in this log") },
	[SILENCE_VOID_ACT] = { "void-act", N_("the act is void, and asks for nothing") },
	[SILENCE_NOT_OWED] = { "not-owed", N_("an act of this kind obliges nobody to this") },
	[SILENCE_RETRACTED] = { "retracted", N_("its author has taken the act back") },
	[SILENCE_ANSWERED] = { "answered", N_("the act has an answer") },
	[SILENCE_FAULT] = { "fault",
	                    N_("its body is said to be missing or unreadable, and that is not "
	                       "cured: the act obliges nobody") },
	[SILENCE_RELEASED] = { "released",
	                       N_("after a close or a withdrawal it is not owed, or no longer") },
	[SILENCE_NO_CLOCK] = { "no-clock",
	                       N_("nothing shows that the other side has received the act: no "
	                          "clock has started") },
	[SILENCE_NOT_DUE] = { "not-due", N_("the deadline has not passed") },
	[SILENCE_NO_LATE_HEAD] = { "no-late-head",
	                           N_("nothing shows a head of the silent side's log after the "
	                              "deadline") },
	[SILENCE_OWN_LOG_TOO_EARLY] = { "own-log-too-early",
	                                N_("the log of the act's author shows no entry after the "
	                                   "deadline: the act may have been taken back") },
	[SILENCE_NOT_SHOWN] = { "not-shown", N_("an entry that is needed is not shown") },
};

const char *silence_verdict_name(enum silence_verdict verdict)
{
	return (size_t)verdict < SILENCE_VERDICT_COUNT ? verdicts[verdict].name : NULL;
}

const char *silence_verdict_text(enum silence_verdict verdict)
{
	return (size_t)verdict < SILENCE_VERDICT_COUNT ? verdicts[verdict].text : NULL;
}

/* --- what is owed ------------------------------------------------------------ */

enum clock_number silence_clock(const struct kind *kind, int word, bool answers,
                                bool has_precedence, enum obligation_duty duty)
{
	if (duty == DUTY_ANSWER)
		return kind_answer_clock(kind, word, answers);
	if (duty != DUTY_ACKNOWLEDGE)
		return CLOCK_NONE;
	return has_precedence ? CLOCK_ACKNOWLEDGE : kind_reading_clock(kind, word, answers);
}

static bool find_obligation(const struct rules *rules, const struct silence *silence,
                            struct obligation *ret_obligation)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count = 0;

	if (rules_obligations(rules, silence->act, TIMESTAMP_MAXIMUM, obligations, &count) != OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == silence->duty &&
		    obligations[i].owed_by == silence->silent) {
			*ret_obligation = obligations[i];
			return true;
		}
	return false;
}

static void describe_act(const struct rules *rules, const struct charter *charter,
                         const struct act_summary *act, struct silence *silence)
{
	const struct party *author = &charter->parties[silence->act.party];

	rules_act_name(rules, silence->act, silence->name);
	silence->leaf = act->leaf;
	silence->kind = act->kind;
	silence->by_clock = silence_clock(act->kind, act->word, act->has_answers,
	                                  act->precedence != PRECEDENCE_COUNT, silence->duty);
	silence->precedence = act->precedence;
	silence->logged = act->logged;
	silence->exercise = act->exercise;
	silence->due = act->due;
	silence->charter = act->charter;
	memcpy(silence->author, act->author, sizeof(silence->author));
	silence->author_is_head = strcmp(act->author, author->head) == 0;
	silence->silent = 1 - silence->act.party;
	for (unsigned party = 0; party < 2; party++)
		silence->sizes[party] = rules_size(rules, party);
}

static void describe_clock(const struct rules *rules, const struct obligation *obligation,
                           struct silence *silence)
{
	struct stamp_summary stamp;

	silence->clock = obligation->clock;
	silence->started = obligation->started;
	silence->deadline = obligation->deadline;
	silence->deemed = obligation->deemed;
	silence->deferred = obligation->deferred;
	if (silence->started == 0)
		return;
	silence->start = obligation->started_by;
	rules_act_name(rules, silence->start, silence->started_by);
	if (silence->deemed && rules_stamp(rules, silence->start, &stamp) == OK) {
		silence->deposited = stamp.time;
		silence->allowance = silence->started -
		                     (stamp.time > silence->logged ? stamp.time : silence->logged);
	}
}

/* --- the head ------------------------------------------------------------------ */

static void set_head(const struct rules *rules, uint64_t size, struct silence *silence)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(rules, silence->silent));

	silence->head_size = size;
	if (tree_reader_root(&reader, size, &silence->root) != OK)
		silence->root = (struct hash){ { 0 } };
}

/* What the silent side's log itself says: its end, or a late entry. */
static bool own_word(const struct rules *rules, struct silence *silence)
{
	struct act_place last = { silence->silent, rules_size(rules, silence->silent) - 1 };
	bool closed = rules_has_closed(rules, silence->silent);

	silence->late_time = rules_last_logged(rules, silence->silent);
	if (rules_size(rules, silence->silent) == 0 ||
	    (!closed && silence->late_time <= silence->deadline))
		return false;
	silence->late = closed ? SILENCE_BY_CLOSE : SILENCE_BY_ENTRY;
	rules_act_name(rules, last, silence->late_by);
	set_head(rules, last.number + 1, silence);
	return true;
}

/* The end of its log says most; else whatever speaks of the latest time: it has
 * been silent up to then. */
static bool find_head(const struct rules *rules, struct silence *silence)
{
	struct stamp_summary stamp;
	bool own = own_word(rules, silence);

	if (own && silence->late == SILENCE_BY_CLOSE)
		return true;
	if (!rules_stamped_after(rules, silence->silent, silence->deadline, &stamp) ||
	    (own && silence->late_time >= stamp.time))
		return own;
	silence->late = SILENCE_BY_STAMP;
	silence->late_time = stamp.time;
	silence->neutral = stamp_neutral_name(rules_charter(rules, stamp.place), stamp.neutral);
	rules_act_name(rules, stamp.place, silence->late_by);
	set_head(rules, stamp.size, silence);
	return true;
}

/* Whether the author's log is shown to where a retraction would come too late, or could not
 * come at all: its own close is its end, and after the other side's there is none. */
static bool author_is_bound(const struct rules *rules, const struct silence *silence)
{
	unsigned author = silence->act.party;

	if (rules_has_closed(rules, author) || rules_last_logged(rules, author) > silence->deadline)
		return true;
	return rules_has_closed(rules, silence->silent) &&
	       rules_receipted(rules, author) == rules_size(rules, silence->silent);
}

/* --- the whole ------------------------------------------------------------------- */

static enum silence_verdict judge_answered(const struct rules *rules,
                                           const struct obligation *obligation,
                                           struct silence *silence)
{
	rules_act_name(rules, obligation->met_by, silence->answered_by);
	silence->answered = rules_act(rules, obligation->met_by)->logged;
	return SILENCE_ANSWERED;
}

/* An act that obliges nobody, though its kind does. */
static enum silence_verdict judge_missing(const struct act_summary *act)
{
	if (act->verdict.code != VERDICT_VALID)
		return SILENCE_VOID_ACT;
	if (act->retracted)
		return SILENCE_RETRACTED;
	return act->obliges_nobody ? SILENCE_FAULT : SILENCE_RELEASED;
}

/* No clock runs: because nobody has it, or because a clock cannot start any more. */
static enum silence_verdict judge_stopped(const struct rules *rules, const struct act_summary *act)
{
	struct stamped deemed;

	if (act->fault_stands)
		return SILENCE_FAULT;
	if (act->receipted_by != UINT64_MAX || rules_deemed_receipt(rules, act->place, &deemed))
		return SILENCE_RELEASED;
	return SILENCE_NO_CLOCK;
}

static enum silence_verdict judge(const struct rules *rules, const struct charter *charter,
                                  timestamp now, struct silence *silence)
{
	const struct act_summary *act = rules_act(rules, silence->act);
	struct obligation obligation;

	if (act == NULL)
		return SILENCE_NO_ACT;
	describe_act(rules, charter, act, silence);
	silence->void_reason = act->verdict.reason;
	if (silence->by_clock == CLOCK_NONE)
		return SILENCE_NOT_OWED;
	if (!find_obligation(rules, silence, &obligation))
		return judge_missing(act);
	describe_clock(rules, &obligation, silence);
	if (obligation.state == OBLIGATION_MET)
		return judge_answered(rules, &obligation, silence);
	if (silence->started == 0)
		return judge_stopped(rules, act);
	if (!find_head(rules, silence))
		return now > silence->deadline ? SILENCE_NO_LATE_HEAD : SILENCE_NOT_DUE;
	return author_is_bound(rules, silence) ? SILENCE_CERTIFIED : SILENCE_OWN_LOG_TOO_EARLY;
}

void silence_judge(const struct rules *rules, const struct charter *charter, struct act_place act,
                   enum obligation_duty duty, timestamp now, struct silence *ret_silence)
{
	*ret_silence = (struct silence){ .act = act, .duty = duty, .form = SILENCE_WHOLE };
	ret_silence->verdict = judge(rules, charter, now, ret_silence);
}
