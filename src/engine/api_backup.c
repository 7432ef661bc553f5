/* A copy of the database: begun, asked for until it is complete, read in pieces, and
 * given back. */
#include "api_call.h"

static void write_backup(struct api_writer *writer, const struct engine *engine)
{
	const struct engine_backup *backup = &engine->backup;

	api_write_setup(writer, "backup", backup->id);
	api_write_bool(writer, "complete", backup->whole);
	api_write_number(writer, "bytes",
	                 backup->whole ? store_copy_size(engine->settings.store, backup->copy) : 0);
	api_write_time(writer, "time", backup->time);
	api_write_begin(writer, "channels");
	for (size_t i = 0; i < backup->channel_count; i++) {
		api_write_begin(writer, NULL);
		api_write_hash(writer, "channel", &backup->channels[i].id);
		api_write_number(writer, "own_size", backup->channels[i].own_size);
		api_write_number(writer, "their_size", backup->channels[i].their_size);
		api_write_end(writer);
	}
	api_write_end(writer);
}

int api_backup(struct api_call *call, struct error *error)
{
	int r = engine_begin_backup(call->engine, error);

	if (r == OK)
		write_backup(call->answer, call->engine);
	return r;
}

static int find_backup(const struct api_call *call, struct error *error)
{
	return engine_find_backup(call->engine, api_request_text(call->request, "backup").data,
	                          error);
}

int api_backup_state(struct api_call *call, struct error *error)
{
	int r = find_backup(call, error);

	if (r == OK)
		write_backup(call->answer, call->engine);
	return r;
}

int api_backup_data(struct api_call *call, struct error *error)
{
	struct engine *engine = call->engine;
	uint64_t length = api_request_number(call->request, "length", API_PIECE_MAXIMUM);
	struct buffer data;
	int r;

	if ((r = find_backup(call, error)) != OK)
		return r;
	if (!engine->backup.whole)
		return error_set(error, ERROR_STATE, "the backup is not complete yet");
	if (length > API_PIECE_MAXIMUM)
		length = API_PIECE_MAXIMUM;
	buffer_init(&data, API_PIECE_MAXIMUM);
	r = store_copy_read(engine->settings.store, engine->backup.copy,
	                    api_request_number(call->request, "offset", 0), (size_t)length, &data);
	if (r != OK)
		error_set(error, r, "the copy cannot be read");
	else
		api_write_octets(call->answer, "data", buffer_view(&data));
	buffer_release(&data);
	return r;
}

int api_end_backup(struct api_call *call, struct error *error)
{
	int r = find_backup(call, error);

	if (r == OK)
		engine_end_backup(call->engine);
	return r;
}
