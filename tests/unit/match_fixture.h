/* A match-only list of a few domains, as its owner makes it, and what somebody who asks gets. */
#ifndef MATCH_FIXTURE_H
#define MATCH_FIXTURE_H

#include <stdlib.h>

#include "act_fixture.h"
#include "allocate.h"
#include "match_proof.h"
#include "memory_tree.h"
#include "sha.h"

enum { MATCH_FIXTURE_NAMES = 20, MATCH_FIXTURE_PAIRS = 64 };

struct match_fixture {
	struct oprf_scalar key;
	struct oprf_element public_key;
	struct pair pairs[MATCH_FIXTURE_PAIRS];
	struct memory_tree tree;
	struct class_commitment commitment;
	uint64_t nonce; /* makes blinds differ */
};

/* Random enough: SHA-512 of a counter. */
static inline int match_fixture_fill(void *context, void *bytes, size_t size)
{
	struct match_fixture *f = context;
	uint8_t digest[SHA512_SIZE], *place = bytes;

	while (size > 0) {
		const struct bytes piece = bytes_of(&f->nonce, sizeof(f->nonce));
		size_t part = size < sizeof(digest) ? size : sizeof(digest);

		f->nonce++;
		sha512(digest, &piece, 1);
		memcpy(place, digest, part);
		place += part;
		size -= part;
	}
	return OK;
}

static inline struct random_source match_fixture_random(struct match_fixture *f)
{
	return (struct random_source){ .context = f, .fill = match_fixture_fill };
}

static inline struct identifier match_fixture_name(unsigned index)
{
	struct identifier identifier = { .identifier_class = IDENTIFIER_DOMAIN };

	snprintf(identifier.text, sizeof(identifier.text), "pump%u.example", index);
	identifier.size = strlen(identifier.text);
	return identifier;
}

static inline struct pair_label match_fixture_label(unsigned index)
{
	return (struct pair_label){ .protection = (enum protection)(index % PROTECTION_COUNT),
		                    .criticality = (uint8_t)(index % 4),
		                    .sector = (uint8_t)index,
		                    .contact = (uint8_t)(index % 3) };
}

/* The function's value, as the owner computes it. */
static inline struct oprf_output match_fixture_output(const struct match_fixture *f,
                                                      const struct identifier *identifier)
{
	struct oprf_element element, evaluated;
	uint8_t text[PAIR_INPUT_MAXIMUM];
	struct oprf_output output;
	size_t size;

	assert_ok(
	    pair_input(identifier->identifier_class, identifier_view(identifier), text, &size));
	assert_ok(oprf_hash_to_group(OPRF_MODE_VOPRF, bytes_of(text, size), &element));
	assert_ok(oprf_evaluate(&f->key, &element, &evaluated));
	assert_ok(oprf_finalize_unblinded(bytes_of(text, size), &evaluated, &output));
	return output;
}

static inline int match_fixture_compare(const void *a, const void *b)
{
	return memcmp(a, b, PAIR_SIZE);
}

/* Sorts the pairs and commits to them. */
static inline void match_fixture_commit(struct match_fixture *f)
{
	struct tree_reader reader = memory_tree_reader(&f->tree);

	qsort(f->pairs, MATCH_FIXTURE_PAIRS, sizeof(*f->pairs), match_fixture_compare);
	memory_tree_release(&f->tree);
	memory_tree_init(&f->tree);
	for (size_t i = 0; i < MATCH_FIXTURE_PAIRS; i++) {
		struct hash leaf;

		tree_hash_leaf(bytes_of(f->pairs[i].bytes, PAIR_SIZE), &leaf);
		assert_ok(memory_tree_append(&f->tree, &leaf));
	}
	f->commitment = (struct class_commitment){ .pairs = MATCH_FIXTURE_PAIRS };
	memcpy(f->commitment.public_key, f->public_key.bytes, CLASS_KEY_SIZE);
	assert_ok(tree_reader_root(&reader, MATCH_FIXTURE_PAIRS, &f->commitment.root));
}

static inline void match_fixture_init(struct match_fixture *f)
{
	const struct random_source random = match_fixture_random(f);

	*f = (struct match_fixture){ .nonce = 1 };
	memory_tree_init(&f->tree);
	assert_ok(oprf_generate_key(&random, &f->key, &f->public_key));
	for (unsigned i = 0; i < MATCH_FIXTURE_PAIRS; i++) {
		struct identifier name = match_fixture_name(i);
		struct pair_label label = match_fixture_label(i);
		struct oprf_output output = match_fixture_output(f, &name);

		if (i < MATCH_FIXTURE_NAMES)
			assert_ok(pair_seal(&output, &label, &f->pairs[i]));
		else
			assert_ok(match_fixture_fill(f, f->pairs[i].bytes, PAIR_SIZE));
	}
	match_fixture_commit(f);
}

static inline void match_fixture_release(struct match_fixture *f)
{
	memory_tree_release(&f->tree);
}

/* Who asks blinds an identifier; the owner evaluates and proves. */
static inline void match_fixture_ask(struct match_fixture *f, const struct identifier *identifier,
                                     struct oprf_scalar *ret_blind,
                                     struct oprf_element *ret_blinded,
                                     struct match_evaluation *ret_evaluation)
{
	const struct random_source random = match_fixture_random(f);
	uint8_t text[PAIR_INPUT_MAXIMUM];
	size_t size;

	assert_ok(
	    pair_input(identifier->identifier_class, identifier_view(identifier), text, &size));
	assert_ok(
	    oprf_blind(OPRF_MODE_VOPRF, bytes_of(text, size), &random, ret_blind, ret_blinded));
	assert_ok(oprf_evaluate(&f->key, ret_blinded, &ret_evaluation->element));
	assert_ok(oprf_prove(&f->key, &f->public_key, ret_blinded, &ret_evaluation->element,
	                     &random, &ret_evaluation->proof));
}

/* The place of the pair with the tag of an identifier. */
static inline size_t match_fixture_index(const struct match_fixture *f,
                                         const struct identifier *identifier)
{
	struct oprf_output output = match_fixture_output(f, identifier);
	uint8_t tag[PAIR_TAG_SIZE];

	pair_tag(&output, tag);
	for (size_t i = 0; i < MATCH_FIXTURE_PAIRS; i++)
		if (memcmp(f->pairs[i].bytes, tag, PAIR_TAG_SIZE) == 0)
			return i;
	fail_msg("%s is not on the list", identifier->text);
	return 0;
}

/* What shows that an identifier is on the list, of party 0's entry 5. */
static inline void match_fixture_prove(struct match_fixture *f, unsigned index,
                                       struct match_proof *proof)
{
	struct tree_reader reader = memory_tree_reader(&f->tree);
	struct oprf_element blinded;

	memset(proof, 0, sizeof(*proof));
	proof->shown = MATCH_SHOWS_HIT;
	proof->list = proof->version = (struct act_place){ 0, 5 };
	proof->identifier_class = IDENTIFIER_DOMAIN;
	proof->epoch = 1;
	proof->identifier = match_fixture_name(index);
	match_fixture_ask(f, &proof->identifier, &proof->blind, &blinded, &proof->evaluation);
	proof->index = match_fixture_index(f, &proof->identifier);
	proof->pair = f->pairs[proof->index];
	assert_ok(tree_reader_inclusion(&reader, proof->index, MATCH_FIXTURE_PAIRS, &proof->path));
}

#endif
