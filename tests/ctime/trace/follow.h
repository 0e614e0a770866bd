/* Branches of traced code, done in its stead. */
#ifndef EG_TESTS_CTIME_TRACE_FOLLOW_H
#define EG_TESTS_CTIME_TRACE_FOLLOW_H

#include "ctime/trace/copy.h"

#include <ucontext.h>

/* Where the branch that ends the block leads, by the registers in context; of these the stack
 * pointer moves for calls and returns. False, nothing done, for a branch of another kind. */
bool follow_branch(uint64_t *next, const copy_block *block, ucontext_t *context);

#endif
