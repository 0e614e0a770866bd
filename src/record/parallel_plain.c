/* One unit after another: for where there are no threads. */
#include "record/parallel.h"

size_t eg_parallel_threads(size_t wanted)
{
    (void)wanted;
    return 1;
}

eg_result eg_parallel_run(size_t units, size_t threads, eg_parallel_unit unit, void *context,
                          eg_error *err)
{
    (void)threads;
    eg_result result = EG_SUCCESS;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    for (size_t i = 0; i < units && !eg_failed(result); i++) {
        result = unit(context, 0, i, &scratch, err);
        eg_arena_reset(&scratch);
    }
    eg_arena_free(&scratch);
    return result;
}
