#include "api/tally/verify_rounds.h"

#include "api/frame/intake.h"
#include "election/ballot_pieces.h"
#include "group/group.h"

#include <stdatomic.h>

typedef enum round { CHECK, HALVE, BLAME } round;

typedef struct piece {
    eg_listed_ballot *ballot;
    size_t first, count; /* selections */
} piece;

/* Pieces side by side whose proofs are looked at together. */
typedef struct span {
    size_t first, count; /* pieces */
    size_t left_out;     /* of them, when they were looked at: of ballots with a fault */
    bool certain;        /* a false proof is among them; else it may be */
    bool is_false[2];    /* check: [0], the whole; halve: its halves */
} span;

/* A ballot with proofs that are false, or may be. */
typedef struct suspect {
    eg_listed_ballot *ballot;
    size_t first_unit;
    bool certain;
    atomic_bool any_holds;
    atomic_size_t reason_unit; /* the lowest that found something; or SIZE_MAX */
    eg_error *reason;          /* under arena_lock */
} suspect;

typedef struct eg_verify_plan {
    round round;
    piece *pieces;
    size_t piece_count;
    span *spans; /* of this round; no two have a piece in common */
    size_t span_count;
    span *others;              /* room for as many as there are pieces; made when needed */
    atomic_size_t refused;     /* the lowest batch that does not hold; or SIZE_MAX */
    atomic_size_t fault_index; /* of the lowest ballot with a fault; or SIZE_MAX */
    suspect *suspects;
    size_t suspect_count;
    size_t blame_units;
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
            if (p->span_count == 0 || before * wanted >= p->span_count * total) {
                p->spans[p->span_count++] = (span){.first = p->piece_count};
            }
            size_t end = wanted == 0 ? 0 : (p->span_count * total + wanted - 1) / wanted;
            size_t count = piece_size(left, whole, end - before);
            p->pieces[p->piece_count++] = (piece){v->ballots[i], whole - left, count};
            p->spans[p->span_count - 1].count++;
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
    EG_TRY(eg_arena_new(arena, v->count + wanted, sizeof *p->spans, &p->spans, err));
    cut(v, wanted, total);
    atomic_init(&p->refused, SIZE_MAX);
    atomic_init(&p->fault_index, SIZE_MAX);
    *units = p->span_count;
    return EG_SUCCESS;
}

/* ---- what is found ---- */

static void lower(atomic_size_t *lowest, size_t value)
{
    size_t known = atomic_load(lowest);
    while (value < known && !atomic_compare_exchange_weak(lowest, &known, value)) {
    }
}

/* Nothing more need be known of it: it has a fault, or stands behind one where the lowest is
 * enough. */
static bool is_done(const eg_verify_rounds *v, const eg_listed_ballot *ballot)
{
    return ballot->fault != NULL ||
           (!v->each && ballot->index >= atomic_load(&v->plan->fault_index));
}

static void set_fault(const eg_verify_rounds *v, eg_listed_ballot *ballot, eg_error *fault)
{
    ballot->fault = fault;
    lower(&v->plan->fault_index, ballot->index);
}

static eg_result keep(eg_error **out, const eg_verify_rounds *v, const eg_error *error,
                      eg_error *err)
{
    EG_TRY(eg_call_new(v->call, 1, sizeof **out, out, err));
    **out = *error;
    return EG_SUCCESS;
}

/* ---- check ---- */

static eg_result check_structure(eg_verify_rounds *v, const piece *e, eg_arena *scratch,
                                 eg_error *err)
{
    eg_error fault = {.code = EG_OK}, *kept;
    if (e->first > 0 || e->ballot->counted) {
        return EG_SUCCESS; /* the unit that has its first selection does it */
    }
    eg_result r = v->check(v->call, e->ballot, scratch, &fault);
    if (eg_failed(r) && !eg_is_input_fault(r)) {
        *err = fault;
        return r;
    }
    if (eg_failed(r)) {
        EG_TRY(keep(&kept, v, &fault, err));
        set_fault(v, e->ballot, kept);
    }
    return EG_SUCCESS;
}

/* Whether all of them hold but those that nothing more need be known of; how many these are. */
static eg_result pieces_hold(bool *out, size_t *left_out, const eg_verify_rounds *v, size_t first,
                             size_t count, eg_arena *scratch, eg_error *err)
{
    eg_ballot_piece *pieces;
    size_t taken = 0;
    eg_arena_reset(scratch);
    EG_TRY(eg_arena_new(scratch, count, sizeof *pieces, &pieces, err));
    for (size_t i = first; i < first + count; i++) {
        const piece *e = &v->plan->pieces[i];
        if (!is_done(v, e->ballot)) {
            pieces[taken++] = (eg_ballot_piece){&e->ballot->ballot, e->first, e->count};
        }
    }
    *left_out = count - taken;
    *out = true;
    return taken == 0
               ? EG_SUCCESS
               : eg_ballot_pieces_hold(out, pieces, taken, v->election, v->call->rng, scratch, err);
}

/* Where the lowest is enough, nothing behind a ballot that is known to be false need be known. */
static eg_result check_batch(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    plan *p = v->plan;
    span *b = &p->spans[unit];
    bool hold = true;
    if (!v->each && unit > atomic_load(&p->refused)) {
        return EG_SUCCESS;
    }
    for (size_t i = b->first; i < b->first + b->count; i++) {
        if (!is_done(v, p->pieces[i].ballot)) {
            EG_TRY(check_structure(v, &p->pieces[i], scratch, err));
        }
    }
    if (v->proofs) {
        EG_TRY(pieces_hold(&hold, &b->left_out, v, b->first, b->count, scratch, err));
    }
    b->is_false[0] = !hold;
    if (!hold) {
        lower(&p->refused, unit);
    }
    return EG_SUCCESS;
}

/* ---- halve ---- */

static size_t left_half(const span *s)
{
    return s->count / 2;
}

/* A half that holds says that the other does not, where one of them is known not to. */
static eg_result halve(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    span *s = &v->plan->spans[unit];
    size_t half = left_half(s), left_out;
    bool hold;
    if (half == 0) { /* one piece already, which waits for the others */
        s->is_false[1] = true;
        return EG_SUCCESS;
    }
    EG_TRY(pieces_hold(&hold, &left_out, v, s->first, half, scratch, err));
    s->is_false[0] = !hold;
    s->is_false[1] = hold && s->certain;
    if (s->is_false[1] || (!v->each && !hold)) {
        return EG_SUCCESS;
    }
    EG_TRY(pieces_hold(&hold, &left_out, v, s->first + half, s->count - half, scratch, err));
    s->is_false[1] = !hold;
    return EG_SUCCESS;
}

static size_t count_done(const eg_verify_rounds *v, const span *s)
{
    size_t n = 0;
    for (size_t i = s->first; i < s->first + s->count; i++) {
        n += is_done(v, v->plan->pieces[i].ballot) ? 1 : 0;
    }
    return n;
}

static void add_span(plan *p, size_t *count, size_t first, size_t pieces, bool certain)
{
    if (pieces > 0) {
        p->others[(*count)++] = (span){.first = first, .count = pieces, .certain = certain};
    }
}

/* The batches that do not hold. A ballot that was found to have a fault since may have been why. */
static size_t take_batches(eg_verify_rounds *v)
{
    plan *p = v->plan;
    size_t count = 0;
    for (size_t i = 0; i < p->span_count && (v->each || count == 0); i++) {
        const span *b = &p->spans[i];
        if (b->is_false[0]) {
            add_span(p, &count, b->first, b->count, count_done(v, b) == b->left_out);
        }
    }
    return count;
}

static size_t take_halves(eg_verify_rounds *v)
{
    plan *p = v->plan;
    size_t count = 0;
    for (size_t i = 0; i < p->span_count; i++) {
        const span *s = &p->spans[i];
        size_t half = left_half(s);
        if (s->is_false[0]) {
            add_span(p, &count, s->first, half, true);
        }
        if (s->is_false[1]) {
            add_span(p, &count, s->first + half, s->count - half, half > 0 || s->certain);
        }
    }
    return count;
}

static void exchange(plan *p, size_t count)
{
    span *used = p->spans;
    p->spans = p->others;
    p->others = used;
    p->span_count = count;
}

/* ---- blame ---- */

static size_t blame_size(void)
{
    enum { POWERS_OF_PROOF = 4 };
    size_t n = eg_group_powers_of_unit() / POWERS_OF_PROOF;
    return n > 0 ? n : 1;
}

static size_t units_of(const suspect *s)
{
    size_t selections = selections_of(s->ballot), each = blame_size();
    return selections == 0 ? 1 : (selections + each - 1) / each;
}

/* A piece that is false, or may be, alone. */
static void add_suspect(plan *p, const span *s)
{
    eg_listed_ballot *ballot = p->pieces[s->first].ballot;
    suspect *last = p->suspect_count == 0 ? NULL : &p->suspects[p->suspect_count - 1];
    if (last != NULL && last->ballot == ballot) {
        last->certain = last->certain || s->certain;
        return;
    }
    last = &p->suspects[p->suspect_count++];
    *last = (suspect){.ballot = ballot, .certain = s->certain};
    atomic_init(&last->any_holds, false);
    atomic_init(&last->reason_unit, SIZE_MAX);
}

/* A unit for some selections of each. */
static eg_result begin_blame(eg_verify_rounds *v, eg_error *err)
{
    plan *p = v->plan;
    p->round = BLAME;
    EG_TRY(eg_arena_new(v->call->arena, p->span_count, sizeof *p->suspects, &p->suspects, err));
    for (size_t i = 0; i < p->span_count; i++) {
        if (!is_done(v, p->pieces[p->spans[i].first].ballot)) {
            add_suspect(p, &p->spans[i]);
        }
    }
    for (size_t i = 0; i < p->suspect_count; i++) {
        p->suspects[i].first_unit = p->blame_units;
        p->blame_units += units_of(&p->suspects[i]);
    }
    return EG_SUCCESS;
}

static suspect *suspect_of(const plan *p, size_t unit)
{
    size_t low = 0, high = p->suspect_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (p->suspects[middle].first_unit <= unit) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &p->suspects[low];
}

/* Once the first false proof and one that holds are known, the rest is of no interest. */
static bool is_settled(const suspect *s, size_t part)
{
    return part > atomic_load(&s->reason_unit) && atomic_load(&s->any_holds);
}

/* Keeps the reason of the lowest part. */
static eg_result note_reason(const eg_verify_rounds *v, suspect *s, size_t part,
                             const eg_error *reason, eg_error *err)
{
    eg_error *kept;
    EG_TRY(keep(&kept, v, reason, err));
    (void)pthread_mutex_lock(v->call->arena_lock);
    if (part < atomic_load(&s->reason_unit)) {
        s->reason = kept;
        atomic_store(&s->reason_unit, part);
    }
    (void)pthread_mutex_unlock(v->call->arena_lock);
    return EG_SUCCESS;
}

static eg_result blame(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    suspect *s = suspect_of(v->plan, unit);
    size_t part = unit - s->first_unit;
    if (is_settled(s, part)) {
        return EG_SUCCESS;
    }
    eg_path list = eg_path_field(NULL, v->list_name);
    eg_path path = eg_path_index(&list, s->ballot->index);
    size_t all = selections_of(s->ballot), first = part * blame_size();
    size_t count = all - first < blame_size() ? all - first : blame_size();
    const eg_ballot_piece some = {&s->ballot->ballot, first, count};
    eg_error reason = {.code = EG_OK};
    bool any = false;
    eg_result r = eg_ballot_piece_verify(&any, &some, v->election, scratch, &path, &reason);
    if (any) {
        atomic_store(&s->any_holds, true);
    }
    if (eg_failed(r) && !eg_is_input_fault(r)) {
        *err = reason;
        return r;
    }
    return eg_failed(r) ? note_reason(v, s, part, &reason, err) : EG_SUCCESS;
}

/* In next. */
static eg_result blamed(eg_verify_rounds *v, eg_error *err)
{
    const plan *p = v->plan;
    for (size_t i = 0; i < p->suspect_count; i++) {
        suspect *s = &p->suspects[i];
        EG_BUG_IF(err, s->certain && s->reason == NULL); /* a batch refuses nothing true */
        if (s->reason == NULL) {
            continue;
        }
        if (s->reason->code == EG_E_PROOF_INVALID && !atomic_load(&s->any_holds)) {
            eg_path list = eg_path_field(NULL, v->list_name);
            eg_path path = eg_path_index(&list, s->ballot->index);
            (void)EG_FAIL(s->reason, EG_E_WRONG_ELECTION, &path,
                          "no proof of this ballot holds for the election's key and hashes");
        }
        set_fault(v, s->ballot, s->reason);
    }
    return EG_SUCCESS;
}

/* ---- rounds ---- */

eg_result eg_verify_rounds_run(eg_verify_rounds *v, size_t unit, eg_arena *scratch, eg_error *err)
{
    switch (v->plan->round) {
    case CHECK:
        return check_batch(v, unit, scratch, err);
    case HALVE:
        return halve(v, unit, scratch, err);
    case BLAME:
        return blame(v, unit, scratch, err);
    }
    return EG_SUCCESS;
}

static eg_result end(const eg_verify_rounds *v, size_t *units, eg_error *err)
{
    *units = 0;
    for (size_t i = 0; i < v->count && !v->each; i++) {
        if (v->ballots[i]->fault != NULL) {
            *err = *v->ballots[i]->fault;
            return (eg_result){err->code};
        }
    }
    return EG_SUCCESS;
}

static bool all_are_single(const plan *p)
{
    for (size_t i = 0; i < p->span_count; i++) {
        if (p->spans[i].count > 1) {
            return false;
        }
    }
    return true;
}

/* Spans that do not hold are halved until each is one piece, whose ballot is looked at. */
static eg_result look_into(eg_verify_rounds *v, size_t *units, eg_error *err)
{
    plan *p = v->plan;
    p->round = HALVE;
    *units = p->span_count;
    if (!all_are_single(p)) {
        return EG_SUCCESS;
    }
    EG_TRY(begin_blame(v, err));
    *units = p->blame_units;
    return p->suspect_count == 0 ? end(v, units, err) : EG_SUCCESS;
}

eg_result eg_verify_rounds_next(eg_verify_rounds *v, size_t *units, eg_error *err)
{
    plan *p = v->plan;
    if (p->round == BLAME) {
        EG_TRY(blamed(v, err));
        return end(v, units, err);
    }
    if (p->round == CHECK && atomic_load(&p->refused) == SIZE_MAX) {
        return end(v, units, err);
    }
    if (p->others == NULL) {
        size_t most = p->piece_count;
        EG_TRY(eg_arena_new(v->call->arena, most, sizeof *p->others, &p->others, err));
    }
    exchange(p, p->round == CHECK ? take_batches(v) : take_halves(v));
    return look_into(v, units, err);
}
