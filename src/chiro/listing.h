/* How what the node says is shown to people: labelled lines, acts in two lines,
 * obligations, and the words of the API in the person's language. Everything
 * that stands in a reply is shown visibly: part of it is the other side's. */
#ifndef LISTING_H
#define LISTING_H

#include "api.h"
#include "charter.h"
#include "terminal.h"
#include "timestamp.h"

enum { LISTING_LABEL_WIDTH = 14, LISTING_TEXT_CAPACITY = 4096 };

/* `  label     text`, the text wrapped beside its label. What is formatted may
 * be hostile. Text beyond LISTING_TEXT_CAPACITY bytes is cut with an ellipsis. */
void list_item(const char *label, const char *format, ...) __attribute__((format(printf, 2, 3)));
void list_item_styled(enum style wanted, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Each string of an array, beside one label. Nothing for an empty array. */
void list_strings(enum style wanted, const char *label, const json_t *strings);
/* A time in UTC and local time, and how far off it is; nothing for 0. */
void list_time(const char *label, timestamp moment);
void list_deadline(const char *label, timestamp deadline, timestamp now);

/* A word of the API (`in-force`, `acknowledge`, `overdue`) as people read it;
 * the word itself when it is none of those. */
const char *word_for_people(const char *word);

/* Why an ACT is void, or "". */
const char *reason_for_people(const json_t *act);

/* `2026-11-22 14:03`, UTC, for columns; "" for 0. */
enum { SHORT_TIME_CAPACITY = 17 };
void short_time(timestamp moment, char ret_text[SHORT_TIME_CAPACITY]);

/* One ACT: name, kind, time, author; below it what there is to say of it. */
void list_act(const json_t *act);
/* One OBLIGATION: name and kind of the act, who owes what until when. */
void list_obligation(const json_t *obligation, timestamp now);

/* One AGENDA ITEM: the same of whatever is open. */
void list_agenda_item(const json_t *item, timestamp now);

/* Who owes it, below it. */
void list_owner(const json_t *item, const char *own);
/* One PENDING act, which waits for its second signature. */
void list_pending_act(const json_t *pending, timestamp now);

/* Each of an array of REMINDER, labelled or not: ours loudly and with what to do, the
 * other side's plainly. Gives how many. */
size_t list_reminders(const json_t *reminders, const char *own, bool with_label, timestamp now);

/* What a STAMP says, and what it is worth: `certificate of deposit: north up to 412 …`. */
enum { STAMP_TEXT_CAPACITY = 1024 };
/* What became of an `amend`: a format for the number of the charter, one more than
 * the member `charter` of the act; NULL for other acts. */
const char *amendment_for_people(const json_t *act);

void stamp_for_people(const json_t *stamp, char ret_text[STAMP_TEXT_CAPACITY]);

/* Whether an act only keeps the machinery going: a receipt, test or echo that is
 * not void. */
bool act_is_machinery(const json_t *act);

/* Takes `north-7` apart. ERROR_USAGE with a sentence when it is no such name. */
int act_name_read(const char *name, char ret_party[PARTY_ID_CAPACITY], uint64_t *ret_number,
                  struct error *error);

#endif
