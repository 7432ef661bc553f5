/* Bundles that show what a match-only list says, or how its owner lies: made, verified by this
 * program and by the script that comes with them, and forged. */
#include "charters.h"
#include "match_bundle_fixture.h"
#include "pairs_text.h"
#include "sshsig.h"

static int set_up(void **state)
{
	struct fixture *f = allocate(1, sizeof(*f));

	assert_non_null(f);
	record_fixture_init(&f->record, 0);
	snprintf(f->path, sizeof(f->path), "%s/bundle", f->record.folder);
	match_fixture_init(&f->list);
	publish(f, NULL);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	match_fixture_release(&f->list);
	record_fixture_release(&f->record);
	release_memory(f);
	return 0;
}

/* --- hits ------------------------------------------------------------------------------- */

static void prove(struct fixture *f, unsigned index)
{
	match_fixture_prove(&f->list, index, &f->proof);
	f->proof.list = f->proof.version = f->opening;
}

static void test_a_hit(void **state)
{
	struct pair_label expected = match_fixture_label(7);
	struct match_finding finding;
	struct fixture *f = *state;

	prove(f, 7);
	assert_written(f, &finding);
	assert_string_equal(finding.identifier.text, "pump7.example");
	assert_int_equal(finding.label.protection, expected.protection);
	assert_int_equal(finding.label.contact, expected.contact);
	run_in(f->path, "grep -qx 'identifier pump7.example' verdict.txt && "
	                "grep -qx 'protection notify-first' verdict.txt && "
	                "grep -q verify-match.py README.txt");
}

/* A later version has its own key; what was shown under the first stays shown. */
static void test_versions(void **state)
{
	struct match_finding finding;
	struct fixture *f = *state;
	struct buffer value;
	struct act_place second;

	prove(f, 3);
	assert_written(f, &finding);
	match_fixture_release(&f->list);
	match_fixture_init(&f->list);
	f->list.nonce += 1000;
	assert_ok(oprf_generate_key(&(struct random_source){ &f->list, match_fixture_fill },
	                            &f->list.key, &f->list.public_key));
	for (unsigned i = 0; i < MATCH_FIXTURE_NAMES; i++) {
		struct identifier name = match_fixture_name(i);
		struct pair_label label = match_fixture_label(i);
		struct oprf_output output = match_fixture_output(&f->list, &name);

		assert_ok(pair_seal(&output, &label, &f->list.pairs[i]));
	}
	match_fixture_commit(&f->list);
	commitment_text(f, &value);
	second = fixture_say(&f->record,
	                     (struct line){ NORTH, "a.deputy", KIND_UPDATE_LIST,
	                                    .matter = &f->opening,
	                                    .fields = { { "mode", "match-only" },
	                                                { "epoch", "2" },
	                                                { "domain", (const char *)value.data } } },
	                     VOID_NONE);
	buffer_release(&value);
	assert_shown(f, &finding);
	remove_folder(f->path);
	match_fixture_prove(&f->list, 3, &f->proof);
	f->proof.list = f->opening;
	f->proof.version = second;
	assert_not_written(f, "another epoch");
	f->proof.epoch = 2;
	assert_written(f, &finding);
	assert_int_equal(finding.epoch, 2);
	remove_folder(f->path);
	/* Under the key of the first it is nothing. */
	f->proof.version = f->opening;
	f->proof.epoch = 1;
	assert_not_written(f, "a value under another version's key");
}

static void test_what_is_no_list(void **state)
{
	struct fixture *f = *state;

	prove(f, 3);
	f->proof.list = f->proof.version = (struct act_place){ NORTH, 0 };
	assert_not_written(f, "an accession as a list");
	f->proof.identifier_class = f->proof.identifier.identifier_class = IDENTIFIER_ASN;
	f->proof.list = f->proof.version = f->opening;
	memcpy(f->proof.identifier.text, "64496", 6);
	f->proof.identifier.size = 5;
	assert_not_written(f, "a class that the list does not have");
}

static void test_a_label_that_is_none(void **state)
{
	struct match_finding finding;
	struct fixture *f = *state;
	struct identifier name = match_fixture_name(7);
	size_t index = match_fixture_index(&f->list, &name);

	prove(f, 7);
	f->proof.shown = MATCH_SHOWS_LABEL_UNOPENABLE;
	assert_not_written(f, "a label as none that is one");
	/* North commits to a list on which this entry has another's label. */
	memcpy(f->list.pairs[index].bytes + PAIR_TAG_SIZE,
	       f->list.pairs[(index + 1) % MATCH_FIXTURE_PAIRS].bytes + PAIR_TAG_SIZE,
	       PAIR_SEALED_SIZE);
	match_fixture_commit(&f->list);
	publish(f, NULL);
	prove(f, 7);
	assert_not_written(f, "a hit without its label");
	f->proof.shown = MATCH_SHOWS_LABEL_UNOPENABLE;
	assert_written(f, &finding);
	assert_string_equal(finding.identifier.text, "pump7.example");
}

/* --- answers of the node -------------------------------------------------------------------- */

static void sign(struct match_signed *place, const struct exchange_statement *statement,
                 struct ed25519_secret secret)
{
	struct buffer text, blob;

	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	assert_ok(exchange_print(&text, statement));
	assert_ok(sshsig_sign_blob(&secret, EXCHANGE_NAMESPACE, buffer_view(&text), &blob));
	memcpy(place->text, text.data, text.size);
	place->size = text.size;
	memcpy(place->signature, blob.data, blob.size);
	place->signature_size = blob.size;
	buffer_release(&text);
	buffer_release(&blob);
}

static void sign_answer(struct fixture *f)
{
	sha256_of(&f->answer.previous, bytes_of(f->proof.question.text, f->proof.question.size));
	sign(&f->proof.answer, &f->answer, fixture_secret(NORTH, FIXTURE_NODE));
}

static void name_list(struct fixture *f, enum match_shown shown)
{
	memset(&f->proof, 0, sizeof(f->proof));
	f->proof.shown = shown;
	f->proof.list = f->proof.version = f->opening;
	f->proof.identifier_class = IDENTIFIER_DOMAIN;
	f->proof.epoch = 1;
}

/* South asks about two names, and north answers as it should. */
static void ask(struct fixture *f, enum match_shown shown)
{
	const struct exchange_state before = {
		.number = 4, .total = 300, .today = 100, .day = exchange_day(f->record.s.now)
	};
	const struct identifier names[] = { match_fixture_name(1), match_fixture_name(40) };
	struct hash hash;

	name_list(f, shown);
	f->proof.element = f->proof.element_count = 2;
	for (size_t i = 0; i < 2; i++)
		match_fixture_ask(&f->list, &names[i], &f->blinds[i], &f->proof.blinded[i],
		                  &f->proof.evaluated[i]);
	f->question = (struct exchange_statement){
		.channel = f->record.s.charter->hash,
		.list = f->record.s.entries[NORTH][f->opening.number]->entry.leaf,
		.identifier_class = IDENTIFIER_DOMAIN,
		.epoch = 1,
		.elements = 2,
	};
	sha256_of(&f->question.content, bytes_of(f->proof.blinded, 2 * OPRF_ELEMENT_SIZE));
	exchange_ask(&before, f->record.s.now, &f->question);
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	sha256_of(&hash, bytes_of(f->proof.question.text, f->proof.question.size));
	exchange_answer(&f->question, &hash, EXCHANGE_EVALUATED, &f->answer);
	sha256_of(&f->answer.content, bytes_of(f->proof.evaluated, 2 * EXCHANGE_EVALUATION_SIZE));
	sign_answer(f);
}

/* North signs an answer with this evaluation instead. */
static void answer_wrongly(struct fixture *f, const struct match_evaluation *evaluation)
{
	f->proof.evaluated[1] = *evaluation;
	sha256_of(&f->answer.content, bytes_of(f->proof.evaluated, 2 * EXCHANGE_EVALUATION_SIZE));
	sign_answer(f);
}

/* Evaluated, and proved, by another key. */
static struct match_evaluation by_another_key(struct fixture *f)
{
	const struct random_source random = match_fixture_random(&f->list);
	struct match_evaluation evaluation;
	struct oprf_element public_key;
	struct oprf_scalar key;

	assert_ok(oprf_generate_key(&random, &key, &public_key));
	assert_ok(oprf_evaluate(&key, &f->proof.blinded[1], &evaluation.element));
	assert_ok(oprf_prove(&key, &public_key, &f->proof.blinded[1], &evaluation.element, &random,
	                     &evaluation.proof));
	return evaluation;
}

static void test_a_wrong_evaluation(void **state)
{
	struct match_evaluation wrong;
	struct match_finding finding;
	struct fixture *f = *state;

	ask(f, MATCH_SHOWS_WRONG_EVALUATION);
	assert_not_written(f, "a right evaluation as wrong");
	wrong = by_another_key(f);
	answer_wrongly(f, &wrong);
	assert_written(f, &finding);
	assert_int_equal(finding.element, 2);
	assert_false(finding.earlier_key);
	/* Nothing of what was asked is in it. */
	run_in(f->path, "! grep -rl pump .");
	remove_folder(f->path);
	f->proof.element = 1;
	assert_not_written(f, "the other element as wrong");
	/* No element at all, signed by north. */
	memset(&wrong, 0xff, sizeof(wrong));
	f->proof.element = 2;
	answer_wrongly(f, &wrong);
	assert_written(f, &finding);
}

/* Whoever has asked nonsense, or made it up, shows nothing. */
static void test_an_asker_cannot_frame(void **state)
{
	struct match_evaluation wrong;
	struct fixture *f = *state;

	ask(f, MATCH_SHOWS_WRONG_EVALUATION);
	wrong = by_another_key(f);
	f->proof.evaluated[1] = wrong;
	assert_not_written(f, "an evaluation that north has not signed");
	answer_wrongly(f, &wrong);
	f->proof.blinded[1].bytes[0] ^= 1;
	assert_not_written(f, "a question that south has not asked");
	/* North has answered what is no element, as well as one can. */
	memset(f->proof.blinded[1].bytes, 0xff, OPRF_ELEMENT_SIZE);
	sha256_of(&f->question.content, bytes_of(f->proof.blinded, 2 * OPRF_ELEMENT_SIZE));
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	sign_answer(f);
	assert_not_written(f, "the answer to nonsense as wrong");
	/* South signs for north. */
	ask(f, MATCH_SHOWS_WRONG_EVALUATION);
	answer_wrongly(f, &wrong);
	sign(&f->proof.answer, &f->answer, fixture_secret(SOUTH, FIXTURE_NODE));
	assert_not_written(f, "an answer that south has signed");
	/* Signed by north, of another list. */
	ask(f, MATCH_SHOWS_WRONG_EVALUATION);
	f->question.list.bytes[0] ^= 1;
	f->answer.list.bytes[0] ^= 1;
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	answer_wrongly(f, &wrong);
	assert_not_written(f, "an answer about another list");
}

static void test_a_wrong_answer(void **state)
{
	struct match_finding finding;
	struct fixture *f = *state;

	ask(f, MATCH_SHOWS_WRONG_ANSWER);
	assert_not_written(f, "a right answer as wrong");
	f->answer.total++;
	sign_answer(f);
	assert_written(f, &finding);
	assert_non_null(strstr(finding.reason, "counts otherwise"));
	remove_folder(f->path);
	/* The answer of a version that is past. */
	ask(f, MATCH_SHOWS_WRONG_ANSWER);
	f->answer.epoch = 2;
	sign_answer(f);
	assert_written(f, &finding);
	assert_non_null(strstr(finding.reason, "another version"));
}

/* --- refusals --------------------------------------------------------------------------------- */

static void refuse(struct fixture *f)
{
	struct hash hash;

	sha256_of(&hash, bytes_of(f->proof.question.text, f->proof.question.size));
	exchange_answer(&f->question, &hash, EXCHANGE_BUDGET, &f->answer);
	sign_answer(f);
}

static void test_a_refusal_within_budget(void **state)
{
	struct match_finding finding;
	struct fixture *f = *state;
	const struct charter *charter = f->record.s.charter;

	ask(f, MATCH_SHOWS_REFUSED);
	assert_not_written(f, "an answer as a refusal");
	refuse(f);
	assert_written(f, &finding);
	assert_int_equal(finding.refused, 2);
	assert_int_equal(finding.total, 300);
	assert_int_equal(finding.today, 100);
	assert_int_equal(finding.budget_day, charter->query_budget_day);
	assert_int_equal(finding.beside_total, 0);
	/* All of south's log is in it: nothing that it asked beside is hidden. */
	run_in(f->path, "sed -i '/^acts south/d' bundle");
	assert_damage(f, "bundle");
	remove_folder(f->path);
	f->question.today = charter->query_budget_day + 1;
	f->question.total = charter->query_budget_day + 1;
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	refuse(f);
	assert_not_written(f, "a refusal beyond the budget");
}

/* A charter that gives more since does not make a lie of what was refused before. */
static void test_a_refusal_under_an_earlier_charter(void **state)
{
	struct match_finding finding;
	struct fixture *f = *state;
	struct scenario *s = &f->record.s;
	struct charter longer = *s->charter;
	char first[HASH_BASE64_CAPACITY];
	struct act_place proposed;
	struct amended amended;
	struct line completes;
	struct bytes view;

	longer.query_budget_day *= 10;
	longer.query_budget_list *= 10;
	amended_print(&amended, &longer);
	view = buffer_view(&amended.text);
	hash_to_base64(&s->charter->hash, first);
	assert_ok(rules_add_charter(s->rules, view, NULL));
	ask(f, MATCH_SHOWS_REFUSED);
	proposed = fixture_say(&f->record, amend_line(NORTH, "2", first, amended.name, NULL),
	                       VOID_NONE);
	completes = amend_line(SOUTH, "2", first, amended.name, &proposed);
	completes.author = "b.second";
	fixture_say(&f->record, completes, VOID_NONE);
	f->record.source.amended = &view;
	f->record.source.amended_count = 1;
	refuse(f);
	assert_written(f, &finding);
	assert_int_equal(finding.budget_day, s->charter->query_budget_day);
	remove_folder(f->path);
	f->question.today = f->question.total = s->charter->query_budget_day + 1;
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	refuse(f);
	assert_not_written(f, "a refusal beyond what the budget was");
	amended_release(&amended);
}

static void test_what_was_asked_beside_counts(void **state)
{
	struct match_finding finding;
	struct fixture *f = *state;
	const struct charter *charter = f->record.s.charter;
	struct buffer blinded;

	ask(f, MATCH_SHOWS_REFUSED);
	buffer_init(&blinded, 4096);
	assert_ok(base64_encode(&blinded, bytes_of(f->proof.blinded, 2 * OPRF_ELEMENT_SIZE),
	                        BASE64_PADDED));
	assert_ok(buffer_put_u8(&blinded, 0));
	fixture_say(&f->record,
	            (struct line){ SOUTH, "b.second", KIND_QUERY, .matter = &f->opening,
	                           .fields = { { "epoch", "1" },
	                                       { "class", "domain" },
	                                       { "blinded", (const char *)blinded.data } } },
	            VOID_NONE);
	buffer_release(&blinded);
	refuse(f);
	assert_written(f, &finding);
	assert_int_equal(finding.beside_total, 2);
	assert_int_equal(finding.beside_today, 2);
	/* What it asked after its last entry here, and by then, may have been left out. */
	assert_false(finding.beside_complete);
	remove_folder(f->path);
	f->question.day -= 2 * EXCHANGE_DAY_SECONDS;
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	refuse(f);
	assert_written(f, &finding);
	assert_int_equal(finding.beside_today, 0);
	assert_true(finding.beside_complete);
	remove_folder(f->path);
	f->question.day += 2 * EXCHANGE_DAY_SECONDS;
	f->question.today = charter->query_budget_day;
	f->question.total = charter->query_budget_day;
	sign(&f->proof.question, &f->question, fixture_secret(SOUTH, FIXTURE_NODE));
	refuse(f);
	assert_not_written(f, "a refusal beyond the budget, with what was asked beside");
}

/* --- acts -------------------------------------------------------------------------------------- */

static void say_encoded(struct fixture *f, struct line line, const char *name, const void *data,
                        size_t size, struct act_place *ret_place)
{
	struct buffer text;

	buffer_init(&text, 4096);
	assert_ok(base64_encode(&text, bytes_of(data, size), BASE64_PADDED));
	assert_ok(buffer_put_u8(&text, 0));
	for (size_t i = 0; i < LINE_FIELDS; i++)
		if (line.fields[i].name == NULL) {
			line.fields[i].name = name;
			line.fields[i].value = (const char *)text.data;
			break;
		}
	*ret_place = fixture_say(&f->record, line, VOID_NONE);
	buffer_release(&text);
}

static void test_a_wrong_reply(void **state)
{
	struct match_evaluation wrong;
	struct match_finding finding;
	struct fixture *f = *state;

	ask(f, MATCH_SHOWS_WRONG_EVALUATION);
	f->proof.by_acts = true;
	wrong = by_another_key(f);
	say_encoded(f,
	            (struct line){ SOUTH, "b.second", KIND_QUERY, .matter = &f->opening,
	                           .fields = { { "epoch", "1" }, { "class", "domain" } } },
	            "blinded", f->proof.blinded, 2 * OPRF_ELEMENT_SIZE, &f->proof.query);
	f->proof.evaluated[1] = wrong;
	say_encoded(f, (struct line){ NORTH, "a.deputy", KIND_REPLY, .answers = &f->proof.query },
	            "evaluated", f->proof.evaluated, 2 * EXCHANGE_EVALUATION_SIZE, &f->proof.reply);
	assert_written(f, &finding);
	assert_true(finding.by_acts);
	remove_folder(f->path);
	f->proof.element = 1;
	assert_not_written(f, "the right element of a reply as wrong");
	f->proof.element = 3;
	assert_not_written(f, "an element that the reply does not have");
	f->proof.element = 2;
	f->proof.reply = f->opening;
	assert_not_written(f, "a list as a reply");
}

/* --- bodies ------------------------------------------------------------------------------------- */

enum { BODY_PARTS = 2 };

struct body {
	struct part parts[BODY_PARTS];
	struct bytes contents[BODY_PARTS];
	struct manifest manifest;
};

/* A body with these pairs, under the name of a class. */
static void make_body(const char *name, struct bytes pairs, struct body *body)
{
	uint32_t counter = 7;
	struct random_source random = counted_random(&counter);

	body->contents[0] = bytes_of_string("chirograph.pairs/1\n");
	body->contents[1] = pairs;
	assert_ok(part_init(&body->parts[0], "contacts", "text/vnd.chirograph.pairs", NULL,
	                    PART_STANDING_NONE, &body->contents[0], NULL));
	assert_ok(part_init(&body->parts[1], name, PAIRS_MEDIA_TYPE, NULL, PART_STANDING_NONE,
	                    &body->contents[1], NULL));
	manifest_init(&body->manifest);
	assert_ok(manifest_make(&body->manifest, body->parts, BODY_PARTS, BODY_CONTENT_MAXIMUM,
	                        &random, NULL));
}

/* Publishes the list with that body, and writes a bundle that shows `count` parts of it, the
 * last ones. */
static bool publish_with(struct fixture *f, struct body *body, size_t count)
{
	const struct scenario_body named = { BODY_PARTS, 4096, body->manifest.root, { { 9 } } };
	struct bundle_writer *writer;

	publish(f, &named);
	name_list(f, MATCH_SHOWS_BODY_DIFFERS);
	writer = writer_of(f);
	for (size_t number = BODY_PARTS - count + 1; number <= BODY_PARTS; number++)
		assert_ok(bundle_writer_part(writer, f->opening, &body->manifest, number,
		                             body->contents[number - 1], NULL));
	return write_with(f, writer);
}

static void test_a_body_that_differs(void **state)
{
	struct fixture *f = *state;
	struct match_finding finding;
	struct pair other[MATCH_FIXTURE_PAIRS];
	const size_t size = sizeof(other);
	struct body body;

	make_body("domain", bytes_of(f->list.pairs, size), &body);
	assert_false(publish_with(f, &body, 1));
	manifest_release(&body.manifest);

	/* One is missing. */
	make_body("domain", bytes_of(f->list.pairs, size - PAIR_SIZE), &body);
	assert_true(publish_with(f, &body, 1));
	assert_shown(f, &finding);
	assert_false(finding.missing);
	remove_folder(f->path);
	manifest_release(&body.manifest);

	/* They are the same, and not in their order. */
	memcpy(other, f->list.pairs, size);
	other[0] = f->list.pairs[1];
	other[1] = f->list.pairs[0];
	make_body("domain", bytes_of(other, size), &body);
	assert_true(publish_with(f, &body, 1));
	assert_shown(f, &finding);
	remove_folder(f->path);
	manifest_release(&body.manifest);

	/* The last is cut short. */
	make_body("domain", bytes_of(f->list.pairs, size - 1), &body);
	assert_true(publish_with(f, &body, 1));
	assert_shown(f, &finding);
	remove_folder(f->path);
	manifest_release(&body.manifest);
}

static void test_a_body_without_the_class(void **state)
{
	struct fixture *f = *state;
	struct match_finding finding;
	struct body body;

	make_body("asn", bytes_of(f->list.pairs, sizeof(f->list.pairs)), &body);
	/* Only all of its parts show that. */
	assert_false(publish_with(f, &body, 1));
	assert_true(publish_with(f, &body, 2));
	assert_shown(f, &finding);
	assert_true(finding.missing);
	manifest_release(&body.manifest);
}

/* --- forgeries ---------------------------------------------------------------------------------- */

static void test_forged_files(void **state)
{
	static const struct {
		const char *change, *blamed;
	} cases[] = {
		{ "sed -i 's/^identifier pump7/identifier pump8/' match.txt", "verdict.txt" },
		{ "sed -i 's/^shows hit/shows label-unopenable/' match.txt", "verdict.txt" },
		{ "sed -i 's/^index .*/index 0/' match.txt", "verdict.txt" },
		{ "sed -i '$d' match.txt", "verdict.txt" },
		{ "echo path >>match.txt", "verdict.txt" },
		{ "sed -i 's/notify-first/off-limits/' verdict.txt", "verdict.txt" },
		{ "rm verdict.txt", "verdict.txt" },
		{ "rm match.txt", "match.txt" },
		{ "truncate -s 1G match.txt", "match.txt" },
		{ "echo 'print(\"SHOWN\")' >verify-match.py", "verify-match.py" },
		{ "rm verify-match.py", "verify-match.py" },
		{ "echo >more.txt", "more.txt" },
	};
	struct fixture *f = *state;

	prove(f, 7);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!write_bundle(f))
			fail_msg("%s", f->refused.message);
		run_in(f->path, cases[i].change);
		assert_damage(f, cases[i].blamed);
		remove_folder(f->path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_hit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_versions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_no_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_label_that_is_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_wrong_evaluation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_asker_cannot_frame, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_wrong_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_refusal_within_budget, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_refusal_under_an_earlier_charter, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_what_was_asked_beside_counts, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_wrong_reply, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_body_that_differs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_body_without_the_class, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forged_files, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
