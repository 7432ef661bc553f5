#include "record_layout.h"

#include <stdio.h>

#include "text.h"

static const char *const act_endings[RECORD_ACT_FILE_COUNT] = {
	".act",
	".sig",
	".2.sig",
	".tlog-proof",
};

/* --- from a file to its name --------------------------------------------- */

void record_party_path(const struct record_state *state, unsigned party, const char *name,
                       char ret_path[RECORD_PATH_CAPACITY])
{
	snprintf(ret_path, RECORD_PATH_CAPACITY, "%s/%s", record_party(state, party), name);
}

void record_charter_path(unsigned version, char ret_path[RECORD_PATH_CAPACITY])
{
	snprintf(ret_path, RECORD_PATH_CAPACITY, "charter.%u.txt", version);
}

void record_charter_signature_path(const struct record_state *state, unsigned party,
                                   char ret_path[RECORD_PATH_CAPACITY])
{
	snprintf(ret_path, RECORD_PATH_CAPACITY, "charter.%s.sig", record_party(state, party));
}

void record_tile_path(const struct record_state *state, unsigned party, const struct tile *tile,
                      char ret_path[RECORD_PATH_CAPACITY])
{
	char path[TILE_PATH_CAPACITY];

	tile_path(tile, path);
	record_party_path(state, party, path, ret_path);
}

void record_act_path(const struct record_state *state, struct act_place place,
                     enum record_act_file file, char ret_path[RECORD_PATH_CAPACITY])
{
	snprintf(ret_path, RECORD_PATH_CAPACITY, "%s/%s/%06llu%s", record_party(state, place.party),
	         RECORD_ACTS, (unsigned long long)place.number, act_endings[file]);
}

void record_body_path(const struct record_state *state, struct act_place place, const char *ending,
                      char ret_path[RECORD_PATH_CAPACITY])
{
	char name[ACT_NAME_CAPACITY];

	record_act_name(state, place, name);
	snprintf(ret_path, RECORD_PATH_CAPACITY, "%s/%s%s", RECORD_BODIES, name, ending);
}

/* --- from a name to a file ------------------------------------------------- */

static struct record_name unknown(void)
{
	return (struct record_name){ .item = RECORD_ITEM_UNKNOWN };
}

const char *record_path_within(const char *path, const char *prefix)
{
	size_t size = strlen(prefix);

	return strncmp(path, prefix, size) == 0 && path[size] == '/' ? path + size + 1 : NULL;
}

bool record_leading_number(const char *text, uint64_t *ret_number)
{
	size_t size = strspn(text, "0123456789"), zeros = strspn(text, "0");

	if (size == 0)
		return false;
	if (zeros == size)
		zeros--;
	return text_parse_number(bytes_of(text + zeros, size - zeros), INT64_MAX, ret_number) == OK;
}

/* Names are recognised by writing down what they should be and comparing. */
static struct record_name act_name_of(const struct record_state *state, unsigned party,
                                      const char *path, const char *name)
{
	struct record_name found = { RECORD_ITEM_ACT, { party, 0 }, 0 };
	char expected[RECORD_PATH_CAPACITY];

	if (!record_leading_number(name, &found.place.number) ||
	    found.place.number >= state->logs[party].size)
		return unknown();
	for (unsigned file = 0; file < RECORD_ACT_FILE_COUNT; file++) {
		record_act_path(state, found.place, (enum record_act_file)file, expected);
		if (strcmp(path, expected) == 0)
			return found;
	}
	return unknown();
}

static struct record_name log_name_of(const struct record_state *state, unsigned party,
                                      const char *path, const char *name)
{
	const struct record_name derived = { RECORD_ITEM_DERIVED, { party, 0 }, 0 };
	const char *act = record_path_within(name, RECORD_ACTS);
	uint64_t size = state->logs[party].size;
	struct tile tile;

	if (act != NULL)
		return act_name_of(state, party, path, act);
	if (strcmp(name, RECORD_POLICY) == 0)
		return derived;
	if (size == 0)
		return unknown();
	if (strcmp(name, RECORD_COUNTERSIGNED) == 0)
		return (struct record_name){ RECORD_ITEM_COUNTERSIGNED, { party, 0 }, 0 };
	if (strcmp(name, RECORD_CHECKPOINT) == 0 ||
	    (tile_path_parse(bytes_of_string(name), &tile) == OK && tile_belongs(&tile, size)))
		return derived;
	return unknown();
}

static struct record_name body_name_of(const struct record_state *state, const char *path,
                                       const char *name)
{
	struct record_name found = { RECORD_ITEM_PART, { 0, 0 }, 0 };
	size_t whole = strlen(name), size = strcspn(name, "/");
	char expected[RECORD_PATH_CAPACITY], ending[24];

	if (size == whole && size > 4 && strcmp(name + size - 4, ".age") == 0)
		size -= 4;
	if (rules_act_named(state->rules, bytes_of(name, size), &found.place) != OK ||
	    found.place.number >= state->logs[found.place.party].size)
		return unknown();
	if (strcmp(name + size, ".age") == 0) {
		found.item = RECORD_ITEM_BODY;
		return found;
	}
	if (strcmp(name + size, "/manifest") == 0)
		return found;
	if (name[size] != '/' || !record_leading_number(name + size + 1, &found.part) ||
	    found.part == 0)
		return unknown();
	snprintf(ending, sizeof(ending), "/%04llu", (unsigned long long)found.part);
	record_body_path(state, found.place, ending, expected);
	return strcmp(path, expected) == 0 ? found : unknown();
}

static struct record_name top_name_of(const struct record_state *state, const char *path)
{
	char expected[RECORD_PATH_CAPACITY];

	if (strcmp(path, RECORD_README) == 0)
		return (struct record_name){ .item = RECORD_ITEM_README };
	if (strcmp(path, RECORD_SCRIPT) == 0 || strcmp(path, RECORD_CHARTER) == 0 ||
	    strcmp(path, RECORD_SIGNERS) == 0)
		return (struct record_name){ .item = RECORD_ITEM_DERIVED };
	for (unsigned version = 2; version <= rules_charter_count(state->rules); version++) {
		record_charter_path(version, expected);
		if (strcmp(path, expected) == 0)
			return (struct record_name){ .item = RECORD_ITEM_DERIVED };
	}
	for (unsigned party = 0; party < 2; party++) {
		record_charter_signature_path(state, party, expected);
		if (strcmp(path, expected) == 0 && state->logs[party].size > 0)
			return (struct record_name){ RECORD_ITEM_DERIVED, { party, 0 }, 0 };
	}
	return unknown();
}

struct record_name record_name_of(const struct record_state *state, const char *path)
{
	const char *name;

	for (unsigned party = 0; party < 2; party++)
		if ((name = record_path_within(path, record_party(state, party))) != NULL)
			return log_name_of(state, party, path, name);
	if ((name = record_path_within(path, RECORD_BODIES)) != NULL)
		return body_name_of(state, path, name);
	return top_name_of(state, path);
}
