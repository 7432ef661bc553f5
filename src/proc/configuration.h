/* chirod.conf(5): the configuration of a node, in the text format.
 *
 *     chirograph.conf/1
 *     home /var/lib/chirograph
 *     party north
 *     domain north.example
 *     name en Northern Security Council        one a language
 *     socket /run/chirograph/api.sock
 *     socket-mode 0660                         default 0600
 *     listen [::]:7654                         0..4
 *     advertise chirograph.north.example:7654  0..4
 *     user chirograph                          both when started as root
 *     keeper-user chirograph-keeper
 *     may alice admin                          0..64; `*self` is who runs chirod
 *     link-dial no                             default yes
 *     neutral witness.example https://witness.example/chirograph
 *                                              0..9: where the witness or depositary
 *                                              that charters name so is reached
 *     neutral-authorities /etc/chirograph/neutrals.pem
 *                                              default: those of the system
 *     backup-recipient age1…                   0..8: whom `chiro backup` seals to
 *     deposit-after 30s                        without a receipt, while the link is up
 *     collect-every 1m                         while the link is down
 *     tally-after 1h                           since a list was asked first
 *     alarm-program /usr/local/libexec/alarm   run for each alarm
 *     alarm-user chirograph-alarm              default: `user`
 *     alarm-timeout 30s                        for one run
 *     alarm-retries 20                         after a run that failed
 *     alarm-retry-after 10s                    the first time, doubled each time
 *     alarm-soon 1h                            before a deadline
 *
 * Keys stand in any order; those that may not be repeated are refused the
 * second time. Lines that begin with `#` and empty lines are skipped.
 */
#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include "age.h"
#include "buffer.h"
#include "result.h"

enum {
	CONFIGURATION_SIZE_MAXIMUM = 65536,
	CONFIGURATION_PATH_CAPACITY = 1024,
	CONFIGURATION_SOCKET_CAPACITY = 108, /* sun_path */
	CONFIGURATION_PARTY_CAPACITY = 33,
	CONFIGURATION_DOMAIN_CAPACITY = 254,
	CONFIGURATION_LANGUAGE_CAPACITY = 17,
	CONFIGURATION_NAME_CAPACITY = 257,
	CONFIGURATION_USER_CAPACITY = 33,
	CONFIGURATION_HOST_CAPACITY = 254,
	CONFIGURATION_NAMES_MAXIMUM = 8,
	CONFIGURATION_ENDPOINTS_MAXIMUM = 4,
	CONFIGURATION_GRANTS_MAXIMUM = 64,
	CONFIGURATION_NEUTRALS_MAXIMUM = 9,
	CONFIGURATION_BACKUP_RECIPIENTS_MAXIMUM = 8,
	CONFIGURATION_KEY_NAME_CAPACITY = 384, /* of a signed note's key */
	CONFIGURATION_URL_CAPACITY = 768,      /* paths are appended to it */
	CONFIGURATION_ALARM_RETRIES_MAXIMUM = 1000
};

struct configuration_name {
	char language[CONFIGURATION_LANGUAGE_CAPACITY];
	char name[CONFIGURATION_NAME_CAPACITY];
};

/* `host:port`; an IPv6 address is written in brackets and kept without. */
struct configuration_endpoint {
	char host[CONFIGURATION_HOST_CAPACITY];
	uint16_t port;
};

/* What a local user may do; each includes those before it. */
enum configuration_permission {
	PERMISSION_NONE,
	PERMISSION_READ,
	PERMISSION_ACT,
	PERMISSION_ADMIN
};

struct configuration_grant {
	char user[CONFIGURATION_USER_CAPACITY]; /* "*self": the user that chirod was started by */
	enum configuration_permission permission;
};

/* A witness or depositary: the name of its key, and where it is reached. */
struct configuration_neutral {
	char name[CONFIGURATION_KEY_NAME_CAPACITY];
	char url[CONFIGURATION_URL_CAPACITY];
};

struct configuration {
	char home[CONFIGURATION_PATH_CAPACITY]; /* absolute */
	char party[CONFIGURATION_PARTY_CAPACITY];
	char domain[CONFIGURATION_DOMAIN_CAPACITY];
	size_t name_count; /* at least 1 */
	struct configuration_name names[CONFIGURATION_NAMES_MAXIMUM];
	char socket[CONFIGURATION_SOCKET_CAPACITY]; /* absolute */
	unsigned socket_mode;
	size_t listen_count;
	struct configuration_endpoint listen[CONFIGURATION_ENDPOINTS_MAXIMUM];
	size_t advertise_count;
	struct configuration_endpoint advertise[CONFIGURATION_ENDPOINTS_MAXIMUM];
	char user[CONFIGURATION_USER_CAPACITY];        /* "" when absent */
	char keeper_user[CONFIGURATION_USER_CAPACITY]; /* "" when absent */
	size_t grant_count;
	struct configuration_grant grants[CONFIGURATION_GRANTS_MAXIMUM];
	bool link_dial;
	size_t neutral_count;
	struct configuration_neutral neutrals[CONFIGURATION_NEUTRALS_MAXIMUM];
	char neutral_authorities[CONFIGURATION_PATH_CAPACITY]; /* "" when absent */
	size_t backup_recipient_count;
	char backup_recipients[CONFIGURATION_BACKUP_RECIPIENTS_MAXIMUM][AGE_RECIPIENT_CAPACITY];
	int64_t deposit_after, collect_every, tally_after;    /* seconds, at least 1 */
	char alarm_program[CONFIGURATION_PATH_CAPACITY];      /* absolute; "" when absent */
	char alarm_user[CONFIGURATION_USER_CAPACITY];         /* "" when absent */
	int64_t alarm_timeout, alarm_retry_after, alarm_soon; /* seconds, at least 1 */
	uint64_t alarm_retries;
};

/* Parses a configuration: ERROR_USAGE (a key that is unknown, missing or twice,
 * a value that is wrong), ERROR_SYNTAX (the line rules), ERROR_LIMIT (too many),
 * with the line. */
int configuration_parse(struct bytes text, struct configuration *ret_configuration,
                        struct error *error);

/* Appends `host:port`, with brackets where the host needs them. */
int configuration_endpoint_print(const struct configuration_endpoint *endpoint,
                                 struct buffer *buffer);

/* Reads `host:port`; ERROR_SYNTAX. */
int configuration_endpoint_parse(struct bytes text, struct configuration_endpoint *ret_endpoint);

/* Values that other configurations have too: an absolute path, an endpoint, the
 * name of a Unix user. ERROR_USAGE with a sentence about the value, which is not
 * empty. */
int configuration_read_path(struct bytes value, char *ret_path, size_t capacity,
                            struct error *error);
int configuration_read_endpoint(struct bytes value, struct configuration_endpoint *ret_endpoint,
                                struct error *error);
int configuration_read_user(struct bytes value, char ret_user[CONFIGURATION_USER_CAPACITY],
                            struct error *error);

#endif
