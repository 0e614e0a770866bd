/* The end of an election: shares combined, and the files that the record lacks. */
#include "module/combination.h"

#include "module/record_files.h"
#include "record/published.h"

typedef struct closing {
    const eg_operation_call *call;
    const eg_source *source;
    const eg_audit *audit;
    eg_combination combination;
} closing;

/* ---- files ---- */

static eg_result put_coefficients(const closing *c, eg_error *err)
{
    eg_str ids[EG_GUARDIANS_MAX];
    size_t count = 0;
    eg_buf text;
    eg_writer w;
    for (size_t i = 0; i < c->combination.guardian_count; i++) {
        if (c->combination.own[i] != NULL) {
            ids[count++] = c->audit->guardians[i].owner_id;
        }
    }
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_TEXT);
    eg_published_coefficients_write(&w, ids, c->combination.coefficients, count);
    eg_result result =
        eg_record_file_put(c->call->answer, EG_RECORD_CLASS_COEFFICIENTS, EG_STR(""), &text, err);
    eg_buf_free(&text);
    return result;
}

static eg_result put_opened(const closing *c, const eg_combined *opened, eg_record_class which,
                            eg_str id, eg_error *err)
{
    const eg_published_opening opening = {
        .object_id = which == EG_RECORD_CLASS_TALLY ? c->audit->encrypted_tally->object_id : id,
        .target = &opened->target,
        .results = opened->results,
        .shares = opened->shares,
        .share_count = c->combination.guardian_count,
    };
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_TEXT);
    eg_published_opening_write(&w, &opening);
    eg_result result = eg_record_file_put(c->call->answer, which, id, &text, err);
    eg_buf_free(&text);
    return result;
}

/* ---- what is opened ---- */

static eg_result close_tally(const closing *c, eg_error *err)
{
    eg_combined opened = {0};
    EG_TRY(eg_target_from_tally(&opened.target, c->audit->encrypted_tally, c->call->arena, err));
    opened.target.object_id = EG_STR(""); /* as guardians call a tally */
    EG_TRY(eg_combination_open(&c->combination, &opened, EG_STR(""), c->audit->cast_count, err));
    return put_opened(c, &opened, EG_RECORD_CLASS_TALLY, EG_STR(""), err);
}

static eg_result close_ballot(const closing *c, const eg_audit_ballot *verified, eg_error *err)
{
    eg_combined opened = {0};
    eg_ballot *ballot = NULL;
    EG_TRY(eg_arena_new(c->call->arena, 1, sizeof *ballot, &ballot, err));
    EG_TRY(eg_audit_read_ballot_again(ballot, c->audit, verified, c->source, c->call->arena, err));
    EG_TRY(eg_target_from_ballot(&opened.target, ballot, c->call->arena, err));
    EG_TRY(eg_combination_open(&c->combination, &opened, verified->id, 1, err));
    return put_opened(c, &opened, EG_RECORD_CLASS_SPOILED_BALLOT, verified->id, err);
}

static eg_result close_all(closing *c, eg_error *err)
{
    const eg_node *shares;
    eg_writer *w = c->call->answer;
    EG_TRY(eg_field(&shares, c->call->request, NULL, "shares", err));
    EG_TRY(eg_combination_init(&c->combination, c->audit, shares,
                               eg_map_find(c->call->request, "compensated"), c->call->arena, err));
    eg_write_key(w, "files");
    eg_write_array(w, 2 + c->audit->spoiled_count);
    EG_TRY(put_coefficients(c, err));
    EG_TRY(close_tally(c, err));
    for (size_t i = 0; i < c->audit->ballot_count; i++) {
        if (c->audit->ballots[i].state == EG_BALLOT_SPOILED) {
            EG_TRY(close_ballot(c, &c->audit->ballots[i], err));
        }
    }
    eg_write_end(w);
    return EG_SUCCESS;
}

/* { files: of the record before its decryption (op_record.c), shares: [ guardians' files of shares
 * ], compensated?: [ those for missing guardians ] }
 *   -> { verified, unreadable, fault_total, faults, as record.verify; files: [ { name, text } ]
 * that make it a whole record, where it is verified } */
eg_result eg_op_shares_combine(const eg_operation_call *call, eg_error *err)
{
    static const eg_audit_part all = {0, 1};
    eg_record_files files;
    eg_audit *audit = NULL;
    EG_TRY(eg_record_files_open(&files, call, err));
    EG_TRY(eg_audit_run_closed(&audit, &files.source, EG_AUDIT_CLOSED, call->host->rng, 1,
                               &files.watch, call->arena, err));
    eg_record_faults_write(call->answer, audit, &all);
    if (audit->is_verified) {
        closing c = {.call = call, .source = &files.source, .audit = audit};
        EG_TRY(close_all(&c, err));
    }
    eg_source_close(&files.source);
    return EG_SUCCESS;
}
