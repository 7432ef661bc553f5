/* What a bundle would reveal, said before it is written. */
#include <inttypes.h>

#include "disclosing.h"
#include "listing.h"
#include "terminal.h"
#include "translate.h"

/* --- what there is to warn of ------------------------------------------------------ */

enum warning {
	WARN_CONFIDENTIAL,
	WARN_NO_CONSENT,
	WARN_CONSENT,
	WARN_REPLY,
	WARN_MARKING,
	WARN_EYES,
	WARN_VOID,
	WARN_DISPUTED,
	WARN_FAULTED,
	WARN_RETRACTED,
	WARN_EXERCISE,
	WARN_NOT_RECEIPTED,
	WARN_TRANSLATION,
	WARN_LATER,
	WARN_COUNT
};

static const struct {
	const char *name, *text;
} warnings[WARN_COUNT] = {
	[WARN_CONFIDENTIAL] = { "confidential",
	                        N_("the charter says that communications are confidential unless "
	                           "both sides agree otherwise") },
	[WARN_NO_CONSENT] = { "no-consent",
	                      N_("no consent of the other side to any publication is on record") },
	[WARN_CONSENT] = { "consent",
	                   N_("consents to publication are on record: whether one covers this is "
	                      "for you to judge") },
	[WARN_REPLY] = { "right-of-reply",
	                 N_("a bare confirmation or rebuttal: by the charter's right of reply it "
	                    "needs no consent") },
	[WARN_MARKING] = { "marking", N_("its marking limits to whom it may be given: %s") },
	[WARN_EYES] = { "eyes", N_("its body was for the eyes of the heads") },
	[WARN_VOID] = { "void", N_("it is void, and the bundle says so") },
	[WARN_DISPUTED] = { "disputed",
	                    N_("it is disputed: a signer was recalled from before it; the bundle "
	                       "says so") },
	[WARN_FAULTED] = { "faulted",
	                   N_("a fault stands against its body, and the bundle says so") },
	[WARN_RETRACTED] = { "retracted", N_("it was retracted") },
	[WARN_EXERCISE] = { "exercise", N_("it is part of an exercise") },
	[WARN_NOT_RECEIPTED] = { "not-receipted", N_("the other side has not receipted it: nothing "
	                                             "shows that it was "
	                                             "ever sent") },
	[WARN_TRANSLATION] = { "translation",
	                       N_("what is shown of it is a translation: the authentic text is "
	                          "not chosen") },
	[WARN_LATER] = { "later-not-shown",
	                 N_("later corrections are left out, and the bundle says so") },
};

/* Valid acceptances of what asked for a publication. */
static uint64_t count_consents(const struct rules *rules)
{
	struct act_place place;
	uint64_t count = 0;

	for (place.party = 0; place.party < 2; place.party++)
		for (place.number = 0; place.number < rules_size(rules, place.party);
		     place.number++) {
			const struct act_summary *act = rules_act(rules, place), *asked;

			if (act->verdict.code != VERDICT_VALID || !act->has_answers ||
			    act->kind->number != KIND_ACCEPT)
				continue;
			asked = rules_act(rules, act->answers);
			count += asked->kind->number == KIND_ASK_RELEASE ||
			         asked->kind->number == KIND_COMMUNIQUE;
		}
	return count;
}

/* Calls `warn` for each warning; `name` is "" for what concerns the bundle as a whole. */
struct warner {
	void *context;
	void (*warn)(void *context, const char *name, enum warning warning, const char *detail);
};

/* Whether text of an act is shown, and only in translation. */
static bool only_translated(const struct disclosing *d, struct act_place place)
{
	bool translated = false;

	for (size_t i = 0; i < d->text->part_count; i++) {
		const struct part_line *line = bundle_writer_part_line(d->writer, i);

		if (d->text->parts[i].act.party != place.party ||
		    d->text->parts[i].act.number != place.number)
			continue;
		if (line->description.standing == PART_AUTHENTIC &&
		    part_role_of(line->description.media_type) == PART_PARAGRAPH)
			return false;
		translated = translated || line->description.standing == PART_TRANSLATION;
	}
	return translated;
}

/* Whether an act only confirms or rebuts a public claim, and nothing of its body is shown. */
static bool is_bare_reply(const struct disclosing *d, struct act_place place)
{
	enum kind_number kind = rules_act(d->rules, place)->kind->number;

	for (size_t i = 0; i < d->text->part_count; i++)
		if (d->text->parts[i].act.party == place.party &&
		    d->text->parts[i].act.number == place.number)
			return false;
	return rules_charter_now(d->rules)->right_of_reply &&
	       (kind == KIND_CONFIRM || kind == KIND_REBUT);
}

static void warn_of_act(const struct disclosing *d, struct act_place place,
                        const struct warner *warner)
{
	const struct act_summary *act = rules_act(d->rules, place);
	const struct {
		bool applies;
		enum warning warning;
	} rows[] = {
		{ is_bare_reply(d, place), WARN_REPLY },
		{ act->eyes_heads, WARN_EYES },
		{ act->verdict.code == VERDICT_VOID, WARN_VOID },
		{ rules_disputed(d->rules, place), WARN_DISPUTED },
		{ act->fault_stands, WARN_FAULTED },
		{ act->retracted, WARN_RETRACTED },
		{ act->exercise, WARN_EXERCISE },
		{ act->receipted_by == UINT64_MAX, WARN_NOT_RECEIPTED },
		{ only_translated(d, place), WARN_TRANSLATION },
	};
	char name[ACT_NAME_CAPACITY];
	const char *marking = bundle_writer_marking(d->writer, place);

	rules_act_name(d->rules, place, name);
	if (marking[0] != '\0' && strcmp(marking, "TLP:CLEAR") != 0)
		warner->warn(warner->context, name, WARN_MARKING, marking);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].applies)
			warner->warn(warner->context, name, rows[i].warning, "");
}

static void warn_of_all(const struct disclosing *d, const struct warner *warner)
{
	if (rules_charter_now(d->rules)->confidential)
		warner->warn(warner->context, "", WARN_CONFIDENTIAL, "");
	warner->warn(warner->context, "",
	             count_consents(d->rules) == 0 ? WARN_NO_CONSENT : WARN_CONSENT, "");
	for (size_t i = 0; i < d->text->subject_count; i++)
		warn_of_act(d, d->text->subjects[i], warner);
	if (!d->text->later_included)
		warner->warn(warner->context, "", WARN_LATER, "");
}

/* --- for people ----------------------------------------------------------------------- */

static void show_warning(void *context, const char *name, enum warning warning, const char *detail)
{
	char text[512];

	(void)context;
	if (warning == WARN_MARKING)
		snprintf(text, sizeof(text), _("its marking limits to whom it may be given: %s"),
		         detail);
	else
		snprintf(text, sizeof(text), "%s", _(warnings[warning].text));
	list_item_styled(STYLE_WARNING, name[0] != '\0' ? name : _("mind"), "%s", text);
}

/* A set of short texts in the order in which they came. */
struct word_list {
	char text[1024];
	size_t used;
};

static void add_word(struct word_list *list, const char *word)
{
	char padded[sizeof(list->text) + 4], wanted[DELEGATE_NAME_CAPACITY + 8];
	int size;

	snprintf(padded, sizeof(padded), ", %s, ", list->text);
	snprintf(wanted, sizeof(wanted), ", %s, ", word);
	if (strstr(padded, wanted) != NULL)
		return;
	size = snprintf(list->text + list->used, sizeof(list->text) - list->used, "%s%s",
	                list->used > 0 ? ", " : "", word);
	if (size > 0 && (size_t)size < sizeof(list->text) - list->used)
		list->used += (size_t)size;
	else
		list->text[list->used] = '\0';
}

/* Kinds, authors and times of what is shown of a log. */
static void show_log(const struct disclosing *d, unsigned party)
{
	struct word_list kinds = { .used = 0 }, authors = { .used = 0 };
	const char *id = bundle_writer_charter(d->writer)->parties[party].id;
	char first[TIMESTAMP_CAPACITY], last[TIMESTAMP_CAPACITY];
	timestamp from = 0, until = 0;
	uint64_t count = 0;

	for (size_t i = 0; i < d->text->range_count; i++) {
		const struct bundle_range *range = &d->text->ranges[i];

		if (range->party != party)
			continue;
		for (uint64_t number = range->first; number <= range->last; number++) {
			const struct act_summary *act = rules_act(
			    d->rules, (struct act_place){ party, number });

			add_word(&kinds, act->kind->name);
			add_word(&authors, act->author);
			from = count++ == 0 ? act->logged : from;
			until = act->logged;
		}
	}
	if (count == 0)
		return;
	timestamp_format(from, first);
	timestamp_format(until, last);
	list_item(id, _("%" PRIu64 " of %" PRIu64 " entries, as signed: %s"), count,
	          d->text->sizes[party], kinds.text);
	list_item("", _("by %s; logged %s to %s"), authors.text, first, last);
}

static void show_subject(const struct disclosing *d, struct act_place place)
{
	const struct act_summary *act = rules_act(d->rules, place);
	char name[ACT_NAME_CAPACITY];
	struct word_list parts = { .used = 0 };

	rules_act_name(d->rules, place, name);
	for (size_t i = 0; i < d->text->part_count; i++) {
		char number[24];

		if (d->text->parts[i].act.party != place.party ||
		    d->text->parts[i].act.number != place.number)
			continue;
		snprintf(number, sizeof(number), "%" PRIu64, d->text->parts[i].part);
		add_word(&parts, number);
	}
	if (!act->has_body)
		list_item_styled(STYLE_STRONG, name, _("%s; it has no body"), act->kind->name);
	else if (parts.used == 0)
		list_item_styled(
		    STYLE_STRONG, name,
		    _("%s; of its body only the number of parts, %" PRIu64 ", and its sealed size"),
		    act->kind->name, act->body_parts);
	else
		list_item_styled(
		    STYLE_STRONG, name,
		    _("%s; of its body part %s of %" PRIu64 ", with name, type, size and salt"),
		    act->kind->name, parts.text, act->body_parts);
}

static bool is_subject(const struct bundle_text *text, struct act_place place)
{
	return bundle_places_have(text->subjects, text->subject_count, place);
}

void disclosure_preview(const struct disclosing *d)
{
	const struct warner warner = { NULL, show_warning };

	puts(_("Whoever gets the bundle will see, and can prove to others:"));
	for (size_t i = 0; i < d->text->subject_count; i++)
		show_subject(d, d->text->subjects[i]);
	for (size_t i = 0; i < d->text->part_count; i++)
		if (!is_subject(d->text, d->text->parts[i].act) &&
		    (i == 0 || d->text->parts[i - 1].act.number != d->text->parts[i].act.number ||
		     d->text->parts[i - 1].act.party != d->text->parts[i].act.party))
			show_subject(d, d->text->parts[i].act);
	show_log(d, 0);
	show_log(d, 1);
	list_item(_("charter"), "%s",
	          _("whole: parties, heads and their keys, endpoints, clocks, terms"));
	warn_of_all(d, &warner);
}

/* --- for scripts ------------------------------------------------------------------------- */

static void note_warning(void *context, const char *name, enum warning warning, const char *detail)
{
	json_t *list = context;

	json_array_append_new(
	    list, json_pack("{s:s,s:o,s:s}", "warning", warnings[warning].name, "act",
	                    name[0] != '\0' ? json_string(name) : json_null(), "detail", detail));
}

json_t *disclosure_document(const struct disclosing *d, const char *directory)
{
	const struct charter *charter = bundle_writer_charter(d->writer);
	json_t *acts = json_array(), *subjects = json_array(), *list = json_array();
	const struct warner warner = { list, note_warning };
	char name[ACT_NAME_CAPACITY];

	for (size_t i = 0; i < d->text->subject_count; i++) {
		rules_act_name(d->rules, d->text->subjects[i], name);
		json_array_append_new(subjects, json_string(name));
	}
	for (size_t i = 0; i < d->text->range_count; i++) {
		struct act_place place = { d->text->ranges[i].party, d->text->ranges[i].first };

		for (; place.number <= d->text->ranges[i].last; place.number++) {
			rules_act_name(d->rules, place, name);
			json_array_append_new(acts, json_string(name));
		}
	}
	warn_of_all(d, &warner);
	return json_pack("{s:s,s:s,s:o,s:o,s:I,s:o}", "directory", directory, "channel",
	                 charter->channel, "subjects", subjects, "acts", acts, "parts",
	                 (json_int_t)d->text->part_count, "warnings", list);
}
