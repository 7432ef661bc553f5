/* chiro(1): the command for people and scripts. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "nearest.h"
#include "opened_body.h"
#include "terminal.h"
#include "translate.h"

/* In the order in which one meets them. */
static const struct command commands[] = {
	{ "init", N_("make the directory of a new node"), command_init },
	{ "invite", N_("make fresh keys for a new channel, and a card to hand over"),
	  command_invite },
	{ "join", N_("take the other side's card; accede to a signed charter"), command_join },
	{ "charter", N_("build, show, check and sign the text that constitutes a channel"),
	  command_charter },
	{ "act", N_("draft, sign and log an act"), command_act },
	{ "reply", N_("answer an act of the other side"), command_reply },
	{ "send", N_("log a text that was drafted, and perhaps signed, before"), command_send },
	{ "pending", N_("what waits for its second signature"), command_pending },
	{ "rules", N_("the kinds of acts, and what becomes of a matter"), command_rules },
	{ "keys", N_("who can sign for each side, and until when"), command_keys },
	{ "hold", N_("keep bodies whose reading keys are given up"), command_hold },
	{ "status", N_("how the node, the links and the logs are"), command_status },
	{ "inbox", N_("what we owe and are owed, and what nobody has acknowledged"),
	  command_inbox },
	{ "agenda", N_("what is open, in sections, with deadlines"), command_agenda },
	{ "brief", N_("one page for the head of the delegation, as text or PDF"), command_brief },
	{ "handover", N_("leave a shift to the next, by a page that is signed"), command_handover },
	{ "log", N_("the acts of both sides in order; matters"), command_log },
	{ "show", N_("everything about an act but its body"), command_show },
	{ "read", N_("open the body of an act"), command_read },
	{ "diff", N_("what changed between the texts of two acts"), command_diff },
	{ "translate", N_("keep a working translation, which commits nobody"), command_translate },
	{ "glossary", N_("the words that the sides have agreed on"), command_glossary },
	{ "list", N_("lists of critical infrastructure: hand over, swap, match"), command_list },
	{ "export", N_("write the record of a channel as files"), command_export },
	{ "disclose", N_("write a piece of the record as a bundle for others"), command_disclose },
	{ "verify", N_("verify a record or bundle, without any node"), command_verify },
	{ "certify", N_("certify that an act was not answered when it was due"), command_certify },
	{ "press-check", N_("check a claim of the press against the record"), command_press_check },
	{ "publish", N_("publish what both sides have agreed to"), command_publish },
	{ "wait", N_("wait for a receipt, or for something new"), command_wait },
	{ "pack", N_("write for the other side to a file what the line does not carry"),
	  command_pack },
	{ "take", N_("take such files"), command_take },
	{ "clock", N_("the node's clock, and a person's word for it"), command_clock },
	{ "test", N_("prove the link by an entry that the other node echoes"), command_test },
	{ "call", N_("who is on the telephone; minutes of a call"), command_call },
	{ "alarms", N_("what the alarm program was told, and whether it took it"), command_alarms },
	{ "backup", N_("back a node up, sealed; rehearse the restore"), command_backup },
	{ "recover", N_("bring back a channel after a loss, step by step"), command_recover },
	{ "succeed", N_("go on with fresh keys when all keys of the node are gone"),
	  command_succeed },
	{ "practice", N_("a channel on this machine with a counterpart that answers by itself"),
	  command_practice },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *names[COMMAND_COUNT], *nearest;

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i].name;
	nearest = nearest_word(name, names, COMMAND_COUNT);
	complain(_("there is no command '%s'"), name);
	if (nearest != NULL)
		advise(_("Did you mean '%s'?"), nearest);
	else
		advise(_("'chiro help' lists the commands."));
	return STATUS_USAGE;
}

static void list_commands(FILE *file)
{
	size_t widest = 0;

	fputs(_("usage: chiro <command> [options]\n\n"), file);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strlen(commands[i].name) > widest)
			widest = strlen(commands[i].name);
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		fputs("  ", file);
		print_padded(file, commands[i].name, widest + 2);
		print_hanging(file, (unsigned)widest + 4, _(commands[i].help));
	}
	fputc('\n', file);
	print_wrapped(file, 0, _("'chiro help <command>' explains a command. See chiro(1)."));
}

static int help(int argc, char **argv)
{
	const struct command *command;
	char option[] = "--help";
	char *words[] = { NULL, NULL, NULL, NULL };

	if (argc < 2) {
		list_commands(stdout);
		return STATUS_OK;
	}
	if ((command = command_find(argv[1])) == NULL)
		return unknown_command(argv[1]);
	words[0] = argv[1];
	words[1] = argc > 2 ? argv[2] : option;
	words[2] = argc > 2 ? option : NULL;
	return command->run(argc > 2 ? 3 : 2, words);
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc == 2 && strcmp(argv[1], OPENED_BODY_READER) == 0)
		return opened_body_reader();
	terminal_set_up();
	if (argc < 2) {
		list_commands(stderr);
		return STATUS_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("chiro " CHIRO_VERSION);
		return output_ends(STATUS_OK);
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return output_ends(help(argc - 1, argv + 1));
	if ((command = command_find(argv[1])) == NULL)
		return unknown_command(argv[1]);
	return output_ends(command->run(argc - 1, argv + 1));
}
