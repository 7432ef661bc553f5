/* A bundle for scripts. */
#include "bundle_findings.h"
#include "bundle_listing.h"
#include "bundle_purposes.h"
#include "listing.h"

#include "allocate.h"

static json_t *name_json(const struct bundle *bundle, struct act_place place)
{
	char name[ACT_NAME_CAPACITY];

	record_act_name(&bundle->state, place, name);
	return json_string(name);
}

static json_t *time_json(timestamp time)
{
	char text[TIMESTAMP_CAPACITY];

	if (time == 0)
		return json_null();
	timestamp_format(time, text);
	return json_string(text);
}

static json_t *heads_json(const struct bundle *bundle)
{
	json_t *heads = json_object();

	for (unsigned party = 0; party < 2; party++) {
		const struct bundle_head *head = &bundle->heads[party];
		const struct act_place last = { party, head->checkpoint.size - 1 };
		const struct bundle_act *act = bundle_act_at(bundle, last);
		json_t *witnesses = json_array();

		for (size_t i = 0; i < bundle->state.charter->witness_count; i++)
			json_array_append_new(witnesses, time_json(head->witnessed_at[i]));
		json_object_set_new(
		    heads, record_party(&bundle->state, party),
		    json_pack(
			"{s:I,s:o,s:o,s:o,s:o}", "size", (json_int_t)head->checkpoint.size, "as_of",
			head->checkpoint.size > 0 ? name_json(bundle, last) : json_null(), "logged",
			time_json(act != NULL ? act->entry.logged : 0), "countersigned",
			time_json(head->countersigned_at), "witnessed", witnesses));
	}
	return heads;
}

static json_t *signers_json(const struct bundle *bundle, const struct bundle_act *act)
{
	json_t *signers = json_array();

	for (unsigned i = 0; i < act->entry.signature_count; i++) {
		const struct delegate *signer = bundle_signer(bundle, act, i);
		json_t *by = json_null();

		if (signer != NULL && signer->entry != UINT64_MAX)
			by = name_json(bundle,
			               (struct act_place){ act->place.party, signer->entry });
		json_array_append_new(
		    signers,
		    json_pack("{s:s,s:o,s:o}", "name",
		              i == 0 ? act->entry.act.author : act->entry.act.cosigner, "role",
		              signer != NULL ? json_string(role_name(signer->role)) : json_null(),
		              "accredited_by", by));
	}
	return signers;
}

static json_t *related_json(const struct bundle *bundle, const struct bundle_act *act)
{
	static const char *const relations[] = {
		[BUNDLE_UNRELATED] = "",        [BUNDLE_CORRECTS] = "corrects",
		[BUNDLE_RETRACTS] = "retracts", [BUNDLE_UPDATES] = "updates",
		[BUNDLE_RESEALS] = "reseals",   [BUNDLE_FAULTS] = "faults",
		[BUNDLE_ANSWERS] = "answers",
	};
	json_t *related = json_array();

	for (size_t i = 0; i < bundle->act_count; i++) {
		const struct bundle_act *other = &bundle->acts[i];
		enum bundle_relation relation = bundle_relation_to(act, other);

		if (relation != BUNDLE_UNRELATED)
			json_array_append_new(related,
			                      json_pack("{s:o,s:s,s:s,s:o,s:b}", "act",
			                                name_json(bundle, other->place), "kind",
			                                other->entry.act.kind->name, "relation",
			                                relations[relation], "logged",
			                                time_json(other->entry.logged),
			                                "void_by_word", other->void_by_word));
	}
	return related;
}

static json_t *parts_json(const struct bundle *bundle, struct act_place place)
{
	json_t *parts = json_array();

	for (size_t i = 0; i < bundle->text.part_count; i++) {
		const struct bundle_part *part = &bundle->parts[i];
		const struct part_description *description = &part->proof.line.description;

		if (part->act.party != place.party || part->act.number != place.number)
			continue;
		json_array_append_new(parts, json_pack("{s:I,s:I,s:s,s:s,s:s,s:s,s:I}", "part",
		                                       (json_int_t)part->proof.line.number, "of",
		                                       (json_int_t)part->proof.part_count, "name",
		                                       description->name, "media_type",
		                                       description->media_type, "language",
		                                       description->language, "standing",
		                                       part_standing_text(description->standing),
		                                       "size", (json_int_t)description->size));
	}
	return parts;
}

static json_t *act_json(const struct bundle *bundle, const struct bundle_act *act)
{
	const struct bundle_text *text = &bundle->text;
	bool is_void = act->verdict.code == VERDICT_VOID;

	return json_pack(
	    "{s:o,s:s,s:s,s:b,s:o,s:o,s:o,s:o,s:b,s:b,s:b,s:b,s:s,s:o,s:o}", "act",
	    name_json(bundle, act->place), "party", record_party(&bundle->state, act->place.party),
	    "kind", act->entry.act.kind->name, "subject", act->is_subject, "signers",
	    signers_json(bundle, act), "logged", time_json(act->entry.logged), "receipt",
	    act->receipted ? name_json(bundle, act->receipt) : json_null(), "void",
	    is_void ? json_string(void_reason_name(act->verdict.reason)) : json_null(),
	    "void_shown", is_void && !act->void_by_word, "disputed",
	    bundle_is_disputed(bundle, act) ||
		bundle_places_have(text->disputed, text->disputed_count, act->place),
	    "faulted",
	    bundle_is_faulted(bundle, act) ||
		bundle_places_have(text->faulted, text->faulted_count, act->place),
	    "exercise", act->entry.act.exercise, "marking", act->entry.act.marking, "related",
	    related_json(bundle, act), "parts", parts_json(bundle, act->place));
}

static json_t *gaps_json(const struct bundle *bundle)
{
	json_t *list = json_array();
	struct bundle_gap *gaps;
	size_t count;

	if (bundle_gaps(bundle, &gaps, &count) != OK) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const struct bundle_gap *gap = &gaps[i];
		bool of_log = bundle_gap_is_of_log(gap->kind);

		json_array_append_new(
		    list, json_pack("{s:s,s:s,s:o,s:I}", "what", bundle_gap_name(gap->kind),
		                    "party", record_party(&bundle->state, gap->place.party), "act",
		                    of_log ? json_null() : name_json(bundle, gap->place), "count",
		                    (json_int_t)gap->count));
	}
	release_memory(gaps);
	return list;
}

json_t *bundle_document(const struct bundle *bundle, const struct bundle_report *report)
{
	const struct purpose_row *purpose = purpose_row_of(bundle->text.purpose);
	json_t *acts = json_array(), *document;

	for (size_t i = 0; i < bundle->act_count; i++)
		json_array_append_new(acts, act_json(bundle, &bundle->acts[i]));
	document = json_pack("{s:b,s:n,s:s,s:s,s:o,s:b,s:s,s:o,s:o,s:I}", "intact", 1, "damage",
	                     "purpose", bundle->text.purpose, "channel", bundle->text.channel,
	                     "logs", heads_json(bundle), "whole", bundle->whole, "later",
	                     bundle->text.later_included ? "included" : "not-shown", "acts", acts,
	                     "not_shown", gaps_json(bundle), "files", (json_int_t)report->files);
	if (document != NULL && purpose != NULL && purpose->describe != NULL)
		purpose->describe(bundle, document);
	return document;
}
