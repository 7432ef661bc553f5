/* What a bundle will show: the inside of the writer, shared by src/record/bundle_writ*.c
 * and bundle_choice.c only. */
#ifndef BUNDLE_CHOICE_H
#define BUNDLE_CHOICE_H

#include "bundle_writer.h"
#include "record_state.h"

/* What is remembered of an act that names persons or keys. */
struct authority_note {
	struct act_place place;
	enum kind_number kind;
	bool always;                        /* shown whatever the signers are */
	char names[DELEGATE_NAME_CAPACITY]; /* whom it accredits or recalls; "" for nobody */
	char author[DELEGATE_NAME_CAPACITY];
};

struct cosigner_note {
	struct act_place place;
	char name[DELEGATE_NAME_CAPACITY];
};

struct marking_note {
	struct act_place place;
	char marking[MARKING_CAPACITY];
};

struct chosen_part {
	struct act_place act;
	struct part_proof proof;
	struct buffer content;
};

/* What an entry is chosen as. */
enum chosen { CHOSEN = 1, CHOSEN_SUBJECT = 2, CHOSEN_RECEIPTED = 4, CHOSEN_SIGNERS = 8 };

struct bundle_choice {
	struct record_state state; /* both logs whole */
	struct buffer marks[2];    /* a set of enum chosen for each entry */
	size_t authority_count, authority_capacity;
	struct authority_note *authority;
	size_t cosigner_count, cosigner_capacity;
	struct cosigner_note *cosigners;
	size_t marking_count, marking_capacity;
	struct marking_note *markings;
	size_t part_count, part_capacity;
	struct chosen_part *parts;
	bool later_included;
	bool settled;
	struct bundle_text text; /* once settled */
};

/* Remembers what an entry says of persons and keys; in the order of each log. */
int bundle_choice_note(struct bundle_choice *choice, struct act_place place,
                       const struct entry *entry, struct error *error);
/* Once all entries were noted: none is chosen. */
int bundle_choice_begin(struct bundle_choice *choice, struct error *error);
int bundle_choice_add(struct bundle_choice *choice, struct act_place place, unsigned as,
                      struct error *error);
int bundle_choice_later(struct bundle_choice *choice, struct error *error);
/* Adds what shows the signers' authority and the ends of the logs; makes the text. */
int bundle_choice_settle(struct bundle_choice *choice, const char *purpose, struct error *error);
void bundle_choice_release(struct bundle_choice *choice);

#endif
