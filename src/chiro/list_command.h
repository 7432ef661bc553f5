/* The subcommands of `chiro list`. Each gets its own words (the first is its name) and
 * returns the exit status; the table with their names and helps stands in command_list.c. */
#ifndef LIST_COMMAND_H
#define LIST_COMMAND_H

int list_import(int argc, char **argv);
int list_show(int argc, char **argv);
int list_compare(int argc, char **argv);
int list_schemes(int argc, char **argv);
int list_commit(int argc, char **argv);
int list_reveal(int argc, char **argv);
int list_update(int argc, char **argv);
int list_retire(int argc, char **argv);
int list_budget(int argc, char **argv);
int list_check(int argc, char **argv);
int list_prove(int argc, char **argv);
int list_reply(int argc, char **argv);

#endif
