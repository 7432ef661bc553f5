#include "list_making.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "allocate.h"
#include "list_evaluator.h"
#include "prefix.h"
#include "system.h"
#include "temporary_file.h"
#include "terminal.h"
#include "translate.h"

enum { PREVIEW_MAXIMUM = 1 << 18, THREADS_PER_PROCESSOR = 2 };

static int out_of_memory(struct error *error)
{
	return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
}

static int made_new(struct list_made **ret_made, struct error *error)
{
	struct list_made *made = allocate(1, sizeof(*made));

	if (made == NULL)
		return out_of_memory(error);
	buffer_init(&made->preview, PREVIEW_MAXIMUM);
	buffer_init(&made->table, PAIRS_TEXT_MAXIMUM);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		made->files[i] = -1;
	*ret_made = made;
	return OK;
}

void list_made_free(struct list_made *made)
{
	if (made == NULL)
		return;
	buffer_release(&made->preview);
	buffer_release(&made->table);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (made->files[i] >= 0)
			close(made->files[i]);
	release_memory(made);
}

const struct hash *list_made_first_root(const struct list_made *made)
{
	size_t i = 0;

	while (i < IDENTIFIER_CLASS_COUNT - 1 && made->classes[i].pairs == 0)
		i++;
	return &made->classes[i].root;
}

void list_made_drop_keys(struct node *node, const struct list_made *made)
{
	for (size_t i = 0; made != NULL && i < IDENTIFIER_CLASS_COUNT; i++)
		if (made->has_key[i])
			list_evaluator_drop_key(node, &made->keys[i]);
}

/* --- reading the list -------------------------------------------------------------------- */

/* What a first reading of the whole list finds. */
struct list_survey {
	enum sector_scheme scheme;
	uint64_t entries;
	uint64_t ended; /* entries whose validity has ended */
	uint64_t identifiers[IDENTIFIER_CLASS_COUNT];
	bool lengths[IDENTIFIER_CLASS_COUNT][CLASS_LENGTHS_MAXIMUM];
	struct pairs_text table; /* views into the text */
};

static int survey_prefix(struct list_survey *survey, const struct list_identifier *listed,
                         struct error *error)
{
	enum identifier_class identifier_class = listed->identifier_class;
	struct identifier identifier = { .identifier_class = identifier_class };
	struct prefix prefix;

	if (identifier_class != IDENTIFIER_IPV4 && identifier_class != IDENTIFIER_IPV6)
		return OK;
	if (bytes_to_string(listed->text, identifier.text, sizeof(identifier.text)) != OK)
		return error_set(error, ERROR_LIMIT, "%s", result_text(ERROR_LIMIT));
	identifier.size = listed->text.size;
	if (!prefix_of(&identifier, &prefix))
		return error_set(error, ERROR_SYNTAX, "%s", result_text(ERROR_SYNTAX));
	survey->lengths[identifier_class][prefix.length] = true;
	return OK;
}

static int survey_entry(struct list_survey *survey, const struct list_entry *entry, timestamp now,
                        struct error *error)
{
	uint8_t contact;
	int r = OK;

	survey->entries++;
	if (entry->until <= now) {
		survey->ended++;
		return OK;
	}
	if (pairs_text_add_contact(&survey->table, entry->contact, &contact) != OK)
		return error_set(error, ERROR_LIMIT,
		                 _("the list has more than %d different contacts: a label has "
		                   "room for no more, so put several under one"),
		                 PAIRS_CONTACTS_MAXIMUM);
	for (size_t i = 0; i < entry->count && r == OK; i++) {
		survey->identifiers[entry->identifiers[i].identifier_class]++;
		r = survey_prefix(survey, &entry->identifiers[i], error);
	}
	return r;
}

/* Reads the list once; `now` 0: nothing of it has ended. */
static int survey_list(const struct list_mapping *list, timestamp now, struct list_survey *survey,
                       struct error *error)
{
	struct list_reader *reader = allocate(1, sizeof(*reader));
	struct list_entry entry;
	size_t passed = 0;
	int r;

	if (reader == NULL)
		return out_of_memory(error);
	if ((r = list_reader_init(reader, list->text, error)) == OK) {
		survey->scheme = survey->table.scheme = reader->scheme;
		while ((r = list_reader_next(reader, &entry, error)) == OK) {
			if ((r = survey_entry(survey, &entry, now, error)) != OK)
				break;
			list_mapping_pass(list, reader->rest, &passed);
		}
	}
	release_memory(reader);
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* --- opened ------------------------------------------------------------------------------ */

int list_make_opened(struct bytes text, struct list_made **ret_made, struct error *error)
{
	const struct list_mapping unmapped = { .text = text };
	struct list_survey *survey = allocate(1, sizeof(*survey));
	struct list_made *made = NULL;
	uint64_t identifiers = 0;
	int r;

	if (survey == NULL)
		return out_of_memory(error);
	if (text.size > BODY_LIST_CONTENT_MAXIMUM) {
		r = error_set(error, ERROR_LIMIT,
		              _("the list is too large: what is opened may be %d MiB; split it"),
		              (int)(BODY_LIST_CONTENT_MAXIMUM >> 20));
		goto out;
	}
	if ((r = survey_list(&unmapped, 0, survey, error)) != OK ||
	    (r = made_new(&made, error)) != OK)
		goto out;
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		identifiers += survey->identifiers[i];
	made->opened = text;
	made->part_count = 1;
	if ((r = part_init(&made->parts[0], "list.txt", LIST_MEDIA_TYPE, NULL, PART_STANDING_NONE,
	                   &made->opened, error)) == OK) {
		(void)buffer_put_format(&made->preview, _("entries: %llu, identifiers: %llu\n"),
		                        (unsigned long long)survey->entries,
		                        (unsigned long long)identifiers);
	}
out:
	release_memory(survey);
	if (r == OK)
		*ret_made = made;
	else
		list_made_free(made);
	return r;
}

/* --- match-only --------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void note_interrupt(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

/* Gives the builder the identifiers of one class, in the order of their entries. */
struct class_reading {
	enum identifier_class identifier_class;
	timestamp now;
	const struct list_mapping *list;
	size_t passed; /* of it */
	struct pairs_text *table;
	struct list_reader reader;
	struct list_entry entry;
	bool has_entry;
	size_t next; /* of its identifiers */
	struct pair_label label;
};

static int next_entry(struct class_reading *reading, struct error *error)
{
	int r;

	list_mapping_pass(reading->list, reading->reader.rest, &reading->passed);
	do {
		if ((r = list_reader_next(&reading->reader, &reading->entry, error)) != OK)
			return r;
	} while (reading->entry.until <= reading->now);
	reading->has_entry = true;
	reading->next = 0;
	reading->label = (struct pair_label){
		.protection = reading->entry.protection,
		.criticality = (uint8_t)reading->entry.criticality,
		.sector = (uint8_t)reading->entry.sector,
	};
	return pairs_text_add_contact(reading->table, reading->entry.contact,
	                              &reading->label.contact);
}

static int next_identifier(void *context, struct bytes *ret_identifier,
                           struct pair_label *ret_label, struct error *error)
{
	struct class_reading *reading = context;
	int r;

	for (;;) {
		while (reading->has_entry && reading->next < reading->entry.count) {
			const struct list_identifier *listed =
			    &reading->entry.identifiers[reading->next++];

			if (listed->identifier_class != reading->identifier_class)
				continue;
			*ret_identifier = listed->text;
			*ret_label = reading->label;
			return OK;
		}
		if ((r = next_entry(reading, error)) != OK)
			return r;
	}
}

/* The whole work, and how much of it is done. */
struct building_progress {
	struct progress shown;
	uint64_t before; /* identifiers of the classes before */
	struct list_evaluator *evaluator;
};

static int show_progress(void *context, uint64_t done, struct error *error)
{
	struct building_progress *progress = context;

	if (interrupted) {
		progress->evaluator->stopping = true;
		return error_set(error, ERROR_DENIED,
		                 _("it was interrupted: nothing is signed, and nothing is left of "
		                   "it"));
	}
	progress_update(&progress->shown, progress->before + done);
	return OK;
}

static unsigned thread_count(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	long threads = THREADS_PER_PROCESSOR * (processors < 1 ? 1 : processors);

	return threads > PAIRS_THREADS_MAXIMUM ? PAIRS_THREADS_MAXIMUM : (unsigned)threads;
}

static int read_pairs_file(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	return file_read_exactly_at(*(const int *)context, ret_bytes, size, offset);
}

/* The part with the pairs of a class, and what the act says of them. */
static int add_class(struct list_made *made, enum identifier_class identifier_class,
                     const struct list_survey *survey, const struct pairs_built *built,
                     struct error *error)
{
	struct part *part = &made->parts[made->part_count++];
	struct class_commitment *commitment = &made->classes[identifier_class];
	const char *name = identifier_class_name(identifier_class);

	made->files[identifier_class] = built->fd;
	*part = (struct part){ .content = { &made->files[identifier_class], read_pairs_file } };
	part->description.size = built->pairs * PAIR_SIZE;
	snprintf(part->description.name, sizeof(part->description.name), "%s", name);
	snprintf(part->description.media_type, sizeof(part->description.media_type), "%s",
	         PAIRS_MEDIA_TYPE);
	memcpy(commitment->public_key, made->keys[identifier_class].bytes, CLASS_KEY_SIZE);
	commitment->pairs = built->pairs;
	commitment->root = built->root;
	memcpy(commitment->lengths, survey->lengths[identifier_class], sizeof(commitment->lengths));
	(void)buffer_put_format(
	    &made->preview,
	    ngettext("%s: %llu identifier, which with decoys makes %llu pairs\n",
	             "%s: %llu identifiers, which with decoys make %llu pairs\n",
	             (unsigned long)built->identifiers),
	    name, (unsigned long long)built->identifiers, (unsigned long long)built->pairs);
	return part_description_check(&part->description, error);
}

static int build_class(struct node *node, struct class_reading *reading,
                       const struct list_survey *survey, struct building_progress *progress,
                       struct list_made *made, uint64_t *duplicates, struct error *error)
{
	enum identifier_class identifier_class = reading->identifier_class;
	const struct random_source random = system_random();
	struct list_evaluator evaluator;
	struct pairs_built built;
	struct pairs_building building = {
		.identifier_class = identifier_class,
		.pairs_maximum = charter_list_pairs(node->channel.charter),
		.threads = thread_count(),
		.random = &random,
		.identifiers = reading,
		.next = next_identifier,
		.evaluator = &evaluator,
		.evaluate = list_evaluator_evaluate,
		.watcher = progress,
		.progress = show_progress,
	};
	int r;

	if ((r = list_evaluator_new_key(node, building.threads, &evaluator, error)) != OK)
		return r;
	made->has_key[identifier_class] = true;
	made->keys[identifier_class] = evaluator.public_key;
	progress->evaluator = &evaluator;
	r = pairs_build(&building, &built, error);
	list_evaluator_release(&evaluator);
	if (r != OK)
		return r;
	*duplicates += built.duplicates;
	progress->before += survey->identifiers[identifier_class];
	return add_class(made, identifier_class, survey, &built, error);
}

static int build_classes(struct node *node, const struct list_mapping *list, timestamp now,
                         struct list_survey *survey, struct list_made *made, uint64_t *duplicates,
                         struct error *error)
{
	struct class_reading *reading = allocate(1, sizeof(*reading));
	struct building_progress progress = { .before = 0 };
	uint64_t total = 0;
	int r = OK;

	if (reading == NULL)
		return out_of_memory(error);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		total += survey->identifiers[i];
	progress_begin(&progress.shown, _("building the list"), total);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT && r == OK; i++) {
		if (survey->identifiers[i] == 0)
			continue;
		memset(reading, 0, sizeof(*reading));
		reading->identifier_class = (enum identifier_class)i;
		reading->now = now;
		reading->list = list;
		reading->table = &survey->table;
		if ((r = list_reader_init(&reading->reader, list->text, error)) == OK)
			r = build_class(node, reading, survey, &progress, made, duplicates, error);
	}
	progress_end(&progress.shown);
	release_memory(reading);
	return r;
}

/* What the other side reads whether it has a hit or not, as the first part. */
static int add_table(struct list_made *made, const struct list_survey *survey, struct error *error)
{
	int r;

	if ((r = pairs_text_print(&survey->table, &made->table)) != OK)
		return error_set(error, r, _("a contact of the list cannot stand in its table: %s"),
		                 result_text(r));
	made->table_view = buffer_view(&made->table);
	made->part_count = 1;
	return part_init(&made->parts[0], "pairs.txt", PAIRS_TEXT_MEDIA_TYPE, NULL,
	                 PART_STANDING_NONE, &made->table_view, error);
}

/* The rest of what people are shown; what does not fit is cut. */
static void put_preview(struct list_made *made, const struct list_survey *survey,
                        uint64_t duplicates)
{
	struct buffer *preview = &made->preview;

	if (duplicates > 0)
		(void)buffer_put_format(
		    preview,
		    ngettext("%llu identifier stands in several entries: the higher criticality "
		             "speaks for it.\n",
		             "%llu times an identifier stands in another entry too: the higher "
		             "criticality speaks for it.\n",
		             (unsigned long)duplicates),
		    (unsigned long long)duplicates);
	if (survey->ended > 0)
		(void)buffer_put_format(
		    preview,
		    ngettext("%llu entry whose validity has ended is left out.\n",
		             "%llu entries whose validity has ended are left "
		             "out.\n",
		             (unsigned long)survey->ended),
		    (unsigned long long)survey->ended);
	(void)buffer_put_string(preview,
	                        _("\nThe other side reads all of this table, whether it has a "
	                          "hit or not:\n\n"));
	(void)buffer_put_bytes(preview, made->table_view);
}

int list_make_match_only(struct node *node, const struct list_mapping *list, timestamp now,
                         struct list_made **ret_made, struct error *error)
{
	struct sigaction note = { .sa_handler = note_interrupt, .sa_flags = SA_RESTART }, before;
	struct list_survey *survey = allocate(1, sizeof(*survey));
	struct list_made *made = NULL;
	uint64_t duplicates = 0;
	int r;

	if (survey == NULL)
		return out_of_memory(error);
	if ((r = survey_list(list, now, survey, error)) != OK || (r = made_new(&made, error)) != OK)
		goto out;
	if (survey->ended == survey->entries) {
		r = error_set(error, ERROR_STATE, _("there is nothing on the list"));
		goto out;
	}
	if ((r = add_table(made, survey, error)) != OK)
		goto out;
	interrupted = 0;
	sigaction(SIGINT, &note, &before);
	r = build_classes(node, list, now, survey, made, &duplicates, error);
	if (r == OK)
		put_preview(made, survey, duplicates);
	else
		list_made_drop_keys(node, made);
	sigaction(SIGINT, &before, NULL);
out:
	release_memory(survey);
	if (r == OK)
		*ret_made = made;
	else
		list_made_free(made);
	return r;
}
