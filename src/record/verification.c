#include "record/verification.h"

#include "record/audit.h"
#include "record/candidate_name.h"

#include <stdlib.h>

struct eg_verification {
    eg_arena arena;
    eg_source source;
    eg_audit *audit;
    eg_verification_fault *faults;
    eg_verification_count *counts;
    eg_verification_ballot *ballots;
    size_t ballot_count;
};

/* ---- what was found, in the words of the header ---- */

static eg_result take_faults(eg_verification *record, eg_error *err)
{
    const eg_audit *audit = record->audit;
    EG_TRY(eg_arena_new(&record->arena, audit->fault_count, sizeof *record->faults, &record->faults,
                        err));
    for (size_t i = 0; i < audit->fault_count; i++) {
        const eg_audit_fault *fault = &audit->faults[i];
        record->faults[i] =
            (eg_verification_fault){(unsigned)fault->step, fault->file, fault->path, fault->text};
    }
    return EG_SUCCESS;
}

static eg_result take_counts(eg_verification *record, eg_error *err)
{
    const eg_audit *audit = record->audit;
    EG_TRY(eg_arena_new(&record->arena, audit->count_count, sizeof *record->counts, &record->counts,
                        err));
    for (size_t i = 0; i < audit->count_count; i++) {
        const eg_audit_count *count = &audit->counts[i];
        record->counts[i] = (eg_verification_count){
            count->contest->object_id, count->selection->object_id,
            eg_candidate_name(&audit->manifest, count->selection), count->votes};
    }
    return EG_SUCCESS;
}

static eg_result take_ballots(eg_verification *record, eg_error *err)
{
    const eg_audit *audit = record->audit;
    EG_TRY(eg_arena_new(&record->arena, audit->ballot_count, sizeof *record->ballots,
                        &record->ballots, err));
    for (size_t i = 0; i < audit->ballot_count; i++) {
        const eg_audit_ballot *ballot = &audit->ballots[i];
        if (ballot->style != NULL) {
            record->ballots[record->ballot_count++] =
                (eg_verification_ballot){ballot->id, ballot->code, ballot->state == EG_BALLOT_CAST};
        }
    }
    return EG_SUCCESS;
}

/* ---- verifying ---- */

static eg_result verify(eg_verification *record, const char *path, const eg_rng *rng,
                        size_t threads, const eg_record_watch *watch, eg_error *err)
{
    EG_TRY(eg_source_open(&record->source, path, &record->arena, err));
    EG_TRY(eg_audit_run(&record->audit, &record->source, rng, threads, watch, &record->arena, err));
    EG_TRY(take_faults(record, err));
    EG_TRY(take_counts(record, err));
    return take_ballots(record, err);
}

eg_result eg_verification_run(eg_verification **out, const char *path, const eg_rng *rng,
                              size_t threads, const eg_record_watch *watch, eg_error *err)
{
    *out = NULL;
    eg_verification *record = malloc(sizeof *record);
    if (record == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    *record = (eg_verification){0};
    eg_arena_init(&record->arena, NULL);
    eg_result result = verify(record, path, rng, threads, watch, err);
    if (eg_failed(result)) {
        eg_verification_free(record);
        return result;
    }
    *out = record;
    return EG_SUCCESS;
}

void eg_verification_free(eg_verification *record)
{
    if (record != NULL) {
        eg_source_close(&record->source);
        eg_arena_free(&record->arena);
        free(record);
    }
}

/* ---- asking ---- */

eg_verdict eg_verification_verdict(const eg_verification *record)
{
    if (record->audit->is_unreadable) {
        return EG_VERDICT_UNREADABLE;
    }
    return record->audit->is_verified ? EG_VERDICT_HOLDS : EG_VERDICT_DOES_NOT_HOLD;
}

const eg_verification_fault *eg_verification_faults(const eg_verification *record, size_t *count,
                                                    uint64_t *total)
{
    *count = record->audit->fault_count;
    *total = record->audit->fault_total;
    return record->faults;
}

const eg_verification_count *eg_verification_counts(const eg_verification *record, size_t *count)
{
    *count = record->audit->count_count;
    return record->counts;
}

const eg_verification_ballot *eg_verification_ballots(const eg_verification *record, size_t *count)
{
    *count = record->ballot_count;
    return record->ballots;
}

const eg_verification_ballot *eg_verification_find_ballot(const eg_verification *record, eg_str id)
{
    for (size_t i = 0; i < record->ballot_count; i++) {
        if (eg_str_equal(record->ballots[i].id, id)) {
            return &record->ballots[i];
        }
    }
    return NULL;
}

const eg_manifest *eg_verification_manifest(const eg_verification *record)
{
    return record->audit->has_election ? &record->audit->manifest : NULL;
}
