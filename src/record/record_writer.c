#include "record_writer.h"

#include "record_files.h"
#include "record_fold.h"
#include "record_folder.h"
#include "record_head.h"
#include "record_layout.h"
#include "record_texts.h"
#include "record_write_body.h"

struct writing {
	const struct record_source *source;
	const struct record_options *options;
	struct record_folder folder;
	struct record_state state;
	bool acts;
	struct buffer notes[2]; /* of the heads, settled */
	struct buffer entry;    /* scratch */
	struct record_summary summary;
};

static int write_file(void *context, const char *path, struct bytes content, struct error *error)
{
	struct writing *writing = context;
	mode_t mode = strcmp(path, RECORD_SCRIPT) == 0 ? 0777 : 0666;

	return record_file_write(&writing->folder, path, mode, content, error);
}

static struct record_sink sink_of(struct writing *writing)
{
	return (struct record_sink){ writing, write_file };
}

/* --- the logs ---------------------------------------------------------------- */

/* Asks for the entries of a bundle, and writes it. */
static int make_bundle(void *context, unsigned party, const struct tile *tile,
                       struct buffer *content, struct error *error)
{
	struct writing *writing = context;
	const struct record_source *source = writing->source;
	struct act_place place = { party, tile_first_leaf(tile) };
	char path[RECORD_PATH_CAPACITY];
	int r;

	for (unsigned i = 0; i < tile->width; i++, place.number++) {
		buffer_clear(&writing->entry);
		if ((r = source->entry(source->context, place, &writing->entry, error)) != OK)
			return r;
		if ((r = bundle_put(content, buffer_view(&writing->entry))) != OK)
			return error_set(error, r, "an entry cannot be put into its bundle");
	}
	record_tile_path(&writing->state, party, tile, path);
	return write_file(writing, path, buffer_view(content), error);
}

static int write_act(void *context, struct act_place place, const struct entry *entry,
                     struct error *error)
{
	struct writing *writing = context;
	struct record_sink sink = sink_of(writing);

	return writing->acts ? record_put_act(&writing->state, place, entry, &sink, error) : OK;
}

static int read_heads(struct writing *writing, struct error *error)
{
	struct checkpoint checkpoint;
	bool verified;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		if (writing->source->heads[party].size == 0)
			continue;
		r = record_head_read(&writing->state, party, writing->source->heads[party],
		                     &checkpoint, &verified, error);
		if (r != OK)
			return r;
		writing->state.logs[party].size = checkpoint.size;
	}
	if (writing->state.logs[0].size == 0 && writing->state.logs[1].size == 0)
		return error_set(error, ERROR_STATE, "neither log has an entry");
	return OK;
}

static int write_logs(struct writing *writing, struct error *error)
{
	struct record_input input = {
		.context = writing,
		.bundle = make_bundle,
		.entry = write_act,
		.progress = writing->options->progress,
		.progress_context = writing->options->progress_context,
		.threads = writing->options->threads,
	};
	char name[ACT_NAME_CAPACITY];
	struct record_stop stop;
	struct error cause;
	int r;

	if ((r = record_fold(&writing->state, &input, &stop, &cause)) == OK)
		return OK;
	record_act_name(&writing->state, stop.place, name);
	return error_set(error, r, "at %s: %.400s", name, cause.message);
}

/* --- heads and what follows from all ------------------------------------------ */

/* A head on which the other side has not put its cosignature comes with the last
 * one on which it has. */
static int write_countersigned(struct writing *writing, unsigned party, struct error *error)
{
	struct bytes note = writing->source->countersigned[party];
	char path[RECORD_PATH_CAPACITY];
	struct checkpoint checkpoint;
	struct record_head head;
	struct buffer settled;
	bool verified;
	int r;

	if (note.size == 0)
		return OK;
	buffer_init(&settled, NOTE_MAXIMUM);
	if ((r = record_head_read(&writing->state, party, note, &checkpoint, &verified, error)) !=
	        OK ||
	    (r = record_head_check_root(&writing->state, party, &checkpoint, error)) != OK ||
	    (r = record_head_settle(&writing->state, party, note, &settled, &head, error)) != OK)
		goto out;
	if (head.countersigned && checkpoint.size < writing->state.logs[party].size) {
		record_party_path(&writing->state, party, RECORD_COUNTERSIGNED, path);
		r = write_file(writing, path, buffer_view(&settled), error);
	}
out:
	buffer_release(&settled);
	return r;
}

static int write_head(struct writing *writing, unsigned party, struct error *error)
{
	struct bytes note = writing->source->heads[party];
	struct checkpoint checkpoint;
	struct record_head head;
	bool verified;
	int r;

	if (writing->state.logs[party].size == 0)
		return OK;
	/* Again, now that the log has named its keys. */
	if ((r = record_head_read(&writing->state, party, note, &checkpoint, &verified, error)) !=
	    OK)
		return r;
	r = record_head_settle(&writing->state, party, note, &writing->notes[party], &head, error);
	if (r != OK ||
	    (r = record_head_check_root(&writing->state, party, &head.checkpoint, error)) != OK)
		return r;
	writing->summary.countersigned[party] = head.countersigned;
	return head.countersigned ? OK : write_countersigned(writing, party, error);
}

static int write_derived(struct writing *writing, struct error *error)
{
	struct record_sink sink = sink_of(writing);
	struct bytes notes[2];
	struct buffer readme;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		if ((r = write_head(writing, party, error)) != OK)
			return r;
		notes[party] = buffer_view(&writing->notes[party]);
	}
	if ((r = record_put_derived(&writing->state, notes, writing->acts, &sink, error)) != OK)
		return r;
	buffer_init(&readme, RECORD_TEXT_MAXIMUM);
	if ((r = record_put_readme(&writing->state, writing->acts, &readme)) != OK)
		error_set(error, r, "README.txt cannot be made");
	else
		r = write_file(writing, RECORD_README, buffer_view(&readme), error);
	buffer_release(&readme);
	return r;
}

/* --- bodies -------------------------------------------------------------------- */

static int write_bodies(struct writing *writing, struct error *error)
{
	struct act_place place;
	int r;

	for (place.party = 0; place.party < 2; place.party++)
		for (place.number = 0; place.number < writing->state.logs[place.party].size;
		     place.number++) {
			const struct act_summary *act = rules_act(writing->state.rules, place);
			bool sealed = false, opened = false;

			if (!record_act_has_blob(act))
				continue;
			if ((r = record_write_sealed(&writing->folder, &writing->state, act,
			                             writing->source, &sealed, error)) != OK ||
			    (r = record_write_opened(&writing->folder, &writing->state, act,
			                             writing->source, &opened, error)) != OK)
				return r;
			writing->summary.bodies_sealed += sealed;
			writing->summary.bodies_opened += opened;
			writing->summary.bodies_absent += !sealed && !opened;
		}
	return OK;
}

/* --- the whole ------------------------------------------------------------------- */

static int write_all(struct writing *writing, struct error *error)
{
	int r;

	if ((r = read_heads(writing, error)) != OK)
		return r;
	writing->acts = writing->options->acts == RECORD_ACTS_ALWAYS ||
	                (writing->options->acts == RECORD_ACTS_BY_SIZE &&
	                 record_acts_by_size(&writing->state));
	if ((r = write_logs(writing, error)) != OK || (r = write_derived(writing, error)) != OK)
		return r;
	return write_bodies(writing, error);
}

static void summarise(struct writing *writing)
{
	struct record_summary *summary = &writing->summary;

	memcpy(summary->channel, writing->state.charter->channel, sizeof(summary->channel));
	summary->sizes[0] = writing->state.logs[0].size;
	summary->sizes[1] = writing->state.logs[1].size;
	summary->acts = writing->acts;
}

int record_write(const char *directory, const struct record_source *source,
                 const struct record_options *options, struct record_summary *ret_summary,
                 struct error *error)
{
	static const struct record_options standard = { .acts = RECORD_ACTS_BY_SIZE };
	struct writing writing = {
		.source = source,
		.options = options == NULL ? &standard : options,
	};
	int r;

	if ((r = record_state_init(&writing.state, source->charter, error)) != OK)
		return r;
	if ((r = record_state_amend(&writing.state, source->amended, source->amended_count,
	                            error)) != OK ||
	    (r = record_folder_make(&writing.folder, directory, error)) != OK) {
		record_state_release(&writing.state);
		return r;
	}
	buffer_init(&writing.notes[0], NOTE_MAXIMUM);
	buffer_init(&writing.notes[1], NOTE_MAXIMUM);
	buffer_init(&writing.entry, ENTRY_SIZE_MAXIMUM);
	if ((r = write_all(&writing, error)) == OK) {
		summarise(&writing);
		if (ret_summary != NULL)
			*ret_summary = writing.summary;
	}
	buffer_release(&writing.entry);
	buffer_release(&writing.notes[0]);
	buffer_release(&writing.notes[1]);
	record_folder_close(&writing.folder);
	record_state_release(&writing.state);
	return r;
}
