#include "body_of_act.h"

#include "identities.h"

#include <unistd.h>

#include "allocate.h"
#include "blob_fetch.h"
#include "encoding.h"
#include "translate.h"

/* The node's keeper finds the file key; the node notes who asked. */
static int file_key_by_node(struct node *node, const char *folder, const char *name,
                            struct age_file_key *ret_file_key, struct error *error)
{
	json_t *reply = NULL;
	struct age_file_key key;
	int r;

	if ((r = api_send(node->api, "POST", json_object(), &reply, error,
	                  "/v1/channels/%s/%s/%s/file-key", node->channel.id, folder, name)) != OK)
		return r;
	if (base64_decode_fixed(bytes_of_string(member_text(reply, "file_key")), key.bytes,
	                        sizeof(key.bytes)) == OK)
		*ret_file_key = key;
	else
		r = error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
	json_decref(reply);
	wipe(&key, sizeof(key));
	return r;
}

/* What both sides have given up is not here any more. */
static int check_destroyed(const json_t *act, struct error *error)
{
	const json_t *by = member(act, "attested_by");
	const char *first = json_string_value(json_array_get(by, 0));
	const char *second = json_string_value(json_array_get(by, 1));

	if (!member_true(act, "destroyed") || first == NULL || second == NULL)
		return OK;
	return error_set(error, ERROR_NOT_FOUND,
	                 _("the body of %s is destroyed: both sides have given up the keys to "
	                   "which it was sealed, by %s and %s"),
	                 member_text(act, "name"), first, second);
}

/* Opens the blob of what the node shows under this name in this folder of the API. */
static int open_sealed(struct node *node, const json_t *act, const json_t *sealed,
                       const char *folder, const char *name, const char *identity,
                       struct opened_body *ret_body, struct error *error)
{
	struct body_reference reference;
	struct age_file_key file_key;
	int blob = -1, r;

	if ((r = body_reference_of(sealed, &reference, error)) != OK ||
	    (r = check_destroyed(act, error)) != OK ||
	    (r = blob_fetch_file(node->api, node->channel.id, &reference.sealed_hash,
	                         reference.sealed_size, &blob, error)) != OK)
		return r;
	r = identity != NULL ? file_key_by_identity(blob, identity, &file_key, error)
	                     : file_key_by_node(node, folder, name, &file_key, error);
	if (r == OK)
		r = opened_body_open(blob, &reference, body_content_maximum_of(act), &file_key,
		                     ret_body, error);
	wipe(&file_key, sizeof(file_key));
	close(blob);
	if (r == OK || r == ERROR_SIGNATURE || r == ERROR_MISMATCH)
		blob_fetch_done(&reference.sealed_hash);
	return r;
}

int body_of_pending_open(struct node *node, const json_t *pending, const char *identity,
                         struct opened_body *ret_body, struct error *error)
{
	char number[24];

	snprintf(number, sizeof(number), "%llu",
	         (unsigned long long)member_number(pending, "number"));
	return open_sealed(node, pending, pending, "pending", number, identity, ret_body, error);
}

int body_of_act_open(struct node *node, const json_t *act, const char *identity,
                     struct opened_body *ret_body, struct error *error)
{
	const char *resealed_by = member_string(act, "resealed_by");
	const json_t *sealed = act; /* the act with the blob to open */
	json_t *resealed = NULL;
	int r;

	if (resealed_by != NULL) {
		if ((r = api_get(node->api, &resealed, error, "/v1/channels/%s/acts/%s",
		                 node->channel.id, resealed_by)) != OK)
			return r;
		sealed = resealed;
	}
	r = open_sealed(node, act, sealed, "acts", member_text(sealed, "name"), identity, ret_body,
	                error);
	json_decref(resealed);
	return r;
}

/* The identity to open with, or NULL when the node's key does it. */
static int choose_identity(const struct node *node, const char *given, const json_t *act,
                           const char **ret_path, struct error *error)
{
	if (given == NULL && member_true(act, "eyes_heads")) {
		given = node->settings.reading_identity;
		if (given[0] == '\0')
			return error_set(
			    error, ERROR_USAGE,
			    _("%s is for the eyes of the heads: say --identity FILE, or "
			      "reading-identity in the identity file"),
			    member_text(act, "name"));
	}
	*ret_path = given;
	return OK;
}

static int find_act(struct node *node, const char *name, json_t **ret_act, struct error *error)
{
	json_t *act = NULL, *target = NULL;
	int r;

	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	if (strcmp(member_text(act, "kind"), "reseal") == 0 &&
	    member_string(act, "target") != NULL) {
		r = api_get(node->api, &target, error, "/v1/channels/%s/acts/%s", node->channel.id,
		            member_text(act, "target"));
		json_decref(act);
		act = target;
	}
	if (r == OK)
		*ret_act = act;
	return r;
}

int body_by_name(struct node *node, const char *name, const char *identity, json_t **ret_act,
                 struct opened_body *ret_body, struct error *error)
{
	json_t *act = NULL;
	int r;

	if ((r = find_act(node, name, &act, error)) != OK)
		return r;
	if ((r = choose_identity(node, identity, act, &identity, error)) == OK &&
	    (r = body_of_act_open(node, act, identity, ret_body, error)) == OK)
		*ret_act = act;
	else
		json_decref(act);
	return r;
}
