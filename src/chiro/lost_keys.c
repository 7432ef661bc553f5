#include "lost_keys.h"

#include <string.h>

#include "list_target.h"
#include "listing.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

enum { NAMES_CAPACITY = 256 };

struct looking {
	const char *own;
	const json_t *keys; /* that the evaluator has */
	size_t lost;        /* lists */
	char names[NAMES_CAPACITY];
};

static bool has_key(const json_t *keys, const char *public_key)
{
	json_t *each;
	size_t i;

	json_array_foreach(keys, i, each)
	{
		if (strcmp(member_text(each, "public_key"), public_key) == 0)
			return true;
	}
	return false;
}

/* A list that is asked by keys, one of which is not there. */
static bool is_lost(const struct looking *looking, const json_t *list)
{
	json_t *each;
	size_t i;

	if (strcmp(member_text(list, "owner"), looking->own) != 0 || member_true(list, "retired") ||
	    member_true(list, "rejected"))
		return false;
	json_array_foreach(member(list, "classes"), i, each)
	{
		if (!has_key(looking->keys, member_text(each, "public_key")))
			return true;
	}
	return false;
}

static int look_at_page(void *context, json_t *page)
{
	struct looking *looking = context;
	json_t *list;
	size_t i;

	json_array_foreach(member(page, "lists"), i, list)
	{
		size_t used = strlen(looking->names);

		if (!is_lost(looking, list))
			continue;
		/* So many that they do not fit are all of them, to who reads it. */
		(void)snprintf(looking->names + used, sizeof(looking->names) - used, "%s%s",
		               looking->lost > 0 ? ", " : "", member_text(list, "list"));
		looking->lost++;
	}
	return OK;
}

bool lost_keys_show(struct api *api, const json_t *channel, bool quiet)
{
	struct looking looking = { .own = member_text(channel, "own"), .lost = 0 };
	struct node node = { .api = api };
	json_t *reply = NULL;
	bool lost = false;

	snprintf(node.channel.id, sizeof(node.channel.id), "%s", member_text(channel, "channel"));
	if (api_get(api, &reply, NULL, "/v1/channels/%s/list-keys", node.channel.id) != OK)
		return false;
	looking.keys = member(reply, "keys");
	if (lists_each(&node, look_at_page, &looking, NULL) == OK)
		lost = looking.lost > 0;
	json_decref(reply);
	if (lost && !quiet)
		list_item_styled(STYLE_BAD, _("LOST KEYS"),
		                 _("of %s: what is asked there is refused; 'chiro list update' "
		                   "publishes a list anew, with new keys"),
		                 looking.names);
	return lost;
}
