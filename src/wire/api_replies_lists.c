/* What the API answers of lists: keys, counts, exchanges. */
#include "api_records.h"
#include "api_reply_fields.h"

/* --- the keys of lists ------------------------------------------------------- */

static const struct api_field list_key[] = {
	HASH("public_key"),
	TIME("created"),
	TEXT_OR("list"),
};
static const struct api_record list_key_record = API_RECORD("ListKey", list_key);

static const struct api_field new_list_key[] = { HASH("public_key"), TIME("created") };
const struct api_record api_reply_new_list_key = API_RECORD("ListKeyMade", new_list_key);

static const struct api_field list_keys[] = { LIST("keys", list_key_record) };
const struct api_record api_reply_list_keys = API_RECORD("ListKeys", list_keys);

static const struct api_field evaluated[] = {
	{ "evaluations", API_TYPE_CONTENT, .maximum = API_ELEMENTS_MAXIMUM * 96 },
};
const struct api_record api_reply_evaluated = API_RECORD("Evaluations", evaluated);

/* --- match-only lists and what is asked of them ------------------------------ */

static const struct api_field list_tally[] = {
	TEXT("act"),
	NUMBER("total"),
	TIME("day"),
	NUMBER("today"),
};
static const struct api_record list_tally_record = API_RECORD("ListTally", list_tally);

#define TALLY_OR(n)                                                                                \
	{                                                                                          \
		n, API_TYPE_RECORD, API_NULLABLE, .record = &list_tally_record                     \
	}

static const struct api_field list_class[] = {
	TEXT("class"),
	HASH("public_key"),
	NUMBER("pairs"),
	HASH("root"),
	{ "prefix_lengths", API_TYPE_LIST, .element = API_TYPE_NUMBER },
	NUMBER("total"),
	NUMBER("today"),
	NUMBER("on_record"),
	NUMBER("on_record_today"),
	NUMBER("left"),
	FLAG("open"),
	TALLY_OR("own_tally"),
	TALLY_OR("their_tally"),
};
static const struct api_record list_class_record = API_RECORD("ListClass", list_class);

static const struct api_field list_summary[] = {
	TEXT("list"),
	TEXT("owner"),
	TEXT("mode"),
	NUMBER("epoch"),
	TEXT("version"),
	FLAG("revealed"),
	FLAG("retired"),
	FLAG("rejected"),
	TEXT_OR("pair"),
	{ "commitment", API_TYPE_HASH, API_NULLABLE },
	LIST("classes", list_class_record),
};
static const struct api_record list_summary_record = API_RECORD("ListSummary", list_summary);

static const struct api_field lists[] = {
	NUMBER("budget_day"),
	NUMBER("budget_list"),
	LIST("lists", list_summary_record),
	FLAG("more"),
};
const struct api_record api_reply_lists = API_RECORD("Lists", lists);

static const struct api_field exchange[] = {
	TEXT("outcome"),
	TEXT("question"),
	TEXT("question_signature"),
	TEXT("answer"),
	TEXT("answer_signature"),
	{ "evaluations", API_TYPE_OCTETS, .maximum = API_ASKED_MAXIMUM * 96 },
};
const struct api_record api_reply_exchange = API_RECORD("Exchange", exchange);
