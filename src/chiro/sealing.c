#include "sealing.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "files.h"
#include "system.h"
#include "temporary_file.h"
#include "terminal.h"
#include "translate.h"

enum { UPLOAD_PIECE = 1 << 20, FILES_MAXIMUM = 256 };

/* The parts under construction: views of texts, and open files. */
struct assembly {
	struct part *parts;
	struct bytes *views; /* one a part; what text parts are read from */
	size_t count;
	int files[FILES_MAXIMUM];
	size_t file_count;
};

static int read_file_at(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	const int *fd = context;

	return file_read_exactly_at(*fd, ret_bytes, size, offset);
}

static int add_text_part(struct assembly *assembly, const char *name, enum part_role role,
                         const struct body_text *text, struct bytes content, struct error *error)
{
	size_t i = assembly->count;
	const char *language = text != NULL ? text->language : NULL;
	int r;

	if (i == PARTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, _("a body has at most %d parts"),
		                 PARTS_MAXIMUM);
	if ((r = part_content_check(role, content, error)) != OK)
		return r;
	assembly->views[i] = content;
	if ((r = part_init(&assembly->parts[i], name, part_role_media_type(role), language,
	                   language != NULL ? text->standing : PART_STANDING_NONE,
	                   &assembly->views[i], error)) != OK)
		return r;
	assembly->count++;
	return OK;
}

/* `name`, with the language where there are several texts. */
static void text_part_name(const struct body_text *text, const char *name,
                           char ret_name[PART_NAME_CAPACITY])
{
	if (text->standing == PART_TRANSLATION)
		snprintf(ret_name, PART_NAME_CAPACITY, "%s (%.16s)", name, text->language);
	else
		snprintf(ret_name, PART_NAME_CAPACITY, "%s", name);
}

static int add_text(struct assembly *assembly, const struct body_text *text, struct error *error)
{
	struct bytes *paragraphs;
	char name[PART_NAME_CAPACITY];
	size_t count = 0;
	int r = OK;

	if (text->subject != NULL) {
		text_part_name(text, "Subject", name);
		if ((r = add_text_part(assembly, name, PART_SUBJECT, text,
		                       bytes_of_string(text->subject), error)) != OK)
			return r;
	}
	if (text->text.size == 0)
		return OK;
	if ((paragraphs = allocate(PARTS_MAXIMUM, sizeof(*paragraphs))) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if ((r = part_split_text(text->text, paragraphs, PARTS_MAXIMUM, &count, error)) != OK &&
	    text->path != NULL)
		error_in_file(error, r, text->path);
	for (size_t i = 0; r == OK && i < count; i++) {
		char number[24];

		snprintf(number, sizeof(number), "%zu", i + 1);
		text_part_name(text, number, name);
		r = add_text_part(assembly, name, PART_PARAGRAPH, text, paragraphs[i], error);
	}
	release_memory(paragraphs);
	return r;
}

static int add_items(struct assembly *assembly, const struct body_draft *draft, struct error *error)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < draft->item_count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "Item %zu", i + 1);
		r = add_text_part(assembly, name, PART_ITEM, draft->texts,
		                  bytes_of_string(draft->items[i]), error);
	}
	return r;
}

/* What a file's name says of its content; readers are told no more than that. */
static const char *media_type_of(const char *name)
{
	static const struct {
		const char *ending, *media_type;
	} types[] = {
		{ ".txt", "text/plain" },      { ".csv", "text/csv" },
		{ ".pdf", "application/pdf" }, { ".json", "application/json" },
		{ ".xml", "application/xml" }, { ".zip", "application/zip" },
		{ ".png", "image/png" },       { ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" },     { ".pcap", "application/vnd.tcpdump.pcap" },
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(dot, types[i].ending) == 0)
			return types[i].media_type;
	return "application/octet-stream";
}

static int add_file(struct assembly *assembly, const char *path, struct error *error)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	struct part *part = &assembly->parts[assembly->count];
	struct part_description *description = &part->description;
	struct stat status;
	int *fd = &assembly->files[assembly->file_count];

	if (assembly->count == PARTS_MAXIMUM || assembly->file_count == FILES_MAXIMUM)
		return error_set(error, ERROR_LIMIT, _("too many attachments"));
	if ((*fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	assembly->file_count++;
	if (fstat(*fd, &status) != 0 || !S_ISREG(status.st_mode))
		return error_set(error, ERROR_IO, _("%s is not a regular file"), path);
	*part = (struct part){ .content = { .context = fd, .read = read_file_at } };
	description->size = (uint64_t)status.st_size;
	if (description->size > BODY_CONTENT_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 _("%s is too large: all that goes with an act may be %d MiB"),
		                 path, (int)(BODY_CONTENT_MAXIMUM >> 20));
	if (bytes_to_string(bytes_of_string(name), description->name, sizeof(description->name)) !=
	        OK ||
	    bytes_to_string(bytes_of_string(media_type_of(name)), description->media_type,
	                    sizeof(description->media_type)) != OK)
		return error_set(error, ERROR_LIMIT, _("the name of %s is too long"), path);
	assembly->count++;
	return part_description_check(description, error);
}

static int assemble(const struct body_draft *draft, struct assembly *assembly, struct error *error)
{
	int r = OK;

	assembly->parts = allocate(PARTS_MAXIMUM, sizeof(*assembly->parts));
	assembly->views = allocate(PARTS_MAXIMUM, sizeof(*assembly->views));
	if (assembly->parts == NULL || assembly->views == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	for (size_t i = 0; r == OK && i < draft->text_count; i++)
		r = add_text(assembly, &draft->texts[i], error);
	if (r == OK)
		r = add_items(assembly, draft, error);
	if (r == OK && draft->glossary.size > 0)
		r = add_text_part(assembly, "glossary", PART_GLOSSARY, NULL, draft->glossary,
		                  error);
	if (r == OK && draft->fields.size > 0)
		r = add_text_part(assembly, "fields", PART_FIELDS, NULL, draft->fields, error);
	if (r == OK && draft->charter.size > 0)
		r = add_text_part(assembly, "charter", PART_CHARTER, NULL, draft->charter, error);
	for (size_t i = 0; r == OK && i < draft->file_count; i++)
		r = add_file(assembly, draft->files[i], error);
	if (r == OK && assembly->count == 0)
		r = error_set(error, ERROR_USAGE, _("the body is empty"));
	return r;
}

static void assembly_release(struct assembly *assembly)
{
	for (size_t i = 0; i < assembly->file_count; i++)
		close(assembly->files[i]);
	release_memory(assembly->parts);
	release_memory(assembly->views);
}

static int write_blob(void *context, struct bytes bytes)
{
	const int *fd = context;

	return file_write_all(*fd, bytes);
}

int sealed_body_write(const struct manifest *manifest, const struct byte_source *contents,
                      const struct x25519_public recipients[SEAL_RECIPIENTS],
                      struct sealed_body *ret_body, struct error *error)
{
	struct random_source random = system_random();
	struct sealed sealed = { 0 };
	struct byte_sink sink;
	int blob, r;

	if ((r = temporary_file_open(&blob, error)) != OK)
		return r;
	sink = (struct byte_sink){ .context = &blob, .write = write_blob };
	r = body_seal(manifest, contents, recipients, &random, &sink, &sealed, error);
	if (r == OK)
		*ret_body = (struct sealed_body){ .parts = manifest->count,
			                          .root = manifest->root,
			                          .size = sealed.size,
			                          .hash = sealed.hash,
			                          .blob = blob };
	else
		close(blob);
	wipe(&sealed, sizeof(sealed));
	return r;
}

int sealed_body_of_parts(const struct part *parts, size_t count, uint64_t content_maximum,
                         const struct x25519_public recipients[SEAL_RECIPIENTS],
                         struct manifest *manifest, struct sealed_body *ret_body,
                         struct error *error)
{
	struct random_source random = system_random();
	struct byte_source *contents = NULL;
	struct manifest made;
	int r;

	manifest_init(&made);
	if ((r = manifest_make(&made, parts, count, content_maximum, &random, error)) != OK)
		goto out;
	if ((contents = allocate(count, sizeof(*contents))) == NULL) {
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
		goto out;
	}
	for (size_t i = 0; i < count; i++)
		contents[i] = parts[i].content;
	r = sealed_body_write(&made, contents, recipients, ret_body, error);
	if (r == OK && manifest != NULL) {
		*manifest = made;
		manifest_init(&made);
	}
out:
	release_memory(contents);
	manifest_release(&made);
	return r;
}

int sealed_body_make(const struct body_draft *draft,
                     const struct x25519_public recipients[SEAL_RECIPIENTS],
                     struct sealed_body *ret_body, struct error *error)
{
	struct assembly assembly = { 0 };
	int r;

	if ((r = assemble(draft, &assembly, error)) == OK)
		r = sealed_body_of_parts(assembly.parts, assembly.count, BODY_CONTENT_MAXIMUM,
		                         recipients, NULL, ret_body, error);
	assembly_release(&assembly);
	return r;
}

void sealed_body_release(struct sealed_body *body)
{
	if (body->blob > 0)
		close(body->blob);
	*body = (struct sealed_body){ 0 };
}

int sealed_body_upload(const struct sealed_body *body, struct api *api, const char *channel,
                       struct error *error)
{
	char name[HASH_HEX_CAPACITY];
	struct progress progress;
	uint64_t offset = 0;
	uint8_t *piece;
	json_t *reply = NULL;
	int r;

	hash_to_hex(&body->hash, name);
	if (api_get(api, &reply, NULL, "/v1/channels/%s/blobs/%s", channel, name) == OK) {
		bool complete = member_true(reply, "complete");

		offset = member_number(reply, "held");
		json_decref(reply);
		if (complete || offset > body->size)
			return OK;
	}
	if ((piece = allocate(1, UPLOAD_PIECE)) == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	progress_begin(&progress, _("uploading the body"), body->size);
	r = OK;
	while (r == OK && offset < body->size) {
		size_t size = body->size - offset < UPLOAD_PIECE ? (size_t)(body->size - offset)
		                                                 : UPLOAD_PIECE;

		if ((r = file_read_exactly_at(body->blob, piece, size, offset)) != OK)
			error_set(error, r, _("the temporary file cannot be read"));
		else
			r = api_put(api, "PUT", bytes_of(piece, size), &reply, error,
			            "/v1/channels/%s/blobs/%s?size=%llu&offset=%llu", channel, name,
			            (unsigned long long)body->size, (unsigned long long)offset);
		if (r != OK)
			break;
		json_decref(reply);
		offset += size;
		progress_update(&progress, offset);
	}
	progress_end(&progress);
	release_memory(piece);
	return r;
}
