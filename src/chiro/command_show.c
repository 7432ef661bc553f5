/* chiro show: everything about an act but its body. */
#include <inttypes.h>
#include <unistd.h>

#include "act.h"
#include "act_words.h"
#include "command.h"
#include "exchange.h"
#include "listing.h"
#include "moment.h"
#include "spoken_words.h"
#include "translate.h"
#include "which_channel.h"

static const struct option_row rows[] = {
	{ .name = "text", .help = N_("only the signed text, as it is") },
	{ .name = "words",
	  .value = N_("WORDS"),
	  .help = N_("the act that has these four code words, instead of one by name") },
	{ 0 },
};

static const struct usage usage = {
	.name = "show",
	.arguments = N_("[ACT]"),
	.help = N_(
	    "Shows everything about an act but its body, which 'chiro read' opens: who signed it, "
	    "when it was logged and receipted, what it is worth and why, its fields, what it "
	    "obliges whom to, and how our side can answer. Its code words are for the telephone: "
	    "two people who see the same four speak of the same act."),
	.examples = "  chiro show south-3\n  chiro show south-3 --text | sha256sum\n"
		    "  chiro show --words 'otter bronze linen cabin'\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_maximum = 1,
};

static void item_of(const char *label, const json_t *act, const char *name)
{
	if (member_string(act, name) != NULL)
		list_item(label, "%s", member_text(act, name));
}

/* How large a class of a list is, its decoys included, and which prefixes it has. */
static void show_commitment(const char *label, const struct field_value *value)
{
	const struct class_commitment *commitment = &value->as.commitment;
	struct bytes lengths = value->text, word;

	for (unsigned i = 0; i < 3; i++)
		bytes_cut(&lengths, ' ', &word);
	if (class_commitment_lengths(commitment) == 0)
		list_item(label, ngettext("%llu pair", "%llu pairs", commitment->pairs),
		          (unsigned long long)commitment->pairs);
	else
		list_item(label,
		          ngettext("%llu pair, of prefixes of %.*s bits",
		                   "%llu pairs, of prefixes of %.*s bits", commitment->pairs),
		          (unsigned long long)commitment->pairs, (int)lengths.size,
		          (const char *)lengths.data);
}

/* Nobody reads elements; how many there are counts. */
static void show_elements(const char *label, const struct field_value *value, size_t size)
{
	unsigned long count = (unsigned long)(value->text.size / 4 * 3 / size);

	list_item(label, ngettext("%lu evaluation", "%lu evaluations", count), count);
}

static void show_field(const struct field_value *value)
{
	const char *label = act_field_label(value->field);
	const char *word = act_field_word(value->field, value->text);

	if (word != NULL)
		list_item(label, "%s", word);
	else if (value->type == FIELD_CLASS_COMMITMENT)
		show_commitment(label, value);
	else if (strcmp(value->field->name, "blinded") == 0)
		show_elements(label, value, OPRF_ELEMENT_SIZE);
	else if (strcmp(value->field->name, "evaluated") == 0)
		show_elements(label, value, EXCHANGE_EVALUATION_SIZE);
	else
		list_item(label, "%.*s", (int)value->text.size, (const char *)value->text.data);
}

/* The fields of the act's kind, from its text. */
static void show_fields(const json_t *act)
{
	const char *text = member_text(act, "text");
	struct act parsed;

	/* A kind that is newer than this program stands in the text only. */
	if (act_parse(bytes_of_string(text), &parsed, NULL) != OK)
		return;
	for (size_t i = 0; i < parsed.field_count; i++) {
		/* What a note says is shown in words. */
		if (parsed.fields[i].type == FIELD_ENCODED && member(act, "stamp") != NULL)
			continue;
		show_field(&parsed.fields[i]);
	}
	list_time(_("not after"), parsed.not_after);
}

static void show_verdict(const json_t *act)
{
	const char *verdict = member_text(act, "verdict");

	if (strcmp(verdict, "void") == 0)
		list_item_styled(STYLE_BAD, _("verdict"), _("void: %s"), reason_for_people(act));
	else
		list_item_styled(STYLE_GOOD, _("verdict"), "%s", word_for_people(verdict));
	if (member_true(act, "disputed"))
		list_item_styled(STYLE_WARNING, "", "%s",
		                 _("disputed: its author was recalled from before it"));
	if (member_true(act, "retracted"))
		list_item_styled(STYLE_WARNING, "", "%s", _("retracted"));
}

/* Both sides have given up the keys to which the body is, or was, sealed. */
static void show_destruction(const json_t *act)
{
	const json_t *by = member(act, "attested_by");
	const char *first = json_string_value(json_array_get(by, 0));
	const char *second = json_string_value(json_array_get(by, 1));

	if (first == NULL || second == NULL)
		return;
	if (member_true(act, "destroyed"))
		list_item_styled(STYLE_WARNING, "", _("destroyed, as attested by %s and %s"), first,
		                 second);
	else
		list_item_styled(STYLE_WARNING, "", _("to be destroyed, as attested by %s and %s"),
		                 first, second);
}

static void show_body(const json_t *act)
{
	const json_t *body = member(act, "body");
	uint64_t held = member_number(body, "held"), size = member_number(body, "size");

	if (body == NULL)
		return;
	list_item(_("body"),
	          ngettext("%" PRIu64 " part, %" PRIu64 " bytes sealed",
	                   "%" PRIu64 " parts, %" PRIu64 " bytes sealed",
	                   member_number(body, "parts")),
	          member_number(body, "parts"), size);
	if (held < size && !member_true(act, "destroyed"))
		list_item_styled(STYLE_WARNING, "", _("%" PRIu64 " bytes of it are here yet"),
		                 held);
	if (member_true(act, "eyes_heads"))
		list_item("", "%s", _("for the eyes of the heads"));
	if (member_string(act, "fault") != NULL)
		list_item_styled(STYLE_BAD, "", "%s", word_for_people(member_text(act, "fault")));
	if (member_string(act, "resealed_by") != NULL)
		list_item("", _("sealed anew by %s"), member_text(act, "resealed_by"));
	show_destruction(act);
}

/* What a stamp says, and whether it counts. */
static void show_stamp(const json_t *stamp)
{
	char said[STAMP_TEXT_CAPACITY];

	if (stamp == NULL)
		return;
	stamp_for_people(stamp, said);
	list_item(_("says"), "%s", said);
	if (member_number(stamp, "bodies") > 0)
		list_item("",
		          ngettext("%" PRIu64 " sealed body with them",
		                   "%" PRIu64 " sealed bodies with them",
		                   member_number(stamp, "bodies")),
		          member_number(stamp, "bodies"));
	if (member_true(stamp, "late"))
		list_item_styled(STYLE_WARNING, "", "%s",
		                 _("it starts no clock: a side had closed before it was stamped"));
	if (member_string(stamp, "denied_by") != NULL)
		list_item_styled(
		    STYLE_BAD, "",
		    _("the depositary itself denies it: see %s. It counts for nothing, "
		      "and the depositary is not to be trusted"),
		    member_text(stamp, "denied_by"));
}

/* A moment that is so by the word of a neutral. */
static void show_stamped(const char *label, const char *text, const json_t *act, const char *when,
                         const char *by)
{
	char moment[MOMENT_CAPACITY];

	if (member_string(act, by) == NULL)
		return;
	moment_show(member_time(act, when), moment);
	list_item(label, text, moment, member_text(act, by));
}

static void show_acceptance(const json_t *act)
{
	static const struct {
		const char *name;
		enum style style;
		const char *text;
	} states[] = {
		{ "open", STYLE_WARNING,
		  N_("not proved to be in time yet: that takes their receipt, or a neutral's "
		     "word") },
		{ "receipted", STYLE_GOOD, N_("in time, by their receipt") },
		{ "stamped", STYLE_GOOD, N_("in time, by a neutral's word") },
		{ "unconfirmed", STYLE_BAD,
		  N_("unconfirmed: nothing proves that it was in time. A stamp of a neutral's time "
		     "by the "
		     "expiry still makes it count") },
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(member_text(act, "acceptance"), states[i].name) == 0)
			list_item_styled(states[i].style, _("acceptance"), "%s", _(states[i].text));
}

static void show_amendment(const json_t *act)
{
	const char *text = amendment_for_people(act);

	if (text != NULL)
		list_item(_("amendment"), text,
		          (unsigned long long)member_number(act, "charter") + 1);
}

static void show_course(const json_t *act, const char *receiver)
{
	const json_t *obligations = member(act, "obligations");
	timestamp now = moment_now();
	json_t *each;
	size_t i;

	if (member_true(act, "receipted"))
		list_item(_("receipted"), _("yes, by %s"), receiver);
	else
		list_item_styled(STYLE_WARNING, _("receipted"), "%s", _("not yet"));
	show_stamped(_("proved"), _("a neutral knew of it by %s: see %s"), act, "proved",
	             "proved_by");
	list_strings(STYLE_PLAIN, _("deposited"), member(act, "certificates"));
	show_stamped(_("deemed"), _("received at %s: see %s"), act, "deemed_receipt", "deemed_by");
	show_acceptance(act);
	show_amendment(act);
	item_of(_("read by"), act, "acknowledged_by");
	item_of(_("answered by"), act, "answered_by");
	if (member_string(act, "state") != NULL)
		list_item(_("state"), "%s", word_for_people(member_text(act, "state")));
	json_array_foreach(obligations, i, each)
	{
		if (i == 0)
			printf("\n%s%s%s\n", style(stdout, STYLE_STRONG), _("Obligations"),
			       style(stdout, STYLE_PLAIN));
		list_item(member_text(each, "owed_by"), "%s: %s",
		          word_for_people(member_text(each, "what")),
		          word_for_people(member_text(each, "state")));
		if (strcmp(member_text(each, "state"), "met") == 0)
			item_of("", each, "met_by");
		else
			list_deadline("", member_time(each, "deadline"), now);
		if (member_true(each, "deferred"))
			list_item("", "%s", _("its answer was put off until then"));
		if (member_true(each, "deemed"))
			list_item("", "%s", _("its clock runs by deemed receipt"));
	}
}

static void show_answers(const json_t *act, const char *name)
{
	const json_t *answers = member(act, "legal_answers");
	char line[LISTING_TEXT_CAPACITY] = "";
	json_t *each;
	size_t i;

	json_array_foreach(answers, i, each)
	{
		size_t used = strlen(line);

		snprintf(line + used, sizeof(line) - used, "%s%s", i > 0 ? ", " : "",
		         json_is_string(each) ? json_string_value(each) : "");
	}
	if (line[0] == '\0')
		return;
	putchar('\n');
	list_item(_("to answer"), "chiro reply %s %s", name, line);
}

static void show(const json_t *act, const struct which_channel *channel)
{
	const char *name = member_text(act, "name");
	const char *kind_word = member_text(act, "kind");
	const struct kind *kind = kind_by_name(bytes_of_string(kind_word));
	const char *party = member_text(act, "party");
	const char *receiver = strcmp(party, channel->own) == 0 ? channel->other : channel->own;
	char words[WORDS_SAID_CAPACITY];

	printf("%s%s  %s%s%s\n", style(stdout, STYLE_STRONG), name, kind_word,
	       style(stdout, STYLE_PLAIN), member_true(act, "exercise") ? _("  EXERCISE") : "");
	if (kind != NULL)
		list_item("", "%s", _(kind->help));
	show_verdict(act);
	list_item(_("author"), "%s@%s", member_text(act, "author"), party);
	item_of(_("cosigner"), act, "cosigner");
	list_time(_("signed"), member_time(act, "time"));
	list_time(_("logged"), member_time(act, "logged"));
	item_of(_("matter"), act, "matter");
	item_of(_("answers"), act, "answers");
	item_of(_("about"), act, "target");
	item_of(_("precedence"), act, "precedence");
	item_of(_("marking"), act, "marking");
	list_time(_("due"), member_time(act, "due"));
	show_fields(act);
	show_stamp(member(act, "stamp"));
	show_body(act);
	spoken_words_of(act, words);
	list_item(_("code words"), "%s", words);
	item_of(_("leaf"), act, "leaf");
	item_of(_("identity"), act, "identity");
	show_course(act, receiver);
	show_answers(act, name);
}

/* To a file or pipe the very bytes that were signed. */
static void give_text(const json_t *act)
{
	struct bytes text = bytes_of_string(member_text(act, "text"));

	if (isatty(STDOUT_FILENO))
		put_visible(stdout, text, true);
	else
		fwrite(text.data, 1, text.size, stdout);
}

/* The name of the act that is meant, with its NUL. */
static int find_name(const struct options *options, const struct node *node, struct buffer *name,
                     struct error *error)
{
	int r;

	if (options_has(options, "words"))
		return spoken_words_find(node->api, node->channel.id,
		                         options_value(options, "words"), name, error);
	if ((r = buffer_put_string(name, options->arguments[0])) == OK)
		r = buffer_put_u8(name, 0);
	return r;
}

int command_show(int argc, char **argv)
{
	char party[PARTY_ID_CAPACITY];
	struct options options;
	struct error error = { 0 };
	struct node node;
	struct buffer name;
	json_t *act = NULL;
	uint64_t number;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	if ((options.argument_count == 1) == options_has(&options, "words"))
		return usage_error(&usage, _("an act is missing, or its --words"));
	if (options.argument_count == 1 &&
	    act_name_read(options.arguments[0], party, &number, &error) != OK)
		return complain_error(NULL, &error);
	if ((result = node_open(&options, true, &node)) >= 0)
		return result;
	buffer_init(&name, ACT_NAME_CAPACITY);
	if ((r = find_name(&options, &node, &name, &error)) == OK)
		r = api_get(node.api, &act, &error, "/v1/channels/%s/acts/%s", node.channel.id,
		            (const char *)name.data);
	buffer_release(&name);
	if (r == OK && options_has(&options, "json"))
		print_json(act);
	else if (r == OK && options_has(&options, "text"))
		give_text(act);
	else if (r == OK)
		show(act, &node.channel);
	json_decref(act);
	node_close(&node);
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
