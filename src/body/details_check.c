/* What is wrong with the fields of a body, by the table of its kind. */
#include "details.h"

struct check {
	const struct detail_value *values;
	size_t count;
	int group[FIELDS_COUNT_MAXIMUM]; /* the leader of the group in which a value stands */
	struct detail_fault *faults;
	size_t capacity, found;
};

static void add(struct check *check, enum detail_wrong wrong, const struct detail *detail,
                int value)
{
	if (check->found < check->capacity)
		check->faults[check->found++] = (struct detail_fault){ wrong, detail, value };
}

/* The first value of a key from `from` on; DETAIL_NO_VALUE when there is none. */
static int next_of(const struct check *check, const char *key, size_t from)
{
	for (size_t i = from; i < check->count; i++)
		if (bytes_equal_string(check->values[i].key, key))
			return (int)i;
	return DETAIL_NO_VALUE;
}

/* All groups of a kind have the same leader: the last before a value leads it, or
 * the first where none stands before. */
void details_groups(enum kind_number kind, const struct detail_value *values, size_t count,
                    int ret_groups[FIELDS_COUNT_MAXIMUM])
{
	const struct check check = { .values = values, .count = count };
	size_t detail_count;
	const struct detail *list = details_of(kind, &detail_count);
	const char *leader = NULL;
	int current, next;

	for (size_t i = 0; leader == NULL && i < detail_count; i++)
		leader = list[i].leader;
	current = leader == NULL ? DETAIL_NO_VALUE : next_of(&check, leader, 0);
	next = current;
	for (size_t i = 0; i < count; i++) {
		if (next >= 0 && i == (size_t)next) {
			current = next;
			next = next_of(&check, leader, i + 1);
		}
		ret_groups[i] = current;
	}
}

struct bytes detail_value_in(const struct detail_value *values, const int *groups, size_t count,
                             int group, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if ((group == DETAIL_NO_VALUE || groups[i] == group) &&
		    bytes_equal_string(values[i].key, key))
			return values[i].value;
	return bytes_of(NULL, 0);
}

/* How often a field stands in one group; DETAIL_NO_VALUE: in the whole. */
static void check_count(struct check *check, const struct detail *detail, int leader)
{
	bool replaced = detail->instead != NULL && next_of(check, detail->instead, 0) >= 0;
	int last = DETAIL_NO_VALUE;
	size_t count = 0;

	for (size_t i = 0; i < check->count; i++) {
		if ((leader >= 0 && check->group[i] != leader) ||
		    !bytes_equal_string(check->values[i].key, detail->key))
			continue;
		last = (int)i;
		count++;
	}
	if (count == 0 && detail->presence == REQUIRED && !replaced)
		add(check, DETAIL_MISSING, detail, leader);
	if (count > 1 && !detail->repeated)
		add(check, DETAIL_TWICE, detail, last);
	if (count > 0 && replaced)
		add(check, DETAIL_EXCLUDED, detail, last);
}

static void check_detail(struct check *check, const struct detail *detail)
{
	int at;

	for (at = next_of(check, detail->key, 0); at >= 0;
	     at = next_of(check, detail->key, (size_t)at + 1)) {
		if (!detail_accepts(detail, check->values[at].value))
			add(check, DETAIL_MALFORMED, detail, at);
		if (detail->leader != NULL && next_of(check, detail->leader, 0) < 0)
			add(check, DETAIL_ALONE, detail, at);
	}
	if (detail->leader == NULL) {
		check_count(check, detail, DETAIL_NO_VALUE);
		return;
	}
	for (at = next_of(check, detail->leader, 0); at >= 0;
	     at = next_of(check, detail->leader, (size_t)at + 1))
		check_count(check, detail, at);
}

size_t details_check(enum kind_number kind, const struct detail_value *values, size_t count,
                     struct detail_fault *ret_faults, size_t capacity)
{
	struct check check = {
		.values = values, .count = count, .faults = ret_faults, .capacity = capacity
	};
	size_t detail_count;
	const struct detail *list = details_of(kind, &detail_count);

	if (count > FIELDS_COUNT_MAXIMUM)
		check.count = FIELDS_COUNT_MAXIMUM;
	for (size_t i = 0; i < check.count; i++)
		if (detail_is_refused(kind, values[i].key))
			add(&check, DETAIL_REFUSED, NULL, (int)i);
	details_groups(kind, values, check.count, check.group);
	for (size_t i = 0; i < detail_count && check.found < capacity; i++)
		check_detail(&check, &list[i]);
	return check.found;
}
