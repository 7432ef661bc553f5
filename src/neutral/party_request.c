/* What a party of the channel alone can ask: to collect, and to leave a piece of a blob
 * that its log names. It shows a certificate by its link key. */
#include "link_certificate.h"
#include "notary_internal.h"
#include "sha.h"

enum { NONCES_MAXIMUM = 16384 /* of a party's for one log, that are remembered */ };

/* The signature by a key that one of these link keys has certified. */
static bool is_by(const struct deposit_keys *keys, const struct party_request *asked,
                  struct bytes message)
{
	const struct collect_envelope *envelope = &asked->envelope;
	struct ed25519_public key;

	for (size_t i = 0; i < keys->link_count; i++)
		if (link_certificate_verify(envelope->certificate, &keys->link_keys[i], asked->now,
		                            &key, NULL) == OK &&
		    ed25519_verify(&key, message, envelope->signature) == OK)
			return true;
	return false;
}

/* Whether a party may ask this. Either may collect either log, its own after a loss; but
 * bodies are left by the side alone whose log names them: the other may profit from
 * their never being whole here. */
static bool may_ask(const struct party_request *asked, unsigned party)
{
	return asked->request.kind != COLLECT_DEPOSIT || party == asked->box->deposit.party;
}

/* ERROR_NOT_FOUND: it is by no party that may ask it. */
static int find_party(const struct notary *notary, struct party_request *asked)
{
	size_t index = (size_t)(asked->box - notary->boxes) / 2 * 2;
	struct buffer message;
	int r;

	buffer_init(&message, DEPOSIT_REQUEST_MAXIMUM + 64);
	if ((r = collect_message(asked->envelope.text, &message)) == OK) {
		r = ERROR_NOT_FOUND;
		for (unsigned party = 0; party < 2 && r != OK; party++) {
			if (!may_ask(asked, party) ||
			    !is_by(&notary->boxes[index + party].deposit.keys, asked,
			           buffer_view(&message)))
				continue;
			asked->party = party;
			r = OK;
		}
	}
	buffer_release(&message);
	return r;
}

static bool is_for(const struct party_request *asked, struct bytes payload)
{
	struct hash hash;

	if (asked->request.kind != COLLECT_DEPOSIT)
		return true;
	sha256_of(&hash, payload);
	return hash_equal(&hash, &asked->request.hash);
}

/* 0 when the request may be answered, else the status, with a sentence. */
static int authorise(const struct notary *notary, struct party_request *asked, struct bytes payload,
                     unsigned *ret_status, const char **ret_why)
{
	timestamp time = asked->request.time, now = asked->now;
	bool repeated;
	int r;

	if (time < now - NOTARY_SKEW_MAXIMUM || time > now + NOTARY_SKEW_MAXIMUM) {
		*ret_status = 403;
		*ret_why = "the request's time is more than five minutes from the clock here";
		return OK;
	}
	if ((r = find_party(notary, asked)) == ERROR_NOT_FOUND) {
		*ret_status = 403;
		*ret_why =
		    asked->request.kind == COLLECT_DEPOSIT
			? "this is not signed by a key that the party whose log it is "
			  "certified"
			: "this is not signed by a key that a party of the channel certified";
		return OK;
	}
	if (r != OK || (r = deposit_box_knows_nonce(&asked->box->deposit, asked->request.nonce,
	                                            &repeated)) != OK)
		return r;
	*ret_status = 0;
	if (repeated) {
		*ret_status = 403;
		*ret_why = "a request with this nonce was answered already";
	} else if (!is_for(asked, payload)) {
		*ret_status = 403;
		*ret_why = "this is signed for another chunk";
	} else if (asked->box->deposit.nonces[asked->party] >= NONCES_MAXIMUM) {
		*ret_status = 429;
		*ret_why = "too many requests for this log: wait a few minutes";
	}
	return OK;
}

bool party_request_open(struct notary *notary, struct bytes body, enum collect_kind kind,
                        struct party_request *ret_asked, struct bytes *ret_payload,
                        struct neutral_answer *ret_answer)
{
	struct party_request asked = { .now = depositary_limits(notary).now };
	const char *why = "";
	struct bytes payload;
	struct error error;
	unsigned generation, status;
	int r;

	if (collect_envelope_get(body, &asked.envelope, &payload) != OK ||
	    (kind != COLLECT_DEPOSIT && payload.size > 0)) {
		notary_say(notary, ret_answer, 400, "this is not an envelope");
		return false;
	}
	if (collect_request_parse(asked.envelope.text, &asked.request, &error) != OK) {
		notary_say(notary, ret_answer, 400, "%s", error.message);
		return false;
	}
	if (asked.request.kind != kind) {
		notary_say(notary, ret_answer, 400, "this text is for another call");
		return false;
	}
	asked.box = depositary_find_box(notary, asked.request.origin, &generation);
	if (asked.box == NULL) {
		notary_say(notary, ret_answer, 404, "nothing is taken of a log of this origin");
		return false;
	}
	if ((r = authorise(notary, &asked, payload, &status, &why)) != OK) {
		notary_say_failure(notary, ret_answer, r);
		return false;
	}
	if (status != 0) {
		notary_say(notary, ret_answer, status, "%s", why);
		return false;
	}
	*ret_asked = asked;
	*ret_payload = payload;
	return true;
}

int party_request_put(struct notary *notary, const struct party_request *asked, timestamp signed_at)
{
	int r = deposit_box_put_nonce(&asked->box->deposit, asked->request.nonce,
	                              asked->request.time, asked->party);

	return r != OK ? r : notary_put_time(notary, asked->box->log, signed_at);
}

void party_request_stored(const struct party_request *asked, timestamp signed_at)
{
	asked->box->deposit.nonces[asked->party]++;
	asked->box->log->signed_at = signed_at;
}
