#include "cards.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "files.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"
#include "words.h"

int card_file_read(const char *path, struct card_file *ret_card, struct error *error)
{
	struct card_file card;
	int r;

	buffer_init(&card.text, CARD_SIZE_MAXIMUM);
	if ((r = file_read(path, &card.text, error)) != OK) {
		buffer_release(&card.text);
		return r;
	}
	if ((r = card_parse(buffer_view(&card.text), &card.party, error)) != OK) {
		buffer_release(&card.text);
		return error_in_file(error, r, path);
	}
	*ret_card = card;
	return OK;
}

void card_file_release(struct card_file *card)
{
	buffer_release(&card->text);
}

/* `<directory>/cards`. */
static int cards_directory(const struct settings *settings, bool make, char *ret_path,
                           size_t capacity, struct error *error)
{
	char directory[SETTINGS_PATH_CAPACITY];

	if (settings_directory(settings, directory) != OK ||
	    path_join(directory, "cards", ret_path, capacity) != OK)
		return error_set(
		    error, ERROR_USAGE,
		    _("there is no directory for cards: give --home or set CHIRO_HOME"));
	if (make && ((mkdir(directory, 0700) != 0 && errno != EEXIST) ||
	             (mkdir(ret_path, 0700) != 0 && errno != EEXIST)))
		return error_set(error, ERROR_IO, "%s: %s", ret_path, strerror(errno));
	return OK;
}

int card_path(const struct settings *settings, const char *name, bool make,
              char ret_path[CARD_PATH_CAPACITY], struct error *error)
{
	char directory[SETTINGS_PATH_CAPACITY + 8];
	int r = cards_directory(settings, make, directory, sizeof(directory), error);
	int size;

	if (r != OK)
		return r;
	size = snprintf(ret_path, CARD_PATH_CAPACITY, "%s/%s.card", directory, name);
	return size < 0 || size >= CARD_PATH_CAPACITY
	           ? error_set(error, ERROR_LIMIT, _("a path is too long"))
	           : OK;
}

/* The index-th card that is kept of one's own, or of others; ERROR_NOT_FOUND
 * beyond the last. */
static int card_at(const struct settings *settings, bool own, size_t index,
                   char ret_path[CARD_PATH_CAPACITY])
{
	char path[SETTINGS_PATH_CAPACITY + 8];
	struct dirent *entry;
	DIR *directory;
	int r = ERROR_NOT_FOUND;

	if (cards_directory(settings, false, path, sizeof(path), NULL) != OK ||
	    (directory = opendir(path)) == NULL)
		return ERROR_NOT_FOUND;
	while (r != OK && (entry = readdir(directory)) != NULL)
		if (fnmatch("*.card", entry->d_name, FNM_PERIOD) == 0 &&
		    (fnmatch("own-*", entry->d_name, 0) == 0) == own && index-- == 0)
			r = path_join(path, entry->d_name, ret_path, CARD_PATH_CAPACITY);
	closedir(directory);
	return r;
}

int card_only_path(const struct settings *settings, bool own, char ret_path[CARD_PATH_CAPACITY],
                   struct error *error)
{
	char path[CARD_PATH_CAPACITY], second[CARD_PATH_CAPACITY];

	if (card_at(settings, own, 0, path) != OK)
		return error_set(error, ERROR_NOT_FOUND,
		                 own ? _("no card of one's own is kept: see chiro help invite")
		                     : _("no card of another party is kept: see chiro help join"));
	if (card_at(settings, own, 1, second) == OK)
		return error_set(error, ERROR_USAGE,
		                 own ? _("several cards of one's own are kept: name one by --own")
		                     : _("cards of several parties are kept: name one by --other"));
	memcpy(ret_path, path, sizeof(path));
	return OK;
}

/* OK when the card at `path` is of this party, word for word. */
static int compare_file(const char *path, const struct party *party, struct error *error)
{
	struct card_file kept;
	struct buffer text;
	int r = card_file_read(path, &kept, error);

	if (r != OK)
		return r;
	buffer_init(&text, CARD_SIZE_MAXIMUM);
	if ((r = card_print(party, &text, error)) == OK &&
	    !bytes_equal(buffer_view(&text), buffer_view(&kept.text)))
		r = error_set(error, ERROR_MISMATCH, _("it is not what the card %s says"), path);
	buffer_release(&text);
	card_file_release(&kept);
	return r;
}

int card_compare(const struct settings *settings, const struct party *party, bool own,
                 struct error *error)
{
	char path[CARD_PATH_CAPACITY];
	int r;

	if (!own) {
		if ((r = card_path(settings, party->id, false, path, error)) != OK)
			return r;
		if (!file_exists(path))
			return error_set(error, ERROR_NOT_FOUND, _("no card of %s is kept"),
			                 party->id);
		return compare_file(path, party, error);
	}
	r = error_set(error, ERROR_NOT_FOUND, _("no card of one's own is kept"));
	for (size_t i = 0; r != OK && card_at(settings, true, i, path) == OK; i++)
		r = compare_file(path, party, error);
	return r;
}

void print_fingerprint(FILE *file, struct bytes text)
{
	char words[WORDS_FINGERPRINT_CAPACITY];
	bool russian = terminal_speaks("ru");
	struct hash hash;
	unsigned spaces = 0;

	sha256_of(&hash, text);
	words_fingerprint(russian ? WORDS_RUSSIAN : WORDS_ENGLISH, &hash, words);
	fputs("    ", file);
	for (const char *c = words; *c != '\0'; c++) {
		if (*c == ' ' && ++spaces == WORDS_FINGERPRINT_COUNT / 2)
			fputs("\n    ", file);
		else
			fputc(*c, file);
	}
	fputc('\n', file);
}

/* The next word of `text` in lower case (ASCII); its size, 0 at the end. */
static size_t next_word(const char **text, char *word, size_t capacity)
{
	size_t size = 0;

	while (**text != '\0' && isspace((unsigned char)**text))
		(*text)++;
	while (**text != '\0' && !isspace((unsigned char)**text)) {
		if (size + 1 < capacity)
			word[size++] = (char)tolower((unsigned char)**text);
		(*text)++;
	}
	word[size] = '\0';
	return size;
}

bool fingerprint_matches(struct bytes text, const char *words)
{
	struct hash hash;

	sha256_of(&hash, text);
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		char expected[WORDS_FINGERPRINT_CAPACITY], a[64], b[64];
		const char *left = expected, *right = words;
		size_t equal = 0;

		words_fingerprint((enum words_language)language, &hash, expected);
		while (next_word(&left, a, sizeof(a)) > 0 && next_word(&right, b, sizeof(b)) > 0 &&
		       strcmp(a, b) == 0)
			equal++;
		if (equal == WORDS_FINGERPRINT_COUNT && next_word(&right, b, sizeof(b)) == 0)
			return true;
	}
	return false;
}

static void print_line(FILE *file, const char *what, const char *value)
{
	fputs("  ", file);
	print_padded(file, what, 20);
	put_visible(file, bytes_of_string(value), false);
	fputc('\n', file);
}

void print_party(FILE *file, const struct party *party)
{
	char fingerprint[SSH_KEY_FINGERPRINT_CAPACITY];

	fprintf(file, "%s%s%s, %s\n", style(file, STYLE_STRONG), party->id,
	        style(file, STYLE_PLAIN), party->domain);
	for (size_t i = 0; i < party->name_count; i++) {
		fprintf(file, "  %-4s", party->names[i].language);
		put_visible(file, party->names[i].name, false);
		fputc('\n', file);
	}
	if (party->auspices.size > 0) {
		fprintf(file, "  %s ", _("under the auspices of"));
		put_visible(file, party->auspices, false);
		fputc('\n', file);
	}
	print_line(file, _("head"), party->head);
	ssh_key_fingerprint(&party->head_key, fingerprint);
	print_line(file, _("head's key"), fingerprint);
	print_line(file, _("head's reading key"), party->head_reading_key);
	ssh_key_fingerprint(&party->appointing_key, fingerprint);
	print_line(file, _("appointing key"), fingerprint);
	print_line(file, _("node's reading key"), party->reading_key);
	for (size_t i = 0; i < party->endpoint_count; i++)
		print_line(file, _("endpoint"), party->endpoints[i]);
}
