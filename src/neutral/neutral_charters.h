/* The charters that the configuration of a neutral names. */
#ifndef NEUTRAL_CHARTERS_H
#define NEUTRAL_CHARTERS_H

#include "charter.h"
#include "neutral_configuration.h"

struct neutral_charters {
	size_t count;
	struct charter *items[NEUTRAL_CHARTERS_MAXIMUM];
};

/* Reads them all; release them also after a failure. ERROR_IO for a file that
 * cannot be read, ERROR_USAGE for a charter that is named twice, and the errors of
 * charter_parse; the sentence names the file. */
int neutral_charters_read(const struct neutral_configuration *configuration,
                          struct neutral_charters *ret_charters, struct error *error);
void neutral_charters_release(struct neutral_charters *charters);

#endif
