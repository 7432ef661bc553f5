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

int program_find(const char *built, const char *installed, char *ret_path, size_t capacity,
                 struct error *error)
{
	char self[PATH_MAX], path[PATH_MAX];
	char *slash;
	int r;

	if ((r = program_self(self, sizeof(self), error)) != OK)
		return r;
	if ((slash = strrchr(self, '/')) != NULL)
		*slash = '\0';
	if (snprintf(path, sizeof(path), "%s/../%s", self, built) >= (int)sizeof(path) ||
	    access(path, X_OK) != 0)
		snprintf(path, sizeof(path), "%s", installed);
	if (access(path, X_OK) != 0)
		return error_set(error, ERROR_NOT_FOUND, _("there is no program %s"), installed);
	if (strlen(path) >= capacity)
		return error_set(error, ERROR_LIMIT, _("the path of %s is too long"), built);
	memcpy(ret_path, path, strlen(path) + 1);
	return OK;
}
