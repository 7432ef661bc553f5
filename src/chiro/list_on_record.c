#include "list_on_record.h"

#include "acting.h"
#include "allocate.h"
#include "command.h"
#include "drafting.h"
#include "encoding.h"
#include "forwarding.h"
#include "sha.h"
#include "system.h"
#include "translate.h"

/* --- asking -------------------------------------------------------------------------------- */

struct query {
	struct asking *asking;
	size_t count;
	struct identifier identifiers[QUERY_ELEMENTS_MAXIMUM];
	struct asked_line lines[QUERY_ELEMENTS_MAXIMUM];
	struct oprf_element blinded[QUERY_ELEMENTS_MAXIMUM];
};

/* What is open, of the one class that has anything open. */
static int choose(struct list_checking *c, struct query *query, struct error *error)
{
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		struct asking *asking = &c->askings[i];

		for (size_t j = 0; c->used[i] && j < asking->count; j++) {
			const struct asking_question *question = &asking->questions[j];

			if (question->state != ASKING_OPEN)
				continue;
			if (query->asking != NULL && query->asking != asking)
				return error_set(error, ERROR_USAGE,
				                 _("an act asks about one class of identifiers"));
			if (query->count == QUERY_ELEMENTS_MAXIMUM)
				return error_set(error, ERROR_USAGE,
				                 _("an act asks for at most %d evaluations: name "
				                   "fewer identifiers"),
				                 QUERY_ELEMENTS_MAXIMUM);
			query->asking = asking;
			query->identifiers[query->count++] = (struct identifier){
				.identifier_class = asking->identifier_class,
				.size = strlen(question->identifier),
			};
			memcpy(query->identifiers[query->count - 1].text, question->identifier,
			       query->identifiers[query->count - 1].size);
		}
	}
	return query->count > 0
	           ? OK
	           : error_set(error, ERROR_STATE,
	                       _("all of this is known already: there is nothing to ask"));
}

static int blind(struct query *query, struct error *error)
{
	const struct random_source random = system_random();
	uint8_t text[PAIR_INPUT_MAXIMUM];
	size_t size;
	int r = OK;

	for (size_t i = 0; i < query->count && r == OK; i++) {
		struct asked_line *line = &query->lines[i];

		line->what = ASKED_OPEN;
		line->identifier = identifier_view(&query->identifiers[i]);
		if ((r = pair_input(query->asking->identifier_class, line->identifier, text,
		                    &size)) == OK)
			r = oprf_blind(OPRF_MODE_VOPRF, bytes_of(text, size), &random, &line->blind,
			               &query->blinded[i]);
	}
	return r == OK
	           ? OK
	           : error_set(error, r, _("the question cannot be blinded: %s"), result_text(r));
}

/* As `chiro act query`, so that it is shown, asked about and signed as any act. */
static int log_act(const struct list_checking *c, const struct query *query,
                   const struct options *options, struct bytes blinded,
                   struct prepared_body *prepared)
{
	char epoch[24], list[ACT_NAME_CAPACITY];
	char kind[] = "query", matter_option[] = "--matter", epoch_option[] = "--epoch";
	char class_option[] = "--class", blinded_option[] = "--blinded";
	char class_name[16];
	struct forwarded words;

	snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)c->target.epoch);
	snprintf(list, sizeof(list), "%s", c->target.list);
	snprintf(class_name, sizeof(class_name), "%s",
	         identifier_class_name(query->asking->identifier_class));
	forwarded_begin(&words, kind, options);
	forwarded_add_cosigner(&words, options);
	forwarded_add(&words, matter_option, list);
	forwarded_add(&words, epoch_option, epoch);
	forwarded_add(&words, class_option, class_name);
	forwarded_add(&words, blinded_option, (char *)(uintptr_t)blinded.data);
	return act_run_prepared(words.count, words.words, prepared);
}

int list_on_record_ask(struct list_checking *c, const struct options *options, int *ret_status,
                       struct error *error)
{
	struct query *query = allocate(1, sizeof(*query));
	struct prepared_body prepared = { .has_body = false };
	struct hash content;
	struct buffer text;
	int r;

	if (query == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	buffer_init(&text, 8192);
	if ((r = choose(c, query, error)) != OK || (r = blind(query, error)) != OK)
		goto out;
	sha256_of(&content, bytes_of(query->blinded, query->count * OPRF_ELEMENT_SIZE));
	if ((r = base64_encode(&text, bytes_of(query->blinded, query->count * OPRF_ELEMENT_SIZE),
	                       BASE64_PADDED)) != OK ||
	    (r = buffer_put_u8(&text, 0)) != OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	/* Before it leaves: without the blinds the reply is worth nothing. */
	if ((r = queried_keep(c->node, &query->asking->store.head, &content, query->lines,
	                      query->count, error)) != OK)
		goto out;
	*ret_status = log_act(c, query, options, buffer_view(&text), &prepared);
	/* What was signed may be logged, whatever was said of it. */
	if (*ret_status != STATUS_OK && !prepared.signing)
		queried_done(c->node, &content, NULL);
	else if (*ret_status == STATUS_OK && prepared.logged[0] != '\0')
		advise(
		    _("'chiro list check --finish %s' reads the reply, here and nowhere else. If "
		      "none comes, 'chiro certify silence %s' shows that to others."),
		    prepared.logged, prepared.logged);
	else if (*ret_status == STATUS_OK)
		advise(_("Once it is logged, 'chiro list check --finish ACT' reads the reply, here "
		         "and nowhere else."));
out:
	wipe(query, sizeof(*query));
	release_memory(query);
	buffer_release(&text);
	return r;
}

/* --- the reply ------------------------------------------------------------------------------ */

struct finishing {
	struct list_checking *checking;
	struct asked_head head;
	size_t count;
	struct identifier identifiers[QUERY_ELEMENTS_MAXIMUM];
	struct oprf_scalar blinds[QUERY_ELEMENTS_MAXIMUM];
	struct hash content;
	struct match_evaluation evaluated[QUERY_ELEMENTS_MAXIMUM];
};

static int take_line(void *context, const struct asked_line *line)
{
	struct finishing *f = context;
	struct identifier *identifier = &f->identifiers[f->count];

	if (line->what != ASKED_OPEN || f->count == QUERY_ELEMENTS_MAXIMUM ||
	    bytes_to_string(line->identifier, identifier->text, sizeof(identifier->text)) != OK)
		return ERROR_SYNTAX;
	identifier->size = line->identifier.size;
	f->blinds[f->count++] = line->blind;
	return OK;
}

static int decode_field(const struct act *act, const char *name, void *ret_data, size_t maximum,
                        size_t *ret_size)
{
	const struct field_value *field = act_field(act, name);
	struct buffer decoded;
	int r;

	if (field == NULL)
		return ERROR_NOT_FOUND;
	buffer_init(&decoded, maximum);
	if ((r = base64_decode(&decoded, field->text, BASE64_PADDED)) == OK) {
		memcpy(ret_data, decoded.data, decoded.size);
		*ret_size = decoded.size;
	}
	buffer_release(&decoded);
	return r;
}

/* Our own query, whose blinds are kept here. */
static int read_query(struct finishing *f, const json_t *query, char ret_list[ACT_NAME_CAPACITY],
                      struct error *error)
{
	struct node *node = f->checking->node;
	uint8_t blinded[QUERY_ELEMENTS_MAXIMUM * OPRF_ELEMENT_SIZE];
	struct act act;
	size_t size;
	int r;

	if ((r = act_parse(bytes_of_string(member_text(query, "text")), &act, error)) != OK)
		return r;
	if (act.kind->number != KIND_QUERY || strcmp(act.party, node->channel.own) != 0)
		return error_set(error, ERROR_USAGE, _("%s is no query of ours"),
		                 member_text(query, "name"));
	if ((r = decode_field(&act, "blinded", blinded, sizeof(blinded), &size)) != OK)
		return error_set(error, r, "%s", result_text(r));
	sha256_of(&f->content, bytes_of(blinded, size));
	if ((r = queried_read(node, &f->content, &f->head, take_line, f, error)) != OK)
		return r == ERROR_NOT_FOUND
		           ? error_set(error, r,
		                       _("%s was not asked from here, or was finished already: "
		                         "only who asked can read the reply"),
		                       member_text(query, "name"))
		           : r;
	if (f->count * OPRF_ELEMENT_SIZE != size)
		return error_set(error, ERROR_MISMATCH, _("what is kept of %s is something else"),
		                 member_text(query, "name"));
	for (size_t i = 0; i < f->count; i++)
		f->identifiers[i].identifier_class = f->head.identifier_class;
	act_name(act.matter.party, act.matter.generation, act.matter.number, ret_list);
	return OK;
}

static int read_reply(struct finishing *f, const json_t *query, struct error *error)
{
	struct list_checking *c = f->checking;
	const char *name = member_text(query, "answered_by");
	const struct field_value *refused;
	struct act_reference reference;
	json_t *reply = NULL;
	struct act act;
	size_t size = 0;
	int r;

	if (name[0] == '\0')
		return error_set(error, ERROR_WAIT,
		                 _("%s is not answered yet: 'chiro show %s' says by when it is to "
		                   "be"),
		                 member_text(query, "name"), member_text(query, "name"));
	snprintf(c->target.query, sizeof(c->target.query), "%s", member_text(query, "name"));
	snprintf(c->target.reply, sizeof(c->target.reply), "%s", name);
	if ((r = draft_resolve(c->node, name, &reference, &reply, error)) != OK)
		return r;
	if ((r = act_parse(bytes_of_string(member_text(reply, "text")), &act, error)) != OK)
		goto out;
	if ((refused = act_field(&act, "refused")) != NULL) {
		r = error_set(error, ERROR_STATE, _("%s refuses, on record: %.*s"), name,
		              (int)refused->text.size, (const char *)refused->text.data);
		goto out;
	}
	r = decode_field(&act, "evaluated", f->evaluated, sizeof(f->evaluated), &size);
	if (r != OK || size != f->count * EXCHANGE_EVALUATION_SIZE)
		r = error_set(error, ERROR_MISMATCH, _("%s answers something else"), name);
out:
	json_decref(reply);
	return r;
}

/* A wrong one is signed by a person, and stands in the log. */
static int note_wrong(struct finishing *f, size_t index, struct error *error)
{
	struct list_checking *c = f->checking;

	if ((c->proof = allocate(1, sizeof(*c->proof))) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	c->proof->shown = MATCH_SHOWS_WRONG_EVALUATION;
	c->proof->identifier_class = f->head.identifier_class;
	c->proof->epoch = f->head.epoch;
	c->proof->by_acts = true;
	c->proof->element = index + 1;
	return error_set(error, ERROR_SIGNATURE,
	                 _("the reply is WRONG: it was not made with the key that %s committed to"),
	                 c->node->channel.other);
}

static int look(struct finishing *f, struct error *error)
{
	struct asking *asking = &f->checking->askings[f->head.identifier_class];
	int r;

	if (!f->checking->used[f->head.identifier_class])
		return error_set(error, ERROR_MISMATCH,
		                 _("the list has no identifiers of class %s"),
		                 identifier_class_name(f->head.identifier_class));
	for (size_t i = 0; i < f->count; i++) {
		struct asking_hit hit;
		bool is_hit;

		r = asking_look(asking->class_of, &f->identifiers[i], &f->blinds[i],
		                &f->evaluated[i], &is_hit, &hit);
		if (r == ERROR_SIGNATURE)
			return note_wrong(f, i, error);
		if (r != OK)
			return error_set(error, r, "%s", result_text(r));
		if ((r = asking_note(asking, &f->identifiers[i], is_hit ? &hit : NULL, error)) !=
		    OK)
			return r;
	}
	if ((r = asked_store_keep(&asking->store, error)) != OK)
		return r;
	return queried_done(f->checking->node, &f->content, error);
}

int list_on_record_finish(struct list_checking *c, const char *name, struct error *error)
{
	struct finishing *f = allocate(1, sizeof(*f));
	char list[ACT_NAME_CAPACITY];
	struct act_reference reference;
	json_t *query = NULL;
	int r;

	if (f == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	f->checking = c;
	if ((r = draft_resolve(c->node, name, &reference, &query, error)) != OK ||
	    (r = read_query(f, query, list, error)) != OK)
		goto out;
	for (size_t i = 0; i < f->count && r == OK; i++)
		r = list_checking_add(c, &f->identifiers[i], 0, error);
	if (r == OK && (r = list_checking_open_named(c, list, f->head.epoch, error)) == OK &&
	    (r = read_reply(f, query, error)) == OK)
		r = look(f, error);
out:
	json_decref(query);
	wipe(f, sizeof(*f));
	release_memory(f);
	return r;
}
