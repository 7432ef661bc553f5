/* Entries for scenario.h: what its lines leave out is filled in here, and the text of an act,
 * with its signatures if they are asked for, is made from it. */
#ifndef SCENARIO_ENTRY_H
#define SCENARIO_ENTRY_H

#include "act_fixture.h"
#include "allocate.h"
#include "memory_tree.h"
#include "rules.h"
#include "sha.h"

enum { NORTH, SOUTH };

enum {
	LINE_FIELDS = 6,
	SCENARIO_KEYS_MAXIMUM = 64,
	SCENARIO_START = 1795356000, /* 2026-11-22T14:00:00Z */
	SCENARIO_HOUR = 3600,
	SCENARIO_DAY = 24 * SCENARIO_HOUR
};

/* A body that was really sealed, as the act names it. */
struct scenario_body {
	uint64_t parts, size;
	struct hash root, hash;
};

/* What somebody says. */
struct line {
	unsigned party;
	const char *author;
	enum kind_number kind;
	const char *cosigner;
	const char *key, *second_key; /* labels of keys; default: the names */
	const struct act_place *answers, *target, *matter;
	struct {
		const char *name, *value;
	} fields[LINE_FIELDS];
	const char *precedence;             /* default: "routine" where required */
	timestamp due, not_after, time;     /* time: default when logged */
	bool exercise, body;                /* body: also where it is optional */
	const struct scenario_body *sealed; /* that body, instead of one that is made up */
	const char *channel, *as_party;     /* instead of the right ones */
	const struct hash *leaf;            /* instead of the right one in references */
	unsigned generation;                /* of references, instead of the right one */
};

struct scenario_entry {
	struct buffer bytes; /* the entry; only the text when it is not signed */
	struct entry entry;
	struct ssh_key keys[2];
};

/* Keys by label: "a.head" and "b.head", "node" and "appointing" are those of the
 * charter, all others are made from the label; of both parties the same where
 * it begins with "shared.". */
struct scenario_key {
	unsigned party;
	char label[DELEGATE_NAME_CAPACITY];
	struct ssh_key key;
};

struct scenario_keys {
	size_t count;
	struct scenario_key items[SCENARIO_KEYS_MAXIMUM];
};

struct scenario {
	struct charter *charter;
	struct rules *rules;
	bool sign;
	timestamp now;
	uint64_t serial; /* makes bodies and nonces different */
	struct scenario_keys keys;
	struct buffer accessions[2]; /* base64 of the heads' signatures over the charter */
	struct scenario_entry **entries[2];
	size_t counts[2], capacities[2];
	int result;             /* of the line said last */
	struct verdict verdict; /* with result OK */
};

/* --- keys --------------------------------------------------------------- */

static inline struct ed25519_secret scenario_secret(unsigned party, const char *label)
{
	static const struct {
		const char *label;
		enum fixture_key key;
	} fixed[] = {
		{ "a.head", FIXTURE_HEAD },
		{ "b.head", FIXTURE_HEAD },
		{ "node", FIXTURE_NODE },
		{ "appointing", FIXTURE_APPOINTING },
	};
	struct bytes pieces[] = { bytes_of_string(party == NORTH ? "north" : "south"),
		                  bytes_of_string(label) };
	struct ed25519_secret secret;
	struct hash seed;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (strcmp(label, fixed[i].label) == 0)
			return fixture_secret(party, fixed[i].key);
	if (strncmp(label, "shared.", 7) == 0)
		pieces[0].size = 0;
	sha256(&seed, pieces, 2);
	ed25519_from_seed(&secret, seed.bytes);
	return secret;
}

static inline const struct ssh_key *scenario_key(struct scenario_keys *keys, unsigned party,
                                                 const char *label)
{
	struct scenario_key *key;
	struct ed25519_secret secret;

	for (size_t i = 0; i < keys->count; i++)
		if (keys->items[i].party == party && strcmp(keys->items[i].label, label) == 0)
			return &keys->items[i].key;
	assert_true(keys->count < SCENARIO_KEYS_MAXIMUM);
	key = &keys->items[keys->count++];
	key->party = party;
	assert_ok(bytes_to_string(bytes_of_string(label), key->label, sizeof(key->label)));
	secret = scenario_secret(party, label);
	ssh_key_from_ed25519(&secret.public_key, &key->key);
	return &key->key;
}

/* --- life --------------------------------------------------------------- */

/* `model`: a charter built by hand, NULL for the plain one. */
static inline void scenario_init(struct scenario *s, const struct charter *model)
{
	struct charter plain = fixture_charter();
	struct buffer text;

	*s = (struct scenario){ .now = SCENARIO_START };
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(model != NULL ? model : &plain, &text, NULL));
	assert_ok(charter_parse(buffer_view(&text), &s->charter, NULL));
	assert_ok(rules_new(s->charter, &s->rules));
	for (unsigned party = 0; party < 2; party++) {
		struct ed25519_secret head = fixture_secret(party, FIXTURE_HEAD);
		struct buffer blob;

		buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
		buffer_init(&s->accessions[party], 4096);
		assert_ok(sshsig_sign_blob(&head, CHARTER_NAMESPACE, buffer_view(&text), &blob));
		assert_ok(base64_encode(&s->accessions[party], buffer_view(&blob), BASE64_PADDED));
		buffer_release(&blob);
	}
	buffer_release(&text);
}

static inline void scenario_entry_free(struct scenario_entry *entry)
{
	buffer_release(&entry->bytes);
	release_memory(entry);
}

/* Forgets all entries: the scenario can begin anew under the same charter. */
static inline void scenario_clear(struct scenario *s)
{
	for (unsigned party = 0; party < 2; party++) {
		for (size_t i = 0; i < s->counts[party]; i++)
			scenario_entry_free(s->entries[party][i]);
		s->counts[party] = 0;
	}
	rules_free(s->rules);
	assert_ok(rules_new(s->charter, &s->rules));
	s->now = SCENARIO_START;
	s->serial = 0;
}

static inline void scenario_release(struct scenario *s)
{
	scenario_clear(s);
	for (unsigned party = 0; party < 2; party++) {
		release_memory(s->entries[party]);
		buffer_release(&s->accessions[party]);
	}
	rules_free(s->rules);
	charter_free(s->charter);
}

static inline void scenario_keep(struct scenario *s, unsigned party, struct scenario_entry *entry)
{
	if (s->counts[party] == s->capacities[party]) {
		size_t capacity = s->capacities[party] == 0 ? 16 : s->capacities[party] * 2;
		void *grown = reallocate(s->entries[party], capacity, sizeof(*s->entries[party]));

		assert_non_null(grown);
		s->entries[party] = grown;
		s->capacities[party] = capacity;
	}
	s->entries[party][s->counts[party]++] = entry;
}

/* --- from a line to an entry --------------------------------------------- */

enum { SCENARIO_VALUE_MAXIMUM = 4096 };

/* The values of an act's fields while it is being printed. */
struct scenario_values {
	size_t used;
	char text[FIELDS_MAXIMUM * SCENARIO_VALUE_MAXIMUM];
};

static inline struct hash scenario_hash(const struct scenario *s, const char *what)
{
	struct bytes pieces[] = { bytes_of_string(what), bytes_of(&s->serial, sizeof(s->serial)) };
	struct hash hash;

	sha256(&hash, pieces, 2);
	return hash;
}

static inline struct act_reference scenario_reference(const struct scenario *s,
                                                      const struct rules *rules,
                                                      const struct line *line,
                                                      struct act_place place)
{
	struct act_reference reference = {
		.generation = line->generation != 0
		                  ? line->generation
		                  : rules_generation(rules, place.party, place.number),
		.number = place.number,
	};

	memcpy(reference.party, s->charter->parties[place.party].id, sizeof(reference.party));
	if (line->leaf != NULL)
		reference.leaf = *line->leaf;
	else if (place.number < s->counts[place.party])
		reference.leaf = s->entries[place.party][place.number]->entry.leaf;
	return reference;
}

static inline const struct act_summary *scenario_named(const struct rules *rules,
                                                       const struct line *line)
{
	const struct act_place *place = line->answers != NULL ? line->answers : line->target;

	return place == NULL ? NULL : rules_act(rules, *place);
}

/* The list that an act is about; false where there is none. */
static inline bool scenario_list(const struct rules *rules, const struct line *line,
                                 struct list_summary *ret_list)
{
	const struct act_summary *named = scenario_named(rules, line);
	struct act_place place;

	if (line->matter != NULL)
		place = *line->matter;
	else if (named != NULL && named->has_matter)
		place = named->matter;
	else
		return false;
	return rules_list(rules, place, ret_list) == OK;
}

/* As many elements as a question has, one in a new one; with a proof each in an answer. */
static inline void scenario_elements(const struct rules *rules, const struct line *line,
                                     struct buffer *value)
{
	struct query_summary query = { .elements = 1 };
	size_t proof = line->kind == KIND_REPLY ? 64 : 0;
	uint8_t element[32 + 64] = { 0 };
	struct buffer elements;

	assert_ok(base64_decode_fixed(bytes_of_string(FIXTURE_ELEMENT), element, 32));
	if (line->answers != NULL)
		(void)rules_query(rules, *line->answers, &query);
	buffer_init(&elements, ENTRY_SIZE_MAXIMUM);
	for (uint64_t i = 0; i < query.elements; i++)
		assert_ok(buffer_put(&elements, element, 32 + proof));
	assert_ok(base64_encode(value, buffer_view(&elements), BASE64_PADDED));
	buffer_release(&elements);
}

static inline void scenario_epoch(const struct rules *rules, const struct line *line,
                                  struct buffer *value)
{
	struct list_summary list = { .epoch = 1 };

	(void)scenario_list(rules, line, &list);
	assert_ok(buffer_put_format(
	    value, "%llu", (unsigned long long)list.epoch + (line->kind == KIND_UPDATE_LIST)));
}

/* The first class that a list has, for a question to it. */
static inline const char *scenario_class(const struct list_summary *list)
{
	unsigned first = 0;

	while (first + 1 < IDENTIFIER_CLASS_COUNT && list->classes[first].pairs == 0)
		first++;
	return identifier_class_name((enum identifier_class)first);
}

/* What fields of acts about lists have: what is in order. False for other fields. */
static inline bool scenario_list_default(struct scenario *s, const struct rules *rules,
                                         const struct line *line, const struct field *field,
                                         struct buffer *value)
{
	char time[TIMESTAMP_CAPACITY];
	struct list_summary list;

	if (strcmp(field->name, "epoch") == 0)
		scenario_epoch(rules, line, value);
	else if (strcmp(field->name, "blinded") == 0 || strcmp(field->name, "evaluated") == 0)
		scenario_elements(rules, line, value);
	else if (strcmp(field->name, "class") == 0 && scenario_list(rules, line, &list))
		assert_ok(buffer_put_string(value, scenario_class(&list)));
	else if (strcmp(field->name, "mode") == 0 && scenario_list(rules, line, &list))
		assert_ok(buffer_put_string(value, list.mode == LIST_MATCH_ONLY ? "match-only"
		                                                                : "opened"));
	else if (line->kind == KIND_TALLY && strcmp(field->name, "day") == 0) {
		timestamp_format(s->now - s->now % SCENARIO_DAY, time);
		assert_ok(buffer_put_string(value, time));
	} else {
		return false;
	}
	return true;
}

/* What a field that the line does not give has for its value. */
static inline void scenario_default(struct scenario *s, const struct rules *rules,
                                    const struct line *line, const struct field *field,
                                    struct buffer *value)
{
	const struct act_summary *named = scenario_named(rules, line);
	struct hash hash = scenario_hash(s, field->name);
	char text[HASH_BASE64_CAPACITY], time[TIMESTAMP_CAPACITY];
	struct act_reference reference;
	struct tree_reader reader;

	if (line->kind == KIND_RECEIPT || line->kind == KIND_APPOINT) {
		/* An appointment of a log key names the log that it continues. */
		unsigned other = line->kind == KIND_APPOINT ? line->party : 1 - line->party;
		uint64_t size = rules_size(rules, other);

		if (strcmp(field->name, "size") == 0) {
			assert_ok(buffer_put_format(value, "%llu", (unsigned long long)size));
			return;
		}
		for (size_t i = 0; i < LINE_FIELDS && line->fields[i].name != NULL; i++)
			if (strcmp(line->fields[i].name, "size") == 0)
				size = strtoull(line->fields[i].value, NULL, 10);
		reader = memory_tree_reader(rules_tree(rules, other));
		if (size <= rules_size(rules, other))
			assert_ok(tree_reader_root(&reader, size, &hash));
	}
	if (line->kind == KIND_ACCEPT && named != NULL)
		hash = named->body_root;
	if (scenario_list_default(s, rules, line, field, value))
		return;
	switch (field->type) {
	case FIELD_ENCODED:
		assert_ok(buffer_put_bytes(value, buffer_view(&s->accessions[line->party])));
		break;
	case FIELD_HASH:
		hash_to_base64(&hash, text);
		assert_ok(buffer_put_string(value, text));
		break;
	case FIELD_TIME:
		timestamp_format(s->now + SCENARIO_DAY, time);
		assert_ok(buffer_put_string(value, time));
		break;
	case FIELD_ACT:
		assert_non_null(line->target);
		reference = scenario_reference(s, rules, line, *line->target);
		assert_ok(act_reference_print(&reference, value));
		break;
	case FIELD_BLOB:
		hash_to_base64(&hash, text);
		assert_ok(buffer_put_format(value, "4096 %s", text));
		break;
	default:
		fixture_put_value(value, kind_by_number(line->kind), field,
		                  fixture_first(kind_by_number(line->kind), 0));
	}
}

static inline const char *scenario_field(const struct line *line, const char *name)
{
	for (size_t i = 0; i < LINE_FIELDS && line->fields[i].name != NULL; i++)
		if (strcmp(line->fields[i].name, name) == 0)
			return line->fields[i].value;
	return NULL;
}

/* Fields that need not stand, but of which one does: the classes of a match-only list, of
 * which the line gives none, and what a reply has for an answer. */
static inline bool scenario_completes(const struct line *line, const struct field *field)
{
	if (line->kind == KIND_REPLY)
		return strcmp(field->name, "evaluated") == 0 &&
		       scenario_field(line, "refused") == NULL;
	if (field->type != FIELD_CLASS_COMMITMENT || strcmp(field->name, "domain") != 0)
		return false;
	for (unsigned i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (scenario_field(line, identifier_class_name((enum identifier_class)i)) != NULL)
			return false;
	return true;
}

/* A value `key:<label>` stands for a public key: of SSH, or with `raw:` raw. */
static inline void scenario_given(struct scenario *s, const struct line *line, const char *given,
                                  struct buffer *value)
{
	const struct ssh_key *key;

	if (strncmp(given, "key:", 4) == 0) {
		key = scenario_key(&s->keys, line->party, given + 4);
		assert_ok(ssh_key_print(key, value));
	} else if (strncmp(given, "raw:", 4) == 0) {
		key = scenario_key(&s->keys, line->party, given + 4);
		assert_ok(base64_encode(value, ssh_key_parts(key).point, BASE64_PADDED));
	} else {
		assert_ok(buffer_put_string(value, given));
	}
}

static inline void scenario_put_fields(struct scenario *s, const struct rules *rules,
                                       const struct line *line, struct act *act,
                                       struct scenario_values *values)
{
	const char *first = act->kind->fields[0].name == NULL
	                        ? NULL
	                        : scenario_field(line, act->kind->fields[0].name);
	struct list_summary list;
	struct buffer value;

	if (line->kind == KIND_UPDATE_LIST && first == NULL && scenario_list(rules, line, &list))
		first = list.mode == LIST_MATCH_ONLY ? "match-only" : "opened";

	buffer_init(&value, SCENARIO_VALUE_MAXIMUM);
	for (size_t i = 0; i < kind_field_count(act->kind); i++) {
		const struct field *field = &act->kind->fields[i];
		const char *given = scenario_field(line, field->name);

		if (field->when != NULL && (first == NULL || strcmp(first, field->when) != 0))
			continue;
		if (given == NULL && field->presence != REQUIRED &&
		    (field->type != FIELD_ACT || line->target == NULL) &&
		    !scenario_completes(line, field))
			continue;
		buffer_clear(&value);
		if (given != NULL)
			scenario_given(s, line, given, &value);
		else
			scenario_default(s, rules, line, field, &value);
		memcpy(values->text + values->used, value.data, value.size);
		act->fields[act->field_count].field = field;
		act->fields[act->field_count].text = bytes_of(values->text + values->used,
		                                              value.size);
		act->field_count++;
		values->used += value.size;
	}
	buffer_release(&value);
}

/* A list that is not only committed to has a body. */
static inline bool scenario_brings_list(const struct line *line)
{
	const char *mode = scenario_field(line, "mode");

	return line->kind == KIND_LIST && (mode == NULL || strcmp(mode, "swap") != 0);
}

static inline void scenario_put_matter(const struct scenario *s, const struct rules *rules,
                                       const struct line *line, struct act *act)
{
	const struct act_summary *named = scenario_named(rules, line);
	enum matter_use use = act->kind->matter_use;

	if (line->matter != NULL) {
		act->matter_use = ACT_MATTER_JOINS;
		act->matter = scenario_reference(s, rules, line, *line->matter);
	} else if (use == MATTER_LINE_NEW || use == MATTER_LINE_EITHER) {
		act->matter_use = ACT_MATTER_NEW;
	} else if (use == MATTER_LINE_JOIN && named != NULL) {
		act->matter_use = ACT_MATTER_JOINS;
		act->matter = scenario_reference(s, rules, line,
		                                 named->has_matter ? named->matter : named->place);
	}
}

static inline void scenario_string(char *to, size_t capacity, const char *from)
{
	assert_ok(bytes_to_string(bytes_of_string(from == NULL ? "" : from), to, capacity));
}

/* The act's text, as the party that has `rules` would write it. */
static inline void scenario_print(struct scenario *s, const struct rules *rules,
                                  const struct line *line, struct buffer *text)
{
	static struct scenario_values values;
	const struct kind *kind = kind_by_number(line->kind);
	struct act act = { .kind = kind, .exercise = line->exercise };
	struct list_summary list;
	struct error error;

	values.used = 0;
	s->serial++;
	scenario_string(act.channel, sizeof(act.channel),
	                line->channel != NULL ? line->channel : s->charter->channel);
	scenario_string(act.party, sizeof(act.party),
	                line->as_party != NULL ? line->as_party
	                                       : s->charter->parties[line->party].id);
	scenario_string(act.author, sizeof(act.author), line->author);
	scenario_string(act.cosigner, sizeof(act.cosigner), line->cosigner);
	act.time = line->time != 0 ? line->time : s->now;
	act.due = line->due;
	act.not_after = line->not_after;
	scenario_put_matter(s, rules, line, &act);
	if (line->answers != NULL) {
		act.has_answers = true;
		act.answers = scenario_reference(s, rules, line, *line->answers);
	}
	if (line->precedence != NULL || kind->precedence == REQUIRED) {
		act.has_precedence = true;
		act.precedence = line->precedence == NULL
		                     ? PRECEDENCE_ROUTINE
		                     : precedence_by_name(bytes_of_string(line->precedence));
	}
	scenario_put_fields(s, rules, line, &act, &values);
	if (line->sealed != NULL) {
		act.has_body = true;
		act.body.parts = line->sealed->parts;
		act.body.root = line->sealed->root;
		act.body.sealed_size = line->sealed->size;
		act.body.sealed_hash = line->sealed->hash;
	} else if (kind->body == REQUIRED || line->body || scenario_brings_list(line)) {
		act.has_body = true;
		act.body.parts = 1;
		act.body.root = scenario_hash(s, "root");
		if (line->kind == KIND_REVEAL && scenario_list(rules, line, &list))
			act.body.root = list.commitment;
		act.body.sealed_size = 4096;
		act.body.sealed_hash = scenario_hash(s, "sealed");
	}
	if (act_print(&act, text, &error) != OK)
		fail_msg("%s: line %zu: %s", kind->name, error.line, error.message);
}

static inline void scenario_sign(struct scenario *s, const struct line *line, struct buffer *text,
                                 struct scenario_entry *made)
{
	const char *labels[2] = { line->key != NULL ? line->key : line->author,
		                  line->second_key != NULL ? line->second_key : line->cosigner };
	unsigned count = line->cosigner != NULL ? 2 : 1;
	struct buffer armors[2];
	struct bytes views[2];
	struct error error;

	for (unsigned i = 0; i < count; i++) {
		struct ed25519_secret secret = scenario_secret(line->party, labels[i]);

		buffer_init(&armors[i], SSHSIG_ARMOR_MAXIMUM);
		assert_ok(sshsig_sign(&secret, ACT_NAMESPACE, buffer_view(text), &armors[i]));
		views[i] = buffer_view(&armors[i]);
	}
	assert_ok(entry_make(buffer_view(text), views, count, s->now, &made->bytes,
	                     &(struct entry){ 0 }, &error));
	assert_ok(entry_parse(buffer_view(&made->bytes), &made->entry, &error));
	assert_ok(entry_verify(&made->entry, made->keys, &error));
	for (unsigned i = 0; i < count; i++)
		buffer_release(&armors[i]);
}

static inline void scenario_pretend(struct scenario *s, const struct line *line,
                                    const struct buffer *text, struct scenario_entry *made)
{
	struct error error;

	assert_ok(buffer_put_bytes(&made->bytes, buffer_view(text)));
	if (act_parse(buffer_view(&made->bytes), &made->entry.act, &error) != OK)
		fail_msg("line %zu: %s", error.line, error.message);
	made->entry.bytes = buffer_view(&made->bytes);
	tree_hash_leaf(made->entry.bytes, &made->entry.leaf);
	made->entry.logged = s->now;
	made->entry.signature_count = line->cosigner != NULL ? 2 : 1;
	made->keys[0] = *scenario_key(&s->keys, line->party,
	                              line->key != NULL ? line->key : line->author);
	if (line->cosigner != NULL)
		made->keys[1] = *scenario_key(&s->keys, line->party,
		                              line->second_key != NULL ? line->second_key
		                                                       : line->cosigner);
}

/* The entry of a text, logged now. */
static inline struct scenario_entry *scenario_entry_of(struct scenario *s, const struct line *line,
                                                       struct buffer *text)
{
	struct scenario_entry *made = allocate(1, sizeof(*made));

	assert_non_null(made);
	buffer_init(&made->bytes, ENTRY_SIZE_MAXIMUM);
	if (s->sign)
		scenario_sign(s, line, text, made);
	else
		scenario_pretend(s, line, text, made);
	return made;
}

static inline struct scenario_entry *scenario_make(struct scenario *s, const struct rules *rules,
                                                   const struct line *line)
{
	struct scenario_entry *made;
	struct buffer text;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	scenario_print(s, rules, line, &text);
	made = scenario_entry_of(s, line, &text);
	buffer_release(&text);
	return made;
}

#endif
