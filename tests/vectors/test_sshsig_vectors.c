/* The signatures of OpenSSH's regression tests, FIDO keys among them. */
#include "vectors.h"

#include "sshsig.h"

/* Each is verified, or refused as what it is. RSA, webauthn and the hybrid of
 * ML-DSA and Ed25519 are no keys of ours. */
static const struct {
	const char *name;
	int key_result;
	int result;
} vectors[] = {
	{ "ed25519", OK, OK },
	{ "ecdsa", OK, OK },
	{ "ed25519_sk", OK, OK },
	{ "ecdsa_sk", OK, OK },
	{ "rsa", ERROR_UNSUPPORTED, ERROR_UNSUPPORTED },
	{ "ecdsa_sk_webauthn", ERROR_UNSUPPORTED, ERROR_UNSUPPORTED },
	{ "mldsa44-ed25519", ERROR_LIMIT, ERROR_LIMIT },
};

static void trim(struct buffer *buffer)
{
	while (buffer->size > 0 && buffer->data[buffer->size - 1] == '\n')
		buffer_truncate(buffer, buffer->size - 1);
}

/* `type base64` without the comment of a .pub file. */
static struct bytes without_comment(struct bytes line)
{
	size_t spaces = 0;

	for (size_t i = 0; i < line.size; i++) {
		spaces += line.data[i] == ' ';
		if (spaces == 2)
			return bytes_of(line.data, i);
	}
	return line;
}

static void read_vector(const char *name, const char *suffix, struct buffer *ret_buffer)
{
	char file[64];

	snprintf(file, sizeof(file), "%s%s", name, suffix);
	vector_read("sshsig", file, ret_buffer);
}

static void test_all(void **state)
{
	struct buffer name_space;
	struct buffer message;
	size_t verified = 0;

	(void)state;
	vectors_needed("sshsig");
	vector_read("sshsig", "namespace", &name_space);
	trim(&name_space);
	assert_int_equal(buffer_put_u8(&name_space, 0), OK);
	vector_read("sshsig", "signed-data", &message);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		struct buffer line;
		struct buffer armor;
		struct ssh_key public_key;
		struct ssh_key key;
		struct error error = { 0 };
		int r;

		read_vector(vectors[i].name, ".pub", &line);
		read_vector(vectors[i].name, ".sig", &armor);
		trim(&line);
		r = ssh_key_parse(without_comment(buffer_view(&line)), &public_key, NULL);
		assert_int_equal(r, vectors[i].key_result);
		r = sshsig_verify(buffer_view(&message), (const char *)name_space.data,
		                  buffer_view(&armor), &key, &error);
		assert_int_equal(r, vectors[i].result);
		if (r == OK) {
			assert_true(ssh_key_equal(&key, &public_key));
			verified++;
			message.data[0] ^= 1;
			r = sshsig_verify(buffer_view(&message), (const char *)name_space.data,
			                  buffer_view(&armor), &key, NULL);
			assert_int_equal(r, ERROR_SIGNATURE);
			message.data[0] ^= 1;
		} else {
			print_message("# %s refused: %s\n", vectors[i].name, error.message);
		}
		buffer_release(&armor);
		buffer_release(&line);
	}
	print_message("# %zu vectors, %zu verified, the others refused as unsupported\n",
	              sizeof(vectors) / sizeof(*vectors), verified);
	buffer_release(&message);
	buffer_release(&name_space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
