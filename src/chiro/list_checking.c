#include "list_checking.h"

#include "allocate.h"
#include "files.h"
#include "grow.h"
#include "list_view.h"
#include "translate.h"
#include "typed_identifier.h"

enum { FILE_MAXIMUM = 64 << 20, BAD_LINES_SHOWN = 20, LINE_SHOWN = 60 };

void list_checking_init(struct list_checking *c, struct node *node)
{
	*c = (struct list_checking){ .node = node };
}

void list_checking_release(struct list_checking *c)
{
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (c->used[i])
			asking_release(&c->askings[i]);
	if (c->has_target)
		list_target_release(&c->target);
	if (c->subjects != NULL)
		wipe(c->subjects, c->subject_count * sizeof(*c->subjects));
	release_memory(c->subjects);
	release_memory(c->proof);
	*c = (struct list_checking){ .node = c->node };
}

/* --- what is asked about ------------------------------------------------------------------- */

int list_checking_add(struct list_checking *c, const struct identifier *identifier, size_t line,
                      struct error *error)
{
	void *grown;

	if (c->subject_count == LIST_SUBJECTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, _("these are more than %d identifiers"),
		                 LIST_SUBJECTS_MAXIMUM);
	grown = grow(c->subjects, c->subject_count, &c->subject_capacity, sizeof(*c->subjects));
	if (grown == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	c->subjects = grown;
	c->subjects[c->subject_count++] = (struct list_subject){ *identifier, line };
	return OK;
}

/* With a class that was given, or by its spelling. */
static int read_identifier(const struct options *options, struct bytes text,
                           struct identifier *ret_identifier, struct error *error)
{
	const char *name = options_value(options, "class");
	enum identifier_class identifier_class;

	if (name == NULL)
		return typed_identifier_recognize(text, ret_identifier, error);
	if (!identifier_class_named(bytes_of_string(name), &identifier_class))
		return error_set(error, ERROR_USAGE, _("there is no class '%.20s'"), name);
	return typed_identifier_read(identifier_class, text, ret_identifier, error);
}

/* The list and what is asked about are easily typed the wrong way round. */
static int check_order(const char *list, struct error *error)
{
	char party[PARTY_ID_CAPACITY];
	struct identifier identifier;
	unsigned generation;
	uint64_t number;

	if (act_name_parse(bytes_of_string(list), party, &generation, &number) == OK ||
	    typed_identifier_recognize(bytes_of_string(list), &identifier, NULL) != OK)
		return OK;
	return error_set(error, ERROR_USAGE,
	                 _("'%.60s' is no list: the list comes first, such as north-5"), list);
}

static int read_words(struct list_checking *c, const struct options *options, struct error *error)
{
	struct identifier identifier;
	int r = OK;

	if ((r = check_order(options->arguments[0], error)) != OK)
		return r;
	for (size_t i = 1; i < options->argument_count && r == OK; i++) {
		if ((r = read_identifier(options, bytes_of_string(options->arguments[i]),
		                         &identifier, error)) == OK)
			r = list_checking_add(c, &identifier, 0, error);
		else if (r == ERROR_SYNTAX || r == ERROR_UNSUPPORTED)
			r = error_set(error, ERROR_USAGE, "%.60s: %.300s", options->arguments[i],
			              error->message);
	}
	return r;
}

static struct bytes trim(struct bytes line)
{
	while (line.size > 0 &&
	       (line.data[line.size - 1] == '\r' || line.data[line.size - 1] == ' ' ||
	        line.data[line.size - 1] == '\t'))
		line.size--;
	while (line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
		line = bytes_of(line.data + 1, line.size - 1);
	return line;
}

static void complain_of_line(const char *path, size_t number, const struct error *error)
{
	complain("%s:%zu: %s", path, number, error->message);
}

/* Every bad line is named: so many that a wrong file is seen to be one. */
static int read_lines(struct list_checking *c, const struct options *options, struct bytes text,
                      struct error *error)
{
	const char *path = options_value(options, "file");
	struct identifier identifier;
	size_t number = 0;
	struct bytes line;
	int r;

	while (text.size > 0) {
		struct error reason = { 0 };

		/* Without a line feed all is taken. */
		bytes_cut(&text, '\n', &line);
		number++;
		line = trim(line);
		if (line.size == 0 || line.data[0] == '#')
			continue;
		r = read_identifier(options, line, &identifier, &reason);
		if (r == OK) {
			if ((r = list_checking_add(c, &identifier, number, error)) != OK)
				return r;
			continue;
		}
		if (r == ERROR_USAGE)
			return error_set(error, r, "%s", reason.message);
		if (++c->skipped <= BAD_LINES_SHOWN)
			complain_of_line(path, number, &reason);
	}
	if (c->skipped > BAD_LINES_SHOWN)
		complain(ngettext("%s: %zu more line is no identifier",
		                  "%s: %zu more lines are no identifiers",
		                  c->skipped - BAD_LINES_SHOWN),
		         path, c->skipped - BAD_LINES_SHOWN);
	if (c->skipped > 0 && !options_has(options, "skip-bad"))
		return error_set(
		    error, ERROR_SYNTAX,
		    ngettext("%s has %zu bad line; nothing was asked (see --skip-bad)",
		             "%s has %zu bad lines; nothing was asked (see --skip-bad)",
		             c->skipped),
		    path, c->skipped);
	return c->subject_count > 0
	           ? OK
	           : error_set(error, ERROR_SYNTAX, _("%s has nothing to ask about"), path);
}

int list_checking_read(struct list_checking *c, const struct options *options, struct error *error)
{
	struct buffer text;
	int r;

	if (!options_has(options, "file"))
		return read_words(c, options, error);
	buffer_init(&text, FILE_MAXIMUM);
	if ((r = file_read(options_value(options, "file"), &text, error)) == OK)
		r = read_lines(c, options, buffer_view(&text), error);
	buffer_release(&text);
	return r;
}

/* --- the list ------------------------------------------------------------------------------ */

size_t list_checking_questions(const struct list_checking *c, const struct list_subject *subject,
                               struct identifier ret_questions[IDENTIFIER_QUESTIONS_MAXIMUM])
{
	const struct list_class *class_of =
	    &c->target.classes[subject->identifier.identifier_class];

	/* What the list has no identifiers of is not on it. */
	return class_of->used ? identifier_questions(&subject->identifier,
	                                             class_of->commitment.lengths, ret_questions)
	                      : 0;
}

static int settle_class(struct list_checking *c, enum identifier_class identifier_class,
                        struct error *error)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	struct asking *asking = &c->askings[identifier_class];
	int r = OK;

	asking_init(asking, c->node, &c->target, identifier_class);
	c->used[identifier_class] = true;
	for (size_t i = 0; i < c->subject_count && r == OK; i++) {
		const struct list_subject *subject = &c->subjects[i];
		size_t count;

		if (subject->identifier.identifier_class != identifier_class)
			continue;
		count = list_checking_questions(c, subject, questions);
		for (size_t j = 0; j < count && r == OK; j++)
			r = asking_add(asking, &questions[j], error);
	}
	return r == OK ? asking_settle(asking, error) : r;
}

/* A body that is not what its act commits to is a lie, and provable. */
static void note_body(struct list_checking *c, enum identifier_class identifier_class)
{
	if ((c->proof = allocate(1, sizeof(*c->proof))) == NULL)
		return;
	c->proof->shown = MATCH_SHOWS_BODY_DIFFERS;
	c->proof->identifier_class = identifier_class;
	c->proof->epoch = c->target.epoch;
	c->evidence_pending = true;
}

int list_checking_open_named(struct list_checking *c, const char *list, uint64_t epoch,
                             struct error *error)
{
	bool wanted[IDENTIFIER_CLASS_COUNT] = { false };
	enum identifier_class wrong;
	int r;

	if ((r = epoch == 0
	             ? list_target_find(c->node, list, &c->target, error)
	             : list_target_find_version(c->node, list, epoch, &c->target, error)) != OK)
		return r;
	c->has_target = true;
	for (size_t i = 0; i < c->subject_count; i++)
		wanted[c->subjects[i].identifier.identifier_class] = true;
	wrong = IDENTIFIER_CLASS_COUNT;
	if ((r = list_target_open(c->node, wanted, &c->target, &wrong, error)) != OK) {
		if (r == ERROR_MISMATCH && wrong != IDENTIFIER_CLASS_COUNT)
			note_body(c, wrong);
		return r;
	}
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT && r == OK; i++)
		if (wanted[i] && c->target.classes[i].used)
			r = settle_class(c, (enum identifier_class)i, error);
	c->settled = r == OK;
	return r;
}

int list_checking_open(struct list_checking *c, const struct options *options, struct error *error)
{
	return list_checking_open_named(c, options->arguments[0], 0, error);
}

/* --- asking -------------------------------------------------------------------------------- */

uint64_t list_checking_left(const struct asking *asking)
{
	const struct list_class *class_of = asking->class_of;

	return class_of->left < class_of->left_today ? class_of->left : class_of->left_today;
}

/* What is left by now; of no weight when it cannot be asked. */
static void read_left(struct list_checking *c)
{
	struct list_target now;

	if (list_target_find(c->node, c->target.list, &now, NULL) != OK)
		return;
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		c->target.classes[i].left = now.classes[i].left;
		c->target.classes[i].left_today = now.classes[i].left_today;
	}
	list_target_release(&now);
}

/* The day is that of UTC. */
static int say_spent(const struct list_checking *c, enum identifier_class identifier_class,
                     struct error *error)
{
	const char *name = identifier_class_name(identifier_class);

	return c->target.classes[identifier_class].left == 0
	           ? error_set(error, ERROR_LIMIT,
	                       _("the budget of class %s is spent for the list's life: the rest "
	                         "cannot be asked"),
	                       name)
	           : error_set(error, ERROR_LIMIT,
	                       _("the budget of class %s does not suffice for all of this: the "
	                         "rest is for another day, from midnight UTC"),
	                       name);
}

int list_checking_run(struct list_checking *c, struct error *error)
{
	struct progress progress;
	uint64_t total = 0;
	bool asked = false;
	int r = OK;

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (c->used[i])
			total += c->askings[i].open + c->askings[i].left_open;
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT && r == OK; i++) {
		struct asking *asking = &c->askings[i];

		if (!c->used[i] || asking->open + asking->left_open == 0)
			continue;
		if (!asked)
			progress_begin(&progress, _("asking"), total);
		asked = true;
		asking->evaluated = c->evaluated;
		asking->progress = &progress;
		r = asking_run(asking, list_checking_left(asking), error);
		asking->progress = NULL;
		c->evaluated = asking->evaluated;
	}
	if (asked) {
		progress_end(&progress);
		read_left(c);
	}
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT && r == OK; i++)
		if (c->used[i] && c->askings[i].open > 0)
			r = say_spent(c, (enum identifier_class)i, error);
	return r;
}

enum list_found list_checking_found(const struct list_checking *c,
                                    const struct list_subject *subject)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	const struct asking *asking = &c->askings[subject->identifier.identifier_class];
	enum list_found found = LIST_FOUND_MISS;
	size_t count;

	if (!c->settled)
		return LIST_FOUND_OPEN;
	count = list_checking_questions(c, subject, questions);
	for (size_t i = 0; i < count; i++) {
		const struct asking_question *question = asking_find(asking, &questions[i]);

		if (question != NULL && question->state == ASKING_HIT)
			return LIST_FOUND_HIT;
		if (question == NULL || question->state == ASKING_OPEN)
			found = LIST_FOUND_OPEN;
	}
	return found;
}

/* --- evidence ------------------------------------------------------------------------------ */

/* A label that is none, among the hits. */
static const struct asking_hit *false_label(const struct list_checking *c)
{
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		for (size_t j = 0; c->used[i] && j < c->askings[i].hit_count; j++)
			if (!c->askings[i].hits[j].opens)
				return &c->askings[i].hits[j];
	return NULL;
}

int list_checking_prove_hit(const struct list_checking *c, const struct asking_hit *hit,
                            struct match_proof *ret_proof)
{
	enum identifier_class identifier_class = hit->identifier.identifier_class;
	const struct list_class *class_of = &c->target.classes[identifier_class];
	const struct byte_source pairs = list_class_pairs(class_of);

	ret_proof->shown = hit->opens ? MATCH_SHOWS_HIT : MATCH_SHOWS_LABEL_UNOPENABLE;
	ret_proof->identifier_class = identifier_class;
	ret_proof->epoch = c->target.epoch;
	ret_proof->identifier = hit->identifier;
	ret_proof->blind = hit->blind;
	ret_proof->evaluation = hit->evaluation;
	ret_proof->pair = hit->pair;
	ret_proof->index = hit->index;
	return pairs_path(&pairs, class_of->commitment.pairs, hit->index, &ret_proof->path);
}

void list_checking_prove(struct list_checking *c, const struct options *options)
{
	const struct asking_hit *label = false_label(c);
	struct match_proof *proof = c->proof;

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT && proof == NULL; i++)
		if (c->used[i])
			proof = c->askings[i].evidence;
	if (proof == NULL && label != NULL) {
		proof = c->proof = allocate(1, sizeof(*c->proof));
		if (proof == NULL || list_checking_prove_hit(c, label, proof) != OK)
			return;
	}
	if (proof == NULL)
		return;
	if (list_evidence_write(options, &c->target, proof, options_value(options, "evidence"),
	                        c->evidence) != OK)
		c->evidence[0] = '\0';
}

/* --- for scripts ---------------------------------------------------------------------------- */

/* As it can be asked about again. */
static json_t *identifier_document(enum identifier_class identifier_class, const char *text)
{
	return json_sprintf("%s%s", list_identifier_prefix(identifier_class), text);
}

static json_t *hit_document(const struct list_checking *c, const struct list_subject *subject,
                            const struct asking_hit *hit)
{
	enum identifier_class identifier_class = subject->identifier.identifier_class;
	json_t *object = json_pack("{s:o,s:s,s:o,s:b}", "identifier",
	                           identifier_document(identifier_class, subject->identifier.text),
	                           "class", identifier_class_name(identifier_class), "by",
	                           identifier_document(identifier_class, hit->identifier.text),
	                           "label", hit->opens);

	json_object_set_new(object, "line",
	                    subject->line == 0 ? json_null()
	                                       : json_integer((json_int_t)subject->line));
	if (hit->opens)
		label_describe(&hit->label, &c->target.text, object);
	return object;
}

static void add_hits(const struct list_checking *c, const struct list_subject *subject,
                     json_t *hits)
{
	struct identifier questions[IDENTIFIER_QUESTIONS_MAXIMUM];
	const struct asking *asking = &c->askings[subject->identifier.identifier_class];
	size_t count = list_checking_questions(c, subject, questions);

	for (size_t i = 0; i < count; i++) {
		const struct asking_question *question = asking_find(asking, &questions[i]);

		if (question != NULL && question->state == ASKING_HIT)
			json_array_append_new(
			    hits, hit_document(c, subject, &asking->hits[question->hit]));
	}
}

static json_t *left_document(const struct list_checking *c)
{
	json_t *object = json_object();

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (c->used[i])
			json_object_set_new(object, identifier_class_name((enum identifier_class)i),
			                    json_pack("{s:I,s:I}", "today",
			                              (json_int_t)c->target.classes[i].left_today,
			                              "list",
			                              (json_int_t)c->target.classes[i].left));
	return object;
}

json_t *list_checking_document(const struct list_checking *c, const struct error *failure)
{
	size_t counts[LIST_FOUND_COUNT] = { 0 };
	json_t *hits = json_array(), *open = json_array();

	for (size_t i = 0; i < c->subject_count; i++) {
		enum list_found found = list_checking_found(c, &c->subjects[i]);

		counts[found]++;
		if (found == LIST_FOUND_HIT)
			add_hits(c, &c->subjects[i], hits);
		else if (found == LIST_FOUND_OPEN)
			json_array_append_new(
			    open, identifier_document(c->subjects[i].identifier.identifier_class,
			                              c->subjects[i].identifier.text));
	}
	return json_pack(
	    "{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:s?,s:s?}", "list", c->target.list,
	    "version", c->target.version, "epoch", (json_int_t)c->target.epoch, "asked_about",
	    (json_int_t)c->subject_count, "found", (json_int_t)counts[LIST_FOUND_HIT],
	    "not_on_the_list", (json_int_t)counts[LIST_FOUND_MISS], "not_answered",
	    (json_int_t)counts[LIST_FOUND_OPEN], "skipped", (json_int_t)c->skipped, "evaluations",
	    (json_int_t)c->evaluated, "hits", hits, "open", open, "left", left_document(c),
	    "evidence", c->evidence[0] == '\0' ? NULL : c->evidence, "failure",
	    failure == NULL ? NULL : failure->message);
}
