/* The computing half of share_request.h: units of work, and the answer written from them. */
#include "api/tally/tally_request.h"

#include "api/frame/pieces.h"
#include "group/group.h"

/* Units come in two rounds: each spoiled ballot is prepared; then shares are computed, some
 * selections of a target at a time. */
enum { SELECTIONS_PER_UNIT = 4, SELECTIONS_PER_BALLOT_UNIT = 8 };

typedef struct eg_share_range {
    size_t target;
    size_t first;
    size_t count;
} range;

/* ---- computing ---- */

static size_t per_unit(const eg_share_target *t)
{
    return t->tally != NULL ? SELECTIONS_PER_UNIT : SELECTIONS_PER_BALLOT_UNIT;
}

static size_t ranges_of(const eg_share_target *t)
{
    return (eg_target_selection_count(&t->target) + per_unit(t) - 1) / per_unit(t);
}

static void add_ranges(eg_share_request *r, size_t target)
{
    const eg_share_target *t = &r->targets[target];
    size_t selections = eg_target_selection_count(&t->target);
    for (size_t first = 0; first < selections; first += per_unit(t)) {
        size_t left = selections - first;
        r->ranges[r->range_count++] = (range){
            .target = target, .first = first, .count = left < per_unit(t) ? left : per_unit(t)};
    }
}

size_t eg_share_units_plan(eg_share_request *r)
{
    r->preparing = true;
    return r->target_count;
}

eg_result eg_share_units_next(eg_share_request *r, size_t *units, eg_error *err)
{
    size_t n = 0;
    *units = 0;
    if (!r->preparing) {
        return EG_SUCCESS;
    }
    r->preparing = false;
    for (size_t t = 0; t < r->target_count; t++) {
        n += ranges_of(&r->targets[t]);
    }
    EG_TRY(eg_arena_new(r->intake.call->arena, n, sizeof *r->ranges, &r->ranges, err));
    for (size_t t = 0; t < r->target_count; t++) {
        add_ranges(r, t);
    }
    *units = r->range_count;
    return EG_SUCCESS;
}

static eg_result compute_range(eg_share_request *r, eg_share_target *t, size_t first, size_t count,
                               eg_arena *scratch, eg_error *err)
{
    eg_modq *seeds;
    EG_TRY(eg_arena_new(scratch, count, sizeof *seeds, &seeds, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_random_q(&seeds[i], r->intake.call->rng, 0, err));
    }
    r->kind->compute(r, t, first, count, seeds);
    return EG_SUCCESS;
}

/* Selection i in flat order, and its path below the tally's; steps are kept for it to point at. */
static const eg_target_selection *selection_at(const eg_target *target, size_t i, eg_path steps[4],
                                               const eg_path *tally)
{
    const eg_target_contest *contest = target->contests;
    while (i >= contest->selection_count) {
        i -= (contest++)->selection_count;
    }
    const eg_target_selection *selection = &contest->selections[i];
    steps[0] = eg_path_field(tally, "contests");
    steps[1] = eg_path_key(&steps[0], contest->object_id.data, contest->object_id.len);
    steps[2] = eg_path_field(&steps[1], "selections");
    steps[3] = eg_path_key(&steps[2], selection->object_id.data, selection->object_id.len);
    return selection;
}

static eg_result refuse_element(const eg_path *at, bool is_pad, eg_error *err)
{
    eg_path ciphertext = eg_path_field(at, "ciphertext");
    eg_path path = eg_path_field(&ciphertext, is_pad ? "pad" : "data");
    return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path, "'%s' is not an element of the group", path.name);
}

/* Where the selection is in the request: a ballot's stand in lists. */
static eg_result refuse_selection(const eg_share_request *r, const eg_share_target *t, size_t i,
                                  bool is_pad, eg_error *err)
{
    eg_path list;
    eg_path steps[4];
    eg_path path = eg_share_target_path(r, t, &list);
    if (t->tally != NULL) {
        (void)selection_at(&t->target, i, steps, &path);
        return refuse_element(&steps[3], is_pad, err);
    }
    const eg_ballot *ballot = &t->submitted->ballot;
    size_t c = 0;
    while (i >= ballot->contests[c].selection_count) {
        i -= ballot->contests[c++].selection_count;
    }
    steps[0] = eg_path_field(&path, "contests");
    steps[1] = eg_path_index(&steps[0], c);
    steps[2] = eg_path_field(&steps[1], "ballot_selections");
    steps[3] = eg_path_index(&steps[2], i);
    return refuse_element(&steps[3], is_pad, err);
}

/* Raising an element outside the group to a secret would leak it: membership comes first. */
static eg_result check_range(const eg_share_request *r, const eg_share_target *t, size_t first,
                             size_t count, eg_error *err)
{
    eg_path steps[4];
    eg_chain chains[2 * SELECTIONS_PER_BALLOT_UNIT];
    for (size_t i = 0; i < count; i++) {
        const eg_target_selection *s = selection_at(&t->target, first + i, steps, NULL);
        chains[2 * i] = (eg_chain){.base = &s->ciphertext->pad};
        chains[2 * i + 1] = (eg_chain){.base = &s->ciphertext->data};
    }
    eg_chain_batch_vartime(chains, 2 * count);
    for (size_t i = 0; i < 2 * count; i++) {
        if (!chains[i].is_residue) {
            return refuse_selection(r, t, first + i / 2, i % 2 == 0, err);
        }
    }
    return EG_SUCCESS;
}

static eg_result prepare(eg_share_request *r, eg_share_target *t, eg_arena *scratch, eg_error *err)
{
    eg_call *call = r->intake.call;
    if (t->submitted != NULL) {
        EG_TRY(eg_share_ballot_prepare(r, t, scratch, err));
    }
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result result = r->kind->init(r, t, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}

eg_result eg_share_unit_run(eg_share_request *r, size_t unit, eg_arena *scratch, eg_error *err)
{
    if (r->preparing) {
        return prepare(r, &r->targets[unit], scratch, err);
    }
    const range *work = &r->ranges[unit];
    eg_share_target *t = &r->targets[work->target];
    EG_TRY(check_range(r, t, work->first, work->count, err));
    return compute_range(r, t, work->first, work->count, scratch, err);
}

/* ---- the answer ---- */

/* Map of ballot id to share: what `ballot_shares` holds, or the JSON text of it. */
static void write_ballot_shares(eg_writer *w, const void *request)
{
    const eg_share_request *r = request;
    eg_write_map_of(w, r->target_count - r->tally_count);
    for (size_t i = r->tally_count; i < r->target_count; i++) {
        eg_write_key_str(w, r->targets[i].submitted->id);
        eg_artifact_write(w, eg_form_inner(r->form), r->kind->write, r->targets[i].share);
    }
    eg_write_end(w);
}

eg_result eg_share_finish(eg_call *call, eg_error *err)
{
    enum { OF_SELECTION = 5 * 1024, GROWING = 3, OF_TAIL = 4096 };
    const eg_share_request *r = call->state;
    (void)err;
    call->output_units = r->several ? r->tally_count : 0;
    call->output_unit_bytes =
        r->tally_count == 0
            ? 0
            : GROWING * OF_SELECTION * eg_target_selection_count(&r->targets[0].target);
    call->tail_bytes = OF_TAIL;
    return EG_SUCCESS;
}

void eg_share_head(eg_share_request *r, eg_buf *out, size_t lead_members,
                   void (*lead)(eg_writer *w, const eg_share_request *r))
{
    eg_writer *w = &r->writer;
    eg_writer_init(w, out, eg_form_style(r->form));
    eg_write_map_of(w, lead_members + (r->several ? 4u : 3u));
    eg_put_cstr(w, "status", "success");
    if (lead != NULL) {
        lead(w, r);
    }
    if (!r->several) {
        eg_write_key(w, r->kind->tally_share);
        eg_artifact_write(w, eg_form_inner(r->form), r->kind->write, r->targets[0].share);
    }
    eg_write_key(w, r->kind->ballot_shares);
    eg_artifact_write(w, eg_form_outer(r->form), write_ballot_shares, r);
    if (r->several) {
        eg_put_int(w, "count", (int64_t)r->tally_count);
        eg_write_key(w, r->kind->tally_shares);
        eg_write_array(w, r->tally_count);
    } else {
        eg_write_end(w);
    }
}

/* One tally's share each. */
eg_result eg_share_output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    const eg_share_request *r = call->state;
    eg_writer w;
    (void)scratch;
    (void)err;
    eg_writer_init_elements(&w, out, eg_form_style(r->form), unit == 0);
    eg_artifact_write(&w, eg_form_inner(r->form), r->kind->write, r->targets[unit].share);
    return EG_SUCCESS;
}

eg_result eg_share_tail(eg_call *call, eg_buf *out, eg_error *err)
{
    eg_share_request *r = call->state;
    (void)err;
    if (r->several) {
        eg_pieces_end(&r->writer, out);
        eg_write_end(&r->writer);
    }
    return EG_SUCCESS;
}

void eg_share_end(eg_call *call)
{
    if (call->state != NULL) {
        eg_election_fields_release(&eg_share_request_of(call)->election);
    }
    eg_intake_end(call);
}
