/* How words that somebody quotes stand in a text. */
#include "allocate.h"
#include "claim.h"
#include "folded.h"
#include "text_diff.h"

enum {
	TEXT_MAXIMUM = 256 * 1024,
	LEAST_SHARE = 66, /* in a hundred words of the quotation */
	WINDOW_FACTOR = 2 /* of text that is compared at once, in words of the quotation */
};

/* Words of a folded text, without the spaces. */
struct words {
	struct bytes *items;
	size_t count;
};

static int words_of(struct bytes folded, struct words *ret_words)
{
	struct bytes rest = folded, word;
	struct words words = { NULL, 0 };
	size_t capacity = 1;

	for (size_t i = 0; i < folded.size; i++)
		capacity += folded.data[i] == ' ';
	if ((words.items = allocate(capacity, sizeof(*words.items))) == NULL)
		return ERROR_MEMORY;
	while (rest.size > 0) {
		bytes_cut(&rest, ' ', &word);
		if (word.size > 0)
			words.items[words.count++] = word;
	}
	*ret_words = words;
	return OK;
}

/* One space for every run of white space, none at the ends. */
static int put_spaced(struct bytes text, struct buffer *buffer)
{
	bool separated = true;
	int r = OK;

	for (size_t i = 0; i < text.size && r == OK; i++) {
		bool is_space = text.data[i] == ' ' || text.data[i] == '\n' || text.data[i] == '\t';

		if (!is_space)
			r = buffer_put_u8(buffer, text.data[i]);
		else if (!separated)
			r = buffer_put_u8(buffer, ' ');
		separated = is_space;
	}
	if (r == OK && buffer->size > 0 && buffer->data[buffer->size - 1] == ' ')
		buffer_truncate(buffer, buffer->size - 1);
	return r;
}

static bool contains(struct bytes text, struct bytes part)
{
	for (; part.size > 0 && text.size >= part.size; text.data++, text.size--)
		if (bytes_begin_with(text, part))
			return true;
	return false;
}

static int stands_to_the_letter(struct bytes quotation, struct bytes text, bool *ret_stands)
{
	struct buffer a, b;
	int r;

	buffer_init(&a, QUOTATION_MAXIMUM);
	buffer_init(&b, TEXT_MAXIMUM);
	if ((r = put_spaced(quotation, &a)) == OK && (r = put_spaced(text, &b)) == OK)
		*ret_stands = contains(buffer_view(&b), buffer_view(&a));
	buffer_release(&a);
	buffer_release(&b);
	return r;
}

/* The greatest share of the quotation's words that stand in their order within a piece of
 * the text not much longer than the quotation. */
static int greatest_share(const struct words *quotation, const struct words *text,
                          unsigned *ret_share)
{
	size_t window = quotation->count * WINDOW_FACTOR, count, best = 0;
	struct diff_row *rows;
	int r = OK;

	if (window > text->count)
		window = text->count;
	if ((rows = allocate(quotation->count + window + 1, sizeof(*rows))) == NULL)
		return ERROR_MEMORY;
	for (size_t at = 0; at < text->count && r == OK; at += quotation->count) {
		size_t size = text->count - at < window ? text->count - at : window, same = 0;

		r = diff_sequences(quotation->items, quotation->count, text->items + at, size, rows,
		                   &count);
		for (size_t i = 0; r == OK && i < count; i++)
			same += rows[i].step == DIFF_SAME;
		if (same > best)
			best = same;
	}
	release_memory(rows);
	if (r == OK)
		*ret_share = (unsigned)(best * 100 / quotation->count);
	return r;
}

static int share_of_words(struct bytes folded_quotation, struct bytes folded_text,
                          unsigned *ret_share)
{
	struct words quotation = { NULL, 0 }, text = { NULL, 0 };
	int r;

	if ((r = words_of(folded_quotation, &quotation)) != OK ||
	    (r = words_of(folded_text, &text)) != OK)
		goto out;
	*ret_share = 0;
	if (quotation.count > 0 && text.count > 0)
		r = greatest_share(&quotation, &text, ret_share);
out:
	release_memory(quotation.items);
	release_memory(text.items);
	return r;
}

int claim_match(struct bytes quotation, struct bytes text, enum claim_match *ret_match,
                unsigned *ret_share)
{
	enum claim_match match = MATCH_NONE;
	struct buffer folded_quotation, folded_text;
	unsigned share = 100;
	bool stands = false;
	int r;

	if (quotation.size > QUOTATION_MAXIMUM)
		return ERROR_LIMIT;
	if (text.size > TEXT_MAXIMUM)
		text.size = TEXT_MAXIMUM;
	buffer_init(&folded_quotation, 4 * QUOTATION_MAXIMUM);
	buffer_init(&folded_text, 4 * TEXT_MAXIMUM);
	if ((r = stands_to_the_letter(quotation, text, &stands)) != OK ||
	    (r = fold_words(quotation, &folded_quotation)) != OK ||
	    (r = fold_words(text, &folded_text)) != OK)
		goto out;
	if (stands) {
		match = MATCH_EXACT;
	} else if (folded_quotation.size > 1 &&
	           contains(buffer_view(&folded_text), buffer_view(&folded_quotation))) {
		match = MATCH_WORDS;
	} else {
		r = share_of_words(buffer_view(&folded_quotation), buffer_view(&folded_text),
		                   &share);
		match = r == OK && share >= LEAST_SHARE ? MATCH_DIFFERS : MATCH_NONE;
	}
	if (r == OK) {
		*ret_match = match;
		if (ret_share != NULL)
			*ret_share = share;
	}
out:
	buffer_release(&folded_quotation);
	buffer_release(&folded_text);
	return r;
}
