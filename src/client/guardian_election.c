#include "client/guardian_election.h"

#include "client/run_folder.h"
#include "record/layout.h"
#include "wire/fields.h"
#include "wire/objects/guardian.h"
#include "wire/tree.h"

#include <sys/stat.h>

enum { ELECTION_BYTES_MAX = 64 << 20 };

/* ---- records ---- */

typedef struct gathering {
    const eg_guardian_folder *folder;
    const eg_election_spec *spec;
    eg_guardian_public *guardians; /* by order; those that are taken */
    eg_awaited_file *files;        /* one of each */
    eg_arena *arena;
} gathering;

static eg_result refuse_double(const gathering *g, size_t which, const eg_guardian_public *record,
                               const eg_path *at, eg_error *err)
{
    eg_path id = eg_path_field(at, "owner_id");
    eg_path key = eg_path_field(at, "key");
    for (size_t i = 0; i < g->spec->guardians; i++) {
        if (i == which || !g->files[i].is_taken) {
            continue;
        }
        if (eg_str_equal(g->guardians[i].owner_id, record->owner_id)) {
            return EG_FAIL(err, EG_E_DUPLICATE, &id, "guardian %zu has the same id", i + 1);
        }
        if (eg_modp_equal(&g->guardians[i].key, &record->key)) {
            return EG_FAIL(err, EG_E_DUPLICATE, &key, "guardian %zu has the same key", i + 1);
        }
    }
    return EG_SUCCESS;
}

static eg_result take_record(void *context, size_t which, const eg_node *map, const eg_path *at,
                             eg_arena *arena, eg_error *err)
{
    gathering *g = context;
    eg_guardian_public record;
    eg_path order = eg_path_field(at, "sequence_order");
    eg_path id = eg_path_field(at, "owner_id");
    (void)arena;
    EG_TRY(eg_guardian_public_read(&record, map, at, g->arena, err));
    if (record.sequence_order != which + 1) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &order,
                       "the file is guardian %zu's, and the record in it another one's", which + 1);
    }
    const char *fault = eg_record_id_fault(record.owner_id);
    if (fault != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &id, "%s", fault);
    }
    EG_TRY(eg_guardian_public_check(&record, g->spec->quorum, at, err));
    EG_TRY(refuse_double(g, which, &record, at, err));
    EG_TRY(eg_arena_copy_str(g->arena, record.owner_id, &record.owner_id, err));
    g->guardians[which] = record;
    return EG_SUCCESS;
}

static eg_result look_at_all(gathering *g, size_t *taken, eg_error *err)
{
    size_t before = *taken;
    *taken = 0;
    for (size_t i = 0; i < g->spec->guardians; i++) {
        EG_TRY(eg_awaited_look(&g->files[i], g->folder, i, take_record, g, err));
        *taken += g->files[i].is_taken;
    }
    eg_progress_add(g->folder->progress, *taken - before);
    return EG_SUCCESS;
}

static eg_result say_missing(const gathering *g, eg_error *err)
{
    for (size_t i = 0; i < g->spec->guardians; i++) {
        if (!g->files[i].is_taken) {
            eg_awaited_add(g->folder->awaited, &g->files[i],
                           "the public record of guardian %zu; without it there is no key", i + 1);
        }
    }
    return eg_awaited_fail(g->folder, err);
}

static void tell_missing(const gathering *g)
{
    for (size_t i = 0; i < g->spec->guardians; i++) {
        if (!g->files[i].is_taken) {
            eg_progress_note(g->folder->progress, "%s is awaited: the record of guardian %zu",
                             g->files[i].name.text, i + 1);
        }
    }
}

static eg_result gather(gathering *g, eg_error *err)
{
    const eg_awaited_time time = eg_awaited_begin();
    size_t taken = 0, told = SIZE_MAX;
    EG_TRY(eg_arena_new(g->arena, g->spec->guardians, sizeof *g->files, &g->files, err));
    EG_TRY(eg_arena_new(g->arena, g->spec->guardians, sizeof *g->guardians, &g->guardians, err));
    for (size_t i = 0; i < g->spec->guardians; i++) {
        g->files[i].name = eg_record_file_of(i + 1);
        g->files[i].max_bytes = EG_RECORD_BYTES_MAX;
    }
    for (;;) {
        EG_TRY(look_at_all(g, &taken, err));
        if (taken == g->spec->guardians) {
            return EG_SUCCESS;
        }
        if (eg_awaited_is_over(&time, g->folder)) {
            return say_missing(g, err);
        }
        if (told == SIZE_MAX) {
            tell_missing(g);
            told = taken;
        }
        EG_TRY(eg_awaited_pause(g->folder, err));
    }
}

/* ---- the file ---- */

static eg_result write_text(eg_guardian_election *e, eg_arena *arena, eg_error *err)
{
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_election_file_write(&w, &e->file);
    eg_buf_append_char(&text, '\n');
    eg_result result = eg_buf_check(&text, err);
    result =
        eg_failed(result) ? result : eg_arena_copy_str(arena, eg_buf_str(&text), &e->text, err);
    eg_buf_free(&text);
    return result;
}

static eg_result make(eg_guardian_election *out, const eg_guardian_folder *folder,
                      const eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    gathering g = {.folder = folder, .spec = spec, .arena = arena};
    eg_modp key;
    eg_modq commitments;
    EG_TRY(gather(&g, err));
    eg_joint_key(&key, &commitments, g.guardians, spec->guardians);
    out->file.manifest = *spec->manifest;
    out->file.guardians = g.guardians;
    out->file.device = eg_election_device_default;
    EG_TRY(eg_context_init(&out->file.context, spec->guardians, spec->quorum, &key, &commitments,
                           &spec->manifest->hash, err));
    EG_TRY(write_text(out, arena, err));
    return eg_guardian_folder_put(folder, EG_GUARDIANS_ELECTION, out->text, err);
}

static eg_result other(const eg_path *at, const char *field, const char *flag, eg_error *err)
{
    eg_path path = eg_path_field(at, field);
    return EG_FAIL(err, EG_E_WRONG_ELECTION, &path, "it is not what %s", flag);
}

eg_result eg_guardian_election_read(eg_guardian_election *out, eg_str text, const eg_path *at,
                                    const eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    eg_node map;
    eg_path context_at = eg_path_field(at, "context");
    const eg_context *c = &out->file.context;
    *out = (eg_guardian_election){.text = text, .was_there = true};
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, arena, at, err));
    EG_TRY(eg_need_map(&map, at, err));
    EG_TRY(eg_election_file_read(&out->file, &map, arena, err));
    if (c->number_of_guardians != spec->guardians) {
        return other(&context_at, "number_of_guardians", "'--guardians' says", err);
    }
    if (c->quorum != spec->quorum) {
        return other(&context_at, "quorum", "'--quorum' says", err);
    }
    return eg_modq_equal(&c->manifest_hash, &spec->manifest->hash)
               ? EG_SUCCESS
               : other(at, "manifest", "is to be voted on by the other flags", err);
}

/* The folder's own, if it has one. */
static eg_result read_own(eg_guardian_election *out, bool *found, const eg_guardian_folder *folder,
                          const eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_GUARDIANS_ELECTION);
    struct stat about;
    eg_str text;
    eg_buf path;
    eg_buf_init(&path, NULL);
    eg_result result = eg_guardian_folder_path(&path, folder, EG_GUARDIANS_ELECTION, err);
    *found = !eg_failed(result) && stat(path.data, &about) == 0;
    if (*found) {
        result = eg_file_read(path.data, ELECTION_BYTES_MAX, &text, arena, err);
        result = eg_failed(result) ? result
                                   : eg_guardian_election_read(out, text, &at, spec, arena, err);
    }
    eg_buf_free(&path);
    return result;
}

static bool is_same_election(const eg_context *a, const eg_context *b)
{
    return a->number_of_guardians == b->number_of_guardians && a->quorum == b->quorum &&
           eg_modp_equal(&a->public_key, &b->public_key) &&
           eg_modq_equal(&a->commitment_hash, &b->commitment_hash) &&
           eg_modq_equal(&a->manifest_hash, &b->manifest_hash);
}

/* A record beside the election file that is whole, and not the one that the file has. */
static eg_result compare_record(void *context, size_t which, const eg_node *map, const eg_path *at,
                                eg_arena *arena, eg_error *err)
{
    const eg_election_file *file = context;
    eg_guardian_public record;
    EG_TRY(eg_guardian_public_read(&record, map, at, arena, err));
    return eg_modp_equal(&record.key, &file->guardians[which].key) &&
                   eg_str_equal(record.owner_id, file->guardians[which].owner_id)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WRONG_ELECTION, at,
                         "it is not the record that '%s' has of guardian %zu",
                         EG_GUARDIANS_ELECTION, which + 1);
}

static eg_result compare_records(const eg_guardian_election *e, const eg_guardian_folder *folder,
                                 eg_error *err)
{
    for (size_t i = 0; i < e->file.context.number_of_guardians; i++) {
        eg_awaited_file file = {.name = eg_record_file_of(i + 1), .max_bytes = EG_RECORD_BYTES_MAX};
        void *context = (void *)(uintptr_t)&e->file; /* which is only read */
        EG_TRY(eg_awaited_look(&file, folder, i, compare_record, context, err));
        if (file.fault.code == EG_E_WRONG_ELECTION) {
            *err = file.fault;
            return (eg_result){err->code};
        }
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_election_get(eg_guardian_election *out, const eg_guardian_folder *folder,
                                   const eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    bool found;
    EG_TRY(read_own(out, &found, folder, spec, arena, err));
    out->was_there = found;
    return found ? compare_records(out, folder, err) : make(out, folder, spec, arena, err);
}

eg_result eg_guardian_election_agree(const eg_guardian_election *kept,
                                     const eg_guardian_folder *folder, const eg_election_spec *spec,
                                     eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_GUARDIANS_ELECTION);
    eg_guardian_election there;
    eg_arena arena;
    bool found;
    eg_arena_init(&arena, NULL);
    eg_result result = read_own(&there, &found, folder, spec, &arena, err);
    if (!eg_failed(result) && !found) {
        result = eg_guardian_folder_put(folder, EG_GUARDIANS_ELECTION, kept->text, err);
    } else if (!eg_failed(result) && !is_same_election(&there.file.context, &kept->file.context)) {
        result = EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                         "the run began with the keys of other guardians");
    }
    eg_arena_free(&arena);
    return eg_failed(result) ? result : compare_records(kept, folder, err);
}

/* ---- for requests ---- */

static eg_result take_text(eg_str *out, eg_buf *text, eg_arena *arena, eg_error *err)
{
    eg_result result = eg_buf_check(text, err);
    result = eg_failed(result) ? result : eg_arena_copy_str(arena, eg_buf_str(text), out, err);
    eg_buf_free(text);
    return result;
}

static eg_result record_text(eg_str *out, const eg_guardian_public *record, eg_arena *arena,
                             eg_error *err)
{
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_guardian_public_write(&w, record);
    return take_text(out, &text, arena, err);
}

static eg_result data_text(eg_str *out, const eg_guardian_public *record, eg_str record_text_,
                           eg_arena *arena, eg_error *err)
{
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_str(&w, "id", record->owner_id);
    eg_put_int(&w, "sequence_order", record->sequence_order);
    eg_put_str(&w, "election_public_key", record_text_);
    eg_write_key(&w, "backups");
    eg_write_map(&w);
    eg_write_end(&w);
    eg_write_end(&w);
    return take_text(out, &text, arena, err);
}

/* Without the quotes that make it a string of JSON. */
static eg_result unquoted(eg_str *out, eg_buf *text, eg_arena *arena, eg_error *err)
{
    EG_TRY(take_text(out, text, arena, err));
    *out = (eg_str){out->data + 1, out->len - 2};
    return EG_SUCCESS;
}

static eg_result write_numbers(eg_ceremony *out, const eg_context *context, eg_arena *arena,
                               eg_error *err)
{
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_p_decimal(&w, &context->public_key);
    EG_TRY(unquoted(&out->joint_public_key, &text, arena, err));
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_q_decimal(&w, &context->commitment_hash);
    return unquoted(&out->commitment_hash, &text, arena, err);
}

eg_result eg_guardian_ceremony(eg_ceremony *out, const eg_election_file *file, eg_arena *arena,
                               eg_error *err)
{
    const size_t count = file->context.number_of_guardians;
    eg_str *ids = NULL, *records = NULL, *data = NULL;
    *out = (eg_ceremony){0};
    EG_TRY(write_numbers(out, &file->context, arena, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *records, &records, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *data, &data, err));
    for (size_t i = 0; i < count; i++) {
        const eg_guardian_public *g = &file->guardians[i];
        ids[i] = g->owner_id;
        EG_TRY(record_text(&records[i], g, arena, err));
        EG_TRY(data_text(&data[i], g, records[i], arena, err));
    }
    out->ids = ids;
    out->records = records;
    out->data = data;
    return EG_SUCCESS;
}
