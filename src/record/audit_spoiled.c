/* Spoiled ballots: each is decrypted, and nothing else is. */
#include "record/audit_decryption.h"
#include "record/parallel.h"

#include <stdio.h>

static const eg_decrypted_steps steps = {EG_AUDIT_SPOILED_SHARES, EG_AUDIT_SPOILED_SUBSTITUTES,
                                         EG_AUDIT_SPOILED_REPLACEMENTS,
                                         EG_AUDIT_SPOILED_DECRYPTION};

/* Number of the submitted ballot of that id; the number of all when there is none. */
static size_t find_ballot(const eg_audit_state *s, eg_str id)
{
    const eg_audit_files *files = &s->files[EG_RECORD_CLASS_SUBMITTED_BALLOT];
    char name[EG_SOURCE_NAME_BYTES_MAX];
    size_t low = 0, high = files->count;
    eg_str prefix = eg_record_class_prefix(EG_RECORD_CLASS_SUBMITTED_BALLOT);
    int n = snprintf(name, sizeof name, "%s%.*s.json", prefix.data, (int)id.len, id.data);
    eg_str wanted = {name, (size_t)n < sizeof name ? (size_t)n : sizeof name - 1};
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = eg_str_compare(files->files[middle]->name, wanted);
        if (order == 0) {
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return files->count;
}

/* Votes for so many selections as the contest allows, one for each at most: the proofs of the
 * ballot say so already. */
static void check_votes(const eg_decrypted *d, const eg_manifest *manifest)
{
    uint64_t contests = 0;
    for (size_t i = 0; i < manifest->contest_count; i++) {
        const eg_contest_description *contest = &manifest->contests[i];
        eg_path list = eg_path_field(NULL, "contests");
        eg_path at = eg_path_key(&list, contest->object_id.data, contest->object_id.len);
        uint64_t votes = 0;
        bool is_there = false, is_good = true;
        for (size_t j = 0; j < d->count; j++) {
            if (eg_str_equal(d->selections[j].contest->object_id, contest->object_id)) {
                is_there = true;
                is_good = is_good && d->selections[j].stated->tally <= 1;
                votes += is_good ? (uint64_t)d->selections[j].stated->tally : 0;
            }
        }
        if (is_there && (!is_good || votes > contest->number_elected)) {
            eg_audit_fault_at(d->s, EG_AUDIT_SPOILED_VOTES, d->file, &at,
                              "it holds more votes than the contest allows");
        }
        contests += is_there;
    }
    eg_audit_checked(d->s, EG_AUDIT_SPOILED_VOTES, contests);
}

static eg_result check_spoiled(eg_decrypted *d, const eg_node *map, size_t number,
                               eg_arena *scratch, eg_error *err)
{
    eg_audit_state *s = d->s;
    eg_path at = eg_path_field(NULL, "object_id");
    eg_opened_tally tally;
    eg_target target;
    eg_ballot ballot;
    bool good;
    EG_TRY(eg_audit_read_ballot_again(&ballot, s->out, &s->out->ballots[number], s->source, scratch,
                                      err));
    EG_TRY(eg_target_from_ballot(&target, &ballot, scratch, err));
    EG_TRY(eg_decrypted_open(d, &tally, map, &target, &good, scratch, err));
    if (!good) {
        return EG_SUCCESS;
    }
    if (!eg_str_equal(tally.object_id, ballot.object_id)) {
        eg_audit_fault_at(s, EG_AUDIT_FORM, d->file, &at, "the file is named for another ballot");
    }
    EG_TRY(eg_decrypted_check(d, 0, d->count, scratch, err));
    check_votes(d, &s->out->manifest);
    return EG_SUCCESS;
}

static eg_result do_spoiled(void *context, size_t thread, size_t unit, eg_arena *scratch,
                            eg_error *err)
{
    eg_audit_state *s = context;
    const eg_audit_files *files = &s->files[EG_RECORD_CLASS_SPOILED_BALLOT];
    eg_decrypted d = {.s = s, .steps = &steps, .file = files->files[unit]};
    eg_node map;
    bool good;
    (void)thread;
    EG_TRY(eg_audit_load(s, d.file, &eg_shape_plain_tally, &map, &good, scratch, err));
    size_t number = find_ballot(s, files->ids[unit]);
    if (number == s->out->ballot_count) {
        eg_audit_fault_at(s, EG_AUDIT_FORM, d.file, NULL,
                          "no ballot of this id was submitted: nothing vouches for the file");
        return EG_SUCCESS;
    }
    if (s->out->ballots[number].state == EG_BALLOT_CAST) {
        eg_audit_fault_at(s, EG_AUDIT_FORM, d.file, NULL,
                          "the ballot was cast: nobody may open it");
    }
    if (good && s->has_guardians && s->out->ballots[number].style != NULL) {
        EG_TRY(check_spoiled(&d, &map, number, scratch, err));
    }
    eg_audit_watch_done(s, 1);
    return EG_SUCCESS;
}

eg_result eg_audit_spoiled(eg_audit_state *s, eg_error *err)
{
    const size_t count = s->files[EG_RECORD_CLASS_SPOILED_BALLOT].count;
    eg_audit_watch_step(s, "spoiled ballots", count);
    return eg_parallel_run(count, s->threads, do_spoiled, s, err);
}
