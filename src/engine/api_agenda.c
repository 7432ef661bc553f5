/* The agenda: what is open, the most pressing first; and the inbox, which is its first page
 * for people who only look. */
#include "agenda.h"
#include "api_call.h"

enum { STATES_MAXIMUM = 255 }; /* bytes of a list of states */

static int update(const struct api_call *call, struct error *error)
{
	int r = agenda_update(call->channel->agenda);

	return r == OK ? OK : error_set(error, r, "what is open cannot be listed");
}

/* --- what is asked for ------------------------------------------------------- */

/* `side`: a party; both without it. */
static int get_sides(const struct api_call *call, unsigned *ret_sides, struct error *error)
{
	int party;

	*ret_sides = AGENDA_BOTH_SIDES;
	if (!api_request_has(call->request, "side"))
		return OK;
	party = charter_party_index(call->channel->charter,
	                            api_request_text(call->request, "side"));
	if (party < 0)
		return error_set(error, ERROR_SYNTAX, "'side' is one of the two parties");
	*ret_sides = 1U << party;
	return OK;
}

/* `state`: names joined by commas; without it all that asks for attention. */
static int get_states(const struct api_call *call, unsigned *ret_states, struct error *error)
{
	struct bytes names, name;
	unsigned states = 0;
	bool more = true;

	*ret_states = AGENDA_ATTENTION;
	if (!api_request_has(call->request, "state"))
		return OK;
	names = api_request_text(call->request, "state");
	while (more) {
		enum agenda_state state;

		more = bytes_cut(&names, ',', &name);
		if ((state = agenda_state_by_name(name)) == AGENDA_STATE_COUNT)
			return error_set(error, ERROR_SYNTAX,
			                 "'state' is one or more of waiting, due, deferred, "
			                 "overdue, silent, refused, unreceipted, withheld and "
			                 "unread, joined by commas");
		states |= 1U << state;
	}
	*ret_states = states;
	return OK;
}

static int get_cursor(const struct api_call *call, struct agenda_cursor *ret_cursor,
                      struct error *error)
{
	const struct agenda *agenda = call->channel->agenda;

	if (!api_request_has(call->request, "cursor")) {
		agenda_begin(agenda, engine_now(call->engine), ret_cursor);
		return OK;
	}
	if (agenda_cursor_parse(api_request_text(call->request, "cursor"), ret_cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "'cursor' is no place that a page ended at");
	if (!agenda_knows(agenda, ret_cursor))
		return error_set(error, ERROR_STATE,
		                 "the node was started since that page: begin with the first");
	return OK;
}

/* --- what is answered ---------------------------------------------------------- */

static const char *what_of(const struct agenda_item *item)
{
	switch (item->class) {
	case AGENDA_RECEIPT:
		return "receipt";
	case AGENDA_UNREAD:
		return "reading";
	case AGENDA_REFUSED:
		return "answer";
	default:
		return obligation_duty_name(item->obligation.duty);
	}
}

/* When the other side is deemed to have received an act that it has not receipted. */
static void write_deemed_receipt(struct api_writer *writer, const struct rules *rules,
                                 const struct act_summary *act)
{
	struct stamped deemed;
	bool is_deemed = act->receipted_by == UINT64_MAX &&
	                 rules_deemed_receipt(rules, act->place, &deemed);

	api_write_time(writer, "deemed_receipt", is_deemed ? deemed.time : 0);
}

static int write_item(const struct api_call *call, const struct agenda_item *item,
                      struct error *error)
{
	const struct engine_channel *channel = call->channel;
	const struct act_summary *act = rules_act(channel->rules, item->act);
	bool has_deadline = item->class != AGENDA_REFUSED && item->class != AGENDA_UNREAD;
	struct api_writer *writer = call->answer;
	int r = OK;

	api_write_begin(writer, NULL);
	api_write_act_name(writer, "act", channel, item->act);
	api_write_string(writer, "kind", act->kind->name);
	if (act->has_matter)
		api_write_act_name(writer, "matter", channel, act->matter);
	else
		api_write_nothing(writer, "matter");
	api_write_string(writer, "author", act->author);
	api_write_time(writer, "logged", act->logged);
	api_write_string(writer, "precedence", precedence_name(act->precedence));
	api_write_string(writer, "owed_by", api_party_id(channel, item->side));
	api_write_string(writer, "what", what_of(item));
	api_write_string(writer, "state", agenda_state_name(item->state));
	api_write_time(writer, "started", item->obligation.started);
	api_write_bool(writer, "deemed", item->obligation.deemed);
	api_write_time(writer, "deadline", has_deadline ? item->time : 0);
	api_write_time(writer, "expires", act->expires);
	api_write_bool(writer, "receipted", act->receipted_by != UINT64_MAX);
	write_deemed_receipt(writer, channel->rules, act);
	if (item->class == AGENDA_REFUSED) {
		api_write_act_name(writer, "refused_by", channel, item->by);
		r = api_write_act_field(writer, "reason", channel, item->by, "reason", error);
	} else {
		api_write_nothing(writer, "refused_by");
		api_write_nothing(writer, "reason");
	}
	api_write_bool(writer, "exercise", act->exercise);
	api_write_bool(writer, "disputed", rules_disputed(channel->rules, item->act));
	api_write_bool(writer, "author_left", api_author_has_left(channel, act));
	api_write_end(writer);
	return r;
}

static void write_counts(const struct api_call *call)
{
	const struct engine_channel *channel = call->channel;
	const unsigned sides[] = { channel->own, channel->other };
	uint64_t counts[AGENDA_STATE_COUNT];

	api_write_begin(call->answer, "counts");
	for (size_t i = 0; i < 2; i++) {
		agenda_count(channel->agenda, sides[i], engine_now(call->engine), counts);
		api_write_begin(call->answer, api_party_id(channel, sides[i]));
		for (unsigned state = 0; state < AGENDA_STATE_COUNT; state++)
			api_write_number(call->answer, agenda_state_name((enum agenda_state)state),
			                 counts[state]);
		api_write_end(call->answer);
	}
	api_write_end(call->answer);
}

int api_agenda(struct api_call *call, struct error *error)
{
	char next[AGENDA_CURSOR_CAPACITY] = "";
	struct agenda_cursor cursor, before;
	struct agenda_query query;
	struct agenda_item item;
	size_t count;
	int r;

	if ((r = api_get_count(call, &count, error)) != OK ||
	    (r = get_sides(call, &query.sides, error)) != OK ||
	    (r = get_states(call, &query.states, error)) != OK || (r = update(call, error)) != OK ||
	    (r = get_cursor(call, &cursor, error)) != OK)
		return r;
	api_write_time(call->answer, "now", cursor.now);
	api_write_begin(call->answer, "items");
	for (before = cursor; agenda_next(call->channel->agenda, &query, &cursor, &item);
	     before = cursor) {
		if (count-- == 0) {
			agenda_cursor_print(&before, next);
			break;
		}
		if ((r = write_item(call, &item, error)) != OK)
			return r;
	}
	api_write_end(call->answer);
	api_write_string(call->answer, "next", next);
	write_counts(call);
	return OK;
}

/* --- the inbox ------------------------------------------------------------------ */

static const struct agenda_query obligations = { AGENDA_BOTH_SIDES, AGENDA_OBLIGATIONS };

static void write_obligations(const struct api_call *call, bool *more)
{
	struct agenda_cursor cursor;
	struct agenda_item item;
	size_t count = 0;

	agenda_begin(call->channel->agenda, engine_now(call->engine), &cursor);
	api_write_begin(call->answer, "obligations");
	while (agenda_next(call->channel->agenda, &obligations, &cursor, &item)) {
		if (count++ == API_ACTS_MAXIMUM) {
			*more = true;
			break;
		}
		api_write_obligation(call->answer, call->channel, &item.obligation);
	}
	api_write_end(call->answer);
}

static int write_unread(const struct api_call *call, bool *more, struct error *error)
{
	const struct agenda_query unread = { 1U << call->channel->own, 1 << AGENDA_IS_UNREAD };
	struct agenda_cursor cursor;
	struct agenda_item item;
	size_t count = 0;
	int r = OK;

	agenda_begin(call->channel->agenda, engine_now(call->engine), &cursor);
	api_write_begin(call->answer, "unread");
	while (r == OK && agenda_next(call->channel->agenda, &unread, &cursor, &item)) {
		if (count++ == API_ACTS_MAXIMUM || api_writer_size(call->answer) > API_PAGE_BYTES) {
			*more = true;
			break;
		}
		r = api_write_act_summary(call->answer, call->channel, item.act, false, error);
	}
	api_write_end(call->answer);
	return r;
}

int api_inbox(struct api_call *call, struct error *error)
{
	bool more = false;
	int r;

	if ((r = update(call, error)) != OK)
		return r;
	write_obligations(call, &more);
	if ((r = write_unread(call, &more, error)) != OK)
		return r;
	api_write_reminders(call->answer, call->channel);
	api_write_bool(call->answer, "more", more);
	return OK;
}
