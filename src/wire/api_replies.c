/* What the API answers: the members of each JSON object, in this order. */
#include "api_records.h"
#include "api_reply_fields.h"

const struct api_record api_reply_nothing = { .name = "Nothing" };

/* --- the node ------------------------------------------------------------- */

static const struct api_field link_fields[] = {
	TEXT("state"),
	TIME_OR("since"),
	TEXT_OR("address"),
	{ "round_trip_us", API_TYPE_NUMBER, API_NULLABLE },
	{ "clock_difference_ms", API_TYPE_SIGNED, API_NULLABLE },
	TIME_OR("last_test"),
	TEXT_OR("reason"),
};
static const struct api_record link_record = API_RECORD("Link", link_fields);

static const struct api_field link_tests[] = {
	TIME_OR("last"),  TIME_OR("next"),          TEXT_OR("next_by"), FLAG("waiting"),
	NUMBER("failed"), TIME_OR("failing_since"), FLAG("has_failed"),
};
static const struct api_record link_tests_record = API_RECORD("LinkTests", link_tests);

static const struct api_field reminder[] = {
	TEXT("party"),   TEXT("what"),    TEXT_OR("delegate"), TEXT_OR("role"),
	TEXT_OR("kind"), TIME_OR("time"), FLAG("urgent"),
};
static const struct api_record reminder_record = API_RECORD("Reminder", reminder);
static const struct api_field neutral[] = {
	TEXT("name"),
	FLAG("witness"),
	FLAG("depositary"),
	TEXT_OR("url"),
	NUMBER("own_cosigned"),
	NUMBER("their_cosigned"),
	TIME_OR("last_cosigned"),
	NUMBER("deposited"),
	TIME_OR("last_collected"),
	TIME_OR("failing_since"),
	TEXT_OR("reason"),
};
static const struct api_record neutral_record = API_RECORD("Neutral", neutral);

/* clang-format off */
#define CHANNEL_FIELDS                                                                             \
	{ "channel", API_TYPE_CHANNEL },                                                           \
	TEXT("state"),                                                                             \
	TEXT_OR("faulted"),                                                                        \
	FLAG("read_only"),                                                                         \
	TEXT("trouble"),                                                                           \
	TEXT_OR("reason"),                                                                         \
	TEXT_OR("alarm"),                                                                          \
	TEXT("own"),                                                                               \
	TEXT("other"),                                                                             \
	MAP("other_names", API_TYPE_TEXT),                                                         \
	NUMBER("own_size"),                                                                        \
	TEXT_OR("own_newest"),                                                                     \
	TIME_OR("own_logged"),                                                                     \
	NUMBER("own_receipted"),                                                                   \
	NUMBER("own_cosigned"),                                                                    \
	NUMBER("their_size"),                                                                      \
	TEXT_OR("their_newest"),                                                                   \
	TIME_OR("their_logged"),                                                                   \
	NUMBER("their_receipted"),                                                                 \
	NUMBER("their_cosigned"),                                                                  \
	NUMBER("unsent"),                                                                          \
	{ "link", API_TYPE_RECORD, .record = &link_record },                                       \
	{ "link_tests", API_TYPE_RECORD, API_NULLABLE, .record = &link_tests_record },             \
	LIST("neutrals", neutral_record),                                                          \
	TIME_OR("receipt_awaited_since"),                                                          \
	TIME_OR("receipt_withheld_since"),                                                         \
	TIME_OR("withdrawal_from_talks"),                                                          \
	TIME_OR("withdrawal_from_channel"),                                                        \
	TEXT_OR("succeeds"),                                                                       \
	TEXT_OR("succeeded_by"),                                                                   \
	TEXTS("waiting"),                                                                          \
	TEXTS("alarms"),                                                                           \
	LIST("reminders", reminder_record),                                                        \
	NUMBER("evidence")
/* clang-format on */

static const struct api_field summary[] = { CHANNEL_FIELDS };
static const struct api_record summary_record = API_RECORD("ChannelSummary", summary);

static const struct api_field clock_fields[] = {
	FLAG("trusted"),
	TEXT_OR("reason"),
	TIME("now"),
};
const struct api_record api_reply_clock = API_RECORD("Clock", clock_fields);

static const struct api_field setup_summary[] = {
	{ "setup", API_TYPE_SETUP },
	TIME("created"),
};
static const struct api_record setup_summary_record = API_RECORD("SetupSummary", setup_summary);

static const struct api_field evaluator[] = {
	FLAG("working"),   TEXT_OR("user"), FLAG("apart"),
	NUMBER("threads"), NUMBER("keys"),  NUMBER("damaged"),
};
static const struct api_record evaluator_record = API_RECORD("Evaluator", evaluator);

static const struct api_field status[] = {
	TEXT("party"),
	TEXT("domain"),
	TEXT("version"),
	NUMBER("pid"),
	FLAG("mirror"),
	{ "clock", API_TYPE_RECORD, .record = &api_reply_clock },
	{ "evaluator", API_TYPE_RECORD, API_NULLABLE, .record = &evaluator_record },
	LIST("channels", summary_record),
	LIST("setups", setup_summary_record),
};
const struct api_record api_reply_status = API_RECORD("Status", status);

static const struct api_field configuration[] = { LONG_TEXT("text") };
const struct api_record api_reply_configuration = API_RECORD("Configuration", configuration);

static const struct api_field backup_channel[] = {
	{ "channel", API_TYPE_CHANNEL },
	NUMBER("own_size"),
	NUMBER("their_size"),
};
static const struct api_record backup_channel_record = API_RECORD("BackupChannel", backup_channel);

static const struct api_field backup[] = {
	{ "backup", API_TYPE_SETUP },
	FLAG("complete"),
	NUMBER("bytes"),
	TIME_OR("time"),
	LIST("channels", backup_channel_record),
};
const struct api_record api_reply_backup = API_RECORD("Backup", backup);

static const struct api_field alarm_fields[] = {
	NUMBER("number"),      TEXT("id"),         TEXT("event"),    TIME("time"),
	TEXT_OR("channel"),    TEXT_OR("other"),   TEXT_OR("act"),   TEXT_OR("kind"),
	TEXT_OR("precedence"), TEXT_OR("owed_by"), TEXT_OR("what"),  TIME_OR("deadline"),
	TEXT("text"),          NUMBER("more"),     FLAG("exercise"), TEXT("state"),
	NUMBER("attempts"),    TEXT("outcome"),    NUMBER("status"), TEXT_OR("line"),
	TIME_OR("ended"),
};
static const struct api_record alarm_record = API_RECORD("Alarm", alarm_fields);

static const struct api_field alarms[] = {
	TEXT_OR("program"),
	LIST("alarms", alarm_record),
	FLAG("more"),
};
const struct api_record api_reply_alarms = API_RECORD("Alarms", alarms);

static const struct api_field raised[] = { TEXT("id") };
const struct api_record api_reply_raised = API_RECORD("Raised", raised);

static const struct api_field setup[] = { { "setup", API_TYPE_SETUP }, LONG_TEXT("card") };
const struct api_record api_reply_setup = API_RECORD("Setup", setup);

/* --- a channel ------------------------------------------------------------ */

static const struct api_field adopted[] = { { "channel", API_TYPE_CHANNEL } };
const struct api_record api_reply_adopted = API_RECORD("Adopted", adopted);

static const struct api_field delegate[] = {
	TEXT("name"),
	TEXT("role"),
	TEXT("key"),
	TEXT("fingerprint"),
	TEXT_OR("reading_key"),
	TIME_OR("from"),
	TIME_OR("until"),
	FLAG("recalled"),
	TIME_OR("ended"),
	TIME_OR("disputed_since"),
};
static const struct api_record delegate_record = API_RECORD("Delegate", delegate);

static const struct api_field log_generation[] = {
	TEXT("name"),
	HASH("key"),
	NUMBER("begins"),
};
static const struct api_record log_generation_record = API_RECORD("LogGeneration", log_generation);

static const struct api_field party[] = {
	TEXT("id"),
	TEXT("domain"),
	MAP("names", API_TYPE_TEXT),
	{ "auspices", API_TYPE_TEXT, API_NULLABLE, .maximum = 4096 },
	TEXT("head"),
	TEXT("appointing_key"),
	TEXT("head_reading_key"),
	TEXT("reading_key"),
	HASH("log_key"),
	HASH("receipt_key"),
	HASH("node_key"),
	HASH("link_key"),
	TEXT("log_name"),
	LIST("logs", log_generation_record),
	TEXTS("endpoints"),
	LIST("delegates", delegate_record),
};
static const struct api_record party_record = API_RECORD("Party", party);

static const struct api_field channel[] = {
	CHANNEL_FIELDS,
	LONG_TEXT("charter"),
	NUMBER("charter_version"),
	LONG_TEXT("charter_in_force"),
	{ "signatures", API_TYPE_MAP, .maximum = 8192, .element = API_TYPE_TEXT },
	{ "parties", API_TYPE_MAP, .element = API_TYPE_RECORD, .record = &party_record },
};
const struct api_record api_reply_channel = API_RECORD("Channel", channel);

static const struct api_field charter_version[] = {
	NUMBER("version"),    HASH("sha256"),    TEXT_OR("opened"),
	TEXT_OR("completed"), TIME_OR("logged"),
};
static const struct api_record charter_version_record = API_RECORD("CharterVersion",
                                                                   charter_version);

static const struct api_field amendment[] = {
	TEXT("opened"), NUMBER("version"), HASH("sha256"), TEXT("state"), FLAG("held"),
};
static const struct api_record amendment_record = API_RECORD("Amendment", amendment);

static const struct api_field charters[] = {
	LIST("charters", charter_version_record),
	LIST("open", amendment_record),
};
const struct api_record api_reply_charters = API_RECORD("Charters", charters);

static const struct api_field charter[] = { LONG_TEXT("text") };
const struct api_record api_reply_charter = API_RECORD("CharterText", charter);

static const struct api_field given_charter[] = { HASH("sha256") };
const struct api_record api_reply_given_charter = API_RECORD("GivenCharter", given_charter);

static const struct api_field head[] = { NUMBER("size"), LONG_TEXT("note") };
static const struct api_record head_record = API_RECORD("Head", head);

#define HEADS(n)                                                                                   \
	{                                                                                          \
		n, API_TYPE_MAP, .element = API_TYPE_RECORD, .record = &head_record,               \
				 .nullable_elements = true                                         \
	}

/* Keyed by party. */
static const struct api_field heads[] = { HEADS(""), HEADS("cosigned") };
const struct api_record api_reply_heads = API_RECORD("Heads", heads);

static const struct api_field sizes[] = {
	NUMBER("own_size"),
	NUMBER("their_size"),
	NUMBER("own_receipted"),
};
const struct api_record api_reply_sizes = API_RECORD("Sizes", sizes);

static const struct api_field new_key[] = { TEXT("purpose"), TEXT("key") };
const struct api_record api_reply_new_key = API_RECORD("Key", new_key);

static const struct api_field successor[] = {
	NUMBER("size"),   HASH("root"),     HASH("log_key"),     HASH("receipt_key"),
	HASH("node_key"), HASH("link_key"), TEXT("reading_key"),
};
const struct api_record api_reply_successor = API_RECORD("Successor", successor);

static const struct api_field opening[] = {
	NUMBER("position"),
	TEXT("act"),
	TIME("time"),
	TEXT("who"),
};
static const struct api_record opening_record = API_RECORD("Opening", opening);

static const struct api_field register_fields[] = {
	LIST("openings", opening_record),
	FLAG("more"),
};
const struct api_record api_reply_register = API_RECORD("Register", register_fields);

static const struct api_field recovery[] = {
	TEXT("trouble"),
	TEXT_OR("reason"),
	TEXT("own"),
	TEXT("other"),
	NUMBER("own_held"),
	NUMBER("own_known"),
	NUMBER("own_signed"),
	NUMBER("their_held"),
	NUMBER("their_known"),
	NUMBER("bodies_missing"),
	{ "keeper_size", API_TYPE_NUMBER, API_NULLABLE },
	FLAG("asked"),
	TEXT_OR("refusal"),
	FLAG("by_witnesses"),
	NUMBER("evidence_needed"),
	NUMBER("evidence_fresh"),
	TIME_OR("evidence_latest"),
};
const struct api_record api_reply_recovery = API_RECORD("Recovery", recovery);

/* --- acts ----------------------------------------------------------------- */

static const struct api_field stamp[] = {
	TEXT("form"), TEXT("log"),      TEXT("neutral"), NUMBER("size"),
	TIME("time"), NUMBER("bodies"), FLAG("late"),    TEXT_OR("denied_by"),
};
static const struct api_record stamp_record = API_RECORD("Stamp", stamp);

/* clang-format off */
#define ACT_FIELDS                                                                                 \
	TEXT("name"),                                                                              \
	TEXT("party"),                                                                             \
	NUMBER("number"),                                                                          \
	HASH("leaf"),                                                                              \
	HASH("identity"),                                                                          \
	TIME("time"),                                                                              \
	TIME("logged"),                                                                            \
	NUMBER("seen"),                                                                            \
	TEXT("kind"),                                                                              \
	TEXT("author"),                                                                            \
	TEXT_OR("cosigner"),                                                                       \
	TEXT("verdict"),                                                                           \
	TEXT_OR("reason"),                                                                         \
	TEXT_OR("reason_text"),                                                                    \
	TEXT_OR("matter"),                                                                         \
	TEXT_OR("answers"),                                                                        \
	TEXT_OR("target"),                                                                         \
	TEXT_OR("precedence"),                                                                     \
	TEXT_OR("marking"),                                                                        \
	TIME_OR("due"),                                                                            \
	TIME_OR("expires"),                                                                        \
	FLAG("exercise"),                                                                          \
	FLAG("has_body"),                                                                          \
	FLAG("eyes_heads"),                                                                        \
	FLAG("retracted"),                                                                         \
	FLAG("disputed"),                                                                          \
	TEXT_OR("fault"),                                                                          \
	TEXT_OR("acknowledged_by"),                                                                \
	TEXT_OR("answered_by"),                                                                    \
	TEXT_OR("resealed_by"),                                                                    \
	TIME_OR("proved"),                                                                         \
	TEXT_OR("proved_by"),                                                                      \
	TIME_OR("deemed_receipt"),                                                                 \
	TEXT_OR("deemed_by"),                                                                      \
	TEXT_OR("acceptance"),                                                                     \
	NUMBER("charter"),                                                                         \
	TEXT_OR("amendment"),                                                                      \
	{ "stamp", API_TYPE_RECORD, API_NULLABLE, .record = &stamp_record },                       \
	FLAG("receipted"),                                                                         \
	{ "entry", API_TYPE_OCTETS, API_OPTIONAL, .maximum = ENTRY_BYTES }
/* clang-format on */

static const struct api_field act_summary[] = { ACT_FIELDS };
static const struct api_record act_summary_record = API_RECORD("ActSummary", act_summary);

static const struct api_field log_fields[] = {
	LIST("acts", act_summary_record),
	MAP("next", API_TYPE_NUMBER),
	FLAG("more"),
};
const struct api_record api_reply_log = API_RECORD("Log", log_fields);

static const struct api_field body[] = {
	NUMBER("parts"), HASH("root"),   NUMBER("size"),
	HASH("sha256"),  NUMBER("held"), FLAG("complete"),
};
static const struct api_record body_record = API_RECORD("Body", body);

static const struct api_field obligation[] = {
	TEXT("act"),      TEXT("kind"),        TEXT("author"),    TEXT("owed_by"),
	TEXT("what"),     TIME_OR("started"),  FLAG("deemed"),    TIME_OR("deadline"),
	FLAG("deferred"), TEXT("state"),       TEXT_OR("met_by"), TEXT_OR("precedence"),
	FLAG("disputed"), FLAG("author_left"),
};
static const struct api_record obligation_record = API_RECORD("Obligation", obligation);

static const struct api_field act[] = {
	ACT_FIELDS,
	{ "text", API_TYPE_TEXT, .maximum = ENTRY_BYTES },
	{ "body", API_TYPE_RECORD, API_NULLABLE, .record = &body_record },
	TEXTS("attested_by"),
	FLAG("destroyed"),
	TEXTS("certificates"),
	TEXT_OR("state"),
	LIST("obligations", obligation_record),
	TEXTS("legal_answers"),
};
const struct api_record api_reply_act = API_RECORD("Act", act);

static const struct api_field inbox[] = {
	LIST("obligations", obligation_record),
	LIST("unread", act_summary_record),
	LIST("reminders", reminder_record),
	FLAG("more"),
};
const struct api_record api_reply_inbox = API_RECORD("Inbox", inbox);

static const struct api_field agenda_item[] = {
	TEXT("act"),           TEXT("kind"),        TEXT_OR("matter"),
	TEXT("author"),        TIME("logged"),      TEXT_OR("precedence"),
	TEXT("owed_by"),       TEXT("what"),        TEXT("state"),
	TIME_OR("started"),    FLAG("deemed"),      TIME_OR("deadline"),
	TIME_OR("expires"),    FLAG("receipted"),   TIME_OR("deemed_receipt"),
	TEXT_OR("refused_by"), TEXT_OR("reason"),   FLAG("exercise"),
	FLAG("disputed"),      FLAG("author_left"),
};
static const struct api_record agenda_item_record = API_RECORD("AgendaItem", agenda_item);

static const struct api_field agenda_counts[] = {
	NUMBER("waiting"),     NUMBER("due"),      NUMBER("deferred"),
	NUMBER("overdue"),     NUMBER("silent"),   NUMBER("refused"),
	NUMBER("unreceipted"), NUMBER("withheld"), NUMBER("unread"),
};
static const struct api_record agenda_counts_record = API_RECORD("AgendaCounts", agenda_counts);

static const struct api_field agenda[] = {
	TIME("now"),
	LIST("items", agenda_item_record),
	TEXT_OR("next"),
	{ "counts", API_TYPE_MAP, .element = API_TYPE_RECORD, .record = &agenda_counts_record },
};
const struct api_record api_reply_agenda = API_RECORD("Agenda", agenda);

/* clang-format off */
#define HANDOVER_FIELDS                                                                            \
	NUMBER("number"),                                                                          \
	TEXT("author"),                                                                            \
	TIME("from"),                                                                              \
	TIME("to"),                                                                                \
	NUMBER("own"),                                                                             \
	NUMBER("theirs"),                                                                          \
	TIME("stored"),                                                                            \
	TEXT_OR("accepted_by"),                                                                    \
	TIME_OR("accepted")
/* clang-format on */

static const struct api_field handover_summary[] = { HANDOVER_FIELDS };
static const struct api_record handover_summary_record = API_RECORD("HandoverSummary",
                                                                    handover_summary);

static const struct api_field handovers[] = {
	LIST("handovers", handover_summary_record),
	FLAG("more"),
};
const struct api_record api_reply_handovers = API_RECORD("Handovers", handovers);

static const struct api_field handover[] = {
	HANDOVER_FIELDS,
	LONG_TEXT("text"),
	LONG_TEXT("armor"),
	{ "acceptance", API_TYPE_TEXT, API_NULLABLE, .maximum = API_TEXT_MAXIMUM },
};
const struct api_record api_reply_handover = API_RECORD("Handover", handover);

static const struct api_field added_handover[] = { NUMBER("number") };
const struct api_record api_reply_added_handover = API_RECORD("HandoverAdded", added_handover);

static const struct api_field link_event[] = { TIME("time"), TEXT("what"), TEXT_OR("reason") };
static const struct api_record link_event_record = API_RECORD("LinkEvent", link_event);

static const struct api_field link_log[] = { LIST("events", link_event_record) };
const struct api_record api_reply_link_log = API_RECORD("LinkLog", link_log);

/* clang-format off */
#define MATTER_FIELDS                                                                              \
	TEXT("matter"),                                                                            \
	TEXT("kind"),                                                                              \
	TEXT("state"),                                                                             \
	FLAG("unsupported"),                                                                       \
	NUMBER("acts"),                                                                            \
	TEXT("last"),                                                                              \
	FLAG("exercise"),                                                                          \
	FLAG("disputed")
/* clang-format on */

static const struct api_field matter_summary[] = { MATTER_FIELDS };
static const struct api_record matter_summary_record = API_RECORD("MatterSummary", matter_summary);

static const struct api_field matters[] = { LIST("matters", matter_summary_record), FLAG("more") };
const struct api_record api_reply_matters = API_RECORD("Matters", matters);

static const struct api_field matter[] = {
	MATTER_FIELDS,
	LIST("list", act_summary_record),
	FLAG("more"),
};
const struct api_record api_reply_matter = API_RECORD("Matter", matter);

static const struct api_field check[] = {
	TEXT("verdict"),
	TEXT_OR("reason"),
	TEXT_OR("reason_text"),
};
const struct api_record api_reply_check = API_RECORD("Check", check);

static const struct api_field submitted[] = {
	TEXT("name"), NUMBER("number"), HASH("leaf"), TIME("logged"), FLAG("duplicate"),
};
const struct api_record api_reply_submitted = API_RECORD("Submitted", submitted);

/* --- reading keys and holds ----------------------------------------------- */

static const struct api_field reading_key[] = {
	TEXT("party"),
	TEXT("recipient"),
	TEXT("standing"),
	TEXT_OR("named_by"),
	TIME_OR("since"),
	NUMBER("bodies"),
	NUMBER("held_bodies"),
	TIME_OR("first"),
	TIME_OR("last"),
	TEXT_OR("attested_by"),
	TEXT_OR("also_attested_by"),
	TIME_OR("due"),
};
static const struct api_record reading_key_record = API_RECORD("ReadingKey", reading_key);

static const struct api_field reading_keys[] = {
	NUMBER("retention"),
	LIST("keys", reading_key_record),
};
const struct api_record api_reply_reading_keys = API_RECORD("ReadingKeys", reading_keys);

static const struct api_field hold[] = {
	NUMBER("number"), TEXT("scope"), TEXT_OR("act"),
	TIME("created"),  TEXT("by"),    TEXT("reason"),
};
static const struct api_record hold_record = API_RECORD("Hold", hold);

static const struct api_field holds[] = { LIST("holds", hold_record) };
const struct api_record api_reply_holds = API_RECORD("Holds", holds);

static const struct api_field added_hold[] = { NUMBER("number") };
const struct api_record api_reply_added_hold = API_RECORD("HoldAdded", added_hold);

/* --- what waits for a second signature ------------------------------------- */

static const struct api_field pending_body[] = {
	NUMBER("parts"),
	HASH("root"),
	NUMBER("size"),
	HASH("sha256"),
};
static const struct api_record pending_body_record = API_RECORD("PendingBody", pending_body);

/* clang-format off */
#define PENDING_FIELDS                                                                             \
	NUMBER("number"),                                                                          \
	TEXT("state"),                                                                             \
	TEXT_OR("reason"),                                                                         \
	TEXT_OR("reason_text"),                                                                    \
	TEXT("kind"),                                                                              \
	TEXT("author"),                                                                            \
	TEXT("cosigner"),                                                                          \
	TIME("time"),                                                                              \
	TIME("created"),                                                                           \
	TIME("expires"),                                                                           \
	TIME_OR("ended"),                                                                          \
	TEXT("by"),                                                                                \
	TEXT_OR("note"),                                                                           \
	TEXT_OR("marking"),                                                                        \
	FLAG("exercise"),                                                                          \
	FLAG("has_body"),                                                                          \
	FLAG("eyes_heads")
/* clang-format on */

static const struct api_field pending_summary[] = { PENDING_FIELDS };
static const struct api_record pending_summary_record = API_RECORD("PendingSummary",
                                                                   pending_summary);

static const struct api_field pending[] = { LIST("pending", pending_summary_record) };
const struct api_record api_reply_pending = API_RECORD("PendingActs", pending);

static const struct api_field pending_act[] = {
	PENDING_FIELDS,
	{ "text", API_TYPE_TEXT, .maximum = ENTRY_BYTES },
	{ "armor", API_TYPE_TEXT, .maximum = 8192 },
	{ "body", API_TYPE_RECORD, API_NULLABLE, .record = &pending_body_record },
};
const struct api_record api_reply_pending_act = API_RECORD("PendingAct", pending_act);

static const struct api_field added_pending[] = { NUMBER("number"), TIME("expires") };
const struct api_record api_reply_added_pending = API_RECORD("PendingAdded", added_pending);

/* --- the telephone ---------------------------------------------------------- */

static const struct api_field words[] = { TEXT("en"), TEXT("ru") };
static const struct api_record words_record = API_RECORD("Words", words);

#define WORDS(n)                                                                                   \
	{                                                                                          \
		n, API_TYPE_RECORD, .record = &words_record                                        \
	}

static const struct api_field call_words[] = {
	WORDS("challenge"),
	WORDS("answer"),
	WORDS("confirmation"),
	TIME("until"),
};
const struct api_record api_reply_call_words = API_RECORD("CallWords", call_words);

static const struct api_field found[] = { TEXTS("acts") };
const struct api_record api_reply_found = API_RECORD("Found", found);

/* --- sealed bodies -------------------------------------------------------- */

static const struct api_field uploaded[] = { NUMBER("held"), FLAG("complete") };
const struct api_record api_reply_uploaded = API_RECORD("Uploaded", uploaded);

static const struct api_field blob[] = { NUMBER("size"), NUMBER("held"), FLAG("complete") };
const struct api_record api_reply_blob = API_RECORD("Blob", blob);

static const struct api_field blob_data[] = {
	{ "data", API_TYPE_CONTENT, .maximum = API_PIECE_MAXIMUM },
};
const struct api_record api_reply_blob_data = API_RECORD("Piece", blob_data);

static const struct api_field file_key[] = { { "file_key", API_TYPE_OCTETS } };
const struct api_record api_reply_file_key = API_RECORD("FileKey", file_key);

/* --- post ------------------------------------------------------------------ */

static const struct api_field packed[] = {
	{ "frame", API_TYPE_OCTETS, API_NULLABLE, .maximum = API_FRAME_OCTETS_MAXIMUM },
	TEXT("next"),
	FLAG("more"),
};
const struct api_record api_reply_packed = API_RECORD("Packed", packed);

static const struct api_field taken[] = { TEXT("result"), TEXT_OR("reason") };
const struct api_record api_reply_taken = API_RECORD("Taken", taken);
