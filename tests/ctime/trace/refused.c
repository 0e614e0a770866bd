#include "ctime/trace/refused.h"

#include <stdbool.h>
#include <string.h>

/* Divisions and square roots of floating-point numbers, scalar and packed; pdep and pext, which the
 * first AMD Zen run bit by bit. By the beginnings of their names. Not div and idiv: their operands
 * are in the trace. */
static bool takes_time_by_value(const ZydisDecodedInstruction *instruction)
{
    static const char *const slow[] = {"divs", "divp", "vdiv", "sqrt", "vsqrt", "pdep", "pext"};
    const char *name = ZydisMnemonicGetString(instruction->mnemonic);
    for (size_t i = 0; i < sizeof slow / sizeof slow[0]; i++) {
        if (strncmp(name, slow[i], strlen(slow[i])) == 0) {
            /* extractions begin so too: pextrb, pextrw, pextrd, pextrq */
            return strncmp(name, "pextr", 5) != 0;
        }
    }
    return instruction->meta.isa_set == ZYDIS_ISA_SET_X87;
}

/* maskmov: the mask lies in a vector register */
static bool moves_by_vector_mask(const ZydisDecodedInstruction *instruction)
{
    return strstr(ZydisMnemonicGetString(instruction->mnemonic), "maskmov") != NULL;
}

/* repe and repne: how often is for the data to say */
static bool repeats_by_value(const ZydisDecodedInstruction *instruction)
{
    return (instruction->attributes & (ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) != 0;
}

static bool leaves(const ZydisDecodedInstruction *instruction)
{
    switch ((int)instruction->meta.category) {
    case ZYDIS_CATEGORY_SYSCALL:
    case ZYDIS_CATEGORY_SYSRET:
    case ZYDIS_CATEGORY_SYSTEM:
    case ZYDIS_CATEGORY_INTERRUPT:
        return true;
    default:
        return false;
    }
}

static const char *refused_memory(const ZydisDecodedInstruction *instruction,
                                  const ZydisDecodedOperand *operand)
{
    if (operand->mem.type == ZYDIS_MEMOP_TYPE_VSIB) {
        return "takes addresses from a vector register";
    }
    if (operand->mem.type == ZYDIS_MEMOP_TYPE_MIB) {
        return "has an address of a form unknown here";
    }
    if (operand->mem.type == ZYDIS_MEMOP_TYPE_MEM && moves_by_vector_mask(instruction)) {
        return "touches memory as a vector register says";
    }
    return NULL;
}

const char *refused_because(const ZydisDecodedInstruction *instruction,
                            const ZydisDecodedOperand operands[])
{
    if (takes_time_by_value(instruction)) {
        return "takes time that depends on its operands";
    }
    if (repeats_by_value(instruction)) {
        return "repeats as often as the data say";
    }
    if (leaves(instruction)) {
        return "leaves the program";
    }
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const char *reason = operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY
                                 ? refused_memory(instruction, &operands[i])
                                 : NULL;
        if (reason != NULL) {
            return reason;
        }
    }
    return NULL;
}
