/* What guardians make of a tally, and what becomes of it. */
#include "guardian/verified_tally.h"

#include "module/handles.h"
#include "module/record_files.h"

static eg_result compute(eg_guardian_shares *shares, const eg_operation_call *call, eg_error *err)
{
    const size_t units = eg_guardian_shares_units(shares);
    eg_result result = EG_SUCCESS;
    call->host->progress(EG_STR("shares"), units);
    for (size_t i = 0; i < units && !eg_failed(result); i++) {
        result = eg_guardian_shares_compute(shares, i, call->host->rng, err);
        call->host->progress(EG_STR(""), 1);
    }
    return result;
}

static eg_result put_shares(const eg_operation_call *call, const eg_guardian *guardian,
                            const eg_guardian_tally *tally, uint32_t missing, eg_error *err)
{
    eg_guardian_shares *shares;
    eg_buf text;
    EG_TRY(eg_guardian_shares_begin(&shares, guardian, tally, missing, err));
    eg_buf_init(&text, NULL);
    eg_result result = compute(shares, call, err);
    result = eg_failed(result) ? result : eg_guardian_shares_write(shares, &text, err);
    if (!eg_failed(result)) {
        eg_put_str(call->answer, "text", eg_buf_str(&text));
    }
    eg_buf_free(&text);
    eg_guardian_shares_free(shares);
    return result;
}

typedef struct share_request {
    eg_guardian *guardian;
    uint32_t missing; /* 0: none */
    eg_audit_extent extent;
} share_request;

static eg_result read_request(share_request *out, const eg_operation_call *call, eg_error *err)
{
    bool trusted = false;
    *out = (share_request){.missing = 0};
    EG_TRY(eg_handle_read(&out->guardian, call, "guardian", EG_HANDLE_GUARDIAN, err));
    if (eg_map_find(call->request, "missing") != NULL) {
        EG_TRY(
            eg_read_count(call->request, NULL, "missing", 1, EG_GUARDIANS_MAX, &out->missing, err));
    }
    if (eg_map_find(call->request, "trust_tally") != NULL) {
        EG_TRY(eg_read_bool(call->request, NULL, "trust_tally", &trusted, err));
    }
    out->extent = trusted ? EG_AUDIT_TALLY_ALONE : EG_AUDIT_CLOSED;
    return EG_SUCCESS;
}

/* { guardian, files: of the record before its decryption (op_record.c); missing?: the sequence
 * order of the guardian that the share stands in for; trust_tally?: bool, ballots are not looked at
 * }
 *   -> { verified, unreadable, fault_total, faults, as record.verify; text: the file of shares,
 * where the record is verified } */
eg_result eg_op_guardian_share(const eg_operation_call *call, eg_error *err)
{
    static const eg_audit_part all = {0, 1};
    share_request asked;
    eg_record_files files;
    eg_verified_tally tally;
    EG_TRY(read_request(&asked, call, err));
    EG_TRY(eg_record_files_open(&files, call, err));
    EG_TRY(eg_verified_tally_open(&tally, asked.guardian, &files.source, asked.extent,
                                  call->host->rng, 1, &files.watch, call->arena, err));
    eg_record_faults_write(call->answer, tally.audit, &all);
    if (tally.audit->is_verified) {
        EG_TRY(put_shares(call, asked.guardian, &tally.tally, asked.missing, err));
    }
    eg_source_close(&files.source);
    return EG_SUCCESS;
}
