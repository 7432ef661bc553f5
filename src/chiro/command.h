/* The commands of chiro. A command is a function that gets its own words (the
 * first is its name) and returns the exit status of the program. The table with
 * their names and one-line helps stands in main.c. */
#ifndef COMMAND_H
#define COMMAND_H

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* failed, refused, damaged, answered with no */
	STATUS_USAGE = 2   /* the command line or a configuration file is wrong */
};

struct command {
	const char *name;
	const char *help; /* one line, marked for translation */
	int (*run)(int argc, char **argv);
};

int command_init(int argc, char **argv);
int command_invite(int argc, char **argv);
int command_join(int argc, char **argv);
int command_charter(int argc, char **argv);
int command_act(int argc, char **argv);
int command_reply(int argc, char **argv);
int command_send(int argc, char **argv);
int command_pending(int argc, char **argv);
int command_hold(int argc, char **argv);
int command_keys(int argc, char **argv);
int command_rules(int argc, char **argv);

int command_status(int argc, char **argv);
int command_clock(int argc, char **argv);
int command_inbox(int argc, char **argv);
int command_brief(int argc, char **argv);
int command_agenda(int argc, char **argv);
int command_handover(int argc, char **argv);
int command_log(int argc, char **argv);
int command_show(int argc, char **argv);
int command_read(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_translate(int argc, char **argv);
int command_glossary(int argc, char **argv);
int command_list(int argc, char **argv);
int command_export(int argc, char **argv);
int command_disclose(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_certify(int argc, char **argv);
int command_backup(int argc, char **argv);
int command_pack(int argc, char **argv);
int command_press_check(int argc, char **argv);
int command_publish(int argc, char **argv);
int command_take(int argc, char **argv);
int command_test(int argc, char **argv);
int command_wait(int argc, char **argv);
int command_alarms(int argc, char **argv);
int command_call(int argc, char **argv);
int command_recover(int argc, char **argv);
int command_succeed(int argc, char **argv);
int command_practice(int argc, char **argv);

#endif
