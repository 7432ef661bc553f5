#include "practice_progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "encoding.h"
#include "files.h"
#include "text.h"

#define FORMAT "chirograph.practice/1"

enum { PROGRESS_MAXIMUM = 4096 };

static void path_of(const struct practice *practice, const char *name,
                    char ret_path[PRACTICE_PATH_CAPACITY + 16])
{
	snprintf(ret_path, PRACTICE_PATH_CAPACITY + 16, "%s/%s", practice->directory, name);
}

static int read_number(struct text_reader *reader, const char *key, uint64_t *ret_number,
                       struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	return text_parse_number(value, INT64_MAX, ret_number);
}

static int read_reseal(struct text_reader *reader, struct practice_progress *progress,
                       struct error *error)
{
	struct bytes value, words[2];
	size_t count;
	int r;

	if ((r = text_reader_optional(reader, "reseal", &value, error)) != OK)
		return r == ERROR_NOT_FOUND ? OK : r;
	if ((r = act_reference_parse(value, &progress->reseal)) != OK ||
	    (r = text_reader_required(reader, "blob", &value, error)) != OK ||
	    (r = text_words(value, words, 2, &count)) != OK)
		return r;
	if (count != 2)
		return ERROR_SYNTAX;
	if ((r = text_parse_number(words[0], INT64_MAX, &progress->reseal_size)) != OK)
		return r;
	return base64_decode_fixed(words[1], progress->reseal_blob.bytes, HASH_SIZE);
}

static int parse(struct bytes text, struct practice_progress *progress, struct error *error)
{
	struct text_reader reader;
	struct bytes value;
	int r;

	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, FORMAT, error)) != OK ||
	    (r = read_number(&reader, "lesson", &progress->lesson, error)) != OK ||
	    (r = read_number(&reader, "since", &progress->since, error)) != OK)
		return r;
	r = text_reader_optional(&reader, "act", &value, error);
	if (r == OK)
		r = bytes_to_string(value, progress->act, sizeof(progress->act));
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	if ((r = read_number(&reader, "answered", &progress->answered, error)) != OK)
		return r;
	return read_reseal(&reader, progress, error);
}

int practice_progress_read(const struct practice *practice, struct practice_progress *ret_progress,
                           struct error *error)
{
	struct practice_progress progress = { 0 };
	char path[PRACTICE_PATH_CAPACITY + 16];
	struct buffer text;
	int r;

	path_of(practice, "progress", path);
	buffer_init(&text, PROGRESS_MAXIMUM);
	if ((r = file_read(path, &text, error)) == OK &&
	    (r = parse(buffer_view(&text), &progress, error)) != OK)
		r = error_in_file(error, r, path);
	if (r == OK)
		*ret_progress = progress;
	buffer_release(&text);
	return r;
}

static int put_reseal(struct buffer *text, const struct practice_progress *progress)
{
	char hash[HASH_BASE64_CAPACITY];
	int r;

	if (progress->reseal.party[0] == '\0')
		return OK;
	hash_to_base64(&progress->reseal_blob, hash);
	if ((r = buffer_put_string(text, "reseal ")) != OK ||
	    (r = act_reference_print(&progress->reseal, text)) != OK)
		return r;
	return buffer_put_format(text, "\nblob %llu %s\n",
	                         (unsigned long long)progress->reseal_size, hash);
}

int practice_progress_write(const struct practice *practice,
                            const struct practice_progress *progress, struct error *error)
{
	char path[PRACTICE_PATH_CAPACITY + 16];
	struct buffer text;
	int r;

	path_of(practice, "progress", path);
	buffer_init(&text, PROGRESS_MAXIMUM);
	if ((r = buffer_put_string(&text, FORMAT "\n")) != OK ||
	    (r = text_put_number(&text, "lesson", progress->lesson)) != OK ||
	    (r = text_put_number(&text, "since", progress->since)) != OK ||
	    (progress->act[0] != '\0' &&
	     (r = text_put_string(&text, "act", progress->act)) != OK) ||
	    (r = text_put_number(&text, "answered", progress->answered)) != OK ||
	    (r = put_reseal(&text, progress)) != OK)
		error_set(error, r, "%s", result_text(r));
	else
		r = file_replace(path, buffer_view(&text), 0644, error);
	buffer_release(&text);
	return r;
}

int practice_skip(const struct practice *practice, struct error *error)
{
	char path[PRACTICE_PATH_CAPACITY + 16];

	path_of(practice, "skip", path);
	return file_replace(path, bytes_of_string("\n"), 0644, error);
}

bool practice_take_skip(const struct practice *practice)
{
	char path[PRACTICE_PATH_CAPACITY + 16];

	path_of(practice, "skip", path);
	return unlink(path) == 0;
}
