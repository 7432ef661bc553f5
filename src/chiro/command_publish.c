/* chiro publish: publishes what both sides have agreed to, and says so on the record. */
#include <inttypes.h>

#include "act.h"
#include "acting.h"
#include "body_of_act.h"
#include "claim.h"
#include "command.h"
#include "encoding.h"
#include "files.h"
#include "scope.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"

enum { TEXT_MAXIMUM = 4 * 1024 * 1024, WORDS_MAXIMUM = OPTIONS_MAXIMUM * 2 + 8 };

static const struct option_row rows[] = {
	{ .name = "unilateral",
	  .help = N_("publish without the other side's consent, or more than it agreed to") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("the age identity for what is for the eyes of the heads") },
	{ .name = "yes", .help = N_("do not show and ask before signing") },
	{ 0 },
};

static const struct usage usage = {
	.name = "publish",
	.arguments = N_("ACT FILE"),
	.help = N_(
	    "Publishes the text of ACT, a communique or a request for release: looks up what the "
	    "other side has agreed to (all of it, or some parts), writes these parts to FILE, and "
	    "logs a 'publish' with the SHA-256 of the file. A FILE that exists is published as it "
	    "is, if each of its paragraphs is a part that was agreed to. Silence is no "
	    "consent: without any this is refused, unless --unilateral; then the record shows that "
	    "it was one-sided."),
	.examples = "  chiro publish south-9 communique.txt\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_minimum = 2,
	.arguments_maximum = 2,
};

/* --- consent -------------------------------------------------------------------------- */

struct consent {
	bool given;
	struct scope scope;
	char by[ACT_NAME_CAPACITY];
};

/* The accept that counts, and its scope; none in fixed terms allows what it does not say. */
static int find_consent(struct node *node, const json_t *act, struct consent *ret_consent,
                        struct error *error)
{
	const char *name = member_string(act, "answered_by");
	struct consent consent = { .given = false };
	const struct field_value *scope;
	json_t *answer = NULL;
	struct act parsed;
	int r;

	*ret_consent = consent;
	if (name == NULL)
		return OK;
	if ((r = api_get(node->api, &answer, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	r = act_parse(bytes_of_string(member_text(answer, "text")), &parsed, error);
	if (r == OK && parsed.kind->number == KIND_ACCEPT) {
		scope = act_field(&parsed, "scope");
		consent.given = true;
		consent.scope.all = scope == NULL;
		snprintf(consent.by, sizeof(consent.by), "%s", name);
		if (scope != NULL && scope_parse(scope->text, &consent.scope) != OK)
			r = error_set(error, ERROR_STATE,
			              _("%s agrees in words of its own (see 'chiro show %s'): "
			                "whether that covers it is for a person to say, by "
			                "--unilateral"),
			              name, name);
	}
	json_decref(answer);
	if (r == OK)
		*ret_consent = consent;
	return r;
}

static bool is_text(const struct opened_part *part)
{
	enum part_role role = part_role_of(part->line.description.media_type);

	return role == PART_SUBJECT || role == PART_PARAGRAPH;
}

/* --- the file --------------------------------------------------------------------------- */

/* The parts that may be published, each a paragraph of the file. */
static int put_agreed(const struct opened_body *body, const struct scope *scope,
                      struct buffer *text, struct error *error)
{
	int r = OK;

	for (size_t i = 0; i < body->count && r == OK; i++) {
		const struct opened_part *part = &body->parts[i];

		if (!is_text(part) || !scope_has(scope, part->line.number))
			continue;
		if ((text->size > 0 && (r = buffer_put_u8(text, '\n')) != OK) ||
		    (r = buffer_put_bytes(text, part->content)) != OK)
			break;
		r = buffer_put_u8(text, '\n');
	}
	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	return text->size > 0 ? OK
	                      : error_set(error, ERROR_STATE,
	                                  _("nothing of it that is text may be published"));
}

/* Whether a paragraph is, to the letter, a part that may be published: a piece of one can
 * say the opposite. */
static int is_agreed(const struct opened_body *body, const struct scope *scope,
                     struct bytes paragraph, bool *ret_agreed)
{
	int r = OK;

	*ret_agreed = false;
	for (size_t i = 0; i < body->count && r == OK && !*ret_agreed; i++) {
		const struct opened_part *part = &body->parts[i];
		enum claim_match within, around = MATCH_NONE;

		if (!is_text(part) || !scope_has(scope, part->line.number))
			continue;
		if ((r = claim_match(paragraph, part->content, &within, NULL)) == OK &&
		    part->content.size <= QUOTATION_MAXIMUM)
			r = claim_match(part->content, paragraph, &around, NULL);
		*ret_agreed = r == OK && within == MATCH_EXACT && around == MATCH_EXACT;
	}
	return r;
}

static int check_file(const struct opened_body *body, const struct scope *scope, struct bytes text,
                      struct error *error)
{
	static struct bytes paragraphs[PARTS_MAXIMUM];
	size_t count;
	int r;

	if ((r = part_split_text(text, paragraphs, PARTS_MAXIMUM, &count, error)) != OK)
		return r;
	for (size_t i = 0; i < count; i++) {
		bool agreed;

		if ((r = is_agreed(body, scope, paragraphs[i], &agreed)) != OK)
			return error_set(error, r, "%s", result_text(r));
		if (!agreed)
			return error_set(
			    error, ERROR_DENIED,
			    _("paragraph %zu of the file is no part that the other side "
			      "agreed to publish"),
			    i + 1);
	}
	return OK;
}

/* Leaves what is published in `text`: the file as it is, or what is written to it. */
static int prepare(const struct options *options, const struct consent *consent,
                   const struct opened_body *body, struct buffer *text, struct error *error)
{
	const char *path = options->arguments[1];
	const struct scope everything = { .all = true };
	const struct scope *scope = options_has(options, "unilateral") ? &everything
	                                                               : &consent->scope;
	int r;

	if (file_exists(path)) {
		if ((r = file_read(path, text, error)) != OK)
			return r;
		return options_has(options, "unilateral")
		           ? OK
		           : check_file(body, scope, buffer_view(text), error);
	}
	if ((r = put_agreed(body, scope, text, error)) != OK)
		return r;
	return file_write_new(path, buffer_view(text), 0644, error);
}

/* --- the act ------------------------------------------------------------------------------ */

static int check_kind(const json_t *act, struct error *error)
{
	const char *kind = member_text(act, "kind");

	if (strcmp(kind, "communique") == 0 || strcmp(kind, "ask-release") == 0)
		return OK;
	return error_set(error, ERROR_USAGE,
	                 _("%s is no communique and asks for no release: it is of kind '%s'"),
	                 member_text(act, "name"), kind);
}

static int make_file(struct node *node, const struct options *options, struct hash *ret_published,
                     struct error *error)
{
	const char *name = options->arguments[0];
	const char *identity = options_value(options, "identity");
	struct opened_body body = { 0 };
	struct consent consent;
	struct buffer text;
	struct bytes view;
	json_t *act = NULL;
	int r;

	buffer_init(&text, TEXT_MAXIMUM);
	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK ||
	    (r = check_kind(act, error)) != OK)
		goto out;
	r = find_consent(node, act, &consent, error);
	if (r == ERROR_STATE && options_has(options, "unilateral"))
		r = OK;
	if (r == OK && !consent.given && !options_has(options, "unilateral"))
		r = error_set(
		    error, ERROR_DENIED,
		    _("the other side has not agreed to publish %s; silence is no consent "
		      "(--unilateral publishes all the same)"),
		    name);
	if (r != OK || (r = body_of_act_open(node, act, identity, &body, error)) != OK ||
	    (r = prepare(options, &consent, &body, &text, error)) != OK)
		goto out;
	if (consent.given)
		advise(_("%s agreed to it by %s."), node->channel.other, consent.by);
	else
		advise(_("This is one-sided, and the record will show it."));
	view = buffer_view(&text);
	sha256(ret_published, &view, 1);
out:
	opened_body_release(&body);
	buffer_release(&text);
	json_decref(act);
	return r;
}

/* Hands over to `chiro act publish`, with the options that are for the signer. */
static int run_act(const struct options *options, const struct hash *published)
{
	static char published_text[HASH_BASE64_CAPACITY], option_names[OPTIONS_MAXIMUM][40];
	static char *words[WORDS_MAXIMUM];
	char kind[] = "publish", matter[] = "--matter", field[] = "--published";
	int count = 0;

	hash_to_base64(published, published_text);
	words[count++] = kind;
	words[count++] = matter;
	words[count++] = options->arguments[0];
	words[count++] = field;
	words[count++] = published_text;
	for (size_t i = 0; i < options->given_count; i++) {
		const char *name = options->given[i].row->name;

		if (strcmp(name, "unilateral") == 0 || strcmp(name, "identity") == 0)
			continue;
		snprintf(option_names[i], sizeof(option_names[i]), "--%s", name);
		words[count++] = option_names[i];
		if (options->given[i].value != NULL)
			words[count++] = (char *)options->given[i].value;
	}
	return act_run(count, words);
}

int command_publish(int argc, char **argv)
{
	struct options options;
	struct error error = { 0 };
	struct hash published;
	struct node node;
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &node)) >= 0)
		return status;
	r = make_file(&node, &options, &published, &error);
	node_close(&node);
	if (r == ERROR_USAGE)
		return usage_error(&usage, "%s", error.message);
	return r == OK ? run_act(&options, &published) : conclude(r, &error);
}
