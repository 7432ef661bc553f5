#include "asking_answer.h"

#include "encoding.h"
#include "sha.h"
#include "sshsig.h"
#include "translate.h"

/* --- reading the reply ---------------------------------------------------------------------- */

static int malformed(struct error *error)
{
	return error_set(error, ERROR_INTERNAL, _("the node's answer is malformed"));
}

/* Statement and signature, the latter taken out of its armor. */
static int take_signed(const json_t *reply, const char *name, const char *signature,
                       struct match_signed *ret_signed, struct exchange_statement *ret_statement,
                       struct error *error)
{
	struct bytes text = bytes_of_string(member_text(reply, name));
	struct bytes armor = bytes_of_string(member_text(reply, signature));
	struct buffer blob;
	size_t taken;
	int r = OK;

	buffer_init(&blob, MATCH_SIGNATURE_MAXIMUM);
	if (text.size == 0 || text.size > sizeof(ret_signed->text) ||
	    sshsig_dearmor(armor, &blob, &taken, NULL) != OK || taken != armor.size ||
	    exchange_parse(text, ret_statement, NULL) != OK) {
		r = malformed(error);
	} else {
		memcpy(ret_signed->text, text.data, text.size);
		ret_signed->size = text.size;
		memcpy(ret_signed->signature, blob.data, blob.size);
		ret_signed->signature_size = blob.size;
	}
	buffer_release(&blob);
	return r;
}

static int take_evaluations(const json_t *reply, size_t count, struct asking_answer *answer,
                            struct error *error)
{
	struct bytes text = bytes_of_string(member_text(reply, "evaluations"));
	size_t size = count * EXCHANGE_EVALUATION_SIZE;
	struct hash content;

	_Static_assert(sizeof(answer->evaluated[0]) == EXCHANGE_EVALUATION_SIZE,
	               "evaluations lie close together");
	if (base64_decode_fixed(text, answer->evaluated, size) != OK)
		return malformed(error);
	sha256_of(&content, bytes_of(answer->evaluated, size));
	return answer->answered.elements == count && hash_equal(&content, &answer->answered.content)
	           ? OK
	           : malformed(error);
}

/* Whether the node has put this question, and this is the answer to it: what others are to be
 * shown must be about what was asked here. */
static bool is_about(const struct asking_answer *answer, enum identifier_class identifier_class,
                     const struct oprf_element *blinded, size_t count)
{
	struct hash content, question;

	sha256_of(&content, bytes_of(blinded, count * sizeof(*blinded)));
	sha256_of(&question, bytes_of(answer->question.text, answer->question.size));
	return answer->asked.step == EXCHANGE_QUESTION &&
	       answer->answered.step == EXCHANGE_ANSWER &&
	       answer->asked.identifier_class == identifier_class &&
	       answer->asked.elements == count && hash_equal(&answer->asked.content, &content) &&
	       hash_equal(&answer->answered.previous, &question);
}

/* Whether what is signed contradicts itself: by the same that both nodes keep to. */
static bool contradicts(const struct asking_answer *answer, struct error *error)
{
	const struct exchange_state before = { .number = 0 };
	struct exchange_state after;
	struct hash hashes[2];

	sha256_of(&hashes[0], bytes_of(answer->question.text, answer->question.size));
	sha256_of(&hashes[1], bytes_of(answer->answer.text, answer->answer.size));
	return exchange_conclude(&before, &answer->asked, &hashes[0], &answer->answered, &hashes[1],
	                         &after, error) != OK;
}

static int take_reply(const json_t *reply, enum identifier_class identifier_class,
                      const struct oprf_element *blinded, size_t count,
                      struct asking_answer *answer, struct error *error)
{
	int r;

	if ((r = take_signed(reply, "question", "question_signature", &answer->question,
	                     &answer->asked, error)) != OK ||
	    (r = take_signed(reply, "answer", "answer_signature", &answer->answer,
	                     &answer->answered, error)) != OK)
		return r;
	if (!is_about(answer, identifier_class, blinded, count))
		return malformed(error);
	answer->outcome = answer->answered.outcome;
	if ((answer->contradicts = contradicts(answer, error)))
		return OK;
	return answer->outcome == EXCHANGE_EVALUATED ? take_evaluations(reply, count, answer, error)
	                                             : OK;
}

/* --- asking ------------------------------------------------------------------------------- */

int asking_put(struct api *api, const char *channel, const char *list, uint64_t epoch,
               enum identifier_class identifier_class, const struct oprf_element *blinded,
               size_t count, struct asking_answer *ret_answer, struct error *error)
{
	const struct bytes content = bytes_of(blinded, count * sizeof(*blinded));
	json_t *reply = NULL;
	int r;

	ret_answer->nothing_counted = ret_answer->contradicts = false;
	r = api_put(api, "POST", content, &reply, error,
	            "/v1/channels/%s/lists/%s/questions?class=%s&epoch=%llu", channel, list,
	            identifier_class_name(identifier_class), (unsigned long long)epoch);
	/* A refusal of the own node's, which it says before it asks anybody; where it has asked
	 * and knows no answer, it says to wait. */
	if (r != OK)
		ret_answer->nothing_counted = api_last_status(api) != 0 && r != ERROR_WAIT;
	else
		r = take_reply(reply, identifier_class, blinded, count, ret_answer, error);
	json_decref(reply);
	return r;
}

int asking_refusal(const struct asking_answer *answer, struct error *error)
{
	static const struct {
		const char *outcome, *text;
	} sentences[] = {
		{ "budget", N_("REFUSED: by the other side's count the budget does not suffice; "
		               "with --on-record it must say so on record") },
		{ "epoch", N_("REFUSED: the other side has published another version of the list; "
		              "ask again when it is here") },
		{ "retired", N_("REFUSED: the other side has retired the list") },
		{ "day", N_("REFUSED: the other side's clock has another day; see 'chiro clock'") },
	};
	const char *outcome = exchange_outcome_name(answer->outcome);

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strcmp(sentences[i].outcome, outcome) == 0)
			return error_set(error, ERROR_STATE, "%s", _(sentences[i].text));
	return error_set(error, ERROR_STATE, "%s",
	                 _("REFUSED: the other side says that it has lost the key of this "
	                   "version"));
}
