#include "manifest.h"

#include "allocate.h"
#include "edge.h"
#include "memory_tree.h"
#include "text.h"

static const char format_line[] = "chirograph.body/1";

void manifest_init(struct manifest *manifest)
{
	*manifest = (struct manifest){ 0 };
}

void manifest_release(struct manifest *manifest)
{
	if (manifest->lines != NULL)
		wipe(manifest->lines, manifest->count * sizeof(manifest->lines[0]));
	release_memory(manifest->lines);
	manifest_init(manifest);
}

static int allocate_lines(struct manifest *manifest, size_t count, struct error *error)
{
	if (count == 0)
		return error_set(error, ERROR_SYNTAX, "the body has no part");
	if (count > PARTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the body has more than %d parts",
		                 PARTS_MAXIMUM);
	manifest->lines = allocate(count, sizeof(manifest->lines[0]));
	if (manifest->lines == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	manifest->count = count;
	return OK;
}

static int add_size(struct manifest *manifest, uint64_t size, uint64_t maximum, struct error *error)
{
	if (manifest->content_size > maximum || size > maximum - manifest->content_size)
		return error_set(error, ERROR_LIMIT, "the content is larger than %llu bytes",
		                 (unsigned long long)maximum);
	manifest->content_size += size;
	return OK;
}

static int compute_root(struct manifest *manifest)
{
	struct edge edge;
	struct hash leaf;
	int r;

	edge_init(&edge);
	for (size_t i = 0; i < manifest->count; i++) {
		if ((r = part_line_leaf(&manifest->lines[i], &leaf)) != OK ||
		    (r = edge_append(&edge, &leaf)) != OK)
			return r;
	}
	edge_root(&edge, &manifest->root);
	return OK;
}

static int make_line(struct part_line *line, size_t number, const struct part *part,
                     const struct random_source *random, struct error *error)
{
	int r;

	line->number = number;
	line->description = part->description;
	if ((r = part_description_check(&part->description, error)) != OK)
		return r;
	if ((r = random->fill(random->context, line->salt, PART_SALT_SIZE)) != OK ||
	    (r = part_content_hash(line->salt, &part->content, part->description.size,
	                           &line->hash)) != OK)
		return error_set(error, r, "part %zu: %s", number, result_text(r));
	return OK;
}

int manifest_make(struct manifest *ret_manifest, const struct part *parts, size_t count,
                  uint64_t content_maximum, const struct random_source *random, struct error *error)
{
	struct manifest manifest;
	int r;

	manifest_init(&manifest);
	if ((r = allocate_lines(&manifest, count, error)) != OK)
		return r;
	for (size_t i = 0; i < count; i++) {
		if ((r = add_size(&manifest, parts[i].description.size, content_maximum, error)) !=
		        OK ||
		    (r = make_line(&manifest.lines[i], i + 1, &parts[i], random, error)) != OK)
			goto out;
	}
	if ((r = compute_root(&manifest)) != OK) {
		error_set(error, r, "the root of the body: %s", result_text(r));
		goto out;
	}
	*ret_manifest = manifest;
	manifest_init(&manifest);
out:
	manifest_release(&manifest);
	return r;
}

int manifest_print(const struct manifest *manifest, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_format(buffer, "%s\n", format_line)) != OK)
		return r;
	for (size_t i = 0; i < manifest->count; i++) {
		if ((r = part_line_print(&manifest->lines[i], buffer)) != OK) {
			buffer_truncate(buffer, before);
			return r;
		}
	}
	return OK;
}

static size_t count_lines(struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] == '\n';
	return count;
}

int manifest_parse(struct manifest *ret_manifest, struct bytes text, uint64_t content_maximum,
                   struct error *error)
{
	struct manifest manifest;
	struct text_reader reader;
	struct text_line text_line;
	int r;

	manifest_init(&manifest);
	if (text.size > MANIFEST_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the manifest is longer than %d bytes",
		                 MANIFEST_MAXIMUM);
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format_line, error)) != OK ||
	    (r = allocate_lines(&manifest, count_lines(reader.rest), error)) != OK)
		return r;
	for (size_t i = 0; i < manifest.count; i++) {
		struct part_line *line = &manifest.lines[i];
		struct error inner = { 0 };

		/* The lines were counted: there is a next one, and its LF. */
		if ((r = text_reader_next(&reader, &text_line)) != OK)
			goto out;
		if ((r = part_line_parse(bytes_of(text_line.whole.data, text_line.whole.size + 1),
		                         line, &inner)) != OK) {
			error_set_line(error, r, text_line.number, "%s",
			               inner.message[0] == '\0' ? result_text(r) : inner.message);
			goto out;
		}
		if (line->number != i + 1) {
			r = error_set_line(error, ERROR_SYNTAX, text_line.number,
			                   "the parts are not numbered in order");
			goto out;
		}
		if ((r = add_size(&manifest, line->description.size, content_maximum, error)) != OK)
			goto out;
	}
	if ((r = compute_root(&manifest)) != OK) {
		error_set(error, r, "the root of the body: %s", result_text(r));
		goto out;
	}
	*ret_manifest = manifest;
	manifest_init(&manifest);
out:
	manifest_release(&manifest);
	return r;
}

int manifest_path(const struct manifest *manifest, size_t number, struct tree_proof *ret_path)
{
	struct memory_tree tree;
	struct tree_reader reader;
	struct hash leaf;
	int r = OK;

	if (number == 0 || number > manifest->count)
		return ERROR_NOT_FOUND;
	memory_tree_init(&tree);
	for (size_t i = 0; i < manifest->count && r == OK; i++) {
		if ((r = part_line_leaf(&manifest->lines[i], &leaf)) == OK)
			r = memory_tree_append(&tree, &leaf);
	}
	reader = memory_tree_reader(&tree);
	if (r == OK)
		r = tree_reader_inclusion(&reader, number - 1, manifest->count, ret_path);
	memory_tree_release(&tree);
	return r;
}
