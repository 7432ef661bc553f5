#include "neutral_configuration.h"

#include "allocate.h"
#include "configuration_lines.h"
#include "text.h"

static const char FORMAT_LINE[] = "chirograph.neutral/1";

enum { DAY = 24 * 60 * 60, REQUESTS_MAXIMUM = 1000000 };

static int read_home(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	return configuration_read_path(value, configuration->process.home,
	                               sizeof(configuration->process.home), error);
}

static int read_name(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	if (!note_name_is_valid(value) ||
	    bytes_to_string(value, configuration->name, sizeof(configuration->name)) != OK)
		return error_set(error, ERROR_USAGE,
		                 "the name of a key has neither spaces nor plus signs, such as "
		                 "witness.example");
	return OK;
}

static int read_listen(void *context, struct bytes value, struct error *error)
{
	struct configuration *process = &((struct neutral_configuration *)context)->process;

	return configuration_read_endpoint(value, &process->listen[process->listen_count++], error);
}

static int read_user(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	return configuration_read_user(value, configuration->process.user, error);
}

static int read_keeper_user(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	return configuration_read_user(value, configuration->process.keeper_user, error);
}

/* One log may have several keys; the same key twice is a slip. */
static int read_log(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;
	struct note_key *key = &configuration->logs[configuration->log_count];
	struct error detail;

	if (note_key_parse(value, key, &detail) != OK)
		return error_set(error, ERROR_USAGE, "%s", detail.message);
	if (key->type != NOTE_KEY_ED25519)
		return error_set(error, ERROR_USAGE, "this is not the key of a log");
	for (size_t i = 0; i < configuration->log_count; i++)
		if (strcmp(configuration->logs[i].name, key->name) == 0 &&
		    ed25519_public_equal(&configuration->logs[i].public_key, &key->public_key))
			return error_set(error, ERROR_USAGE, "this key stands here twice");
	configuration->log_count++;
	return OK;
}

static int read_charter(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;
	char *place = configuration->charters[configuration->charter_count];
	int r = configuration_read_path(value, place, CONFIGURATION_PATH_CAPACITY, error);

	if (r == OK)
		configuration->charter_count++;
	return r;
}

static int number_value(struct bytes value, uint64_t maximum, uint64_t *ret_number,
                        struct error *error)
{
	if (text_parse_number(value, maximum, ret_number) != OK || *ret_number == 0)
		return error_set(error, ERROR_USAGE, "this must be a number from 1 to %llu",
		                 (unsigned long long)maximum);
	return OK;
}

static int read_quota_entries(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	return number_value(value, INT64_MAX, &configuration->quota_entries, error);
}

static int read_quota_bytes(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	return number_value(value, INT64_MAX, &configuration->quota_bytes, error);
}

static int read_expiry(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	if (duration_parse(value, &configuration->expiry) != OK || configuration->expiry == 0)
		return error_set(error, ERROR_USAGE, "this must be a time such as 90d or 48h");
	return OK;
}

static int read_requests(void *context, struct bytes value, struct error *error)
{
	struct neutral_configuration *configuration = context;

	return number_value(value, REQUESTS_MAXIMUM, &configuration->requests, error);
}

static const struct configuration_key keys[] = {
	{ "home", 1, 1, read_home },
	{ "name", 1, 1, read_name },
	{ "listen", 1, CONFIGURATION_ENDPOINTS_MAXIMUM, read_listen },
	{ "user", 0, 1, read_user },
	{ "keeper-user", 0, 1, read_keeper_user },
	{ "log", 0, NEUTRAL_LOGS_MAXIMUM, read_log },
	{ "charter", 0, NEUTRAL_CHARTERS_MAXIMUM, read_charter },
	{ "quota-entries", 0, 1, read_quota_entries },
	{ "quota-bytes", 0, 1, read_quota_bytes },
	{ "expiry", 0, 1, read_expiry },
	{ "requests", 0, 1, read_requests },
};

int neutral_configuration_parse(struct bytes text, struct neutral_configuration **ret_configuration,
                                struct error *error)
{
	struct neutral_configuration *configuration;
	int r;

	if (text.size > NEUTRAL_CONFIGURATION_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the configuration is longer than %d bytes",
		                 NEUTRAL_CONFIGURATION_MAXIMUM);
	configuration = allocate(1, sizeof(*configuration));
	if (configuration == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	configuration->quota_entries = 100000;
	configuration->quota_bytes = UINT64_C(1) << 30;
	configuration->expiry = INT64_C(90) * DAY;
	configuration->requests = 600;
	r = configuration_lines_read(text, FORMAT_LINE, keys, sizeof(keys) / sizeof(keys[0]),
	                             configuration, error);
	if (r != OK)
		neutral_configuration_free(configuration);
	else
		*ret_configuration = configuration;
	return r;
}

void neutral_configuration_free(struct neutral_configuration *configuration)
{
	release_memory(configuration);
}
