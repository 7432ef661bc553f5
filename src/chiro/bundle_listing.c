#include "bundle_listing.h"

#include <inttypes.h>

#include "allocate.h"
#include "body_view.h"
#include "bundle_findings.h"
#include "bundle_purposes.h"
#include "files.h"
#include "listing.h"
#include "record_layout.h"
#include "translate.h"

enum { SHOWN_TEXT_MAXIMUM = 64 * 1024, PATH_CAPACITY = 1024 };

/* --- names ----------------------------------------------------------------------- */

static const char *party_of(const struct bundle *bundle, unsigned party)
{
	return record_party(&bundle->state, party);
}

/* `south-9, logged 2026-11-22T14:03:11Z` */
static void show_entry(enum style wanted, const char *label, const char *format,
                       const struct bundle *bundle, const struct bundle_act *act)
{
	char name[ACT_NAME_CAPACITY], logged[TIMESTAMP_CAPACITY];

	record_act_name(&bundle->state, act->place, name);
	timestamp_format(act->entry.logged, logged);
	list_item_styled(wanted, label, format, name, logged);
}

const char *relation_for_people(int relation)
{
	static const char *const labels[] = {
		[BUNDLE_UNRELATED] = "",
		[BUNDLE_CORRECTS] = N_("corrected"),
		[BUNDLE_RETRACTS] = N_("retracted"),
		[BUNDLE_UPDATES] = N_("updated"),
		[BUNDLE_RESEALS] = N_("sealed anew"),
		[BUNDLE_FAULTS] = N_("fault said"),
		[BUNDLE_ANSWERS] = N_("answered"),
	};

	return labels[relation][0] == '\0' ? "" : _(labels[relation]);
}

/* --- as of when --------------------------------------------------------------------- */

static void show_head(const struct bundle *bundle, unsigned party, const char *label)
{
	const struct bundle_head *head = &bundle->heads[party];
	const struct act_place last = { party, head->checkpoint.size - 1 };
	const struct bundle_act *act;
	char time[TIMESTAMP_CAPACITY];

	if (head->checkpoint.size == 0)
		return;
	if ((act = bundle_act_at(bundle, last)) != NULL) {
		show_entry(STYLE_STRONG, label, _("%s, logged %s"), bundle, act);
	} else {
		list_item_styled(STYLE_STRONG, label,
		                 _("the first %" PRIu64 " entries of %s; the last is not here"),
		                 head->checkpoint.size, party_of(bundle, party));
	}
	if (head->countersigned) {
		timestamp_format(head->countersigned_at, time);
		list_item("", _("this head is cosigned by %s, %s"), party_of(bundle, 1 - party),
		          time);
	}
	for (size_t i = 0; i < bundle->state.charter->witness_count; i++)
		if (head->witnessed_at[i] != 0) {
			timestamp_format(head->witnessed_at[i], time);
			list_item("", _("this head is cosigned by witness %zu, %s"), i + 1, time);
		}
}

/* The charter in force at the ends of the logs, as far as that is here. */
static const struct charter *charter_shown(const struct bundle *bundle)
{
	return bundle->whole ? rules_charter_now(bundle->state.rules) : bundle->state.charter;
}

static void show_charter(const struct bundle *bundle)
{
	unsigned version = bundle->whole ? rules_charter_count(bundle->state.rules) : 1;
	char names[2][ACT_NAME_CAPACITY];
	struct act_place acts[2];

	if (!bundle->whole || !rules_charter_acts(bundle->state.rules, version, &acts[0], &acts[1]))
		return;
	for (unsigned i = 0; i < 2; i++)
		record_act_name(&bundle->state, acts[i], names[i]);
	list_item(_("charter"), _("version %u is in force, by %s and %s"), version, names[0],
	          names[1]);
}

/* Whether it is about nothing but bare confirmations and rebuttals of public claims. */
static bool is_reply(const struct bundle *bundle)
{
	bool is_bare = bundle->text.part_count == 0 && bundle->text.subject_count > 0;

	for (size_t i = 0; i < bundle->text.subject_count && is_bare; i++) {
		const struct bundle_act *act = bundle_act_at(bundle, bundle->text.subjects[i]);
		enum kind_number kind = act->entry.act.kind->number;

		is_bare = kind == KIND_CONFIRM || kind == KIND_REBUT;
	}
	return is_bare && charter_shown(bundle)->right_of_reply;
}

static void show_beginning(const struct bundle *bundle)
{
	bool first = bundle->heads[0].checkpoint.size > 0;

	printf("%s%s%s\n", style(stdout, STYLE_GOOD), _("The bundle is intact."),
	       style(stdout, STYLE_PLAIN));
	show_head(bundle, 0, _("as of"));
	show_head(bundle, 1, first ? "" : _("as of"));
	list_item("", "%s", _("it says nothing of what came after"));
	list_item(_("channel"), "%s", bundle->text.channel);
	list_item("", "%s", _("compare it with what the parties say: all else follows from it"));
	show_charter(bundle);
	if (is_reply(bundle))
		list_item(_("charter"), "%s",
		          _("a bare confirmation or rebuttal: by the charter's right of reply it "
		            "needs no consent"));
	else if (charter_shown(bundle)->confidential)
		list_item_styled(STYLE_WARNING, _("mind"), "%s",
		                 _("communications are confidential unless both sides agree "
		                   "otherwise; no consent to this disclosure is shown"));
}

/* --- one act -------------------------------------------------------------------------- */

static void show_signers(const struct bundle *bundle, const struct bundle_act *act)
{
	for (unsigned i = 0; i < act->entry.signature_count; i++) {
		const char *name = i == 0 ? act->entry.act.author : act->entry.act.cosigner;
		const struct delegate *signer = bundle_signer(bundle, act, i);
		const char *label = i == 0 ? _("signed by") : "";
		char by[ACT_NAME_CAPACITY];

		if (signer == NULL) {
			list_item_styled(STYLE_BAD, label,
			                 _("%s@%s: it is not shown that the key was theirs"), name,
			                 party_of(bundle, act->place.party));
			continue;
		}
		if (signer->entry == UINT64_MAX) {
			list_item(label, _("%s@%s, %s by the charter"), name,
			          party_of(bundle, act->place.party),
			          word_for_people(role_name(signer->role)));
			continue;
		}
		record_act_name(&bundle->state,
		                (struct act_place){ act->place.party, signer->entry }, by);
		list_item(label, _("%s@%s, %s by %s"), name, party_of(bundle, act->place.party),
		          word_for_people(role_name(signer->role)), by);
	}
}

static void show_worth(const struct bundle *bundle, const struct bundle_act *act)
{
	const struct bundle_text *text = &bundle->text;

	if (act->verdict.code == VERDICT_VOID)
		list_item_styled(STYLE_BAD, _("VOID"),
		                 act->void_by_word
		                     ? _("by the word of whoever made the bundle, not by "
		                         "what is here: %s")
		                 : bundle->whole ? _("by the rules, over both logs: %s")
		                                 : _("by what is here: %s"),
		                 _(void_reason_text(act->verdict.reason)));
	else if (bundle->whole)
		list_item_styled(STYLE_GOOD, _("verdict"), "%s",
		                 _("valid by the rules, over both logs"));
	if (act->entry.act.exercise)
		list_item_styled(STYLE_WARNING, _("EXERCISE"), "%s",
		                 _("part of an exercise: nothing of it was meant"));
	if (bundle_is_disputed(bundle, act) ||
	    bundle_places_have(text->disputed, text->disputed_count, act->place))
		list_item_styled(
		    STYLE_BAD, _("DISPUTED"), "%s",
		    _("a signer was recalled from before this act: who held the key is "
		      "not shown"));
	if (bundle_is_faulted(bundle, act) ||
	    bundle_places_have(text->faulted, text->faulted_count, act->place))
		list_item_styled(STYLE_BAD, _("FAULT"), "%s",
		                 _("the other side has said that it had not the body as the act "
		                   "says it, and nothing that is here cures it"));
	if (act->entry.act.marking[0] != '\0')
		list_item(_("marking"), "%s", act->entry.act.marking);
	if (act->entry.act.eyes_heads)
		list_item(_("eyes"), "%s", _("the body was for the heads alone"));
}

static void show_receipt(const struct bundle *bundle, const struct bundle_act *act)
{
	if (!act->receipted) {
		list_item_styled(STYLE_WARNING, _("received"), _("not shown by %s"),
		                 party_of(bundle, 1 - act->place.party));
		return;
	}
	show_entry(STYLE_PLAIN, _("received"), _("%s, logged %s: the node there held it"), bundle,
	           bundle_act_at(bundle, act->receipt));
}

/* The other entries that are here and speak of it. */
/* What is said about an act, or tells that it was read, answers it only by its form. */
static const char *label_of(enum bundle_relation relation, const struct kind *kind)
{
	if (relation == BUNDLE_ANSWERS && kind->number == KIND_COMMENT)
		return _("commented");
	if (relation == BUNDLE_ANSWERS && kind->number == KIND_ACK)
		return _("acknowledged");
	return relation_for_people((int)relation);
}

static void show_related(const struct bundle *bundle, const struct bundle_act *act)
{
	for (size_t i = 0; i < bundle->act_count; i++) {
		const struct bundle_act *other = &bundle->acts[i];
		enum bundle_relation relation = bundle_relation_to(act, other);
		char name[ACT_NAME_CAPACITY], logged[TIMESTAMP_CAPACITY];

		if (relation == BUNDLE_UNRELATED)
			continue;
		record_act_name(&bundle->state, other->place, name);
		timestamp_format(other->entry.logged, logged);
		list_item_styled(relation == BUNDLE_ANSWERS ? STYLE_PLAIN : STYLE_WARNING,
		                 label_of(relation, other->entry.act.kind),
		                 _("%s by %s, %s, logged %s"), other->entry.act.kind->name,
		                 party_of(bundle, other->place.party), name, logged);
		if (other->void_by_word)
			list_item_styled(STYLE_WARNING, "", "%s",
			                 _("void by the word of whoever made the bundle, not by "
			                   "what is here"));
	}
}

/* --- its parts -------------------------------------------------------------------------- */

/* The content of a part, read again and held against its proof again. */
static int read_content(const struct bundle *bundle, size_t index, const char *directory,
                        struct buffer *content, struct error *error)
{
	const struct bundle_part *part = &bundle->parts[index];
	const struct act *act = &bundle_act_at(bundle, part->act)->entry.act;
	const struct body_commitment commitment = { .part_count = act->body.parts,
		                                    .root = act->body.root };
	char path[PATH_CAPACITY], ending[24], name[RECORD_PATH_CAPACITY];
	struct byte_source source;
	struct bytes view;
	int r;

	snprintf(ending, sizeof(ending), "/%04zu", part->proof.line.number);
	record_body_path(&bundle->state, part->act, ending, name);
	if ((r = path_join(directory, name, path, sizeof(path))) != OK)
		return error_set(error, r, _("the path %.64s… is too long"), directory);
	if ((r = file_read(path, content, error)) != OK)
		return r;
	view = buffer_view(content);
	source = byte_source_over(&view);
	return part_proof_check(&part->proof, &commitment, &source, view.size, error);
}

static int show_content(const struct bundle *bundle, size_t index, const char *directory,
                        struct error *error)
{
	const struct bundle_part *part = &bundle->parts[index];
	const struct act *act = &bundle_act_at(bundle, part->act)->entry.act;
	struct opened_part opened = { .line = part->proof.line };
	struct buffer content;
	json_t *document;
	int r;

	if (part_role_of(opened.line.description.media_type) == PART_ATTACHMENT ||
	    opened.line.description.size > SHOWN_TEXT_MAXIMUM)
		return OK;
	buffer_init(&content, SHOWN_TEXT_MAXIMUM);
	if ((r = read_content(bundle, index, directory, &content, error)) == OK) {
		document = json_pack("{s:s}", "kind", act->kind->name);
		opened.content = buffer_view(&content);
		body_show_part(document, &opened);
		json_decref(document);
	}
	buffer_release(&content);
	return r;
}

static int show_parts(const struct bundle *bundle, const struct bundle_act *act,
                      const char *directory, struct error *error)
{
	int r = OK;

	for (size_t i = 0; i < bundle->text.part_count && r == OK; i++) {
		const struct bundle_part *part = &bundle->parts[i];
		const struct part_description *description = &part->proof.line.description;

		if (part->act.party != act->place.party || part->act.number != act->place.number)
			continue;
		list_item(_("part"), _("%zu of %" PRIu64 ": %s, %s, %" PRIu64 " bytes%s%s"),
		          part->proof.line.number, part->proof.part_count, description->name,
		          description->media_type, description->size,
		          description->standing == PART_TRANSLATION ? _("; a translation") : "",
		          description->standing == PART_AUTHENTIC ? _("; authentic text") : "");
		r = show_content(bundle, i, directory, error);
	}
	return r;
}

static int show_act(const struct bundle *bundle, const struct bundle_act *act,
                    const char *directory, struct error *error)
{
	char name[ACT_NAME_CAPACITY], logged[TIMESTAMP_CAPACITY];

	record_act_name(&bundle->state, act->place, name);
	timestamp_format(act->entry.logged, logged);
	printf("\n%s%s  %s%s\n", style(stdout, STYLE_STRONG), name, act->entry.act.kind->name,
	       style(stdout, STYLE_PLAIN));
	show_worth(bundle, act);
	show_signers(bundle, act);
	list_item(_("logged"), "%s", logged);
	if (act->is_subject || act->receipted)
		show_receipt(bundle, act);
	show_related(bundle, act);
	return show_parts(bundle, act, directory, error);
}

/* --- what is not shown ---------------------------------------------------------------- */

static void show_gap(const struct bundle *bundle, const struct bundle_gap *gap, const char *label)
{
	if (gap->count > 0)
		list_item(label, "%s (%" PRIu64 ")", _(bundle_gap_text(gap->kind)), gap->count);
	else
		list_item(label, "%s", _(bundle_gap_text(gap->kind)));
	if (gap->kind == BUNDLE_GAP_LATER)
		list_item(
		    "", "%s",
		    bundle->text.later_included
			? _("whoever made the bundle says that all such acts are in it, up to "
		            "its heads")
			: _("later ones are not shown, as the bundle itself says"));
}

static int show_gaps(const struct bundle *bundle, struct error *error)
{
	char name[ACT_NAME_CAPACITY], last[ACT_NAME_CAPACITY] = "";
	struct bundle_gap *gaps;
	size_t count;
	int r;

	if ((r = bundle_gaps(bundle, &gaps, &count)) != OK)
		return error_set(error, r, "%s", result_text(r));
	printf("\n%s\n", _("Not shown:"));
	for (size_t i = 0; i < count; i++) {
		if (bundle_gap_is_of_log(gaps[i].kind))
			snprintf(name, sizeof(name), "%s", party_of(bundle, gaps[i].place.party));
		else
			record_act_name(&bundle->state, gaps[i].place, name);
		show_gap(bundle, &gaps[i], strcmp(name, last) == 0 ? "" : name);
		memcpy(last, name, sizeof(last));
	}
	list_item(_("ever"), "%s", _("that a person read it, or agreed: a receipt is a machine's"));
	release_memory(gaps);
	return OK;
}

int bundle_show(const struct bundle *bundle, const struct bundle_report *report,
                const char *directory, struct error *error)
{
	const struct purpose_row *purpose = purpose_row_of(bundle->text.purpose);
	int r = OK;

	if (purpose != NULL && purpose->show != NULL)
		purpose->show(bundle);
	show_beginning(bundle);
	for (unsigned party = 0; party < 2; party++) {
		size_t first, end;

		bundle_acts_of(bundle, party, &first, &end);
		list_item(party == 0 ? _("entries") : "", _("%s: %zu of %" PRIu64),
		          party_of(bundle, party), end - first, bundle->text.sizes[party]);
	}
	list_item(_("files"), _("%" PRIu64 ", all accounted for"), report->files);
	for (size_t i = 0; i < bundle->act_count && r == OK; i++) {
		bool has_parts = false;

		for (size_t j = 0; j < bundle->text.part_count; j++)
			has_parts = has_parts ||
			            (bundle->parts[j].act.party == bundle->acts[i].place.party &&
			             bundle->parts[j].act.number == bundle->acts[i].place.number);
		if (bundle->acts[i].is_subject || has_parts)
			r = show_act(bundle, &bundle->acts[i], directory, error);
	}
	return r == OK ? show_gaps(bundle, error) : r;
}
