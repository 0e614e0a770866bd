#include "cli/audit_run.h"

#include "client/progress.h"

static void step(void *context, const char *name, size_t parts)
{
    eg_progress_step(context, name, parts);
}

static void done(void *context, size_t parts)
{
    eg_progress_add(context, parts);
}

eg_result eg_audit_run_command(eg_audit **out, eg_source *source, const char *path, bool is_quiet,
                               eg_arena *arena, eg_error *err)
{
    eg_progress progress;
    const eg_record_watch watch = {&progress, step, done};
    EG_TRY(eg_source_open(source, path, arena, err));
    eg_progress_init(&progress, is_quiet);
    eg_result result = eg_audit_run(out, source, eg_rng_system(), 0, &watch, arena, err);
    eg_progress_end(&progress);
    return result;
}
