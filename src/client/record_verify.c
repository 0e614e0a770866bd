#include "client/record_verify.h"

#include "client/progress.h"
#include "client/record_names.h"
#include "electionguard/electionguard.h"
#include "wire/fields.h"
#include "wire/objects/ballot.h"
#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"
#include "wire/objects/tally.h"

#include <stdlib.h>

typedef struct state {
    eg_verified *out;
    const eg_record *record;
    eg_progress progress;
    eg_arena *keep;   /* what lasts as long as the verification */
    eg_arena scratch; /* of one chunk or share */
    size_t chunk_ballots;
    eg_guardian_public *guardians;
    eg_manifest manifest;
    eg_context context;
    eg_fixed_base *key; /* owned */
    eg_election election;
    eg_tally_sum sum;
    eg_str *ids; /* of all ballots, in order */
    eg_pad_key pad_key;
    eg_pad_set pads; /* of the ballots read so far */
    eg_tally_read_result tally;
    eg_target target;
    eg_decryption_share *shares; /* one for each guardian */
} state;

static eg_result load(const state *s, const char *name, eg_node *out, eg_arena *arena,
                      eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    eg_str text;
    EG_TRY(eg_record_need(s->record, name, EG_RECORD_FILE_BYTES_MAX, &text, arena, err));
    EG_TRY(eg_tree_parse(out, EG_JSON, text, 0, arena, &path, err));
    return eg_need_map(out, &path, err);
}

/* ---- the election and its guardians ---- */

static eg_result read_names(const eg_node *map, const eg_path *at, const char *name,
                            const eg_str **out, size_t *count, eg_arena *arena, eg_error *err)
{
    const eg_node *list = NULL;
    eg_str *names = NULL;
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(&list, map, at, name, err));
    EG_TRY(eg_need_array(list, &path, EG_CANDIDATES_MAX, err));
    *count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, *count, sizeof *names, &names, err));
    for (size_t i = 0; i < *count; i++) {
        eg_path each = eg_path_index(&path, i);
        EG_TRY(eg_node_str(&names[i], &list->as.array.items[i], &each, 0, EG_NAME_BYTES_MAX, err));
    }
    *out = names;
    return EG_SUCCESS;
}

static eg_result read_spec(state *s, eg_error *err)
{
    eg_election_spec *spec = &s->out->spec;
    eg_path at = eg_path_field(NULL, EG_RECORD_ELECTION);
    uint32_t format, chunk, ballots;
    size_t parties;
    eg_node map;
    EG_TRY(load(s, EG_RECORD_ELECTION, &map, s->keep, err));
    EG_TRY(eg_read_count(&map, &at, "format", 1, 1, &format, err));
    EG_TRY(read_names(&map, &at, "party_names", &spec->parties, &parties, s->keep, err));
    EG_TRY(read_names(&map, &at, "candidate_names", &spec->candidates, &spec->candidate_count,
                      s->keep, err));
    EG_TRY(eg_read_count(&map, &at, "number_of_guardians", 1, EG_GUARDIANS_MAX, &spec->guardians,
                         err));
    EG_TRY(eg_read_count(&map, &at, "quorum", 1, spec->guardians, &spec->quorum, err));
    EG_TRY(eg_read_count(&map, &at, "missing_guardians", 0, spec->guardians - spec->quorum,
                         &spec->missing, err));
    EG_TRY(eg_read_count(&map, &at, "max_choices", 1, EG_CANDIDATES_MAX, &spec->max_choices, err));
    EG_TRY(eg_read_count(&map, &at, "chunk_ballots", 1, EG_BALLOTS_MAX, &chunk, err));
    EG_TRY(eg_read_count(&map, &at, "ballots", 1, EG_BALLOTS_MAX, &ballots, err));
    s->chunk_ballots = chunk;
    s->out->ballot_count = ballots;
    return eg_manifest_build_from_names(&s->manifest, s->keep, spec->parties, parties,
                                        spec->candidates, spec->candidate_count, spec->max_choices,
                                        err);
}

/* Guardian number i, from 0: its id and its place in the order are i + 1. */
static eg_result read_guardian(state *s, size_t i, const eg_node *node, const eg_path *at,
                               eg_error *err)
{
    eg_guardian_public *g = &s->guardians[i];
    EG_TRY(eg_need_map(node, at, err));
    EG_TRY(eg_guardian_public_read(g, node, at, s->keep, err));
    if (g->sequence_order != i + 1) {
        eg_path path = eg_path_field(at, "sequence_order");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "guardians must stand in their order");
    }
    for (size_t j = 0; j < i; j++) {
        if (eg_str_equal(s->guardians[j].owner_id, g->owner_id)) {
            return EG_FAIL(err, EG_E_DUPLICATE, at, "an earlier guardian has the same id");
        }
    }
    return eg_guardian_public_check(g, s->out->spec.quorum, at, err);
}

static eg_result read_guardians(state *s, const eg_node *map, const eg_path *at, eg_error *err)
{
    const uint32_t count = s->out->spec.guardians;
    const eg_node *list = NULL;
    eg_path path = eg_path_field(at, "guardians");
    EG_TRY(eg_field(&list, map, at, "guardians", err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "there must be one for each guardian");
    }
    EG_TRY(eg_arena_new(s->keep, count, sizeof *s->guardians, &s->guardians, err));
    for (size_t i = 0; i < count; i++) {
        eg_path each = eg_path_index(&path, i);
        EG_TRY(read_guardian(s, i, &list->as.array.items[i], &each, err));
        eg_progress_add(&s->progress, 1);
    }
    return EG_SUCCESS;
}

/* The key and the hash that the records make up are those stated. */
static eg_result check_joint_key(state *s, const eg_node *map, const eg_path *at, eg_error *err)
{
    const eg_election_spec *spec = &s->out->spec;
    const eg_node *node = NULL;
    eg_path key_path = eg_path_field(at, "joint_public_key");
    eg_path hash_path = eg_path_field(at, "commitment_hash");
    eg_modp key, stated_key;
    eg_modq hash, stated_hash;
    EG_TRY(eg_field(&node, map, at, "joint_public_key", err));
    EG_TRY(eg_node_p_decimal(&stated_key, node, &key_path, err));
    EG_TRY(eg_field(&node, map, at, "commitment_hash", err));
    EG_TRY(eg_node_q_decimal(&stated_hash, node, &hash_path, err));
    eg_joint_key(&key, &hash, s->guardians, spec->guardians);
    if (!eg_modp_equal(&key, &stated_key)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &key_path,
                       "the guardians' keys do not make it up");
    }
    if (!eg_modq_equal(&hash, &stated_hash)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &hash_path,
                       "it is not the hash of the guardians' commitments");
    }
    EG_TRY(eg_context_init(&s->context, spec->guardians, spec->quorum, &key, &hash,
                           &s->manifest.hash, err));
    s->key = eg_fixed_base_new(&key);
    if (s->key == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    s->election = (eg_election){&s->manifest, &s->context, s->key};
    return EG_SUCCESS;
}

static eg_result verify_guardians(state *s, eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_RECORD_GUARDIANS);
    eg_node map;
    eg_progress_step(&s->progress, "guardians", s->out->spec.guardians);
    EG_TRY(load(s, EG_RECORD_GUARDIANS, &map, s->keep, err));
    EG_TRY(read_guardians(s, &map, &at, err));
    return check_joint_key(s, &map, &at, err);
}

/* ---- ballots ---- */

/* A published nonce opens the ballot. */
static eg_result refuse_nonces(const eg_ballot *ballot, const eg_path *at, eg_error *err)
{
    bool is_open = ballot->nonce.present;
    for (size_t i = 0; i < ballot->contest_count; i++) {
        const eg_ballot_contest *contest = &ballot->contests[i];
        is_open = is_open || contest->nonce.present;
        for (size_t j = 0; j < contest->selection_count; j++) {
            is_open = is_open || contest->selections[j].nonce.present;
        }
    }
    return is_open ? EG_FAIL(err, EG_E_PROOF_INVALID, at, "a cast ballot must not show its nonces")
                   : EG_SUCCESS;
}

/* Where ballot number i, from 0, is: its file. */
static eg_record_name file_of(const state *s, size_t i)
{
    return eg_record_ballots(i / s->chunk_ballots + 1);
}

/* No proof names the ballot it is in: one that was copied passes them all. */
static eg_result refuse_copied(state *s, const eg_ballot *ballot, size_t number, const eg_path *at,
                               eg_error *err)
{
    eg_path steps[EG_PAD_PATH_STEPS];
    size_t count = eg_ballot_pad_count(ballot);
    eg_pad_mark *marks = NULL;
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *marks, &marks, err));
    eg_ballot_pad_marks(marks, &s->pad_key, ballot);
    for (size_t k = 0; k < count; k++) {
        size_t owner = number;
        if (!eg_pad_set_add(&s->pads, &marks[k], &owner)) {
            const eg_record_name other = file_of(s, owner);
            return EG_FAIL(err, EG_E_DUPLICATE, eg_ballot_pad_path(steps, ballot, k, at),
                           "ballot %zu of '%s' holds this pad too: one of the two is a copy",
                           owner % s->chunk_ballots, other.text);
        }
    }
    return EG_SUCCESS;
}

static eg_result read_ballot(state *s, eg_str line, size_t number, eg_ballot *out,
                             const eg_path *at, eg_error *err)
{
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, line, 0, &s->scratch, at, err));
    EG_TRY(eg_need_map(&node, at, err));
    EG_TRY(eg_ballot_read(out, &node, at, &s->scratch, err));
    EG_TRY(eg_ballot_check_structure(out, &s->election, &s->scratch, at, err));
    EG_TRY(refuse_nonces(out, at, err));
    EG_TRY(refuse_copied(s, out, number, at, err));
    return eg_arena_copy_str(s->keep, out->object_id, &s->ids[number], err);
}

/* All proofs of a chunk in one batch; the exact way names what is false. */
static eg_result verify_proofs(state *s, const eg_ballot *const ballots[], size_t count,
                               const eg_path *file, eg_error *err)
{
    size_t valid;
    EG_TRY(eg_ballots_count_valid(&valid, ballots, count, &s->election, eg_rng_system(),
                                  &s->scratch, err));
    if (valid == count) {
        return EG_SUCCESS;
    }
    eg_path at = eg_path_index(file, valid);
    EG_TRY(eg_ballot_verify_proofs(ballots[valid], &s->election, &s->scratch, &at, err));
    return EG_FAIL(err, EG_E_PROOF_INVALID, &at, "the ballot's proofs do not hold");
}

static eg_result verify_chunk(state *s, size_t chunk, size_t first, size_t count, eg_error *err)
{
    const eg_record_name name = eg_record_ballots(chunk);
    eg_path file = eg_path_field(NULL, name.text);
    eg_ballot *ballots = NULL;
    const eg_ballot **list = NULL;
    eg_str *lines = NULL;
    eg_str text;
    EG_TRY(eg_record_need(s->record, name.text, EG_RECORD_FILE_BYTES_MAX, &text, &s->scratch, err));
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *lines, &lines, err));
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *ballots, &ballots, err));
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof(eg_ballot *), &list, err));
    EG_TRY(eg_record_split(name.text, text, lines, count, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&file, i);
        EG_TRY(read_ballot(s, lines[i], first + i, &ballots[i], &at, err));
        list[i] = &ballots[i];
    }
    EG_TRY(verify_proofs(s, list, count, &file, err));
    for (size_t i = 0; i < count; i++) {
        eg_tally_sum_add(&s->sum, &ballots[i], &s->manifest);
    }
    return EG_SUCCESS;
}

static int compare_strs(const void *a, const void *b)
{
    return eg_str_compare(*(const eg_str *)a, *(const eg_str *)b);
}

static eg_result refuse_repeated_ids(state *s, eg_error *err)
{
    const size_t count = s->out->ballot_count;
    eg_path path = eg_path_field(NULL, "ballots");
    eg_str *sorted = NULL;
    EG_TRY(eg_arena_new(&s->scratch, count, sizeof *sorted, &sorted, err));
    memcpy(sorted, s->ids, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_strs);
    for (size_t i = 1; i < count; i++) {
        if (eg_str_equal(sorted[i], sorted[i - 1])) {
            return EG_FAIL(err, EG_E_DUPLICATE, &path, "two ballots have the same id");
        }
    }
    return EG_SUCCESS;
}

/* Of a ballot whose structure was checked. */
static size_t pads_per_ballot(const eg_manifest *manifest)
{
    size_t count = 0;
    for (size_t i = 0; i < manifest->contest_count; i++) {
        count += manifest->contests[i].selection_count + manifest->contests[i].placeholder_count;
    }
    return count;
}

static eg_result verify_ballots(state *s, eg_error *err)
{
    const size_t total = s->out->ballot_count;
    size_t chunk = 1;
    EG_TRY(eg_pad_key_new(&s->pad_key, eg_rng_system(), err));
    EG_TRY(eg_pad_set_init(&s->pads, total * pads_per_ballot(&s->manifest), s->keep, err));
    eg_progress_step(&s->progress, "ballots", total);
    EG_TRY(eg_tally_sum_init(&s->sum, &s->manifest, s->keep, err));
    EG_TRY(eg_arena_new(s->keep, total, sizeof *s->ids, &s->ids, err));
    for (size_t first = 0; first < total; first += s->chunk_ballots) {
        size_t left = total - first;
        size_t count = left < s->chunk_ballots ? left : s->chunk_ballots;
        EG_TRY(verify_chunk(s, chunk++, first, count, err));
        eg_arena_reset(&s->scratch);
        eg_progress_add(&s->progress, count);
    }
    return refuse_repeated_ids(s, err);
}

/* ---- the tally ---- */

static eg_result check_ids(const state *s, const eg_path *at, eg_error *err)
{
    const eg_tally *tally = &s->tally.tally;
    eg_path path = eg_path_field(at, "cast_ballot_ids");
    bool same = tally->cast_count == s->out->ballot_count && tally->spoiled_count == 0;
    for (size_t i = 0; same && i < tally->cast_count; i++) {
        same = eg_str_equal(tally->cast_ids[i], s->ids[i]);
    }
    return same ? EG_SUCCESS
                : EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                          "these are not the ballots of the record");
}

static eg_result check_product(const state *s, const eg_tally *product, const eg_path *at,
                               eg_error *err)
{
    for (size_t i = 0; i < product->contest_count; i++) {
        const eg_tally_contest *mine = &product->contests[i];
        const eg_tally_contest *stated = &s->tally.tally.contests[i];
        for (size_t j = 0; j < mine->selection_count; j++) {
            const eg_ciphertext *a = &mine->selections[j].ciphertext;
            const eg_ciphertext *b = &stated->selections[j].ciphertext;
            eg_str id = mine->selections[j].object_id;
            eg_path path = eg_path_key(at, id.data, id.len);
            if (!eg_modp_equal(&a->pad, &b->pad) || !eg_modp_equal(&a->data, &b->data)) {
                return EG_FAIL(err, EG_E_PROOF_INVALID, &path,
                               "it is not the product of the ballots' ciphertexts");
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result verify_tally(state *s, eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_RECORD_TALLY);
    eg_node map;
    eg_tally product;
    eg_progress_step(&s->progress, "tally", 1);
    EG_TRY(load(s, EG_RECORD_TALLY, &map, s->keep, err));
    EG_TRY(eg_tally_object_read(&s->tally, &map, &at, s->keep, err));
    EG_TRY(eg_tally_context_check(&s->tally, &s->context, &at, err));
    EG_TRY(eg_tally_check(&s->tally.tally, &s->election, s->keep, &at, err));
    EG_TRY(check_ids(s, &at, err));
    EG_TRY(eg_tally_from_sum(&product, &s->sum, &s->manifest, s->keep, err));
    EG_TRY(check_product(s, &product, &at, err));
    eg_progress_add(&s->progress, 1);
    return eg_target_from_tally(&s->target, &s->tally.tally, s->keep, err);
}

/* ---- shares ---- */

static eg_result verify_share(state *s, size_t i, eg_error *err)
{
    const eg_record_name name = eg_record_share(i);
    const eg_guardian_public *g = &s->guardians[i];
    eg_path at = eg_path_field(NULL, name.text);
    eg_node map;
    EG_TRY(load(s, name.text, &map, s->keep, err));
    EG_TRY(eg_decryption_share_read(&s->shares[i], EG_OWN_SHARE, &map, &at, s->keep, err));
    const eg_share_origin origin = {.guardian_id = g->owner_id, .public_key = &g->key};
    return eg_decryption_share_verify(&s->shares[i], &s->target, &origin,
                                      &s->context.extended_base_hash, &s->scratch, &at, err);
}

static eg_result verify_compensated(state *s, size_t missing, size_t available,
                                    eg_decryption_share *out, eg_error *err)
{
    const eg_record_name name = eg_record_compensated(missing, available);
    const eg_guardian_public *g = &s->guardians[available];
    const eg_guardian_public *m = &s->guardians[missing];
    eg_path at = eg_path_field(NULL, name.text);
    eg_modp recovery_key;
    eg_node map;
    EG_TRY(load(s, name.text, &map, s->keep, err));
    EG_TRY(eg_decryption_share_read(out, EG_COMPENSATED_SHARE, &map, &at, s->keep, err));
    eg_recovery_key_vartime(&recovery_key, m->commitments, m->commitment_count, g->sequence_order);
    const eg_share_origin origin = {g->owner_id, m->owner_id, &g->key, &recovery_key};
    return eg_decryption_share_verify(out, &s->target, &origin, &s->context.extended_base_hash,
                                      &s->scratch, &at, err);
}

/* Those who compensated for a missing guardian: positions of available guardians. */
typedef struct helpers {
    size_t at[EG_GUARDIANS_MAX];
    size_t count;
} helpers;

static eg_result lagrange(const state *s, const helpers *h, size_t i, eg_modq *out, eg_error *err)
{
    uint64_t others[EG_GUARDIANS_MAX];
    size_t count = 0;
    for (size_t j = 0; j < h->count; j++) {
        if (j != i) {
            others[count++] = s->guardians[h->at[j]].sequence_order;
        }
    }
    return eg_lagrange(out, s->guardians[h->at[i]].sequence_order, others, count, err);
}

/* Any quorum is enough: the record need not hold a share of every available guardian. */
static eg_result find_helpers(const state *s, size_t missing, helpers *out, eg_error *err)
{
    const eg_election_spec *spec = &s->out->spec;
    eg_record_name absent = {""};
    out->count = 0;
    for (size_t i = 0; i < eg_spec_available(spec); i++) {
        const eg_record_name name = eg_record_compensated(missing, i);
        if (eg_record_has(s->record, name.text)) {
            out->at[out->count++] = i;
        } else if (absent.text[0] == '\0') {
            absent = name;
        }
    }
    if (out->count < spec->quorum) {
        eg_path at = eg_path_field(NULL, absent.text);
        return EG_FAIL(err, EG_E_QUORUM, &at,
                       "Missing compensated shares for guardian %zu. Need %zu, have %zu",
                       missing + 1, (size_t)spec->quorum, out->count);
    }
    return EG_SUCCESS;
}

/* The share of a missing guardian, from what those contributed who compensated. */
static eg_result reconstruct(state *s, size_t missing, eg_error *err)
{
    const eg_guardian_public *m = &s->guardians[missing];
    eg_decryption_share *parts = NULL;
    const eg_decryption_share *list[EG_GUARDIANS_MAX];
    eg_modq coefficients[EG_GUARDIANS_MAX];
    helpers h;
    EG_TRY(find_helpers(s, missing, &h, err));
    EG_TRY(eg_arena_new(s->keep, h.count, sizeof *parts, &parts, err));
    for (size_t i = 0; i < h.count; i++) {
        EG_TRY(verify_compensated(s, missing, h.at[i], &parts[i], err));
        EG_TRY(lagrange(s, &h, i, &coefficients[i], err));
        list[i] = &parts[i];
        eg_progress_add(&s->progress, 1);
    }
    return eg_share_reconstruct(&s->shares[missing], &s->target, m->owner_id, &m->key, list,
                                coefficients, h.count, s->keep, err);
}

static eg_result verify_shares(state *s, eg_error *err)
{
    const eg_election_spec *spec = &s->out->spec;
    const size_t available = eg_spec_available(spec);
    eg_progress_step(&s->progress, "shares", available + available * spec->missing);
    EG_TRY(eg_arena_new(s->keep, spec->guardians, sizeof *s->shares, &s->shares, err));
    for (size_t i = 0; i < available; i++) {
        EG_TRY(verify_share(s, i, err));
        eg_progress_add(&s->progress, 1);
    }
    for (size_t i = available; i < spec->guardians; i++) {
        EG_TRY(reconstruct(s, i, err));
    }
    return EG_SUCCESS;
}

/* ---- the result ---- */

static eg_result compare_results(state *s, eg_error *err)
{
    const eg_election_spec *spec = &s->out->spec;
    eg_path at = eg_path_field(NULL, EG_RECORD_RESULTS);
    uint64_t *stated = NULL;
    eg_str text;
    EG_TRY(eg_record_need(s->record, EG_RECORD_RESULTS, EG_RECORD_FILE_BYTES_MAX, &text, s->keep,
                          err));
    EG_TRY(eg_arena_new(s->keep, spec->candidate_count, sizeof *stated, &stated, err));
    EG_TRY(eg_results_counts(stated, text, spec, s->keep, err));
    for (size_t i = 0; i < spec->candidate_count; i++) {
        eg_path path = eg_path_key(&at, spec->candidates[i].data, spec->candidates[i].len);
        if (stated[i] != s->out->counts[i]) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, &path, "the shares decrypt to another count");
        }
    }
    return EG_SUCCESS;
}

static eg_result verify_results(state *s, eg_error *err)
{
    const eg_election_spec *spec = &s->out->spec;
    const eg_decryption_share *list[EG_GUARDIANS_MAX];
    eg_path at = eg_path_field(NULL, "shares");
    eg_plain_result *results = NULL;
    size_t count;
    eg_progress_step(&s->progress, "result", 1);
    EG_TRY(eg_arena_new(s->keep, spec->candidate_count, sizeof *results, &results, err));
    EG_TRY(
        eg_arena_new(s->keep, spec->candidate_count, sizeof *s->out->counts, &s->out->counts, err));
    for (size_t i = 0; i < spec->guardians; i++) {
        list[i] = &s->shares[i];
    }
    EG_TRY(eg_shares_combine(results, &count, &s->target, list, spec->guardians,
                             s->out->ballot_count, &at, err));
    for (size_t i = 0; i < count; i++) {
        s->out->counts[i] = results[i].tally;
    }
    EG_TRY(compare_results(s, err));
    eg_progress_add(&s->progress, 1);
    return EG_SUCCESS;
}

static eg_result verify_all(state *s, eg_error *err)
{
    EG_TRY(read_spec(s, err));
    EG_TRY(verify_guardians(s, err));
    EG_TRY(verify_ballots(s, err));
    EG_TRY(verify_tally(s, err));
    EG_TRY(verify_shares(s, err));
    return verify_results(s, err);
}

eg_result eg_record_verify(eg_verified *out, const eg_record *record, bool is_quiet,
                           eg_arena *arena, eg_error *err)
{
    state *s = NULL;
    *out = (eg_verified){0};
    EG_TRY(eg_arena_new(arena, 1, sizeof *s, &s, err));
    *s = (state){.out = out, .record = record, .keep = arena};
    eg_arena_init(&s->scratch, NULL);
    eg_progress_init(&s->progress, is_quiet);
    eg_result result = verify_all(s, err);
    eg_progress_end(&s->progress);
    eg_fixed_base_free(s->key);
    eg_arena_free(&s->scratch);
    return result;
}
