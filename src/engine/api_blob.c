/* Sealed bodies: sent in pieces, fetched in pieces, and the key to open one. */
#include "allocate.h"
#include "api_call.h"

int api_upload(struct api_call *call, struct error *error)
{
	const struct api_request *request = call->request;
	struct hash hash = api_request_hash(request, "sha256");
	uint64_t held;
	bool complete;
	int r;

	if ((r = engine_upload(call->channel, &hash, api_request_number(request, "size", 0),
	                       api_request_number(request, "offset", 0),
	                       api_request_text(request, "data"), &held, &complete, error)) != OK)
		return r;
	api_write_number(call->answer, "held", held);
	api_write_bool(call->answer, "complete", complete);
	return OK;
}

static int find_blob(const struct api_call *call, struct store_blob *ret_blob, struct error *error)
{
	struct hash hash = api_request_hash(call->request, "sha256");
	int r = store_get_blob(call->engine->settings.store, call->channel->number, &hash,
	                       ret_blob);

	if (r == ERROR_NOT_FOUND)
		return error_set(error, r, "there is no such sealed body here");
	return r == OK ? OK : error_set(error, r, "the sealed body cannot be read");
}

int api_blob(struct api_call *call, struct error *error)
{
	struct store_blob blob;
	int r;

	if ((r = find_blob(call, &blob, error)) != OK)
		return r;
	api_write_number(call->answer, "size", blob.total);
	api_write_number(call->answer, "held", blob.size);
	api_write_bool(call->answer, "complete", blob.complete);
	return OK;
}

int api_blob_data(struct api_call *call, struct error *error)
{
	uint64_t offset = api_request_number(call->request, "offset", 0);
	uint64_t length = api_request_number(call->request, "length", API_PIECE_MAXIMUM);
	struct store_blob blob;
	struct buffer data;
	int r;

	if ((r = find_blob(call, &blob, error)) != OK)
		return r;
	if (offset > blob.size)
		return error_set(error, ERROR_LIMIT, "only %llu bytes are held",
		                 (unsigned long long)blob.size);
	if (length > API_PIECE_MAXIMUM)
		length = API_PIECE_MAXIMUM;
	if (length > blob.size - offset)
		length = blob.size - offset;
	buffer_init(&data, API_PIECE_MAXIMUM);
	if (length > 0 && (r = store_read_blob(call->engine->settings.store, call->channel->number,
	                                       &blob.hash, offset, (size_t)length, &data)) != OK)
		error_set(error, r, "the sealed body cannot be read");
	else
		api_write_octets(call->answer, "data", buffer_view(&data));
	buffer_release(&data);
	return r;
}

int api_file_key(struct api_call *call, struct error *error)
{
	uint8_t file_key[KEEPER_FILE_KEY_SIZE];
	char who[API_NAME_MAXIMUM + 1];
	struct act_place place;
	int r;

	if ((r = api_find_act(call, &place, error)) != OK)
		return r;
	if ((r = bytes_to_string(api_request_text(call->request, "who"), who, sizeof who)) != OK)
		return error_set(error, r, "the name of the user is too long");
	if ((r = engine_unseal(call->channel, place, who, file_key, error)) != OK)
		return r;
	api_write_octets(call->answer, "file_key", bytes_of(file_key, sizeof file_key));
	wipe(file_key, sizeof file_key);
	return OK;
}
