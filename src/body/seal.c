/* The author's side: sealing. */
#include "seal.h"

#include "allocate.h"

enum { OUTPUT_MAXIMUM = 2 * (AGE_CHUNK_SIZE + AGE_TAG_SIZE) };

/* A writer of the blob: what is sealed goes through `output` to the sink. */
struct sealer {
	struct age_encryptor encryptor;
	struct buffer output;
	const struct byte_sink *sink;
	struct sha256_stream hash;
	uint64_t size;
};

static int flush(struct sealer *sealer)
{
	struct bytes view = buffer_view(&sealer->output);
	int r;

	if (view.size == 0)
		return OK;
	if ((r = sha256_stream_update(&sealer->hash, view)) != OK ||
	    (r = sealer->sink->write(sealer->sink->context, view)) != OK)
		return r;
	sealer->size += view.size;
	buffer_clear(&sealer->output);
	return OK;
}

static int seal_write(void *context, struct bytes plain)
{
	struct sealer *sealer = context;
	int r;

	if ((r = age_encryptor_update(&sealer->encryptor, plain, &sealer->output)) != OK)
		return r;
	return flush(sealer);
}

static int begin(struct sealer *sealer, const struct x25519_public recipients[SEAL_RECIPIENTS],
                 const struct random_source *random, struct x25519_secret *ret_ephemeral)
{
	struct x25519_secret ephemerals[SEAL_RECIPIENTS];
	struct age_file_key file_key;
	uint8_t nonce[AGE_NONCE_SIZE];
	int r;

	if ((r = random->fill(random->context, file_key.bytes, sizeof(file_key.bytes))) != OK ||
	    (r = random->fill(random->context, nonce, sizeof(nonce))) != OK ||
	    (r = age_header_build(&sealer->output, &file_key, recipients, SEAL_RECIPIENTS, random,
	                          ephemerals)) != OK ||
	    (r = age_encryptor_init(&sealer->encryptor, &file_key, nonce, &sealer->output)) != OK)
		goto out;
	*ret_ephemeral = ephemerals[SEAL_RECEIVER];
out:
	wipe(ephemerals, sizeof(ephemerals));
	wipe(&file_key, sizeof(file_key));
	return r;
}

static int seal(struct sealer *sealer, const struct manifest *manifest,
                const struct byte_source *contents,
                const struct x25519_public recipients[SEAL_RECIPIENTS],
                const struct random_source *random, struct sealed *ret_sealed, struct error *error)
{
	struct byte_sink plain = { sealer, seal_write };
	struct sealed sealed;
	int r;

	if ((r = begin(sealer, recipients, random, &sealed.receiver_ephemeral)) != OK) {
		error_set(error, r, "the header of the seal: %s", result_text(r));
		goto out;
	}
	if ((r = tarball_write(manifest, contents, &plain, error)) != OK)
		goto out;
	if ((r = age_encryptor_finish(&sealer->encryptor, &sealer->output)) != OK ||
	    (r = flush(sealer)) != OK ||
	    (r = sha256_stream_finish(&sealer->hash, &sealed.hash)) != OK) {
		error_set(error, r, "the end of the seal: %s", result_text(r));
		goto out;
	}
	sealed.size = sealer->size;
	*ret_sealed = sealed;
out:
	wipe(&sealed, sizeof(sealed));
	return r;
}

int body_seal(const struct manifest *manifest, const struct byte_source *contents,
              const struct x25519_public recipients[SEAL_RECIPIENTS],
              const struct random_source *random, const struct byte_sink *sink,
              struct sealed *ret_sealed, struct error *error)
{
	struct sealer sealer = { .sink = sink };
	int r;

	if ((r = sha256_stream_init(&sealer.hash)) != OK)
		return error_set(error, r, "out of memory");
	buffer_init(&sealer.output, OUTPUT_MAXIMUM);
	r = seal(&sealer, manifest, contents, recipients, random, ret_sealed, error);
	age_encryptor_release(&sealer.encryptor);
	buffer_release(&sealer.output);
	sha256_stream_release(&sealer.hash);
	return r;
}
