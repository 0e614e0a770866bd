/* The last step of an election: its record. */
#include "client/election_run_parts.h"
#include "client/interrupt.h"
#include "record/zip_write.h"
#include "wire/objects/ballot.h"

/* ---- what the tally was opened to ---- */

eg_result eg_run_read_tally(eg_run_state *s, eg_tally_read_result *read, eg_target *target,
                            eg_error *err)
{
    const eg_election election = {.manifest = s->spec->manifest, .context = &s->opener.context};
    eg_path at = eg_path_field(NULL, "ciphertext_tally");
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, s->target.tally, 0, &s->keep, &at, err));
    EG_TRY(eg_need_map(&node, &at, err));
    EG_TRY(eg_tally_object_read(read, &node, &at, &s->keep, err));
    EG_TRY(eg_tally_context_check(read, &s->opener.context, &at, err));
    EG_TRY(eg_tally_check_shape(&read->tally, &election, &s->keep, &at, err));
    return eg_target_from_tally(target, &read->tally, &s->keep, err);
}

eg_result eg_run_read_spoiled(const eg_run_state *s, size_t number, eg_target *target,
                              eg_arena *arena, eg_error *err)
{
    eg_ballot ballot;
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, s->target.spoiled.texts[number], 0, arena, NULL, err));
    EG_TRY(eg_ballot_read(&ballot, &node, NULL, arena, err));
    return eg_target_from_ballot(target, &ballot, arena, err);
}

static eg_result open_tally(eg_run_state *s, eg_tally_read_result *read, eg_opened *opened,
                            eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t pairs = present * s->spec->missing;
    eg_str *own = NULL;
    eg_str *compensated = NULL;
    eg_kept_share kept;
    EG_TRY(eg_run_read_tally(s, read, &opened->target, err));
    EG_TRY(eg_arena_new(&s->keep, present, sizeof *own, &own, err));
    EG_TRY(eg_arena_new(&s->keep, pairs, sizeof *compensated, &compensated, err));
    for (size_t i = 0; i < present + pairs; i++) {
        bool is_own = i < present;
        eg_str text = is_own ? s->shares[i] : s->compensated[i - present];
        EG_TRY(eg_kept_share_read(&kept, text, &s->keep, err));
        *(is_own ? &own[i] : &compensated[i - present]) = kept.tally_share;
    }
    return eg_opener_open(&s->opener, opened, own, compensated,
                          eg_plan_cast_in(&s->plan, 1, s->plan.chunk_count), &s->keep, err);
}

/* The service's word against the shares'. */
static eg_result compare(const eg_opened *opened, const uint64_t counts[], eg_error *err)
{
    for (size_t i = 0; i < opened->result_count; i++) {
        if (opened->results[i].tally != counts[i]) {
            return EG_FAIL(err, EG_E_INTERNAL, NULL,
                           "the service's results are not what the guardians' shares decrypt to");
        }
    }
    return EG_SUCCESS;
}

static eg_result publish_chunk(eg_run_state *s, eg_publisher *publisher, size_t chunk,
                               eg_error *err)
{
    const eg_vote *votes = eg_plan_votes_of(&s->plan, chunk);
    eg_arena scratch; /* of one ballot */
    eg_str *lines = NULL;
    eg_result result = eg_task_load_ballots(&s->plan, chunk, &lines, &s->scratch, err);
    eg_arena_init(&scratch, NULL);
    for (size_t i = 0; i < eg_plan_chunk_size(&s->plan, chunk) && !eg_failed(result); i++) {
        result = eg_publish_ballot(publisher, lines[i],
                                   votes[i].is_spoiled ? EG_BALLOT_SPOILED : EG_BALLOT_CAST,
                                   &scratch, err);
        eg_arena_reset(&scratch);
    }
    eg_arena_free(&scratch);
    eg_arena_reset(&s->scratch);
    return result;
}

/* Shares of the tally and of all spoiled ballots, parsed once. */
static eg_result read_kept(eg_run_state *s, eg_kept_share **out, eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t count = present + present * s->spec->missing;
    EG_TRY(eg_arena_new(&s->keep, count, sizeof **out, out, err));
    for (size_t i = 0; i < count; i++) {
        eg_str text = i < present ? s->shares[i] : s->compensated[i - present];
        EG_TRY(eg_kept_share_read(&(*out)[i], text, &s->keep, err));
    }
    return EG_SUCCESS;
}

static eg_result publish_opened(eg_run_state *s, eg_publisher *publisher, size_t number,
                                const eg_kept_share kept[], eg_error *err)
{
    const size_t present = eg_spec_available(s->spec);
    const size_t count = present + present * s->spec->missing;
    eg_str id = s->target.spoiled.ids[number];
    eg_opened opened;
    eg_str *texts = NULL;
    EG_TRY(eg_run_read_spoiled(s, number, &opened.target, &s->scratch, err));
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *texts, &texts, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_kept_share_of_ballot(&texts[i], &kept[i], id, err));
    }
    EG_TRY(eg_opener_open(&s->opener, &opened, texts, texts + present, 1, &s->scratch, err));
    EG_TRY(eg_publish_opened_ballot(publisher, &opened, err));
    eg_arena_reset(&s->scratch);
    return EG_SUCCESS;
}

static eg_result go_on(eg_error *err)
{
    return eg_interrupted() ? EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted") : EG_SUCCESS;
}

eg_result eg_run_publish_submitted(eg_run_state *s, eg_publisher *publisher, eg_error *err)
{
    for (size_t chunk = 1; chunk <= s->plan.chunk_count; chunk++) {
        EG_TRY(go_on(err));
        EG_TRY(publish_chunk(s, publisher, chunk, err));
        eg_progress_add(s->progress, eg_plan_chunk_size(&s->plan, chunk));
    }
    return EG_SUCCESS;
}

static eg_result publish_all_opened(eg_run_state *s, eg_publisher *publisher, eg_error *err)
{
    eg_kept_share *kept = NULL;
    EG_TRY(read_kept(s, &kept, err));
    for (size_t i = 0; i < s->target.spoiled.count; i++) {
        EG_TRY(go_on(err));
        EG_TRY(publish_opened(s, publisher, i, kept, err));
        eg_progress_add(s->progress, 1);
    }
    return EG_SUCCESS;
}

void eg_run_begin_publishing(const eg_run_state *s, eg_publisher *publisher,
                             const eg_record_folder *folder)
{
    const eg_election_device *d = &s->election.file.device;
    eg_publisher_init(publisher, folder, &s->opener);
    if (s->run->guardians != NULL) {
        publisher->device =
            (eg_published_device){d->device_id, d->session_id, d->launch_code, d->location};
    }
}

static eg_result publish_files(eg_run_state *s, eg_record_folder *folder, const eg_tally *tally,
                               const eg_opened *opened, eg_error *err)
{
    eg_publisher publisher;
    EG_TRY(eg_record_folder_begin(folder, s->run->folder->folder, EG_RECORD_FOLDER, err));
    eg_run_begin_publishing(s, &publisher, folder);
    eg_result result = eg_publish_election(&publisher, tally, err);
    result = eg_failed(result) ? result : eg_publish_opened_tally(&publisher, opened, err);
    result = eg_failed(result) ? result : eg_run_publish_submitted(s, &publisher, err);
    result = eg_failed(result) ? result : publish_all_opened(s, &publisher, err);
    eg_publisher_free(&publisher);
    return eg_failed(result) ? result : eg_record_folder_end(folder, err);
}

static void tell_packing(void *context, double part)
{
    eg_progress *progress = context;
    size_t done = (size_t)(part * (double)progress->total);
    eg_progress_add(progress, done > progress->done ? done - progress->done : 0);
}

static bool packing_goes_on(void *context)
{
    (void)context;
    return !eg_interrupted();
}

eg_result eg_run_write_zip(eg_run_state *s, const char *name, const char *path, eg_error *err)
{
    const eg_zip_watch watch = {s->progress, tell_packing, packing_goes_on};
    eg_source files = {0};
    eg_buf folder;
    eg_buf_init(&folder, NULL);
    eg_buf_append_str(&folder, eg_str_from(s->run->folder_path));
    eg_buf_append_char(&folder, '/');
    eg_buf_append(&folder, name, strlen(name) + 1);
    eg_result result = eg_buf_check(&folder, err);
    result = eg_failed(result) ? result : eg_source_open(&files, folder.data, &s->scratch, err);
    if (!eg_failed(result)) {
        eg_progress_step(s->progress, "zip file", files.count);
        result = eg_zip_write(path, folder.data, &files, &watch, err);
    }
    eg_source_close(&files);
    eg_arena_reset(&s->scratch);
    eg_buf_free(&folder);
    return result;
}

eg_result eg_run_publish(eg_run_state *s, const uint64_t counts[], eg_error *err)
{
    eg_tally_read_result read;
    eg_opened opened;
    eg_progress_step(s->progress, "record", s->run->ballots->count + s->target.spoiled.count);
    EG_TRY(open_tally(s, &read, &opened, err));
    EG_TRY(compare(&opened, counts, err));
    if (!eg_record_folder_is_there(s->run->folder->folder, EG_RECORD_FOLDER)) {
        eg_record_folder folder = {-1, NULL, -1};
        eg_result result = publish_files(s, &folder, &read.tally, &opened, err);
        eg_record_folder_close(&folder);
        EG_TRY(result);
    }
    return s->run->zip == NULL ? EG_SUCCESS
                               : eg_run_write_zip(s, EG_RECORD_FOLDER, s->run->zip, err);
}
