/* Tallies. The manifest within is the election's own and not read back: one of three candidates. */
#include "common.h"

#include "wire/objects/tally.h"

static eg_result read(void *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "tally");
    return eg_tally_object_read(out, node, &path, arena, err);
}

static const eg_manifest *manifest(void)
{
    static const eg_str names[] = {EG_STR("Ann"), EG_STR("Bo"), EG_STR("Cy")};
    static eg_manifest made;
    static eg_arena arena; /* for the life of the program */
    static bool is_made;
    eg_error error;
    if (!is_made) {
        eg_arena_init(&arena, NULL);
        CHECK(!eg_failed(eg_manifest_build_service(&made, &arena, names, 3, names, 3, 1, &error)));
        is_made = true;
    }
    return &made;
}

static void write(eg_writer *w, const void *object)
{
    const eg_tally_read_result *tally = object;
    const eg_tally_object whole = {.tally = &tally->tally,
                                   .context = &tally->context,
                                   .manifest = manifest(),
                                   .texts = tally->texts};
    eg_tally_object_write(w, &whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    fuzz_object(data, n, sizeof(eg_tally_read_result), read, write);
    return 0;
}
