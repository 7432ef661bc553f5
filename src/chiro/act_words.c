#include "act_words.h"

#include "translate.h"

static const struct {
	const char *name, *label;
} labels[] = {
	{ "evidence", N_("its evidence") },
	{ "wants", N_("asks for") },
	{ "extent", N_("how much") },
	{ "reason", N_("reason") },
	{ "until", N_("until") },
	{ "held", N_("held") },
	{ "expires", N_("expires") },
	{ "scope", N_("scope") },
	{ "subject", N_("subject") },
	{ "content", N_("content") },
	{ "supersedes", N_("supersedes") },
	{ "supplied-by-us", N_("supplied") },
	{ "published", N_("published") },
	{ "delegate", N_("delegate") },
	{ "role", N_("role") },
	{ "since", N_("since") },
	{ "from", N_("leaves") },
	{ "target", N_("about") },
	{ "mode", N_("handed over") },
	{ "epoch", N_("version") },
	{ "commitment", N_("commitment") },
	{ "ipv4", N_("IPv4 prefixes") },
	{ "ipv6", N_("IPv6 prefixes") },
	{ "asn", N_("AS numbers") },
	{ "domain", N_("domains") },
	{ "certificate", N_("certificates") },
	{ "spki", N_("public keys") },
	{ "class", N_("class") },
	{ "blinded", N_("asked") },
	{ "evaluated", N_("evaluated") },
	{ "refused", N_("refused") },
	{ "list", N_("list") },
	{ "count", N_("so far") },
	{ "day", N_("day") },
	{ "today", N_("on that day") },
};

static const struct {
	const char *field, *word, *text;
} words[] = {
	{ "evidence", "offered", N_("evidence is offered") },
	{ "evidence", "none-offered", N_("no evidence is offered") },
	{ "wants", "information", N_("information") },
	{ "wants", "assistance", N_("assistance") },
	{ "wants", "evidence", N_("evidence of it") },
	{ "wants", "mitigation", N_("mitigation") },
	{ "extent", "all", N_("all of it") },
	{ "extent", "part", N_("a part of it") },
	{ "reason", "not-authorised", N_("nobody is authorised to give it") },
	{ "reason", "legal", N_("the law does not allow it") },
	{ "reason", "security", N_("security") },
	{ "reason", "privacy", N_("protection of persons") },
	{ "reason", "source-protection", N_("protection of a source") },
	{ "reason", "no-basis", N_("there is no basis for it") },
	{ "reason", "disproportionate", N_("it asks for too much") },
	{ "reason", "other", N_("another reason") },
	{ "subject", "doctrine", N_("doctrine") },
	{ "subject", "policy", N_("policy") },
	{ "subject", "posture", N_("posture") },
	{ "content", "stated", N_("stated in the body") },
	{ "content", "nil", N_("nil: there is none") },
	{ "supplied-by-us", "yes", N_("yes, by the side that cites it") },
	{ "supplied-by-us", "no", N_("no") },
	{ "role", "deputy", N_("deputy") },
	{ "role", "officer", N_("officer") },
	{ "role", "duty", N_("duty desk") },
	{ "from", "talks", N_("the talks") },
	{ "from", "channel", N_("the channel") },
	{ "mode", "opened", N_("opened: the other side reads it") },
	{ "mode", "match-only",
	  N_("match-only: the other side can ask whether something is on it") },
	{ "mode", "swap", N_("sealed swap: both commit, then both open") },
	{ "class", "ipv4", N_("IPv4 prefixes") },
	{ "class", "ipv6", N_("IPv6 prefixes") },
	{ "class", "asn", N_("AS numbers") },
	{ "class", "domain", N_("domains") },
	{ "class", "certificate", N_("certificates") },
	{ "class", "spki", N_("public keys") },
	{ "refused", "budget", N_("the budget does not allow it") },
	{ "refused", "epoch", N_("the list had another version before the question came") },
	{ "refused", "retired", N_("the list was retired before the question came") },
	{ "refused", "lost", N_("the key is lost: the question is refused without a ground") },
};

const char *act_field_label(const struct field *field)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].name, field->name) == 0)
			return _(labels[i].label);
	return field->name;
}

const char *act_field_word(const struct field *field, struct bytes word)
{
	if (field->type != FIELD_CHOICE)
		return NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].field, field->name) == 0 &&
		    bytes_equal_string(word, words[i].word))
			return _(words[i].text);
	return NULL;
}
