/* Who may act for a party: decided by its own log alone, but for keys that the
 * other side's log has named. */
#include "rules_internal.h"

#include "grow.h"
#include "note.h"
#include "sha.h"

#define NODE_NAME       "node"
#define APPOINTING_NAME "appointing"

/* The words of `appoint`'s field office and `rekey`'s field item, in the order
 * of the kinds table. */
enum office {
	OFFICE_HEAD,
	OFFICE_APPOINTING,
	OFFICE_LOG,
	OFFICE_RECEIPT,
	OFFICE_NODE,
	OFFICE_LINK,
	OFFICE_READING,
	OFFICE_COUNT
};
enum item {
	ITEM_READING_KEY,
	ITEM_ENDPOINT,
	ITEM_RECEIPT_KEY,
	ITEM_NODE_KEY,
	ITEM_LINK_KEY,
	ITEM_COUNT
};

static const enum office office_of_item[ITEM_COUNT] = {
	[ITEM_READING_KEY] = OFFICE_READING, [ITEM_ENDPOINT] = OFFICE_COUNT,
	[ITEM_RECEIPT_KEY] = OFFICE_RECEIPT, [ITEM_NODE_KEY] = OFFICE_NODE,
	[ITEM_LINK_KEY] = OFFICE_LINK,
};

static const enum role role_of_choice[] = { ROLE_DEPUTY, ROLE_OFFICER, ROLE_DUTY };

static struct hash hash_of_name(const char *name)
{
	struct hash hash;

	sha256_of(&hash, bytes_of_string(name));
	return hash;
}

/* A key is its point: the same one as a raw key, of SSH or of FIDO under another
 * application is no other key. */
static struct hash hash_of_key(const struct ssh_key *key)
{
	struct hash hash;

	sha256_of(&hash, ssh_key_parts(key).point);
	return hash;
}

static struct hash hash_of_raw_key(const struct ed25519_public *raw)
{
	struct hash hash;

	sha256_of(&hash, bytes_of(raw->bytes, sizeof(raw->bytes)));
	return hash;
}

static bool name_is_reserved(const char *name)
{
	return strcmp(name, NODE_NAME) == 0 || strcmp(name, APPOINTING_NAME) == 0;
}

bool author_is_node(const struct act *act)
{
	return strcmp(act->author, NODE_NAME) == 0;
}

static void field_string(const struct act *act, const char *name, char *ret_string, size_t capacity)
{
	const struct field_value *value = act_field(act, name);

	if (value == NULL || bytes_to_string(value->text, ret_string, capacity) != OK)
		ret_string[0] = '\0';
}

size_t delegate_index(const struct log_state *log, const char *name)
{
	struct hash hash = hash_of_name(name);
	const uint64_t *index = hash_index_find(&log->names, &hash);

	if (index == NULL || log->delegates[*index].recalled)
		return NO_INDEX;
	return (size_t)*index;
}

/* --- folding ----------------------------------------------------------- */

static void end_delegate(struct log_state *log, size_t index, uint64_t number, timestamp logged)
{
	struct delegate *delegate = &log->delegates[index];

	delegate->recalled = true;
	delegate->ended = logged;
	delegate->ended_by = number;
	if (log->head == index)
		log->head = NO_INDEX;
}

/* Gives a name authority; whoever held it before holds it no longer. Room is
 * reserved. `number` is NO_ENTRY for what the charter says. */
static struct delegate *add_delegate(struct log_state *log, const char *name, enum role role,
                                     const struct ssh_key *key, uint64_t number, timestamp logged)
{
	struct delegate *delegate = &log->delegates[log->delegate_count];
	struct hash name_hash = hash_of_name(name), key_hash = hash_of_key(key);
	size_t former = delegate_index(log, name);

	if (former != NO_INDEX)
		end_delegate(log, former, number, logged);
	*delegate = (struct delegate){
		.role = role,
		.key = *key,
		.from = logged,
		.entry = number,
	};
	memcpy(delegate->name, name, strlen(name) + 1);
	hash_index_put(&log->names, &name_hash, log->delegate_count);
	hash_index_put(&log->keys, &key_hash, number == NO_ENTRY ? 0 : number + 1);
	log->delegate_count++;
	return delegate;
}

static void name_head(struct log_state *log, const char *name, const struct ssh_key *key,
                      const char *reading_key, uint64_t number, timestamp logged)
{
	struct delegate *head;

	if (log->head != NO_INDEX)
		end_delegate(log, log->head, number, logged);
	head = add_delegate(log, name, ROLE_HEAD, key, number, logged);
	memcpy(head->reading_key, reading_key, strlen(reading_key) + 1);
	log->head = log->delegate_count - 1;
}

static struct ssh_key ssh_key_of_raw(const struct ed25519_public *raw)
{
	struct ssh_key key;

	ssh_key_from_ed25519(raw, &key);
	return key;
}

/* Keys of the charter that sign in nobody's name, but may not become anybody's. */
static int reserve_raw_key(struct log_state *log, const struct ed25519_public *raw)
{
	struct hash hash = hash_of_raw_key(raw);
	int r;

	if ((r = hash_index_reserve(&log->keys)) != OK)
		return r;
	hash_index_put(&log->keys, &hash, 0);
	return OK;
}

int authority_reserve(struct log_state *log)
{
	void *grown;
	int r;

	if ((r = hash_index_reserve(&log->names)) != OK ||
	    (r = hash_index_reserve(&log->keys)) != OK)
		return r;
	grown = grow(log->delegates, log->delegate_count, &log->delegate_capacity,
	             sizeof(*log->delegates));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->delegates = grown;
	grown = grow(log->generations, log->generation_count, &log->generation_capacity,
	             sizeof(*log->generations));
	if (grown == NULL)
		return ERROR_MEMORY;
	log->generations = grown;
	return reading_reserve(log);
}

/* From entry `start` on the log is signed by another key. Room is reserved. */
static void begin_generation(struct log_state *log, uint64_t start,
                             const struct ed25519_public *key)
{
	log->generations[log->generation_count++] = (struct generation){ start, *key };
	log->party.log_key = *key;
}

int authority_init(struct log_state *log, const struct party *party)
{
	struct ssh_key node_key = ssh_key_of_raw(&party->node_key);
	int r;

	log->party = *party;
	log->head = NO_INDEX;
	hash_index_init(&log->names);
	hash_index_init(&log->keys);
	hash_index_init(&log->reading_index);
	if ((r = authority_reserve(log)) != OK)
		return r;
	begin_generation(log, 0, &party->log_key);
	fold_reading_key(log, bytes_of_string(party->reading_key), NO_ENTRY, 0);
	name_head(log, party->head, &party->head_key, party->head_reading_key, NO_ENTRY, 0);
	if ((r = authority_reserve(log)) != OK)
		return r;
	add_delegate(log, NODE_NAME, ROLE_NODE, &node_key, NO_ENTRY, 0);
	if ((r = authority_reserve(log)) != OK)
		return r;
	add_delegate(log, APPOINTING_NAME, ROLE_APPOINTING, &party->appointing_key, NO_ENTRY, 0);
	if ((r = reserve_raw_key(log, &party->log_key)) != OK ||
	    (r = reserve_raw_key(log, &party->receipt_key)) != OK)
		return r;
	return reserve_raw_key(log, &party->link_key);
}

static struct bytes neutral_of(const struct charter *charter, size_t index)
{
	return index < charter->witness_count ? charter->witnesses[index] : charter->depositary;
}

/* A party whose receipt key were a witness's would have that one's cosignatures
 * for its receipts: the signed message does not name the cosigner. */
int authority_reserve_neutrals(struct log_state *log, const struct charter *charter)
{
	for (size_t i = 0; i <= charter->witness_count; i++) {
		struct bytes vkey = neutral_of(charter, i);
		struct note_key key;
		int r;

		if (vkey.size == 0)
			continue;
		if ((r = note_key_parse(vkey, &key, NULL)) != OK ||
		    (r = reserve_raw_key(log, &key.public_key)) != OK)
			return r;
	}
	return OK;
}

/* Whether one of a charter's neutrals has the key. */
static bool is_key_of_neutral(const struct charter *charter, const struct hash *key)
{
	for (size_t i = 0; i <= charter->witness_count; i++) {
		struct bytes vkey = neutral_of(charter, i);
		struct note_key neutral;
		struct hash hash;

		if (vkey.size == 0 || note_key_parse(vkey, &neutral, NULL) != OK)
			continue;
		hash = hash_of_raw_key(&neutral.public_key);
		if (hash_equal(&hash, key))
			return true;
	}
	return false;
}

/* Those of the first charter are among the keys of its parties. */
static bool is_key_of_amended(const struct rules *rules, const struct view *view,
                              const struct hash *key)
{
	for (unsigned i = charter_version_in_view(rules, view); i > 1; i--)
		if (is_key_of_neutral(rules->charters[i - 1].charter, key))
			return true;
	return false;
}

bool names_key_in_use(const struct rules *rules, const struct draft *draft,
                      const struct charter *charter)
{
	for (size_t i = 0; i <= charter->witness_count; i++) {
		struct bytes vkey = neutral_of(charter, i);
		struct note_key neutral;
		struct hash key;

		if (vkey.size == 0 || note_key_parse(vkey, &neutral, NULL) != OK)
			continue;
		key = hash_of_raw_key(&neutral.public_key);
		for (unsigned party = 0; party < 2; party++) {
			const uint64_t *named = hash_index_find(&rules->logs[party].keys, &key);

			if (named != NULL && *named <= draft->view.size[party] &&
			    !is_key_of_neutral(rules->charter, &key))
				return true;
		}
	}
	return false;
}

void authority_release(struct log_state *log)
{
	release_memory(log->delegates);
	release_memory(log->generations);
	release_memory(log->reading_keys);
	hash_index_release(&log->names);
	hash_index_release(&log->keys);
	hash_index_release(&log->reading_index);
}

static void fold_accredit(struct log_state *log, const struct act *act, uint64_t number,
                          timestamp logged)
{
	const struct field_value *until = act_field(act, "until");
	char name[DELEGATE_NAME_CAPACITY];
	struct delegate *delegate;

	field_string(act, "delegate", name, sizeof(name));
	delegate = add_delegate(log, name, role_of_choice[act_field(act, "role")->as.choice],
	                        &act_field(act, "key")->as.ssh_key, number, logged);
	field_string(act, "reading-key", delegate->reading_key, sizeof(delegate->reading_key));
	if (until != NULL)
		delegate->until = until->as.time;
}

static void fold_recall(struct log_state *log, const struct act *act, uint64_t number,
                        timestamp logged)
{
	const struct field_value *since = act_field(act, "since");
	char name[DELEGATE_NAME_CAPACITY];
	size_t index;

	field_string(act, "delegate", name, sizeof(name));
	index = delegate_index(log, name);
	end_delegate(log, index, number, logged);
	if (since != NULL)
		log->delegates[index].disputed_since = since->as.time;
}

/* Replaces a key of the log or the node, or the appointing key. */
static void replace_key(struct log_state *log, enum office office, const struct field_value *value,
                        uint64_t number, timestamp logged)
{
	struct party *party = &log->party;
	struct ed25519_public *raw_keys[OFFICE_COUNT] = {
		[OFFICE_LOG] = &party->log_key,
		[OFFICE_RECEIPT] = &party->receipt_key,
		[OFFICE_NODE] = &party->node_key,
		[OFFICE_LINK] = &party->link_key,
	};
	struct hash hash;

	if (office == OFFICE_READING) {
		fold_reading_key(log, value->text, number, logged);
		return;
	}
	if (office == OFFICE_APPOINTING) {
		party->appointing_key = value->as.ssh_key;
		add_delegate(log, APPOINTING_NAME, ROLE_APPOINTING, &value->as.ssh_key, number,
		             logged);
		return;
	}
	*raw_keys[office] = value->as.raw_key;
	if (office == OFFICE_NODE) {
		struct ssh_key key = ssh_key_of_raw(&value->as.raw_key);

		add_delegate(log, NODE_NAME, ROLE_NODE, &key, number, logged);
		return;
	}
	if (office == OFFICE_LOG)
		begin_generation(log, number, &value->as.raw_key);
	hash = hash_of_raw_key(&value->as.raw_key);
	hash_index_put(&log->keys, &hash, number + 1);
}

static void fold_appoint(struct log_state *log, const struct act *act, uint64_t number,
                         timestamp logged)
{
	enum office office = (enum office)act_field(act, "office")->as.choice;
	const struct field_value *key = act_field(act, "key");
	struct party *party = &log->party;

	if (office != OFFICE_HEAD) {
		replace_key(log, office, key, number, logged);
		return;
	}
	field_string(act, "delegate", party->head, sizeof(party->head));
	field_string(act, "reading-key", party->head_reading_key, sizeof(party->head_reading_key));
	party->head_key = key->as.ssh_key;
	name_head(log, party->head, &party->head_key, party->head_reading_key, number, logged);
}

static void fold_rekey(struct log_state *log, const struct act *act, uint64_t number,
                       timestamp logged)
{
	enum item item = (enum item)act_field(act, "item")->as.choice;
	const struct field_value *value = act_field(act, "value");

	if (item == ITEM_ENDPOINT)
		endpoints_parse(value->text, log->party.endpoints, &log->party.endpoint_count);
	else
		replace_key(log, office_of_item[item], value, number, logged);
	if (act_field(act, "destroyed") != NULL)
		fold_destroyed(log, number, logged);
}

void fold_authority(struct log_state *log, const struct act *act, uint64_t number, timestamp logged)
{
	switch (act->kind->number) {
	case KIND_ACCREDIT:
		fold_accredit(log, act, number, logged);
		break;
	case KIND_RECALL:
		fold_recall(log, act, number, logged);
		break;
	case KIND_APPOINT:
		fold_appoint(log, act, number, logged);
		break;
	case KIND_REKEY:
		fold_rekey(log, act, number, logged);
		break;
	default:
		break;
	}
}

/* --- judging ----------------------------------------------------------- */

static enum void_reason judge_signer(const struct log_state *log, const char *name,
                                     const struct ssh_key *key, timestamp logged,
                                     enum role *ret_role)
{
	size_t index = delegate_index(log, name);
	const struct delegate *delegate;

	if (index == NO_INDEX)
		return VOID_NOT_ACCREDITED;
	delegate = &log->delegates[index];
	if (!ssh_key_equal(&delegate->key, key))
		return VOID_WRONG_KEY;
	if (delegate->until != 0 && logged > delegate->until)
		return VOID_EXPIRED_AUTHORITY;
	*ret_role = delegate->role;
	return VOID_NONE;
}

/* What stands above the head, and machines, sign alone whatever the charter says. */
static bool needs_cosigner(const struct rules *rules, const struct draft *draft, enum role role)
{
	const struct kind *kind = draft->kind;

	return kind_set_has(&charter_in_view(rules, &draft->view)->two_signatures, kind->number) &&
	       kind->cosigner != ABSENT && role != ROLE_APPOINTING && role != ROLE_NODE;
}

enum void_reason judge_signers(const struct rules *rules, const struct act *act,
                               const struct ssh_key keys[2], struct draft *draft)
{
	const struct log_state *log = &rules->logs[draft->party];
	timestamp logged = draft->logged;
	/* The second of two signatures may be a head's or deputy's under any act. */
	unsigned cosigners = (act->kind->signers | ROLE_HEAD | ROLE_DEPUTY) &
	                     ~(unsigned)(ROLE_NODE | ROLE_APPOINTING);
	enum void_reason reason;
	enum role role;

	if ((reason = judge_signer(log, act->author, &keys[0], logged, &role)) != VOID_NONE)
		return reason;
	if ((role & act->kind->signers) == 0)
		return VOID_NOT_EMPOWERED;
	draft->role = role;
	if (act->cosigner[0] == '\0')
		return needs_cosigner(rules, draft, role) ? VOID_COSIGNER_REQUIRED : VOID_NONE;
	if (strcmp(act->author, act->cosigner) == 0 || ssh_key_equal(&keys[0], &keys[1]))
		return VOID_SAME_PERSON;
	if ((reason = judge_signer(log, act->cosigner, &keys[1], logged, &role)) != VOID_NONE)
		return reason;
	return (role & cosigners) != 0 ? VOID_NONE : VOID_NOT_EMPOWERED;
}

/* Whether the view knows the key as anybody's, of either side and at any time.
 * What the other side has named since the charter does not count for `appoint`:
 * by naming the next leader's key first it could veto the change. */
static bool key_in_use(const struct rules *rules, const struct draft *draft, const struct hash *key)
{
	for (unsigned party = 0; party < 2; party++) {
		bool charter_only = party != draft->party && draft->kind->number == KIND_APPOINT;
		const uint64_t *named = hash_index_find(&rules->logs[party].keys, key);

		if (named != NULL && *named <= (charter_only ? 0 : draft->view.size[party]))
			return true;
	}
	return is_key_of_amended(rules, &draft->view, key);
}

static enum void_reason judge_new_key(const struct rules *rules, const struct draft *draft,
                                      const struct field_value *value)
{
	struct hash key;

	if (value->type == FIELD_SSH_KEY)
		key = hash_of_key(&value->as.ssh_key);
	else if (value->type == FIELD_RAW_KEY)
		key = hash_of_raw_key(&value->as.raw_key);
	else if (value->type == FIELD_RECIPIENT)
		return judge_reading_key(&rules->logs[draft->party], value->text);
	else
		return VOID_NONE;
	return key_in_use(rules, draft, &key) ? VOID_KEY_IN_USE : VOID_NONE;
}

static enum void_reason judge_accredit(const struct rules *rules, const struct draft *draft,
                                       const struct act *act)
{
	const struct log_state *log = &rules->logs[draft->party];
	const struct field_value *until = act_field(act, "until");
	char name[DELEGATE_NAME_CAPACITY];

	field_string(act, "delegate", name, sizeof(name));
	if (name_is_reserved(name) || (until != NULL && until->as.time <= draft->logged))
		return VOID_FIELD;
	/* A head is replaced by the appointing key, not by itself. */
	if (log->head != NO_INDEX && strcmp(log->delegates[log->head].name, name) == 0)
		return VOID_FIELD;
	return judge_new_key(rules, draft, act_field(act, "key"));
}

static enum void_reason judge_recall(const struct rules *rules, const struct draft *draft,
                                     const struct act *act)
{
	char name[DELEGATE_NAME_CAPACITY];

	field_string(act, "delegate", name, sizeof(name));
	if (name_is_reserved(name) || delegate_index(&rules->logs[draft->party], name) == NO_INDEX)
		return VOID_FIELD;
	return VOID_NONE;
}

/* A successor log continues the log: it begins at its end and nowhere else. What is
 * signed for one place means nothing at another. */
static enum void_reason judge_succession(const struct rules *rules, const struct draft *draft,
                                         const struct act *act)
{
	const struct log_state *log = &rules->logs[draft->party];
	struct tree_reader reader = memory_tree_reader(&log->tree);
	struct hash root;

	if (act_field(act, "size")->as.number != log->size ||
	    tree_reader_root(&reader, log->size, &root) != OK ||
	    !hash_equal(&root, &act_field(act, "root")->as.hash))
		return VOID_FIELD;
	return VOID_NONE;
}

static enum void_reason judge_appoint(const struct rules *rules, const struct draft *draft,
                                      const struct act *act)
{
	enum office office = (enum office)act_field(act, "office")->as.choice;
	char name[DELEGATE_NAME_CAPACITY];
	enum void_reason reason;

	if (office == OFFICE_LOG && (reason = judge_succession(rules, draft, act)) != VOID_NONE)
		return reason;
	if (office == OFFICE_HEAD) {
		field_string(act, "delegate", name, sizeof(name));
		if (name_is_reserved(name))
			return VOID_FIELD;
	}
	return judge_new_key(rules, draft, act_field(act, "key"));
}

static enum void_reason judge_rekey(const struct rules *rules, const struct draft *draft,
                                    const struct act *act)
{
	const struct field_value *value = act_field(act, "value");
	const struct field_value *destroyed = act_field(act, "destroyed");
	enum void_reason reason = judge_new_key(rules, draft, value);

	if (reason != VOID_NONE || destroyed == NULL)
		return reason;
	if (act_field(act, "item")->as.choice != ITEM_READING_KEY)
		return VOID_FIELD;
	return judge_destroyed(&rules->logs[draft->party], draft, destroyed->text, value->text);
}

enum void_reason judge_authority(const struct rules *rules, const struct draft *draft,
                                 const struct act *act)
{
	switch (draft->kind->number) {
	case KIND_ACCREDIT:
		return judge_accredit(rules, draft, act);
	case KIND_RECALL:
		return judge_recall(rules, draft, act);
	case KIND_APPOINT:
		return judge_appoint(rules, draft, act);
	case KIND_REKEY:
		return judge_rekey(rules, draft, act);
	default:
		return VOID_NONE;
	}
}

/* --- what others ask --------------------------------------------------- */

const struct delegate *rules_delegates(const struct rules *rules, unsigned party, size_t *ret_count)
{
	*ret_count = rules->logs[party].delegate_count;
	return rules->logs[party].delegates;
}

const struct delegate *rules_delegate(const struct rules *rules, unsigned party, const char *name)
{
	const struct log_state *log = &rules->logs[party];
	size_t index = delegate_index(log, name);

	return index == NO_INDEX ? NULL : &log->delegates[index];
}

const struct delegate *rules_head(const struct rules *rules, unsigned party)
{
	const struct log_state *log = &rules->logs[party];

	return log->head == NO_INDEX ? NULL : &log->delegates[log->head];
}

const struct party *rules_party(const struct rules *rules, unsigned party)
{
	return &rules->logs[party].party;
}

/* --- generations of a log --------------------------------------------------- */

unsigned rules_generations(const struct rules *rules, unsigned party)
{
	return (unsigned)rules->logs[party].generation_count;
}

unsigned rules_generation(const struct rules *rules, unsigned party, uint64_t number)
{
	const struct log_state *log = &rules->logs[party];
	size_t generation = log->generation_count;

	while (generation > 1 && log->generations[generation - 1].start > number)
		generation--;
	return (unsigned)generation;
}

unsigned rules_head_generation(const struct rules *rules, unsigned party, uint64_t size)
{
	return size == 0 ? 1 : rules_generation(rules, party, size - 1);
}

uint64_t rules_generation_start(const struct rules *rules, unsigned party, unsigned generation)
{
	return rules->logs[party].generations[generation - 1].start;
}

const struct ed25519_public *rules_log_key(const struct rules *rules, unsigned party,
                                           unsigned generation)
{
	return &rules->logs[party].generations[generation - 1].key;
}
