/* Places where tests kill a process. In a build with -Dfault_points=true,
 * FAULT_POINT("name") ends the process by SIGKILL when the environment says
 * CHIRO_FAULT_POINT=name or name:n, at the n-th passage; in every other build
 * it is nothing. */
#ifndef FAULT_POINT_H
#define FAULT_POINT_H

#ifdef CHIRO_FAULT_POINTS
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif

#endif
