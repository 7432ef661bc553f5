#include "bundle_writer.h"

#include "bundle_choice.h"
#include "bundle_files.h"
#include "bundle_reading.h"
#include "grow.h"
#include "memory_tree.h"
#include "record_fold.h"
#include "tlog_proof.h"

struct bundle_writer {
	const struct record_source *source;
	struct bundle_choice choice;
	struct buffer notes[2]; /* of the heads, settled */
	struct buffer entry;    /* scratch */
	struct buffer given;    /* the purpose's file of the maker's */
	struct record_folder folder;
};

/* --- reading the source ---------------------------------------------------------- */

static int make_tile(void *context, unsigned party, const struct tile *tile, struct buffer *content,
                     struct error *error)
{
	struct bundle_writer *writer = context;
	struct act_place place = { party, tile_first_leaf(tile) };
	int r;

	for (unsigned i = 0; i < tile->width; i++, place.number++) {
		buffer_clear(&writer->entry);
		if ((r = writer->source->entry(writer->source->context, place, &writer->entry,
		                               error)) != OK)
			return r;
		if ((r = bundle_put(content, buffer_view(&writer->entry))) != OK)
			return error_set(error, r, "an entry cannot be read");
	}
	return OK;
}

static int note_entry(void *context, struct act_place place, const struct entry *entry,
                      struct error *error)
{
	struct bundle_writer *writer = context;

	return bundle_choice_note(&writer->choice, place, entry, error);
}

static int read_sizes(struct bundle_writer *writer, struct error *error)
{
	struct record_state *state = &writer->choice.state;
	struct checkpoint checkpoint;
	bool verified;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		if (writer->source->heads[party].size == 0)
			continue;
		if ((r = record_head_read(state, party, writer->source->heads[party], &checkpoint,
		                          &verified, error)) != OK)
			return r;
		state->logs[party].size = checkpoint.size;
	}
	return OK;
}

static int settle_head(struct bundle_writer *writer, unsigned party, struct error *error)
{
	const struct record_state *state = &writer->choice.state;
	struct bytes note = writer->source->heads[party];
	struct checkpoint checkpoint;
	struct record_head head;
	bool verified;
	int r;

	if (state->logs[party].size == 0)
		return OK;
	if ((r = record_head_read(state, party, note, &checkpoint, &verified, error)) != OK ||
	    (r = record_head_check_root(state, party, &checkpoint, error)) != OK)
		return r;
	return record_head_settle(state, party, note, &writer->notes[party], &head, error);
}

static int read_logs(struct bundle_writer *writer, const struct record_options *options,
                     struct error *error)
{
	struct record_input input = {
		.context = writer,
		.bundle = make_tile,
		.entry = note_entry,
		.progress = options->progress,
		.progress_context = options->progress_context,
		.threads = options->threads,
	};
	char name[ACT_NAME_CAPACITY];
	struct record_stop stop;
	struct error cause;
	int r;

	if ((r = record_fold(&writer->choice.state, &input, &stop, &cause)) == OK)
		return OK;
	record_act_name(&writer->choice.state, stop.place, name);
	return error_set(error, r, "at %s: %.400s", name, cause.message);
}

int bundle_writer_new(const struct record_source *source, const struct record_options *options,
                      struct bundle_writer **ret_writer, struct error *error)
{
	static const struct record_options standard = { .threads = 0 };
	struct bundle_writer *writer = allocate(1, sizeof(*writer));
	int r;

	if (writer == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	writer->source = source;
	buffer_init(&writer->entry, ENTRY_SIZE_MAXIMUM);
	for (unsigned party = 0; party < 2; party++) {
		buffer_init(&writer->notes[party], NOTE_MAXIMUM);
		buffer_init(&writer->choice.marks[party], SIZE_MAX / 2);
	}
	if ((r = record_state_init(&writer->choice.state, source->charter, error)) != OK ||
	    (r = record_state_amend(&writer->choice.state, source->amended, source->amended_count,
	                            error)) != OK)
		goto out;
	writer->choice.state.bundle = true;
	if ((r = read_sizes(writer, error)) != OK ||
	    (r = read_logs(writer, options == NULL ? &standard : options, error)) != OK ||
	    (r = settle_head(writer, 0, error)) != OK ||
	    (r = settle_head(writer, 1, error)) != OK ||
	    (r = bundle_choice_begin(&writer->choice, error)) != OK)
		goto out;
	*ret_writer = writer;
	return OK;
out:
	bundle_writer_free(writer);
	return r;
}

void bundle_writer_free(struct bundle_writer *writer)
{
	if (writer == NULL)
		return;
	bundle_choice_release(&writer->choice);
	buffer_release(&writer->notes[0]);
	buffer_release(&writer->notes[1]);
	buffer_release(&writer->entry);
	buffer_release(&writer->given);
	release_memory(writer);
}

const struct rules *bundle_writer_rules(const struct bundle_writer *writer)
{
	return writer->choice.state.rules;
}

const struct charter *bundle_writer_charter(const struct bundle_writer *writer)
{
	return writer->choice.state.charter;
}

const char *bundle_writer_marking(const struct bundle_writer *writer, struct act_place place)
{
	const struct bundle_choice *choice = &writer->choice;

	for (size_t i = 0; i < choice->marking_count; i++)
		if (choice->markings[i].place.party == place.party &&
		    choice->markings[i].place.number == place.number)
			return choice->markings[i].marking;
	return "";
}

/* --- choosing ------------------------------------------------------------------------ */

int bundle_writer_subject(struct bundle_writer *writer, struct act_place place, struct error *error)
{
	return bundle_choice_add(&writer->choice, place, CHOSEN_SUBJECT | CHOSEN_RECEIPTED, error);
}

int bundle_writer_later(struct bundle_writer *writer, struct error *error)
{
	return bundle_choice_later(&writer->choice, error);
}

int bundle_writer_act(struct bundle_writer *writer, struct act_place place, bool receipted,
                      struct error *error)
{
	return bundle_choice_add(&writer->choice, place, receipted ? CHOSEN_RECEIPTED : 0, error);
}

int bundle_writer_span(struct bundle_writer *writer, unsigned party, uint64_t first, uint64_t size,
                       struct error *error)
{
	struct act_place place = { party, first };
	int r = OK;

	for (; place.number < size && r == OK; place.number++)
		r = bundle_choice_add(&writer->choice, place, 0, error);
	return r;
}

static int check_part(const struct bundle_writer *writer, const struct chosen_part *part,
                      struct bytes content, struct error *error)
{
	const struct act_summary *act = rules_act(writer->choice.state.rules, part->act);
	const struct byte_source source = byte_source_over(&content);
	struct body_commitment commitment;

	if (act == NULL || !act->has_body)
		return error_set(error, ERROR_NOT_FOUND, "the act has no body");
	commitment = (struct body_commitment){ .part_count = act->body_parts,
		                               .root = act->body_root };
	return part_proof_check(&part->proof, &commitment, &source, content.size, error);
}

int bundle_writer_part(struct bundle_writer *writer, struct act_place place,
                       const struct manifest *manifest, size_t number, struct bytes content,
                       struct error *error)
{
	struct bundle_choice *choice = &writer->choice;
	struct chosen_part part = { .act = place };
	void *grown;
	int r;

	for (size_t i = 0; i < choice->part_count; i++)
		if (choice->parts[i].act.party == place.party &&
		    choice->parts[i].act.number == place.number &&
		    choice->parts[i].proof.line.number == number)
			return OK;
	if ((r = part_proof_make(manifest, number, &part.proof)) != OK)
		return error_set(error, r, "the body has no part %zu", number);
	if ((r = check_part(writer, &part, content, error)) != OK ||
	    (r = bundle_choice_add(choice, place, 0, error)) != OK)
		return r;
	buffer_init(&part.content, BODY_LIST_CONTENT_MAXIMUM);
	grown = grow(choice->parts, choice->part_count, &choice->part_capacity, sizeof(part));
	if (grown == NULL)
		return error_set(error, ERROR_MEMORY, "the part cannot be held");
	choice->parts = grown;
	if ((r = buffer_put_bytes(&part.content, content)) != OK)
		return error_set(error, r, "the part cannot be held");
	choice->parts[choice->part_count++] = part;
	return OK;
}

int bundle_writer_given(struct bundle_writer *writer, struct bytes content, struct error *error)
{
	int r;

	buffer_release(&writer->given);
	buffer_init(&writer->given, content.size);
	if ((r = buffer_put_bytes(&writer->given, content)) != OK)
		return error_set(error, r, "what its maker says cannot be held");
	return OK;
}

const struct part_line *bundle_writer_part_line(const struct bundle_writer *writer, size_t index)
{
	return &writer->choice.parts[index].proof.line;
}

static int settle(struct bundle_writer *writer, const struct bundle_purpose *purpose,
                  struct error *error)
{
	const char *name = purpose == NULL ? BUNDLE_PURPOSE_DISCLOSURE : purpose->name;

	return writer->choice.settled ? OK : bundle_choice_settle(&writer->choice, name, error);
}

int bundle_writer_settle(struct bundle_writer *writer, const struct bundle_purpose *purpose,
                         const struct bundle_text **ret_text, struct error *error)
{
	int r = settle(writer, purpose, error);

	if (r == OK)
		*ret_text = &writer->choice.text;
	return r;
}

/* --- writing --------------------------------------------------------------------------- */

static int write_file(void *context, const char *path, struct bytes content, struct error *error)
{
	struct bundle_writer *writer = context;
	mode_t mode = strcmp(path, RECORD_SCRIPT) == 0 ? 0777 : 0666;

	return record_file_write(&writer->folder, path, mode, content, error);
}

static int write_made(struct bundle_writer *writer, const char *path, int result,
                      const struct buffer *buffer, struct error *error)
{
	if (result != OK)
		return error_set(error, result, "%s cannot be made", path);
	return write_file(writer, path, buffer_view(buffer), error);
}

static int write_proof(struct bundle_writer *writer, struct act_place place, struct error *error)
{
	const struct record_state *state = &writer->choice.state;
	struct tree_reader reader = memory_tree_reader(rules_tree(state->rules, place.party));
	struct tlog_proof proof = {
		.index = place.number,
		.note = buffer_view(&writer->notes[place.party]),
	};
	char path[RECORD_PATH_CAPACITY];
	struct buffer text;
	int r;

	buffer_init(&text, TLOG_PROOF_MAXIMUM);
	record_act_path(state, place, RECORD_ACT_PROOF, path);
	if ((r = tree_reader_inclusion(&reader, place.number, state->logs[place.party].size,
	                               &proof.path)) == OK)
		r = tlog_proof_print(&proof, &text);
	r = write_made(writer, path, r, &text, error);
	buffer_release(&text);
	return r;
}

static int write_act(struct bundle_writer *writer, struct act_place place, struct error *error)
{
	const struct record_sink sink = { writer, write_file };
	struct entry entry;
	int r;

	buffer_clear(&writer->entry);
	if ((r = writer->source->entry(writer->source->context, place, &writer->entry, error)) !=
	        OK ||
	    (r = entry_parse(buffer_view(&writer->entry), &entry, error)) != OK)
		return r;
	if (!hash_equal(&entry.leaf, &rules_act(writer->choice.state.rules, place)->leaf))
		return error_set(error, ERROR_MISMATCH, "an entry changed while it was read");
	if ((r = record_put_act(&writer->choice.state, place, &entry, &sink, error)) != OK)
		return r;
	return write_proof(writer, place, error);
}

static int write_acts(struct bundle_writer *writer, struct error *error)
{
	const struct bundle_text *text = &writer->choice.text;
	int r = OK;

	for (size_t i = 0; i < text->range_count && r == OK; i++) {
		struct act_place place = { text->ranges[i].party, text->ranges[i].first };

		for (; place.number <= text->ranges[i].last && r == OK; place.number++)
			r = write_act(writer, place, error);
	}
	return r;
}

static int write_receipt(struct bundle_writer *writer, const struct bundle_receipt *receipt,
                         struct error *error)
{
	const struct record_state *state = &writer->choice.state;
	const struct act_place by = { 1 - receipt->act.party, receipt->by };
	struct tree_reader reader = memory_tree_reader(
	    rules_tree(state->rules, receipt->act.party));
	char path[RECORD_PATH_CAPACITY];
	struct tree_proof proof;
	struct buffer text;
	int r;

	buffer_init(&text, RECEIPT_PROOF_MAXIMUM);
	bundle_receipt_proof_path(state, receipt->act, path);
	/* Effective seen of a receipt is the size that it names. */
	if ((r = tree_reader_inclusion(&reader, receipt->act.number,
	                               rules_act(state->rules, by)->seen, &proof)) == OK)
		r = receipt_proof_print(&proof, &text);
	r = write_made(writer, path, r, &text, error);
	buffer_release(&text);
	return r;
}

static int write_part(struct bundle_writer *writer, const struct chosen_part *part,
                      struct error *error)
{
	const struct bundle_part_name name = { part->act, part->proof.line.number };
	char path[RECORD_PATH_CAPACITY];
	struct buffer text;
	int r;

	bundle_part_path(&writer->choice.state, &name, "", path);
	if ((r = write_file(writer, path, buffer_view(&part->content), error)) != OK)
		return r;
	buffer_init(&text, PART_PROOF_MAXIMUM);
	bundle_part_path(&writer->choice.state, &name, ".proof", path);
	r = write_made(writer, path, part_proof_print(&part->proof, &text), &text, error);
	buffer_release(&text);
	return r;
}

/* What cannot be derived: the entries and their proofs. */
static int write_entries(struct bundle_writer *writer, struct error *error)
{
	const struct bundle_choice *choice = &writer->choice;
	const struct bundle_text *text = &choice->text;
	const struct record_sink sink = { writer, write_file };
	char path[RECORD_PATH_CAPACITY];
	struct buffer buffer;
	int r;

	buffer_init(&buffer, BUNDLE_TEXT_MAXIMUM);
	r = write_made(writer, BUNDLE_FILE, bundle_text_print(text, choice->state.charter, &buffer),
	               &buffer, error);
	buffer_release(&buffer);
	if (r != OK ||
	    (r = write_file(writer, RECORD_CHARTER, choice->state.charter->text, error)) != OK ||
	    (bundle_text_is_whole(text) &&
	     (r = record_put_charters(&choice->state, &sink, error)) != OK))
		return r;
	for (unsigned party = 0; party < 2; party++) {
		record_party_path(&choice->state, party, RECORD_CHECKPOINT, path);
		if (text->sizes[party] > 0 &&
		    (r = write_file(writer, path, buffer_view(&writer->notes[party]), error)) != OK)
			return r;
	}
	if ((r = write_acts(writer, error)) != OK)
		return r;
	for (size_t i = 0; i < text->receipt_count && r == OK; i++)
		r = write_receipt(writer, &text->receipts[i], error);
	for (size_t i = 0; i < choice->part_count && r == OK; i++)
		r = write_part(writer, &choice->parts[i], error);
	return r;
}

/* Amended charters follow from the acts that put them in force, and had to be there when
 * these were read. */
static int write_what_follows(void *context, const char *path, struct bytes content,
                              struct error *error)
{
	struct bundle_writer *writer = context;

	return record_folder_has(&writer->folder, path) ? OK
	                                                : write_file(writer, path, content, error);
}

/* As a stranger reads it: what follows is computed from what was written. */
static int write_derived(struct bundle_writer *writer, const struct bundle_purpose *purpose,
                         struct error *error)
{
	const struct record_sink sink = { writer, write_what_follows };
	struct bundle bundle = { .act_count = 0 };
	struct bundle_reading reading = { .v.folder = writer->folder, .bundle = &bundle };
	int r = bundle_read(&reading, error);

	if (r != OK && reading.v.damaged)
		error_set(error, r, "%.200s: %.250s", reading.v.report.damage.file,
		          reading.v.report.damage.reason);
	if (r == OK && purpose != NULL && purpose->given != NULL) {
		buffer_init(&bundle.given, writer->given.size);
		r = buffer_put_bytes(&bundle.given, buffer_view(&writer->given));
		if (r == OK)
			r = write_file(writer, purpose->given, buffer_view(&bundle.given), error);
	}
	if (r == OK)
		r = bundle_put_derived(&bundle, purpose, &sink, error);
	bundle_reading_release(&reading);
	bundle_release(&bundle);
	return r;
}

int bundle_writer_write(struct bundle_writer *writer, const char *directory,
                        const struct bundle_purpose *purpose, struct error *error)
{
	int r = settle(writer, purpose, error);

	if (r != OK || (r = record_folder_make(&writer->folder, directory, error)) != OK)
		return r;
	if ((r = write_entries(writer, error)) == OK)
		r = write_derived(writer, purpose, error);
	record_folder_close(&writer->folder);
	return r;
}
