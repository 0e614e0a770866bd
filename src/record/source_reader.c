#include "record/source_reader.h"

#include "record/source_parts.h"

typedef struct state {
    eg_source_reader reader;
    void *context;
} state;

static eg_result read_file(const eg_source *source, const eg_source_file *file, char *out,
                           eg_error *err)
{
    const state *s = source->state;
    if (!s->reader(s->context, file, out)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "it cannot be read, or is damaged");
    }
    return EG_SUCCESS;
}

/* The state is the arena's. */
static void close_reader(eg_source *source)
{
    (void)source;
}

static eg_result add_all(eg_source_list *list, const eg_source_file files[], size_t count,
                         eg_error *err)
{
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_source_list_add(list, files[i].name, files[i].bytes, files[i].entry, err));
    }
    return EG_SUCCESS;
}

eg_result eg_source_open_reader(eg_source *out, const eg_source_file files[], size_t count,
                                eg_source_reader reader, void *context, eg_arena *arena,
                                eg_error *err)
{
    static const eg_source_type type = {read_file, close_reader};
    state *s = NULL;
    eg_source_list list = {.arena = arena};
    *out = (eg_source){0};
    EG_TRY(eg_arena_new(arena, 1, sizeof *s, &s, err));
    *s = (state){reader, context};
    eg_result result = add_all(&list, files, count, err);
    result = eg_failed(result) ? result : eg_source_list_finish(out, &list, err);
    eg_source_list_free(&list);
    EG_TRY(result);
    out->state = s;
    out->type = &type;
    return EG_SUCCESS;
}
