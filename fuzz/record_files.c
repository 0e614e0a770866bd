#include "record_files.h"

#include "base/rng.h"
#include "base/sort.h"

/* ---- the good one ---- */

static void load(record_files *out)
{
    static eg_arena arena; /* for the life of the program */
    eg_source source;
    eg_error error = {.code = EG_OK};
    eg_arena_init(&arena, NULL);
    if (eg_failed(eg_source_open(&source, "tests/data/records/minimal.zip", &arena, &error))) {
        fprintf(stderr, "%s: %s\n", error.path, error.text);
        abort();
    }
    CHECK(source.count + 2 <= RECORD_FILES_MAX);
    for (size_t i = 0; i < source.count; i++) {
        record_file *file = &out->files[out->count++];
        file->name = source.files[i].name;
        CHECK(!eg_failed(eg_source_read(&source, &source.files[i], &file->text, &arena, &error)));
    }
    eg_source_close(&source);
}

const record_files *record_good(void)
{
    static record_files good;
    if (good.count == 0) {
        load(&good);
    }
    return &good;
}

record_file *record_find(record_files *files, eg_str name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (eg_str_equal(files->files[i].name, name)) {
            return &files->files[i];
        }
    }
    return NULL;
}

/* ---- a source of it ---- */

static eg_result read_file(const eg_source *source, const eg_source_file *file, char *out,
                           eg_error *err)
{
    const record_files *files = source->state;
    (void)err;
    CHECK(file->entry < files->count && files->files[file->entry].text.len == file->bytes);
    memcpy(out, files->files[file->entry].text.data, file->bytes);
    return EG_SUCCESS;
}

static void close_nothing(eg_source *source)
{
    (void)source;
}

static int by_name(const void *a, const void *b)
{
    return eg_str_compare(((const eg_source_file *)a)->name, ((const eg_source_file *)b)->name);
}

static void open_files(eg_source *out, eg_source_file list[], const record_files *files)
{
    static const eg_source_type type = {read_file, close_nothing};
    for (size_t i = 0; i < files->count; i++) {
        list[i] = (eg_source_file){
            .name = files->files[i].name, .bytes = files->files[i].text.len, .entry = i};
    }
    eg_sort(list, files->count, sizeof *list, by_name);
    *out = (eg_source){
        .files = list, .count = files->count, .state = (void *)(uintptr_t)files, .type = &type};
}

/* ---- verdicts ---- */

static void check_fault(const eg_audit_fault *fault, const eg_source *source)
{
    CHECK(fault->step < EG_AUDIT_STEP_COUNT);
    CHECK(fault->text[0] != '\0' && memchr(fault->text, '\0', sizeof fault->text) != NULL);
    CHECK(memchr(fault->path, '\0', sizeof fault->path) != NULL);
    CHECK(fault->file.len == 0 || eg_source_find(source, fault->file) != NULL);
}

void record_audit(eg_audit **out, const record_files *files, eg_arena *arena)
{
    eg_source_file list[RECORD_FILES_MAX];
    eg_source source;
    eg_error error = {.code = EG_OK};
    open_files(&source, list, files);
    if (eg_failed(eg_audit_run(out, &source, eg_rng_system(), 1, NULL, arena, &error))) {
        fprintf(stderr, "no verdict: code %d at %s: %s\n", error.code, error.path, error.text);
        abort();
    }
    const eg_audit *audit = *out;
    CHECK(audit->fault_count <= EG_AUDIT_FAULTS_MAX && audit->fault_count <= audit->fault_total);
    CHECK(audit->is_verified == (audit->fault_total == 0));
    for (size_t i = 0; i < audit->fault_count; i++) {
        check_fault(&audit->faults[i], &source);
    }
}
