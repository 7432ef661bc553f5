#include "details_view.h"

#include "listing.h"
#include "translate.h"

enum { FAULTS_MAXIMUM = 32 };

static void show_value(const struct detail *detail, const char *label, struct bytes value)
{
	const char *word = detail->words != NULL ? detail_word_label(detail, value) : NULL;

	if (detail->type == DETAIL_GRADE && detail_accepts(detail, value))
		list_item(label, "%.*s: %s, %s", (int)value.size, (const char *)value.data,
		          _(detail_source_grade(value)), _(detail_information_grade(value)));
	else if (word != NULL)
		list_item(label, "%s", _(word));
	else
		list_item(label, "%.*s", (int)value.size, (const char *)value.data);
}

void details_show(const struct kind *kind, struct bytes content)
{
	const struct detail *before = NULL;
	struct text_reader reader;
	struct bytes key, value;

	fields_reader_init(&reader, content);
	while (fields_next(&reader, &key, &value) == OK) {
		const struct detail *detail = kind != NULL ? detail_find(kind->number, key) : NULL;
		char own[FIELDS_KEY_MAXIMUM + 1] = "";

		if (detail == NULL) {
			bytes_to_string(key, own, sizeof(own));
			list_item(own, "%.*s", (int)value.size, (const char *)value.data);
		} else {
			/* Several of one field stand under one label. */
			show_value(detail, detail == before ? "" : _(detail->label), value);
		}
		before = detail;
	}
}

size_t details_of_body(const struct opened_body *body,
                       struct detail_value ret_values[FIELDS_COUNT_MAXIMUM])
{
	size_t count = 0;

	for (size_t i = 0; i < body->count; i++) {
		struct text_reader reader;

		if (part_role_of(body->parts[i].line.description.media_type) != PART_FIELDS ||
		    fields_check(body->parts[i].content, NULL) != OK)
			continue;
		fields_reader_init(&reader, body->parts[i].content);
		while (count < FIELDS_COUNT_MAXIMUM &&
		       fields_next(&reader, &ret_values[count].key, &ret_values[count].value) == OK)
			count++;
	}
	return count;
}

struct bytes details_value(const struct detail_value *values, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal_string(values[i].key, key))
			return values[i].value;
	return bytes_of(NULL, 0);
}

static void remark_fault(const struct kind *kind, const struct detail_value *values,
                         const struct detail_fault *fault, struct body_remarks *remarks)
{
	const struct detail *detail = fault->detail;
	const struct detail_value *value = fault->value >= 0 ? &values[fault->value] : NULL;
	uint64_t whole = BODY_REMARK_WHOLE;

	switch (fault->wrong) {
	case DETAIL_MISSING:
		if (value != NULL)
			body_remark(remarks, whole, "left-out", STYLE_WARNING,
			            _("LEFT OUT of '%.*s': %s (%s)"), (int)value->value.size,
			            (const char *)value->value.data, detail->key, _(detail->help));
		else
			body_remark(remarks, whole, "left-out", STYLE_WARNING,
			            _("LEFT OUT, though '%s' must say it: %s (%s)"), kind->name,
			            detail->key, _(detail->help));
		break;
	case DETAIL_REFUSED:
		body_remark(remarks, whole, "blames", STYLE_WARNING,
		            _("'%s' implies no attribution: what '%.*s' says counts as none"),
		            kind->name, (int)value->key.size, (const char *)value->key.data);
		break;
	case DETAIL_MALFORMED:
		body_remark(remarks, whole, "malformed", STYLE_WARNING,
		            _("%s cannot be '%.*s': it is %s"), detail->key, (int)value->value.size,
		            (const char *)value->value.data, _(detail_type_text(detail->type)));
		break;
	case DETAIL_TWICE:
		body_remark(remarks, whole, "malformed", STYLE_WARNING,
		            _("%s stands there more than once"), detail->key);
		break;
	case DETAIL_EXCLUDED:
		body_remark(remarks, whole, "malformed", STYLE_WARNING,
		            _("%s and %s exclude each other"), detail->key, detail->instead);
		break;
	case DETAIL_ALONE:
		body_remark(remarks, whole, "malformed", STYLE_WARNING,
		            _("%s is said of a %s, and there is none"), detail->key,
		            detail->leader);
		break;
	}
}

void details_remark(const struct kind *kind, const struct opened_body *body,
                    struct body_remarks *remarks)
{
	static struct detail_value values[FIELDS_COUNT_MAXIMUM];
	struct detail_fault faults[FAULTS_MAXIMUM];
	size_t count, found;

	count = details_of_body(body, values);
	found = details_check(kind->number, values, count, faults, FAULTS_MAXIMUM);
	for (size_t i = 0; i < found; i++)
		remark_fault(kind, values, &faults[i], remarks);
}
