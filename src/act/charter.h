/* The charter: the text that both parties sign and that constitutes a channel.
 *
 *     chirograph.charter/1
 *     rules 1
 *     succeeds <channel id>                       optional
 *     languages en ru                             1..8 language tags, lower case
 *     authentic equal | <language>                one of them
 *     party north                                 two blocks; their order is
 *     domain north.example                        the charter's order of parties
 *     name en Northern Security Council           one a language
 *     auspices <text>                             optional
 *     appointing-key ssh-ed25519 AAAA…
 *     head a.head ssh-ed25519 AAAA…
 *     head-reading-key age1…
 *     log-key <base64 of 32 bytes>                raw Ed25519 public keys
 *     receipt-key <base64>
 *     node-key <base64>
 *     link-key <base64>
 *     reading-key age1…
 *     endpoint host:port                          0..4
 *     party south
 *     …
 *     clock acknowledge-flash 15m                 all clocks, in this order
 *     clock acknowledge-immediate 1h
 *     clock acknowledge-priority 8h
 *     clock acknowledge-routine 24h
 *     clock request 48h
 *     clock request-flash 6h
 *     clock position 10d
 *     clock list-changes 5d
 *     clock full-list 180d
 *     clock incident-update 72h
 *     clock conclusion 30d
 *     clock link-test 1h
 *     link-test-failures 2
 *     two-signatures accept withdraw              optional: kinds, in table order
 *     confidentiality communications | none
 *     right-of-reply yes | no
 *     retention north 3650d
 *     retention south 3650d
 *     notice 30d                                  of withdrawal
 *     survives confidentiality retention          optional: see enum survival
 *     blob-wait 1m
 *     quota-entries 10000                         a day, from the other side
 *     quota-bytes 1073741824                      a day, entries and blobs
 *     query-budget-day 1000
 *     query-budget-list 100000
 *     list-pairs 1048576                          optional: see charter_list_pairs
 *     witness <vkey>                              0..8, type 0x04, as the depositary's
 *     quorum 0                                    witnesses that must cosign
 *     depositary <vkey>                           optional
 *     deemed-allowance 24h                        with a depositary only
 *     (empty line and free text, optional)
 *
 * Durations stand in their one spelling (see timestamp.h), numbers are at most
 * 2^63 - 1.
 *
 * Channel id = SHA-256 of this text, shown as 52 characters of lower-case
 * unpadded base32; people see the first 20.
 *
 * A charter that amends this one is a whole charter again, in the same format. What
 * constitutes the channel stands in it as before: rules, succeeds, and of both parties
 * everything but their names and auspices (heads and keys are changed by `appoint` and
 * `rekey`). The channel id stays that of the first.
 */
#ifndef CHARTER_H
#define CHARTER_H

#include "buffer.h"
#include "ed25519.h"
#include "kinds.h"
#include "result.h"
#include "sshkey.h"
#include "timestamp.h"

enum {
	CHARTER_SIZE_MAXIMUM = 256 * 1024,
	CHANNEL_ID_CAPACITY = 53,
	PARTY_ID_CAPACITY = 33, /* an identifier of at most 32 bytes */
	DELEGATE_NAME_CAPACITY = 65,
	DOMAIN_CAPACITY = 254,
	RECIPIENT_CAPACITY = 63, /* age1… X25519 recipient, 62 characters */
	LANGUAGE_CAPACITY = 17,
	LANGUAGES_MAXIMUM = 8,
	ENDPOINTS_MAXIMUM = 4,
	ENDPOINT_CAPACITY = 262,
	WITNESSES_MAXIMUM = 8,
	LOG_NAME_CAPACITY = 400,
	LIST_PAIRS_DEFAULT = 1024 * 1024
};

#define CHARTER_NAMESPACE "chirograph-charter"

enum precedence {
	PRECEDENCE_FLASH,
	PRECEDENCE_IMMEDIATE,
	PRECEDENCE_PRIORITY,
	PRECEDENCE_ROUTINE,
	PRECEDENCE_COUNT
};

/* "flash", "immediate", "priority", "routine"; NULL beyond. */
const char *precedence_name(enum precedence precedence);
/* PRECEDENCE_COUNT when unknown. */
enum precedence precedence_by_name(struct bytes name);

/* What outlives a withdrawal, in the order of the line. */
enum survival {
	SURVIVES_CONFIDENTIALITY = 1,
	SURVIVES_RIGHT_OF_REPLY = 2,
	SURVIVES_RETENTION = 4,
	SURVIVES_NOTICES = 8 /* clocks of incident notices go on */
};

/* What the charter and the party card say of one party. */
struct party {
	char id[PARTY_ID_CAPACITY];
	char domain[DOMAIN_CAPACITY];
	size_t name_count;
	struct {
		char language[LANGUAGE_CAPACITY];
		struct bytes name;
	} names[LANGUAGES_MAXIMUM];
	struct bytes auspices; /* empty when absent */
	struct ssh_key appointing_key;
	char head[DELEGATE_NAME_CAPACITY];
	struct ssh_key head_key;
	char head_reading_key[RECIPIENT_CAPACITY];
	struct ed25519_public log_key, receipt_key, node_key, link_key;
	char reading_key[RECIPIENT_CAPACITY];
	size_t endpoint_count;
	char endpoints[ENDPOINTS_MAXIMUM][ENDPOINT_CAPACITY];
};

/* Every `struct bytes` in it is a view of `text`, which the charter owns. */
struct charter {
	struct bytes text; /* the whole signed text */
	struct hash hash;  /* SHA-256 of it */
	struct hash id;    /* the channel: the hash of the first charter, also in an amended one */
	char channel[CHANNEL_ID_CAPACITY]; /* the same as text */
	uint64_t rules;
	char succeeds[CHANNEL_ID_CAPACITY]; /* "" when absent */
	size_t language_count;
	char languages[LANGUAGES_MAXIMUM][LANGUAGE_CAPACITY];
	char authentic[LANGUAGE_CAPACITY]; /* "" when equal */
	struct party parties[2];
	int64_t acknowledge[PRECEDENCE_COUNT]; /* seconds */
	int64_t clocks[CLOCK_COUNT];           /* seconds; NONE and ACKNOWLEDGE unused */
	int64_t request_flash;
	int64_t link_test_every;
	uint64_t link_test_failures; /* failed after so many */
	struct kind_set two_signatures;
	bool confidential;
	bool right_of_reply;
	int64_t retention[2];
	int64_t notice;
	unsigned survives; /* set of enum survival */
	int64_t blob_wait;
	uint64_t quota_entries, quota_bytes;
	uint64_t query_budget_day, query_budget_list;
	uint64_t list_pairs; /* of a class of a match-only list, at most; 0: absent */
	size_t witness_count;
	struct bytes witnesses[WITNESSES_MAXIMUM]; /* vkeys */
	uint64_t quorum;
	struct bytes depositary; /* vkey; empty when absent */
	int64_t deemed_allowance;
	struct bytes free_text;
};

/* Parses and checks a charter; `text` is copied. ERROR_SYNTAX, ERROR_CANONICAL,
 * ERROR_LIMIT, ERROR_UNSUPPORTED (rules other than this version's), with the line.
 * All keys of the two parties must differ from one another (ERROR_SYNTAX). */
int charter_parse(struct bytes text, struct charter **ret_charter, struct error *error);
void charter_free(struct charter *charter);

/* The same for a charter that amends `first`, the one that constituted the channel,
 * whose id it takes: also ERROR_MISMATCH for one that changes what none may change. */
int charter_parse_amended(struct bytes text, const struct charter *first,
                          struct charter **ret_charter, struct error *error);

/* Appends the text of a charter built by hand (text, id and channel are not
 * read). What is printed parses. */
int charter_print(const struct charter *charter, struct buffer *buffer, struct error *error);

/* How many pairs a class of a match-only list has at most: what the charter says, or
 * LIST_PAIRS_DEFAULT. */
uint64_t charter_list_pairs(const struct charter *charter);

/* Fills in the default clocks, quotas, budgets and notice of doc/PROTOCOL.act. */
void charter_set_defaults(struct charter *charter);

/* Verifies an SSHSIG armor over the charter text by party `party`'s head:
 * ERROR_SIGNATURE, ERROR_DENIED (it is by another key), or those of sshsig.h. */
int charter_verify(const struct charter *charter, unsigned party, struct bytes armor,
                   struct error *error);

/* The same over the raw SSHSIG, as `accede` carries it in base64. */
int charter_verify_blob(const struct charter *charter, unsigned party, struct bytes blob,
                        struct error *error);

/* 0 or 1, or -1 when the charter has no such party. */
int charter_party_index(const struct charter *charter, struct bytes id);

/* True for 52 characters that are the base32 of 32 bytes. */
bool channel_id_is_valid(struct bytes text);

/* True for a language tag as charters write it: `en`, `zh-hant`. */
bool language_is_valid(struct bytes text);

/* True for `host:port`: a host name in A-labels, an IPv4 address of four decimal
 * numbers, or in brackets an IPv6 address as RFC 5952, section 4, writes it; all
 * lower case; a port from 1 to 65535. */
bool endpoint_is_valid(struct bytes text);

/* `host:port` or several, separated by one space: the value of `rekey endpoint`.
 * ERROR_SYNTAX, or ERROR_LIMIT for more than ENDPOINTS_MAXIMUM; none twice. */
int endpoints_parse(struct bytes text, char ret_endpoints[ENDPOINTS_MAXIMUM][ENDPOINT_CAPACITY],
                    size_t *ret_count);

/* `<domain>/chirograph/<channel id>`; with suffix "/receipt" the receipt key's
 * name. Log generation 2 and later append `/2` before the suffix. */
void charter_log_name(const struct charter *charter, unsigned party, unsigned generation,
                      const char *suffix, char ret_name[LOG_NAME_CAPACITY]);

#endif
