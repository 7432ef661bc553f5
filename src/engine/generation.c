#include "allocate.h"
#include "channel_internal.h"
#include "text.h"

/* Who signs heads of which size. A log that its appointing key has continued under
 * another key has generations (rules.h); the origin of a head names its own. Three
 * things follow:
 *
 *   A head by a former key counts up to where its generation ended, and beyond that
 *   for nothing: whoever has that key can sign what he likes. It is no fork either.
 *
 *   A head of a generation that is not known yet comes with the entry that begins
 *   it: that entry names the key, and the appointing key has signed it. Only the
 *   rules can say whether it is valid where it stands; until then nothing is stored.
 *
 *   Entries are sent under the last head of their own generation, so that whoever
 *   is behind can follow from key to key. */

int channel_log_key(const struct engine_channel *channel, unsigned party, unsigned generation,
                    struct note_key *ret_key)
{
	char name[LOG_NAME_CAPACITY];

	charter_log_name(channel->charter, party, generation, "", name);
	return note_key_init(ret_key, bytes_of_string(name), NOTE_KEY_ED25519,
	                     rules_log_key(channel->rules, party, generation));
}

unsigned channel_generation_named(const struct engine_channel *channel, unsigned party,
                                  const char *origin)
{
	char name[LOG_NAME_CAPACITY];
	uint64_t generation = 1;
	size_t size;

	charter_log_name(channel->charter, party, 1, "", name);
	size = strlen(name);
	if (strncmp(origin, name, size) != 0)
		return 0;
	if (origin[size] == '/' && text_parse_number(bytes_of_string(origin + size + 1),
	                                             GENERATIONS_MAXIMUM, &generation) != OK)
		return 0;
	charter_log_name(channel->charter, party, (unsigned)generation, "", name);
	return strcmp(origin, name) == 0 ? (unsigned)generation : 0;
}

int channel_read_head(const struct engine_channel *channel, struct bytes bytes,
                      struct head_origin *ret_origin, struct error *error)
{
	struct head_origin origin;
	struct note note;
	int r;

	if ((r = note_parse(bytes, &note, error)) != OK ||
	    (r = checkpoint_parse(note.text, &origin.checkpoint, error)) != OK)
		return r;
	for (origin.party = 0; origin.party < 2; origin.party++) {
		origin.generation = channel_generation_named(channel, origin.party,
		                                             origin.checkpoint.origin);
		if (origin.generation == 0)
			continue;
		*ret_origin = origin;
		return OK;
	}
	return error_set(error, ERROR_MISMATCH, "a head of another channel's log");
}

bool channel_is_outlived(const struct engine_channel *channel, const struct head_origin *origin)
{
	return origin->generation < rules_generations(channel->rules, origin->party) &&
	       origin->checkpoint.size >
	           rules_generation_start(channel->rules, origin->party, origin->generation + 1);
}

int channel_verify_head(const struct engine_channel *channel, struct bytes bytes,
                        const struct head_origin *origin, struct error *error)
{
	struct checkpoint checkpoint;
	struct note_key key;
	int r;

	if (origin->generation > rules_generations(channel->rules, origin->party))
		return error_set(error, ERROR_WAIT,
		                 "nobody was appointed yet who signs logs named %s",
		                 origin->checkpoint.origin);
	if ((r = channel_log_key(channel, origin->party, origin->generation, &key)) != OK)
		return error_set(error, r, "a log's key: %s", result_text(r));
	return signed_checkpoint_verify(bytes, &key, NULL, 0, &checkpoint, NULL, error);
}

/* Whether the entry, as number `number` of a log, appoints a key for it by the key
 * that is the appointing key now. */
static bool is_appointment(const struct engine_channel *channel, unsigned party,
                           const struct entry *entry, uint64_t number)
{
	const struct act *act = &entry->act;
	struct ssh_key keys[2];

	return channel_appoints_log(act) && act_field(act, "size")->as.number == number &&
	       entry_verify(entry, keys, NULL) == OK &&
	       ssh_key_equal(&keys[0], &rules_party(channel->rules, party)->appointing_key);
}

bool channel_appoints_log(const struct act *act)
{
	return act->kind->number == KIND_APPOINT &&
	       bytes_equal_string(act_field(act, "office")->text, "log");
}

/* The first entry of a frame that is the appointment. ERROR_SIGNATURE: none. */
static int find_appointment(const struct engine_channel *channel, unsigned party,
                            const struct frame_entries *frame, struct entry *entry,
                            struct appointment *ret_appointment, struct error *error)
{
	struct cursor cursor = cursor_over(frame->entries);
	uint64_t number = frame->start;
	struct bytes bytes;
	int r;

	for (; frame_entries_next(&cursor, &bytes) == OK; number++) {
		if ((r = entry_parse(bytes, entry, NULL)) == ERROR_MEMORY)
			return error_set(error, r, "out of memory");
		if (r != OK || !is_appointment(channel, party, entry, number))
			continue;
		ret_appointment->number = number;
		ret_appointment->root = act_field(&entry->act, "root")->as.hash;
		ret_appointment->key = act_field(&entry->act, "key")->as.raw_key;
		return OK;
	}
	return error_set(error, ERROR_SIGNATURE,
	                 "a head by a log key that the party's appointing key has not named");
}

int channel_verify_successor(const struct engine_channel *channel,
                             const struct frame_entries *frame, const struct head_origin *origin,
                             struct appointment *ret_appointment, struct note_key *ret_key,
                             struct error *error)
{
	struct entry *entry = allocate(1, sizeof *entry);
	struct appointment appointment;
	struct checkpoint checkpoint;
	struct note_key key;
	int r;

	if (entry == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	if ((r = find_appointment(channel, origin->party, frame, entry, &appointment, error)) !=
	        OK ||
	    (r = note_key_init(&key, bytes_of_string(origin->checkpoint.origin), NOTE_KEY_ED25519,
	                       &appointment.key)) != OK ||
	    (r = signed_checkpoint_verify(frame->checkpoint, &key, NULL, 0, &checkpoint, NULL,
	                                  error)) != OK)
		goto out;
	*ret_appointment = appointment;
	*ret_key = key;
out:
	release_memory(entry);
	return r;
}

int channel_check_succession(const struct engine_channel *channel, const struct arrival *arrival,
                             struct error *error)
{
	struct head_origin origin;
	struct verdict verdict;
	struct entry *entry;
	bool known;
	int r;

	if ((r = channel_read_head(channel, buffer_view(&arrival->head.note), &origin, error)) !=
	    OK)
		return r;
	known = origin.generation <= rules_generations(channel->rules, arrival->party);
	if (arrival->appointments != (known ? 0 : 1))
		return error_set(
		    error, ERROR_DENIED,
		    "an appointment of a log key that is not under a head by that key");
	/* With entries before it, that these are the log is what the appointment says. */
	if (known || !arrival->begins_generation)
		return OK;
	if ((entry = allocate(1, sizeof *entry)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	if ((r = entry_parse(arrival->entries[0], entry, error)) == OK)
		r = rules_try_as_is(channel->rules, arrival->party, &entry->act, arrival->keys[0],
		                    entry->logged, &verdict, error);
	if (r == OK && verdict.code != VERDICT_VALID)
		error_set(error, r = ERROR_DENIED, "the appointment of a successor log is void: %s",
		          void_reason_text(verdict.reason));
	else if (r != OK && r != ERROR_MEMORY)
		r = ERROR_DENIED;
	release_memory(entry);
	return r;
}

bool channel_knows_head(const struct engine_channel *channel, const struct arrival *arrival)
{
	struct head_origin origin;

	return channel_read_head(channel, buffer_view(&arrival->head.note), &origin, NULL) == OK &&
	       origin.generation <= rules_generations(channel->rules, arrival->party);
}

uint64_t channel_next_cut(const struct engine_channel *channel, unsigned party, uint64_t from)
{
	unsigned next = rules_generation(channel->rules, party, from) + 1;

	return next > rules_generations(channel->rules, party)
	           ? UINT64_MAX
	           : rules_generation_start(channel->rules, party, next);
}

int channel_head_for(const struct engine_channel *channel, unsigned party, uint64_t from,
                     uint64_t size, struct store_head *head)
{
	uint64_t cut = channel_next_cut(channel, party, from), wanted = cut < size ? cut : size;
	int r = store_get_head(channel->engine->settings.store, channel->number, party, wanted,
	                       NULL, head);

	return r == OK && head->size < wanted && wanted == cut ? ERROR_NOT_FOUND : r;
}
