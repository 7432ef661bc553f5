/* How the keys and the state of a keeper live: setups, rekeying, certificates,
 * torn and lost files, and being killed at any moment. */
#include "keeper_fixture.h"

#include <signal.h>

#include "age.h"
#include "link_certificate.h"
#include "system.h"

static void test_setups_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct keeper_client *client = &f->keeper.client;
	struct keeper_setup_keys keys, second;
	struct keeper_status status;
	struct error error = { 0 };
	struct hash channel;
	struct buffer text;

	assert_ok(keeper_client_new_setup(client, &keys, &error));
	assert_ok(keeper_client_new_setup(client, &second, &error));
	assert_memory_not_equal(keys.setup, second.setup, sizeof(keys.setup));
	assert_ok(keeper_client_discard_setup(client, second.setup, &error));
	assert_int_equal(keeper_client_discard_setup(client, second.setup, &error),
	                 ERROR_NOT_FOUND);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	/* A charter with the keys of another setup. */
	put_charter(&second, &text);
	assert_int_equal(
	    keeper_client_adopt(client, keys.setup, 0, buffer_view(&text), &channel, &error),
	    ERROR_MISMATCH);
	assert_int_equal(
	    keeper_client_adopt(client, second.setup, 0, buffer_view(&text), &channel, &error),
	    ERROR_NOT_FOUND);
	buffer_clear(&text);
	put_charter(&keys, &text);
	assert_int_equal(
	    keeper_client_adopt(client, keys.setup, 1, buffer_view(&text), &channel, &error),
	    ERROR_MISMATCH);
	keeper_process_stop(&f->keeper);
	keeper_process_start(&f->keeper, f->home);
	assert_ok(keeper_client_adopt(client, keys.setup, 0, buffer_view(&text), &channel, &error));
	/* Again, as after a crash; but not for the other party. */
	assert_ok(keeper_client_adopt(client, keys.setup, 0, buffer_view(&text), &channel, &error));
	assert_int_equal(
	    keeper_client_adopt(client, keys.setup, 1, buffer_view(&text), &channel, &error),
	    ERROR_EXISTS);
	assert_ok(keeper_client_status(client, &status, &error));
	assert_int_equal(status.channel_count, 2);
	assert_int_equal(status.setup_count, 0);
	keeper_status_release(&status);
	buffer_release(&text);
}

/* A setup becomes a channel only with every one of its keys in the charter. */
static void test_a_charter_with_another_key(void **state)
{
	struct fixture *f = *state;
	struct keeper_client *client = &f->keeper.client;
	struct keeper_setup_keys keys, other;
	struct error error = { 0 };
	struct hash channel;
	struct buffer text;

	assert_ok(keeper_client_new_setup(client, &keys, &error));
	assert_ok(keeper_client_new_setup(client, &other, &error));
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	for (unsigned i = 0; i < 5; i++) {
		struct keeper_setup_keys mixed = keys;

		if (i == 0)
			mixed.log_key = other.log_key;
		else if (i == 1)
			mixed.receipt_key = other.receipt_key;
		else if (i == 2)
			mixed.node_key = other.node_key;
		else if (i == 3)
			mixed.link_key = other.link_key;
		else
			memcpy(mixed.reading_key, other.reading_key, sizeof(mixed.reading_key));
		buffer_clear(&text);
		put_charter(&mixed, &text);
		assert_int_equal(keeper_client_adopt(client, keys.setup, 0, buffer_view(&text),
		                                     &channel, &error),
		                 ERROR_MISMATCH);
	}
	buffer_release(&text);
}

static void test_age_headers_are_opened(void **state)
{
	struct fixture *f = *state;
	struct random_source random = system_random();
	struct age_file_key file_key = { { 1, 2, 3, 4 } };
	struct x25519_public recipients[2];
	struct x25519_secret stranger;
	uint8_t found[KEEPER_FILE_KEY_SIZE] = { 0 };
	char next[KEEPER_KEY_TEXT_CAPACITY];
	struct keeper_client *client = &f->keeper.client;
	struct error error = { 0 };
	struct buffer header;

	buffer_init(&header, AGE_HEADER_MAXIMUM);
	assert_ok(x25519_secret_generate(&random, &stranger));
	x25519_public_of(&stranger, &recipients[0]);
	assert_ok(age_recipient_parse(bytes_of_string(f->keys.reading_key), &recipients[1]));
	assert_ok(age_header_build(&header, &file_key, recipients, 2, &random, NULL));
	assert_ok(keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error));
	assert_memory_equal(found, file_key.bytes, sizeof(found));
	/* After a rekey the old key still opens: see test_keeper_destruction.c. */
	assert_ok(keeper_client_new_key(client, &f->channel, KEEPER_KEY_READING, next, &error));
	assert_ok(
	    keeper_client_activate_key(client, &f->channel, KEEPER_KEY_READING, next, &error));
	restart(f);
	assert_ok(keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error));
	/* A changed header: its MAC does not hold. */
	buffer_clear(&header);
	assert_ok(age_recipient_parse(bytes_of_string(next), &recipients[1]));
	assert_ok(age_header_build(&header, &file_key, &recipients[1], 1, &random, NULL));
	header.data[header.size - 5] = header.data[header.size - 5] == 'A' ? 'B' : 'A';
	assert_int_not_equal(
	    keeper_client_unseal(client, &f->channel, buffer_view(&header), found, &error), OK);
	buffer_release(&header);
}

static void test_certificates_of_the_link(void **state)
{
	struct fixture *f = *state;
	struct ed25519_secret tls = fixture_secret(0, FIXTURE_WITNESS);
	struct ed25519_public found = { { 0 } };
	struct clock clock = system_clock();
	timestamp now = clock.now(clock.context);
	struct keeper_client *client = &f->keeper.client;
	struct error error = { 0 };
	struct buffer der;

	buffer_init(&der, LINK_CERTIFICATE_MAXIMUM);
	assert_ok(
	    keeper_client_link_certificate(client, &f->channel, &tls.public_key, &der, &error));
	assert_ok(
	    link_certificate_verify(buffer_view(&der), &f->keys.link_key, now, &found, &error));
	assert_true(ed25519_public_equal(&found, &tls.public_key));
	assert_int_equal(
	    link_certificate_verify(buffer_view(&der), &f->keys.node_key, now, &found, &error),
	    ERROR_SIGNATURE);
	assert_int_equal(link_certificate_verify(buffer_view(&der), &f->keys.link_key,
	                                         now + LINK_CERTIFICATE_AFTER + 60, &found, &error),
	                 ERROR_CLOCK);
	assert_int_equal(link_certificate_verify(buffer_view(&der), &f->keys.link_key,
	                                         now - LINK_CERTIFICATE_BEFORE - 60, &found,
	                                         &error),
	                 ERROR_CLOCK);
	assert_ok(buffer_put_u8(&der, 0));
	assert_int_equal(
	    link_certificate_verify(buffer_view(&der), &f->keys.link_key, now, &found, &error),
	    ERROR_SYNTAX);
	/* Every byte counts. */
	buffer_truncate(&der, der.size - 1);
	for (size_t i = 0; i < der.size; i++) {
		der.data[i] ^= 1;
		assert_int_not_equal(link_certificate_verify(buffer_view(&der), &f->keys.link_key,
		                                             now, &found, &error),
		                     OK);
		der.data[i] ^= 1;
	}
	assert_int_equal(
	    keeper_client_link_certificate(client, &f->channel, &f->keys.link_key, &der, &error),
	    ERROR_DENIED);
	buffer_release(&der);
}

static void test_keys_change_when_activated(void **state)
{
	struct fixture *f = *state;
	struct keeper_client *client = &f->keeper.client;
	struct keeper_sign sign = { .size = 0 };
	struct error error = { 0 };
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct buffer text, armor;
	struct ssh_key signer, node;
	struct ed25519_public raw;

	buffer_init(&text, 4096);
	buffer_init(&armor, 65536);
	put_text(f, "north", "node",
	         "act test\nnonce 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", &text);
	assert_int_equal(
	    keeper_client_activate_key(client, &f->channel, KEEPER_KEY_LOG, key, &error),
	    ERROR_DENIED);
	assert_ok(keeper_client_new_key(client, &f->channel, KEEPER_KEY_NODE, key, &error));
	assert_ok(sign_one(f, &sign, &text, &armor));
	assert_ok(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error));
	ssh_key_from_ed25519(&f->keys.node_key, &node);
	assert_true(ssh_key_equal(&signer, &node));
	assert_int_equal(
	    keeper_client_activate_key(client, &f->channel, KEEPER_KEY_LINK, key, &error),
	    ERROR_NOT_FOUND);
	assert_ok(keeper_client_activate_key(client, &f->channel, KEEPER_KEY_NODE, key, &error));
	restart(f);
	assert_ok(sign_one(f, &sign, &text, &armor));
	assert_ok(
	    sshsig_verify(buffer_view(&text), ACT_NAMESPACE, buffer_view(&armor), &signer, &error));
	assert_ok(base64_decode_fixed(bytes_of_string(key), raw.bytes, sizeof(raw.bytes)));
	ssh_key_from_ed25519(&raw, &node);
	assert_true(ssh_key_equal(&signer, &node));
	buffer_release(&text);
	buffer_release(&armor);
}

static void test_one_keeper_a_directory(void **state)
{
	struct fixture *f = *state;
	struct keeper_process second;
	struct keeper_status unused;
	struct error error;
	int status;

	keeper_process_spawn(&second, f->home);
	/* It is gone before anybody can ask it anything. */
	assert_int_not_equal(keeper_client_status(&second.client, &unused, &error), OK);
	status = keeper_process_end(&second);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_ok(commit_own(f, 0, 1));
}

static void state_file(const struct fixture *f, char ret_path[256])
{
	snprintf(ret_path, 256, "%s/keeper/%s.state", f->home, f->charter->channel);
}

static void test_a_torn_slot_leaves_the_other(void **state)
{
	struct fixture *f = *state;
	char path[256];
	int fd;

	state_file(f, path);
	assert_ok(commit_own(f, 0, 3)); /* sequence 1, slot 1 */
	assert_ok(commit_own(f, 3, 2)); /* sequence 2, slot 0 */
	keeper_process_stop(&f->keeper);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "torn", 4, 2000), 4);
	close(fd);
	keeper_process_start(&f->keeper, f->home);
	assert_int_equal(status_of(f).own_size, 3);
	assert_ok(commit_own(f, 3, 2));
	check_own_head(f, 5);
}

static void test_a_lost_state_signs_nothing(void **state)
{
	struct fixture *f = *state;
	char path[256];

	state_file(f, path);
	assert_ok(commit_own(f, 0, 3));
	keeper_process_stop(&f->keeper);
	assert_int_equal(unlink(path), 0);
	keeper_process_start(&f->keeper, f->home);
	assert_true(status_of(f).state_lost);
	assert_int_equal(commit_own(f, 0, 3), ERROR_STATE);
	assert_int_equal(commit_own(f, 3, 1), ERROR_STATE);
	assert_int_equal(cosign_true(f, 0, 5), ERROR_STATE);
}

static void test_secrets_are_for_the_keeper_alone(void **state)
{
	struct fixture *f = *state;
	struct stat status;
	char command[256];

	snprintf(command, sizeof(command), "test -z \"$(find %s/keeper -type f ! -perm 0600)\"",
	         f->home);
	assert_int_equal(system(command), 0);
	/* Not even its own user can look into its memory. */
	snprintf(command, sizeof(command), "/proc/%d/mem", (int)f->keeper.pid);
	assert_int_equal(stat(command, &status), 0);
	assert_int_equal(status.st_uid, 0);
}

/* Kills the keeper at a point of a commit, starts it again and repeats the
 * commit: the answer must be that of a keeper that was never killed. */
static void check_fault_point(struct fixture *f, const char *point)
{
	struct tree_proof proof = other_proof(f, 5, 9);
	struct keeper_commit commit = {
		.channel = f->channel,
		.previous_size = 3,
		.time = NOON,
		.leaf_count = 2,
		.leaves = f->leaves + 3,
	};
	struct buffer note, head, cosignature;
	struct error error = { 0 };
	char twin[64];
	int status;

	buffer_init(&note, NOTE_MAXIMUM);
	buffer_init(&head, NOTE_MAXIMUM);
	buffer_init(&cosignature, NOTE_MAXIMUM);
	put_true_head(f, 9, &note);
	commit.head = (struct keeper_head){ buffer_view(&note), proof.count, proof.hashes };
	/* The twin does it undisturbed. */
	keeper_process_stop(&f->keeper);
	keeper_process_make_home(twin);
	keeper_process_run("cp -a '%s/keeper' '%s/'", f->home, twin);
	keeper_process_start(&f->keeper, twin);
	assert_ok(keeper_client_commit(&f->keeper.client, &commit, &head, &cosignature, &error));
	keeper_process_stop(&f->keeper);
	keeper_process_remove_home(twin);

	setenv("CHIRO_FAULT_POINT", point, 1);
	keeper_process_start(&f->keeper, f->home);
	unsetenv("CHIRO_FAULT_POINT");
	buffer_clear(&f->head);
	buffer_clear(&f->cosignature);
	assert_int_equal(
	    keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error),
	    ERROR_IO);
	status = keeper_process_end(&f->keeper);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	keeper_process_start(&f->keeper, f->home);
	assert_ok(
	    keeper_client_commit(&f->keeper.client, &commit, &f->head, &f->cosignature, &error));
	assert_int_equal(f->head.size, head.size);
	assert_memory_equal(f->head.data, head.data, head.size);
	assert_int_equal(f->cosignature.size, cosignature.size);
	assert_memory_equal(f->cosignature.data, cosignature.data, cosignature.size);
	check_own_head(f, 5);
	check_cosignature(f, 9, NOON);
	buffer_release(&note);
	buffer_release(&head);
	buffer_release(&cosignature);
}

static void check_commit_at(void **state, const char *point)
{
#ifdef CHIRO_FAULT_POINTS
	struct fixture *f = *state;

	assert_ok(commit_own(f, 0, 3));
	assert_ok(cosign_true(f, 0, 5));
	check_fault_point(f, point);
#else
	(void)state;
	(void)point;
	(void)check_fault_point;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

static void test_killed_before_the_slot(void **state)
{
	check_commit_at(state, "keeper-before-slot");
}

static void test_killed_after_the_slot(void **state)
{
	check_commit_at(state, "keeper-after-slot");
}

static void test_killed_after_the_sync(void **state)
{
	check_commit_at(state, "keeper-after-sync");
}

static void test_killed_after_signing(void **state)
{
	check_commit_at(state, "keeper-after-signing");
}

static void test_killed_while_adopting(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	static const char *const points[] = { "keeper-adopt-charter", "keeper-adopt-state",
		                              "keeper-adopt-keys" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		struct keeper_setup_keys keys;
		struct error error = { 0 };
		struct hash channel;
		struct buffer text;

		buffer_init(&text, CHARTER_SIZE_MAXIMUM);
		keeper_process_stop(&f->keeper);
		setenv("CHIRO_FAULT_POINT", points[i], 1);
		keeper_process_start(&f->keeper, f->home);
		unsetenv("CHIRO_FAULT_POINT");
		assert_ok(keeper_client_new_setup(&f->keeper.client, &keys, &error));
		put_charter(&keys, &text);
		assert_int_equal(keeper_client_adopt(&f->keeper.client, keys.setup, 0,
		                                     buffer_view(&text), &channel, &error),
		                 ERROR_IO);
		assert_true(WIFSIGNALED(keeper_process_end(&f->keeper)));
		keeper_process_start(&f->keeper, f->home);
		assert_ok(keeper_client_adopt(&f->keeper.client, keys.setup, 0, buffer_view(&text),
		                              &channel, &error));
		buffer_release(&text);
	}
#else
	(void)state;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

/* Restarts the keeper so that it dies at a point. */
static void restart_to_die(struct fixture *f, const char *point)
{
	keeper_process_stop(&f->keeper);
	setenv("CHIRO_FAULT_POINT", point, 1);
	keeper_process_start(&f->keeper, f->home);
	unsetenv("CHIRO_FAULT_POINT");
}

static void test_killed_while_changing_keys(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	static const char *const points[] = { "keeper-before-keys", "keeper-after-keys" };
	struct fixture *f = *state;
	struct keeper_client *client = &f->keeper.client;
	struct error error = { 0 };

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		char key[KEEPER_KEY_TEXT_CAPACITY];

		assert_ok(
		    keeper_client_new_key(client, &f->channel, KEEPER_KEY_RECEIPT, key, &error));
		restart_to_die(f, points[i]);
		assert_int_equal(keeper_client_activate_key(client, &f->channel, KEEPER_KEY_RECEIPT,
		                                            key, &error),
		                 ERROR_IO);
		assert_true(WIFSIGNALED(keeper_process_end(&f->keeper)));
		keeper_process_start(&f->keeper, f->home);
		assert_ok(keeper_client_activate_key(client, &f->channel, KEEPER_KEY_RECEIPT, key,
		                                     &error));
		assert_ok(base64_decode_fixed(bytes_of_string(key), f->keys.receipt_key.bytes,
		                              ED25519_PUBLIC_SIZE));
		assert_ok(cosign_true(f, 0, 5));
		check_cosignature(f, 5, NOON);
	}
#else
	(void)state;
	(void)restart_to_die;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

static void test_killed_while_discarding(void **state)
{
#ifdef CHIRO_FAULT_POINTS
	struct fixture *f = *state;
	struct keeper_setup_keys keys;
	struct keeper_status status;
	struct error error = { 0 };
	char command[128];

	assert_ok(keeper_client_new_setup(&f->keeper.client, &keys, &error));
	restart_to_die(f, "keeper-discard-aside");
	assert_int_equal(keeper_client_discard_setup(&f->keeper.client, keys.setup, &error),
	                 ERROR_IO);
	assert_true(WIFSIGNALED(keeper_process_end(&f->keeper)));
	keeper_process_start(&f->keeper, f->home);
	assert_ok(keeper_client_status(&f->keeper.client, &status, &error));
	assert_int_equal(status.setup_count, 0);
	keeper_status_release(&status);
	/* And no secret is left behind. */
	snprintf(command, sizeof(command), "test -z \"$(find %s/keeper -name '*.new')\"", f->home);
	assert_int_equal(system(command), 0);
#else
	(void)state;
	print_message("# skipped: built without fault points\n");
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_setups_come_and_go),
		TEST(test_a_charter_with_another_key),
		TEST(test_age_headers_are_opened),
		TEST(test_certificates_of_the_link),
		TEST(test_keys_change_when_activated),
		TEST(test_one_keeper_a_directory),
		TEST(test_a_torn_slot_leaves_the_other),
		TEST(test_a_lost_state_signs_nothing),
		TEST(test_secrets_are_for_the_keeper_alone),
		TEST(test_killed_before_the_slot),
		TEST(test_killed_after_the_slot),
		TEST(test_killed_after_the_sync),
		TEST(test_killed_after_signing),
		TEST(test_killed_while_adopting),
		TEST(test_killed_while_changing_keys),
		TEST(test_killed_while_discarding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
