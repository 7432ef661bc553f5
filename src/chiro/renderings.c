#include "renderings.h"

#include "body_of_act.h"
#include "details_view.h"
#include "translate.h"

enum { COMMENTS_MAXIMUM = 16 };

static void remark_group(const char *name, const json_t *comment, const struct detail_value *values,
                         const int *groups, size_t count, int leader, struct body_remarks *remarks)
{
	struct bytes act = detail_value_in(values, groups, count, leader, "act");
	struct bytes part = detail_value_in(values, groups, count, leader, "part");
	struct bytes language = detail_value_in(values, groups, count, leader, "language");
	struct bytes proposed = detail_value_in(values, groups, count, leader, "proposed");
	struct bytes why = detail_value_in(values, groups, count, leader, "why");
	struct bytes rendering = values[leader].value;
	uint64_t number;

	if (!bytes_equal_string(act, name) || text_parse_number(part, PARTS_MAXIMUM, &number) != OK)
		return;
	body_remark(remarks, number, "rendering", STYLE_WARNING,
	            _("%s protests against the rendering '%.*s' (%.*s): it proposes '%.*s'%s%.*s"),
	            member_text(comment, "name"), (int)rendering.size, (const char *)rendering.data,
	            (int)language.size, (const char *)language.data, (int)proposed.size,
	            (const char *)proposed.data, why.size > 0 ? "; " : "", (int)why.size,
	            (const char *)why.data);
}

static void remark_comment(struct node *node, const char *name, const json_t *comment,
                           struct body_remarks *remarks)
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	static int groups[FIELDS_COUNT_MAXIMUM];
	struct opened_body body;
	json_t *act = NULL;
	size_t count;

	if (body_by_name(node, member_text(comment, "name"), NULL, &act, &body, NULL) != OK)
		return;
	count = details_of_body(&body, values);
	details_groups(KIND_COMMENT, values, count, groups);
	for (size_t i = 0; i < count; i++)
		if (groups[i] == (int)i)
			remark_group(name, comment, values, groups, count, (int)i, remarks);
	opened_body_release(&body);
	json_decref(act);
}

static bool is_comment_on(const json_t *act, const char *name)
{
	return strcmp(member_text(act, "kind"), "comment") == 0 &&
	       strcmp(member_text(act, "answers"), name) == 0 &&
	       strcmp(member_text(act, "verdict"), "valid") == 0 && member_true(act, "has_body");
}

void renderings_remark(struct node *node, const json_t *act, struct body_remarks *remarks)
{
	const char *name = member_text(act, "name");
	const char *matter = member_string(act, "matter");
	json_t *details = NULL, *list;
	size_t opened = 0;

	if (matter == NULL || api_get(node->api, &details, NULL, "/v1/channels/%s/matters/%s",
	                              node->channel.id, matter) != OK)
		return;
	list = member(details, "list");
	for (size_t i = json_array_size(list); i-- > 0 && opened < COMMENTS_MAXIMUM;) {
		const json_t *each = json_array_get(list, i);

		if (!is_comment_on(each, name))
			continue;
		opened++;
		remark_comment(node, name, each, remarks);
	}
	json_decref(details);
}
