/* Tests of the link: whose turn it is, and what they came to. Pure; it follows from the two
 * logs and the time.
 *
 * Every `clock link-test` of the charter (an hour) one of the two nodes logs a `test`, which the
 * other's answers with an `echo`: that takes both links, keepers and logs. The sides
 * alternate. The next test is made by who made the last echo; before there is one, by the
 * charter's first party. It is due one clock after that echo. Both know the same echoes once
 * a test has succeeded, and so agree; should they not, or should the other side not test, the
 * one whose turn it is not does after a quarter of the clock more.
 *
 *     north   test ........... (receipt)  echo ............ test
 *     south          echo                        test
 *             |<--- clock --->|<--- clock --->|<--- clock --->|
 *
 * A test has succeeded, for the side that made it, when it holds the echo; for the other, when
 * its echo is receipted. At most one own test is without an echo at a time: while the line
 * is down nothing is logged, and what is waiting is answered when it is up again.
 *
 * So failures are not counted by entries but by time: a test was due each time that a clock had
 * passed since the last success, and has failed when nothing has succeeded after half a clock
 * more, which is room for the other side to take over and for an echo. After as many as the
 * charter says (`link-test-failures`) the link has failed.
 */
#ifndef LINK_TEST_H
#define LINK_TEST_H

#include "rules.h"

/* What the logs say of tests: the last of each, by party, as number + 1; 0 for none. */
struct link_tests {
	uint64_t test[2];
	uint64_t echo[2];
	uint64_t echoed[2]; /* of a party's tests the last that the other has answered */
};

/* Takes note of an entry that has just been appended; any entry. */
void link_tests_note(struct link_tests *tests, const struct rules *rules, struct act_place place);

struct link_test_plan {
	timestamp last;      /* when the last test succeeded; 0: none has */
	unsigned next_by;    /* whose turn it is */
	timestamp next;      /* when it is due; 0: none is, the channel being as it is */
	timestamp own_next;  /* when this side tests: then or, of the other's turn, later */
	bool waiting;        /* an own test is without an echo */
	uint64_t failed;     /* tests in a row */
	timestamp failing;   /* with these: when the first was due */
	bool has_failed;     /* as often as the charter says */
	timestamp next_fail; /* when `failed` grows, if nothing succeeds */
};

/* `own` is who asks. Nothing counts as failed from before `since`, when the node was started. */
void link_tests_plan(const struct link_tests *tests, const struct rules *rules,
                     const struct charter *charter, unsigned own, timestamp since, timestamp now,
                     struct link_test_plan *ret_plan);

#endif
