#include "bundle_text.h"

#include "allocate.h"
#include "text.h"

static const char format_line[] = "chirograph.bundle/1";

enum { WORDS_MAXIMUM = 3 };

/* --- order ------------------------------------------------------------------ */

static int compare_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_place(struct act_place a, struct act_place b)
{
	return a.party != b.party ? compare_number(a.party, b.party)
	                          : compare_number(a.number, b.number);
}

/* --- parsing ------------------------------------------------------------------ */

struct parsing {
	const struct charter *charter;
	struct text_reader reader;
	struct bundle_text text;
	struct error *error;
};

static int refuse(struct parsing *p, int code, const char *what)
{
	return error_set_line(p->error, code, p->reader.number, "%s", what);
}

/* Makes room for one more in an array of `count`. */
static int extend(struct parsing *p, void **array, size_t count, size_t size, size_t maximum)
{
	void *grown;

	if (count == maximum)
		return refuse(p, ERROR_LIMIT, "there are too many lines of one kind");
	if (count != 0 && (count & (count - 1)) != 0)
		return OK;
	if ((grown = reallocate(*array, count == 0 ? 1 : count * 2, size)) == NULL)
		return refuse(p, ERROR_MEMORY, result_text(ERROR_MEMORY));
	*array = grown;
	return OK;
}

/* `north 7` in front of the words of a line. */
static int read_place(struct parsing *p, const struct bytes *words, struct act_place *ret_place)
{
	int party = charter_party_index(p->charter, words[0]);
	uint64_t number;

	if (party < 0)
		return refuse(p, ERROR_SYNTAX, "the charter has no such party");
	if (text_parse_number(words[1], TREE_SIZE_MAXIMUM, &number) != OK)
		return refuse(p, ERROR_SYNTAX, "the number of an entry is malformed");
	*ret_place = (struct act_place){ (unsigned)party, number };
	return OK;
}

/* Takes a line `key` of `count` words of which the first two are a place;
 * ERROR_NOT_FOUND: the next line is another. */
static int read_line(struct parsing *p, const char *key, size_t count, struct bytes *words,
                     struct act_place *ret_place)
{
	struct bytes value;
	size_t found;
	int r;

	if ((r = text_reader_optional(&p->reader, key, &value, p->error)) != OK)
		return r;
	if (text_words(value, words, WORDS_MAXIMUM, &found) != OK || found != count)
		return refuse(p, ERROR_SYNTAX, "the line has not as many words as it should");
	return read_place(p, words, ret_place);
}

/* A place must be among the entries, and come after the one before. */
static int check_place(struct parsing *p, struct act_place place, const struct act_place *before)
{
	if (!bundle_text_has(&p->text, place))
		return refuse(p, ERROR_NOT_FOUND, "the entry is not among those of the bundle");
	if (before != NULL && compare_place(*before, place) >= 0)
		return refuse(p, ERROR_CANONICAL, "the lines are not in ascending order");
	return OK;
}

/* Lines that name nothing but a place. Subjects stand before the entries, and are
 * checked after them. */
static int read_places(struct parsing *p, const char *key, bool among, size_t maximum,
                       struct act_place **places, size_t *count)
{
	struct bytes words[WORDS_MAXIMUM];
	struct act_place place;
	int r;

	while ((r = read_line(p, key, 2, words, &place)) == OK) {
		if (among &&
		    (r = check_place(p, place, *count > 0 ? &(*places)[*count - 1] : NULL)) != OK)
			return r;
		if (!among && *count > 0 && compare_place((*places)[*count - 1], place) >= 0)
			return refuse(p, ERROR_CANONICAL, "the lines are not in ascending order");
		if ((r = extend(p, (void **)places, *count, sizeof(**places), maximum)) != OK)
			return r;
		(*places)[(*count)++] = place;
	}
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* `7` or `7-9` */
static int read_bounds(struct parsing *p, struct bytes word, struct bundle_range *range)
{
	struct bytes first;
	bool is_range = bytes_cut(&word, '-', &first);

	if (!is_range)
		word = first;
	if (text_parse_number(first, TREE_SIZE_MAXIMUM, &range->first) != OK ||
	    text_parse_number(word, TREE_SIZE_MAXIMUM, &range->last) != OK ||
	    (is_range && range->last <= range->first))
		return refuse(p, ERROR_SYNTAX, "the range of entries is malformed");
	return OK;
}

static int check_range(struct parsing *p, const struct bundle_range *range)
{
	const struct bundle_range *before = p->text.range_count > 0
	                                        ? &p->text.ranges[p->text.range_count - 1]
	                                        : NULL;

	if (range->last >= p->text.sizes[range->party])
		return refuse(p, ERROR_LIMIT, "the head is of a log that has no such entry");
	if (before != NULL && (before->party > range->party ||
	                       (before->party == range->party && range->first < before->last + 2)))
		return refuse(p, ERROR_CANONICAL, "the ranges of entries do not ascend, or touch");
	if (range->last - range->first >= BUNDLE_ACTS_MAXIMUM - p->text.act_count)
		return refuse(p, ERROR_LIMIT, "the bundle has too many entries");
	return OK;
}

static int read_ranges(struct parsing *p)
{
	struct bytes words[WORDS_MAXIMUM], value;
	struct bundle_range range;
	size_t count;
	int party, r;

	while ((r = text_reader_optional(&p->reader, "acts", &value, p->error)) == OK) {
		if (text_words(value, words, WORDS_MAXIMUM, &count) != OK || count != 2)
			return refuse(p, ERROR_SYNTAX, "a range is a party and numbers");
		if ((party = charter_party_index(p->charter, words[0])) < 0)
			return refuse(p, ERROR_SYNTAX, "the charter has no such party");
		range.party = (unsigned)party;
		if ((r = read_bounds(p, words[1], &range)) != OK ||
		    (r = check_range(p, &range)) != OK ||
		    (r = extend(p, (void **)&p->text.ranges, p->text.range_count, sizeof(range),
		                BUNDLE_LINES_MAXIMUM)) != OK)
			return r;
		p->text.ranges[p->text.range_count++] = range;
		p->text.act_count += range.last - range.first + 1;
	}
	return r == ERROR_NOT_FOUND ? OK : r;
}

static int read_receipts(struct parsing *p)
{
	struct bytes words[WORDS_MAXIMUM];
	struct bundle_receipt receipt;
	int r;

	while ((r = read_line(p, "receipt", 3, words, &receipt.act)) == OK) {
		const struct bundle_text *text = &p->text;
		const struct act_place *before = text->receipt_count > 0
		                                     ? &text->receipts[text->receipt_count - 1].act
		                                     : NULL;

		if ((r = check_place(p, receipt.act, before)) != OK)
			return r;
		if (text_parse_number(words[2], TREE_SIZE_MAXIMUM, &receipt.by) != OK ||
		    !bundle_text_has(text, (struct act_place){ 1 - receipt.act.party, receipt.by }))
			return refuse(p, ERROR_NOT_FOUND,
			              "the receipt is not among the entries of the bundle");
		if ((r = extend(p, (void **)&p->text.receipts, p->text.receipt_count,
		                sizeof(receipt), BUNDLE_LINES_MAXIMUM)) != OK)
			return r;
		p->text.receipts[p->text.receipt_count++] = receipt;
	}
	return r == ERROR_NOT_FOUND ? OK : r;
}

static int read_parts(struct parsing *p)
{
	struct bytes words[WORDS_MAXIMUM];
	struct bundle_part_name part;
	int r;

	while ((r = read_line(p, "part", 3, words, &part.act)) == OK) {
		const struct bundle_part_name *before = p->text.part_count > 0
		                                            ? &p->text.parts[p->text.part_count - 1]
		                                            : NULL;

		if ((r = check_place(p, part.act, NULL)) != OK)
			return r;
		if (text_parse_number(words[2], PARTS_MAXIMUM, &part.part) != OK || part.part == 0)
			return refuse(p, ERROR_SYNTAX, "the number of a part is malformed");
		if (before != NULL &&
		    (compare_place(before->act, part.act) > 0 ||
		     (compare_place(before->act, part.act) == 0 && before->part >= part.part)))
			return refuse(p, ERROR_CANONICAL, "the lines are not in ascending order");
		if ((r = extend(p, (void **)&p->text.parts, p->text.part_count, sizeof(part),
		                BUNDLE_PARTS_MAXIMUM)) != OK)
			return r;
		p->text.parts[p->text.part_count++] = part;
	}
	return r == ERROR_NOT_FOUND ? OK : r;
}

static enum void_reason reason_of(struct bytes name)
{
	for (unsigned reason = VOID_NONE + 1; reason < VOID_REASON_COUNT; reason++)
		if (bytes_equal_string(name, void_reason_name((enum void_reason)reason)))
			return (enum void_reason)reason;
	return VOID_NONE;
}

static int read_voids(struct parsing *p)
{
	struct bytes words[WORDS_MAXIMUM];
	struct bundle_void said;
	int r;

	while ((r = read_line(p, "void", 3, words, &said.act)) == OK) {
		if ((r = check_place(p, said.act,
		                     p->text.void_count > 0
		                         ? &p->text.voids[p->text.void_count - 1].act
		                         : NULL)) != OK)
			return r;
		if ((said.reason = reason_of(words[2])) == VOID_NONE)
			return refuse(p, ERROR_UNSUPPORTED, "the reason is not known");
		if ((r = extend(p, (void **)&p->text.voids, p->text.void_count, sizeof(said),
		                BUNDLE_LINES_MAXIMUM)) != OK)
			return r;
		p->text.voids[p->text.void_count++] = said;
	}
	return r == ERROR_NOT_FOUND ? OK : r;
}

static int read_logs(struct parsing *p)
{
	for (unsigned party = 0; party < 2; party++) {
		struct bytes words[WORDS_MAXIMUM];
		struct act_place place;
		int r;

		if ((r = read_line(p, "log", 2, words, &place)) == ERROR_NOT_FOUND)
			return refuse(p, ERROR_SYNTAX, "the size of a log is missing");
		if (r != OK)
			return r;
		if (place.party != party)
			return refuse(p, ERROR_CANONICAL,
			              "the logs are not in the charter's order");
		p->text.sizes[party] = place.number;
	}
	return OK;
}

static int read_beginning(struct parsing *p)
{
	struct bundle_text *text = &p->text;
	struct bytes value;
	int r;

	if ((r = text_reader_expect(&p->reader, format_line, p->error)) != OK ||
	    (r = text_reader_required(&p->reader, "purpose", &value, p->error)) != OK)
		return r;
	if (!text_is_identifier(value, BUNDLE_PURPOSE_CAPACITY - 1) ||
	    bytes_to_string(value, text->purpose, sizeof(text->purpose)) != OK)
		return refuse(p, ERROR_SYNTAX, "the purpose is malformed");
	if ((r = text_reader_required(&p->reader, "channel", &value, p->error)) != OK)
		return r;
	if (!bytes_equal_string(value, p->charter->channel))
		return refuse(p, ERROR_MISMATCH, "the charter is of another channel");
	memcpy(text->channel, p->charter->channel, sizeof(text->channel));
	if ((r = read_logs(p)) != OK ||
	    (r = read_places(p, "subject", false, BUNDLE_SUBJECTS_MAXIMUM, &text->subjects,
	                     &text->subject_count)) != OK)
		return r;
	return text->subject_count == 0 ? refuse(p, ERROR_SYNTAX, "the bundle has no subject") : OK;
}

static int read_all(struct parsing *p)
{
	struct bundle_text *text = &p->text;
	struct bytes value;
	int r;

	if ((r = read_beginning(p)) != OK || (r = read_ranges(p)) != OK)
		return r;
	for (size_t i = 0; i < text->subject_count; i++)
		if ((r = check_place(p, text->subjects[i], NULL)) != OK)
			return r;
	if ((r = read_receipts(p)) != OK || (r = read_parts(p)) != OK ||
	    (r = read_voids(p)) != OK ||
	    (r = read_places(p, "disputed", true, BUNDLE_LINES_MAXIMUM, &text->disputed,
	                     &text->disputed_count)) != OK ||
	    (r = read_places(p, "faulted", true, BUNDLE_LINES_MAXIMUM, &text->faulted,
	                     &text->faulted_count)) != OK ||
	    (r = text_reader_required(&p->reader, "later", &value, p->error)) != OK)
		return r;
	text->later_included = bytes_equal_string(value, "included");
	if (!text->later_included && !bytes_equal_string(value, "not-shown"))
		return refuse(p, ERROR_SYNTAX, "later acts are included or not-shown");
	if (p->reader.rest.size > 0)
		return refuse(p, ERROR_SYNTAX, "something follows that does not belong");
	return OK;
}

int bundle_text_parse(struct bytes text, const struct charter *charter,
                      struct bundle_text *ret_text, struct error *error)
{
	struct parsing p = { .charter = charter, .error = error };
	struct buffer again;
	int r;

	if (text.size > BUNDLE_TEXT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the text is too long");
	if ((r = text_check(text, error)) != OK)
		return r;
	buffer_init(&again, BUNDLE_TEXT_MAXIMUM);
	text_reader_init(&p.reader, text);
	if ((r = read_all(&p)) == OK && (r = bundle_text_print(&p.text, charter, &again)) != OK)
		error_set(error, r, "the text cannot be compared");
	else if (r == OK && !bytes_equal(buffer_view(&again), text))
		r = error_set(error, ERROR_CANONICAL, "the text is not in its one spelling");
	buffer_release(&again);
	if (r != OK)
		bundle_text_release(&p.text);
	else
		*ret_text = p.text;
	return r;
}

/* --- printing ------------------------------------------------------------------ */

static int put_places(const struct charter *charter, const char *key,
                      const struct act_place *places, size_t count, struct buffer *buffer)
{
	int r = OK;

	for (size_t i = 0; i < count && r == OK; i++)
		r = buffer_put_format(buffer, "%s %s %llu\n", key,
		                      charter->parties[places[i].party].id,
		                      (unsigned long long)places[i].number);
	return r;
}

static int put_range(const struct charter *charter, const struct bundle_range *range,
                     struct buffer *buffer)
{
	int r = buffer_put_format(buffer, "acts %s %llu", charter->parties[range->party].id,
	                          (unsigned long long)range->first);

	if (r == OK && range->last > range->first)
		r = buffer_put_format(buffer, "-%llu", (unsigned long long)range->last);
	return r == OK ? buffer_put_u8(buffer, '\n') : r;
}

static int put_numbered(const struct charter *charter, const char *key, struct act_place act,
                        uint64_t number, struct buffer *buffer)
{
	return buffer_put_format(buffer, "%s %s %llu %llu\n", key, charter->parties[act.party].id,
	                         (unsigned long long)act.number, (unsigned long long)number);
}

static int print(const struct bundle_text *text, const struct charter *charter,
                 struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_format(buffer, "%s\npurpose %s\nchannel %s\n", format_line,
	                           text->purpose, charter->channel)) != OK)
		return r;
	for (unsigned party = 0; party < 2; party++)
		if ((r = put_places(charter, "log",
		                    &(struct act_place){ party, text->sizes[party] }, 1, buffer)) !=
		    OK)
			return r;
	r = put_places(charter, "subject", text->subjects, text->subject_count, buffer);
	for (size_t i = 0; i < text->range_count && r == OK; i++)
		r = put_range(charter, &text->ranges[i], buffer);
	for (size_t i = 0; i < text->receipt_count && r == OK; i++)
		r = put_numbered(charter, "receipt", text->receipts[i].act, text->receipts[i].by,
		                 buffer);
	for (size_t i = 0; i < text->part_count && r == OK; i++)
		r = put_numbered(charter, "part", text->parts[i].act, text->parts[i].part, buffer);
	for (size_t i = 0; i < text->void_count && r == OK; i++)
		r = buffer_put_format(buffer, "void %s %llu %s\n",
		                      charter->parties[text->voids[i].act.party].id,
		                      (unsigned long long)text->voids[i].act.number,
		                      void_reason_name(text->voids[i].reason));
	if (r != OK ||
	    (r = put_places(charter, "disputed", text->disputed, text->disputed_count, buffer)) !=
	        OK ||
	    (r = put_places(charter, "faulted", text->faulted, text->faulted_count, buffer)) != OK)
		return r;
	return text_put_string(buffer, "later", text->later_included ? "included" : "not-shown");
}

int bundle_text_print(const struct bundle_text *text, const struct charter *charter,
                      struct buffer *buffer)
{
	size_t before = buffer->size;
	int r = print(text, charter, buffer);

	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

void bundle_text_release(struct bundle_text *text)
{
	release_memory(text->subjects);
	release_memory(text->ranges);
	release_memory(text->receipts);
	release_memory(text->parts);
	release_memory(text->voids);
	release_memory(text->disputed);
	release_memory(text->faulted);
	*text = (struct bundle_text){ .subject_count = 0 };
}

/* --- questions -------------------------------------------------------------------- */

bool bundle_text_has(const struct bundle_text *text, struct act_place place)
{
	return bundle_text_has_span(text, place.party, place.number, place.number + 1);
}

/* Ranges do not touch, so that a span lies within one. */
bool bundle_text_has_span(const struct bundle_text *text, unsigned party, uint64_t first,
                          uint64_t size)
{
	size_t low = 0, high = text->range_count;

	if (first >= size)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct bundle_range *range = &text->ranges[middle];

		if (range->party < party || (range->party == party && range->last < first))
			low = middle + 1;
		else
			high = middle;
	}
	return low < text->range_count && text->ranges[low].party == party &&
	       text->ranges[low].first <= first && size - 1 <= text->ranges[low].last;
}

bool bundle_text_is_whole(const struct bundle_text *text)
{
	return bundle_text_has_span(text, 0, 0, text->sizes[0]) &&
	       bundle_text_has_span(text, 1, 0, text->sizes[1]);
}

enum void_reason bundle_text_void(const struct bundle_text *text, struct act_place place)
{
	size_t low = 0, high = text->void_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_place(text->voids[middle].act, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < text->void_count && compare_place(text->voids[low].act, place) == 0
	           ? text->voids[low].reason
	           : VOID_NONE;
}

bool bundle_places_have(const struct act_place *places, size_t count, struct act_place place)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_place(places[middle], place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && compare_place(places[low], place) == 0;
}
