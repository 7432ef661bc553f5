#include "body_remarks.h"

#include <stdarg.h>

enum { REMARK_INDENT = 4 };

void body_remark(struct body_remarks *remarks, uint64_t part, const char *what, enum style style,
                 const char *format, ...)
{
	struct body_remark *remark = &remarks->rows[remarks->count];
	char text[BODY_REMARK_CAPACITY];
	va_list arguments;

	if (remarks->count == BODY_REMARKS_MAXIMUM)
		return;
	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) >= 0) {
		visible_copy(bytes_of_string(text), remark->text, sizeof(remark->text));
		remark->part = part;
		remark->what = what;
		remark->style = style;
		remarks->count++;
	}
	va_end(arguments);
}

void body_remarks_print(const struct body_remarks *remarks, uint64_t part)
{
	for (size_t i = 0; i < remarks->count; i++) {
		const struct body_remark *remark = &remarks->rows[i];

		if (remark->part != part)
			continue;
		fputs(style(stdout, remark->style), stdout);
		fputs("  ! ", stdout);
		print_hanging(stdout, REMARK_INDENT, remark->text);
		fputs(style(stdout, STYLE_PLAIN), stdout);
	}
}

json_t *body_remarks_document(const struct body_remarks *remarks)
{
	json_t *list = json_array();

	for (size_t i = 0; i < remarks->count; i++) {
		const struct body_remark *remark = &remarks->rows[i];
		json_t *row = json_pack("{s:s,s:s}", "what", remark->what, "text", remark->text);

		if (remark->part != BODY_REMARK_WHOLE)
			json_object_set_new(row, "part", json_integer((json_int_t)remark->part));
		json_array_append_new(list, row);
	}
	return list;
}
