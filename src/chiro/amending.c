#include "amending.h"

#include "body_of_act.h"
#include "files.h"
#include "part.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"

static struct bytes text_in_force(const struct node *node)
{
	return bytes_of_string(member_text(node->channel.details, "charter_in_force"));
}

static unsigned version_in_force(const struct node *node)
{
	return (unsigned)member_number(node->channel.details, "charter_version");
}

int amending_in_force(const struct node *node, struct charter **ret_charter, struct error *error)
{
	return charter_parse_amended(text_in_force(node), node->channel.charter, ret_charter,
	                             error);
}

/* --- where the text comes from --------------------------------------------- */

static int find_part(const struct opened_body *body, struct buffer *text, struct error *error)
{
	for (size_t i = 0; i < body->count; i++)
		if (part_role_of(body->parts[i].line.description.media_type) == PART_CHARTER)
			return buffer_put_bytes(text, body->parts[i].content);
	return error_set(error, ERROR_NOT_FOUND, _("the body has no charter in it"));
}

/* Whether the text is the one that an amend names. */
static int check_named(const json_t *answered, struct bytes text, struct error *error)
{
	struct hash hash;
	struct act act;
	int r;

	if ((r = act_parse(bytes_of_string(member_text(answered, "text")), &act, error)) != OK)
		return r;
	if (act.kind->number != KIND_AMEND)
		return error_set(error, ERROR_USAGE, _("%s is no amendment of the charter"),
		                 member_text(answered, "name"));
	sha256_of(&hash, text);
	if (!hash_equal(&hash, &act_field(&act, "charter")->as.hash))
		return error_set(error, ERROR_MISMATCH,
		                 _("the text is not the charter that %s names"),
		                 member_text(answered, "name"));
	return OK;
}

int amending_open(struct node *node, const json_t *act, struct buffer *text, struct error *error)
{
	struct opened_body body;
	size_t start = text->size;
	int r;

	if ((r = body_of_act_open(node, act, NULL, &body, error)) != OK)
		return r;
	r = find_part(&body, text, error);
	opened_body_release(&body);
	if (r != OK)
		return r;
	return check_named(act, bytes_of(text->data + start, text->size - start), error);
}

static int take_text(struct node *node, const struct options *options, const json_t *answered,
                     struct amending *amending, struct error *error)
{
	const char *path = options_value(options, "charter");
	int r;

	if (path == NULL && answered == NULL)
		return error_set(error, ERROR_USAGE,
		                 _("--charter is missing: a file with the text of the new charter "
		                   "('chiro charter show --text' has the present one)"));
	if (path == NULL)
		return amending_open(node, answered, &amending->text, error);
	if ((r = file_read(path, &amending->text, error)) != OK || answered == NULL)
		return r;
	return check_named(answered, buffer_view(&amending->text), error);
}

int amending_prepare(struct node *node, const struct options *options, const json_t *answered,
                     struct amending *ret_amending, struct error *error)
{
	struct amending amending;
	struct charter *charter;
	struct bytes previous = text_in_force(node);
	struct hash hash;
	int r;

	buffer_init(&amending.text, CHARTER_SIZE_MAXIMUM);
	if ((r = take_text(node, options, answered, &amending, error)) != OK)
		goto out;
	if (bytes_equal(buffer_view(&amending.text), previous)) {
		r = error_set(error, ERROR_USAGE, _("that is the charter that is in force"));
		goto out;
	}
	if ((r = charter_parse_amended(buffer_view(&amending.text), node->channel.charter, &charter,
	                               error)) != OK)
		goto out;
	charter_free(charter);
	snprintf(amending.version, sizeof(amending.version), "%u", version_in_force(node) + 1);
	sha256_of(&hash, previous);
	hash_to_base64(&hash, amending.previous);
	sha256_of(&hash, buffer_view(&amending.text));
	hash_to_base64(&hash, amending.charter);
out:
	if (r == OK)
		*ret_amending = amending;
	else
		amending_release(&amending);
	return r;
}

void amending_release(struct amending *amending)
{
	buffer_release(&amending->text);
}

const char *amending_field(const struct amending *amending, const char *name)
{
	const struct {
		const char *name, *value;
	} fields[] = {
		{ "version", amending->version },
		{ "previous", amending->previous },
		{ "charter", amending->charter },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].name, name) == 0)
			return fields[i].value;
	return NULL;
}

int amending_fetch(const struct node *node, const char *sha256, json_t **ret_reply,
                   struct error *error)
{
	char name[2 * HASH_SIZE + 1];
	struct hash hash, found;
	json_t *reply = NULL;
	int r;

	if (base64_decode_fixed(bytes_of_string(sha256), hash.bytes, HASH_SIZE) != OK)
		return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
	for (size_t i = 0; i < HASH_SIZE; i++)
		snprintf(name + 2 * i, 3, "%02x", hash.bytes[i]);
	if ((r = api_get(node->api, &reply, error, "/v1/channels/%s/charters/%s", node->channel.id,
	                 name)) != OK)
		return r;
	sha256_of(&found, bytes_of_string(member_text(reply, "text")));
	if (!hash_equal(&found, &hash)) {
		json_decref(reply);
		return error_set(error, ERROR_MISMATCH, _("the node gives another charter"));
	}
	*ret_reply = reply;
	return OK;
}

int amending_give(const struct node *node, struct bytes text, struct error *error)
{
	json_t *request = json_pack("{s:s#}", "text", (const char *)text.data, text.size);
	json_t *reply = NULL;
	int r;

	if (request == NULL)
		return error_set(error, ERROR_SYNTAX, _("the charter is not text"));
	r = api_send(node->api, "POST", request, &reply, error, "/v1/channels/%s/charters",
	             node->channel.id);
	json_decref(reply);
	return r;
}

/* --- what it changes ---------------------------------------------------------- */

int amending_show(const struct node *node, FILE *file, struct bytes text, struct error *error)
{
	unsigned version = version_in_force(node);
	struct charter *charter;
	int r;

	if ((r = charter_parse_amended(text, node->channel.charter, &charter, error)) != OK)
		return r;
	charter_free(charter);
	fprintf(file, _("\nCharter %u would take the place of charter %u. What it changes:\n\n"),
	        version + 1, version);
	charter_diff_print(file, text_in_force(node), text);
	fputc('\n', file);
	print_wrapped(file, 0,
	              _("All else stays. It is in force from the act on by which the second of "
	                "the two sides agrees; what was said before keeps its clocks."));
	return OK;
}

int amending_show_body(const struct node *node, const json_t *act, const struct opened_body *body,
                       struct error *error)
{
	const char *state = member_text(act, "amendment");
	struct buffer text;
	int r;

	if (strcmp(state, "open") != 0 && strcmp(state, "waits") != 0)
		return OK;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	if ((r = find_part(body, &text, error)) == OK &&
	    (r = check_named(act, buffer_view(&text), error)) == OK)
		r = amending_show(node, stdout, buffer_view(&text), error);
	buffer_release(&text);
	return r;
}

int amending_show_act(const struct node *node, FILE *file, const struct act *act,
                      struct error *error)
{
	struct bytes present = text_in_force(node);
	char sha256[HASH_BASE64_CAPACITY];
	json_t *reply = NULL;
	struct hash hash;
	int r;

	if (act->kind->number != KIND_AMEND)
		return OK;
	sha256_of(&hash, present);
	if (!hash_equal(&hash, &act_field(act, "previous")->as.hash))
		return OK;
	hash_to_base64(&act_field(act, "charter")->as.hash, sha256);
	r = amending_fetch(node, sha256, &reply, error);
	if (r == OK)
		r = amending_show(node, file, bytes_of_string(member_text(reply, "text")), error);
	json_decref(reply);
	return r == ERROR_NOT_FOUND ? OK : r;
}
