/* The fields of each kind. What an act must say stands in the order in which a
 * person is asked for it. Words and keys never change their meaning: bodies
 * that use them are kept for years. */
#include "details_table.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

/* Laid out by hand, as a table. clang-format would break it up. */
/* clang-format off */

#define END { .key = NULL }
#define FIELD(word, its_type, its_presence, its_label, its_help) \
	.key = word, .type = DETAIL_##its_type, .presence = its_presence, .label = its_label, \
	.help = its_help
#define MANY .repeated = true
#define OF(key) .leader = key
#define ONE_OF(list) .words = list

/* ICD 203, section D.6.e.2.a: seven steps, each with its span of probability. */
static const struct detail_word likelihoods[] = {
	{ "almost-no-chance", N_("almost no chance (1 to 5 %)") },
	{ "very-unlikely", N_("very unlikely (5 to 20 %)") },
	{ "unlikely", N_("unlikely (20 to 45 %)") },
	{ "roughly-even-chance", N_("roughly even chance (45 to 55 %)") },
	{ "likely", N_("likely (55 to 80 %)") },
	{ "very-likely", N_("very likely (80 to 95 %)") },
	{ "almost-certain", N_("almost certain (95 to 99 %)") },
	{ NULL, NULL }
};

/* How good the ground of a judgement is; never mixed with how likely it is. */
static const struct detail_word confidences[] = {
	{ "low", N_("low") }, { "moderate", N_("moderate") }, { "high", N_("high") }, { NULL, NULL }
};

/* The spectrum of state responsibility (Healey, Atlantic Council 2012). */
static const struct detail_word responsibilities[] = {
	{ "state-prohibited", N_("1 of 10: the state stops it") },
	{ "state-prohibited-but-inadequate", N_("2 of 10: the state tries to stop it and cannot") },
	{ "state-ignored", N_("3 of 10: the state knows and does nothing") },
	{ "state-encouraged", N_("4 of 10: third parties act and the state encourages them") },
	{ "state-shaped", N_("5 of 10: third parties act with some support of the state") },
	{ "state-coordinated", N_("6 of 10: the state coordinates third parties") },
	{ "state-ordered", N_("7 of 10: the state orders third parties to act") },
	{ "state-rogue-conducted", N_("8 of 10: parts of the state act out of its control") },
	{ "state-executed", N_("9 of 10: the state acts by its own forces") },
	{ "state-integrated", N_("10 of 10: the state acts with third parties and own forces") },
	{ NULL, NULL }
};

static const struct detail_word yes_or_no[] = {
	{ "yes", N_("yes") }, { "no", N_("no") }, { NULL, NULL }
};

static const struct detail_word only_yes[] = { { "yes", N_("yes") }, { NULL, NULL } };

static const struct detail_word costs[] = {
	{ "low", N_("low: one skilled person") },
	{ "moderate", N_("moderate: a team, or access that can be bought") },
	{ "high", N_("high: what only a state can do") },
	{ "unknown", N_("not known") },
	{ NULL, NULL }
};

static const struct detail_word incident_states[] = {
	{ "ongoing", N_("it goes on") },
	{ "contained", N_("contained") },
	{ "over", N_("over") },
	{ "unknown", N_("not known") },
	{ NULL, NULL }
};

static const struct detail_word performances[] = {
	{ "performed", N_("performed") },
	{ "partly", N_("partly performed") },
	{ "not-performed", N_("not performed") },
	{ NULL, NULL }
};

static const struct detail_word helps_offered[] = {
	{ "information", N_("information") },
	{ "expertise", N_("expertise") },
	{ "samples", N_("samples") },
	{ "staff", N_("staff") },
	{ "equipment", N_("equipment") },
	{ NULL, NULL }
};

#define CONTACT { FIELD("contact", TEXT, OPTIONAL, N_("contact"), \
	N_("whom to call or write to, and how")), MANY }
#define ASSETS { FIELD("asset", TEXT, OPTIONAL, N_("asset"), \
	N_("a system or service that is concerned")), MANY }
#define EFFECT { FIELD("effect", TEXT, OPTIONAL, N_("effect"), \
	N_("what no longer works, and for whom")) }
#define STATUS { FIELD("status", WORD, OPTIONAL, N_("it is"), \
	N_("whether it goes on")), ONE_OF(incident_states) }
#define MEASURES { FIELD("measure", TEXT, OPTIONAL, N_("measure"), \
	N_("a measure that was taken")), MANY }
#define PARTICIPANTS { FIELD("participant", TEXT, REQUIRED, N_("participant"), \
	N_("who takes part: name, office, side")), MANY }
#define PLACE { FIELD("place", TEXT, REQUIRED, N_("place"), \
	N_("where it is held: a room, or the means")) }
#define CHAIR { FIELD("chair", TEXT, OPTIONAL, N_("chair"), N_("who chairs")) }
#define ENDED { FIELD("ended", TIME, OPTIONAL, N_("ended"), N_("when it ended")) }

static const struct detail convene[] = { PARTICIPANTS, PLACE, CHAIR, CONTACT, END };

static const struct detail minutes[] = { PARTICIPANTS, PLACE, CHAIR, ENDED, END };

static const struct detail call[] = {
	PARTICIPANTS,
	{ FIELD("caller", TEXT, OPTIONAL, N_("caller"), N_("who called whom, from which number")) },
	{ FIELD("code-words", WORD, OPTIONAL, N_("code words"),
	        N_("whether the code words were exchanged")), ONE_OF(yes_or_no) },
	ENDED, END
};

static const struct detail notify[] = {
	{ FIELD("observed", TIME, OPTIONAL, N_("observed"), N_("when it was first seen")) },
	STATUS, ASSETS, EFFECT,
	{ FIELD("needs", TEXT, OPTIONAL, N_("needs"), N_("what the other side could do at once")) },
	CONTACT, END
};

static const struct detail update[] = { STATUS, ASSETS, EFFECT, MEASURES, CONTACT, END };

static const struct detail conclude[] = { ENDED, EFFECT, MEASURES, END };

static const struct detail offer[] = {
	{ FIELD("offered", WORD, OPTIONAL, N_("offered"), N_("what is offered")), MANY,
	  ONE_OF(helps_offered) },
	{ FIELD("until", TIME, OPTIONAL, N_("until"), N_("until when the offer stands")) },
	CONTACT, END
};

static const struct detail request[] = {
	{ FIELD("concerns", TEXT, OPTIONAL, N_("concerns"),
	        N_("what it is about: a system, an indicator, a person's office")), MANY },
	{ FIELD("purpose", TEXT, OPTIONAL, N_("purpose"), N_("what it is asked for")) },
	{ FIELD("from", TIME, OPTIONAL, N_("from"), N_("the first day that is asked about")) },
	{ FIELD("until", TIME, OPTIONAL, N_("until"), N_("the last day that is asked about")) },
	CONTACT, END
};

static const struct detail provide[] = {
	{ FIELD("withheld", TEXT, OPTIONAL, N_("withheld"),
	        N_("what is left out of what was asked for, and why")), MANY },
	CONTACT, END
};

static const struct detail defer[] = {
	{ FIELD("why", TEXT, OPTIONAL, N_("why"), N_("what the answer waits for")) }, END
};

static const struct detail refuse[] = {
	{ FIELD("explanation", TEXT, OPTIONAL, N_("explanation"), N_("the reason in words")) },
	{ FIELD("instead", TEXT, OPTIONAL, N_("instead"), N_("what could be asked for instead")),
	  MANY },
	END
};

static const struct detail not_held[] = {
	{ FIELD("searched", TEXT, OPTIONAL, N_("searched"), N_("where it was looked for")), MANY },
	{ FIELD("holder", TEXT, OPTIONAL, N_("holder"), N_("who may hold it")) }, END
};

static const struct detail allege[] = {
	{ FIELD("conduct", TEXT, REQUIRED, N_("conduct"), N_("what is said to have been done")) },
	{ FIELD("from", TIME, REQUIRED, N_("from"), N_("when it began, or was")),
	  .instead = "standing" },
	{ FIELD("until", TIME, OPTIONAL, N_("until"), N_("when it ended")), .instead = "standing" },
	{ FIELD("standing", WORD, OPTIONAL, N_("standing"),
	        N_("yes, instead of a time, for what is done all the time")), ONE_OF(only_yes) },
	{ FIELD("likelihood", WORD, REQUIRED, N_("likelihood"),
	        N_("how likely it is that the other side did it")), ONE_OF(likelihoods) },
	{ FIELD("confidence", WORD, REQUIRED, N_("confidence"),
	        N_("how good the ground of that judgement is")), ONE_OF(confidences) },
	{ FIELD("responsibility", WORD, OPTIONAL, N_("responsibility"),
	        N_("the step of state responsibility, where a state is blamed")),
	  ONE_OF(responsibilities) },
	{ FIELD("hypothesis", TEXT, REQUIRED, N_("hypothesis"),
	        N_("a hypothesis, and what speaks for and against it")), MANY },
	{ FIELD("deception", TEXT, REQUIRED, N_("deception"),
	        N_("the hypothesis that a third party deceives, and what speaks for and against it")),
	  MANY },
	{ FIELD("said-by", TEXT, REQUIRED, N_("said by"),
	        N_("who says it: a service, a company, a medium")), MANY },
	{ FIELD("supplied-by-us", WORD, REQUIRED, N_("supplied"),
	        N_("whether our own side supplied that source with it")), OF("said-by"),
	  ONE_OF(yes_or_no) },
	{ FIELD("said-on", TIME, OPTIONAL, N_("said on"), N_("when it was said")), OF("said-by") },
	{ FIELD("quotation", TEXT, OPTIONAL, N_("quotation"), N_("the very words")), OF("said-by") },
	{ FIELD("url", ADDRESS, OPTIONAL, N_("address"), N_("where it stands")), OF("said-by") },
	{ FIELD("capture", DIGEST, OPTIONAL, N_("capture"),
	        N_("SHA-256 of what was captured of it")), OF("said-by") },
	ASSETS,
	{ FIELD("norm", TEXT, OPTIONAL, N_("norm"), N_("the rule that it is said to break")), MANY },
	END
};

static const struct detail submit[] = {
	{ FIELD("exhibit", TEXT, REQUIRED, N_("exhibit"), N_("what the piece of evidence is")), MANY },
	{ FIELD("collector", TEXT, REQUIRED, N_("collector"), N_("who collected it, and how")),
	  OF("exhibit") },
	{ FIELD("custody", TEXT, REQUIRED, N_("custody"),
	        N_("who has had it since, from when to when")), OF("exhibit"), MANY },
	{ FIELD("grade", GRADE, REQUIRED, N_("grade"),
	        N_("Admiralty grade of source and information, such as B2; F and 6: cannot be judged")),
	  OF("exhibit") },
	{ FIELD("cost-to-fake", WORD, REQUIRED, N_("cost to fake"),
	        N_("what it would take to fake it")), OF("exhibit"), ONE_OF(costs) },
	{ FIELD("faking", TEXT, OPTIONAL, N_("faking"), N_("how it could be faked, and by whom")),
	  OF("exhibit") },
	{ FIELD("collected", TIME, OPTIONAL, N_("collected"), N_("when it was collected")),
	  OF("exhibit") },
	{ FIELD("capture", DIGEST, OPTIONAL, N_("capture"), N_("SHA-256 of the exhibit")),
	  OF("exhibit") },
	{ FIELD("url", ADDRESS, OPTIONAL, N_("address"), N_("where it stands")), OF("exhibit") },
	{ FIELD("quotation", TEXT, OPTIONAL, N_("quotation"), N_("the very words")), OF("exhibit") },
	{ FIELD("supplied-by-us", WORD, OPTIONAL, N_("supplied"),
	        N_("whether our own side supplied that source with it")), OF("exhibit"),
	  ONE_OF(yes_or_no) },
	END
};

static const struct detail deny[] = {
	{ FIELD("ground", TEXT, OPTIONAL, N_("ground"), N_("what the denial rests on")), MANY }, END
};

static const struct detail find[] = {
	{ FIELD("conduct", TEXT, OPTIONAL, N_("conduct"), N_("what is found to have been done")) },
	{ FIELD("likelihood", WORD, OPTIONAL, N_("likelihood"),
	        N_("how likely that is, by what was laid before us")), ONE_OF(likelihoods) },
	{ FIELD("confidence", WORD, OPTIONAL, N_("confidence"),
	        N_("how good the ground of that judgement is")), ONE_OF(confidences) },
	{ FIELD("responsibility", WORD, OPTIONAL, N_("responsibility"),
	        N_("the step of state responsibility, where a state is blamed")),
	  ONE_OF(responsibilities) },
	END
};

static const struct detail note_public[] = {
	{ FIELD("quotation", TEXT, REQUIRED, N_("quotation"), N_("the very words")) },
	{ FIELD("language", LANGUAGE, REQUIRED, N_("language"),
	        N_("the language of the quotation, such as en")) },
	{ FIELD("speaker", TEXT, REQUIRED, N_("speaker"), N_("who said it, in which office")) },
	{ FIELD("outlet", TEXT, REQUIRED, N_("outlet"), N_("where it was published")) },
	{ FIELD("date", TIME, REQUIRED, N_("date"), N_("when it was published")) },
	{ FIELD("capture", DIGEST, REQUIRED, N_("capture"),
	        N_("SHA-256 of what was captured of it")) },
	{ FIELD("url", ADDRESS, OPTIONAL, N_("address"), N_("where it stands")) },
	END
};

static const struct detail propose[] = {
	{ FIELD("title", TEXT, OPTIONAL, N_("title"), N_("what the agreement is called")) },
	{ FIELD("measure", TEXT, OPTIONAL, N_("measure"), N_("a measure that is proposed")), MANY },
	{ FIELD("review", TIME, OPTIONAL, N_("review"), N_("when it is to be looked at again")) },
	END
};

static const struct detail report[] = {
	{ FIELD("measure", TEXT, OPTIONAL, N_("measure"),
	        N_("a measure of the agreement that is reported on")), MANY },
	{ FIELD("state", WORD, REQUIRED, N_("it is"), N_("how far it is performed")), OF("measure"),
	  ONE_OF(performances) },
	{ FIELD("done", TIME, OPTIONAL, N_("done"), N_("when it was performed")), OF("measure") },
	{ FIELD("why", TEXT, OPTIONAL, N_("why"), N_("why not, or not wholly")), OF("measure") },
	END
};

static const struct detail declare[] = {
	{ FIELD("title", TEXT, OPTIONAL, N_("title"), N_("what the document is called")) },
	{ FIELD("adopted-by", TEXT, OPTIONAL, N_("adopted by"), N_("who adopted it")) },
	{ FIELD("from", TIME, OPTIONAL, N_("from"), N_("from when it applies")) },
	{ FIELD("until", TIME, OPTIONAL, N_("until"), N_("until when it applies")) },
	{ FIELD("url", ADDRESS, OPTIONAL, N_("address"), N_("where it is published")) },
	END
};

static const struct detail press_check[] = {
	{ FIELD("quotation", TEXT, OPTIONAL, N_("quotation"), N_("the very words")) },
	{ FIELD("language", LANGUAGE, OPTIONAL, N_("language"),
	        N_("the language of the quotation, such as en")) },
	{ FIELD("outlet", TEXT, OPTIONAL, N_("outlet"), N_("where it was published")) },
	{ FIELD("date", TIME, OPTIONAL, N_("date"), N_("when it was published")) },
	{ FIELD("url", ADDRESS, OPTIONAL, N_("address"), N_("where it stands")) },
	{ FIELD("capture", DIGEST, OPTIONAL, N_("capture"),
	        N_("SHA-256 of what was captured of it")) },
	END
};

static const struct detail publish[] = {
	{ FIELD("outlet", TEXT, OPTIONAL, N_("outlet"), N_("where it was published")), MANY },
	{ FIELD("url", ADDRESS, OPTIONAL, N_("address"), N_("where it stands")), MANY },
	{ FIELD("date", TIME, OPTIONAL, N_("date"), N_("when it was published")) },
	END
};

/* A protest against a rendering. */
static const struct detail comment[] = {
	{ FIELD("rendering", TEXT, OPTIONAL, N_("rendering"),
	        N_("words of a translation that are objected to")), MANY },
	{ FIELD("act", ACT, REQUIRED, N_("of act"), N_("the act in which they stand")),
	  OF("rendering") },
	{ FIELD("part", PART, REQUIRED, N_("part"), N_("the number of the part, as 'chiro read' shows it")),
	  OF("rendering") },
	{ FIELD("language", LANGUAGE, REQUIRED, N_("language"), N_("their language")),
	  OF("rendering") },
	{ FIELD("proposed", TEXT, REQUIRED, N_("proposed"), N_("the words that are right instead")),
	  OF("rendering") },
	{ FIELD("why", TEXT, OPTIONAL, N_("why"), N_("what is wrong with them")), OF("rendering") },
	END
};

const struct detail *const details_table[KIND_COUNT] = {
	[KIND_COMMENT] = comment,
	[KIND_CONVENE] = convene,
	[KIND_MINUTES] = minutes,
	[KIND_CALL] = call,
	[KIND_NOTIFY] = notify,
	[KIND_UPDATE] = update,
	[KIND_OFFER] = offer,
	[KIND_CONCLUDE] = conclude,
	[KIND_REQUEST] = request,
	[KIND_PROVIDE] = provide,
	[KIND_DEFER] = defer,
	[KIND_REFUSE] = refuse,
	[KIND_NOT_HELD] = not_held,
	[KIND_ALLEGE] = allege,
	[KIND_SUBMIT] = submit,
	[KIND_DENY] = deny,
	[KIND_FIND] = find,
	[KIND_NOTE_PUBLIC] = note_public,
	[KIND_PROPOSE] = propose,
	[KIND_COUNTER] = propose,
	[KIND_REPORT] = report,
	[KIND_DECLARE] = declare,
	[KIND_PUBLISH] = publish,
	[KIND_PRESS_CHECK] = press_check,
};

#define BIT(kind) ((kind) < 64 ? UINT64_C(1) << ((kind) % 64) : 0)
const struct kind_set details_blameless = {
	{ BIT(KIND_NOTIFY) | BIT(KIND_UPDATE) | BIT(KIND_OFFER) | BIT(KIND_CONCLUDE) }
};
/* clang-format on */
