/* Ballots: encryption, challenge, verification; tallies. */
#include "crypto/nonces.h"
#include "election/ballot_batch.h"
#include "election/ballot_encrypt.h"
#include "election/ballot_verify.h"
#include "vectors/manifest_json.h"
#include "wire/objects/ballot.h"
#include "wire/objects/ciphertext.h"
#include "wire/objects/tally.h"

#include <stdlib.h>
#include <string.h>

static bool encrypted(eg_ballot *out, vec *v, const eg_plain_ballot *plain,
                      const eg_election *election)
{
    GET_Q(nonce, "nonce");
    GET_Q(code_seed, "code_seed");
    size_t failed;
    eg_encrypt_input input = {plain, &code_seed, &nonce, int_of(get(v, "timestamp"))};
    return !eg_failed(eg_ballots_encrypt(out, &input, 1, election, v->arena, &failed, NULL));
}

static bool encrypt_service_ballot(vec *v)
{
    vec_election e;
    const json_t *votes = get(v, "votes");
    size_t n = json_is_string(votes) ? 1 : json_array_size(votes);
    eg_str *chosen = room(v, n, sizeof *chosen);
    for (size_t i = 0; i < n; i++) {
        chosen[i] = str_of(json_is_string(votes) ? votes : json_array_get(votes, i));
    }
    /* more than max_choices as sent, before it is clamped (14.4) */
    if (!service_election_of(&e, v) || (int64_t)n > int_of(get(v, "max_choices"))) {
        return false;
    }
    eg_plain_ballot plain;
    eg_ballot ballot;
    if (eg_failed(eg_plain_ballot_from_names(&plain, str_of(get(v, "ballot_id")), chosen, n,
                                             &e.manifest, v->arena, NULL)) ||
        !encrypted(&ballot, v, &plain, &e.election)) {
        return false;
    }
    expect_wire(v, "ballot", eg_ballot_write, &ballot);
    expect_q(v, "ballot_hash", &ballot.crypto_hash);
    expect_q(v, "code", &ballot.code);
    expect_q(v, "manifest_hash", &e.manifest.hash);
    expect_q(v, "crypto_base_hash", &e.context.base_hash);
    expect_q(v, "crypto_extended_base_hash", &e.context.extended_base_hash);
    eg_ballot_strip_nonces(&ballot, EG_BALLOT_CAST);
    expect_wire(v, "submitted_cast", eg_ballot_write, &ballot);
    ballot.state = EG_BALLOT_SPOILED;
    expect_wire(v, "submitted_spoiled", eg_ballot_write, &ballot);
    return !eg_failed(eg_ballot_check_structure(&ballot, &e.election, v->arena, NULL, NULL)) &&
           !eg_failed(eg_ballot_verify_proofs(&ballot, &e.election, v->arena, NULL, NULL));
}

static void plain_of(eg_plain_ballot *out, const vec *v, const json_t *json)
{
    const json_t *contests = json_object_get(json, "contests");
    eg_plain_contest *contest = room(v, json_array_size(contests), sizeof *contest);
    for (size_t i = 0; i < json_array_size(contests); i++) {
        const json_t *c = json_array_get(contests, i),
                     *list = json_object_get(c, "ballot_selections");
        eg_plain_selection *selection = room(v, json_array_size(list), sizeof *selection);
        for (size_t j = 0; j < json_array_size(list); j++) {
            const json_t *s = json_array_get(list, j), *write_in = json_object_get(s, "write_in");
            selection[j] =
                (eg_plain_selection){.object_id = str_of(json_object_get(s, "object_id")),
                                     .vote = int_of(json_object_get(s, "vote")),
                                     .write_in = {str_of(write_in), json_is_string(write_in)}};
        }
        contest[i] = (eg_plain_contest){str_of(json_object_get(c, "object_id")), selection,
                                        json_array_size(list)};
    }
    *out = (eg_plain_ballot){str_of(json_object_get(json, "object_id")),
                             str_of(json_object_get(json, "style_id")), contest,
                             json_array_size(contests)};
}

static bool encrypt_ballot(vec *v)
{
    GET_P(key, "joint_public_key");
    GET_Q(commitment_hash, "commitment_hash");
    vec_election e;
    eg_plain_ballot plain;
    eg_ballot ballot;
    manifest_of(&e.manifest, v, get(v, "manifest"));
    if (eg_failed(eg_manifest_complete(&e.manifest, v->arena, NULL)) ||
        eg_failed(eg_context_init(&e.context, (uint32_t)int_of(get(v, "number_of_guardians")),
                                  (uint32_t)int_of(get(v, "quorum")), &key, &commitment_hash,
                                  &e.manifest.hash, NULL))) {
        return false;
    }
    e.election = (eg_election){&e.manifest, &e.context, table_of(&key)};
    plain_of(&plain, v, get(v, "plaintext_ballot"));
    if (!encrypted(&ballot, v, &plain, &e.election)) {
        return false;
    }
    expect_wire(v, "ballot", eg_ballot_write, &ballot);
    skip_field(
        v,
        "reference_is_valid_encryption"); /* the library forgets to sort (15.2); ours does not: */
    return eg_ballot_is_valid_encryption(&ballot, &e.manifest.hash, e.election.key,
                                         &e.context.extended_base_hash, v->arena);
}

static bool encrypt_selection(vec *v)
{
    GET_Q(contest_nonce, "contest_nonce");
    GET_P(key, "public_key");
    GET_Q(base_hash, "base_hash");
    eg_ballot_selection s = {.object_id = str_of(get(v, "object_id")),
                             .sequence_order = (uint32_t)int_of(get(v, "sequence_order")),
                             .has_proof = true};
    bool vote = int_of(get(v, "vote")) == 1;
    eg_nonces sequence;
    eg_modq seed;
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, s.object_id);
    eg_hash_int(&h, s.sequence_order);
    eg_hash_str(&h, str_of(get(v, "candidate_id")));
    eg_hash_final(&s.description_hash, &h);
    eg_nonces_init_q(&sequence, &s.description_hash, &contest_nonce);
    eg_nonces_item(&s.nonce.value, &sequence, s.sequence_order);
    eg_nonces_item(&seed, &sequence, 0);
    s.nonce.present = true;
    eg_elgamal_encrypt(&s.ciphertext, vote, &s.nonce.value, table_of(&key));
    eg_disjunctive_make(&s.proof, &s.ciphertext, vote, &s.nonce.value, table_of(&key), &seed,
                        &base_hash);
    eg_selection_hash(&s.crypto_hash, &s);
    expect_wire(v, "selection", eg_ballot_selection_write, &s);
    return true;
}

static bool ciphertext_at(eg_ciphertext *out, const vec *v, const json_t *holder)
{
    eg_node node;
    return node_of(&node, v, json_object_get(holder, "ciphertext")) &&
           !eg_failed(eg_ciphertext_read(out, &node, NULL, NULL));
}

static bool challenge_ballot(vec *v)
{
    GET_P(key, "public_key");
    const json_t *list = get(v, "selections");
    json_t *votes = json_object();
    bool opened = true;
    for (size_t i = 0; i < json_array_size(list) && opened; i++) {
        const json_t *s = json_array_get(list, i);
        eg_ciphertext c, zero, one;
        eg_modq nonce;
        opened = ciphertext_at(&c, v, s) && q_of(&nonce, json_object_get(s, "nonce"));
        if (!opened) {
            break;
        }
        eg_elgamal_encrypt(&zero, false, &nonce, table_of(&key));
        eg_elgamal_encrypt(&one, true, &nonce, table_of(&key));
        bool is_one = eg_modp_equal(&c.data, &one.data);
        opened = eg_modp_equal(&c.pad, &zero.pad) && (is_one || eg_modp_equal(&c.data, &zero.data));
        if (!json_is_true(json_object_get(s, "is_placeholder_selection"))) {
            (void)json_object_set_new(votes, text(json_object_get(s, "object_id")),
                                      json_integer(is_one));
        }
    }
    expect_json(v, "votes", votes);
    return opened;
}

static bool ballot_at(eg_ballot *out, const vec *v)
{
    eg_node node;
    return node_of(&node, v, get(v, "ballot")) &&
           !eg_failed(eg_ballot_read(out, &node, NULL, v->arena, NULL));
}

/* Among copies of itself, so many that they are verified in a batch: all hold or the first fails,
 * as its proofs do in the exact way. */
static void expect_same_in_batch(vec *v, const eg_ballot *ballot, const eg_election *election)
{
    enum { COPIES = EG_BATCH_SELECTIONS_MIN };
    const eg_ballot *copies[COPIES];
    size_t valid;
    for (size_t i = 0; i < COPIES; i++) {
        copies[i] = ballot;
    }
    bool exact = !eg_failed(eg_ballot_verify_proofs(ballot, election, v->arena, NULL, NULL));
    if (eg_failed(eg_ballots_count_valid(&valid, copies, COPIES, election, eg_rng_system(),
                                         v->arena, NULL)) ||
        valid != (exact ? COPIES : 0)) {
        different(v, "valid, in a batch");
    }
}

static bool ballot_verify(vec *v)
{
    GET_Q(manifest_hash, "manifest_hash");
    GET_P(key, "public_key");
    GET_Q(base_hash, "base_hash");
    eg_ballot ballot;
    if (!ballot_at(&ballot, v)) {
        return false;
    }
    expect_bool(v, "valid",
                eg_ballot_is_valid_encryption(&ballot, &manifest_hash, table_of(&key), &base_hash,
                                              v->arena));
    const eg_context context = {.public_key = key, .extended_base_hash = base_hash};
    expect_same_in_batch(v, &ballot, &(eg_election){.context = &context, .key = table_of(&key)});
    return true;
}

static bool ballot_verify_for_election(vec *v)
{
    vec_election e;
    eg_ballot ballot;
    if (!service_election_of(&e, v) || !ballot_at(&ballot, v)) {
        return false;
    }
    expect_bool(
        v, "valid",
        !eg_failed(eg_ballot_check_structure(&ballot, &e.election, v->arena, NULL, NULL)) &&
            !eg_failed(eg_ballot_verify_proofs(&ballot, &e.election, v->arena, NULL, NULL)));
    expect_same_in_batch(v, &ballot, &e.election);
    return true;
}

/* ---- tallies ---- */

static bool add_reduced(eg_tally_sum *sum, const vec *v, const json_t *json,
                        const eg_manifest *manifest)
{
    const json_t *contests = json_object_get(json, "contests");
    eg_ballot ballot = {.contest_count = json_array_size(contests)};
    ballot.contests = room(v, ballot.contest_count, sizeof *ballot.contests);
    for (size_t i = 0; i < ballot.contest_count; i++) {
        const json_t *c = json_array_get(contests, i),
                     *list = json_object_get(c, "ballot_selections");
        eg_ballot_contest *contest = &ballot.contests[i];
        contest->object_id = str_of(json_object_get(c, "object_id"));
        contest->selection_count = json_array_size(list);
        contest->selections = room(v, contest->selection_count, sizeof *contest->selections);
        for (size_t j = 0; j < contest->selection_count; j++) {
            const json_t *s = json_array_get(list, j);
            contest->selections[j].is_placeholder =
                json_is_true(json_object_get(s, "is_placeholder_selection"));
            if (!ciphertext_at(&contest->selections[j].ciphertext, v, s)) {
                return false;
            }
        }
    }
    eg_tally_sum_add(sum, &ballot, manifest);
    return true;
}

static bool tallied(eg_tally *out, const vec *v, const vec_election *e)
{
    const json_t *ballots = get(v, "ballots");
    size_t n = json_array_size(ballots);
    eg_tally_sum sum;
    eg_str *cast = room(v, n, sizeof *cast), *spoiled = room(v, n, sizeof *spoiled);
    *out = (eg_tally){.object_id = EG_STR(""), .cast_ids = cast, .spoiled_ids = spoiled};
    if (eg_failed(eg_tally_sum_init(&sum, &e->manifest, v->arena, NULL))) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *b = json_array_get(ballots, i);
        eg_str id = str_of(json_object_get(b, "object_id"));
        for (size_t j = 0; j < i; j++) {
            /* the endpoint refuses repeated ids before it adds; tests/http shows it */
            if (eg_str_equal(id,
                             str_of(json_object_get(json_array_get(ballots, j), "object_id")))) {
                return false;
            }
        }
        int64_t state = int_of(json_object_get(b, "state"));
        if (state == EG_BALLOT_CAST) {
            cast[out->cast_count++] = id;
            if (!add_reduced(&sum, v, b, &e->manifest)) {
                return false;
            }
        } else if (state == EG_BALLOT_SPOILED) {
            spoiled[out->spoiled_count++] = id;
        }
    }
    return !eg_failed(eg_tally_from_sum(out, &sum, &e->manifest, v->arena, NULL));
}

static int by_bytes(const void *a, const void *b)
{
    return eg_str_compare(*(const eg_str *)a, *(const eg_str *)b);
}

static json_t *sorted_ids(const eg_str *ids, size_t n)
{
    json_t *out = json_array();
    qsort((void *)(uintptr_t)ids, n, sizeof *ids, by_bytes);
    for (size_t i = 0; i < n; i++) {
        (void)json_array_append_new(out, json_stringn(ids[i].data, ids[i].len));
    }
    return out;
}

static bool tally(vec *v)
{
    vec_election e;
    eg_tally result;
    if (!service_election_of(&e, v) || !tallied(&result, v, &e)) {
        return false;
    }
    eg_buf buf;
    eg_writer w;
    eg_tally_object object = {.tally = &result, .context = &e.context, .manifest = &e.manifest};
    eg_buf_init(&buf, NULL);
    eg_writer_init(&w, &buf, EG_STYLE_TEXT);
    eg_tally_object_write(&w, &object);
    json_t *whole = json_loadb(buf.data, buf.len, 0, NULL);
    expect_json(v, "contests", json_incref(json_object_get(whole, "contests")));
    json_decref(whole);
    eg_buf_free(&buf);
    expect_json(v, "cast_ballot_ids_sorted", sorted_ids(result.cast_ids, result.cast_count));
    expect_json(v, "spoiled_ballot_ids_sorted",
                sorted_ids(result.spoiled_ids, result.spoiled_count));
    return true;
}

static bool tally_service_form(vec *v)
{
    vec_election e;
    eg_tally result;
    if (!service_election_of(&e, v) || !tallied(&result, v, &e)) {
        return false;
    }
    eg_tally_object object = {.tally = &result, .context = &e.context, .manifest = &e.manifest};
    expect_object(v, "ciphertext_tally", eg_tally_object_write, &object);
    return true;
}

const vector_op ops_ballot[] = {{"encrypt_service_ballot", encrypt_service_ballot},
                                {"encrypt_ballot", encrypt_ballot},
                                {"encrypt_selection", encrypt_selection},
                                {"challenge_ballot", challenge_ballot},
                                {"ballot_verify", ballot_verify},
                                {"ballot_verify_for_election", ballot_verify_for_election},
                                {"tally", tally},
                                {"tally_service_form", tally_service_form},
                                {NULL, NULL}};
