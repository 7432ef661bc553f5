#include "match_proof.h"

#include "allocate.h"
#include "encoding.h"
#include "sha.h"
#include "text_values.h"

static const char format_line[] = "chirograph.match/1";

static const char *const shown_names[MATCH_SHOWN_COUNT] = {
	[MATCH_SHOWS_HIT] = "hit",
	[MATCH_SHOWS_LABEL_UNOPENABLE] = "label-unopenable",
	[MATCH_SHOWS_WRONG_EVALUATION] = "wrong-evaluation",
	[MATCH_SHOWS_WRONG_ANSWER] = "wrong-answer",
	[MATCH_SHOWS_REFUSED] = "refused-within-budget",
	[MATCH_SHOWS_BODY_DIFFERS] = "body-differs",
};

const char *match_shown_name(enum match_shown shown)
{
	return shown_names[shown];
}

/* --- reading ------------------------------------------------------------------------ */

struct reading {
	struct text_reader reader;
	const struct charter *charter;
	struct match_proof *proof;
	struct error *error;
};

static int refuse(struct reading *reading, int code, const char *what)
{
	return error_set_line(reading->error, code, reading->reader.number, "%s", what);
}

static int take_shown(struct reading *reading)
{
	struct bytes value;
	int r = text_reader_required(&reading->reader, "shows", &value, reading->error);

	for (unsigned i = 0; r == OK && i < MATCH_SHOWN_COUNT; i++)
		if (bytes_equal_string(value, shown_names[i])) {
			reading->proof->shown = (enum match_shown)i;
			return OK;
		}
	return r == OK ? refuse(reading, ERROR_UNSUPPORTED, "nothing of the kind can be shown") : r;
}

/* `north 7` */
static int take_place(struct reading *reading, const char *key, struct act_place *ret_place)
{
	struct bytes value, words[2];
	uint64_t number;
	size_t count;
	int party, r;

	if ((r = text_reader_required(&reading->reader, key, &value, reading->error)) != OK)
		return r;
	if (text_words(value, words, 2, &count) != OK || count != 2 ||
	    (party = charter_party_index(reading->charter, words[0])) < 0 ||
	    text_parse_number(words[1], TREE_SIZE_MAXIMUM, &number) != OK)
		return refuse(reading, ERROR_SYNTAX,
		              "an act is a party of the charter and a number");
	*ret_place = (struct act_place){ (unsigned)party, number };
	return OK;
}

static int take_bytes(struct reading *reading, const char *key, void *ret_bytes, size_t size)
{
	struct bytes value;
	int r = text_reader_required(&reading->reader, key, &value, reading->error);

	if (r == OK && (r = base64_decode_fixed(value, ret_bytes, size)) != OK)
		refuse(reading, r, "the value is not base64 of so many bytes as it should have");
	return r;
}

/* Base64 of at most `maximum` bytes. */
static int take_sized(struct reading *reading, const char *key, void *ret_bytes, size_t maximum,
                      size_t *ret_size)
{
	struct buffer decoded;
	struct bytes value;
	int r = text_reader_required(&reading->reader, key, &value, reading->error);

	if (r != OK)
		return r;
	buffer_init(&decoded, maximum);
	if ((r = base64_decode(&decoded, value, BASE64_PADDED)) != OK) {
		refuse(reading, r, "the value is no base64, or it is too long");
	} else {
		memcpy(ret_bytes, decoded.data, decoded.size);
		*ret_size = decoded.size;
	}
	buffer_release(&decoded);
	return r;
}

static int take_path(struct reading *reading)
{
	struct tree_proof *path = &reading->proof->path;
	int r;

	while (next_key_is(&reading->reader, "path")) {
		if (path->count == TREE_PROOF_MAXIMUM)
			return refuse(reading, ERROR_LIMIT, "the path is longer than any is");
		if ((r = take_bytes(reading, "path", path->hashes[path->count].bytes, HASH_SIZE)) !=
		    OK)
			return r;
		path->count++;
	}
	return OK;
}

static int take_identifier(struct reading *reading)
{
	struct identifier *identifier = &reading->proof->identifier;
	struct bytes value;
	int r = text_reader_required(&reading->reader, "identifier", &value, reading->error);

	if (r != OK)
		return r;
	identifier->identifier_class = reading->proof->identifier_class;
	if ((r = identifier_check(identifier->identifier_class, value)) != OK ||
	    (r = bytes_to_string(value, identifier->text, sizeof(identifier->text))) != OK)
		return refuse(reading, r, "it is no identifier of this class in its one spelling");
	identifier->size = value.size;
	return OK;
}

static int take_hit(struct reading *reading)
{
	struct match_proof *proof = reading->proof;
	int r;

	if ((r = take_identifier(reading)) != OK ||
	    (r = take_bytes(reading, "blind", proof->blind.bytes, OPRF_SCALAR_SIZE)) != OK ||
	    (r = take_bytes(reading, "evaluated", proof->evaluation.element.bytes,
	                    OPRF_ELEMENT_SIZE)) != OK ||
	    (r = take_bytes(reading, "proof", proof->evaluation.proof.bytes, OPRF_PROOF_SIZE)) !=
	        OK ||
	    (r = take_bytes(reading, "pair", proof->pair.bytes, PAIR_SIZE)) != OK ||
	    (r = take_number(&reading->reader, "index", 0, CLASS_PAIRS_MAXIMUM, &proof->index,
	                     reading->error)) != OK)
		return r;
	return take_path(reading);
}

static int take_signed(struct reading *reading, const char *key, const char *signature_key,
                       struct match_signed *statement)
{
	int r = take_sized(reading, key, statement->text, sizeof(statement->text),
	                   &statement->size);

	return r == OK ? take_sized(reading, signature_key, statement->signature,
	                            sizeof(statement->signature), &statement->signature_size)
	               : r;
}

static int take_statements(struct reading *reading)
{
	struct match_proof *proof = reading->proof;
	int r = take_signed(reading, "question", "question-signature", &proof->question);

	return r == OK ? take_signed(reading, "answer", "answer-signature", &proof->answer) : r;
}

static int take_elements(struct reading *reading)
{
	struct match_proof *proof = reading->proof;
	uint8_t both[EXCHANGE_EVALUATION_SIZE];
	int r = OK;

	while (r == OK && next_key_is(&reading->reader, "blinded")) {
		if (proof->element_count == EXCHANGE_ELEMENTS_MAXIMUM)
			return refuse(reading, ERROR_LIMIT,
			              "there are more elements than a question has");
		r = take_bytes(reading, "blinded", proof->blinded[proof->element_count++].bytes,
		               OPRF_ELEMENT_SIZE);
	}
	for (size_t i = 0; r == OK && i < proof->element_count; i++) {
		if ((r = take_bytes(reading, "evaluated", both, sizeof(both))) != OK)
			break;
		memcpy(proof->evaluated[i].element.bytes, both, OPRF_ELEMENT_SIZE);
		memcpy(proof->evaluated[i].proof.bytes, both + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
	}
	return r;
}

static int take_wrong_evaluation(struct reading *reading)
{
	struct match_proof *proof = reading->proof;
	uint64_t element;
	int r;

	proof->by_acts = next_key_is(&reading->reader, "query");
	if (proof->by_acts) {
		if ((r = take_place(reading, "query", &proof->query)) == OK)
			r = take_place(reading, "reply", &proof->reply);
	} else {
		r = take_statements(reading);
	}
	if (r != OK || (r = take_number(&reading->reader, "element", 1, EXCHANGE_ELEMENTS_MAXIMUM,
	                                &element, reading->error)) != OK)
		return r;
	proof->element = (size_t)element;
	if (proof->by_acts || (r = take_elements(reading)) != OK)
		return r;
	return proof->element <= proof->element_count
	           ? OK
	           : refuse(reading, ERROR_LIMIT, "the element is not among those that are here");
}

static int take_beginning(struct reading *reading)
{
	struct match_proof *proof = reading->proof;
	struct bytes value;
	int r;

	if ((r = text_reader_expect(&reading->reader, format_line, reading->error)) != OK ||
	    (r = take_shown(reading)) != OK ||
	    (r = take_place(reading, "list", &proof->list)) != OK ||
	    (r = take_place(reading, "version", &proof->version)) != OK ||
	    (r = text_reader_required(&reading->reader, "class", &value, reading->error)) != OK)
		return r;
	if (!identifier_class_named(value, &proof->identifier_class))
		return refuse(reading, ERROR_SYNTAX, "there is no such class");
	if (proof->list.party != proof->version.party)
		return refuse(reading, ERROR_MISMATCH, "a list and its versions are of one party");
	return take_number(&reading->reader, "epoch", 1, NUMBER_MAXIMUM, &proof->epoch,
	                   reading->error);
}

static int take_all(struct reading *reading)
{
	static int (*const rest[MATCH_SHOWN_COUNT])(struct reading * reading) = {
		[MATCH_SHOWS_HIT] = take_hit,
		[MATCH_SHOWS_LABEL_UNOPENABLE] = take_hit,
		[MATCH_SHOWS_WRONG_EVALUATION] = take_wrong_evaluation,
		[MATCH_SHOWS_WRONG_ANSWER] = take_statements,
		[MATCH_SHOWS_REFUSED] = take_statements,
	};
	int r = take_beginning(reading);

	if (r == OK && rest[reading->proof->shown] != NULL)
		r = rest[reading->proof->shown](reading);
	return r == OK ? expect_end(&reading->reader, reading->error) : r;
}

int match_proof_parse(struct bytes text, const struct charter *charter,
                      struct match_proof *ret_proof, struct error *error)
{
	struct reading reading = { .charter = charter, .error = error };
	struct buffer again;
	int r;

	if (text.size > MATCH_PROOF_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the text is too long");
	if ((r = text_check(text, error)) != OK)
		return r;
	if ((reading.proof = allocate(1, sizeof(*reading.proof))) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	buffer_init(&again, MATCH_PROOF_MAXIMUM);
	text_reader_init(&reading.reader, text);
	if ((r = take_all(&reading)) == OK &&
	    (r = match_proof_print(reading.proof, charter, &again)) != OK)
		error_set(error, r, "the text cannot be compared");
	else if (r == OK)
		r = compare_with_print(text, buffer_view(&again), error);
	if (r == OK)
		*ret_proof = *reading.proof;
	buffer_release(&again);
	release_memory(reading.proof);
	return r;
}

/* --- writing ------------------------------------------------------------------------ */

static int put_place(const struct charter *charter, const char *key, struct act_place place,
                     struct buffer *buffer)
{
	return buffer_put_format(buffer, "%s %s %llu\n", key, charter->parties[place.party].id,
	                         (unsigned long long)place.number);
}

static int put_base64(const char *key, const void *data, size_t size, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_format(buffer, "%s ", key)) != OK ||
	    (r = base64_encode(buffer, bytes_of(data, size), BASE64_PADDED)) != OK)
		return r;
	return buffer_put_u8(buffer, '\n');
}

static int put_hit(const struct match_proof *proof, struct buffer *buffer)
{
	int r;

	if ((r = text_put(buffer, "identifier", identifier_view(&proof->identifier))) != OK ||
	    (r = put_base64("blind", proof->blind.bytes, OPRF_SCALAR_SIZE, buffer)) != OK ||
	    (r = put_base64("evaluated", proof->evaluation.element.bytes, OPRF_ELEMENT_SIZE,
	                    buffer)) != OK ||
	    (r = put_base64("proof", proof->evaluation.proof.bytes, OPRF_PROOF_SIZE, buffer)) !=
	        OK ||
	    (r = put_base64("pair", proof->pair.bytes, PAIR_SIZE, buffer)) != OK ||
	    (r = text_put_number(buffer, "index", proof->index)) != OK)
		return r;
	for (size_t i = 0; i < proof->path.count && r == OK; i++)
		r = put_base64("path", proof->path.hashes[i].bytes, HASH_SIZE, buffer);
	return r;
}

static int put_statements(const struct match_proof *proof, struct buffer *buffer)
{
	const struct match_signed *question = &proof->question, *answer = &proof->answer;
	int r;

	if ((r = put_base64("question", question->text, question->size, buffer)) != OK ||
	    (r = put_base64("question-signature", question->signature, question->signature_size,
	                    buffer)) != OK ||
	    (r = put_base64("answer", answer->text, answer->size, buffer)) != OK)
		return r;
	return put_base64("answer-signature", answer->signature, answer->signature_size, buffer);
}

static int put_elements(const struct match_proof *proof, struct buffer *buffer)
{
	uint8_t both[EXCHANGE_EVALUATION_SIZE];
	int r = OK;

	for (size_t i = 0; i < proof->element_count && r == OK; i++)
		r = put_base64("blinded", proof->blinded[i].bytes, OPRF_ELEMENT_SIZE, buffer);
	for (size_t i = 0; i < proof->element_count && r == OK; i++) {
		memcpy(both, proof->evaluated[i].element.bytes, OPRF_ELEMENT_SIZE);
		memcpy(both + OPRF_ELEMENT_SIZE, proof->evaluated[i].proof.bytes, OPRF_PROOF_SIZE);
		r = put_base64("evaluated", both, sizeof(both), buffer);
	}
	return r;
}

static int put_wrong_evaluation(const struct match_proof *proof, const struct charter *charter,
                                struct buffer *buffer)
{
	int r;

	if (proof->by_acts) {
		if ((r = put_place(charter, "query", proof->query, buffer)) == OK)
			r = put_place(charter, "reply", proof->reply, buffer);
	} else {
		r = put_statements(proof, buffer);
	}
	if (r != OK || (r = text_put_number(buffer, "element", proof->element)) != OK)
		return r;
	return proof->by_acts ? OK : put_elements(proof, buffer);
}

int match_proof_print(const struct match_proof *proof, const struct charter *charter,
                      struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_format(buffer, "%s\nshows %s\n", format_line,
	                           shown_names[proof->shown])) != OK ||
	    (r = put_place(charter, "list", proof->list, buffer)) != OK ||
	    (r = put_place(charter, "version", proof->version, buffer)) != OK ||
	    (r = text_put_string(buffer, "class",
	                         identifier_class_name(proof->identifier_class))) != OK ||
	    (r = text_put_number(buffer, "epoch", proof->epoch)) != OK)
		return r;
	switch (proof->shown) {
	case MATCH_SHOWS_HIT:
	case MATCH_SHOWS_LABEL_UNOPENABLE:
		return put_hit(proof, buffer);
	case MATCH_SHOWS_WRONG_EVALUATION:
		return put_wrong_evaluation(proof, charter, buffer);
	case MATCH_SHOWS_WRONG_ANSWER:
	case MATCH_SHOWS_REFUSED:
		return put_statements(proof, buffer);
	default:
		return OK;
	}
}

/* --- what it comes to ------------------------------------------------------------------ */

static struct oprf_element public_key_of(const struct class_commitment *commitment)
{
	struct oprf_element key;

	_Static_assert((int)CLASS_KEY_SIZE == (int)OPRF_ELEMENT_SIZE, "a public key is an element");
	memcpy(key.bytes, commitment->public_key, OPRF_ELEMENT_SIZE);
	return key;
}

int match_evaluation_check(const struct class_commitment *commitment,
                           const struct oprf_element *blinded,
                           const struct match_evaluation *evaluation)
{
	const struct oprf_element key = public_key_of(commitment);

	return oprf_verify(&key, blinded, &evaluation->element, &evaluation->proof);
}

/* The function's value at the identifier, once its proof is checked. */
static int evaluate(const struct match_proof *proof, const struct class_commitment *commitment,
                    struct oprf_output *ret_output, struct error *error)
{
	uint8_t text[PAIR_INPUT_MAXIMUM];
	struct oprf_element blinded;
	struct bytes input;
	size_t size;
	int r;

	if ((r = pair_input(proof->identifier_class, identifier_view(&proof->identifier), text,
	                    &size)) != OK)
		return error_set(error, r, "the identifier is too long");
	input = bytes_of(text, size);
	if ((r = oprf_blind_with(OPRF_MODE_VOPRF, input, &proof->blind, &blinded)) != OK)
		return error_set(error, ERROR_CANONICAL, "the blind is none");
	if (match_evaluation_check(commitment, &blinded, &proof->evaluation) != OK)
		return error_set(
		    error, ERROR_MISMATCH,
		    "the proof does not hold under the key that the owner committed to");
	if ((r = oprf_finalize(input, &proof->blind, &proof->evaluation.element, ret_output)) != OK)
		return error_set(error, ERROR_CANONICAL, "the evaluation is none");
	return OK;
}

int match_proof_open(const struct match_proof *proof, const struct class_commitment *commitment,
                     struct pair_label *ret_label, struct error *error)
{
	struct oprf_output output;
	struct hash leaf;
	int r;

	if ((r = evaluate(proof, commitment, &output, error)) != OK)
		return r;
	tree_hash_leaf(bytes_of(proof->pair.bytes, PAIR_SIZE), &leaf);
	if (inclusion_verify(proof->index, commitment->pairs, &leaf, &proof->path,
	                     &commitment->root) != OK)
		r = error_set(error, ERROR_MISMATCH,
		              "the pair is not among those that the owner committed to");
	else if ((r = pair_open(&output, &proof->pair, ret_label)) == ERROR_MISMATCH)
		error_set(error, r, "the pair is that of another identifier");
	else if (r != OK)
		error_set(error, r, "what the owner committed to as its label is none");
	wipe(&output, sizeof(output));
	return r;
}

/* Both are of this list, class and version, and one answers the other. */
static bool is_of(const struct match_proof *proof, const struct hash *channel,
                  const struct hash *list, const struct exchange_statement *question)
{
	return hash_equal(&question->channel, channel) && hash_equal(&question->list, list) &&
	       question->identifier_class == proof->identifier_class &&
	       question->epoch == proof->epoch;
}

int match_proof_statements(const struct match_proof *proof, const struct hash *channel,
                           const struct hash *list, struct exchange_statement *ret_question,
                           struct exchange_statement *ret_answer, struct error *error)
{
	struct bytes texts[] = { bytes_of(proof->question.text, proof->question.size),
		                 bytes_of(proof->answer.text, proof->answer.size) };
	struct exchange_statement question, answer;
	struct hash hash;
	int r;

	if ((r = exchange_parse(texts[0], &question, error)) != OK ||
	    (r = exchange_parse(texts[1], &answer, error)) != OK)
		return r;
	sha256_of(&hash, texts[0]);
	if (question.step != EXCHANGE_QUESTION || answer.step != EXCHANGE_ANSWER ||
	    !hash_equal(&answer.previous, &hash))
		return error_set(error, ERROR_MISMATCH, "the answer is to another question");
	if (!is_of(proof, channel, list, &question))
		return error_set(error, ERROR_MISMATCH,
		                 "the question is of another list, class or version");
	*ret_question = question;
	*ret_answer = answer;
	return OK;
}

int match_proof_elements(const struct match_proof *proof, const struct exchange_statement *question,
                         const struct exchange_statement *answer, struct error *error)
{
	struct hash blinded, evaluated;

	_Static_assert(sizeof(proof->blinded[0]) == OPRF_ELEMENT_SIZE,
	               "elements lie close together");
	_Static_assert(sizeof(proof->evaluated[0]) == EXCHANGE_EVALUATION_SIZE,
	               "evaluations lie close together");
	sha256_of(&blinded, bytes_of(proof->blinded, proof->element_count * OPRF_ELEMENT_SIZE));
	sha256_of(&evaluated,
	          bytes_of(proof->evaluated, proof->element_count * EXCHANGE_EVALUATION_SIZE));
	return question->elements == proof->element_count &&
	               answer->elements == proof->element_count &&
	               hash_equal(&question->content, &blinded) &&
	               hash_equal(&answer->content, &evaluated)
	           ? OK
	           : error_set(error, ERROR_MISMATCH,
	                       "the elements are not those that the statements name");
}
