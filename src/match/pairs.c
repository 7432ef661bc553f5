#include "pairs.h"

#include "allocate.h"
#include "class_commitment.h"

enum { PAIRS_AT_ONCE = 1872, /* just under 64 KiB */ RANGES_MAXIMUM = TREE_PROOF_MAXIMUM };

int pairs_reader_init(struct pairs_reader *reader)
{
	*reader = (struct pairs_reader){ .partial_size = 0 };
	edge_init(&reader->edge);
	return sha256_stream_init(&reader->stream);
}

void pairs_reader_release(struct pairs_reader *reader)
{
	sha256_stream_release(&reader->stream);
}

/* Ascending by tag. */
static bool pair_follows(const struct pair *before, const struct pair *pair)
{
	return memcmp(before->bytes, pair->bytes, PAIR_TAG_SIZE) < 0;
}

static int take_pair(struct pairs_reader *reader, const struct pair *pair)
{
	struct hash leaf;

	if (reader->edge.size == CLASS_PAIRS_MAXIMUM)
		return ERROR_LIMIT;
	if (reader->edge.size > 0 && !pair_follows(&reader->last, pair))
		return ERROR_CANONICAL;
	reader->last = *pair;
	tree_hash_leaf_with(&reader->stream, bytes_of(pair->bytes, PAIR_SIZE), &leaf);
	return edge_append_with(&reader->edge, &reader->stream, &leaf);
}

int pairs_reader_update(struct pairs_reader *reader, struct bytes piece)
{
	int r = OK;

	while (r == OK && piece.size > 0) {
		size_t missing = PAIR_SIZE - reader->partial_size;
		size_t size = piece.size < missing ? piece.size : missing;

		memcpy(reader->partial.bytes + reader->partial_size, piece.data, size);
		reader->partial_size += size;
		piece = bytes_of(piece.data + size, piece.size - size);
		if (reader->partial_size == PAIR_SIZE) {
			reader->partial_size = 0;
			r = take_pair(reader, &reader->partial);
		}
	}
	return r;
}

int pairs_reader_finish(struct pairs_reader *reader, uint64_t *ret_count, struct hash *ret_root)
{
	if (reader->partial_size > 0)
		return ERROR_SYNTAX;
	*ret_count = reader->edge.size;
	edge_root(&reader->edge, ret_root);
	return OK;
}

/* --- the path of one ------------------------------------------------------------------- */

/* A tree falls into the leaf whose path is wanted and the subtrees beside its path. In the
 * order of the leaves, their roots are computed one after the other, and each is put in its
 * place of the path. */
struct path_ranges {
	size_t count;
	struct {
		uint64_t begin, end;
		size_t place; /* in the path, from the leaf up */
	} ranges[RANGES_MAXIMUM];
};

static void find_ranges(uint64_t index, uint64_t size, struct path_ranges *ret_ranges)
{
	uint64_t begins[RANGES_MAXIMUM], ends[RANGES_MAXIMUM];
	uint64_t begin = 0, end = size;
	size_t depth = 0;

	ret_ranges->count = 0;
	while (end - begin > 1) {
		uint64_t left = 1;

		while (left * 2 < end - begin)
			left *= 2;
		if (index < begin + left) {
			begins[depth] = begin + left;
			ends[depth] = end;
			end = begin + left;
		} else {
			begins[depth] = begin;
			ends[depth] = begin + left;
			begin += left;
		}
		depth++;
	}
	/* What is left of the leaf lies in the order of descent, what is right of it in the
	 * opposite one. */
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < depth; i++) {
			size_t level = pass == 0 ? i : depth - 1 - i;
			size_t at = ret_ranges->count;

			if ((begins[level] < index) != (pass == 0))
				continue;
			ret_ranges->ranges[at].begin = begins[level];
			ret_ranges->ranges[at].end = ends[level];
			ret_ranges->ranges[at].place = depth - 1 - level;
			ret_ranges->count++;
		}
}

struct path_taker {
	struct path_ranges ranges;
	size_t range; /* the one in which the next leaves are, or before which they are */
	struct edge edge;
	struct tree_proof path;
};

static int take_leaf(struct path_taker *taker, struct sha256_stream *stream, uint64_t index,
                     const struct hash *leaf)
{
	size_t range = taker->range;
	int r;

	if (range == taker->ranges.count || index < taker->ranges.ranges[range].begin)
		return OK; /* the leaf whose path it is */
	if ((r = edge_append_with(&taker->edge, stream, leaf)) != OK)
		return r;
	if (index + 1 == taker->ranges.ranges[range].end) {
		edge_root(&taker->edge, &taker->path.hashes[taker->ranges.ranges[range].place]);
		edge_init(&taker->edge);
		taker->range++;
	}
	return OK;
}

/* --- a source of pairs ------------------------------------------------------------------ */

/* Hands over pairs that are in order, and of each its leaf. */
static int each_pair(const struct byte_source *pairs, uint64_t count, struct pairs_reader *reader,
                     struct path_taker *taker)
{
	uint8_t *piece;
	int r = OK;

	if (count > CLASS_PAIRS_MAXIMUM)
		return ERROR_LIMIT;
	if ((piece = allocate(PAIRS_AT_ONCE, PAIR_SIZE)) == NULL)
		return ERROR_MEMORY;
	for (uint64_t done = 0; r == OK && done < count;) {
		uint64_t left = count - done;
		size_t some = left < PAIRS_AT_ONCE ? (size_t)left : PAIRS_AT_ONCE;

		r = pairs->read(pairs->context, done * PAIR_SIZE, piece, some * PAIR_SIZE);
		if (r == OK && taker == NULL)
			r = pairs_reader_update(reader, bytes_of(piece, some * PAIR_SIZE));
		for (size_t i = 0; r == OK && taker != NULL && i < some; i++) {
			struct hash leaf;

			tree_hash_leaf_with(&reader->stream,
			                    bytes_of(piece + i * PAIR_SIZE, PAIR_SIZE), &leaf);
			r = take_leaf(taker, &reader->stream, done + i, &leaf);
		}
		done += some;
	}
	release_memory(piece);
	return r;
}

int pairs_root(const struct byte_source *pairs, uint64_t count, struct hash *ret_root)
{
	struct pairs_reader reader;
	uint64_t read;
	int r;

	if ((r = pairs_reader_init(&reader)) != OK)
		return r;
	if ((r = each_pair(pairs, count, &reader, NULL)) == OK)
		r = pairs_reader_finish(&reader, &read, ret_root);
	pairs_reader_release(&reader);
	return r;
}

int pairs_find(const struct byte_source *pairs, uint64_t count, const uint8_t tag[PAIR_TAG_SIZE],
               uint64_t *ret_index, struct pair *ret_pair)
{
	uint64_t begin = 0, end = count;
	int r;

	if (count > CLASS_PAIRS_MAXIMUM)
		return ERROR_LIMIT;
	while (begin < end) {
		uint64_t middle = begin + (end - begin) / 2;
		struct pair pair;
		int order;

		if ((r = pairs->read(pairs->context, middle * PAIR_SIZE, pair.bytes, PAIR_SIZE)) !=
		    OK)
			return r;
		if ((order = memcmp(tag, pair.bytes, PAIR_TAG_SIZE)) == 0) {
			*ret_index = middle;
			*ret_pair = pair;
			return OK;
		}
		if (order < 0)
			end = middle;
		else
			begin = middle + 1;
	}
	return ERROR_NOT_FOUND;
}

int pairs_path(const struct byte_source *pairs, uint64_t count, uint64_t index,
               struct tree_proof *ret_path)
{
	struct path_taker taker = { .range = 0 };
	struct pairs_reader reader;
	int r;

	if (index >= count || count > CLASS_PAIRS_MAXIMUM)
		return ERROR_LIMIT;
	find_ranges(index, count, &taker.ranges);
	taker.path.count = taker.ranges.count;
	edge_init(&taker.edge);
	if ((r = pairs_reader_init(&reader)) != OK)
		return r;
	r = each_pair(pairs, count, &reader, &taker);
	pairs_reader_release(&reader);
	if (r == OK)
		*ret_path = taker.path;
	return r;
}
