/* Instructions that a trace does not tell enough of. */
#ifndef EG_TESTS_CTIME_TRACE_REFUSED_H
#define EG_TESTS_CTIME_TRACE_REFUSED_H

#include <Zydis/Zydis.h>

/* NULL, or what is wrong with it, static: its time depends on what it computes with, its addresses
 * on vector or mask registers, or it leaves the program. */
const char *refused_because(const ZydisDecodedInstruction *instruction,
                            const ZydisDecodedOperand operands[]);

#endif
