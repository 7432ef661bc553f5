#include "allocate.h"
#include "journal.h"
#include "notary_internal.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	SENTENCE_MAXIMUM = 1024,
	LEAP_MAXIMUM = 86400 /* seconds: a machine may have been asleep */
};

static void believe_clock(struct notary *notary)
{
	const struct clock *clock = &notary->settings.clock;

	notary->clock_base = clock->now(clock->context);
	notary->clock_monotonic = clock->monotonic(clock->context);
}

/* Once by a clock that is years ahead, and everything has expired, and whatever is signed
 * later has that time too, which nobody believes. */
static bool clock_is_believed(struct notary *notary)
{
	const struct clock *clock = &notary->settings.clock;
	uint64_t passed = clock->monotonic(clock->context) - notary->clock_monotonic;
	timestamp expected = notary->clock_base + (timestamp)(passed / 1000000000);
	bool leapt = clock->now(clock->context) > expected + LEAP_MAXIMUM;

	if (leapt && !notary->clock_leapt)
		journal(JOURNAL_ERROR,
		        "the clock leapt ahead by more than a day: nothing is signed until it is "
		        "back; if it is right now, start anew");
	else if (!leapt && notary->clock_leapt)
		journal(JOURNAL_NOTICE, "the clock is back");
	notary->clock_leapt = leapt;
	if (!leapt)
		believe_clock(notary);
	return !leapt;
}

int notary_new(const struct notary_settings *settings, struct notary **ret_notary,
               struct error *error)
{
	struct notary *notary = allocate(1, sizeof(*notary));
	int r;

	if (notary == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	notary->settings = *settings;
	believe_clock(notary);
	buffer_init(&notary->body, NEUTRAL_BODY_MAXIMUM);
	if ((r = notary_open_logs(notary, error)) != OK ||
	    (settings->takes_deposits && (r = notary_open_boxes(notary, error)) != OK))
		notary_free(notary);
	else
		*ret_notary = notary;
	return r;
}

void notary_free(struct notary *notary)
{
	if (notary == NULL)
		return;
	for (size_t i = 0; i < notary->log_count; i++)
		buffer_release(&notary->logs[i].note);
	release_memory(notary->logs);
	for (size_t i = 0; i < notary->box_count; i++)
		deposit_box_release(&notary->boxes[i].deposit);
	release_memory(notary->boxes);
	buffer_release(&notary->body);
	release_memory(notary);
}

struct notary_log *notary_find_log(struct notary *notary, const char *origin)
{
	for (size_t i = 0; i < notary->log_count; i++)
		if (strcmp(notary->logs[i].origin, origin) == 0)
			return &notary->logs[i];
	return NULL;
}

timestamp notary_time(const struct notary *notary, const struct notary_log *log)
{
	const struct clock *clock = &notary->settings.clock;
	timestamp now = clock->now(clock->context);

	return now > log->signed_at ? now : log->signed_at;
}

void notary_say(struct notary *notary, struct neutral_answer *ret_answer, unsigned status,
                const char *format, ...)
{
	char sentence[SENTENCE_MAXIMUM];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	buffer_clear(&notary->body);
	/* Without memory the status has to do. */
	(void)buffer_put_format(&notary->body, "%s\n", sentence);
	*ret_answer = (struct neutral_answer){ status, NEUTRAL_TEXT, buffer_view(&notary->body) };
}

void notary_say_size(struct notary *notary, struct neutral_answer *ret_answer, unsigned status,
                     uint64_t size)
{
	buffer_clear(&notary->body);
	if (buffer_put_format(&notary->body, "%llu\n", (unsigned long long)size) != OK)
		notary_say_failure(notary, ret_answer, ERROR_MEMORY);
	else
		*ret_answer = (struct neutral_answer){ status, NEUTRAL_TREE_SIZE,
			                               buffer_view(&notary->body) };
}

void notary_give(struct notary *notary, struct neutral_answer *ret_answer,
                 enum neutral_content content)
{
	*ret_answer = (struct neutral_answer){ 200, content, buffer_view(&notary->body) };
}

void notary_say_failure(struct notary *notary, struct neutral_answer *ret_answer, int result)
{
	if (result == ERROR_IO || result == ERROR_INTERNAL)
		journal(JOURNAL_ERROR, "a call cannot be answered: %s",
		        store_last_error(notary->settings.store)->message);
	notary_say(notary, ret_answer, 503, "not now (%s): ask again later", result_text(result));
}

struct call {
	enum neutral_method method;
	const char *end; /* of the path; with a slash at its end, something follows */
	bool deposits;   /* a depositary's */
	void (*answer)(struct notary *notary, const struct neutral_call *call, struct bytes rest,
	               struct neutral_answer *ret_answer);
};

static void add_checkpoint(struct notary *notary, const struct neutral_call *call,
                           struct bytes rest, struct neutral_answer *ret_answer)
{
	(void)rest;
	witness_add_checkpoint(notary, call->body, ret_answer);
}

static void show(struct notary *notary, const struct neutral_call *call, struct bytes rest,
                 struct neutral_answer *ret_answer)
{
	(void)call;
	witness_show(notary, rest, ret_answer);
}

static void deposit_entries(struct notary *notary, const struct neutral_call *call,
                            struct bytes rest, struct neutral_answer *ret_answer)
{
	(void)rest;
	depositary_entries(notary, call->body, ret_answer);
}

static void deposit_blob(struct notary *notary, const struct neutral_call *call, struct bytes rest,
                         struct neutral_answer *ret_answer)
{
	(void)rest;
	depositary_blob(notary, call->body, ret_answer);
}

static void deposit_certificate(struct notary *notary, const struct neutral_call *call,
                                struct bytes rest, struct neutral_answer *ret_answer)
{
	(void)rest;
	depositary_certificate(notary, call->body, ret_answer);
}

static void collect(struct notary *notary, const struct neutral_call *call, struct bytes rest,
                    struct neutral_answer *ret_answer)
{
	(void)rest;
	depositary_collect(notary, call->body, COLLECT_ENTRIES, ret_answer);
}

static void collect_blob(struct notary *notary, const struct neutral_call *call, struct bytes rest,
                         struct neutral_answer *ret_answer)
{
	(void)rest;
	depositary_collect(notary, call->body, COLLECT_BLOB, ret_answer);
}

static const struct call calls[] = {
	{ NEUTRAL_POST, "/add-checkpoint", false, add_checkpoint },
	{ NEUTRAL_GET, "/checkpoint/", false, show },
	{ NEUTRAL_POST, "/deposit/entries", true, deposit_entries },
	{ NEUTRAL_POST, "/deposit/blob", true, deposit_blob },
	{ NEUTRAL_POST, "/deposit/certificate", true, deposit_certificate },
	{ NEUTRAL_POST, "/collect", true, collect },
	{ NEUTRAL_POST, "/collect/blob", true, collect_blob },
};

/* Whether the path ends as the call says, and what follows. */
static bool matches(const struct call *call, struct bytes path, struct bytes *ret_rest)
{
	struct bytes end = bytes_of_string(call->end);
	size_t from = path.size;

	/* What follows a slash has no slash of its own. */
	if (end.data[end.size - 1] == '/')
		while (from > 0 && path.data[from - 1] != '/')
			from--;
	if (from < end.size || memcmp(path.data + from - end.size, end.data, end.size) != 0)
		return false;
	*ret_rest = bytes_of(path.data + from, path.size - from);
	return true;
}

static void answer(struct notary *notary, const struct neutral_call *call,
                   struct neutral_answer *ret_answer)
{
	struct bytes rest;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!matches(&calls[i], call->path, &rest) ||
		    (calls[i].deposits && !notary->settings.takes_deposits))
			continue;
		if (call->method != calls[i].method)
			notary_say(notary, ret_answer, 405, "this call is a %s",
			           calls[i].method == NEUTRAL_GET ? "GET" : "POST");
		else
			calls[i].answer(notary, call, rest, ret_answer);
		return;
	}
	notary_say(notary, ret_answer, 404, "there is no such call here");
}

int notary_call(struct notary *notary, const struct neutral_call *call,
                struct neutral_answer *ret_answer)
{
	if (clock_is_believed(notary))
		answer(notary, call, ret_answer);
	else
		notary_say(notary, ret_answer, 503, "the clock here is wrong: ask again later");
	return notary->failed ? ERROR_INTERNAL : OK;
}

int notary_tick(struct notary *notary)
{
	if (clock_is_believed(notary))
		depositary_expire(notary);
	return notary->failed ? ERROR_INTERNAL : OK;
}
