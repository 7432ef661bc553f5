#include "list_source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act.h"
#include "body_of_act.h"
#include "files.h"
#include "list_files.h"
#include "list_text.h"
#include "translate.h"

bool list_source_is_own(const struct settings *settings, const char *name)
{
	char path[LIST_PATH_CAPACITY];

	return list_file_path(settings, name, false, path, NULL) == OK && file_exists(path);
}

int list_source_own(const struct settings *settings, const char *name,
                    struct list_source *ret_source, struct error *error)
{
	struct list_source source = { .map = NULL };
	char path[LIST_PATH_CAPACITY];
	struct stat status;
	int fd, r;

	if ((r = list_file_path(settings, name, false, path, error)) != OK)
		return r;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return errno == ENOENT
		           ? error_set(error, ERROR_NOT_FOUND,
		                       _("there is no list '%s': 'chiro list show' names them"),
		                       name)
		           : error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) {
		r = error_set(error, ERROR_IO, _("%s is no list"), path);
	} else {
		source.map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (source.map == MAP_FAILED)
			r = error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
		else
			source.text = bytes_of(source.map, (size_t)status.st_size);
	}
	close(fd);
	if (r == OK)
		*ret_source = source;
	return r;
}

/* --- what an act brings ----------------------------------------------------------------- */

/* How the list of this act is handed over; NULL: acts of this kind bring none. */
static const char *mode_of(const struct act *act)
{
	static const char *const modes[] = { "opened", "match-only", "swap" };
	const struct field_value *field = act_field(act, "mode");

	if (act->kind->number == KIND_REVEAL)
		return "opened";
	if (act->kind->number != KIND_LIST && act->kind->number != KIND_UPDATE_LIST)
		return NULL;
	for (size_t i = 0; field != NULL && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (bytes_equal_string(field->text, modes[i]))
			return modes[i];
	return NULL;
}

/* Whether what the act brings can be read as a list. */
static int check_act(const json_t *act, const char *name, struct error *error)
{
	struct act parsed;
	const char *mode;
	int r;

	if ((r = act_parse(bytes_of_string(member_text(act, "text")), &parsed, error)) != OK)
		return r;
	if ((mode = mode_of(&parsed)) == NULL)
		return error_set(error, ERROR_USAGE, _("%s brings no list: it is of kind '%s'"),
		                 name, parsed.kind->name);
	if (strcmp(mode, "swap") == 0)
		return error_set(error, ERROR_STATE,
		                 _("%s only commits to a list: what is opened comes with a "
		                   "'reveal' in its matter (chiro log --matter %s)"),
		                 name, name);
	if (strcmp(mode, "match-only") == 0)
		return error_set(error, ERROR_STATE,
		                 _("the list of %s can be asked and not read: see 'chiro help list "
		                   "check'"),
		                 name);
	return OK;
}

int list_source_act(struct node *node, const char *name, const char *identity,
                    struct list_source *ret_source, struct error *error)
{
	struct list_source source = { .map = NULL };
	json_t *named = NULL;
	int r;

	/* Before its body is fetched. */
	if ((r = api_get(node->api, &named, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	r = check_act(named, name, error);
	json_decref(named);
	if (r != OK ||
	    (r = body_by_name(node, name, identity, &source.act, &source.body, error)) != OK)
		return r;
	if (source.body.count == 1 &&
	    strcmp(source.body.parts[0].line.description.media_type, LIST_MEDIA_TYPE) == 0) {
		source.text = source.body.parts[0].content;
		*ret_source = source;
		return OK;
	}
	list_source_release(&source);
	return error_set(error, ERROR_MISMATCH,
	                 _("what %s brings is no list: 'chiro read %s' shows it"), name, name);
}

void list_source_release(struct list_source *source)
{
	if (source->map != NULL)
		munmap(source->map, source->text.size);
	if (source->act != NULL)
		opened_body_release(&source->body);
	json_decref(source->act);
	*source = (struct list_source){ .map = NULL };
}
