#include "bundle_verifier.h"

#include <unistd.h>

#include "bundle_files.h"
#include "bundle_reading.h"
#include "folder_walk.h"

static const char format_start[] = "chirograph.bundle/";

bool bundle_is_one(const char *directory)
{
	struct record_folder folder;
	struct buffer start;
	uint64_t size;
	bool is_one;
	int fd;

	if (record_folder_open(&folder, directory, NULL) != OK)
		return false;
	buffer_init(&start, sizeof(format_start));
	is_one = record_file_open(&folder, BUNDLE_FILE, &fd, &size, NULL) == OK;
	if (is_one) {
		is_one = record_file_take(fd, sizeof(format_start) - 1, &start, NULL) == OK &&
		         bytes_equal_string(buffer_view(&start), format_start);
		close(fd);
	}
	buffer_release(&start);
	record_folder_close(&folder);
	return is_one;
}

struct checking {
	struct bundle_reading reading;
	const struct bundle_purpose *purpose; /* NULL: a plain disclosure */
};

static int compare_file(void *context, const char *path, struct bytes content, struct error *error)
{
	struct checking *checking = context;

	return record_compare(&checking->reading.v, path, content, NULL, error);
}

static int check_file(void *context, const char *path, struct error *error)
{
	struct checking *checking = context;
	struct verification *v = &checking->reading.v;

	(void)error;
	v->report.files++;
	return bundle_has_file(checking->reading.bundle, checking->purpose, path)
	           ? OK
	           : record_damaged(v, ERROR_EXISTS, path, NO_OFFSET, NULL,
	                            "it does not belong to the bundle");
}

static int check_odd(void *context, const char *path, enum folder_oddity oddity)
{
	static const char *const reasons[] = {
		[FOLDER_LINK] = "it is a symbolic link",
		[FOLDER_DEVICE] = "it is not a plain file",
		[FOLDER_EMPTY] = "it is an empty folder",
		[FOLDER_TOO_DEEP] = "it does not belong to the bundle",
	};
	struct checking *checking = context;

	return record_damaged(&checking->reading.v, ERROR_DENIED, path, NO_OFFSET, NULL, "%s",
	                      reasons[oddity]);
}

static int find_purpose(struct checking *checking, const struct bundle_purpose *purposes,
                        size_t count)
{
	const char *name = checking->reading.bundle->text.purpose;

	checking->purpose = NULL;
	if (strcmp(name, BUNDLE_PURPOSE_DISCLOSURE) == 0)
		return OK;
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, purposes[i].name) == 0) {
			checking->purpose = &purposes[i];
			return OK;
		}
	return record_damaged(&checking->reading.v, ERROR_UNSUPPORTED, BUNDLE_FILE, NO_OFFSET, NULL,
	                      "this version knows no bundle for the purpose '%s'", name);
}

/* What the maker says in a file of its own is for the purpose to judge. */
static int read_given(struct checking *checking, struct error *error)
{
	const struct bundle_purpose *purpose = checking->purpose;
	struct buffer *given = &checking->reading.bundle->given;
	struct error cause = { .code = OK };
	int r;

	if (purpose == NULL || purpose->given == NULL)
		return OK;
	buffer_init(given, purpose->given_maximum);
	r = record_file_read(&checking->reading.v.folder, purpose->given, given, &cause);
	return r == OK ? OK
	               : record_unreadable(&checking->reading.v, purpose->given, r, &cause, error);
}

static int check_derived(struct checking *checking, struct error *error)
{
	const struct record_sink compare = { checking, compare_file };
	const char *file = checking->purpose != NULL && checking->purpose->file != NULL
	                       ? checking->purpose->file
	                       : BUNDLE_FILE;
	struct error cause = { .code = OK };
	int r = bundle_put_derived(checking->reading.bundle, checking->purpose, &compare, &cause);

	if (r == OK || checking->reading.v.damaged)
		return r;
	return record_unreadable(&checking->reading.v, file, r, &cause, error);
}

static int verify_all(struct checking *checking, const struct bundle_purpose *purposes,
                      size_t count, struct error *error)
{
	const struct folder_walker walker = { checking, check_file, check_odd };
	int r;

	if ((r = bundle_read(&checking->reading, error)) != OK ||
	    (r = find_purpose(checking, purposes, count)) != OK ||
	    (r = read_given(checking, error)) != OK || (r = check_derived(checking, error)) != OK)
		return r;
	return folder_walk(&checking->reading.v.folder, &walker, error);
}

int bundle_verify(const char *directory, const struct bundle_purpose *purposes, size_t count,
                  struct bundle *ret_bundle, struct bundle_report *ret_report, struct error *error)
{
	struct bundle bundle = { .act_count = 0 };
	struct checking checking = { .reading.bundle = &bundle };
	struct verification *v = &checking.reading.v;
	int r;

	if ((r = record_folder_open(&v->folder, directory, error)) != OK)
		return r;
	r = verify_all(&checking, purposes, count, error);
	*ret_report = (struct bundle_report){
		.intact = r == OK,
		.damage = v->report.damage,
		.files = v->report.files,
	};
	record_folder_close(&v->folder);
	bundle_reading_release(&checking.reading);
	if (r == OK)
		*ret_bundle = bundle;
	else
		bundle_release(&bundle);
	return v->damaged ? OK : r;
}
