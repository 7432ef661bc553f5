#include "drafting.h"

#include <errno.h>

#include "acting.h"
#include "amending.h"
#include "checkpoint.h"
#include "drafting_body.h"
#include "encoding.h"
#include "moment.h"
#include "note.h"
#include "recipients.h"
#include "resealing.h"
#include "scope.h"
#include "signer.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

/* What making a draft needs at every step. */
struct maker {
	const struct draft_usage *usage;
	const struct kind *kind;
	const struct options *options;
	struct node *node;
	struct draft_act *draft;
	struct prepared_body *prepared; /* or NULL */
	json_t *answered; /* the act that is answered, or that a target names; owned */
	struct {
		bool known;
		char size[24], root[HASH_BASE64_CAPACITY];
	} end;                    /* of our log, where it is to be continued under another key */
	struct amending amending; /* of an amend */
	struct error *error;
};

int draft_resolve(const struct node *node, const char *name, struct act_reference *ret_reference,
                  json_t **ret_act, struct error *error)
{
	struct act_reference reference;
	json_t *act = NULL;
	int r;

	if (act_name_parse(bytes_of_string(name), reference.party, &reference.generation,
	                   &reference.number) != OK)
		return error_set(error, ERROR_USAGE, _("'%s' is no act, such as %s-7"), name,
		                 node->channel.other);
	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	if (base64_decode_fixed(bytes_of_string(member_text(act, "leaf")), reference.leaf.bytes,
	                        HASH_SIZE) != OK) {
		json_decref(act);
		return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
	}
	*ret_reference = reference;
	*ret_act = act;
	return OK;
}

/* The matter in which an act stands: what it opened or joined. */
static int matter_of(const struct maker *maker, const json_t *named, bool *ret_found,
                     struct act_reference *ret_matter)
{
	struct act act;
	json_t *self = NULL;
	int r;

	*ret_found = false;
	if (act_parse(bytes_of_string(member_text(named, "text")), &act, NULL) != OK ||
	    act.matter_use == ACT_MATTER_NONE)
		return OK;
	*ret_found = true;
	if (act.matter_use == ACT_MATTER_JOINS) {
		*ret_matter = act.matter;
		return OK;
	}
	r = draft_resolve(maker->node, member_text(named, "name"), ret_matter, &self, maker->error);
	json_decref(self);
	return r;
}

/* Something given by an option; otherwise asked for when it is required and
 * somebody can be asked. *ret_value is NULL when it is not given. */
static int given(const struct maker *maker, const char *option, enum presence presence,
                 const char *question, struct buffer *answer, const char **ret_value)
{
	const char *value = options_value(maker->options, option);
	char prompt[320];

	if (value == NULL && presence == REQUIRED) {
		snprintf(prompt, sizeof(prompt), "%s (--%s)", question, option);
		if (ask_line(prompt, NULL, answer) != OK)
			return error_set(maker->error, ERROR_USAGE, _("--%s is missing: %s"),
			                 option, question);
		value = (const char *)answer->data;
	}
	*ret_value = value;
	return OK;
}

/* Whether somebody gave an answer that cannot stand; says why, to ask again. */
static bool asks_again(const struct maker *maker, const struct buffer *answer, int result)
{
	if (result == OK || result == ERROR_MEMORY || answer->size == 0)
		return false;
	complain_error(NULL, maker->error);
	*maker->error = (struct error){ 0 };
	return true;
}

static int take_answers(struct maker *maker)
{
	struct act *act = &maker->draft->act;
	struct buffer answer;
	const char *name;
	int r;

	if (maker->kind->answers == ABSENT)
		return OK;
	buffer_init(&answer, TEXT_LINE_MAXIMUM);
	do {
		if ((r = given(maker, "answers", maker->kind->answers,
		               _("the act that is answered"), &answer, &name)) == OK &&
		    name != NULL &&
		    (r = draft_resolve(maker->node, name, &act->answers, &maker->answered,
		                       maker->error)) == OK)
			act->has_answers = true;
	} while (asks_again(maker, &answer, r));
	buffer_release(&answer);
	return r;
}

static int take_matter(struct maker *maker)
{
	enum matter_use use = maker->kind->matter_use;
	struct act *act = &maker->draft->act;
	struct buffer answer;
	json_t *opening = NULL;
	const char *name = NULL;
	bool found = false;
	int r;

	act->matter_use = ACT_MATTER_NONE;
	if (use == MATTER_LINE_NONE)
		return OK;
	buffer_init(&answer, TEXT_LINE_MAXIMUM);
	name = options_value(maker->options, "matter");
	if (use == MATTER_LINE_NEW || (use == MATTER_LINE_EITHER && name == NULL)) {
		act->matter_use = ACT_MATTER_NEW;
		r = OK;
		goto out;
	}
	if (name == NULL && maker->answered != NULL &&
	    (r = matter_of(maker, maker->answered, &found, &act->matter)) != OK)
		goto out;
	if (!found && (r = given(maker, "matter", use == MATTER_LINE_JOIN ? REQUIRED : OPTIONAL,
	                         _("the act that opened the matter"), &answer, &name)) != OK)
		goto out;
	r = OK;
	if (name != NULL) {
		/* Whatever act of the matter was named, the matter is meant. */
		if ((r = draft_resolve(maker->node, name, &act->matter, &opening, maker->error)) !=
		        OK ||
		    (r = matter_of(maker, opening, &found, &act->matter)) != OK)
			goto out;
		if (!found)
			r = error_set(maker->error, ERROR_USAGE, _("%s stands in no matter"), name);
		else if (maker->answered == NULL)
			maker->answered = json_incref(opening);
	}
	if (found)
		act->matter_use = ACT_MATTER_JOINS;
out:
	json_decref(opening);
	buffer_release(&answer);
	return r;
}

static int take_time(struct maker *maker, const char *option, timestamp *ret_time)
{
	const char *value = options_value(maker->options, option);

	return value == NULL ? OK
	                     : moment_parse(value, maker->draft->act.time, ret_time, maker->error);
}

/* What is to wait with the node for its second signature does not wait for ever. */
static int take_not_after(struct maker *maker)
{
	struct act *act = &maker->draft->act;
	int r = take_time(maker, "not-after", &act->not_after);

	if (r == OK && act->not_after == 0 && maker->kind->not_after != ABSENT &&
	    act->cosigner[0] != '\0' && !options_has(maker->options, "cosigner-key") &&
	    !options_has(maker->options, "draft"))
		act->not_after = act->time + DRAFT_PENDING_SECONDS;
	return r;
}

static int take_precedence(struct maker *maker)
{
	struct act *act = &maker->draft->act;
	struct buffer answer;
	const char *value;
	int r;

	if (maker->kind->precedence == ABSENT)
		return OK;
	buffer_init(&answer, TEXT_LINE_MAXIMUM);
	do {
		if ((r = given(maker, "precedence", maker->kind->precedence,
		               _("flash, immediate, priority or routine"), &answer, &value)) !=
		        OK ||
		    value == NULL)
			break;
		act->precedence = precedence_by_name(bytes_of_string(value));
		act->has_precedence = true;
		if (act->precedence == PRECEDENCE_COUNT)
			r = error_set(maker->error, ERROR_USAGE,
			              _("--precedence wants flash, immediate, priority or routine, "
			                "not '%s'"),
			              value);
	} while (asks_again(maker, &answer, r));
	buffer_release(&answer);
	return r;
}

static int take_ssh_key(struct maker *maker, const char *value, struct buffer *ret_text)
{
	struct ssh_key key;
	int r;

	if (ssh_key_parse(bytes_of_string(value), &key, NULL) != OK &&
	    (r = signer_public_key(value, &key, maker->error)) != OK)
		return r;
	return ssh_key_print(&key, ret_text);
}

/* A key that replaces one of the node's: the node makes it. What for is what the
 * first field says (`reading-key`, or the office `reading`). */
static int take_new_key(struct maker *maker, struct buffer *ret_text)
{
	struct bytes purpose = buffer_view(&maker->draft->values[0]);
	json_t *reply = NULL, *request;
	int r;

	if (purpose.size > 4 && memcmp(purpose.data + purpose.size - 4, "-key", 4) == 0)
		purpose.size -= 4;
	request = json_pack("{s:o}", "purpose",
	                    json_stringn((const char *)purpose.data, purpose.size));
	if ((r = api_send(maker->node->api, "POST", request, &reply, maker->error,
	                  "/v1/channels/%s/keys", maker->node->channel.id)) != OK)
		return r;
	r = buffer_put_string(ret_text, member_text(reply, "key"));
	json_decref(reply);
	return r;
}

static int take_recipient(struct maker *maker, const char *value, struct buffer *ret_text)
{
	char recipient[AGE_RECIPIENT_CAPACITY];
	int r;

	if ((r = recipient_read(value, recipient, maker->error)) != OK)
		return r;
	return buffer_put_string(ret_text, recipient);
}

static int take_field_time(struct maker *maker, const char *value, struct buffer *ret_text)
{
	char text[TIMESTAMP_CAPACITY];
	timestamp time;
	int r;

	if ((r = moment_parse(value, maker->draft->act.time, &time, maker->error)) != OK)
		return r;
	timestamp_format(time, text);
	return buffer_put_string(ret_text, text);
}

/* An act that a field names; the first so named may tell the matter. */
static int take_field_act(struct maker *maker, const char *value, struct buffer *ret_text)
{
	struct act_reference reference;
	json_t *named = NULL;
	int r;

	if ((r = draft_resolve(maker->node, value, &reference, &named, maker->error)) != OK)
		return r;
	if (maker->answered == NULL)
		maker->answered = json_incref(named);
	json_decref(named);
	return act_reference_print(&reference, ret_text);
}

static int take_literal(struct maker *maker, const char *value, struct buffer *ret_text)
{
	(void)maker;
	return buffer_put_string(ret_text, value);
}

/* How what a person gives becomes the value of a field. */
static int (*const takers[FIELD_TYPE_COUNT])(struct maker *maker, const char *value,
                                             struct buffer *ret_text) = {
	[FIELD_DELEGATE] = take_literal,  [FIELD_SSH_KEY] = take_ssh_key,
	[FIELD_RAW_KEY] = take_literal,   [FIELD_RECIPIENT] = take_recipient,
	[FIELD_CHOICE] = take_literal,    [FIELD_NUMBER] = take_literal,
	[FIELD_HASH] = take_literal,      [FIELD_TIME] = take_field_time,
	[FIELD_ACT] = take_field_act,     [FIELD_BLOB] = take_literal,
	[FIELD_PARTY] = take_literal,     [FIELD_ENCODED] = take_literal,
	[FIELD_TEXT] = take_literal,      [FIELD_ENDPOINTS] = take_literal,
	[FIELD_BY_CHOICE] = take_literal, [FIELD_CLASS_COMMITMENT] = take_literal,
};

/* What is accepted is exactly the text of the act that is answered. */
static const char *body_root_of_answered(const struct maker *maker, const struct field *field)
{
	if (maker->kind->number != KIND_ACCEPT || field->type != FIELD_HASH ||
	    maker->answered == NULL)
		return NULL;
	return member_string(member(maker->answered, "body"), "root");
}

/* The appointment of a log key is for where the log ends now. The node makes the key,
 * and logs nothing else from then on; so the end is looked up after that. */
static bool appoints_log(const struct maker *maker)
{
	return maker->kind->number == KIND_APPOINT &&
	       bytes_equal_string(buffer_view(&maker->draft->values[0]), "log");
}

static int find_end(struct maker *maker)
{
	const char *party = maker->node->channel.own;
	struct checkpoint checkpoint;
	json_t *heads = NULL;
	struct note note;
	int r;

	if (maker->end.known)
		return OK;
	if ((r = api_get(maker->node->api, &heads, maker->error, "/v1/channels/%s/heads",
	                 maker->node->channel.id)) != OK)
		return r;
	if (note_parse(bytes_of_string(member_text(member(heads, party), "note")), &note, NULL) !=
	        OK ||
	    checkpoint_parse(note.text, &checkpoint, NULL) != OK) {
		r = error_set(maker->error, ERROR_STATE,
		              _("our log has no head yet that could be continued"));
	} else {
		maker->end.known = true;
		snprintf(maker->end.size, sizeof(maker->end.size), "%llu",
		         (unsigned long long)checkpoint.size);
		hash_to_base64(&checkpoint.root, maker->end.root);
	}
	json_decref(heads);
	return r;
}

/* What need not be given of such an appointment. */
static int end_of_log(struct maker *maker, const struct field *field, const char **ret_known)
{
	int r;

	*ret_known = NULL;
	if (!appoints_log(maker))
		return OK;
	if (strcmp(field->name, "key") == 0) {
		*ret_known = "new";
		return OK;
	}
	if (strcmp(field->name, "size") != 0 && strcmp(field->name, "root") != 0)
		return OK;
	if ((r = find_end(maker)) == OK)
		*ret_known = strcmp(field->name, "size") == 0 ? maker->end.size : maker->end.root;
	return r;
}

static int check_choice(const struct maker *maker, size_t index, const char *value)
{
	const struct field *field = &maker->kind->fields[index];

	if (field->type != FIELD_CHOICE ||
	    choice_index(field->choices, bytes_of_string(value)) >= 0)
		return OK;
	return error_set(maker->error, ERROR_USAGE, _("--%s wants one of %s, not '%s'"),
	                 maker->usage->names[index], field->choices, value);
}

/* What may be published is said in fixed terms, so that it can be kept to. */
static int check_scope(const struct maker *maker, size_t index, const char *value)
{
	struct scope scope;

	if (maker->kind->number != KIND_ACCEPT ||
	    strcmp(maker->kind->fields[index].name, "scope") != 0 ||
	    scope_parse(bytes_of_string(value), &scope) == OK)
		return OK;
	return error_set(maker->error, ERROR_USAGE,
	                 _("--scope wants 'all', or parts such as 'parts 1,3-5', not '%s'"), value);
}

/* Whether a field can stand, the kind's first field being what it is; and of
 * which type it then is. */
static bool field_stands(const struct maker *maker, size_t index, enum field_type *ret_type)
{
	const struct field *field = &maker->kind->fields[index];
	const struct bytes first = buffer_view(&maker->draft->values[0]);
	int choice;

	*ret_type = field->type;
	if (field->when != NULL && !bytes_equal_string(first, field->when))
		return false;
	if (field->type == FIELD_BY_CHOICE) {
		choice = choice_index(maker->kind->fields[0].choices, first);
		if (choice < 0)
			return false;
		*ret_type = field->types[choice];
	}
	return true;
}

/* The blob of a reseal: made here of the body that the target has. */
static int take_resealed(struct maker *maker, struct buffer *ret_text)
{
	const char *identity = maker->node->settings.reading_identity;
	struct draft_act *draft = maker->draft;
	char hash[HASH_BASE64_CAPACITY];
	int r;

	if ((r = resealed_body_make(maker->node, maker->answered,
	                            identity[0] != '\0' ? identity : NULL, &draft->body,
	                            maker->error)) != OK)
		return r;
	draft->has_body = true;
	hash_to_base64(&draft->body.hash, hash);
	return buffer_put_format(ret_text, "%llu %s", (unsigned long long)draft->body.size, hash);
}

/* Makes the value of a field of what was given for it. */
static int take_value(struct maker *maker, size_t index, enum field_type type, const char *value)
{
	struct buffer *text = &maker->draft->values[index];
	int r;

	buffer_clear(text);
	if ((r = check_choice(maker, index, value)) != OK ||
	    (r = check_scope(maker, index, value)) != OK)
		return r;
	if (maker->kind->fields[index].type == FIELD_BY_CHOICE && strcmp(value, "new") == 0)
		return take_new_key(maker, text);
	if (type == FIELD_BLOB)
		return take_resealed(maker, text);
	return takers[type](maker, value, text);
}

static int take_field(struct maker *maker, size_t index)
{
	const struct field *field = &maker->kind->fields[index];
	const char *option = maker->usage->names[index];
	struct act *act = &maker->draft->act;
	enum field_type type;
	struct buffer answer;
	const char *value, *known;
	int r = OK;

	if (!field_stands(maker, index, &type)) {
		if (options_has(maker->options, option))
			return error_set(maker->error, ERROR_USAGE,
			                 _("--%s goes only with --%s %s"), option,
			                 maker->usage->names[0], field->when);
		return OK;
	}
	buffer_init(&answer, TEXT_LINE_MAXIMUM);
	known = maker->kind->number == KIND_AMEND ? amending_field(&maker->amending, field->name)
	                                          : options_value(maker->options, option);
	if (known == NULL)
		known = body_root_of_answered(maker, field);
	if (known == NULL && type == FIELD_BLOB)
		known = "";
	if (known == NULL)
		r = end_of_log(maker, field, &known);
	if (r != OK)
		goto out;
	do {
		value = known;
		if (value == NULL)
			r = given(maker, option, field->presence, maker->usage->helps[index],
			          &answer, &value);
		if (r == OK && value != NULL)
			r = take_value(maker, index, type, value);
	} while (asks_again(maker, &answer, r));
	if (r == OK && value != NULL) {
		struct field_value *taken = &act->fields[act->field_count++];

		taken->field = field;
		taken->text = buffer_view(&maker->draft->values[index]);
	}
out:
	buffer_release(&answer);
	return r;
}

static int take_signers(struct maker *maker)
{
	struct act *act = &maker->draft->act;
	const char *author = maker->node->settings.author;
	const char *cosigner = options_value(maker->options, "cosigner");

	if (maker->kind->signers == ROLE_APPOINTING &&
	    options_value(maker->options, "author") == NULL)
		author = "appointing";
	if (author[0] == '\0')
		return error_set(maker->error, ERROR_USAGE,
		                 _("who signs? give --author, such as --author a.head"));
	if (bytes_to_string(bytes_of_string(author), act->author, sizeof(act->author)) != OK ||
	    (cosigner != NULL && bytes_to_string(bytes_of_string(cosigner), act->cosigner,
	                                         sizeof(act->cosigner)) != OK))
		return error_set(maker->error, ERROR_USAGE, _("a name is too long"));
	if (cosigner == NULL && options_has(maker->options, "cosigner-key"))
		return error_set(maker->error, ERROR_USAGE, _("--cosigner is missing: the name"));
	return OK;
}

static int take_marking(struct maker *maker)
{
	const char *value = options_value(maker->options, "marking");
	struct act *act = &maker->draft->act;

	if (value == NULL)
		return OK;
	if (!marking_is_valid(bytes_of_string(value)))
		return error_set(
		    maker->error, ERROR_USAGE,
		    _("--marking wants TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN "
		      "or TLP:CLEAR, not '%s'"),
		    value);
	return bytes_to_string(bytes_of_string(value), act->marking, sizeof(act->marking));
}

/* The line `body` of the act. */
static void name_body(struct draft_act *draft)
{
	struct act *act = &draft->act;

	draft->has_body = true;
	act->has_body = true;
	act->body.parts = draft->body.parts;
	act->body.root = draft->body.root;
	act->body.sealed_size = draft->body.size;
	act->body.sealed_hash = draft->body.hash;
}

static int take_prepared(struct maker *maker)
{
	struct prepared_body *prepared = maker->prepared;

	if (prepared->has_body) {
		maker->draft->body = prepared->body;
		prepared->has_body = false;
		name_body(maker->draft);
	}
	return buffer_put_bytes(&maker->draft->preview, prepared->preview);
}

static int take_body(struct maker *maker)
{
	struct draft_act *draft = maker->draft;
	struct act *act = &draft->act;
	int r;

	act->eyes_heads = options_has(maker->options, "eyes-heads");
	if (maker->kind->body == ABSENT)
		return OK;
	if (maker->prepared != NULL)
		return take_prepared(maker);
	if (!drafting_body_is_given(maker->options) && draft->charter.size == 0) {
		if (maker->kind->body == OPTIONAL)
			return OK;
		if (!terminal_is_interactive())
			return error_set(maker->error, ERROR_USAGE,
			                 _("--text is missing: what the act says"));
	}
	if ((r = drafting_body_make(maker->options, maker->kind, maker->node, maker->answered,
	                            act->eyes_heads, buffer_view(&draft->charter), &draft->preview,
	                            &draft->body, maker->error)) != OK)
		return r;
	name_body(draft);
	return OK;
}

/* The charter that an amend is to put in force: it goes into the body, too. */
static int take_charter(struct maker *maker)
{
	int r;

	if (maker->kind->number != KIND_AMEND)
		return OK;
	if ((r = amending_prepare(maker->node, maker->options, maker->answered, &maker->amending,
	                          maker->error)) != OK)
		return r;
	return buffer_put_bytes(&maker->draft->charter, buffer_view(&maker->amending.text));
}

/* The lines of the act in an order in which each finds what it depends on. */
static int take_lines(struct maker *maker)
{
	struct act *act = &maker->draft->act;
	int r;

	act->kind = maker->kind;
	act->time = moment_now();
	memcpy(act->channel, maker->node->channel.id, sizeof(act->channel));
	memcpy(act->party, maker->node->channel.own, sizeof(act->party));
	if ((r = take_signers(maker)) != OK || (r = take_answers(maker)) != OK ||
	    (r = take_charter(maker)) != OK)
		return r;
	for (size_t i = 0; i < kind_field_count(maker->kind); i++)
		if ((r = take_field(maker, i)) != OK)
			return r;
	if ((r = take_matter(maker)) != OK || (r = take_precedence(maker)) != OK ||
	    (r = take_marking(maker)) != OK || (r = take_time(maker, "due", &act->due)) != OK ||
	    (r = take_not_after(maker)) != OK)
		return r;
	act->exercise = options_has(maker->options, "exercise") ||
	                (kind_may_be_exercise(maker->kind) && maker->answered != NULL &&
	                 member_true(maker->answered, "exercise"));
	return take_body(maker);
}

int draft_make(const struct draft_usage *usage, const struct kind *kind,
               const struct options *options, struct node *node, struct prepared_body *prepared,
               struct draft_act *ret_draft, struct error *error)
{
	struct draft_act draft = { 0 };
	struct maker maker = { .usage = usage,
		               .kind = kind,
		               .options = options,
		               .node = node,
		               .draft = &draft,
		               .prepared = prepared,
		               .error = error };
	int r;

	for (size_t i = 0; i < FIELDS_MAXIMUM; i++)
		buffer_init(&draft.values[i], TEXT_LINE_MAXIMUM);
	buffer_init(&draft.text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&draft.preview, DRAFT_PREVIEW_MAXIMUM);
	buffer_init(&draft.charter, CHARTER_SIZE_MAXIMUM);
	buffer_init(&maker.amending.text, CHARTER_SIZE_MAXIMUM);
	if ((r = take_lines(&maker)) == OK)
		r = act_print(&draft.act, &draft.text, error);
	json_decref(maker.answered);
	amending_release(&maker.amending);
	if (r == OK)
		*ret_draft = draft;
	else
		draft_release(&draft);
	return r;
}

void draft_release(struct draft_act *draft)
{
	for (size_t i = 0; i < FIELDS_MAXIMUM; i++)
		buffer_release(&draft->values[i]);
	buffer_release(&draft->text);
	buffer_release(&draft->preview);
	buffer_release(&draft->charter);
	if (draft->has_body)
		sealed_body_release(&draft->body);
}
