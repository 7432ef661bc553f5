#include "policy.h"

enum { GROUP_BIT = POLICY_WITNESSES_MAXIMUM };

void policy_init(struct policy *policy)
{
	policy->log_count = policy->witness_count = policy->group_count = 0;
	policy->has_quorum = false;
	policy->quorum = 0;
}

static policy_set witness_bit(size_t witness)
{
	return UINT64_C(1) << witness;
}

static policy_set group_bit(size_t group)
{
	return UINT64_C(1) << (GROUP_BIT + group);
}

static unsigned set_size(policy_set set)
{
	unsigned size = 0;

	for (; set != 0; set &= set - 1)
		size++;
	return size;
}

/* A word that can stand in a line of the text: no blanks, no control
 * characters, not empty. */
static bool is_word(struct bytes word)
{
	for (size_t i = 0; i < word.size; i++)
		if (word.data[i] <= ' ' || word.data[i] == 0x7f)
			return false;
	return word.size > 0;
}

/* The member of that name, or the empty set. */
static policy_set find_name(const struct policy *policy, struct bytes name)
{
	for (size_t i = 0; i < policy->witness_count; i++)
		if (bytes_equal_string(name, policy->witnesses[i].name))
			return witness_bit(i);
	for (size_t i = 0; i < policy->group_count; i++)
		if (bytes_equal_string(name, policy->groups[i].name))
			return group_bit(i);
	return 0;
}

/* A name that a new witness or group may have, copied. */
static int take_name(const struct policy *policy, struct bytes name,
                     char ret_name[NOTE_NAME_CAPACITY], struct error *error)
{
	int r;

	if (!is_word(name) || bytes_equal_string(name, "none"))
		return error_set(error, ERROR_SYNTAX, "this is not a name");
	if (find_name(policy, name) != 0)
		return error_set(error, ERROR_EXISTS, "the name '%.*s' is taken", (int)name.size,
		                 (const char *)name.data);
	if ((r = bytes_to_string(name, ret_name, NOTE_NAME_CAPACITY)) != OK)
		return error_set(error, r, "the name is too long");
	return OK;
}

static int take_url(const char *url, char ret_url[POLICY_URL_CAPACITY], struct error *error)
{
	struct bytes bytes = bytes_of_string(url != NULL ? url : "");

	if (url != NULL && !is_word(bytes))
		return error_set(error, ERROR_SYNTAX, "this is not a URL");
	if (bytes_to_string(bytes, ret_url, POLICY_URL_CAPACITY) != OK)
		return error_set(error, ERROR_LIMIT, "the URL is too long");
	return OK;
}

int policy_add_log(struct policy *policy, const struct note_key *key, const char *url,
                   struct error *error)
{
	struct policy_log *log = &policy->logs[policy->log_count];
	int r;

	if (policy->log_count == POLICY_LOGS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "too many logs");
	if (key->type != NOTE_KEY_ED25519)
		return error_set(error, ERROR_UNSUPPORTED, "the key of '%s' is not a log's",
		                 key->name);
	for (size_t i = 0; i < policy->log_count; i++)
		if (ed25519_public_equal(&policy->logs[i].key.public_key, &key->public_key))
			return error_set(error, ERROR_EXISTS, "the key of '%s' is there twice",
			                 key->name);
	if ((r = take_url(url, log->url, error)) != OK)
		return r;
	log->key = *key;
	policy->log_count++;
	return OK;
}

int policy_add_witness(struct policy *policy, struct bytes name, const struct note_key *key,
                       const char *url, struct error *error)
{
	struct policy_witness *witness = &policy->witnesses[policy->witness_count];
	int r;

	if (policy->witness_count == POLICY_WITNESSES_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "too many witnesses");
	if (key->type != NOTE_KEY_COSIGNATURE)
		return error_set(error, ERROR_UNSUPPORTED, "the key of '%s' is not a cosigner's",
		                 key->name);
	for (size_t i = 0; i < policy->witness_count; i++)
		if (ed25519_public_equal(&policy->witnesses[i].key.public_key, &key->public_key))
			return error_set(error, ERROR_EXISTS, "the key of '%s' is there twice",
			                 key->name);
	if ((r = take_name(policy, name, witness->name, error)) != OK ||
	    (r = take_url(url, witness->url, error)) != OK)
		return r;
	witness->key = *key;
	policy->witness_count++;
	return OK;
}

/* All names that are members of a group already. Each may be so once, so that a
 * witness counts in one way only. */
static policy_set members_so_far(const struct policy *policy)
{
	policy_set members = 0;

	for (size_t i = 0; i < policy->group_count; i++)
		members |= policy->groups[i].members;
	return members;
}

int policy_add_group(struct policy *policy, struct bytes name, unsigned threshold,
                     const struct bytes *members, size_t count, struct error *error)
{
	struct policy_group *group = &policy->groups[policy->group_count];
	policy_set taken = members_so_far(policy);
	policy_set set = 0;
	int r;

	if (policy->group_count == POLICY_GROUPS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "too many groups");
	if (count == 0 || threshold > count)
		return error_set(error, ERROR_SYNTAX,
		                 "a group needs at least as many members "
		                 "as its threshold, and one");
	for (size_t i = 0; i < count; i++) {
		policy_set member = find_name(policy, members[i]);

		if (member == 0)
			return error_set(error, ERROR_NOT_FOUND,
			                 "a member of the group is not defined before it");
		if ((member & (taken | set)) != 0)
			return error_set(error, ERROR_EXISTS,
			                 "a member of the group is a member already");
		set |= member;
	}
	if ((r = take_name(policy, name, group->name, error)) != OK)
		return r;
	group->members = set;
	group->threshold = threshold > 0 ? threshold : (unsigned)count;
	policy->group_count++;
	return OK;
}

int policy_set_quorum(struct policy *policy, struct bytes name, struct error *error)
{
	policy_set quorum = 0;

	if (policy->has_quorum)
		return error_set(error, ERROR_EXISTS, "the quorum is there twice");
	if (!bytes_equal_string(name, "none") && (quorum = find_name(policy, name)) == 0)
		return error_set(error, ERROR_NOT_FOUND,
		                 "the quorum is not a name that is defined before it");
	policy->quorum = quorum;
	policy->has_quorum = true;
	return OK;
}

bool policy_is_satisfied(const struct policy *policy, policy_set witnesses)
{
	policy_set satisfied = witnesses & (group_bit(0) - 1);

	/* A group has only members that were defined before it. */
	for (size_t i = 0; i < policy->group_count; i++) {
		const struct policy_group *group = &policy->groups[i];

		if (set_size(group->members & satisfied) >= group->threshold)
			satisfied |= group_bit(i);
	}
	return policy->has_quorum && (policy->quorum & satisfied) == policy->quorum;
}

/* Verifies under the logs that bear the checkpoint's origin: usually one, two
 * when a log has changed its key. */
static int verify_under_logs(const struct policy *policy, struct bytes note,
                             struct checkpoint *ret_checkpoint, struct cosigned *ret_cosigned,
                             struct error *error)
{
	const struct note_key *cosigners[POLICY_WITNESSES_MAXIMUM];
	struct error detail;
	int r;

	for (size_t i = 0; i < policy->witness_count; i++)
		cosigners[i] = &policy->witnesses[i].key;
	for (size_t i = 0; i < policy->log_count; i++) {
		r = signed_checkpoint_verify(note, &policy->logs[i].key, cosigners,
		                             policy->witness_count, ret_checkpoint, ret_cosigned,
		                             &detail);
		if (r == OK)
			return OK;
		if (r != ERROR_NOT_FOUND && r != ERROR_MISMATCH)
			return error_set(error, r, "%s", detail.message);
	}
	return error_set(error, ERROR_NOT_FOUND, "none of the policy's logs has signed");
}

int policy_verify(const struct policy *policy, struct bytes note, struct checkpoint *ret_checkpoint,
                  struct cosigned *ret_cosigned, struct error *error)
{
	struct cosigned cosigned[POLICY_WITNESSES_MAXIMUM] = { { .verified = false } };
	struct checkpoint checkpoint;
	policy_set witnesses = 0;
	int r;

	if ((r = verify_under_logs(policy, note, &checkpoint, cosigned, error)) != OK)
		return r;
	for (size_t i = 0; i < policy->witness_count; i++)
		if (cosigned[i].verified)
			witnesses |= witness_bit(i);
	if (!policy_is_satisfied(policy, witnesses))
		return error_set(error, ERROR_DENIED, "the policy's quorum has not cosigned");
	*ret_checkpoint = checkpoint;
	for (size_t i = 0; ret_cosigned != NULL && i < POLICY_WITNESSES_MAXIMUM; i++)
		ret_cosigned[i] = cosigned[i];
	return OK;
}

static int print_log(const struct policy_log *log, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_string(buffer, "log ")) != OK ||
	    (r = note_key_print(&log->key, buffer)) != OK)
		return r;
	return buffer_put_format(buffer, "%s%s\n", log->url[0] != '\0' ? " " : "", log->url);
}

static int print_witness(const struct policy_witness *witness, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_format(buffer, "witness %s ", witness->name)) != OK ||
	    (r = note_key_print(&witness->key, buffer)) != OK)
		return r;
	return buffer_put_format(buffer, "%s%s\n", witness->url[0] != '\0' ? " " : "",
	                         witness->url);
}

/* The name of a set of one member; `none` for the empty set. */
static const char *member_name(const struct policy *policy, policy_set member)
{
	for (size_t i = 0; i < policy->witness_count; i++)
		if (member == witness_bit(i))
			return policy->witnesses[i].name;
	for (size_t i = 0; i < policy->group_count; i++)
		if (member == group_bit(i))
			return policy->groups[i].name;
	return "none";
}

static int print_group(const struct policy *policy, const struct policy_group *group,
                       struct buffer *buffer)
{
	int r;

	if (group->threshold == set_size(group->members))
		r = buffer_put_format(buffer, "group %s all", group->name);
	else if (group->threshold == 1)
		r = buffer_put_format(buffer, "group %s any", group->name);
	else
		r = buffer_put_format(buffer, "group %s %u", group->name, group->threshold);

	for (policy_set rest = group->members; r == OK && rest != 0; rest &= rest - 1)
		r = buffer_put_format(buffer, " %s", member_name(policy, rest & -rest));
	return r != OK ? r : buffer_put_string(buffer, "\n");
}

int policy_print(const struct policy *policy, struct buffer *buffer)
{
	size_t start = buffer->size;
	int r = OK;

	if (!policy->has_quorum)
		return ERROR_STATE;
	for (size_t i = 0; r == OK && i < policy->log_count; i++)
		r = print_log(&policy->logs[i], buffer);
	for (size_t i = 0; r == OK && i < policy->witness_count; i++)
		r = print_witness(&policy->witnesses[i], buffer);
	for (size_t i = 0; r == OK && i < policy->group_count; i++)
		r = print_group(policy, &policy->groups[i], buffer);
	if (r == OK)
		r = buffer_put_format(buffer, "quorum %s\n", member_name(policy, policy->quorum));
	if (r != OK)
		buffer_truncate(buffer, start);
	return r;
}
