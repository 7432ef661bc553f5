#include "node_record.h"

#include <inttypes.h>
#include <unistd.h>

#include "allocate.h"
#include "amending.h"
#include "blob_fetch.h"
#include "body_of_act.h"
#include "encoding.h"
#include "translate.h"

enum { PAGE = 500 };

/* What has been fetched of one log and not yet been asked for. */
struct log_pages {
	json_t *page;
	size_t next_in_page;
	uint64_t next; /* number of the next entry to ask for */
};

struct node_record {
	struct node *node;
	const char *identity;
	json_t *heads;
	json_t *charters[CHARTERS_MAXIMUM]; /* replies with the texts of charter 2 and on */
	struct bytes amended[CHARTERS_MAXIMUM];
	size_t amended_count;
	struct log_pages logs[2];
};

/* The texts that amendments have put in force. */
static int fetch_charters(struct node_record *record, struct error *error)
{
	struct node *node = record->node;
	json_t *charters = NULL;
	size_t i;
	json_t *each;
	int r = api_get(node->api, &charters, error, "/v1/channels/%s/charters", node->channel.id);

	json_array_foreach(member(charters, "charters"), i, each)
	{
		json_t **reply = &record->charters[record->amended_count];

		if (i == 0)
			continue;
		if (r != OK || i == CHARTERS_MAXIMUM ||
		    (r = amending_fetch(node, member_text(each, "sha256"), reply, error)) != OK)
			break;
		record->amended[record->amended_count++] = bytes_of_string(
		    member_text(*reply, "text"));
	}
	json_decref(charters);
	return r;
}

int node_record_new(struct node *node, const char *identity, struct node_record **ret_record,
                    struct error *error)
{
	struct node_record *record = allocate(1, sizeof(*record));
	int r;

	if (record == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	record->node = node;
	record->identity = identity;
	if ((r = api_get(node->api, &record->heads, error, "/v1/channels/%s/heads",
	                 node->channel.id)) != OK) {
		node_record_free(record);
		return r;
	}
	if ((r = fetch_charters(record, error)) != OK) {
		node_record_free(record);
		return r;
	}
	*ret_record = record;
	return OK;
}

void node_record_free(struct node_record *record)
{
	if (record == NULL)
		return;
	json_decref(record->heads);
	for (size_t i = 0; i < record->amended_count; i++)
		json_decref(record->charters[i]);
	for (size_t i = 0; i < 2; i++)
		json_decref(record->logs[i].page);
	release_memory(record);
}

static const char *party_id(const struct node_record *record, unsigned party)
{
	return record->node->channel.charter->parties[party].id;
}

/* `north-7`, by what the node said of the party's logs. */
static void name_of(const struct node_record *record, struct act_place place,
                    char ret_name[ACT_NAME_CAPACITY])
{
	const char *party = party_id(record, place.party);
	const json_t *logs = member(which_channel_party(&record->node->channel, party), "logs");
	size_t generation = json_array_size(logs);

	while (generation > 1 &&
	       member_number(json_array_get(logs, generation - 1), "begins") > place.number)
		generation--;
	act_name(party, (unsigned)generation, place.number, ret_name);
}

/* The next page of a log in its own order, with the entries themselves. */
static int next_page(struct node_record *record, unsigned party, struct error *error)
{
	struct log_pages *log = &record->logs[party];
	json_t *page = NULL;
	int r = api_get(record->node->api, &page, error,
	                "/v1/channels/%s/log?party=%s&%s=%" PRIu64 "&%s=0&count=%d&full=1",
	                record->node->channel.id, party_id(record, party), party_id(record, party),
	                log->next, party_id(record, 1 - party), PAGE);

	if (r != OK)
		return r;
	json_decref(log->page);
	log->page = page;
	log->next_in_page = 0;
	return OK;
}

/* A writer of a bundle asks a second time, for some. */
static void go_to(struct log_pages *log, uint64_t number)
{
	json_decref(log->page);
	*log = (struct log_pages){ .next = number };
}

static int read_entry(void *context, struct act_place place, struct buffer *entry,
                      struct error *error)
{
	struct node_record *record = context;
	struct log_pages *log = &record->logs[place.party];
	char name[ACT_NAME_CAPACITY];
	const char *text;
	const json_t *act;
	int r;

	if (place.number != log->next)
		go_to(log, place.number);
	if (log->next_in_page >= json_array_size(member(log->page, "acts")) &&
	    (r = next_page(record, place.party, error)) != OK)
		return r;
	act = json_array_get(member(log->page, "acts"), log->next_in_page);
	text = member_string(act, "entry");
	if (text == NULL || member_number(act, "number") != place.number) {
		name_of(record, place, name);
		return error_set(error, ERROR_NOT_FOUND, _("the node does not give %s"), name);
	}
	log->next++;
	log->next_in_page++;
	return base64_decode(entry, bytes_of_string(text), BASE64_PADDED);
}

static int read_blob(void *context, const struct hash *sha256, uint64_t size,
                     const struct byte_sink *sink, struct error *error)
{
	const struct node_record *record = context;
	int r = blob_fetch(record->node->api, record->node->channel.id, sha256, size, 0, sink,
	                   error);

	return r == ERROR_WAIT ? ERROR_NOT_FOUND : r;
}

/* Hands the parts on as a reader of the tar would. */
static int replay(const struct opened_body *body, const struct body_receiver *receiver)
{
	int r = OK;

	for (size_t i = 0; i < body->count && r == OK; i++) {
		const struct opened_part *part = &body->parts[i];

		if (receiver->part_begin != NULL)
			r = receiver->part_begin(receiver->context, &part->line);
		if (r == OK && receiver->part_data != NULL && part->content.size > 0)
			r = receiver->part_data(receiver->context, &part->line, part->content);
		if (r == OK && receiver->part_end != NULL)
			r = receiver->part_end(receiver->context, &part->line);
	}
	return r;
}

/* What cannot be opened here stays sealed in the record. */
static int open_body(void *context, struct act_place place, const struct body_receiver *receiver,
                     struct error *error)
{
	struct node_record *record = context;
	struct opened_body body;
	char name[ACT_NAME_CAPACITY];
	json_t *act = NULL;
	int r;

	name_of(record, place, name);
	if ((r = api_get(record->node->api, &act, error, "/v1/channels/%s/acts/%s",
	                 record->node->channel.id, name)) != OK)
		return r;
	if (member_true(act, "eyes_heads") && record->identity == NULL)
		r = ERROR_NOT_FOUND;
	else
		r = body_of_act_open(record->node, act,
		                     member_true(act, "eyes_heads") ? record->identity : NULL,
		                     &body, error);
	json_decref(act);
	if (r == ERROR_SIGNATURE || r == ERROR_MISMATCH || r == ERROR_WAIT || r == ERROR_STATE)
		return ERROR_NOT_FOUND;
	if (r != OK)
		return r;
	r = replay(&body, receiver);
	opened_body_release(&body);
	return r;
}

/* The note of a head; empty when there is none. */
static struct bytes note_of(const json_t *heads, const char *party)
{
	return bytes_of_string(member_text(member(heads, party), "note"));
}

struct record_source node_record_source(struct node_record *record, bool open_bodies)
{
	struct record_source source = {
		.context = record,
		.charter = bytes_of_string(member_text(record->node->channel.details, "charter")),
		.amended = record->amended,
		.amended_count = record->amended_count,
		.entry = read_entry,
		.blob = read_blob,
		.opened = open_bodies ? open_body : NULL,
	};

	for (unsigned i = 0; i < 2; i++) {
		source.heads[i] = note_of(record->heads, party_id(record, i));
		source.countersigned[i] = note_of(member(record->heads, "cosigned"),
		                                  party_id(record, i));
	}
	return source;
}
