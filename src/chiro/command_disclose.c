/* chiro disclose: a piece of a record as a bundle for others. */
#include <inttypes.h>

#include "command.h"
#include "disclosing.h"
#include "listing.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "part",
	  .value = N_("[ACT:]N"),
	  .help = N_("show part N of the body; ACT where several acts are named"),
	  .repeated = true },
	{ .name = "paragraph",
	  .value = N_("[ACT:]N"),
	  .help = N_("show the N-th paragraph of the text"),
	  .repeated = true },
	{ .name = "all-parts", .help = N_("show the whole bodies of the acts") },
	{ .name = "span",
	  .help = N_("show all entries that could correct, answer or fault the acts, so that "
	             "nobody need believe that there are no others") },
	{ .name = "whole",
	  .help = N_("show all entries of both logs (not their bodies), so that everybody can "
	             "compute what the acts are worth") },
	{ .name = "without-later", .help = N_("leave out later corrections; the bundle says so") },
	{ .name = "bare-corrections",
	  .help = N_("show that there are corrections, and not what they say") },
	{ .name = "record",
	  .value = N_("DIR"),
	  .help = N_("from an exported record instead of the node") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("the age identity for what is for the eyes of the heads, or sealed in the "
	             "record") },
	{ .name = "yes", .help = N_("do not ask") },
	{ 0 },
};

static const struct usage usage = {
	.name = "disclose",
	.arguments = N_("ACT… DIR"),
	.help = N_(
	    "Writes a bundle: acts with their signatures, the proof that they stand in their log, "
	    "the receipts that show that the other side held them, and those parts of their bodies "
	    "that are asked for, into a new directory. The other parts stay hidden. Later "
	    "corrections, retractions and updates come with them. Whoever gets it checks it with "
	    "'chiro verify', or with stock tools by the verify.sh in it. First it says what the "
	    "bundle reveals, and asks."),
	.examples = "  chiro disclose south-7 --paragraph 2 bundle\n"
		    "  chiro disclose south-7 north-9 --part south-7:1 bundle\n"
		    "  chiro disclose --record record south-7 --span bundle\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 2,
	.arguments_maximum = BUNDLE_SUBJECTS_MAXIMUM + 1,
};

static size_t act_count(const struct options *options)
{
	return options->argument_count - 1;
}

static const char *directory_of(const struct options *options)
{
	return options->arguments[options->argument_count - 1];
}

static int find_act(const struct disclosing *d, const char *name, struct act_place *ret_place,
                    struct error *error)
{
	int r = rules_act_named(d->rules, bytes_of_string(name), ret_place);

	if (r == ERROR_SYNTAX)
		return error_set(error, ERROR_USAGE, _("'%s' is not the name of an act"), name);
	return r == OK ? OK : error_set(error, r, _("there is no act %s in these logs"), name);
}

/* --- which parts ------------------------------------------------------------------- */

/* `2`, or `south-7:2`. */
static int read_part_name(const struct disclosing *d, const struct options *options,
                          const char *value, struct act_place *ret_place, uint64_t *ret_number,
                          struct error *error)
{
	const char *colon = strchr(value, ':');
	const char *number = colon == NULL ? value : colon + 1;
	char name[ACT_NAME_CAPACITY] = "";

	if (colon == NULL && act_count(options) > 1)
		return error_set(error, ERROR_USAGE,
		                 _("say of which act: ACT:%s, as several are named"), value);
	if (text_parse_number(bytes_of_string(number), PARTS_MAXIMUM, ret_number) != OK ||
	    *ret_number == 0)
		return error_set(error, ERROR_USAGE, _("'%s' is not the number of a part"), number);
	if (colon == NULL)
		return find_act(d, options->arguments[0], ret_place, error);
	if (bytes_to_string(bytes_of(value, (size_t)(colon - value)), name, sizeof(name)) != OK)
		name[0] = '\0';
	return find_act(d, name, ret_place, error);
}

static int add_named(struct disclosing *d, const struct options *options, const char *option,
                     struct error *error)
{
	bool by_paragraph = strcmp(option, "paragraph") == 0;
	const char *value;
	int r = OK;

	for (size_t i = 0; r == OK && (value = options_value_at(options, option, i)) != NULL; i++) {
		struct opened_body body;
		struct act_place place;
		uint64_t number;

		if ((r = read_part_name(d, options, value, &place, &number, error)) != OK ||
		    (r = disclosing_body(d, place, &body, error)) != OK)
			return r;
		if (by_paragraph)
			number = paragraph_part(&body, number);
		r = number != 0
		        ? disclosing_add_part(d, place, &body, (size_t)number, error)
		        : error_set(error, ERROR_USAGE, _("the text has no paragraph %s"), value);
		opened_body_release(&body);
	}
	return r;
}

static int add_parts(struct disclosing *d, const struct options *options, struct error *error)
{
	int r;

	if ((r = add_named(d, options, "part", error)) != OK ||
	    (r = add_named(d, options, "paragraph", error)) != OK)
		return r;
	for (size_t i = 0; i < act_count(options) && options_has(options, "all-parts"); i++) {
		struct act_place place;

		if ((r = find_act(d, options->arguments[i], &place, error)) != OK)
			return r;
		if (rules_act(d->rules, place)->has_body &&
		    (r = disclosing_add_all(d, place, error)) != OK)
			return r;
	}
	return OK;
}

/* --- which entries -------------------------------------------------------------------- */

/* Everything of both logs that could speak of an act. */
static int add_span(struct disclosing *d, struct act_place place, struct error *error)
{
	const struct act_summary *act = rules_act(d->rules, place);
	unsigned other = 1 - place.party;
	uint64_t from = act->receipted_by == UINT64_MAX ? rules_size(d->rules, other)
	                                                : act->receipted_by;
	int r;

	/* From the last receipt that does not cover the act: nothing before can know it. */
	while (from > 0 &&
	       rules_act(d->rules, (struct act_place){ other, from - 1 })->kind->number !=
	           KIND_RECEIPT)
		from--;
	from -= from > 0;
	if ((r = bundle_writer_span(d->writer, place.party, place.number,
	                            rules_size(d->rules, place.party), error)) != OK)
		return r;
	return bundle_writer_span(d->writer, other, from, rules_size(d->rules, other), error);
}

static int add_acts(struct disclosing *d, const struct options *options, struct error *error)
{
	int r = OK;

	for (size_t i = 0; i < act_count(options) && r == OK; i++) {
		struct act_place place;

		if ((r = find_act(d, options->arguments[i], &place, error)) != OK ||
		    (r = bundle_writer_subject(d->writer, place, error)) != OK)
			return r;
		if (options_has(options, "span"))
			r = add_span(d, place, error);
	}
	for (unsigned party = 0; party < 2 && r == OK && options_has(options, "whole"); party++)
		r = bundle_writer_span(d->writer, party, 0, rules_size(d->rules, party), error);
	if (r == OK && !options_has(options, "without-later"))
		r = bundle_writer_later(d->writer, error);
	return r;
}

/* What is shown in part is shown with what corrects it or takes it back. */
static int add_corrections(struct disclosing *d, struct act_place corrected, struct error *error)
{
	struct act_place place = { corrected.party, corrected.number + 1 };
	int r;

	for (; place.number < rules_size(d->rules, place.party); place.number++) {
		const struct act_summary *act = rules_act(d->rules, place);

		if (!act->has_target || !act->has_body || act->verdict.code != VERDICT_VALID ||
		    act->target.party != corrected.party || act->target.number != corrected.number)
			continue;
		/* One that cannot be opened here is shown as an act alone. */
		r = disclosing_add_all(d, place, error);
		if (r != OK && r != ERROR_NOT_FOUND)
			return r;
	}
	return OK;
}

static int choose(struct disclosing *d, const struct options *options, struct error *error)
{
	bool has_parts = options_has(options, "part") || options_has(options, "paragraph") ||
	                 options_has(options, "all-parts");
	int r;

	if ((r = add_acts(d, options, error)) != OK || (r = add_parts(d, options, error)) != OK)
		return r;
	for (size_t i = 0;
	     i < act_count(options) && has_parts && !options_has(options, "without-later") &&
	     !options_has(options, "bare-corrections");
	     i++) {
		struct act_place place;

		if ((r = find_act(d, options->arguments[i], &place, error)) != OK ||
		    (r = add_corrections(d, place, error)) != OK)
			return r;
	}
	return bundle_writer_settle(d->writer, NULL, &d->text, error);
}

/* --- the command -------------------------------------------------------------------------- */

int command_disclose(int argc, char **argv)
{
	struct disclosing disclosing;
	struct error error = { 0 };
	struct options options;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if ((result = disclosing_open(&options, &disclosing)) < 0) {
		if ((r = choose(&disclosing, &options, &error)) == OK)
			r = disclosing_write(&disclosing, &options, NULL, directory_of(&options),
			                     &error);
		result = conclude(r, &error);
	}
	disclosing_close(&disclosing);
	return result;
}
