#include "node_pair.h"

#include "encoding.h"
#include "part.h"
#include "seal.h"
#include "sshsig.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const authors[2] = { "a.head", "b.head" };

static int sink_to_buffer(void *context, struct bytes bytes)
{
	return buffer_put_bytes(context, bytes);
}

/* A body of one paragraph, sealed to both nodes. */
static void seal_text(struct paired_node *node, struct bytes text, struct paired_act *act,
                      struct act *ret_act)
{
	struct random_source random = system_random();
	struct byte_sink sink = { &act->blob, sink_to_buffer };
	struct x25519_public recipients[SEAL_RECIPIENTS];
	struct byte_source source;
	struct manifest manifest;
	struct sealed sealed;
	struct part part;
	struct error error = { 0 };

	recipients[SEAL_AUTHOR] = node->pair->reading[node->side];
	recipients[SEAL_RECEIVER] = node->pair->reading[1 - node->side];
	source = byte_source_over(&text);
	manifest_init(&manifest);
	if (part_init(&part, "1", "text/vnd.chirograph.paragraph", "en", PART_AUTHENTIC, &text,
	              &error) != OK ||
	    manifest_make(&manifest, &part, 1, BODY_CONTENT_MAXIMUM, &random, &error) != OK ||
	    body_seal(&manifest, &source, recipients, &random, &sink, &sealed, &error) != OK)
		node_pair_fail(node->pair, "a body: %s", error.message);
	ret_act->has_body = true;
	ret_act->body.parts = manifest.count;
	ret_act->body.root = manifest.root;
	ret_act->body.sealed_size = sealed.size;
	ret_act->body.sealed_hash = sealed.hash;
	act->blob_hash = sealed.hash;
	manifest_release(&manifest);
}

static void sign(struct paired_node *node, struct paired_act *act)
{
	if (sshsig_sign(&node->head, ACT_NAMESPACE, buffer_view(&act->text), &act->armor) != OK)
		node_pair_fail(node->pair, "a signature");
}

static void act_init(struct paired_act *act)
{
	buffer_init(&act->text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&act->armor, SSHSIG_ARMOR_MAXIMUM);
	buffer_init(&act->blob, 64 << 20);
}

void paired_act_release(struct paired_act *act)
{
	buffer_release(&act->text);
	buffer_release(&act->armor);
	buffer_release(&act->blob);
}

void node_pair_make_comment(struct paired_node *node, size_t size, uint64_t serial,
                            struct paired_act *ret_act)
{
	struct clock clock = system_clock();
	struct act act = { .kind = kind_by_number(KIND_COMMENT),
		           .time = clock.now(clock.context) - 1 };
	char *text = malloc(size + 32);
	struct error error = { 0 };

	if (text == NULL)
		node_pair_fail(node->pair, "out of memory");
	memset(text, 'x', size + 32);
	snprintf(text, size + 32, "Comment %llu ", (unsigned long long)serial);
	text[strlen(text)] = 'x';
	act_init(ret_act);
	memcpy(act.channel, node->pair->channel, sizeof act.channel);
	memcpy(act.party, node->pair->charter->parties[node->side].id, sizeof act.party);
	memcpy(act.author, authors[node->side], sizeof "a.head");
	seal_text(node, bytes_of(text, size), ret_act, &act);
	if (act_print(&act, &ret_act->text, &error) != OK)
		node_pair_fail(node->pair, "a comment: %s", error.message);
	sign(node, ret_act);
	free(text);
}

static long upload(struct paired_node *node, const struct paired_act *act)
{
	enum { PIECE = 1 << 20 };
	char path[512], rest[256], hex[HASH_HEX_CAPACITY];
	long status = 200;

	hash_to_hex(&act->blob_hash, hex);
	for (size_t offset = 0; offset < act->blob.size && status == 200; offset += PIECE) {
		size_t size = act->blob.size - offset < PIECE ? act->blob.size - offset : PIECE;

		snprintf(rest, sizeof rest, "/blobs/%s?size=%zu&offset=%zu", hex, act->blob.size,
		         offset);
		node_pair_path(node->pair, rest, path, sizeof path);
		status = node_pair_request(node, "PUT", path,
		                           bytes_of(act->blob.data + offset, size), NULL);
	}
	return status;
}

long node_pair_submit(struct paired_node *node, const struct paired_act *act, uint64_t *ret_number)
{
	json_t *body, *reply = NULL;
	char path[256], *text;
	long status;

	if (act->blob.size > 0 && (status = upload(node, act)) != 200)
		return status;
	body = json_pack("{s:s%, s:[s%]}", "text", (const char *)act->text.data, act->text.size,
	                 "armors", (const char *)act->armor.data, act->armor.size);
	text = json_dumps(body, 0);
	node_pair_path(node->pair, "/acts", path, sizeof path);
	status = node_pair_request(node, "POST", path, bytes_of_string(text), &reply);
	if (status == 200 || status == 201)
		*ret_number = (uint64_t)json_integer_value(json_object_get(reply, "number"));
	json_decref(reply);
	json_decref(body);
	free(text);
	return status;
}

long node_pair_say(struct paired_node *node, const char *lines, uint64_t *ret_number)
{
	struct clock clock = system_clock();
	char time[TIMESTAMP_CAPACITY];
	struct paired_act act;
	long status;

	act_init(&act);
	timestamp_format(clock.now(clock.context) - 1, time);
	if (buffer_put_format(&act.text,
	                      "chirograph.act/1\nchannel %s\nparty %s\ntime %s\nauthor %s\n%s",
	                      node->pair->channel, node->pair->charter->parties[node->side].id,
	                      time, authors[node->side], lines) != OK)
		node_pair_fail(node->pair, "an act is too long");
	sign(node, &act);
	status = node_pair_submit(node, &act, ret_number);
	paired_act_release(&act);
	return status;
}
