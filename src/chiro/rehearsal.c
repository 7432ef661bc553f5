#include "rehearsal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "backup_stream.h"
#include "command.h"
#include "configuration.h"
#include "durable_file.h"
#include "files.h"
#include "listing.h"
#include "mirror_process.h"
#include "node_record.h"
#include "record_listing.h"
#include "settings.h"
#include "translate.h"

enum { PATH_CAPACITY = SETTINGS_PATH_CAPACITY + BACKUP_NAME_CAPACITY + 32 };

#define DATABASE      "store.sqlite"
#define CONFIGURATION "chirod.conf"
#define OPENED        "opened" /* the folder for all others: apart from what is ours here */

struct rehearsal {
	const struct options *options;
	const char *folder;
	struct backup_reader reader;
	int file; /* that is being restored; -1: none */
	char path[PATH_CAPACITY];
	struct configuration configuration; /* of the node */
	char socket[CONFIGURATION_SOCKET_CAPACITY];
	struct mirror_process mirror;
	struct node node; /* the mirror, with the channel that is looked at */
	json_t *channels; /* what was found of each, with --json */
	bool is_bad;      /* something is damaged or missing */
};

/* --- taking the backup apart ------------------------------------------------- */

static int full_or_failed(const struct rehearsal *rehearsal, struct error *error)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return error_set(
		    error, ERROR_IO,
		    _("the disk is full at %s: let TMPDIR name a place with more room"),
		    rehearsal->folder);
	return error_set(error, ERROR_IO, "%s: %s", rehearsal->path, strerror(errno));
}

static int restore_begin(void *context, const char *name, uint64_t size, struct error *error)
{
	struct rehearsal *rehearsal = context;
	struct statvfs disk;

	snprintf(rehearsal->path, sizeof(rehearsal->path), "%s/%s/%s", rehearsal->folder,
	         strcmp(name, DATABASE) == 0 ? "home/data" : OPENED, name);
	/* Better now than after an hour. */
	if (statvfs(rehearsal->folder, &disk) == 0 &&
	    (uint64_t)disk.f_bavail * disk.f_frsize < size) {
		errno = ENOSPC;
		return full_or_failed(rehearsal, error);
	}
	rehearsal->file = open(rehearsal->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return rehearsal->file >= 0 ? OK : full_or_failed(rehearsal, error);
}

static int restore_data(void *context, struct bytes data, struct error *error)
{
	struct rehearsal *rehearsal = context;

	return file_write_all(rehearsal->file, data) == OK ? OK : full_or_failed(rehearsal, error);
}

static int restore_end(void *context, struct error *error)
{
	struct rehearsal *rehearsal = context;
	int closed = close(rehearsal->file);

	rehearsal->file = -1;
	return closed == 0 ? OK : full_or_failed(rehearsal, error);
}

static int make_folder(struct rehearsal *rehearsal, const char *name, struct error *error)
{
	snprintf(rehearsal->path, sizeof(rehearsal->path), "%s/%s", rehearsal->folder, name);
	return mkdir(rehearsal->path, 0700) == 0 ? OK : full_or_failed(rehearsal, error);
}

static bool has_file(const struct backup_manifest *manifest, const char *name)
{
	for (size_t i = 0; i < manifest->file_count; i++) {
		if (strcmp(manifest->files[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The files and their hashes are as the manifest says; now whether all are named that
 * a restore needs. */
static int check_manifest(const struct backup_manifest *manifest, struct error *error)
{
	char name[2 * BACKUP_NAME_CAPACITY];

	if (!has_file(manifest, DATABASE) || !has_file(manifest, CONFIGURATION))
		return error_set(error, ERROR_MISMATCH, _("it has no '%s'"),
		                 has_file(manifest, DATABASE) ? CONFIGURATION : DATABASE);
	for (size_t i = 0; i < manifest->channel_count; i++) {
		snprintf(name, sizeof(name), "%s.charter", manifest->channels[i].id);
		if (!has_file(manifest, name))
			return error_set(error, ERROR_MISMATCH, _("it has no '%s'"), name);
	}
	return OK;
}

static int take_apart(struct rehearsal *rehearsal, struct error *error)
{
	const struct backup_receiver receiver = { rehearsal, restore_begin, restore_data,
		                                  restore_end };
	const char *file = options_value(rehearsal->options, "check");
	struct error why = { 0 };
	int r;

	if ((r = make_folder(rehearsal, OPENED, error)) != OK ||
	    (r = make_folder(rehearsal, "home", error)) != OK ||
	    (r = make_folder(rehearsal, "home/data", error)) != OK)
		return r;
	if ((r = backup_reader_init(&rehearsal->reader, &receiver)) != OK)
		return error_set(error, r, "%s", result_text(r));
	if ((r = backup_input_read(file, options_value(rehearsal->options, "identity"),
	                           &rehearsal->reader, error)) != OK)
		return r;
	if ((r = check_manifest(&rehearsal->reader.manifest, &why)) != OK)
		return error_set(error, r, _("%s is not a whole backup: %s"), file, why.message);
	return OK;
}

/* --- the mirror ---------------------------------------------------------------- */

static int read_file(struct rehearsal *rehearsal, const char *name, size_t maximum,
                     struct buffer *buffer, struct error *error)
{
	snprintf(rehearsal->path, sizeof(rehearsal->path), "%s/" OPENED "/%s", rehearsal->folder,
	         name);
	buffer_init(buffer, maximum);
	return file_read(rehearsal->path, buffer, error);
}

static int read_configuration(struct rehearsal *rehearsal, struct error *error)
{
	struct buffer text;
	int r = read_file(rehearsal, CONFIGURATION, CONFIGURATION_SIZE_MAXIMUM, &text, error);

	if (r == OK &&
	    (r = configuration_parse(buffer_view(&text), &rehearsal->configuration, error)) != OK)
		error_set(error, r, _("the chirod.conf in the backup, line %zu: %s"), error->line,
		          error->message);
	buffer_release(&text);
	return r;
}

/* Root has the mirror work as the user that the node worked as, where there is one. */
static const struct passwd *user_of_mirror(const struct rehearsal *rehearsal)
{
	const struct passwd *user = rehearsal->configuration.user[0] != '\0'
	                                ? getpwnam(rehearsal->configuration.user)
	                                : NULL;

	return user != NULL && user->pw_uid != 0 ? user : getpwnam("nobody");
}

/* Gives what the mirror works on to its user, who must come through to it. */
static int give_away(struct rehearsal *rehearsal, const struct passwd *user, struct error *error)
{
	static const char *const names[] = { "home/data", "home/data/" DATABASE };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(rehearsal->path, sizeof(rehearsal->path), "%s/%s", rehearsal->folder,
		         names[i]);
		if (lchown(rehearsal->path, user->pw_uid, user->pw_gid) != 0)
			return full_or_failed(rehearsal, error);
	}
	snprintf(rehearsal->path, sizeof(rehearsal->path), "%s/home", rehearsal->folder);
	if (chmod(rehearsal->path, 0711) != 0 || chmod(rehearsal->folder, 0711) != 0)
		return full_or_failed(rehearsal, error);
	return OK;
}

static int put_mirror_configuration(struct rehearsal *rehearsal, struct buffer *text,
                                    struct error *error)
{
	const struct configuration *configuration = &rehearsal->configuration;
	const struct passwd *self = getpwuid(geteuid()), *user;
	int r;

	r = buffer_put_format(text,
	                      "chirograph.conf/1\nhome %s/home\nsocket %s\nparty %s\ndomain %s\n"
	                      "name %s %s\n",
	                      rehearsal->folder, rehearsal->socket, configuration->party,
	                      configuration->domain, configuration->names[0].language,
	                      configuration->names[0].name);
	if (r != OK || geteuid() != 0)
		return r;
	if ((user = user_of_mirror(rehearsal)) == NULL || self == NULL)
		return error_set(error, ERROR_STATE,
		                 _("there is no user to run a mirror as: do this as another user "
		                   "than root"));
	if ((r = buffer_put_format(text, "user %s\n", user->pw_name)) != OK)
		return r;
	return give_away(rehearsal, user, error);
}

static int write_mirror_configuration(struct rehearsal *rehearsal, struct error *error)
{
	int size = snprintf(rehearsal->socket, sizeof(rehearsal->socket), "%s/api.sock",
	                    rehearsal->folder);
	struct buffer text;
	int r;

	if (size < 0 || (size_t)size >= sizeof(rehearsal->socket))
		return error_set(error, ERROR_LIMIT,
		                 _("TMPDIR is too long for the socket of a mirror"));
	buffer_init(&text, CONFIGURATION_SIZE_MAXIMUM);
	if ((r = put_mirror_configuration(rehearsal, &text, error)) == OK) {
		snprintf(rehearsal->path, sizeof(rehearsal->path), "%s/mirror.conf",
		         rehearsal->folder);
		r = file_write_new(rehearsal->path, buffer_view(&text), 0600, error);
	}
	buffer_release(&text);
	return r;
}

static int start_mirror(struct rehearsal *rehearsal, struct error *error)
{
	const char *program = options_value(rehearsal->options, "chirod");
	char journal[PATH_CAPACITY];
	int r;

	if ((r = read_configuration(rehearsal, error)) != OK ||
	    (r = write_mirror_configuration(rehearsal, error)) != OK)
		return r;
	snprintf(journal, sizeof(journal), "%s/journal", rehearsal->folder);
	if ((r = mirror_start(program != NULL ? program : "chirod", rehearsal->path, journal,
	                      &rehearsal->mirror, error)) != OK)
		return r;
	return api_new(rehearsal->socket, &rehearsal->node.api, error);
}

/* --- each channel ---------------------------------------------------------------- */

/* What is wrong with a channel: the rest is looked at all the same. */
static void bad(struct rehearsal *rehearsal, const char *channel, const struct error *why)
{
	rehearsal->is_bad = true;
	complain("%.20s: %s", channel, why->message);
}

/* A text of the archive and the same of the database. */
static int compare_text(struct rehearsal *rehearsal, const char *name, const char *text,
                        struct error *error)
{
	struct buffer content;
	int r = read_file(rehearsal, name, CHARTER_SIZE_MAXIMUM, &content, error);

	if (r == OK && !bytes_equal_string(buffer_view(&content), text))
		r = error_set(error, ERROR_MISMATCH,
		              _("'%s' of the backup is not what its database has"), name);
	buffer_release(&content);
	return r;
}

/* Whether the mirror has the channel as the backup said that it was. */
static int compare_channel(struct rehearsal *rehearsal, const struct backup_channel *told,
                           struct error *error)
{
	const struct which_channel *channel = &rehearsal->node.channel;
	const json_t *signatures = member(channel->details, "signatures");
	char name[2 * BACKUP_NAME_CAPACITY];
	int r;

	snprintf(name, sizeof(name), "%s.charter", told->id);
	if ((r = compare_text(rehearsal, name, member_text(channel->details, "charter"), error)) !=
	    OK)
		return r;
	for (unsigned i = 0; i < 2; i++) {
		const char *party = channel->charter->parties[i].id;
		uint64_t size = member_number(channel->details,
		                              i == channel->own_index ? "own_size" : "their_size");

		snprintf(name, sizeof(name), "%s.%s.sig", told->id, party);
		if ((r = compare_text(rehearsal, name, member_text(signatures, party), error)) !=
		    OK)
			return r;
		if (strcmp(told->parties[i], party) != 0 || told->sizes[i] != size)
			return error_set(error, ERROR_MISMATCH,
			                 _("the backup was made as of %" PRIu64
			                   " entries of %s, and its database has %" PRIu64),
			                 told->sizes[i], told->parties[i], size);
	}
	return OK;
}

static int export_record(struct rehearsal *rehearsal, const char *directory, struct error *error)
{
	struct progress progress;
	const struct record_options options = {
		.acts = RECORD_ACTS_NEVER,
		.progress = progress_show,
		.progress_context = &progress,
	};
	struct node_record *record;
	struct record_source source;
	int r;

	if ((r = node_record_new(&rehearsal->node, NULL, &record, error)) != OK)
		return r;
	source = node_record_source(record, false);
	progress_begin(&progress, _("exporting"), 0);
	r = record_write(directory, &source, &options, NULL, error);
	progress_end(&progress);
	node_record_free(record);
	return r;
}

static int verify_record(const char *directory, struct record_report *ret_report,
                         struct error *error)
{
	struct progress progress;
	const struct record_verify_options options = {
		.progress = progress_show,
		.progress_context = &progress,
	};
	int r;

	progress_begin(&progress, _("verifying"), 0);
	r = record_verify(directory, &options, ret_report, error);
	progress_end(&progress);
	return r;
}

/* `as of north-412, south-388`, and what an intact record leaves open. */
static void show_channel(const struct backup_channel *told, const struct record_report *report)
{
	printf("%s%.20s%s  ", style(stdout, STYLE_STRONG), told->id, style(stdout, STYLE_PLAIN));
	if (!report->intact) {
		printf("%s%s%s\n", style(stdout, STYLE_BAD), _("The record is damaged."),
		       style(stdout, STYLE_PLAIN));
		record_damage_show(&report->damage);
		return;
	}
	printf(_("as of %s, %s\n"), report->as_of[0][0] != '\0' ? report->as_of[0] : _("nothing"),
	       report->as_of[1][0] != '\0' ? report->as_of[1] : _("nothing"));
	record_gaps_show(report);
}

static int check_record(struct rehearsal *rehearsal, const struct backup_channel *told,
                        struct error *error)
{
	struct record_report report;
	char directory[PATH_CAPACITY];
	int r;

	snprintf(directory, sizeof(directory), "%s/record", rehearsal->folder);
	if ((r = export_record(rehearsal, directory, error)) != OK ||
	    (r = verify_record(directory, &report, error)) != OK ||
	    (r = directory_remove_all(directory, error)) != OK)
		return r;
	rehearsal->is_bad = rehearsal->is_bad || !report.intact;
	if (rehearsal->channels != NULL)
		json_array_append_new(rehearsal->channels, record_report_document(&report));
	else
		show_channel(told, &report);
	return OK;
}

static void check_channel(struct rehearsal *rehearsal, const struct backup_channel *told)
{
	char directory[PATH_CAPACITY];
	struct error error = { 0 };
	int r;

	r = which_channel_find(rehearsal->node.api, told->id, &rehearsal->node.channel, &error);
	if (r == OK) {
		if ((r = compare_channel(rehearsal, told, &error)) == OK)
			r = check_record(rehearsal, told, &error);
		which_channel_release(&rehearsal->node.channel);
	}
	if (r == OK)
		return;
	bad(rehearsal, told->id, &error);
	snprintf(directory, sizeof(directory), "%s/record", rehearsal->folder);
	directory_remove_all(directory, NULL);
}

static int check_all(struct rehearsal *rehearsal, struct error *error)
{
	const struct backup_manifest *manifest = &rehearsal->reader.manifest;
	json_t *status = NULL;
	int r;

	if ((r = api_get(rehearsal->node.api, &status, error, "/v1/status")) != OK)
		return r;
	if (json_array_size(member(status, "channels")) != manifest->channel_count) {
		rehearsal->is_bad = true;
		complain(_("the backup was made of %zu channels, and its database has %zu"),
		         manifest->channel_count, json_array_size(member(status, "channels")));
	}
	json_decref(status);
	for (size_t i = 0; i < manifest->channel_count; i++)
		check_channel(rehearsal, &manifest->channels[i]);
	return OK;
}

/* --- the whole --------------------------------------------------------------------- */

static void conclude_rehearsal(const struct rehearsal *rehearsal)
{
	const struct backup_manifest *manifest = &rehearsal->reader.manifest;
	char time[TIMESTAMP_CAPACITY];
	json_t *document;

	timestamp_format(manifest->time, time);
	if (rehearsal->channels != NULL) {
		document = json_pack("{s:b,s:s,s:s,s:s,s:O}", "good", !rehearsal->is_bad, "time",
		                     time, "party", manifest->party, "version", manifest->version,
		                     "channels", rehearsal->channels);
		print_json(document);
		json_decref(document);
		return;
	}
	fputs(style(stdout, rehearsal->is_bad ? STYLE_BAD : STYLE_GOOD), stdout);
	printf(rehearsal->is_bad ? _("The backup of %s, made %s, is not good.")
	                         : _("The backup of %s, made %s, is good."),
	       manifest->party, time);
	printf("%s\n", style(stdout, STYLE_PLAIN));
}

int rehearse(const struct options *options, const char *folder)
{
	struct rehearsal rehearsal = { .options = options, .folder = folder, .file = -1 };
	struct error error = { 0 };
	int r;

	if (options_has(options, "json"))
		rehearsal.channels = json_array();
	if ((r = take_apart(&rehearsal, &error)) == OK &&
	    (r = start_mirror(&rehearsal, &error)) == OK)
		r = check_all(&rehearsal, &error);
	if (r == OK)
		conclude_rehearsal(&rehearsal);
	mirror_stop(&rehearsal.mirror);
	api_free(rehearsal.node.api);
	json_decref(rehearsal.channels);
	if (rehearsal.file >= 0)
		close(rehearsal.file);
	backup_reader_release(&rehearsal.reader);
	error.code = r;
	if (r != OK)
		return complain_error(NULL, &error);
	return rehearsal.is_bad ? STATUS_FAILED : STATUS_OK;
}
