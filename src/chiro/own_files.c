#include "own_files.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "age_stream.h"
#include "allocate.h"
#include "files.h"
#include "identities.h"
#include "system.h"
#include "translate.h"

enum { NAMES_MAXIMUM = 1024, SEALED_OVERHEAD = 65536, CHANNEL_SHOWN = 20 };

static const char folder[] = "own";
static const char identity_name[] = "identity";

/* `<directory>/own/<beginning of the channel's id>`. */
static int channel_folder(const struct settings *settings, const char *channel, bool make,
                          char ret_path[OWN_PATH_CAPACITY], struct error *error)
{
	char own[OWN_PATH_CAPACITY], name[CHANNEL_SHOWN + 1];
	int r;

	snprintf(name, sizeof(name), "%s", channel);
	if ((r = settings_folder(settings, folder, make, own, sizeof(own), error)) != OK)
		return r;
	if ((r = path_join(own, name, ret_path, OWN_PATH_CAPACITY)) != OK)
		return error_set(error, r, _("a path is too long"));
	return make ? directory_make(ret_path, error) : OK;
}

int own_file_path(const struct settings *settings, const char *channel, const char *name, bool make,
                  char ret_path[OWN_PATH_CAPACITY], struct error *error)
{
	char directory[OWN_PATH_CAPACITY];
	int r;

	if ((r = channel_folder(settings, channel, make, directory, error)) != OK)
		return r;
	if ((r = path_join(directory, name, ret_path, OWN_PATH_CAPACITY)) != OK)
		return error_set(error, r, _("a path is too long"));
	return OK;
}

/* Makes `own/identity`, as age-keygen would. */
static int make_identity(const char *path, struct error *error)
{
	struct random_source random = system_random();
	char text[AGE_IDENTITY_CAPACITY + 1];
	struct x25519_secret secret;
	int r;

	if ((r = x25519_secret_generate(&random, &secret)) != OK)
		return error_set(error, r, "%s", result_text(r));
	if ((r = age_identity_print(&secret, text)) == OK) {
		memcpy(text + strlen(text), "\n", 2);
		r = file_write_new(path, bytes_of_string(text), 0600, error);
	}
	wipe(text, sizeof(text));
	wipe(&secret, sizeof(secret));
	return r;
}

/* The file with the identities that open what is kept. */
static int find_identity(const struct settings *settings, bool make,
                         char ret_path[OWN_PATH_CAPACITY], struct error *error)
{
	char own[OWN_PATH_CAPACITY];
	int r;

	if (settings->reading_identity[0] != '\0')
		return bytes_to_string(bytes_of_string(settings->reading_identity), ret_path,
		                       OWN_PATH_CAPACITY);
	if ((r = settings_folder(settings, folder, make, own, sizeof(own), error)) != OK)
		return r;
	if ((r = path_join(own, identity_name, ret_path, OWN_PATH_CAPACITY)) != OK)
		return error_set(error, r, _("a path is too long"));
	return make && !file_exists(ret_path) ? make_identity(ret_path, error) : OK;
}

/* Appends `content` as an age file for one recipient. */
static int seal(struct bytes content, const struct x25519_public *recipient, struct buffer *sealed)
{
	struct random_source random = system_random();
	struct age_encryptor encryptor = { 0 };
	struct age_file_key file_key;
	uint8_t nonce[AGE_NONCE_SIZE];
	int r;

	if ((r = random.fill(random.context, file_key.bytes, sizeof(file_key.bytes))) == OK &&
	    (r = random.fill(random.context, nonce, sizeof(nonce))) == OK &&
	    (r = age_header_build(sealed, &file_key, recipient, 1, &random, NULL)) == OK &&
	    (r = age_encryptor_init(&encryptor, &file_key, nonce, sealed)) == OK) {
		if ((r = age_encryptor_update(&encryptor, content, sealed)) == OK)
			r = age_encryptor_finish(&encryptor, sealed);
		age_encryptor_release(&encryptor);
	}
	wipe(&file_key, sizeof(file_key));
	return r;
}

int own_files_identity(const struct settings *settings, char ret_path[OWN_PATH_CAPACITY],
                       struct x25519_public *ret_recipient, struct error *error)
{
	char path[OWN_PATH_CAPACITY];
	struct identities identities = { 0 };
	int r;

	if ((r = find_identity(settings, true, path, error)) != OK ||
	    (r = identities_read(path, &identities, error)) != OK)
		return r;
	x25519_public_of(&identities.secrets[0], ret_recipient);
	wipe(&identities, sizeof(identities));
	memcpy(ret_path, path, sizeof(path));
	return OK;
}

int own_file_write(const struct settings *settings, const char *channel, const char *name,
                   struct bytes content, struct error *error)
{
	char path[OWN_PATH_CAPACITY], identity[OWN_PATH_CAPACITY];
	struct x25519_public recipient;
	struct buffer sealed;
	int r;

	if ((r = own_file_path(settings, channel, name, true, path, error)) != OK ||
	    (r = own_files_identity(settings, identity, &recipient, error)) != OK)
		return r;
	buffer_init(&sealed, 2 * content.size + SEALED_OVERHEAD);
	if ((r = seal(content, &recipient, &sealed)) == OK)
		r = file_replace(path, buffer_view(&sealed), 0600, error);
	else
		error_set(error, r, "%s", result_text(r));
	buffer_release(&sealed);
	return r;
}

/* Opens an age file with the identities. */
static int open_sealed(struct bytes sealed, const struct identities *identities,
                       struct buffer *content)
{
	struct age_decryptor decryptor;
	struct age_file_key file_key;
	size_t header;
	int r;

	if ((r = age_header_length(sealed, &header)) != OK ||
	    (r = age_header_unwrap(bytes_of(sealed.data, header), identities->secrets,
	                           identities->count, &file_key, NULL)) != OK)
		return ERROR_SIGNATURE;
	age_decryptor_init(&decryptor, &file_key);
	if ((r = age_decryptor_update(
		 &decryptor, bytes_of(sealed.data + header, sealed.size - header), content)) == OK)
		r = age_decryptor_finish(&decryptor, content);
	age_decryptor_release(&decryptor);
	wipe(&file_key, sizeof(file_key));
	return r == ERROR_SYNTAX ? ERROR_SIGNATURE : r;
}

int own_file_read(const struct settings *settings, const char *channel, const char *name,
                  struct buffer *content, struct error *error)
{
	char path[OWN_PATH_CAPACITY], identity[OWN_PATH_CAPACITY];
	struct identities identities = { 0 };
	struct buffer sealed;
	int r;

	if ((r = own_file_path(settings, channel, name, false, path, error)) != OK)
		return r;
	if (!file_exists(path))
		return error_set(error, ERROR_NOT_FOUND, _("%s does not exist"), path);
	buffer_init(&sealed, 2 * content->maximum + SEALED_OVERHEAD);
	if ((r = find_identity(settings, false, identity, error)) == OK &&
	    (r = identities_read(identity, &identities, error)) == OK &&
	    (r = file_read(path, &sealed, error)) == OK &&
	    (r = open_sealed(buffer_view(&sealed), &identities, content)) != OK)
		error_set(error, r, _("%s does not open with the identity in %s"), path, identity);
	wipe(&identities, sizeof(identities));
	buffer_release(&sealed);
	return r;
}

int own_file_remove(const struct settings *settings, const char *channel, const char *name,
                    struct error *error)
{
	char path[OWN_PATH_CAPACITY];
	int r;

	if ((r = own_file_path(settings, channel, name, false, path, error)) != OK)
		return r;
	if (unlink(path) != 0)
		return error_set(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s: %s",
		                 path, strerror(errno));
	return OK;
}

int own_files_each(const struct settings *settings, const char *channel, const char *prefix,
                   int (*visit)(void *context, const char *name), void *context,
                   struct error *error)
{
	char directory[OWN_PATH_CAPACITY];
	struct dirent **entries;
	int count, r;

	if ((r = channel_folder(settings, channel, false, directory, error)) != OK)
		return r;
	count = scandir(directory, &entries, NULL, alphasort);
	if (count < 0)
		return errno == ENOENT
		           ? OK
		           : error_set(error, ERROR_IO, "%s: %s", directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		if (r == OK && i < NAMES_MAXIMUM &&
		    strncmp(entries[i]->d_name, prefix, strlen(prefix)) == 0)
			r = visit(context, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return r;
}
