/* chiro list reply: a person of the owner's answers a question that was put on record. */
#include "acting.h"
#include "command.h"
#include "drafting.h"
#include "encoding.h"
#include "exchange.h"
#include "forwarding.h"
#include "list_command.h"
#include "list_target.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "refuse",
	  .value = N_("WORD"),
	  .help = N_("do not answer: budget, epoch, retired or lost. The first three count only "
	             "where the logs show a reason for them") },
	{ .name = "yes", .help = N_("do not ask before it is signed") },
	{ .name = "cosigner",
	  .value = N_("NAME"),
	  .help = N_("a second person who signs the same text, such as b.deputy") },
	{ .name = "cosigner-key",
	  .value = N_("FILE"),
	  .help = N_("the cosigner's SSH key; without it the act waits with the node until the "
	             "cosigner signs it: see 'chiro help pending'") },
	{ 0 },
};

static const struct usage usage = {
	.name = "list reply",
	.arguments = N_("ACT"),
	.help = N_(
	    "Answers a query of the other side, an act such as south-12, by which it asks a "
	    "match-only list of ours on record: has the own node evaluate what is asked, each with "
	    "its proof, and drafts, shows and signs the reply. Nobody here learns what was asked. "
	    "A reply that is due and does not come is silence, and can be certified; one that is "
	    "wrong shows that to everybody."),
	.examples = "  chiro list reply south-12\n  chiro list reply south-12 --refuse lost\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

struct question {
	char list[ACT_NAME_CAPACITY];
	enum identifier_class identifier_class;
	uint64_t epoch;
	struct buffer blinded;
};

static int read_question(const struct node *node, const char *name, struct question *question,
                         struct error *error)
{
	const struct field_value *class_field, *blinded;
	struct act_reference reference;
	json_t *reply = NULL;
	struct act act;
	int r;

	if ((r = draft_resolve(node, name, &reference, &reply, error)) != OK)
		return r;
	if ((r = act_parse(bytes_of_string(member_text(reply, "text")), &act, error)) != OK)
		goto out;
	if (act.kind->number != KIND_QUERY || strcmp(act.party, node->channel.other) != 0) {
		r = error_set(error, ERROR_USAGE, _("%s is no query of %s"), name,
		              node->channel.other);
		goto out;
	}
	act_name(act.matter.party, act.matter.generation, act.matter.number, question->list);
	question->epoch = act_field(&act, "epoch")->as.number;
	class_field = act_field(&act, "class");
	blinded = act_field(&act, "blinded");
	if (!identifier_class_named(class_field->text, &question->identifier_class) ||
	    (r = base64_decode(&question->blinded, blinded->text, BASE64_PADDED)) != OK)
		r = error_set(error, ERROR_SYNTAX, _("%s is malformed"), name);
out:
	json_decref(reply);
	return r;
}

/* By the key of the version that is asked, which the node keeps as long as it owes this. */
static int evaluate(struct node *node, const struct question *question, struct buffer *text,
                    struct error *error)
{
	char digits[HASH_HEX_CAPACITY];
	struct list_target target;
	struct buffer evaluated;
	struct hash key;
	int r;

	if ((r = list_target_find_own(node, question->list, question->epoch, &target, error)) != OK)
		return r;
	buffer_init(&evaluated, question->blinded.size * EXCHANGE_EVALUATION_SIZE);
	memcpy(key.bytes, target.classes[question->identifier_class].commitment.public_key,
	       CLASS_KEY_SIZE);
	hash_to_hex(&key, digits);
	r = api_ask(node->api, buffer_view(&question->blinded), &evaluated, error,
	            "/v1/channels/%s/list-keys/%s/evaluations?proofs=1", node->channel.id, digits);
	if (r == OK && ((r = base64_encode(text, buffer_view(&evaluated), BASE64_PADDED)) != OK ||
	                (r = buffer_put_u8(text, 0)) != OK))
		error_set(error, r, "%s", result_text(r));
	buffer_release(&evaluated);
	list_target_release(&target);
	return r;
}

static int answer(struct node *node, const struct options *options, struct buffer *evaluated,
                  struct error *error)
{
	struct question question;
	int r;

	buffer_init(&question.blinded, 4096);
	if ((r = read_question(node, options->arguments[0], &question, error)) == OK &&
	    !options_has(options, "refuse"))
		r = evaluate(node, &question, evaluated, error);
	buffer_release(&question.blinded);
	return r;
}

static int log_reply(const struct options *options, const struct buffer *evaluated)
{
	char kind[] = "reply", answers[] = "--answers", evaluated_option[] = "--evaluated";
	char refused_option[] = "--refused";
	struct forwarded words;

	forwarded_begin(&words, kind, options);
	forwarded_add_cosigner(&words, options);
	forwarded_add(&words, answers, options->arguments[0]);
	if (options_has(options, "refuse"))
		forwarded_add(&words, refused_option,
		              (char *)(uintptr_t)options_value(options, "refuse"));
	else
		forwarded_add(&words, evaluated_option, (char *)evaluated->data);
	return act_run(words.count, words.words);
}

int list_reply(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct buffer evaluated;
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	buffer_init(&evaluated, 8192);
	r = answer(&node, &options, &evaluated, &error);
	node_close(&node);
	status = r == OK ? log_reply(&options, &evaluated) : conclude(r, &error);
	buffer_release(&evaluated);
	return status;
}
