#include "list_acting.h"

#include "command.h"
#include "encoding.h"
#include "list_files.h"
#include "list_target.h"
#include "own_files.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

enum { OWN_NOTE_MAXIMUM = 64 * 1024, OWN_NOTE_NAME_CAPACITY = 96 };

static const char note_format[] = "chirograph.list-commitments/1";

/* --- words ---------------------------------------------------------------------------------- */

static void put_word(struct list_words *words, const char *prefix, const char *word)
{
	size_t left = sizeof(words->text) - words->used;
	int size = snprintf(words->text + words->used, left, "%s%s", prefix, word);

	if (size < 0 || (size_t)size >= left || words->count == LIST_WORDS_MAXIMUM) {
		words->count = LIST_WORDS_MAXIMUM + 1;
		return;
	}
	words->words[words->count++] = words->text + words->used;
	words->used += (size_t)size + 1;
}

void list_words_begin(struct list_words *words, const char *kind)
{
	words->count = 0;
	words->used = 0;
	put_word(words, "", kind);
}

void list_words_put(struct list_words *words, const char *option, const char *value)
{
	put_word(words, "--", option);
	if (value != NULL)
		put_word(words, "", value);
}

void list_words_put_number(struct list_words *words, const char *option, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	list_words_put(words, option, text);
}

int list_words_put_classes(struct list_words *words,
                           const struct class_commitment classes[IDENTIFIER_CLASS_COUNT])
{
	struct buffer value;
	int r = OK;

	buffer_init(&value, CLASS_COMMITMENT_TEXT_MAXIMUM + 1);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT && r == OK; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;

		if (classes[i].pairs == 0)
			continue;
		buffer_clear(&value);
		if ((r = class_commitment_print(&value, identifier_class, &classes[i])) == OK &&
		    (r = buffer_put_u8(&value, 0)) == OK)
			list_words_put(words, identifier_class_name(identifier_class),
			               (const char *)value.data);
	}
	buffer_release(&value);
	return r;
}

void list_words_pass(struct list_words *words, const struct options *options)
{
	static const char *const passed[] = { "marking",    "not-after", "cosigner", "cosigner-key",
		                              "eyes-heads", "draft",     "yes",      "author",
		                              "key",        "channel",   "socket",   "home",
		                              "json",       "text" };

	for (size_t i = 0; i < options->given_count; i++)
		for (size_t k = 0; k < sizeof(passed) / sizeof(passed[0]); k++)
			if (strcmp(options->given[i].row->name, passed[k]) == 0)
				list_words_put(words, passed[k], options->given[i].value);
}

int list_words_run(struct list_words *words, struct prepared_body *prepared)
{
	if (words->count > LIST_WORDS_MAXIMUM) {
		complain("%s", _("a name is too long"));
		return STATUS_FAILED;
	}
	return act_run_prepared(words->count, words->words, prepared);
}

int list_words_conclude(struct list_words *words, struct prepared_body *prepared,
                        const struct usage *usage, int r, struct error *error)
{
	if (r == OK)
		return list_words_run(words, prepared);
	return r == ERROR_USAGE ? usage_error(usage, "%s", error->message) : conclude(r, error);
}

/* --- what was made of which list -------------------------------------------------------------- */

static void note_name(const char *name, char ret_name[OWN_NOTE_NAME_CAPACITY])
{
	snprintf(ret_name, OWN_NOTE_NAME_CAPACITY, "list.%.64s", name);
}

/* Only the last versions matter: of a long note the older half is dropped. */
static int shorten_note(struct buffer *note)
{
	struct bytes tail = bytes_of(note->data + note->size / 2, note->size - note->size / 2);
	struct buffer kept;
	struct bytes part;
	int r;

	if (note->size < OWN_NOTE_MAXIMUM / 2 || !bytes_cut(&tail, '\n', &part))
		return OK;
	buffer_init(&kept, OWN_NOTE_MAXIMUM);
	if ((r = buffer_put_format(&kept, "%s\n", note_format)) == OK &&
	    (r = buffer_put_bytes(&kept, tail)) == OK) {
		buffer_clear(note);
		r = buffer_put_bytes(note, buffer_view(&kept));
	}
	buffer_release(&kept);
	return r;
}

int own_list_note(const struct node *node, const char *name, const struct hash *commitment,
                  struct error *error)
{
	const char *channel = node->channel.id;
	char file[OWN_NOTE_NAME_CAPACITY];
	struct buffer note;
	int r;

	note_name(name, file);
	buffer_init(&note, OWN_NOTE_MAXIMUM);
	r = own_file_read(&node->settings, channel, file, &note, error);
	if (r == ERROR_NOT_FOUND)
		r = buffer_put_format(&note, "%s\n", note_format);
	if (r == OK && (r = shorten_note(&note)) == OK &&
	    (r = text_put_hash(&note, "commitment", commitment)) == OK)
		r = own_file_write(&node->settings, channel, file, buffer_view(&note), error);
	buffer_release(&note);
	return r;
}

static bool note_has(struct bytes note, const struct hash *commitment)
{
	struct text_reader reader;
	struct bytes value;
	struct hash noted;

	if (text_check(note, NULL) != OK)
		return false;
	text_reader_init(&reader, note);
	if (text_reader_expect(&reader, note_format, NULL) != OK)
		return false;
	while (text_reader_required(&reader, "commitment", &value, NULL) == OK)
		if (base64_decode_fixed(value, noted.bytes, HASH_SIZE) == OK &&
		    hash_equal(&noted, commitment))
			return true;
	return false;
}

/* --- which list --------------------------------------------------------------------------------- */

/* What a version is known by: its commitment, of a match-only list that of its first class. */
static const char *commitment_of(const json_t *json)
{
	const char *commitment = member_string(json, "commitment");

	return commitment != NULL ? commitment
	                          : member_text(json_array_get(member(json, "classes"), 0), "root");
}

static int read_list(const json_t *json, struct own_list *ret_list)
{
	struct own_list list = { .epoch = member_number(json, "epoch"),
		                 .revealed = member_true(json, "revealed"),
		                 .paired = member_string(json, "pair") != NULL };

	if (bytes_to_string(bytes_of_string(member_text(json, "list")), list.list,
	                    sizeof(list.list)) != OK ||
	    bytes_to_string(bytes_of_string(member_text(json, "mode")), list.mode,
	                    sizeof(list.mode)) != OK ||
	    base64_decode_fixed(bytes_of_string(commitment_of(json)), list.commitment.bytes,
	                        HASH_SIZE) != OK)
		return ERROR_SYNTAX;
	*ret_list = list;
	return OK;
}

/* Whether a list of the API is meant. */
static bool is_meant(const json_t *json, const struct own_list *list, const char *name,
                     struct bytes note)
{
	return name == NULL || strcmp(list->list, name) == 0 ||
	       strcmp(member_text(json, "version"), name) == 0 || note_has(note, &list->commitment);
}

/* The lists that are meant, while the pages of the node's answer are gone through. */
struct choosing {
	const struct node *node;
	const char *name;
	struct bytes note;
	struct own_list list;
	size_t found;
	struct error *error;
};

static int choose_of_page(void *context, json_t *page)
{
	struct choosing *choosing = context;
	const json_t *json;
	size_t index;

	json_array_foreach(member(page, "lists"), index, json)
	{
		struct own_list list;

		if (strcmp(member_text(json, "owner"), choosing->node->channel.own) != 0 ||
		    member_true(json, "retired") || member_true(json, "rejected"))
			continue;
		if (read_list(json, &list) != OK)
			return error_set(choosing->error, ERROR_SYNTAX,
			                 _("the node's answer is not understood"));
		if (!is_meant(json, &list, choosing->name, choosing->note))
			continue;
		choosing->list = list;
		choosing->found++;
	}
	return OK;
}

static int say_what_is_meant(const struct choosing *choosing, struct error *error)
{
	if (choosing->found == 1)
		return OK;
	if (choosing->found > 1)
		return error_set(error, ERROR_USAGE,
		                 _("there are several lists that could be meant: name the act that "
		                   "opened the matter, such as %s-3 (in 'update' with --matter)"),
		                 choosing->node->channel.own);
	return choosing->name == NULL
	           ? error_set(error, ERROR_NOT_FOUND, _("there is no list of ours"))
	           : error_set(error, ERROR_NOT_FOUND,
	                       _("'%s' is no list of ours that has been committed to, or it is "
	                         "retired"),
	                       choosing->name);
}

int own_list_find(struct node *node, const char *name, struct own_list *ret_list,
                  struct error *error)
{
	struct choosing choosing = { .node = node, .name = name, .error = error };
	char file[OWN_NOTE_NAME_CAPACITY];
	struct buffer note;
	int r = OK;

	buffer_init(&note, OWN_NOTE_MAXIMUM);
	if (name != NULL && text_is_identifier(bytes_of_string(name), LIST_NAME_MAXIMUM)) {
		note_name(name, file);
		r = own_file_read(&node->settings, node->channel.id, file, &note, error);
		if (r == ERROR_NOT_FOUND)
			r = OK;
	}
	choosing.note = buffer_view(&note);
	if (r == OK && (r = lists_each(node, choose_of_page, &choosing, error)) == OK &&
	    (r = say_what_is_meant(&choosing, error)) == OK)
		*ret_list = choosing.list;
	buffer_release(&note);
	return r;
}
