#include "sources.h"

#include <inttypes.h>

#include "act.h"
#include "allocate.h"
#include "body_of_act.h"
#include "details_view.h"
#include "encoding.h"
#include "folded.h"
#include "sha.h"
#include "translate.h"

enum {
	CITED_MAXIMUM = 256, /* sources of one body */
	PAGE = 500,
	ENTRIES_MAXIMUM = 10000, /* of each log that are looked through for earlier bodies */
	QUOTATION_LEAST = 16,    /* folded bytes below which words are everybody's */
	SHOWN_MAXIMUM = 60
};

enum cited_by { CITED_CAPTURE, CITED_ADDRESS, CITED_QUOTATION };

/* One thing by which a source can be known again. */
struct cited {
	enum cited_by by;
	struct hash hash; /* of its common form */
	bool supplied;    /* by the side that cites it, as it says */
	bool is_file;     /* handed over with the body */
	struct bytes shown;
};

struct cited_list {
	size_t count;
	struct cited rows[CITED_MAXIMUM];
};

/* Kinds whose bodies can have sources, or bring them. */
static const enum kind_number citing[] = { KIND_ALLEGE, KIND_SUBMIT, KIND_NOTE_PUBLIC };
static const enum kind_number bringing[] = { KIND_ALLEGE,      KIND_SUBMIT,  KIND_NOTE_PUBLIC,
	                                     KIND_PRESS_CHECK, KIND_PUBLISH, KIND_PROVIDE,
	                                     KIND_DECLARE,     KIND_NOTIFY,  KIND_UPDATE };

static bool is_one_of(const json_t *act, const enum kind_number *kinds, size_t count)
{
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));

	for (size_t i = 0; kind != NULL && i < count; i++)
		if (kinds[i] == kind->number)
			return true;
	return false;
}

static struct cited *add(struct cited_list *list, enum cited_by by, struct bytes common,
                         struct bytes shown)
{
	struct cited *cited = &list->rows[list->count];

	if (list->count == CITED_MAXIMUM)
		return NULL;
	*cited = (struct cited){ .by = by, .shown = shown };
	sha256_of(&cited->hash, common);
	list->count++;
	return cited;
}

/* An address without scheme, `www.`, fragment and final slashes, in lower case. */
static void put_address(struct bytes value, struct buffer *common)
{
	static const char *const beginnings[] = { "https://", "http://", "www." };
	uint8_t *place;

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t size = strlen(beginnings[i]);

		if (value.size > size &&
		    strncasecmp((const char *)value.data, beginnings[i], size) == 0)
			value = bytes_of(value.data + size, value.size - size);
	}
	bytes_cut(&value, '#', &value);
	while (value.size > 0 && value.data[value.size - 1] == '/')
		value.size--;
	if (buffer_extend(common, value.size, &place) == OK)
		for (size_t i = 0; i < value.size; i++)
			place[i] = value.data[i] >= 'A' && value.data[i] <= 'Z'
			               ? (uint8_t)(value.data[i] + ('a' - 'A'))
			               : value.data[i];
}

/* Adds a field where it is one by which a source can be known. */
static void add_field(struct cited_list *list, const struct detail_value *value, bool supplied)
{
	struct buffer common;
	struct cited *cited = NULL;

	buffer_init(&common, 2 * TEXT_LINE_MAXIMUM);
	if (bytes_equal_string(value->key, "capture")) {
		cited = add(list, CITED_CAPTURE, value->value, value->value);
	} else if (bytes_equal_string(value->key, "url")) {
		put_address(value->value, &common);
		cited = add(list, CITED_ADDRESS, buffer_view(&common), value->value);
	} else if (bytes_equal_string(value->key, "quotation") &&
	           fold_words(value->value, &common) == OK && common.size >= QUOTATION_LEAST) {
		cited = add(list, CITED_QUOTATION, buffer_view(&common), value->value);
	}
	if (cited != NULL)
		cited->supplied = supplied;
	buffer_release(&common);
}

static void add_files(struct cited_list *list, const struct opened_body *body)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct part_description *description = &body->parts[i].line.description;
		char digits[HASH_HEX_CAPACITY];
		struct cited *cited;
		struct hash hash;

		if (part_role_of(description->media_type) != PART_ATTACHMENT)
			continue;
		sha256_of(&hash, body->parts[i].content);
		hash_to_hex(&hash, digits);
		cited = add(list, CITED_CAPTURE, bytes_of_string(digits),
		            bytes_of_string(description->name));
		if (cited != NULL)
			cited->is_file = true;
	}
}

/* Whether the act's own text says that its side supplied the source. */
static bool says_supplied(const json_t *act)
{
	const struct field_value *field;
	struct act parsed;

	return act_parse(bytes_of_string(member_text(act, "text")), &parsed, NULL) == OK &&
	       (field = act_field(&parsed, "supplied-by-us")) != NULL &&
	       bytes_equal_string(field->text, "yes");
}

/* All by which the sources of a body can be known. */
static void collect(const json_t *act, const struct opened_body *body, struct cited_list *list)
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	static int groups[FIELDS_COUNT_MAXIMUM];
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));
	bool supplied = says_supplied(act);
	size_t count = details_of_body(body, values);

	list->count = 0;
	if (kind == NULL)
		return;
	details_groups(kind->number, values, count, groups);
	for (size_t i = 0; i < count; i++) {
		struct bytes said = groups[i] < 0 ? bytes_of(NULL, 0)
		                                  : detail_value_in(values, groups, count,
		                                                    groups[i], "supplied-by-us");

		add_field(list, &values[i], supplied || bytes_equal_string(said, "yes"));
	}
	add_files(list, body);
}

/* What an act says itself about who supplied its sources. */
static void remark_supplied(const json_t *act, const struct opened_body *body,
                            struct body_remarks *remarks)
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	static int groups[FIELDS_COUNT_MAXIMUM];
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));
	const char *party = member_text(act, "party");
	size_t count = details_of_body(body, values);

	details_groups(kind->number, values, count, groups);
	if (says_supplied(act))
		body_remark(remarks, BODY_REMARK_WHOLE, "circular", STYLE_BAD,
		            _("CIRCULAR: %s says that it supplied this source itself"), party);
	for (size_t i = 0; i < count; i++)
		if (groups[i] >= 0 && bytes_equal_string(values[i].key, "supplied-by-us") &&
		    bytes_equal_string(values[i].value, "yes"))
			body_remark(
			    remarks, BODY_REMARK_WHOLE, "circular", STYLE_BAD,
			    _("CIRCULAR: %s says that it supplied the source '%.*s' itself"), party,
			    (int)(values[groups[i]].value.size < SHOWN_MAXIMUM
			              ? values[groups[i]].value.size
			              : SHOWN_MAXIMUM),
			    (const char *)values[groups[i]].value.data);
}

static void remark_match(const json_t *act, const json_t *earlier, const struct cited *here,
                         const struct cited *there, struct body_remarks *remarks)
{
	static const char *const things[] = { N_("the same capture"), N_("the same address"),
		                              N_("the same words") };
	const char *thing = _(things[here->by]);
	const char *party = member_text(earlier, "party"), *name = member_text(earlier, "name");
	bool same_side = strcmp(party, member_text(act, "party")) == 0;

	if (there->is_file)
		body_remark(remarks, BODY_REMARK_WHOLE, "circular", STYLE_BAD,
		            _("CIRCULAR: this source was fed by %s, which handed over the very "
		              "file: %s"),
		            party, name);
	else if (there->supplied)
		body_remark(remarks, BODY_REMARK_WHOLE, "circular", STYLE_BAD,
		            _("CIRCULAR: this source was fed by %s (%s): %s"), party, thing, name);
	else if (same_side)
		body_remark(remarks, BODY_REMARK_WHOLE, "circular", STYLE_WARNING,
		            _("no second source: %s cited it before (%s): %s"), party, thing, name);
	else
		body_remark(remarks, BODY_REMARK_WHOLE, "circular", STYLE_WARNING,
		            _("%s has cited it as well (%s): %s"), party, thing, name);
}

/* Opens one earlier body and compares. */
static void compare(struct node *node, const json_t *act, const json_t *earlier,
                    const struct cited_list *here, struct body_remarks *remarks)
{
	static struct cited_list there;
	struct opened_body body;
	json_t *whole = NULL;

	if (body_by_name(node, member_text(earlier, "name"), NULL, &whole, &body, NULL) != OK)
		return;
	collect(whole, &body, &there);
	for (size_t i = 0; i < there.count; i++) {
		for (size_t j = 0; j < here->count; j++) {
			if (here->rows[j].by != there.rows[i].by || here->rows[j].is_file ||
			    !hash_equal(&here->rows[j].hash, &there.rows[i].hash))
				continue;
			/* One match tells enough of one act. */
			remark_match(act, whole, &here->rows[j], &there.rows[i], remarks);
			goto out;
		}
	}
out:
	opened_body_release(&body);
	json_decref(whole);
}

static bool can_bring(const json_t *act)
{
	return is_one_of(act, bringing, sizeof(bringing) / sizeof(bringing[0])) &&
	       member_true(act, "has_body") && !member_true(act, "eyes_heads") &&
	       strcmp(member_text(act, "verdict"), "valid") == 0;
}

/* The acts before this one that can bring sources, in display order. */
static int find_earlier(struct node *node, const json_t *act, json_t *earlier)
{
	const struct party *parties = node->channel.charter->parties;
	const char *name = member_text(act, "name");
	unsigned own = node->channel.own_index;
	uint64_t next[2];
	bool more = true, met = false;

	next[own] = member_number(node->channel.details, "own_size");
	next[1 - own] = member_number(node->channel.details, "their_size");
	for (size_t i = 0; i < 2; i++)
		next[i] = next[i] > ENTRIES_MAXIMUM ? next[i] - ENTRIES_MAXIMUM : 0;
	while (more) {
		json_t *page = NULL, *each;
		size_t i;
		int r = api_get(node->api, &page, NULL,
		                "/v1/channels/%s/log?%s=%" PRIu64 "&%s=%" PRIu64 "&count=%d",
		                node->channel.id, parties[0].id, next[0], parties[1].id, next[1],
		                PAGE);

		if (r != OK)
			return r;
		more = member_true(page, "more");
		json_array_foreach(member(page, "acts"), i, each)
		{
			if (strcmp(member_text(each, "name"), name) == 0) {
				more = false;
				met = true;
				break;
			}
			if (can_bring(each))
				json_array_append(earlier, each);
		}
		for (i = 0; i < 2; i++)
			next[i] = member_number(member(page, "next"), parties[i].id);
		json_decref(page);
	}
	/* An act that is older than what was looked through has nothing before it there. */
	if (!met)
		json_array_clear(earlier);
	return OK;
}

void sources_remark(struct node *node, const json_t *act, const struct opened_body *body,
                    size_t most, struct body_remarks *remarks)
{
	static struct cited_list here;
	struct progress progress;
	json_t *earlier;
	size_t count, opened = 0, cited = 0;

	if (!is_one_of(act, citing, sizeof(citing) / sizeof(citing[0])))
		return;
	remark_supplied(act, body, remarks);
	collect(act, body, &here);
	for (size_t i = 0; i < here.count; i++)
		cited += !here.rows[i].is_file;
	if (cited == 0)
		return;
	earlier = json_array();
	if (find_earlier(node, act, earlier) == OK) {
		count = json_array_size(earlier);
		progress_begin(&progress, _("comparing sources"), count < most ? count : most);
		for (size_t i = count; i-- > 0 && opened < most; opened++) {
			compare(node, act, json_array_get(earlier, i), &here, remarks);
			progress_update(&progress, opened);
		}
		progress_end(&progress);
		if (opened < count)
			body_remark(
			    remarks, BODY_REMARK_WHOLE, "sources", STYLE_FAINT,
			    _("its sources were compared with the newest %zu of %zu earlier "
			      "bodies: --sources compares more"),
			    opened, count);
	}
	json_decref(earlier);
}
