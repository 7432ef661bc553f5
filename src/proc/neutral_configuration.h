/* chirod-neutral.conf(5): the configuration of a witness or a depositary, in the
 * text format.
 *
 *     chirograph.neutral/1
 *     home /var/lib/chirograph-witness
 *     name witness.example                     of its key: what cosigned lines say
 *     listen [::]:7655                         1..4; HTTP
 *     user chirograph                          both when started as root
 *     keeper-user chirograph-keeper
 *     log <vkey>                               0..256, type 0x01
 *     charter /etc/chirograph/x.charter        0..64; both of its logs
 *     quota-entries 100000                     a log, in all
 *     quota-bytes 1073741824                   a log: entries and blobs that are kept
 *     expiry 90d                               of blobs, after they were left
 *     requests 600                             a minute, from one address
 *
 * A witness knows the logs of the lines `log` and `charter`; a depositary takes
 * deposits for those of `charter`, and witnesses them all. Quotas and expiry are
 * a depositary's. Keys stand in any order; comments as in chirod.conf.
 */
#ifndef NEUTRAL_CONFIGURATION_H
#define NEUTRAL_CONFIGURATION_H

#include "configuration.h"
#include "note.h"

enum {
	NEUTRAL_CONFIGURATION_MAXIMUM = 262144, /* bytes */
	NEUTRAL_LOGS_MAXIMUM = 256,             /* lines `log` */
	NEUTRAL_CHARTERS_MAXIMUM = 64
};

struct neutral_configuration {
	/* What every chirod has: home, listen, user, keeper_user. The rest of it is
	 * empty. */
	struct configuration process;
	char name[NOTE_NAME_CAPACITY];
	size_t log_count;
	struct note_key logs[NEUTRAL_LOGS_MAXIMUM];
	size_t charter_count;
	char charters[NEUTRAL_CHARTERS_MAXIMUM][CONFIGURATION_PATH_CAPACITY]; /* absolute */
	uint64_t quota_entries, quota_bytes;
	int64_t expiry;    /* seconds */
	uint64_t requests; /* a minute and address */
};

/* Parses a configuration; free it with neutral_configuration_free. Errors as
 * configuration_parse, and ERROR_MEMORY. */
int neutral_configuration_parse(struct bytes text, struct neutral_configuration **ret_configuration,
                                struct error *error);

/* NULL is allowed. */
void neutral_configuration_free(struct neutral_configuration *configuration);

#endif
