/* From words to a logged act: what `chiro act` and `chiro reply` share. */
#ifndef ACTING_H
#define ACTING_H

#include "act.h"
#include "sealing.h"

/* Runs `chiro act`: argv[0] is the name of a kind, options follow. Returns the
 * exit status. */
int act_run(int argc, char **argv);

/* A body that was made before its act: of a list. */
struct prepared_body {
	bool has_body;
	struct sealed_body body; /* taken */
	struct bytes preview;    /* what people are shown of it before they sign */
	bool signing;            /* set once a signature is being made: the act may be logged */
	char logged[ACT_NAME_CAPACITY]; /* what it was logged as; "" while it waits */
};

/* The same for an act whose body is this, or that has none though its kind may. */
int act_run_prepared(int argc, char **argv, struct prepared_body *prepared);

#endif
