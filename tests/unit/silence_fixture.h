/* A channel in which south has not answered, and certificates of that: north asks, south
 * receipts, a neutral sees south's head a day later. South's log is one that goes on under
 * another key. */
#ifndef SILENCE_FIXTURE_H
#define SILENCE_FIXTURE_H

#include "bundle_silence.h"
#include "bundle_verifier.h"
#include "record_fixture.h"
#include "stamp_fixture.h"

struct silence_fixture {
	struct record_fixture record;
	char path[96];
	struct act_place asked;
	struct silence silence;
};

/* The heads of both logs as they are now, signed. */
static inline void sign_heads(struct record_fixture *f)
{
	for (unsigned party = 0; party < 2; party++) {
		buffer_clear(&f->heads[party]);
		fixture_head(f, party, f->s.counts[party], false, &f->heads[party]);
		fixture_witness(f, party);
		f->source.heads[party] = buffer_view(&f->heads[party]);
	}
}

static inline struct act_place ask(struct scenario *s)
{
	struct act_place place = scenario_say(
	    s, (struct line){ NORTH, "a.deputy", KIND_REQUEST, .precedence = "flash" });

	assert_verdict(s, VOID_NONE);
	return place;
}

static inline void stamp_south(struct scenario *s)
{
	scenario_receipt(s, NORTH);
	scenario_prove(
	    s, NORTH,
	    (struct word){ STAMP_CHECKPOINT, SOUTH, rules_size(s->rules, SOUTH), s->now });
}

static inline void silence_fixture_init(struct silence_fixture *f)
{
	*f = (struct silence_fixture){ 0 };
	record_fixture_init(&f->record, 0);
	snprintf(f->path, sizeof(f->path), "%s/silence", f->record.folder);
	f->asked = ask(&f->record.s);
	scenario_receipt(&f->record.s, SOUTH);
	f->record.s.now += SCENARIO_DAY;
	stamp_south(&f->record.s);
	sign_heads(&f->record);
}

static inline void silence_fixture_release(struct silence_fixture *f)
{
	record_fixture_release(&f->record);
}

/* --- making ------------------------------------------------------------------------ */

static inline struct bundle_writer *writer_of(struct silence_fixture *f)
{
	const struct record_options options = { .threads = 1 };
	struct bundle_writer *writer;
	struct error error;

	if (bundle_writer_new(&f->record.source, &options, &writer, &error) != OK)
		fail_msg("%s", error.message);
	return writer;
}

static inline struct silence_statement statement_of(const struct silence_fixture *f,
                                                    enum silence_form form)
{
	struct silence_statement statement = {
		.act = { .party = "north",
		         .generation = 1,
		         .number = f->asked.number,
		         .leaf = f->record.s.entries[NORTH][f->asked.number]->entry.leaf },
		.duty = DUTY_ANSWER,
		.form = form,
	};

	return statement;
}

static inline enum silence_verdict judge(struct silence_fixture *f,
                                         const struct bundle_writer *writer)
{
	silence_judge(bundle_writer_rules(writer), bundle_writer_charter(writer), f->asked,
	              DUTY_ANSWER, f->record.s.now, &f->silence);
	return f->silence.verdict;
}

/* What becomes of it; 0 when it is written. */
static inline int write_it(struct silence_fixture *f, struct bundle_writer *writer,
                           struct error *error)
{
	struct bundle_purpose purpose = silence_purpose();
	int r = bundle_writer_write(writer, f->path, &purpose, error);

	bundle_writer_free(writer);
	return r;
}

static inline void make(struct silence_fixture *f, enum silence_form form)
{
	struct silence_statement statement = statement_of(f, form);
	struct bundle_writer *writer = writer_of(f);
	struct error error;

	assert_int_equal(judge(f, writer), SILENCE_CERTIFIED);
	if (bundle_silence_choose(writer, &f->silence, &statement, &error) != OK ||
	    write_it(f, writer, &error) != OK)
		fail_msg("%s", error.message);
}

#endif
