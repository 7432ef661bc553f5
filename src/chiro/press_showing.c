#include "press_showing.h"

#include <inttypes.h>
#include <stdio.h>

#include "listing.h"
#include "terminal.h"
#include "translate.h"

static const char *const kind_names[] = {
	[CLAIM_QUOTATION] = "quotation",
	[CLAIM_SENT] = "sent",
	[CLAIM_ANSWERED] = "answered",
};

/* The line as it was put. */
static void print_line(const struct claim_line *line, size_t number)
{
	printf("%s%zu  ", number > 1 ? "\n" : "", number);
	if (line->kind != CLAIM_QUOTATION)
		printf("%s ", kind_names[line->kind]);
	put_visible(stdout, line->text, false);
	putchar('\n');
}

static void print_answer(enum style wanted, const char *text)
{
	fputs("   ", stdout);
	fputs(style(stdout, wanted), stdout);
	print_hanging(stdout, 3, text);
	fputs(style(stdout, STYLE_PLAIN), stdout);
}

static void print_found(const struct claim_line *line, const struct press_answer *answer,
                        const char *name)
{
	char text[512];

	if (line->kind == CLAIM_ANSWERED)
		snprintf(text, sizeof(text), _("IN THE RECORD: it was answered by %s"), name);
	else if (line->kind == CLAIM_SENT)
		snprintf(text, sizeof(text),
		         ngettext("IN THE RECORD: %" PRIu64 " such act, %s",
		                  "IN THE RECORD: %" PRIu64 " such acts, the first is %s",
		                  (unsigned long)answer->count),
		         answer->count, answer->count > 0 ? name : "-");
	else if (answer->match == MATCH_EXACT)
		snprintf(text, sizeof(text), _("IN THE RECORD, to the letter: %s, part %" PRIu64),
		         name, answer->part);
	else if (answer->match == MATCH_WORDS)
		snprintf(text, sizeof(text),
		         _("IN THE RECORD, word for word (marks or capitals differ): %s, part "
		           "%" PRIu64),
		         name, answer->part);
	else
		snprintf(text, sizeof(text),
		         _("IN THE RECORD, BUT IT DIFFERS: %u of 100 words stand in %s, part "
		           "%" PRIu64 "; read it there"),
		         answer->share, name, answer->part);
	print_answer(line->kind == CLAIM_QUOTATION && answer->match == MATCH_DIFFERS ? STYLE_WARNING
	                                                                             : STYLE_GOOD,
	             text);
}

static void print_missing(const struct claim_line *line, const struct press_answer *answer,
                          const char *name)
{
	char text[512];

	if (answer->count > 0)
		snprintf(text, sizeof(text),
		         ngettext("NOT IN THE RECORD: there is %" PRIu64 " such act, %s",
		                  "NOT IN THE RECORD: there are %" PRIu64
		                  " such acts, the first is %s",
		                  (unsigned long)answer->count),
		         answer->count, name);
	else if (line->kind == CLAIM_ANSWERED)
		snprintf(text, sizeof(text),
		         _("NOT IN THE RECORD: up to these entries nothing answers it"));
	else
		snprintf(text, sizeof(text),
		         _("NOT IN THE RECORD: up to these entries there is no such act"));
	print_answer(STYLE_BAD, text);
}

static void print_not_shown(const struct claim_line *line, uint64_t unopened)
{
	char text[512];

	snprintf(text, sizeof(text), "%s",
	         line->kind == CLAIM_QUOTATION
	             ? _("CANNOT BE SHOWN without disclosing all bodies: these words stand in "
	                 "none that was searched, which proves nothing to others")
	             : _("CANNOT BE SHOWN without disclosing more entries"));
	print_answer(STYLE_WARNING, text);
	if (line->kind == CLAIM_QUOTATION && unopened > 0) {
		snprintf(text, sizeof(text),
		         ngettext("%" PRIu64 " body could not be opened here and was not searched",
		                  "%" PRIu64
		                  " bodies could not be opened here and were not searched",
		                  (unsigned long)unopened),
		         unopened);
		print_answer(STYLE_PLAIN, text);
	}
}

/* Up to where the answers speak. */
static void print_as_of(const struct rules *rules, const uint64_t sizes[2])
{
	char names[2][ACT_NAME_CAPACITY] = { "-", "-" };

	for (unsigned party = 0; party < 2; party++)
		if (sizes[party] > 0)
			rules_act_name(rules, (struct act_place){ party, sizes[party] - 1 },
			               names[party]);
	printf(_("As of %s and %s:\n\n"), names[0], names[1]);
}

void press_show(const struct claim *claim, const struct press_answer *answers,
                const struct rules *rules, const uint64_t sizes[2], uint64_t unopened)
{
	if (claim->outlet.size > 0) {
		put_visible(stdout, claim->outlet, false);
		putchar('\n');
	}
	print_as_of(rules, sizes);
	for (size_t i = 0; i < claim->count; i++) {
		const struct claim_line *line = &claim->lines[i];
		char name[ACT_NAME_CAPACITY];

		rules_act_name(rules, answers[i].place, name);
		print_line(line, i + 1);
		if (answers[i].kind == CLAIM_IN_RECORD)
			print_found(line, &answers[i], name);
		else if (answers[i].kind == CLAIM_NOT_IN_RECORD)
			print_missing(line, &answers[i], name);
		else
			print_not_shown(line, unopened);
	}
}

json_t *press_document(const struct claim *claim, const struct press_answer *answers,
                       const struct rules *rules)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < claim->count; i++) {
		const struct press_answer *answer = &answers[i];
		bool found = answer->count > 0 || answer->part > 0;
		char name[ACT_NAME_CAPACITY];
		json_t *line;

		rules_act_name(rules, answer->place, name);
		line = json_pack("{s:s,s:s,s:s?}", "claim", kind_names[claim->lines[i].kind],
		                 "answer", claim_answer_name(answer->kind), "act",
		                 found ? name : NULL);
		if (answer->part > 0) {
			json_object_set_new(line, "part", json_integer((json_int_t)answer->part));
			json_object_set_new(line, "match",
			                    json_string(claim_match_name(answer->match)));
			json_object_set_new(line, "share", json_integer(answer->share));
		} else if (claim->lines[i].kind != CLAIM_QUOTATION) {
			json_object_set_new(line, "count", json_integer((json_int_t)answer->count));
		}
		json_array_append_new(lines, line);
	}
	return lines;
}

/* --- of a bundle --------------------------------------------------------------------- */

void press_bundle_show(const struct bundle *bundle)
{
	struct press_answer answers[CLAIM_LINES_MAXIMUM];
	struct claim claim;

	if (bundle_press(bundle, &claim, answers, NULL) != OK)
		return;
	puts(_("What the record says of a claim.\n"));
	press_show(&claim, answers, bundle->state.rules, bundle->text.sizes, 0);
	putchar('\n');
}

void press_bundle_describe(const struct bundle *bundle, json_t *document)
{
	struct press_answer answers[CLAIM_LINES_MAXIMUM];
	struct claim claim;

	if (bundle_press(bundle, &claim, answers, NULL) == OK)
		json_object_set_new(document, "claims",
		                    press_document(&claim, answers, bundle->state.rules));
}
