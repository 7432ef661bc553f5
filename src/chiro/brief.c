#include "brief.h"

#include "agenda_view.h"
#include "body_of_act.h"
#include "listing.h"
#include "moment.h"
#include "terminal.h"
#include "translate.h"

enum {
	SECTION_ROWS = 8, /* what is named of a section; the rest is counted */
	SUBJECT_CAPACITY = 160,
	ROW_CAPACITY = 600,
	PAGE = 500,
	DAY_CAPACITY = 11 /* `2026-11-22` */
};

/* --- what is named ------------------------------------------------------------------- */

struct brief {
	struct node *node;
	const struct brief_options *options;
	struct page *page;
	json_t *matters; /* all of them */
};

struct name {
	const char *word, *text;
};

static const struct name matter_names[] = {
	{ "meeting", N_("meeting") },     { "incident", N_("incident") },
	{ "request", N_("request") },     { "allegation", N_("allegation") },
	{ "statement", N_("statement") }, { "proposal", N_("proposal") },
	{ "list", N_("list") },           { "declaration", N_("declaration") },
	{ "leak", N_("leak") },           { "publication", N_("publication") },
};

/* What asks for something, as a head calls it. */
static const struct name act_names[] = {
	{ "amend", N_("amendment of the charter") },
	{ "convene", N_("invitation to a meeting") },
	{ "minutes", N_("minutes") },
	{ "notify", N_("notification of an incident") },
	{ "request", N_("request") },
	{ "allege", N_("allegation") },
	{ "find", N_("finding") },
	{ "note-public", N_("public statement") },
	{ "propose", N_("proposal") },
	{ "counter", N_("counter-proposal") },
	{ "list", N_("list") },
	{ "reveal", N_("list that was opened") },
	{ "update-list", N_("change of a list") },
	{ "retire-list", N_("retirement of a list") },
	{ "query", N_("question to a list") },
	{ "protest", N_("protest against a leak") },
	{ "ask-release", N_("request to publish") },
	{ "communique", N_("communiqué") },
	{ "press-check", N_("claim of the press") },
};

#define NAME_OF(names, word) name_of(names, sizeof(names) / sizeof((names)[0]), word)

static const char *name_of(const struct name *names, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i].word, word) == 0)
			return _(names[i].text);
	return word;
}

/* The subject of a body, or how its first paragraph begins, in the page's language where
 * there is one. */
static void take_subject(const struct opened_body *body, char ret_subject[SUBJECT_CAPACITY])
{
	const struct opened_part *chosen = NULL;
	struct bytes text, line;

	for (size_t i = 0; i < body->count; i++) {
		const struct opened_part *part = &body->parts[i];
		const char *language = part->line.description.language;
		enum part_role role = part_role_of(part->line.description.media_type);
		bool better = chosen == NULL;

		if (role != PART_SUBJECT && role != PART_PARAGRAPH)
			continue;
		if (!better && role == PART_SUBJECT)
			better = part_role_of(chosen->line.description.media_type) !=
			             PART_SUBJECT ||
			         (language[0] != '\0' && terminal_speaks(language));
		if (better)
			chosen = part;
	}
	ret_subject[0] = '\0';
	if (chosen == NULL)
		return;
	text = chosen->content;
	bytes_cut(&text, '\n', &line);
	visible_copy(line, ret_subject, SUBJECT_CAPACITY);
}

/* Of an act; "" where it has no body that opens here. */
static void subject_of(struct brief *brief, const char *name, char ret_subject[SUBJECT_CAPACITY])
{
	const char *identity;
	struct opened_body body;
	json_t *act = NULL;

	ret_subject[0] = '\0';
	if (!brief->options->subjects ||
	    api_get(brief->node->api, &act, NULL, "/v1/channels/%s/acts/%s",
	            brief->node->channel.id, name) != OK)
		return;
	identity = member_true(act, "eyes_heads") ? brief->options->identity : NULL;
	if (member_true(act, "has_body") &&
	    body_of_act_open(brief->node, act, identity, &body, NULL) == OK) {
		take_subject(&body, ret_subject);
		opened_body_release(&body);
	}
	json_decref(act);
}

static void day_of(timestamp time, char ret_day[DAY_CAPACITY])
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format(time, text);
	snprintf(ret_day, DAY_CAPACITY, "%.10s", text);
}

static void put_row(struct brief *brief, const char *act, const char *matter, const char *says)
{
	char subject[SUBJECT_CAPACITY];

	subject_of(brief, matter, subject);
	if (subject[0] != '\0')
		page_row(brief->page, act, "%s – %s", says, subject);
	else
		page_row(brief->page, act, "%s", says);
}

static void put_rest(struct brief *brief, size_t count)
{
	if (count > 0)
		page_note(brief->page, ngettext("… and %zu more", "… and %zu more", count), count);
}

/* --- the agenda ----------------------------------------------------------------------- */

static const struct {
	const char *heading;
	enum agenda_section sections[3]; /* SECTION_COUNT: no more */
} agenda_parts[] = {
	{ N_("Owed by us"), { SECTION_WE_ARE_LATE, SECTION_WE_OWE, SECTION_COUNT } },
	{ N_("Owed by them"), { SECTION_OVERDUE, SECTION_THEY_OWE, SECTION_DEFERRED } },
	{ N_("Silences"), { SECTION_SILENT, SECTION_WITHHELD, SECTION_COUNT } },
	{ N_("Refused"), { SECTION_REFUSED, SECTION_COUNT, SECTION_COUNT } },
};

static void put_agenda_item(struct brief *brief, const json_t *item)
{
	char deadline[MOMENT_CAPACITY], day[DAY_CAPACITY], says[ROW_CAPACITY];
	timestamp due = member_time(item, "deadline");
	const char *what = word_for_people(member_text(item, "what"));
	const char *state = word_for_people(member_text(item, "state"));
	const char *kind = NAME_OF(act_names, member_text(item, "kind"));
	const char *matter = member_string(item, "matter");

	if (due != 0) {
		day_of(due, day);
		moment_countdown(due, brief->options->now, deadline);
		snprintf(says, sizeof(says), "%s: %s, %s (%s)", kind, what, day, deadline);
	} else {
		snprintf(says, sizeof(says), "%s: %s, %s", kind, what, state);
	}
	put_row(brief, member_text(item, "act"), matter != NULL ? matter : member_text(item, "act"),
	        says);
}

static void put_agenda_part(struct brief *brief, const struct agenda_channel *channel, size_t part)
{
	size_t named = 0, all = 0;

	page_heading(brief->page, _(agenda_parts[part].heading));
	for (size_t i = 0; i < 3 && agenda_parts[part].sections[i] != SECTION_COUNT; i++) {
		const json_t *reply = channel->sections[agenda_parts[part].sections[i]];
		json_t *item;
		size_t j;

		json_array_foreach(member(reply, "items"), j, item)
		{
			if (named < SECTION_ROWS && ++named > 0)
				put_agenda_item(brief, item);
		}
		all += (size_t)agenda_section_count(channel, agenda_parts[part].sections[i]);
	}
	if (all == 0)
		page_paragraph(brief->page, "%s", _("nothing"));
	put_rest(brief, all > named ? all - named : 0);
}

/* --- matters ---------------------------------------------------------------------------- */

enum { PART_PUBLICITY = 3 };

static const struct {
	const char *heading;
	const char *nothing; /* said instead; NULL: the heading is left out */
	const char *kinds;   /* of matters, joined by '|' */
	const char *states;  /* likewise; NULL: any but `retracted` */
} matter_parts[] = {
	{ N_("In force"), N_("nothing"), "proposal|meeting|declaration",
	  "accepted|in-effect|performed-by-one|unconfirmed|minutes-agreed|declared" },
	{ N_("Under discussion"), NULL, "proposal|meeting|incident|allegation|statement",
	  "tabled|countered|convened|agreed|held|notified|acknowledged|updated|unsupported|"
	  "supported|"
	  "denied|silent|finding|found-divergent|maintained|noted|no-position" },
	{ N_("Lists held"), N_("none"), "list",
	  "opened|match-only|committed|paired|revealed|updated" },
	[PART_PUBLICITY] = { N_("What may be said publicly"), NULL, "publication",
	                     "agreed|published|confirmed|rebutted" },
	{ N_("Published without consent"), NULL, "publication", "published-unilaterally" },
	{ N_("Leaks"), N_("none is on record"), "leak", NULL },
};

static bool is_among(const char *words, const char *word)
{
	return choice_index(words, bytes_of_string(word)) >= 0;
}

static bool belongs(const json_t *matter, size_t part)
{
	const char *state = member_text(matter, "state");

	if (!is_among(matter_parts[part].kinds, member_text(matter, "kind")))
		return false;
	return matter_parts[part].states == NULL ? strcmp(state, "retracted") != 0
	                                         : is_among(matter_parts[part].states, state);
}

/* The newest first: those are what the head has in mind. */
static void put_matters(struct brief *brief, size_t part, size_t count)
{
	size_t named = 0;

	for (size_t i = json_array_size(brief->matters); i-- > 0 && named < SECTION_ROWS;) {
		const json_t *matter = json_array_get(brief->matters, i);
		const char *name = member_text(matter, "matter");
		char says[ROW_CAPACITY];

		if (!belongs(matter, part))
			continue;
		named++;
		snprintf(says, sizeof(says), "%s: %s%s%s",
		         NAME_OF(matter_names, member_text(matter, "kind")),
		         word_for_people(member_text(matter, "state")),
		         member_true(matter, "exercise") ? ", " : "",
		         member_true(matter, "exercise") ? _("exercise") : "");
		put_row(brief, name, name, says);
	}
	put_rest(brief, count - named);
}

/* What the charter lets be said without asking. */
static void put_charter_on_publicity(struct brief *brief)
{
	const struct charter *charter = brief->node->channel.charter;

	page_paragraph(brief->page, "%s",
	               charter->confidential
	                   ? _("Beyond this nothing without the other side's consent: the charter "
	                       "makes communications confidential.")
	                   : _("The charter does not make communications confidential."));
	if (charter->right_of_reply)
		page_paragraph(
		    brief->page, "%s",
		    _("A bare confirmation or rebuttal of a public claim needs no consent "
		      "(right of reply). Check a claim first: 'chiro press-check'."));
}

static void put_matter_part(struct brief *brief, size_t part)
{
	bool is_publicity = part == PART_PUBLICITY;
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(brief->matters); i++)
		count += belongs(json_array_get(brief->matters, i), part);
	if (count == 0 && matter_parts[part].nothing == NULL && !is_publicity)
		return;
	page_heading(brief->page, _(matter_parts[part].heading));
	if (count > 0)
		put_matters(brief, part, count);
	else if (matter_parts[part].nothing != NULL)
		page_paragraph(brief->page, "%s", _(matter_parts[part].nothing));
	if (is_publicity)
		put_charter_on_publicity(brief);
}

/* --- the page ----------------------------------------------------------------------------- */

static int fetch_matters(struct brief *brief, struct error *error)
{
	bool more = true;
	int r = OK;

	brief->matters = json_array();
	while (more && r == OK) {
		json_t *page = NULL;

		r = api_get(brief->node->api, &page, error,
		            "/v1/channels/%s/matters?from=%zu&count=%d", brief->node->channel.id,
		            json_array_size(brief->matters), PAGE);
		more = r == OK && member_true(page, "more") &&
		       json_array_size(member(page, "matters")) > 0;
		if (r == OK)
			json_array_extend(brief->matters, member(page, "matters"));
		json_decref(page);
	}
	return r;
}

/* The other side's name in the page's language, else its first; with its id. */
static void other_name(const struct node *node, char ret_name[ROW_CAPACITY])
{
	const struct party *party = &node->channel.charter->parties[1 - node->channel.own_index];
	size_t chosen = 0;

	for (size_t i = 0; i < party->name_count; i++)
		if (terminal_speaks(party->names[i].language))
			chosen = i;
	visible_copy(party->names[chosen].name, ret_name, ROW_CAPACITY);
}

static void put_head(struct brief *brief)
{
	const struct node *node = brief->node;
	char name[ROW_CAPACITY], title[ROW_CAPACITY], moment[MOMENT_CAPACITY];

	other_name(node, name);
	snprintf(title, sizeof(title), _("Brief: the channel with %.400s"), name);
	page_init(brief->page, title);
	moment_show(brief->options->now, moment);
	page_under(brief->page, "%s", moment);
	page_foot(brief->page, _("Chirograph – channel %.20s – for %s"), node->channel.id,
	          node->channel.own);
	page_row(brief->page, _("channel"), "%s",
	         word_for_people(member_text(node->channel.details, "state")));
}

int brief_make(struct node *node, const struct brief_options *options, struct page *ret_page,
               struct error *error)
{
	struct brief brief = { .node = node, .options = options, .page = ret_page };
	struct agenda_view view = { 0 };
	int r;

	if ((r = agenda_view_fetch(node->api, node->channel.id, SECTION_ROWS, &view, error)) != OK)
		return r;
	if ((r = fetch_matters(&brief, error)) != OK)
		goto out;
	put_head(&brief);
	for (size_t i = 0; i < sizeof(agenda_parts) / sizeof(agenda_parts[0]); i++)
		put_agenda_part(&brief, &view.channels[0], i);
	for (size_t i = 0; i < sizeof(matter_parts) / sizeof(matter_parts[0]); i++)
		put_matter_part(&brief, i);
	if ((r = page_finish(ret_page, error)) != OK)
		page_release(ret_page);
out:
	json_decref(brief.matters);
	agenda_view_release(&view);
	return r;
}
