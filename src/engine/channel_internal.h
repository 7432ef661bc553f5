/* Functions that the files of src/engine share; see channel.h for the data.
 *
 *     channel.c    memory of a channel: load, replay, reconcile, free
 *     arrival_head.c heads of the other log
 *     arrival.c    entries of the other log: check, queue, judge, store
 *     own_entry.c  entries of the own log: node texts, people's acts
 *     recovery.c   what is wrong with a channel, and how it comes back
 *     turn.c       what one turn does with a channel: collect, sign, send
 *     blob.c       sealed bodies: fetch, serve, upload
 *     submit.c     what people submit, and who opens bodies
 *     destruction.c reading keys that are given up, and holds (hold.c): see destruction.h
 *     pending.c    acts that wait for their second signature: see pending.h
 *     link.c       messages of the link: up, hello, cosignature, frames
 *     mirror.c     channels of a mirror
 *     push.c       frames to the link: entries, cosignatures, channels
 *     keys.c       keys that change by rekey and appoint
 *     generation.c which key signs heads of which size
 *     succession.c a log that goes on under another key: own, theirs, with fresh keys
 *     opening.c    bodies tried by the reader in quiet moments
 *     neutral*.c   witnesses and depositary, asked by the messenger: see neutral.h
 *     setup.c      keys and cards before a charter, and adopting one
 *     post.c       frames that come without the link; post_blob.c: chunks of blobs
 *     post_spool.c those that came too early
 *     pack.c       the frames of a file
 *     backup.c     a copy of the database, made in steps
 *     call.c       words for the telephone
 *     link_test.c  tests of the link, by the charter's clock
 *     evaluation.c questions to the evaluator: see evaluation.h
 *     match*.c     questions to match-only lists, theirs and ours: see match.h
 *     alarm_*.c    what somebody should look at, and the program that is told: alarms.h
 */
#ifndef CHANNEL_INTERNAL_H
#define CHANNEL_INTERNAL_H

#include "channel.h"
#include "checkpoint.h"
#include "fault_point.h"
#include "frame.h"
#include "link_messages.h"

/* channel.c */
int channel_load(struct engine *engine, const struct store_channel *row,
                 struct engine_channel **ret_channel, struct error *error);
void channel_free(struct engine_channel *channel);
int channel_update_keys(struct engine_channel *channel);
/* Nothing is logged from here on, for this reason, which may replace a former one. */
void channel_refuse_writing(struct engine_channel *channel, const char *reason);
/* Refuses the other log from here: kept in the database with its evidence. */
int channel_fault(struct engine_channel *channel, const char *reason, struct bytes evidence);
int channel_keep_evidence(struct engine_channel *channel, const char *reason,
                          struct bytes evidence);
bool channel_has_root(const struct engine_channel *channel, unsigned party, uint64_t size,
                      const struct hash *root);
int engine_add_channel(struct engine *engine, struct engine_channel *channel);
/* The store's row of an entry that the rules have just folded, appended. */
int channel_store_entry(struct engine_channel *channel, unsigned party, const struct entry *entry);
struct edge channel_edge(const struct engine_channel *channel, unsigned party);

/* recovery.c */
/* Compares the keeper with the database, and with heads of the own log that others
 * have shown: what is wrong is then in `recovery`, or the channel can be written to.
 * OK, or the failure of this machine. */
int channel_reconcile(struct engine_channel *channel, const struct keeper_status *status,
                      struct error *error);
/* The same, asking the keeper now. */
int recovery_look_again(struct engine_channel *channel, struct error *error);
/* `note` is signed by our own log key, for a head that is not in the database: the
 * node was restored from a copy, keeper and database together, or runs twice. */
int channel_rolled_back(struct engine_channel *channel, struct bytes note);
/* Whether there is a head that others have shown and that still counts: one by a former
 * key says nothing any more once the appointing key has had the log go on under another.
 * What it covered and nobody has is lost. */
bool recovery_goes_by_shown(const struct engine_channel *channel);
/* Reads whether such a head was shown, and not found since. */
int recovery_load(struct engine_channel *channel);
/* At the end of a turn: looks again when something was copied, and has the keeper
 * recover when a person has asked for it and the evidence is there. */
int recovery_step(struct engine_channel *channel, struct error *error);
/* Monotonic: when the evidence is to be looked at again; UINT64_MAX: never. */
uint64_t recovery_timer(const struct engine_channel *channel);

/* Whether nothing is wrong but that the keeper knows too little. */
bool recovery_is_keepers(const struct engine_channel *channel);

/* recovery_keeper.c: what the keeper is shown. */
/* The newest own head with the fresh lines over it, and what they come to.
 * ERROR_NOT_FOUND: the own log has no head. */
int recovery_evidence(struct engine_channel *channel, struct buffer *note,
                      struct evidence *ret_evidence, struct error *error);
/* Asks the keeper. ERROR_IO and ERROR_MEMORY end the engine; everything else is why
 * the keeper did not take the evidence. */
int recovery_ask_keeper(struct engine_channel *channel, struct bytes note, struct error *error);

/* recovery_copy.c: own entries that come in a copy. */
/* OK unless they lead to another history than the keeper has signed or others were
 * given, as far as they reach: ERROR_MISMATCH. */
int recovery_check_copy(const struct engine_channel *channel, const struct arrival *arrival,
                        struct error *error);
/* Says why a frame of own entries does not follow on what is here; ERROR_MISMATCH. */
int recovery_explain_copy(const struct engine_channel *channel, struct bytes payload,
                          struct error *error);

/* keys.c */
/* rules_append, which every entry comes in by. */
int channel_append(struct engine_channel *channel, unsigned party, const struct entry *entry,
                   const struct ssh_key keys[2], struct verdict *ret_verdict, struct error *error);
/* Whether an act that changes an own key names one that was made here. */
int channel_check_keys(struct engine_channel *channel, const struct act *act, struct error *error);
/* The keeper takes into use what the log says. Harmless when repeated. */
int channel_activate_keys(struct engine_channel *channel, struct error *error);
/* Writes down that the keeper made a key. */
int channel_note_new_key(struct engine_channel *channel, enum keeper_purpose purpose,
                         const char *key);
/* The link key that the other side knows to be ours. */
const struct ed25519_public *channel_own_link_key(const struct engine_channel *channel);
/* Whether a change of a link key became known to both sides. */
bool channel_settle_link_keys(struct engine_channel *channel);

/* turn.c */
int channel_collect(struct engine_channel *channel, struct error *error);
/* The batch that the keeper signed before an abrupt end, exactly again. */
int channel_repeat_batch(struct engine_channel *channel, struct error *error);
/* People who wait for what is durable now. */
void channel_answer_waiters(struct engine_channel *channel);
int channel_sign(struct engine_channel *channel, struct error *error);
void channel_send(struct engine_channel *channel);
uint64_t channel_next_timer(const struct engine_channel *channel);
void channel_drop_waiters(struct engine_channel *channel);
/* Answers everybody who waits for this channel with an error. */
void channel_fail_people(struct engine_channel *channel, const struct error *failure);

/* generation.c */
enum { GENERATIONS_MAXIMUM = 999999 };

/* What a head is of, by its origin and size. */
struct head_origin {
	unsigned party;
	unsigned generation; /* may be more than is known */
	struct checkpoint checkpoint;
};

int channel_log_key(const struct engine_channel *channel, unsigned party, unsigned generation,
                    struct note_key *ret_key);
/* The generation of a party's log that an origin names, known or not: 0 for none. */
unsigned channel_generation_named(const struct engine_channel *channel, unsigned party,
                                  const char *origin);
/* Reads a head, of either log; nothing is verified. ERROR_MISMATCH: of neither. */
int channel_read_head(const struct engine_channel *channel, struct bytes note,
                      struct head_origin *ret_origin, struct error *error);
/* Whether it is by a former key, for more than its generation has: worth nothing. */
bool channel_is_outlived(const struct engine_channel *channel, const struct head_origin *origin);
/* Verifies what was read under the key of its generation. ERROR_WAIT: that one is not
 * known yet. */
int channel_verify_head(const struct engine_channel *channel, struct bytes note,
                        const struct head_origin *origin, struct error *error);
/* What an entry says that appoints a log key. */
struct appointment {
	uint64_t number;
	struct hash root; /* of the entries before it */
	struct ed25519_public key;
};

/* Verifies the head of a frame that is of a generation not known yet, by the key that an
 * entry of the frame appoints. Whether that is valid there is not looked at. */
int channel_verify_successor(const struct engine_channel *channel,
                             const struct frame_entries *frame, const struct head_origin *origin,
                             struct appointment *ret_appointment, struct note_key *ret_key,
                             struct error *error);
/* OK when the head of an arrival is by a key that is known, or becomes it by one of its
 * entries; ERROR_DENIED. */
int channel_check_succession(const struct engine_channel *channel, const struct arrival *arrival,
                             struct error *error);
/* Whether the rules know the key of its head now. */
bool channel_knows_head(const struct engine_channel *channel, const struct arrival *arrival);
/* Whether an act appoints a log key. */
bool channel_appoints_log(const struct act *act);
/* Where the generation of entry `from` ends: UINT64_MAX for the last one. */
uint64_t channel_next_cut(const struct engine_channel *channel, unsigned party, uint64_t from);
/* The stored head under which entries from `from` on are sent: the greatest up to
 * `size`, or the last of their generation. ERROR_NOT_FOUND. */
int channel_head_for(const struct engine_channel *channel, unsigned party, uint64_t from,
                     uint64_t size, struct store_head *head);

/* succession.c */
/* Whether an act says who signs a log: it appoints the log or the appointing key. */
bool channel_appoints(const struct act *act);
/* Makes room for one more of a party's; and notes that its last entry is one. */
int channel_reserve_succession(struct engine_channel *channel, unsigned party);
void channel_add_succession(struct engine_channel *channel, unsigned party);
/* Tells the keeper all of a party's. Harmless when repeated. */
int channel_tell_succession(struct engine_channel *channel, unsigned party, struct error *error);
/* From the making of an own log key on nothing is logged but its appointment. */
void channel_hold(struct engine_channel *channel);
bool channel_is_held(const struct engine_channel *channel);
/* ERROR_DENIED: the appointment of an own log key is for another place. */
int channel_check_cut(const struct engine_channel *channel, const struct act *act,
                      struct error *error);
/* Fresh keys that are to continue the channel, and have not yet. */
int succession_load(struct engine_channel *channel);
/* Whether the act appoints them, or a key of a keeper that lacks nothing but what others
 * were shown, and may be logged though nothing else may. */
bool channel_is_successor(const struct engine_channel *channel, const struct act *act);
/* Has the keeper continue the channel with them, once they are appointed. */
int channel_adopt_successor(struct engine_channel *channel, bool *ret_adopted, struct error *error);

/* arrival_head.c */
/* A head of the other log: signed by its key, and not in contradiction to what is
 * held or was signed before. ERROR_FORK when it was (the channel is then faulted),
 * ERROR_SIGNATURE and others when it is not theirs. */
int arrival_check_head(struct engine_channel *channel, struct bytes note,
                       struct checkpoint *ret_checkpoint, struct error *error);
/* The head of a frame that brings a successor of a log, which ends at `from` as far as
 * it is here or on its way: by the key that an entry of the frame appoints for the log
 * that it continues. ERROR_FORK: one of the other log that leaves out what is held (the
 * channel is then faulted); ERROR_MISMATCH: below, or of another log; ERROR_STATE: the
 * frame begins beyond. */
int arrival_check_successor(struct engine_channel *channel, const struct frame_entries *frame,
                            const struct head_origin *origin, const struct edge *from,
                            struct note_key *ret_key, struct error *error);
/* The head of a frame from the link. Of a generation that nobody knows yet it comes
 * with the entry that appoints its key. */
int arrival_check_frame(struct engine_channel *channel, const struct frame_entries *frame,
                        struct checkpoint *ret_checkpoint, struct error *error);
/* Now that more is held, it must be what an earlier head said. A head by a former key,
 * for more than its log was continued from, promises nothing. */
int arrival_check_promise(struct engine_channel *channel);
int arrival_forget_promise(struct engine_channel *channel);
/* What was promised without its entries is remembered beyond the next start. */
int arrival_keep_promise(struct engine_channel *channel);
int arrival_load_promise(struct engine_channel *channel);

/* arrival.c */
int arrival_take(struct engine_channel *channel, struct bytes payload, struct error *error);
/* Checks the entries of a frame from `from` on, which is within it: that they lead
 * to the head, and each entry's form and signatures. What they name and is not
 * here is wanted from then on. `ret_edge`, after them, may be `from`. */
int arrival_prepare(struct engine_channel *channel, unsigned party, const struct edge *from,
                    const struct checkpoint *checkpoint, struct bytes payload,
                    struct arrival **ret_arrival, struct edge *ret_edge);
/* Has the rules judge the entries, stores them and takes their head. ERROR_WAIT:
 * over the quota or ahead of the clock; ERROR_DENIED: its head is by a key that nobody
 * appointed, and nothing was done; or, in a channel that is being copied,
 * from some entry on for the other log's, and those before it stand. Any
 * other failure leaves memory ahead of the database. */
int arrival_judge(struct engine_channel *channel, struct arrival *arrival, struct error *error);
void arrival_free(struct arrival *arrival);
bool arrival_is_ready(struct engine_channel *channel, const struct arrival *arrival);
/* Judges and stores the first arrival in the queue. */
int arrival_settle(struct engine_channel *channel, struct error *error);
void arrivals_free(struct engine_channel *channel);

/* own_entry.c */
bool channel_may_log(const struct engine_channel *channel);
/* When an own entry would be logged now: never before an entry that it could have seen,
 * whatever the clock. */
timestamp channel_logging_time(const struct engine_channel *channel);
/* Whether the batch of this turn takes more; if not, the next turn does. */
bool channel_has_room(struct engine_channel *channel);
/* Logs a receipt for all that is held of the other log, if one is due: before an
 * entry of another kind, or because something other than receipts came. */
int log_receipt_if_due(struct engine_channel *channel, bool before_other, struct error *error);
/* A neutral's word, as an entry. ERROR_STATE when it would be void. */
int log_stamp(struct engine_channel *channel, const struct waiting_stamp *stamp,
              struct error *error);
/* Where this side stands with a list and class, as an entry. ERROR_STATE when it would be
 * void. */
int log_tally(struct engine_channel *channel, struct act_place list,
              enum identifier_class identifier_class, const struct exchange_state *state,
              struct error *error);
int log_errand(struct engine_channel *channel, const struct errand *errand, struct error *error);
int log_submission(struct engine_channel *channel, struct submission *submission,
                   struct error *error);
int add_errand(struct engine_channel *channel, enum kind_number kind, struct act_place target,
               const char *fault, uint32_t request);
void submission_free(struct submission *submission);

/* blob.c */
int want_blob(struct engine_channel *channel, const struct hash *hash, uint64_t size,
              struct act_place place);
struct wanted_blob *find_wanted(struct engine_channel *channel, const struct hash *hash);
int take_blob_chunk(struct engine_channel *channel, struct bytes payload, struct error *error);
int take_blob_request(struct engine_channel *channel, struct bytes payload, struct error *error);
/* After the link went down: nothing is under way, and what entries that were
 * not stored name is not wanted any more. */
void forget_requests(struct engine_channel *channel);
void forget_unstored(struct engine_channel *channel);
/* The charter's daily quota of the other side: starts anew every day. */
void quota_start_day(struct engine_channel *channel);
int quota_count(struct engine_channel *channel, uint64_t entries, uint64_t bytes);
void request_blobs(struct engine_channel *channel);
void serve_blobs(struct engine_channel *channel);
/* Whether the whole blob is here and verified. */
bool blob_is_held(const struct engine_channel *channel, const struct hash *hash);
/* Stores a whole small blob. */
int store_small_blob(struct engine_channel *channel, unsigned owner, const struct hash *hash,
                     struct bytes blob);
/* Marks the blob as complete if it is what its name says; else drops it:
 * ERROR_MISMATCH. */
int verify_blob(struct engine_channel *channel, const struct hash *hash, uint64_t size);
/* Nothing is wanted any more that this blob is. */
int blob_arrived(struct engine_channel *channel, const struct hash *hash);
bool blob_is_too_large(const struct engine_channel *channel, uint64_t size);

/* push.c and link.c */
/* A message that is the channel, some bytes, and nothing else. */
void channel_tell_link(struct engine_channel *channel, uint16_t type, struct bytes rest);
void channel_announce(struct engine_channel *channel);
void channel_close_link(struct engine_channel *channel, int code, const char *reason);
void channel_link_down(struct engine_channel *channel, const char *reason);
void channel_push(struct engine_channel *channel);
void channel_send_hello(struct engine_channel *channel);
/* What the other side did wrong ends the connection, and is kept as evidence where it was signed.
 * OK, or what failed here. */
int channel_refuse_frame(struct engine_channel *channel, int code, const struct error *why,
                         struct bytes payload, struct error *error);
/* Checks a cosignature that came before what covers it, once that is here. */
int settle_early_cosignature(struct engine_channel *channel);
void channel_consumed(struct engine_channel *channel, uint32_t frames);
/* Frames, printed with their header. Appended to the buffer. */
int channel_make_hello(struct engine_channel *channel, struct buffer *frame);
/* The own line of the newest cosignature; nothing when there is none. */
int channel_make_cosignature(struct engine_channel *channel, struct buffer *frame);
/* As many entries from `start` on as fit, none at or beyond `end`, under the head
 * `note` of `size` >= end entries; small blobs ride along. The buffer takes at least
 * PACK_BYTES_MINIMUM. */
int channel_make_entries(struct engine_channel *channel, unsigned party, uint64_t start,
                         uint64_t end, struct bytes note, uint64_t size, struct buffer *frame,
                         uint64_t *ret_count);
/* At most `length` bytes of a blob; total 0 when it is not held. */
int channel_make_chunk(struct engine_channel *channel, const struct hash *hash, uint64_t offset,
                       uint32_t length, struct buffer *frame);
/* Sends a frame that was printed with its header. */
void channel_send_frame(struct engine_channel *channel, const struct buffer *frame);
bool channel_has_credit(const struct engine_channel *channel);

/* link_test.c */
/* False where links are not tested. */
bool channel_link_tests(const struct engine_channel *channel, struct link_test_plan *ret_plan);
/* Queues the test that is due, and the echo that was missed. */
int channel_test_link(struct engine_channel *channel);
uint64_t channel_test_timer(const struct engine_channel *channel);

/* charters.c */
/* Makes the rules know a text that the store has; ERROR_CHARTER when it has none. */
int channel_know_charter(struct engine_channel *channel, const struct hash *hash);
/* Of an own act before it is tried: the text that it names is here, and can amend. */
int channel_need_charter(struct engine_channel *channel, const struct act *act,
                         struct error *error);
/* Stores the text that an entry names, if it is known: within the turn's transaction. */
int channel_keep_charter(struct engine_channel *channel, const struct act *act);
/* Takes a text that came in a file: OK, or what fails here. */
int channel_take_charter(struct engine_channel *channel, struct bytes text);
/* ERROR_WAIT, and an alarm, when what was opened here is completed and its text is lost. */
int arrival_know_charters(struct engine_channel *channel, const struct arrival *arrival,
                          struct error *error);

/* link_log.c */
void link_log_note(struct engine_channel *channel, enum link_event_kind kind, const char *reason);
/* With what else the turn writes. */
int link_log_store(struct engine_channel *channel);
int link_log_load(struct engine_channel *channel);

/* mirror.c */
/* Instead of channel_reconcile, where there is no keeper. */
void channel_make_mirror(struct engine_channel *channel);

/* The time of a cosigner's line that is kept under a head; 0 without one. */
timestamp channel_kept_time(const struct store_head *head, const struct note_key *key);
/* A cosignature of the other side over an own head, by its line without LF. */
int check_cosignature(struct engine_channel *channel, uint64_t size, struct bytes line,
                      struct error *error);
/* Whether a hello is of this channel and the other side, and its head theirs; with
 * `check_held` also what it says of the own log, from where it is to be
 * sent, and whether what they say is of another log than ours. */
int check_hello(struct engine_channel *channel, const struct frame_hello *hello, bool check_held,
                uint64_t *ret_sent, bool *ret_deaf, struct error *error);

/* post.c: as channel_take_frame, but gives ERROR_WAIT for what cannot be used yet. */
int post_use_frame(struct engine_channel *channel, uint8_t type, struct bytes payload,
                   struct post_outcome *ret_outcome, struct error *error);
/* Whose log a signed head is of, by its origin. ERROR_MISMATCH: neither's. */
int post_party_of(const struct engine_channel *channel, struct bytes note, unsigned *ret_party,
                  struct error *error);

/* post_blob.c */
/* Whether an entry that is here names the blob. */
bool channel_names_blob(const struct engine_channel *channel, const struct hash *hash);
int post_take_chunk(struct engine_channel *channel, struct bytes payload,
                    struct post_outcome *ret_outcome, struct error *error);
/* An entry that is being stored names the blob: it is not dropped any more. */
int post_blob_named(struct engine_channel *channel, const struct hash *hash);
/* Blobs that no entry named for so long: dropped. */
int post_expire_blobs(struct engine_channel *channel, uint32_t today);
int post_count_blobs(struct engine_channel *channel);

/* post_spool.c */
int post_load(struct engine_channel *channel);
void post_release(struct engine_channel *channel);
/* Keeps a frame for `why`, which becomes the outcome's reason. ERROR_LIMIT. */
int post_keep(struct engine_channel *channel, uint8_t type, struct bytes payload,
              const struct error *why, struct post_outcome *ret_outcome, struct error *error);
/* Uses what has become usable. OK, or this machine's failure. */
int post_drain(struct engine_channel *channel);
/* When something is to be tried again; monotonic, UINT64_MAX: never. */
uint64_t post_timer(const struct engine_channel *channel);

/* backup.c */
/* Takes the copy that is being made further; after the turn's transactions. */
void engine_work_on_backup(struct engine *engine);
uint64_t engine_backup_timer(const struct engine *engine);

/* submit.c */
/* What can be said of an act without its place in the log. */
int submit_check_text(struct engine_channel *channel, struct bytes text, struct act *ret_act,
                      struct error *error);
/* The key that a name would have to sign with; zeros, which is no key, when nobody of
 * that name is accredited. */
void submit_present_key(struct engine_channel *channel, const char *name, struct ssh_key *ret_key);
int unseal_body(struct engine_channel *channel, const struct hash *hash,
                uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error);

/* opening.c */
void engine_open_next(struct engine *engine);
uint64_t engine_opening_timer(const struct engine *engine);

#endif
