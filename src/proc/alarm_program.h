/* One run of the program that alarms are given to.
 *
 * It gets no descriptor but standard input (the event as JSON), output and error (read by
 * us, for its last line), no variables but those of the event and
 *
 *     PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin   LANG=C.UTF-8
 *
 * the root directory, a session of its own, and signals as they are by default. It can gain
 * no privileges, and dies with the process that started it. When its time is over it is asked
 * to end (SIGTERM) and then made to; what it leaves running in its process group is ended
 * with it.
 *
 *     if ((r = alarm_run_start(&run, path, &event, timeout, now, &error)) == OK)
 *             poll run.process and run.output until alarm_run_step(&run, now) is true
 *     … run.result … alarm_run_release(&run)
 */
#ifndef ALARM_PROGRAM_H
#define ALARM_PROGRAM_H

#include <sys/types.h>

#include "alarm.h"

struct alarm_run {
	pid_t pid;
	int process;       /* descriptor of the process: readable when it has ended */
	int output;        /* what it writes; -1 after its end */
	uint64_t deadline; /* monotonic nanoseconds: when it is asked to end, then made to */
	bool asked_to_end;
	char begun[ALARM_LINE_CAPACITY]; /* the line that it is writing */
	size_t begun_size;
	struct alarm_result result;
};

/* `timeout` is in seconds. ERROR_IO with a sentence when it cannot be started; a program that
 * cannot be executed is one that fails with status 127. */
int alarm_run_start(struct alarm_run *run, const char *path, const struct alarm_event *event,
                    int64_t timeout, uint64_t now, struct error *error);

/* Reads what there is to read and ends it when its time is over. True when it has ended:
 * `result` says how. */
bool alarm_run_step(struct alarm_run *run, uint64_t now);

/* Ends it if it still runs, and closes the descriptors. */
void alarm_run_release(struct alarm_run *run);

#endif
