#include "configuration.h"

#include "configuration_lines.h"
#include "messenger_messages.h"
#include "note.h"
#include "text.h"
#include "timestamp.h"

int configuration_read_path(struct bytes value, char *ret_path, size_t capacity,
                            struct error *error)
{
	if (value.data[0] != '/' || (value.size > 1 && value.data[value.size - 1] == '/'))
		return error_set(error, ERROR_USAGE, "this must be an absolute path");
	if (bytes_to_string(value, ret_path, capacity) != OK)
		return error_set(error, ERROR_USAGE, "the path is longer than %zu bytes",
		                 capacity - 1);
	return OK;
}

static int read_home(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_path(value, configuration->home, sizeof(configuration->home),
	                               error);
}

static int read_socket(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_path(value, configuration->socket, sizeof(configuration->socket),
	                               error);
}

static int read_party(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	if (!text_is_identifier(value, CONFIGURATION_PARTY_CAPACITY - 1))
		return error_set(error, ERROR_USAGE,
		                 "a party id is lower-case letters, digits and hyphens");
	return bytes_to_string(value, configuration->party, sizeof(configuration->party));
}

static int read_domain(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	if (!text_is_domain(value))
		return error_set(error, ERROR_USAGE, "this is not a lower-case domain name");
	return bytes_to_string(value, configuration->domain, sizeof(configuration->domain));
}

static bool is_language_character(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-';
}

static int read_name(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;
	struct configuration_name name = { 0 };
	const uint8_t *space = memchr(value.data, ' ', value.size);
	struct bytes language, text;

	if (space == NULL)
		return error_set(error, ERROR_USAGE, "a name is a language and the name");
	language = bytes_of(value.data, (size_t)(space - value.data));
	text = bytes_of(space + 1, value.size - language.size - 1);
	for (size_t i = 0; i < language.size; i++) {
		if (!is_language_character(language.data[i]))
			return error_set(error, ERROR_USAGE, "this is not a language tag");
	}
	if (language.size == 0 || text.size == 0 || text.data[0] == ' ' ||
	    bytes_to_string(language, name.language, sizeof(name.language)) != OK)
		return error_set(error, ERROR_USAGE, "a name is a language and the name");
	if (bytes_to_string(text, name.name, sizeof(name.name)) != OK)
		return error_set(error, ERROR_USAGE, "the name is longer than %d bytes",
		                 CONFIGURATION_NAME_CAPACITY - 1);
	for (size_t i = 0; i < configuration->name_count; i++) {
		if (bytes_equal_string(language, configuration->names[i].language))
			return error_set(error, ERROR_USAGE, "there are two names in '%s'",
			                 name.language);
	}
	configuration->names[configuration->name_count++] = name;
	return OK;
}

static int read_socket_mode(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;
	unsigned mode = 0;

	if (value.size != 4 || value.data[0] != '0')
		return error_set(error, ERROR_USAGE, "a mode is four octal digits, such as 0660");
	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] < '0' || value.data[i] > '7')
			return error_set(error, ERROR_USAGE,
			                 "a mode is four octal digits, such as 0660");
		mode = mode * 8 + (unsigned)(value.data[i] - '0');
	}
	configuration->socket_mode = mode;
	return OK;
}

int configuration_endpoint_parse(struct bytes text, struct configuration_endpoint *ret_endpoint)
{
	struct configuration_endpoint endpoint = { 0 };
	struct bytes host = text;
	uint64_t port;
	size_t colon = text.size;
	bool bracketed;

	while (colon > 0 && text.data[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return ERROR_SYNTAX;
	host.size = colon - 1;
	bracketed = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
	if (bracketed)
		host = bytes_of(host.data + 1, host.size - 2);
	if ((memchr(host.data, ':', host.size) != NULL) != bracketed)
		return ERROR_SYNTAX;
	for (size_t i = 0; i < host.size; i++) {
		uint8_t c = host.data[i];

		if (!is_language_character(c) && c != '.' && c != ':')
			return ERROR_SYNTAX;
	}
	if (bytes_to_string(host, endpoint.host, sizeof(endpoint.host)) != OK ||
	    text_parse_number(bytes_of(text.data + colon, text.size - colon), 65535, &port) != OK ||
	    port == 0)
		return ERROR_SYNTAX;
	endpoint.port = (uint16_t)port;
	*ret_endpoint = endpoint;
	return OK;
}

int configuration_endpoint_print(const struct configuration_endpoint *endpoint,
                                 struct buffer *buffer)
{
	const char *format = strchr(endpoint->host, ':') != NULL ? "[%s]:%u" : "%s:%u";

	return buffer_put_format(buffer, format, endpoint->host, (unsigned)endpoint->port);
}

int configuration_read_endpoint(struct bytes value, struct configuration_endpoint *ret_endpoint,
                                struct error *error)
{
	if (configuration_endpoint_parse(value, ret_endpoint) != OK)
		return error_set(error, ERROR_USAGE,
		                 "this must be host:port, an IPv6 address in brackets");
	return OK;
}

static int read_listen(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_endpoint(
	    value, &configuration->listen[configuration->listen_count++], error);
}

static int read_advertise(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_endpoint(
	    value, &configuration->advertise[configuration->advertise_count++], error);
}

/* Names of Unix users as useradd(8) makes them. */
int configuration_read_user(struct bytes value, char ret_user[CONFIGURATION_USER_CAPACITY],
                            struct error *error)
{
	for (size_t i = 0; i < value.size; i++) {
		uint8_t c = value.data[i];

		if (c != '_' && c != '.' && !is_language_character(c))
			return error_set(error, ERROR_USAGE, "this is not the name of a user");
	}
	if (value.data[0] == '-' ||
	    bytes_to_string(value, ret_user, CONFIGURATION_USER_CAPACITY) != OK)
		return error_set(error, ERROR_USAGE, "this is not the name of a user");
	return OK;
}

static int read_user(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_user(value, configuration->user, error);
}

static int read_keeper_user(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_user(value, configuration->keeper_user, error);
}

static const char *const permission_names[] = {
	[PERMISSION_READ] = "read",
	[PERMISSION_ACT] = "act",
	[PERMISSION_ADMIN] = "admin",
};

static int read_may(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;
	struct configuration_grant grant = { 0 };
	struct bytes words[2];
	size_t count;
	int r;

	if (text_words(value, words, 2, &count) != OK || count != 2)
		return error_set(error, ERROR_USAGE, "this must be a user and read, act or admin");
	for (int p = PERMISSION_READ; p <= PERMISSION_ADMIN; p++) {
		if (bytes_equal_string(words[1], permission_names[p]))
			grant.permission = (enum configuration_permission)p;
	}
	if (grant.permission == PERMISSION_NONE)
		return error_set(error, ERROR_USAGE, "a user may read, act or admin");
	if (bytes_equal_string(words[0], "*self"))
		r = bytes_to_string(words[0], grant.user, sizeof(grant.user));
	else
		r = configuration_read_user(words[0], grant.user, error);
	if (r != OK)
		return r;
	for (size_t i = 0; i < configuration->grant_count; i++) {
		if (bytes_equal_string(words[0], configuration->grants[i].user))
			return error_set(error, ERROR_USAGE, "there are two lines about '%s'",
			                 grant.user);
	}
	configuration->grants[configuration->grant_count++] = grant;
	return OK;
}

static int read_link_dial(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	if (!bytes_equal_string(value, "yes") && !bytes_equal_string(value, "no"))
		return error_set(error, ERROR_USAGE, "this must be yes or no");
	configuration->link_dial = bytes_equal_string(value, "yes");
	return OK;
}

static int read_neutral(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;
	struct configuration_neutral neutral = { 0 };
	struct bytes words[2];
	size_t count;

	if (text_words(value, words, 2, &count) != OK || count != 2)
		return error_set(error, ERROR_USAGE, "this must be the name of a key and a URL");
	if (!note_name_is_valid(words[0]) ||
	    bytes_to_string(words[0], neutral.name, sizeof(neutral.name)) != OK)
		return error_set(error, ERROR_USAGE, "this is not the name of a key");
	if (!messenger_url_is_valid(words[1]) ||
	    bytes_to_string(words[1], neutral.url, sizeof(neutral.url)) != OK)
		return error_set(error, ERROR_USAGE,
		                 "a URL begins with https:// or http:// and has no user, query, "
		                 "fragment or slash at its end");
	for (size_t i = 0; i < configuration->neutral_count; i++) {
		if (strcmp(neutral.name, configuration->neutrals[i].name) == 0)
			return error_set(error, ERROR_USAGE, "there are two lines about '%s'",
			                 neutral.name);
	}
	configuration->neutrals[configuration->neutral_count++] = neutral;
	return OK;
}

static int read_neutral_authorities(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_path(value, configuration->neutral_authorities,
	                               sizeof(configuration->neutral_authorities), error);
}

static int read_backup_recipient(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;
	char *place = configuration->backup_recipients[configuration->backup_recipient_count];
	struct x25519_public recipient;

	if (age_recipient_parse(value, &recipient) != OK)
		return error_set(error, ERROR_USAGE, "this is no age recipient (age1…)");
	configuration->backup_recipient_count++;
	return bytes_to_string(value, place, AGE_RECIPIENT_CAPACITY);
}

/* A wait of a second to a day. */
static int wait_value(struct bytes value, int64_t *place, struct error *error)
{
	enum { DAY = 24 * 60 * 60 };
	int64_t seconds;

	if (duration_parse(value, &seconds) != OK || seconds < 1 || seconds > DAY)
		return error_set(error, ERROR_USAGE,
		                 "this must be a duration from 1s to 24h, such as 30s");
	*place = seconds;
	return OK;
}

static int read_deposit_after(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return wait_value(value, &configuration->deposit_after, error);
}

static int read_collect_every(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return wait_value(value, &configuration->collect_every, error);
}

static int read_tally_after(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return wait_value(value, &configuration->tally_after, error);
}

static int read_alarm_program(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_path(value, configuration->alarm_program,
	                               sizeof(configuration->alarm_program), error);
}

static int read_alarm_user(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return configuration_read_user(value, configuration->alarm_user, error);
}

static int read_alarm_timeout(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return wait_value(value, &configuration->alarm_timeout, error);
}

static int read_alarm_retries(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	if (text_parse_number(value, CONFIGURATION_ALARM_RETRIES_MAXIMUM,
	                      &configuration->alarm_retries) != OK)
		return error_set(error, ERROR_USAGE, "this must be a number up to %d",
		                 CONFIGURATION_ALARM_RETRIES_MAXIMUM);
	return OK;
}

static int read_alarm_retry_after(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return wait_value(value, &configuration->alarm_retry_after, error);
}

static int read_alarm_soon(void *context, struct bytes value, struct error *error)
{
	struct configuration *configuration = context;

	return wait_value(value, &configuration->alarm_soon, error);
}

static const struct configuration_key keys[] = {
	{ "home", 1, 1, read_home },
	{ "party", 1, 1, read_party },
	{ "domain", 1, 1, read_domain },
	{ "name", 1, CONFIGURATION_NAMES_MAXIMUM, read_name },
	{ "socket", 1, 1, read_socket },
	{ "socket-mode", 0, 1, read_socket_mode },
	{ "listen", 0, CONFIGURATION_ENDPOINTS_MAXIMUM, read_listen },
	{ "advertise", 0, CONFIGURATION_ENDPOINTS_MAXIMUM, read_advertise },
	{ "user", 0, 1, read_user },
	{ "keeper-user", 0, 1, read_keeper_user },
	{ "may", 0, CONFIGURATION_GRANTS_MAXIMUM, read_may },
	{ "link-dial", 0, 1, read_link_dial },
	{ "neutral", 0, CONFIGURATION_NEUTRALS_MAXIMUM, read_neutral },
	{ "neutral-authorities", 0, 1, read_neutral_authorities },
	{ "backup-recipient", 0, CONFIGURATION_BACKUP_RECIPIENTS_MAXIMUM, read_backup_recipient },
	{ "deposit-after", 0, 1, read_deposit_after },
	{ "collect-every", 0, 1, read_collect_every },
	{ "tally-after", 0, 1, read_tally_after },
	{ "alarm-program", 0, 1, read_alarm_program },
	{ "alarm-user", 0, 1, read_alarm_user },
	{ "alarm-timeout", 0, 1, read_alarm_timeout },
	{ "alarm-retries", 0, 1, read_alarm_retries },
	{ "alarm-retry-after", 0, 1, read_alarm_retry_after },
	{ "alarm-soon", 0, 1, read_alarm_soon },
};

int configuration_parse(struct bytes text, struct configuration *ret_configuration,
                        struct error *error)
{
	struct configuration configuration = {
		.socket_mode = 0600,
		.link_dial = true,
		.deposit_after = 30,
		.collect_every = 60,
		.tally_after = 3600,
		.alarm_timeout = 30,
		.alarm_retries = 20,
		.alarm_retry_after = 10,
		.alarm_soon = 3600,
	};
	int r;

	if (text.size > CONFIGURATION_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the configuration is longer than %d bytes",
		                 CONFIGURATION_SIZE_MAXIMUM);
	r = configuration_lines_read(text, "chirograph.conf/1", keys,
	                             sizeof(keys) / sizeof(keys[0]), &configuration, error);
	if (r == OK)
		*ret_configuration = configuration;
	return r;
}
