#include "checkpoint.h"

#include "encoding.h"
#include "text.h"

/* Takes one line, without its line feed, from the front of `rest`. */
int checkpoint_parse(struct bytes text, struct checkpoint *ret_checkpoint, struct error *error)
{
	struct checkpoint checkpoint;
	struct hash empty;
	struct bytes rest = text;
	struct bytes origin, size, root;
	int r;

	if (!bytes_cut(&rest, '\n', &origin) || !bytes_cut(&rest, '\n', &size) ||
	    !bytes_cut(&rest, '\n', &root))
		return error_set(error, ERROR_SYNTAX, "a checkpoint has three lines");
	if (rest.size > 0)
		return error_set_line(error, ERROR_UNSUPPORTED, 4,
		                      "the checkpoint has extension lines");
	if (!note_name_is_valid(origin))
		return error_set_line(error, ERROR_SYNTAX, 1, "the origin is not a valid name");
	if ((r = bytes_to_string(origin, checkpoint.origin, sizeof(checkpoint.origin))) != OK)
		return error_set_line(error, r, 1, "the origin is too long");
	if ((r = text_parse_number(size, TREE_SIZE_MAXIMUM, &checkpoint.size)) != OK)
		return error_set_line(error, r, 2, "the size is not a number as it must be");
	if ((r = base64_decode_fixed(root, checkpoint.root.bytes, HASH_SIZE)) != OK)
		return error_set_line(error, r, 3, "the root is not base64 of a hash");
	tree_empty_root(&empty);
	if (checkpoint.size == 0 && !hash_equal(&checkpoint.root, &empty))
		return error_set_line(error, ERROR_MISMATCH, 3,
		                      "the root of an empty log is not the empty root");
	*ret_checkpoint = checkpoint;
	return OK;
}

int checkpoint_print(const struct checkpoint *checkpoint, struct buffer *buffer)
{
	char root[HASH_BASE64_CAPACITY];

	hash_to_base64(&checkpoint->root, root);
	return buffer_put_format(buffer, "%s\n%llu\n%s\n", checkpoint->origin,
	                         (unsigned long long)checkpoint->size, root);
}
