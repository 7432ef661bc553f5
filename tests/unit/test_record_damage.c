/* Whatever is done to a file of a record is noticed, and the file is named. With
 * CHIRO_NIGHTLY=1 in the environment every byte of every file is changed in turn,
 * else a few of each. */
#include "record_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { FILES_MAXIMUM = 256, POSITIONS_USUAL = 6 };

struct file {
	char path[RECORD_PATH_CAPACITY]; /* within the record */
	uint64_t size;
};

struct damage_test {
	struct record_fixture f;
	size_t count;
	struct file files[FILES_MAXIMUM];
};

/* --- the files of the record ---------------------------------------------------- */

static void whole_path(const struct damage_test *t, const char *path, char ret_path[1024])
{
	snprintf(ret_path, 1024, "%s/%s", t->f.record, path);
}

static void list_files(struct damage_test *t, const char *folder)
{
	char path[1024];
	struct dirent *item;
	struct stat status;
	DIR *directory;

	whole_path(t, folder, path);
	directory = opendir(path);
	assert_non_null(directory);
	while ((item = readdir(directory)) != NULL) {
		struct file file;

		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		assert_true(snprintf(file.path, sizeof(file.path), "%s%s%s", folder,
		                     *folder == '\0' ? "" : "/",
		                     item->d_name) < (int)sizeof(file.path));
		whole_path(t, file.path, path);
		assert_int_equal(stat(path, &status), 0);
		if (S_ISDIR(status.st_mode)) {
			list_files(t, file.path);
		} else if (strcmp(file.path, "README.txt") != 0) {
			assert_true(t->count < FILES_MAXIMUM);
			file.size = (uint64_t)status.st_size;
			t->files[t->count++] = file;
		}
	}
	closedir(directory);
}

static int set_up(void **state)
{
	struct damage_test *t = allocate(1, sizeof(*t));

	assert_non_null(t);
	record_fixture_init(&t->f, 0);
	t->f.opens = true;
	fixture_write(&t->f);
	list_files(t, "");
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct damage_test *t = *state;

	record_fixture_release(&t->f);
	release_memory(t);
	return 0;
}

/* --- expecting -------------------------------------------------------------------- */

static void assert_damaged(struct damage_test *t, const char *file, const char *how)
{
	struct record_report report;

	fixture_verify(&t->f, &report);
	if (report.intact)
		fail_msg("%s of %s was not noticed", how, file);
	if (strcmp(report.damage.file, file) != 0)
		fail_msg("%s of %s was noticed as: %s %s: %s", how, file, report.damage.file,
		         report.damage.act, report.damage.reason);
}

/* One of the two is named. */
static void assert_either_damaged(struct damage_test *t, const char *a, const char *b)
{
	struct record_report report;

	fixture_verify(&t->f, &report);
	if (report.intact)
		fail_msg("%s in place of %s was not noticed", a, b);
	if (strcmp(report.damage.file, a) != 0 && strcmp(report.damage.file, b) != 0)
		fail_msg("%s in place of %s was noticed as: %s: %s", a, b, report.damage.file,
		         report.damage.reason);
}

/* --- damage ------------------------------------------------------------------------- */

static void flip(const struct damage_test *t, const struct file *file, uint64_t offset,
                 uint8_t bits)
{
	char path[1024];
	uint8_t byte;
	int fd;

	whole_path(t, file->path, path);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)offset), 1);
	byte ^= bits;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset), 1);
	close(fd);
}

/* Changes the case of a letter, makes another letter or digit, or what is no text. */
static void flip_and_expect(struct damage_test *t, const struct file *file, uint64_t offset,
                            unsigned which)
{
	static const uint8_t bits[] = { 0x20, 0x01, 0x80 };
	uint8_t changed = bits[which % 3];
	char how[64];

	snprintf(how, sizeof(how), "bits %02x of byte %llu", changed, (unsigned long long)offset);
	flip(t, file, offset, changed);
	assert_damaged(t, file->path, how);
	flip(t, file, offset, changed);
}

static void test_changed_bytes(void **state)
{
	struct damage_test *t = *state;
	bool nightly = getenv("CHIRO_NIGHTLY") != NULL;
	uint64_t random = 1;

	for (size_t i = 0; i < t->count; i++) {
		const struct file *file = &t->files[i];

		for (uint64_t offset = 0; nightly && offset < file->size; offset++)
			for (unsigned which = 0; which < 3; which++)
				flip_and_expect(t, file, offset, which);
		for (unsigned k = 0; !nightly && k < POSITIONS_USUAL && file->size > 0; k++) {
			random = random * 6364136223846793005U + 1442695040888963407U;
			flip_and_expect(t, file,
			                k == 0 ? file->size - 1 : (random >> 33) % file->size, k);
		}
	}
	fixture_assert_intact(&t->f);
}

static void test_length(void **state)
{
	struct damage_test *t = *state;
	char path[1024], kept[1024];

	snprintf(kept, sizeof(kept), "%s/kept", t->f.folder);
	for (size_t i = 0; i < t->count; i++) {
		const struct file *file = &t->files[i];
		struct buffer content;

		whole_path(t, file->path, path);
		buffer_init(&content, 1 << 24);
		read_file(t->f.record, file->path, &content);
		if (file->size > 0) {
			assert_int_equal(truncate(path, (off_t)file->size - 1), 0);
			assert_damaged(t, file->path, "the last byte");
			assert_int_equal(truncate(path, 0), 0);
			assert_damaged(t, file->path, "all of the content");
		}
		assert_ok(buffer_put_u8(&content, '\n'));
		write_file(t->f.record, file->path, buffer_view(&content));
		assert_damaged(t, file->path, "a line feed at the end");
		assert_int_equal(truncate(path, (off_t)file->size), 0);
		buffer_release(&content);
	}
	fixture_assert_intact(&t->f);
}

/* Bodies may be left out; all else must be there. */
static void test_absence(void **state)
{
	struct damage_test *t = *state;
	char path[1024], kept[1024];

	snprintf(kept, sizeof(kept), "%s/kept", t->f.folder);
	for (size_t i = 0; i < t->count; i++) {
		const struct file *file = &t->files[i];
		size_t size = strlen(file->path);

		whole_path(t, file->path, path);
		assert_int_equal(rename(path, kept), 0);
		if (size > 4 && strcmp(file->path + size - 4, ".age") == 0)
			fixture_assert_intact(&t->f);
		else
			assert_damaged(t, file->path, "absence");
		/* A folder in its place, and a link to where it is. */
		assert_int_equal(mkdir(path, 0755), 0);
		assert_damaged(t, file->path, "a folder in place");
		assert_int_equal(rmdir(path), 0);
		assert_int_equal(symlink(kept, path), 0);
		assert_damaged(t, file->path, "a link in place");
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkfifo(path, 0644), 0);
		assert_damaged(t, file->path, "a pipe in place");
		assert_int_equal(unlink(path), 0);
		assert_int_equal(rename(kept, path), 0);
	}
	fixture_assert_intact(&t->f);
}

static void swap(const struct damage_test *t, const char *a, const char *b)
{
	char path_a[1024], path_b[1024], kept[1024];

	whole_path(t, a, path_a);
	whole_path(t, b, path_b);
	snprintf(kept, sizeof(kept), "%s/kept", t->f.folder);
	assert_int_equal(rename(path_a, kept), 0);
	assert_int_equal(rename(path_b, path_a), 0);
	assert_int_equal(rename(kept, path_b), 0);
}

static void test_swapped_files(void **state)
{
	struct damage_test *t = *state;

	for (size_t i = 0; i + 1 < t->count; i++) {
		const char *a = t->files[i].path, *b = t->files[i + 1].path;
		struct buffer contents[2];
		bool same;

		for (unsigned k = 0; k < 2; k++) {
			buffer_init(&contents[k], 1 << 24);
			read_file(t->f.record, t->files[i + k].path, &contents[k]);
		}
		same = bytes_equal(buffer_view(&contents[0]), buffer_view(&contents[1]));
		buffer_release(&contents[0]);
		buffer_release(&contents[1]);
		if (same)
			continue;
		swap(t, a, b);
		assert_either_damaged(t, a, b);
		swap(t, a, b);
	}
	fixture_assert_intact(&t->f);
}

/* What is nobody's does not belong. */
static void test_additions(void **state)
{
	static const char *const names[] = {
		".hidden",
		"charter.2.txt",
		"charter.east.sig",
		"north/checkpoint.old",
		"north/tile/0/000",
		"north/tile/0/000.p/99",
		"north/tile/0/000.p/013",
		"north/tile/1/000.p/1",
		"north/tile/entries/001.p/1",
		"north/acts/13.act",
		"north/acts/000013.act",
		"north/acts/0000007.act",
		"north/acts/000001.2.sig",
		"north/acts/000001.txt",
		"south/acts/000018.sig",
		"bodies/north-4.age",
		"bodies/north-99.age",
		"bodies/east-1.age",
		"bodies/south-7.tar",
		"bodies/south-7/0005",
		"bodies/south-7/00001",
		"bodies/south-7/notes",
		"bodies/south-09.age",
		"bodies/south.2-7.age",
	};
	struct damage_test *t = *state;
	char path[1024], command[512];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *slash = strrchr(names[i], '/');
		int folder = slash == NULL ? 0 : (int)(slash - names[i]);

		snprintf(command, sizeof(command), "mkdir -p './%.*s'", folder, names[i]);
		run_in(t->f.record, command);
		write_file(t->f.record, names[i], bytes_of_string("x"));
		assert_damaged(t, names[i], "addition");
		whole_path(t, names[i], path);
		assert_int_equal(unlink(path), 0);
		run_in(t->f.record, "find . -mindepth 1 -type d -empty -delete");
	}
	whole_path(t, "empty", path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_damaged(t, "empty", "addition");
	assert_int_equal(rmdir(path), 0);
	fixture_assert_intact(&t->f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changed_bytes), cmocka_unit_test(test_length),
		cmocka_unit_test(test_absence),       cmocka_unit_test(test_swapped_files),
		cmocka_unit_test(test_additions),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
