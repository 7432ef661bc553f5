/* Which signatures make a checkpoint acceptable: C2SP tlog-policy.
 *
 *     log <vkey> [<url>]
 *     witness <name> <vkey> [<url>]
 *     group <name> all|any|<k> <name>…
 *     quorum <name>|none
 *
 * A checkpoint is accepted when one of the logs signed it and enough of the
 * witnesses cosigned it. Log keys are of type 0x01, witness keys of type 0x04.
 * A policy is some 70 KiB: keep it in static or allocated memory. It owns nothing.
 */
#ifndef POLICY_H
#define POLICY_H

#include "cosignature.h"

enum {
	POLICY_LOGS_MAXIMUM = 32,
	POLICY_WITNESSES_MAXIMUM = 32,
	POLICY_GROUPS_MAXIMUM = 32,
	POLICY_URL_CAPACITY = 256,
	POLICY_TEXT_MAXIMUM = 131072
};

struct policy_log {
	struct note_key key;
	char url[POLICY_URL_CAPACITY]; /* empty when there is none */
};

struct policy_witness {
	char name[NOTE_NAME_CAPACITY]; /* within the policy only */
	struct note_key key;
	char url[POLICY_URL_CAPACITY];
};

/* A set of witnesses (bit i: witness i) and groups (bit 32 + i: group i). */
typedef uint64_t policy_set;

struct policy_group {
	char name[NOTE_NAME_CAPACITY];
	policy_set members;
	unsigned threshold; /* 1 to the number of members */
};

struct policy {
	size_t log_count, witness_count, group_count;
	struct policy_log logs[POLICY_LOGS_MAXIMUM];
	struct policy_witness witnesses[POLICY_WITNESSES_MAXIMUM];
	struct policy_group groups[POLICY_GROUPS_MAXIMUM];
	bool has_quorum;
	policy_set quorum; /* one member; empty for `none` */
};

void policy_init(struct policy *policy);

/* Each adds what one line of the text says. ERROR_LIMIT for too many or too
 * long, ERROR_EXISTS for a name, key or quorum that is there already, or a name
 * that is already a member of a group, ERROR_NOT_FOUND for a name that is not
 * defined yet, ERROR_UNSUPPORTED for a key of another type, ERROR_SYNTAX for a
 * bad name, URL or threshold. `url` may be NULL. `members` are `count` names,
 * and the threshold 0 stands for `all`. The policy is unchanged on failure. */
int policy_add_log(struct policy *policy, const struct note_key *key, const char *url,
                   struct error *error);
int policy_add_witness(struct policy *policy, struct bytes name, const struct note_key *key,
                       const char *url, struct error *error);
int policy_add_group(struct policy *policy, struct bytes name, unsigned threshold,
                     const struct bytes *members, size_t count, struct error *error);
int policy_set_quorum(struct policy *policy, struct bytes name, struct error *error);

/* Reads a policy; blanks, empty lines and comments are as the format allows.
 * ERROR_SYNTAX when the quorum is missing, and as above with the line. On failure
 * the policy is as after policy_init: one that nothing satisfies. */
int policy_parse(struct bytes text, struct policy *policy, struct error *error);

/* Appends the policy: logs, witnesses, groups, quorum, single spaces, no
 * comments. ERROR_STATE when it has no quorum. */
int policy_print(const struct policy *policy, struct buffer *buffer);

/* True if the witnesses in `witnesses` are enough. */
bool policy_is_satisfied(const struct policy *policy, policy_set witnesses);

/* Verifies a checkpoint note under the policy; gives the checkpoint and what
 * each witness says (`ret_cosigned` has POLICY_WITNESSES_MAXIMUM elements; may be
 * NULL). ERROR_NOT_FOUND when none of the logs signed, ERROR_DENIED when the
 * witnesses are not enough, else as signed_checkpoint_verify. */
int policy_verify(const struct policy *policy, struct bytes note, struct checkpoint *ret_checkpoint,
                  struct cosigned *ret_cosigned, struct error *error);

#endif
