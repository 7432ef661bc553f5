#include "bundle_match.h"

#include "allocate.h"
#include "bundle_findings.h"
#include "encoding.h"
#include "list_text.h"
#include "match_script.h"
#include "pairs_text.h"
#include "sshsig.h"

#define VERDICT_FORMAT "chirograph.match-verdict/1"

enum {
	ENCODED_MAXIMUM = 3000, /* bytes of a field */
	/* After the end of a question's day its owner may still refuse it, and may by then have
	 * taken entries that are ahead of its clock. */
	REFUSAL_TOLERANCE = EXCHANGE_DAY_TOLERANCE + 300
};

struct judging {
	const struct bundle *bundle;
	const struct match_proof *proof;
	const struct bundle_act *list, *version;
	struct class_commitment commitment;
	struct match_finding *finding;
	struct error *error;
};

static int not_shown(const struct judging *judging, const char *what)
{
	return error_set(judging->error, ERROR_STATE, "%s", what);
}

/* --- the acts it rests on -------------------------------------------------------------- */

/* Whether a reference names an act that is here. */
static bool names(const struct act_reference *reference, const struct bundle_act *act)
{
	return strcmp(reference->party, act->entry.act.party) == 0 &&
	       reference->number == act->place.number &&
	       hash_equal(&reference->leaf, &act->entry.leaf);
}

static const struct bundle_act *act_of_kind(const struct judging *judging, struct act_place place,
                                            enum kind_number kind)
{
	const struct bundle_act *act = bundle_act_at(judging->bundle, place);

	return act != NULL && act->entry.act.kind->number == kind &&
	               act->verdict.code == VERDICT_VALID && !act->void_by_word
	           ? act
	           : NULL;
}

static bool has_number(const struct act *act, const char *name, uint64_t number)
{
	const struct field_value *field = act_field(act, name);

	return field != NULL && field->as.number == number;
}

static bool has_word(const struct act *act, const char *name, const char *word)
{
	const struct field_value *field = act_field(act, name);

	return field != NULL && bytes_equal_string(field->text, word);
}

/* The list, the version that counts, and its commitment to the class. */
static int find_commitment(struct judging *judging)
{
	const struct match_proof *proof = judging->proof;
	const char *class_name = identifier_class_name(proof->identifier_class);
	const struct field_value *field;
	const struct act *version;

	judging->list = act_of_kind(judging, proof->list, KIND_LIST);
	judging->version = judging->list;
	if (judging->list != NULL && proof->version.number != proof->list.number) {
		judging->version = act_of_kind(judging, proof->version, KIND_UPDATE_LIST);
		if (judging->version != NULL &&
		    (judging->version->entry.act.matter_use != ACT_MATTER_JOINS ||
		     !names(&judging->version->entry.act.matter, judging->list)))
			judging->version = NULL;
	}
	if (judging->version == NULL || !judging->version->is_subject)
		return not_shown(judging, "no such list, or version of it, is what the bundle is "
		                          "about");
	version = &judging->version->entry.act;
	field = act_field(version, class_name);
	if (!has_word(version, "mode", "match-only") || field == NULL ||
	    class_commitment_parse(field->text, proof->identifier_class, &judging->commitment,
	                           NULL) != OK)
		return not_shown(judging, "the act commits to nothing that can be asked about");
	return has_number(version, "epoch", proof->epoch)
	           ? OK
	           : not_shown(judging, "the act is of another epoch");
}

/* --- hits ------------------------------------------------------------------------------ */

static int judge_hit(struct judging *judging)
{
	bool unopenable = judging->proof->shown == MATCH_SHOWS_LABEL_UNOPENABLE;
	struct pair_label label = { 0 };
	int r = match_proof_open(judging->proof, &judging->commitment, &label, judging->error);

	judging->finding->identifier = judging->proof->identifier;
	judging->finding->label = label;
	if (r == OK)
		return unopenable ? not_shown(judging, "the label opens") : OK;
	return unopenable && (r == ERROR_SIGNATURE || r == ERROR_SYNTAX) ? OK : r;
}

/* --- answers of the owner's node --------------------------------------------------------- */

static int check_signature(struct judging *judging, unsigned party,
                           const struct match_signed *statement)
{
	const struct delegate *delegates;
	struct ssh_key key;
	size_t count;
	int r = sshsig_verify_blob(bytes_of(statement->text, statement->size), EXCHANGE_NAMESPACE,
	                           bytes_of(statement->signature, statement->signature_size), &key,
	                           judging->error);

	if (r != OK)
		return r;
	delegates = rules_delegates(judging->bundle->state.rules, party, &count);
	for (size_t i = count; i > 0; i--)
		if (delegates[i - 1].role == ROLE_NODE &&
		    ssh_key_equal(&delegates[i - 1].key, &key)) {
			judging->finding->earlier_key |= delegates[i - 1].recalled;
			return OK;
		}
	return error_set(judging->error, ERROR_SIGNATURE,
	                 "a statement is signed by no key of its side's node");
}

static int read_statements(struct judging *judging, struct exchange_statement *ret_question,
                           struct exchange_statement *ret_answer)
{
	const struct match_proof *proof = judging->proof;
	unsigned owner = proof->list.party;
	int r;

	if ((r = check_signature(judging, 1 - owner, &proof->question)) != OK ||
	    (r = check_signature(judging, owner, &proof->answer)) != OK)
		return r;
	return match_proof_statements(proof, &judging->bundle->state.charter->hash,
	                              &judging->list->entry.leaf, ret_question, ret_answer,
	                              judging->error);
}

/* Whether a signed answer contradicts its question; then how. */
static bool contradicts(const struct match_proof *proof, const struct exchange_statement *question,
                        const struct exchange_statement *answer, struct error *error)
{
	const struct exchange_state before = { .number = 0 };
	struct exchange_state after;
	struct hash hashes[2];

	sha256_of(&hashes[0], bytes_of(proof->question.text, proof->question.size));
	sha256_of(&hashes[1], bytes_of(proof->answer.text, proof->answer.size));
	return exchange_conclude(&before, question, &hashes[0], answer, &hashes[1], &after,
	                         error) != OK;
}

static int judge_wrong_answer(struct judging *judging)
{
	struct exchange_statement question, answer;
	struct error how;
	int r = read_statements(judging, &question, &answer);

	if (r != OK)
		return r;
	if (!contradicts(judging->proof, &question, &answer, &how))
		return not_shown(judging, "the answer fits its question");
	snprintf(judging->finding->reason, sizeof(judging->finding->reason), "%.127s", how.message);
	return OK;
}

/* --- wrong evaluations -------------------------------------------------------------------- */

static int decode_field(const struct bundle_act *act, const char *name, struct buffer *buffer)
{
	const struct field_value *field = act_field(&act->entry.act, name);

	return field == NULL ? ERROR_NOT_FOUND : base64_decode(buffer, field->text, BASE64_PADDED);
}

/* The element of a query act and of the reply to it. */
static int elements_of_acts(struct judging *judging, struct oprf_element *ret_blinded,
                            struct match_evaluation *ret_evaluation)
{
	const struct match_proof *proof = judging->proof;
	const struct bundle_act *query = act_of_kind(judging, proof->query, KIND_QUERY);
	const struct bundle_act *reply = act_of_kind(judging, proof->reply, KIND_REPLY);
	size_t index = proof->element - 1;
	struct buffer asked, answered;
	int r = OK;

	if (query == NULL || reply == NULL || query->place.party == proof->list.party ||
	    reply->place.party != proof->list.party ||
	    query->entry.act.matter_use != ACT_MATTER_JOINS ||
	    !names(&query->entry.act.matter, judging->list) || !reply->entry.act.has_answers ||
	    !names(&reply->entry.act.answers, query) ||
	    !has_word(&query->entry.act, "class", identifier_class_name(proof->identifier_class)) ||
	    !has_number(&query->entry.act, "epoch", proof->epoch))
		return not_shown(judging, "no such query and reply are here");
	buffer_init(&asked, ENCODED_MAXIMUM);
	buffer_init(&answered, ENCODED_MAXIMUM);
	if (decode_field(query, "blinded", &asked) != OK ||
	    decode_field(reply, "evaluated", &answered) != OK ||
	    (index + 1) * OPRF_ELEMENT_SIZE > asked.size ||
	    (index + 1) * EXCHANGE_EVALUATION_SIZE > answered.size) {
		r = not_shown(judging, "the acts have no such element");
	} else {
		const uint8_t *place = answered.data + index * EXCHANGE_EVALUATION_SIZE;

		memcpy(ret_blinded->bytes, asked.data + index * OPRF_ELEMENT_SIZE,
		       OPRF_ELEMENT_SIZE);
		memcpy(ret_evaluation->element.bytes, place, OPRF_ELEMENT_SIZE);
		memcpy(ret_evaluation->proof.bytes, place + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
	}
	buffer_release(&asked);
	buffer_release(&answered);
	return r;
}

static int elements_of_statements(struct judging *judging, struct oprf_element *ret_blinded,
                                  struct match_evaluation *ret_evaluation)
{
	const struct match_proof *proof = judging->proof;
	struct exchange_statement question, answer;
	int r;

	if ((r = read_statements(judging, &question, &answer)) != OK ||
	    (r = match_proof_elements(proof, &question, &answer, judging->error)) != OK)
		return r;
	*ret_blinded = proof->blinded[proof->element - 1];
	*ret_evaluation = proof->evaluated[proof->element - 1];
	return OK;
}

static int judge_wrong_evaluation(struct judging *judging)
{
	const struct match_proof *proof = judging->proof;
	struct match_evaluation evaluation;
	struct oprf_element blinded;
	int r = proof->by_acts ? elements_of_acts(judging, &blinded, &evaluation)
	                       : elements_of_statements(judging, &blinded, &evaluation);

	if (r != OK)
		return r;
	judging->finding->by_acts = proof->by_acts;
	judging->finding->query = proof->query;
	judging->finding->reply = proof->reply;
	judging->finding->element = proof->element;
	/* Who asks nonsense gets nonsense. */
	if (oprf_element_check(&blinded) != OK)
		return not_shown(judging, "what was asked is no element");
	return match_evaluation_check(&judging->commitment, &blinded, &evaluation) != OK
	           ? OK
	           : not_shown(judging, "the evaluation is by the key that was committed to");
}

/* --- refusals ------------------------------------------------------------------------------ */

/* Whether all that the asker asked by acts can be seen, and no charter that is hidden. */
static bool asker_is_shown(const struct bundle *bundle, unsigned asker)
{
	size_t first, end;

	if (bundle->whole)
		return true;
	if (!bundle_text_has_span(&bundle->text, asker, 0, bundle->text.sizes[asker]))
		return false;
	bundle_acts_of(bundle, asker, &first, &end);
	for (; first < end; first++)
		if (bundle->acts[first].entry.act.kind->number == KIND_AMEND)
			return false;
	return true;
}

/* What query acts of this list and class asked, ever and on a day. */
static void count_queries(struct judging *judging, timestamp day)
{
	const struct match_proof *proof = judging->proof;
	const char *class_name = identifier_class_name(proof->identifier_class);
	size_t first, end;

	bundle_acts_of(judging->bundle, 1 - proof->list.party, &first, &end);
	for (; first < end; first++) {
		const struct bundle_act *act = &judging->bundle->acts[first];
		struct buffer asked;
		uint64_t count = 0;

		judging->finding->beside_until = act->entry.logged;
		if (act->entry.act.kind->number != KIND_QUERY ||
		    act->verdict.code != VERDICT_VALID ||
		    !has_word(&act->entry.act, "class", class_name) ||
		    !names(&act->entry.act.matter, judging->list))
			continue;
		buffer_init(&asked, ENCODED_MAXIMUM);
		if (decode_field(act, "blinded", &asked) == OK)
			count = asked.size / OPRF_ELEMENT_SIZE;
		buffer_release(&asked);
		judging->finding->beside_total += count;
		if (exchange_day(act->entry.logged) == day)
			judging->finding->beside_today += count;
	}
}

/* The least that any charter gave: when it was refused, as the logs count, no statement says. */
static void find_budgets(const struct bundle *bundle, struct match_finding *finding)
{
	const struct rules *rules = bundle->state.rules;
	unsigned count = bundle->whole ? rules_charter_count(rules) : 1;

	finding->budget_list = bundle->state.charter->query_budget_list;
	finding->budget_day = bundle->state.charter->query_budget_day;
	for (unsigned version = 2; version <= count; version++) {
		const struct charter *charter = rules_charter_version(rules, version);

		if (charter->query_budget_list < finding->budget_list)
			finding->budget_list = charter->query_budget_list;
		if (charter->query_budget_day < finding->budget_day)
			finding->budget_day = charter->query_budget_day;
	}
}

static int judge_refusal(struct judging *judging)
{
	struct match_finding *finding = judging->finding;
	struct exchange_statement question, answer;
	int r = read_statements(judging, &question, &answer);

	if (r != OK)
		return r;
	if (answer.outcome != EXCHANGE_BUDGET ||
	    contradicts(judging->proof, &question, &answer, NULL))
		return not_shown(judging, "the answer is no refusal by the budget");
	if (!asker_is_shown(judging->bundle, 1 - judging->proof->list.party))
		return not_shown(judging, "what was asked beside by acts is not shown");
	finding->refused = question.elements;
	finding->total = answer.total;
	finding->today = answer.today;
	find_budgets(judging->bundle, finding);
	count_queries(judging, answer.day);
	finding->beside_complete = finding->beside_until >
	                           answer.day + EXCHANGE_DAY_SECONDS + REFUSAL_TOLERANCE;
	return exchange_fits(&question, finding->budget_day, finding->budget_list,
	                     finding->beside_total, finding->beside_today)
	           ? OK
	           : not_shown(judging, "the budget did not suffice");
}

/* --- bodies -------------------------------------------------------------------------------- */

static bool is_of_version(const struct judging *judging, const struct bundle_part *part)
{
	return part->act.party == judging->proof->version.party &&
	       part->act.number == judging->proof->version.number;
}

static int judge_body(struct judging *judging)
{
	const char *class_name = identifier_class_name(judging->proof->identifier_class);
	const struct bundle *bundle = judging->bundle;
	const struct act *act = &judging->version->entry.act;
	const struct bundle_part *found = NULL;
	size_t shown = 0;

	for (size_t i = 0; i < bundle->text.part_count; i++) {
		const struct bundle_part *part = &bundle->parts[i];

		if (!is_of_version(judging, part))
			continue;
		shown++;
		if (part->has_pairs && strcmp(part->proof.line.description.name, class_name) == 0)
			found = part;
	}
	judging->finding->missing = found == NULL;
	if (found == NULL)
		return act->has_body && shown == act->body.parts
		           ? OK
		           : not_shown(judging, "not all parts of the body are shown");
	return found->pairs_in_order && found->pair_count == judging->commitment.pairs &&
	               hash_equal(&found->pairs_root, &judging->commitment.root)
	           ? not_shown(judging, "the pairs are those that the act commits to")
	           : OK;
}

/* --- the whole --------------------------------------------------------------------------- */

static int judge(struct judging *judging)
{
	static int (*const judges[MATCH_SHOWN_COUNT])(struct judging * judging) = {
		[MATCH_SHOWS_HIT] = judge_hit,
		[MATCH_SHOWS_LABEL_UNOPENABLE] = judge_hit,
		[MATCH_SHOWS_WRONG_EVALUATION] = judge_wrong_evaluation,
		[MATCH_SHOWS_WRONG_ANSWER] = judge_wrong_answer,
		[MATCH_SHOWS_REFUSED] = judge_refusal,
		[MATCH_SHOWS_BODY_DIFFERS] = judge_body,
	};
	int r = find_commitment(judging);

	return r == OK ? judges[judging->proof->shown](judging) : r;
}

int bundle_match(const struct bundle *bundle, struct match_finding *ret_finding,
                 struct error *error)
{
	struct match_proof *proof = allocate(1, sizeof(*proof));
	struct match_finding finding = { .missing = false };
	struct judging judging = {
		.bundle = bundle, .proof = proof, .finding = &finding, .error = error
	};
	int r;

	if (proof == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if ((r = match_proof_parse(buffer_view(&bundle->given), bundle->state.charter, proof,
	                           error)) == OK) {
		finding.shown = proof->shown;
		finding.list = proof->list;
		finding.version = proof->version;
		finding.identifier_class = proof->identifier_class;
		finding.epoch = proof->epoch;
		r = judge(&judging);
	}
	if (r == OK)
		*ret_finding = finding;
	release_memory(proof);
	return r;
}

/* --- the file ----------------------------------------------------------------------------- */

static int put_hit(const struct match_finding *finding, struct buffer *buffer)
{
	int r = buffer_put_format(buffer, "identifier %s\n", finding->identifier.text);

	return r != OK || finding->shown == MATCH_SHOWS_LABEL_UNOPENABLE
	           ? r
	           : buffer_put_format(
			 buffer, "protection %s\ncriticality %u\nsector %u\ncontact %u\n",
			 protection_name(finding->label.protection), finding->label.criticality,
			 finding->label.sector, finding->label.contact);
}

static int put_answer(const struct bundle *bundle, const struct match_finding *finding,
                      struct buffer *buffer)
{
	char query[ACT_NAME_CAPACITY], reply[ACT_NAME_CAPACITY], until[TIMESTAMP_CAPACITY];
	int r = OK;

	if (finding->shown == MATCH_SHOWS_WRONG_EVALUATION)
		r = buffer_put_format(buffer, "element %zu\n", finding->element);
	if (r == OK && finding->by_acts) {
		record_act_name(&bundle->state, finding->query, query);
		record_act_name(&bundle->state, finding->reply, reply);
		r = buffer_put_format(buffer, "query %s\nreply %s\n", query, reply);
	} else if (r == OK) {
		r = buffer_put_format(buffer, "signed-by %s\n",
		                      finding->earlier_key ? "earlier-node-key" : "node-key");
	}
	timestamp_format(finding->beside_until, until);
	if (r == OK && finding->shown == MATCH_SHOWS_REFUSED)
		r = buffer_put_format(
		    buffer,
		    "beside-until %s\nrefused %llu\ntotal %llu %llu %llu\ntoday %llu %llu %llu\n",
		    until, (unsigned long long)finding->refused, (unsigned long long)finding->total,
		    (unsigned long long)finding->beside_total,
		    (unsigned long long)finding->budget_list, (unsigned long long)finding->today,
		    (unsigned long long)finding->beside_today,
		    (unsigned long long)finding->budget_day);
	return r;
}

static int put(const struct bundle *bundle, struct buffer *buffer, struct error *error)
{
	struct match_finding finding;
	char name[ACT_NAME_CAPACITY];
	int r = bundle_match(bundle, &finding, error);

	if (r != OK)
		return r;
	record_act_name(&bundle->state, finding.list, name);
	r = buffer_put_format(buffer, VERDICT_FORMAT "\nshows %s\nlist %s epoch %llu class %s\n",
	                      match_shown_name(finding.shown), name,
	                      (unsigned long long)finding.epoch,
	                      identifier_class_name(finding.identifier_class));
	if (r == OK && finding.shown == MATCH_SHOWS_BODY_DIFFERS)
		r = buffer_put_format(buffer, "pairs %s\n", finding.missing ? "missing" : "other");
	else if (r == OK && (finding.shown == MATCH_SHOWS_HIT ||
	                     finding.shown == MATCH_SHOWS_LABEL_UNOPENABLE))
		r = put_hit(&finding, buffer);
	else if (r == OK)
		r = put_answer(bundle, &finding, buffer);
	return r == OK ? OK : error_set(error, r, "the verdict cannot be written");
}

static struct bytes script(void)
{
	return bytes_of_string(verify_match_py);
}

struct bundle_purpose match_purpose(void)
{
	return (struct bundle_purpose){
		.name = BUNDLE_PURPOSE_MATCH,
		.given = MATCH_PROOF_FILE,
		.given_maximum = MATCH_PROOF_MAXIMUM,
		.file = MATCH_VERDICT_FILE,
		.put = put,
		.tool = MATCH_SCRIPT_FILE,
		.tool_content = script,
	};
}

/* --- what to show ---------------------------------------------------------------------------- */

/* All entries of the asker's log; where a charter was amended, of both. */
static int choose_asker(struct bundle_writer *writer, unsigned asker, struct error *error)
{
	const struct rules *rules = bundle_writer_rules(writer);
	bool amended = rules_charter_count(rules) > 1;
	int r = OK;

	for (uint64_t i = 0; i < rules_size(rules, asker) && !amended; i++)
		amended = rules_act(rules, (struct act_place){ asker, i })->kind->number ==
		          KIND_AMEND;
	for (unsigned party = 0; party < 2 && r == OK; party++)
		if (party == asker || amended)
			r = bundle_writer_span(writer, party, 0, rules_size(rules, party), error);
	return r;
}

int bundle_match_choose(struct bundle_writer *writer, const struct match_proof *proof,
                        struct error *error)
{
	struct buffer text;
	int r;

	if ((r = bundle_writer_subject(writer, proof->version, error)) != OK ||
	    (r = bundle_writer_act(writer, proof->list, true, error)) != OK)
		return r;
	if (proof->shown == MATCH_SHOWS_WRONG_EVALUATION && proof->by_acts &&
	    ((r = bundle_writer_subject(writer, proof->query, error)) != OK ||
	     (r = bundle_writer_subject(writer, proof->reply, error)) != OK))
		return r;
	if (proof->shown == MATCH_SHOWS_REFUSED &&
	    (r = choose_asker(writer, 1 - proof->list.party, error)) != OK)
		return r;
	buffer_init(&text, MATCH_PROOF_MAXIMUM);
	if ((r = match_proof_print(proof, bundle_writer_charter(writer), &text)) == OK)
		r = bundle_writer_given(writer, buffer_view(&text), error);
	else
		error_set(error, r, "the proof cannot be written");
	buffer_release(&text);
	return r;
}
