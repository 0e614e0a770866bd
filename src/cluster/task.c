#include "cluster/task.h"

#include "wire/fields.h"
#include "wire/writer.h"

const char *const eg_stage_names[EG_STAGE_COUNT] = {"encrypt", "tally", "combine"};

/* ---- faults ---- */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("_.[]-", c) != NULL);
}

static void copy_plain(char *out, size_t size, eg_str text)
{
    const size_t n = text.len < size - 1 ? text.len : size - 1;
    for (size_t i = 0; i < n; i++) {
        out[i] = (char)(is_plain(text.data[i]) ? text.data[i] : '?');
    }
    out[n] = '\0';
}

void eg_fault_set(eg_fault *out, eg_str code, eg_str field)
{
    copy_plain(out->code, sizeof out->code, code);
    copy_plain(out->field, sizeof out->field, field);
}

void eg_fault_from_error(eg_fault *out, const eg_error *error)
{
    static const struct {
        eg_code code;
        const char *name;
    } names[] = {
        {EG_E_MISSING_FIELD, "missing_field"}, {EG_E_BAD_TYPE, "bad_type"},
        {EG_E_OUT_OF_RANGE, "out_of_range"},   {EG_E_BAD_ENCODING, "bad_encoding"},
        {EG_E_DUPLICATE, "duplicate"},         {EG_E_WRONG_ELECTION, "wrong_election"},
        {EG_E_TOO_LARGE, "too_large"},         {EG_E_TAMPERED, "tampered"},
        {EG_E_NOT_FOUND, "not_found"},         {EG_E_NO_MEMORY, "no_memory"},
    };
    const char *name = "internal";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        name = names[i].code == error->code ? names[i].name : name;
    }
    eg_fault_set(out, eg_str_from(name), eg_str_from(error->path));
}

/* ---- writing ---- */

static void write_members(eg_writer *w, const eg_chunk_task *task)
{
    eg_put_cstr(w, "election", task->election);
    eg_put_cstr(w, "stage", eg_stage_names[task->stage]);
    eg_put_cstr(w, "chunk", task->chunk);
}

static void write_object(eg_writer *w, const eg_chunk_task *task)
{
    eg_put_cstr(w, "object", task->object);
    eg_put_cstr(w, "sha256", task->sha256);
    eg_put_int(w, "count", task->count);
}

void eg_chunk_task_write(eg_buf *out, const eg_chunk_task *task)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    write_members(&w, task);
    write_object(&w, task);
    eg_write_end(&w);
}

void eg_chunk_result_write(eg_buf *out, const eg_chunk_result *result)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    if (result->task.chunk[0] == '\0') {
        eg_put_cstr(&w, "election", result->task.election);
    } else {
        write_members(&w, &result->task);
        eg_put_cstr(&w, "of", result->of);
    }
    eg_put_cstr(&w, "status", result->is_failed ? "failed" : "done");
    if (result->is_failed) {
        eg_put_cstr(&w, "code", result->fault.code);
        eg_put_cstr(&w, "field", result->fault.field);
    } else {
        write_object(&w, &result->task);
    }
    eg_write_end(&w);
}

/* ---- reading ---- */

/* A text of these characters, from `least` bytes on. */
static eg_result read_word(const eg_node *map, const char *name, const char *characters,
                           size_t least, char *out, size_t size, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    eg_str text;
    EG_TRY(eg_read_str(map, NULL, name, least, size - 1, &text, err));
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\0' || strchr(characters, text.data[i]) == NULL) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                           "'%s' holds a character that does not belong there", name);
        }
    }
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    return EG_SUCCESS;
}

static eg_result read_digest(const eg_node *map, const char *name, char out[EG_DIGEST_HEX + 1],
                             eg_error *err)
{
    return read_word(map, name, "0123456789abcdef", EG_DIGEST_HEX, out, EG_DIGEST_HEX + 1, err);
}

static eg_result read_stage(const eg_node *map, eg_stage *out, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "stage");
    eg_str text;
    EG_TRY(eg_read_str(map, NULL, "stage", 1, EG_CHUNK_NAME_BYTES, &text, err));
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        if (eg_str_equal(text, eg_str_from(eg_stage_names[i]))) {
            *out = (eg_stage)i;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'stage' is none that there is");
}

/* Below the election's own folder, and nowhere else. */
static eg_result read_object(const eg_node *map, eg_chunk_task *out, eg_error *err)
{
    static const char characters[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-/";
    eg_path path = eg_path_field(NULL, "object");
    EG_TRY(read_word(map, "object", characters, 1, out->object, sizeof out->object, err));
    if (strstr(out->object, "..") != NULL || out->object[0] == '/' ||
        strstr(out->object, "//") != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'object' leads out of the store");
    }
    return strncmp(out->object, out->election, EG_DIGEST_HEX) == 0 &&
                   out->object[EG_DIGEST_HEX] == '/'
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, &path, "'object' is another election's");
}

static eg_result read_members(const eg_node *map, eg_chunk_task *out, eg_error *err)
{
    EG_TRY(read_digest(map, "election", out->election, err));
    EG_TRY(read_stage(map, &out->stage, err));
    return read_word(map, "chunk", "0123456789.", 1, out->chunk, sizeof out->chunk, err);
}

static eg_result read_reference(const eg_node *map, eg_chunk_task *out, eg_error *err)
{
    EG_TRY(read_digest(map, "sha256", out->sha256, err));
    EG_TRY(read_object(map, out, err));
    return eg_read_count(map, NULL, "count", 1, EG_TASK_COUNT_MAX, &out->count, err);
}

static eg_result parse(eg_node *out, eg_str text, eg_arena *arena, eg_error *err)
{
    if (text.len > EG_TASK_BYTES_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the message is longer than %d bytes",
                       EG_TASK_BYTES_MAX);
    }
    EG_TRY(eg_tree_parse(out, EG_JSON, text, 0, arena, NULL, err));
    return eg_need_map(out, NULL, err);
}

static eg_result read_task(eg_chunk_task *out, eg_str text, eg_arena *arena, eg_error *err)
{
    eg_node map;
    EG_TRY(parse(&map, text, arena, err));
    EG_TRY(read_members(&map, out, err));
    return read_reference(&map, out, err);
}

eg_result eg_chunk_task_read(eg_chunk_task *out, eg_str text, eg_error *err)
{
    eg_arena arena;
    *out = (eg_chunk_task){0};
    eg_arena_init(&arena, NULL);
    eg_result result = read_task(out, text, &arena, err);
    eg_arena_free(&arena);
    return result;
}

static eg_result read_fault(const eg_node *map, eg_fault *out, eg_error *err)
{
    eg_str code;
    eg_str field;
    EG_TRY(eg_read_str(map, NULL, "code", 1, sizeof out->code - 1, &code, err));
    EG_TRY(eg_read_str(map, NULL, "field", 0, sizeof out->field - 1, &field, err));
    eg_fault_set(out, code, field);
    return EG_SUCCESS;
}

static eg_result read_result(eg_chunk_result *out, eg_str text, eg_arena *arena, eg_error *err)
{
    eg_node map;
    eg_str status;
    eg_path path = eg_path_field(NULL, "status");
    EG_TRY(parse(&map, text, arena, err));
    EG_TRY(eg_read_str(&map, NULL, "status", 1, EG_CHUNK_NAME_BYTES, &status, err));
    out->is_failed = eg_str_equal(status, EG_STR("failed"));
    if (!out->is_failed && !eg_str_equal(status, EG_STR("done"))) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'status' must be 'done' or 'failed'");
    }
    if (out->is_failed && eg_map_find(&map, "chunk") == NULL) {
        EG_TRY(read_digest(&map, "election", out->task.election, err));
        return read_fault(&map, &out->fault, err);
    }
    EG_TRY(read_members(&map, &out->task, err));
    EG_TRY(read_digest(&map, "of", out->of, err));
    return out->is_failed ? read_fault(&map, &out->fault, err)
                          : read_reference(&map, &out->task, err);
}

eg_result eg_chunk_result_read(eg_chunk_result *out, eg_str text, eg_error *err)
{
    eg_arena arena;
    *out = (eg_chunk_result){0};
    eg_arena_init(&arena, NULL);
    eg_result result = read_result(out, text, &arena, err);
    eg_arena_free(&arena);
    return result;
}
