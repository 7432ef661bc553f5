/* Amended charters for tests: the charter of a scenario with a thing or two changed. */
#ifndef CHARTERS_H
#define CHARTERS_H

#include "scenario.h"

/* An amended charter's text and its hash, in base64 too. */
struct amended {
	struct buffer text;
	struct hash hash;
	char name[HASH_BASE64_CAPACITY];
};

/* Prints the charter and takes its hash; the result is released with amended_release. */
static inline void amended_print(struct amended *amended, const struct charter *charter)
{
	buffer_init(&amended->text, CHARTER_SIZE_MAXIMUM);
	assert_ok(charter_print(charter, &amended->text, NULL));
	sha256_of(&amended->hash, buffer_view(&amended->text));
	hash_to_base64(&amended->hash, amended->name);
}

static inline void amended_release(struct amended *amended)
{
	buffer_release(&amended->text);
}

/* Charters with other clocks, signatures, notice and survival; the last cannot amend. With
 * `neutrals` one of them has no depositary. */
enum { AMENDED_VARIANTS = 4 };
static inline void amended_variants(const struct charter *first, bool neutrals,
                                    struct amended ret_variants[AMENDED_VARIANTS])
{
	for (unsigned i = 0; i < AMENDED_VARIANTS; i++) {
		struct charter charter = *first;

		charter.clocks[CLOCK_POSITION] = (1 + i) * SCENARIO_HOUR;
		charter.acknowledge[PRECEDENCE_PRIORITY] = (1 + i) * 60;
		charter.notice = i * SCENARIO_HOUR / 2;
		charter.survives ^= i == 0 ? SURVIVES_NOTICES : 0;
		charter.deemed_allowance = charter.depositary.size > 0 ? (1 + i) * 600 : 0;
		if (i == 1)
			kind_set_add(&charter.two_signatures, KIND_PROPOSE);
		if (i == 2 && neutrals) {
			charter.depositary.size = 0;
			charter.deemed_allowance = 0;
		}
		if (i == AMENDED_VARIANTS - 1)
			memcpy(charter.parties[0].domain, "elsewhere.example", 18);
		amended_print(&ret_variants[i], &charter);
	}
}

/* An `amend` that opens (`answers` NULL) or completes. `previous` is base64. */
static inline struct line amend_line(unsigned party, const char *version, const char *previous,
                                     const char *next, const struct act_place *answers)
{
	return (struct line){
		.party = party,
		.author = party == NORTH ? "a.head" : "b.head",
		.kind = KIND_AMEND,
		.answers = answers,
		.fields = { { "version", version }, { "previous", previous }, { "charter", next } },
	};
}

#endif
