#include "client/election_run_parts.h"
#include "client/run_folder_names.h"

/* All guardians by the service, in one place. */
static eg_result make_guardians(eg_run_state *s, eg_error *err)
{
    eg_str answer;
    bool found;
    EG_TRY(eg_run_folder_read(s->run->folder, EG_RUN_SETUP, EG_RUN_FILE_BYTES_MAX, &answer, &found,
                              &s->keep, err));
    if (!found) {
        EG_TRY(eg_remote_setup(&s->remote, &answer, &s->keep, err));
    }
    /* read before it is kept: what cannot be used must not stand in the way of the next run */
    EG_TRY(eg_ceremony_read(&s->remote.ceremony, answer, s->spec, &s->keep, err));
    EG_TRY(eg_opener_init(&s->opener, s->spec, &s->remote.ceremony, &s->keep, err));
    if (!found) {
        EG_TRY(eg_run_folder_write(s->run->folder, EG_RUN_SETUP, answer, err));
    }
    eg_progress_add(s->progress, s->spec->guardians);
    return EG_SUCCESS;
}

static eg_result set_up(eg_run_state *s, eg_error *err)
{
    eg_progress_step(s->progress, "guardians", s->spec->guardians);
    return s->run->guardians == NULL ? make_guardians(s, err) : eg_run_take_guardians(s, err);
}

/* One tally holds every ballot's id, and nothing can be asked about it that a service does not take
 * whole: better said now than after all ballots are encrypted. */
static eg_result check_size(const eg_run_state *s, eg_error *err)
{
    const size_t longest = eg_plan_longest_body(&s->plan);
    const size_t max = s->run->max_body_bytes;
    return max == 0 || longest <= max
               ? EG_SUCCESS
               : EG_FAIL(
                     err, EG_E_TOO_LARGE, NULL,
                     "the ids of so many ballots make a tally of %zu MiB, and the service takes "
                     "requests of %zu MiB: set its '--max-body' higher, or hold an election in "
                     "each constituency",
                     (longest >> 20) + 1, max >> 20);
}

static eg_result run_steps(eg_run_state *s, uint64_t counts[], eg_error *err)
{
    const eg_election_run *run = s->run;
    EG_TRY(eg_run_identify(s, err));
    EG_TRY(eg_run_plan_init(&s->plan, s->spec, run->ballots, run->folder, run->chunk_ballots,
                            &s->keep, err));
    s->plan.encrypted = run->encrypted;
    EG_TRY(check_size(s, err));
    EG_TRY(set_up(s, err));
    s->plan.ceremony = &s->remote.ceremony;
    EG_TRY(eg_run_tally(s, err));
    EG_TRY(eg_run_decrypt(s, counts, err));
    return eg_run_publish(s, counts, err);
}

eg_result eg_election_run_all(const eg_election_run *run, uint64_t counts[], eg_error *err)
{
    eg_run_state s = {.run = run, .here = *run->spec, .progress = run->progress};
    s.spec = &s.here;
    eg_arena_init(&s.keep, NULL);
    eg_arena_init(&s.scratch, NULL);
    eg_remote_init(&s.remote, run->services, run->service_count, s.spec, run->progress,
                   run->patience_s);
    eg_result result = run_steps(&s, counts, err);
    eg_progress_end(s.progress);
    eg_remote_free(&s.remote);
    eg_arena_free(&s.scratch);
    eg_arena_free(&s.keep);
    return result;
}
