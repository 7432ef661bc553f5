#include "agenda_deadline.h"

#include "agenda_internal.h"

/* Classes whose items are obligations with a time. */
static const enum agenda_class classes[] = { AGENDA_ANSWER, AGENDA_DUTY, AGENDA_DEFERRED };

enum { CLASS_COUNT = sizeof(classes) / sizeof(classes[0]) };

static bool is_deadline(const struct agenda_key *key)
{
	return key->class == AGENDA_ANSWER || key->class == AGENDA_DUTY ||
	       key->class == AGENDA_DEFERRED;
}

static struct agenda_deadline deadline_of(const struct agenda_key *key)
{
	return (struct agenda_deadline){
		.act = { key->party, key->number },
		.side = key->side,
		.duty = (enum obligation_duty)key->duty,
		.time = key->time,
	};
}

/* The first node of a tree at or after a key, of the same precedence and with a time. */
static const struct agenda_key *first(const struct agenda *agenda, uint32_t root,
                                      const struct agenda_key *from)
{
	uint32_t node = agenda_tree_from(agenda->nodes, root, from);
	const struct agenda_key *key = node == AGENDA_NONE ? NULL : &agenda->nodes[node].key;

	return key == NULL || key->precedence != from->precedence || key->rank != from->rank ||
	               key->time == AGENDA_NEVER
	           ? NULL
	           : key;
}

static int walk_tree(const struct agenda *agenda, uint32_t root, unsigned precedence,
                     timestamp after, timestamp until, size_t maximum,
                     agenda_deadline_handler *handle, void *context)
{
	struct agenda_key from = { .precedence = (uint8_t)precedence, .time = after + 1 };
	const struct agenda_key *key;

	for (size_t i = 0; i < maximum && (key = first(agenda, root, &from)) != NULL; i++) {
		struct agenda_deadline deadline = deadline_of(key);
		int r;

		if (key->time > until)
			return OK;
		/* No two keys differ less. */
		from = *key;
		from.side++;
		if ((r = handle(context, &deadline)) != OK)
			return r;
	}
	return OK;
}

int agenda_walk_deadlines(const struct agenda *agenda, unsigned sides, timestamp after,
                          timestamp until, size_t maximum, agenda_deadline_handler *handle,
                          void *context)
{
	for (unsigned side = 0; side < 2; side++) {
		if ((sides >> side & 1) == 0)
			continue;
		for (unsigned i = 0; i < CLASS_COUNT; i++)
			for (unsigned p = 0; p <= PRECEDENCE_COUNT; p++) {
				int r = walk_tree(agenda, agenda->trees[side][classes[i]], p, after,
				                  until, maximum, handle, context);

				if (r != OK)
					return r;
			}
	}
	return OK;
}

static int take_time(void *context, const struct agenda_deadline *deadline)
{
	timestamp *first_time = context;

	if (*first_time == 0 || deadline->time < *first_time)
		*first_time = deadline->time;
	return OK;
}

timestamp agenda_next_deadline(const struct agenda *agenda, unsigned sides, timestamp after)
{
	timestamp next = 0;

	agenda_walk_deadlines(agenda, sides, after, AGENDA_NEVER - 1, 1, take_time, &next);
	return next;
}

int agenda_walk_changes(const struct agenda *agenda, uint64_t *revision,
                        agenda_deadline_handler *handle, void *context)
{
	uint64_t since = *revision;

	*revision = agenda->revision;
	for (uint32_t node = agenda->newest; node != AGENDA_NONE;
	     node = agenda->items[node].older) {
		const struct agenda_key *key = &agenda->nodes[node].key;
		struct agenda_deadline deadline = deadline_of(key);
		int r;

		if (agenda->items[node].revision <= since)
			return OK;
		if (is_deadline(key) && key->time != AGENDA_NEVER &&
		    (r = handle(context, &deadline)) != OK)
			return r;
	}
	return OK;
}

uint64_t agenda_revision(const struct agenda *agenda)
{
	return agenda->revision;
}
