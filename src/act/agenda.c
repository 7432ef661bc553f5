/* The index: a tree for each side and class, whose nodes are the items; beside each node
 * what the order does not need. The items of one act are a chain from the act's slot, so
 * that what an act has now is compared with what it should have. */
#include "agenda_internal.h"

#include "grow.h"
#include "rules_changes.h"

enum { WANTED_MAXIMUM = OBLIGATIONS_MAXIMUM + 3 };

const struct agenda_class_row agenda_classes[AGENDA_CLASS_COUNT] = {
	[AGENDA_ANSWER] = { AGENDA_SILENT, AGENDA_DUE, AGENDA_WAITING, 0 },
	[AGENDA_DUTY] = { AGENDA_OVERDUE, AGENDA_DUE, AGENDA_WAITING, 0 },
	[AGENDA_DEFERRED] = { AGENDA_SILENT, AGENDA_PUT_OFF, AGENDA_WAITING, 0 },
	[AGENDA_RECEIPT] = { AGENDA_WITHHELD, AGENDA_UNRECEIPTED, AGENDA_UNRECEIPTED, 0 },
	[AGENDA_REFUSED] = { AGENDA_IS_REFUSED, AGENDA_IS_REFUSED, AGENDA_IS_REFUSED, 1 },
	[AGENDA_UNREAD] = { AGENDA_IS_UNREAD, AGENDA_IS_UNREAD, AGENDA_IS_UNREAD, 2 },
};

int agenda_new(struct rules *rules, uint64_t epoch, struct agenda **ret_agenda)
{
	struct agenda *agenda = allocate(1, sizeof(*agenda));

	if (agenda == NULL)
		return ERROR_MEMORY;
	agenda->rules = rules;
	agenda->epoch = epoch;
	agenda->free = agenda->oldest = agenda->newest = AGENDA_NONE;
	for (unsigned side = 0; side < 2; side++)
		for (unsigned class = 0; class < AGENDA_CLASS_COUNT; class ++)
			agenda->trees[side][class] = AGENDA_NONE;
	*ret_agenda = agenda;
	return OK;
}

void agenda_free(struct agenda *agenda)
{
	if (agenda == NULL)
		return;
	release_memory(agenda->nodes);
	release_memory(agenda->items);
	release_memory(agenda->slots[0]);
	release_memory(agenda->slots[1]);
	release_memory(agenda);
}

/* --- items ---------------------------------------------------------------- */

static struct slot *slot_of(const struct agenda *agenda, struct act_place place)
{
	return &agenda->slots[place.party][place.number];
}

static struct act_place act_of(const struct agenda_key *key)
{
	return (struct act_place){ key->party, key->number };
}

/* Room for all that one act can have. */
static int reserve_items(struct agenda *agenda)
{
	size_t needed = (size_t)agenda->count + WANTED_MAXIMUM;
	void *grown;

	if (needed > UINT32_MAX / 2)
		return ERROR_MEMORY;
	if ((grown = grow(agenda->nodes, needed, &agenda->node_capacity, sizeof(*agenda->nodes))) ==
	    NULL)
		return ERROR_MEMORY;
	agenda->nodes = grown;
	if ((grown = grow(agenda->items, needed, &agenda->item_capacity, sizeof(*agenda->items))) ==
	    NULL)
		return ERROR_MEMORY;
	agenda->items = grown;
	return OK;
}

static int reserve_slots(struct agenda *agenda)
{
	for (unsigned party = 0; party < 2; party++) {
		size_t size = (size_t)rules_size(agenda->rules, party);
		void *grown = grow(agenda->slots[party], size, &agenda->slot_capacity[party],
		                   sizeof(struct slot));

		if (grown == NULL)
			return ERROR_MEMORY;
		agenda->slots[party] = grown;
		for (; agenda->slot_count[party] < size; agenda->slot_count[party]++)
			agenda->slots[party][agenda->slot_count[party]] = (struct slot){
				.items = AGENDA_NONE
			};
	}
	return OK;
}

static void put(struct agenda *agenda, const struct agenda_key *key)
{
	struct slot *slot = slot_of(agenda, act_of(key));
	uint32_t node = agenda->free;

	if (node != AGENDA_NONE)
		agenda->free = agenda->items[node].next;
	else
		node = agenda->count++;
	agenda->nodes[node].key = *key;
	agenda->items[node] = (struct item){
		.revision = ++agenda->revision,
		.older = agenda->newest,
		.newer = AGENDA_NONE,
		.next = slot->items,
	};
	slot->items = node;
	if (agenda->newest == AGENDA_NONE)
		agenda->oldest = node;
	else
		agenda->items[agenda->newest].newer = node;
	agenda->newest = node;
	agenda_tree_insert(agenda->nodes, &agenda->trees[key->side][key->class], node);
}

/* `link` is where the chain of its act names it. */
static void drop(struct agenda *agenda, uint32_t *link)
{
	uint32_t node = *link;
	struct item *item = &agenda->items[node];
	const struct agenda_key *key = &agenda->nodes[node].key;

	agenda_tree_remove(agenda->nodes, &agenda->trees[key->side][key->class], node);
	if (item->older == AGENDA_NONE)
		agenda->oldest = item->newer;
	else
		agenda->items[item->older].newer = item->newer;
	if (item->newer == AGENDA_NONE)
		agenda->newest = item->older;
	else
		agenda->items[item->newer].older = item->older;
	*link = item->next;
	item->next = agenda->free;
	agenda->free = node;
}

/* --- what an act should have ---------------------------------------------- */

struct wanted {
	struct agenda_key keys[WANTED_MAXIMUM];
	size_t count;
};

static void want(struct wanted *wanted, const struct act_summary *act, enum agenda_class class,
                 unsigned side, unsigned duty, timestamp time)
{
	wanted->keys[wanted->count++] = (struct agenda_key){
		.precedence = (uint8_t)act->precedence,
		.rank = agenda_classes[class].rank,
		.class = (uint8_t) class,
		.duty = (uint8_t)duty,
		.side = (uint8_t)side,
		.party = (uint8_t)act->place.party,
		.time = time,
		.number = act->place.number,
	};
}

static enum agenda_class class_of(const struct obligation *obligation)
{
	if (obligation->deferred)
		return AGENDA_DEFERRED;
	return obligation->duty == DUTY_ANSWER ? AGENDA_ANSWER : AGENDA_DUTY;
}

/* Whether nothing is expected in the matter any more, by its acts. */
static bool is_closed(const struct agenda *agenda, struct act_place opening)
{
	struct matter_summary matter;

	if (rules_matter_of(agenda->rules, opening, 0, &matter) != OK)
		return false;
	switch (matter.state) {
	case STATE_RETRACTED:
	case STATE_REJECTED:
	case STATE_CONCLUDED:
	case STATE_PERFORMED:
	case STATE_DENOUNCED:
	case STATE_PROVIDED:
	case STATE_DROPPED:
	case STATE_RETIRED:
		return true;
	default:
		return false;
	}
}

static bool asks(const struct act_summary *act)
{
	return act->kind->number == KIND_REQUEST || act->kind->number == KIND_QUERY;
}

/* A reply has a word for its first field only where it says why it refuses. */
static bool refuses(const struct act_summary *answer)
{
	return answer->kind->number == KIND_REFUSE ||
	       (answer->kind->number == KIND_REPLY && answer->word >= 0);
}

/* Whether the asker was refused, and has neither asked again nor has its matter ended. */
static bool is_refused(const struct agenda *agenda, const struct act_summary *act)
{
	struct act_place answer = { 1 - act->place.party, act->answered_by };

	return asks(act) && answer.number != UINT64_MAX &&
	       refuses(rules_act(agenda->rules, answer)) &&
	       slot_of(agenda, act->matter)->latest_request[act->place.party] ==
	           act->place.number + 1 &&
	       !is_closed(agenda, act->matter);
}

static bool is_unread(const struct act_summary *act)
{
	return act->kind->number != KIND_ACK && act->acknowledged_by == UINT64_MAX &&
	       act->answered_by == UINT64_MAX;
}

/* Until when it should have been receipted: nodes receipt at once, so that what people are
 * given to read it is more than enough. */
static timestamp receipt_deadline(const struct agenda *agenda, const struct act_summary *act)
{
	enum precedence precedence = act->precedence;

	if (precedence == PRECEDENCE_COUNT)
		precedence = PRECEDENCE_ROUTINE;
	return act->logged + rules_charter(agenda->rules, act->place)->acknowledge[precedence];
}

static void list_wanted(const struct agenda *agenda, const struct act_summary *act,
                        struct wanted *wanted)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	unsigned other = 1 - act->place.party;
	struct act_place answer = { other, act->answered_by };
	size_t count = 0;

	wanted->count = 0;
	if (act->verdict.code != VERDICT_VALID || act->kind->matter == MATTER_SERVICE ||
	    rules_obligations(agenda->rules, act->place, 0, obligations, &count) != OK)
		return;
	for (size_t i = 0; i < count; i++)
		if (obligations[i].state != OBLIGATION_MET)
			want(wanted, act, class_of(&obligations[i]), obligations[i].owed_by,
			     obligations[i].duty,
			     obligations[i].started == 0 ? AGENDA_NEVER : obligations[i].deadline);
	if (is_refused(agenda, act))
		want(wanted, act, AGENDA_REFUSED, other, 0,
		     rules_act(agenda->rules, answer)->logged);
	if (act->receipted_by == UINT64_MAX && !rules_has_closed(agenda->rules, other))
		want(wanted, act, AGENDA_RECEIPT, other, 0, receipt_deadline(agenda, act));
	if (is_unread(act))
		want(wanted, act, AGENDA_UNREAD, other, 0, act->logged);
}

/* --- keeping up ------------------------------------------------------------ */

/* Takes a key out of what is wanted. */
static bool is_wanted(struct wanted *wanted, const struct agenda_key *key)
{
	for (size_t i = 0; i < wanted->count; i++) {
		if (agenda_key_compare(&wanted->keys[i], key) != 0)
			continue;
		wanted->keys[i] = wanted->keys[--wanted->count];
		return true;
	}
	return false;
}

/* Gives an act the items that it should have. What has not changed stays as it is. */
static int renew(struct agenda *agenda, struct act_place place)
{
	const struct act_summary *act = rules_act(agenda->rules, place);
	uint32_t *link = &slot_of(agenda, place)->items;
	struct wanted wanted;
	int r;

	if ((r = reserve_items(agenda)) != OK)
		return r;
	list_wanted(agenda, act, &wanted);
	while (*link != AGENDA_NONE) {
		if (is_wanted(&wanted, &agenda->nodes[*link].key))
			link = &agenda->items[*link].next;
		else
			drop(agenda, link);
	}
	for (size_t i = 0; i < wanted.count; i++)
		put(agenda, &wanted.keys[i]);
	return OK;
}

/* Each side's latest request in a matter. */
static int renew_requests(struct agenda *agenda, struct act_place opening)
{
	const uint64_t *latest = slot_of(agenda, opening)->latest_request;

	for (unsigned party = 0; party < 2; party++) {
		struct act_place place = { party, latest[party] - 1 };
		int r;

		if (latest[party] > 0 && (r = renew(agenda, place)) != OK)
			return r;
	}
	return OK;
}

/* A request that is the latest of its side takes the place of another. */
static int note_request(struct agenda *agenda, const struct act_summary *act)
{
	uint64_t *latest = &slot_of(agenda, act->matter)->latest_request[act->place.party];
	struct act_place former = { act->place.party, *latest - 1 };

	if (*latest > act->place.number)
		return OK;
	*latest = act->place.number + 1;
	return former.number == UINT64_MAX ? OK : renew(agenda, former);
}

static int look_at(struct agenda *agenda, struct act_place place)
{
	const struct act_summary *act = rules_act(agenda->rules, place);
	int r;

	if (act->verdict.code == VERDICT_VALID && asks(act) &&
	    (r = note_request(agenda, act)) != OK)
		return r;
	if ((r = renew(agenda, place)) != OK)
		return r;
	if (act->has_matter && act->matter.party == place.party &&
	    act->matter.number == place.number)
		return renew_requests(agenda, place);
	return OK;
}

static int look_at_touched(struct agenda *agenda)
{
	struct act_place place;
	int r;

	while (rules_next_touched(agenda->rules, &place)) {
		if ((r = look_at(agenda, place)) != OK)
			return r;
		rules_drop_touched(agenda->rules, place);
	}
	return OK;
}

/* Renews all items. A node that is renewed may be free, or another item's, when its turn
 * comes: either way its act is looked at, and nothing is lost. */
static int look_at_all(struct agenda *agenda)
{
	uint32_t count = agenda->count;
	int r;

	for (uint32_t node = 0; node < count; node++)
		if ((r = renew(agenda, act_of(&agenda->nodes[node].key))) != OK)
			return r;
	return OK;
}

/* Renews the items of acts of one party without a body, from `from` on, below `to`. A
 * certificate brings up what no earlier one did, so that all in all each act comes up
 * once; all items are many more. */
static int look_at_certified(struct agenda *agenda, unsigned party, uint64_t from, uint64_t to)
{
	struct act_place place = { party, from };
	int r;

	for (; place.number < to && place.number < agenda->slot_count[party]; place.number++)
		if (slot_of(agenda, place)->items != AGENDA_NONE &&
		    !rules_act(agenda->rules, place)->has_body && (r = renew(agenda, place)) != OK)
			return r;
	return OK;
}

int agenda_catch_up(struct agenda *agenda)
{
	int r = reserve_slots(agenda);

	return r != OK ? r : look_at_touched(agenda);
}

int agenda_update(struct agenda *agenda)
{
	int r;

	if ((r = agenda_catch_up(agenda)) != OK)
		return r;
	/* What is noted here is so until it has been looked at. */
	agenda->upheaval = rules_take_upheaval(agenda->rules) || agenda->upheaval;
	if (agenda->upheaval && (r = look_at_all(agenda)) != OK)
		return r;
	agenda->upheaval = false;
	for (unsigned party = 0; party < 2; party++) {
		uint64_t from, to;

		if (!rules_take_certified(agenda->rules, party, &from, &to))
			continue;
		agenda->upheaval = true;
		if ((r = look_at_certified(agenda, party, from, to)) != OK)
			return r;
		agenda->upheaval = false;
	}
	return OK;
}
