#include "asked_store.h"

#include "encoding.h"
#include "own_files.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

enum { SEGMENT_LINES = 8192, SHOWN_DIGITS = 32 };

/* `asked.<list>.<class>.<epoch>.` and the like. */
static void prefix_of(const struct asked_store *store, const char *what,
                      char ret_prefix[ASKED_NAME_CAPACITY])
{
	snprintf(ret_prefix, ASKED_NAME_CAPACITY, "%s.%s.%s.%llu.", what, store->list,
	         identifier_class_name(store->head.identifier_class),
	         (unsigned long long)store->head.epoch);
}

static void segment_name(const struct asked_store *store, char ret_name[ASKED_NAME_CAPACITY])
{
	char prefix[ASKED_NAME_CAPACITY];

	prefix_of(store, "asked", prefix);
	snprintf(ret_name, ASKED_NAME_CAPACITY, "%.170s%04u", prefix, store->segment);
}

static void question_name(const struct asked_store *store, const struct hash *content,
                          char ret_name[ASKED_NAME_CAPACITY])
{
	char prefix[ASKED_NAME_CAPACITY], digits[HASH_HEX_CAPACITY];

	prefix_of(store, "asking", prefix);
	hash_to_hex(content, digits);
	snprintf(ret_name, ASKED_NAME_CAPACITY, "%.150s%.*s", prefix, SHOWN_DIGITS, digits);
}

static bool same_head(const struct asked_head *a, const struct asked_head *b)
{
	return hash_equal(&a->list, &b->list) && a->identifier_class == b->identifier_class &&
	       a->epoch == b->epoch;
}

/* --- answers ---------------------------------------------------------------------------- */

struct loading {
	struct asked_store *store;
	int (*visit)(void *context, const struct asked_line *line);
	void *context;
	struct error *error;
	size_t lines; /* of this file */
};

static int load_line(void *context, const struct asked_line *line)
{
	struct loading *loading = context;

	loading->lines++;
	return loading->visit(loading->context, line);
}

/* The last file that is not full is gone on with. */
static int load_segment(void *context, const char *name)
{
	struct loading *loading = context;
	struct asked_store *store = loading->store;
	const char *number = strrchr(name, '.');
	struct error error = { 0 };
	struct asked_head head;
	struct buffer text;
	uint64_t segment;
	int r;

	if (text_parse_number(bytes_of_string(number + 1 + strspn(number + 1, "0")), UINT32_MAX,
	                      &segment) != OK)
		return OK;
	buffer_init(&text, ASKED_TEXT_MAXIMUM);
	loading->lines = 0;
	store->segment = (unsigned)segment + 1;
	store->segment_lines = 0;
	buffer_clear(&store->text);
	if ((r = own_file_read(store->settings, store->channel, name, &text, &error)) == OK)
		r = asked_text_read(buffer_view(&text), &head, load_line, loading, &error);
	if (r == OK && !same_head(&head, &store->head))
		r = error_set(&error, ERROR_MISMATCH, _("it is of another list"));
	if (r == OK && loading->lines < SEGMENT_LINES) {
		store->segment = (unsigned)segment;
		store->segment_lines = loading->lines;
		r = buffer_put_bytes(&store->text, buffer_view(&text));
	}
	buffer_release(&text);
	if (r == ERROR_MEMORY)
		return error_set(loading->error, r, "%s", result_text(r));
	/* What was asked then has to be asked anew; nothing that is wrong is believed. */
	if (r != OK)
		complain(_("%s: %s: what it keeps of earlier questions is passed over"), name,
		         error.message);
	return OK;
}

int asked_store_open(const struct node *node, const char *list, const struct asked_head *head,
                     int (*visit)(void *context, const struct asked_line *line), void *context,
                     struct asked_store *ret_store, struct error *error)
{
	struct asked_store store = { .settings = &node->settings,
		                     .channel = node->channel.id,
		                     .list = list,
		                     .head = *head,
		                     .segment = 1 };
	struct loading loading = { &store, visit, context, error, 0 };
	char prefix[ASKED_NAME_CAPACITY];
	int r;

	buffer_init(&store.text, ASKED_TEXT_MAXIMUM);
	prefix_of(&store, "asked", prefix);
	r = own_files_each(store.settings, store.channel, prefix, load_segment, &loading, error);
	if (r == ERROR_NOT_FOUND)
		r = OK;
	if (r != OK) {
		buffer_release(&store.text);
		return r;
	}
	*ret_store = store;
	return OK;
}

void asked_store_release(struct asked_store *store)
{
	buffer_release(&store->text);
}

int asked_store_keep(struct asked_store *store, struct error *error)
{
	char name[ASKED_NAME_CAPACITY];
	int r;

	if (!store->changed)
		return OK;
	segment_name(store, name);
	r = own_file_write(store->settings, store->channel, name, buffer_view(&store->text), error);
	store->changed = r != OK;
	return r;
}

int asked_store_add(struct asked_store *store, const struct asked_line *line, struct error *error)
{
	int r = OK;

	if (store->segment_lines == SEGMENT_LINES) {
		if ((r = asked_store_keep(store, error)) != OK)
			return r;
		store->segment++;
		store->segment_lines = 0;
		buffer_clear(&store->text);
	}
	if (store->text.size == 0)
		r = asked_text_begin(&store->text, &store->head);
	if (r == OK)
		r = asked_text_put(&store->text, line);
	store->segment_lines++;
	store->changed = true;
	return r == OK ? OK : error_set(error, r, "%s", result_text(r));
}

/* --- questions ---------------------------------------------------------------------------- */

static int write_lines(const struct settings *settings, const char *channel, const char *name,
                       const struct asked_head *head, const struct asked_line *lines, size_t count,
                       struct error *error)
{
	struct buffer text;
	int r;

	buffer_init(&text, ASKED_TEXT_MAXIMUM);
	r = asked_text_begin(&text, head);
	for (size_t i = 0; i < count && r == OK; i++)
		r = asked_text_put(&text, &lines[i]);
	r = r == OK ? own_file_write(settings, channel, name, buffer_view(&text), error)
	            : error_set(error, r, "%s", result_text(r));
	buffer_release(&text);
	return r;
}

static int read_lines(const struct settings *settings, const char *channel, const char *name,
                      struct asked_head *ret_head,
                      int (*visit)(void *context, const struct asked_line *line), void *context,
                      struct error *error)
{
	struct buffer text;
	int r;

	buffer_init(&text, ASKED_TEXT_MAXIMUM);
	if ((r = own_file_read(settings, channel, name, &text, error)) == OK)
		r = asked_text_read(buffer_view(&text), ret_head, visit, context, error);
	buffer_release(&text);
	return r;
}

int asked_store_question(const struct asked_store *store, const struct hash *content,
                         const struct asked_line *lines, size_t count, struct error *error)
{
	char name[ASKED_NAME_CAPACITY];

	question_name(store, content, name);
	return write_lines(store->settings, store->channel, name, &store->head, lines, count,
	                   error);
}

int asked_store_answered(const struct asked_store *store, const struct hash *content,
                         struct error *error)
{
	char name[ASKED_NAME_CAPACITY];

	question_name(store, content, name);
	return own_file_remove(store->settings, store->channel, name, error);
}

int asked_store_each_question(const struct asked_store *store,
                              int (*visit)(void *context, const char *name), void *context,
                              struct error *error)
{
	char prefix[ASKED_NAME_CAPACITY];
	int r;

	prefix_of(store, "asking", prefix);
	r = own_files_each(store->settings, store->channel, prefix, visit, context, error);
	return r == ERROR_NOT_FOUND ? OK : r;
}

int asked_store_read_question(const struct asked_store *store, const char *name,
                              int (*visit)(void *context, const struct asked_line *line),
                              void *context, struct error *error)
{
	struct asked_head head;
	int r = read_lines(store->settings, store->channel, name, &head, visit, context, error);

	return r == OK && !same_head(&head, &store->head)
	           ? error_set(error, ERROR_MISMATCH, _("%s is of another list"), name)
	           : r;
}

/* --- on record ------------------------------------------------------------------------------ */

static void queried_name(const struct hash *content, char ret_name[ASKED_NAME_CAPACITY])
{
	char digits[HASH_HEX_CAPACITY];

	hash_to_hex(content, digits);
	snprintf(ret_name, ASKED_NAME_CAPACITY, "queried.%.*s", SHOWN_DIGITS, digits);
}

int queried_keep(const struct node *node, const struct asked_head *head, const struct hash *content,
                 const struct asked_line *lines, size_t count, struct error *error)
{
	char name[ASKED_NAME_CAPACITY];

	queried_name(content, name);
	return write_lines(&node->settings, node->channel.id, name, head, lines, count, error);
}

int queried_read(const struct node *node, const struct hash *content, struct asked_head *ret_head,
                 int (*visit)(void *context, const struct asked_line *line), void *context,
                 struct error *error)
{
	char name[ASKED_NAME_CAPACITY];

	queried_name(content, name);
	return read_lines(&node->settings, node->channel.id, name, ret_head, visit, context, error);
}

int queried_done(const struct node *node, const struct hash *content, struct error *error)
{
	char name[ASKED_NAME_CAPACITY];

	queried_name(content, name);
	return own_file_remove(&node->settings, node->channel.id, name, error);
}
