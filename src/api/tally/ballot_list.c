#include "api/tally/ballot_list.h"

#include "api/tally/ballot_store.h"

#include "wire/objects/ballot.h"

static eg_result take_element(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err);

const char eg_ballot_list_name[] = "encrypted_ballots";
static const char *const stream_names[] = {eg_ballot_list_name, NULL};
static const eg_streams streams = {.names = stream_names, .element = take_element};
static const eg_election_wants wants = {.key_table = true};

static eg_ballot_list *list_of(const eg_call *call)
{
    return (eg_ballot_list *)call->state;
}

eg_result eg_ballot_list_begin(eg_call *call, size_t state_bytes, const eg_ballot_list_way *way,
                               eg_error *err)
{
    EG_TRY(eg_intake_begin(call, state_bytes, &streams, err));
    eg_ballot_list *l = list_of(call);
    l->way = way;
    l->queue =
        (eg_verify_queue){.call = call, .election = &l->election.election, .each = way->each};
    return eg_pad_key_new(&l->pad_key, call->rng, err);
}

void eg_ballot_list_end(eg_call *call)
{
    if (call->state != NULL) {
        eg_election_fields_release(&list_of(call)->election);
    }
    eg_intake_end(call);
}

/* ---- ballots as they arrive ---- */

static eg_result follow(eg_ballot_list *l, const eg_modq *manifest_hash, eg_error *err)
{
    return l->way->follows ? eg_election_follow(&l->election, manifest_hash, "encrypted_ballots[0]",
                                                l->intake.call, err)
                           : EG_SUCCESS;
}

/* A look at the first ballot's manifest hash before any ballot is checked. What cannot be read is
 * the item stage's to report. */
static eg_result follow_first(eg_ballot_list *l, const eg_node *value, eg_error *err)
{
    eg_arena arena;
    eg_node map;
    eg_modq hash;
    eg_result r = EG_SUCCESS;
    eg_arena_init(&arena, l->intake.call->budget);
    if (!eg_failed(eg_artifact_open(&map, NULL, value, NULL, &arena, NULL)) &&
        !eg_failed(eg_read_q(&map, NULL, "manifest_hash", &hash, NULL))) {
        r = follow(l, &hash, err);
    }
    eg_arena_free(&arena);
    return r;
}

static eg_result begin_early(eg_ballot_list *l, const eg_node *first, eg_error *err)
{
    eg_intake *in = &l->intake;
    l->verify_on_arrival = true;
    if (l->way->on_arrival != NULL) {
        EG_TRY(l->way->on_arrival(in, &l->verify_on_arrival, err));
    }
    EG_TRY(
        eg_election_fields_read(&l->election, &in->fields, &wants, in->call, &in->body_arena, err));
    return follow_first(l, first, err);
}

static eg_result take_element(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err)
{
    if (index >= EG_BALLOTS_MAX) {
        eg_path path = eg_path_field(NULL, eg_ballot_list_name);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "at most %d ballots in one request",
                       EG_BALLOTS_MAX);
    }
    if (index == 0 && eg_election_fields_present(&in->fields)) {
        EG_TRY(begin_early((eg_ballot_list *)in, value, err));
    }
    return eg_item_new(in, stream, index, value, arena, err);
}

/* ---- one of them ---- */

static eg_result check(eg_call *call, eg_listed_ballot *b, eg_arena *scratch, eg_error *err)
{
    eg_ballot_list *l = list_of(call);
    eg_path list = eg_path_field(NULL, eg_ballot_list_name);
    eg_path path = eg_path_index(&list, b->index);
    EG_TRY(eg_election_same_manifest(&l->election, &b->ballot.manifest_hash, &path, err));
    EG_TRY(eg_ballot_check_structure(&b->ballot, &l->election.election, scratch, &path, err));
    if (l->way->take != NULL) {
        EG_TRY(l->way->take(call, &b->ballot, err));
    }
    b->counted = true;
    return EG_SUCCESS;
}

/* So that an answer about it can name it, though nothing else of it may be right. */
static eg_result read_id(eg_ballot_list *l, const eg_node *map, eg_listed_ballot *b, eg_error *err)
{
    eg_str id;
    char *copy;
    if (map->kind != EG_MAP ||
        eg_failed(eg_read_str(map, NULL, "object_id", 1, EG_NAME_BYTES_MAX, &id, NULL))) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_call_new(l->intake.call, 1, id.len, &copy, err));
    memcpy(copy, id.data, id.len);
    b->ballot.object_id = (eg_str){copy, id.len};
    return EG_SUCCESS;
}

static eg_result decode(eg_ballot_list *l, const eg_item *item, eg_listed_ballot *b,
                        eg_arena *scratch, eg_error *err)
{
    eg_path list = eg_path_field(NULL, eg_ballot_list_name);
    eg_path path = eg_path_index(&list, item->index);
    eg_node map;
    eg_ballot ballot;
    EG_TRY(eg_artifact_open(&map, NULL, &item->value, &path, scratch, err));
    if (l->way->each) {
        EG_TRY(read_id(l, &map, b, err));
    }
    EG_TRY(eg_ballot_read(&ballot, &map, &path, scratch, err));
    if (l->way->look != NULL) {
        EG_TRY(l->way->look(&ballot, &path, err));
    }
    EG_TRY(eg_call_new(l->intake.call, eg_ballot_pad_count(&ballot), sizeof *b->marks, &b->marks,
                       err));
    eg_ballot_pad_marks(b->marks, &l->pad_key, &ballot);
    return eg_ballot_store(&b->ballot, &ballot, l->way->keeps_state ? ballot.state : EG_BALLOT_CAST,
                           l->intake.call, err);
}

static eg_result decode_and_check(eg_ballot_list *l, eg_item *it, eg_listed_ballot *b,
                                  eg_arena *scratch, eg_error *err)
{
    eg_result r = decode(l, it, b, scratch, err);
    eg_item_done(&l->intake, it);
    EG_TRY(r);
    if (!l->election.ready) {
        return EG_SUCCESS;
    }
    eg_arena_reset(scratch);
    return check(l->intake.call, b, scratch, err);
}

/* The fault of one is kept where it is no other's. */
static eg_result settle(const eg_ballot_list *l, eg_listed_ballot *b, eg_result r,
                        const eg_error *fault, eg_error *err)
{
    eg_error *kept;
    if (!eg_failed(r)) {
        return EG_SUCCESS;
    }
    if (!l->way->each || !eg_is_input_fault(r)) {
        *err = *fault;
        return r;
    }
    EG_TRY(eg_call_new(l->intake.call, 1, sizeof *kept, &kept, err));
    *kept = *fault;
    b->fault = kept;
    return EG_SUCCESS;
}

eg_result eg_ballot_list_item(eg_call *call, void *item_, eg_arena *scratch, eg_error *err)
{
    eg_ballot_list *l = list_of(call);
    eg_item *it = item_;
    eg_listed_ballot *b;
    eg_error fault = {.code = EG_OK};
    EG_TRY(eg_call_new(call, 1, sizeof *b, &b, err));
    b->index = it->index;
    eg_result r = decode_and_check(l, it, b, scratch, &fault);
    EG_TRY(settle(l, b, r, &fault, err));
    it->result = b;
    return b->counted && l->verify_on_arrival ? eg_verify_queue_add(&l->queue, b, scratch, err)
                                              : EG_SUCCESS;
}

/* ---- all of them ---- */

static eg_result gather(eg_ballot_list *l, eg_error *err)
{
    eg_path path = eg_path_field(NULL, eg_ballot_list_name);
    void **results;
    if (!l->intake.seen[0].present) {
        return eg_stream_missing(&l->intake, eg_ballot_list_name, err);
    }
    EG_TRY(eg_item_results(&l->intake, 0, &results, &l->count, err));
    if (l->count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "%s", l->way->none);
    }
    EG_TRY(eg_arena_new(l->intake.call->arena, l->count, sizeof *l->ballots, &l->ballots, err));
    for (size_t i = 0; i < l->count; i++) {
        l->ballots[i] = results[i];
        EG_BUG_IF(err, l->ballots[i] == NULL);
    }
    return EG_SUCCESS;
}

eg_result eg_ballot_list_plan(eg_ballot_list *l, eg_error *err)
{
    eg_call *call = l->intake.call;
    bool early = l->election.ready;
    if (early) {
        EG_TRY(eg_election_fields_settled(&l->intake.fields, err));
    } else {
        EG_TRY(eg_election_fields_read(&l->election, &l->intake.fields, &wants, call, call->arena,
                                       err));
    }
    l->form = eg_intake_form(&l->intake);
    EG_TRY(gather(l, err));
    return early ? EG_SUCCESS : follow(l, &l->ballots[0]->ballot.manifest_hash, err);
}

eg_result eg_ballot_list_rounds(eg_ballot_list *l, bool proofs, size_t *units, eg_error *err)
{
    eg_call *call = l->intake.call;
    eg_listed_ballot **pending;
    size_t count = 0;
    EG_TRY(eg_arena_new(call->arena, l->count, sizeof *pending, &pending, err));
    for (size_t i = 0; i < l->count; i++) {
        eg_listed_ballot *b = l->ballots[i];
        if (b->fault == NULL && (!b->counted || (proofs && !b->verified))) {
            pending[count++] = b;
        }
    }
    l->rounds = (eg_verify_rounds){.call = call,
                                   .election = &l->election.election,
                                   .list_name = eg_ballot_list_name,
                                   .proofs = proofs,
                                   .each = l->way->each,
                                   .ballots = pending,
                                   .count = count,
                                   .check = check};
    return eg_verify_rounds_begin(&l->rounds, units, err);
}

/* ---- copies ----
 * Proofs do not name the ballot they are in: a ballot that was copied passes them all. */

eg_result eg_ballot_list_pads(eg_pad_set *out, const eg_ballot_list *l, eg_error *err)
{
    size_t pads = 0;
    for (size_t i = 0; i < l->count; i++) {
        pads += eg_ballot_pad_count(&l->ballots[i]->ballot);
    }
    return eg_pad_set_init(out, pads, l->intake.call->arena, err);
}

static eg_result copied(const eg_listed_ballot *b, size_t pad, size_t owner, eg_error *err)
{
    eg_path list = eg_path_field(NULL, eg_ballot_list_name);
    eg_path at = eg_path_index(&list, b->index);
    eg_path steps[EG_PAD_PATH_STEPS];
    const eg_path *path = eg_ballot_pad_path(steps, &b->ballot, pad, &at);
    if (owner == b->index) {
        return EG_FAIL(err, EG_E_DUPLICATE, path,
                       "the ballot holds this pad twice: a ciphertext was copied within it");
    }
    return EG_FAIL(err, EG_E_DUPLICATE, path,
                   "'encrypted_ballots[%zu]' holds this pad too: one of the two is a copy", owner);
}

eg_result eg_ballot_list_add_pads(eg_pad_set *set, const eg_listed_ballot *b, eg_error *err)
{
    size_t count = eg_ballot_pad_count(&b->ballot);
    for (size_t k = 0; k < count; k++) {
        size_t owner = b->index;
        if (!eg_pad_set_add(set, &b->marks[k], &owner)) {
            return copied(b, k, owner, err);
        }
    }
    return EG_SUCCESS;
}
