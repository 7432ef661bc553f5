#include "certificate.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "link_certificate.h"

static const struct extension {
	int nid;
	const char *value;
} extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "serverAuth,clientAuth" },
};

static bool set_name(X509 *certificate, const struct certificate_request *request)
{
	X509_NAME *name = X509_NAME_new();
	bool done = name != NULL &&
	            X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8,
	                                       (const unsigned char *)request->party, -1, -1,
	                                       0) == 1 &&
	            X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
	                                       (const unsigned char *)request->channel, -1, -1,
	                                       0) == 1 &&
	            X509_set_subject_name(certificate, name) == 1 &&
	            X509_set_issuer_name(certificate, name) == 1;

	X509_NAME_free(name);
	return done;
}

static bool set_times(X509 *certificate, timestamp now)
{
	return ASN1_TIME_set(X509_getm_notBefore(certificate), now - LINK_CERTIFICATE_BEFORE) !=
	           NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(certificate), now + LINK_CERTIFICATE_AFTER) != NULL;
}

static bool set_extensions(X509 *certificate)
{
	bool done = true;

	for (size_t i = 0; done && i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, extensions[i].nid,
		                                                extensions[i].value);

		done = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
		X509_EXTENSION_free(extension);
	}
	return done;
}

static bool set_key(X509 *certificate, const struct ed25519_public *public_key)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key->bytes,
	                                            sizeof(public_key->bytes));
	bool done = key != NULL && X509_set_pubkey(certificate, key) == 1;

	EVP_PKEY_free(key);
	return done;
}

static bool sign(X509 *certificate, const struct ed25519_secret *issuer)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, issuer->seed,
	                                             sizeof(issuer->seed));
	bool done = key != NULL && X509_sign(certificate, key, NULL) > 0;

	EVP_PKEY_free(key);
	return done;
}

int certificate_issue(const struct certificate_request *request, struct buffer *der,
                      struct error *error)
{
	X509 *certificate = X509_new();
	unsigned char *encoded = NULL;
	int size = -1, r;

	if (certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
	    /* Positive and never zero, RFC 5280 section 4.1.2.2. */
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate),
	                            (request->serial >> 1) | 1) == 1 &&
	    set_name(certificate, request) && set_times(certificate, request->now) &&
	    set_key(certificate, &request->public_key) && set_extensions(certificate) &&
	    sign(certificate, request->issuer))
		size = i2d_X509(certificate, &encoded);
	if (size <= 0)
		r = error_set(error, ERROR_INTERNAL, "the certificate could not be made: %s",
		              ERR_reason_error_string(ERR_peek_last_error()));
	else if ((r = buffer_put(der, encoded, (size_t)size)) != OK)
		error_set(error, r, "a certificate: %s", result_text(r));
	OPENSSL_free(encoded);
	X509_free(certificate);
	ERR_clear_error();
	return r;
}
