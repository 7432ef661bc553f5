#include "ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

/* SEQUENCE and two INTEGERs, each of a tag, a length and a number. */
enum { DER_MAXIMUM = 2 + 2 * (2 + ECDSA_NUMBER_MAXIMUM) };

struct curve {
	const char *group;
	const char *digest;
	size_t size; /* of a coordinate and of the group order */
};

static const struct curve curves[ECDSA_CURVE_COUNT] = {
	[ECDSA_P256] = { "P-256", "SHA256", 32 },
	[ECDSA_P384] = { "P-384", "SHA384", 48 },
};

/* Why OpenSSL refused a key: only what can be the fault of the point is
 * ERROR_SYNTAX. Empties its queue of errors. */
static int point_failure(void)
{
	unsigned long code;
	int r = ERROR_MEMORY;

	while ((code = ERR_get_error()) != 0) {
		if (ERR_GET_LIB(code) == ERR_LIB_EC && ERR_GET_REASON(code) != ERR_R_MALLOC_FAILURE)
			r = ERROR_SYNTAX;
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) {
			ERR_clear_error();
			return ERROR_MEMORY;
		}
	}
	return r;
}

/* Makes OpenSSL's key of a point; it checks that the point is on the curve. */
static int key_new(const struct curve *curve, struct bytes point, EVP_PKEY **ret_key)
{
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		                                 (char *)(uintptr_t)curve->group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		                                  (void *)(uintptr_t)point.data, point.size),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *context;
	EVP_PKEY *key = NULL;
	int r = OK;

	if (point.size != 1 + 2 * curve->size || point.data[0] != POINT_CONVERSION_UNCOMPRESSED)
		return ERROR_SYNTAX;
	ERR_clear_error();
	context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1)
		r = ERROR_MEMORY;
	else if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		r = point_failure();
	if (r == OK)
		*ret_key = key;
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return r;
}

int ecdsa_point_check(enum ecdsa_curve curve, struct bytes point)
{
	EVP_PKEY *key;
	int r = key_new(&curves[curve], point, &key);

	if (r == OK)
		EVP_PKEY_free(key);
	return r;
}

int ecdsa_number_check(enum ecdsa_curve curve, struct bytes number)
{
	size_t zero; /* a zero in front of a first byte that would mean a minus */

	if (number.size == 0 || number.data[0] >= 0x80)
		return ERROR_SYNTAX;
	zero = number.data[0] == 0;
	if (zero && (number.size == 1 || number.data[1] < 0x80))
		return number.size == 1 ? ERROR_SYNTAX : ERROR_CANONICAL;
	return number.size - zero <= curves[curve].size ? OK : ERROR_SYNTAX;
}

/* An INTEGER of DER is spelt as a number here is. */
static uint8_t *put_integer(uint8_t *at, struct bytes number)
{
	*at++ = 0x02;
	*at++ = (uint8_t)number.size;
	memcpy(at, number.data, number.size);
	return at + number.size;
}

/* The digest is made first, not by EVP_DigestVerify: that one answers "does not
 * verify" also when it has no memory. */
static int hash_message(const struct curve *curve, struct bytes message,
                        uint8_t ret_digest[EVP_MAX_MD_SIZE], size_t *ret_size)
{
	return EVP_Q_digest(NULL, curve->digest, NULL, message.data, message.size, ret_digest,
	                    ret_size) == 1
	           ? OK
	           : ERROR_MEMORY;
}

static int verify_digest(EVP_PKEY *key, struct bytes der, struct bytes digest)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	int result = ERROR_MEMORY;

	if (context != NULL && EVP_PKEY_verify_init(context) == 1) {
		int verified = EVP_PKEY_verify(context, der.data, der.size, digest.data,
		                               digest.size);

		if (verified == 1)
			result = OK;
		else if (verified == 0)
			result = ERROR_SIGNATURE;
	}
	EVP_PKEY_CTX_free(context);
	return result;
}

int ecdsa_verify(enum ecdsa_curve curve, struct bytes point, struct bytes message, struct bytes r,
                 struct bytes s)
{
	uint8_t der[DER_MAXIMUM];
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t digest_size;
	uint8_t *end;
	EVP_PKEY *key;
	int result;

	if (ecdsa_number_check(curve, r) != OK || ecdsa_number_check(curve, s) != OK)
		return ERROR_SIGNATURE;
	der[0] = 0x30;
	end = put_integer(put_integer(der + 2, r), s);
	der[1] = (uint8_t)(end - der - 2);
	if ((result = key_new(&curves[curve], point, &key)) != OK)
		return result == ERROR_SYNTAX ? ERROR_SIGNATURE : result;
	if ((result = hash_message(&curves[curve], message, digest, &digest_size)) == OK)
		result = verify_digest(key, bytes_of(der, (size_t)(end - der)),
		                       bytes_of(digest, digest_size));
	EVP_PKEY_free(key);
	ERR_clear_error();
	return result;
}
