#include "glossaries.h"

#include "act.h"

#include "body_of_act.h"
#include "folded.h"
#include "kinds.h"
#include "own_files.h"
#include "translate.h"

enum { PAGE = 500, TEXT_MAXIMUM = 1 << 20, TEXTS_MAXIMUM = 9, KEPT_NAME_CAPACITY = 128 };

static const char kept_line[] = "accepted ";

/* How many matters there are: the list says only whether more follow. */
static int count_matters(struct node *node, uint64_t *ret_count, struct error *error)
{
	uint64_t least = 0, most = UINT64_C(1) << 40;

	while (least < most) {
		uint64_t middle = least == 0 && most > PAGE ? PAGE : least + (most - least) / 2;
		json_t *page = NULL;
		bool any;
		int r;

		/* Doubling first, so that few matters take few questions. */
		if (least > 0 && most == UINT64_C(1) << 40)
			middle = 2 * least;
		if ((r = api_get(node->api, &page, error,
		                 "/v1/channels/%s/matters?from=%llu&count=1", node->channel.id,
		                 (unsigned long long)middle)) != OK)
			return r;
		any = json_array_size(member(page, "matters")) > 0;
		json_decref(page);
		if (any)
			least = middle + 1;
		else
			most = middle;
	}
	*ret_count = least;
	return OK;
}

static bool is_in_force(const json_t *matter)
{
	/* Not `unconfirmed`: nothing proves that it was accepted in time. */
	static const char *const states[] = { "accepted", "in-effect", "performed" };

	if (strcmp(member_text(matter, "kind"), matter_kind_name(MATTER_PROPOSAL)) != 0)
		return false;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(member_text(matter, "state"), states[i]) == 0)
			return true;
	return false;
}

/* The act whose text was accepted in a matter. */
static int find_accepted(struct node *node, const char *matter, char ret_act[ACT_NAME_CAPACITY],
                         struct error *error)
{
	json_t *details = NULL, *each;
	size_t i;
	int r;

	ret_act[0] = '\0';
	if ((r = api_get(node->api, &details, error, "/v1/channels/%s/matters/%s", node->channel.id,
	                 matter)) != OK)
		return r;
	json_array_foreach(member(details, "list"), i, each)
	{
		if (strcmp(member_text(each, "kind"), "accept") == 0 &&
		    strcmp(member_text(each, "verdict"), "valid") == 0)
			r = bytes_to_string(bytes_of_string(member_text(each, "answers")), ret_act,
			                    ACT_NAME_CAPACITY);
	}
	json_decref(details);
	return r;
}

/* Opens the body of the accepted act, and keeps what is found: nothing, or a glossary. */
static int open_accepted(struct node *node, const char *matter, const char *kept_name,
                         struct buffer *kept, struct error *error)
{
	char accepted[ACT_NAME_CAPACITY];
	struct opened_body body;
	json_t *act = NULL;
	int r;

	if ((r = find_accepted(node, matter, accepted, error)) != OK || accepted[0] == '\0')
		return r;
	/* What is not here yet, or for other eyes, is tried again another time. */
	if (body_by_name(node, accepted, NULL, &act, &body, NULL) != OK)
		return OK;
	json_decref(act);
	r = buffer_put_format(kept, "%s%s\n", kept_line, accepted);
	for (size_t i = 0; r == OK && i < body.count; i++) {
		if (part_role_of(body.parts[i].line.description.media_type) != PART_GLOSSARY ||
		    glossary_check(body.parts[i].content, NULL) != OK)
			continue;
		r = buffer_put_bytes(kept, body.parts[i].content);
		break;
	}
	opened_body_release(&body);
	if (r == OK)
		(void)own_file_write(&node->settings, node->channel.id, kept_name,
		                     buffer_view(kept), NULL);
	return r;
}

/* One proposal that is in force. */
static int visit_proposal(struct node *node, const char *matter,
                          int (*visit)(void *context, const char *act, struct bytes text),
                          void *context, struct error *error)
{
	char name[KEPT_NAME_CAPACITY], accepted[ACT_NAME_CAPACITY];
	struct bytes rest, line;
	struct buffer kept;
	int r = OK;

	snprintf(name, sizeof(name), "%.64s.accepted", matter);
	buffer_init(&kept, GLOSSARY_SIZE_MAXIMUM + 256);
	if (own_file_read(&node->settings, node->channel.id, name, &kept, NULL) != OK) {
		buffer_clear(&kept);
		r = open_accepted(node, matter, name, &kept, error);
	}
	rest = buffer_view(&kept);
	if (r == OK && bytes_cut(&rest, '\n', &line) &&
	    bytes_begin_with(line, bytes_of_string(kept_line)) &&
	    bytes_to_string(bytes_of(line.data + strlen(kept_line), line.size - strlen(kept_line)),
	                    accepted, sizeof(accepted)) == OK &&
	    rest.size > 0 && glossary_check(rest, NULL) == OK)
		r = visit(context, accepted, rest);
	buffer_release(&kept);
	return r;
}

int glossaries_each(struct node *node, uint64_t matters,
                    int (*visit)(void *context, const char *act, struct bytes text), void *context,
                    struct error *error)
{
	uint64_t from = 0, count;
	bool more = true;
	int r = OK;

	if (matters != GLOSSARIES_ALL) {
		if ((r = count_matters(node, &count, error)) != OK)
			return r;
		from = count > matters ? count - matters : 0;
	}
	while (r == OK && more) {
		json_t *page = NULL, *each;
		size_t i;

		if ((r = api_get(node->api, &page, error,
		                 "/v1/channels/%s/matters?from=%llu&count=%d", node->channel.id,
		                 (unsigned long long)from, PAGE)) != OK)
			return r;
		json_array_foreach(member(page, "matters"), i, each)
		{
			if (r == OK && is_in_force(each))
				r = visit_proposal(node, member_text(each, "matter"), visit,
				                   context, error);
		}
		from += json_array_size(member(page, "matters"));
		more = member_true(page, "more") && json_array_size(member(page, "matters")) > 0;
		json_decref(page);
	}
	return r;
}

/* --- hints ---------------------------------------------------------------------- */

struct hints {
	size_t count;
	const char *languages[TEXTS_MAXIMUM];
	struct buffer folded[TEXTS_MAXIMUM];
	struct body_remarks *remarks;
};

static void hint(struct hints *hints, const char *act, const struct glossary_term *term)
{
	for (size_t i = 0; i < hints->count; i++) {
		if (!glossary_term_stands(term, hints->languages[i],
		                          buffer_view(&hints->folded[i])))
			continue;
		for (size_t j = 0; j < hints->count; j++) {
			struct bytes here = glossary_term_in(term, hints->languages[i]);
			struct bytes there = glossary_term_in(term, hints->languages[j]);

			if (i == j || there.size == 0 ||
			    glossary_term_stands(term, hints->languages[j],
			                         buffer_view(&hints->folded[j])))
				continue;
			body_remark(hints->remarks, BODY_REMARK_WHOLE, "glossary", STYLE_WARNING,
			            _("'%.*s' (%s) is by the glossary of %s '%.*s' in %s: the text "
			              "in %s does not have it"),
			            (int)here.size, (const char *)here.data, hints->languages[i],
			            act, (int)there.size, (const char *)there.data,
			            hints->languages[j], hints->languages[j]);
			return;
		}
	}
}

static int visit_hints(void *context, const char *act, struct bytes text)
{
	struct glossary_reader reader;
	struct glossary_term term;

	glossary_reader_init(&reader, text);
	while (glossary_next(&reader, &term) == OK)
		hint(context, act, &term);
	return OK;
}

/* Adds a text to those in its language. */
static int add_text(struct hints *hints, const struct glossary_text *text)
{
	size_t i = 0;

	while (i < hints->count && strcmp(hints->languages[i], text->language) != 0)
		i++;
	if (i == TEXTS_MAXIMUM)
		return OK;
	if (i == hints->count) {
		hints->languages[hints->count] = text->language;
		buffer_init(&hints->folded[hints->count++], TEXT_MAXIMUM);
	}
	/* What is too long to be looked through is not. */
	return fold_words(text->text, &hints->folded[i]);
}

void glossaries_remark(struct node *node, const struct glossary_text *texts, size_t count,
                       struct body_remarks *remarks)
{
	struct hints hints = { .remarks = remarks };

	for (size_t i = 0; i < count; i++)
		if (texts[i].language != NULL && texts[i].language[0] != '\0')
			(void)add_text(&hints, &texts[i]);
	/* A hint is no reason not to read. */
	if (hints.count > 1)
		(void)glossaries_each(node, GLOSSARIES_NEWEST, visit_hints, &hints, NULL);
	for (size_t i = 0; i < hints.count; i++)
		buffer_release(&hints.folded[i]);
}
