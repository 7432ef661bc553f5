/* The agenda as people see it: of one channel or of all, in sections, each with as many
 * items as are wanted, and how many there are.
 */
#ifndef AGENDA_VIEW_H
#define AGENDA_VIEW_H

#include "which_channel.h"

/* In the order in which they are shown. */
enum agenda_section {
	SECTION_WE_ARE_LATE,
	SECTION_WE_OWE,
	SECTION_SILENT,
	SECTION_OVERDUE,
	SECTION_THEY_OWE,
	SECTION_WITHHELD,
	SECTION_DEFERRED,
	SECTION_REFUSED,
	SECTION_COUNT
};

struct agenda_channel {
	char id[CHANNEL_ID_CAPACITY];
	char own[PARTY_ID_CAPACITY], other[PARTY_ID_CAPACITY];
	uint64_t sizes[3];               /* of both logs, and of ours what they have receipted */
	json_t *sections[SECTION_COUNT]; /* replies of the node; owned */
	json_t *pending;                 /* the same: what waits for a second signature */
	int64_t nearest;                 /* deadline among them that is to come; 0: none */
};

struct agenda_view {
	struct agenda_channel *channels;
	size_t count;
};

/* What is open in the channels whose id begins with `prefix`, NULL for all: at most `count`
 * items of a section. ERROR_NOT_FOUND when there is no such channel; ERROR_USAGE for a
 * prefix that none has; those of api.h. */
int agenda_view_fetch(struct api *api, const char *prefix, size_t count,
                      struct agenda_view *ret_view, struct error *error);
void agenda_view_release(struct agenda_view *view);

/* How many items of a section there are in all, by the counts of its reply. */
uint64_t agenda_section_count(const struct agenda_channel *channel, enum agenda_section section);

/* Prints one channel's sections on standard output. */
void agenda_view_show(const struct agenda_channel *channel, int64_t now);

/* The same number as long as the same items have the same states. */
uint64_t agenda_view_fingerprint(const struct agenda_view *view);

/* Everything, as one document: {"channels": [{"channel", "own", "other", "now", "counts",
 * "items"}]}. The caller drops it. */
int agenda_view_whole(struct api *api, const char *prefix, json_t **ret_document,
                      struct error *error);

#endif
