#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "allocate.h"
#include "certificate.h"
#include "durable_file.h"
#include "encoding.h"
#include "fault_point.h"
#include "keeper_file.h"
#include "keeper_internal.h"

/* One keeper a directory: two live copies would sign a fork. */
static int take_lock(struct keeper *keeper, struct error *error)
{
	keeper->lock = openat(keeper->directory, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	                      0600);
	if (keeper->lock < 0)
		return error_set(error, ERROR_IO, "cannot open the keeper's lock: %s",
		                 strerror(errno));
	if (flock(keeper->lock, LOCK_EX | LOCK_NB) != 0)
		return error_set(error, ERROR_EXISTS, "another keeper runs on this directory");
	return OK;
}

int keeper_open(struct keeper *keeper, int directory, struct clock clock,
                struct random_source random, struct error *error)
{
	int r;

	*keeper = (struct keeper){
		.directory = directory,
		.lock = -1,
		.clock = clock,
		.started = clock.now(clock.context),
		.random = random,
	};
	if ((r = take_lock(keeper, error)) != OK || (r = keeper_load(keeper, error)) != OK)
		keeper_close(keeper);
	return r;
}

void keeper_channel_free(struct keeper_channel *channel)
{
	charter_free(channel->charter);
	keeper_keys_free(channel->keys);
	if (channel->state_fd >= 0)
		close(channel->state_fd);
	release_memory(channel);
}

void keeper_close(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->channel_count; i++)
		keeper_channel_free(keeper->channels[i]);
	for (size_t i = 0; i < keeper->setup_count; i++)
		keeper_keys_free(keeper->setups[i].keys);
	if (keeper->lock >= 0)
		close(keeper->lock);
	if (keeper->directory >= 0)
		close(keeper->directory);
	*keeper = (struct keeper){ .directory = -1, .lock = -1 };
}

int keeper_find_channel(const struct keeper *keeper, const struct hash *id,
                        struct keeper_channel **ret_channel, struct error *error)
{
	for (size_t i = 0; i < keeper->channel_count; i++) {
		if (hash_equal(&keeper->channels[i]->charter->id, id)) {
			*ret_channel = keeper->channels[i];
			return OK;
		}
	}
	return error_set(error, ERROR_NOT_FOUND, "the keeper has no such channel");
}

int keeper_find_signing(const struct keeper *keeper, const struct hash *id,
                        struct keeper_channel **ret_channel, struct error *error)
{
	struct keeper_channel *channel;
	int r = keeper_find_channel(keeper, id, &channel, error);

	if (r != OK)
		return r;
	if (keeper->failed)
		return error_set(error, ERROR_IO, "the keeper could not write and signs nothing");
	if (channel->state_lost)
		return error_set(error, ERROR_STATE,
		                 "the keeper's state of this channel is lost: it signs nothing");
	*ret_channel = channel;
	return OK;
}

void keeper_channel_file(const struct hash *channel, const char *suffix,
                         char ret_name[KEEPER_FILE_NAME_CAPACITY])
{
	char id[HASH_BASE32_CAPACITY];

	hash_to_base32(channel, id);
	snprintf(ret_name, KEEPER_FILE_NAME_CAPACITY, "%s.%s", id, suffix);
}

void keeper_setup_file(const uint8_t id[KEEPER_SETUP_SIZE],
                       char ret_name[KEEPER_FILE_NAME_CAPACITY])
{
	size_t at = 0;

	for (size_t i = 0; i < KEEPER_SETUP_SIZE; i++)
		at += (size_t)snprintf(ret_name + at, KEEPER_FILE_NAME_CAPACITY - at, "%02x",
		                       id[i]);
	snprintf(ret_name + at, KEEPER_FILE_NAME_CAPACITY - at, ".setup");
}

int keeper_write_keys(const struct keeper *keeper, const char *name, const struct keeper_keys *keys,
                      struct error *error)
{
	struct buffer content;
	int r;

	buffer_init(&content, KEEPER_KEYS_FILE_MAXIMUM);
	if ((r = keeper_keys_encode(keys, &content)) != OK)
		error_set(error, r, "a key file: %s", result_text(r));
	else
		r = durable_file_replace(keeper->directory, name, buffer_view(&content), 0600,
		                         error);
	buffer_release(&content);
	return r;
}

int keeper_status(const struct keeper *keeper, struct keeper_status *ret_status,
                  struct error *error)
{
	struct keeper_status status = { 0 };

	status.channels = allocate(keeper->channel_count + 1, sizeof(*status.channels));
	status.setups = allocate(keeper->setup_count + 1, sizeof(*status.setups));
	if (status.channels == NULL || status.setups == NULL) {
		keeper_status_release(&status);
		return error_set(error, ERROR_MEMORY, "no memory for the keeper's status");
	}
	for (; status.channel_count < keeper->channel_count; status.channel_count++) {
		const struct keeper_channel *channel = keeper->channels[status.channel_count];
		struct keeper_channel_status *place = &status.channels[status.channel_count];

		*place = (struct keeper_channel_status){
			.channel = channel->charter->id,
			.own_party = channel->own_party,
			.state_lost = channel->state_lost,
			.faulted = channel->state.faulted,
			.own_size = channel->state.own.size,
			.previous_size = channel->state.previous_size,
			.cosigned_size = channel->state.cosigned_size,
			.cosigned_root = channel->state.cosigned_root,
			.cosigned_time = channel->state.cosigned_time,
		};
		edge_root(&channel->state.own, &place->own_root);
	}
	for (; status.setup_count < keeper->setup_count; status.setup_count++)
		memcpy(status.setups[status.setup_count], keeper->setups[status.setup_count].id,
		       KEEPER_SETUP_SIZE);
	*ret_status = status;
	return OK;
}

int keeper_unseal(struct keeper *keeper, const struct hash *channel_id, struct bytes header,
                  struct age_file_key *ret_file_key, struct error *error)
{
	struct x25519_secret secrets[KEEPER_KEYS_MAXIMUM];
	struct keeper_channel *channel;
	size_t count;
	int r;

	if ((r = keeper_find_channel(keeper, channel_id, &channel, error)) != OK)
		return r;
	keeper_keys_reading(channel->keys, secrets, &count);
	r = age_header_unwrap(header, secrets, count, ret_file_key, error);
	wipe(secrets, sizeof(secrets));
	return r;
}

int keeper_call_words(struct keeper *keeper, const struct keeper_call *call,
                      struct call_words *ret_words, struct error *error)
{
	uint64_t window = call_window(keeper->clock.now(keeper->clock.context));
	const struct call_question *question = &call->question;
	struct keeper_channel *channel;
	struct x25519_secret secret;
	int r;

	if ((r = keeper_find_channel(keeper, &question->channel, &channel, error)) != OK)
		return r;
	if (question->window + 1 < window || question->window > window + 1)
		return error_set(error, ERROR_CLOCK, "these are not words of this time");
	if (keeper->call_window != window)
		keeper->calls = 0;
	keeper->call_window = window;
	if (keeper->calls == KEEPER_CALLS_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 "so many words for the telephone were asked for that there are "
		                 "no more for some minutes");
	keeper->calls++;
	memcpy(secret.bytes, keeper_keys_current(channel->keys, KEEPER_KEY_READING)->secret,
	       sizeof(secret.bytes));
	r = call_words_make(question, channel->own_party, &secret, &call->other, ret_words);
	wipe(&secret, sizeof(secret));
	return r == OK ? OK : error_set(error, r, "no words can be made: %s", result_text(r));
}

int keeper_link_certificate(struct keeper *keeper, const struct hash *channel_id,
                            const struct ed25519_public *public_key, struct buffer *der,
                            struct error *error)
{
	struct keeper_channel *channel;
	struct ed25519_secret issuer;
	struct certificate_request request;
	uint64_t serial;
	int r;

	if ((r = keeper_find_channel(keeper, channel_id, &channel, error)) != OK)
		return r;
	if ((r = keeper->random.fill(keeper->random.context, &serial, sizeof(serial))) != OK)
		return error_set(error, r, "no randomness for a certificate");
	keeper_keys_pair(channel->keys, KEEPER_KEY_LINK, &issuer);
	request = (struct certificate_request){
		.issuer = &issuer,
		.party = channel->charter->parties[channel->own_party].id,
		.channel = channel->charter->channel,
		.public_key = *public_key,
		.now = keeper->clock.now(keeper->clock.context),
		.serial = serial,
	};
	/* A certificate of the link key itself could stand for the pinned key. */
	if (ed25519_public_equal(public_key, &issuer.public_key))
		r = error_set(error, ERROR_DENIED, "the link key certifies no copy of itself");
	else
		r = certificate_issue(&request, der, error);
	ed25519_secret_wipe(&issuer);
	return r;
}

/* Writes changed keys and only then takes them into use. */
static int replace_keys(struct keeper *keeper, struct keeper_channel *channel,
                        struct keeper_keys *changed, struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY];
	int r;

	keeper_channel_file(&channel->charter->id, "keys", name);
	FAULT_POINT("keeper-before-keys");
	if ((r = keeper_write_keys(keeper, name, changed, error)) != OK)
		return r;
	FAULT_POINT("keeper-after-keys");
	*channel->keys = *changed;
	return OK;
}

/* Finds a channel and copies its keys, to be changed and written. */
static int begin_keys(struct keeper *keeper, const struct hash *channel_id,
                      struct keeper_channel **ret_channel, struct keeper_keys **ret_keys,
                      struct error *error)
{
	struct keeper_channel *channel;
	struct keeper_keys *keys;
	int r = keeper_find_channel(keeper, channel_id, &channel, error);

	if (r != OK)
		return r;
	if ((keys = keeper_keys_new()) == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for keys");
	*keys = *channel->keys;
	*ret_channel = channel;
	*ret_keys = keys;
	return OK;
}

int keeper_new_key(struct keeper *keeper, const struct hash *channel_id,
                   enum keeper_purpose purpose, char ret_text[KEEPER_KEY_TEXT_CAPACITY],
                   struct error *error)
{
	char text[KEEPER_KEY_TEXT_CAPACITY];
	struct keeper_channel *channel;
	struct keeper_keys *keys;
	int r = begin_keys(keeper, channel_id, &channel, &keys, error);

	if (r != OK)
		return r;
	if ((r = keeper_keys_add(keys, purpose, &keeper->random, text)) != OK)
		error_set(error, r, "a new key: %s", result_text(r));
	else if ((r = replace_keys(keeper, channel, keys, error)) == OK)
		memcpy(ret_text, text, sizeof(text));
	keeper_keys_free(keys);
	return r;
}

int keeper_activate_key(struct keeper *keeper, const struct hash *channel_id,
                        enum keeper_purpose purpose, struct bytes text, struct error *error)
{
	struct keeper_channel *channel;
	struct keeper_keys *keys;
	int r;

	if (purpose == KEEPER_KEY_LOG)
		return error_set(error, ERROR_DENIED,
		                 "a log key is taken into use by its appointment alone");
	if ((r = begin_keys(keeper, channel_id, &channel, &keys, error)) != OK)
		return r;
	if ((r = keeper_keys_activate(keys, purpose, text)) != OK)
		error_set(error, r, "the key was not made here for this purpose");
	else
		r = replace_keys(keeper, channel, keys, error);
	keeper_keys_free(keys);
	return r;
}
