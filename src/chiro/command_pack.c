/* chiro pack: what the other side does not have yet, or a copy of everything, as a
 * courier file. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "courier_file.h"
#include "encoding.h"
#include "system.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

enum { WAIT_SECONDS = 30, RETRY_SECONDS = 5 };

static const struct option_row rows[] = {
	{ .name = "output",
	  .value = N_("NAME"),
	  .help = N_("write to this file, which must not exist, instead of standard output") },
	{ .name = "volume",
	  .value = N_("SIZE"),
	  .help = N_(
	      "with --output: no file larger than this (20M, 700K, bytes; at least 256K); several "
	      "are called NAME.1, NAME.2 …") },
	{ .name = "since",
	  .value = N_("N"),
	  .help = N_("from our entry number N on, instead of from what the other side has "
	             "receipted") },
	{ .name = "copy",
	  .help = N_("both logs with everything that is here, for a mirror or a recovery") },
	{ .name = "follow", .help = N_("never end: go on with what is logged from now on") },
	{ 0 },
};

static const struct usage usage = {
	.name = "pack",
	.arguments = N_("[SIDE]"),
	.help = N_(
	    "Writes what the other side (SIDE is its id) is not known to have, as a file that any "
	    "way can carry: mail, a stick, a data diode. Over there 'chiro take' takes it. Our "
	    "receipts of what came from there are among it. Packing changes nothing here and can "
	    "be repeated; what is taken twice does no harm."),
	.examples = "  chiro pack south >for-south.courier\n"
		    "  chiro pack south --output /media/stick/post --volume 20M\n"
		    "  chiro pack --copy --follow | ssh mirror chiro take -\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL,
	.arguments_maximum = 1,
};

struct packing {
	const struct options *options;
	struct node node;
	bool copy, follow;
	uint64_t since, volume;
	struct courier_writer *writer;
	uint64_t frames, bytes;
};

/* --- options ----------------------------------------------------------------------- */

/* A number of bytes: `700K`, `20M`, `4G`, or digits alone. */
static int read_size(const char *text, uint64_t *ret_size)
{
	static const char units[] = "KMG";
	char *end;
	const char *unit;
	uint64_t size;

	if (text[0] < '1' || text[0] > '9' || strlen(text) > 12)
		return ERROR_USAGE;
	size = strtoull(text, &end, 10);
	if (*end != '\0') {
		if ((unit = strchr(units, *end)) == NULL || end[1] != '\0')
			return ERROR_USAGE;
		size <<= 10 * (unit - units + 1);
	}
	*ret_size = size;
	return OK;
}

static int read_volume(struct packing *packing, struct error *error)
{
	const char *text = options_value(packing->options, "volume");

	if (text == NULL)
		return OK;
	if (!options_has(packing->options, "output"))
		return error_set(error, ERROR_USAGE,
		                 _("--volume makes several files: say with --output what they "
		                   "are to be called"));
	if (read_size(text, &packing->volume) != OK || packing->volume < COURIER_VOLUME_MINIMUM)
		return error_set(error, ERROR_USAGE,
		                 _("--volume is a size such as 20M, at least 256K, not '%.64s'"),
		                 text);
	return OK;
}

static int read_options(struct packing *packing, struct error *error)
{
	const struct options *options = packing->options;
	int r;

	packing->copy = options_has(options, "copy");
	packing->follow = options_has(options, "follow");
	if (packing->follow && options_has(options, "output"))
		return error_set(error, ERROR_USAGE,
		                 _("--follow is for standard output: a file would never be whole"));
	if (packing->copy && options_has(options, "since"))
		return error_set(error, ERROR_USAGE, _("a copy is of everything: no --since"));
	if (!packing->copy && options->argument_count == 0)
		return error_set(error, ERROR_USAGE, _("say for which side, or --copy"));
	if (!options_has(options, "output") && isatty(STDOUT_FILENO))
		return error_set(error, ERROR_USAGE,
		                 _("this is not for a terminal: send it to a file, with '>' or "
		                   "--output"));
	if ((r = options_number(options, "since", 0, UINT64_C(1) << 40, UINT64_MAX, &packing->since,
	                        error)) != OK)
		return r;
	return read_volume(packing, error);
}

static int check_side(const struct packing *packing, struct error *error)
{
	const struct which_channel *channel = &packing->node.channel;
	const char *side = packing->options->argument_count > 0 ? packing->options->arguments[0]
	                                                        : channel->other;

	if (strcmp(side, channel->other) == 0)
		return OK;
	return error_set(error, ERROR_USAGE,
	                 _("the other side of this channel is '%s', not '%.64s'"), channel->other,
	                 side);
}

/* --- frames ---------------------------------------------------------------------------- */

static int make_header(const struct packing *packing, struct courier_header *ret_header,
                       struct error *error)
{
	const struct which_channel *channel = &packing->node.channel;
	struct courier_header header = { .channel = channel->charter->id,
		                         .volumes = packing->follow ? 0 : 1 };
	struct random_source random = system_random();
	int r;

	snprintf(header.from, sizeof(header.from), "%s", channel->own);
	if (!packing->copy)
		snprintf(header.to, sizeof(header.to), "%s", channel->other);
	if ((r = random.fill(random.context, header.pack, sizeof(header.pack))) != OK)
		return error_set(error, r, "%s", result_text(r));
	*ret_header = header;
	return OK;
}

/* Asks for the frame at `place`, which moves. */
static int next_frame(struct packing *packing, char place[256], struct buffer *frame,
                      bool *ret_more, struct error *error)
{
	json_t *reply = NULL;
	const char *text, *next;
	char since[32] = "";
	int r;

	if (packing->since != UINT64_MAX && place[0] == '\0')
		snprintf(since, sizeof(since), "&since=%" PRIu64, packing->since);
	if ((r = api_get(packing->node.api, &reply, error,
	                 "/v1/channels/%s/post?copy=%d&bytes=%zu%s%s%s", packing->node.channel.id,
	                 packing->copy, courier_writer_room(packing->writer), since,
	                 place[0] != '\0' ? "&place=" : "", place)) != OK)
		return r;
	buffer_clear(frame);
	text = member_string(reply, "frame");
	next = member_text(reply, "next");
	if (strlen(next) >= 256 ||
	    (text != NULL && base64_decode(frame, bytes_of_string(text), BASE64_PADDED) != OK))
		r = error_set(error, ERROR_SYNTAX, _("the node gives no frame"));
	else
		snprintf(place, 256, "%s", next);
	*ret_more = member_true(reply, "more");
	json_decref(reply);
	return r;
}

/* All that there is from `place` on. */
static int pack_pass(struct packing *packing, char place[256], struct error *error)
{
	struct progress progress;
	struct buffer frame;
	bool more = true;
	int r = OK;

	buffer_init(&frame, FRAME_MAXIMUM + 4);
	progress_begin(&progress, _("packing"), 0);
	while (more && (r = next_frame(packing, place, &frame, &more, error)) == OK) {
		if (frame.size == 0)
			continue;
		if ((r = courier_writer_add(packing->writer, buffer_view(&frame), error)) != OK)
			break;
		packing->frames++;
		packing->bytes += frame.size;
		progress_update(&progress, packing->bytes);
	}
	progress_end(&progress);
	buffer_release(&frame);
	return r;
}

/* Until a log has grown, or a while has passed: a cosignature makes none longer. */
static int wait_for_more(struct packing *packing, uint64_t sizes[2], struct error *error)
{
	json_t *reply = NULL;
	int r = api_get(packing->node.api, &reply, error,
	                "/v1/channels/%s/wait?own=%" PRIu64 "&theirs=%" PRIu64 "&seconds=%d",
	                packing->node.channel.id, sizes[0], sizes[1], WAIT_SECONDS);

	if (r == OK) {
		sizes[0] = member_number(reply, "own_size");
		sizes[1] = member_number(reply, "their_size");
	}
	json_decref(reply);
	return r;
}

/* A node that is being restarted is asked again; a reader that has gone ends it. */
static int follow(struct packing *packing, struct error *error)
{
	uint64_t sizes[2] = { 0, 0 };
	char place[256] = "";
	bool absent = false;
	int r;

	for (;;) {
		if ((r = pack_pass(packing, place, error)) == OK)
			r = wait_for_more(packing, sizes, error);
		if (r != OK && api_last_status(packing->node.api) != 0)
			return r;
		if (r != OK && r != ERROR_IO)
			return r;
		if (r == OK) {
			absent = false;
			continue;
		}
		if (!absent)
			complain_error(NULL, error);
		absent = true;
		sleep(RETRY_SECONDS);
	}
}

static int pack_all(struct packing *packing, uint64_t *ret_volumes, struct error *error)
{
	char place[256] = "";
	int r = pack_pass(packing, place, error);

	return r == OK ? courier_writer_finish(packing->writer, ret_volumes, error) : r;
}

static void show(const struct packing *packing, uint64_t volumes)
{
	const char *name = options_value(packing->options, "output");

	if (name == NULL)
		return;
	if (volumes == 1)
		printf(_("%s: %" PRIu64 " bytes\n"), name, packing->bytes);
	else
		printf(_("%s.1 to %s.%" PRIu64 ": %" PRIu64 " bytes\n"), name, name, volumes,
		       packing->bytes);
	advise(packing->copy ? _("'chiro take' takes it where the copy is to be.")
	                     : _("Over there, 'chiro take' takes it, in any order."));
}

int command_pack(int argc, char **argv)
{
	struct packing packing = { 0 };
	struct courier_header header;
	struct options options;
	struct error error = { 0 };
	uint64_t volumes = 0;
	int result, r;

	if ((result = options_parse(&usage, argc, argv, &options)) >= 0)
		return result;
	packing.options = &options;
	if (read_options(&packing, &error) != OK)
		return usage_error(&usage, "%s", error.message);
	if ((result = node_open(&options, true, &packing.node)) >= 0)
		return result;
	if ((r = check_side(&packing, &error)) == OK &&
	    (r = make_header(&packing, &header, &error)) == OK &&
	    (r = courier_writer_new(&header, options_value(&options, "output"), packing.volume,
	                            &packing.writer, &error)) == OK)
		r = packing.follow ? follow(&packing, &error)
		                   : pack_all(&packing, &volumes, &error);
	courier_writer_free(packing.writer);
	node_close(&packing.node);
	if (r == OK)
		show(&packing, volumes);
	return conclude(r, &error);
}
