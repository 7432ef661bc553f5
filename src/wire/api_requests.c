/* What each request of the API carries, and where in it. */
#include "api_records.h"

#define CHANNEL                                                                                    \
	{                                                                                          \
		"channel", API_TYPE_CHANNEL, API_ALWAYS, API_IN_PATH                               \
	}
#define NAME                                                                                       \
	{                                                                                          \
		"act", API_TYPE_TEXT, API_ALWAYS, API_IN_PATH, API_NAME_MAXIMUM                    \
	}
#define SHA256                                                                                     \
	{                                                                                          \
		"sha256", API_TYPE_HEX_HASH, API_ALWAYS, API_IN_PATH                               \
	}
#define PEER                                                                                       \
	{                                                                                          \
		"who", API_TYPE_TEXT, API_ALWAYS, API_IN_PEER, API_NAME_MAXIMUM                    \
	}
#define QUERY(n)                                                                                   \
	{                                                                                          \
		n, API_TYPE_NUMBER, API_OPTIONAL, API_IN_QUERY                                     \
	}
#define TEXT(n, maximum_size)                                                                      \
	{                                                                                          \
		n, API_TYPE_TEXT, API_ALWAYS, API_IN_BODY, maximum_size                            \
	}
#define TEXTS(n, maximum_size)                                                                     \
	{                                                                                          \
		n, API_TYPE_LIST, API_ALWAYS, API_IN_BODY, maximum_size, API_TYPE_TEXT             \
	}

enum { KEY_MAXIMUM = 1024, ARMOR_MAXIMUM = 8192, ENTRY_MAXIMUM = 65535 };

const struct api_record api_request_nothing = { .name = "NoRequest" };

#define BACKUP                                                                                     \
	{                                                                                          \
		"backup", API_TYPE_SETUP, API_ALWAYS, API_IN_PATH                                  \
	}

static const struct api_field backup[] = { BACKUP };
const struct api_record api_request_backup = API_RECORD("BackupPath", backup);

static const struct api_field backup_data[] = { BACKUP, QUERY("offset"), QUERY("length") };
const struct api_record api_request_backup_data = API_RECORD("BackupQuery", backup_data);

static const struct api_field alarms[] = { QUERY("before"), QUERY("count") };
const struct api_record api_request_alarms = API_RECORD("AlarmsQuery", alarms);

static const struct api_field new_setup[] = {
	TEXT("head", API_NAME_MAXIMUM),
	TEXT("head_key", KEY_MAXIMUM),
	TEXT("head_reading_key", API_NAME_MAXIMUM),
	TEXT("appointing_key", KEY_MAXIMUM),
	{ "auspices", API_TYPE_TEXT, API_OPTIONAL, API_IN_BODY, KEY_MAXIMUM },
	{ "endpoints", API_TYPE_LIST, API_OPTIONAL, API_IN_BODY, 300, API_TYPE_TEXT },
};
const struct api_record api_request_new_setup = API_RECORD("SetupRequest", new_setup);

static const struct api_field setup[] = {
	{ "setup", API_TYPE_SETUP, API_ALWAYS, API_IN_PATH },
};
const struct api_record api_request_setup = API_RECORD("SetupPath", setup);

static const struct api_field adopt[] = {
	TEXT("charter", API_TEXT_MAXIMUM),
	{ "signatures", API_TYPE_MAP, API_ALWAYS, API_IN_BODY, ARMOR_MAXIMUM, API_TYPE_TEXT },
	{ "copy", API_TYPE_BOOL, API_OPTIONAL, API_IN_QUERY },
};
const struct api_record api_request_adopt = API_RECORD("CharterRequest", adopt);

static const struct api_field channel[] = { CHANNEL };
const struct api_record api_request_channel = API_RECORD("ChannelPath", channel);

static const struct api_field give_charter[] = { CHANNEL, TEXT("text", API_TEXT_MAXIMUM) };
const struct api_record api_request_give_charter = API_RECORD("AmendedCharterRequest",
                                                              give_charter);

static const struct api_field log_fields[] = {
	CHANNEL,
	QUERY("count"),
	{ "party", API_TYPE_TEXT, API_OPTIONAL, API_IN_QUERY, API_NAME_MAXIMUM },
	{ "full", API_TYPE_BOOL, API_OPTIONAL, API_IN_QUERY },
	{ "cursor", API_TYPE_MAP, API_ALWAYS, API_IN_QUERY_OTHERS, 0, API_TYPE_NUMBER },
};
const struct api_record api_request_log = API_RECORD("LogQuery", log_fields);

enum { WORDS_MAXIMUM = 256 };

static const struct api_field answer_call[] = { CHANNEL, TEXT("challenge", WORDS_MAXIMUM) };
const struct api_record api_request_answer_call = API_RECORD("CallRequest", answer_call);

static const struct api_field words[] = {
	CHANNEL,
	{ "words", API_TYPE_TEXT, API_ALWAYS, API_IN_QUERY, WORDS_MAXIMUM },
};
const struct api_record api_request_words = API_RECORD("WordsQuery", words);

static const struct api_field act[] = { CHANNEL, NAME };
const struct api_record api_request_act = API_RECORD("ActPath", act);

static const struct api_field agenda[] = {
	CHANNEL,
	{ "side", API_TYPE_TEXT, API_OPTIONAL, API_IN_QUERY, API_NAME_MAXIMUM },
	{ "state", API_TYPE_TEXT, API_OPTIONAL, API_IN_QUERY, 255 },
	QUERY("count"),
	{ "cursor", API_TYPE_TEXT, API_OPTIONAL, API_IN_QUERY, 255 },
};
const struct api_record api_request_agenda = API_RECORD("AgendaQuery", agenda);

static const struct api_field handovers[] = { CHANNEL, QUERY("before"), QUERY("count") };
const struct api_record api_request_handovers = API_RECORD("HandoversQuery", handovers);

#define HANDOVER                                                                                   \
	{                                                                                          \
		"handover", API_TYPE_NUMBER, API_ALWAYS, API_IN_PATH                               \
	}

static const struct api_field handover[] = { CHANNEL, HANDOVER };
const struct api_record api_request_handover = API_RECORD("HandoverPath", handover);

static const struct api_field add_handover[] = {
	CHANNEL,
	TEXT("text", ENTRY_MAXIMUM),
	TEXT("armor", ARMOR_MAXIMUM),
};
const struct api_record api_request_add_handover = API_RECORD("HandoverRequest", add_handover);

static const struct api_field accept_handover[] = {
	CHANNEL,
	HANDOVER,
	TEXT("armor", ARMOR_MAXIMUM),
};
const struct api_record api_request_accept_handover = API_RECORD("AcceptanceRequest",
                                                                 accept_handover);

static const struct api_field matters[] = { CHANNEL, QUERY("from"), QUERY("count") };
const struct api_record api_request_matters = API_RECORD("MattersQuery", matters);

static const struct api_field check[] = { CHANNEL, TEXT("text", ENTRY_MAXIMUM) };
const struct api_record api_request_check = API_RECORD("DraftRequest", check);

static const struct api_field submit[] = {
	CHANNEL,
	TEXT("text", ENTRY_MAXIMUM),
	TEXTS("armors", ARMOR_MAXIMUM),
	{ "body", API_TYPE_OCTETS, API_OPTIONAL, API_IN_BODY, API_BODY_MAXIMUM },
};
const struct api_record api_request_submit = API_RECORD("ActRequest", submit);

#define PENDING                                                                                    \
	{                                                                                          \
		"pending", API_TYPE_NUMBER, API_ALWAYS, API_IN_PATH                                \
	}

static const struct api_field pending[] = { CHANNEL, PENDING };
const struct api_record api_request_pending = API_RECORD("PendingPath", pending);

static const struct api_field add_pending[] = {
	CHANNEL,
	TEXT("text", ENTRY_MAXIMUM),
	TEXT("armor", ARMOR_MAXIMUM),
	PEER,
};
const struct api_record api_request_add_pending = API_RECORD("PendingRequest", add_pending);

static const struct api_field refuse_pending[] = {
	CHANNEL,
	PENDING,
	TEXT("reason", API_SENTENCE_MAXIMUM),
	PEER,
};
const struct api_record api_request_refuse_pending = API_RECORD("RefusalRequest", refuse_pending);

static const struct api_field add_hold[] = {
	CHANNEL,
	TEXT("scope", API_NAME_MAXIMUM),
	{ "act", API_TYPE_TEXT, API_OPTIONAL, API_IN_BODY, API_NAME_MAXIMUM },
	TEXT("reason", API_SENTENCE_MAXIMUM),
	PEER,
};
const struct api_record api_request_add_hold = API_RECORD("HoldRequest", add_hold);

static const struct api_field hold[] = {
	CHANNEL,
	{ "hold", API_TYPE_NUMBER, API_ALWAYS, API_IN_PATH },
};
const struct api_record api_request_hold = API_RECORD("HoldPath", hold);

#define LIST_KEY                                                                                   \
	{                                                                                          \
		"public_key", API_TYPE_HEX_HASH, API_ALWAYS, API_IN_PATH                           \
	}

static const struct api_field list_key[] = { CHANNEL, LIST_KEY };
const struct api_record api_request_list_key = API_RECORD("ListKeyPath", list_key);

static const struct api_field evaluate[] = {
	CHANNEL,
	LIST_KEY,
	{ "proofs", API_TYPE_BOOL, API_OPTIONAL, API_IN_QUERY },
	{ "elements", API_TYPE_CONTENT, API_ALWAYS, API_IN_CONTENT, API_ELEMENTS_MAXIMUM * 32 },
};
const struct api_record api_request_evaluate = API_RECORD("ElementsRequest", evaluate);

static const struct api_field ask[] = {
	CHANNEL,
	NAME,
	{ "class", API_TYPE_TEXT, API_ALWAYS, API_IN_QUERY, API_NAME_MAXIMUM },
	QUERY("epoch"),
	{ "elements", API_TYPE_CONTENT, API_ALWAYS, API_IN_CONTENT, API_ASKED_MAXIMUM * 32 },
};
const struct api_record api_request_ask = API_RECORD("QuestionRequest", ask);

static const struct api_field wait_fields[] = {
	CHANNEL, QUERY("own"), QUERY("theirs"), QUERY("receipted"), QUERY("seconds"),
};
const struct api_record api_request_wait = API_RECORD("WaitQuery", wait_fields);

static const struct api_field upload[] = {
	CHANNEL,
	SHA256,
	{ "size", API_TYPE_NUMBER, API_ALWAYS, API_IN_QUERY },
	{ "offset", API_TYPE_NUMBER, API_ALWAYS, API_IN_QUERY },
	{ "data", API_TYPE_CONTENT, API_ALWAYS, API_IN_CONTENT, API_CONTENT_MAXIMUM },
};
const struct api_record api_request_upload = API_RECORD("PieceRequest", upload);

static const struct api_field blob[] = { CHANNEL, SHA256 };
const struct api_record api_request_blob = API_RECORD("BlobPath", blob);

static const struct api_field blob_data[] = { CHANNEL, SHA256, QUERY("offset"), QUERY("length") };
const struct api_record api_request_blob_data = API_RECORD("PieceQuery", blob_data);

static const struct api_field file_key[] = { CHANNEL, NAME, PEER };
const struct api_record api_request_file_key = API_RECORD("OpeningPath", file_key);

static const struct api_field register_fields[] = { CHANNEL, QUERY("after"), QUERY("count") };
const struct api_record api_request_register = API_RECORD("RegisterQuery", register_fields);

static const struct api_field new_key[] = { CHANNEL, TEXT("purpose", API_NAME_MAXIMUM) };
const struct api_record api_request_new_key = API_RECORD("KeyRequest", new_key);

static const struct api_field pack[] = {
	CHANNEL,        { "copy", API_TYPE_BOOL, API_OPTIONAL, API_IN_QUERY },
	QUERY("since"), { "place", API_TYPE_TEXT, API_OPTIONAL, API_IN_QUERY, 255 },
	QUERY("bytes"),
};
const struct api_record api_request_pack = API_RECORD("PackQuery", pack);

static const struct api_field take[] = {
	CHANNEL,
	{ "frame", API_TYPE_CONTENT, API_ALWAYS, API_IN_CONTENT, API_CONTENT_MAXIMUM },
};
const struct api_record api_request_take = API_RECORD("FrameRequest", take);
