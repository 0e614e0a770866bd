/* Decryption shares and compensated ones. Each input is tried as both. */
#include "common.h"

#include "wire/objects/decryption.h"

static eg_result read_share(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    return eg_decryption_share_read(out, EG_OWN_SHARE, node, NULL, arena, err);
}

static eg_result read_compensated(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    return eg_decryption_share_read(out, EG_COMPENSATED_SHARE, node, NULL, arena, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_object(data, n, sizeof(eg_decryption_share), read_share, eg_decryption_share_write);
    fuzz_object(data, n, sizeof(eg_decryption_share), read_compensated, eg_decryption_share_write);
    return 0;
}
