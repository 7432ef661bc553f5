/* The options of a kind, from its row of the kinds table. */
#include "drafting.h"
#include "drafting_details.h"
#include "terminal.h"
#include "translate.h"

enum needs {
	NEEDS_NOTHING,
	NEEDS_ANSWERS,
	NEEDS_MATTER,
	NEEDS_PRECEDENCE,
	NEEDS_DUE,
	NEEDS_NOT_AFTER,
	NEEDS_COSIGNER,
	NEEDS_EYES,
	NEEDS_BODY,
	NEEDS_ITEMS,
	NEEDS_TEMPLATE,
	NEEDS_GLOSSARY,
	NEEDS_EXERCISE
};

static const struct {
	enum needs needs;
	struct option_row row;
} act_rows[] = {
	{ NEEDS_MATTER,
	  { .name = "matter",
	    .value = N_("ACT"),
	    .help = N_("the act that opened the matter, such as north-3; otherwise the matter of "
	               "the act that is answered") } },
	{ NEEDS_ANSWERS,
	  { .name = "answers",
	    .value = N_("ACT"),
	    .help = N_("the act that is answered, such as south-2") } },
	{ NEEDS_PRECEDENCE,
	  { .name = "precedence",
	    .value = N_("WORD"),
	    .help = N_("flash, immediate, priority or routine: how soon it is to be "
	               "acknowledged") } },
	{ NEEDS_BODY,
	  { .name = "marking",
	    .value = N_("TLP"),
	    .help = N_("TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN or TLP:CLEAR") } },
	{ NEEDS_DUE,
	  { .name = "due",
	    .value = N_("TIME"),
	    .help = N_("by when an answer is asked for, such as +10d; the charter's clock is the "
	               "least") } },
	{ NEEDS_NOT_AFTER,
	  { .name = "not-after",
	    .value = N_("TIME"),
	    .help = N_("until when the signed act may be logged") } },
	{ NEEDS_COSIGNER,
	  { .name = "cosigner",
	    .value = N_("NAME"),
	    .help = N_("a second person who signs the same text, such as b.deputy") } },
	{ NEEDS_COSIGNER,
	  { .name = "cosigner-key",
	    .value = N_("FILE"),
	    .help = N_("the cosigner's SSH key; without it the act waits with the node until "
	               "the cosigner signs it: see 'chiro help pending'") } },
	{ NEEDS_BODY,
	  { .name = "subject", .value = N_("TEXT"), .help = N_("the subject of the body") } },
	{ NEEDS_BODY,
	  { .name = "text",
	    .value = N_("FILE"),
	    .help = N_("the text of the body; - is standard input") } },
	{ NEEDS_BODY,
	  { .name = "language",
	    .value = N_("LANG"),
	    .help = N_("the language of subject and text, such as en") } },
	{ NEEDS_BODY,
	  { .name = "authentic",
	    .value = N_("LANG=FILE"),
	    .help = N_("the text in another language in which it is authentic too"),
	    .repeated = true } },
	{ NEEDS_BODY,
	  { .name = "translation",
	    .value = N_("LANG=FILE"),
	    .help = N_("a translation of the text, which yields to the authentic one"),
	    .repeated = true } },
	{ NEEDS_BODY,
	  { .name = "detail",
	    .value = N_("KEY=VALUE"),
	    .help = N_("a fact in fixed terms, such as asset='control system': see below"),
	    .repeated = true } },
	{ NEEDS_ITEMS,
	  { .name = "item",
	    .value = N_("TEXT"),
	    .help = N_("an item of the agenda, in its order"),
	    .repeated = true } },
	{ NEEDS_TEMPLATE,
	  { .name = "template",
	    .help = N_("print what minutes of this meeting begin with, to be completed and given "
	               "as --text; nothing is logged") } },
	{ NEEDS_GLOSSARY,
	  { .name = "glossary",
	    .value = N_("FILE"),
	    .help = N_("a glossary that is agreed with the text: see 'chiro help glossary'") } },
	{ NEEDS_BODY,
	  { .name = "refers",
	    .value = N_("CHANNEL:ACT"),
	    .help = N_("an act of an earlier channel that is taken up, such as k2x7:north-7"),
	    .repeated = true } },
	{ NEEDS_BODY,
	  { .name = "attach",
	    .value = N_("FILE"),
	    .help = N_("a file that goes with the body"),
	    .repeated = true } },
	{ NEEDS_EYES,
	  { .name = "eyes-heads",
	    .help = N_("seal the body to the two heads only: the nodes cannot read it") } },
	{ NEEDS_EXERCISE, { .name = "exercise", .help = N_("this is an exercise") } },
	{ NEEDS_NOTHING,
	  { .name = "draft",
	    .value = N_("FILE"),
	    .help = N_("write the text to a file instead of signing it; chiro send logs it") } },
	{ NEEDS_NOTHING, { .name = "yes", .help = N_("do not show and ask before signing") } },
};

static const struct option_row charter_row = {
	.name = "charter",
	.value = N_("FILE"),
	.help = N_("the text of the new charter; of an answer it is found in what is answered"),
};

/* Names that the options of a field must not take. */
static bool is_taken(const struct draft_usage *usage, const char *name)
{
	static const char *const common[] = {
		"key", "author", "channel", "socket", "home", "json"
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (strcmp(name, common[i]) == 0)
			return true;
	for (size_t i = 0; usage->rows[i].name != NULL; i++)
		if (strcmp(name, usage->rows[i].name) == 0)
			return true;
	return false;
}

static bool kind_needs(const struct kind *kind, enum needs needs)
{
	switch (needs) {
	case NEEDS_ANSWERS:
		return kind->answers != ABSENT;
	case NEEDS_MATTER:
		return kind->matter_use != MATTER_LINE_NONE && kind->matter_use != MATTER_LINE_NEW;
	case NEEDS_PRECEDENCE:
		return kind->precedence != ABSENT;
	case NEEDS_DUE:
		return kind->due != ABSENT;
	case NEEDS_NOT_AFTER:
		return kind->not_after != ABSENT;
	case NEEDS_COSIGNER:
		return kind->cosigner != ABSENT;
	case NEEDS_EYES:
		return kind->eyes != ABSENT;
	case NEEDS_BODY:
		return kind->body != ABSENT;
	case NEEDS_ITEMS:
		return kind->number == KIND_CONVENE;
	case NEEDS_TEMPLATE:
		return kind->number == KIND_MINUTES;
	case NEEDS_GLOSSARY:
		return kind->number == KIND_PROPOSE || kind->number == KIND_COUNTER;
	case NEEDS_EXERCISE:
		return kind_may_be_exercise(kind);
	case NEEDS_NOTHING:
		break;
	}
	return true;
}

static const char *field_value_name(enum field_type type)
{
	static const char *const names[FIELD_TYPE_COUNT] = {
		[FIELD_DELEGATE] = N_("NAME"),   [FIELD_SSH_KEY] = N_("FILE"),
		[FIELD_RAW_KEY] = N_("KEY"),     [FIELD_RECIPIENT] = N_("KEY"),
		[FIELD_CHOICE] = N_("WORD"),     [FIELD_NUMBER] = N_("N"),
		[FIELD_HASH] = N_("HASH"),       [FIELD_TIME] = N_("TIME"),
		[FIELD_ACT] = N_("ACT"),         [FIELD_BLOB] = N_("BLOB"),
		[FIELD_PARTY] = N_("PARTY"),     [FIELD_ENCODED] = N_("BASE64"),
		[FIELD_TEXT] = N_("TEXT"),       [FIELD_ENDPOINTS] = N_("HOST:PORT"),
		[FIELD_BY_CHOICE] = N_("VALUE"), [FIELD_CLASS_COMMITMENT] = N_("COMMITMENT"),
	};

	return names[type];
}

/* What a field's option does: its help, the words it may take, when it stands. */
static void describe_field(const struct kind *kind, const struct field *field, char help[256])
{
	char when[96] = "";

	if (field->when != NULL)
		snprintf(when, sizeof(when), _(" (with --%s %s)"), kind->fields[0].name,
		         field->when);
	if (field->choices != NULL)
		snprintf(help, 256, "%s: %s%s", _(field->help), field->choices, when);
	else if (field->type == FIELD_BY_CHOICE)
		snprintf(help, 256, _("%s; 'new' has the node make a key"), _(field->help));
	else
		snprintf(help, 256, "%s%s%s", _(field->help), when,
		         field->presence == OPTIONAL ? _(" (optional)") : "");
}

/* The name of the usage is "act" and the kind's. */
static void print_details(const struct usage *usage, FILE *file)
{
	details_print_usage(kind_by_name(bytes_of_string(usage->name + strlen("act "))), file);
}

void draft_usage_init(struct draft_usage *usage, const struct kind *kind)
{
	size_t count = 0;

	*usage = (struct draft_usage){ 0 };
	snprintf(usage->command, sizeof(usage->command), "act %s", kind->name);
	for (size_t i = 0; i < sizeof(act_rows) / sizeof(act_rows[0]); i++)
		if (kind_needs(kind, act_rows[i].needs))
			usage->rows[count++] = act_rows[i].row;
	for (size_t i = 0; i < kind_field_count(kind); i++) {
		const struct field *field = &kind->fields[i];
		bool taken = is_taken(usage, field->name);

		snprintf(usage->names[i], DRAFT_NAME_CAPACITY, "%s%s", taken ? "new-" : "",
		         field->name);
		/* Blobs are made, not given; an amend is known from the charter's text. */
		if (field->type == FIELD_BLOB ||
		    (kind->number == KIND_AMEND && strcmp(field->name, "charter") != 0))
			continue;
		if (kind->number == KIND_AMEND) {
			usage->rows[count++] = charter_row;
			continue;
		}
		describe_field(kind, field, usage->helps[i]);
		usage->rows[count++] = (struct option_row){ .name = usage->names[i],
			                                    .value = field_value_name(field->type),
			                                    .help = usage->helps[i] };
	}
	usage->usage = (struct usage){
		.name = usage->command,
		.help = kind->help,
		.rows = usage->rows,
		.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
		.more = print_details,
	};
}
