/* Figure 4: bench_matter ROUNDS
 *
 * A matter of 1,000 parsed acts, by both sides in turn, each having received the one before:
 *
 *     folded      its state from its 1,000 acts, from the first to the last
 *     appended    all of it given to new rules: judged, hashed into the logs' trees and folded,
 *                 with the receipts between
 *     asked for   its state, once it is held
 *
 * Medians. */
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"
#include "rules_internal.h"
#include "scenario.h"

enum { ACTS = 1000, ROUNDS_MAXIMUM = 999, REPEATS = 100 };

static struct scenario s;
static struct act_place opening;

/* An incident on which both report, or a proposal that both counter: all of its acts change
 * what becomes of it, or might. */
static void make(enum kind_number opens, enum kind_number follows)
{
	struct act_place last;

	scenario_clear(&s);
	scenario_open(&s);
	last = opening = scenario_say(&s, (struct line){ NORTH, "a.head", opens });
	for (unsigned i = 1; i < ACTS; i++) {
		unsigned party = i % 2;
		struct line line = { party, party == NORTH ? "a.head" : "b.head", follows };

		if (follows == KIND_COUNTER)
			line.answers = &last;
		else
			line.matter = &opening;
		last = scenario_say(&s, line);
		if (s.result != OK || s.verdict.code != VERDICT_VALID)
			bench_fail("act %u is void", i);
	}
}

static double time_of_fold(void)
{
	const struct track *track = &s.rules->tracks[record_at(s.rules, opening)->track];
	struct view view = view_of_everything(s.rules);
	double start = seconds_now();
	unsigned states = 0;

	for (unsigned i = 0; i < REPEATS; i++)
		states += track_from_start(s.rules, track, &view).state;
	if (states == 0)
		bench_fail("the matter is open");
	return (seconds_now() - start) / REPEATS;
}

static double time_of_question(void)
{
	struct matter_summary matter;
	double start = seconds_now();

	for (unsigned i = 0; i < REPEATS; i++)
		if (rules_matter_of(s.rules, opening, s.now, &matter) != OK ||
		    matter.act_count != ACTS)
			bench_fail("the matter is not there");
	return (seconds_now() - start) / REPEATS;
}

/* Gives everything to new rules, an entry as soon as what it has received is there. */
static double time_of_appending(void)
{
	uint64_t next[2] = { 0, 0 };
	struct rules *rules;
	double start;

	if (rules_new(s.charter, &rules) != OK)
		bench_fail("no memory");
	start = seconds_now();
	for (unsigned party = 0; next[0] < s.counts[0] || next[1] < s.counts[1]; party = 1 - party)
		while (next[party] < s.counts[party]) {
			const struct scenario_entry *made = s.entries[party][next[party]];
			struct verdict verdict;
			int r = rules_append(rules, party, &made->entry, made->keys, &verdict,
			                     NULL);

			if (r == ERROR_WAIT)
				break;
			if (r != OK)
				bench_fail("an entry is refused");
			next[party]++;
		}
	start = seconds_now() - start;
	rules_free(rules);
	return start;
}

static void measure(const char *what, unsigned rounds)
{
	double folded[ROUNDS_MAXIMUM], appended[ROUNDS_MAXIMUM], asked[ROUNDS_MAXIMUM];

	for (unsigned i = 0; i < rounds; i++) {
		folded[i] = time_of_fold();
		appended[i] = time_of_appending();
		asked[i] = time_of_question();
	}
	printf("%s of %d acts: folded in %.3f ms, appended in %.3f ms, asked for in %.4f ms\n",
	       what, ACTS, median(folded, rounds) * 1e3, median(appended, rounds) * 1e3,
	       median(asked, rounds) * 1e3);
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	if (rounds == 0 || rounds > ROUNDS_MAXIMUM) {
		fputs("usage: bench_matter ROUNDS\n", stderr);
		return 2;
	}
	scenario_init(&s, NULL);
	make(KIND_NOTIFY, KIND_UPDATE);
	measure("an incident", (unsigned)rounds);
	make(KIND_PROPOSE, KIND_COUNTER);
	measure("a proposal", (unsigned)rounds);
	scenario_release(&s);
	return 0;
}
