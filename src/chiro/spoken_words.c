#include "spoken_words.h"

#include "encoding.h"
#include "listing.h"
#include "translate.h"

enum words_language spoken_language(void)
{
	return terminal_speaks("ru") ? WORDS_RUSSIAN : WORDS_ENGLISH;
}

void spoken_words_of(const json_t *act, char ret_words[WORDS_SAID_CAPACITY])
{
	struct hash leaf;

	ret_words[0] = '\0';
	if (base64_decode_fixed(bytes_of_string(member_text(act, "leaf")), leaf.bytes, HASH_SIZE) ==
	    OK)
		words_print(spoken_language(), leaf.bytes, WORDS_OF_ACT, ret_words);
}

void list_spoken_words(const json_t *act)
{
	char words[WORDS_SAID_CAPACITY];

	if (act_is_machinery(act))
		return;
	spoken_words_of(act, words);
	printf("    %s\n", words);
}

/* The names of several acts, one after the other. */
static int name_all(const json_t *acts, struct error *error)
{
	struct buffer names;
	json_t *each;
	size_t i;
	int r = OK;

	buffer_init(&names, LISTING_TEXT_CAPACITY);
	json_array_foreach(acts, i, each)
	{
		if (r == OK)
			r = buffer_put_format(&names, "%s%s", i > 0 ? ", " : "",
			                      json_string_value(each));
	}
	if (r == OK)
		r = error_set(error, ERROR_MISMATCH,
		              _("several acts have these words, which somebody must have wanted: "
		                "%.*s"),
		              (int)names.size, (const char *)names.data);
	buffer_release(&names);
	return r;
}

int spoken_words_find(struct api *api, const char *channel, const char *words, struct buffer *name,
                      struct error *error)
{
	char text[WORDS_SAID_CAPACITY];
	uint8_t said[WORDS_OF_ACT];
	json_t *reply = NULL;
	const json_t *acts;
	int r;

	if (words_read(bytes_of_string(words), said, WORDS_OF_ACT) != OK)
		return error_set(error, ERROR_USAGE,
		                 _("'%.160s' is not four words of one of the lists"), words);
	/* As the list has them, and as a path may be. */
	words_print(WORDS_ENGLISH, said, WORDS_OF_ACT, text);
	for (char *c = text; *c != '\0'; c++)
		if (*c == ' ')
			*c = '-';
	if ((r = api_get(api, &reply, error, "/v1/channels/%s/words?words=%s", channel, text)) !=
	    OK)
		return r;
	acts = member(reply, "acts");
	if (json_array_size(acts) == 0)
		r = error_set(error, ERROR_NOT_FOUND,
		              _("no act here has these words: it may not have come yet, or the "
		                "other side speaks of another channel"));
	else if (json_array_size(acts) > 1)
		r = name_all(acts, error);
	else
		r = buffer_put_string(name, json_string_value(json_array_get(acts, 0)));
	if (r == OK)
		r = buffer_put_u8(name, 0);
	json_decref(reply);
	return r;
}
