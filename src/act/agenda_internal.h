/* The inside of the agenda, shared by src/act/agenda*.c only. */
#ifndef AGENDA_INTERNAL_H
#define AGENDA_INTERNAL_H

#include "agenda.h"

/* The time of a clock that has not started: after every deadline. */
#define AGENDA_NEVER INT64_MAX

/* What a class is when its time has passed, is to come, or is not known; and what comes
 * after what in the order. */
struct agenda_class_row {
	enum agenda_state passed, coming, never;
	uint8_t rank;
};
extern const struct agenda_class_row agenda_classes[AGENDA_CLASS_COUNT];

/* What there is of an item beside its node. */
struct item {
	uint64_t revision;     /* of the agenda when it was put where it is */
	uint32_t older, newer; /* by revision */
	uint32_t next;         /* of the same act; of a free node, the next free one */
};

/* One for each entry of a log. */
struct slot {
	uint32_t items;             /* a chain */
	uint64_t latest_request[2]; /* of an opening act: each side's, its number + 1; 0 none */
};

struct agenda {
	struct rules *rules;
	uint64_t epoch, revision;
	uint32_t trees[2][AGENDA_CLASS_COUNT];
	struct agenda_node *nodes;
	struct item *items; /* of the same index */
	size_t node_capacity, item_capacity;
	uint32_t count, free; /* nodes that were ever used; the first free one of these */
	uint32_t oldest, newest;
	bool upheaval; /* everything that is open is to be looked at */
	struct slot *slots[2];
	size_t slot_count[2], slot_capacity[2];
};

#endif
