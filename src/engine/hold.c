#include "hold.h"

#include <inttypes.h>
#include <stdio.h>

#include "allocate.h"
#include "channel_internal.h"

#define PREFIX "hold/"

enum { KEY_CAPACITY = sizeof PREFIX + 16, VALUE_MAXIMUM = 2048 };

static void key_of(uint64_t number, char ret_key[KEY_CAPACITY])
{
	snprintf(ret_key, KEY_CAPACITY, PREFIX "%016" PRIx64, number);
}

static int read_value(const struct store_value *item, struct hold *ret_hold)
{
	char key[KEY_CAPACITY];
	int r;

	if ((r = bytes_to_string(item->key, key, sizeof key)) != OK ||
	    (r = hold_get(item->value, ret_hold)) != OK)
		return r;
	return sscanf(key, PREFIX "%16" SCNx64, &ret_hold->number) == 1 ? OK : ERROR_SYNTAX;
}

int holds_load(struct engine_channel *channel, struct hold **ret_holds, size_t *ret_count,
               struct error *error)
{
	struct store_values page;
	struct hold *holds = NULL;
	size_t count = 0;
	int r;

	store_values_init(&page);
	r = store_list_values(channel->engine->settings.store, channel->number, PREFIX, "",
	                      HOLDS_MAXIMUM, &page);
	if (r == OK && page.count > 0 && (holds = allocate(page.count, sizeof *holds)) == NULL)
		r = ERROR_MEMORY;
	for (; count < page.count && r == OK; count++)
		r = read_value(&page.items[count], &holds[count]);
	store_values_release(&page);
	if (r != OK) {
		release_memory(holds);
		return error_set(error, r, "the holds cannot be read");
	}
	*ret_holds = holds;
	*ret_count = count;
	return OK;
}

bool hold_covers(const struct engine_channel *channel, const struct hold *hold,
                 struct act_place place)
{
	const struct act_summary *act = rules_act(channel->rules, place);

	if (act != NULL && act->kind->number == KIND_RESEAL && act->has_target)
		act = rules_act(channel->rules, act->target);
	if (act == NULL)
		return false;
	if (hold->scope == HOLD_CHANNEL)
		return true;
	if (hold->scope == HOLD_ACT)
		place = act->place;
	else if (act->has_matter)
		place = act->matter;
	else
		return false;
	return place.party == hold->place.party && place.number == hold->place.number;
}

int engine_add_hold(struct engine_channel *channel, struct hold *hold, struct error *error)
{
	struct hold *holds;
	struct buffer value;
	char key[KEY_CAPACITY];
	size_t count;
	int r;

	if ((r = holds_load(channel, &holds, &count, error)) != OK)
		return r;
	hold->number = count == 0 ? 1 : holds[count - 1].number + 1;
	hold->created = engine_now(channel->engine);
	release_memory(holds);
	if (count == HOLDS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "there are %d holds already: lift one first",
		                 HOLDS_MAXIMUM);
	key_of(hold->number, key);
	buffer_init(&value, VALUE_MAXIMUM);
	if ((r = hold_put(&value, hold)) == OK && (r = engine_write(channel->engine)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, key,
		                    buffer_view(&value));
	buffer_release(&value);
	return r == OK ? OK : error_set(error, r, "the database does not take the hold");
}

int engine_lift_hold(struct engine_channel *channel, uint64_t number, struct error *error)
{
	struct hold *holds;
	char key[KEY_CAPACITY];
	size_t count, i = 0;
	int r;

	if ((r = holds_load(channel, &holds, &count, error)) != OK)
		return r;
	while (i < count && holds[i].number != number)
		i++;
	release_memory(holds);
	if (i == count)
		return error_set(error, ERROR_NOT_FOUND, "there is no hold of this number");
	key_of(number, key);
	if ((r = engine_write(channel->engine)) != OK ||
	    (r = store_delete_value(channel->engine->settings.store, channel->number, key)) != OK)
		return error_set(error, r, "the database does not lift the hold");
	channel->destruction_at = 0;
	return OK;
}
