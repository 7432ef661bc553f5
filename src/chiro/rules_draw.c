/* The states of matters as a drawing for graphviz: a box a state, an arrow for what leads
 * from one to another, with the acts that do and by whom. Dashed is what time or proof does.
 * What may be said in many states alike would be as many arrows: it has one, from a list of
 * these states. */
#include "rules_view.h"

#include <stdio.h>
#include <string.h>

#include "matters_table.h"

enum { LABEL_CAPACITY = 1024 };

static void add_to_label(char *label, const char *text)
{
	size_t used = strlen(label);

	snprintf(label + used, LABEL_CAPACITY - used, "%s%s", used > 0 ? "\\n" : "", text);
}

static void name_act(const struct matter_row *row, char *text, size_t capacity)
{
	const struct kind *kind = kind_by_number(row->kind);
	struct bytes word = { NULL, 0 };
	static const char *const by[ACTOR_COUNT] = {
		[ACTOR_EITHER] = "",
		[ACTOR_OPENER] = " (who opened)",
		[ACTOR_OTHER] = " (the other side)",
		[ACTOR_AUTHOR] = " (its author)",
		[ACTOR_ADDRESSEE] = "",
		[ACTOR_PARTNER] = " (the other one)",
	};

	if (row->event != EVENT_ACT) {
		snprintf(text, capacity, "%s", matter_event_text(row->event));
		return;
	}
	if (row->word >= 0)
		word = choice_word(kind->fields[0].choices, (size_t)row->word);
	snprintf(text, capacity, "%s%s%.*s%s", kind->name, word.size > 0 ? " " : "", (int)word.size,
	         word.size > 0 ? (const char *)word.data : "", by[row->by]);
}

static unsigned count_of(state_set states)
{
	unsigned count = 0;

	for (; states != 0; states &= states - 1)
		count++;
	return count;
}

/* The states in which a row is to be drawn. */
static state_set drawn_from(const struct matter_row *row)
{
	return row->to == STATE_SAME ? 0 : row->from & ~(UINT64_C(1) << row->to);
}

enum { MANY = 3 };

static bool is_of_many(const struct matter_row *row)
{
	return count_of(drawn_from(row)) >= MANY;
}

/* One arrow for all that leads from a state, or from a list of many, to another by acts, or
 * without. */
static void draw_arrow(enum matter_kind matter, state_set from, const char *name, unsigned to,
                       bool by_act)
{
	char label[LABEL_CAPACITY] = "", text[128];

	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];
		bool leads = is_of_many(row) ? drawn_from(row) == from
		                             : (drawn_from(row) & from) == from;

		if (row->matter != matter || !leads || row->to != to ||
		    (row->event == EVENT_ACT) != by_act)
			continue;
		name_act(row, text, sizeof(text));
		add_to_label(label, text);
	}
	if (label[0] == '\0')
		return;
	printf("\t\"%s/%s\" -> \"%s/%s\" [label=\"%s\"%s];\n", matter_kind_name(matter), name,
	       matter_kind_name(matter), matter_state_name((enum matter_state)to), label,
	       by_act ? "" : ", style=dashed, color=\"#7a7a7a\", fontcolor=\"#7a7a7a\"");
}

static void draw_arrows(enum matter_kind matter, state_set from, const char *name)
{
	for (unsigned to = 0; to < MATTER_STATE_COUNT; to++) {
		draw_arrow(matter, from, name, to, true);
		draw_arrow(matter, from, name, to, false);
	}
}

/* A list of states, once for all rows that have the same. */
static void draw_list(enum matter_kind matter, size_t index)
{
	state_set from = drawn_from(&matters_table[index]);
	char label[LABEL_CAPACITY] = "", name[32];

	for (size_t i = 0; i < index; i++)
		if (matters_table[i].matter == matter && drawn_from(&matters_table[i]) == from)
			return;
	for (unsigned state = 0; state < MATTER_STATE_COUNT; state++)
		if (state_set_has(from, state))
			add_to_label(label, matter_state_name(state));
	snprintf(name, sizeof(name), "list %zu", index);
	printf("\t\"%s/%s\" [shape=note, style=\"\", fontsize=9, label=\"%s\"];\n",
	       matter_kind_name(matter), name, label);
	draw_arrows(matter, from, name);
}

static void draw_openings(enum matter_kind matter)
{
	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];
		const char *name = matter_kind_name(matter);
		const char *kind;

		if (row->matter != matter || row->from != 0)
			continue;
		kind = kind_by_number(row->kind)->name;
		printf("\t\"%s/+%s\" [shape=point, label=\"\"];\n", name, kind);
		printf("\t\"%s/+%s\" -> \"%s/%s\" [label=\"%s\"];\n", name, kind, name,
		       matter_state_name((enum matter_state)row->to), kind);
	}
}

/* Whether nothing leads on from a state. */
static bool is_final(enum matter_kind matter, unsigned state)
{
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter &&
		    state_set_has(matters_table[i].from, state) && matters_table[i].to != state &&
		    matters_table[i].to != STATE_SAME)
			return false;
	return true;
}

static void draw_matter(enum matter_kind matter)
{
	state_set states = matter_states(matter);

	for (unsigned state = 0; state < MATTER_STATE_COUNT; state++)
		if (state_set_has(states, state))
			printf("\t\"%s/%s\" [label=\"%s\"%s];\n", matter_kind_name(matter),
			       matter_state_name(state), matter_state_name(state),
			       is_final(matter, state) ? ", penwidth=2" : "");
	draw_openings(matter);
	for (unsigned state = 0; state < MATTER_STATE_COUNT; state++)
		if (state_set_has(states, state))
			draw_arrows(matter, UINT64_C(1) << state, matter_state_name(state));
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter && is_of_many(&matters_table[i]))
			draw_list(matter, i);
}

void rules_draw(enum matter_kind matter)
{
	printf("digraph \"%s\" {\n"
	       "\trankdir=LR; ranksep=0.7; nodesep=0.35;\n"
	       "\tnode [shape=box, style=\"rounded,filled\", fillcolor=\"#f4f1ea\", "
	       "fontname=\"DejaVu Sans\", fontsize=12];\n"
	       "\tedge [fontname=\"DejaVu Sans\", fontsize=10, arrowsize=0.7];\n",
	       matter == MATTER_KIND_COUNT ? "matters" : matter_kind_name(matter));
	for (unsigned i = 0; i < MATTER_KIND_COUNT; i++) {
		if (!rules_has_drawing(i) || (matter != MATTER_KIND_COUNT && matter != i))
			continue;
		if (matter != MATTER_KIND_COUNT) {
			draw_matter(i);
			continue;
		}
		printf("\tsubgraph \"cluster_%s\" {\n\tlabel=\"%s\"; fontname=\"DejaVu Sans\";\n",
		       matter_kind_name(i), matter_kind_name(i));
		draw_matter(i);
		printf("\t}\n");
	}
	printf("}\n");
}
