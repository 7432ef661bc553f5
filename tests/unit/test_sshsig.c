/* SSH signatures: our own both ways, every field that may be wrong, every other
 * spelling of an armor. What ssh-keygen says is in test_ssh_keygen.c. */
#include "check.h"

#include "sha.h"
#include "sshsig.h"
#include "torture.h"

#define NAMESPACE "chirograph-act"
#define MESSAGE   "chirograph.act/1\n"

static struct ed25519_secret secret;

static int setup(void **state)
{
	static const uint8_t seed[ED25519_SEED_SIZE] = { 42 };

	(void)state;
	ed25519_from_seed(&secret, seed);
	return 0;
}

/* What goes into a signature; the tests change one field at a time. */
struct recipe {
	const char *magic;
	uint32_t version;
	const char *name_space;
	const char *reserved;
	const char *hash;
	const char *key_type;
	const char *inner_type;
	const char *application; /* NULL: no FIDO key */
	uint8_t flags;
	size_t value_size;
	size_t inner_trailing;
	size_t trailing;
};

static const struct recipe plain = {
	"SSHSIG", 1, NAMESPACE, "", "sha512", "ssh-ed25519", "ssh-ed25519", NULL, 0, 64, 0, 0,
};

static const struct recipe fido = {
	"SSHSIG",
	1,
	NAMESPACE,
	"",
	"sha512",
	"sk-ssh-ed25519@openssh.com",
	"sk-ssh-ed25519@openssh.com",
	"ssh:",
	1,
	64,
	0,
	0,
};

static void put_digest(struct buffer *buffer, const char *hash, struct bytes message)
{
	uint8_t digest[SHA512_SIZE];
	struct hash short_digest;

	if (strcmp(hash, "sha256") == 0) {
		sha256_of(&short_digest, message);
		assert_ok(buffer_put_sized(buffer, bytes_of(short_digest.bytes, HASH_SIZE)));
	} else {
		sha512(digest, &message, 1);
		assert_ok(buffer_put_sized(buffer, bytes_of(digest, sizeof(digest))));
	}
}

/* Signs `data`, or what a FIDO key makes of it. */
static void sign(const struct recipe *recipe, struct bytes data,
                 uint8_t ret_value[ED25519_SIGNATURE_SIZE])
{
	struct buffer outer;
	struct hash hash;

	if (recipe->application == NULL) {
		ed25519_sign(ret_value, &secret, data);
		return;
	}
	buffer_init(&outer, 256);
	sha256_of(&hash, bytes_of_string(recipe->application));
	assert_ok(buffer_put(&outer, hash.bytes, HASH_SIZE));
	assert_ok(buffer_put_u8(&outer, recipe->flags));
	assert_ok(buffer_put_u32(&outer, 7));
	sha256_of(&hash, data);
	assert_ok(buffer_put(&outer, hash.bytes, HASH_SIZE));
	ed25519_sign(ret_value, &secret, buffer_view(&outer));
	buffer_release(&outer);
}

static void put_key(struct buffer *blob, const struct recipe *recipe)
{
	struct buffer key;

	buffer_init(&key, 1024);
	assert_ok(buffer_put_sized_string(&key, recipe->key_type));
	assert_ok(buffer_put_sized(&key, bytes_of(secret.public_key.bytes, ED25519_PUBLIC_SIZE)));
	if (recipe->application != NULL)
		assert_ok(buffer_put_sized_string(&key, recipe->application));
	assert_ok(buffer_put_sized(blob, buffer_view(&key)));
	buffer_release(&key);
}

static void make(const struct recipe *recipe, struct buffer *blob)
{
	static const uint8_t zeros[16];
	uint8_t value[ED25519_SIGNATURE_SIZE + 16] = { 0 };
	struct buffer data;
	struct buffer inner;

	buffer_init(&data, 1024);
	assert_ok(buffer_put_string(&data, "SSHSIG"));
	assert_ok(buffer_put_sized_string(&data, recipe->name_space));
	assert_ok(buffer_put_sized_string(&data, recipe->reserved));
	assert_ok(buffer_put_sized_string(&data, recipe->hash));
	put_digest(&data, recipe->hash, bytes_of_string(MESSAGE));
	sign(recipe, buffer_view(&data), value);

	buffer_init(&inner, 1024);
	assert_ok(buffer_put_sized_string(&inner, recipe->inner_type));
	assert_ok(buffer_put_sized(&inner, bytes_of(value, recipe->value_size)));
	if (recipe->application != NULL) {
		assert_ok(buffer_put_u8(&inner, recipe->flags));
		assert_ok(buffer_put_u32(&inner, 7));
	}
	assert_ok(buffer_put(&inner, zeros, recipe->inner_trailing));

	buffer_init(blob, 4096);
	assert_ok(buffer_put_string(blob, recipe->magic));
	assert_ok(buffer_put_u32(blob, recipe->version));
	put_key(blob, recipe);
	assert_ok(buffer_put_sized_string(blob, recipe->name_space));
	assert_ok(buffer_put_sized_string(blob, recipe->reserved));
	assert_ok(buffer_put_sized_string(blob, recipe->hash));
	assert_ok(buffer_put_sized(blob, buffer_view(&inner)));
	assert_ok(buffer_put(blob, zeros, recipe->trailing));
	buffer_release(&inner);
	buffer_release(&data);
}

static int verify_recipe(const struct recipe *recipe)
{
	struct buffer blob;
	struct ssh_key key;
	struct error error = { 0 };
	int r;

	make(recipe, &blob);
	r = sshsig_verify_blob(bytes_of_string(MESSAGE), NAMESPACE, buffer_view(&blob), &key,
	                       &error);
	if (r != OK) {
		assert_int_equal(error.code, r);
		assert_true(error.message[0] != '\0');
	}
	buffer_release(&blob);
	return r;
}

/* What becomes of a recipe with one field changed. */
#define assert_changed(base, field, value, expected)                                               \
	do {                                                                                       \
		struct recipe changed = (base);                                                    \
		changed.field = (value);                                                           \
		assert_int_equal(verify_recipe(&changed), expected);                               \
	} while (0)

static void test_fields(void **state)
{
	(void)state;
	assert_ok(verify_recipe(&plain));
	assert_changed(plain, hash, "sha256", OK);
	assert_changed(plain, magic, "SSHSIH", ERROR_SYNTAX);
	assert_changed(plain, version, 0, ERROR_UNSUPPORTED);
	assert_changed(plain, version, 2, ERROR_UNSUPPORTED);
	assert_changed(plain, name_space, "", ERROR_SYNTAX);
	assert_changed(plain, name_space, "chirograph-ac", ERROR_MISMATCH);
	assert_changed(plain, name_space, "chirograph-charter", ERROR_MISMATCH);
	assert_changed(plain, name_space,
	               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	               ERROR_SYNTAX);
	assert_changed(plain, reserved, "x", ERROR_CANONICAL);
	assert_changed(plain, hash, "sha1", ERROR_UNSUPPORTED);
	assert_changed(plain, hash, "", ERROR_UNSUPPORTED);
	assert_changed(plain, hash, "SHA512", ERROR_UNSUPPORTED);
	assert_changed(plain, key_type, "ssh-ed448", ERROR_UNSUPPORTED);
	assert_changed(plain, inner_type, "ssh-rsa", ERROR_SYNTAX);
	assert_changed(plain, inner_type, "sk-ssh-ed25519@openssh.com", ERROR_SYNTAX);
	assert_changed(plain, inner_type, "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
	               ERROR_UNSUPPORTED);
	assert_changed(plain, value_size, 63, ERROR_SYNTAX);
	assert_changed(plain, value_size, 65, ERROR_SYNTAX);
	assert_changed(plain, inner_trailing, 1, ERROR_SYNTAX);
	assert_changed(plain, trailing, 1, ERROR_SYNTAX);
}

static void test_fido(void **state)
{
	(void)state;
	assert_ok(verify_recipe(&fido));
	assert_changed(fido, application, "ssh:duty", OK);
	assert_changed(fido, flags, 5, OK); /* present and verified by PIN */
	assert_changed(fido, flags, 0, ERROR_SIGNATURE);
	assert_changed(fido, flags, 4, ERROR_SIGNATURE);
	assert_changed(fido, application, "example.org", ERROR_UNSUPPORTED);
	assert_changed(fido, inner_trailing, 1, ERROR_SYNTAX);
	assert_changed(fido, inner_type, "ssh-ed25519", ERROR_SYNTAX);
}

static void armor_of(const char *message, struct buffer *armor)
{
	buffer_init(armor, SSHSIG_ARMOR_MAXIMUM);
	assert_ok(sshsig_sign(&secret, NAMESPACE, bytes_of_string(message), armor));
}

static void test_sign_and_verify(void **state)
{
	struct buffer armor;
	struct ssh_key key;
	struct ssh_key expected;
	int r;

	(void)state;
	ssh_key_from_ed25519(&secret.public_key, &expected);
	armor_of(MESSAGE, &armor);
	assert_ok(
	    sshsig_verify(bytes_of_string(MESSAGE), NAMESPACE, buffer_view(&armor), &key, NULL));
	assert_true(ssh_key_equal(&key, &expected));
	r = sshsig_verify(bytes_of_string("other"), NAMESPACE, buffer_view(&armor), &key, NULL);
	assert_int_equal(r, ERROR_SIGNATURE);
	r = sshsig_verify(bytes_of_string(MESSAGE), "file", buffer_view(&armor), &key, NULL);
	assert_int_equal(r, ERROR_MISMATCH);
	assert_int_equal(sshsig_sign(&secret, "", bytes_of_string(MESSAGE), &armor), ERROR_LIMIT);
	buffer_release(&armor);
}

/* No byte of an armor can be changed, left out or doubled. */
static void test_armor_bytes(void **state)
{
	struct buffer armor;
	struct buffer changed;
	struct ssh_key key;

	(void)state;
	armor_of(MESSAGE, &armor);
	buffer_init(&changed, SSHSIG_ARMOR_MAXIMUM);
	for (size_t at = 0; at < armor.size; at++) {
		static const uint8_t others[] = { '\n', '\r', ' ', '=', 'A', 'B', '-', 0, 0xff };
		struct bytes text = bytes_of_string(MESSAGE);

		for (size_t i = 0; i < sizeof(others); i++) {
			if (armor.data[at] == others[i])
				continue;
			buffer_clear(&changed);
			assert_ok(buffer_put(&changed, armor.data, armor.size));
			changed.data[at] = others[i];
			assert_int_not_equal(
			    sshsig_verify(text, NAMESPACE, buffer_view(&changed), &key, NULL), OK);
		}
		buffer_clear(&changed);
		assert_ok(buffer_put(&changed, armor.data, at));
		assert_ok(buffer_put(&changed, armor.data + at + 1, armor.size - at - 1));
		assert_int_not_equal(
		    sshsig_verify(text, NAMESPACE, buffer_view(&changed), &key, NULL), OK);
		buffer_clear(&changed);
		assert_ok(buffer_put(&changed, armor.data, at + 1));
		assert_ok(buffer_put(&changed, armor.data + at, armor.size - at));
		assert_int_not_equal(
		    sshsig_verify(text, NAMESPACE, buffer_view(&changed), &key, NULL), OK);
		assert_int_not_equal(
		    sshsig_verify(text, NAMESPACE, bytes_of(armor.data, at), &key, NULL), OK);
	}
	buffer_release(&changed);
	buffer_release(&armor);
}

/* The same bytes broken at other columns, or with CRLF. */
static void test_armor_spellings(void **state)
{
	static const size_t widths[] = { 10, 64, 69, 71, 76, 1000 };
	struct buffer armor;
	struct buffer changed;
	size_t taken;

	(void)state;
	armor_of(MESSAGE, &armor);
	buffer_init(&changed, 2 * SSHSIG_ARMOR_MAXIMUM);
	for (size_t w = 0; w < sizeof(widths) / sizeof(*widths); w++) {
		size_t column = 0;
		const size_t begin = strlen("-----BEGIN SSH SIGNATURE-----\n");
		const size_t end = armor.size - strlen("\n-----END SSH SIGNATURE-----\n");
		struct buffer blob;

		buffer_clear(&changed);
		assert_ok(buffer_put(&changed, armor.data, begin));
		for (size_t at = begin; at < end; at++) {
			if (armor.data[at] == '\n')
				continue;
			if (column == widths[w]) {
				assert_ok(buffer_put_u8(&changed, '\n'));
				column = 0;
			}
			assert_ok(buffer_put_u8(&changed, armor.data[at]));
			column++;
		}
		assert_ok(buffer_put(&changed, armor.data + end, armor.size - end));
		buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
		assert_int_equal(sshsig_dearmor(buffer_view(&changed), &blob, &taken, NULL),
		                 ERROR_CANONICAL);
		assert_int_equal(blob.size, 0);
		buffer_release(&blob);
	}
	buffer_release(&changed);
	buffer_release(&armor);
}

/* Author, then cosigner, then something else. */
static void test_armors_in_a_row(void **state)
{
	struct buffer text;
	struct buffer blob;
	struct bytes rest;
	size_t taken;

	(void)state;
	buffer_init(&text, 2 * SSHSIG_ARMOR_MAXIMUM);
	assert_ok(sshsig_sign(&secret, NAMESPACE, bytes_of_string("one"), &text));
	assert_ok(sshsig_sign(&secret, NAMESPACE, bytes_of_string("two"), &text));
	assert_ok(buffer_put_string(&text, "logged 2026-11-22T14:05:40Z\n"));
	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	rest = buffer_view(&text);
	for (int i = 0; i < 2; i++) {
		buffer_clear(&blob);
		assert_ok(sshsig_dearmor(rest, &blob, &taken, NULL));
		rest = bytes_of(rest.data + taken, rest.size - taken);
	}
	assert_bytes_string(rest, "logged 2026-11-22T14:05:40Z\n");
	assert_int_equal(sshsig_dearmor(rest, &blob, &taken, NULL), ERROR_SYNTAX);
	buffer_release(&blob);
	buffer_release(&text);
}

static void test_limits(void **state)
{
	static uint8_t zeros[SSHSIG_BLOB_MAXIMUM + 1];
	struct buffer armor;
	struct buffer blob;
	struct sshsig signature;
	size_t taken;

	(void)state;
	buffer_init(&armor, 2 * SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	assert_int_equal(sshsig_armor(bytes_of(zeros, sizeof(zeros)), &armor), ERROR_LIMIT);
	assert_ok(sshsig_armor(bytes_of(zeros, SSHSIG_BLOB_MAXIMUM), &armor));
	assert_true(armor.size <= SSHSIG_ARMOR_MAXIMUM);
	assert_ok(sshsig_dearmor(buffer_view(&armor), &blob, &taken, NULL));
	assert_int_equal(sshsig_parse(bytes_of(zeros, sizeof(zeros)), &signature, NULL),
	                 ERROR_LIMIT);
	assert_int_equal(sshsig_parse(bytes_of(NULL, 0), &signature, NULL), ERROR_SYNTAX);
	buffer_clear(&armor);
	assert_ok(buffer_put_string(&armor, "-----BEGIN SSH SIGNATURE-----\n"));
	while (armor.size <= SSHSIG_ARMOR_MAXIMUM)
		assert_ok(buffer_put_string(&armor, "AAAA\n"));
	assert_int_equal(sshsig_dearmor(buffer_view(&armor), &blob, &taken, NULL), ERROR_LIMIT);
	buffer_release(&blob);
	buffer_release(&armor);
}

static int sign_and_verify(void *context)
{
	struct buffer armor;
	struct ssh_key key;
	int r;

	(void)context;
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	r = sshsig_sign(&secret, NAMESPACE, bytes_of_string(MESSAGE), &armor);
	if (r == OK)
		r = sshsig_verify(bytes_of_string(MESSAGE), NAMESPACE, buffer_view(&armor), &key,
		                  NULL);
	buffer_release(&armor);
	return r;
}

static void test_no_memory(void **state)
{
	(void)state;
	torture(sign_and_verify, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),          cmocka_unit_test(test_fido),
		cmocka_unit_test(test_sign_and_verify), cmocka_unit_test(test_armor_bytes),
		cmocka_unit_test(test_armor_spellings), cmocka_unit_test(test_armors_in_a_row),
		cmocka_unit_test(test_limits),          cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
