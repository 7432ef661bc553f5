#include "submission.h"

#include "listing.h"
#include "moment.h"
#include "signer.h"
#include "terminal.h"
#include "translate.h"

static json_t *json_bytes(struct bytes text)
{
	return json_stringn((const char *)text.data, text.size);
}

/* What helps against some of the reasons for which an act would be void. */
static const struct {
	const char *reason, *advice;
} remedies[] = {
	{ "not-accredited", N_("'chiro keys' shows who can sign") },
	{ "wrong-key", N_("'chiro keys' shows who can sign, and with which key") },
	{ "expired-authority", N_("'chiro keys' shows until when") },
	{ "not-empowered", N_("'chiro keys' shows who else can sign") },
	{ "cosigner-required", N_("see --cosigner") },
	{ "duplicate", N_("it has been said already") },
	{ "field", N_("a time that is past, or somebody or something that is not there") },
	{ "matter-state", N_("'chiro reply ACT' shows what can be said now") },
	{ "channel-state", N_("see 'chiro status'") },
};

static const char *remedy_for(const char *reason)
{
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strcmp(remedies[i].reason, reason) == 0)
			return _(remedies[i].advice);
	return NULL;
}

int submission_check(struct api *api, const char *channel, struct bytes text, struct error *error)
{
	json_t *request = json_pack("{s:o}", "text", json_bytes(text));
	json_t *reply = NULL;
	const char *reason, *remedy;
	int r;

	if ((r = api_send(api, "POST", request, &reply, error, "/v1/channels/%s/check", channel)) !=
	    OK)
		return r;
	if (strcmp(member_text(reply, "verdict"), "valid") != 0) {
		reason = reason_for_people(reply);
		remedy = remedy_for(member_text(reply, "reason"));
		r = remedy != NULL
		        ? error_set(error, ERROR_DENIED, _("this act would be void: %s (%s)"),
		                    reason, remedy)
		        : error_set(error, ERROR_DENIED, _("this act would be void: %s"), reason);
	}
	json_decref(reply);
	return r;
}

int submission_sign(const char *key, struct bytes text, struct buffer *armor, struct error *error)
{
	struct ssh_key signer;

	if (key == NULL || key[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 _("no key to sign with: give --key or set CHIRO_KEY"));
	return signer_sign(key, ACT_NAMESPACE, text, armor, &signer, error);
}

int submission_send(struct api *api, const char *channel, struct bytes text,
                    const struct bytes *armors, unsigned armor_count, json_t **ret_reply,
                    struct error *error)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < armor_count; i++)
		json_array_append_new(list, json_bytes(armors[i]));
	return api_send(api, "POST",
	                json_pack("{s:o,s:o}", "text", json_bytes(text), "armors", list), ret_reply,
	                error, "/v1/channels/%s/acts", channel);
}

int submission_hand_in(struct api *api, const char *channel, struct bytes text, struct bytes armor,
                       json_t **ret_reply, struct error *error)
{
	return api_send(
	    api, "POST",
	    json_pack("{s:o,s:o}", "text", json_bytes(text), "armor", json_bytes(armor)), ret_reply,
	    error, "/v1/channels/%s/pending", channel);
}

void submission_print_waiting(const json_t *reply, const char *cosigner, bool json)
{
	unsigned long long number = member_number(reply, "number");
	char until[MOMENT_CAPACITY];

	if (json) {
		print_json(reply);
		return;
	}
	moment_show(member_time(reply, "expires"), until);
	printf(_("%llu waits for the signature of %s, until %s\n"), number, cosigner, until);
	printf(_("Next, by %s:\n  chiro pending sign %llu\n"), cosigner, number);
}

void submission_print(const json_t *reply, bool json)
{
	char logged[MOMENT_CAPACITY];

	if (json) {
		print_json(reply);
		return;
	}
	moment_show(member_time(reply, "logged"), logged);
	if (member_true(reply, "duplicate"))
		printf(_("%s had been logged already"), member_text(reply, "name"));
	else
		printf(_("%s is logged, %s"), member_text(reply, "name"), logged);
	fputc('\n', stdout);
}
