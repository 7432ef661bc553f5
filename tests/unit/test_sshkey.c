/* SSH public keys: each type both ways, fingerprints, and every loose spelling. */
#include "check.h"

#include "encoding.h"
#include "sshkey.h"
#include "torture.h"

#define ED25519_TEXT                                                                               \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPjjEHZ1qX/n3+LHF6/kV6bMtFhnYEL/hYF+6XHPxJgm"
#define P256_TEXT                                                                                  \
	"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMY3E2W/"         \
	"MiNpAhpv1w+mBRwojA5zFyBjCKTX82YTkYbsuFbXpz+jFP0haCONxmstLNZ7piYAE9xIKexZME6reqQ="
#define P384_TEXT                                                                                  \
	"ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBFMvh50yDOl"      \
	"/DJgKw/Weljo3x6rCAAqfViIStEE0hWnbo0SjudYwo47Rxe7v0BuXlR/xHyzBWjsXD4W3lMrTNEIuzgL2WX"      \
	"cKRttZGI3ozKENfXXo7GF5Gpy1+nmGcc/Qfw=="
#define P521_TEXT                                                                                  \
	"ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHqGrOWRnU"      \
	"Nbt/mInxozvopZZfy3W6ZJcwu5LDA/XN5MtXvUwTy5/ib1LTyJRE6IfMN9ZA+GjHPrEfcKkS2c/kY7gCHFZ"      \
	"vRhkMlwXy/9rI4B3z+YSGb6AhIT/iSLb6QP2HjvXXeUjD+ivR9+dQaSrJw5Nt0SiK7sdXGPxDvpCDjW9ip+Q=="

/* Fingerprints as `ssh-keygen -l` gave them. */
static const struct {
	const char *text;
	enum ssh_key_kind kind;
	const char *fingerprint;
	size_t point_size;
} keys[] = {
	{ ED25519_TEXT, SSH_KEY_ED25519, "SHA256:XPtC/CSnWn8hsRUDB2oWACT7mT/UJ/2Cg2NMDNkREWI", 32 },
	{ P256_TEXT, SSH_KEY_ECDSA_P256, "SHA256:bO2koTJ/fiMBc+mnhAyvsea+zs+h/U+8qTLwCY8JwI4", 65 },
	{ P384_TEXT, SSH_KEY_ECDSA_P384, "SHA256:z12hCfUMQDE+QRrA01VpmnYXB7Ogw2r/NTfBFltKbnI", 97 },
};

static int parse(const char *text, struct ssh_key *ret_key)
{
	return ssh_key_parse(bytes_of_string(text), ret_key, NULL);
}

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char fingerprint[SSH_KEY_FINGERPRINT_CAPACITY];
		struct ssh_key key;
		struct ssh_key again;
		struct buffer text;

		assert_ok(parse(keys[i].text, &key));
		assert_int_equal(key.kind, keys[i].kind);
		assert_int_equal(ssh_key_parts(&key).point.size, keys[i].point_size);
		ssh_key_fingerprint(&key, fingerprint);
		assert_string_equal(fingerprint, keys[i].fingerprint);
		buffer_init(&text, SSH_KEY_LINE_MAXIMUM);
		assert_ok(ssh_key_print(&key, &text));
		assert_bytes_string(buffer_view(&text), keys[i].text);
		buffer_release(&text);
		assert_ok(ssh_key_from_blob(ssh_key_blob(&key), &again, NULL));
		assert_true(ssh_key_equal(&key, &again));
		again.blob[again.size - 1] ^= 1;
		assert_false(ssh_key_equal(&key, &again));
	}
}

static const struct {
	const char *text;
	int result;
} bad_texts[] = {
	{ "", ERROR_SYNTAX },
	{ " ", ERROR_SYNTAX },
	{ "ssh-ed25519", ERROR_SYNTAX },
	{ "ssh-ed25519 ", ERROR_SYNTAX },
	{ ED25519_TEXT " comment", ERROR_SYNTAX },
	{ ED25519_TEXT " ", ERROR_SYNTAX },
	{ ED25519_TEXT "\n", ERROR_SYNTAX },
	{ " " ED25519_TEXT, ERROR_SYNTAX },
	{ "ssh-ed25519  AAAAC3NzaC1lZDI1NTE5AAAAIPjjEHZ1qX/n3+LHF6/kV6bMtFhnYEL/hYF+6XHPxJgm",
	  ERROR_SYNTAX },
	/* the type outside is not the one inside */
	{ "ssh-ed25518 AAAAC3NzaC1lZDI1NTE5AAAAIPjjEHZ1qX/n3+LHF6/kV6bMtFhnYEL/hYF+6XHPxJgm",
	  ERROR_SYNTAX },
	/* 31 bytes, and one byte too many */
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAH/jjEHZ1qX/n3+LHF6/kV6bMtFhnYEL/hYF+6XHPxJg=",
	  ERROR_SYNTAX },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPjjEHZ1qX/n3+LHF6/kV6bMtFhnYEL/hYF+6XHPxJgmAA==",
	  ERROR_SYNTAX },
	{ P521_TEXT, ERROR_UNSUPPORTED },
	{ "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQM=", ERROR_UNSUPPORTED },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_texts) / sizeof(*bad_texts); i++) {
		struct ssh_key key = { .size = 77 };
		struct error error = { 0 };

		assert_int_equal(ssh_key_parse(bytes_of_string(bad_texts[i].text), &key, &error),
		                 bad_texts[i].result);
		assert_int_equal(error.code, bad_texts[i].result);
		assert_true(error.message[0] != '\0');
		assert_int_equal(key.size, 77);
	}
}

/* The other spellings of base64's last digits. */
static void test_loose_base64(void **state)
{
	char text[] = P256_TEXT;
	struct ssh_key key;

	(void)state;
	text[strlen(text) - 2] = 'R';
	assert_int_not_equal(parse(text, &key), OK);
	text[strlen(text) - 1] = '\0';
	assert_int_not_equal(parse(text, &key), OK);
}

static void test_points(void **state)
{
	struct ssh_key key;
	struct ssh_key out;

	(void)state;
	assert_ok(parse(P256_TEXT, &key));
	for (size_t i = 0; i < 65; i++) { /* any change of a byte leaves the curve */
		struct ssh_key changed = key;

		changed.blob[changed.size - 65 + i] ^= 1;
		assert_int_equal(ssh_key_from_blob(ssh_key_blob(&changed), &out, NULL),
		                 ERROR_SYNTAX);
	}
	memset(key.blob + key.size - 64, 0xff, 64); /* above the field */
	assert_int_equal(ssh_key_from_blob(ssh_key_blob(&key), &out, NULL), ERROR_SYNTAX);
	memset(key.blob + key.size - 64, 0, 64);
	assert_int_equal(ssh_key_from_blob(ssh_key_blob(&key), &out, NULL), ERROR_SYNTAX);
}

/* Every shorter blob is refused. */
static void test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct ssh_key key;
		struct ssh_key out;

		assert_ok(parse(keys[i].text, &key));
		for (size_t size = 0; size < key.size; size++)
			assert_int_not_equal(
			    ssh_key_from_blob(bytes_of(key.blob, size), &out, NULL), OK);
	}
}

static void fido_blob(struct buffer *blob, struct bytes application)
{
	static const uint8_t point[ED25519_PUBLIC_SIZE] = { 9 };

	buffer_clear(blob);
	assert_ok(buffer_put_sized_string(blob, "sk-ssh-ed25519@openssh.com"));
	assert_ok(buffer_put_sized(blob, bytes_of(point, sizeof(point))));
	assert_ok(buffer_put_sized(blob, application));
}

static void test_fido(void **state)
{
	static const uint8_t control[] = "ssh:\n";
	static uint8_t long_name[600];
	struct buffer blob;
	struct ssh_key key;

	(void)state;
	buffer_init(&blob, 2048);
	fido_blob(&blob, bytes_of_string("ssh:"));
	assert_ok(ssh_key_from_blob(buffer_view(&blob), &key, NULL));
	assert_int_equal(key.kind, SSH_KEY_FIDO_ED25519);
	assert_bytes_string(ssh_key_parts(&key).application, "ssh:");
	fido_blob(&blob, bytes_of_string("ssh:duty desk"));
	assert_ok(ssh_key_from_blob(buffer_view(&blob), &key, NULL));
	fido_blob(&blob, bytes_of_string("ssh"));
	assert_int_equal(ssh_key_from_blob(buffer_view(&blob), &key, NULL), ERROR_UNSUPPORTED);
	fido_blob(&blob, bytes_of_string("example.org"));
	assert_int_equal(ssh_key_from_blob(buffer_view(&blob), &key, NULL), ERROR_UNSUPPORTED);
	fido_blob(&blob, bytes_of(control, sizeof(control)));
	assert_int_equal(ssh_key_from_blob(buffer_view(&blob), &key, NULL), ERROR_SYNTAX);
	memset(long_name, 'a', sizeof(long_name));
	memcpy(long_name, "ssh:", 4);
	fido_blob(&blob, bytes_of(long_name, sizeof(long_name)));
	assert_int_equal(ssh_key_from_blob(buffer_view(&blob), &key, NULL), ERROR_LIMIT);
	buffer_release(&blob);
}

static void test_from_ed25519(void **state)
{
	struct ssh_key parsed;
	struct ssh_key made;
	struct ed25519_public public_key;

	(void)state;
	assert_ok(parse(ED25519_TEXT, &parsed));
	memcpy(public_key.bytes, ssh_key_parts(&parsed).point.data, ED25519_PUBLIC_SIZE);
	ssh_key_from_ed25519(&public_key, &made);
	assert_true(ssh_key_equal(&parsed, &made));
}

static int parse_and_print(void *context)
{
	struct buffer text;
	struct ssh_key key;
	int r;

	buffer_init(&text, SSH_KEY_LINE_MAXIMUM);
	if ((r = parse(context, &key)) == OK)
		r = ssh_key_print(&key, &text);
	if (r != OK)
		assert_int_equal(text.size, 0);
	buffer_release(&text);
	return r;
}

static void test_no_memory(void **state)
{
	char text[] = P384_TEXT;

	(void)state;
	torture(parse_and_print, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),         cmocka_unit_test(test_bad),
		cmocka_unit_test(test_loose_base64), cmocka_unit_test(test_points),
		cmocka_unit_test(test_truncated),    cmocka_unit_test(test_fido),
		cmocka_unit_test(test_from_ed25519), cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
