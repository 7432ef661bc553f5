/* Accounting for every file of a record. */
#include "folder_walk.h"
#include "record_verification.h"

static int does_not_belong(struct verification *v, const char *path)
{
	return record_damaged(v, ERROR_EXISTS, path, NO_OFFSET, NULL,
	                      "it does not belong to the record");
}

static int check_act_file(struct verification *v, const char *path, struct act_place place)
{
	const struct buffer *signers = &v->state.logs[place.party].signers;
	char second[RECORD_PATH_CAPACITY];

	record_act_path(&v->state, place, RECORD_ACT_SECOND, second);
	if (!v->acts || (signers->data[place.number] < 2 && strcmp(path, second) == 0))
		return does_not_belong(v, path);
	return OK;
}

/* Takes note of a body that was found and checked. */
static int found(struct verification *v, struct act_place place, enum record_found what, int result)
{
	if (result == OK)
		v->found[place.party].data[place.number] |= (uint8_t)what;
	return result;
}

static int check_part(struct verification *v, const char *path, const struct record_name *name,
                      struct error *error)
{
	const struct act_summary *act = rules_act(v->state.rules, name->place);
	char manifest[RECORD_PATH_CAPACITY];

	if (name->part == 0)
		return found(v, name->place, RECORD_FOUND_OPENED,
		             record_check_opened(v, name->place, error));
	record_body_path(&v->state, name->place, "/manifest", manifest);
	if (!record_folder_has(&v->folder, manifest))
		return record_damaged(v, ERROR_NOT_FOUND, manifest, NO_OFFSET, &name->place,
		                      "it is not there");
	if (!act->has_body || name->part > act->body_parts)
		return does_not_belong(v, path);
	return OK;
}

static int check_file(void *context, const char *path, struct error *error)
{
	struct verification *v = context;
	struct record_name name = record_name_of(&v->state, path);

	v->report.files++;
	switch (name.item) {
	case RECORD_ITEM_README:
	case RECORD_ITEM_DERIVED:
	case RECORD_ITEM_COUNTERSIGNED:
		return OK;
	case RECORD_ITEM_ACT:
		return check_act_file(v, path, name.place);
	case RECORD_ITEM_BODY:
		return found(v, name.place, RECORD_FOUND_SEALED,
		             record_check_sealed(v, path, name.place, error));
	case RECORD_ITEM_PART:
		return check_part(v, path, &name, error);
	default:
		return does_not_belong(v, path);
	}
}

/* A folder without any file is one that no record has. */
static int check_odd(void *context, const char *path, enum folder_oddity oddity)
{
	struct verification *v = context;

	if (oddity == FOLDER_EMPTY || oddity == FOLDER_TOO_DEEP)
		return does_not_belong(v, path);
	return record_damaged(v, ERROR_DENIED, path, NO_OFFSET, NULL,
	                      oddity == FOLDER_LINK ? "it is a symbolic link"
	                                            : "it is not a plain file");
}

int record_walk(struct verification *v, struct error *error)
{
	const struct folder_walker walker = { v, check_file, check_odd };
	uint8_t *marks;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		size_t size = (size_t)v->state.logs[party].size;

		if ((r = buffer_extend(&v->found[party], size, &marks)) != OK)
			return error_set(error, r, "the acts cannot be counted");
		if (size > 0)
			memset(marks, 0, size);
	}
	return folder_walk(&v->folder, &walker, error);
}
