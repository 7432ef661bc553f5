/* Party cards on the side of the person: kept in <directory>/cards, shown with
 * their fingerprint in words. The own card is kept as own-<setup>.card, the
 * other side's as <party>.card. */
#ifndef CARDS_H
#define CARDS_H

#include "card.h"
#include "settings.h"

enum { CARD_PATH_CAPACITY = SETTINGS_PATH_CAPACITY + 128 };

/* A card read from a file; `text` owns what `party` points to. */
struct card_file {
	struct buffer text;
	struct party party;
};

/* Release with card_file_release. Errors name the file. */
int card_file_read(const char *path, struct card_file *ret_card, struct error *error);
void card_file_release(struct card_file *card);

/* `<directory>/cards/<name>.card`; makes the directories when `make`. */
int card_path(const struct settings *settings, const char *name, bool make,
              char ret_path[CARD_PATH_CAPACITY], struct error *error);

/* Whether a party's block is, byte for byte, one of the kept own cards
 * (`own`), or the kept card of that party. ERROR_NOT_FOUND when none is kept,
 * ERROR_MISMATCH when another is. */
int card_compare(const struct settings *settings, const struct party *party, bool own,
                 struct error *error);

/* The path of the only card that is kept of one's own, or of others;
 * ERROR_NOT_FOUND, or ERROR_USAGE for several. */
int card_only_path(const struct settings *settings, bool own, char ret_path[CARD_PATH_CAPACITY],
                   struct error *error);

/* Prints two rows of six words, indented; in the words' language that the locale
 * asks for. */
void print_fingerprint(FILE *file, struct bytes text);

/* Whether `words` (any white space between them, any case) are the fingerprint of
 * `text` in either language. */
bool fingerprint_matches(struct bytes text, const char *words);

/* Prints who a card is of, and its keys. */
void print_party(FILE *file, const struct party *party);

#endif
