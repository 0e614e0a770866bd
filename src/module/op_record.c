/* Records: verified from files that the program around hands over one by one. */
#include "module/operation.h"
#include "record/audit.h"
#include "record/candidate_name.h"
#include "record/source_reader.h"

enum { EG_RECORD_PARTS_MAX = 64 };

/* ---- files ---- */

static bool read_file(void *context, const eg_source_file *file, char *out)
{
    const eg_module_host *host = context;
    return host->read_file(file->entry, out, file->bytes);
}

static eg_result read_list(eg_source_file **out, size_t *count, const eg_operation_call *call,
                           eg_error *err)
{
    const eg_node *list;
    eg_path at = eg_path_field(NULL, "files");
    EG_TRY(eg_field(&list, call->request, NULL, "files", err));
    EG_TRY(eg_need_array(list, &at, EG_SOURCE_FILES_MAX, err));
    *count = list->as.array.count;
    EG_TRY(eg_arena_new(call->arena, *count, sizeof **out, out, err));
    for (size_t i = 0; i < *count; i++) {
        eg_path path = eg_path_index(&at, i);
        const eg_node *one = &list->as.array.items[i];
        int64_t bytes;
        EG_TRY(eg_need_map(one, &path, err));
        EG_TRY(eg_read_str(one, &path, "name", 0, EG_SOURCE_NAME_BYTES_MAX, &(*out)[i].name, err));
        EG_TRY(eg_read_int64(one, &path, "bytes", &bytes, err));
        (*out)[i].bytes = bytes < 0 || bytes > EG_SOURCE_FILE_BYTES_MAX
                              ? (size_t)EG_SOURCE_FILE_BYTES_MAX + 1
                              : (size_t)bytes;
        (*out)[i].entry = i;
    }
    return EG_SUCCESS;
}

/* ---- progress ---- */

static void on_step(void *context, const char *name, size_t parts)
{
    const eg_module_host *host = context;
    host->progress(eg_str_from(name), parts);
}

static void on_done(void *context, size_t parts)
{
    const eg_module_host *host = context;
    host->progress(EG_STR(""), parts);
}

/* ---- what was found ---- */

/* What another part finds as well is left to it. */
static bool is_ours(const eg_audit_fault *fault, const eg_audit_part *part)
{
    return part->number == 0 || fault->step == EG_AUDIT_SELECTIONS ||
           fault->step == EG_AUDIT_VOTE_LIMITS;
}

static void write_faults(eg_writer *w, const eg_audit *audit, const eg_audit_part *part)
{
    eg_put_int(w, "fault_total",
               part->number == 0 ? (int64_t)audit->fault_total
                                 : (int64_t)(audit->steps[EG_AUDIT_SELECTIONS].faults +
                                             audit->steps[EG_AUDIT_VOTE_LIMITS].faults));
    eg_write_key(w, "faults");
    eg_write_array(w, audit->fault_count);
    for (size_t i = 0; i < audit->fault_count; i++) {
        const eg_audit_fault *fault = &audit->faults[i];
        if (!is_ours(fault, part)) {
            continue;
        }
        eg_write_map(w);
        eg_put_int(w, "step", (int64_t)fault->step);
        eg_put_str(w, "file", fault->file);
        eg_put_cstr(w, "path", fault->path);
        eg_put_cstr(w, "message", fault->text);
        eg_write_end(w);
    }
    eg_write_end(w);
}

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
    eg_put_bool(w, "verified", audit->is_verified);
    eg_put_bool(w, "unreadable", audit->is_unreadable);
    write_faults(w, audit, part);
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
    eg_module_host host = *call->host;
    eg_audit_part part;
    bool is_closed = false;
    const eg_record_watch watch = {&host, on_step, on_done};
    eg_source_file *files = NULL;
    eg_source source;
    eg_audit *audit = NULL;
    size_t count;
    EG_TRY(read_part(&part, call, err));
    if (eg_map_find(call->request, "closed") != NULL) {
        EG_TRY(eg_read_bool(call->request, NULL, "closed", &is_closed, err));
    }
    EG_TRY(read_list(&files, &count, call, err));
    EG_TRY(eg_source_open_reader(&source, files, count, read_file, &host, call->arena, err));
    EG_TRY(
        eg_audit_run_part(&audit, &source, is_closed, &part, host.rng, &watch, call->arena, err));
    write_report(call->answer, audit, &part);
    eg_source_close(&source);
    return EG_SUCCESS;
}
