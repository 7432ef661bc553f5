/* The tables of the rules in words. */
#include "rules_view.h"

#include "listing.h"
#include "matters_table.h"
#include "translate.h"

enum { NAME_WIDTH = 14, INDENT = 4, LINE_CAPACITY = 2048, WORDS_CAPACITY = 128 };

/* A line that is being put together; what does not fit is left out. */
struct line {
	char text[LINE_CAPACITY];
	size_t size;
};

static void add(struct line *line, const char *separator, const char *text)
{
	int size = snprintf(line->text + line->size, sizeof(line->text) - line->size, "%s%s",
	                    line->size > 0 ? separator : "", text);

	if (size > 0 && line->size + (size_t)size < sizeof(line->text))
		line->size += (size_t)size;
}

static void put_property(const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	printf("%*s", INDENT, "");
	print_padded(stdout, label, NAME_WIDTH - 2);
	print_hanging(stdout, INDENT + NAME_WIDTH - 2, text);
}

/* --- kinds ----------------------------------------------------------------- */

static void put_signers(const struct kind *kind)
{
	struct line line = { .size = 0 };

	for (unsigned role = ROLE_HEAD; role <= ROLE_APPOINTING; role *= 2)
		if ((kind->signers & role) != 0)
			add(&line, ", ", role_name(role));
	if (kind->cosigner != ABSENT)
		add(&line, "; ", _("a cosigner where the charter asks for one"));
	put_property(_("signed by"), line.text);
}

static void put_place(const struct kind *kind)
{
	static const char *const uses[MATTER_LINE_COUNT] = {
		[MATTER_LINE_NONE] = N_("in no matter"),
		[MATTER_LINE_NEW] = N_("opens a matter"),
		[MATTER_LINE_JOIN] = N_("in a matter that there is"),
		[MATTER_LINE_EITHER] = N_("opens a matter, or stands in any"),
		[MATTER_LINE_OPTIONAL] = N_("in any matter, or none"),
	};

	put_property(_("stands"), _(uses[kind->matter_use]));
}

static void put_answers(const struct kind *kind)
{
	struct line line = { .size = 0 };
	size_t count = 0;

	if (kind->answers == ABSENT)
		return;
	for (unsigned i = 0; i < KIND_COUNT; i++)
		count += kind_set_has(&kind->answerable, i);
	for (unsigned i = 0; i < KIND_COUNT && count < KIND_COUNT / 2; i++)
		if (kind_set_has(&kind->answerable, i))
			add(&line, ", ", kind_by_number(i)->name);
	if (count >= KIND_COUNT / 2)
		add(&line, "", _("any kind but those of the service"));
	put_property(kind->answers == REQUIRED ? _("answers") : _("may answer"), line.text);
}

/* The words that a choice is between, so that lines can be broken between them. */
static void add_words(struct line *line, const char *choices)
{
	for (size_t i = 0; choices != NULL && i < choice_count(choices); i++) {
		struct bytes word = choice_word(choices, i);
		char text[WORDS_CAPACITY];

		snprintf(text, sizeof(text), "%.*s", (int)word.size, (const char *)word.data);
		add(line, i == 0 ? " " : " | ", text);
	}
}

static void put_fields(const struct kind *kind)
{
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = &kind->fields[i];
		struct line line = { .size = 0 };
		char text[WORDS_CAPACITY];

		add(&line, "", field->name);
		add_words(&line, field->choices);
		add(&line, ": ", _(field->help));
		if (field->presence == OPTIONAL)
			add(&line, "; ", _("optional"));
		if (field->when != NULL) {
			snprintf(text, sizeof(text), _("only with %s"), field->when);
			add(&line, "; ", text);
		}
		put_property(i == 0 ? _("fields") : "", line.text);
	}
}

static void put_body(const struct kind *kind)
{
	if (kind->body == REQUIRED)
		put_property(_("body"), _("it has one"));
	else if (kind->body == OPTIONAL)
		put_property(_("body"), _("it may have one"));
}

static void put_obligation(const struct kind *kind)
{
	struct line line = { .size = 0 };
	char text[WORDS_CAPACITY];

	if (kind->precedence != ABSENT)
		add(&line, "", _("to acknowledge it, by its precedence"));
	if (kind->obliges != CLOCK_NONE) {
		snprintf(text, sizeof(text), _("to answer it, by the clock '%s'"),
		         clock_name(kind->obliges));
		add(&line, "; ", text);
		if (kind->obliges_when != NULL) {
			snprintf(text, sizeof(text), _("only with %s"), kind->obliges_when);
			add(&line, ", ", text);
		}
		if (kind->completes)
			add(&line, ", ", _("unless it answers one itself"));
	}
	if (kind->reads != CLOCK_NONE) {
		snprintf(text, sizeof(text), _("otherwise to acknowledge it, by the clock '%s'"),
		         clock_name(kind->reads));
		add(&line, "; ", text);
	}
	put_property(_("obliges"), line.text);
}

static void put_kind(const struct kind *kind)
{
	fputs("  ", stdout);
	printf("%s", style(stdout, STYLE_STRONG));
	print_padded(stdout, kind->name, NAME_WIDTH);
	printf("%s", style(stdout, STYLE_PLAIN));
	print_hanging(stdout, NAME_WIDTH + 2, _(kind->help));
	put_signers(kind);
	put_place(kind);
	put_answers(kind);
	put_fields(kind);
	put_body(kind);
	put_obligation(kind);
	if (!kind->in_this_version)
		put_property(_("here"), _("kept and shown only, in this version"));
}

/* --- matters ----------------------------------------------------------------- */

static void add_states(struct line *line, state_set states)
{
	for (unsigned state = 0; state < MATTER_STATE_COUNT; state++)
		if (state_set_has(states, state))
			add(line, ", ", word_for_people(matter_state_name(state)));
}

/* `accept of minutes, the addressee`, or what happens. */
static void add_act(struct line *line, const struct matter_row *row)
{
	const struct kind *kind = row->event == EVENT_ACT ? kind_by_number(row->kind) : NULL;
	char act[WORDS_CAPACITY], text[2 * WORDS_CAPACITY];
	struct bytes word = { NULL, 0 };

	if (kind == NULL) {
		add(line, "", _(matter_event_text(row->event)));
		return;
	}
	if (row->word >= 0)
		word = choice_word(kind->fields[0].choices, (size_t)row->word);
	snprintf(act, sizeof(act), "%s%s%.*s", kind->name, word.size > 0 ? " " : "", (int)word.size,
	         word.size > 0 ? (const char *)word.data : "");
	if (row->names != KIND_COUNT)
		/* TRANSLATORS: two kinds of acts, as in `accept of minutes` */
		snprintf(text, sizeof(text), _("%s of %s"), act, kind_by_number(row->names)->name);
	else
		snprintf(text, sizeof(text), "%s", act);
	add(line, "", text);
	if (row->from != 0)
		add(line, ", ", _(matter_actor_text(row->by)));
}

static void put_row(const struct matter_row *row)
{
	struct line act = { .size = 0 }, states = { .size = 0 };

	add_act(&act, row);
	print_wrapped(stdout, INDENT, act.text);
	add_states(&states, row->from);
	add(&states, " ", "→");
	add(&states, " ",
	    row->to == STATE_SAME ? _("as it is")
	                          : word_for_people(matter_state_name((enum matter_state)row->to)));
	if (row->answers)
		add(&states, "; ", _("with the answer to the last of them"));
	print_wrapped(stdout, INDENT + 4, states.text);
}

bool rules_has_drawing(enum matter_kind matter)
{
	state_set states = matter_states(matter);

	/* More than one state: that of a matter of a later version is `open`. */
	return (states & (states - 1)) != 0;
}

static void put_states(enum matter_kind matter)
{
	if (!rules_has_drawing(matter))
		return;
	printf("  %s\n", _("What becomes of it:"));
	for (size_t i = 0; i < matters_table_size; i++)
		if (matters_table[i].matter == matter)
			put_row(&matters_table[i]);
}

void rules_show_matter(enum matter_kind matter)
{
	printf("%s%s%s\n", style(stdout, STYLE_STRONG), matter_kind_name(matter),
	       style(stdout, STYLE_PLAIN));
	for (unsigned i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number((enum kind_number)i);

		if (kind->matter == matter)
			put_kind(kind);
	}
	put_states(matter);
}

void rules_show_kind(const struct kind *kind)
{
	enum matter_kind shown = MATTER_KIND_COUNT;

	put_kind(kind);
	for (size_t i = 0; i < matters_table_size; i++) {
		const struct matter_row *row = &matters_table[i];

		if (row->event != EVENT_ACT || row->kind != kind->number)
			continue;
		if (row->matter != shown)
			printf(_("  In a matter of the kind '%s':\n"),
			       matter_kind_name(row->matter));
		shown = row->matter;
		put_row(row);
	}
}
