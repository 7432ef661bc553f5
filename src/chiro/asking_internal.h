/* Shared by asking.c and asking_run.c only. */
#ifndef ASKING_INTERNAL_H
#define ASKING_INTERNAL_H

#include "asking.h"

/* The blinded element of an identifier. */
int asking_blind(const struct identifier *identifier, const struct oprf_scalar *blind,
                 struct oprf_element *ret_blinded);

/* As asking_look, where the blinded element is known. */
int asking_look_blinded(const struct list_class *class_of, const struct identifier *identifier,
                        const struct oprf_scalar *blind, const struct oprf_element *blinded,
                        const struct match_evaluation *evaluation, bool *ret_is_hit,
                        struct asking_hit *ret_hit);

#endif
