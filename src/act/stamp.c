#include "stamp.h"

#include "text.h"

/* As act names have it. */
enum { GENERATION_MAXIMUM = 999999 };

static const char *const form_names[STAMP_FORM_COUNT] = {
	[STAMP_CHECKPOINT] = "checkpoint",
	[STAMP_CERTIFICATE] = "certificate",
	[STAMP_ANSWER] = "answer",
};

const char *stamp_form_name(enum stamp_form form)
{
	return (size_t)form < STAMP_FORM_COUNT ? form_names[form] : NULL;
}

/* --- neutrals ------------------------------------------------------------ */

static struct bytes vkey_of(const struct charter *charter, unsigned neutral)
{
	if (neutral < charter->witness_count)
		return charter->witnesses[neutral];
	if (neutral == charter->witness_count)
		return charter->depositary;
	return (struct bytes){ NULL, 0 };
}

struct bytes stamp_neutral_name(const struct charter *charter, unsigned neutral)
{
	struct bytes vkey = vkey_of(charter, neutral), name = { NULL, 0 };

	if (vkey.size == 0 || !bytes_cut(&vkey, '+', &name))
		return (struct bytes){ NULL, 0 };
	return name;
}

static int key_of(const struct charter *charter, unsigned neutral, struct note_key *ret_key,
                  struct error *error)
{
	struct bytes vkey = vkey_of(charter, neutral);

	if (vkey.size == 0)
		return error_set(error, ERROR_NOT_FOUND, "the charter names no such neutral");
	return note_key_parse(vkey, ret_key, error);
}

/* --- the log's name --------------------------------------------------------- */

int stamp_read_origin(const struct charter *charter, unsigned party, const char *origin,
                      unsigned *ret_generation, struct error *error)
{
	char first[LOG_NAME_CAPACITY];
	uint64_t generation = 1;
	size_t length;

	charter_log_name(charter, party, 1, "", first);
	length = strlen(first);
	if (strncmp(origin, first, length) != 0 ||
	    (origin[length] != '\0' && (origin[length] != '/' ||
	                                text_parse_number(bytes_of_string(origin + length + 1),
	                                                  GENERATION_MAXIMUM, &generation) != OK ||
	                                generation < 2)))
		return error_set(error, ERROR_MISMATCH, "the note is about '%s', not about '%s'",
		                 origin, first);
	*ret_generation = (unsigned)generation;
	return OK;
}

static int put_head(const struct charter *charter, const struct checkpoint *head,
                    struct stamp *stamp, struct error *error)
{
	if (head->size == 0 && stamp->form != STAMP_ANSWER)
		return error_set(error, ERROR_STATE, "the note is about no entry");
	stamp->size = head->size;
	stamp->root = head->root;
	return stamp_read_origin(charter, stamp->party, head->origin, &stamp->generation, error);
}

/* --- the three forms --------------------------------------------------------- */

/* Who of the neutrals cosigned first. A line by one of them that does not hold
 * refuses the note. */
static int find_cosigner(const struct charter *charter, const struct note *note,
                         struct stamp *stamp, struct error *error)
{
	bool found = false;

	for (unsigned i = 0; i <= charter->witness_count; i++) {
		struct note_key key;
		timestamp time;
		int r;

		if (vkey_of(charter, i).size == 0)
			continue;
		if ((r = key_of(charter, i, &key, error)) != OK)
			return r;
		r = cosignature_verify(note, &key, &time, error);
		if (r == ERROR_NOT_FOUND)
			continue;
		if (r != OK)
			return r;
		if (!found || time < stamp->time) {
			stamp->time = time;
			stamp->neutral = i;
		}
		found = true;
	}
	return found ? OK
	             : error_set(error, ERROR_NOT_FOUND,
	                         "none of the charter's witnesses has cosigned this head");
}

static int read_checkpoint(const struct charter *charter, struct bytes bytes, struct stamp *stamp,
                           struct error *error)
{
	struct checkpoint head;
	struct note note;
	int r;

	if ((r = note_parse(bytes, &note, error)) != OK ||
	    (r = checkpoint_parse(note.text, &head, error)) != OK ||
	    (r = put_head(charter, &head, stamp, error)) != OK)
		return r;
	return find_cosigner(charter, &note, stamp, error);
}

static int read_certificate(const struct charter *charter, struct bytes bytes,
                            const struct note_key *depositary, struct stamp *stamp,
                            struct error *error)
{
	struct deposit_certificate certificate;
	int r;

	if ((r = deposit_certificate_verify(bytes, depositary, &certificate, error)) != OK)
		return r;
	stamp->time = certificate.time;
	stamp->blob_count = certificate.blob_count;
	for (size_t i = 0; i < certificate.blob_count; i++)
		stamp->blobs[i] = certificate.blobs[i].hash;
	return put_head(charter, &certificate.head, stamp, error);
}

static int read_answer(const struct charter *charter, struct bytes bytes,
                       const struct note_key *depositary, struct stamp *stamp, struct error *error)
{
	struct collection_answer answer;
	int r;

	if ((r = collection_answer_verify(bytes, depositary, &answer, error)) != OK)
		return r;
	stamp->time = answer.time;
	return put_head(charter, &answer.head, stamp, error);
}

int stamp_read(const struct charter *charter, unsigned party, struct bytes note,
               struct stamp *ret_stamp, struct error *error)
{
	struct stamp stamp = { .party = party, .neutral = (unsigned)charter->witness_count };
	struct note_key depositary;
	int r;

	switch (deposit_format_of(note)) {
	case DEPOSIT_CERTIFICATE:
		stamp.form = STAMP_CERTIFICATE;
		break;
	case DEPOSIT_ANSWER:
		stamp.form = STAMP_ANSWER;
		break;
	default:
		stamp.form = STAMP_CHECKPOINT;
		break;
	}
	if (stamp.form == STAMP_CHECKPOINT)
		r = read_checkpoint(charter, note, &stamp, error);
	else if ((r = key_of(charter, stamp.neutral, &depositary, error)) == OK)
		r = stamp.form == STAMP_CERTIFICATE
		        ? read_certificate(charter, note, &depositary, &stamp, error)
		        : read_answer(charter, note, &depositary, &stamp, error);
	if (r == OK)
		*ret_stamp = stamp;
	return r;
}
