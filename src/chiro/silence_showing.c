#include "silence_showing.h"

#include <inttypes.h>

#include "moment.h"
#include "terminal.h"
#include "translate.h"

/* --- a certificate --------------------------------------------------------------- */

void silence_show(const struct bundle *bundle)
{
	struct silence_statement statement;
	struct silence silence;
	struct buffer page;

	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	if (bundle_silence(bundle, &statement, &silence, NULL) == OK &&
	    silence_page_print(&silence, bundle->state.charter, statement.language, &page) == OK) {
		put_visible(stdout, buffer_view(&page), true);
		putchar('\n');
	}
	buffer_release(&page);
}

static void set_time(json_t *object, const char *name, timestamp time)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format(time, text);
	json_object_set_new(object, name, time == 0 ? json_null() : json_string(text));
}

static void set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, *text == '\0' ? json_null() : json_string(text));
}

static const char *late_name(const struct silence *silence)
{
	static const char *const names[] = {
		[SILENCE_BY_STAMP] = "stamp",
		[SILENCE_BY_ENTRY] = "entry",
		[SILENCE_BY_CLOSE] = "close",
	};

	return silence->head_size == 0 ? "" : names[silence->late];
}

json_t *silence_document(const struct silence *silence, const struct charter *charter)
{
	json_t *object = json_pack(
	    "{s:s,s:s,s:s}", "verdict", silence_verdict_name(silence->verdict), "form",
	    silence_form_name(silence->form), "duty", obligation_duty_name(silence->duty));

	set_text(object, "act", silence->name);
	set_text(object, "silent", charter->parties[silence->silent].id);
	set_text(object, "answered_by", silence->answered_by);
	set_time(object, "answered", silence->answered);
	set_time(object, "started", silence->started);
	set_text(object, "started_by", silence->started_by);
	json_object_set_new(object, "deemed", json_boolean(silence->deemed));
	set_time(object, "deadline", silence->deadline);
	set_text(object, "late", late_name(silence));
	set_text(object, "late_by", silence->late_by);
	set_time(object, "late_time", silence->late_time);
	json_object_set_new(object, "head_size", json_integer((json_int_t)silence->head_size));
	return object;
}

void silence_describe(const struct bundle *bundle, json_t *document)
{
	struct silence_statement statement;
	struct silence silence;

	if (bundle_silence(bundle, &statement, &silence, NULL) == OK)
		json_object_set_new(document, "silence",
		                    silence_document(&silence, bundle->state.charter));
}

/* --- none ------------------------------------------------------------------------- */

static void advise_on_late_head(const struct silence *silence, const struct charter *charter)
{
	const char *silent = charter->parties[silence->silent].id;

	if (charter->witness_count == 0 && charter->depositary.size == 0)
		advise(
		    _("The charter names no witness and no depositary: only an entry of %s "
		      "itself can show that. 'chiro test' asks its node to log one; as long as it "
		      "logs nothing, nothing is proved."),
		    silent);
	else
		advise(_("What is needed is a head of the log of %s that a witness or the "
		         "depositary of the charter has cosigned after the deadline, put on "
		         "record by a stamp. The node asks for it by itself: 'chiro status' shows "
		         "whether they answer, 'chiro log' the stamp when it is there. A neutral "
		         "that holds more of that log than we do cosigns nothing less: the answer "
		         "may then be on its way."),
		       silent);
}

static void advise_on_clock(const struct silence *silence, const struct charter *charter)
{
	const char *silent = charter->parties[silence->silent].id;

	if (charter->depositary.size == 0)
		advise(_("The charter names no depositary: against a side that gives no receipt "
		         "nothing is proved. 'chiro pack' gets the act to %s by another way."),
		       silent);
	else
		advise(_("The node leaves with the depositary what %s does not receipt. Its "
		         "certificate, once it is stamped, and the charter's allowance count as "
		         "receipt: 'chiro show %s' says how far that is."),
		       silent, silence->name);
}

static void advise_on_due(const struct silence *silence, const struct charter *charter,
                          timestamp now)
{
	bool has_neutral = charter->witness_count > 0 || charter->depositary.size > 0;
	char moment[MOMENT_CAPACITY], left[MOMENT_CAPACITY];

	moment_show(silence->deadline, moment);
	moment_countdown(silence->deadline, now, left);
	advise(has_neutral
	           ? _("It is due by %s, %s. After that a later head of the silent side's log is "
	               "needed: the node has a neutral look at it by itself.")
	           : _("It is due by %s, %s. After that a later entry of the silent side's log is "
	               "needed: 'chiro test' asks its node to log one."),
	       moment, left);
}

static void advise_on_answer(const struct silence *silence)
{
	char moment[MOMENT_CAPACITY];

	moment_show(silence->answered, moment);
	advise(silence->answered > silence->deadline && silence->deadline != 0
	           ? _("The answer is %s, logged %s, after the deadline: it is late, and it is "
	               "there.")
	           : _("The answer is %s, logged %s."),
	       silence->answered_by, moment);
}

void silence_refusal_show(const struct silence *silence, const struct charter *charter,
                          timestamp now)
{
	complain(_("nothing is certified about %s: %s"), silence->name,
	         _(silence_verdict_text(silence->verdict)));
	switch (silence->verdict) {
	case SILENCE_ANSWERED:
		advise_on_answer(silence);
		break;
	case SILENCE_VOID_ACT:
		advise("%s", _(void_reason_text(silence->void_reason)));
		break;
	case SILENCE_NO_CLOCK:
		advise_on_clock(silence, charter);
		break;
	case SILENCE_NOT_DUE:
		advise_on_due(silence, charter, now);
		break;
	case SILENCE_NO_LATE_HEAD:
		advise_on_late_head(silence, charter);
		break;
	case SILENCE_OWN_LOG_TOO_EARLY:
		advise(_("Any entry that its author logs after the deadline will do: 'chiro test' "
		         "logs one."));
		break;
	case SILENCE_FAULT:
		advise(_("'chiro act reseal' sends the body sealed anew; the clock then begins "
		         "again."));
		break;
	default:
		break;
	}
}

/* --- what it reveals ---------------------------------------------------------------- */

static uint64_t count_of(const struct bundle_text *text, unsigned party)
{
	uint64_t count = 0;

	for (size_t i = 0; i < text->range_count; i++)
		if (text->ranges[i].party == party)
			count += text->ranges[i].last - text->ranges[i].first + 1;
	return count;
}

void silence_revealed_show(enum silence_form form, const struct bundle_text *text,
                           const struct charter *charter)
{
	fprintf(stderr, "%s\n", _("Whoever gets this certificate sees, besides the charter:"));
	for (unsigned party = 0; party < 2; party++)
		fprintf(stderr, _("  of the log of %s %" PRIu64 " of %" PRIu64 " entries\n"),
		        charter->parties[party].id, count_of(text, party), text->sizes[party]);
	print_wrapped(stderr, 0,
	              form == SILENCE_WHOLE
	                  ? _("That is both logs: of every act who signed it, when, of what kind "
	                      "and in what matter, what it answers, its fields. No body is in "
	                      "it, so nothing of what was said there.")
	                  : _("Of each of these: who signed it, when, of what kind and in what "
	                      "matter, what it answers, its fields. No body is in it, so nothing "
	                      "of what was said there. With --whole both logs are shown, and "
	                      "nothing that matters is left open."));
}
