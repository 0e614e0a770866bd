#include "record/audit_parts.h"

#include "record/load.h"
#include "record/parallel.h"

/* ---- files ---- */

static eg_result load(const eg_audit_state *s, const eg_source_file *file, const eg_shape *shape,
                      eg_node *out, eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_record_load(out, s->source, file, arena, err));
    return eg_shape_check(shape, out, NULL, err);
}

eg_result eg_audit_load(eg_audit_state *s, const eg_source_file *file, const eg_shape *shape,
                        eg_node *out, bool *good, eg_arena *arena, eg_error *err)
{
    eg_error fault = {0};
    eg_result result = load(s, file, shape, out, arena, &fault);
    *good = !eg_failed(result);
    eg_audit_checked(s, EG_AUDIT_FORM, *good ? 1 : 0);
    return eg_audit_note(s, EG_AUDIT_FORM, file, result, &fault, err);
}

const eg_source_file *eg_audit_only_file(eg_audit_state *s, eg_record_class which)
{
    if (s->files[which].count == 1) {
        return s->files[which].files[0];
    }
    eg_str name = eg_record_class_prefix(which);
    eg_path at = eg_path_key(NULL, name.data, name.len);
    eg_audit_fault_at(s, EG_AUDIT_FORM, NULL, &at, "the record has no such file");
    return NULL;
}

/* Names are sorted, so that files of a class stand together and in the order of their ids. */
eg_result eg_audit_list_files(eg_audit_state *s, eg_error *err)
{
    eg_str id;
    for (size_t i = 0; i < s->source->count; i++) {
        const eg_source_file *file = &s->source->files[i];
        eg_record_class which = eg_record_classify(file->name, &id);
        s->files[which].count++;
        if (which == EG_RECORD_CLASS_UNKNOWN) {
            eg_audit_fault_at(s, EG_AUDIT_FORM, file, NULL,
                              "a record has no such file: nothing vouches for it");
        }
    }
    for (size_t c = 0; c < EG_RECORD_CLASS_COUNT; c++) {
        eg_audit_files *files = &s->files[c];
        EG_TRY(eg_arena_new(s->keep, files->count, sizeof(eg_source_file *), &files->files, err));
        EG_TRY(eg_arena_new(s->keep, files->count, sizeof(eg_str), &files->ids, err));
        files->count = 0;
    }
    for (size_t i = 0; i < s->source->count; i++) {
        eg_audit_files *files = &s->files[eg_record_classify(s->source->files[i].name, &id)];
        files->files[files->count] = &s->source->files[i];
        files->ids[files->count++] = id;
    }
    return EG_SUCCESS;
}

/* ---- all of it ---- */

/* Of a record without an election nothing else can be judged but this. */
static eg_result check_forms(eg_audit_state *s, eg_error *err)
{
    const eg_source_file *encrypted = eg_audit_only_file(s, EG_RECORD_CLASS_ENCRYPTED_TALLY);
    const eg_source_file *tally =
        s->is_closed ? NULL : eg_audit_only_file(s, EG_RECORD_CLASS_TALLY);
    eg_node map;
    bool good;
    if (encrypted != NULL) {
        EG_TRY(eg_audit_load(s, encrypted, &eg_shape_encrypted_tally, &map, &good, s->keep, err));
    }
    if (tally != NULL) {
        EG_TRY(eg_audit_load(s, tally, &eg_shape_plain_tally, &map, &good, s->keep, err));
    }
    return EG_SUCCESS;
}

/* Steps without which nothing of the rest can be judged return early: what was not checked is then
 * not verified. */
static eg_result check_election(eg_audit_state *s, eg_error *err)
{
    EG_TRY(eg_audit_list_files(s, err));
    EG_TRY(eg_audit_constants(s, err));
    EG_TRY(eg_audit_manifest(s, err));
    EG_TRY(eg_audit_context(s, err));
    EG_TRY(eg_audit_devices(s, err));
    return s->is_closed ? EG_SUCCESS : eg_audit_coefficients(s, err);
}

static eg_result check_ballots(eg_audit_state *s, eg_error *err)
{
    EG_TRY(eg_audit_ballots(s, err));
    return eg_audit_chain(s, err);
}

static eg_result run(eg_audit_state *s, eg_error *err)
{
    EG_TRY(check_election(s, err));
    if (!s->out->has_election) {
        return check_forms(s, err);
    }
    EG_TRY(check_ballots(s, err));
    EG_TRY(eg_audit_encrypted_tally(s, err));
    EG_TRY(eg_audit_tally(s, err));
    return eg_audit_spoiled(s, err);
}

static eg_result run_closed(eg_audit_state *s, eg_error *err)
{
    EG_TRY(check_election(s, err));
    if (!s->out->has_election) {
        return check_forms(s, err);
    }
    EG_TRY(check_ballots(s, err));
    return eg_audit_encrypted_tally(s, err);
}

static eg_result run_tally_alone(eg_audit_state *s, eg_error *err)
{
    EG_TRY(check_election(s, err));
    return s->out->has_election ? eg_audit_encrypted_tally(s, err) : check_forms(s, err);
}

static eg_result run_proofs(eg_audit_state *s, eg_error *err)
{
    EG_TRY(check_election(s, err));
    return s->out->has_election ? eg_audit_proofs(s, err) : EG_SUCCESS;
}

/* What others go on with. */
static eg_result hand_out(eg_audit_state *s, eg_error *err)
{
    eg_guardian_public *guardians = NULL;
    s->out->encrypted_tally = s->has_tally ? &s->tally : NULL;
    if (s->has_guardians) {
        EG_TRY(eg_arena_new(s->keep, s->guardian_count, sizeof *guardians, &guardians, err));
        for (size_t i = 0; i < s->guardian_count; i++) {
            guardians[i] = s->guardians[i].key;
        }
        s->out->guardians = guardians;
        s->out->guardian_count = s->guardian_count;
    }
    return EG_SUCCESS;
}

static eg_result run_steps(eg_audit_state *s, eg_result (*steps)(eg_audit_state *s, eg_error *err),
                           eg_error *err)
{
    EG_TRY(steps(s, err));
    return hand_out(s, err);
}

typedef struct audit_request {
    const eg_source *source;
    const eg_rng *rng;
    const eg_record_watch *watch;
    size_t threads;
    bool is_closed;
    eg_audit_part part;
    eg_result (*steps)(eg_audit_state *s, eg_error *err);
} audit_request;

static eg_result audit(eg_audit **out, const audit_request *asked, eg_arena *arena, eg_error *err)
{
    eg_audit_state *s = NULL;
    EG_TRY(eg_arena_new(arena, 1, sizeof *s, &s, err));
    EG_TRY(eg_arena_new(arena, 1, sizeof **out, out, err));
    *s = (eg_audit_state){.out = *out,
                          .source = asked->source,
                          .rng = asked->rng,
                          .watch = asked->watch,
                          .is_closed = asked->is_closed,
                          .part = asked->part,
                          .keep = arena,
                          .threads = eg_parallel_threads(asked->threads)};
    eg_lock_init(&s->lock);
    eg_error fault = {0};
    eg_result result = run_steps(s, asked->steps, &fault);
    const bool is_whole = !eg_failed(result);
    /* no step should end in a fault of the record that it has not noted: it is one all the same */
    result = eg_audit_note(s, EG_AUDIT_FORM, NULL, result, &fault, err);
    eg_lock_clear(&s->lock);
    eg_copies_clear(&s->copies);
    eg_fixed_base_free(s->key);
    (*out)->is_verified = is_whole && (*out)->fault_total == 0;
    return result;
}

eg_result eg_audit_run(eg_audit **out, const eg_source *source, const eg_rng *rng, size_t threads,
                       const eg_record_watch *watch, eg_arena *arena, eg_error *err)
{
    const audit_request whole = {.source = source,
                                 .rng = rng,
                                 .watch = watch,
                                 .threads = threads,
                                 .part = {0, 1},
                                 .steps = run};
    return audit(out, &whole, arena, err);
}

eg_result eg_audit_run_closed(eg_audit **out, const eg_source *source, eg_audit_extent extent,
                              const eg_rng *rng, size_t threads, const eg_record_watch *watch,
                              eg_arena *arena, eg_error *err)
{
    const audit_request closed = {.source = source,
                                  .rng = rng,
                                  .watch = watch,
                                  .threads = threads,
                                  .is_closed = true,
                                  .part = {0, 1},
                                  .steps =
                                      extent == EG_AUDIT_CLOSED ? run_closed : run_tally_alone};
    return audit(out, &closed, arena, err);
}

eg_result eg_audit_run_part(eg_audit **out, const eg_source *source, bool is_closed,
                            const eg_audit_part *part, const eg_rng *rng,
                            const eg_record_watch *watch, eg_arena *arena, eg_error *err)
{
    EG_BUG_IF(err, part->number >= part->of);
    const audit_request one = {.source = source,
                               .rng = rng,
                               .watch = watch,
                               .threads = 1,
                               .is_closed = is_closed,
                               .part = *part,
                               .steps = part->number > 0 ? run_proofs
                                        : is_closed      ? run_closed
                                                         : run};
    return audit(out, &one, arena, err);
}

const eg_audit_ballot *eg_audit_find_ballot(const eg_audit *audit, eg_str id)
{
    for (size_t i = 0; i < audit->ballot_count; i++) {
        if (eg_str_equal(audit->ballots[i].id, id)) {
            return &audit->ballots[i];
        }
    }
    return NULL;
}
