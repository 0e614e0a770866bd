/* The JSON parser. */
#include "common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_tree(EG_JSON, data, n);
    return 0;
}
