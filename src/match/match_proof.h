/* What somebody shows to others of a match-only list: the file match.txt of a bundle (see
 * bundle_match.h, doc/PROTOCOL.match).
 *
 *     chirograph.match/1
 *     shows hit
 *     list north 5                  the list's opening act
 *     version north 9               the act whose commitment counts: list or update-list
 *     class domain
 *     epoch 2
 *
 * and then, for `hit` and `label-unopenable`,
 *
 *     identifier pump.example
 *     blind <base64>
 *     evaluated <base64>            the evaluated element, and its proof
 *     proof <base64>
 *     pair <base64>                 with the tag of that identifier
 *     index 17                      its place among the pairs, and the path to their root
 *     path <base64>                 as many as there are
 *
 * for `wrong-evaluation` what the owner's node has signed,
 *
 *     question <base64>             the statements of exchange.h, each with its SSHSIG
 *     question-signature <base64>
 *     answer <base64>
 *     answer-signature <base64>
 *     element 3                     the one that is wrong, from 1
 *     blinded <base64>              every element of the question,
 *     evaluated <base64>            and of the answer, each with its proof
 *
 * or two acts that are in the bundle,
 *
 *     query south 12
 *     reply north 20
 *     element 3
 *
 * for `wrong-answer` and `refused-within-budget` the four lines of the statements, and for
 * `body-differs` nothing.
 *
 * One spelling each. Who made it chose what to show; it is judged from what is in it, from the
 * commitment and from the entries beside it. The functions below do the first two; pure.
 */
#ifndef MATCH_PROOF_H
#define MATCH_PROOF_H

#include "class_commitment.h"
#include "exchange.h"
#include "identifier.h"
#include "pair.h"
#include "rules.h"

enum match_shown {
	MATCH_SHOWS_HIT,              /* the identifier is on the list, with this label */
	MATCH_SHOWS_LABEL_UNOPENABLE, /* it is, and what is committed to as its label is none */
	MATCH_SHOWS_WRONG_EVALUATION, /* an answer is not evaluated by the committed key */
	MATCH_SHOWS_WRONG_ANSWER,     /* an answer's statement contradicts its question's */
	MATCH_SHOWS_REFUSED,          /* refused by a budget that sufficed */
	MATCH_SHOWS_BODY_DIFFERS,     /* the pairs in the body are not those committed to */
	MATCH_SHOWN_COUNT
};
/* "hit", "label-unopenable", "wrong-evaluation", "wrong-answer", "refused-within-budget",
 * "body-differs". */
const char *match_shown_name(enum match_shown shown);

enum {
	MATCH_PROOF_MAXIMUM = 256 * 1024,
	MATCH_SIGNATURE_MAXIMUM = 512 /* bytes of a node's SSHSIG */
};

struct match_evaluation {
	struct oprf_element element;
	struct oprf_proof proof;
};

/* What is signed: the statement's text and its signature. */
struct match_signed {
	size_t size, signature_size;
	uint8_t text[EXCHANGE_STATEMENT_MAXIMUM];
	uint8_t signature[MATCH_SIGNATURE_MAXIMUM];
};

struct match_proof {
	enum match_shown shown;
	struct act_place list, version;
	enum identifier_class identifier_class;
	uint64_t epoch;
	/* Of a hit and its label: */
	struct identifier identifier;
	struct oprf_scalar blind;
	struct match_evaluation evaluation;
	struct pair pair;
	uint64_t index;
	struct tree_proof path;
	/* Of an answer: */
	bool by_acts; /* query and reply, not statements */
	struct act_place query, reply;
	struct match_signed question, answer;
	size_t element; /* from 1 */
	size_t element_count;
	struct oprf_element blinded[EXCHANGE_ELEMENTS_MAXIMUM];
	struct match_evaluation evaluated[EXCHANGE_ELEMENTS_MAXIMUM];
};

/* Reads it in its one spelling. It is large: not for the stack of a thread. ERROR_SYNTAX,
 * ERROR_CANONICAL, ERROR_LIMIT. */
int match_proof_parse(struct bytes text, const struct charter *charter,
                      struct match_proof *ret_proof, struct error *error);
/* Appends the text. */
int match_proof_print(const struct match_proof *proof, const struct charter *charter,
                      struct buffer *buffer);

/* Whether the identifier is on the list that `commitment` is of: the proof holds, and the pair
 * with its tag is among those committed to. OK: with its label; ERROR_SIGNATURE, ERROR_SYNTAX:
 * it is, and what stands there as its label is none (pair_open); any other result, with a
 * sentence: that is not shown. */
int match_proof_open(const struct match_proof *proof, const struct class_commitment *commitment,
                     struct pair_label *ret_label, struct error *error);

/* Whether an element, which must be one, was evaluated by the key committed to. OK: it was. */
int match_evaluation_check(const struct class_commitment *commitment,
                           const struct oprf_element *blinded,
                           const struct match_evaluation *evaluation);

/* The statements: read, of the same list, class and epoch, and the answer to this question.
 * `list` is the leaf hash of the list's opening act. Whether they fit one another is not asked;
 * signatures are for the caller. ERROR_MISMATCH and those of exchange_parse. */
int match_proof_statements(const struct match_proof *proof, const struct hash *channel,
                           const struct hash *list, struct exchange_statement *ret_question,
                           struct exchange_statement *ret_answer, struct error *error);

/* Whether the elements that are shown are those of the statements. ERROR_MISMATCH. */
int match_proof_elements(const struct match_proof *proof, const struct exchange_statement *question,
                         const struct exchange_statement *answer, struct error *error);

#endif
