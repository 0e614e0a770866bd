/* Copies of blocks of code that do the same and write down each address that they touch.
 *
 * A block runs from one address to its first branch. In its copy each instruction that touches
 * memory is preceded by a few that put the address of each operand into a slot of the block: loads,
 * stores and `lea` alone, which change no flag, through one register that is given back. In place
 * of the branch stands int3: where to go on is for the one who catches it (trace.c).
 *
 * Slots hold as well: counts of repeated instructions; mask registers that choose among elements of
 * memory; dividend and divisor of integer divisions, whose time is theirs. What cannot be followed
 * so, or takes time by other values that it computes with, is refused by name. */
#ifndef EG_TESTS_CTIME_TRACE_COPY_H
#define EG_TESTS_CTIME_TRACE_COPY_H

#include <Zydis/Zydis.h>
#include <stdbool.h>
#include <stdint.h>

/* Ends a block, and begins and ends what is traced. */
#define COPY_MARKER() __asm__ volatile("int3" ::: "memory")

typedef enum copy_end { COPY_BRANCHES, COPY_GOES_ON, COPY_MEETS_MARKER } copy_end;

/* Kept until the process ends. */
typedef struct copy_block {
    uint64_t start;         /* of the original */
    uint64_t code;          /* of the copy */
    uint64_t stop;          /* the instruction pointer behind the copy's int3 */
    unsigned instructions;  /* the branch included */
    const uint64_t *slot;   /* in the order of the instructions */
    const uint16_t *origin; /* slot[i] belongs to the instruction at start + origin[i] */
    unsigned slots;
    copy_end end;
    ZydisDecodedInstruction branch; /* for COPY_BRANCHES */
    ZydisDecodedOperand target;     /* its first operand, if any */
    uint64_t branch_at;             /* of the original; the marker's for COPY_MEETS_MARKER */
    uint64_t next;                  /* the original's address behind the block */
} copy_block;

/* Why a block has no copy. */
typedef struct copy_refusal {
    uint64_t at;
    const char *instruction; /* its name */
    const char *reason;      /* static */
} copy_refusal;

/* False where the system maps no memory that is both writable and executable. */
bool copy_is_possible(void);

/* The block at an address, copied when it is first asked for; NULL when refused. */
const copy_block *copy_at(uint64_t address, copy_refusal *refusal);

#endif
