/* Ballots, with and without nonces. */
#include "common.h"

#include "wire/objects/ballot.h"

static eg_result read(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "ballot");
    return eg_ballot_read(out, node, &path, arena, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_object(data, n, sizeof(eg_ballot), read, eg_ballot_write);
    return 0;
}
