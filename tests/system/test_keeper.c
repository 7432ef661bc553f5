/* What the keeper's process signs, and what it refuses to sign, whoever asks. */
#include "keeper_fixture.h"

#include "exchange.h"

#include <time.h>

static void test_heads_are_signed_and_repeated(void **state)
{
	struct fixture *f = *state;
	struct buffer first;

	buffer_init(&first, NOTE_MAXIMUM);
	assert_ok(commit_own(f, 0, 3));
	check_own_head(f, 3);
	assert_int_equal(f->cosignature.size, 0);
	assert_ok(buffer_put_bytes(&first, buffer_view(&f->head)));
	assert_ok(commit_own(f, 0, 3));
	assert_int_equal(f->head.size, first.size);
	assert_memory_equal(f->head.data, first.data, first.size);
	restart(f);
	assert_ok(commit_own(f, 0, 3));
	assert_memory_equal(f->head.data, first.data, first.size);
	assert_ok(commit_own(f, 3, 2));
	check_own_head(f, 5);
	assert_int_equal(status_of(f).own_size, 5);
	assert_int_equal(status_of(f).previous_size, 3);
	buffer_release(&first);
}

static void test_no_two_roots_for_one_size(void **state)
{
	struct fixture *f = *state;
	struct hash true_leaf = f->leaves[3];

	assert_ok(commit_own(f, 0, 3));
	assert_ok(commit_own(f, 3, 2));
	f->leaves[3] = numbered("forged", 3);
	assert_int_equal(commit_own(f, 3, 2), ERROR_FORK);
	assert_int_equal(commit_own(f, 3, 1), ERROR_FORK);
	restart(f);
	assert_int_equal(commit_own(f, 3, 2), ERROR_FORK);
	/* Nor a smaller size, from wherever. */
	assert_int_equal(commit_own(f, 0, 3), ERROR_STATE);
	assert_int_equal(commit_own(f, 2, 1), ERROR_STATE);
	assert_int_equal(commit_own(f, 7, 1), ERROR_STATE);
	assert_int_equal(f->head.size, 0);
	f->leaves[3] = true_leaf;
	assert_ok(commit_own(f, 3, 2));
	check_own_head(f, 5);
}

static void test_cosignatures_need_consistency(void **state)
{
	struct fixture *f = *state;
	struct tree_proof proof;
	struct buffer note;

	assert_ok(cosign_true(f, 0, 5));
	check_cosignature(f, 5, NOON);
	assert_ok(cosign_true(f, 5, 9));
	check_cosignature(f, 9, NOON);
	restart(f);
	/* Without the proof, with that of other sizes, with one that is changed. */
	buffer_init(&note, NOTE_MAXIMUM);
	put_true_head(f, 12, &note);
	proof = (struct tree_proof){ 0 };
	assert_int_equal(cosign(f, &note, &proof, NOON), ERROR_MISMATCH);
	proof = other_proof(f, 5, 12);
	assert_int_equal(cosign(f, &note, &proof, NOON), ERROR_MISMATCH);
	proof = other_proof(f, 9, 12);
	proof.hashes[proof.count - 1].bytes[0] ^= 1;
	assert_int_equal(cosign(f, &note, &proof, NOON), ERROR_MISMATCH);
	assert_int_equal(f->cosignature.size, 0);
	/* A smaller size. */
	assert_int_equal(cosign_true(f, 0, 7), ERROR_STATE);
	assert_int_equal(status_of(f).cosigned_size, 9);
	assert_ok(cosign_true(f, 9, 12));
	/* The same again: the time goes forward and never back. */
	proof.count = 0;
	assert_ok(cosign(f, &note, &proof, NOON + 60));
	check_cosignature(f, 12, NOON + 60);
	assert_ok(cosign(f, &note, &proof, NOON));
	check_cosignature(f, 12, NOON + 60);
	buffer_release(&note);
}

static void test_heads_of_others_are_not_cosigned(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret stranger = fixture_secret(0, FIXTURE_LOG);
	struct ed25519_secret south = fixture_secret(1, FIXTURE_LOG);
	struct tree_proof none = { 0 };
	struct hash root = other_root(f, 5);
	struct buffer note;

	buffer_init(&note, NOTE_MAXIMUM);
	put_head(f, 5, &root, &stranger, &note);
	assert_int_equal(cosign(f, &note, &none, NOON), ERROR_NOT_FOUND);
	buffer_clear(&note);
	put_head(f, 5, &root, &south, &note);
	note.data[note.size - 4] ^= 1;
	assert_int_not_equal(cosign(f, &note, &none, NOON), OK);
	buffer_clear(&note);
	/* Our own head is no head of theirs. */
	assert_ok(commit_own(f, 0, 1));
	assert_ok(buffer_put_bytes(&note, buffer_view(&f->head)));
	assert_int_not_equal(cosign(f, &note, &none, NOON), OK);
	assert_int_equal(status_of(f).cosigned_size, 0);
	buffer_release(&note);
}

static void test_a_fork_ends_cosigning_for_good(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret south = fixture_secret(1, FIXTURE_LOG);
	struct tree_proof none = { 0 };
	struct hash other = numbered("fork", 1);
	struct buffer note;

	assert_ok(cosign_true(f, 0, 5));
	assert_false(status_of(f).faulted);
	buffer_init(&note, NOTE_MAXIMUM);
	put_head(f, 5, &other, &south, &note);
	assert_int_equal(cosign(f, &note, &none, NOON), ERROR_FORK);
	assert_true(status_of(f).faulted);
	restart(f);
	assert_true(status_of(f).faulted);
	assert_int_equal(cosign_true(f, 5, 9), ERROR_FORK);
	/* The own log goes on. */
	assert_ok(commit_own(f, 0, 2));
	check_own_head(f, 2);
	buffer_release(&note);
}

static void put_receipt(const struct fixture *f, uint64_t size, const struct hash *root,
                        struct buffer *text)
{
	char base64[HASH_BASE64_CAPACITY], lines[128];

	hash_to_base64(root, base64);
	snprintf(lines, sizeof(lines), "act receipt\nsize %u\nroot %s\n", (unsigned)size, base64);
	put_text(f, "north", "node", lines, text);
}

static void test_receipts_only_for_what_is_verified(void **state)
{
	struct fixture *f = *state;
	struct keeper_sign sign = { .size = 0 };
	struct hash root5 = other_root(f, 5), root8 = other_root(f, 8);
	struct tree_proof to = other_proof(f, 5, 8), from = other_proof(f, 8, 12);
	struct hash wrong = numbered("wrong", 1);
	struct buffer text, armor, note;
	struct error error = { 0 };
	struct ssh_key signer, node;

	buffer_init(&text, 4096);
	buffer_init(&armor, 65536);
	buffer_init(&note, NOTE_MAXIMUM);
	/* Nothing was cosigned, nothing is proved. */
	put_receipt(f, 5, &root5, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_STATE);
	/* The first: the signed head is enough. */
	put_true_head(f, 5, &note);
	sign = (struct keeper_sign){ .note = buffer_view(&note), .size = 5, .root = root5 };
	assert_ok(sign_one(f, &sign, &text, &armor));
	assert_ok(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error));
	ssh_key_from_ed25519(&f->keys.node_key, &node);
	assert_true(ssh_key_equal(&signer, &node));
	/* A proof of one thing does not serve for another. */
	buffer_clear(&text);
	put_receipt(f, 5, &wrong, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_STATE);
	buffer_clear(&text);
	put_receipt(f, 4, &root5, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_STATE);
	/* Of what was cosigned: without any proof. */
	assert_ok(cosign_true(f, 0, 5));
	buffer_clear(&text);
	put_receipt(f, 5, &root5, &text);
	sign = (struct keeper_sign){ 0 };
	assert_ok(sign_one(f, &sign, &text, &armor));
	/* A size within the signed head needs both proofs. */
	buffer_clear(&note);
	put_true_head(f, 12, &note);
	buffer_clear(&text);
	put_receipt(f, 8, &root8, &text);
	sign = (struct keeper_sign){ .note = buffer_view(&note),
		                     .size = 8,
		                     .root = root8,
		                     .to = to.hashes,
		                     .to_count = to.count };
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_MISMATCH);
	sign.from = from.hashes;
	sign.from_count = from.count;
	assert_ok(sign_one(f, &sign, &text, &armor));
	sign.to_count = 0;
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_MISMATCH);
	buffer_release(&text);
	buffer_release(&armor);
	buffer_release(&note);
}

static void test_only_node_entries_are_signed(void **state)
{
	static const char test[] = "act test\nnonce 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	struct fixture *f = *state;
	struct keeper_sign sign = { .size = 0 };
	struct buffer text, armor;
	char channel[CHANNEL_ID_CAPACITY];

	buffer_init(&text, 4096);
	buffer_init(&armor, 65536);
	put_text(f, "north", "node", test, &text);
	assert_ok(sign_one(f, &sign, &text, &armor));
	buffer_clear(&text);
	put_text(f, "south", "node", test, &text);
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_DENIED);
	buffer_clear(&text);
	put_text(f, "north", "a.head", test, &text);
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	put_text(f, "north", "node", "act resume\n", &text);
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	put_text(f, "north", "node", "act close\n", &text);
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	/* No structure that is not an act. */
	assert_ok(buffer_put_string(&text, "chirograph.charter/1\nrules 1\n"));
	assert_int_not_equal(sign_one(f, &sign, &text, &armor), OK);
	buffer_clear(&text);
	/* Another channel. */
	memcpy(channel, f->charter->channel, sizeof(channel));
	memcpy(f->charter->channel, fixture_channel, sizeof(channel));
	put_text(f, "north", "node", test, &text);
	memcpy(f->charter->channel, channel, sizeof(channel));
	assert_int_equal(sign_one(f, &sign, &text, &armor), ERROR_DENIED);
	buffer_release(&text);
	buffer_release(&armor);
}

/* Sends bytes of a type as they are; the keeper must answer nothing and end. */
static void check_fatal(struct fixture *f, uint16_t type, struct bytes body)
{
	struct message message;
	int status;

	assert_ok(message_send_wait(&f->keeper.client.socket, type, 1, body, -1));
	assert_int_equal(message_receive_wait(&f->keeper.client.socket, 10000, &message),
	                 ERROR_NOT_FOUND);
	status = keeper_process_end(&f->keeper);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	keeper_process_start(&f->keeper, f->home);
}

/* Words are made with whom the engine names, of this time, and not without end. */
static void test_words_for_the_telephone(void **state)
{
	struct fixture *f = *state;
	struct keeper_call call = { .question = { .channel = f->channel, .random = { 1, 2, 3 } } };
	struct call_words words, expected;
	struct x25519_public own;
	struct x25519_secret secret = { { 7 } };
	struct error error = { 0 };
	struct buffer body;

	call.question.window = call_window(time(NULL));
	x25519_public_of(&secret, &call.other);
	assert_ok(keeper_client_call_words(&f->keeper.client, &call, &words, &error));
	assert_ok(age_recipient_parse(bytes_of_string(f->keys.reading_key), &own));
	assert_ok(call_words_make(&call.question, 1, &secret, &own, &expected));
	assert_memory_equal(&words, &expected, sizeof(words));
	call.question.window += 2;
	assert_int_equal(keeper_client_call_words(&f->keeper.client, &call, &words, &error),
	                 ERROR_CLOCK);
	call.question.window -= 2;
	memset(&call.other, 0, sizeof(call.other));
	assert_int_equal(keeper_client_call_words(&f->keeper.client, &call, &words, &error),
	                 ERROR_DENIED);
	call.question.channel.bytes[0] ^= 1;
	assert_int_equal(keeper_client_call_words(&f->keeper.client, &call, &words, &error),
	                 ERROR_NOT_FOUND);
	buffer_init(&body, KEEPER_CALL_SIZE);
	assert_ok(keeper_put_call(&body, &call));
	body.data[HASH_SIZE] = 2;
	check_fatal(f, KEEPER_CALL_WORDS, buffer_view(&body));
	buffer_release(&body);
	assert_ok(commit_own(f, 0, 1));
}

/* What is stated of an exchange is printed by the keeper, and signed in a namespace of its own:
 * it can pass for no entry. */
static void test_statements_of_exchanges(void **state)
{
	struct fixture *f = *state;
	struct keeper_exchange exchange = {
		.channel = f->channel,
		.list = numbered("list", 1),
		.identifier_class = 3,
		.step = EXCHANGE_ANSWER,
		.epoch = 2,
		.number = 7,
		.total = 1200,
		.today = 200,
		.day = NOON - NOON % EXCHANGE_DAY_SECONDS,
		.elements = 100,
		.content = numbered("content", 1),
		.previous = numbered("previous", 1),
	};
	struct exchange_statement statement;
	struct error error = { 0 };
	struct ssh_key signer, node;
	struct buffer text, armor;

	buffer_init(&text, 4096);
	buffer_init(&armor, 4096);
	assert_ok(keeper_client_sign_exchange(&f->keeper.client, &exchange, &text, &armor, &error));
	assert_ok(sshsig_verify(buffer_view(&text), EXCHANGE_NAMESPACE, buffer_view(&armor),
	                        &signer, &error));
	ssh_key_from_ed25519(&f->keys.node_key, &node);
	assert_true(ssh_key_equal(&signer, &node));
	assert_int_equal(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error),
	    ERROR_MISMATCH);
	/* It says what was asked for, and nothing else. */
	assert_ok(exchange_parse(buffer_view(&text), &statement, &error));
	assert_true(hash_equal(&statement.channel, &exchange.channel));
	assert_true(hash_equal(&statement.list, &exchange.list));
	assert_true(hash_equal(&statement.content, &exchange.content));
	assert_true(hash_equal(&statement.previous, &exchange.previous));
	assert_int_equal(statement.identifier_class, 3);
	assert_int_equal(statement.step, EXCHANGE_ANSWER);
	assert_int_equal(statement.epoch, 2);
	assert_int_equal(statement.number, 7);
	assert_int_equal(statement.total, 1200);
	assert_int_equal(statement.today, 200);
	assert_int_equal(statement.day, exchange.day);
	assert_int_equal(statement.elements, 100);
	/* No statement, no signature. */
	exchange.identifier_class = 200;
	assert_int_equal(
	    keeper_client_sign_exchange(&f->keeper.client, &exchange, &text, &armor, &error),
	    ERROR_LIMIT);
	exchange.identifier_class = 3;
	exchange.step = 2;
	assert_int_equal(
	    keeper_client_sign_exchange(&f->keeper.client, &exchange, &text, &armor, &error),
	    ERROR_LIMIT);
	exchange.step = EXCHANGE_QUESTION;
	exchange.day++;
	assert_int_equal(
	    keeper_client_sign_exchange(&f->keeper.client, &exchange, &text, &armor, &error),
	    ERROR_LIMIT);
	exchange.day--;
	exchange.channel.bytes[0] ^= 1;
	assert_int_equal(
	    keeper_client_sign_exchange(&f->keeper.client, &exchange, &text, &armor, &error),
	    ERROR_NOT_FOUND);
	buffer_clear(&text);
	assert_ok(keeper_put_exchange(&text, &exchange));
	assert_int_equal(text.size, KEEPER_EXCHANGE_SIZE);
	check_fatal(f, KEEPER_SIGN_EXCHANGE, bytes_of(text.data, text.size - 1));
	assert_ok(buffer_put_u8(&text, 0));
	check_fatal(f, KEEPER_SIGN_EXCHANGE, buffer_view(&text));
	buffer_release(&text);
	buffer_release(&armor);
}

static void test_requests_outside_the_table_end_it(void **state)
{
	struct fixture *f = *state;
	struct keeper_commit commit = { .channel = f->channel };
	struct buffer body;

	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	check_fatal(f, 0x00ff, bytes_of_string(""));
	check_fatal(f, 0x0120, bytes_of_string("anything"));
	check_fatal(f, KEEPER_STATUS, bytes_of_string("x"));
	check_fatal(f, KEEPER_UNSEAL, bytes_of_string("short"));
	assert_ok(keeper_put_commit(&body, &commit));
	assert_ok(buffer_put_u8(&body, 0));
	check_fatal(f, KEEPER_COMMIT, buffer_view(&body));
	assert_ok(commit_own(f, 0, 1));
	buffer_release(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_heads_are_signed_and_repeated),
		TEST(test_no_two_roots_for_one_size),
		TEST(test_cosignatures_need_consistency),
		TEST(test_heads_of_others_are_not_cosigned),
		TEST(test_a_fork_ends_cosigning_for_good),
		TEST(test_receipts_only_for_what_is_verified),
		TEST(test_only_node_entries_are_signed),
		TEST(test_words_for_the_telephone),
		TEST(test_statements_of_exchanges),
		TEST(test_requests_outside_the_table_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
