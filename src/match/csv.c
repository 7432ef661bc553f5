#include "csv.h"

static const char byte_order_mark[] = "\xef\xbb\xbf";

static char find_separator(struct bytes text)
{
	static const char separators[] = { ',', ';', '\t' };
	size_t counts[sizeof(separators)] = { 0 };
	bool quoted = false;
	size_t best = 0;

	for (size_t i = 0; i < text.size && (quoted || text.data[i] != '\n'); i++) {
		quoted = quoted != (text.data[i] == '"');
		for (size_t j = 0; j < sizeof(separators) && !quoted; j++)
			counts[j] += text.data[i] == (uint8_t)separators[j];
	}
	for (size_t j = 1; j < sizeof(separators); j++)
		if (counts[j] > counts[best])
			best = j;
	return separators[best];
}

void csv_reader_init(struct csv_reader *reader, struct bytes text)
{
	if (bytes_begin_with(text, bytes_of_string(byte_order_mark)))
		text = bytes_of(text.data + 3, text.size - 3);
	reader->rest = text;
	reader->separator = find_separator(text);
	reader->line = 0;
}

/* How many bytes end a line here: 0, 1 or 2. */
static size_t line_end(struct bytes text, size_t at)
{
	if (text.data[at] == '\n')
		return 1;
	return text.data[at] == '\r' && at + 1 < text.size && text.data[at + 1] == '\n' ? 2 : 0;
}

static void skip_empty_lines(struct csv_reader *reader)
{
	size_t size;

	while (reader->rest.size > 0 && (size = line_end(reader->rest, 0)) > 0) {
		reader->rest = bytes_of(reader->rest.data + size, reader->rest.size - size);
		reader->line++;
	}
}

/* The row that is being read. */
struct taking {
	const struct csv_reader *reader;
	struct bytes text; /* from the row on, no more than a row can be */
	size_t at;
	size_t lines; /* that ended within quotes */
	struct buffer *scratch;
	struct error *error;
};

static int refuse(const struct taking *taking, int code, const char *sentence)
{
	return error_set_line(taking->error, code, taking->reader->line + 1, "%s", sentence);
}

static bool field_ends(const struct taking *taking)
{
	return taking->at == taking->text.size ||
	       taking->text.data[taking->at] == (uint8_t)taking->reader->separator ||
	       line_end(taking->text, taking->at) > 0;
}

/* After the opening quote; the content is appended to the scratch. */
static int take_quoted(struct taking *taking)
{
	for (;; taking->at++) {
		int r;

		if (taking->at == taking->text.size)
			return error_set_line(taking->error, ERROR_SYNTAX, taking->reader->line + 1,
			                      "a quote is not closed");
		if (taking->text.data[taking->at] == '"') {
			taking->at++;
			if (taking->at == taking->text.size || taking->text.data[taking->at] != '"')
				break;
		}
		taking->lines += taking->text.data[taking->at] == '\n';
		if ((r = buffer_put_u8(taking->scratch, taking->text.data[taking->at])) != OK)
			return refuse(taking, r, result_text(r));
	}
	return field_ends(taking)
	           ? OK
	           : error_set_line(taking->error, ERROR_SYNTAX, taking->reader->line + 1,
	                            "something stands after a closing quote");
}

static int take_plain(struct taking *taking)
{
	size_t from = taking->at;

	for (; !field_ends(taking); taking->at++)
		if (taking->text.data[taking->at] == '"')
			return error_set_line(taking->error, ERROR_SYNTAX, taking->reader->line + 1,
			                      "a quote stands within a field that is not quoted");
	return buffer_put(taking->scratch, taking->text.data + from, taking->at - from);
}

/* Takes the fields of one row into the scratch; their ends in `ends`. */
static int take_fields(struct taking *taking, size_t ends[CSV_FIELDS_MAXIMUM], size_t *ret_count)
{
	size_t count = 0;
	bool more = true;

	while (more) {
		int r;

		if (count == CSV_FIELDS_MAXIMUM)
			return error_set_line(taking->error, ERROR_LIMIT, taking->reader->line + 1,
			                      "the row has more than %d fields",
			                      CSV_FIELDS_MAXIMUM);
		if (taking->at < taking->text.size && taking->text.data[taking->at] == '"') {
			taking->at++;
			r = take_quoted(taking);
		} else {
			r = take_plain(taking);
		}
		if (r != OK)
			return r;
		ends[count++] = taking->scratch->size;
		more = taking->at < taking->text.size && line_end(taking->text, taking->at) == 0;
		taking->at += more ? 1 : 0;
	}
	*ret_count = count;
	return OK;
}

/* Passes over the line on which a bad row begins. */
static void skip_line(struct csv_reader *reader)
{
	struct bytes line;

	bytes_cut(&reader->rest, '\n', &line);
	reader->line++;
}

int csv_next(struct csv_reader *reader, struct buffer *scratch, struct csv_row *ret_row,
             struct error *error)
{
	size_t ends[CSV_FIELDS_MAXIMUM], count, begin = 0;
	struct taking taking = { .reader = reader, .scratch = scratch, .error = error };
	int r;

	skip_empty_lines(reader);
	if (reader->rest.size == 0)
		return ERROR_NOT_FOUND;
	buffer_clear(scratch);
	/* Fields are views into it, also where all are empty. */
	if ((r = buffer_reserve(scratch, 1)) != OK)
		return r;
	taking.text = reader->rest;
	if (taking.text.size > CSV_ROW_MAXIMUM)
		taking.text.size = CSV_ROW_MAXIMUM;
	ret_row->line = reader->line + 1;
	r = take_fields(&taking, ends, &count);
	/* What is longer than a row can be ends where it was cut. */
	if (r != ERROR_MEMORY && taking.at == taking.text.size &&
	    taking.text.size < reader->rest.size)
		r = error_set_line(error, ERROR_LIMIT, reader->line + 1,
		                   "the row is longer than %d bytes", CSV_ROW_MAXIMUM);
	if (r != OK) {
		skip_line(reader);
		return r;
	}
	if (taking.at < taking.text.size)
		taking.at += line_end(taking.text, taking.at);
	reader->rest = bytes_of(reader->rest.data + taking.at, reader->rest.size - taking.at);
	reader->line += taking.lines + 1;
	ret_row->count = count;
	for (size_t i = 0; i < count; i++) {
		ret_row->fields[i] = bytes_of(scratch->data + begin, ends[i] - begin);
		begin = ends[i];
	}
	return OK;
}
