/* chiro list check: whether something is on a match-only list of the other side's. */
#include "list_checking.h"

#include <inttypes.h>

#include "command.h"
#include "list_command.h"
#include "list_on_record.h"
#include "list_view.h"
#include "listing.h"
#include "translate.h"

enum {
	ASK_ABOVE = 100,     /* evaluations that are not asked for without a question */
	ASK_ABOVE_SHARE = 10 /* or one part in so many of what is left of the day */
};

static const struct option_row rows[] = {
	{ .name = "file",
	  .value = N_("FILE"),
	  .help = N_("ask about every line of FILE; '-' for standard input. Empty lines and those "
	             "that begin with # are passed over") },
	{ .name = "class",
	  .value = N_("CLASS"),
	  .help = N_(
	      "ipv4, ipv6, asn, domain, certificate or spki, where the spelling does not say "
	      "it") },
	{ .name = "skip-bad",
	  .help = N_("pass over lines that are no identifiers, after naming "
	             "them") },
	{ .name = "yes", .help = N_("do not ask before much of the budget is used") },
	{ .name = "on-record",
	  .help = N_(
	      "put the question as an act, query, which obliges the other side to reply: for "
	      "what it has refused, or not answered") },
	{ .name = "cosigner",
	  .value = N_("NAME"),
	  .help = N_("with --on-record: a second person who signs the act, such as b.deputy") },
	{ .name = "cosigner-key",
	  .value = N_("FILE"),
	  .help = N_("the cosigner's SSH key; without it the act waits with the node until the "
	             "cosigner signs it: see 'chiro help pending'") },
	{ .name = "finish",
	  .value = N_("ACT"),
	  .help = N_("read the reply to such an act of ours") },
	{ .name = "evidence",
	  .value = N_("DIR"),
	  .help = N_("where evidence is written when the other side's answer is a lie; otherwise "
	             "under 'evidence' in your directory") },
	{ 0 },
};

static const struct usage usage = {
	.name = "list check",
	.arguments = N_("[LIST] [IDENTIFIER...]"),
	.help = N_(
	    "Asks whether identifiers are on a match-only list of the other side's, such as "
	    "north-5: addresses, prefixes, domains, AS numbers, hashes of certificates and public "
	    "keys. The other side learns how many questions were asked, of which class and when, "
	    "and not which; one's own node learns no more. An address costs one evaluation for "
	    "each "
	    "prefix length that the list uses, a domain one for itself and each domain above it; "
	    "nothing is asked twice in a version of the list. What it costs and what is left is "
	    "said "
	    "before. A HIT CONFIRMS THAT SOMETHING IS A TARGET WORTH LISTING: handle it as such. "
	    "Exit status 0: a hit, or with --on-record the act is made; 1: none; 2: the command "
	    "line is wrong; 3: not all was answered."),
	.examples = "  chiro list check north-5 pump.example\n"
		    "  chiro list check north-5 198.51.100.7 AS64496\n"
		    "  chiro list check north-5 --file targets --yes --json\n"
		    "  chiro list check north-5 pump.example --on-record\n"
		    "  chiro list check --finish south-12\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_maximum = OPTIONS_MAXIMUM,
};

/* --- before ------------------------------------------------------------------------------ */

/* What is said of a class before it is asked. */
static void say_cost(const struct list_checking *c, const struct asking *asking)
{
	const struct list_class *class_of = asking->class_of;
	const char *class_name = identifier_class_name(asking->identifier_class);
	char cost[128], known[128] = "", left[256], text[512];

	if (asking->left_open > 0) {
		snprintf(
		    text, sizeof(text),
		    ngettext("class %s: an earlier check was cut off; its question of %zu "
		             "evaluation is taken up first, as it was: if it was counted, it is "
		             "not counted again",
		             "class %s: an earlier check was cut off; its questions of %zu "
		             "evaluations are taken up first, as they were: what was counted "
		             "is not counted again",
		             asking->left_open),
		    class_name, asking->left_open);
		print_wrapped(stderr, 0, text);
	}
	snprintf(cost, sizeof(cost),
	         ngettext("class %s: %zu evaluation", "class %s: %zu evaluations", asking->open),
	         class_name, asking->open);
	if (asking->count > asking->open)
		snprintf(known, sizeof(known), _(" (%zu known already)"),
		         asking->count - asking->open);
	snprintf(left, sizeof(left),
	         _("; left: %" PRIu64 " of %" PRIu64 " today, %" PRIu64 " of %" PRIu64
	           " in the list's life"),
	         class_of->left_today, c->target.budget_day, class_of->left, c->target.budget_list);
	snprintf(text, sizeof(text), "%s%s%s", cost, known, left);
	print_wrapped(stderr, 0, text);
}

static bool is_much(const struct asking *asking)
{
	uint64_t left = list_checking_left(asking);
	uint64_t asked = asking->open < left ? asking->open : left;

	return asked > ASK_ABOVE || asked * ASK_ABOVE_SHARE > asking->class_of->left_today;
}

static int ask_consent(const struct list_checking *c, const struct options *options,
                       struct error *error)
{
	bool much = false, beyond = false;

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		const struct asking *asking = &c->askings[i];

		if (!c->used[i] || asking->count + asking->left_open == 0)
			continue;
		if (!options_has(options, "json"))
			say_cost(c, asking);
		much = much || is_much(asking);
		beyond = beyond || asking->open > list_checking_left(asking);
	}
	if (beyond && much)
		advise(
		    _("That is more than is left: as many as fit are asked now. The same command "
		      "goes on with the rest once there is budget again; nothing is asked twice."));
	if (!much || options_has(options, "yes"))
		return OK;
	if (!terminal_is_interactive())
		return error_set(
		    error, ERROR_USAGE,
		    _("nobody can be asked whether so much of the budget is to be used: "
		      "say --yes"));
	return ask_yes(_("Ask?")) ? OK : error_set(error, ERROR_DENIED, _("nothing was asked"));
}

/* --- after --------------------------------------------------------------------------------- */

static void warn_of_hits(void)
{
	fputs(style(stderr, STYLE_WARNING), stderr);
	print_wrapped(stderr, 0,
	              _("A hit confirms that this is a target worth listing. Whoever learns of it "
	                "learns that too: say it to nobody who need not know, keep it where such "
	                "things are kept, and act on what the label asks for."));
	fputs(style(stderr, STYLE_PLAIN), stderr);
}

static void show_hit(const struct list_checking *c, const struct list_subject *subject)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	size_t count = list_checking_questions(c, subject, questions);
	const struct asking *asking = &c->askings[subject->identifier.identifier_class];
	const char *prefix = list_identifier_prefix(subject->identifier.identifier_class);

	for (size_t i = 0; i < count; i++) {
		const struct asking_question *question = asking_find(asking, &questions[i]);
		const struct asking_hit *hit;

		if (question == NULL || question->state != ASKING_HIT)
			continue;
		hit = &asking->hits[question->hit];
		printf("%s%s %s%s%s", style(stdout, STYLE_BAD), _("HIT"), prefix,
		       subject->identifier.text, style(stdout, STYLE_PLAIN));
		if (strcmp(question->identifier, subject->identifier.text) != 0)
			printf(_(", by %s on the list"), question->identifier);
		if (subject->line > 0)
			printf(_(" (line %zu)"), subject->line);
		putchar('\n');
		if (hit->opens)
			label_show(&hit->label, &c->target.text);
		else
			list_item_styled(STYLE_BAD, _("label"), "%s",
			                 _("WRONG: what the other side has put there is none"));
	}
}

static void show_left(const struct list_checking *c)
{
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (c->used[i])
			printf(_("left of class %s: %" PRIu64 " today, %" PRIu64
			         " in the list's life\n"),
			       identifier_class_name((enum identifier_class)i),
			       c->target.classes[i].left_today, c->target.classes[i].left);
}

static void show(const struct list_checking *c)
{
	size_t counts[LIST_FOUND_COUNT] = { 0 };

	for (size_t i = 0; i < c->subject_count; i++) {
		enum list_found found = list_checking_found(c, &c->subjects[i]);

		counts[found]++;
		if (found == LIST_FOUND_HIT)
			show_hit(c, &c->subjects[i]);
		else if (c->subject_count == 1)
			printf(found == LIST_FOUND_MISS
			           ? _("%s%s is not on %s, version %" PRIu64 "\n")
			           : _("%s%s: not answered (%s, version %" PRIu64 ")\n"),
			       list_identifier_prefix(c->subjects[i].identifier.identifier_class),
			       c->subjects[i].identifier.text, c->target.list, c->target.epoch);
	}
	if (c->subject_count > 1)
		printf(_("%zu asked about: %zu hits, %zu not on the list, %zu not answered\n"),
		       c->subject_count, counts[LIST_FOUND_HIT], counts[LIST_FOUND_MISS],
		       counts[LIST_FOUND_OPEN]);
	show_left(c);
	fflush(stdout);
	if (counts[LIST_FOUND_HIT] > 0)
		warn_of_hits();
}

/* --- all of it ------------------------------------------------------------------------------ */

static int asked_status(const struct list_checking *c, int result)
{
	bool hit = false, open = false;

	for (size_t i = 0; i < c->subject_count; i++) {
		enum list_found found = list_checking_found(c, &c->subjects[i]);

		hit = hit || found == LIST_FOUND_HIT;
		open = open || found == LIST_FOUND_OPEN;
	}
	if (result != OK || open || c->evidence[0] != '\0')
		return LIST_STATUS_OPEN;
	return hit ? STATUS_OK : STATUS_FAILED;
}

static int conclude_check(struct list_checking *c, const struct options *options, int result,
                          struct error *error)
{
	if (result != OK) {
		error->code = result;
		complain_error(NULL, error);
	}
	list_checking_prove(c, options);
	if (options_has(options, "json")) {
		json_t *document = list_checking_document(c, result == OK ? NULL : error);

		print_json(document);
		json_decref(document);
	} else {
		show(c);
	}
	return asked_status(c, result);
}

/* A status of its own for whatever keeps it from being answered. */
static int status_of(int result, struct error *error)
{
	int status = conclude(result, error);

	return status == STATUS_FAILED ? LIST_STATUS_OPEN : status;
}

static int check(struct node *node, const struct options *options, struct error *error)
{
	struct list_checking c;
	bool begun = false;
	int r, status;

	list_checking_init(&c, node);
	if (options_has(options, "finish")) {
		if ((r = list_on_record_finish(&c, options_value(options, "finish"), error)) ==
		        OK ||
		    c.settled)
			begun = true;
	} else if ((r = list_checking_read(&c, options, error)) == OK &&
	           (r = list_checking_open(&c, options, error)) == OK) {
		if (options_has(options, "on-record")) {
			r = list_on_record_ask(&c, options, &status, error);
			list_checking_release(&c);
			if (r != OK)
				return status_of(r, error);
			/* 1 would say that nothing is on the list. */
			return status == STATUS_FAILED ? LIST_STATUS_OPEN : status;
		}
		if ((r = ask_consent(&c, options, error)) == OK) {
			begun = true;
			r = list_checking_run(&c, error);
		}
	} else {
		begun = c.evidence_pending;
	}
	if (!begun) {
		list_checking_release(&c);
		return status_of(r, error);
	}
	status = conclude_check(&c, options, r, error);
	list_checking_release(&c);
	return status;
}

int list_check(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (options_has(&options, "finish")
	        ? options.argument_count > 0 || options_has(&options, "file")
	        : options.argument_count == 0)
		return usage_error(&usage, "%s",
		                   options_has(&options, "finish")
		                       ? _("--finish goes without anything else")
		                       : _("which list?"));
	if (!options_has(&options, "finish") &&
	    (options.argument_count > 1) == options_has(&options, "file"))
		return usage_error(&usage, "%s",
		                   _("which identifiers? Name them after the list, or a file with "
		                     "--file"));
	if ((status = node_open(&options, true, &node)) >= 0)
		return status == STATUS_FAILED ? LIST_STATUS_OPEN : status;
	status = check(&node, &options, &error);
	node_close(&node);
	return status;
}
