/* From the identifiers of a class to its pairs (pairs.h), in several threads and in the same
 * memory however many there are.
 *
 *     identifier -> input -> group element -> [evaluated elsewhere] -> value -> pair
 *
 * Each thread takes a batch of identifiers, hashes them to the group, has them evaluated by
 * who has the key, makes the pairs and gives them to the sorter. While one waits for
 * evaluations, the others hash. Then decoys are added, up to pair_padded_count, and
 * all are merged in order into a file.
 *
 * Of an identifier that is given more than once only one pair is made: that with the higher
 * criticality, else the stronger protection, else the first (list_entry_outranks, where
 * entries come in the order of their ids). */
#ifndef PAIRS_BUILDER_H
#define PAIRS_BUILDER_H

#include "pair.h"

enum {
	PAIRS_BATCH = 2000, /* identifiers that are evaluated at once, at most */
	PAIRS_THREADS_MAXIMUM = 8
};

/* What is to be built; borrowed. Results other than OK of the functions end the work and are
 * passed on. */
struct pairs_building {
	enum identifier_class identifier_class;
	uint64_t pairs_maximum;             /* decoys included; at most CLASS_PAIRS_MAXIMUM */
	unsigned threads;                   /* 1 to PAIRS_THREADS_MAXIMUM */
	const struct random_source *random; /* for decoys */

	/* Gives the next identifier, in canonical form and valid until the next call, and its
	 * label; ERROR_NOT_FOUND after the last. Called in one thread at a time. */
	void *identifiers;
	int (*next)(void *identifiers, struct bytes *ret_identifier, struct pair_label *ret_label,
	            struct error *error);

	/* Evaluates `count` elements, at most PAIRS_BATCH. Called in many threads at once, in
	 * each with its own number below `threads`. */
	void *evaluator;
	int (*evaluate)(void *evaluator, unsigned thread, const struct oprf_element *elements,
	                size_t count, struct oprf_element *ret_evaluated, struct error *error);

	/* Told now and then, in the caller's thread, how many identifiers are done; what it
	 * returns other than OK ends the work. May be NULL. */
	void *watcher;
	int (*progress)(void *watcher, uint64_t done, struct error *error);
};

struct pairs_built {
	int fd;               /* the pairs, in a file without a name; the caller closes it */
	uint64_t pairs;       /* in it; 0: there was no identifier */
	uint64_t identifiers; /* different ones */
	uint64_t duplicates;  /* that were left out */
	struct hash root;
};

/* ERROR_LIMIT with a sentence: more identifiers than may be; ERROR_MEMORY, ERROR_IO,
 * ERROR_RANDOM, and the results of the functions. */
int pairs_build(const struct pairs_building *building, struct pairs_built *ret_built,
                struct error *error);

#endif
