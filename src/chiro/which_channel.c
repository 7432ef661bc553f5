#include "which_channel.h"

#include <string.h>

#include "command.h"
#include "terminal.h"
#include "translate.h"

enum { SHOWN_ID = 20 };

/* The one channel of a status reply whose id begins with `prefix`. */
static int choose(const json_t *channels, const char *prefix, const json_t **ret_channel,
                  struct error *error)
{
	const json_t *found = NULL;
	json_t *each;
	size_t i, fitting = 0;
	char list[256] = "";

	json_array_foreach(channels, i, each)
	{
		const char *id = member_text(each, "channel");
		size_t used = strlen(list);

		if (prefix != NULL && strncmp(id, prefix, strlen(prefix)) != 0)
			continue;
		found = each;
		fitting++;
		snprintf(list + used, sizeof(list) - used, " %.*s (%.32s)", SHOWN_ID, id,
		         member_text(each, "other"));
	}
	if (fitting == 1) {
		*ret_channel = found;
		return OK;
	}
	if (fitting > 1)
		return error_set(error, ERROR_USAGE, _("say which channel by --channel:%s"), list);
	if (prefix != NULL)
		return error_set(error, ERROR_USAGE, _("no channel begins with '%s'"), prefix);
	return error_set(
	    error, ERROR_NOT_FOUND,
	    _("this node has no channel yet: see chiro help invite, join and charter"));
}

/* The charter in force, with the channel's id, which is that of the first. */
static int parse_charters(struct which_channel *channel, struct error *error)
{
	const char *first_text = member_text(channel->details, "charter");
	const char *text = member_text(channel->details, "charter_in_force");
	struct charter *first;
	int r;

	if ((r = charter_parse(bytes_of_string(first_text), &first, error)) != OK)
		return r;
	r = charter_parse_amended(bytes_of_string(text), first, &channel->charter, error);
	charter_free(first);
	return r;
}

int which_channel_find(struct api *api, const char *prefix, struct which_channel *ret_channel,
                       struct error *error)
{
	struct which_channel channel = { 0 };
	json_t *status = NULL;
	const json_t *chosen;
	int index, r;

	if ((r = api_get(api, &status, error, "/v1/status")) != OK ||
	    (r = choose(member(status, "channels"), prefix, &chosen, error)) != OK)
		goto out;
	if (!channel_id_is_valid(bytes_of_string(member_text(chosen, "channel"))) ||
	    bytes_to_string(bytes_of_string(member_text(chosen, "own")), channel.own,
	                    sizeof(channel.own)) != OK ||
	    bytes_to_string(bytes_of_string(member_text(chosen, "other")), channel.other,
	                    sizeof(channel.other)) != OK) {
		r = error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
		goto out;
	}
	memcpy(channel.id, member_text(chosen, "channel"), sizeof(channel.id));
	if ((r = api_get(api, &channel.details, error, "/v1/channels/%s", channel.id)) != OK)
		goto out;
	if ((r = parse_charters(&channel, error)) != OK)
		goto out;
	index = charter_party_index(channel.charter, bytes_of_string(channel.own));
	if (strcmp(channel.charter->channel, channel.id) != 0 || index < 0) {
		r = error_set(error, ERROR_MISMATCH,
		              _("the charter that the node shows is not this channel's"));
		goto out;
	}
	channel.own_index = (unsigned)index;
	*ret_channel = channel;
	channel = (struct which_channel){ 0 };
out:
	which_channel_release(&channel);
	json_decref(status);
	return r;
}

void which_channel_release(struct which_channel *channel)
{
	json_decref(channel->details);
	charter_free(channel->charter);
	*channel = (struct which_channel){ 0 };
}

json_t *which_channel_party(const struct which_channel *channel, const char *id)
{
	return member(member(channel->details, "parties"), id);
}

const char *node_channel_prefix(const struct options *options)
{
	const char *prefix = options_value(options, "channel");

	return prefix != NULL ? prefix : getenv("CHIRO_CHANNEL");
}

int node_open(const struct options *options, bool with_channel, struct node *ret_node)
{
	struct node node = { 0 };
	struct error error = { 0 };
	const char *prefix = node_channel_prefix(options);
	int r;

	if ((r = settings_load(options, &node.settings, &error)) != OK ||
	    (r = api_new(node.settings.socket, &node.api, &error)) != OK ||
	    (with_channel &&
	     (r = which_channel_find(node.api, prefix, &node.channel, &error)) != OK)) {
		node_close(&node);
		error.code = r;
		return complain_error(NULL, &error);
	}
	*ret_node = node;
	return -1;
}

void node_close(struct node *node)
{
	which_channel_release(&node->channel);
	api_free(node->api);
	*node = (struct node){ 0 };
}
