/* Charters that amend another: what may not change in them. */
#include "charter.h"

/* What an act of its own kind changes, or nothing does. The clocks and quotas, the
 * handling and the neutrals, languages, names and free text may all be agreed anew. */
static const char *first_fixed_difference(const struct party *a, const struct party *b)
{
	if (strcmp(a->id, b->id) != 0)
		return "the parties or their order";
	if (strcmp(a->domain, b->domain) != 0)
		return "a domain";
	if (!ssh_key_equal(&a->appointing_key, &b->appointing_key))
		return "an appointing key: that is done by 'appoint'";
	if (strcmp(a->head, b->head) != 0 || !ssh_key_equal(&a->head_key, &b->head_key) ||
	    strcmp(a->head_reading_key, b->head_reading_key) != 0)
		return "a head: that is done by 'appoint'";
	if (!ed25519_public_equal(&a->log_key, &b->log_key) ||
	    !ed25519_public_equal(&a->receipt_key, &b->receipt_key) ||
	    !ed25519_public_equal(&a->node_key, &b->node_key) ||
	    !ed25519_public_equal(&a->link_key, &b->link_key) ||
	    strcmp(a->reading_key, b->reading_key) != 0)
		return "a node's key: that is done by 'rekey' or 'appoint'";
	if (a->endpoint_count != b->endpoint_count)
		return "endpoints: that is done by 'rekey'";
	for (size_t i = 0; i < a->endpoint_count; i++)
		if (strcmp(a->endpoints[i], b->endpoints[i]) != 0)
			return "endpoints: that is done by 'rekey'";
	return NULL;
}

static int check_fixed(const struct charter *charter, const struct charter *first,
                       struct error *error)
{
	const char *what = NULL;

	if (charter->rules != first->rules)
		what = "the version of the rules";
	else if (strcmp(charter->succeeds, first->succeeds) != 0)
		what = "the channel that it succeeds";
	for (size_t i = 0; i < 2 && what == NULL; i++)
		what = first_fixed_difference(&first->parties[i], &charter->parties[i]);
	if (what == NULL)
		return OK;
	return error_set(error, ERROR_MISMATCH, "an amended charter does not change %s", what);
}

int charter_parse_amended(struct bytes text, const struct charter *first,
                          struct charter **ret_charter, struct error *error)
{
	struct charter *charter;
	int r;

	if ((r = charter_parse(text, &charter, error)) != OK)
		return r;
	if ((r = check_fixed(charter, first, error)) != OK) {
		charter_free(charter);
		return r;
	}
	charter->id = first->id;
	memcpy(charter->channel, first->channel, sizeof(charter->channel));
	*ret_charter = charter;
	return OK;
}
