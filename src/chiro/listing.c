#include "listing.h"

#include <stdarg.h>
#include <time.h>

#include "act.h"
#include "moment.h"
#include "translate.h"

enum { LISTING_LEAST_INDENT = 4 };

/* A formatted text made visible, cut where it is too long; NUL-terminated. */
static void format_visible(char ret_text[LISTING_TEXT_CAPACITY], const char *format,
                           va_list arguments)
{
	static const char cut[] = " …";
	char raw[LISTING_TEXT_CAPACITY];
	struct buffer visible;
	int size = vsnprintf(raw, sizeof(raw), format, arguments);
	bool whole = size >= 0 && (size_t)size < sizeof(raw);

	buffer_init(&visible, LISTING_TEXT_CAPACITY - sizeof(cut));
	if (size < 0 || visible_text(&visible, bytes_of_string(raw), false) != OK)
		whole = false;
	snprintf(ret_text, LISTING_TEXT_CAPACITY, "%.*s%s", (int)visible.size,
	         visible.data != NULL ? (const char *)visible.data : "", whole ? "" : cut);
	buffer_release(&visible);
}

static void print_item(enum style wanted, const char *label, const char *text)
{
	size_t taken = display_width(bytes_of_string(label));
	size_t word = display_width(bytes_of(text, strcspn(text, " ")));
	unsigned indent = LISTING_LABEL_WIDTH;

	/* A word that is too long for its column gets a line of its own. */
	if (indent + word > terminal_width())
		indent = LISTING_LEAST_INDENT;
	fputs("  ", stdout);
	print_padded(stdout, label, LISTING_LABEL_WIDTH - 2);
	if (taken + 2 >= indent) {
		fputc('\n', stdout);
		print_padded(stdout, "", indent);
	}
	if (wanted != STYLE_PLAIN)
		fputs(style(stdout, wanted), stdout);
	print_hanging(stdout, indent, text);
	if (wanted != STYLE_PLAIN)
		fputs(style(stdout, STYLE_PLAIN), stdout);
}

void list_item(const char *label, const char *format, ...)
{
	char text[LISTING_TEXT_CAPACITY];
	va_list arguments;

	va_start(arguments, format);
	format_visible(text, format, arguments);
	va_end(arguments);
	print_item(STYLE_PLAIN, label, text);
}

void list_item_styled(enum style wanted, const char *label, const char *format, ...)
{
	char text[LISTING_TEXT_CAPACITY];
	va_list arguments;

	va_start(arguments, format);
	format_visible(text, format, arguments);
	va_end(arguments);
	print_item(wanted, label, text);
}

void list_strings(enum style wanted, const char *label, const json_t *strings)
{
	json_t *each;
	size_t i;

	json_array_foreach(strings, i, each)
	{
		if (json_is_string(each))
			list_item_styled(wanted, i == 0 ? label : "", "%s",
			                 json_string_value(each));
	}
}

void list_time(const char *label, timestamp moment)
{
	char text[MOMENT_CAPACITY];

	if (moment == 0)
		return;
	moment_show(moment, text);
	list_item(label, "%s", text);
}

void list_deadline(const char *label, timestamp deadline, timestamp now)
{
	char moment[MOMENT_CAPACITY], countdown[MOMENT_CAPACITY];

	if (deadline == 0)
		return;
	moment_show(deadline, moment);
	moment_countdown(deadline, now, countdown);
	list_item(label, "%s, %s", moment, countdown);
}

void short_time(timestamp moment, char ret_text[SHORT_TIME_CAPACITY])
{
	time_t seconds = (time_t)moment;
	struct tm utc;

	ret_text[0] = '\0';
	if (moment != 0 && gmtime_r(&seconds, &utc) != NULL)
		strftime(ret_text, SHORT_TIME_CAPACITY, "%Y-%m-%d %H:%M", &utc);
}

const char *word_for_people(const char *word)
{
	static const struct {
		const char *word, *text;
	} words[] = {
		/* states of a channel */
		{ "draft", N_("draft") },
		{ "acceded", N_("acceded to") },
		{ "in-force", N_("in force") },
		{ "suspended", N_("suspended") },
		{ "withdrawn", N_("withdrawn from") },
		{ "closed-by-one", N_("closed by one side") },
		{ "closed", N_("closed") },
		/* states of the link */
		{ "up", N_("up") },
		{ "down", N_("down") },
		{ "none", N_("none") },
		/* duties */
		{ "acknowledge", N_("acknowledgement") },
		{ "answer", N_("answer") },
		{ "update", N_("update") },
		{ "conclude", N_("conclusion") },
		{ "reveal", N_("opening of the list") },
		{ "receipt", N_("receipt") },
		{ "reading", N_("reading") },
		/* states of obligations */
		{ "open", N_("open") },
		{ "met", N_("met") },
		{ "overdue", N_("overdue") },
		/* states of matters */
		{ "retracted", N_("retracted") },
		{ "rejected", N_("rejected") },
		{ "notified", N_("notified") },
		{ "acknowledged", N_("acknowledged") },
		{ "updated", N_("updated") },
		{ "concluded", N_("concluded") },
		{ "tabled", N_("tabled") },
		{ "countered", N_("countered") },
		{ "accepted", N_("accepted") },
		{ "unconfirmed", N_("accepted, unconfirmed") },
		{ "in-effect", N_("in effect") },
		{ "performed-by-one", N_("performed, says one side") },
		{ "performed", N_("performed") },
		{ "denounced", N_("denounced") },
		{ "lapsed", N_("lapsed") },
		{ "convened", N_("convened") },
		{ "agreed", N_("agreed") },
		{ "recorded", N_("on record") },
		{ "held", N_("minutes to be agreed") },
		{ "minutes-agreed", N_("minutes agreed") },
		{ "minutes-rejected", N_("minutes rejected") },
		{ "requested", N_("requested") },
		{ "deferred", N_("deferred") },
		{ "partly-provided", N_("provided in part") },
		{ "provided", N_("provided") },
		{ "refused", N_("refused") },
		{ "not-held", N_("not held") },
		{ "silent", N_("silent") },
		{ "unsupported", N_("unsupported") },
		{ "supported", N_("supported") },
		{ "denied", N_("denied") },
		{ "admitted", N_("admitted") },
		{ "no-position", N_("no position") },
		{ "finding", N_("finding to be answered") },
		{ "found-jointly", N_("found jointly") },
		{ "found-divergent", N_("findings diverge") },
		{ "maintained", N_("maintained") },
		{ "dropped", N_("dropped") },
		{ "noted", N_("noted") },
		{ "adopted", N_("adopted") },
		{ "disowned", N_("disowned") },
		{ "declared", N_("declared") },
		{ "superseded", N_("superseded") },
		{ "asked", N_("asked") },
		{ "published", N_("published") },
		{ "published-unilaterally", N_("published without consent") },
		{ "checked", N_("claim to be answered") },
		{ "confirmed", N_("confirmed") },
		{ "rebutted", N_("rebutted") },
		{ "opened", N_("opened") },
		{ "match-only", N_("match-only") },
		{ "committed", N_("committed to, sealed") },
		{ "paired", N_("both committed: to be opened") },
		{ "revealed", N_("revealed") },
		{ "retired", N_("retired") },
		/* verdicts */
		{ "valid", N_("valid") },
		{ "void", N_("void") },
		/* faults of a body */
		{ "missing", N_("missing") },
		{ "unopenable", N_("does not open") },
		{ "mismatch", N_("does not match its act") },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return _(words[i].text);
	return word;
}

const char *reason_for_people(const json_t *act)
{
	const char *sentence = member_text(act, "reason_text");

	/* gettext answers an empty text with the header of the catalogue. */
	return sentence[0] != '\0' ? _(sentence) : member_text(act, "reason");
}

bool act_is_machinery(const json_t *act)
{
	const char *kind_word = member_text(act, "kind");
	const struct kind *kind = kind_by_name(bytes_of_string(kind_word));

	return kind != NULL &&
	       (kind->number == KIND_RECEIPT || kind->number == KIND_TEST ||
	        kind->number == KIND_ECHO) &&
	       strcmp(member_text(act, "verdict"), "valid") == 0;
}

int act_name_read(const char *name, char ret_party[PARTY_ID_CAPACITY], uint64_t *ret_number,
                  struct error *error)
{
	unsigned generation;

	if (act_name_parse(bytes_of_string(name), ret_party, &generation, ret_number) != OK)
		return error_set(error, ERROR_USAGE,
		                 _("'%.64s' is not the name of an act such as north-7"), name);
	return OK;
}
