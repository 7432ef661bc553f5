#include "configuration.h"

#include "messenger_messages.h"
#include "note.h"
#include "text.h"

/* Reads the value of one key into the configuration. ERROR_USAGE with a
 * sentence about the value; the line is added by the caller. */
typedef int read_value(struct configuration *configuration, struct bytes value,
                       struct error *error);

static int path_value(struct bytes value, char *place, size_t capacity, struct error *error)
{
	if (value.data[0] != '/' || (value.size > 1 && value.data[value.size - 1] == '/'))
		return error_set(error, ERROR_USAGE, "this must be an absolute path");
	if (bytes_to_string(value, place, capacity) != OK)
		return error_set(error, ERROR_USAGE, "the path is longer than %zu bytes",
		                 capacity - 1);
	return OK;
}

static int read_home(struct configuration *configuration, struct bytes value, struct error *error)
{
	return path_value(value, configuration->home, sizeof(configuration->home), error);
}

static int read_socket(struct configuration *configuration, struct bytes value, struct error *error)
{
	return path_value(value, configuration->socket, sizeof(configuration->socket), error);
}

static int read_party(struct configuration *configuration, struct bytes value, struct error *error)
{
	if (!text_is_identifier(value, CONFIGURATION_PARTY_CAPACITY - 1))
		return error_set(error, ERROR_USAGE,
		                 "a party id is lower-case letters, digits and hyphens");
	return bytes_to_string(value, configuration->party, sizeof(configuration->party));
}

static int read_domain(struct configuration *configuration, struct bytes value, struct error *error)
{
	if (!text_is_domain(value))
		return error_set(error, ERROR_USAGE, "this is not a lower-case domain name");
	return bytes_to_string(value, configuration->domain, sizeof(configuration->domain));
}

static bool is_language_character(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-';
}

static int read_name(struct configuration *configuration, struct bytes value, struct error *error)
{
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

static int read_socket_mode(struct configuration *configuration, struct bytes value,
                            struct error *error)
{
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

static int endpoint_value(struct bytes value, struct configuration_endpoint *place,
                          struct error *error)
{
	if (configuration_endpoint_parse(value, place) != OK)
		return error_set(error, ERROR_USAGE,
		                 "this must be host:port, an IPv6 address in brackets");
	return OK;
}

static int read_listen(struct configuration *configuration, struct bytes value, struct error *error)
{
	return endpoint_value(value, &configuration->listen[configuration->listen_count++], error);
}

static int read_advertise(struct configuration *configuration, struct bytes value,
                          struct error *error)
{
	return endpoint_value(value, &configuration->advertise[configuration->advertise_count++],
	                      error);
}

/* Names of Unix users as useradd(8) makes them. */
static int user_value(struct bytes value, char place[CONFIGURATION_USER_CAPACITY],
                      struct error *error)
{
	for (size_t i = 0; i < value.size; i++) {
		uint8_t c = value.data[i];

		if (c != '_' && c != '.' && !is_language_character(c))
			return error_set(error, ERROR_USAGE, "this is not the name of a user");
	}
	if (value.data[0] == '-' ||
	    bytes_to_string(value, place, CONFIGURATION_USER_CAPACITY) != OK)
		return error_set(error, ERROR_USAGE, "this is not the name of a user");
	return OK;
}

static int read_user(struct configuration *configuration, struct bytes value, struct error *error)
{
	return user_value(value, configuration->user, error);
}

static int read_keeper_user(struct configuration *configuration, struct bytes value,
                            struct error *error)
{
	return user_value(value, configuration->keeper_user, error);
}

static const char *const permission_names[] = {
	[PERMISSION_READ] = "read",
	[PERMISSION_ACT] = "act",
	[PERMISSION_ADMIN] = "admin",
};

static int read_may(struct configuration *configuration, struct bytes value, struct error *error)
{
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
		r = user_value(words[0], grant.user, error);
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

static int read_link_dial(struct configuration *configuration, struct bytes value,
                          struct error *error)
{
	if (!bytes_equal_string(value, "yes") && !bytes_equal_string(value, "no"))
		return error_set(error, ERROR_USAGE, "this must be yes or no");
	configuration->link_dial = bytes_equal_string(value, "yes");
	return OK;
}

static int read_neutral(struct configuration *configuration, struct bytes value,
                        struct error *error)
{
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

static int read_neutral_authorities(struct configuration *configuration, struct bytes value,
                                    struct error *error)
{
	return path_value(value, configuration->neutral_authorities,
	                  sizeof(configuration->neutral_authorities), error);
}

static const struct key {
	const char *name;
	size_t minimum, maximum; /* how many lines there may be */
	read_value *read;
} keys[] = {
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
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static int read_line(struct configuration *configuration, const struct text_line *line,
                     size_t seen[KEY_COUNT], struct error *error)
{
	struct error detail = { 0 };
	int r;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!bytes_equal_string(line->key, keys[i].name))
			continue;
		if (seen[i] == keys[i].maximum)
			return error_set_line(error, ERROR_USAGE, line->number,
			                      "'%s' may stand here at most %zu times", keys[i].name,
			                      keys[i].maximum);
		if (line->value.size == 0)
			return error_set_line(error, ERROR_USAGE, line->number, "'%s' has no value",
			                      keys[i].name);
		seen[i]++;
		r = keys[i].read(configuration, line->value, &detail);
		if (r != OK)
			return error_set_line(error, r, line->number, "'%s': %s", keys[i].name,
			                      detail.message);
		return OK;
	}
	return error_set_line(error, ERROR_USAGE, line->number, "there is no key '%.*s'",
	                      (int)(line->key.size < 64 ? line->key.size : 64),
	                      (const char *)line->key.data);
}

int configuration_parse(struct bytes text, struct configuration *ret_configuration,
                        struct error *error)
{
	struct configuration configuration = { .socket_mode = 0600, .link_dial = true };
	size_t seen[KEY_COUNT] = { 0 };
	struct text_reader reader;
	struct text_line line;
	int r;

	if (text.size > CONFIGURATION_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the configuration is longer than %d bytes",
		                 CONFIGURATION_SIZE_MAXIMUM);
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, "chirograph.conf/1", error)) != OK)
		return r;
	while (text_reader_next(&reader, &line) == OK) {
		if (line.whole.size == 0 || line.whole.data[0] == '#')
			continue;
		if ((r = read_line(&configuration, &line, seen, error)) != OK)
			return r;
	}
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (seen[i] < keys[i].minimum)
			return error_set(error, ERROR_USAGE, "the key '%s' is missing",
			                 keys[i].name);
	}
	*ret_configuration = configuration;
	return OK;
}
