#include "ctime/trace/follow.h"

#include <string.h>

static ZydisRegisterContext registers_of(const ucontext_t *context)
{
    static const struct {
        int saved;
        ZydisRegister name;
    } row[] = {
        {REG_RAX, ZYDIS_REGISTER_RAX}, {REG_RCX, ZYDIS_REGISTER_RCX}, {REG_RDX, ZYDIS_REGISTER_RDX},
        {REG_RBX, ZYDIS_REGISTER_RBX}, {REG_RSP, ZYDIS_REGISTER_RSP}, {REG_RBP, ZYDIS_REGISTER_RBP},
        {REG_RSI, ZYDIS_REGISTER_RSI}, {REG_RDI, ZYDIS_REGISTER_RDI}, {REG_R8, ZYDIS_REGISTER_R8},
        {REG_R9, ZYDIS_REGISTER_R9},   {REG_R10, ZYDIS_REGISTER_R10}, {REG_R11, ZYDIS_REGISTER_R11},
        {REG_R12, ZYDIS_REGISTER_R12}, {REG_R13, ZYDIS_REGISTER_R13}, {REG_R14, ZYDIS_REGISTER_R14},
        {REG_R15, ZYDIS_REGISTER_R15},
    };
    ZydisRegisterContext out;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        out.values[row[i].name] = (uint64_t)context->uc_mcontext.gregs[row[i].saved];
    }
    return out;
}

static uint64_t word_at(uint64_t address)
{
    uint64_t word;
    memcpy(&word, (const void *)(uintptr_t)address, sizeof word);
    return word;
}

/* Of jumps and calls, direct or through a register or memory. */
static bool target(uint64_t *out, const copy_block *block, const ucontext_t *context)
{
    const ZydisDecodedOperand *to = &block->target;
    if (to->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        return ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&block->branch, to, block->branch_at, out));
    }
    const ZydisRegisterContext registers = registers_of(context);
    if (to->type == ZYDIS_OPERAND_TYPE_REGISTER) {
        *out = registers.values[to->reg.value];
        return true;
    }
    uint64_t address;
    if (to->type != ZYDIS_OPERAND_TYPE_MEMORY || to->mem.segment == ZYDIS_REGISTER_FS ||
        ZYAN_FAILED(ZydisCalcAbsoluteAddressEx(&block->branch, to, block->branch_at, &registers,
                                               &address))) {
        return false;
    }
    *out = word_at(address);
    return true;
}

/* The sixteen conditions, by the low four bits of jcc's opcode: pairs of one and its opposite. */
static bool holds(unsigned condition, uint64_t flags)
{
    const bool carry = flags & 1, parity = flags >> 2 & 1, zero = flags >> 6 & 1,
               sign = flags >> 7 & 1, overflow = flags >> 11 & 1;
    const bool even[] = {overflow,
                         carry,
                         zero,
                         carry || zero,
                         sign,
                         parity,
                         sign != overflow,
                         zero || sign != overflow};
    return even[condition / 2] != (condition % 2 == 1);
}

/* jrcxz and loop are conditional branches too, but have no such opcode. */
static bool is_jcc(const ZydisDecodedInstruction *branch)
{
    bool is_short = branch->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && branch->opcode >> 4 == 7;
    bool is_near = branch->opcode_map == ZYDIS_OPCODE_MAP_0F && branch->opcode >> 4 == 8;
    return is_short || is_near;
}

static bool follow_conditional(uint64_t *next, const copy_block *block, const ucontext_t *context)
{
    uint64_t flags = (uint64_t)context->uc_mcontext.gregs[REG_EFL];
    if (!is_jcc(&block->branch)) {
        return false;
    }
    if (!holds(block->branch.opcode & 15, flags)) {
        *next = block->next;
        return true;
    }
    return target(next, block, context);
}

static bool follow_call(uint64_t *next, const copy_block *block, ucontext_t *context)
{
    if (!target(next, block, context)) {
        return false;
    }
    greg_t *stack = &context->uc_mcontext.gregs[REG_RSP];
    *stack -= (greg_t)sizeof block->next;
    memcpy((void *)(uintptr_t)*stack, &block->next, sizeof block->next);
    return true;
}

static bool follow_return(uint64_t *next, const copy_block *block, ucontext_t *context)
{
    greg_t *stack = &context->uc_mcontext.gregs[REG_RSP];
    if (block->target.type == ZYDIS_OPERAND_TYPE_IMMEDIATE) { /* ret n */
        return false;
    }
    *next = word_at((uint64_t)*stack);
    *stack += (greg_t)sizeof *next;
    return true;
}

bool follow_branch(uint64_t *next, const copy_block *block, ucontext_t *context)
{
    switch ((int)block->branch.meta.category) {
    case ZYDIS_CATEGORY_CALL:
        return follow_call(next, block, context);
    case ZYDIS_CATEGORY_RET:
        return follow_return(next, block, context);
    case ZYDIS_CATEGORY_COND_BR:
        return follow_conditional(next, block, context);
    case ZYDIS_CATEGORY_UNCOND_BR:
        return target(next, block, context);
    default:
        return false;
    }
}
