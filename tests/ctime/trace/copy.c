#include "ctime/trace/copy.h"

#include "ctime/trace/refused.h"

#include <string.h>
#include <sys/mman.h>

/* Relative addresses reach 2 GB: what is copied lies near its original, one region for each
 * library. Code and slots are apart, since writing beside code that runs makes a CPU start over. */
enum {
    REGION_CODE = 8 << 20,
    REGION_DATA = 8 << 20,
    REGION_BYTES = REGION_CODE + REGION_DATA,
    REGIONS = 8,
    TRIES = 64
};
static const uint64_t REACH = (uint64_t)1 << 30;

enum {
    BLOCK_INSTRUCTIONS = 512, /* a longer block goes on in another */
    OPERANDS = 4,             /* words that one instruction writes down */
    BYTES_FOR_ONE = 192       /* an instruction and all that precedes it */
};

typedef struct region {
    uint8_t *base;
    uint8_t *code; /* free from here on, up to base + REGION_CODE */
    uint8_t *data; /* up to base + REGION_BYTES */
} region;

static region regions[REGIONS];

enum { TABLE = 1 << 16 };
static copy_block *table[TABLE]; /* by start, open addressing */
static unsigned table_count;

/* ---- memory ---------------------------------------------------------------------------------- */

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a < b ? b - a : a - b;
}

static bool map_near(region *r, uint64_t address)
{
    for (uint64_t i = 1; i <= TRIES; i++) {
        uint64_t step = i * (REGION_BYTES * (uint64_t)2), at = address & ~(uint64_t)0xffff;
        at = i % 2 == 0 && at > step ? at - step : at + step;
        void *memory =
            mmap((void *)(uintptr_t)at, REGION_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (memory != MAP_FAILED) {
            *r = (region){memory, memory, (uint8_t *)memory + REGION_CODE};
            return true;
        }
    }
    return false;
}

static region *region_near(uint64_t address)
{
    for (size_t i = 0; i < REGIONS; i++) {
        region *r = &regions[i];
        if (r->base != NULL && distance((uint64_t)(uintptr_t)r->base, address) < REACH) {
            return r;
        }
        if (r->base == NULL) {
            return map_near(r, address) ? r : NULL;
        }
    }
    return NULL;
}

static void *take_data(region *r, size_t bytes)
{
    uint8_t *at = r->data;
    r->data += (bytes + 63) / 64 * 64;
    return at;
}

static bool has_room(const region *r)
{
    const size_t code = BLOCK_INSTRUCTIONS * BYTES_FOR_ONE;
    const size_t data = sizeof(copy_block) + BLOCK_INSTRUCTIONS * OPERANDS * (size_t)16;
    return (size_t)(r->base + REGION_CODE - r->code) > code &&
           (size_t)(r->base + REGION_BYTES - r->data) > data;
}

/* ---- emission -------------------------------------------------------------------------------- */

/* A block in the making. */
typedef struct maker {
    uint8_t *to;
    uint64_t *slot;
    uint16_t *origin;
    uint64_t *spare; /* keeps the register that addresses pass through */
    unsigned slots;
} maker;

static void emit(maker *m, const void *bytes, size_t n)
{
    memcpy(m->to, bytes, n);
    m->to += n;
}

static void emit_distance(maker *m, const void *to)
{
    int32_t far = (int32_t)((const uint8_t *)to - (m->to + sizeof far));
    emit(m, &far, sizeof far);
}

/* mov [where], register / mov register, [where]; rax is register 0, rcx 1, rdx 2 */
static void emit_move(maker *m, bool store, unsigned reg, const uint64_t *where)
{
    const uint8_t bytes[] = {0x48, store ? 0x89 : 0x8b, (uint8_t)(0x05 | reg << 3)};
    emit(m, bytes, sizeof bytes);
    emit_distance(m, where);
}

static uint64_t *next_slot(maker *m, uint16_t origin)
{
    m->origin[m->slots] = origin;
    return &m->slot[m->slots++];
}

/* What `instruction operand` leaves in `to`, rax or a part of it, goes to a slot. */
static bool emit_into_slot(maker *m, ZydisMnemonic instruction, ZydisRegister to,
                           ZydisEncoderOperand operand, uint16_t origin)
{
    const ZydisEncoderRequest request = {
        .machine_mode = ZYDIS_MACHINE_MODE_LONG_64,
        .mnemonic = instruction,
        .operand_count = 2,
        .operands = {{.type = ZYDIS_OPERAND_TYPE_REGISTER, .reg.value = to}, operand},
    };
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    ZyanUSize n = sizeof bytes;
    if (ZYAN_FAILED(ZydisEncoderEncodeInstruction(&request, bytes, &n))) {
        return false;
    }
    emit_move(m, true, 0, m->spare);
    emit(m, bytes, n);
    emit_move(m, true, 0, next_slot(m, origin));
    emit_move(m, false, 0, m->spare);
    return true;
}

static ZydisEncoderOperand memory_of(const ZydisDecodedOperandMem *mem, uint16_t bytes)
{
    return (ZydisEncoderOperand){
        .type = ZYDIS_OPERAND_TYPE_MEMORY,
        .mem = {.base = mem->base,
                .index = mem->index,
                .scale = mem->index == ZYDIS_REGISTER_NONE ? 0 : mem->scale,
                .displacement = mem->disp.has_displacement ? mem->disp.value : 0,
                .size = bytes},
    };
}

/* An offset from a segment's base counts as the address: the bases stay as they are. */
static bool emit_address(maker *m, const ZydisDecodedOperandMem *mem, uint16_t origin)
{
    return emit_into_slot(m, ZYDIS_MNEMONIC_LEA, ZYDIS_REGISTER_RAX, memory_of(mem, 8), origin);
}

static bool is_relative(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.base == ZYDIS_REGISTER_RIP;
}

/* Both halves of what is divided, and by what: a division of 32 or 64 bits. */
static bool emit_division(maker *m, const ZydisDecodedOperand *divisor, uint16_t origin)
{
    ZydisRegister to = divisor->size == 64 ? ZYDIS_REGISTER_RAX : ZYDIS_REGISTER_EAX;
    ZydisEncoderOperand by = {.type = ZYDIS_OPERAND_TYPE_REGISTER, .reg.value = divisor->reg.value};
    if (divisor->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        by = memory_of(&divisor->mem, divisor->size / 8);
    }
    emit_move(m, true, 0, next_slot(m, origin));
    emit_move(m, true, 2, next_slot(m, origin));
    return divisor->size >= 32 && !is_relative(divisor) &&
           divisor->mem.segment != ZYDIS_REGISTER_FS &&
           emit_into_slot(m, ZYDIS_MNEMONIC_MOV, to, by, origin);
}

/* Instructions that read their whole operand whatever the mask: the manual's classes "no fault
 * suppression". */
static bool reads_all(ZydisExceptionClass class)
{
    switch ((int)class) {
    case ZYDIS_EXCEPTION_CLASS_E1NF:
    case ZYDIS_EXCEPTION_CLASS_E2NF:
    case ZYDIS_EXCEPTION_CLASS_E3NF:
    case ZYDIS_EXCEPTION_CLASS_E4NF:
    case ZYDIS_EXCEPTION_CLASS_E5NF:
    case ZYDIS_EXCEPTION_CLASS_E6NF:
    case ZYDIS_EXCEPTION_CLASS_E9NF:
    case ZYDIS_EXCEPTION_CLASS_E10NF:
    case ZYDIS_EXCEPTION_CLASS_E11NF:
        return true;
    default:
        return false;
    }
}

/* The mask register that says which elements of memory are touched. */
static void emit_mask(maker *m, const ZydisDecodedInstruction *instruction, uint16_t origin)
{
    ZydisRegister mask = instruction->avx.mask.reg;
    if (mask <= ZYDIS_REGISTER_K0 || mask > ZYDIS_REGISTER_K7 ||
        reads_all(instruction->meta.exception_class)) {
        return;
    }
    /* kmovq rax, mask */
    const uint8_t bytes[] = {0xc4, 0xe1, 0xfb, 0x93, (uint8_t)(0xc0 | (mask - ZYDIS_REGISTER_K0))};
    emit_move(m, true, 0, m->spare);
    emit(m, bytes, sizeof bytes);
    emit_move(m, true, 0, next_slot(m, origin));
    emit_move(m, false, 0, m->spare);
}

/* All that an instruction touches, how often it repeats, what it divides; nop touches nothing,
 * whatever operand makes it longer. Addresses relative to the instruction are always the same. */
static bool emit_operands(maker *m, const ZydisDecodedInstruction *instruction,
                          const ZydisDecodedOperand operands[], uint16_t origin)
{
    bool touches = false;
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY ||
            operand->mem.type != ZYDIS_MEMOP_TYPE_MEM ||
            instruction->mnemonic == ZYDIS_MNEMONIC_NOP) {
            continue;
        }
        touches = true;
        if (!is_relative(operand) && !emit_address(m, &operand->mem, origin)) {
            return false;
        }
    }
    if (touches) {
        emit_mask(m, instruction, origin);
    }
    if ((instruction->attributes & ZYDIS_ATTRIB_HAS_REP) != 0) {
        emit_move(m, true, 1, next_slot(m, origin));
    }
    bool divides =
        instruction->mnemonic == ZYDIS_MNEMONIC_DIV || instruction->mnemonic == ZYDIS_MNEMONIC_IDIV;
    return !divides || emit_division(m, &operands[0], origin);
}

/* The instruction itself; what it addresses relative to itself is where it was. */
static void emit_instruction(maker *m, const ZydisDecodedInstruction *instruction,
                             const ZydisDecodedOperand operands[], uint64_t at)
{
    uint8_t *start = m->to;
    emit(m, (const void *)(uintptr_t)at, instruction->length);
    for (size_t i = 0; i < instruction->operand_count; i++) {
        ZyanU64 address;
        if (is_relative(&operands[i]) &&
            ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(instruction, &operands[i], at, &address))) {
            int32_t far = (int32_t)(address - (uint64_t)(uintptr_t)m->to);
            memcpy(start + instruction->raw.disp.offset, &far, sizeof far);
        }
    }
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static bool is_branch(const ZydisDecodedInstruction *instruction)
{
    switch ((int)instruction->meta.category) {
    case ZYDIS_CATEGORY_CALL:
    case ZYDIS_CATEGORY_RET:
    case ZYDIS_CATEGORY_COND_BR:
    case ZYDIS_CATEGORY_UNCOND_BR:
        return true;
    default:
        return false;
    }
}

/* Copies up to the end of the block at b->start. NULL, or why not. */
static const char *fill(copy_block *b, maker *m, ZydisDecodedInstruction *instruction)
{
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    ZydisDecoder decoder;
    (void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    for (b->next = b->start; b->instructions < BLOCK_INSTRUCTIONS;) {
        const void *at = (const void *)(uintptr_t)b->next;
        b->branch_at = b->next;
        if (ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, at, ZYDIS_MAX_INSTRUCTION_LENGTH,
                                               instruction, operands))) {
            return "is unknown to the decoder";
        }
        b->next += instruction->length;
        if (instruction->mnemonic == ZYDIS_MNEMONIC_INT3) {
            b->end = COPY_MEETS_MARKER;
            return NULL;
        }
        const char *reason = refused_because(instruction, operands);
        if (reason != NULL) {
            return reason;
        }
        if (!emit_operands(m, instruction, operands, (uint16_t)(b->branch_at - b->start))) {
            return "has operands that cannot be written down";
        }
        b->instructions++;
        if (is_branch(instruction)) {
            b->end = COPY_BRANCHES;
            b->branch = *instruction;
            b->target = operands[0];
            return NULL;
        }
        emit_instruction(m, instruction, operands, b->branch_at);
    }
    b->end = COPY_GOES_ON;
    return NULL;
}

static const copy_block *make(uint64_t address, copy_refusal *refusal)
{
    region *in = region_near(address);
    *refusal = (copy_refusal){address, "code", "has no room for its copy"};
    if (in == NULL || !has_room(in) || table_count > TABLE / 2) {
        return NULL;
    }
    copy_block *b = take_data(in, sizeof *b);
    maker m = {.to = in->code, .spare = take_data(in, sizeof(uint64_t))};
    m.slot = (uint64_t *)(void *)in->data;
    static uint16_t origin[BLOCK_INSTRUCTIONS * OPERANDS];
    m.origin = origin;
    ZydisDecodedInstruction last = {.mnemonic = ZYDIS_MNEMONIC_INVALID};
    b->start = address;
    b->code = (uint64_t)(uintptr_t)m.to;
    const char *reason = fill(b, &m, &last);
    if (reason != NULL) {
        *refusal = (copy_refusal){b->branch_at, ZydisMnemonicGetString(last.mnemonic), reason};
        return NULL;
    }
    emit(&m, "\xcc", 1);
    b->stop = (uint64_t)(uintptr_t)m.to;
    b->slots = m.slots;
    b->slot = take_data(in, m.slots * sizeof *b->slot);
    b->origin = memcpy(take_data(in, m.slots * sizeof *origin), origin, m.slots * sizeof *origin);
    in->code = m.to;
    return b;
}

bool copy_is_possible(void)
{
    return region_near((uint64_t)(uintptr_t)copy_is_possible) != NULL;
}

const copy_block *copy_at(uint64_t address, copy_refusal *refusal)
{
    size_t i = (address ^ address >> 16) % TABLE;
    for (; table[i] != NULL; i = (i + 1) % TABLE) {
        if (table[i]->start == address) {
            return table[i];
        }
    }
    const copy_block *made = make(address, refusal);
    if (made != NULL) {
        table[i] = (copy_block *)(uintptr_t)made;
        table_count++;
    }
    return made;
}
