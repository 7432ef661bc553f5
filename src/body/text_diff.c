/* Method: equal ends are cut off; of the rest the longest common subsequence is
 * found by dynamic programming over the hashes of the elements, from the end, so
 * that the steps can be read off from the start. */
#include "text_diff.h"

#include "allocate.h"
#include "result.h"
#include "sha.h"

#define CELLS_MAXIMUM (UINT64_C(1) << 22)

struct diff {
	const struct hash *a, *b;
	size_t a_count, b_count; /* of what differs */
	size_t skipped;          /* at the start of both */
	uint16_t *longest;       /* of what begins at (i, j); rows of b_count + 1 */
	struct diff_row *rows;
	size_t row_count;
};

static void step(struct diff *diff, enum diff_step step, size_t a, size_t b)
{
	diff->rows[diff->row_count++] = (struct diff_row){ step, diff->skipped + a,
		                                           diff->skipped + b };
}

static void fill(struct diff *diff)
{
	size_t width = diff->b_count + 1;

	for (size_t i = diff->a_count; i-- > 0;) {
		for (size_t j = diff->b_count; j-- > 0;) {
			const uint16_t *below = &diff->longest[(i + 1) * width + j];
			uint16_t right = diff->longest[i * width + j + 1];

			if (hash_equal(&diff->a[i], &diff->b[j]))
				diff->longest[i * width + j] = (uint16_t)(below[1] + 1);
			else
				diff->longest[i * width + j] = *below >= right ? *below : right;
		}
	}
}

static void walk(struct diff *diff)
{
	size_t width = diff->b_count + 1, i = 0, j = 0;

	while (i < diff->a_count || j < diff->b_count) {
		if (i < diff->a_count && j < diff->b_count &&
		    hash_equal(&diff->a[i], &diff->b[j])) {
			step(diff, DIFF_SAME, i++, j++);
		} else if (j == diff->b_count ||
		           (i < diff->a_count && diff->longest[(i + 1) * width + j] >=
		                                     diff->longest[i * width + j + 1])) {
			step(diff, DIFF_REMOVED, i++, j);
		} else {
			step(diff, DIFF_ADDED, i, j++);
		}
	}
}

static void replace_all(struct diff *diff)
{
	for (size_t i = 0; i < diff->a_count; i++)
		step(diff, DIFF_REMOVED, i, 0);
	for (size_t j = 0; j < diff->b_count; j++)
		step(diff, DIFF_ADDED, diff->a_count, j);
}

int diff_sequences(const struct bytes *a, size_t a_count, const struct bytes *b, size_t b_count,
                   struct diff_row *ret_rows, size_t *ret_count)
{
	struct diff diff = { .rows = ret_rows };
	size_t start = 0, end = 0;
	struct hash *hashes;

	while (start < a_count && start < b_count && bytes_equal(a[start], b[start]))
		start++;
	while (end < a_count - start && end < b_count - start &&
	       bytes_equal(a[a_count - 1 - end], b[b_count - 1 - end]))
		end++;
	diff.a_count = a_count - start - end;
	diff.b_count = b_count - start - end;
	if ((hashes = allocate(diff.a_count + diff.b_count + 1, sizeof(*hashes))) == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < diff.a_count; i++)
		sha256_of(&hashes[i], a[start + i]);
	for (size_t j = 0; j < diff.b_count; j++)
		sha256_of(&hashes[diff.a_count + j], b[start + j]);
	diff.a = hashes;
	diff.b = hashes + diff.a_count;
	for (size_t i = 0; i < start; i++)
		step(&diff, DIFF_SAME, i, i);
	diff.skipped = start;
	if ((uint64_t)(diff.a_count + 1) * (diff.b_count + 1) > CELLS_MAXIMUM ||
	    diff.a_count >= UINT16_MAX || diff.b_count >= UINT16_MAX) {
		replace_all(&diff);
	} else {
		diff.longest = allocate((diff.a_count + 1) * (diff.b_count + 1),
		                        sizeof(*diff.longest));
		if (diff.longest == NULL) {
			release_memory(hashes);
			return ERROR_MEMORY;
		}
		fill(&diff);
		walk(&diff);
	}
	for (size_t i = end; i-- > 0;) {
		diff.skipped = 0;
		step(&diff, DIFF_SAME, a_count - 1 - i, b_count - 1 - i);
	}
	release_memory(diff.longest);
	release_memory(hashes);
	*ret_count = diff.row_count;
	return OK;
}

static bool separates(uint8_t byte)
{
	return byte == ' ' || byte == '\n' || byte == '\t';
}

size_t diff_words(struct bytes text, struct bytes *ret_words, size_t capacity)
{
	size_t count = 0;

	while (text.size > 0 && count < capacity) {
		size_t size = 1;

		while (size < text.size && separates(text.data[size]) == separates(text.data[0]))
			size++;
		if (count + 1 == capacity)
			size = text.size;
		ret_words[count++] = bytes_of(text.data, size);
		text = bytes_of(text.data + size, text.size - size);
	}
	return count;
}
