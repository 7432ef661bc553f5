/* The tables of the rules for scripts. */
#include "rules_view.h"

#include "matters_table.h"

static const char *const presences[] = {
	[ABSENT] = "no",
	[OPTIONAL] = "optional",
	[REQUIRED] = "required",
};

static json_t *states_json(state_set states)
{
	json_t *array = json_array();

	for (unsigned state = 0; state < MATTER_STATE_COUNT; state++)
		if (state_set_has(states, state))
			json_array_append_new(array, json_string(matter_state_name(state)));
	return array;
}

static json_t *roles_json(unsigned roles)
{
	json_t *array = json_array();

	for (unsigned role = ROLE_HEAD; role <= ROLE_APPOINTING; role *= 2)
		if ((roles & role) != 0)
			json_array_append_new(array, json_string(role_name(role)));
	return array;
}

static json_t *kinds_json(const struct kind_set *kinds)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < KIND_COUNT; i++)
		if (kind_set_has(kinds, i))
			json_array_append_new(array, json_string(kind_by_number(i)->name));
	return array;
}

static json_t *fields_json(const struct kind *kind)
{
	json_t *array = json_array();

	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = &kind->fields[i];
		json_t *item = json_pack("{s:s, s:s, s:s, s:s}", "name", field->name, "type",
		                         field_type_name(field->type), "presence",
		                         presences[field->presence], "help", field->help);
		json_t *words = json_array();

		for (size_t k = 0; field->choices != NULL && k < choice_count(field->choices);
		     k++) {
			struct bytes word = choice_word(field->choices, k);

			json_array_append_new(words,
			                      json_stringn((const char *)word.data, word.size));
		}
		json_object_set_new(item, "choices", words);
		if (field->when != NULL)
			json_object_set_new(item, "when", json_string(field->when));
		json_array_append_new(array, item);
	}
	return array;
}

static json_t *kind_json(const struct kind *kind)
{
	static const char *const uses[MATTER_LINE_COUNT] = {
		[MATTER_LINE_NONE] = "none",         [MATTER_LINE_NEW] = "opens",
		[MATTER_LINE_JOIN] = "joins",        [MATTER_LINE_EITHER] = "opens or joins",
		[MATTER_LINE_OPTIONAL] = "may join",
	};

	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:s, s:s?, s:b, s:s, "
	    "s:b}",
	    "name", kind->name, "help", kind->help, "matter", matter_kind_name(kind->matter), "use",
	    uses[kind->matter_use], "signers", roles_json(kind->signers), "cosigner",
	    presences[kind->cosigner], "answers", presences[kind->answers], "answerable",
	    kinds_json(&kind->answerable), "fields", fields_json(kind), "precedence",
	    presences[kind->precedence], "due", presences[kind->due], "body", presences[kind->body],
	    "obliges", clock_name(kind->obliges), "obliges_when", kind->obliges_when, "completes",
	    kind->completes, "reads", clock_name(kind->reads), "drafted", kind->in_this_version);
}

static json_t *row_json(const struct matter_row *row)
{
	static const char *const events[EVENT_COUNT] = {
		[EVENT_ACT] = "act",           [EVENT_OVERDUE] = "overdue",
		[EVENT_LAPSED] = "lapsed",     [EVENT_PROVED] = "proved",
		[EVENT_UNPROVED] = "unproved", [EVENT_SUPERSEDED] = "superseded",
		[EVENT_PAIRED] = "paired",
	};
	static const char *const actors[ACTOR_COUNT] = {
		[ACTOR_EITHER] = "either",       [ACTOR_OPENER] = "opener",
		[ACTOR_OTHER] = "other",         [ACTOR_AUTHOR] = "author",
		[ACTOR_ADDRESSEE] = "addressee", [ACTOR_PARTNER] = "partner",
	};
	json_t *item = json_pack("{s:s, s:o, s:o}", "event", events[row->event], "from",
	                         states_json(row->from), "crossed", states_json(row->crossed));

	if (row->event == EVENT_ACT) {
		const struct kind *kind = kind_by_number(row->kind);

		json_object_set_new(item, "act", json_string(kind->name));
		json_object_set_new(item, "by", json_string(actors[row->by]));
		if (row->word >= 0) {
			struct bytes word = choice_word(kind->fields[0].choices, (size_t)row->word);

			json_object_set_new(item, "word",
			                    json_stringn((const char *)word.data, word.size));
		}
	}
	if (row->names != KIND_COUNT)
		json_object_set_new(item, "names", json_string(kind_by_number(row->names)->name));
	if (row->to != STATE_SAME)
		json_object_set_new(item, "to",
		                    json_string(matter_state_name((enum matter_state)row->to)));
	return item;
}

static json_t *matter_json(enum matter_kind matter)
{
	json_t *kinds = json_array(), *rows = json_array();

	for (unsigned i = 0; i < KIND_COUNT; i++)
		if (kind_by_number(i)->matter == matter)
			json_array_append_new(kinds, kind_json(kind_by_number(i)));
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter)
			json_array_append_new(rows, row_json(&matters_table[i]));
	return json_pack("{s:s, s:o, s:o, s:o}", "matter", matter_kind_name(matter), "kinds", kinds,
	                 "states", states_json(matter_states(matter)), "rows", rows);
}

json_t *rules_json(void)
{
	json_t *matters = json_array();

	for (unsigned i = 0; i < MATTER_KIND_COUNT; i++)
		json_array_append_new(matters, matter_json((enum matter_kind)i));
	return json_pack("{s:i, s:o}", "rules", RULES_VERSION, "matters", matters);
}
