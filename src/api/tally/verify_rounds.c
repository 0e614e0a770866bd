#include "api/tally/verify_rounds.h"

#include "election/ballot_pieces.h"
#include "group/group.h"

#include <stdatomic.h>

typedef enum round { CHECK, HALVE, BLAME } round;

/* Pieces whose proofs are verified together. */
typedef struct batch {
    size_t first, count; /* pieces */
    size_t verified;     /* how many of them were looked at; refused when they do not hold */
} batch;

typedef struct piece {
    eg_listed_ballot *ballot;
    size_t first, count; /* selections */
} piece;

typedef struct eg_verify_plan {
    round round;
    piece *pieces;
    size_t piece_count;
    batch *batches;
    size_t batch_count;
    atomic_size_t refused;     /* the lowest batch that does not hold; or SIZE_MAX */
    atomic_size_t fault_index; /* of the lowest ballot whose structure is false; or SIZE_MAX */
    eg_error fault;            /* under arena_lock */
    /* halve: a false proof is among these, or (not certain) may be */
    size_t first, count;
    bool certain;
    bool holds; /* what was looked at */
    /* blame */
    eg_listed_ballot *blamed;
    atomic_bool any_holds;
    atomic_size_t reason_unit; /* the lowest that found something; or SIZE_MAX */
    eg_error reason;           /* under arena_lock */
} plan;

/* ---- batches ---- */

/* Batches of about the full size. As many as keep all processors to the end where that is not many
 * more: an odd one of 40 ms would be waited for by the others. Smaller batches cost more a ballot.
 */
static size_t batches_wanted(size_t selections, size_t at_once)
{
    size_t full = (selections + EG_VERIFY_SELECTIONS - 1) / EG_VERIFY_SELECTIONS;
    size_t step = at_once == 0 ? 1 : at_once;
    size_t even = (full + step - 1) / step * step;
    return even - full <= full / 3 ? even : full;
}

static size_t selections_of(const eg_listed_ballot *b)
{
    return eg_ballot_selection_count(&b->ballot);
}

static size_t all_selections(const eg_verify_rounds *v)
{
    size_t total = 0;
    for (size_t i = 0; i < v->count; i++) {
        total += selections_of(v->ballots[i]);
    }
    return total;
}

/* Small ballots stay whole: cut, one costs two elements more. */
static size_t piece_size(size_t left, size_t whole, size_t room)
{
    enum { CUT_ABOVE = EG_VERIFY_SELECTIONS / 4 };
    return whole > CUT_ABOVE && left > room ? room : left;
}

/* Batch k ends about where k + 1 of `wanted` equal parts of all selections do. */
static void cut(eg_verify_rounds *v, size_t wanted, size_t total)
{
    plan *p = v->plan;
    size_t before = 0;
    for (size_t i = 0; i < v->count; i++) {
        size_t whole = selections_of(v->ballots[i]), left = whole;
        do {
            if (p->batch_count == 0 || before * wanted >= p->batch_count * total) {
                p->batches[p->batch_count++] = (batch){.first = p->piece_count};
            }
            size_t end = wanted == 0 ? 0 : (p->batch_count * total + wanted - 1) / wanted;
            size_t count = piece_size(left, whole, end - before);
            p->pieces[p->piece_count++] = (piece){v->ballots[i], whole - left, count};
            p->batches[p->batch_count - 1].count++;
            before += count;
            left -= count;
        } while (left > 0);
    }
}

eg_result eg_verify_rounds_begin(eg_verify_rounds *v, size_t *units, eg_error *err)
{
    eg_arena *arena = v->call->arena;
    size_t total = all_selections(v);
    size_t wanted = batches_wanted(total, v->call->settings->units_at_once);
    plan *p;
    EG_TRY(eg_arena_new(arena, 1, sizeof *p, &p, err));
    v->plan = p;
    EG_TRY(eg_arena_new(arena, v->count + wanted, sizeof *p->pieces, &p->pieces, err));
    EG_TRY(eg_arena_new(arena, v->count + wanted, sizeof *p->batches, &p->batches, err));
    cut(v, wanted, total);
    atomic_init(&p->refused, SIZE_MAX);
    atomic_init(&p->fault_index, SIZE_MAX);
    atomic_init(&p->reason_unit, SIZE_MAX);
    atomic_init(&p->any_holds, false);
    *units = p->batch_count;
    return EG_SUCCESS;
}

/* ---- what is found ---- */

/* Keeps the error of the lowest index. */
static void note(const eg_verify_rounds *v, atomic_size_t *lowest, eg_error *kept, size_t index,
                 const eg_error *error)
{
    (void)pthread_mutex_lock(v->call->arena_lock);
    if (index < atomic_load(lowest)) {
        *kept = *error;
        atomic_store(lowest, index);
    }
    (void)pthread_mutex_unlock(v->call->arena_lock);
}

static void note_refused(plan *p, size_t unit)
{
    size_t lowest = atomic_load(&p->refused);
    while (unit < lowest && !atomic_compare_exchange_weak(&p->refused, &lowest, unit)) {
    }
}

/* ---- check ---- */

static eg_result check_structure(eg_verify_rounds *v, const piece *e, eg_arena *scratch,
                                 eg_error *err)
{
    eg_error fault = {.code = EG_OK};
    if (e->first > 0 || e->ballot->counted) {
        return EG_SUCCESS; /* the unit that has its first selection does it */
    }
    eg_result r = v->check(v->call, e->ballot, scratch, &fault);
    if (eg_failed(r) && !eg_is_input_fault(r)) {
        *err = fault;
        return r;
    }
    if (eg_failed(r)) {
        note(v, &v->plan->fault_index, &v->plan->fault, e->ballot->index, &fault);
    }
    return EG_SUCCESS;
}

static eg_result pieces_hold(bool *out, const eg_verify_rounds *v, size_t first, size_t count,
                             eg_arena *scratch, eg_error *err)
{
    eg_ballot_piece *pieces;
    EG_TRY(eg_arena_new(scratch, count, sizeof *pieces, &pieces, err));
    for (size_t i = 0; i < count; i++) {
        const piece *e = &v->plan->pieces[first + i];
        pieces[i] = (eg_ballot_piece){&e->ballot->ballot, e->first, e->count};
    }
    return eg_ballot_pieces_hold(out, pieces, count, v->election, v->call->rng, scratch, err);
}

/* Nothing behind a ballot that is known to be false need be known. */
static eg_result check_batch(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    plan *p = v->plan;
    batch *b = &p->batches[unit];
    size_t sound = 0;
    bool hold = true;
    if (unit > atomic_load(&p->refused)) {
        return EG_SUCCESS;
    }
    while (sound < b->count) {
        const piece *e = &p->pieces[b->first + sound];
        if (e->ballot->index >= atomic_load(&p->fault_index)) {
            break;
        }
        EG_TRY(check_structure(v, e, scratch, err));
        sound += e->ballot->index < atomic_load(&p->fault_index) ? 1 : 0;
    }
    if (v->proofs && sound > 0) {
        eg_arena_reset(scratch);
        EG_TRY(pieces_hold(&hold, v, b->first, sound, scratch, err));
    }
    if (!hold) {
        b->verified = sound;
        note_refused(p, unit);
    }
    return EG_SUCCESS;
}

static eg_result fail_with_fault(const plan *p, eg_error *err)
{
    *err = p->fault;
    return (eg_result){err->code};
}

static eg_result look_into(plan *p, const batch *b, size_t *units, eg_error *err)
{
    size_t fault = atomic_load(&p->fault_index);
    p->round = HALVE;
    p->first = b->first;
    p->count = 0;
    while (p->count < b->verified && p->pieces[b->first + p->count].ballot->index < fault) {
        p->count++;
    }
    if (p->count == 0) {
        return fail_with_fault(p, err);
    }
    p->certain = p->count == b->verified;
    *units = 1;
    return EG_SUCCESS;
}

/* ---- halve ---- */

static size_t looked_at(const plan *p)
{
    return p->certain ? p->count / 2 : p->count;
}

static size_t blame_size(void)
{
    enum { POWERS_OF_PROOF = 4 };
    size_t n = eg_group_powers_of_unit() / POWERS_OF_PROOF;
    return n > 0 ? n : 1;
}

static size_t blame_units(const plan *p)
{
    size_t selections = selections_of(p->blamed), each = blame_size();
    return selections == 0 ? 1 : (selections + each - 1) / each;
}

/* In next. One piece left that is false: its ballot is the one. */
static eg_result halve_on(plan *p, size_t *units)
{
    *units = 1;
    if (p->certain && p->count == 1) {
        p->round = BLAME;
        p->blamed = p->pieces[p->first].ballot;
        *units = blame_units(p);
    }
    return EG_SUCCESS;
}

static eg_result halved(plan *p, size_t *units, eg_error *err)
{
    size_t half = looked_at(p);
    if (!p->certain && p->holds) {
        return fail_with_fault(p, err); /* what was false is behind it */
    }
    if (p->certain) {
        p->first += p->holds ? half : 0;
        p->count = p->holds ? p->count - half : half;
    }
    p->certain = true;
    return halve_on(p, units);
}

/* ---- blame ---- */

/* Once the first false proof and one that holds are known, the rest is of no interest. */
static bool is_settled(const plan *p, size_t unit)
{
    return unit > atomic_load(&p->reason_unit) && atomic_load(&p->any_holds);
}

static eg_result blame(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    plan *p = v->plan;
    if (is_settled(p, unit)) {
        return EG_SUCCESS;
    }
    eg_path list = eg_path_field(NULL, v->list_name);
    eg_path path = eg_path_index(&list, p->blamed->index);
    size_t all = selections_of(p->blamed), first = unit * blame_size();
    size_t count = all - first < blame_size() ? all - first : blame_size();
    const eg_ballot_piece part = {&p->blamed->ballot, first, count};
    eg_error reason = {.code = EG_OK};
    bool any = false;
    eg_result r = eg_ballot_piece_verify(&any, &part, v->election, scratch, &path, &reason);
    if (any) {
        atomic_store(&p->any_holds, true);
    }
    if (eg_failed(r) && !eg_is_input_fault(r)) {
        *err = reason;
        return r;
    }
    if (eg_failed(r)) {
        note(v, &p->reason_unit, &p->reason, unit, &reason);
    }
    return EG_SUCCESS;
}

static eg_result blamed(const eg_verify_rounds *v, eg_error *err)
{
    const plan *p = v->plan;
    eg_path list = eg_path_field(NULL, v->list_name);
    eg_path path = eg_path_index(&list, p->blamed->index);
    EG_BUG_IF(err, p->reason.code == EG_OK); /* a batch refuses nothing true */
    if (p->reason.code == EG_E_PROOF_INVALID && !atomic_load(&p->any_holds)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                       "no proof of this ballot holds for the election's key and hashes");
    }
    *err = p->reason;
    return (eg_result){err->code};
}

/* ---- rounds ---- */

eg_result eg_verify_rounds_run(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    plan *p = v->plan;
    switch (p->round) {
    case CHECK:
        return check_batch(v, unit, scratch, err);
    case HALVE:
        return pieces_hold(&p->holds, v, p->first, looked_at(p), scratch, err);
    case BLAME:
        return blame(v, unit, scratch, err);
    }
    return EG_SUCCESS;
}

eg_result eg_verify_rounds_next(eg_verify_rounds *v, size_t *units, eg_error *err)
{
    plan *p = v->plan;
    size_t refused = atomic_load(&p->refused);
    *units = 0;
    switch (p->round) {
    case CHECK:
        if (refused == SIZE_MAX) {
            return atomic_load(&p->fault_index) == SIZE_MAX ? EG_SUCCESS : fail_with_fault(p, err);
        }
        EG_TRY(look_into(p, &p->batches[refused], units, err));
        return p->certain ? halve_on(p, units) : EG_SUCCESS;
    case HALVE:
        return halved(p, units, err);
    case BLAME:
        return blamed(v, err);
    }
    return EG_SUCCESS;
}
