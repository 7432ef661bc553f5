/* The kinds of `rules 1`. A row says nothing of a property that it leaves out:
 * ABSENT, no clock, not in this version. Once a charter has pinned rules 1, no
 * row of it changes. */
#include "kinds_table.h"

#include "identifier_class.h"

/* Laid out by hand, as a table. clang-format would break it up. */
/* clang-format off */

/* Marks a text for translation where it is shown. */
#define N_(text) text

/* Sets of kinds: a list is written once, with the word it goes to left open. */
#define LOW(kind) ((kind) < 64 ? UINT64_C(1) << ((kind) % 64) : 0)
#define HIGH(kind) ((kind) >= 64 ? UINT64_C(1) << ((kind) % 64) : 0)
#define SET(list) { { list(LOW), list(HIGH) } }

#define SERVICE(in) (in(KIND_RECEIPT) | in(KIND_FAULT) | in(KIND_RESEAL) | in(KIND_STAMP) | \
	in(KIND_TEST) | in(KIND_ECHO) | in(KIND_TALLY))
#define ALL_LOW UINT64_MAX
#define ALL_HIGH ((UINT64_C(1) << (KIND_COUNT - 64)) - 1)
#define ANY_KIND { { ALL_LOW & ~SERVICE(LOW), ALL_HIGH & ~SERVICE(HIGH) } }

#define AN_AMENDMENT(in) in(KIND_AMEND)
#define WHAT_IS_ACCEPTED(in) (in(KIND_CONVENE) | in(KIND_MINUTES) | in(KIND_PROPOSE) | \
	in(KIND_COUNTER) | in(KIND_FIND) | in(KIND_ASK_RELEASE) | in(KIND_COMMUNIQUE))
#define WHAT_IS_REJECTED(in) (WHAT_IS_ACCEPTED(in) | in(KIND_LIST))
#define A_REQUEST(in) in(KIND_REQUEST)
#define AN_ALLEGATION(in) in(KIND_ALLEGE)
#define WHAT_ASKS_A_POSITION(in) (in(KIND_ALLEGE) | in(KIND_NOTE_PUBLIC) | in(KIND_PRESS_CHECK))
#define A_PUBLIC_STATEMENT(in) in(KIND_NOTE_PUBLIC)
#define A_PROPOSAL(in) (in(KIND_PROPOSE) | in(KIND_COUNTER))
#define A_LIST(in) in(KIND_LIST)
#define A_QUERY(in) in(KIND_QUERY)
#define A_PROTEST(in) in(KIND_PROTEST)
#define A_RELEASE(in) (in(KIND_ASK_RELEASE) | in(KIND_COMMUNIQUE))
#define A_PRESS_CHECK(in) in(KIND_PRESS_CHECK)

/* Who signs: formal commitments, working acts, and what the duty desk may do. */
#define FORMAL (ROLE_HEAD | ROLE_DEPUTY)
#define WORKING (FORMAL | ROLE_OFFICER)
#define ANYBODY (WORKING | ROLE_DUTY)

/* What rows have in common. */
#define KIND(constant, word, its_matter, use) \
	.name = word, .number = constant, .matter = its_matter, .matter_use = use
#define BY(roles) .signers = roles, .cosigner = OPTIONAL, .not_after = OPTIONAL
#define BODY(its_presence) .body = its_presence, .eyes = OPTIONAL
#define ANSWERS(its_presence, list) .answers = its_presence, .answerable = SET(list)
#define OBLIGES(clock) .obliges = clock, .due = OPTIONAL, .precedence = OPTIONAL
#define READS(clock) .reads = clock, .precedence = OPTIONAL
#define HERE .in_this_version = true

#define FIELD(word, its_type, its_presence, text) \
	{ .name = word, .type = its_type, .presence = its_presence, .help = N_(text) }
#define CHOICE(word, words, its_presence, text) \
	{ .name = word, .type = FIELD_CHOICE, .presence = its_presence, .choices = words, \
	  .help = N_(text) }
#define FIELD_WHEN(first, word, its_type, its_presence, text) \
	{ .name = word, .type = its_type, .presence = its_presence, .when = first, \
	  .help = N_(text) }
#define COMMITMENT(word, text) FIELD_WHEN("match-only", word, FIELD_CLASS_COMMITMENT, OPTIONAL, text)
/* In the order of identifier_class.h. */
#define COMMITMENTS \
	COMMITMENT("ipv4", "commitment to the IPv4 prefixes"), \
	COMMITMENT("ipv6", "commitment to the IPv6 prefixes"), \
	COMMITMENT("asn", "commitment to the numbers of autonomous systems"), \
	COMMITMENT("domain", "commitment to the domains"), \
	COMMITMENT("certificate", "commitment to the hashes of certificates"), \
	COMMITMENT("spki", "commitment to the hashes of public keys")
#define FIELD_BY(word, its_types, text) \
	{ .name = word, .type = FIELD_BY_CHOICE, .presence = REQUIRED, .types = its_types, \
	  .help = N_(text) }

static const enum field_type office_keys[] = {
	FIELD_SSH_KEY, FIELD_SSH_KEY, FIELD_RAW_KEY, FIELD_RAW_KEY, FIELD_RAW_KEY, FIELD_RAW_KEY,
	FIELD_RECIPIENT,
};

static const enum field_type item_values[] = {
	FIELD_RECIPIENT, FIELD_ENDPOINTS, FIELD_RAW_KEY, FIELD_RAW_KEY, FIELD_RAW_KEY,
};

const struct kind kinds_table[KIND_COUNT] = {
	/* channel */
	[KIND_ACCEDE] = {
		KIND(KIND_ACCEDE, "accede", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD), HERE,
		.fields = {
			FIELD("signature", FIELD_ENCODED, REQUIRED, "the head's signature over the charter"),
		},
		.help = N_("accede to the charter: the first entry of a log") },
	[KIND_AMEND] = {
		KIND(KIND_AMEND, "amend", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD),
		HERE, ANSWERS(OPTIONAL, AN_AMENDMENT), OBLIGES(CLOCK_POSITION), .completes = true,
		.body = REQUIRED,
		.fields = {
			FIELD("version", FIELD_NUMBER, REQUIRED, "number of the new charter, from 2"),
			FIELD("previous", FIELD_HASH, REQUIRED, "SHA-256 of the charter that is changed"),
			FIELD("charter", FIELD_HASH, REQUIRED, "SHA-256 of the new charter"),
		},
		.help = N_("propose a new charter, or complete the other side's") },
	[KIND_ACCREDIT] = {
		KIND(KIND_ACCREDIT, "accredit", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD), HERE,
		.fields = {
			FIELD("delegate", FIELD_DELEGATE, REQUIRED, "name of the delegate"),
			CHOICE("role", "deputy|officer|duty", REQUIRED, "what the delegate may do"),
			FIELD("key", FIELD_SSH_KEY, REQUIRED, "the delegate's SSH public key"),
			FIELD("reading-key", FIELD_RECIPIENT, OPTIONAL, "the delegate's own age recipient"),
			FIELD("until", FIELD_TIME, OPTIONAL, "when the authority ends"),
		},
		.help = N_("give a person authority to act for the party") },
	[KIND_RECALL] = {
		KIND(KIND_RECALL, "recall", MATTER_CHANNEL, MATTER_LINE_NONE),
		BY(ROLE_HEAD | ROLE_APPOINTING), HERE,
		.fields = {
			FIELD("delegate", FIELD_DELEGATE, REQUIRED, "name of the delegate"),
			FIELD("since", FIELD_TIME, OPTIONAL, "acts since then are marked disputed"),
			FIELD("reason", FIELD_TEXT, OPTIONAL, "why, for everybody who reads the log"),
		},
		.help = N_("end a delegate's authority") },
	[KIND_APPOINT] = {
		KIND(KIND_APPOINT, "appoint", MATTER_CHANNEL, MATTER_LINE_NONE),
		.signers = ROLE_APPOINTING, .not_after = OPTIONAL, HERE,
		.fields = {
			CHOICE("office", "head|appointing|log|receipt|node|link|reading", REQUIRED,
			       "whose key is replaced"),
			FIELD_WHEN("head", "delegate", FIELD_DELEGATE, REQUIRED, "name of the new head"),
			FIELD_BY("key", office_keys, "the new key"),
			FIELD_WHEN("head", "reading-key", FIELD_RECIPIENT, OPTIONAL,
			           "the new head's own age recipient"),
			FIELD_WHEN("log", "size", FIELD_NUMBER, REQUIRED,
			           "entries of the log that the successor continues"),
			FIELD_WHEN("log", "root", FIELD_HASH, REQUIRED, "the root of these entries"),
		},
		.help = N_("name a head or replace a key, by the party's appointing key") },
	[KIND_REKEY] = {
		KIND(KIND_REKEY, "rekey", MATTER_CHANNEL, MATTER_LINE_NONE), BY(FORMAL), HERE,
		.fields = {
			CHOICE("item", "reading-key|endpoint|receipt-key|node-key|link-key", REQUIRED,
			       "what is replaced"),
			FIELD_BY("value", item_values, "the new key, or all endpoints"),
			FIELD("destroyed", FIELD_RECIPIENT, OPTIONAL,
			      "an old reading key that is attested destroyed"),
		},
		.help = N_("replace one of the node's keys or its endpoints") },
	[KIND_SUSPEND] = {
		KIND(KIND_SUSPEND, "suspend", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD), HERE,
		.fields = { FIELD("reason", FIELD_TEXT, OPTIONAL, "why, for everybody who reads the log") },
		.help = N_("suspend the talks: no new matters but incidents") },
	[KIND_RESUME] = {
		KIND(KIND_RESUME, "resume", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD), HERE,
		.fields = { FIELD("reason", FIELD_TEXT, OPTIONAL, "why, for everybody who reads the log") },
		.help = N_("end one's own suspension") },
	[KIND_WITHDRAW] = {
		KIND(KIND_WITHDRAW, "withdraw", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD), HERE,
		.fields = { CHOICE("from", "talks|channel", REQUIRED, "what is left") },
		.help = N_("withdraw from the talks or from the channel, with the charter's notice") },
	[KIND_CLOSE] = {
		KIND(KIND_CLOSE, "close", MATTER_CHANNEL, MATTER_LINE_NONE), BY(ROLE_HEAD), HERE,
		.help = N_("close one's own log: its last entry") },

	/* service */
	[KIND_RECEIPT] = {
		KIND(KIND_RECEIPT, "receipt", MATTER_SERVICE, MATTER_LINE_NONE), .signers = ROLE_NODE, HERE,
		.fields = {
			FIELD("size", FIELD_NUMBER, REQUIRED, "how many entries of the other log are held"),
			FIELD("root", FIELD_HASH, REQUIRED, "the root of the other log at that size"),
		},
		.help = N_("say what is held of the other log") },
	[KIND_FAULT] = {
		KIND(KIND_FAULT, "fault", MATTER_SERVICE, MATTER_LINE_NONE), .signers = ROLE_NODE, HERE,
		.fields = {
			FIELD("target", FIELD_ACT, REQUIRED, "the act whose body is at fault"),
			CHOICE("fault", "missing|unopenable|mismatch|cured", REQUIRED, "what is wrong"),
		},
		.help = N_("say that a body is missing, does not open or does not match") },
	[KIND_RESEAL] = {
		KIND(KIND_RESEAL, "reseal", MATTER_SERVICE, MATTER_LINE_NONE),
		.signers = ROLE_NODE | ANYBODY, HERE,
		.fields = {
			FIELD("target", FIELD_ACT, REQUIRED, "the own act whose body is sealed anew"),
			FIELD("blob", FIELD_BLOB, REQUIRED, "bytes and SHA-256 of the new sealed blob"),
		},
		.help = N_("send the same body sealed anew") },
	[KIND_STAMP] = {
		KIND(KIND_STAMP, "stamp", MATTER_SERVICE, MATTER_LINE_NONE), .signers = ROLE_NODE, HERE,
		.fields = {
			FIELD("log", FIELD_PARTY, REQUIRED, "whose log the note is about"),
			FIELD("note", FIELD_ENCODED, REQUIRED,
			      "a cosigned checkpoint, a certificate of deposit or an answer to a collection"),
		},
		.help = N_("put a neutral's time on record") },
	[KIND_TEST] = {
		KIND(KIND_TEST, "test", MATTER_SERVICE, MATTER_LINE_NONE), .signers = ROLE_NODE, HERE,
		.fields = { FIELD("nonce", FIELD_HASH, REQUIRED, "32 random bytes") },
		.help = N_("test the channel") },
	[KIND_ECHO] = {
		KIND(KIND_ECHO, "echo", MATTER_SERVICE, MATTER_LINE_NONE), .signers = ROLE_NODE, HERE,
		.fields = { FIELD("target", FIELD_ACT, REQUIRED, "the test that is answered") },
		.help = N_("answer a test of the channel") },
	[KIND_TALLY] = {
		KIND(KIND_TALLY, "tally", MATTER_SERVICE, MATTER_LINE_NONE), .signers = ROLE_NODE, HERE,
		.fields = {
			FIELD("list", FIELD_ACT, REQUIRED, "the list that was queried"),
			CHOICE("class", IDENTIFIER_CLASSES, REQUIRED, "class of the identifiers"),
			FIELD("count", FIELD_NUMBER, REQUIRED, "evaluations in the list's life so far"),
			FIELD("day", FIELD_TIME, REQUIRED, "the day of the last of them, its first second"),
			FIELD("today", FIELD_NUMBER, REQUIRED, "evaluations on that day"),
			FIELD("chain", FIELD_HASH, REQUIRED, "hash of the last answer's statement"),
		},
		.help = N_("say how often a list was queried") },

	/* any matter */
	[KIND_ACK] = {
		KIND(KIND_ACK, "ack", MATTER_ANY, MATTER_LINE_OPTIONAL), BY(ANYBODY), BODY(OPTIONAL), HERE,
		.answers = REQUIRED, .answerable = ANY_KIND,
		.help = N_("acknowledge: a person has read it; this is not agreement") },
	[KIND_COMMENT] = {
		KIND(KIND_COMMENT, "comment", MATTER_ANY, MATTER_LINE_OPTIONAL), BY(WORKING),
		BODY(REQUIRED), HERE,
		.answers = OPTIONAL, .answerable = ANY_KIND,
		.help = N_("say something that commits to nothing") },
	[KIND_CORRECT] = {
		KIND(KIND_CORRECT, "correct", MATTER_ANY, MATTER_LINE_OPTIONAL), BY(WORKING),
		BODY(REQUIRED), HERE,
		.fields = { FIELD("target", FIELD_ACT, REQUIRED, "the own act that is corrected") },
		.help = N_("correct what an own act says; it changes no rule's outcome") },
	[KIND_RETRACT] = {
		KIND(KIND_RETRACT, "retract", MATTER_ANY, MATTER_LINE_OPTIONAL), BY(WORKING),
		BODY(OPTIONAL), HERE,
		.fields = {
			FIELD("target", FIELD_ACT, REQUIRED, "the own unanswered act that is retracted"),
			FIELD("reason", FIELD_TEXT, OPTIONAL, "why, for everybody who reads the log"),
		},
		.help = N_("take back an own act that has no answer yet; nothing is deleted") },

	/* meeting */
	[KIND_CONVENE] = {
		KIND(KIND_CONVENE, "convene", MATTER_MEETING, MATTER_LINE_NEW), HERE, BY(WORKING),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.fields = { FIELD("held", FIELD_TIME, REQUIRED, "when the meeting begins") },
		.help = N_("call a meeting") },
	[KIND_ACCEPT] = {
		KIND(KIND_ACCEPT, "accept", MATTER_ANY, MATTER_LINE_JOIN), BY(FORMAL), HERE,
		ANSWERS(REQUIRED, WHAT_IS_ACCEPTED),
		.fields = {
			FIELD("text", FIELD_HASH, REQUIRED, "body root of exactly what is accepted"),
			FIELD("scope", FIELD_TEXT, OPTIONAL, "of a publication: what may be published"),
		},
		.help = N_("accept exactly the text that is answered") },
	[KIND_REJECT] = {
		KIND(KIND_REJECT, "reject", MATTER_ANY, MATTER_LINE_JOIN), BY(FORMAL), BODY(OPTIONAL), HERE,
		ANSWERS(REQUIRED, WHAT_IS_REJECTED),
		.fields = { FIELD("reason", FIELD_TEXT, OPTIONAL, "why, for everybody who reads the log") },
		.help = N_("reject what is answered") },
	[KIND_MINUTES] = {
		KIND(KIND_MINUTES, "minutes", MATTER_MEETING, MATTER_LINE_EITHER), HERE, BY(WORKING),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.fields = { FIELD("held", FIELD_TIME, REQUIRED, "when the meeting began") },
		.help = N_("lay minutes of a meeting before the other side") },
	[KIND_CALL] = {
		KIND(KIND_CALL, "call", MATTER_MEETING, MATTER_LINE_EITHER), HERE, BY(ANYBODY), BODY(REQUIRED),
		.fields = { FIELD("held", FIELD_TIME, REQUIRED, "when the call began") },
		.help = N_("put a telephone call on record") },

	/* incident */
	[KIND_NOTIFY] = {
		KIND(KIND_NOTIFY, "notify", MATTER_INCIDENT, MATTER_LINE_NEW), BY(ANYBODY),
		.precedence = REQUIRED, BODY(REQUIRED), HERE,
		.help = N_("notify an incident; implies no attribution") },
	[KIND_UPDATE] = {
		KIND(KIND_UPDATE, "update", MATTER_INCIDENT, MATTER_LINE_JOIN), BY(WORKING),
		.precedence = OPTIONAL, BODY(REQUIRED), HERE,
		.help = N_("say what is new about an incident") },
	[KIND_OFFER] = {
		KIND(KIND_OFFER, "offer", MATTER_INCIDENT, MATTER_LINE_JOIN), HERE, BY(WORKING),
		.precedence = OPTIONAL, BODY(REQUIRED),
		.help = N_("offer help with an incident") },
	[KIND_CONCLUDE] = {
		KIND(KIND_CONCLUDE, "conclude", MATTER_INCIDENT, MATTER_LINE_JOIN), BY(WORKING),
		BODY(OPTIONAL), HERE,
		.help = N_("conclude an incident") },

	/* request */
	[KIND_REQUEST] = {
		KIND(KIND_REQUEST, "request", MATTER_REQUEST, MATTER_LINE_EITHER), HERE, BY(WORKING),
		OBLIGES(CLOCK_REQUEST), BODY(REQUIRED),
		.fields = {
			CHOICE("wants", "information|assistance|evidence|mitigation", REQUIRED,
			       "what is asked for"),
		},
		.help = N_("ask for information, assistance, evidence or mitigation") },
	[KIND_PROVIDE] = {
		KIND(KIND_PROVIDE, "provide", MATTER_ANY, MATTER_LINE_JOIN), HERE, BY(WORKING), BODY(REQUIRED),
		ANSWERS(REQUIRED, A_REQUEST),
		.fields = { CHOICE("extent", "all|part", REQUIRED, "how much of what was asked for") },
		.help = N_("provide what was asked for") },
	[KIND_DEFER] = {
		KIND(KIND_DEFER, "defer", MATTER_ANY, MATTER_LINE_JOIN), HERE, BY(WORKING), BODY(OPTIONAL),
		ANSWERS(REQUIRED, A_REQUEST),
		.fields = { FIELD("until", FIELD_TIME, REQUIRED, "when the answer will be given") },
		.help = N_("put off the answer to a request, once") },
	[KIND_REFUSE] = {
		KIND(KIND_REFUSE, "refuse", MATTER_ANY, MATTER_LINE_JOIN), HERE, BY(WORKING), BODY(OPTIONAL),
		ANSWERS(REQUIRED, A_REQUEST),
		.fields = {
			CHOICE("reason", "not-authorised|legal|security|privacy|source-protection|no-basis|"
			       "disproportionate|other", REQUIRED, "why"),
		},
		.help = N_("refuse a request, with a reason") },
	[KIND_NOT_HELD] = {
		KIND(KIND_NOT_HELD, "not-held", MATTER_ANY, MATTER_LINE_JOIN), HERE, BY(WORKING), BODY(OPTIONAL),
		ANSWERS(REQUIRED, A_REQUEST),
		.help = N_("say that what was asked for is not held") },

	/* allegation */
	[KIND_ALLEGE] = {
		KIND(KIND_ALLEGE, "allege", MATTER_ALLEGATION, MATTER_LINE_NEW), HERE, BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.fields = { CHOICE("evidence", "offered|none-offered", REQUIRED, "whether evidence comes") },
		.help = N_("allege a conduct of the other side") },
	[KIND_SUBMIT] = {
		KIND(KIND_SUBMIT, "submit", MATTER_ALLEGATION, MATTER_LINE_JOIN), HERE, BY(WORKING),
		BODY(REQUIRED),
		.help = N_("lodge evidence") },
	[KIND_DENY] = {
		KIND(KIND_DENY, "deny", MATTER_ALLEGATION, MATTER_LINE_JOIN), HERE, BY(FORMAL), BODY(OPTIONAL),
		ANSWERS(REQUIRED, AN_ALLEGATION),
		.help = N_("deny an allegation") },
	[KIND_ADMIT] = {
		KIND(KIND_ADMIT, "admit", MATTER_ALLEGATION, MATTER_LINE_JOIN), HERE, BY(FORMAL), BODY(OPTIONAL),
		ANSWERS(REQUIRED, AN_ALLEGATION),
		.help = N_("admit what is alleged") },
	[KIND_NO_POSITION] = {
		KIND(KIND_NO_POSITION, "no-position", MATTER_ANY, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(OPTIONAL), ANSWERS(REQUIRED, WHAT_ASKS_A_POSITION),
		.help = N_("take no position") },
	[KIND_FIND] = {
		KIND(KIND_FIND, "find", MATTER_ALLEGATION, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.help = N_("state a finding, for the other side to share or reject") },
	[KIND_MAINTAIN] = {
		KIND(KIND_MAINTAIN, "maintain", MATTER_ALLEGATION, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(OPTIONAL),
		.help = N_("maintain an allegation after its answer") },
	[KIND_DROP] = {
		KIND(KIND_DROP, "drop", MATTER_ALLEGATION, MATTER_LINE_JOIN), HERE, BY(FORMAL), BODY(OPTIONAL),
		.help = N_("drop an allegation") },

	/* public statement */
	[KIND_NOTE_PUBLIC] = {
		KIND(KIND_NOTE_PUBLIC, "note-public", MATTER_STATEMENT, MATTER_LINE_NEW), HERE, BY(WORKING),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.fields = {
			CHOICE("supplied-by-us", "yes|no", REQUIRED, "whether the own side supplied the source"),
		},
		.help = N_("put a public statement to the side it speaks for") },
	[KIND_ADOPT] = {
		KIND(KIND_ADOPT, "adopt", MATTER_STATEMENT, MATTER_LINE_JOIN), HERE, BY(FORMAL), BODY(OPTIONAL),
		ANSWERS(REQUIRED, A_PUBLIC_STATEMENT),
		.help = N_("adopt a public statement as the party's own") },
	[KIND_DISOWN] = {
		KIND(KIND_DISOWN, "disown", MATTER_STATEMENT, MATTER_LINE_JOIN), HERE, BY(FORMAL), BODY(OPTIONAL),
		ANSWERS(REQUIRED, A_PUBLIC_STATEMENT),
		.help = N_("disown a public statement") },

	/* proposal */
	[KIND_PROPOSE] = {
		KIND(KIND_PROPOSE, "propose", MATTER_PROPOSAL, MATTER_LINE_NEW), BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED), HERE,
		.fields = { FIELD("expires", FIELD_TIME, REQUIRED, "until when it can be accepted") },
		.help = N_("propose a text for acceptance") },
	[KIND_COUNTER] = {
		KIND(KIND_COUNTER, "counter", MATTER_PROPOSAL, MATTER_LINE_JOIN), BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED), ANSWERS(REQUIRED, A_PROPOSAL), HERE,
		.fields = { FIELD("expires", FIELD_TIME, REQUIRED, "until when it can be accepted") },
		.help = N_("answer a proposal with another text") },
	[KIND_REPORT] = {
		KIND(KIND_REPORT, "report", MATTER_PROPOSAL, MATTER_LINE_JOIN), HERE, BY(WORKING), BODY(REQUIRED),
		.fields = { CHOICE("extent", "all|part", REQUIRED, "how much has been performed") },
		.help = N_("report what has been performed of an agreement") },
	[KIND_DENOUNCE] = {
		KIND(KIND_DENOUNCE, "denounce", MATTER_PROPOSAL, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(OPTIONAL),
		.fields = { FIELD("reason", FIELD_TEXT, OPTIONAL, "why, for everybody who reads the log") },
		.help = N_("end an agreement by one's own declaration") },

	/* list */
	[KIND_LIST] = {
		KIND(KIND_LIST, "list", MATTER_LIST, MATTER_LINE_NEW), HERE, BY(FORMAL), BODY(OPTIONAL),
		ANSWERS(OPTIONAL, A_LIST),
		OBLIGES(CLOCK_LIST_CHANGES), .obliges_when = "swap", .completes = true,
		.reads = CLOCK_LIST_CHANGES,
		.fields = {
			CHOICE("mode", "opened|match-only|swap", REQUIRED, "how the list is handed over"),
			FIELD("epoch", FIELD_NUMBER, REQUIRED, "version of the list: 1"),
			FIELD_WHEN("swap", "commitment", FIELD_HASH, REQUIRED,
			           "body root of what will be opened"),
			COMMITMENTS,
		},
		.help = N_("hand over, or commit to, a list of protected assets") },
	[KIND_REVEAL] = {
		KIND(KIND_REVEAL, "reveal", MATTER_LIST, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(REQUIRED), READS(CLOCK_LIST_CHANGES),
		.fields = { FIELD("epoch", FIELD_NUMBER, REQUIRED, "version of the list: 1") },
		.help = N_("open a list that was committed to") },
	[KIND_UPDATE_LIST] = {
		KIND(KIND_UPDATE_LIST, "update-list", MATTER_LIST, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(REQUIRED), READS(CLOCK_LIST_CHANGES),
		.fields = {
			CHOICE("mode", "opened|match-only", REQUIRED, "how the list is handed over"),
			FIELD("epoch", FIELD_NUMBER, REQUIRED, "version of the list: one more than the last"),
			COMMITMENTS,
		},
		.help = N_("publish a new version of a list, which takes the place of the last") },
	[KIND_RETIRE_LIST] = {
		KIND(KIND_RETIRE_LIST, "retire-list", MATTER_LIST, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(OPTIONAL), READS(CLOCK_LIST_CHANGES),
		.help = N_("retire a list: permission to use it ends") },
	[KIND_QUERY] = {
		KIND(KIND_QUERY, "query", MATTER_LIST, MATTER_LINE_JOIN), HERE, BY(WORKING),
		OBLIGES(CLOCK_REQUEST),
		.fields = {
			FIELD("epoch", FIELD_NUMBER, REQUIRED, "version of the list"),
			CHOICE("class", IDENTIFIER_CLASSES, REQUIRED, "class of the identifiers"),
			FIELD("blinded", FIELD_ENCODED, REQUIRED, "blinded elements, 32 bytes each"),
		},
		.help = N_("put a question to a list on record, which was refused or not answered") },
	[KIND_REPLY] = {
		KIND(KIND_REPLY, "reply", MATTER_LIST, MATTER_LINE_JOIN), HERE, BY(WORKING),
		ANSWERS(REQUIRED, A_QUERY),
		.fields = {
			FIELD("evaluated", FIELD_ENCODED, OPTIONAL,
			      "evaluated elements, each with its proof, 96 bytes each"),
			CHOICE("refused", "budget|epoch|retired|lost", OPTIONAL, "why it is not answered"),
		},
		.help = N_("answer a question to a list") },

	/* declaration */
	[KIND_DECLARE] = {
		KIND(KIND_DECLARE, "declare", MATTER_DECLARATION, MATTER_LINE_NEW), HERE, BY(FORMAL),
		BODY(OPTIONAL),
		.fields = {
			CHOICE("subject", "doctrine|policy|posture", REQUIRED, "what is declared"),
			CHOICE("content", "stated|nil", REQUIRED, "nil: there is none to declare"),
			FIELD("supersedes", FIELD_ACT, OPTIONAL, "an earlier declaration of one's own"),
		},
		.help = N_("declare a doctrine, a policy or a posture") },

	/* leak */
	[KIND_PROTEST] = {
		KIND(KIND_PROTEST, "protest", MATTER_LEAK, MATTER_LINE_NEW), BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.fields = {
			FIELD("leaked", FIELD_HASH, REQUIRED, "SHA-256 of the leaked bytes"),
			FIELD("tool", FIELD_TEXT, REQUIRED, "name and version of the extraction tool"),
		},
		.help = N_("protest against a leak") },
	[KIND_EXPLAIN] = {
		KIND(KIND_EXPLAIN, "explain", MATTER_LEAK, MATTER_LINE_JOIN), BY(FORMAL), BODY(REQUIRED),
		ANSWERS(REQUIRED, A_PROTEST),
		.help = N_("answer a protest") },
	[KIND_OPEN_COPY] = {
		KIND(KIND_OPEN_COPY, "open-copy", MATTER_LEAK, MATTER_LINE_JOIN), BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED), ANSWERS(REQUIRED, A_PROTEST),
		.help = N_("open what shows whose copy was leaked") },

	/* publication */
	[KIND_ASK_RELEASE] = {
		KIND(KIND_ASK_RELEASE, "ask-release", MATTER_PUBLICATION, MATTER_LINE_NEW), HERE, BY(WORKING),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.help = N_("ask for consent to publish") },
	[KIND_COMMUNIQUE] = {
		KIND(KIND_COMMUNIQUE, "communique", MATTER_PUBLICATION, MATTER_LINE_EITHER), HERE, BY(FORMAL),
		OBLIGES(CLOCK_POSITION), BODY(REQUIRED),
		.help = N_("propose the text of a joint communique") },
	[KIND_PUBLISH] = {
		KIND(KIND_PUBLISH, "publish", MATTER_PUBLICATION, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(OPTIONAL), ANSWERS(OPTIONAL, A_RELEASE),
		.fields = { FIELD("published", FIELD_HASH, REQUIRED, "SHA-256 of what was published") },
		.help = N_("say what has been published") },
	[KIND_PRESS_CHECK] = {
		KIND(KIND_PRESS_CHECK, "press-check", MATTER_PUBLICATION, MATTER_LINE_NEW), HERE, BY(WORKING),
		OBLIGES(CLOCK_REQUEST), BODY(REQUIRED),
		.help = N_("ask for a position on a public claim about the talks") },
	[KIND_CONFIRM] = {
		KIND(KIND_CONFIRM, "confirm", MATTER_PUBLICATION, MATTER_LINE_JOIN), HERE, BY(FORMAL),
		BODY(OPTIONAL), ANSWERS(REQUIRED, A_PRESS_CHECK),
		.help = N_("confirm a public claim") },
	[KIND_REBUT] = {
		KIND(KIND_REBUT, "rebut", MATTER_PUBLICATION, MATTER_LINE_JOIN), HERE, BY(FORMAL), BODY(OPTIONAL),
		ANSWERS(REQUIRED, A_PRESS_CHECK),
		.help = N_("rebut a public claim") },
};
/* clang-format on */
