/* What the keeper states of exchanges over match-only lists. */
#include "exchange.h"
#include "keeper_internal.h"
#include "sshsig.h"

_Static_assert((int)KEEPER_STATEMENT_MAXIMUM == (int)EXCHANGE_STATEMENT_MAXIMUM, "a statement");

/* The statement's values are checked by who prints it. */
static struct exchange_statement statement_of(const struct keeper_exchange *exchange)
{
	return (struct exchange_statement){
		.channel = exchange->channel,
		.list = exchange->list,
		.identifier_class = (enum identifier_class)exchange->identifier_class,
		.epoch = exchange->epoch,
		.number = exchange->number,
		.step = (enum exchange_step)exchange->step,
		.outcome = (enum exchange_outcome)exchange->outcome,
		.total = exchange->total,
		.today = exchange->today,
		.day = exchange->day,
		.elements = exchange->elements,
		.content = exchange->content,
		.previous = exchange->previous,
	};
}

int keeper_sign_exchange(struct keeper *keeper, const struct keeper_exchange *exchange,
                         struct buffer *text, struct buffer *armor, struct error *error)
{
	struct exchange_statement statement = statement_of(exchange);
	size_t before = text->size;
	struct keeper_channel *channel;
	struct ed25519_secret pair;
	int r;

	if ((r = keeper_find_signing(keeper, &exchange->channel, &channel, error)) != OK)
		return r;
	if ((r = exchange_print(text, &statement)) != OK)
		return error_set(error, r, "a statement of an exchange: %s", result_text(r));
	keeper_keys_pair(channel->keys, KEEPER_KEY_NODE, &pair);
	r = sshsig_sign(&pair, EXCHANGE_NAMESPACE,
	                bytes_of(text->data + before, text->size - before), armor);
	ed25519_secret_wipe(&pair);
	if (r != OK) {
		buffer_truncate(text, before);
		return error_set(error, r, "a signature: %s", result_text(r));
	}
	return OK;
}
