/* The alarms of a node as people read them, in their language. */
#ifndef ALARM_WORDS_H
#define ALARM_WORDS_H

#include "terminal.h"

/* What happened, and what became of the alarm; the word itself where it is not known. */
const char *alarm_event_text(const char *event);
const char *alarm_state_text(const char *state);
enum style alarm_state_style(const char *state);

#endif
