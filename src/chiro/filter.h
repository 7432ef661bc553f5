/* Another program that takes something in and gives something back. */
#ifndef FILTER_H
#define FILTER_H

#include "buffer.h"
#include "result.h"

/* Runs arguments[0], found on PATH unless it is a path, gives it `message` and appends
 * what it prints to `output`; its complaints and questions go to the terminal.
 * ERROR_DENIED when it ends with another status than 0 or is not there; ERROR_LIMIT
 * when it prints more than the buffer takes; ERROR_IO. */
int filter_run(char *const arguments[], struct bytes message, struct buffer *output,
               struct error *error);

#endif
