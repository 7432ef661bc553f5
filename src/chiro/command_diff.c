/* chiro diff: what changed between the texts of two acts. */
#include "act.h"
#include "allocate.h"
#include "body_of_act.h"
#include "command.h"
#include "listing.h"
#include "text_diff.h"
#include "translate.h"

enum { WORDS_MAXIMUM = 4096, PARAGRAPH_MAXIMUM = 4 << 20, INDENT = 8, ALIKE_PER_CENT = 40 };

static const struct option_row rows[] = {
	{ .name = "previous",
	  .help = N_("compare with what the act supersedes, counters or corrects") },
	{ .name = "identity",
	  .value = N_("FILE"),
	  .help = N_("open the bodies with this age identity instead of the node's reading key") },
	{ 0 },
};

static const struct usage usage = {
	.name = "diff",
	.arguments = N_("ACT [ACT]"),
	.help = N_(
	    "Shows what changed from the text of one act to that of another, paragraph by "
	    "paragraph and, within a paragraph, word by word: [-what went-] {+what came+}. "
	    "Meant for declarations, counter-proposals and minutes. Bodies are opened in this "
	    "process only."),
	.examples = "  chiro diff north-4 north-9\n  chiro diff south-7 --previous\n",
	.rows = rows,
	.common = OPTIONS_NODE | OPTIONS_CHANNEL | OPTIONS_JSON,
	.arguments_minimum = 1,
	.arguments_maximum = 2,
};

/* One side of the comparison. */
struct version {
	json_t *act;
	struct opened_body body;
	bool is_open;
};

/* The parts of one body in one language that are compared with one another. */
struct texts {
	size_t count;
	struct bytes *views;
	uint64_t *parts; /* their numbers */
};

struct comparison {
	json_t *rows; /* for scripts; NULL where people read */
	const char *language;
	size_t changes, unchanged;
};

/* What fields are compared in their place: a line of them each. */
static int add_lines(struct texts *texts, const struct opened_part *part)
{
	struct bytes rest = part->content, line;

	for (bool first = true; rest.size > 0; first = false) {
		bytes_cut(&rest, '\n', &line);
		if (first || line.size == 0)
			continue;
		texts->views[texts->count] = line;
		texts->parts[texts->count++] = part->line.number;
	}
	return OK;
}

static size_t lines_of(struct bytes text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.size; i++)
		count += text.data[i] == '\n';
	return count;
}

static bool is_compared(const struct opened_part *part, const char *language)
{
	return strcmp(part->line.description.language, language) == 0;
}

static int take_texts(const struct opened_body *body, const char *language, struct texts *ret_texts)
{
	struct texts texts = { 0 };
	size_t capacity = 1;

	for (size_t i = 0; i < body->count; i++)
		capacity += part_role_of(body->parts[i].line.description.media_type) == PART_FIELDS
		                ? lines_of(body->parts[i].content)
		                : 1;
	texts.views = allocate(capacity, sizeof(*texts.views));
	texts.parts = allocate(capacity, sizeof(*texts.parts));
	if (texts.views == NULL || texts.parts == NULL) {
		release_memory(texts.views);
		release_memory(texts.parts);
		return ERROR_MEMORY;
	}
	for (size_t i = 0; i < body->count; i++) {
		const struct opened_part *part = &body->parts[i];
		enum part_role role = part_role_of(part->line.description.media_type);

		if (!is_compared(part, language))
			continue;
		if (role == PART_FIELDS) {
			add_lines(&texts, part);
			continue;
		}
		texts.views[texts.count] = role == PART_ATTACHMENT
		                               ? bytes_of_string(part->line.description.name)
		                               : part->content;
		texts.parts[texts.count++] = part->line.number;
	}
	*ret_texts = texts;
	return OK;
}

static void texts_release(struct texts *texts)
{
	release_memory(texts->views);
	release_memory(texts->parts);
}

/* The words of two paragraphs as one text with marks; false where they have too
 * little in common to be one paragraph that changed. */
static bool mark_words(struct bytes from, struct bytes to, struct buffer *marked)
{
	static const char *const opens[] = { "", "[-", "{+" }, *const closes[] = { "", "-]", "+}" };
	struct bytes *words = allocate(2 * WORDS_MAXIMUM, sizeof(*words));
	struct diff_row *steps = allocate(2 * WORDS_MAXIMUM, sizeof(*steps));
	size_t from_count, to_count, count, same = 0;
	enum diff_step open = DIFF_SAME;
	int r = ERROR_MEMORY;
	bool alike;

	if (words == NULL || steps == NULL)
		goto out;
	from_count = diff_words(from, words, WORDS_MAXIMUM);
	to_count = diff_words(to, words + WORDS_MAXIMUM, WORDS_MAXIMUM);
	if ((r = diff_sequences(words, from_count, words + WORDS_MAXIMUM, to_count, steps,
	                        &count)) != OK)
		goto out;
	for (size_t i = 0; i < count; i++)
		same += steps[i].step == DIFF_SAME ? words[steps[i].a].size : 0;
	alike = 100 * same >= ALIKE_PER_CENT * (from.size > to.size ? from.size : to.size);
	r = alike ? OK : ERROR_NOT_FOUND;
	for (size_t i = 0; r == OK && i <= count; i++) {
		enum diff_step step = i < count ? steps[i].step : DIFF_SAME;
		struct bytes word = bytes_of(NULL, 0);

		if (step != open) {
			r = buffer_put_string(marked, closes[open]);
			if (r == OK)
				r = buffer_put_string(marked, opens[step]);
			open = step;
		}
		if (i < count)
			word = step == DIFF_ADDED ? words[WORDS_MAXIMUM + steps[i].b]
			                          : words[steps[i].a];
		if (r == OK)
			r = visible_text(marked, word, true);
	}
out:
	release_memory(words);
	release_memory(steps);
	return r == OK;
}

/* One row of the comparison; a part number of 0 stands for none. */
static void put_row(struct comparison *comparison, const char *change, uint64_t from, uint64_t to,
                    struct bytes text)
{
	static const struct {
		const char *change, *mark;
		enum style style;
	} marks[] = {
		{ "removed", "-", STYLE_BAD },
		{ "added", "+", STYLE_GOOD },
		{ "changed", "~", STYLE_WARNING },
	};
	char numbers[48];
	struct buffer shown;

	comparison->changes++;
	buffer_init(&shown, PARAGRAPH_MAXIMUM);
	if (strcmp(change, "changed") == 0)
		buffer_put_bytes(&shown, text);
	else
		visible_text(&shown, text, true);
	if (comparison->rows != NULL) {
		json_t *row = json_pack("{s:s,s:s,s:o}", "change", change, "language",
		                        comparison->language, "text",
		                        json_stringn((const char *)shown.data, shown.size));

		if (from > 0)
			json_object_set_new(row, "from", json_integer((json_int_t)from));
		if (to > 0)
			json_object_set_new(row, "to", json_integer((json_int_t)to));
		json_array_append_new(comparison->rows, row);
	} else {
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (strcmp(marks[i].change, change) != 0)
				continue;
			if (from > 0 && to > 0 && from != to)
				snprintf(numbers, sizeof(numbers), "%llu>%llu",
				         (unsigned long long)from, (unsigned long long)to);
			else
				snprintf(numbers, sizeof(numbers), "%llu",
				         (unsigned long long)(to > 0 ? to : from));
			fputs(style(stdout, marks[i].style), stdout);
			printf("%s ", marks[i].mark);
			print_padded(stdout, numbers, INDENT - 2);
			buffer_put_u8(&shown, 0);
			print_hanging(stdout, INDENT,
			              shown.data != NULL ? (const char *)shown.data : "");
			fputs(style(stdout, STYLE_PLAIN), stdout);
		}
	}
	buffer_release(&shown);
}

static void put_unchanged(struct comparison *comparison, size_t count)
{
	comparison->unchanged += count;
	if (comparison->rows == NULL && count > 0)
		printf(ngettext("= %zu paragraph as it was\n", "= %zu paragraphs as they were\n",
		                count),
		       count);
}

/* A run of removals and the additions after it: the first with the first, and so on,
 * where they are alike. */
static void put_run(struct comparison *comparison, const struct texts *a, size_t a_from,
                    size_t a_to, const struct texts *b, size_t b_from, size_t b_to)
{
	while (a_from < a_to || b_from < b_to) {
		struct buffer marked;
		bool alike = false;

		buffer_init(&marked, PARAGRAPH_MAXIMUM);
		if (a_from < a_to && b_from < b_to)
			alike = mark_words(a->views[a_from], b->views[b_from], &marked);
		if (alike) {
			put_row(comparison, "changed", a->parts[a_from], b->parts[b_from],
			        buffer_view(&marked));
			a_from++;
			b_from++;
		} else if (a_from < a_to) {
			put_row(comparison, "removed", a->parts[a_from], 0, a->views[a_from]);
			a_from++;
		} else {
			put_row(comparison, "added", 0, b->parts[b_from], b->views[b_from]);
			b_from++;
		}
		buffer_release(&marked);
	}
}

static int compare_texts(struct comparison *comparison, const struct texts *a,
                         const struct texts *b)
{
	struct diff_row *steps = allocate(a->count + b->count + 1, sizeof(*steps));
	size_t count, at = 0;
	int r = ERROR_MEMORY;

	if (steps != NULL)
		r = diff_sequences(a->views, a->count, b->views, b->count, steps, &count);
	while (r == OK && at < count) {
		size_t begin = at, removed = 0, added = 0;

		while (at < count && steps[at].step == DIFF_SAME)
			at++;
		put_unchanged(comparison, at - begin);
		begin = at;
		for (; at < count && steps[at].step != DIFF_SAME; at++)
			*(steps[at].step == DIFF_REMOVED ? &removed : &added) += 1;
		if (at > begin)
			put_run(comparison, a, steps[begin].a, steps[begin].a + removed, b,
			        steps[begin].b, steps[begin].b + added);
	}
	release_memory(steps);
	return r;
}

static int compare_language(struct comparison *comparison, const struct opened_body *from,
                            const struct opened_body *to, const char *language)
{
	struct texts a = { 0 }, b = { 0 };
	int r;

	comparison->language = language;
	if ((r = take_texts(from, language, &a)) == OK &&
	    (r = take_texts(to, language, &b)) == OK && a.count + b.count > 0) {
		if (comparison->rows == NULL && language[0] != '\0')
			printf("%s[%s]%s\n", style(stdout, STYLE_FAINT), language,
			       style(stdout, STYLE_PLAIN));
		r = compare_texts(comparison, &a, &b);
	}
	texts_release(&a);
	texts_release(&b);
	return r;
}

/* Whether the language of a part has been met in the parts before it. */
static bool is_known(const struct opened_body *first, size_t first_count,
                     const struct opened_body *second, size_t second_count, const char *language)
{
	for (size_t i = 0; i < first_count; i++)
		if (strcmp(first->parts[i].line.description.language, language) == 0)
			return true;
	for (size_t i = 0; i < second_count; i++)
		if (strcmp(second->parts[i].line.description.language, language) == 0)
			return true;
	return false;
}

static int compare(const struct version *from, const struct version *to, bool json)
{
	struct comparison comparison = { .rows = json ? json_array() : NULL };
	int r = OK;

	for (size_t i = 0; r == OK && i < from->body.count; i++) {
		const char *language = from->body.parts[i].line.description.language;

		if (!is_known(&from->body, i, &to->body, 0, language))
			r = compare_language(&comparison, &from->body, &to->body, language);
	}
	for (size_t i = 0; r == OK && i < to->body.count; i++) {
		const char *language = to->body.parts[i].line.description.language;

		if (!is_known(&from->body, from->body.count, &to->body, i, language))
			r = compare_language(&comparison, &from->body, &to->body, language);
	}
	if (json) {
		json_t *document = json_pack(
		    "{s:O,s:O,s:b,s:I,s:o}", "from", member(from->act, "name"), "to",
		    member(to->act, "name"), "same", comparison.changes == 0, "unchanged",
		    (json_int_t)comparison.unchanged, "rows", comparison.rows);

		if (r == OK)
			print_json(document);
		json_decref(document);
	} else if (r == OK && comparison.changes == 0) {
		puts(_("Both say the same."));
	}
	return r;
}

/* What an act takes the place of. */
static int find_previous(const json_t *act, char ret_name[ACT_NAME_CAPACITY], struct error *error)
{
	const struct field_value *field;
	struct act parsed;
	const char *named = NULL;

	ret_name[0] = '\0';
	if (act_parse(bytes_of_string(member_text(act, "text")), &parsed, NULL) == OK) {
		if ((field = act_field(&parsed, "supersedes")) != NULL)
			act_name(field->as.act.party, field->as.act.generation,
			         field->as.act.number, ret_name);
		else if (parsed.kind->number == KIND_COUNTER)
			named = member_string(act, "answers");
		else if (parsed.kind->number == KIND_CORRECT)
			named = member_string(act, "target");
	}
	if (named != NULL &&
	    bytes_to_string(bytes_of_string(named), ret_name, ACT_NAME_CAPACITY) != OK)
		return ERROR_LIMIT;
	return ret_name[0] != '\0'
	           ? OK
	           : error_set(error, ERROR_NOT_FOUND,
	                       _("%s supersedes, counters and corrects nothing: name both acts"),
	                       member_text(act, "name"));
}

static int open_version(struct node *node, const struct options *options, const char *name,
                        struct version *version, struct error *error)
{
	int r = body_by_name(node, name, options_value(options, "identity"), &version->act,
	                     &version->body, error);

	version->is_open = r == OK;
	return r;
}

static void version_release(struct version *version)
{
	if (version->is_open)
		opened_body_release(&version->body);
	json_decref(version->act);
}

static int run(struct node *node, const struct options *options, struct error *error)
{
	struct version from = { 0 }, to = { 0 };
	char previous[ACT_NAME_CAPACITY];
	char **names = options->arguments;
	int r;

	if (options->argument_count == 2) {
		if ((r = open_version(node, options, names[0], &from, error)) == OK)
			r = open_version(node, options, names[1], &to, error);
	} else if ((r = open_version(node, options, names[0], &to, error)) == OK &&
	           (r = find_previous(to.act, previous, error)) == OK) {
		r = open_version(node, options, previous, &from, error);
	}
	if (r == OK && !options_has(options, "json"))
		printf("%s%s%s > %s%s\n\n", style(stdout, STYLE_STRONG),
		       member_text(from.act, "name"), style(stdout, STYLE_PLAIN),
		       member_text(to.act, "name"),
		       member_true(to.act, "exercise") ? _("  EXERCISE") : "");
	if (r == OK)
		r = compare(&from, &to, options_has(options, "json"));
	version_release(&from);
	version_release(&to);
	return r;
}

int command_diff(int argc, char **argv)
{
	char party[PARTY_ID_CAPACITY];
	struct options options;
	struct error error = { 0 };
	struct node node;
	uint64_t number;
	int status, r;

	if ((status = options_parse(&usage, argc, argv, &options)) >= 0)
		return status;
	if ((options.argument_count == 2) == options_has(&options, "previous"))
		return usage_error(&usage, _("name two acts, or one and --previous"));
	for (size_t i = 0; i < options.argument_count; i++)
		if (act_name_read(options.arguments[i], party, &number, &error) != OK)
			return complain_error(NULL, &error);
	if ((status = node_open(&options, true, &node)) >= 0)
		return status;
	r = run(&node, &options, &error);
	node_close(&node);
	return conclude(r, &error);
}
