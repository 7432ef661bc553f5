#include "list_diff.h"

#include "allocate.h"

struct side {
	struct list_reader reader;
	struct list_entry entry;
	bool ended;
};

static int advance(struct side *side, struct error *error)
{
	int r = list_reader_next(&side->reader, &side->entry, error);

	side->ended = r == ERROR_NOT_FOUND;
	return side->ended ? OK : r;
}

static bool identifiers_equal(const struct list_entry *a, const struct list_entry *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (list_identifier_compare(&a->identifiers[i], &b->identifiers[i]) != 0)
			return false;
	return true;
}

static bool sectors_equal(const struct side *a, const struct side *b)
{
	const struct sector *one = scheme_sector(a->reader.scheme, a->entry.sector);
	const struct sector *other = scheme_sector(b->reader.scheme, b->entry.sector);

	if (one == NULL || other == NULL)
		return one == other;
	return a->reader.scheme == b->reader.scheme && one == other;
}

static bool entries_equal(const struct side *one, const struct side *other)
{
	const struct list_entry *a = &one->entry, *b = &other->entry;

	return sectors_equal(one, other) && bytes_equal(a->subsector, b->subsector) &&
	       bytes_equal(a->function, b->function) && a->criticality == b->criticality &&
	       bytes_equal(a->region, b->region) && bytes_equal(a->contact, b->contact) &&
	       a->protection == b->protection && a->from == b->from && a->until == b->until &&
	       identifiers_equal(a, b);
}

/* <0: the entry at hand before comes first; 0: both have the id; >0. */
static int order(const struct side *before, const struct side *after)
{
	if (before->ended || after->ended)
		return before->ended ? 1 : -1;
	return bytes_compare(before->entry.id, after->entry.id);
}

static int step(struct side *sides, list_change_visit *visit, void *context,
                struct list_changes *changes, unsigned *which, struct error *error)
{
	int found = order(&sides[0], &sides[1]);
	const struct list_entry *before = found <= 0 ? &sides[0].entry : NULL;
	const struct list_entry *after = found >= 0 ? &sides[1].entry : NULL;
	int r;

	if (after == NULL)
		changes->removed++;
	else if (before == NULL)
		changes->added++;
	else if (entries_equal(&sides[0], &sides[1]))
		changes->same++;
	else
		changes->changed++;
	if ((found != 0 || !entries_equal(&sides[0], &sides[1])) &&
	    (r = visit(context, before, after)) != OK)
		return r;
	for (*which = 0; *which < 2; ++*which)
		if ((*which == 0 ? before : after) != NULL &&
		    (r = advance(&sides[*which], error)) != OK)
			return r;
	return OK;
}

int list_diff(struct bytes before, struct bytes after, list_change_visit *visit, void *context,
              struct list_changes *ret_changes, enum sector_scheme ret_schemes[2],
              unsigned *ret_which, struct error *error)
{
	const struct bytes texts[2] = { before, after };
	struct side *sides = allocate(2, sizeof(*sides));
	struct list_changes changes = { 0 };
	unsigned which = 0;
	int r = OK;

	if (sides == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	for (which = 0; which < 2; which++) {
		if ((r = list_reader_init(&sides[which].reader, texts[which], error)) != OK ||
		    (r = advance(&sides[which], error)) != OK)
			goto out;
		ret_schemes[which] = sides[which].reader.scheme;
	}
	while (r == OK && !(sides[0].ended && sides[1].ended))
		r = step(sides, visit, context, &changes, &which, error);
	if (r == OK)
		*ret_changes = changes;
out:
	if (ret_which != NULL && which < 2)
		*ret_which = which;
	release_memory(sides);
	return r;
}
