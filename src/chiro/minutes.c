#include "minutes.h"

#include "body_of_act.h"
#include "details_view.h"
#include "translate.h"

/* The `convene` that opened the meeting in which an act stands; NULL: none did. */
static json_t *find_convene(struct node *node, const json_t *act)
{
	const char *name = member_string(act, "matter");
	json_t *opening = NULL;

	if (strcmp(member_text(act, "kind"), "convene") == 0)
		name = member_string(act, "name");
	if (name == NULL || api_get(node->api, &opening, NULL, "/v1/channels/%s/acts/%s",
	                            node->channel.id, name) != OK)
		return NULL;
	if (strcmp(member_text(opening, "kind"), "convene") != 0) {
		json_decref(opening);
		return NULL;
	}
	return opening;
}

void convened_open(struct node *node, const json_t *act, struct convened *ret_convened)
{
	json_t *opening, *opened = NULL;

	memset(ret_convened, 0, sizeof(*ret_convened));
	if (act == NULL || (opening = find_convene(node, act)) == NULL)
		return;
	if (body_by_name(node, member_text(opening, "name"), NULL, &opened, &ret_convened->body,
	                 NULL) != OK) {
		json_decref(opening);
		return;
	}
	json_decref(opened);
	ret_convened->is_open = true;
	ret_convened->act = opening;
	ret_convened->count = details_of_body(&ret_convened->body, ret_convened->values);
}

void convened_release(struct convened *convened)
{
	if (convened->is_open) {
		opened_body_release(&convened->body);
		json_decref(convened->act);
	}
	convened->is_open = false;
}

/* `Present: A; B`, or with room for them. */
static int put_values(const struct convened *convened, const char *label, const char *key,
                      struct buffer *text)
{
	size_t found = 0;
	int r = buffer_put_format(text, "%s:", label);

	for (size_t i = 0; r == OK && i < convened->count; i++)
		if (bytes_equal_string(convened->values[i].key, key) &&
		    (r = buffer_put_string(text, found++ == 0 ? " " : "; ")) == OK)
			r = buffer_put_bytes(text, convened->values[i].value);
	if (r == OK && found == 0)
		r = buffer_put_string(text, " …");
	return r == OK ? buffer_put_u8(text, '\n') : r;
}

static int put_item(size_t number, struct bytes item, struct buffer *text)
{
	int r;

	if ((r = buffer_put_format(text, "\n%zu. ", number)) != OK ||
	    (r = buffer_put_bytes(text, item)) != OK)
		return r;
	return buffer_put_format(text, "\n%s: …\n%s: …\n", _("Said"), _("Agreed"));
}

int minutes_template(const struct convened *convened, struct buffer *text)
{
	size_t items = 0;
	int r;

	if (convened->is_open)
		r = buffer_put_format(text, _("Minutes of the meeting that %s called\n"),
		                      member_text(convened->act, "name"));
	else
		r = buffer_put_string(text, _("Minutes\n"));
	if (r != OK || (r = put_values(convened, _("Held at"), "place", text)) != OK ||
	    (r = put_values(convened, _("Present"), "participant", text)) != OK)
		return r;
	for (size_t i = 0; r == OK && convened->is_open && i < convened->body.count; i++) {
		const struct opened_part *part = &convened->body.parts[i];

		if (part_role_of(part->line.description.media_type) == PART_ITEM)
			r = put_item(++items, part->content, text);
	}
	if (r == OK && items == 0)
		r = put_item(1, bytes_of_string("…"), text);
	if (r == OK)
		r = buffer_put_format(text, "\n%s\n",
		                      _("Nothing is agreed but what these minutes say is agreed."));
	return r;
}
