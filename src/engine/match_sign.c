/* Statements of exchanges: signed by the keeper, verified under the other side's node key. */
#include "channel_internal.h"
#include "sha.h"
#include "sshsig.h"

_Static_assert((int)EXCHANGE_STATEMENT_MAXIMUM == FRAME_STATEMENT_MAXIMUM &&
                   (int)EXCHANGE_STATEMENT_MAXIMUM == KEEPER_STATEMENT_MAXIMUM &&
                   (int)MATCH_ARMOR_MAXIMUM == FRAME_SIGNATURE_MAXIMUM &&
                   (int)EXCHANGE_ELEMENTS_MAXIMUM == FRAME_ELEMENTS_MAXIMUM &&
                   (int)EXCHANGE_EVALUATION_SIZE == FRAME_EVALUATION_SIZE &&
                   (int)OPRF_ELEMENT_SIZE == FRAME_ELEMENT_SIZE,
               "what an exchange may be long is the same everywhere");

void match_statement_init(struct match_statement *statement)
{
	*statement = (struct match_statement){ .hash = { { 0 } } };
	buffer_init(&statement->text, EXCHANGE_STATEMENT_MAXIMUM);
	buffer_init(&statement->armor, MATCH_ARMOR_MAXIMUM);
}

void match_statement_release(struct match_statement *statement)
{
	buffer_release(&statement->text);
	buffer_release(&statement->armor);
}

void match_statement_clear(struct match_statement *statement)
{
	buffer_clear(&statement->text);
	buffer_clear(&statement->armor);
}

int match_sign(struct engine_channel *channel, struct match_statement *statement,
               struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	const struct exchange_statement *from = &statement->statement;
	const struct keeper_exchange exchange = {
		.channel = from->channel,
		.list = from->list,
		.identifier_class = (uint8_t)from->identifier_class,
		.step = (uint8_t)from->step,
		.outcome = (uint8_t)from->outcome,
		.epoch = from->epoch,
		.number = from->number,
		.total = from->total,
		.today = from->today,
		.day = from->day,
		.elements = from->elements,
		.content = from->content,
		.previous = from->previous,
	};
	int r;

	match_statement_clear(statement);
	if ((r = keeper->sign_exchange(keeper->context, &exchange, &statement->text,
	                               &statement->armor, error)) != OK) {
		match_statement_clear(statement);
		return r;
	}
	sha256_of(&statement->hash, buffer_view(&statement->text));
	return OK;
}

/* The node key of a party: the present one, or one that a `rekey` replaced while the
 * statement was on its way, or since it was stored. */
static bool is_node_key(const struct engine_channel *channel, unsigned party,
                        const struct ssh_key *key)
{
	const struct match_state *state = &channel->match;
	struct ssh_key known;

	ssh_key_from_ed25519(&rules_party(channel->rules, party)->node_key, &known);
	if (ssh_key_equal(key, &known))
		return true;
	for (size_t i = 0; i < state->former_key_count[party]; i++) {
		ssh_key_from_ed25519(&state->former_keys[party][i], &known);
		if (ssh_key_equal(key, &known))
			return true;
	}
	return false;
}

int match_verify(struct engine_channel *channel, unsigned party, struct bytes text,
                 struct bytes armor, struct match_statement *ret_statement, struct error *error)
{
	struct exchange_statement statement;
	struct ssh_key key;
	int r;

	if ((r = exchange_parse(text, &statement, error)) != OK)
		return r;
	if (!hash_equal(&statement.channel, &channel->id))
		return error_set(error, ERROR_MISMATCH, "a statement of another channel");
	if ((r = sshsig_verify(text, EXCHANGE_NAMESPACE, armor, &key, error)) != OK)
		return r == ERROR_MEMORY
		           ? r
		           : error_set(error, ERROR_SIGNATURE,
		                       "the signature over the statement does not verify");
	if (!is_node_key(channel, party, &key))
		return error_set(error, ERROR_SIGNATURE,
		                 "the statement is signed by another key than the node's");
	match_statement_clear(ret_statement);
	if ((r = buffer_put_bytes(&ret_statement->text, text)) != OK ||
	    (r = buffer_put_bytes(&ret_statement->armor, armor)) != OK)
		return error_set(error, r, "out of memory");
	ret_statement->statement = statement;
	sha256_of(&ret_statement->hash, text);
	return OK;
}
