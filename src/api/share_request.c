#include "api/share_request.h"

#include "api/ballot_store.h"
#include "api/pieces.h"
#include "api/str_index.h"

#include "election/ballot_verify.h"
#include "group/group.h"
#include "wire/objects/ballot.h"
#include "wire/objects/tally.h"

enum { SUBMITTED, TALLIES };
enum { TALLIES_MAX = 10000, SELECTIONS_PER_UNIT = 4 };

typedef struct eg_share_range {
    size_t target;
    size_t first;
    size_t count; /* 0: a whole spoiled ballot */
} range;

static eg_result take_element(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err);

static const char *const stream_names[] = {"submitted_ballots", "ciphertext_tallies", NULL};
static const eg_streams streams = {.names = stream_names, .element = take_element};

eg_result eg_share_begin(eg_call *call, size_t state_bytes, const eg_share_kind *kind,
                         eg_error *err)
{
    EG_TRY(eg_intake_begin(call, state_bytes, &streams, err));
    eg_share_request_of(call)->kind = kind;
    return EG_SUCCESS;
}

eg_result eg_share_election_read(eg_share_request *r, uint32_t default_count, eg_error *err)
{
    const eg_election_wants wants = {.default_count = default_count};
    eg_call *call = r->intake.call;
    EG_TRY(
        eg_election_fields_read(&r->election, &r->intake.fields, &wants, call, call->arena, err));
    r->form = eg_intake_form(&r->intake);
    return EG_SUCCESS;
}

/* ---- items -------------------------------------------------------------------------------------
 */

static eg_result take_element(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err)
{
    static const size_t maxima[] = {[SUBMITTED] = EG_BALLOTS_MAX, [TALLIES] = TALLIES_MAX};
    if (index >= maxima[stream]) {
        eg_path path = eg_path_field(NULL, stream_names[stream]);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' may hold at most %zu entries",
                       stream_names[stream], maxima[stream]);
    }
    return eg_item_new(in, stream, index, value, arena, err);
}

static eg_result read_state(const eg_node *map, const eg_path *path, eg_ballot_state *out,
                            eg_error *err)
{
    int64_t state;
    EG_TRY(eg_read_int64(map, path, "state", &state, err));
    if (state != EG_BALLOT_CAST && state != EG_BALLOT_SPOILED && state != EG_BALLOT_UNKNOWN) {
        eg_path at = eg_path_field(path, "state");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "'state' must be 1, 2 or 999");
    }
    *out = (eg_ballot_state)state;
    return EG_SUCCESS;
}

/* Cast ballots are not decoded further: their ciphertexts are in the tally. */
static eg_result read_submitted(eg_submitted **out, const eg_item *item, const eg_call *call,
                                eg_arena *scratch, eg_error *err)
{
    eg_path list = eg_path_field(NULL, stream_names[SUBMITTED]);
    eg_path path = eg_path_index(&list, item->index);
    eg_node map;
    eg_str id;
    EG_TRY(eg_artifact_open(&map, NULL, &item->value, &path, scratch, err));
    EG_TRY(eg_need_map(&map, &path, err));
    EG_TRY(eg_read_str(&map, &path, "object_id", 1, EG_NAME_BYTES_MAX, &id, err));
    /* The id is copied behind the struct. */
    EG_TRY(eg_call_new(call, 1, sizeof **out + id.len, out, err));
    char *copy = (char *)(*out + 1);
    memcpy(copy, id.data, id.len);
    (*out)->id = (eg_str){copy, id.len};
    EG_TRY(read_state(&map, &path, &(*out)->state, err));
    EG_TRY(eg_read_q(&map, &path, "crypto_hash", &(*out)->crypto_hash, err));
    if ((*out)->state != EG_BALLOT_SPOILED) {
        return EG_SUCCESS;
    }
    eg_ballot ballot;
    EG_TRY(eg_ballot_read(&ballot, &map, &path, scratch, err));
    return eg_ballot_store(&(*out)->ballot, &ballot, EG_BALLOT_SPOILED, call, err);
}

/* Decoded beside its nodes, which stay. */
static eg_result read_tally_item(eg_item *item, eg_error *err)
{
    eg_path list = eg_path_field(NULL, stream_names[TALLIES]);
    eg_path path = eg_path_index(&list, item->index);
    eg_node map;
    eg_tally_read_result *tally;
    EG_TRY(eg_arena_new(&item->arena, 1, sizeof *tally, &tally, err));
    EG_TRY(eg_artifact_open(&map, NULL, &item->value, &path, &item->arena, err));
    EG_TRY(eg_tally_object_read(tally, &map, &path, &item->arena, err));
    item->result = tally;
    return EG_SUCCESS;
}

eg_result eg_share_item(eg_call *call, void *item_, eg_arena *scratch, eg_error *err)
{
    eg_item *item = item_;
    if (item->stream == TALLIES) {
        return read_tally_item(item, err);
    }
    eg_submitted *submitted;
    eg_result r = read_submitted(&submitted, item, call, scratch, err);
    eg_item_done(item);
    EG_TRY(r);
    item->result = submitted;
    return EG_SUCCESS;
}

/* ---- targets -----------------------------------------------------------------------------------
 */

eg_path eg_share_target_path(const eg_share_request *r, const eg_share_target *t, eg_path *list)
{
    if (t->tally != NULL && !r->several) {
        return eg_path_field(NULL, "ciphertext_tally");
    }
    *list = eg_path_field(NULL, stream_names[t->tally != NULL ? TALLIES : SUBMITTED]);
    return eg_path_index(list, t->index);
}

/* The tally's shape against the election, and its target. */
static eg_result prepare_tally(eg_share_request *r, eg_share_target *t, eg_tally_read_result *tally,
                               eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    eg_path list;
    t->tally = &tally->tally;
    eg_path path = eg_share_target_path(r, t, &list);
    EG_TRY(eg_tally_context_check(tally, &r->election.context, &path, err));
    EG_TRY(eg_tally_check_shape(t->tally, &r->election.election, arena, &path, err));
    return eg_target_from_tally(&t->target, t->tally, arena, err);
}

static eg_result read_one_tally(eg_share_request *r, eg_tally_read_result **out, eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    eg_path path = eg_path_field(NULL, "ciphertext_tally");
    eg_node map;
    EG_TRY(eg_intake_open(&r->intake, "ciphertext_tally", &map, NULL, err));
    EG_TRY(eg_arena_new(arena, 1, sizeof **out, out, err));
    return eg_tally_object_read(*out, &map, &path, arena, err);
}

static eg_result read_tallies(eg_share_request *r, void ***tallies, eg_error *err)
{
    bool single = eg_intake_has(&r->intake, "ciphertext_tally");
    eg_path path = eg_path_field(NULL, stream_names[TALLIES]);
    r->several = r->intake.seen[TALLIES].present;
    if (r->several && single) {
        return EG_FAIL(err, EG_E_DUPLICATE, &path,
                       "'ciphertext_tally' and 'ciphertext_tallies' must not both be given");
    }
    if (r->several) {
        EG_TRY(eg_item_results(&r->intake, TALLIES, tallies, &r->tally_count, err));
        return r->tally_count > 0 ? EG_SUCCESS
                                  : EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                                            "'ciphertext_tallies' must not be empty");
    }
    r->tally_count = 1;
    EG_TRY(eg_arena_new(r->intake.call->arena, 1, sizeof **tallies, tallies, err));
    eg_tally_read_result *one;
    EG_TRY(read_one_tally(r, &one, err));
    (*tallies)[0] = one;
    return EG_SUCCESS;
}

static eg_result refuse_repeated(eg_share_request *r, eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    eg_str *ids;
    eg_str_index index;
    size_t position;
    EG_TRY(eg_arena_new(arena, r->submitted_count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < r->submitted_count; i++) {
        ids[i] = r->submitted[i]->id;
    }
    EG_TRY(eg_str_index_init(&index, ids, sizeof *ids, r->submitted_count, arena, err));
    if (eg_str_index_repeated(&index, &position)) {
        eg_path list = eg_path_field(NULL, stream_names[SUBMITTED]);
        eg_path at = eg_path_index(&list, position);
        eg_path path = eg_path_field(&at, "object_id");
        return EG_FAIL(err, EG_E_DUPLICATE, &path, "an earlier ballot has the same id");
    }
    return EG_SUCCESS;
}

static eg_result gather_submitted(eg_share_request *r, eg_error *err)
{
    void **results;
    if (!r->intake.seen[SUBMITTED].present) {
        const eg_node *absent;
        return r->several
                   ? EG_SUCCESS
                   : eg_field(&absent, &r->intake.fields, NULL, stream_names[SUBMITTED], err);
    }
    EG_TRY(eg_item_results(&r->intake, SUBMITTED, &results, &r->submitted_count, err));
    EG_TRY(eg_arena_new(r->intake.call->arena, r->submitted_count, sizeof *r->submitted,
                        &r->submitted, err));
    for (size_t i = 0; i < r->submitted_count; i++) {
        r->submitted[i] = results[i];
        EG_BUG_IF(err, r->submitted[i] == NULL);
    }
    return refuse_repeated(r, err);
}

static size_t count_spoiled(const eg_share_request *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->submitted_count; i++) {
        n += r->submitted[i]->state == EG_BALLOT_SPOILED ? 1 : 0;
    }
    return n;
}

eg_result eg_share_targets_read(eg_share_request *r, eg_error *err)
{
    void **tallies;
    EG_TRY(read_tallies(r, &tallies, err));
    EG_TRY(gather_submitted(r, err));
    EG_TRY(eg_arena_new(r->intake.call->arena, r->tally_count + count_spoiled(r),
                        sizeof *r->targets, &r->targets, err));
    for (size_t i = 0; i < r->tally_count; i++) {
        eg_share_target *t = &r->targets[r->target_count++];
        EG_BUG_IF(err, tallies[i] == NULL);
        t->index = i;
        EG_TRY(prepare_tally(r, t, tallies[i], err));
    }
    for (size_t i = 0; i < r->submitted_count; i++) {
        if (r->submitted[i]->state == EG_BALLOT_SPOILED) {
            r->targets[r->target_count++] =
                (eg_share_target){.submitted = r->submitted[i], .index = i};
        }
    }
    return eg_share_ids_check(r, err);
}

eg_result eg_share_ballot_prepare(eg_share_request *r, eg_share_target *t, eg_arena *scratch,
                                  eg_error *err)
{
    eg_path list;
    eg_path path = eg_share_target_path(r, t, &list);
    const eg_ballot *ballot = &t->submitted->ballot;
    EG_TRY(eg_ballot_check_structure(ballot, &r->election.election, scratch, &path, err));
    eg_call *call = r->intake.call;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result result = eg_target_from_ballot(&t->target, ballot, call->arena, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}

/* ---- computing ---------------------------------------------------------------------------------
 */

static size_t ranges_of(size_t selections)
{
    return (selections + SELECTIONS_PER_UNIT - 1) / SELECTIONS_PER_UNIT;
}

static void add_tally_ranges(eg_share_request *r, size_t target)
{
    size_t selections = eg_target_selection_count(&r->targets[target].target);
    for (size_t first = 0; first < selections; first += SELECTIONS_PER_UNIT) {
        size_t left = selections - first;
        r->ranges[r->range_count++] =
            (range){.target = target,
                    .first = first,
                    .count = left < SELECTIONS_PER_UNIT ? left : SELECTIONS_PER_UNIT};
    }
}

eg_result eg_share_units_plan(eg_share_request *r, size_t *units, eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    size_t n = r->target_count - r->tally_count;
    for (size_t t = 0; t < r->tally_count; t++) {
        n += ranges_of(eg_target_selection_count(&r->targets[t].target));
        EG_TRY(r->kind->init(r, &r->targets[t], err));
    }
    EG_TRY(eg_arena_new(arena, n, sizeof *r->ranges, &r->ranges, err));
    for (size_t t = 0; t < r->tally_count; t++) {
        add_tally_ranges(r, t);
    }
    for (size_t t = r->tally_count; t < r->target_count; t++) {
        r->ranges[r->range_count++] = (range){.target = t};
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

/* Raising an element outside the group to a secret would leak it: membership comes first, for a
 * tally's selections here, for a ballot's below. */
static eg_result check_range(const eg_share_request *r, const eg_share_target *t, size_t first,
                             size_t count, eg_error *err)
{
    eg_path list;
    eg_path steps[4];
    eg_chain chains[2 * SELECTIONS_PER_UNIT];
    eg_path tally = eg_share_target_path(r, t, &list);
    for (size_t i = 0; i < count; i++) {
        const eg_target_selection *s = selection_at(&t->target, first + i, steps, &tally);
        chains[2 * i] = (eg_chain){.base = &s->ciphertext->pad};
        chains[2 * i + 1] = (eg_chain){.base = &s->ciphertext->data};
    }
    eg_chain_batch_vartime(chains, 2 * count);
    for (size_t i = 0; i < 2 * count; i++) {
        if (!chains[i].is_residue) {
            (void)selection_at(&t->target, first + i / 2, steps, &tally);
            eg_path ciphertext = eg_path_field(&steps[3], "ciphertext");
            eg_path path = eg_path_field(&ciphertext, i % 2 == 0 ? "pad" : "data");
            return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path, "'%s' is not an element of the group",
                           path.name);
        }
    }
    return EG_SUCCESS;
}

static eg_result prepare_ballot(eg_share_request *r, eg_share_target *t, eg_arena *scratch,
                                eg_error *err)
{
    eg_call *call = r->intake.call;
    eg_path list;
    eg_path path = eg_share_target_path(r, t, &list);
    EG_TRY(eg_share_ballot_prepare(r, t, scratch, err));
    EG_TRY(eg_ballot_check_membership(&t->submitted->ballot, scratch, &path, err));
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result result = r->kind->init(r, t, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}

eg_result eg_share_unit_run(eg_share_request *r, size_t unit, eg_arena *scratch, eg_error *err)
{
    const range *work = &r->ranges[unit];
    eg_share_target *t = &r->targets[work->target];
    if (work->count > 0) {
        EG_TRY(check_range(r, t, work->first, work->count, err));
        return compute_range(r, t, work->first, work->count, scratch, err);
    }
    EG_TRY(prepare_ballot(r, t, scratch, err));
    return compute_range(r, t, 0, eg_target_selection_count(&t->target), scratch, err);
}

/* ---- the answer --------------------------------------------------------------------------------
 */

/* Map of ballot id to share: what `ballot_shares` holds, or the JSON text of it. */
static void write_ballot_shares(eg_writer *w, const void *request)
{
    const eg_share_request *r = request;
    eg_write_map(w, r->target_count - r->tally_count);
    for (size_t i = r->tally_count; i < r->target_count; i++) {
        eg_write_key_str(w, r->targets[i].submitted->id);
        eg_artifact_write(w, eg_form_inner(r->form), r->kind->write, r->targets[i].share);
    }
    eg_write_end(w);
}

eg_result eg_share_finish(eg_call *call, eg_error *err)
{
    const eg_share_request *r = call->state;
    (void)err;
    call->output_units = r->several ? r->tally_count : 0;
    return EG_SUCCESS;
}

void eg_share_head(eg_share_request *r, eg_buf *out, size_t lead_members,
                   void (*lead)(eg_writer *w, const eg_share_request *r))
{
    eg_writer *w = &r->writer;
    eg_writer_init(w, out, eg_form_style(r->form));
    eg_write_map(w, lead_members + (r->several ? 4u : 3u));
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
