/* From words to a logged act: what `chiro act` and `chiro reply` share. */
#ifndef ACTING_H
#define ACTING_H

/* Runs `chiro act`: argv[0] is the name of a kind, options follow. Returns the
 * exit status. */
int act_run(int argc, char **argv);

#endif
