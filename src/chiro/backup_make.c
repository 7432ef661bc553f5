#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "backup.h"
#include "backup_stream.h"
#include "command.h"
#include "configuration.h"
#include "files.h"
#include "recipients.h"
#include "terminal.h"
#include "translate.h"
#include "which_channel.h"

enum {
	RECIPIENTS_MAXIMUM = 16,
	PIECE_MAXIMUM = 256 * 1024, /* what the node gives in one answer at most */
	BUSY_TRIES = 40,            /* seconds for another backup to be done, or given up */
	POLL_MILLISECONDS = 50,
	POLL_SLOWEST = 1000
};

#define DATABASE "store.sqlite"

struct making {
	const struct options *options;
	struct node node;
	struct buffer configuration; /* text of chirod.conf */
	size_t recipient_count;      /* 0: not sealed */
	struct x25519_public recipients[RECIPIENTS_MAXIMUM];
	char id[2 * 16 + 1]; /* of the node's copy; "" when there is none */
	json_t *copy;        /* how it is, once it is complete */
	struct backup_output output;
	struct backup_writer writer;
};

static int not_understood(struct error *error)
{
	return error_set(error, ERROR_SYNTAX, _("the node's answer is not understood"));
}

/* --- to whom ------------------------------------------------------------------ */

static int add_recipient(struct making *making, const char *text, struct error *error)
{
	if (making->recipient_count == RECIPIENTS_MAXIMUM)
		return error_set(error, ERROR_USAGE, _("a backup has at most %d recipients"),
		                 RECIPIENTS_MAXIMUM);
	if (age_recipient_parse(bytes_of_string(text),
	                        &making->recipients[making->recipient_count]) != OK)
		return error_set(error, ERROR_USAGE,
		                 _("'%s' is no age recipient of the plain kind (X25519)"), text);
	making->recipient_count++;
	return OK;
}

static int recipients_of_configuration(struct making *making, struct error *error)
{
	struct configuration configuration;
	int r = OK;

	if (configuration_parse(buffer_view(&making->configuration), &configuration, error) != OK)
		return error_in_file(error, ERROR_SYNTAX, _("the node's configuration"));
	for (size_t i = 0; r == OK && i < configuration.backup_recipient_count; i++)
		r = add_recipient(making, configuration.backup_recipients[i], error);
	return r;
}

static int choose_recipients(struct making *making, struct error *error)
{
	char recipient[AGE_RECIPIENT_CAPACITY];
	const char *given;
	int r = OK;

	if (options_has(making->options, "unsealed"))
		return OK;
	for (size_t i = 0;
	     r == OK && (given = options_value_at(making->options, "recipient", i)) != NULL; i++) {
		if (strncmp(given, "age1", 4) == 0)
			r = add_recipient(making, given, error);
		else if ((r = recipient_read(given, recipient, error)) == OK)
			r = add_recipient(making, recipient, error);
		else
			r = error_set(error, ERROR_USAGE, "%s", error->message);
	}
	if (r == OK && making->recipient_count == 0)
		r = recipients_of_configuration(making, error);
	if (r == OK && making->recipient_count == 0)
		r = error_set(error, ERROR_USAGE,
		              _("say who can open it, by --recipient or 'backup-recipient' in "
		                "chirod.conf ('age-keygen' makes a key)"));
	return r;
}

/* --- the node's copy ------------------------------------------------------------ */

static int get_configuration(struct making *making, struct error *error)
{
	json_t *reply = NULL;
	int r = api_get(making->node.api, &reply, error, "/v1/configuration");

	if (r == OK && member_string(reply, "text") == NULL)
		r = not_understood(error);
	if (r == OK)
		r = buffer_put_string(&making->configuration, member_text(reply, "text"));
	json_decref(reply);
	return r;
}

/* Begins one; another's is waited for. */
static int begin_copy(struct making *making, struct error *error)
{
	json_t *reply = NULL;
	int r;

	for (int try = 1;; try++) {
		r = api_send(making->node.api, "POST", NULL, &reply, error, "/v1/backup");
		if (r == OK || api_last_status(making->node.api) != 503 || try == BUSY_TRIES)
			break;
		sleep(1);
	}
	if (r == OK && bytes_to_string(bytes_of_string(member_text(reply, "backup")), making->id,
	                               sizeof(making->id)) != OK)
		r = not_understood(error);
	json_decref(reply);
	return r;
}

static int wait_for_copy(struct making *making, struct error *error)
{
	long pause = POLL_MILLISECONDS;
	struct progress progress;
	int r;

	progress_begin(&progress, _("the node copies its database"), 0);
	while ((r = api_get(making->node.api, &making->copy, error, "/v1/backup/%s", making->id)) ==
	           OK &&
	       !member_true(making->copy, "complete")) {
		const struct timespec time = { pause / 1000, pause % 1000 * 1000000 };

		json_decref(making->copy);
		making->copy = NULL;
		nanosleep(&time, NULL);
		pause = pause * 2 < POLL_SLOWEST ? pause * 2 : POLL_SLOWEST;
		progress_update(&progress, 0);
	}
	progress_end(&progress);
	return r;
}

/* --- the archive ------------------------------------------------------------------ */

/* Of a failure of the writer: what the output says, where it is the output's. */
static int writing_failed(const struct making *making, int result, struct error *error)
{
	if (making->output.why.code != OK)
		return error_set(error, making->output.why.code, "%s", making->output.why.message);
	return error_set(error, result, _("the backup cannot be written: %s"), result_text(result));
}

static int put_text(struct making *making, const char *text, struct error *error,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

static int put_text(struct making *making, const char *text, struct error *error,
                    const char *format, ...)
{
	char name[2 * BACKUP_NAME_CAPACITY];
	va_list arguments;
	int r;

	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	r = backup_writer_file(&making->writer, name, bytes_of_string(text));
	return r == OK ? OK : writing_failed(making, r, error);
}

/* The charter of a channel, its signatures, and how long the logs are. */
static int put_channel(struct making *making, const json_t *copied, struct error *error)
{
	struct backup_channel channel = { 0 };
	struct which_channel details;
	const json_t *signatures;
	int r;

	if ((r = which_channel_find(making->node.api, member_text(copied, "channel"), &details,
	                            error)) != OK)
		return r;
	signatures = member(details.details, "signatures");
	memcpy(channel.id, details.id, sizeof(channel.id));
	r = put_text(making, member_text(details.details, "charter"), error, "%s.charter",
	             channel.id);
	for (unsigned i = 0; r == OK && i < 2; i++) {
		const char *party = details.charter->parties[i].id;

		memcpy(channel.parties[i], party, strlen(party) + 1);
		channel.sizes[i] = member_number(copied, i == details.own_index ? "own_size"
		                                                                : "their_size");
		r = put_text(making, member_text(signatures, party), error, "%s.%s.sig", channel.id,
		             party);
	}
	if (r == OK && (r = backup_manifest_add_channel(&making->writer.manifest, &channel)) != OK)
		r = writing_failed(making, r, error);
	which_channel_release(&details);
	return r;
}

static int put_database(struct making *making, struct error *error)
{
	uint64_t size = member_number(making->copy, "bytes"), offset = 0;
	struct progress progress;
	struct buffer piece;
	int r;

	buffer_init(&piece, PIECE_MAXIMUM);
	if ((r = backup_writer_begin(&making->writer, DATABASE, size)) != OK)
		writing_failed(making, r, error);
	progress_begin(&progress, _("writing"), size);
	while (r == OK && offset < size) {
		buffer_clear(&piece);
		r = api_fetch(making->node.api, &piece, error, "/v1/backup/%s/data?offset=%" PRIu64,
		              making->id, offset);
		if (r == OK && piece.size == 0)
			r = not_understood(error);
		if (r == OK && (r = backup_writer_put(&making->writer, buffer_view(&piece))) != OK)
			writing_failed(making, r, error);
		offset += piece.size;
		progress_update(&progress, offset);
	}
	progress_end(&progress);
	if (r == OK && (r = backup_writer_end(&making->writer)) != OK)
		writing_failed(making, r, error);
	buffer_release(&piece);
	return r;
}

static int put_all(struct making *making, struct error *error)
{
	const json_t *channels = member(making->copy, "channels");
	struct backup_manifest *manifest = &making->writer.manifest;
	json_t *status = NULL, *each;
	size_t i;
	int r;

	if ((r = api_get(making->node.api, &status, error, "/v1/status")) != OK)
		return r;
	if (bytes_to_string(bytes_of_string(member_text(status, "party")), manifest->party,
	                    sizeof(manifest->party)) != OK ||
	    bytes_to_string(bytes_of_string(member_text(status, "version")), manifest->version,
	                    sizeof(manifest->version)) != OK)
		r = not_understood(error);
	json_decref(status);
	if (r == OK && (r = backup_writer_file(&making->writer, "chirod.conf",
	                                       buffer_view(&making->configuration))) != OK)
		writing_failed(making, r, error);
	json_array_foreach(channels, i, each)
	{
		if (r == OK)
			r = put_channel(making, each, error);
	}
	if (r == OK)
		r = put_database(making, error);
	if (r == OK && (r = backup_writer_finish(&making->writer)) != OK)
		writing_failed(making, r, error);
	return r;
}

static int write_backup(struct making *making, struct error *error)
{
	const char *path = making->options->argument_count > 0 ? making->options->arguments[0]
	                                                       : NULL;
	struct byte_sink sink;
	int r;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	if (path == NULL && isatty(STDOUT_FILENO))
		return error_set(error, ERROR_USAGE,
		                 _("name a file; a backup is nothing for a terminal"));
	if ((r = backup_output_open(path, making->recipients, making->recipient_count,
	                            &making->output, error)) != OK)
		return r;
	sink = backup_output_sink(&making->output);
	if ((r = begin_copy(making, error)) != OK || (r = wait_for_copy(making, error)) != OK)
		goto out;
	if ((r = backup_writer_init(&making->writer, &sink, member_time(making->copy, "time"))) !=
	    OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	if ((r = put_all(making, error)) == OK)
		r = backup_output_finish(&making->output, error);
out:
	backup_output_release(&making->output);
	return r;
}

/* --- what was done ------------------------------------------------------------------ */

static json_t *document(const struct making *making)
{
	const struct backup_manifest *manifest = &making->writer.manifest;
	json_t *channels = json_array();

	for (size_t i = 0; i < manifest->channel_count; i++) {
		const struct backup_channel *channel = &manifest->channels[i];
		json_t *logs = json_object();

		for (size_t j = 0; j < 2; j++)
			json_object_set_new(logs, channel->parties[j],
			                    json_integer((json_int_t)channel->sizes[j]));
		json_array_append_new(channels,
		                      json_pack("{s:s,s:o}", "channel", channel->id, "logs", logs));
	}
	return json_pack("{s:s?,s:I,s:i,s:o,s:o}", "file", making->output.path, "bytes",
	                 (json_int_t)making->output.written, "recipients",
	                 (int)making->recipient_count, "time",
	                 json_incref(member(making->copy, "time")), "channels", channels);
}

/* On standard output, unless that is where the backup went. */
static void show(const struct making *making)
{
	const struct backup_manifest *manifest = &making->writer.manifest;
	FILE *file = making->output.path != NULL ? stdout : stderr;

	if (making->recipient_count > 0)
		fprintf(file,
		        ngettext("%s: %" PRIu64 " bytes, sealed to %zu recipient\n",
		                 "%s: %" PRIu64 " bytes, sealed to %zu recipients\n",
		                 making->recipient_count),
		        making->output.path != NULL ? making->output.path : _("standard output"),
		        making->output.written, making->recipient_count);
	else
		fprintf(file, _("%s: %" PRIu64 " bytes, not sealed\n"),
		        making->output.path != NULL ? making->output.path : _("standard output"),
		        making->output.written);
	for (size_t i = 0; i < manifest->channel_count; i++) {
		const struct backup_channel *channel = &manifest->channels[i];

		fprintf(file, _("%.20s: %" PRIu64 " entries of %s, %" PRIu64 " of %s\n"),
		        channel->id, channel->sizes[0], channel->parties[0], channel->sizes[1],
		        channel->parties[1]);
	}
}

static void report(const struct making *making)
{
	json_t *said;

	if (!options_has(making->options, "json")) {
		show(making);
	} else if (making->output.path != NULL) {
		said = document(making);
		print_json(said);
		json_decref(said);
	}
}

int backup_make(const struct options *options)
{
	struct making making = { .options = options };
	struct error error = { 0 };
	json_t *gone = NULL;
	int result, r;

	if ((result = node_open(options, false, &making.node)) >= 0)
		return result;
	buffer_init(&making.configuration, CONFIGURATION_SIZE_MAXIMUM);
	if ((r = get_configuration(&making, &error)) == OK &&
	    (r = choose_recipients(&making, &error)) == OK)
		r = write_backup(&making, &error);
	/* Whatever happened: the node need not keep it for longer. */
	if (making.id[0] != '\0')
		api_send(making.node.api, "DELETE", NULL, &gone, NULL, "/v1/backup/%s", making.id);
	json_decref(gone);
	if (r == OK)
		report(&making);
	json_decref(making.copy);
	backup_writer_release(&making.writer);
	buffer_release(&making.configuration);
	node_close(&making.node);
	error.code = r;
	return r == OK ? STATUS_OK : complain_error(NULL, &error);
}
