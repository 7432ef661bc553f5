/* How channels come to be: setups, adoption, and loading both at the start. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "fault_point.h"
#include "keeper_file.h"
#include "keeper_internal.h"

size_t keeper_find_setup(const struct keeper *keeper, const uint8_t id[KEEPER_SETUP_SIZE])
{
	size_t i = 0;

	while (i < keeper->setup_count && memcmp(keeper->setups[i].id, id, KEEPER_SETUP_SIZE) != 0)
		i++;
	return i;
}

void keeper_forget_setup(struct keeper *keeper, size_t place)
{
	keeper->setup_count--;
	memmove(&keeper->setups[place], &keeper->setups[place + 1],
	        (keeper->setup_count - place) * sizeof(keeper->setups[0]));
}

/* What a party card says of these keys. */
static int describe_setup(const struct keeper_setup *setup, struct keeper_setup_keys *ret_keys)
{
	static const enum keeper_purpose purposes[] = { KEEPER_KEY_LOG, KEEPER_KEY_RECEIPT,
		                                        KEEPER_KEY_NODE, KEEPER_KEY_LINK };
	struct keeper_setup_keys keys = { 0 };
	struct ed25519_public *places[] = { &keys.log_key, &keys.receipt_key, &keys.node_key,
		                            &keys.link_key };
	char recipient[KEEPER_KEY_TEXT_CAPACITY];
	int r;

	memcpy(keys.setup, setup->id, KEEPER_SETUP_SIZE);
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++) {
		struct ed25519_secret pair;

		keeper_keys_pair(setup->keys, purposes[i], &pair);
		*places[i] = pair.public_key;
		ed25519_secret_wipe(&pair);
	}
	if ((r = keeper_key_print(keeper_keys_current(setup->keys, KEEPER_KEY_READING),
	                          recipient)) != OK ||
	    (r = bytes_to_string(bytes_of_string(recipient), keys.reading_key,
	                         sizeof(keys.reading_key))) != OK)
		return r;
	*ret_keys = keys;
	return OK;
}

int keeper_new_setup(struct keeper *keeper, struct keeper_setup_keys *ret_keys, struct error *error)
{
	struct keeper_setup setup = { .keys = keeper_keys_new() };
	char name[KEEPER_FILE_NAME_CAPACITY];
	struct keeper_setup_keys keys;
	int r;

	if (setup.keys == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for keys");
	if (keeper->setup_count == KEEPER_SETUPS_MAXIMUM) {
		r = error_set(error, ERROR_LIMIT, "there are %d setups already; discard one",
		              KEEPER_SETUPS_MAXIMUM);
		goto out;
	}
	if ((r = keeper->random.fill(keeper->random.context, setup.id, sizeof(setup.id))) != OK ||
	    (r = keeper_keys_generate(setup.keys, &keeper->random)) != OK ||
	    (r = describe_setup(&setup, &keys)) != OK) {
		error_set(error, r, "new keys: %s", result_text(r));
		goto out;
	}
	keeper_setup_file(setup.id, name);
	if ((r = keeper_write_keys(keeper, name, setup.keys, error)) != OK)
		goto out;
	keeper->setups[keeper->setup_count++] = setup;
	*ret_keys = keys;
	return OK;
out:
	keeper_keys_free(setup.keys);
	return r;
}

int keeper_discard_setup(struct keeper *keeper, const uint8_t id[KEEPER_SETUP_SIZE],
                         struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY], leftover[KEEPER_FILE_NAME_CAPACITY];
	size_t place = keeper_find_setup(keeper, id);
	int r;

	if (place == keeper->setup_count)
		return error_set(error, ERROR_NOT_FOUND, "the keeper has no such setup");
	keeper_setup_file(id, name);
	/* Set aside first: half destroyed under its own name it could not be read
	 * at the next start, whereas leftovers are destroyed there. */
	snprintf(leftover, sizeof(leftover), "%.*s.new", KEEPER_FILE_NAME_CAPACITY - 8, name);
	if ((r = durable_file_rename(keeper->directory, name, leftover, error)) != OK)
		return r;
	FAULT_POINT("keeper-discard-aside");
	if ((r = durable_file_destroy(keeper->directory, leftover, error)) != OK)
		return r;
	keeper_keys_free(keeper->setups[place].keys);
	keeper_forget_setup(keeper, place);
	return OK;
}

/* Whose keys these are: written beside them once one was replaced, else by the log key. */
static unsigned find_own_party(const struct charter *charter, const struct keeper_keys *keys)
{
	struct ed25519_secret pair;
	unsigned party = 0;

	if (keys->party != KEEPER_PARTY_UNKNOWN)
		return keys->party;
	keeper_keys_pair(keys, KEEPER_KEY_LOG, &pair);
	while (party < 2 &&
	       !ed25519_public_equal(&charter->parties[party].log_key, &pair.public_key))
		party++;
	ed25519_secret_wipe(&pair);
	return party;
}

int keeper_add_channel(struct keeper *keeper, struct charter *charter, struct keeper_keys *keys,
                       struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY];
	struct keeper_channel *channel;
	struct error why = { 0 };
	unsigned own_party;
	int r;

	if (keeper->channel_count == KEEPER_CHANNELS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "there are %d channels already",
		                 KEEPER_CHANNELS_MAXIMUM);
	if ((own_party = find_own_party(charter, keys)) > 1)
		return error_set(error, ERROR_MISMATCH, "the charter of %s has other keys",
		                 charter->channel);
	if ((channel = allocate(1, sizeof(*channel))) == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for a channel");
	*channel = (struct keeper_channel){ .own_party = own_party, .state_fd = -1 };
	keeper_state_init(&channel->state, &charter->id);
	keeper_channel_file(&charter->id, "state", name);
	r = keeper_file_open(keeper->directory, name, &charter->id, &channel->state_fd,
	                     &channel->state, error);
	if (r != OK && r != ERROR_NOT_FOUND) {
		release_memory(channel);
		return r;
	}
	channel->state_lost = r == ERROR_NOT_FOUND;
	channel->charter = charter;
	channel->keys = keys;
	keys->party = (uint8_t)own_party;
	if (!channel->state_lost && (r = keeper_settle_log_key(keeper, channel, &why)) != OK) {
		if (r != ERROR_NOT_FOUND) {
			close(channel->state_fd);
			release_memory(channel);
			return error_set(error, r, "%s", why.message);
		}
		/* Keys from before the succession: what is here cannot sign the log. */
		close(channel->state_fd);
		channel->state_fd = -1;
		channel->state_lost = true;
		keeper_state_init(&channel->state, &charter->id);
	}
	keeper->channels[keeper->channel_count++] = channel;
	return OK;
}

/* OK when the party's block carries the public keys of the setup. */
static int check_keys(const struct keeper_setup *setup, const struct party *party,
                      struct error *error)
{
	struct keeper_setup_keys keys;
	int r = describe_setup(setup, &keys);

	if (r != OK)
		return error_set(error, r, "the setup's keys: %s", result_text(r));
	if (!ed25519_public_equal(&party->log_key, &keys.log_key) ||
	    !ed25519_public_equal(&party->receipt_key, &keys.receipt_key) ||
	    !ed25519_public_equal(&party->node_key, &keys.node_key) ||
	    !ed25519_public_equal(&party->link_key, &keys.link_key) ||
	    strcmp(party->reading_key, keys.reading_key) != 0)
		return error_set(error, ERROR_MISMATCH,
		                 "the charter's party '%s' has not the keys of this setup",
		                 party->id);
	return OK;
}

/* Charter and empty state first; renaming the keys is what makes the channel.
 * After a crash before that the same is simply done again. */
static int write_channel(struct keeper *keeper, const struct charter *charter,
                         const uint8_t id[KEEPER_SETUP_SIZE], struct error *error)
{
	char setup_name[KEEPER_FILE_NAME_CAPACITY], name[KEEPER_FILE_NAME_CAPACITY];
	struct keeper_state state;
	int r;

	keeper_channel_file(&charter->id, "charter", name);
	if ((r = durable_file_write(keeper->directory, name, charter->text, 0600, error)) != OK)
		return r;
	FAULT_POINT("keeper-adopt-charter");
	keeper_state_init(&state, &charter->id);
	keeper_channel_file(&charter->id, "state", name);
	if ((r = keeper_file_create(keeper->directory, name, &state, error)) != OK)
		return r;
	FAULT_POINT("keeper-adopt-state");
	keeper_setup_file(id, setup_name);
	keeper_channel_file(&charter->id, "keys", name);
	r = durable_file_rename(keeper->directory, setup_name, name, error);
	FAULT_POINT("keeper-adopt-keys");
	/* The directory may now be ahead of what is known here: only a new start tells. */
	if (r != OK)
		keeper->failed = true;
	return r;
}

int keeper_adopt(struct keeper *keeper, const uint8_t id[KEEPER_SETUP_SIZE], unsigned own_party,
                 struct bytes text, struct hash *ret_channel, struct error *error)
{
	struct keeper_channel *existing;
	struct charter *charter;
	size_t place = keeper_find_setup(keeper, id);
	int r;

	if (own_party > 1)
		return error_set(error, ERROR_USAGE, "a charter has two parties");
	if ((r = charter_parse(text, &charter, error)) != OK)
		return r;
	if (keeper_find_channel(keeper, &charter->id, &existing, NULL) == OK) {
		if (existing->own_party != own_party)
			r = error_set(error, ERROR_EXISTS,
			              "the channel exists, for the other party");
		goto out;
	}
	if (place == keeper->setup_count) {
		r = error_set(error, ERROR_NOT_FOUND, "the keeper has no such setup");
		goto out;
	}
	if (keeper->channel_count == KEEPER_CHANNELS_MAXIMUM) {
		r = error_set(error, ERROR_LIMIT, "there are %d channels already",
		              KEEPER_CHANNELS_MAXIMUM);
		goto out;
	}
	if ((r = check_keys(&keeper->setups[place], &charter->parties[own_party], error)) != OK)
		goto out;
	if ((r = write_channel(keeper, charter, id, error)) != OK)
		goto out;
	r = keeper_add_channel(keeper, charter, keeper->setups[place].keys, error);
	if (r != OK) {
		keeper->failed = true;
		goto out;
	}
	keeper_forget_setup(keeper, place);
	*ret_channel = charter->id;
	return OK;
out:
	if (r == OK)
		*ret_channel = charter->id;
	charter_free(charter);
	return r;
}

static int load_keys(struct keeper *keeper, const char *name, struct keeper_keys **ret_keys,
                     struct error *error)
{
	struct keeper_keys *keys = keeper_keys_new();
	struct buffer content;
	int r;

	if (keys == NULL)
		return error_set(error, ERROR_MEMORY, "no memory for keys");
	buffer_init(&content, KEEPER_KEYS_FILE_MAXIMUM);
	r = durable_file_read(keeper->directory, name, &content, error);
	if (r == OK && (r = keeper_keys_decode(keys, buffer_view(&content))) != OK)
		error_set(error, r, "the key file '%s': %s", name, result_text(r));
	buffer_release(&content);
	if (r == OK)
		*ret_keys = keys;
	else
		keeper_keys_free(keys);
	return r;
}

static int load_charter(struct keeper *keeper, const struct hash *id, struct charter **ret_charter,
                        struct error *error)
{
	char name[KEEPER_FILE_NAME_CAPACITY];
	struct charter *charter;
	struct buffer content;
	int r;

	keeper_channel_file(id, "charter", name);
	buffer_init(&content, CHARTER_SIZE_MAXIMUM);
	if ((r = durable_file_read(keeper->directory, name, &content, error)) == OK)
		r = charter_parse(buffer_view(&content), &charter, error);
	buffer_release(&content);
	if (r != OK)
		return r;
	if (!hash_equal(&charter->id, id)) {
		charter_free(charter);
		return error_set(error, ERROR_MISMATCH, "'%s' holds another charter", name);
	}
	*ret_charter = charter;
	return OK;
}

static int load_channel(struct keeper *keeper, const char *name, struct bytes stem,
                        struct error *error)
{
	struct charter *charter = NULL;
	struct keeper_keys *keys = NULL;
	struct buffer id;
	struct hash hash;
	int r;

	buffer_init(&id, HASH_SIZE);
	r = base32_decode(&id, stem);
	if (r == OK && id.size != HASH_SIZE)
		r = ERROR_SYNTAX;
	if (r == OK)
		memcpy(hash.bytes, id.data, HASH_SIZE);
	buffer_release(&id);
	if (r != OK)
		return error_set(error, r, "'%s' is not named after a channel", name);
	if ((r = load_charter(keeper, &hash, &charter, error)) != OK ||
	    (r = load_keys(keeper, name, &keys, error)) != OK ||
	    (r = keeper_add_channel(keeper, charter, keys, error)) != OK) {
		charter_free(charter);
		keeper_keys_free(keys);
	}
	return r;
}

static int load_setup(struct keeper *keeper, const char *name, struct bytes stem,
                      struct error *error)
{
	struct keeper_setup setup;
	int r = hex_decode_fixed(stem, setup.id, sizeof(setup.id));

	if (r != OK)
		return error_set(error, r, "'%s' is not named after a setup", name);
	if (keeper->setup_count == KEEPER_SETUPS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "there are too many setups");
	if ((r = load_keys(keeper, name, &setup.keys, error)) == OK)
		keeper->setups[keeper->setup_count++] = setup;
	return r;
}

/* A file that was being written when the process ended; it may hold secrets. */
static int destroy_leftover(struct keeper *keeper, const char *name, struct bytes stem,
                            struct error *error)
{
	(void)stem;
	return durable_file_destroy(keeper->directory, name, error);
}

static const struct {
	const char *suffix;
	int (*load)(struct keeper *keeper, const char *name, struct bytes stem,
	            struct error *error);
} loaders[] = {
	{ ".keys", load_channel },
	{ ".setup", load_setup },
	{ ".new", destroy_leftover },
};

static int load_file(struct keeper *keeper, const char *name, struct error *error)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < sizeof(loaders) / sizeof(loaders[0]); i++) {
		size_t suffix = strlen(loaders[i].suffix);

		if (size > suffix && strcmp(name + size - suffix, loaders[i].suffix) == 0)
			return loaders[i].load(keeper, name, bytes_of(name, size - suffix), error);
	}
	return OK;
}

int keeper_load(struct keeper *keeper, struct error *error)
{
	int fd = openat(keeper->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *file;
	int r = OK;

	if (directory == NULL) {
		if (fd >= 0)
			close(fd);
		return error_set(error, ERROR_IO, "cannot read the keeper's directory");
	}
	while (r == OK && (file = readdir(directory)) != NULL)
		r = load_file(keeper, file->d_name, error);
	closedir(directory);
	return r;
}
