#include "deposit_keys.h"

void deposit_keys_init(struct deposit_keys *keys, const struct party *party)
{
	*keys = (struct deposit_keys){ .generations = 1,
		                       .logs = { { 0, party->log_key } },
		                       .appointing_key = party->appointing_key,
		                       .link_count = 1,
		                       .link_keys = { party->link_key } };
}

static bool is_word(const struct act *act, const char *field, const char *word)
{
	const struct field_value *value = act_field(act, field);

	return value != NULL && bytes_equal_string(value->text, word);
}

static bool rekey_link(struct deposit_keys *keys, const struct act *act)
{
	const struct field_value *value = act_field(act, "value");

	if (!is_word(act, "item", "link-key") || value == NULL || value->type != FIELD_RAW_KEY)
		return false;
	keys->link_keys[1] = keys->link_keys[0];
	keys->link_keys[0] = value->as.raw_key;
	keys->link_count = 2;
	return true;
}

static bool appoint_link(struct deposit_keys *keys, const struct act *act)
{
	const struct field_value *value = act_field(act, "key");

	if (value == NULL || value->type != FIELD_RAW_KEY)
		return false;
	keys->link_keys[0] = value->as.raw_key;
	keys->link_count = 1;
	return true;
}

static bool appoint_appointing(struct deposit_keys *keys, const struct act *act)
{
	const struct field_value *value = act_field(act, "key");

	if (value == NULL || value->type != FIELD_SSH_KEY)
		return false;
	keys->appointing_key = value->as.ssh_key;
	return true;
}

/* It is the entry that continues the log which it names. */
static bool appoint_log(struct deposit_keys *keys, uint64_t number, const struct edge *before,
                        const struct act *act)
{
	const struct field_value *key = act_field(act, "key");
	const struct field_value *size = act_field(act, "size");
	const struct field_value *root = act_field(act, "root");
	struct hash own;

	if (key == NULL || size == NULL || root == NULL || key->type != FIELD_RAW_KEY ||
	    size->as.number != number || keys->generations == DEPOSIT_GENERATIONS_MAXIMUM)
		return false;
	edge_root(before, &own);
	if (!hash_equal(&own, &root->as.hash))
		return false;
	keys->logs[keys->generations].start = number;
	keys->logs[keys->generations++].key = key->as.raw_key;
	return true;
}

bool deposit_keys_follow(struct deposit_keys *keys, uint64_t number, const struct edge *before,
                         const struct entry *entry, const struct ssh_key signers[2])
{
	const struct act *act = &entry->act;

	if (act->kind->number == KIND_REKEY)
		return rekey_link(keys, act);
	if (act->kind->number != KIND_APPOINT || !ssh_key_equal(&signers[0], &keys->appointing_key))
		return false;
	if (is_word(act, "office", "link"))
		return appoint_link(keys, act);
	if (is_word(act, "office", "appointing"))
		return appoint_appointing(keys, act);
	return is_word(act, "office", "log") && appoint_log(keys, number, before, act);
}
