#include "reply_menu.h"

#include <string.h>

#include "kinds.h"
#include "listing.h"
#include "moment.h"
#include "nearest.h"
#include "translate.h"

enum { KIND_WIDTH = 16, WORDS_CAPACITY = 512 };

/* The role in which somebody can sign for our side now; 0 when that is not known. */
static unsigned role_of(const struct which_channel *channel, const char *author)
{
	const json_t *party = which_channel_party(channel, channel->own);
	timestamp now = moment_now();
	json_t *each;
	size_t i;

	json_array_foreach(member(party, "delegates"), i, each)
	{
		timestamp until = member_time(each, "until");

		if (strcmp(member_text(each, "name"), author) != 0 ||
		    member_true(each, "recalled") || (until != 0 && until < now))
			continue;
		for (unsigned role = ROLE_HEAD; role <= ROLE_DUTY; role *= 2)
			if (strcmp(member_text(each, "role"), role_name((enum role)role)) == 0)
				return role;
	}
	return 0;
}

static void list_roles(unsigned signers, char ret_text[WORDS_CAPACITY])
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (unsigned role = ROLE_HEAD; role <= ROLE_DUTY; role *= 2)
		if ((signers & role) != 0)
			used += (size_t)snprintf(ret_text + used, WORDS_CAPACITY - used, "%s%s",
			                         used > 0 ? ", " : "", role_name((enum role)role));
}

/* Who can sign an act of a kind, and whether the reader is one of them. */
static void print_signers(const struct which_channel *channel, const struct kind *kind,
                          unsigned role)
{
	unsigned signers = kind->signers & (ROLE_HEAD | ROLE_DEPUTY | ROLE_OFFICER | ROLE_DUTY);
	char roles[WORDS_CAPACITY], text[2 * WORDS_CAPACITY];
	bool may = (signers & role) != 0;

	list_roles(signers, roles);
	if (may)
		snprintf(text, sizeof(text), _("you can sign it, as %s"),
		         role_name((enum role)role));
	else if (signers == ROLE_HEAD)
		snprintf(text, sizeof(text), "%s", _("NEEDS THE HEAD"));
	else if (role != 0)
		snprintf(text, sizeof(text), _("NEEDS ANOTHER: %s"), roles);
	else
		snprintf(text, sizeof(text), _("signed by: %s"), roles);
	if (kind->cosigner != ABSENT &&
	    kind_set_has(&channel->charter->two_signatures, kind->number)) {
		size_t used = strlen(text);

		snprintf(text + used, sizeof(text) - used, "%s", _(", with a second signature"));
	}
	fputs(style(stdout, may ? STYLE_GOOD : role != 0 ? STYLE_WARNING : STYLE_FAINT), stdout);
	print_wrapped(stdout, KIND_WIDTH, text);
	fputs(style(stdout, STYLE_PLAIN), stdout);
}

/* What our side owes for the act, or that it owes nothing. */
static void print_deadlines(const struct which_channel *channel, const json_t *act)
{
	json_t *each;
	size_t i, owed = 0;

	json_array_foreach(member(act, "obligations"), i, each)
	{
		if (strcmp(member_text(each, "owed_by"), channel->own) != 0 ||
		    strcmp(member_text(each, "state"), "met") == 0)
			continue;
		list_obligation(each, moment_now());
		owed++;
	}
	if (owed == 0)
		printf(_("%s asks us for nothing that is still owed.\n"), member_text(act, "name"));
	list_deadline(_("expires"), member_time(act, "expires"), moment_now());
}

void reply_menu_show(const struct which_channel *channel, const json_t *act, const char *author)
{
	unsigned role = role_of(channel, author);
	json_t *each;
	size_t i;

	print_deadlines(channel, act);
	printf(_("\nIt can be answered by:\n"));
	json_array_foreach(member(act, "legal_answers"), i, each)
	{
		const char *name = json_string_value(each);
		const struct kind *kind = name == NULL ? NULL : kind_by_name(bytes_of_string(name));

		if (kind == NULL)
			continue;
		printf("  %s", style(stdout, STYLE_STRONG));
		print_padded(stdout, kind->name, KIND_WIDTH - 2);
		fputs(style(stdout, STYLE_PLAIN), stdout);
		print_hanging(stdout, KIND_WIDTH, _(kind->help));
		print_signers(channel, kind, role);
	}
}

int reply_menu_check(const json_t *act, const char *word, struct error *error)
{
	const json_t *answers = member(act, "legal_answers");
	const char *words[KIND_COUNT], *nearest = NULL;
	char list[WORDS_CAPACITY] = "";
	size_t i, count = 0, used = 0;
	json_t *each;

	json_array_foreach(answers, i, each)
	{
		if (count == KIND_COUNT || json_string_value(each) == NULL)
			break;
		words[count++] = json_string_value(each);
		if (strcmp(word, json_string_value(each)) == 0)
			return OK;
		if (used < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
			                         used > 0 ? ", " : "", json_string_value(each));
	}
	if (kind_by_name(bytes_of_string(word)) == NULL)
		nearest = nearest_word(word, words, count);
	if (nearest != NULL)
		return error_set(error, ERROR_STATE,
		                 _("%s cannot be answered by '%.64s': did you mean '%s'?"),
		                 member_text(act, "name"), word, nearest);
	return error_set(error, ERROR_STATE, _("%s cannot be answered by '%.64s' now, only by: %s"),
	                 member_text(act, "name"), word, list);
}
