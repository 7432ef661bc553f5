/* chiro act: drafts, checks, shows, signs and logs an act of any kind. */
#include <unistd.h>

#include "acting.h"
#include "amending.h"
#include "command.h"
#include "consequences.h"
#include "drafting.h"
#include "files.h"
#include "leaving.h"
#include "minutes.h"
#include "nearest.h"
#include "sshsig.h"
#include "submission.h"
#include "terminal.h"
#include "translate.h"

/* Whether people make acts of this kind here. */
static bool is_offered(const struct kind *kind)
{
	return kind->in_this_version && kind_is_for_people(kind);
}

static int list_kinds(FILE *file, int status)
{
	enum { COLUMN = 14 };
	int matter = -1;

	fputs(_("usage: chiro act <kind> [options]\n"), file);
	for (int i = 0; i < KIND_COUNT; i++) {
		const struct kind *kind = kind_by_number((enum kind_number)i);

		if (!is_offered(kind))
			continue;
		if ((int)kind->matter != matter)
			fputc('\n', file);
		matter = (int)kind->matter;
		fputs("  ", file);
		print_padded(file, kind->name, COLUMN - 2);
		print_hanging(file, COLUMN, _(kind->help));
	}
	fputc('\n', file);
	print_wrapped(file, 0, _("'chiro help act <kind>' lists the options of a kind."));
	return status;
}

/* Shows what is about to be signed. */
static void show_draft(const struct node *node, const struct draft_act *draft)
{
	fputc('\n', stderr);
	put_visible(stderr, buffer_view(&draft->text), true);
	if (draft->preview.size > 0) {
		fputc('\n', stderr);
		put_visible(stderr, buffer_view(&draft->preview), true);
		fputc('\n', stderr);
	}
	if (draft->has_body)
		fprintf(stderr,
		        ngettext("(%llu part, %llu bytes, sealed for %s)\n",
		                 "(%llu parts, %llu bytes, sealed for %s)\n",
		                 (unsigned long)draft->body.parts),
		        (unsigned long long)draft->body.parts, (unsigned long long)draft->body.size,
		        draft->act.eyes_heads ? _("the two heads") : _("both sides"));
	fprintf(stderr, _("\nTo be logged by %s for %s and seen by %s.\n"), node->channel.own,
	        draft->act.author, node->channel.other);
}

/* Signs for the author and, where there is one, the cosigner. */
static int sign(const struct options *options, const struct node *node,
                const struct draft_act *draft, struct buffer armors[2], unsigned *ret_count,
                struct error *error)
{
	const char *second = options_value(options, "cosigner-key");
	int r = submission_sign(node->settings.key, buffer_view(&draft->text), &armors[0], error);

	*ret_count = 1;
	if (r != OK || draft->act.cosigner[0] == '\0')
		return r;
	*ret_count = 2;
	return submission_sign(second, buffer_view(&draft->text), &armors[1], error);
}

/* The author signs; the cosigner will, elsewhere or later. */
static int hand_in(const struct options *options, const struct node *node,
                   const struct draft_act *draft, struct error *error)
{
	struct buffer armor;
	json_t *reply = NULL;
	int r;

	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	if ((r = submission_sign(node->settings.key, buffer_view(&draft->text), &armor, error)) ==
	        OK &&
	    (!draft->has_body ||
	     (r = sealed_body_upload(&draft->body, node->api, node->channel.id, error)) == OK) &&
	    (r = submission_hand_in(node->api, node->channel.id, buffer_view(&draft->text),
	                            buffer_view(&armor), &reply, error)) == OK)
		submission_print_waiting(reply, draft->act.cosigner, options_has(options, "json"));
	json_decref(reply);
	buffer_release(&armor);
	return r;
}

static int sign_and_send(const struct options *options, const struct node *node,
                         const struct draft_act *draft, struct prepared_body *prepared,
                         struct error *error)
{
	struct buffer armors[SUBMISSION_ARMORS_MAXIMUM];
	struct bytes views[SUBMISSION_ARMORS_MAXIMUM];
	json_t *reply = NULL;
	unsigned count = 0;
	int r;

	for (int i = 0; i < SUBMISSION_ARMORS_MAXIMUM; i++)
		buffer_init(&armors[i], SSHSIG_ARMOR_MAXIMUM);
	if ((r = sign(options, node, draft, armors, &count, error)) != OK ||
	    (draft->has_body &&
	     (r = sealed_body_upload(&draft->body, node->api, node->channel.id, error)) != OK))
		goto out;
	for (unsigned i = 0; i < count; i++)
		views[i] = buffer_view(&armors[i]);
	if ((r = submission_send(node->api, node->channel.id, buffer_view(&draft->text), views,
	                         count, &reply, error)) == OK) {
		submission_print(reply, options_has(options, "json"));
		if (prepared != NULL)
			snprintf(prepared->logged, sizeof(prepared->logged), "%s",
			         member_text(reply, "name"));
	}
out:
	json_decref(reply);
	for (int i = 0; i < SUBMISSION_ARMORS_MAXIMUM; i++)
		buffer_release(&armors[i]);
	return r;
}

/* Leaves the text to be signed elsewhere; the body is with the node already. */
static int write_draft(const struct node *node, const struct draft_act *draft, const char *path,
                       struct error *error)
{
	int r;

	if (draft->has_body &&
	    (r = sealed_body_upload(&draft->body, node->api, node->channel.id, error)) != OK)
		return r;
	if ((r = file_write_new(path, buffer_view(&draft->text), 0644, error)) != OK)
		return r;
	printf(_("The text to be signed is in %s. Next, with this key or with signatures made "
	         "elsewhere:\n"
	         "  chiro send %s\n"
	         "  ssh-keygen -Y sign -n %s -f KEY %s; chiro send %s --signature %s.sig\n"),
	       path, path, ACT_NAMESPACE, path, path, path);
	return OK;
}

/* What ends with somebody's authority, before it is ended. */
static void show_leaving(const struct node *node, const struct act *act)
{
	const struct field_value *field = act_field(act, "delegate");
	char delegate[DELEGATE_NAME_CAPACITY];

	if (act->kind->number == KIND_RECALL && field != NULL &&
	    bytes_to_string(field->text, delegate, sizeof(delegate)) == OK)
		leaving_show(node, delegate);
}

/* What it means that a log goes on under another key, before that is signed. */
static void show_succession(const struct act *act)
{
	const struct field_value *office = act_field(act, "office");

	if (act->kind->number != KIND_APPOINT || office == NULL ||
	    !bytes_equal_string(office->text, "log"))
		return;
	fputc('\n', stderr);
	print_wrapped(
	    stderr, 0,
	    _("This names a new key for our log, which goes on under it from this act on: the "
	      "former key signs nothing more. The appointing key must sign it. Until it is "
	      "logged, for an hour at most, nothing else is. If somebody else may have the "
	      "former key, first let the line come up: what was shown the other side in our "
	      "name must be taken over before, or it will refuse our log from here."));
}

/* Prints what minutes of a meeting begin with. */
static int print_template(const struct options *options, struct node *node, struct error *error)
{
	static struct convened convened;
	const char *matter = options_value(options, "matter");
	struct act_reference reference;
	struct buffer text;
	json_t *act = NULL;
	int r;

	if (matter != NULL && (r = draft_resolve(node, matter, &reference, &act, error)) != OK)
		return r;
	convened_open(node, act, &convened);
	buffer_init(&text, BODY_CONTENT_MAXIMUM);
	if ((r = minutes_template(&convened, &text)) == OK) {
		/* Part of it is the other side's: to a terminal only what cannot deceive. */
		if (isatty(STDOUT_FILENO))
			put_visible(stdout, buffer_view(&text), true);
		else
			fwrite(text.data, 1, text.size, stdout);
	}
	buffer_release(&text);
	convened_release(&convened);
	json_decref(act);
	return r;
}

static int act_with(const struct draft_usage *usage, const struct kind *kind,
                    const struct options *options, struct node *node,
                    struct prepared_body *prepared, struct error *error)
{
	const char *path = options_value(options, "draft");
	struct draft_act draft;
	bool waits = options_has(options, "cosigner") && !options_has(options, "cosigner-key");
	int r;

	if (path != NULL && file_exists(path))
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"), path);
	if ((r = draft_make(usage, kind, options, node, prepared, &draft, error)) != OK)
		return r;
	if (draft.charter.size > 0 &&
	    (r = amending_give(node, buffer_view(&draft.charter), error)) != OK)
		goto out;
	if ((r = submission_check(node->api, node->channel.id, buffer_view(&draft.text), error)) !=
	    OK)
		goto out;
	if (draft.charter.size > 0 && !options_has(options, "yes") &&
	    (r = amending_show(node, stderr, buffer_view(&draft.charter), error)) != OK)
		goto out;
	show_leaving(node, &draft.act);
	show_succession(&draft.act);
	consequences_show(node, &draft.act);
	if (path != NULL) {
		if ((r = write_draft(node, &draft, path, error)) == OK && prepared != NULL)
			prepared->signing = true;
		goto out;
	}
	if (!options_has(options, "yes") && terminal_is_interactive()) {
		show_draft(node, &draft);
		if (!ask_yes(waits ? _("Sign this act, and have it wait for the cosigner?")
		                   : _("Sign and log this act?"))) {
			r = error_set(error, ERROR_DENIED, _("nothing is signed"));
			goto out;
		}
	}
	if (prepared != NULL)
		prepared->signing = true;
	r = waits ? hand_in(options, node, &draft, error)
	          : sign_and_send(options, node, &draft, prepared, error);
out:
	draft_release(&draft);
	return r;
}

static int unknown_kind(const char *name)
{
	const char *names[KIND_COUNT], *nearest;
	size_t count = 0;

	for (int i = 0; i < KIND_COUNT; i++)
		if (is_offered(kind_by_number((enum kind_number)i)))
			names[count++] = kind_by_number((enum kind_number)i)->name;
	nearest = nearest_word(name, names, count);
	complain(_("there is no kind of act '%s'"), name);
	if (nearest != NULL)
		advise(_("Did you mean '%s'?"), nearest);
	else
		advise(_("See 'chiro help act', which lists the kinds."));
	return STATUS_USAGE;
}

static bool has_word(int argc, char **argv, const char *word)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

/* Acts that another command makes, of a list or of what is asked: nobody types points of a curve.
 * NULL: this is none, or it is given whole. */
static const char *made_by(const struct kind *kind, int argc, char **argv)
{
	switch (kind->number) {
	case KIND_LIST:
		return "list commit";
	case KIND_REVEAL:
		return "list reveal";
	case KIND_UPDATE_LIST:
		return "list update";
	case KIND_QUERY:
		return has_word(argc, argv, "--blinded") ? NULL : "list check";
	case KIND_REPLY:
		return has_word(argc, argv, "--evaluated") || has_word(argc, argv, "--refused")
		           ? NULL
		           : "list reply";
	default:
		return NULL;
	}
}

int act_run(int argc, char **argv)
{
	return act_run_prepared(argc, argv, NULL);
}

int act_run_prepared(int argc, char **argv, struct prepared_body *prepared)
{
	const struct kind *kind = kind_by_name(bytes_of_string(argv[0]));
	struct draft_usage usage;
	struct options options;
	struct error error = { 0 };
	const char *command;
	struct node node;
	int r, status;

	if (kind == NULL)
		return unknown_kind(argv[0]);
	if (!is_offered(kind)) {
		complain(_("acts of kind '%s' are not made here in this version"), argv[0]);
		advise(_("See 'chiro help act', which lists the kinds."));
		return STATUS_USAGE;
	}
	if (prepared == NULL && !has_word(argc, argv, "--help") &&
	    (command = made_by(kind, argc, argv)) != NULL) {
		complain(_("an act '%s' is made by 'chiro %s'"), argv[0], command);
		advise(_("See 'chiro help %s'."), command);
		return STATUS_USAGE;
	}
	draft_usage_init(&usage, kind);
	if ((status = options_parse(&usage.usage, argc, argv, &options)) >= 0)
		return status;
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	r = options_has(&options, "template")
	        ? print_template(&options, &node, &error)
	        : act_with(&usage, kind, &options, &node, prepared, &error);
	node_close(&node);
	if (r == ERROR_USAGE)
		return usage_error(&usage.usage, "%s", error.message);
	return conclude(r, &error);
}

int command_act(int argc, char **argv)
{
	if (argc < 2)
		return list_kinds(stderr, STATUS_USAGE);
	if (strcmp(argv[1], "--help") == 0)
		return list_kinds(stdout, STATUS_OK);
	return act_run(argc - 1, argv + 1);
}
