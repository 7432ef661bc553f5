#include "node_time.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

const char *const node_role_names[NODE_ROLE_COUNT] = {
	[NODE_ENGINE] = "engine", [NODE_HTTP] = "http",     [NODE_LINK] = "link",
	[NODE_KEEPER] = "keeper", [NODE_OTHERS] = "others",
};

static enum node_role role_of(const char *name)
{
	for (int role = 0; role < NODE_OTHERS; role++)
		if (strstr(name, node_role_names[role]) != NULL)
			return (enum node_role)role;
	return NODE_OTHERS;
}

/* Fields of /proc/<pid>/stat after the name, which ends in the last `)`: state,
 * parent, and as the 12th and 13th from the state the times in ticks. */
static void add_process(const char *stat, const pid_t parents[2], struct node_time *time)
{
	const char *name = strchr(stat, '('), *rest = strrchr(stat, ')');
	unsigned long user, kernel;
	char role[64];
	int parent;

	if (name == NULL || rest == NULL || rest - name >= (long)sizeof role ||
	    sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &parent, &user,
	           &kernel) != 3 ||
	    (parent != parents[0] && parent != parents[1]))
		return;
	snprintf(role, sizeof role, "%.*s", (int)(rest - name), name);
	time->seconds[role_of(role)] += (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

void node_time_read(const pid_t parents[2], struct node_time *ret_time)
{
	DIR *processes = opendir("/proc");
	struct dirent *item;

	if (processes == NULL)
		bench_fail("/proc cannot be read");
	*ret_time = (struct node_time){ { 0 } };
	while ((item = readdir(processes)) != NULL) {
		char path[300], stat[1024];
		FILE *file;

		if (!isdigit((unsigned char)item->d_name[0]))
			continue;
		snprintf(path, sizeof path, "/proc/%s/stat", item->d_name);
		/* One that has ended meanwhile is not there. */
		if ((file = fopen(path, "r")) == NULL)
			continue;
		if (fgets(stat, sizeof stat, file) != NULL)
			add_process(stat, parents, ret_time);
		fclose(file);
	}
	closedir(processes);
}
