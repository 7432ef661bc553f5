/* The lessons of a practice, and how its counterpart answers. */
#include "practice_progress.h"
#include "translate.h"

/* clang-format off */
const struct practice_lesson practice_lessons[] = {
	{
		.title = N_("Who is there, and how things are"),
		.says = N_("You are the head of the party north; your key is on this machine. Look "
		           "around, then give a duty officer authority: a key, a name, a role, an end."),
		.commands = "chiro status\n"
		            "chiro keys\n"
		            "chiro charter show\n"
		            "chiro rules notify\n"
		            "chiro act accredit --delegate a.duty --role duty \\\n"
		            "    --new-key a.duty.pub --until +30d",
		.done_by = "accredit",
	},
	{
		.title = N_("An incident at 3 a.m."),
		.says = N_("South has notified an incident, with precedence flash. Read it and say that "
		           "somebody has read it: an acknowledgement is no agreement. Read the code words "
		           "of the act over the telephone if you want to be sure that both speak of "
		           "the same."),
		.commands = "chiro inbox\n"
		            "chiro read {act}\n"
		            "chiro show {act}\n"
		            "chiro reply {act}\n"
		            "chiro reply {act} ack --author a.duty --key a.duty",
		.done_by = "ack",
		.opening = OPENING_ACT,
		.words = "act notify --precedence flash --marking TLP:AMBER --subject Outage",
		.text = N_("Since 02:40 UTC the booking system of our railway does not answer. We do not "
		           "know why yet.\n\nThis notification names nobody."),
	},
	{
		.title = N_("A proposal"),
		.says = N_("South proposes something. Accept exactly this text, reject it, or answer with "
		           "another text."),
		.commands = "chiro read {act}\n"
		            "chiro agenda\n"
		            "chiro reply {act} accept",
		.done_by = "accept|reject|counter",
		.opening = OPENING_ACT,
		.words = "act propose --expires +2d --marking TLP:AMBER --subject Hotline",
		.text = N_("The duty desks test the telephone line on the first Monday of each month."),
	},
	{
		.title = N_("Your own proposal, and a counter-proposal"),
		.says = N_("Propose something yourself. South will answer with a text of its own; read "
		           "what changed, then accept or reject it. Ctrl-D ends the text that you type; "
		           "south-N is the act that the inbox names."),
		.commands = "chiro act propose --expires +1d --text -\n"
		            "chiro inbox\n"
		            "chiro diff south-N --previous\n"
		            "chiro reply south-N accept",
		.done_by = "accept|reject",
	},
	{
		.title = N_("Questions"),
		.says = N_("Ask for information: South provides it. Ask for assistance or mitigation: it "
		           "refuses, or puts it off. Look at the agenda in between."),
		.commands = "chiro act request --wants information --text -\n"
		            "chiro act request --wants mitigation --text -\n"
		            "chiro agenda",
		.done_by = "request",
	},
	{
		.title = N_("Silence"),
		.says = N_("Ask for evidence. South does not answer that. The clock of this charter for "
		           "requests is 90 seconds; wait until the agenda says 'silent', then have it "
		           "certified: a test makes South's node sign something later. The certificate is "
		           "checked without any node. Say anything to go on."),
		.commands = "chiro act request --wants evidence --text -\n"
		            "chiro agenda --watch\n"
		            "chiro test\n"
		            "chiro certify silence north-N silence\n"
		            "chiro verify silence\n"
		            "chiro reply north-N comment --text -",
		.done_by = "comment",
	},
	{
		.title = N_("A body that does not open"),
		.says = N_("What South has just sent does not open: your node has said so in your log by "
		           "a 'fault', and the act obliges you to nothing. Tell South; it then seals the "
		           "same text anew, and the fault is cured."),
		.commands = "chiro read {act}\n"
		            "chiro log\n"
		            "chiro act comment --text -\n"
		            "chiro read {act}",
		.done_by = "comment",
		.opening = OPENING_FAULT,
		.words = "comment",
		.text = N_("The firewall logs of the night, as agreed."),
	},
	{
		.title = N_("A meeting and its minutes"),
		.says = N_("Call a meeting. South accepts and lays minutes before you; what you accept are "
		           "agreed minutes."),
		.commands = "chiro act convene --held +1h --text - \\\n"
		            "    --detail participant=a.head --detail participant=b.head \\\n"
		            "    --detail place=telephone\n"
		            "chiro inbox\n"
		            "chiro read south-N\n"
		            "chiro reply south-N accept",
		.done_by = "accept|reject",
	},
	{
		.title = N_("An accusation"),
		.says = N_("South alleges something, offers no evidence, and leaves out what such an act "
		           "should say: 'read' shows what is missing. Deny it, or ask for evidence first."),
		.commands = "chiro read {act}\n"
		            "chiro reply {act} deny --text -",
		.done_by = "deny|admit|no-position",
		.opening = OPENING_BARE,
		.words = "allege",
		.text = N_("The outage of our railway was your doing."),
	},
	{
		.title = N_("Publication"),
		.says = N_("South asks to publish. Reject it: South publishes all the same. Nobody can "
		           "prevent that, but it stands on the record as one-sided."),
		.commands = "chiro read {act}\n"
		            "chiro reply {act} reject\n"
		            "chiro log --matters",
		.done_by = "reject|accept",
		.opening = OPENING_ACT,
		.words = "act ask-release --marking TLP:AMBER",
		.text = N_("We should like to tell the press that our duty desks talk to each other."),
	},
	{
		.title = N_("The press asks"),
		.says = N_("A newspaper claims something about the talks. Check it against the record, "
		           "then ask South for its position on it."),
		.commands = "chiro press-check claim.txt\n"
		            "chiro act press-check --text claim.txt",
		.done_by = "press-check",
	},
	{
		.title = N_("A list that can be asked, and not read"),
		.says = N_("South has committed to a list of what must be left alone. It does not show "
		           "it; you can ask whether something is on it, so many times a day, and South "
		           "does not learn what you ask. Ask about an address and a name, see what is "
		           "left, and have a hit proved for others. Then say that you have seen the list."),
		.commands = "chiro list show {act}\n"
		            "chiro list check {act} 203.0.113.7 pump.example\n"
		            "chiro list budget\n"
		            "chiro list prove {act} 203.0.113.0/24 --output hit\n"
		            "chiro verify hit\n"
		            "chiro reply {act} ack",
		.done_by = "ack",
		.opening = OPENING_LIST,
		.words = "list commit " PRACTICE_LIST " --mode match-only --marking TLP:AMBER",
		.text = "203.0.113.0/24\nbooking.railway.example\n",
	},
	{
		.title = N_("To show one paragraph, and nothing else"),
		.says = N_("Take one act and show it to somebody who has no node: signature, proof, and "
		           "only the paragraphs that you choose. Then write the shift's handover. Suspend "
		           "the talks when you have seen enough."),
		.commands = "chiro disclose north-N shown --paragraph 1\n"
		            "chiro verify shown\n"
		            "chiro handover\n"
		            "chiro act suspend",
		.done_by = "suspend",
	},
	{
		.title = N_("The end"),
		.says = N_("South withdraws from the channel. Nobody need agree; after the notice, here "
		           "30 seconds, either side can close. Close your log, take the record with you and "
		           "check it."),
		.commands = "chiro status\n"
		            "chiro act close\n"
		            "chiro export record\n"
		            "chiro verify record",
		.done_by = "close",
		.opening = OPENING_ACT,
		.words = "act withdraw --from channel",
	},
};
const uint64_t practice_lesson_count = sizeof(practice_lessons) / sizeof(practice_lessons[0]);

const struct practice_reaction practice_reactions[] = {
	{ "notify", NULL, "reply {act} ack", NULL },
	{ "propose", NULL, "reply {act} counter --expires +1d",
	  N_("Agreed, but the line is tested on the first Tuesday.") },
	{ "counter", NULL, "reply {act} accept", NULL },
	{ "request", "wants information", "reply {act} provide --extent all",
	  N_("The duty desk is manned day and night; its number stands in the annex to the charter.") },
	{ "request", "wants assistance", "reply {act} refuse --reason legal",
	  N_("Our law does not let us.") },
	{ "request", "wants mitigation", "reply {act} defer --until +10m",
	  N_("We have to ask the operator.") },
	{ "request", "wants evidence", NULL, NULL },
	{ "convene", NULL, "reply {act} accept", NULL },
	{ "convene", NULL, "act minutes --matter {act} --held +0s --detail participant=a.head "
	  "--detail participant=b.head --detail place=telephone",
	  N_("Both sides met.\n\nThey agreed to meet again.") },
	{ "minutes", NULL, "reply {act} accept", NULL },
	{ "call", NULL, "reply {act} ack", NULL },
	{ "list", NULL, "reply {act} ack", NULL },
	{ "allege", NULL, "reply {act} deny", N_("We have nothing to do with it.") },
	{ "note-public", NULL, "reply {act} disown", NULL },
	{ "ask-release", NULL, "reply {act} accept --scope all", NULL },
	{ "communique", NULL, "reply {act} accept --scope all", NULL },
	{ "press-check", NULL, "reply {act} confirm", NULL },
	{ "find", NULL, "reply {act} reject", NULL },
	/* Of what it had asked to publish: it does so without consent. The hash is that of
	 * "Our duty desks talk to each other." with a line feed. */
	{ "reject", "ask-release",
	  "act publish --matter {answered} --published "
	  "m2s27U2VqH7p71C1GiXLRAnFCdeRGBfSrZVPaU9zRNY=", NULL },
	{ "close", NULL, "act close", NULL },
};
const uint64_t practice_reaction_count =
	sizeof(practice_reactions) / sizeof(practice_reactions[0]);
/* clang-format on */
