/* How an act is shown; the log; one act with everything that is known of it. */
#include "api_call.h"

/* Of one act, that are named. */
enum { CERTIFICATES_MAXIMUM = 100 };

/* --- names ------------------------------------------------------------------ */

void api_write_act_name(struct api_writer *writer, const char *name,
                        const struct engine_channel *channel, struct act_place place)
{
	char text[ACT_NAME_CAPACITY];

	if (place.number == UINT64_MAX) {
		api_write_nothing(writer, name);
		return;
	}
	rules_act_name(channel->rules, place, text);
	api_write_string(writer, name, text);
}

static void write_name_if(struct api_writer *writer, const char *name,
                          const struct engine_channel *channel, bool present,
                          struct act_place place)
{
	if (present)
		api_write_act_name(writer, name, channel, place);
	else
		api_write_nothing(writer, name);
}

int api_find_act(const struct api_call *call, struct act_place *ret_place, struct error *error)
{
	struct bytes name = api_request_text(call->request, "act");
	const struct rules *rules = call->channel->rules;
	char id[PARTY_ID_CAPACITY], right[ACT_NAME_CAPACITY];
	struct act_place place;
	unsigned generation;
	int party, r = rules_act_named(rules, name, ret_place);

	if (r == OK)
		return OK;
	if (r != ERROR_NOT_FOUND || act_name_parse(name, id, &generation, &place.number) != OK)
		return error_set(error, r, "an act is named such as 'north-7'");
	party = charter_party_index(call->channel->charter, bytes_of_string(id));
	place.party = (unsigned)party;
	if (party < 0 || rules_act(rules, place) == NULL)
		return error_set(error, r, "there is no act %.*s here", (int)name.size,
		                 (const char *)name.data);
	rules_act_name(rules, place, right);
	return error_set(error, r, "there is no act %.*s here; entry %llu of that log is %s",
	                 (int)name.size, (const char *)name.data, (unsigned long long)place.number,
	                 right);
}

int api_get_count(const struct api_call *call, size_t *ret_count, struct error *error)
{
	uint64_t count = api_request_number(call->request, "count", API_ACTS_DEFAULT);

	if (count < 1 || count > API_ACTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "'count' is from 1 to %d", API_ACTS_MAXIMUM);
	*ret_count = (size_t)count;
	return OK;
}

/* --- an act ------------------------------------------------------------------- */

/* The entry from the database; `page` owns what it shows. */
static int read_entry(const struct engine_channel *channel, struct act_place place,
                      struct store_entries *page, struct entry *ret_entry, struct error *error)
{
	struct store *store = channel->engine->settings.store;
	struct error why;
	int r = store_get_entries(store, channel->number, place.party, place.number, 1,
	                          STORE_ENTRY_MAXIMUM, page);

	if (r == OK && page->count == 0)
		r = ERROR_NOT_FOUND;
	if (r == OK)
		r = entry_parse(page->items[0].bytes, ret_entry, &why);
	return r == OK ? OK : error_set(error, r, "an entry cannot be read from the database");
}

int api_write_act_field(struct api_writer *writer, const char *name,
                        const struct engine_channel *channel, struct act_place place,
                        const char *field, struct error *error)
{
	const struct field_value *value;
	struct store_entries page;
	struct entry entry;
	int r;

	store_entries_init(&page);
	if ((r = read_entry(channel, place, &page, &entry, error)) == OK) {
		if ((value = act_field(&entry.act, field)) != NULL)
			api_write_text(writer, name, value->text);
		else
			api_write_nothing(writer, name);
	}
	store_entries_release(&page);
	return r;
}

/* The latest fault that stands against an act: the word of the fault entry. Only
 * asked for acts against which one stands, which is rare. */
static int write_fault(struct api_writer *writer, const struct engine_channel *channel,
                       const struct act_summary *act, struct error *error)
{
	struct act_place place = { 1 - act->place.party, 0 };
	const struct field_value *fault = NULL;
	struct store_entries page;
	struct entry entry;
	int r = OK;

	if (!act->fault_stands) {
		api_write_nothing(writer, "fault");
		return OK;
	}
	store_entries_init(&page);
	for (uint64_t i = rules_size(channel->rules, place.party); i-- > 0 && fault == NULL;) {
		const struct act_summary *other;

		place.number = i;
		other = rules_act(channel->rules, place);
		if (other->kind->number != KIND_FAULT || other->verdict.code != VERDICT_VALID ||
		    !other->has_target || other->target.party != act->place.party ||
		    other->target.number != act->place.number)
			continue;
		if ((r = read_entry(channel, place, &page, &entry, error)) != OK)
			break;
		fault = act_field(&entry.act, "fault");
	}
	if (r == OK && fault != NULL)
		api_write_text(writer, "fault", fault->text);
	else if (r == OK)
		api_write_nothing(writer, "fault");
	store_entries_release(&page);
	return r;
}

static void write_verdict(struct api_writer *writer, struct verdict verdict)
{
	bool is_void = verdict.code != VERDICT_VALID;

	api_write_string(writer, "verdict", is_void ? "void" : "valid");
	api_write_string(writer, "reason", is_void ? void_reason_name(verdict.reason) : NULL);
	api_write_string(writer, "reason_text", is_void ? void_reason_text(verdict.reason) : NULL);
}

/* When something is so, and the stamp that says so. */
static void write_stamped(struct api_writer *writer, const struct engine_channel *channel,
                          const char *when, const char *by, bool is_stamped,
                          const struct stamped *stamped)
{
	api_write_time(writer, when, is_stamped ? stamped->time : 0);
	write_name_if(writer, by, channel, is_stamped, stamped->stamp);
}

/* What a stamp says. */
/* By which charter it was judged; of an amendment, what became of it. */
static void write_amendment(struct api_writer *writer, const struct rules *rules,
                            struct act_place place)
{
	struct amendment_summary amendment;
	bool found = rules_amendment(rules, place, &amendment) == OK;

	api_write_number(writer, "charter", rules_act(rules, place)->charter);
	api_write_string(writer, "amendment", found ? amendment_state_name(amendment.state) : NULL);
}

static void write_stamp(struct api_writer *writer, const struct engine_channel *channel,
                        struct act_place place)
{
	struct stamp_summary said;

	if (rules_stamp(channel->rules, place, &said) != OK) {
		api_write_nothing(writer, "stamp");
		return;
	}
	api_write_begin(writer, "stamp");
	api_write_string(writer, "form", stamp_form_name(said.form));
	api_write_string(writer, "log", api_party_id(channel, said.party));
	api_write_text(writer, "neutral",
	               stamp_neutral_name(rules_charter(channel->rules, place), said.neutral));
	api_write_number(writer, "size", said.size);
	api_write_time(writer, "time", said.time);
	api_write_number(writer, "bodies", said.blob_count);
	api_write_bool(writer, "late", said.late);
	write_name_if(writer, "denied_by", channel, said.denied, said.denied_by);
	api_write_end(writer);
}

/* What neutrals say of an act, as stamped. */
static void write_proofs(struct api_writer *writer, const struct engine_channel *channel,
                         struct act_place place)
{
	const struct rules *rules = channel->rules;
	struct stamped stamped = { .time = 0 };
	bool found;

	found = rules_stamped(rules, place, &stamped);
	write_stamped(writer, channel, "proved", "proved_by", found, &stamped);
	found = rules_deemed_receipt(rules, place, &stamped);
	write_stamped(writer, channel, "deemed_receipt", "deemed_by", found, &stamped);
	api_write_string(
	    writer, "acceptance",
	    acceptance_name(rules_acceptance(rules, place, engine_now(channel->engine))));
	write_amendment(writer, rules, place);
	write_stamp(writer, channel, place);
}

static int write_certificates(struct api_writer *writer, const struct engine_channel *channel,
                              struct act_place place, struct error *error)
{
	struct act_place stamps[CERTIFICATES_MAXIMUM];
	size_t count;
	int r = rules_certificates(channel->rules, place, stamps, CERTIFICATES_MAXIMUM, &count);

	if (r != OK)
		return error_set(error, r, "the certificates cannot be found");
	api_write_begin(writer, "certificates");
	for (size_t i = 0; i < count; i++)
		api_write_act_name(writer, NULL, channel, stamps[i]);
	api_write_end(writer);
	return OK;
}

static int write_act_fields(struct api_writer *writer, const struct engine_channel *channel,
                            const struct act_summary *act, const struct entry *entry, bool full,
                            struct error *error)
{
	struct act_place answer = { 1 - act->place.party, 0 };
	int r;

	api_write_act_name(writer, "name", channel, act->place);
	api_write_string(writer, "party", api_party_id(channel, act->place.party));
	api_write_number(writer, "number", act->place.number);
	api_write_hash(writer, "leaf", &act->leaf);
	api_write_hash(writer, "identity", &act->identity);
	api_write_time(writer, "time", entry->act.time);
	api_write_time(writer, "logged", act->logged);
	api_write_number(writer, "seen", act->seen);
	api_write_string(writer, "kind", act->kind->name);
	api_write_string(writer, "author", act->author);
	api_write_string(writer, "cosigner", entry->act.cosigner);
	write_verdict(writer, act->verdict);
	write_name_if(writer, "matter", channel, act->has_matter, act->matter);
	write_name_if(writer, "answers", channel, act->has_answers, act->answers);
	write_name_if(writer, "target", channel, act->has_target, act->target);
	api_write_string(writer, "precedence", precedence_name(act->precedence));
	api_write_string(writer, "marking", entry->act.marking);
	api_write_time(writer, "due", act->due);
	api_write_time(writer, "expires", act->expires);
	api_write_bool(writer, "exercise", act->exercise);
	api_write_bool(writer, "has_body", act->has_body);
	api_write_bool(writer, "eyes_heads", act->eyes_heads);
	api_write_bool(writer, "retracted", act->retracted);
	api_write_bool(writer, "disputed", rules_disputed(channel->rules, act->place));
	if ((r = write_fault(writer, channel, act, error)) != OK)
		return r;
	answer.number = act->acknowledged_by;
	api_write_act_name(writer, "acknowledged_by", channel, answer);
	answer.number = act->answered_by;
	api_write_act_name(writer, "answered_by", channel, answer);
	api_write_act_name(writer, "resealed_by", channel,
	                   (struct act_place){ act->place.party, act->resealed_by });
	write_proofs(writer, channel, act->place);
	api_write_bool(writer, "receipted",
	               act->receipted_by != UINT64_MAX ||
	                   (act->place.party == channel->own &&
	                    act->place.number < channel_receipted(channel)));
	if (full)
		api_write_octets(writer, "entry", entry->bytes);
	else
		api_write_nothing(writer, "entry");
	return OK;
}

int api_write_act_summary(struct api_writer *writer, struct engine_channel *channel,
                          struct act_place place, bool full, struct error *error)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	struct store_entries page;
	struct entry entry;
	int r;

	store_entries_init(&page);
	if ((r = read_entry(channel, place, &page, &entry, error)) == OK) {
		api_write_begin(writer, NULL);
		r = write_act_fields(writer, channel, act, &entry, full, error);
		api_write_end(writer);
	}
	store_entries_release(&page);
	return r;
}

/* Of a reseal: the new blob, and what the first one committed to. */
static void write_body(struct api_writer *writer, const struct engine_channel *channel,
                       const struct act_summary *act)
{
	struct store_blob blob = { 0 };
	const struct act_summary *committed;
	struct act_place body;
	struct hash hash;
	uint64_t size;

	if (!channel_blob_of(channel, act->place, &hash, &size, &body)) {
		api_write_nothing(writer, "body");
		return;
	}
	committed = rules_act(channel->rules, body);
	if (store_get_blob(channel->engine->settings.store, channel->number, &hash, &blob) != OK)
		blob = (struct store_blob){ 0 };
	api_write_begin(writer, "body");
	api_write_number(writer, "parts", committed->body_parts);
	api_write_hash(writer, "root", &committed->body_root);
	api_write_number(writer, "size", size);
	api_write_hash(writer, "sha256", &hash);
	api_write_number(writer, "held", blob.size);
	api_write_bool(writer, "complete", blob.complete);
	api_write_end(writer);
}

static int write_obligations(struct api_writer *writer, const struct engine_channel *channel,
                             struct act_place place, struct error *error)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;
	int r = rules_obligations(channel->rules, place, engine_now(channel->engine), obligations,
	                          &count);

	if (r != OK)
		return error_set(error, r, "the obligations cannot be computed");
	api_write_begin(writer, "obligations");
	for (size_t i = 0; i < count; i++)
		api_write_obligation(writer, channel, &obligations[i]);
	api_write_end(writer);
	return OK;
}

static int write_legal_answers(struct api_writer *writer, const struct engine_channel *channel,
                               struct act_place place, struct error *error)
{
	struct kind_set kinds;
	int r = rules_legal_answers(channel->rules, channel->own, place,
	                            engine_now(channel->engine), &kinds);

	if (r != OK)
		return error_set(error, r, "the legal answers cannot be computed");
	api_write_begin(writer, "legal_answers");
	for (unsigned number = 0; number < KIND_COUNT; number++) {
		const struct kind *kind = kind_by_number((enum kind_number)number);

		if (kind_set_has(&kinds, kind->number) && kind_is_for_people(kind))
			api_write_string(writer, NULL, kind->name);
	}
	api_write_end(writer);
	return OK;
}

/* What has become of what the act opened or asks. */
static void write_state(struct api_writer *writer, const struct engine_channel *channel,
                        struct act_place place)
{
	enum matter_state state;

	if (rules_state_of(channel->rules, place, engine_now(channel->engine), &state) == OK)
		api_write_string(writer, "state", matter_state_name(state));
	else
		api_write_nothing(writer, "state");
}

int api_act(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct api_writer *writer = call->answer;
	const struct act_summary *act;
	struct store_entries page;
	struct act_place place;
	struct entry entry;
	int r;

	if ((r = api_find_act(call, &place, error)) != OK)
		return r;
	act = rules_act(channel->rules, place);
	store_entries_init(&page);
	if ((r = read_entry(channel, place, &page, &entry, error)) != OK ||
	    (r = write_act_fields(writer, channel, act, &entry, true, error)) != OK)
		goto out;
	api_write_text(writer, "text", entry.act.text);
	write_body(writer, channel, act);
	if (act->resealed_by != UINT64_MAX)
		place.number = act->resealed_by;
	api_write_destruction(writer, channel, place);
	place = act->place;
	if ((r = write_certificates(writer, channel, place, error)) != OK)
		goto out;
	write_state(writer, channel, place);
	if ((r = write_obligations(writer, channel, place, error)) == OK)
		r = write_legal_answers(writer, channel, place, error);
out:
	store_entries_release(&page);
	return r;
}

/* --- the log ------------------------------------------------------------------ */

/* Where a page goes on: both logs in display order, or one in its own. */
struct walk {
	const struct rules *rules;
	struct display_cursor cursor;
	int party; /* -1: both */
};

static bool next_place(struct walk *walk, struct act_place *ret_place)
{
	uint64_t *next;

	if (walk->party < 0)
		return rules_display_next(walk->rules, &walk->cursor, ret_place);
	next = &walk->cursor.next[walk->party];
	if (*next >= rules_size(walk->rules, (unsigned)walk->party))
		return false;
	*ret_place = (struct act_place){ (unsigned)walk->party, (*next)++ };
	return true;
}

/* The cursor's numbers stand in the query under the names of the parties. */
static int get_walk(const struct api_call *call, struct walk *ret_walk, struct error *error)
{
	const struct charter *charter = call->channel->charter;
	struct bytes one = api_request_text(call->request, "party");
	struct walk walk = { .rules = call->channel->rules, .party = -1 };
	const struct api_value *numbers;
	const struct bytes *names;
	size_t count = api_request_items(call->request, "cursor", &names, &numbers);

	for (size_t i = 0; i < count; i++) {
		int party = charter_party_index(charter, names[i]);

		if (party < 0)
			return error_set(
			    error, ERROR_USAGE,
			    "the query has '%.*s', which is neither a parameter nor a party",
			    (int)names[i].size, (const char *)names[i].data);
		walk.cursor.next[party] = numbers[i].number;
	}
	if (api_request_has(call->request, "party")) {
		walk.party = charter_party_index(charter, one);
		if (walk.party < 0)
			return error_set(error, ERROR_USAGE, "'party' is no party of this channel");
	}
	for (unsigned party = 0; party < 2; party++)
		if (walk.cursor.next[party] > rules_size(walk.rules, party))
			walk.cursor.next[party] = rules_size(walk.rules, party);
	*ret_walk = walk;
	return OK;
}

int api_log(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct api_writer *writer = call->answer;
	bool full = api_request_number(call->request, "full", false) != 0;
	struct display_cursor before;
	struct act_place place;
	struct walk walk;
	size_t count;
	bool more;
	int r;

	if ((r = api_get_count(call, &count, error)) != OK ||
	    (r = get_walk(call, &walk, error)) != OK)
		return r;
	api_write_begin(writer, "acts");
	for (;;) {
		before = walk.cursor;
		more = next_place(&walk, &place);
		if (!more || count-- == 0 || api_writer_size(writer) > API_PAGE_BYTES)
			break;
		if ((r = api_write_act_summary(writer, channel, place, full, error)) != OK)
			return r;
	}
	api_write_end(writer);
	api_write_begin(writer, "next");
	for (unsigned party = 0; party < 2; party++)
		api_write_number(writer, api_party_id(channel, party), before.next[party]);
	api_write_end(writer);
	api_write_bool(writer, "more", more);
	return OK;
}
