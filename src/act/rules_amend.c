/* Amendments: which charter is in force in a view, and how the next one comes to be.
 *
 * Method. A charter is completed at most once: whoever completes an amendment of the
 * second party has none of its own in the way, and one of its own that it took back is
 * in the way until the other side has receipted that. So the other side's completion of
 * it, if there is one, is in the view, and then another charter is in force. The charters
 * in force are therefore a chain that grows at its end, whatever order the entries came
 * in, and a view's charter is the last one whose completion is in the view. */
#include "rules_internal.h"

#include "grow.h"
#include "sha.h"

/* --- texts ------------------------------------------------------------- */

static const struct known_charter *known_charter(const struct rules *rules, const struct hash *hash)
{
	for (size_t i = 0; i < rules->known_count; i++)
		if (hash_equal(&rules->known[i].hash, hash))
			return &rules->known[i];
	return NULL;
}

bool rules_knows_charter(const struct rules *rules, const struct hash *hash)
{
	return hash_equal(&rules->charters[0].charter->hash, hash) ||
	       known_charter(rules, hash) != NULL;
}

static bool is_in_force_somewhere(const struct rules *rules, const struct charter *charter)
{
	for (size_t i = 0; i < rules->charter_count; i++)
		if (rules->charters[i].charter == charter)
			return true;
	return false;
}

/* Makes room by forgetting the text that is known longest and that no completion needs. */
static void forget_one(struct rules *rules)
{
	for (size_t i = 0; i < rules->known_count; i++) {
		struct known_charter *known = &rules->known[i];

		if (known->charter != NULL && is_in_force_somewhere(rules, known->charter))
			continue;
		charter_free(known->charter);
		rules->known_count--;
		memmove(known, known + 1, (rules->known_count - i) * sizeof(*known));
		return;
	}
}

int rules_add_charter(struct rules *rules, struct bytes text, struct error *error)
{
	const struct charter *first = rules->charters[0].charter;
	struct known_charter known = { .charter = NULL };
	void *grown;
	int r;

	sha256_of(&known.hash, text);
	if (known_charter(rules, &known.hash) != NULL)
		return OK;
	/* What cannot be a charter here is known to be none. */
	r = charter_parse_amended(text, first, &known.charter, error);
	if (r == ERROR_MEMORY)
		return r;
	if (rules->known_count == KNOWN_CHARTERS_MAXIMUM)
		forget_one(rules);
	grown = grow(rules->known, rules->known_count, &rules->known_capacity,
	             sizeof(*rules->known));
	if (grown == NULL) {
		charter_free(known.charter);
		return error_set(error, ERROR_MEMORY, "a charter cannot be held");
	}
	rules->known = grown;
	rules->known[rules->known_count++] = known;
	return OK;
}

const struct charter *rules_known_charter(const struct rules *rules, const struct hash *hash)
{
	const struct charter *first = rules->charters[0].charter;
	const struct known_charter *known = known_charter(rules, hash);

	if (hash_equal(&first->hash, hash))
		return first;
	return known == NULL ? NULL : known->charter;
}

/* --- life --------------------------------------------------------------- */

int amendments_init(struct rules *rules, const struct charter *charter)
{
	if (amendments_reserve(rules, &rules->logs[0]) != OK)
		return ERROR_MEMORY;
	rules->charters[rules->charter_count++] = (struct charter_in_force){
		.charter = charter,
		.opened = { 0, NO_ENTRY },
		.completed = { 0, NO_ENTRY },
	};
	return OK;
}

void amendments_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->known_count; i++)
		charter_free(rules->known[i].charter);
	release_memory(rules->known);
	release_memory(rules->charters);
	release_memory(rules->logs[0].amendments);
	release_memory(rules->logs[1].amendments);
}

int amendments_reserve(struct rules *rules, struct log_state *log)
{
	void *grown;

	grown = grow(rules->charters, rules->charter_count, &rules->charter_capacity,
	             sizeof(*rules->charters));
	if (grown == NULL)
		return ERROR_MEMORY;
	rules->charters = grown;
	grown = grow(log->amendments, log->amendment_count, &log->amendment_capacity,
	             sizeof(*log->amendments));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->amendments = grown;
	return OK;
}

/* --- which is in force ---------------------------------------------------- */

static size_t version_in_view(const struct rules *rules, const struct view *view)
{
	size_t version = rules->charter_count;

	while (version > 1 && !in_view(view, rules->charters[version - 1].completed.party,
	                               rules->charters[version - 1].completed.number))
		version--;
	return version;
}

unsigned charter_version_in_view(const struct rules *rules, const struct view *view)
{
	return (unsigned)version_in_view(rules, view);
}

const struct charter *charter_in_view(const struct rules *rules, const struct view *view)
{
	return rules->charters[version_in_view(rules, view) - 1].charter;
}

const struct charter *charter_of(const struct rules *rules, const struct record *record)
{
	return rules->charters[record->summary.charter - 1].charter;
}

/* --- judging -------------------------------------------------------------- */

static const struct amendment *amendment_at(const struct log_state *log, uint64_t number)
{
	size_t low = 0, high = log->amendment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->amendments[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < log->amendment_count && log->amendments[low].number == number
	           ? &log->amendments[low]
	           : NULL;
}

/* Whether the other log's entries in the view have seen entry `number` of this one. */
static bool is_receipted_in_view(const struct rules *rules, const struct view *view, unsigned party,
                                 uint64_t number)
{
	const struct log_state *other = &rules->logs[other_party(party)];
	uint64_t size = view->size[other_party(party)];

	return size > 0 && other->records[size - 1].summary.seen > number;
}

static bool is_answered(const struct view *view, const struct record *record)
{
	return in_view(view, other_party(record->summary.place.party), record->summary.answered_by);
}

static bool is_retracted(const struct view *view, const struct record *record)
{
	return in_view(view, record->summary.place.party, record->retracted_by);
}

/* The latest amendment that a party has opened for the next charter, if it stands in the
 * view: it was neither completed nor taken back. */
static const struct record *standing_amendment(const struct rules *rules, const struct view *view,
                                               unsigned party)
{
	const struct log_state *log = &rules->logs[party];

	for (size_t i = log->amendment_count; i > 0; i--) {
		const struct amendment *amendment = &log->amendments[i - 1];
		const struct record *record = &log->records[amendment->number];

		if (!in_view(view, party, amendment->number))
			continue;
		if (amendment->version != version_in_view(rules, view) + 1 ||
		    is_answered(view, record) || is_retracted(view, record))
			return NULL;
		return record;
	}
	return NULL;
}

/* Whether an amendment that a party has opened could yet be completed by the other side
 * without having seen it taken back. */
static bool may_be_completed_yet(const struct rules *rules, const struct view *view, unsigned party)
{
	const struct log_state *log = &rules->logs[party];

	for (size_t i = log->amendment_count; i > 0; i--) {
		const struct amendment *amendment = &log->amendments[i - 1];
		const struct record *record = &log->records[amendment->number];

		if (!in_view(view, party, amendment->number))
			continue;
		return amendment->version == version_in_view(rules, view) + 1 &&
		       !is_answered(view, record) &&
		       !(is_retracted(view, record) &&
		         is_receipted_in_view(rules, view, party, record->retracted_by));
	}
	return false;
}

/* Of two open for one charter the first party's stands. */
enum void_reason judge_completion(const struct rules *rules, const struct draft *draft)
{
	const struct record *opened = draft->answers;
	const struct amendment *amendment = amendment_at(&rules->logs[opened->summary.place.party],
	                                                 opened->summary.place.number);

	if (amendment == NULL)
		return VOID_WRONG_REFERENCE;
	if (is_answered(&draft->view, opened))
		return VOID_ALREADY_ANSWERED;
	if (is_retracted(&draft->view, opened))
		return VOID_MATTER_STATE;
	if (amendment->version != version_in_view(rules, &draft->view) + 1)
		return VOID_CHARTER;
	if (draft->party == 0 && may_be_completed_yet(rules, &draft->view, draft->party))
		return VOID_OPEN_AMENDMENT;
	return VOID_NONE;
}

/* The text that takes effect has to be known here, and be one that can. */
static enum void_reason judge_text_of_charter(const struct rules *rules, struct draft *draft,
                                              const struct hash *hash)
{
	const struct charter *charter;

	if (!rules_knows_charter(rules, hash)) {
		draft->failure = ERROR_CHARTER;
		return VOID_FIELD;
	}
	if ((charter = rules_known_charter(rules, hash)) == NULL)
		return VOID_FIELD;
	return names_key_in_use(rules, draft, charter) ? VOID_KEY_IN_USE : VOID_NONE;
}

static enum void_reason judge_amendment(const struct rules *rules, struct draft *draft,
                                        const struct act *act)
{
	const struct charter *current = charter_in_view(rules, &draft->view);
	uint64_t version = act_field(act, "version")->as.number;
	const struct hash *previous = &act_field(act, "previous")->as.hash;
	const struct hash *next = &act_field(act, "charter")->as.hash;
	const struct act_summary *answers;
	enum void_reason reason;

	if (draft->answers != NULL && (reason = judge_completion(rules, draft)) != VOID_NONE)
		return reason;
	if (version != version_in_view(rules, &draft->view) + 1 ||
	    !hash_equal(previous, &current->hash))
		return VOID_CHARTER;
	if (version > CHARTERS_MAXIMUM || hash_equal(next, previous))
		return VOID_FIELD;
	if (draft->answers == NULL)
		return standing_amendment(rules, &draft->view, draft->party) == NULL
		           ? VOID_NONE
		           : VOID_OPEN_AMENDMENT;
	answers = &draft->answers->summary;
	if (!hash_equal(
		next,
		&amendment_at(&rules->logs[answers->place.party], answers->place.number)->charter))
		return VOID_FIELD;
	return judge_text_of_charter(rules, draft, next);
}

enum void_reason judge_amend(const struct rules *rules, struct draft *draft, const struct act *act)
{
	return draft->kind->number == KIND_AMEND ? judge_amendment(rules, draft, act) : VOID_NONE;
}

/* --- folding ---------------------------------------------------------------- */

/* What one has open for the same version lapses, and obliges nobody any more. */
static void touch_latest(const struct rules *rules, unsigned party)
{
	const struct log_state *log = &rules->logs[party];

	if (log->amendment_count > 0)
		touch(rules, &log->records[log->amendments[log->amendment_count - 1].number]);
}

void fold_amend(struct rules *rules, const struct record *record, const struct act *act)
{
	struct log_state *log = &rules->logs[record->summary.place.party];

	if (kind_of(record) != KIND_AMEND)
		return;
	if (!record->summary.has_answers) {
		log->amendments[log->amendment_count++] = (struct amendment){
			.number = record->summary.place.number,
			.version = (unsigned)act_field(act, "version")->as.number,
			.charter = act_field(act, "charter")->as.hash,
		};
		return;
	}
	touch_latest(rules, 0);
	touch_latest(rules, 1);
	rules->charters[rules->charter_count++] = (struct charter_in_force){
		.charter = rules_known_charter(rules, &act_field(act, "charter")->as.hash),
		.opened = record->summary.answers,
		.completed = record->summary.place,
	};
}

/* --- what others ask ---------------------------------------------------------- */

unsigned rules_charter_count(const struct rules *rules)
{
	return (unsigned)rules->charter_count;
}

const struct charter *rules_charter_now(const struct rules *rules)
{
	return rules->charters[rules->charter_count - 1].charter;
}

const struct charter *rules_charter(const struct rules *rules, struct act_place place)
{
	return rules_act(rules, place) == NULL ? NULL : charter_of(rules, record_at(rules, place));
}

const struct charter *rules_charter_version(const struct rules *rules, unsigned version)
{
	if (version < 1 || version > rules->charter_count)
		return NULL;
	return rules->charters[version - 1].charter;
}

bool rules_charter_acts(const struct rules *rules, unsigned version, struct act_place *ret_opened,
                        struct act_place *ret_completed)
{
	if (version < 2 || version > rules->charter_count)
		return false;
	*ret_opened = rules->charters[version - 1].opened;
	*ret_completed = rules->charters[version - 1].completed;
	return true;
}

int rules_amendment(const struct rules *rules, struct act_place place,
                    struct amendment_summary *ret_amendment)
{
	const struct act_summary *act = rules_act(rules, place);
	struct view view = view_of_everything(rules);
	const struct amendment *amendment;
	const struct record *opened;

	if (act == NULL || act->kind->number != KIND_AMEND || act->verdict.code != VERDICT_VALID)
		return ERROR_NOT_FOUND;
	if (act->has_answers)
		place = act->answers;
	opened = record_at(rules, place);
	amendment = amendment_at(&rules->logs[place.party], place.number);
	*ret_amendment = (struct amendment_summary){
		.opened = place,
		.version = amendment->version,
		.charter = amendment->charter,
		.state = AMENDMENT_OPEN,
	};
	if (opened->summary.answered_by != NO_ENTRY)
		ret_amendment->state = AMENDMENT_COMPLETED;
	else if (opened->summary.retracted)
		ret_amendment->state = AMENDMENT_RETRACTED;
	else if (amendment->version <= rules->charter_count)
		ret_amendment->state = AMENDMENT_LAPSED;
	else if (place.party == 1 && may_be_completed_yet(rules, &view, 0))
		ret_amendment->state = AMENDMENT_WAITS;
	return OK;
}

int rules_amendment_by_index(const struct rules *rules, unsigned party, size_t index,
                             struct amendment_summary *ret_amendment)
{
	const struct log_state *log = &rules->logs[party];

	if (index >= log->amendment_count)
		return ERROR_NOT_FOUND;
	return rules_amendment(rules, (struct act_place){ party, log->amendments[index].number },
	                       ret_amendment);
}

bool rules_open_amendment(const struct rules *rules, unsigned party, struct act_place *ret_place)
{
	struct view view = view_of_everything(rules);
	const struct record *record = standing_amendment(rules, &view, party);

	if (record == NULL)
		return false;
	*ret_place = record->summary.place;
	return true;
}
