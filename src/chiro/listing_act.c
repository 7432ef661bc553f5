/* Acts and obligations in lists. */
#include <inttypes.h>
#include <stdarg.h>

#include "listing.h"
#include "moment.h"
#include "translate.h"

/* Widths that leave room for an author on 60 columns. */
enum { NAME_WIDTH = 12, KIND_WIDTH = 13, TIME_WIDTH = 18, REMARKS_MAXIMUM = 2048 };

/* What there is to say of an act, joined by ` · `. */
struct remarks {
	struct buffer text;
};

static void remark(struct remarks *remarks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void remark(struct remarks *remarks, const char *format, ...)
{
	char one[512];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(one, sizeof(one), format, arguments);
	va_end(arguments);
	/* What does not fit is left out: show tells everything. */
	if (size < 0 ||
	    (remarks->text.size > 0 && buffer_put_string(&remarks->text, " · ") != OK) ||
	    visible_text(&remarks->text, bytes_of_string(one), false) != OK)
		return;
}

static void print_remarks(struct remarks *remarks, unsigned indent)
{
	if (remarks->text.size > 0 && buffer_put_u8(&remarks->text, 0) == OK)
		print_wrapped(stdout, indent, (const char *)remarks->text.data);
	buffer_release(&remarks->text);
}

static void print_column(const char *text, size_t width)
{
	struct buffer visible;

	buffer_init(&visible, LISTING_TEXT_CAPACITY);
	if (visible_text(&visible, bytes_of_string(text), false) == OK &&
	    buffer_put_u8(&visible, 0) == OK)
		print_padded(stdout, (const char *)visible.data, width - 1);
	buffer_release(&visible);
	fputc(' ', stdout);
}

static void remark_time(struct remarks *remarks, const char *format, timestamp moment)
{
	char text[SHORT_TIME_CAPACITY];

	if (moment == 0)
		return;
	short_time(moment, text);
	remark(remarks, "%s %sZ", format, text);
}

static void remark_name(struct remarks *remarks, const char *what, const char *name)
{
	if (name != NULL)
		remark(remarks, "%s %s", what, name);
}

void stamp_for_people(const json_t *stamp, char ret_text[STAMP_TEXT_CAPACITY])
{
	static const struct {
		const char *form, *text;
	} forms[] = {
		{ "checkpoint", N_("%s was seen with %" PRIu64 " entries by %s at %s") },
		{ "certificate", N_("%s was deposited up to %" PRIu64 " entries with %s at %s") },
		{ "answer", N_("of %s no more than %" PRIu64 " entries were held by %s at %s") },
	};
	char time[MOMENT_CAPACITY];

	ret_text[0] = '\0';
	moment_show(member_time(stamp, "time"), time);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(member_text(stamp, "form"), forms[i].form) == 0)
			snprintf(ret_text, STAMP_TEXT_CAPACITY, _(forms[i].text),
			         member_text(stamp, "log"), member_number(stamp, "size"),
			         member_text(stamp, "neutral"), time);
}

/* What stamps make of an act, and what a stamp says. */
static void remark_stamps(struct remarks *remarks, const json_t *act)
{
	const json_t *stamp = member(act, "stamp");
	const char *acceptance = member_text(act, "acceptance");
	char said[STAMP_TEXT_CAPACITY];

	if (stamp != NULL) {
		stamp_for_people(stamp, said);
		remark(remarks, "%s", said);
		if (member_true(stamp, "late"))
			remark(remarks, "%s", _("too late to start clocks"));
		if (member_string(stamp, "denied_by") != NULL)
			remark(remarks, _("DENIED by %s"), member_text(stamp, "denied_by"));
	}
	if (strcmp(acceptance, "unconfirmed") == 0)
		remark(remarks, "%s", _("UNCONFIRMED: nothing proves that it was in time"));
	if (strcmp(acceptance, "stamped") == 0)
		remark_name(remarks, _("confirmed by"), member_string(act, "proved_by"));
	if (!member_true(act, "receipted"))
		remark_name(remarks, _("deemed received by"), member_string(act, "deemed_by"));
}

const char *amendment_for_people(const json_t *act)
{
	static const struct {
		const char *name, *text;
	} states[] = {
		{ "open", N_("charter %llu, if the other side completes it") },
		{ "waits", N_("charter %llu; it waits: the other amendment comes first") },
		{ "completed", N_("charter %llu, completed by both sides") },
		{ "retracted", N_("charter %llu, taken back") },
		{ "lapsed", N_("charter %llu, but another one came into force") },
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(member_text(act, "amendment"), states[i].name) == 0)
			return _(states[i].text);
	return NULL;
}

/* An amendment is always of the charter by which it was judged. */
static void remark_amendment(struct remarks *remarks, const json_t *act)
{
	const char *text = amendment_for_people(act);

	if (text != NULL)
		remark(remarks, text, (unsigned long long)member_number(act, "charter") + 1);
}

void list_act(const json_t *act)
{
	const char *matter = member_string(act, "matter");
	const char *name = member_text(act, "name");
	bool is_void = strcmp(member_text(act, "verdict"), "void") == 0;
	struct remarks remarks;
	char logged[SHORT_TIME_CAPACITY];

	short_time(member_time(act, "logged"), logged);
	fputs(style(stdout, is_void ? STYLE_FAINT : STYLE_STRONG), stdout);
	print_column(name, NAME_WIDTH);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	print_column(member_text(act, "kind"), KIND_WIDTH);
	print_column(logged, TIME_WIDTH);
	put_visible(stdout, bytes_of_string(member_text(act, "author")), false);
	fputc('\n', stdout);

	buffer_init(&remarks.text, REMARKS_MAXIMUM);
	if (is_void)
		remark(&remarks, _("VOID: %s"), reason_for_people(act));
	if (member_true(act, "exercise"))
		remark(&remarks, "%s", _("EXERCISE"));
	if (matter != NULL && strcmp(matter, name) != 0)
		remark(&remarks, _("in %s"), matter);
	remark_name(&remarks, _("answers"), member_string(act, "answers"));
	remark_name(&remarks, _("about"), member_string(act, "target"));
	remark_name(&remarks, _("with"), member_string(act, "cosigner"));
	if (member_string(act, "precedence") != NULL)
		remark(&remarks, "%s", member_text(act, "precedence"));
	if (member_string(act, "marking") != NULL)
		remark(&remarks, "%s", member_text(act, "marking"));
	remark_time(&remarks, _("due"), member_time(act, "due"));
	remark_time(&remarks, _("expires"), member_time(act, "expires"));
	if (member_true(act, "eyes_heads"))
		remark(&remarks, "%s", _("eyes heads"));
	else if (member_true(act, "has_body"))
		remark(&remarks, "%s", _("with body"));
	if (member_true(act, "disputed"))
		remark(&remarks, "%s", _("DISPUTED: its author was recalled from before it"));
	if (member_string(act, "fault") != NULL)
		remark(&remarks, _("body %s"), word_for_people(member_text(act, "fault")));
	remark_name(&remarks, _("sealed anew by"), member_string(act, "resealed_by"));
	if (member_true(act, "retracted"))
		remark(&remarks, "%s", _("retracted"));
	remark_name(&remarks, _("acknowledged by"), member_string(act, "acknowledged_by"));
	remark_name(&remarks, _("answered by"), member_string(act, "answered_by"));
	if (!member_true(act, "receipted") && !is_void)
		remark(&remarks, "%s", _("not receipted yet"));
	remark_amendment(&remarks, act);
	remark_stamps(&remarks, act);
	print_remarks(&remarks, NAME_WIDTH);
}

/* By when, and how far off that is. */
static void remark_deadline(struct remarks *remarks, timestamp deadline, timestamp now, bool deemed)
{
	char until[MOMENT_CAPACITY], countdown[MOMENT_CAPACITY];

	moment_countdown(deadline, now, countdown);
	moment_show(deadline, until);
	remark(remarks, "%s", countdown);
	remark(remarks, "%s", until);
	if (deemed)
		remark(remarks, "%s", _("by deemed receipt"));
}

/* Who asks, and how urgently. */
static void remark_asker(struct remarks *remarks, const json_t *owed)
{
	if (member_string(owed, "precedence") != NULL)
		remark(remarks, "%s", member_text(owed, "precedence"));
	if (member_string(owed, "author") != NULL)
		remark(remarks, _("from %s"), member_text(owed, "author"));
	if (member_true(owed, "author_left"))
		remark(remarks, "%s", _("who holds no authority any more"));
	if (member_true(owed, "disputed"))
		remark(remarks, "%s", _("DISPUTED: its author was recalled from before it"));
}

/* Name and kind of an act, and what is owed, in a line. */
static void print_owed(const json_t *owed, bool late)
{
	fputs(style(stdout, late ? STYLE_BAD : STYLE_STRONG), stdout);
	print_column(member_text(owed, "act"), NAME_WIDTH);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	print_column(member_text(owed, "kind"), KIND_WIDTH);
	put_visible(stdout, bytes_of_string(word_for_people(member_text(owed, "what"))), false);
	fputc('\n', stdout);
}

void list_obligation(const json_t *obligation, timestamp now)
{
	const char *state = member_text(obligation, "state");
	timestamp deadline = member_time(obligation, "deadline");
	struct remarks remarks;

	print_owed(obligation, strcmp(state, "overdue") == 0);
	buffer_init(&remarks.text, REMARKS_MAXIMUM);
	if (strcmp(state, "met") == 0) {
		remark(&remarks, "%s", word_for_people(state));
		remark_name(&remarks, _("by"), member_string(obligation, "met_by"));
	} else if (deadline == 0) {
		remark(&remarks, "%s", _("its clock has not started"));
	} else {
		remark_deadline(&remarks, deadline, now, member_true(obligation, "deemed"));
	}
	remark_asker(&remarks, obligation);
	print_remarks(&remarks, NAME_WIDTH);
}

/* What a receipt is awaited for: since when, and when it is deemed. */
static void remark_receipt(struct remarks *remarks, const json_t *item, timestamp now)
{
	timestamp logged = member_time(item, "logged"),
		  deemed = member_time(item, "deemed_receipt");
	char text[MOMENT_CAPACITY];

	moment_span(now > logged ? now - logged : 0, text);
	remark(remarks, _("logged %s ago"), text);
	if (deemed == 0)
		return;
	moment_show(deemed, text);
	remark(remarks, deemed <= now ? _("deemed received %s") : _("deemed received from %s on"),
	       text);
}

void list_agenda_item(const json_t *item, timestamp now)
{
	const char *state = member_text(item, "state"), *what = member_text(item, "what");
	const char *matter = member_string(item, "matter");
	timestamp deadline = member_time(item, "deadline");
	bool receipt = strcmp(what, "receipt") == 0;
	struct remarks remarks;

	print_owed(item, strcmp(state, "overdue") == 0 || strcmp(state, "silent") == 0 ||
	                     strcmp(state, "withheld") == 0);
	buffer_init(&remarks.text, REMARKS_MAXIMUM);
	if (member_true(item, "exercise"))
		remark(&remarks, "%s", _("EXERCISE"));
	if (receipt)
		remark_receipt(&remarks, item, now);
	else if (strcmp(state, "waiting") == 0)
		remark(&remarks, "%s", _("its clock has not started"));
	else if (deadline != 0)
		remark_deadline(&remarks, deadline, now, member_true(item, "deemed"));
	if (strcmp(state, "deferred") == 0)
		remark(&remarks, "%s", word_for_people(state));
	if (member_string(item, "refused_by") != NULL)
		remark(&remarks, _("refused by %s: %s"), member_text(item, "refused_by"),
		       member_text(item, "reason"));
	if (!receipt)
		remark_time(&remarks, _("expires"), member_time(item, "expires"));
	if (matter != NULL && strcmp(matter, member_text(item, "act")) != 0)
		remark(&remarks, _("in %s"), matter);
	remark_asker(&remarks, item);
	print_remarks(&remarks, NAME_WIDTH);
}

void list_owner(const json_t *item, const char *own)
{
	char text[128];

	if (strcmp(member_text(item, "owed_by"), own) == 0)
		snprintf(text, sizeof(text), "%s", _("owed by us"));
	else
		snprintf(text, sizeof(text), _("owed by %.64s"), member_text(item, "owed_by"));
	print_wrapped(stdout, NAME_WIDTH, text);
}

void list_pending_act(const json_t *pending, timestamp now)
{
	timestamp expires = member_time(pending, "expires");
	struct remarks remarks;
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, member_number(pending, "number"));
	fputs(style(stdout, STYLE_STRONG), stdout);
	print_column(number, NAME_WIDTH);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	print_column(member_text(pending, "kind"), KIND_WIDTH);
	put_visible(stdout, bytes_of_string(member_text(pending, "author")), false);
	fputc('\n', stdout);
	buffer_init(&remarks.text, REMARKS_MAXIMUM);
	if (expires != 0)
		remark_deadline(&remarks, expires, now, false);
	print_remarks(&remarks, NAME_WIDTH);
}
