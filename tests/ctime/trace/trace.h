/* Traces: where code goes and what it touches, compared from secret to secret. */
#ifndef EG_TESTS_CTIME_TRACE_TRACE_H
#define EG_TESTS_CTIME_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A computation with a secret. Each secret has a process of its own, all of them forked from one
 * state, so that nothing but the secret differs. */
typedef struct trace_case {
    const char *name;
    void (*set)(unsigned secret); /* writes the secret where run finds it; not traced */
    void (*run)(void);            /* traced */
    void *result;                 /* what run computes */
    size_t result_bytes;
} trace_case;

typedef enum trace_verdict {
    TRACE_SAME,
    TRACE_OTHER_WAY,     /* the code went elsewhere than with secret 0 */
    TRACE_OTHER_ADDRESS, /* an instruction touched another address; or had another count, mask,
                            dividend or divisor */
    TRACE_REFUSED,       /* an instruction of which a trace does not tell enough */
    TRACE_BLIND,         /* all secrets had one result: they do not reach the computation */
    TRACE_BROKEN         /* the tracing failed; text says how */
} trace_verdict;

typedef struct trace_report {
    trace_verdict verdict;
    unsigned secret;       /* the one that was under way; the other is 0 */
    uint64_t instructions; /* traced so far with this secret */
    uint64_t at;           /* of the instruction */
    uint64_t want, got;    /* the address (count, ...) with secret 0 and with this one */
    char text[160];
} trace_report;

/* Before the other functions, where copy_is_possible(). False when memory is short. */
bool trace_set_up(void);

/* Runs c->run with the secrets 0 .. secrets - 1, stops at the first difference. */
trace_report trace_compare(const trace_case *c, unsigned secrets);

/* What it says, with places in the source. Nothing for TRACE_SAME. */
void trace_explain(const trace_report *report);

#endif
