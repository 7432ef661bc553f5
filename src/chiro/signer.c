#include "signer.h"

#include "durable_file.h"
#include "files.h"
#include "filter.h"
#include "translate.h"

enum { KEY_FILE_MAXIMUM = 16384, COMMENT_MAXIMUM = 4096 };

int signer_sign(const char *key, const char *name_space, struct bytes message, struct buffer *armor,
                struct ssh_key *ret_key, struct error *error)
{
	char program[] = "ssh-keygen", y[] = "-Y", sign[] = "sign", n[] = "-n", f[] = "-f";
	char quiet[] = "-q";
	char *arguments[] = {
		program, quiet, y, sign, n, (char *)name_space, f, (char *)key, NULL
	};
	struct buffer made;
	int r;

	buffer_init(&made, SSHSIG_ARMOR_MAXIMUM);
	if ((r = filter_run(arguments, message, &made, error)) != OK) {
		if (r == ERROR_DENIED)
			error_set(error, r,
			          _("ssh-keygen has not signed with %s: is that the key, and is "
			            "its agent or token there?"),
			          key);
		goto out;
	}
	if ((r = sshsig_verify(message, name_space, buffer_view(&made), ret_key, error)) != OK)
		goto out;
	r = buffer_put_bytes(armor, buffer_view(&made));
out:
	buffer_release(&made);
	return r;
}

/* Reads the first line of a text as a public key, without its comment. */
static int parse_key_line(struct bytes text, struct ssh_key *ret_key, struct error *error)
{
	size_t size = 0, words = 0;

	while (size < text.size && text.data[size] != '\n' &&
	       !(text.data[size] == ' ' && ++words == 2))
		size++;
	return ssh_key_parse(bytes_of(text.data, size), ret_key, error);
}

int signer_public_key(const char *key, struct ssh_key *ret_key, struct error *error)
{
	size_t size = strlen(key);
	bool is_public = size > 4 && strcmp(key + size - 4, ".pub") == 0;
	char path[4096];
	struct buffer text;
	int r;

	buffer_init(&text, KEY_FILE_MAXIMUM);
	if (file_read(key, &text, NULL) == OK &&
	    parse_key_line(buffer_view(&text), ret_key, NULL) == OK) {
		buffer_release(&text);
		return OK;
	}
	buffer_clear(&text);
	if (snprintf(path, sizeof(path), "%s%s", key, is_public ? "" : ".pub") >= (int)sizeof(path))
		r = error_set(error, ERROR_LIMIT, _("the path of the key is too long"));
	else if ((r = file_read(path, &text, error)) == OK &&
	         (r = parse_key_line(buffer_view(&text), ret_key, error)) != OK)
		error_in_file(error, r, path);
	buffer_release(&text);
	return r;
}

int signer_make_key(const char *path, const char *comment, struct error *error)
{
	char program[] = "ssh-keygen", quiet[] = "-q", t[] = "-t", kind[] = "ed25519", f[] = "-f";
	char n[] = "-N", none[] = "", c[] = "-C";
	char *arguments[] = { program, quiet,           t,   kind, f, (char *)path, n, none,
		              c,       (char *)comment, NULL };
	struct buffer output;
	int r;

	if (file_exists(path))
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"), path);
	buffer_init(&output, COMMENT_MAXIMUM);
	r = filter_run(arguments, bytes_of("", 0), &output, error);
	buffer_release(&output);
	return r;
}
