/* chiro list prove: a hit, as something that stands for itself. */
#include "command.h"
#include "files.h"
#include "list_checking.h"
#include "list_command.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "output",
	  .value = N_("DIR"),
	  .help = N_("the directory to write, which must not exist yet") },
	{ .name = "class",
	  .value = N_("CLASS"),
	  .help = N_(
	      "ipv4, ipv6, asn, domain, certificate or spki, where the spelling does not say "
	      "it") },
	{ .name = "epoch",
	  .value = N_("N"),
	  .help = N_("the version in which it was asked; otherwise the one in force") },
	{ .name = "contacts",
	  .help = N_("show the list's table of contacts too: all of it, not only of the hit") },
	{ .name = "yes", .help = N_("do not ask before the bundle is written") },
	{ 0 },
};

static const struct usage usage = {
	.name = "list prove",
	.arguments = N_("LIST IDENTIFIER"),
	.help = N_(
	    "Writes a bundle that shows to whoever trusts neither side that an identifier is on a "
	    "match-only list of the other side's, and with which label: what was asked and "
	    "answered, "
	    "the pair, its path to the root that the other side has signed. It was a hit of 'chiro "
	    "list check' before, of this person: nothing is asked now. Others then know that this "
	    "is "
	    "a target worth listing. 'chiro verify' checks the bundle without any node, "
	    "verify-match.py in it with Python alone. That something is not on a list is not shown "
	    "to others."),
	.examples = "  chiro list prove north-5 pump.example --output hit && chiro verify hit\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 2,
	.arguments_maximum = 2,
};

/* The hit that is known, the narrowest of several. */
static int find_hit(const struct list_checking *c, const struct asking_hit **ret_hit,
                    struct error *error)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	const struct list_subject *subject = &c->subjects[0];
	const struct asking *asking = &c->askings[subject->identifier.identifier_class];
	size_t count = list_checking_questions(c, subject, questions);
	bool open = false;

	for (size_t i = 0; i < count; i++) {
		const struct asking_question *question = asking_find(asking, &questions[i]);

		if (question != NULL && question->state == ASKING_HIT) {
			*ret_hit = &asking->hits[question->hit];
			return OK;
		}
		open = open || question == NULL || question->state == ASKING_OPEN;
	}
	return open ? error_set(error, ERROR_NOT_FOUND,
	                        _("%s was not asked here in this version of the list: see 'chiro "
	                          "list check'"),
	                        subject->identifier.text)
	            : error_set(error, ERROR_STATE,
	                        _("%s is not on the list, and that is not shown to others"),
	                        subject->identifier.text);
}

static int write_bundle(const struct list_checking *c, const struct asking_hit *hit,
                        const struct options *options, int *ret_status, struct error *error)
{
	static struct match_proof proof;
	const struct bundle_purpose purpose = match_purpose();
	struct disclosing disclosing;
	int r = list_checking_prove_hit(c, hit, &proof);

	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	if ((*ret_status = disclosing_open(options, &disclosing)) < 0) {
		*ret_status = STATUS_OK;
		advise(_("Whoever reads the bundle learns that %s is a target worth listing."),
		       hit->identifier.text);
		if ((r = list_evidence_choose(&disclosing, &c->target, &proof,
		                              options_has(options, "contacts"), error)) == OK &&
		    (r = bundle_writer_settle(disclosing.writer, &purpose, &disclosing.text,
		                              error)) == OK)
			r = disclosing_write(&disclosing, options, &purpose,
			                     options_value(options, "output"), error);
	}
	disclosing_close(&disclosing);
	return r;
}

static int prove(struct node *node, const struct options *options, int *ret_status,
                 struct error *error)
{
	const struct asking_hit *hit;
	struct list_checking c;
	uint64_t epoch;
	int r;

	if ((r = options_number(options, "epoch", 1, INT64_MAX, 0, &epoch, error)) != OK)
		return r;
	if (file_exists(options_value(options, "output")))
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"),
		                 options_value(options, "output"));
	list_checking_init(&c, node);
	if ((r = list_checking_read(&c, options, error)) == OK &&
	    (r = list_checking_open_named(&c, options->arguments[0], epoch, error)) == OK &&
	    (r = find_hit(&c, &hit, error)) == OK)
		r = write_bundle(&c, hit, options, ret_status, error);
	list_checking_release(&c);
	return r;
}

int list_prove(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if (!options_has(&options, "output"))
		return usage_error(&usage, "%s", _("where to? Say --output DIR"));
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	status = STATUS_OK;
	r = prove(&node, &options, &status, &error);
	node_close(&node);
	return r == OK ? status : conclude(r, &error);
}
