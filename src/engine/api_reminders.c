/* Authority that ends soon, of both sides. */
#include "api_call.h"
#include "reminders.h"

static void write_reminder(struct api_writer *writer, const struct engine_channel *channel,
                           unsigned party, const struct reminder *reminder)
{
	const struct delegate *delegate = reminder->delegate;

	api_write_begin(writer, NULL);
	api_write_string(writer, "party", api_party_id(channel, party));
	api_write_string(writer, "what", reminder_name(reminder->what));
	api_write_string(writer, "delegate", delegate != NULL ? delegate->name : NULL);
	api_write_string(writer, "role", delegate != NULL ? role_name(delegate->role) : NULL);
	api_write_string(writer, "kind", reminder->kind != NULL ? reminder->kind->name : NULL);
	api_write_time(writer, "time", reminder->time);
	/* What the other side lacks is for its own people to see to. */
	api_write_bool(writer, "urgent", reminder->urgent && party == channel->own);
	api_write_end(writer);
}

void api_write_reminders(struct api_writer *writer, const struct engine_channel *channel)
{
	const unsigned parties[] = { channel->own, channel->other };
	timestamp now = engine_now(channel->engine);

	api_write_begin(writer, "reminders");
	for (size_t i = 0; i < 2; i++) {
		struct reminder reminders[REMINDERS_MAXIMUM];
		size_t count = reminders_list(channel->rules, channel_charter(channel), parties[i],
		                              now, reminders);

		for (size_t j = 0; j < count; j++)
			write_reminder(writer, channel, parties[i], &reminders[j]);
	}
	api_write_end(writer);
}
