#include "cosignature.h"

/* A cosignature does not name its cosigner, so one key under two names would
 * count twice. */
static int check_distinct(const struct note_key *const *cosigners, size_t count,
                          struct error *error)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (ed25519_public_equal(&cosigners[i]->public_key,
			                         &cosigners[j]->public_key))
				return error_set(error, ERROR_EXISTS,
				                 "'%s' and '%s' have the same key",
				                 cosigners[j]->name, cosigners[i]->name);
	return OK;
}

int signed_checkpoint_verify(struct bytes note_bytes, const struct note_key *log,
                             const struct note_key *const *cosigners, size_t count,
                             struct checkpoint *ret_checkpoint, struct cosigned *ret_cosigned,
                             struct error *error)
{
	struct cosigned cosigned[COSIGNERS_MAXIMUM] = { { .verified = false } };
	struct checkpoint checkpoint;
	struct error detail;
	struct note note;
	int r;

	if (count > COSIGNERS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "more than %d cosigners", COSIGNERS_MAXIMUM);
	if ((r = check_distinct(cosigners, count, error)) != OK ||
	    (r = note_parse(note_bytes, &note, error)) != OK ||
	    (r = checkpoint_parse(note.text, &checkpoint, error)) != OK)
		return r;
	if (strcmp(checkpoint.origin, log->name) != 0)
		return error_set(error, ERROR_MISMATCH, "the checkpoint is of '%s', not of '%s'",
		                 checkpoint.origin, log->name);
	if ((r = note_verify(&note, log, error)) != OK)
		return r;
	for (size_t i = 0; i < count; i++) {
		r = cosignature_verify(&note, cosigners[i], &cosigned[i].time, &detail);
		if (r != OK && r != ERROR_NOT_FOUND)
			return error_set(error, r, "%s", detail.message);
		cosigned[i].verified = r == OK;
	}
	*ret_checkpoint = checkpoint;
	for (size_t i = 0; i < count; i++)
		ret_cosigned[i] = cosigned[i];
	return OK;
}
