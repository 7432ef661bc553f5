#include "mentions.h"

#include "grow.h"
#include "identifier_key.h"

enum { WORD_MAXIMUM = 1024 };
#define NOTHING SIZE_MAX

void mentions_init(struct mentions *mentions, mention_reader *read)
{
	*mentions = (struct mentions){ .read = read };
}

void mentions_release(struct mentions *mentions)
{
	release_memory(mentions->items);
	mentions_init(mentions, mentions->read);
}

/* --- words ------------------------------------------------------------------------- */

static bool is_of_a_word(uint8_t character)
{
	return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
	       (character >= 'A' && character <= 'Z') || character >= 0x80 ||
	       (character != '\0' && strchr(".:/-_+", character) != NULL);
}

/* How many bytes of a word stand here, which mean one: 1; 3 where a dot or colon is kept in
 * brackets so that nobody clicks on it, `[.]`; 0 where the word ends. */
static size_t word_step(struct bytes text, size_t at)
{
	const uint8_t *here = text.data + at;

	if (is_of_a_word(here[0]))
		return 1;
	if (text.size - at >= 3 && (here[1] == '.' || here[1] == ':') &&
	    ((here[0] == '[' && here[2] == ']') || (here[0] == '(' && here[2] == ')')))
		return 3;
	return 0;
}

/* Without those brackets. */
static size_t plain_word(struct bytes word, uint8_t plain[WORD_MAXIMUM])
{
	size_t size = 0, step;

	for (size_t at = 0; at < word.size; at += step) {
		step = word_step(word, at);
		plain[size++] = word.data[at + step / 2];
	}
	return size;
}

static struct bytes trim(struct bytes word)
{
	static const char ends[] = ".:/-_+";

	/* `2001:db8::` ends so, and `::1` begins so. */
	while (word.size > 0 && strchr(ends, word.data[word.size - 1]) != NULL &&
	       !(word.size > 2 && memcmp(word.data + word.size - 2, "::", 2) == 0))
		word.size--;
	while (word.size > 0 && word.data[0] != ':' && strchr(ends, word.data[0]) != NULL)
		word = bytes_of(word.data + 1, word.size - 1);
	return word;
}

/* What stands between `://` and the next slash; the word itself without. */
static struct bytes host_of(struct bytes word)
{
	for (size_t i = 0; i + 3 <= word.size; i++)
		if (memcmp(word.data + i, "://", 3) == 0) {
			struct bytes rest = bytes_of(word.data + i + 3, word.size - i - 3), host;

			bytes_cut(&rest, '/', &host);
			return host;
		}
	return word;
}

static int add(struct mentions *mentions, const struct identifier *identifier)
{
	struct mention *items;

	if (mentions->count == MENTIONS_MAXIMUM) {
		mentions->more = true;
		return OK;
	}
	items = grow(mentions->items, mentions->count, &mentions->capacity, sizeof(*items));
	if (items == NULL)
		return ERROR_MEMORY;
	mentions->items = items;
	items[mentions->count++] = (struct mention){ .identifier = *identifier, .wider = NOTHING };
	return OK;
}

/* As it stands; up to the first slash; without a port. */
static int take_word(struct mentions *mentions, struct bytes text)
{
	uint8_t plain[WORD_MAXIMUM];
	struct bytes word = trim(host_of(bytes_of(plain, plain_word(text, plain))));
	static const char cuts[] = "/:";
	struct identifier identifier;

	for (size_t i = 0; word.size > 0; i++) {
		struct bytes rest = word;

		if (mentions->read(word, &identifier, NULL) == OK)
			return add(mentions, &identifier);
		if (i == sizeof(cuts) - 1)
			break;
		bytes_cut(&rest, cuts[i], &word);
	}
	return OK;
}

int mentions_find(struct mentions *mentions, struct bytes text)
{
	size_t at = 0;

	while (at < text.size) {
		size_t from = at, step;
		int r;

		while (at < text.size && (step = word_step(text, at)) > 0)
			at += step;
		if (at - from >= 3 && at - from <= WORD_MAXIMUM &&
		    (r = take_word(mentions, bytes_of(text.data + from, at - from))) != OK)
			return r;
		at++;
	}
	return OK;
}

/* --- order -------------------------------------------------------------------------- */

/* The key of an identifier in memory of the caller's. */
struct key {
	uint8_t bytes[IDENTIFIER_KEY_MAXIMUM];
	size_t size;
};

static struct bytes make_key(enum identifier_class identifier_class, struct bytes text,
                             struct key *key)
{
	key->size = identifier_key(identifier_class, text, key->bytes);
	return bytes_of(key->bytes, key->size);
}

static struct bytes key_of(const struct mention *mention, struct key *key)
{
	return make_key(mention->identifier.identifier_class, identifier_view(&mention->identifier),
	                key);
}

static int compare(const void *a, const void *b)
{
	struct key one, other;

	return bytes_compare(key_of(a, &one), key_of(b, &other));
}

void mentions_sort(struct mentions *mentions)
{
	struct mention *items = mentions->items;
	size_t kept = 0, narrowest = NOTHING;
	struct key one, other;

	if (mentions->count == 0)
		return;
	qsort(items, mentions->count, sizeof(*items), compare);
	for (size_t i = 0; i < mentions->count; i++)
		if (kept == 0 || compare(&items[kept - 1], &items[i]) != 0)
			items[kept++] = items[i];
	mentions->count = kept;
	for (size_t i = 0; i < kept; i++) {
		while (narrowest != NOTHING &&
		       !identifier_key_covers(key_of(&items[narrowest], &one),
		                              key_of(&items[i], &other)))
			narrowest = items[narrowest].wider;
		items[i].wider = narrowest;
		narrowest = i;
	}
}

/* --- what is on a list --------------------------------------------------------------- */

struct matching {
	const struct mentions *mentions;
	int (*visit)(void *context, const struct mention *mention, const struct list_entry *entry,
	             const struct list_identifier *identifier);
	void *context;
};

/* The first mention whose key is not less. */
static size_t find_first(const struct mentions *mentions, struct bytes key)
{
	size_t low = 0, high = mentions->count;
	struct key middle_key;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(key_of(&mentions->items[middle], &middle_key), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A domain that is mentioned is no word on those below it; a prefix is one on what is in it. */
static int match_wider(const struct matching *matching, size_t before, struct bytes key,
                       const struct list_entry *entry, const struct list_identifier *identifier)
{
	const struct mention *items = matching->mentions->items;
	struct key other;
	int r;

	if (identifier->identifier_class != IDENTIFIER_IPV4 &&
	    identifier->identifier_class != IDENTIFIER_IPV6)
		return OK;
	for (; before != NOTHING; before = items[before].wider)
		if (identifier_key_covers(key_of(&items[before], &other), key) &&
		    (r = matching->visit(matching->context, &items[before], entry, identifier)) !=
		        OK)
			return r;
	return OK;
}

static int match_identifier(const struct matching *matching, const struct list_entry *entry,
                            const struct list_identifier *identifier)
{
	const struct mentions *mentions = matching->mentions;
	struct key own, other;
	struct bytes key = make_key(identifier->identifier_class, identifier->text, &own);
	size_t first = find_first(mentions, key);
	int r;

	for (size_t i = first;
	     i < mentions->count && identifier_key_covers(key, key_of(&mentions->items[i], &other));
	     i++)
		if ((r = matching->visit(matching->context, &mentions->items[i], entry,
		                         identifier)) != OK)
			return r;
	return match_wider(matching, first == 0 ? NOTHING : first - 1, key, entry, identifier);
}

int mentions_match(const struct mentions *mentions, struct bytes list,
                   int (*visit)(void *context, const struct mention *mention,
                                const struct list_entry *entry,
                                const struct list_identifier *identifier),
                   void *context, struct error *error)
{
	const struct matching matching = { mentions, visit, context };
	struct list_reader *reader = allocate(1, sizeof(*reader));
	struct list_entry entry;
	int r;

	if (reader == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	r = list_reader_init(reader, list, error);
	while (r == OK && (r = list_reader_next(reader, &entry, error)) == OK)
		for (size_t i = 0; r == OK && i < entry.count; i++)
			r = match_identifier(&matching, &entry, &entry.identifiers[i]);
	release_memory(reader);
	return r == ERROR_NOT_FOUND ? OK : r;
}
