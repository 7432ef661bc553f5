#include "moment.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "translate.h"

timestamp moment_now(void)
{
	return (timestamp)time(NULL);
}

/* A shorter spelling of a time, completed to the one of the text formats. */
static int parse_completed(const char *text, const char *rest, timestamp *ret_time)
{
	char whole[64];
	int size = snprintf(whole, sizeof(whole), "%s%s", text, rest);

	if (size < 0 || (size_t)size >= sizeof(whole))
		return ERROR_LIMIT;
	return timestamp_parse(bytes_of_string(whole), ret_time);
}

int moment_parse(const char *text, timestamp now, timestamp *ret_time, struct error *error)
{
	int64_t seconds;
	char minutes[32];
	size_t size = strlen(text);

	if (text[0] == '+' && duration_parse(bytes_of_string(text + 1), &seconds) == OK &&
	    seconds <= TIMESTAMP_MAXIMUM - now) {
		*ret_time = now + seconds;
		return OK;
	}
	if (text[0] == '-' && duration_parse(bytes_of_string(text + 1), &seconds) == OK &&
	    seconds <= now) {
		*ret_time = now - seconds;
		return OK;
	}
	if (strcmp(text, "now") == 0) {
		*ret_time = now;
		return OK;
	}
	if (timestamp_parse(bytes_of_string(text), ret_time) == OK ||
	    parse_completed(text, "T00:00:00Z", ret_time) == OK)
		return OK;
	if (size > 1 && size < sizeof(minutes) && text[size - 1] == 'Z') {
		memcpy(minutes, text, size - 1);
		minutes[size - 1] = '\0';
		if (parse_completed(minutes, ":00Z", ret_time) == OK)
			return OK;
	}
	return error_set(error, ERROR_USAGE,
	                 _("'%s' is not a time such as 2026-12-02T15:00:00Z, 2026-12-02 or +10d"),
	                 text);
}

int moment_parse_span(const char *text, int64_t standard, int64_t *ret_seconds, struct error *error)
{
	int64_t seconds = standard;

	if (text != NULL && duration_parse(bytes_of_string(text), &seconds) != OK)
		return error_set(error, ERROR_USAGE,
		                 _("'%s' is not a time such as 30s, 15m or 48h"), text);
	*ret_seconds = seconds;
	return OK;
}

void moment_show(timestamp moment, char ret_text[MOMENT_CAPACITY])
{
	time_t seconds = (time_t)moment;
	struct tm local;
	char utc[TIMESTAMP_CAPACITY];
	char here[48];

	timestamp_format(moment, utc);
	if (localtime_r(&seconds, &local) == NULL || local.tm_gmtoff == 0 ||
	    strftime(here, sizeof(here), "%H:%M:%S %Z", &local) == 0)
		snprintf(ret_text, MOMENT_CAPACITY, "%s", utc);
	else
		snprintf(ret_text, MOMENT_CAPACITY, "%s (%s)", utc, here);
}

void moment_span(int64_t seconds, char ret_text[MOMENT_CAPACITY])
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {
		{ 86400, N_("d") },
		{ 3600, N_("h") },
		{ 60, N_("min") },
		{ 1, N_("s") },
	};
	size_t unit = 0;
	int64_t lesser;

	while (unit < 3 && seconds < units[unit].seconds)
		unit++;
	if (unit == 3) {
		snprintf(ret_text, MOMENT_CAPACITY, "%" PRId64 " %s", seconds, _(units[3].name));
		return;
	}
	lesser = seconds % units[unit].seconds / units[unit + 1].seconds;
	if (lesser == 0)
		snprintf(ret_text, MOMENT_CAPACITY, "%" PRId64 " %s", seconds / units[unit].seconds,
		         _(units[unit].name));
	else
		snprintf(ret_text, MOMENT_CAPACITY, "%" PRId64 " %s %" PRId64 " %s",
		         seconds / units[unit].seconds, _(units[unit].name), lesser,
		         _(units[unit + 1].name));
}

void moment_countdown(timestamp deadline, timestamp now, char ret_text[MOMENT_CAPACITY])
{
	char span[MOMENT_CAPACITY];

	moment_span(deadline >= now ? deadline - now : now - deadline, span);
	snprintf(ret_text, MOMENT_CAPACITY, deadline >= now ? _("in %.80s") : _("overdue by %.80s"),
	         span);
}
