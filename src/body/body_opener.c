/* The receiver's side: opening. */
#include "seal.h"

#include "allocate.h"

enum {
	SLICE_SIZE = AGE_CHUNK_SIZE, /* of the blob, decrypted at a time */
	OUTPUT_MAXIMUM = 2 * AGE_CHUNK_SIZE,
};

struct body_opener {
	struct body_reference reference;
	struct age_file_key file_key;
	struct sha256_stream hash; /* over the blob */
	uint64_t size;             /* of it, so far */
	struct buffer header;      /* until it is complete */
	bool has_header;
	struct age_decryptor decryptor;
	struct buffer output;
	struct tarball_reader reader;
	enum body_verdict verdict; /* BODY_INTACT until something is wrong */
	struct error finding;      /* what that was */
};

struct body_opener *body_opener_new(const struct body_reference *reference,
                                    const struct age_file_key *file_key, uint64_t content_maximum,
                                    const struct body_receiver *receiver)
{
	struct body_opener *opener = allocate(1, sizeof(*opener));

	if (opener == NULL)
		return NULL;
	opener->reference = *reference;
	opener->file_key = *file_key;
	buffer_init(&opener->header, AGE_HEADER_MAXIMUM);
	buffer_init(&opener->output, OUTPUT_MAXIMUM);
	age_decryptor_init(&opener->decryptor, file_key);
	if (sha256_stream_init(&opener->hash) != OK ||
	    tarball_reader_init(&opener->reader, &reference->commitment, content_maximum,
	                        receiver) != OK) {
		body_opener_free(opener);
		return NULL;
	}
	return opener;
}

void body_opener_free(struct body_opener *opener)
{
	if (opener == NULL)
		return;
	sha256_stream_release(&opener->hash);
	tarball_reader_release(&opener->reader);
	age_decryptor_release(&opener->decryptor);
	buffer_release(&opener->header);
	buffer_release(&opener->output);
	wipe(opener, sizeof(*opener));
	release_memory(opener);
}

static int find(struct body_opener *opener, enum body_verdict verdict, const char *what)
{
	opener->verdict = verdict;
	error_set(&opener->finding, ERROR_MISMATCH, "%s", what);
	return OK;
}

/* True for what is a matter of this machine and not of the blob. */
static bool is_local(int result)
{
	return result == ERROR_MEMORY || result == ERROR_INTERNAL || result == ERROR_LIMIT;
}

static int pass_output(struct body_opener *opener)
{
	int r;

	r = tarball_reader_update(&opener->reader, buffer_view(&opener->output), &opener->finding);
	buffer_clear(&opener->output);
	if (opener->reader.is_wrong) {
		opener->verdict = BODY_MISMATCH;
		return OK;
	}
	return r;
}

static int take_payload(struct body_opener *opener, struct bytes payload)
{
	while (payload.size > 0 && opener->verdict == BODY_INTACT) {
		size_t size = payload.size < SLICE_SIZE ? payload.size : SLICE_SIZE;
		int r;

		r = age_decryptor_update(&opener->decryptor, bytes_of(payload.data, size),
		                         &opener->output);
		if (is_local(r))
			return r;
		if (r != OK)
			return find(opener, BODY_UNOPENABLE, "the tag of a chunk does not hold");
		if ((r = pass_output(opener)) != OK)
			return r;
		payload.data += size;
		payload.size -= size;
	}
	return OK;
}

/* Exactly the two stanzas it must have, and the MAC. */
static int check_header(struct body_opener *opener, struct bytes text)
{
	struct age_header header;
	int r;

	r = age_header_parse(text, &header, &opener->finding);
	if (r == ERROR_MEMORY)
		return r;
	if (r != OK) {
		opener->verdict = BODY_UNOPENABLE;
		return OK;
	}
	if (header.stanza_count != SEAL_RECIPIENTS)
		return find(opener, BODY_UNOPENABLE, "the header has not exactly two stanzas");
	for (size_t i = 0; i < SEAL_RECIPIENTS; i++) {
		r = age_stanza_check(&header.stanzas[i]);
		if (r == ERROR_MEMORY)
			return r;
		if (r != OK)
			return find(opener, BODY_UNOPENABLE,
			            "a stanza of the header is not an X25519 stanza");
	}
	if (age_header_authenticate(&header, &opener->file_key) != OK)
		return find(opener, BODY_UNOPENABLE, "the header's MAC does not hold");
	return OK;
}

/* Gathers the header; what comes after it is payload. */
static int take_header(struct body_opener *opener, struct bytes *piece)
{
	size_t room = AGE_HEADER_MAXIMUM - opener->header.size;
	size_t take = piece->size < room ? piece->size : room;
	struct bytes gathered;
	size_t header_size;
	int r;

	if ((r = buffer_put(&opener->header, piece->data, take)) != OK)
		return r;
	piece->data += take;
	piece->size -= take;
	gathered = buffer_view(&opener->header);
	r = age_header_length(gathered, &header_size);
	if (r == ERROR_WAIT)
		return OK;
	if (r != OK)
		return find(opener, BODY_UNOPENABLE, "the header is not that of an age file");
	opener->has_header = true;
	if ((r = check_header(opener, bytes_of(gathered.data, header_size))) != OK)
		return r;
	return take_payload(opener,
	                    bytes_of(gathered.data + header_size, gathered.size - header_size));
}

int body_opener_update(struct body_opener *opener, struct bytes piece)
{
	int r;

	if (piece.size == 0)
		return OK;
	if (piece.size > opener->reference.sealed_size - opener->size)
		return find(opener, BODY_WRONG_BLOB, "the blob is longer than the act says");
	opener->size += piece.size;
	if ((r = sha256_stream_update(&opener->hash, piece)) != OK)
		return r;
	if (opener->verdict != BODY_INTACT)
		return OK;
	if (!opener->has_header && (r = take_header(opener, &piece)) != OK)
		return r;
	return opener->has_header ? take_payload(opener, piece) : OK;
}

/* All bytes are there: the last chunk, and the end of the tar. */
static int end_payload(struct body_opener *opener)
{
	int r;

	if (!opener->has_header)
		return find(opener, BODY_UNOPENABLE, "the blob ends within the header");
	r = age_decryptor_finish(&opener->decryptor, &opener->output);
	if (is_local(r))
		return r;
	if (r != OK)
		return find(opener, BODY_UNOPENABLE,
		            "the last chunk is missing or its tag does not hold");
	if ((r = pass_output(opener)) != OK || opener->verdict != BODY_INTACT)
		return r;
	if (tarball_reader_finish(&opener->reader, &opener->finding) != OK)
		opener->verdict = BODY_MISMATCH;
	return OK;
}

static int end(struct body_opener *opener)
{
	struct hash hash;
	int r;

	if (opener->verdict == BODY_WRONG_BLOB)
		return OK;
	if (opener->size != opener->reference.sealed_size)
		return find(opener, BODY_WRONG_BLOB, "the blob is shorter than the act says");
	if ((r = sha256_stream_finish(&opener->hash, &hash)) != OK)
		return r;
	if (!hash_equal(&hash, &opener->reference.sealed_hash))
		return find(opener, BODY_WRONG_BLOB, "the blob has another hash than the act says");
	return opener->verdict == BODY_INTACT ? end_payload(opener) : OK;
}

int body_opener_finish(struct body_opener *opener, enum body_verdict *ret_verdict,
                       struct error *error)
{
	int r;

	if ((r = end(opener)) != OK)
		return r;
	*ret_verdict = opener->verdict;
	if (error != NULL && opener->verdict != BODY_INTACT)
		*error = opener->finding;
	return OK;
}
