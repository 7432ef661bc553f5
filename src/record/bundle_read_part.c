/* The parts that a bundle shows, each compared with what its act commits to. */
#include <errno.h>
#include <unistd.h>

#include "allocate.h"
#include "bundle_reading.h"
#include "pairs.h"
#include "pairs_text.h"

/* Content that lies in an open file. */
static int read_at(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	const int *fd = context;
	uint8_t *place = ret_bytes;

	while (size > 0) {
		ssize_t got = pread(*fd, place, size, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERROR_IO;
		if (got == 0)
			return ERROR_MISMATCH; /* it became shorter meanwhile */
		place += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return OK;
}

static int read_proof(struct bundle_reading *reading, const char *path, struct part_proof *proof,
                      struct error *error)
{
	struct verification *v = &reading->v;
	struct error cause;
	int r;

	buffer_clear(&v->scratch);
	v->scratch.maximum = PART_PROOF_MAXIMUM;
	r = record_file_read(&v->folder, path, &v->scratch, &cause);
	v->scratch.maximum = SIZE_MAX / 2;
	if (r == OK)
		r = part_proof_parse(buffer_view(&v->scratch), proof, &cause);
	return r == OK ? OK : record_unreadable(v, path, r, &cause, error);
}

/* Whether the part is text that is short enough to be kept, with what is kept already. */
static bool is_kept(const struct bundle_reading *reading, const struct part_proof *proof,
                    uint64_t size)
{
	enum part_role role = part_role_of(proof->line.description.media_type);

	return (role == PART_SUBJECT || role == PART_PARAGRAPH ||
	        strcmp(proof->line.description.media_type, PAIRS_TEXT_MEDIA_TYPE) == 0) &&
	       size <= BUNDLE_KEPT_PART_MAXIMUM &&
	       reading->kept_size + size <= BUNDLE_KEPT_TEXT_MAXIMUM;
}

/* What is kept is what was checked: it is read once, then both are done in memory. */
static int keep_content(struct bundle_reading *reading, const struct byte_source *source,
                        uint64_t size, struct buffer *content)
{
	uint8_t *place;
	int r;

	buffer_init(content, BUNDLE_KEPT_PART_MAXIMUM);
	if ((r = buffer_extend(content, (size_t)size, &place)) == OK)
		r = source->read(source->context, 0, place, (size_t)size);
	reading->kept_size += (size_t)size;
	return r;
}

/* --- pairs of a list --------------------------------------------------------------- */

/* Content that is looked at as pairs while it is read for its hash, which reads it once and
 * in order: what was checked and what was looked at cannot differ. */
struct pairs_watch {
	const struct byte_source *source;
	struct pairs_reader reader;
	uint64_t next;
	int result;
};

static int read_watched(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	struct pairs_watch *watch = context;
	int r = watch->source->read(watch->source->context, offset, ret_bytes, size);

	if (r == OK && offset != watch->next)
		watch->result = ERROR_INTERNAL;
	if (r == OK && watch->result == OK)
		watch->result = pairs_reader_update(&watch->reader, bytes_of(ret_bytes, size));
	watch->next = offset + size;
	return r;
}

/* As part_proof_check, and says of pairs what an act commits to of them. */
static int check_pairs(const struct body_commitment *commitment, const struct byte_source *source,
                       uint64_t size, struct bundle_part *part, struct error *error)
{
	struct pairs_watch watch = { .source = source };
	const struct byte_source watched = { &watch, read_watched };
	int r = pairs_reader_init(&watch.reader);

	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	r = part_proof_check(&part->proof, commitment, &watched, size, error);
	if (r == OK && watch.result == OK)
		watch.result = pairs_reader_finish(&watch.reader, &part->pair_count,
		                                   &part->pairs_root);
	pairs_reader_release(&watch.reader);
	if (r == OK && (watch.result == ERROR_MEMORY || watch.result == ERROR_INTERNAL))
		return error_set(error, watch.result, "%s", result_text(watch.result));
	part->has_pairs = true;
	part->pairs_in_order = watch.result == OK;
	return r;
}

static int check_content(struct bundle_reading *reading, const char *path,
                         const struct bundle_act *act, struct bundle_part *part,
                         struct error *error)
{
	const struct part_proof *proof = &part->proof;
	struct verification *v = &reading->v;
	const struct body_commitment commitment = {
		.part_count = act->entry.act.body.parts,
		.root = act->entry.act.body.root,
	};
	struct byte_source source;
	struct bytes view;
	struct error cause;
	uint64_t size;
	int fd, r;

	if ((r = record_file_open(&v->folder, path, &fd, &size, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	source = (struct byte_source){ &fd, read_at };
	if (is_kept(reading, proof, size) &&
	    (r = keep_content(reading, &source, size, &part->content)) == OK) {
		view = buffer_view(&part->content);
		source = byte_source_over(&view);
	}
	if (r == OK)
		r = strcmp(proof->line.description.media_type, PAIRS_MEDIA_TYPE) == 0
		        ? check_pairs(&commitment, &source, size, part, &cause)
		        : part_proof_check(proof, &commitment, &source, size, &cause);
	else
		error_set(&cause, r, "%s", result_text(r));
	close(fd);
	if (r == OK || record_failure_is_ours(r))
		return r == OK ? OK : error_set(error, r, "%.400s", cause.message);
	return record_damaged(v, r, path, NO_OFFSET, &act->place, "%.400s", cause.message);
}

static int read_part(struct bundle_reading *reading, const struct bundle_part_name *name,
                     struct bundle_part *part, struct error *error)
{
	const struct bundle_act *act = bundle_act_at(reading->bundle, name->act);
	char path[RECORD_PATH_CAPACITY];
	int r;

	part->act = name->act;
	bundle_part_path(&reading->v.state, name, ".proof", path);
	if (!act->entry.act.has_body)
		return record_damaged(&reading->v, ERROR_MISMATCH, path, NO_OFFSET, &name->act,
		                      "the act has no body");
	if ((r = read_proof(reading, path, &part->proof, error)) != OK)
		return r;
	if (part->proof.line.number != name->part)
		return record_damaged(&reading->v, ERROR_MISMATCH, path, NO_OFFSET, &name->act,
		                      "it is the proof of another part");
	bundle_part_path(&reading->v.state, name, "", path);
	return check_content(reading, path, act, part, error);
}

int bundle_read_parts(struct bundle_reading *reading, struct error *error)
{
	struct bundle *bundle = reading->bundle;
	int r;

	if (bundle->text.part_count == 0)
		return OK;
	bundle->parts = allocate(bundle->text.part_count, sizeof(*bundle->parts));
	if (bundle->parts == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	for (size_t i = 0; i < bundle->text.part_count; i++)
		if ((r = read_part(reading, &bundle->text.parts[i], &bundle->parts[i], error)) !=
		    OK)
			return r;
	return OK;
}
