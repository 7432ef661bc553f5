#include "reading.h"

#include "body_view.h"
#include "details_view.h"

void reading_remark(const struct node *node, const json_t *act, const struct opened_body *body,
                    struct body_remarks *remarks)
{
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));

	body_remark_languages(node->channel.charter, body, remarks);
	if (kind != NULL)
		details_remark(kind, body, remarks);
}
