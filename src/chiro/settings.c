#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "files.h"
#include "text.h"
#include "translate.h"

#define SOCKET_STANDARD "/run/chirograph/api.sock"
#define IDENTITY_FORMAT "chirograph.identity/1"

enum { IDENTITY_SIZE_MAXIMUM = 16384 };

/* An option, or else a variable of the environment; NULL when neither is given. */
static const char *given(const struct options *options, const char *option, const char *variable)
{
	const char *value = options_value(options, option);

	if (value == NULL && (value = getenv(variable)) != NULL && value[0] == '\0')
		value = NULL;
	return value;
}

static int copy_setting(const char *value, char *ret_value, size_t capacity, struct error *error)
{
	if (value != NULL && bytes_to_string(bytes_of_string(value), ret_value, capacity) != OK)
		return error_set(error, ERROR_USAGE, _("'%.40s…' is too long"), value);
	return OK;
}

int settings_configuration(const struct settings *settings, struct configuration *ret_configuration,
                           struct error *error)
{
	char path[SETTINGS_PATH_CAPACITY + 16];
	struct buffer text;
	int r;

	if (settings->home[0] == '\0')
		return error_set(error, ERROR_NOT_FOUND,
		                 _("no home directory of a node is given (--home)"));
	buffer_init(&text, CONFIGURATION_SIZE_MAXIMUM);
	if ((r = path_join(settings->home, "chirod.conf", path, sizeof(path))) == OK &&
	    (r = file_read(path, &text, error)) == OK &&
	    configuration_parse(buffer_view(&text), ret_configuration, error) != OK)
		r = error_in_file(error, ERROR_USAGE, path);
	buffer_release(&text);
	return r;
}

/* A path of the identity file: relative ones to its directory. */
static int put_path(const char *directory, struct bytes value, char *ret_path, size_t capacity)
{
	int size;

	if (value.size > 0 && value.data[0] == '/')
		return bytes_to_string(value, ret_path, capacity);
	size = snprintf(ret_path, capacity, "%s/%.*s", directory, (int)value.size,
	                (const char *)value.data);
	return size < 0 || (size_t)size >= capacity ? ERROR_LIMIT : OK;
}

/* Takes what the identity file says where nothing nearer has said it. */
static int take_identity(const char *directory, struct bytes text, struct settings *settings,
                         struct error *error)
{
	struct text_reader reader;
	struct text_line line;
	int r;

	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, IDENTITY_FORMAT, error)) != OK)
		return r;
	while (text_reader_next(&reader, &line) == OK) {
		char unused[SETTINGS_PATH_CAPACITY];

		if (line.whole.size == 0 || line.whole.data[0] == '#')
			continue;
		if (bytes_equal_string(line.key, "author"))
			r = bytes_to_string(line.value,
			                    settings->author[0] == '\0' ? settings->author : unused,
			                    sizeof(settings->author));
		else if (bytes_equal_string(line.key, "key"))
			r = put_path(directory, line.value,
			             settings->key[0] == '\0' ? settings->key : unused,
			             sizeof(settings->key));
		else if (bytes_equal_string(line.key, "reading-identity"))
			r = put_path(directory, line.value, settings->reading_identity,
			             sizeof(settings->reading_identity));
		else
			return error_set_line(error, ERROR_USAGE, line.number,
			                      _("unknown key '%.*s'"), (int)line.key.size,
			                      (const char *)line.key.data);
		if (r != OK)
			return error_set_line(error, ERROR_USAGE, line.number,
			                      _("the value is too long"));
	}
	return OK;
}

/* Reads `directory`/identity; a file that is absent says nothing. */
static int read_identity(const char *directory, struct settings *settings, bool *ret_found,
                         struct error *error)
{
	char path[SETTINGS_PATH_CAPACITY + 64];
	struct buffer text;
	int r;

	if (path_join(directory, "identity", path, sizeof(path)) != OK || !file_exists(path))
		return OK;
	*ret_found = true;
	buffer_init(&text, IDENTITY_SIZE_MAXIMUM);
	if ((r = file_read(path, &text, error)) == OK &&
	    take_identity(directory, buffer_view(&text), settings, error) != OK)
		r = error_in_file(error, ERROR_USAGE, path);
	buffer_release(&text);
	return r;
}

int settings_directory(const struct settings *settings, char ret_path[SETTINGS_PATH_CAPACITY])
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char path[SETTINGS_PATH_CAPACITY];
	int size;

	if (settings->home[0] != '\0')
		size = snprintf(path, sizeof(path), "%s", settings->home);
	else if (base != NULL && base[0] == '/')
		size = snprintf(path, sizeof(path), "%s/chirograph", base);
	else if (home != NULL && home[0] == '/')
		size = snprintf(path, sizeof(path), "%s/.config/chirograph", home);
	else
		return ERROR_NOT_FOUND;
	if (size < 0 || (size_t)size >= sizeof(path))
		return ERROR_LIMIT;
	memcpy(ret_path, path, sizeof(path));
	return OK;
}

/* The person's directory, and `~/.config` above it where there is none yet. */
static int make_personal(const char *path, struct error *error)
{
	char above[SETTINGS_PATH_CAPACITY];
	const char *slash = strrchr(path, '/');
	int r;

	if (mkdir(path, 0700) == 0 || errno != ENOENT || slash == NULL || slash == path)
		return directory_make(path, error);
	snprintf(above, sizeof(above), "%.*s", (int)(slash - path), path);
	if ((r = directory_make(above, error)) != OK)
		return r;
	return directory_make(path, error);
}

int settings_folder(const struct settings *settings, const char *name, bool make, char *ret_path,
                    size_t capacity, struct error *error)
{
	char directory[SETTINGS_PATH_CAPACITY];
	int r;

	if (settings_directory(settings, directory) != OK)
		return error_set(
		    error, ERROR_USAGE,
		    _("there is no directory of yours: give --home or set CHIRO_HOME"));
	if ((r = path_join(directory, name, ret_path, capacity)) != OK)
		return error_set(error, r, _("a path is too long"));
	if (!make)
		return OK;
	if ((r = make_personal(directory, error)) != OK)
		return r;
	return directory_make(ret_path, error);
}

int settings_load(const struct options *options, struct settings *ret_settings, struct error *error)
{
	struct settings settings = { 0 }, nobody = { 0 };
	const char *socket = given(options, "socket", "CHIRO_SOCKET");
	char directory[SETTINGS_PATH_CAPACITY];
	bool found = false;
	int r;

	if ((r = copy_setting(given(options, "home", "CHIRO_HOME"), settings.home,
	                      sizeof(settings.home), error)) != OK ||
	    (r = copy_setting(given(options, "author", "CHIRO_AUTHOR"), settings.author,
	                      sizeof(settings.author), error)) != OK ||
	    (r = copy_setting(given(options, "key", "CHIRO_KEY"), settings.key,
	                      sizeof(settings.key), error)) != OK)
		return r;
	if (settings.home[0] != '\0' &&
	    (r = read_identity(settings.home, &settings, &found, error)) != OK)
		return r;
	if (!found && settings_directory(&nobody, directory) == OK &&
	    (r = read_identity(directory, &settings, &found, error)) != OK)
		return r;
	if (socket == NULL && settings.home[0] != '\0') {
		struct configuration configuration;

		if ((r = settings_configuration(&settings, &configuration, error)) == OK)
			memcpy(settings.socket, configuration.socket, sizeof(configuration.socket));
		else if (r != ERROR_NOT_FOUND)
			return r;
	}
	if (settings.socket[0] == '\0' &&
	    (r = copy_setting(socket != NULL ? socket : SOCKET_STANDARD, settings.socket,
	                      sizeof(settings.socket), error)) != OK)
		return r;
	*ret_settings = settings;
	return OK;
}
