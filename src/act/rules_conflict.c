#include "rules_conflict.h"

static const struct {
	enum kind_number act;
	enum kind_number against;
	enum conflict_outcome outcome;
} conflicts[] = {
	{ KIND_ACCEPT, KIND_RETRACT, CONFLICT_STANDS },
	{ KIND_COUNTER, KIND_RETRACT, CONFLICT_STANDS },
	{ KIND_REJECT, KIND_RETRACT, CONFLICT_STANDS },
	{ KIND_AMEND, KIND_RETRACT, CONFLICT_STANDS },
	/* What has been provided has been provided, and by whom must be seen. A refusal, or
	 * that something is not held, weighs on nobody once nobody asks. */
	{ KIND_PROVIDE, KIND_RETRACT, CONFLICT_STANDS },
	/* An admission is not undone by who had not heard of it. A denial of what is not
	 * alleged any more is moot. */
	{ KIND_ADMIT, KIND_RETRACT, CONFLICT_STANDS },
	{ KIND_ADMIT, KIND_DROP, CONFLICT_STANDS },
	/* Who maintains has heard the answer; else the answer is what is new. */
	{ KIND_DENY, KIND_MAINTAIN, CONFLICT_STANDS },
	{ KIND_ADMIT, KIND_MAINTAIN, CONFLICT_STANDS },
	{ KIND_NO_POSITION, KIND_MAINTAIN, CONFLICT_STANDS },
	{ KIND_ACCEPT, KIND_WITHDRAW, CONFLICT_STANDS },
	{ KIND_PROPOSE, KIND_WITHDRAW, CONFLICT_LAPSES },
	{ KIND_COUNTER, KIND_WITHDRAW, CONFLICT_LAPSES },
};

enum conflict_outcome conflict_outcome(enum kind_number act, enum kind_number against)
{
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++)
		if (conflicts[i].act == act && conflicts[i].against == against)
			return conflicts[i].outcome;
	return CONFLICT_NONE;
}
