#include "record_listing.h"

#include <inttypes.h>

#include "listing.h"
#include "sentences.h"
#include "translate.h"

static const char *const gap_names[RECORD_GAP_KIND_COUNT] = {
	[RECORD_GAP_EMPTY_LOG] = "empty-log",
	[RECORD_GAP_NOT_COUNTERSIGNED] = "not-countersigned",
	[RECORD_GAP_EARLIER_KEY] = "earlier-key",
	[RECORD_GAP_WITNESSES] = "witnesses",
	[RECORD_GAP_UNKNOWN_KINDS] = "unknown-kinds",
	[RECORD_GAP_BODIES_SEALED] = "bodies-sealed",
	[RECORD_GAP_BODIES_ABSENT] = "bodies-absent",
	[RECORD_GAP_BODIES_DESTROYED] = "bodies-destroyed",
	[RECORD_GAP_BODIES_FAULTED] = "bodies-faulted",
	[RECORD_GAP_DISPUTED] = "disputed",
};

/* Bytes of a file name may be anything; JSON has only UTF-8. */
static json_t *visible_json(const char *text)
{
	struct buffer visible;
	json_t *value = NULL;

	buffer_init(&visible, LISTING_TEXT_CAPACITY);
	if (visible_text(&visible, bytes_of_string(text), false) == OK)
		value = json_stringn((const char *)visible.data, visible.size);
	buffer_release(&visible);
	return value != NULL ? value : json_string("");
}

static json_t *damage_document(const struct record_damage *damage)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o}", "code", api_result_name(damage->code), "file",
	                 visible_json(damage->file), "offset",
	                 damage->has_offset ? json_integer((json_int_t)damage->offset)
	                                    : json_null(),
	                 "act", damage->act[0] != '\0' ? json_string(damage->act) : json_null(),
	                 "reason", visible_json(damage->reason));
}

static json_t *stamps_document(const struct record_report *report, size_t party)
{
	const uint64_t *stamps = report->stamps[party];

	return json_pack("{s:I,s:I,s:I,s:I}", "checkpoint", (json_int_t)stamps[STAMP_CHECKPOINT],
	                 "certificate", (json_int_t)stamps[STAMP_CERTIFICATE], "answer",
	                 (json_int_t)stamps[STAMP_ANSWER], "denied",
	                 (json_int_t)report->denied[party]);
}

static json_t *logs_document(const struct record_report *report)
{
	json_t *logs = json_object();

	for (size_t i = 0; i < 2; i++) {
		char logged[TIMESTAMP_CAPACITY];
		json_t *log;

		if (report->parties[i][0] == '\0')
			continue;
		timestamp_format(report->logged[i], logged);
		log = json_pack(
		    "{s:I,s:I,s:o,s:o,s:o}", "size", (json_int_t)report->sizes[i], "void",
		    (json_int_t)report->void_count[i], "stamps", stamps_document(report, i),
		    "as_of",
		    report->as_of[i][0] != '\0' ? json_string(report->as_of[i]) : json_null(),
		    "logged", report->as_of[i][0] != '\0' ? json_string(logged) : json_null());
		json_object_set_new(logs, report->parties[i], log);
	}
	return logs;
}

json_t *record_report_document(const struct record_report *report)
{
	json_t *gaps = json_array();
	json_t *document = json_object();

	for (size_t i = 0; i < report->gap_count; i++) {
		const struct record_gap *gap = &report->gaps[i];

		json_array_append_new(gaps, json_pack("{s:s,s:s,s:I}", "what", gap_names[gap->kind],
		                                      "party", report->parties[gap->party], "count",
		                                      (json_int_t)gap->count));
	}
	json_object_set_new(document, "intact", json_boolean(report->intact));
	json_object_set_new(document, "damage",
	                    report->intact ? json_null() : damage_document(&report->damage));
	json_object_set_new(document, "channel",
	                    report->channel[0] != '\0' ? json_string(report->channel)
	                                               : json_null());
	json_object_set_new(document, "state",
	                    report->intact ? json_string(channel_state_name(report->state))
	                                   : json_null());
	json_object_set_new(document, "charter",
	                    report->intact ? json_integer((json_int_t)report->charter)
	                                   : json_null());
	json_object_set_new(document, "logs", logs_document(report));
	json_object_set_new(document, "files", json_integer((json_int_t)report->files));
	json_object_set_new(document, "not_checked", gaps);
	return document;
}

static void show_damage(const char *what, const struct record_damage *damage)
{
	printf("%s%s%s\n", style(stdout, STYLE_BAD), what, style(stdout, STYLE_PLAIN));
	list_item(_("file"), "%s", damage->file);
	if (damage->has_offset)
		list_item(_("byte"), "%" PRIu64, damage->offset);
	if (damage->act[0] != '\0')
		list_item(_("act"), "%s", damage->act);
	list_item(_("reason"), "%s", sentence_for_people(damage->reason));
}

void record_damage_show(const struct record_damage *damage)
{
	show_damage(_("The record is damaged."), damage);
}

void bundle_damage_show(const struct record_damage *damage)
{
	show_damage(_("The bundle is damaged: it shows nothing."), damage);
}

json_t *bundle_damage_document(const struct record_damage *damage)
{
	return json_pack("{s:b,s:o}", "intact", 0, "damage", damage_document(damage));
}

void record_gaps_show(const struct record_report *report)
{
	for (size_t i = 0; i < report->gap_count; i++) {
		const struct record_gap *gap = &report->gaps[i];

		if (i == 0)
			puts(_("Not checked, or not shown by it:"));
		if (gap->count > 0)
			list_item(report->parties[gap->party], "%s (%" PRIu64 ")",
			          _(record_gap_text(gap->kind)), gap->count);
		else
			list_item(report->parties[gap->party], "%s", _(record_gap_text(gap->kind)));
	}
}
