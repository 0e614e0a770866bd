#include "api/tally/tally_request.h"

#include "api/tally/ballot_store.h"

#include "election/ballot_verify.h"
#include "wire/objects/ballot.h"
#include "wire/objects/tally.h"

enum { SUBMITTED, TALLIES };
enum { TALLIES_MAX = 10000 };

static eg_result take_element(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                              eg_arena *arena, eg_error *err);

static const char *const stream_names[] = {"submitted_ballots", "ciphertext_tallies", NULL};
static const eg_streams streams = {.names = stream_names, .element = take_element};

eg_result eg_tally_request_begin(eg_call *call, size_t state_bytes, eg_error *err)
{
    return eg_intake_begin(call, state_bytes, &streams, err);
}

bool eg_tally_request_shows_texts(const eg_call *call)
{
    const eg_intake *in = eg_intake_of(call);
    const eg_node *tally = eg_intake_find(in, "ciphertext_tally");
    if (tally == NULL) {
        return in->seen[TALLIES].began_as_text;
    }
    if (tally->kind == EG_MAP) {
        const eg_node *inner = eg_map_find(tally, "_encryption");
        return inner != NULL && inner->kind == EG_STRING;
    }
    return eg_node_holds_json(tally);
}

void eg_tally_request_end(eg_call *call)
{
    if (call->state != NULL) {
        eg_election_fields_release(&eg_tally_request_of(call)->election);
    }
    eg_intake_end(call);
}

eg_result eg_tally_request_election(eg_tally_request *r, uint32_t default_count, eg_error *err)
{
    const eg_election_wants wants = {.default_count = default_count};
    eg_call *call = r->intake.call;
    EG_TRY(
        eg_election_fields_read(&r->election, &r->intake.fields, &wants, call, call->arena, err));
    r->form = eg_intake_form(&r->intake);
    return EG_SUCCESS;
}

/* ---- items ---- */

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

/* Only results by contest need it, which say what is missing. */
static eg_str style_of(const eg_node *map)
{
    const eg_node *style = eg_map_find(map, "style_id");
    bool usable =
        style != NULL && style->kind == EG_STRING && style->as.str.len <= EG_NAME_BYTES_MAX;
    return usable ? style->as.str : EG_STR("");
}

/* With copies of both texts behind the struct. */
static eg_result new_submitted(eg_submitted **out, eg_str id, eg_str style_id, const eg_call *call,
                               eg_error *err)
{
    EG_TRY(eg_call_new(call, 1, sizeof **out + id.len + style_id.len, out, err));
    char *copy = (char *)(*out + 1);
    memcpy(copy, id.data, id.len);
    (*out)->id = (eg_str){copy, id.len};
    memcpy(copy + id.len, style_id.data, style_id.len);
    (*out)->style_id = (eg_str){copy + id.len, style_id.len};
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
    EG_TRY(new_submitted(out, id, style_of(&map), call, err));
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

eg_result eg_tally_request_item(eg_call *call, void *item_, eg_arena *scratch, eg_error *err)
{
    eg_item *item = item_;
    if (item->stream == TALLIES) {
        return read_tally_item(item, err);
    }
    eg_submitted *submitted;
    eg_result r = read_submitted(&submitted, item, call, scratch, err);
    eg_item_done(eg_intake_of(call), item);
    EG_TRY(r);
    item->result = submitted;
    return EG_SUCCESS;
}

/* ---- targets ---- */

eg_path eg_tally_target_path(const eg_tally_request *r, const eg_tally_target *t, eg_path *list)
{
    if (t->tally != NULL && !r->several) {
        return eg_path_field(NULL, "ciphertext_tally");
    }
    *list = eg_path_field(NULL, stream_names[t->tally != NULL ? TALLIES : SUBMITTED]);
    return eg_path_index(list, t->index);
}

/* The first tally says which manifest hash the election has. */
static eg_result follow(eg_tally_request *r, const eg_tally_read_result *first, eg_error *err)
{
    return eg_election_follow(&r->election, &first->context.manifest_hash,
                              r->several ? "ciphertext_tallies[0]" : "ciphertext_tally",
                              r->intake.call, err);
}

/* The tally's shape against the election, and its target. */
static eg_result prepare_tally(eg_tally_request *r, eg_tally_target *t, eg_tally_read_result *tally,
                               eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    eg_path list;
    t->tally = &tally->tally;
    eg_path path = eg_tally_target_path(r, t, &list);
    EG_TRY(eg_tally_context_check(tally, &r->election.context, &path, err));
    EG_TRY(eg_tally_check_shape(t->tally, &r->election.election, arena, &path, err));
    return eg_target_from_tally(&t->target, t->tally, arena, err);
}

static eg_result read_one_tally(eg_tally_request *r, eg_tally_read_result **out, eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    eg_path path = eg_path_field(NULL, "ciphertext_tally");
    eg_node map;
    EG_TRY(eg_intake_open(&r->intake, "ciphertext_tally", &map, NULL, err));
    EG_TRY(eg_arena_new(arena, 1, sizeof **out, out, err));
    return eg_tally_object_read(*out, &map, &path, arena, err);
}

static eg_result read_tallies(eg_tally_request *r, void ***tallies, eg_error *err)
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

static eg_result refuse_repeated(eg_tally_request *r, eg_error *err)
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

static eg_result gather_submitted(eg_tally_request *r, eg_error *err)
{
    void **results;
    if (!r->intake.seen[SUBMITTED].present) {
        return r->several ? EG_SUCCESS
                          : eg_stream_missing(&r->intake, stream_names[SUBMITTED], err);
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

static size_t count_spoiled(const eg_tally_request *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->submitted_count; i++) {
        n += r->submitted[i]->state == EG_BALLOT_SPOILED ? 1 : 0;
    }
    return n;
}

/* ---- ballots counted twice ----
 * A ballot that was counted must not be opened alone as well.
 * Source: docs/decisions/0016-counted-ballots-stay-closed.md. */

typedef struct spoiled_ids {
    eg_str_index index;
    size_t *listed_at; /* in submitted_ballots, by position in the index */
} spoiled_ids;

static eg_result index_spoiled(spoiled_ids *out, const eg_tally_request *r, eg_error *err)
{
    eg_arena *arena = r->intake.call->arena;
    size_t count = r->target_count - r->tally_count;
    eg_str *ids;
    EG_TRY(eg_arena_new(arena, count, sizeof *ids, &ids, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *out->listed_at, &out->listed_at, err));
    for (size_t i = 0; i < count; i++) {
        const eg_tally_target *t = &r->targets[r->tally_count + i];
        ids[i] = t->submitted->id;
        out->listed_at[i] = t->index;
    }
    return eg_str_index_init(&out->index, ids, sizeof *ids, count, arena, err);
}

/* cast: index of the tally's cast ids. */
static eg_result refuse_both(const eg_tally *tally, const eg_str_index *cast, const eg_path *path,
                             eg_error *err)
{
    eg_path ids = eg_path_field(path, "spoiled_ballot_ids");
    for (size_t i = 0; i < tally->spoiled_count; i++) {
        size_t position;
        if (eg_str_index_find(cast, tally->spoiled_ids[i], &position)) {
            eg_path at = eg_path_index(&ids, i);
            return EG_FAIL(err, EG_E_DUPLICATE, &at, "the tally counts this ballot as cast too");
        }
    }
    return EG_SUCCESS;
}

static eg_result refuse_counted_twice(const eg_tally_request *r, eg_tally_target *t, eg_error *err)
{
    eg_path list;
    eg_path path = eg_tally_target_path(r, t, &list);
    eg_path ids = eg_path_field(&path, "cast_ballot_ids");
    size_t position;
    EG_TRY(eg_str_index_init(&t->cast, t->tally->cast_ids, sizeof *t->tally->cast_ids,
                             t->tally->cast_count, r->intake.call->arena, err));
    if (eg_str_index_repeated(&t->cast, &position)) {
        eg_path at = eg_path_index(&ids, position);
        return EG_FAIL(err, EG_E_DUPLICATE, &at, "the tally counts one ballot twice");
    }
    return refuse_both(t->tally, &t->cast, &path, err);
}

static eg_result refuse_spoiled(const spoiled_ids *spoiled, const eg_tally *tally, eg_error *err)
{
    for (size_t i = 0; i < tally->cast_count; i++) {
        size_t position;
        if (eg_str_index_find(&spoiled->index, tally->cast_ids[i], &position)) {
            eg_path list = eg_path_field(NULL, "submitted_ballots");
            eg_path at = eg_path_index(&list, spoiled->listed_at[position]);
            eg_path path = eg_path_field(&at, "object_id");
            return EG_FAIL(err, EG_E_DUPLICATE, &path,
                           "a spoiled ballot is counted by the tally: it must not be opened alone");
        }
    }
    return EG_SUCCESS;
}

static eg_result check_ids(const eg_tally_request *r, eg_error *err)
{
    spoiled_ids spoiled;
    EG_TRY(index_spoiled(&spoiled, r, err));
    for (size_t i = 0; i < r->tally_count; i++) {
        EG_TRY(refuse_counted_twice(r, &r->targets[i], err));
        EG_TRY(refuse_spoiled(&spoiled, r->targets[i].tally, err));
    }
    return EG_SUCCESS;
}

/* ---- all of them ---- */

eg_result eg_tally_request_targets(eg_tally_request *r, eg_error *err)
{
    void **tallies;
    EG_TRY(read_tallies(r, &tallies, err));
    EG_TRY(gather_submitted(r, err));
    EG_TRY(eg_arena_new(r->intake.call->arena, r->tally_count + count_spoiled(r),
                        sizeof *r->targets, &r->targets, err));
    for (size_t i = 0; i < r->tally_count; i++) {
        eg_tally_target *t = &r->targets[r->target_count++];
        EG_BUG_IF(err, tallies[i] == NULL);
        if (i == 0) {
            EG_TRY(follow(r, tallies[0], err));
        }
        t->index = i;
        EG_TRY(prepare_tally(r, t, tallies[i], err));
    }
    for (size_t i = 0; i < r->submitted_count; i++) {
        if (r->submitted[i]->state == EG_BALLOT_SPOILED) {
            r->targets[r->target_count++] =
                (eg_tally_target){.submitted = r->submitted[i], .index = i};
        }
    }
    return check_ids(r, err);
}

eg_result eg_tally_target_ballot(eg_tally_request *r, eg_tally_target *t, eg_arena *scratch,
                                 eg_error *err)
{
    eg_path list;
    eg_path path = eg_tally_target_path(r, t, &list);
    const eg_ballot *ballot = &t->submitted->ballot;
    EG_TRY(eg_election_same_manifest(&r->election, &ballot->manifest_hash, &path, err));
    EG_TRY(eg_ballot_check_structure(ballot, &r->election.election, scratch, &path, err));
    eg_call *call = r->intake.call;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result result = eg_target_from_ballot(&t->target, ballot, call->arena, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return result;
}
