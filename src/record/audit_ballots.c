/* The submitted ballots, as they come from the source: no more of them in memory than the threads
 * work on. */
#include "record/audit_parts.h"

#include "base/sort.h"
#include "election/ballot_batch.h"
#include "election/ballot_verify.h"
#include "record/load.h"
#include "record/parallel.h"
#include "wire/objects/ballot.h"

#include <stdio.h>

/* So many selections are verified together: beyond that a batch hardly gets cheaper, and its memory
 * grows. */
enum { SELECTIONS_OF_UNIT = 512, BALLOTS_OF_UNIT = 64 };

/* ---- one ballot ---- */

static eg_result check_state(eg_audit_state *s, const eg_ballot *ballot, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "state");
    char name[EG_SOURCE_NAME_BYTES_MAX];
    if (ballot->state != EG_BALLOT_CAST && ballot->state != EG_BALLOT_SPOILED) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "it must be 1 (cast) or 2 (spoiled)");
    }
    if (s->is_closed) {
        return EG_SUCCESS; /* nothing is opened yet */
    }
    eg_str prefix = eg_record_class_prefix(EG_RECORD_CLASS_SPOILED_BALLOT);
    int n = snprintf(name, sizeof name, "%s%.*s.json", prefix.data, (int)ballot->object_id.len,
                     ballot->object_id.data);
    bool is_opened = eg_source_find(s->source, (eg_str){name, (size_t)n}) != NULL;
    if (is_opened && ballot->state == EG_BALLOT_CAST) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "it is 1, cast, but the ballot is among those spoiled and decrypted");
    }
    if (!is_opened && ballot->state == EG_BALLOT_SPOILED) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "it is 2, spoiled, but the ballot is not among those decrypted");
    }
    return EG_SUCCESS;
}

static eg_result judge(eg_audit_state *s, eg_str id, const eg_ballot *ballot, eg_arena *scratch,
                       eg_error *err)
{
    eg_path at = eg_path_field(NULL, "object_id");
    if (!eg_str_equal(ballot->object_id, id)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &at, "the file is named for another ballot");
    }
    return eg_ballot_check_structure(ballot, &s->election, scratch, NULL, err);
}

/* Which step a fault of the structure belongs to. */
static eg_audit_step step_of(const eg_error *fault)
{
    return strcmp(fault->path, "code") == 0 ? EG_AUDIT_CODES : EG_AUDIT_FORM;
}

static void keep_ballot(eg_audit_state *s, size_t number, const eg_ballot *ballot)
{
    eg_audit_ballot *kept = &s->out->ballots[number];
    kept->style = eg_manifest_style(&s->out->manifest, ballot->style_id);
    kept->code = ballot->code;
    kept->code_seed = ballot->code_seed;
    kept->state = ballot->state;
}

eg_result eg_audit_read_ballot(eg_audit_state *s, size_t number, eg_ballot *out, bool *good,
                               eg_arena *arena, eg_error *err)
{
    const eg_audit_files *files = &s->files[EG_RECORD_CLASS_SUBMITTED_BALLOT];
    const eg_source_file *file = files->files[number];
    eg_error fault = {0};
    eg_node map;
    EG_TRY(eg_audit_load(s, file, &eg_shape_submitted_ballot, &map, good, arena, err));
    if (!*good) {
        return EG_SUCCESS;
    }
    eg_result result = eg_ballot_read(out, &map, NULL, arena, &fault);
    result = eg_failed(result) ? result : judge(s, files->ids[number], out, arena, &fault);
    *good = !eg_failed(result);
    if (*good) {
        result = check_state(s, out, &fault);
        keep_ballot(s, number, out);
    }
    return eg_audit_note(s, step_of(&fault), file, result, &fault, err);
}

/* The code is over all that is in a ballot. */
static eg_result compare(const eg_ballot *ballot, const eg_audit_ballot *verified,
                         const eg_path *at, eg_error *err)
{
    return eg_str_equal(ballot->object_id, verified->id) && ballot->state == verified->state &&
                   eg_modq_equal(&ballot->code, &verified->code)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_TAMPERED, at, "it was changed while the record was verified");
}

eg_result eg_audit_read_ballot_again(eg_ballot *out, const eg_audit *audit,
                                     const eg_audit_ballot *verified, const eg_source *source,
                                     eg_arena *arena, eg_error *err)
{
    const eg_election election = {.manifest = &audit->manifest, .context = &audit->context};
    char name[EG_RECORD_FILE_NAME_BYTES];
    eg_node map;
    eg_record_file_name(name, EG_RECORD_CLASS_SUBMITTED_BALLOT, verified->id);
    eg_path at = eg_path_field(NULL, name);
    const eg_source_file *file = eg_source_find(source, eg_str_from(name));
    EG_BUG_IF(err, file == NULL);
    EG_TRY(eg_record_load(&map, source, file, arena, err));
    EG_TRY(eg_need_map(&map, &at, err));
    EG_TRY(eg_ballot_read(out, &map, &at, arena, err));
    EG_TRY(eg_ballot_check_structure(out, &election, arena, &at, err));
    return compare(out, verified, &at, err);
}

/* ---- a unit of them ---- */

typedef struct units {
    eg_audit_state *s;
    size_t ballots; /* of a unit */
} units;

typedef struct unit {
    eg_audit_state *s;
    size_t thread;
    const eg_ballot **list;
    size_t *numbers; /* of the ballots in list */
    size_t count;
    eg_arena *scratch;
} unit;

/* A failed verification by all together is told apart by the exact one. */
static eg_result explain(unit *u, size_t i, eg_error *err)
{
    const eg_source_file *file = u->s->files[EG_RECORD_CLASS_SUBMITTED_BALLOT].files[u->numbers[i]];
    eg_error fault = {0};
    eg_result result =
        eg_ballot_verify_proofs(u->list[i], &u->s->election, u->scratch, NULL, &fault);
    /* "contests[0].proof" and "contests[0].ciphertext_accumulation" are of the limit */
    bool is_limit = strstr(fault.path, "ballot_selections") == NULL;
    return eg_audit_note(u->s, is_limit ? EG_AUDIT_VOTE_LIMITS : EG_AUDIT_SELECTIONS, file, result,
                         &fault, err);
}

static eg_result verify_proofs(unit *u, eg_error *err)
{
    size_t first = 0;
    while (first < u->count) {
        size_t valid;
        EG_TRY(eg_ballots_count_valid(&valid, u->list + first, u->count - first, &u->s->election,
                                      u->s->rng, u->scratch, err));
        first += valid;
        if (first < u->count) {
            EG_TRY(explain(u, first, err));
        }
        first++;
    }
    return EG_SUCCESS;
}

static void count_cast(unit *u, const eg_ballot *ballot)
{
    const size_t contests = u->s->out->manifest.contest_count;
    uint64_t *counted = u->s->contest_ballots + u->thread * contests;
    eg_tally_sum_add(&u->s->sums[u->thread], ballot, &u->s->out->manifest);
    for (size_t i = 0, c = 0; i < contests && c < ballot->contest_count; i++) {
        if (eg_str_equal(u->s->out->manifest.contests[i].object_id,
                         ballot->contests[c].object_id)) {
            counted[i]++;
            c++;
        }
    }
}

static eg_result finish(unit *u, eg_error *err)
{
    uint64_t selections = 0, contests = 0;
    for (size_t i = 0; i < u->count; i++) {
        EG_TRY(eg_copies_add(&u->s->copies, u->list[i], u->numbers[i], u->scratch, err));
        if (u->list[i]->state == EG_BALLOT_CAST) {
            count_cast(u, u->list[i]);
        }
        selections += eg_ballot_selection_count(u->list[i]);
        contests += u->list[i]->contest_count;
    }
    eg_audit_checked(u->s, EG_AUDIT_SELECTIONS, selections);
    eg_audit_checked(u->s, EG_AUDIT_VOTE_LIMITS, contests);
    return EG_SUCCESS;
}

static eg_result read_unit(unit *u, size_t first, size_t count, eg_error *err)
{
    size_t unread = 0;
    for (size_t i = first; i < first + count; i++) {
        eg_ballot *ballot = NULL;
        bool good;
        EG_TRY(eg_arena_new(u->scratch, 1, sizeof *ballot, &ballot, err));
        EG_TRY(eg_audit_read_ballot(u->s, i, ballot, &good, u->scratch, err));
        if (good) {
            u->numbers[u->count] = i;
            u->list[u->count++] = ballot;
        }
        unread += !good;
    }
    if (unread > 0) {
        eg_lock_take(&u->s->lock);
        u->s->unread_ballots += unread;
        eg_lock_give(&u->s->lock);
    }
    return EG_SUCCESS;
}

static eg_result do_unit(void *context, size_t thread, size_t number, eg_arena *scratch,
                         eg_error *err)
{
    const units *all = context;
    const size_t total = all->s->out->ballot_count;
    const size_t first = number * all->ballots;
    const size_t count = total - first < all->ballots ? total - first : all->ballots;
    const eg_ballot *list[BALLOTS_OF_UNIT];
    size_t numbers[BALLOTS_OF_UNIT];
    unit u = {.s = all->s, .thread = thread, .list = list, .numbers = numbers, .scratch = scratch};
    const bool is_ours = number % all->s->part.of == all->s->part.number;
    if (all->s->part.number == 0) {
        EG_TRY(read_unit(&u, first, count, err));
        EG_TRY(is_ours ? verify_proofs(&u, err) : EG_SUCCESS);
        EG_TRY(finish(&u, err));
        eg_audit_watch_done(all->s, is_ours ? count : 0);
    } else if (is_ours) {
        EG_TRY(read_unit(&u, first, count, err));
        EG_TRY(verify_proofs(&u, err));
        eg_audit_watch_done(all->s, count);
    }
    return EG_SUCCESS;
}

/* ---- copies ---- */

typedef struct holder {
    eg_pad_mark mark;
    size_t ballot, pad;
    eg_error place; /* its path */
} holder;

typedef struct holders {
    eg_audit_state *s;
    holder list[2 * EG_COPIES_SUSPECTS_MAX];
    size_t count;
} holders;

static void add_holder(holders *h, const eg_pad_mark *mark, const eg_ballot *ballot, size_t number,
                       size_t pad)
{
    eg_path steps[EG_PAD_PATH_STEPS];
    eg_lock_take(&h->s->lock);
    if (h->count < 2 * EG_COPIES_SUSPECTS_MAX) {
        holder *one = &h->list[h->count++];
        *one = (holder){.mark = *mark, .ballot = number, .pad = pad};
        (void)EG_FAIL(&one->place, EG_E_DUPLICATE, eg_ballot_pad_path(steps, ballot, pad, NULL),
                      "copied");
    }
    eg_lock_give(&h->s->lock);
}

static bool is_suspected(const eg_copies *copies, const eg_pad_mark *mark)
{
    for (size_t i = 0; i < copies->suspect_count; i++) {
        if (memcmp(&copies->suspects[i].mark, mark, sizeof *mark) == 0) {
            return true;
        }
    }
    return false;
}

static eg_result find_holders(void *context, size_t thread, size_t number, eg_arena *scratch,
                              eg_error *err)
{
    holders *h = context;
    eg_ballot ballot;
    eg_pad_mark *marks = NULL;
    (void)thread;
    if (h->s->out->ballots[number].style == NULL) {
        return EG_SUCCESS; /* it could not be read the first time */
    }
    EG_TRY(eg_audit_read_ballot_again(&ballot, h->s->out, &h->s->out->ballots[number], h->s->source,
                                      scratch, err));
    const size_t count = eg_ballot_pad_count(&ballot);
    EG_TRY(eg_arena_new(scratch, count, sizeof *marks, &marks, err));
    eg_ballot_pad_marks(marks, &h->s->copies.key, &ballot);
    for (size_t i = 0; i < count; i++) {
        if (is_suspected(&h->s->copies, &marks[i])) {
            add_holder(h, &marks[i], &ballot, number, i);
        }
    }
    return EG_SUCCESS;
}

static int by_mark(const void *a, const void *b)
{
    const holder *x = a, *y = b;
    int order = memcmp(&x->mark, &y->mark, sizeof x->mark);
    order = order != 0 ? order : x->ballot < y->ballot ? -1 : x->ballot > y->ballot;
    return order != 0 ? order : x->pad < y->pad ? -1 : x->pad > y->pad;
}

static void report_copies(holders *h)
{
    const eg_audit_files *files = &h->s->files[EG_RECORD_CLASS_SUBMITTED_BALLOT];
    const holder *original = &h->list[0];
    eg_sort(h->list, h->count, sizeof *h->list, by_mark);
    for (size_t i = 1; i < h->count; i++) {
        const holder *copy = &h->list[i];
        if (memcmp(&copy->mark, &original->mark, sizeof copy->mark) != 0) {
            original = copy;
            continue;
        }
        eg_path at = eg_path_field(NULL, copy->place.path);
        eg_str id = files->ids[original->ballot];
        eg_audit_fault_at(h->s, EG_AUDIT_SELECTIONS, files->files[copy->ballot], &at,
                          "ballot '%.*s' holds this pad too: one of the two is a copy",
                          (int)(id.len < 64 ? id.len : 64), id.data);
    }
}

/* Where a half of a mark was seen twice all ballots are read again. */
static eg_result look_for_copies(eg_audit_state *s, eg_error *err)
{
    holders *h = NULL;
    if (s->copies.suspect_count == 0) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_arena_new(s->keep, 1, sizeof *h, &h, err));
    h->s = s;
    EG_TRY(eg_parallel_run(s->out->ballot_count, s->threads, find_holders, h, err));
    report_copies(h);
    return EG_SUCCESS;
}

/* ---- all of them ---- */

/* The most selections that a ballot of any style has. */
static size_t largest_ballot(const eg_manifest *manifest)
{
    size_t largest = 1;
    for (size_t i = 0; i < manifest->style_count; i++) {
        size_t count = 0;
        for (size_t c = 0; c < manifest->contest_count; c++) {
            const eg_contest_description *contest = &manifest->contests[c];
            if (eg_style_has_contest(&manifest->styles[i], contest)) {
                count += contest->selection_count + contest->placeholder_count;
            }
        }
        largest = count > largest ? count : largest;
    }
    return largest;
}

static eg_result list_ballots(eg_audit_state *s, eg_error *err)
{
    const eg_audit_files *files = &s->files[EG_RECORD_CLASS_SUBMITTED_BALLOT];
    s->out->ballot_count = files->count;
    EG_TRY(eg_arena_new(s->keep, files->count, sizeof *s->out->ballots, &s->out->ballots, err));
    for (size_t i = 0; i < files->count; i++) {
        s->out->ballots[i].id = files->ids[i];
    }
    return EG_SUCCESS;
}

static eg_result prepare_sums(eg_audit_state *s, size_t largest, eg_error *err)
{
    const size_t contests = s->out->manifest.contest_count;
    EG_TRY(eg_arena_new(s->keep, s->threads, sizeof *s->sums, &s->sums, err));
    for (size_t i = 0; i < s->threads; i++) {
        EG_TRY(eg_tally_sum_init(&s->sums[i], &s->out->manifest, s->keep, err));
    }
    EG_TRY(
        eg_arena_new(s->keep, s->threads * contests, sizeof(uint64_t), &s->contest_ballots, err));
    return eg_copies_init(&s->copies, s->out->ballot_count * largest, s->rng, s->keep, err);
}

static void merge(eg_audit_state *s)
{
    const size_t contests = s->out->manifest.contest_count;
    for (size_t t = 1; t < s->threads; t++) {
        eg_tally_sum_merge(&s->sums[0], &s->sums[t]);
        for (size_t i = 0; i < contests; i++) {
            s->contest_ballots[i] += s->contest_ballots[t * contests + i];
        }
    }
    s->out->contest_ballots = s->contest_ballots;
    for (size_t i = 0; i < s->out->ballot_count; i++) {
        s->out->cast_count += s->out->ballots[i].state == EG_BALLOT_CAST;
        s->out->spoiled_count += s->out->ballots[i].state == EG_BALLOT_SPOILED;
    }
}

/* Ballots of a unit: enough for a good batch, few enough for every part to have some. */
static size_t unit_size(const eg_audit_state *s, size_t largest)
{
    const size_t each = (s->out->ballot_count + s->part.of - 1) / s->part.of;
    size_t of_unit = SELECTIONS_OF_UNIT / largest;
    of_unit = of_unit > BALLOTS_OF_UNIT ? BALLOTS_OF_UNIT : of_unit;
    of_unit = of_unit > each ? each : of_unit;
    return of_unit < 1 ? 1 : of_unit;
}

/* Of `ballots` those that this part has. */
static size_t own_ballots(const eg_audit_state *s, size_t of_unit)
{
    size_t own = 0;
    for (size_t i = s->part.number * of_unit; i < s->out->ballot_count; i += s->part.of * of_unit) {
        const size_t left = s->out->ballot_count - i;
        own += left < of_unit ? left : of_unit;
    }
    return own;
}

static eg_result do_units(eg_audit_state *s, size_t of_unit, eg_error *err)
{
    units all = {s, of_unit};
    eg_audit_watch_step(s, "ballots", own_ballots(s, of_unit));
    return eg_parallel_run((s->out->ballot_count + of_unit - 1) / of_unit, s->threads, do_unit,
                           &all, err);
}

eg_result eg_audit_ballots(eg_audit_state *s, eg_error *err)
{
    const size_t largest = largest_ballot(&s->out->manifest);
    EG_TRY(list_ballots(s, err));
    EG_TRY(prepare_sums(s, largest, err));
    EG_TRY(do_units(s, unit_size(s, largest), err));
    merge(s);
    return look_for_copies(s, err);
}

eg_result eg_audit_proofs(eg_audit_state *s, eg_error *err)
{
    EG_TRY(list_ballots(s, err));
    return do_units(s, unit_size(s, largest_ballot(&s->out->manifest)), err);
}
