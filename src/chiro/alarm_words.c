#include "alarm_words.h"

#include <string.h>

#include "translate.h"

static const struct {
	const char *event, *text;
} events[] = {
	{ "test", N_("test") },
	{ "arrival", N_("arrival") },
	{ "due-soon", N_("due soon") },
	{ "overdue", N_("overdue") },
	{ "link-test-failed", N_("link tests failed") },
	{ "channel-faulted", N_("channel faulted") },
	{ "channel-read-only", N_("channel read-only") },
	{ "channel-alarm", N_("channel") },
	{ "clock", N_("clock") },
	{ "store", N_("database") },
	{ "receipt-withheld", N_("receipt withheld") },
};

/* What became of it, in words. */
static const struct {
	const char *state;
	enum style style;
	const char *text;
} states[] = {
	{ "waiting", STYLE_WARNING, N_("waits to be given to the program") },
	{ "running", STYLE_PLAIN, N_("the program is running") },
	{ "delivered", STYLE_GOOD, N_("taken by the program") },
	{ "given-up", STYLE_BAD, N_("given up: the program never took it") },
	{ "noted", STYLE_PLAIN, N_("only noted here: there is no alarm program") },
};

const char *alarm_event_text(const char *event)
{
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].event, event) == 0)
			return _(events[i].text);
	return event;
}

const char *alarm_state_text(const char *state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].state, state) == 0)
			return _(states[i].text);
	return state;
}

enum style alarm_state_style(const char *state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].state, state) == 0)
			return states[i].style;
	return STYLE_PLAIN;
}
