#include "resealing.h"

#include "allocate.h"
#include "body_of_act.h"
#include "translate.h"

/* The recipient that the node tells of a party. */
static int party_recipient(const struct node *node, const char *party, bool eyes_heads,
                           struct x25519_public *ret_recipient, struct error *error)
{
	const char *text = member_text(which_channel_party(&node->channel, party),
	                               eyes_heads ? "head_reading_key" : "reading_key");

	if (age_recipient_parse(bytes_of_string(text), ret_recipient) != OK)
		return error_set(error, ERROR_STATE, _("no reading key of %s is known"), party);
	return OK;
}

int body_recipients(const struct node *node, bool eyes_heads,
                    struct x25519_public ret_recipients[SEAL_RECIPIENTS], struct error *error)
{
	int r = party_recipient(node, node->channel.own, eyes_heads, &ret_recipients[SEAL_AUTHOR],
	                        error);

	if (r != OK)
		return r;
	return party_recipient(node, node->channel.other, eyes_heads,
	                       &ret_recipients[SEAL_RECEIVER], error);
}

/* The manifest and the contents of a body that was opened: the root stays. */
static int take_apart(const struct opened_body *body, const struct hash *root,
                      struct manifest *manifest, struct byte_source *contents)
{
	if ((manifest->lines = allocate(body->count, sizeof(*manifest->lines))) == NULL)
		return ERROR_MEMORY;
	manifest->count = body->count;
	manifest->root = *root;
	for (size_t i = 0; i < body->count; i++) {
		manifest->lines[i] = body->parts[i].line;
		manifest->content_size += body->parts[i].content.size;
		contents[i] = byte_source_over(&body->parts[i].content);
	}
	return OK;
}

int opened_body_seal(const struct opened_body *body, const struct hash *root,
                     const struct x25519_public recipients[SEAL_RECIPIENTS],
                     struct sealed_body *ret_body, struct error *error)
{
	struct byte_source *contents = allocate(body->count, sizeof(*contents));
	struct manifest manifest;
	int r;

	manifest_init(&manifest);
	if (contents == NULL || take_apart(body, root, &manifest, contents) != OK)
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	else
		r = sealed_body_write(&manifest, contents, recipients, ret_body, error);
	release_memory(contents);
	manifest_release(&manifest);
	return r;
}

int resealed_body_make(struct node *node, const json_t *act, const char *identity,
                       struct sealed_body *ret_body, struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	struct body_reference reference;
	struct opened_body body = { 0 };
	bool eyes_heads = member_true(act, "eyes_heads");
	int r;

	if ((r = body_recipients(node, eyes_heads, recipients, error)) != OK ||
	    (r = body_reference_of(act, &reference, error)) != OK ||
	    (r = body_of_act_open(node, act, eyes_heads ? identity : NULL, &body, error)) != OK)
		return r;
	r = opened_body_seal(&body, &reference.commitment.root, recipients, ret_body, error);
	opened_body_release(&body);
	return r;
}
