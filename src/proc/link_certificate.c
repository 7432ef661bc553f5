#include "link_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Seconds from the epoch, from an ASN.1 time that OpenSSL has parsed. */
static int seconds_of(const ASN1_TIME *time, timestamp *ret_seconds)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds, known;

	if (epoch == NULL)
		return ERROR_MEMORY;
	known = ASN1_TIME_diff(&days, &seconds, epoch, time);
	ASN1_TIME_free(epoch);
	if (known != 1)
		return ERROR_SYNTAX;
	*ret_seconds = (timestamp)days * 86400 + seconds;
	return OK;
}

static int check_times(const X509 *certificate, timestamp now, struct error *error)
{
	timestamp from, until;
	int r;

	if ((r = seconds_of(X509_get0_notBefore(certificate), &from)) != OK ||
	    (r = seconds_of(X509_get0_notAfter(certificate), &until)) != OK)
		return error_set(error, r, "the certificate's times cannot be read");
	if (until - from > LINK_CERTIFICATE_BEFORE + LINK_CERTIFICATE_AFTER)
		return error_set(error, ERROR_CLOCK, "the certificate is valid for too long");
	if (now < from || now > until)
		return error_set(error, ERROR_CLOCK, "the certificate is not valid now");
	return OK;
}

static int check_signature(X509 *certificate, const struct ed25519_public *issuer,
                           struct error *error)
{
	EVP_PKEY *key;
	int verified;

	if (X509_get_signature_nid(certificate) != NID_ED25519)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "the certificate is not signed by Ed25519");
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, issuer->bytes,
	                                  sizeof(issuer->bytes));
	if (key == NULL)
		return error_set(error, ERROR_MEMORY, "no memory to check a certificate");
	verified = X509_verify(certificate, key);
	EVP_PKEY_free(key);
	if (verified != 1)
		return error_set(error, ERROR_SIGNATURE,
		                 "the certificate is not by the link key of the other side");
	return OK;
}

static int certified_key(const X509 *certificate, struct ed25519_public *ret_public_key,
                         struct error *error)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	struct ed25519_public public_key;
	size_t size = sizeof(public_key.bytes);

	if (key == NULL || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
	    EVP_PKEY_get_raw_public_key(key, public_key.bytes, &size) != 1 ||
	    size != sizeof(public_key.bytes))
		return error_set(error, ERROR_UNSUPPORTED, "the certified key is not Ed25519");
	*ret_public_key = public_key;
	return OK;
}

int link_certificate_verify(struct bytes der, const struct ed25519_public *issuer, timestamp now,
                            struct ed25519_public *ret_public_key, struct error *error)
{
	const unsigned char *at = der.data;
	X509 *certificate;
	int r;

	if (der.size == 0 || der.size > LINK_CERTIFICATE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "a certificate of %zu bytes", der.size);
	certificate = d2i_X509(NULL, &at, (long)der.size);
	if (certificate == NULL || at != der.data + der.size)
		r = error_set(error, ERROR_SYNTAX, "the certificate cannot be read");
	else if ((r = check_signature(certificate, issuer, error)) == OK &&
	         (r = check_times(certificate, now, error)) == OK)
		r = certified_key(certificate, ret_public_key, error);
	X509_free(certificate);
	ERR_clear_error();
	return r;
}
