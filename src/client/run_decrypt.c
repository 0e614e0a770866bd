/* The tally decrypted: one share after another, by the services, from keys that stay with the run.
 */
#include "client/election_run_parts.h"
#include "client/run_folder_names.h"

static eg_result add_spoiled(eg_run_state *s, size_t chunk, eg_str ids[], eg_str texts[],
                             eg_error *err)
{
    eg_spoiled_ballots *spoiled = &s->target.spoiled;
    const eg_vote *votes = eg_plan_votes_of(&s->plan, chunk);
    eg_str *lines = NULL;
    EG_TRY(eg_task_load_ballots(&s->plan, chunk, &lines, &s->scratch, err));
    for (size_t i = 0; i < eg_plan_chunk_size(&s->plan, chunk); i++) {
        if (votes[i].is_spoiled) {
            ids[spoiled->count] = votes[i].ballot_id;
            EG_TRY(eg_submitted_ballot_text(&texts[spoiled->count++], lines[i], EG_BALLOT_SPOILED,
                                            &s->keep, err));
        }
    }
    eg_arena_reset(&s->scratch);
    return EG_SUCCESS;
}

/* The tally, and the ballots that are opened one by one. */
static eg_result gather_target(eg_run_state *s, eg_error *err)
{
    const size_t count = s->run->ballots->count - eg_plan_cast_in(&s->plan, 1, s->plan.chunk_count);
    eg_str *ids = NULL;
    eg_str *texts = NULL;
    EG_TRY(eg_run_folder_need(s->run->folder, EG_RUN_TALLY, EG_RUN_FILE_BYTES_MAX, &s->target.tally,
                              &s->keep, err));
    EG_TRY(eg_arena_new(&s->keep, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(&s->keep, count, sizeof *texts, &texts, err));
    s->target.spoiled = (eg_spoiled_ballots){ids, texts, 0};
    for (size_t chunk = 1; chunk <= s->plan.chunk_count; chunk++) {
        if (eg_plan_cast_in(&s->plan, chunk, chunk) < eg_plan_chunk_size(&s->plan, chunk)) {
            EG_TRY(add_spoiled(s, chunk, ids, texts, err));
        }
    }
    return EG_SUCCESS;
}

static eg_result get_share(eg_run_state *s, size_t guardian, eg_error *err)
{
    const eg_run_name name = eg_run_share(guardian);
    eg_str *share = &s->shares[guardian];
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, name.text, EG_RUN_FILE_BYTES_MAX, share, &found,
                              &s->keep, err));
    if (found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_remote_share(&s->remote, guardian, &s->target, share, &s->keep, err));
    return eg_run_folder_write(s->run->folder, name.text, *share, err);
}

static eg_result get_compensated(eg_run_state *s, size_t pair, eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t missing = present + pair / present;
    const size_t by = pair % present;
    const eg_run_name name = eg_run_compensated(missing, by);
    eg_str *share = &s->compensated[pair];
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, name.text, EG_RUN_FILE_BYTES_MAX, share, &found,
                              &s->keep, err));
    if (found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_remote_compensate(&s->remote, by, missing, &s->target, share, &s->keep, err));
    return eg_run_folder_write(s->run->folder, name.text, *share, err);
}

static eg_result get_shares(eg_run_state *s, eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t pairs = present * s->spec->missing;
    EG_TRY(eg_arena_new(&s->keep, present, sizeof *s->shares, &s->shares, err));
    EG_TRY(eg_arena_new(&s->keep, pairs, sizeof *s->compensated, &s->compensated, err));
    eg_progress_step(s->progress, "shares", present + pairs);
    for (size_t i = 0; i < present; i++) {
        EG_TRY(get_share(s, i, err));
        eg_progress_add(s->progress, 1);
    }
    for (size_t i = 0; i < pairs; i++) {
        EG_TRY(get_compensated(s, i, err));
        eg_progress_add(s->progress, 1);
    }
    return EG_SUCCESS;
}

/* What the service makes of the shares. */
static eg_result combine_shares(eg_run_state *s, uint64_t counts[], eg_error *err)
{
    eg_str results;
    bool found;
    eg_progress_step(s->progress, "combination", 1);
    EG_TRY(eg_run_folder_read(s->run->folder, EG_RUN_RESULTS, EG_RUN_FILE_BYTES_MAX, &results,
                              &found, &s->keep, err));
    if (!found) {
        EG_TRY(eg_remote_combine(&s->remote, &s->target, s->shares, s->compensated, &results,
                                 &s->keep, err));
    }
    EG_TRY(eg_results_counts(counts, results, s->spec, &s->scratch, err));
    if (!found) {
        EG_TRY(eg_run_folder_write(s->run->folder, EG_RUN_RESULTS, results, err));
    }
    eg_progress_add(s->progress, 1);
    return EG_SUCCESS;
}

eg_result eg_run_decrypt(eg_run_state *s, uint64_t counts[], eg_error *err)
{
    EG_TRY(gather_target(s, err));
    if (s->run->guardians == NULL) {
        EG_TRY(get_shares(s, err));
    } else {
        EG_TRY(eg_run_offer_tally(s, err));
        EG_TRY(eg_run_await_shares(s, err));
    }
    return combine_shares(s, counts, err);
}
