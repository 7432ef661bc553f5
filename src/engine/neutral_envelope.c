/* What the depositary answers to a party of the channel alone: requests by a key that is
 * made at each start and that the keeper certifies under the channel's link key. See
 * doc/PROTOCOL.log, "Depositary". */
#include "neutral.h"

#include "channel_internal.h"

#include <stdio.h>

enum { CERTIFICATE_HOURS = 12 /* half of what the keeper certifies for */ };

static int make_key(struct engine *engine)
{
	struct collector *collector = &engine->collector;
	int r;

	if (collector->made)
		return OK;
	if ((r = ed25519_generate(&collector->secret, &engine->settings.random)) == OK)
		collector->made = true;
	return r;
}

/* The keeper certifies the key for the channel, anew before a day is over. */
static int certify(struct engine_channel *channel)
{
	struct engine *engine = channel->engine;
	const struct engine_keeper *keeper = &engine->settings.keeper;
	uint64_t now = engine_monotonic(engine);
	const uint64_t life = (uint64_t)CERTIFICATE_HOURS * 3600 * 1000000000;
	struct error why = { 0 };
	int r;

	if ((r = make_key(engine)) != OK)
		return r;
	if (channel->collector_certificate.size > 0 && now - channel->certified_at < life)
		return OK;
	buffer_clear(&channel->collector_certificate);
	r = keeper->link_certificate(keeper->context, &channel->id,
	                             &engine->collector.secret.public_key,
	                             &channel->collector_certificate, &why);
	channel->certified_at = now;
	return r;
}

static int put_signed(const struct engine_channel *channel, const struct buffer *text,
                      struct buffer *body)
{
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct collect_envelope envelope = {
		.text = buffer_view(text),
		.certificate = buffer_view(&channel->collector_certificate),
		.signature = bytes_of(signature, sizeof signature),
	};
	struct buffer message;
	int r;

	buffer_init(&message, DEPOSIT_REQUEST_MAXIMUM + 64);
	if ((r = collect_message(buffer_view(text), &message)) == OK) {
		ed25519_sign(signature, &channel->engine->collector.secret, buffer_view(&message));
		r = collect_envelope_put(&envelope, body);
	}
	buffer_release(&message);
	return r;
}

int neutral_put_envelope(const struct neutral_question *question, struct collect_request *request,
                         struct buffer *body)
{
	struct engine_channel *channel = question->channel;
	struct random_source *random = &channel->engine->settings.random;
	struct buffer text;
	int r;

	if ((r = certify(channel)) != OK ||
	    (r = random->fill(random->context, request->nonce, sizeof request->nonce)) != OK)
		return r;
	snprintf(request->origin, sizeof request->origin, "%s",
	         channel->log_keys[question->party].name);
	request->time = engine_now(channel->engine);
	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	if ((r = collect_request_print(request, &text)) == OK)
		r = put_signed(channel, &text, body);
	buffer_release(&text);
	return r;
}

void neutral_envelope_refused(const struct neutral_question *question,
                              enum neutral_effort_kind kind, const char *what)
{
	/* The link key may be another by now. */
	buffer_clear(&question->channel->collector_certificate);
	neutral_failed(question, kind,
	               "it does not let us %s: it does not know our link key, or its clock is "
	               "another",
	               what);
}
