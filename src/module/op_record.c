/* Records: verified from files that the program around hands over one by one. */
#include "module/record_files.h"
#include "record/candidate_name.h"

enum { EG_RECORD_PARTS_MAX = 64 };

/* ---- what was found ---- */

static void write_steps(eg_writer *w, const eg_audit *audit)
{
    eg_write_key(w, "steps");
    eg_write_array(w, EG_AUDIT_STEP_COUNT);
    for (unsigned i = 0; i < EG_AUDIT_STEP_COUNT; i++) {
        eg_write_map(w);
        eg_put_int(w, "step", i);
        eg_put_cstr(w, "name", eg_audit_step_name(i));
        eg_put_cstr(w, "noun", eg_audit_step_noun(i));
        eg_put_int(w, "checked", (int64_t)audit->steps[i].checked);
        eg_put_int(w, "faults", (int64_t)audit->steps[i].faults);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_counts(eg_writer *w, const eg_audit *audit)
{
    eg_write_key(w, "counts");
    eg_write_array(w, audit->count_count);
    for (size_t i = 0; i < audit->count_count; i++) {
        const eg_audit_count *count = &audit->counts[i];
        eg_write_map(w);
        eg_put_str(w, "contest_id", count->contest->object_id);
        eg_put_str(w, "contest", count->contest->name);
        eg_put_str(w, "selection_id", count->selection->object_id);
        eg_put_str(w, "candidate", eg_candidate_name(&audit->manifest, count->selection));
        eg_put_int(w, "votes", (int64_t)count->votes);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void write_ballots(eg_writer *w, const eg_audit *audit)
{
    eg_write_key(w, "ballots");
    eg_write_array(w, audit->ballot_count);
    for (size_t i = 0; i < audit->ballot_count; i++) {
        const eg_audit_ballot *ballot = &audit->ballots[i];
        if (ballot->style != NULL) {
            eg_write_map(w);
            eg_put_str(w, "id", ballot->id);
            eg_put_q(w, "code", &ballot->code);
            eg_put_bool(w, "counted", ballot->state == EG_BALLOT_CAST);
            eg_write_end(w);
        }
    }
    eg_write_end(w);
}

static void write_report(eg_writer *w, const eg_audit *audit, const eg_audit_part *part)
{
    eg_record_faults_write(w, audit, part);
    if (part->number > 0) {
        return;
    }
    write_steps(w, audit);
    write_counts(w, audit);
    write_ballots(w, audit);
}

static eg_result read_part(eg_audit_part *out, const eg_operation_call *call, eg_error *err)
{
    uint32_t number = 0, of = 1;
    eg_path at = eg_path_field(NULL, "part");
    if (eg_map_find(call->request, "parts") != NULL) {
        EG_TRY(eg_read_count(call->request, NULL, "parts", 1, EG_RECORD_PARTS_MAX, &of, err));
        EG_TRY(eg_read_count(call->request, NULL, "part", 0, EG_RECORD_PARTS_MAX, &number, err));
    }
    if (number >= of) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "it must be below 'parts'");
    }
    *out = (eg_audit_part){number, of};
    return EG_SUCCESS;
}

/* { files: [ { name, bytes } ] }, which the host reads by their places in the list;
 * closed?: bool, the record before its decryption; part? and parts?: of several instances that do
 * it between them, this one's number from 0
 *   -> { verified, unreadable, fault_total, faults [ { step, file, path, message } ],
 *        steps [ { step, name, noun, checked, faults } ],
 *        counts [ { contest_id, contest, selection_id, candidate, votes } ],
 *        ballots [ { id, code, counted } ] }, of other parts than number 0 all before `steps` */
eg_result eg_op_record_verify(const eg_operation_call *call, eg_error *err)
{
    eg_record_files files;
    eg_audit_part part;
    bool is_closed = false;
    eg_audit *audit = NULL;
    EG_TRY(read_part(&part, call, err));
    if (eg_map_find(call->request, "closed") != NULL) {
        EG_TRY(eg_read_bool(call->request, NULL, "closed", &is_closed, err));
    }
    EG_TRY(eg_record_files_open(&files, call, err));
    EG_TRY(eg_audit_run_part(&audit, &files.source, is_closed, &part, call->host->rng, &files.watch,
                             call->arena, err));
    write_report(call->answer, audit, &part);
    eg_source_close(&files.source);
    return EG_SUCCESS;
}
