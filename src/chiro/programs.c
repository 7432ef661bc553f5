#include "programs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "translate.h"

int program_self(char *ret_path, size_t capacity, struct error *error)
{
	char path[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path));

	if (size < 0)
		return error_set(error, ERROR_IO, "/proc/self/exe: %s", strerror(errno));
	if ((size_t)size >= capacity || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_LIMIT, _("the path of this program is too long"));
	memcpy(ret_path, path, (size_t)size);
	ret_path[size] = '\0';
	return OK;
}

bool path_in_build(const char *built, int mode, char *ret_path, size_t capacity)
{
	char self[PATH_MAX], *slash;

	if (program_self(self, sizeof(self), NULL) != OK)
		return false;
	if ((slash = strrchr(self, '/')) != NULL)
		*slash = '\0';
	return snprintf(ret_path, capacity, "%s/../%s", self, built) < (int)capacity &&
	       access(ret_path, mode) == 0;
}

int program_find(const char *built, const char *installed, char *ret_path, size_t capacity,
                 struct error *error)
{
	char path[PATH_MAX];

	if (!path_in_build(built, X_OK, path, sizeof(path)))
		snprintf(path, sizeof(path), "%s", installed);
	if (access(path, X_OK) != 0)
		return error_set(error, ERROR_NOT_FOUND, _("there is no program %s"), installed);
	if (strlen(path) >= capacity)
		return error_set(error, ERROR_LIMIT, _("the path of %s is too long"), built);
	memcpy(ret_path, path, strlen(path) + 1);
	return OK;
}
