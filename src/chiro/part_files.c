#include "part_files.h"

#include <string.h>

#include "visible.h"

/* Leaves room for the number and an ending. */
enum { DISPLAY_NAME_MAXIMUM = 200 };

static bool is_harmless(struct bytes character)
{
	struct buffer visible;
	bool same;

	if (character.size == 1)
		return strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_",
		              character.data[0]) != NULL &&
		       character.data[0] != '\0';
	/* What would not be shown as it is does not become part of a name either. */
	buffer_init(&visible, 64);
	same = visible_text(&visible, character, false) == OK &&
	       bytes_equal(buffer_view(&visible), character);
	buffer_release(&visible);
	return same;
}

void part_file_name(const struct part_description *description, size_t number,
                    char ret_name[PART_FILE_NAME_CAPACITY])
{
	struct bytes rest = bytes_of_string(description->name);
	char name[DISPLAY_NAME_MAXIMUM + 1];
	size_t used = 0;
	const char *ending = "";

	while (rest.size > 0) {
		uint32_t character;
		size_t size = utf8_decode(rest, &character);
		struct bytes one = bytes_of(rest.data, size > 0 ? size : 1);

		if (used + one.size > DISPLAY_NAME_MAXIMUM)
			break;
		if (size > 0 && is_harmless(one)) {
			memcpy(name + used, one.data, one.size);
			used += one.size;
		} else {
			name[used++] = '_';
		}
		rest = bytes_of(rest.data + one.size, rest.size - one.size);
	}
	name[used] = '\0';
	if (part_role_of(description->media_type) != PART_ATTACHMENT)
		ending = ".txt";
	snprintf(ret_name, PART_FILE_NAME_CAPACITY, "%04zu-%s%s", number, name, ending);
}
