/* What guardians hold and give away: records, polynomials, backups. Each input is tried as each. */
#include "common.h"

#include "wire/objects/guardian.h"

static eg_result read_record(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    return eg_guardian_public_read(out, node, NULL, arena, err);
}

static eg_result read_polynomial(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    return eg_polynomial_read(out, node, NULL, arena, err);
}

static eg_result read_backup(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    return eg_backup_read(out, node, NULL, arena, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_object(data, n, sizeof(eg_guardian_public), read_record, eg_guardian_public_write);
    fuzz_object(data, n, sizeof(eg_polynomial), read_polynomial, eg_polynomial_write);
    fuzz_object(data, n, sizeof(eg_backup), read_backup, eg_backup_write);
    return 0;
}
