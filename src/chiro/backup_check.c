#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backup.h"
#include "command.h"
#include "files.h"
#include "rehearsal.h"
#include "settings.h"
#include "terminal.h"
#include "translate.h"

/* The rehearsal is the work of a child; this process waits for it, and for everything
 * that it has started, whatever becomes of it, and then removes the folder. So nothing of
 * what was opened stays behind when the person interrupts it or it fails. */

enum {
	STATUS_INTERRUPTED = 130,
	ENDING_SECONDS = 20 /* that orphans have to stop */
};

static void watched_signals(sigset_t *ret_signals)
{
	static const int watched[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD };

	sigemptyset(ret_signals);
	for (size_t i = 0; i < sizeof(watched) / sizeof(watched[0]); i++)
		sigaddset(ret_signals, watched[i]);
}

/* In the child. */
static void work(const struct options *options, const char *folder, const sigset_t *before)
{
	int status = STATUS_FAILED;

	/* Root lets another user come through the folder: to its own files and no others. */
	umask(077);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && sigprocmask(SIG_SETMASK, before, NULL) == 0)
		status = rehearse(options, folder);
	_exit(output_ends(status));
}

/* Collects children that have ended; whether none is left. */
static bool reap(pid_t worker, int *status, bool *worker_ended)
{
	int ended;
	pid_t pid;

	while ((pid = waitpid(-1, &ended, WNOHANG)) > 0) {
		if (pid != worker)
			continue;
		*worker_ended = true;
		*status = WIFEXITED(ended) ? WEXITSTATUS(ended) : STATUS_FAILED;
	}
	return pid < 0 && errno == ECHILD;
}

/* Waits for the worker, then for what it left. What interrupts ends the worker; what it
 * has started ends by itself then. */
static int watch(pid_t worker, const sigset_t *signals)
{
	bool worker_ended = false, interrupted = false;
	int status = STATUS_FAILED, patience = ENDING_SECONDS;

	while (!reap(worker, &status, &worker_ended) && patience > 0) {
		const struct timespec second = { 1, 0 };
		int signal = sigtimedwait(signals, NULL, &second);

		if (signal > 0 && signal != SIGCHLD) {
			interrupted = true;
			if (!worker_ended)
				kill(worker, SIGTERM);
		} else if (signal < 0 && worker_ended) {
			patience--;
		}
	}
	return interrupted ? STATUS_INTERRUPTED : status;
}

int backup_check(const struct options *options)
{
	char folder[SETTINGS_PATH_CAPACITY];
	struct error error = { 0 };
	sigset_t signals, before;
	pid_t worker;
	int status = STATUS_FAILED;

	if (scratch_directory_make(folder, sizeof(folder), &error) != OK)
		return complain_error(NULL, &error);
	watched_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	/* What the worker leaves comes to us. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	fflush(stdout);
	worker = fork();
	if (worker == 0)
		work(options, folder, &before);
	if (worker < 0)
		complain(_("another process cannot be started: %s"), strerror(errno));
	else
		status = watch(worker, &signals);
	if (directory_remove_all(folder, &error) != OK)
		status = complain_error(NULL, &error);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}
