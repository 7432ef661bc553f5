#include "kinds_table.h"

static const char *const matter_kind_names[MATTER_KIND_COUNT] = {
	[MATTER_CHANNEL] = "channel",
	[MATTER_SERVICE] = "service",
	[MATTER_ANY] = "any",
	[MATTER_MEETING] = "meeting",
	[MATTER_INCIDENT] = "incident",
	[MATTER_REQUEST] = "request",
	[MATTER_ALLEGATION] = "allegation",
	[MATTER_STATEMENT] = "statement",
	[MATTER_PROPOSAL] = "proposal",
	[MATTER_LIST] = "list",
	[MATTER_DECLARATION] = "declaration",
	[MATTER_LEAK] = "leak",
	[MATTER_PUBLICATION] = "publication",
};

static const char *const clock_names[CLOCK_COUNT] = {
	[CLOCK_NONE] = "none",
	[CLOCK_ACKNOWLEDGE] = "acknowledge",
	[CLOCK_REQUEST] = "request",
	[CLOCK_POSITION] = "position",
	[CLOCK_LIST_CHANGES] = "list-changes",
	[CLOCK_FULL_LIST] = "full-list",
	[CLOCK_INCIDENT_UPDATE] = "incident-update",
	[CLOCK_CONCLUSION] = "conclusion",
};

static const char *const field_type_names[FIELD_TYPE_COUNT] = {
	[FIELD_DELEGATE] = "delegate",
	[FIELD_SSH_KEY] = "ssh key",
	[FIELD_RAW_KEY] = "key",
	[FIELD_RECIPIENT] = "recipient",
	[FIELD_CHOICE] = "choice",
	[FIELD_NUMBER] = "number",
	[FIELD_HASH] = "hash",
	[FIELD_TIME] = "time",
	[FIELD_ACT] = "act",
	[FIELD_BLOB] = "blob",
	[FIELD_PARTY] = "party",
	[FIELD_ENCODED] = "encoded",
	[FIELD_TEXT] = "text",
	[FIELD_ENDPOINTS] = "endpoints",
	[FIELD_BY_CHOICE] = "by choice",
	[FIELD_CLASS_COMMITMENT] = "commitment",
};

static const struct {
	enum role role;
	const char *name;
} roles[] = {
	{ ROLE_HEAD, "head" }, { ROLE_DEPUTY, "deputy" }, { ROLE_OFFICER, "officer" },
	{ ROLE_DUTY, "duty" }, { ROLE_NODE, "node" },     { ROLE_APPOINTING, "appointing" },
};

enum { ROLE_COUNT = sizeof(roles) / sizeof(roles[0]) };

const char *role_name(enum role role)
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return NULL;
}

const struct kind *kind_by_number(enum kind_number number)
{
	return (size_t)number < KIND_COUNT ? &kinds_table[number] : NULL;
}

const struct kind *kind_by_name(struct bytes name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (bytes_equal_string(name, kinds_table[i].name))
			return &kinds_table[i];
	return NULL;
}

const char *matter_kind_name(enum matter_kind matter)
{
	return (size_t)matter < MATTER_KIND_COUNT ? matter_kind_names[matter] : NULL;
}

const char *clock_name(enum clock_number clock)
{
	return (size_t)clock < CLOCK_COUNT ? clock_names[clock] : NULL;
}

const char *field_type_name(enum field_type type)
{
	return (size_t)type < FIELD_TYPE_COUNT ? field_type_names[type] : NULL;
}

enum clock_number kind_answer_clock(const struct kind *kind, int word, bool answers)
{
	if (kind->completes && answers)
		return CLOCK_NONE;
	if (kind->obliges_when != NULL &&
	    choice_index(kind->fields[0].choices, bytes_of_string(kind->obliges_when)) != word)
		return CLOCK_NONE;
	return kind->obliges;
}

enum clock_number kind_reading_clock(const struct kind *kind, int word, bool answers)
{
	bool asks_nothing = kind_answer_clock(kind, word, answers) == CLOCK_NONE;

	return asks_nothing && !(kind->completes && answers) ? kind->reads : CLOCK_NONE;
}

size_t kind_field_count(const struct kind *kind)
{
	size_t count = 0;

	while (count < FIELDS_MAXIMUM && kind->fields[count].name != NULL)
		count++;
	return count;
}

bool kind_is_for_people(const struct kind *kind)
{
	return (kind->signers & ~(unsigned)ROLE_NODE) != 0;
}

bool kind_may_be_exercise(const struct kind *kind)
{
	return kind->matter_use != MATTER_LINE_NONE;
}

/* The first word of what is left of a list of choices, which moves past it. */
static struct bytes next_choice(const char **choices)
{
	size_t size = strcspn(*choices, "|");
	struct bytes word = bytes_of(*choices, size);

	*choices += size;
	if (**choices == '|')
		(*choices)++;
	return word;
}

int choice_index(const char *choices, struct bytes word)
{
	for (int i = 0; *choices != '\0'; i++)
		if (bytes_equal(next_choice(&choices), word))
			return i;
	return -1;
}

struct bytes choice_word(const char *choices, size_t index)
{
	struct bytes word = { NULL, 0 };

	for (size_t i = 0; i <= index && *choices != '\0'; i++) {
		word = next_choice(&choices);
		if (i == index)
			return word;
	}
	return (struct bytes){ NULL, 0 };
}

size_t choice_count(const char *choices)
{
	size_t count = 0;

	for (; *choices != '\0'; count++)
		next_choice(&choices);
	return count;
}
