#include "match_showing.h"

#include <inttypes.h>
#include <stdio.h>

#include "list_text.h"
#include "list_view.h"
#include "listing.h"
#include "schemes.h"
#include "terminal.h"
#include "translate.h"

static const char *const protections[PROTECTION_COUNT] = {
	[PROTECTION_OFF_LIMITS] = N_("OFF LIMITS: its owner wants it left alone at all times"),
	[PROTECTION_NOTIFY_FIRST] = N_("NOTIFY FIRST: its owner wants to be told before anything "
	                               "touches it"),
	[PROTECTION_ASSIST_PRIORITY] = N_("ASSIST FIRST: its owner asks that it be helped before "
	                                  "others when it is hit"),
};

const char *protection_for_people(enum protection protection)
{
	return _(protections[protection]);
}

/* --- labels ------------------------------------------------------------------------------- */

static enum sector_scheme scheme_of(const struct pairs_text *text)
{
	return text == NULL ? SCHEME_NONE : text->scheme;
}

static const struct sector *sector_of(const struct pair_label *label, const struct pairs_text *text)
{
	return label->sector == 0 ? NULL : scheme_sector(scheme_of(text), label->sector);
}

static void show_contact(const struct pair_label *label, const struct pairs_text *text)
{
	if (label->contact == 0)
		list_item(_("contact"), "%s", _("none is named"));
	else if (text == NULL)
		list_item(_("contact"), _("number %u of the list's table, which is not shown here"),
		          label->contact);
	else if (label->contact > text->contact_count)
		list_item_styled(STYLE_WARNING, _("contact"),
		                 _("number %u, which the list's table does not have"),
		                 label->contact);
	else
		list_item(_("contact"), "%.*s", (int)text->contacts[label->contact - 1].size,
		          (const char *)text->contacts[label->contact - 1].data);
}

void label_show(const struct pair_label *label, const struct pairs_text *text)
{
	const struct sector *sector = sector_of(label, text);

	list_item_styled(STYLE_STRONG, _("protection"), "%s",
	                 protection_for_people(label->protection));
	if (label->criticality > 0)
		list_item(_("criticality"), "%u", label->criticality);
	if (sector != NULL)
		list_item(_("sector"), "%s: %s", scheme_name(scheme_of(text)),
		          terminal_speaks("ru") ? sector->name_ru : sector->name);
	else if (label->sector > 0)
		list_item(_("sector"), _("row %u of the list's scheme"), label->sector);
	show_contact(label, text);
}

void label_describe(const struct pair_label *label, const struct pairs_text *text, json_t *object)
{
	const struct sector *sector = sector_of(label, text);
	bool has_contact = text != NULL && label->contact > 0 &&
	                   label->contact <= text->contact_count;

	json_object_set_new(object, "protection", json_string(protection_name(label->protection)));
	json_object_set_new(object, "criticality", json_integer(label->criticality));
	json_object_set_new(object, "sector_row", json_integer(label->sector));
	json_object_set_new(object, "scheme",
	                    sector == NULL ? json_null()
	                                   : json_string(scheme_name(scheme_of(text))));
	json_object_set_new(object, "sector",
	                    sector == NULL ? json_null() : json_string(sector->code));
	json_object_set_new(object, "contact_number", json_integer(label->contact));
	json_object_set_new(
	    object, "contact",
	    has_contact ? json_stringn((const char *)text->contacts[label->contact - 1].data,
	                               text->contacts[label->contact - 1].size)
			: json_null());
}

/* --- bundles ------------------------------------------------------------------------------- */

/* The table of contacts, where whoever made the bundle has put it in. */
static bool text_of(const struct bundle *bundle, const struct match_finding *finding,
                    struct pairs_text *ret_text)
{
	for (size_t i = 0; i < bundle->text.part_count; i++) {
		const struct bundle_part *part = &bundle->parts[i];

		if (part->act.party == finding->version.party &&
		    part->act.number == finding->version.number && part->content.size > 0 &&
		    strcmp(part->proof.line.description.media_type, PAIRS_TEXT_MEDIA_TYPE) == 0)
			return pairs_text_parse(buffer_view(&part->content), ret_text, NULL) == OK;
	}
	return false;
}

static void say(enum style wanted, const char *text)
{
	fputs(style(stdout, wanted), stdout);
	print_wrapped(stdout, 0, text);
	fputs(style(stdout, STYLE_PLAIN), stdout);
}

static void show_list(const struct bundle *bundle, const struct match_finding *finding)
{
	char list[ACT_NAME_CAPACITY], version[ACT_NAME_CAPACITY];

	record_act_name(&bundle->state, finding->list, list);
	record_act_name(&bundle->state, finding->version, version);
	list_item(_("list"), _("%s of %s, version %" PRIu64 " (%s), class %s"), list,
	          record_party(&bundle->state, finding->list.party), finding->epoch, version,
	          identifier_class_name(finding->identifier_class));
}

static void show_refusal(const struct match_finding *finding)
{
	char until[TIMESTAMP_CAPACITY];

	list_item(_("refused"), _("%" PRIu64 " evaluations"), finding->refused);
	list_item(_("counted"),
	          _("%" PRIu64 " and by acts %" PRIu64 " of %" PRIu64
	            " in the list's life; on that "
	            "day %" PRIu64 " and %" PRIu64 " of %" PRIu64),
	          finding->total, finding->beside_total, finding->budget_list, finding->today,
	          finding->beside_today, finding->budget_day);
	timestamp_format(finding->beside_until, until);
	list_item(_("entries"), _("of who asked, until %s"), until);
}

/* What it comes to, in one sentence. */
static void show_verdict(const struct bundle *bundle, const struct match_finding *finding)
{
	const char *owner = record_party(&bundle->state, finding->list.party);
	const char *prefix = list_identifier_prefix(finding->identifier_class);
	char text[512];

	switch (finding->shown) {
	case MATCH_SHOWS_HIT:
		snprintf(text, sizeof(text),
		         _("ON THE LIST: %s has committed to a list that names %s%s."), owner,
		         prefix, finding->identifier.text);
		break;
	case MATCH_SHOWS_LABEL_UNOPENABLE:
		snprintf(
		    text, sizeof(text),
		    _("A FALSE LABEL: %s has committed to a list that names %s%s, and what it put "
		      "there as its label is none."),
		    owner, prefix, finding->identifier.text);
		break;
	case MATCH_SHOWS_WRONG_EVALUATION:
		snprintf(
		    text, sizeof(text),
		    _("A WRONG EVALUATION: what %s has signed as an answer was not made with the "
		      "key that it committed to."),
		    owner);
		break;
	case MATCH_SHOWS_WRONG_ANSWER:
		snprintf(
		    text, sizeof(text),
		    _("A WRONG ANSWER: what %s has signed contradicts the question that it says "
		      "it answers."),
		    owner);
		break;
	case MATCH_SHOWS_REFUSED:
		snprintf(
		    text, sizeof(text),
		    finding->beside_complete
			? _("REFUSED WITHIN THE BUDGET: %s has refused by the budget what, by the "
		            "count that it signed itself, the charter leaves room for.")
			: _("REFUSED BY THE BUDGET: %s has refused what, by the count that it "
		            "signed itself and by the entries here, the charter leaves room for. "
		            "They end before the day of the question had: whether more was asked "
		            "on record by then they do not show."),
		    owner);
		break;
	default:
		snprintf(
		    text, sizeof(text),
		    finding->missing
			? _("ANOTHER BODY: %s has committed to pairs of this class, and in the "
		            "body there are none.")
			: _("ANOTHER BODY: the pairs in the body are not those that %s has "
		            "committed to."),
		    owner);
		break;
	}
	say(finding->shown == MATCH_SHOWS_HIT ? STYLE_GOOD : STYLE_BAD, text);
}

void match_bundle_show(const struct bundle *bundle)
{
	struct match_finding finding;
	struct pairs_text text;
	char name[ACT_NAME_CAPACITY];

	if (bundle_match(bundle, &finding, NULL) != OK)
		return;
	show_verdict(bundle, &finding);
	show_list(bundle, &finding);
	if (finding.shown == MATCH_SHOWS_HIT) {
		list_item(_("identifier"), "%s%s", list_identifier_prefix(finding.identifier_class),
		          finding.identifier.text);
		label_show(&finding.label, text_of(bundle, &finding, &text) ? &text : NULL);
	}
	if (finding.shown == MATCH_SHOWS_WRONG_EVALUATION)
		list_item(_("element"), "%zu", finding.element);
	if (finding.by_acts) {
		record_act_name(&bundle->state, finding.reply, name);
		list_item(_("signed in"), "%s", name);
	}
	if (finding.shown == MATCH_SHOWS_WRONG_ANSWER)
		list_item(_("how"), "%s", finding.reason);
	if (finding.shown == MATCH_SHOWS_REFUSED)
		show_refusal(&finding);
	if (finding.earlier_key)
		list_item_styled(STYLE_WARNING, _("key"), "%s",
		                 _("a key of the node that was replaced since has signed it"));
	putchar('\n');
}

void match_bundle_describe(const struct bundle *bundle, json_t *document)
{
	char list[ACT_NAME_CAPACITY], version[ACT_NAME_CAPACITY];
	struct match_finding finding;
	struct pairs_text text;
	json_t *object;

	if (bundle_match(bundle, &finding, NULL) != OK)
		return;
	record_act_name(&bundle->state, finding.list, list);
	record_act_name(&bundle->state, finding.version, version);
	object = json_pack("{s:s,s:s,s:s,s:s,s:I}", "shows", match_shown_name(finding.shown),
	                   "list", list, "version", version, "class",
	                   identifier_class_name(finding.identifier_class), "epoch",
	                   (json_int_t)finding.epoch);
	if (finding.shown == MATCH_SHOWS_HIT || finding.shown == MATCH_SHOWS_LABEL_UNOPENABLE)
		json_object_set_new(object, "identifier", json_string(finding.identifier.text));
	if (finding.shown == MATCH_SHOWS_HIT)
		label_describe(&finding.label, text_of(bundle, &finding, &text) ? &text : NULL,
		               object);
	if (finding.shown == MATCH_SHOWS_WRONG_EVALUATION)
		json_object_set_new(object, "element", json_integer((json_int_t)finding.element));
	if (finding.shown == MATCH_SHOWS_REFUSED)
		json_object_set_new(object, "complete", json_boolean(finding.beside_complete));
	if (finding.shown == MATCH_SHOWS_WRONG_ANSWER)
		json_object_set_new(object, "how", json_string(finding.reason));
	json_object_set_new(document, "match", object);
}
