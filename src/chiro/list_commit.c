/* chiro list commit: hands an own list over, swaps it, or has it asked about. */
#include "command.h"
#include "encoding.h"
#include "list_acting.h"
#include "list_command.h"
#include "list_kept.h"
#include "list_making.h"
#include "list_source.h"
#include "moment.h"
#include "resealing.h"
#include "terminal.h"
#include "translate.h"

static const struct option_row rows[] = {
	{ .name = "mode",
	  .value = N_("MODE"),
	  .help = N_("opened: the other side reads the list; swap: both open theirs, once both are "
	             "committed; match-only: the other side can ask whether something is on it") },
	{ .name = "answers",
	  .value = N_("ACT"),
	  .help = N_("the other side's list that this one is swapped for") },
	LIST_ACT_ROWS,
	{ 0 },
};

static const struct usage usage = {
	.name = "list commit",
	.arguments = N_("NAME"),
	.help = N_(
	    "Commits to the own list NAME by an act 'list', whose matter is the list from then on. "
	    "Opened, the list goes sealed to the other side. In a swap only a commitment to it is "
	    "logged: what opens it is kept on this machine until 'chiro list reveal'. "
	    "Match-only, every identifier on it is turned into a tag that only the node's key can "
	    "compute: the other side gets the tags, and asks the node, within the charter's "
	    "budgets, about what it wants to know. The other side learns of such a list how long "
	    "it "
	    "is (with decoys), which classes and lengths of prefixes it uses, and all contacts."),
	.examples = "  chiro list commit grid --mode opened\n"
		    "  chiro list commit grid --mode swap --answers south-7\n"
		    "  chiro list commit hospitals --mode match-only\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_SIGNER | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 1,
};

struct committing {
	const struct options *options;
	struct node node;
	struct list_source source;
	struct list_made *made;
	struct list_words words;
	struct prepared_body prepared;
	struct hash commitment;
	bool kept;
};

static int seal(struct committing *c, struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	int r;

	if ((r = body_recipients(&c->node, options_has(c->options, "eyes-heads"), recipients,
	                         error)) != OK ||
	    (r = sealed_body_of_parts(c->made->parts, c->made->part_count,
	                              BODY_LIST_CONTENT_MAXIMUM, recipients, NULL,
	                              &c->prepared.body, error)) != OK)
		return r;
	c->prepared.has_body = true;
	c->commitment = c->prepared.body.root;
	return OK;
}

static int make_opened(struct committing *c, struct error *error)
{
	int r = list_make_opened(c->source.text, &c->made, error);

	return r == OK ? seal(c, error) : r;
}

static int make_match_only(struct committing *c, struct error *error)
{
	int r = list_make_match_only(&c->node, &c->source.mapping, moment_now(), &c->made, error);

	if (r != OK || (r = seal(c, error)) != OK)
		return r;
	c->commitment = *list_made_first_root(c->made);
	return list_words_put_classes(&c->words, c->made->classes);
}

/* Only the commitment is logged now; who loses what opens it can never open the list. */
static int make_swap(struct committing *c, struct error *error)
{
	char path[OWN_PATH_CAPACITY], commitment[HASH_BASE64_CAPACITY];
	int r;

	if ((r = list_make_opened(c->source.text, &c->made, error)) != OK ||
	    (r = list_keep(&c->node, &c->made->parts[0], &c->commitment, path, error)) != OK)
		return r;
	c->kept = true;
	hash_to_base64(&c->commitment, commitment);
	list_words_put(&c->words, "commitment", commitment);
	advise(_("What opens this list is kept in %s, sealed to your own identity. If the file or "
	         "the identity is lost before 'chiro list reveal', the list can never be opened, "
	         "not even by you, and the record will show that it was not: keep a copy of both "
	         "elsewhere."),
	       path);
	return OK;
}

static const struct {
	const char *name;
	int (*make)(struct committing *c, struct error *error);
} modes[] = {
	{ "opened", make_opened },
	{ "match-only", make_match_only },
	{ "swap", make_swap },
};

/* Not refused: a list may go out in two ways. */
static void say_what_there_is(struct committing *c, const char *name)
{
	struct own_list before;
	int r = own_list_find(&c->node, name, &before, NULL);

	if (r == OK || r == ERROR_USAGE)
		advise(
		    _("'%s' is committed to already: see 'chiro list show'. This makes another "
		      "list beside it, with a budget of its own; 'chiro list update %s' publishes "
		      "the next version of the one there is."),
		    name, name);
}

static int prepare(struct committing *c, struct error *error)
{
	const char *mode = options_value(c->options, "mode");
	const char *answers = options_value(c->options, "answers");
	const char *name = c->options->arguments[0];
	int r;

	if (mode == NULL)
		return error_set(error, ERROR_USAGE,
		                 _("--mode is missing: opened, match-only or swap"));
	if (answers != NULL && strcmp(mode, "swap") != 0)
		return error_set(error, ERROR_USAGE, _("--answers goes only with --mode swap"));
	if ((r = list_source_own(&c->node.settings, name, &c->source, error)) != OK)
		return r;
	list_words_begin(&c->words, "list");
	list_words_put(&c->words, "mode", mode);
	list_words_put_number(&c->words, "epoch", 1);
	if (answers != NULL)
		list_words_put(&c->words, "answers", answers);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(modes[i].name, mode) == 0) {
			say_what_there_is(c, name);
			if ((r = modes[i].make(c, error)) != OK)
				return r;
			list_words_pass(&c->words, c->options);
			c->prepared.preview = buffer_view(&c->made->preview);
			return own_list_note(&c->node, name, &c->commitment, error);
		}
	return error_set(error, ERROR_USAGE, _("--mode wants opened, match-only or swap, not '%s'"),
	                 mode);
}

/* What came to no act leaves nothing behind. */
static void release(struct committing *c)
{
	if (!c->prepared.signing) {
		list_made_drop_keys(&c->node, c->made);
		if (c->kept)
			list_kept_forget(&c->node, &c->commitment);
	}
	if (c->prepared.has_body)
		sealed_body_release(&c->prepared.body);
	list_made_free(c->made);
	list_source_release(&c->source);
	node_close(&c->node);
}

int list_commit(int argc, char **argv)
{
	static struct committing c;
	struct options options;
	struct error error = { 0 };
	int r, status;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0 ||
	    (status = node_open(&options, true, &c.node)) >= 0)
		return status;
	c.options = &options;
	r = prepare(&c, &error);
	status = list_words_conclude(&c.words, &c.prepared, &usage, r, &error);
	release(&c);
	return status;
}
