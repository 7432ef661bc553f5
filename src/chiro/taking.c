#include "taking.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "allocate.h"
#include "encoding.h"
#include "terminal.h"
#include "translate.h"

enum { RETRY_SECONDS = 5 };

/* --- which channel ------------------------------------------------------------------ */

/* Whether the file can be meant for this node. What one has packed for the other
 * side is of use here only when this node has lost its own. */
static int check_parties(const struct taking *taking, const json_t *channel, struct error *error)
{
	const struct courier_header *header = &taking->file.header;
	const char *own = member_text(channel, "own"), *other = member_text(channel, "other");

	if (strcmp(header->from, own) != 0 && strcmp(header->from, other) != 0)
		return error_set(error, ERROR_MISMATCH,
		                 _("it says that '%s' packed it, who is no party of its channel"),
		                 header->from);
	if (header->to[0] != '\0' && strcmp(header->to, own) != 0 &&
	    !member_true(channel, "read_only"))
		return error_set(error, ERROR_MISMATCH,
		                 _("it was packed here, for '%s': they have to take it"),
		                 header->to);
	return OK;
}

/* ERROR_NOT_FOUND: a copy of a channel that is not here; its charter comes first. */
static int find_channel(struct api *api, const struct taking *taking, struct error *error)
{
	json_t *channel = NULL;
	int r = api_get(api, &channel, error, "/v1/channels/%s", taking->channel);

	if (r == OK)
		r = check_parties(taking, channel, error);
	else if (r == ERROR_NOT_FOUND && taking->file.header.to[0] != '\0')
		r = error_set(error, ERROR_STATE,
		              _("it is for the channel %.20s…, which this node does not have: "
		                "'chiro join' comes first"),
		              taking->channel);
	json_decref(channel);
	return r;
}

/* A node that had the channel before, or a mirror, takes its charter from a copy. */
static int adopt(struct api *api, struct bytes frame, struct error *error)
{
	struct frame_charter content;
	struct charter *charter;
	json_t *request, *signatures = json_object(), *reply = NULL;
	int r;

	if ((r = frame_get_charter(bytes_of(frame.data + 1, frame.size - 1), &content, error)) !=
	        OK ||
	    (r = charter_parse(content.text, &charter, error)) != OK) {
		json_decref(signatures);
		return r;
	}
	for (unsigned i = 0; i < 2; i++)
		json_object_set_new(
		    signatures, charter->parties[i].id,
		    json_stringn((const char *)content.armors[i].data, content.armors[i].size));
	request = json_pack("{s:s#,s:o}", "charter", (const char *)content.text.data,
	                    (int)content.text.size, "signatures", signatures);
	charter_free(charter);
	if (request == NULL)
		return error_set(error, ERROR_SYNTAX, _("its charter is not text"));
	r = api_send(api, "POST", request, &reply, error, "/v1/channels?copy=1");
	json_decref(reply);
	return r;
}

/* --- one file ------------------------------------------------------------------------ */

static int take_frame(struct api *api, struct taking *taking, struct bytes frame,
                      struct error *error)
{
	json_t *reply = NULL;
	const char *result;
	int r;

	if ((r = api_put(api, "POST", frame, &reply, error, "/v1/channels/%s/post",
	                 taking->channel)) != OK)
		return r;
	result = member_text(reply, "result");
	if (strcmp(result, "stored") == 0) {
		taking->stored++;
	} else if (strcmp(result, "waiting") == 0) {
		taking->waiting++;
		snprintf(taking->waits_for, sizeof(taking->waits_for), "%s",
		         member_text(reply, "reason"));
	} else {
		taking->held++;
	}
	json_decref(reply);
	return OK;
}

/* What follows in a stream is lost if a frame is not taken: a node that is being
 * restarted is asked again. */
static int take_patiently(struct api *api, struct taking *taking, struct bytes frame,
                          struct error *error)
{
	bool absent = false;
	int r;

	while ((r = take_frame(api, taking, frame, error)) == ERROR_IO && taking->file.is_stream &&
	       api_last_status(api) == 0) {
		if (!absent)
			complain_error(taking->path, error);
		absent = true;
		sleep(RETRY_SECONDS);
	}
	return r;
}

static int take_frames(struct api *api, struct taking *taking, bool known, struct error *error)
{
	struct progress progress;
	struct buffer frame;
	struct bytes view;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM);
	progress_begin(&progress, _("taking"), taking->file.end);
	while ((r = courier_file_next(&taking->file, &frame, error)) == OK) {
		view = buffer_view(&frame);
		if (!known && view.data[0] != FRAME_CHARTER)
			r = error_set(error, ERROR_STATE,
			              _("it is of a channel that is not here, and does not begin "
			                "with its charter: take the first volume first"));
		else if (!known)
			r = adopt(api, view, error);
		known = true;
		if (r != OK || (r = take_patiently(api, taking, view, error)) != OK)
			break;
		progress_update(&progress, taking->file.next);
	}
	progress_end(&progress);
	buffer_release(&frame);
	return r == ERROR_NOT_FOUND ? OK : r;
}

static void take_file(struct api *api, struct taking *taking)
{
	struct error error = { 0 };
	int r = find_channel(api, taking, &error);

	if (r == OK || (r == ERROR_NOT_FOUND && taking->file.header.to[0] == '\0'))
		r = take_frames(api, taking, r == OK, &error);
	if (r == OK)
		return;
	error.code = r;
	taking->error = error;
}

/* --- all of them ----------------------------------------------------------------------- */

static void open_files(struct taking *takings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct taking *taking = &takings[i];
		int r = courier_file_open(taking->path, &taking->file, &taking->error);

		taking->opened = r == OK;
		if (r != OK) {
			taking->error.code = r;
			continue;
		}
		taking->error = (struct error){ 0 };
		hash_to_base32(&taking->file.header.channel, taking->channel);
	}
}

/* Volumes in their order, so that nothing has to wait for another. */
static int compare(const void *a, const void *b)
{
	const struct taking *one = a, *two = b;
	int order;

	if (one->opened != two->opened)
		return one->opened ? -1 : 1;
	if (!one->opened)
		return 0;
	order = memcmp(one->file.header.pack, two->file.header.pack, COURIER_PACK_SIZE);
	if (order != 0)
		return order;
	return one->file.header.volume < two->file.header.volume
	           ? -1
	           : one->file.header.volume > two->file.header.volume;
}

static void put_document(const struct taking *taking, json_t *files)
{
	const struct courier_header *header = &taking->file.header;
	json_t *file = json_pack("{s:s}", "file", taking->path);

	if (taking->opened) {
		json_object_set_new(file, "channel", json_string(taking->channel));
		json_object_set_new(file, "from", json_string(header->from));
		json_object_set_new(file, "to",
		                    header->to[0] != '\0' ? json_string(header->to) : json_null());
		json_object_set_new(file, "volume", json_integer((json_int_t)header->volume));
		json_object_set_new(file, "volumes",
		                    header->volumes > 0 ? json_integer((json_int_t)header->volumes)
		                                        : json_null());
		json_object_set_new(file, "stored", json_integer((json_int_t)taking->stored));
		json_object_set_new(file, "held", json_integer((json_int_t)taking->held));
		json_object_set_new(file, "waiting", json_integer((json_int_t)taking->waiting));
		json_object_set_new(file, "waits_for",
		                    taking->waiting > 0 ? json_string(taking->waits_for)
		                                        : json_null());
	}
	json_object_set_new(file, "error",
	                    taking->error.code != OK ? json_string(taking->error.message)
	                                             : json_null());
	json_array_append_new(files, file);
}

static void show(FILE *out, const struct taking *taking)
{
	const struct courier_header *header = &taking->file.header;

	if (taking->error.code != OK) {
		complain_error(taking->path, &taking->error);
		if (taking->stored + taking->held + taking->waiting > 0)
			advise(_("%" PRIu64 " frames before that were taken and stay."),
			       taking->stored + taking->held + taking->waiting);
		return;
	}
	fprintf(out, _("%s: from %s"), taking->path, header->from);
	if (header->volumes > 1)
		fprintf(out, _(", volume %" PRIu64 " of %" PRIu64), header->volume,
		        header->volumes);
	fprintf(out, _(": %" PRIu64 " new, %" PRIu64 " here already, %" PRIu64 " waiting\n"),
	        taking->stored, taking->held, taking->waiting);
}

/* What a person may do next. */
static void show_next(const struct taking *takings, size_t count)
{
	const struct taking *waiting = NULL;

	for (size_t i = 0; i < count; i++)
		if (takings[i].error.code == OK && takings[i].waiting > 0)
			waiting = &takings[i];
	if (waiting != NULL)
		advise(_("What waits is used as soon as what comes before it is here (%s): take "
		         "the other volumes too."),
		       waiting->waits_for);
}

int takings_new(char *const *paths, size_t count, struct takings *ret_takings)
{
	struct taking *items = allocate(count, sizeof(*items));

	if (items == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct taking){ .path = paths[i], .file.fd = -1 };
	open_files(items, count);
	qsort(items, count, sizeof(*items), compare);
	*ret_takings = (struct takings){ items, count };
	return OK;
}

void takings_release(struct takings *takings)
{
	for (size_t i = 0; i < takings->count; i++)
		courier_file_close(&takings->items[i].file);
	release_memory(takings->items);
}

size_t takings_take(struct takings *takings, struct api *api, FILE *out, json_t *files)
{
	size_t failures = 0;

	for (size_t i = 0; i < takings->count; i++) {
		struct taking *taking = &takings->items[i];

		if (taking->opened)
			take_file(api, taking);
		failures += taking->error.code != OK;
		if (files != NULL)
			put_document(taking, files);
		if (out != NULL)
			show(out, taking);
	}
	if (out != NULL)
		show_next(takings->items, takings->count);
	return failures;
}
