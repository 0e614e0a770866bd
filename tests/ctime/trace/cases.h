/* What is traced. */
#ifndef EG_TESTS_CTIME_TRACE_CASES_H
#define EG_TESTS_CTIME_TRACE_CASES_H

#include "ctime/trace/trace.h"
#include "group/kernel.h"

typedef struct case_list {
    const trace_case *row;
    size_t count;
    unsigned secrets; /* for each row */
} case_list;

/* The operations of a kernel, one at a time. */
case_list cases_kernel(const eg_kernel *kernel);
/* What stands above the kernels, by the active one: products, powers with and without a table;
 * votes and keys proved. */
case_list cases_above(void);
case_list cases_proofs(void);
/* Numbers mod q, bytes as text, votes judged: no kernel is in them. */
case_list cases_modq(void);
case_list cases_base(void);
case_list cases_contest(void);

/* Leaks made on purpose, and what they must be found for; the last is none. */
typedef struct case_leak {
    trace_case traced;
    trace_verdict verdict;
    const eg_kernel *like; /* runs on CPUs that run this one; NULL: on all */
} case_leak;
const case_leak *cases_leaks(size_t *count);

#endif
