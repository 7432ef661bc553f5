#include "timestamp.h"

#include "result.h"

#include <inttypes.h>
#include <stdio.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, HOURS_KEPT = 72 };

struct calendar {
	int year;
	int month;
	int day;
	int hour;
	int minute;
	int second;
};

/*
 * Method: years are counted from 1 March, so that the leap day is the last day
 * of its year, and in eras of 400 years (146,097 days), in which the Gregorian
 * calendar repeats. 1970-01-01 is day 719,468 from 0000-03-01.
 */
enum { DAYS_ERA = 146097, DAYS_TO_1970 = 719468 };

static int64_t days_from_calendar(int year, int month, int day)
{
	int from_march = (month + 9) % 12;
	int64_t shifted = year - (month <= 2);
	int64_t era = shifted / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;

	return era * DAYS_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_TO_1970;
}

static struct calendar calendar_from_time(timestamp time)
{
	int64_t days = time / DAY + DAYS_TO_1970;
	int second_of_day = (int)(time % DAY);
	int64_t era = days / DAYS_ERA;
	int64_t day_of_era = days - era * DAYS_ERA;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                       day_of_era / 146096) /
	                      365;
	int64_t day_of_year = day_of_era -
	                      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int from_march = (int)(5 * day_of_year + 2) / 153;
	int month = from_march < 10 ? from_march + 3 : from_march - 9;

	return (struct calendar){
		.year = (int)(era * 400 + year_of_era) + (month <= 2),
		.month = month,
		.day = (int)(day_of_year - (153 * from_march + 2) / 5) + 1,
		.hour = second_of_day / HOUR,
		.minute = second_of_day / MINUTE % 60,
		.second = second_of_day % 60,
	};
}

static int days_in_month(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (leap && month == 2);
}

/* Out of range is a defect of the caller; what is printed is then the nearest
 * time that has a spelling. */
static timestamp in_range(timestamp time)
{
	if (time < 0)
		return 0;
	return time > TIMESTAMP_MAXIMUM ? TIMESTAMP_MAXIMUM : time;
}

static char *put_digits(char *at, int value, int count)
{
	for (int i = count; i > 0; i--) {
		at[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	return at + count;
}

static char *put_separator(char *at, char separator)
{
	if (separator != '\0')
		*at++ = separator;
	return at;
}

/* A separator that is NUL is left out. */
static void format_time(timestamp time, char date, char middle, char clock, char *ret_text)
{
	struct calendar calendar = calendar_from_time(in_range(time));
	char *at = ret_text;

	at = put_separator(put_digits(at, calendar.year, 4), date);
	at = put_separator(put_digits(at, calendar.month, 2), date);
	at = put_separator(put_digits(at, calendar.day, 2), middle);
	at = put_separator(put_digits(at, calendar.hour, 2), clock);
	at = put_separator(put_digits(at, calendar.minute, 2), clock);
	at = put_separator(put_digits(at, calendar.second, 2), 'Z');
	*at = '\0';
}

void timestamp_format(timestamp time, char ret_text[TIMESTAMP_CAPACITY])
{
	format_time(time, '-', 'T', ':', ret_text);
}

void timestamp_format_compact(timestamp time, char ret_text[TIMESTAMP_CAPACITY])
{
	format_time(time, '\0', '\0', '\0', ret_text);
}

static int number_at(struct bytes text, size_t offset, size_t count)
{
	int value = 0;

	for (size_t i = offset; i < offset + count; i++)
		value = value * 10 + (text.data[i] - '0');
	return value;
}

int timestamp_parse(struct bytes text, timestamp *ret_time)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	struct calendar calendar;

	if (text.size != sizeof(shape) - 1)
		return ERROR_SYNTAX;
	for (size_t i = 0; i < text.size; i++) {
		bool digit = text.data[i] >= '0' && text.data[i] <= '9';

		if (shape[i] == 'd' ? !digit : text.data[i] != (uint8_t)shape[i])
			return ERROR_SYNTAX;
	}
	calendar = (struct calendar){
		.year = number_at(text, 0, 4),
		.month = number_at(text, 5, 2),
		.day = number_at(text, 8, 2),
		.hour = number_at(text, 11, 2),
		.minute = number_at(text, 14, 2),
		.second = number_at(text, 17, 2),
	};
	if (calendar.year < 1970 || calendar.month < 1 || calendar.month > 12 || calendar.day < 1 ||
	    calendar.day > days_in_month(calendar.year, calendar.month) || calendar.hour > 23 ||
	    calendar.minute > 59 || calendar.second > 59)
		return ERROR_SYNTAX;
	*ret_time = days_from_calendar(calendar.year, calendar.month, calendar.day) * DAY +
	            calendar.hour * HOUR + calendar.minute * MINUTE + calendar.second;
	return OK;
}

/* From the largest to the smallest. */
static const struct unit {
	char letter;
	int64_t seconds;
	int64_t kept_up_to; /* a smaller unit is preferred up to this duration */
} units[] = {
	{ 'd', DAY, HOURS_KEPT *HOUR },
	{ 'h', HOUR, 0 },
	{ 'm', MINUTE, 0 },
	{ 's', 1, 0 },
};

enum { UNITS = sizeof(units) / sizeof(units[0]) };

void duration_format(int64_t seconds, char ret_text[DURATION_CAPACITY])
{
	const struct unit *unit = &units[UNITS - 1];

	if (seconds < 0)
		seconds = 0;
	for (size_t i = 0; i < UNITS && seconds > 0; i++) {
		if (seconds % units[i].seconds == 0 && seconds > units[i].kept_up_to) {
			unit = &units[i];
			break;
		}
	}
	snprintf(ret_text, DURATION_CAPACITY, "%" PRId64 "%c", seconds / unit->seconds,
	         unit->letter);
}

int duration_parse(struct bytes text, int64_t *ret_seconds)
{
	int64_t number = 0;

	if (text.size < 2 || (text.data[0] == '0' && text.size > 2))
		return ERROR_SYNTAX;
	for (size_t i = 0; i < text.size - 1; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return ERROR_SYNTAX;
		number = number * 10 + (text.data[i] - '0');
		if (number > DURATION_MAXIMUM)
			return ERROR_LIMIT;
	}
	for (size_t i = 0; i < UNITS; i++) {
		if (text.data[text.size - 1] != (uint8_t)units[i].letter)
			continue;
		if (number > DURATION_MAXIMUM / units[i].seconds)
			return ERROR_LIMIT;
		*ret_seconds = number * units[i].seconds;
		return OK;
	}
	return ERROR_SYNTAX;
}
