#include "translations.h"

#include "encoding.h"
#include "moment.h"
#include "own_files.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"

enum { NAME_CAPACITY = 192, BY_DIGITS = 16 };

static const char ending[] = ".working";

struct reading {
	const struct node *node;
	const json_t *act;
	int (*visit)(void *context, const struct kept_translation *kept);
	void *context;
};

struct removal {
	const struct node *node;
	size_t count;
};

static void root_of(const json_t *act, struct hash *ret_root)
{
	*ret_root = (struct hash){ 0 };
	(void)base64_decode_fixed(bytes_of_string(member_text(member(act, "body"), "root")),
	                          ret_root->bytes, HASH_SIZE);
}

int translation_keep(const struct node *node, const json_t *act, const char *language,
                     const char *by, struct bytes text, struct error *error)
{
	struct working working = { .made = moment_now(), .text = text };
	char digits[HASH_HEX_CAPACITY], name[NAME_CAPACITY];
	struct buffer printed;
	struct hash hash;
	int r;

	if (member(act, "body") == NULL)
		return error_set(error, ERROR_NOT_FOUND, _("%s has no body"),
		                 member_text(act, "name"));
	root_of(act, &working.body);
	memcpy(working.channel, node->channel.id, sizeof(working.channel));
	if (bytes_to_string(bytes_of_string(member_text(act, "name")), working.act,
	                    sizeof(working.act)) != OK ||
	    bytes_to_string(bytes_of_string(by), working.by, sizeof(working.by)) != OK ||
	    bytes_to_string(bytes_of_string(language), working.language,
	                    sizeof(working.language)) != OK)
		return error_set(error, ERROR_USAGE, _("a name is too long"));
	sha256_of(&hash, bytes_of_string(by));
	hash_to_hex(&hash, digits);
	snprintf(name, sizeof(name), "%s.%s.%.*s%s", working.act, working.language, BY_DIGITS,
	         digits, ending);
	buffer_init(&printed, WORKING_SIZE_MAXIMUM);
	if ((r = working_print(&working, &printed, error)) == OK)
		r = own_file_write(&node->settings, node->channel.id, name, buffer_view(&printed),
		                   error);
	buffer_release(&printed);
	return r;
}

static int read_one(void *context, const char *name)
{
	const struct reading *reading = context;
	const struct node *node = reading->node;
	struct kept_translation kept = { 0 };
	struct error error = { 0 };
	size_t size = strlen(name);
	struct hash root;
	int r = OK;

	if (size < sizeof(ending) || strcmp(name + size - strlen(ending), ending) != 0)
		return OK;
	buffer_init(&kept.text, WORKING_SIZE_MAXIMUM);
	if (own_file_read(&node->settings, node->channel.id, name, &kept.text, &error) != OK ||
	    working_parse(buffer_view(&kept.text), &kept.working, &error) != OK) {
		complain_error(name, &error);
	} else if (strcmp(kept.working.channel, node->channel.id) == 0) {
		root_of(reading->act, &root);
		kept.fits = reading->act == NULL || hash_equal(&root, &kept.working.body);
		r = reading->visit(reading->context, &kept);
	}
	buffer_release(&kept.text);
	return r;
}

int translations_each(const struct node *node, const json_t *act,
                      int (*visit)(void *context, const struct kept_translation *kept),
                      void *context, struct error *error)
{
	struct reading reading = { node, act, visit, context };
	char prefix[NAME_CAPACITY] = "";

	if (act != NULL)
		snprintf(prefix, sizeof(prefix), "%s.", member_text(act, "name"));
	return own_files_each(&node->settings, node->channel.id, prefix, read_one, &reading, error);
}

static int remove_one(void *context, const char *name)
{
	struct removal *removal = context;
	size_t size = strlen(name);
	int r;

	if (size < sizeof(ending) || strcmp(name + size - strlen(ending), ending) != 0)
		return OK;
	r = own_file_remove(&removal->node->settings, removal->node->channel.id, name, NULL);
	removal->count += r == OK;
	return r;
}

int translations_remove(const struct node *node, const json_t *act, const char *language,
                        size_t *ret_count, struct error *error)
{
	struct removal removal = { .node = node };
	char prefix[NAME_CAPACITY];
	int r;

	snprintf(prefix, sizeof(prefix), "%s.%s.", member_text(act, "name"), language);
	r = own_files_each(&node->settings, node->channel.id, prefix, remove_one, &removal, error);
	if (r == OK)
		*ret_count = removal.count;
	return r;
}
