#include "scope.h"

#include "text.h"

/* `3`, or `3-5`, behind what came before. */
static int parse_range(struct bytes text, struct scope *scope)
{
	uint64_t first, last, before;
	struct bytes begin;
	bool has_end;

	if (scope->count == SCOPE_RANGES_MAXIMUM)
		return ERROR_LIMIT;
	has_end = bytes_cut(&text, '-', &begin);
	if (text_parse_number(begin, PARTS_MAXIMUM, &first) != OK || first == 0)
		return ERROR_SYNTAX;
	last = first;
	if (has_end && text_parse_number(text, PARTS_MAXIMUM, &last) != OK)
		return ERROR_SYNTAX;
	before = scope->count == 0 ? 0 : scope->ranges[scope->count - 1].last;
	if (first <= before || last < first)
		return ERROR_SYNTAX;
	scope->ranges[scope->count].first = first;
	scope->ranges[scope->count++].last = last;
	return OK;
}

int scope_parse(struct bytes text, struct scope *ret_scope)
{
	struct scope scope = { .all = bytes_equal_string(text, "all") };
	struct bytes word;
	bool more = true;
	int r = OK;

	if (!scope.all &&
	    (!bytes_cut(&text, ' ', &word) || !bytes_equal_string(word, "parts") || text.size == 0))
		return ERROR_SYNTAX;
	while (!scope.all && more && r == OK) {
		more = bytes_cut(&text, ',', &word);
		r = parse_range(word, &scope);
	}
	if (r == OK)
		*ret_scope = scope;
	return r;
}

bool scope_has(const struct scope *scope, uint64_t part)
{
	if (scope->all)
		return true;
	for (size_t i = 0; i < scope->count; i++)
		if (part >= scope->ranges[i].first && part <= scope->ranges[i].last)
			return true;
	return false;
}
