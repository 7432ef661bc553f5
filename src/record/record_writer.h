/* Writing a record: both logs of a channel with everything that is needed to
 * check them, as plain files. The layout stands in doc/PROTOCOL.log.
 *
 *     README.txt  verify.sh
 *     charter.txt  charter.north.sig  charter.south.sig  charter.2.txt …
 *     allowed_signers
 *     north/policy  north/checkpoint  north/tile/…
 *     north/acts/000007.act  .sig  .2.sig  .tlog-proof
 *     south/…
 *     bodies/north-7.age     sealed, as it was sent
 *     bodies/north-7/        opened: manifest, 0001, 0002, …
 *
 * Where the entries come from is for the caller: the local API of a node, or
 * memory. Everything is verified on the way as a reader of the record would, so
 * that no record is written that would not verify.
 */
#ifndef RECORD_WRITER_H
#define RECORD_WRITER_H

#include "rules.h"
#include "tarball.h"

/* Up to here a record has the files for people, unless asked otherwise. */
enum { RECORD_ACTS_DEFAULT_MAXIMUM = 10000 };

/* What a record is made of. Parties are 0 and 1, in the charter's order. */
struct record_source {
	void *context;
	struct bytes charter; /* its text */
	/* The texts of the charters that amendments put in force, in any order. */
	const struct bytes *amended;
	size_t amended_count;
	/* For each log the checkpoint note of the greatest head held, with all the
	 * signature lines held; it decides how many entries are asked for. Empty: the
	 * log has no entries. Of the other lines only those by the counterpart's
	 * receipt key and the charter's witnesses are kept. */
	struct bytes heads[2];
	/* The note of the greatest head that the other side cosigned; may be empty or
	 * the same as the head. */
	struct bytes countersigned[2];
	/* Appends an entry's bytes to `entry`. Each entry is asked for once, those of
	 * a log in order, in one thread. */
	int (*entry)(void *context, struct act_place place, struct buffer *entry,
	             struct error *error);
	/* Writes the blob of this name and size to `sink`; ERROR_NOT_FOUND when it is
	 * not here: the record is then without it. NULL: no sealed bodies. */
	int (*blob)(void *context, const struct hash *sha256, uint64_t size,
	            const struct byte_sink *sink, struct error *error);
	/* Opens the body of the act and gives its parts to `receiver` (its `manifest`
	 * need not be called); ERROR_NOT_FOUND: it stays sealed. NULL: none is opened. */
	int (*opened)(void *context, struct act_place place, const struct body_receiver *receiver,
	              struct error *error);
};

enum record_acts {
	RECORD_ACTS_BY_SIZE, /* when both logs together have at most the number above */
	RECORD_ACTS_ALWAYS,
	RECORD_ACTS_NEVER
};

struct record_options {
	enum record_acts acts;
	unsigned threads; /* that verify; 0: as many as there are processors */
	/* Called now and then with the number of entries done; may be NULL. Any other
	 * result than OK ends the work and is passed on. */
	int (*progress)(void *context, uint64_t done, uint64_t total);
	void *progress_context;
};

/* What was written. */
struct record_summary {
	char channel[CHANNEL_ID_CAPACITY];
	uint64_t sizes[2];
	bool countersigned[2]; /* the head carries the other side's cosignature */
	bool acts;
	uint64_t bodies_sealed, bodies_opened, bodies_absent;
};

/* Writes the record into `directory`, which must not exist (ERROR_EXISTS) and whose
 * parent must; it is not synced. `options` and `ret_summary` may be NULL. On failure what
 * has been written stays behind, incomplete. ERROR_IO; the results of the source; and what
 * reading the logs can give: see rules_append, entry_verify, signed_checkpoint_verify. */
int record_write(const char *directory, const struct record_source *source,
                 const struct record_options *options, struct record_summary *ret_summary,
                 struct error *error);

#endif
