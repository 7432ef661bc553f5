#include "earlier_channel.h"

#include "act.h"
#include "encoding.h"
#include "fields.h"
#include "listing.h"
#include "part_files.h"
#include "translate.h"

#define EARLIER_ACT "earlier-act"

enum { SHOWN_ID = 20, NAME_CAPACITY = 128 };

/* The channels of the node; NULL where it cannot be asked. */
static json_t *channels_of(struct api *api, struct error *error)
{
	json_t *status = NULL, *channels;

	if (api_get(api, &status, error, "/v1/status") != OK)
		return NULL;
	channels = json_incref(member(status, "channels"));
	json_decref(status);
	return channels;
}

/* The one whose id begins so, or NULL. */
static const json_t *find_channel(const json_t *channels, const char *beginning)
{
	const json_t *found = NULL;
	json_t *each;
	size_t i;

	json_array_foreach(channels, i, each)
	{
		if (strncmp(member_text(each, "channel"), beginning, strlen(beginning)) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = each;
	}
	return found;
}

static bool has_ended(const json_t *channel)
{
	const char *state = member_text(channel, "state");

	return member_string(channel, "faulted") != NULL || strcmp(state, "withdrawn") == 0 ||
	       strcmp(state, "closed-by-one") == 0 || strcmp(state, "closed") == 0;
}

int earlier_channel_find(struct api *api, const char *given, char ret_id[CHANNEL_ID_CAPACITY],
                         struct error *error)
{
	bool whole = channel_id_is_valid(bytes_of_string(given));
	struct error why = { 0 };
	json_t *channels = channels_of(api, &why);
	const json_t *found = given[0] != '\0' ? find_channel(channels, given) : NULL;
	int r = OK;

	if (found != NULL) {
		snprintf(ret_id, CHANNEL_ID_CAPACITY, "%s", member_text(found, "channel"));
		advise(_("It succeeds channel %.*s with %s: %s."), SHOWN_ID, ret_id,
		       member_text(found, "other"),
		       member_string(found, "faulted") != NULL
		           ? _("faulted")
		           : word_for_people(member_text(found, "state")));
		if (!has_ended(found))
			advise(
			    _("That channel has not ended: both go on until one of you withdraws "
			      "from it and closes."));
	} else if (whole) {
		snprintf(ret_id, CHANNEL_ID_CAPACITY, "%s", given);
		advise(_("Channel %.*s is not at this node: compare its id with a record of it."),
		       SHOWN_ID, ret_id);
	} else {
		r = error_set(error, ERROR_USAGE,
		              _("no channel here, or more than one, has an id that begins with "
		                "'%.60s'; of one that is not here give the whole id"),
		              given);
	}
	json_decref(channels);
	return r;
}

void earlier_channel_advise(struct api *api, const char *party)
{
	struct error why = { 0 };
	json_t *channels = channels_of(api, &why), *each;
	size_t i;

	json_array_foreach(channels, i, each)
	{
		if (strcmp(member_text(each, "other"), party) != 0 ||
		    member_string(each, "succeeded_by") != NULL)
			continue;
		advise(_("There is a channel with %s already: if this one takes its place, say "
		         "--succeeds %.*s."),
		       party, SHOWN_ID, member_text(each, "channel"));
	}
	json_decref(channels);
}

void earlier_channel_list(const json_t *channel)
{
	const char *succeeds = member_string(channel, "succeeds");
	const char *by = member_string(channel, "succeeded_by");

	if (succeeds != NULL)
		list_item(_("succeeds"), "%.*s", SHOWN_ID, succeeds);
	if (by != NULL)
		list_item(_("succeeded by"), "%.*s", SHOWN_ID, by);
}

/* --- acts of it ------------------------------------------------------------------ */

static int put_reference(struct node *node, const json_t *channels, const char *given,
                         struct buffer *fields, struct error *error)
{
	const char *colon = strchr(given, ':');
	char beginning[NAME_CAPACITY] = "", value[512];
	const json_t *channel;
	json_t *act = NULL;
	int r;

	if (colon == NULL || bytes_to_string(bytes_of(given, (size_t)(colon - given)), beginning,
	                                     sizeof(beginning)) != OK)
		return error_set(error, ERROR_USAGE,
		                 _("--refers wants a channel and an act of it, such as "
		                   "k2x7:north-7, not '%.80s'"),
		                 given);
	if (beginning[0] == '\0' || (channel = find_channel(channels, beginning)) == NULL)
		return error_set(error, ERROR_NOT_FOUND,
		                 _("no channel here, or more than one, has an id that begins with "
		                   "'%.60s'"),
		                 beginning);
	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s",
	                 member_text(channel, "channel"), colon + 1)) != OK)
		return r;
	snprintf(value, sizeof(value), "%s %s %s", member_text(channel, "channel"),
	         member_text(act, "name"), member_text(act, "leaf"));
	json_decref(act);
	if ((fields->size == 0 && (r = fields_begin(fields)) != OK) ||
	    (r = fields_put(fields, EARLIER_ACT, value)) != OK)
		return error_set(error, r, _("too many details"));
	return OK;
}

int earlier_acts_put(struct node *node, const struct options *options, struct buffer *fields,
                     struct error *error)
{
	const char *given;
	json_t *channels;
	int r = OK;

	if (!options_has(options, "refers"))
		return OK;
	if ((channels = channels_of(node->api, error)) == NULL)
		return error->code;
	for (size_t i = 0; r == OK && (given = options_value_at(options, "refers", i)) != NULL; i++)
		r = put_reference(node, channels, given, fields, error);
	json_decref(channels);
	return r;
}

static void show_reference(struct node *node, struct bytes value)
{
	char text[512], id[CHANNEL_ID_CAPACITY], name[ACT_NAME_CAPACITY],
	    leaf[HASH_BASE64_CAPACITY];
	struct error error = { 0 };
	json_t *act = NULL;

	/* What the other side has written: nothing is asked for by it but what it can name. */
	if (bytes_to_string(value, text, sizeof(text)) != OK ||
	    sscanf(text, "%52[a-z2-7] %47[a-z0-9.-] %44[A-Za-z0-9+/=]", id, name, leaf) != 3 ||
	    !channel_id_is_valid(bytes_of_string(id)))
		return;
	if (api_get(node->api, &act, &error, "/v1/channels/%s/acts/%s", id, name) != OK) {
		advise(_("%s of channel %.*s is not held here, and was not checked."), name,
		       SHOWN_ID, id);
		return;
	}
	if (strcmp(member_text(act, "leaf"), leaf) == 0)
		advise(_("%s of channel %.*s is held here and is the one that is meant: chiro show "
		         "--channel %.*s %s"),
		       name, SHOWN_ID, id, SHOWN_ID, id, name);
	else
		advise(_("%s of channel %.*s is ANOTHER here than the one that is meant."), name,
		       SHOWN_ID, id);
	json_decref(act);
}

void earlier_acts_show(struct node *node, const struct opened_body *body)
{
	struct text_reader reader;
	struct bytes key, value;

	for (size_t i = 0; i < body->count; i++) {
		const struct opened_part *part = &body->parts[i];

		if (part_role_of(part->line.description.media_type) != PART_FIELDS ||
		    fields_check(part->content, NULL) != OK)
			continue;
		fields_reader_init(&reader, part->content);
		while (fields_next(&reader, &key, &value) == OK)
			if (bytes_equal_string(key, EARLIER_ACT))
				show_reference(node, value);
	}
}
