#include "asking.h"

#include <stdlib.h>

#include "allocate.h"
#include "asking_internal.h"
#include "grow.h"
#include "sha.h"
#include "translate.h"

/* --- what is to be known ------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
	const struct asking_question *one = a, *other = b;

	return strcmp(one->identifier, other->identifier);
}

static struct asking_question *find_in(struct asking_question *questions, size_t count,
                                       const char *identifier)
{
	const struct asking_question wanted = { .identifier = (char *)(uintptr_t)identifier };

	return count == 0 ? NULL : bsearch(&wanted, questions, count, sizeof(*questions), compare);
}

static int append(struct asking_question **questions, size_t *count, size_t *capacity,
                  struct bytes identifier)
{
	void *grown = grow(*questions, *count, capacity, sizeof(**questions));
	struct asking_question question = { .identifier = allocate(identifier.size + 1, 1) };

	if (grown != NULL)
		*questions = grown;
	if (grown == NULL || question.identifier == NULL) {
		release_memory(question.identifier);
		return ERROR_MEMORY;
	}
	memcpy(question.identifier, identifier.data, identifier.size);
	(*questions)[(*count)++] = question;
	return OK;
}

int asking_add(struct asking *asking, const struct identifier *identifier, struct error *error)
{
	int r = append(&asking->questions, &asking->count, &asking->capacity,
	               identifier_view(identifier));

	return r == OK ? OK : error_set(error, r, "%s", result_text(r));
}

/* --- what is known already ------------------------------------------------------------------ */

static int hit_of(const struct asking *asking, const struct asked_line *line, bool *ret_is_hit,
                  struct asking_hit *ret_hit)
{
	struct identifier identifier = { .identifier_class = asking->identifier_class,
		                         .size = line->identifier.size };

	if (bytes_to_string(line->identifier, identifier.text, sizeof(identifier.text)) != OK)
		return ERROR_SYNTAX;
	return asking_look(asking->class_of, &identifier, &line->blind, &line->evaluation,
	                   ret_is_hit, ret_hit);
}

static int add_hit(struct asking *asking, const struct asking_hit *hit, size_t *ret_index)
{
	void *grown = grow(asking->hits, asking->hit_count, &asking->hit_capacity,
	                   sizeof(*asking->hits));

	if (grown == NULL)
		return ERROR_MEMORY;
	asking->hits = grown;
	*ret_index = asking->hit_count;
	asking->hits[asking->hit_count++] = *hit;
	return OK;
}

/* A line that was kept, where it is of what is to be known now. A hit is looked up again: what
 * is believed is what its proof shows. */
static int take_known(void *context, const struct asked_line *line)
{
	struct asking *asking = context;
	char identifier[IDENTIFIER_CAPACITY];
	struct asking_question *question;
	struct asking_hit hit;
	bool is_hit = false;
	int r;

	if (line->what == ASKED_OPEN ||
	    bytes_to_string(line->identifier, identifier, sizeof(identifier)) != OK)
		return OK;
	question = find_in(asking->questions, asking->count, identifier);
	if (question == NULL || question->state != ASKING_OPEN)
		return OK;
	if (line->what == ASKED_HIT) {
		if ((r = hit_of(asking, line, &is_hit, &hit)) != OK)
			return r == ERROR_MEMORY ? r : OK;
		if (!is_hit)
			return OK;
		if ((r = add_hit(asking, &hit, &question->hit)) != OK)
			return r;
	}
	question->state = is_hit ? ASKING_HIT : ASKING_MISS;
	return OK;
}

void asking_init(struct asking *asking, struct node *node, const struct list_target *target,
                 enum identifier_class identifier_class)
{
	*asking = (struct asking){ .node = node,
		                   .target = target,
		                   .identifier_class = identifier_class,
		                   .class_of = &target->classes[identifier_class] };
}

static void release_questions(struct asking_question *questions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		wipe(questions[i].identifier, strlen(questions[i].identifier));
		release_memory(questions[i].identifier);
	}
	release_memory(questions);
}

void asking_release(struct asking *asking)
{
	release_questions(asking->questions, asking->count);
	if (asking->hits != NULL)
		wipe(asking->hits, asking->hit_count * sizeof(*asking->hits));
	release_memory(asking->hits);
	release_memory(asking->evidence);
	asked_store_release(&asking->store);
	*asking = (struct asking){ .count = 0 };
}

/* What a question that was cut off has. */
static int note_left_line(void *context, const struct asked_line *line)
{
	struct asking *asking = context;
	char identifier[IDENTIFIER_CAPACITY];
	struct asking_question *question;

	if (bytes_to_string(line->identifier, identifier, sizeof(identifier)) != OK)
		return ERROR_SYNTAX;
	asking->left_open++;
	question = find_in(asking->questions, asking->count, identifier);
	if (question == NULL || question->state != ASKING_OPEN || question->under_way)
		return OK;
	question->under_way = true;
	asking->open--;
	return OK;
}

static int note_left(void *context, const char *name)
{
	struct asking *asking = context;

	/* One that cannot be read is not taken up. */
	(void)asked_store_read_question(&asking->store, name, note_left_line, asking, NULL);
	return OK;
}

/* Sorts them, and drops what is there twice. */
static void sort_questions(struct asking *asking)
{
	size_t kept = 0;

	if (asking->count > 0)
		qsort(asking->questions, asking->count, sizeof(*asking->questions), compare);
	for (size_t i = 0; i < asking->count; i++) {
		struct asking_question *question = &asking->questions[i];

		if (kept > 0 && compare(&asking->questions[kept - 1], question) == 0)
			release_memory(question->identifier);
		else
			asking->questions[kept++] = *question;
	}
	asking->count = kept;
}

int asking_settle(struct asking *asking, struct error *error)
{
	const struct asked_head head = { .list = asking->target->leaf,
		                         .identifier_class = asking->identifier_class,
		                         .epoch = asking->target->epoch };
	int r;

	sort_questions(asking);
	if ((r = asked_store_open(asking->node, asking->target->list, &head, take_known, asking,
	                          &asking->store, error)) != OK)
		return r;
	for (size_t i = 0; i < asking->count; i++)
		asking->open += asking->questions[i].state == ASKING_OPEN;
	return asked_store_each_question(&asking->store, note_left, asking, error);
}

const struct asking_question *asking_find(const struct asking *asking,
                                          const struct identifier *identifier)
{
	return find_in(asking->questions, asking->count, identifier->text);
}

int asking_note(struct asking *asking, const struct identifier *identifier,
                const struct asking_hit *hit, struct error *error)
{
	struct asking_question *question = find_in(asking->questions, asking->count,
	                                           identifier->text);
	struct asked_line line = { .what = hit != NULL ? ASKED_HIT : ASKED_MISS,
		                   .identifier = identifier_view(identifier) };
	size_t index = 0;
	int r;

	if (hit != NULL) {
		line.blind = hit->blind;
		line.evaluation = hit->evaluation;
		if ((r = add_hit(asking, hit, &index)) != OK)
			return error_set(error, r, "%s", result_text(r));
	}
	/* It may be known by another question, or not be wanted any more. */
	if (question != NULL && question->state == ASKING_OPEN && !question->under_way)
		asking->open--;
	if (question != NULL) {
		question->state = hit != NULL ? ASKING_HIT : ASKING_MISS;
		question->hit = index;
	}
	r = asked_store_add(&asking->store, &line, error);
	wipe(&line, sizeof(line));
	return r;
}

/* --- one evaluation ------------------------------------------------------------------------ */

static int look_up(const struct list_class *class_of, const struct oprf_output *output,
                   bool *ret_is_hit, struct asking_hit *hit)
{
	const struct byte_source pairs = list_class_pairs(class_of);
	uint8_t tag[PAIR_TAG_SIZE];
	int r;

	pair_tag(output, tag);
	r = pairs_find(&pairs, class_of->commitment.pairs, tag, &hit->index, &hit->pair);
	*ret_is_hit = r == OK;
	if (r != OK)
		return r == ERROR_NOT_FOUND ? OK : r;
	r = pair_open(output, &hit->pair, &hit->label);
	hit->opens = r == OK;
	return r == ERROR_SIGNATURE || r == ERROR_SYNTAX ? OK : r;
}

int asking_look_blinded(const struct list_class *class_of, const struct identifier *identifier,
                        const struct oprf_scalar *blind, const struct oprf_element *blinded,
                        const struct match_evaluation *evaluation, bool *ret_is_hit,
                        struct asking_hit *ret_hit)
{
	struct asking_hit hit = { .identifier = *identifier,
		                  .blind = *blind,
		                  .evaluation = *evaluation };
	uint8_t text[PAIR_INPUT_MAXIMUM];
	struct oprf_output output;
	bool is_hit;
	size_t size;
	int r;

	if (match_evaluation_check(&class_of->commitment, blinded, evaluation) != OK)
		return ERROR_SIGNATURE;
	if ((r = pair_input(identifier->identifier_class, identifier_view(identifier), text,
	                    &size)) != OK)
		return r;
	if ((r = oprf_finalize(bytes_of(text, size), blind, &evaluation->element, &output)) == OK)
		r = look_up(class_of, &output, &is_hit, &hit);
	wipe(&output, sizeof(output));
	if (r != OK)
		return r;
	*ret_is_hit = is_hit;
	*ret_hit = hit;
	return OK;
}

int asking_blind(const struct identifier *identifier, const struct oprf_scalar *blind,
                 struct oprf_element *ret_blinded)
{
	uint8_t text[PAIR_INPUT_MAXIMUM];
	size_t size;
	int r = pair_input(identifier->identifier_class, identifier_view(identifier), text, &size);

	return r == OK ? oprf_blind_with(OPRF_MODE_VOPRF, bytes_of(text, size), blind, ret_blinded)
	               : r;
}

int asking_look(const struct list_class *class_of, const struct identifier *identifier,
                const struct oprf_scalar *blind, const struct match_evaluation *evaluation,
                bool *ret_is_hit, struct asking_hit *ret_hit)
{
	struct oprf_element blinded;
	int r = asking_blind(identifier, blind, &blinded);

	return r == OK ? asking_look_blinded(class_of, identifier, blind, &blinded, evaluation,
	                                     ret_is_hit, ret_hit)
	               : r;
}
