/* The stock tool as judge: ssh-keygen accepts what we sign, we accept what it
 * signs with each kind of key it can make without hardware, and over the same
 * key both write the same bytes. */
#include "check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "encoding.h"
#include "sshsig.h"

#define NAMESPACE "chirograph-act"
#define PRINCIPAL "a.head@north"
#define MESSAGE   "chirograph.act/1\nchannel example\n"

enum { FILE_MAXIMUM = 16384, PATH_CAPACITY = 256, NOT_RUN = 127 };

static char folder[] = "/tmp/chirograph-keygen-XXXXXX";
static bool present;

static const char *path_of(const char *name, char *ret_path)
{
	snprintf(ret_path, PATH_CAPACITY, "%s/%s", folder, name);
	return ret_path;
}

/* Runs ssh-keygen without output; its exit code, or NOT_RUN. */
static int run(const char *input, const char *const arguments[])
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		int in = open(input, O_RDONLY | O_CLOEXEC);
		int out = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (in < 0 || out < 0)
			_exit(NOT_RUN);
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
		execvp(arguments[0], (char *const *)(uintptr_t)arguments);
		_exit(NOT_RUN);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return NOT_RUN;
	return WEXITSTATUS(status);
}

static void write_file(const char *name, struct bytes content)
{
	char path[PATH_CAPACITY];
	FILE *file = fopen(path_of(name, path), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(content.data, 1, content.size, file), content.size);
	assert_int_equal(fclose(file), 0);
}

/* The content of a file, in a buffer that the caller releases. */
static void read_file(const char *name, struct buffer *buffer)
{
	char path[PATH_CAPACITY];
	uint8_t *content;
	FILE *file = fopen(path_of(name, path), "rb");
	size_t size;

	assert_non_null(file);
	buffer_init(buffer, FILE_MAXIMUM);
	assert_ok(buffer_extend(buffer, FILE_MAXIMUM, &content));
	size = fread(content, 1, FILE_MAXIMUM, file);
	buffer_truncate(buffer, size);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	const char *const arguments[] = { "ssh-keygen", "-?", NULL };

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	present = run("/dev/null", arguments) != NOT_RUN;
	if (!present)
		print_message("# skipped: there is no ssh-keygen here\n");
	return 0;
}

static int teardown(void **state)
{
	const char *const arguments[] = { "rm", "-rf", folder, NULL };

	(void)state;
	return run("/dev/null", arguments);
}

static void generate(const char *type, const char *bits)
{
	char key[PATH_CAPACITY];
	char old[PATH_CAPACITY];
	const char *const arguments[] = { "ssh-keygen", "-q", "-t", type, "-b", bits, "-N",
		                          "",           "-C", "",   "-f", key,  NULL };

	path_of("key", key);
	unlink(key);
	unlink(path_of("key.pub", old));
	unlink(path_of("message.sig", old));
	assert_int_equal(run("/dev/null", arguments), 0);
}

static void sign_by_tool(const char *hash)
{
	char key[PATH_CAPACITY];
	char message[PATH_CAPACITY];
	const char *const arguments[] = { "ssh-keygen", "-Y", "sign",    "-O",    hash, "-f",
		                          key,          "-n", NAMESPACE, message, NULL };

	path_of("key", key);
	path_of("message", message);
	write_file("message", bytes_of_string(MESSAGE));
	assert_int_equal(run("/dev/null", arguments), 0);
}

static int verify_by_tool(void)
{
	char message[PATH_CAPACITY];
	char allowed[PATH_CAPACITY];
	char signature[PATH_CAPACITY];
	const char *const arguments[] = { "ssh-keygen", "-Y", "verify",  "-f", allowed,   "-I",
		                          PRINCIPAL,    "-n", NAMESPACE, "-s", signature, NULL };

	path_of("allowed", allowed);
	path_of("ours.sig", signature);
	return run(path_of("message", message), arguments);
}

static const struct {
	const char *type;
	const char *bits;
	const char *hash;
	enum ssh_key_kind kind;
} tool_keys[] = {
	{ "ed25519", "256", "hashalg=sha512", SSH_KEY_ED25519 },
	{ "ed25519", "256", "hashalg=sha256", SSH_KEY_ED25519 },
	{ "ecdsa", "256", "hashalg=sha512", SSH_KEY_ECDSA_P256 },
	{ "ecdsa", "256", "hashalg=sha256", SSH_KEY_ECDSA_P256 },
	{ "ecdsa", "384", "hashalg=sha512", SSH_KEY_ECDSA_P384 },
	{ "ecdsa", "384", "hashalg=sha256", SSH_KEY_ECDSA_P384 },
};

static void test_signed_by_tool(void **state)
{
	(void)state;
	if (!present)
		skip();
	for (size_t i = 0; i < sizeof(tool_keys) / sizeof(*tool_keys); i++) {
		struct buffer signature;
		struct buffer line;
		struct ssh_key key;
		struct ssh_key public_key;
		struct error error = { 0 };
		int r;

		generate(tool_keys[i].type, tool_keys[i].bits);
		sign_by_tool(tool_keys[i].hash);
		read_file("message.sig", &signature);
		read_file("key.pub", &line);
		while (line.size > 0 && line.data[line.size - 1] <= ' ')
			buffer_truncate(&line, line.size - 1);
		assert_ok(ssh_key_parse(buffer_view(&line), &public_key, NULL));

		r = sshsig_verify(bytes_of_string(MESSAGE), NAMESPACE, buffer_view(&signature),
		                  &key, &error);
		if (r != OK)
			print_message("# %s\n", error.message);
		assert_ok(r);
		assert_int_equal(key.kind, tool_keys[i].kind);
		assert_true(ssh_key_equal(&key, &public_key));
		r = sshsig_verify(bytes_of_string("other"), NAMESPACE, buffer_view(&signature),
		                  &key, NULL);
		assert_int_equal(r, ERROR_SIGNATURE);
		buffer_release(&line);
		buffer_release(&signature);
	}
}

static void test_rsa_by_tool(void **state)
{
	struct buffer signature;
	struct ssh_key key;

	(void)state;
	if (!present)
		skip();
	generate("rsa", "2048");
	sign_by_tool("hashalg=sha512");
	read_file("message.sig", &signature);
	assert_int_equal(
	    sshsig_verify(bytes_of_string(MESSAGE), NAMESPACE, buffer_view(&signature), &key, NULL),
	    ERROR_UNSUPPORTED);
	buffer_release(&signature);
}

/* `principal namespaces="…" type base64` for a key of ours. */
static void write_allowed(const struct ed25519_public *public_key)
{
	struct buffer line;
	struct ssh_key key;

	ssh_key_from_ed25519(public_key, &key);
	buffer_init(&line, FILE_MAXIMUM);
	assert_ok(buffer_put_string(&line, PRINCIPAL " namespaces=\"" NAMESPACE "\" "));
	assert_ok(ssh_key_print(&key, &line));
	assert_ok(buffer_put_u8(&line, '\n'));
	write_file("allowed", buffer_view(&line));
	buffer_release(&line);
}

static void test_verified_by_tool(void **state)
{
	(void)state;
	if (!present)
		skip();
	for (uint8_t i = 0; i < 8; i++) {
		uint8_t seed[ED25519_SEED_SIZE] = { i, 1 };
		struct ed25519_secret secret;
		struct buffer armor;

		ed25519_from_seed(&secret, seed);
		buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
		assert_ok(sshsig_sign(&secret, NAMESPACE, bytes_of_string(MESSAGE), &armor));
		write_file("ours.sig", buffer_view(&armor));
		write_allowed(&secret.public_key);
		write_file("message", bytes_of_string(MESSAGE));
		assert_int_equal(verify_by_tool(), 0);
		write_file("message", bytes_of_string("other"));
		assert_int_not_equal(verify_by_tool(), 0);
		buffer_release(&armor);
	}
}

/* The seed in an unencrypted private key file (PROTOCOL.key of OpenSSH). */
static void read_seed(uint8_t ret_seed[ED25519_SEED_SIZE])
{
	static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
	struct buffer file;
	struct buffer encoded;
	struct buffer decoded;
	struct cursor cursor;
	struct bytes skipped;
	struct bytes field;

	read_file("key", &file);
	buffer_init(&encoded, FILE_MAXIMUM);
	for (size_t i = sizeof(begin) - 1; i < file.size && file.data[i] != '-'; i++) {
		if (file.data[i] != '\n')
			assert_ok(buffer_put_u8(&encoded, file.data[i]));
	}
	buffer_init(&decoded, FILE_MAXIMUM);
	assert_ok(base64_decode(&decoded, buffer_view(&encoded), BASE64_PADDED));

	cursor = cursor_over(buffer_view(&decoded));
	assert_ok(cursor_get_bytes(&cursor, sizeof("openssh-key-v1"), &skipped));
	for (int i = 0; i < 3; i++) /* cipher, derivation and its options */
		assert_ok(cursor_get_sized(&cursor, FILE_MAXIMUM, &skipped));
	assert_ok(cursor_get_bytes(&cursor, 4, &skipped));
	assert_ok(cursor_get_sized(&cursor, FILE_MAXIMUM, &skipped));
	assert_ok(cursor_get_sized(&cursor, FILE_MAXIMUM, &field));

	cursor = cursor_over(field);
	assert_ok(cursor_get_bytes(&cursor, 8, &skipped));
	assert_ok(cursor_get_sized(&cursor, FILE_MAXIMUM, &skipped));
	assert_ok(cursor_get_sized(&cursor, FILE_MAXIMUM, &skipped));
	assert_ok(cursor_get_sized(&cursor, FILE_MAXIMUM, &field));
	assert_int_equal(field.size, 64);
	memcpy(ret_seed, field.data, ED25519_SEED_SIZE);
	buffer_release(&decoded);
	buffer_release(&encoded);
	buffer_release(&file);
}

static void test_same_bytes(void **state)
{
	uint8_t seed[ED25519_SEED_SIZE];
	struct ed25519_secret secret;
	struct buffer theirs;
	struct buffer ours;

	(void)state;
	if (!present)
		skip();
	generate("ed25519", "256");
	sign_by_tool("hashalg=sha512");
	read_file("message.sig", &theirs);
	read_seed(seed);
	ed25519_from_seed(&secret, seed);
	buffer_init(&ours, SSHSIG_ARMOR_MAXIMUM);
	assert_ok(sshsig_sign(&secret, NAMESPACE, bytes_of_string(MESSAGE), &ours));
	assert_true(bytes_equal(buffer_view(&ours), buffer_view(&theirs)));
	buffer_release(&ours);
	buffer_release(&theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed_by_tool),
		cmocka_unit_test(test_rsa_by_tool),
		cmocka_unit_test(test_verified_by_tool),
		cmocka_unit_test(test_same_bytes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
