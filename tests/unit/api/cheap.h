/* Combination requests that cost their sender next to nothing: a tally of no votes, whose numbers
 * are all 1, has shares of 1 and proofs without a power. What the service must compute for them is
 * the same as for any other. */
#ifndef EG_TESTS_API_CHEAP_H
#define EG_TESTS_API_CHEAP_H

#include "requests.h"

#include "group/group.h"
#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"
#include "wire/objects/manifest.h"
#include "wire/objects/tally.h"

enum { CHEAP_GUARDIANS_MAX = 40 };

typedef struct cheap_election {
    size_t guardians, missing, candidates; /* set by the test; quorum: all who are there */
    size_t contests; /* from a manifest, of so many, each with all candidates; 0: from names */
    eg_node names;
    eg_manifest manifest;
    eg_context context;
    eg_str ids[CHEAP_GUARDIANS_MAX];
    eg_polynomial polynomials[CHEAP_GUARDIANS_MAX];
    eg_guardian_public records[CHEAP_GUARDIANS_MAX];
    eg_target target;
    eg_tally tally;
} cheap_election;

static inline void cheap_must(eg_result r)
{
    assert_int_equal(r.code, EG_OK);
}

static inline eg_node as_text(eg_write_fn write, const void *object)
{
    eg_buf buf;
    eg_writer w;
    eg_buf_init(&buf, NULL);
    eg_writer_init(&w, &buf, EG_STYLE_TEXT);
    write(&w, object);
    assert_false(buf.failed);
    char *copy = keep(buf.len + 1);
    memcpy(copy, buf.data, buf.len);
    eg_node out = {.kind = EG_STRING, .as.str = {copy, buf.len}};
    eg_buf_free(&buf);
    return out;
}

static inline eg_str cheap_name(const char *format, size_t i)
{
    char *text = keep(32);
    return (eg_str){text, (size_t)snprintf(text, 32, format, i)};
}

static inline size_t cheap_quorum(const cheap_election *e)
{
    return e->guardians - e->missing;
}

static inline void cheap_guardians(cheap_election *e)
{
    eg_modp key;
    eg_modq hash;
    for (size_t i = 0; i < e->guardians; i++) {
        e->ids[i] = cheap_name("%zu", i + 1);
        cheap_must(eg_guardian_generate(&e->polynomials[i], &e->records[i], e->ids[i],
                                        (uint32_t)i + 1, (uint32_t)cheap_quorum(e), eg_rng_system(),
                                        &test_arena, NULL));
    }
    eg_joint_key(&key, &hash, e->records, e->guardians);
    cheap_must(eg_context_init(&e->context, (uint32_t)e->guardians, (uint32_t)cheap_quorum(e), &key,
                               &hash, &e->manifest.hash, NULL));
}

/* The contests are those of everybody; nobody lists the candidates. */
static inline void cheap_contests(cheap_election *e)
{
    static const eg_str everywhere = {"everywhere", 10};
    static const eg_unit unit = {.object_id = {"everywhere", 10}, .type = {"county", 6}};
    eg_contest_description *contests = keep(e->contests * sizeof *contests);
    eg_ballot_style *style = keep(sizeof *style);
    for (size_t i = 0; i < e->contests; i++) {
        eg_selection_description *selections = keep(e->candidates * sizeof *selections);
        for (size_t s = 0; s < e->candidates; s++) {
            eg_str name = cheap_name("C%zu", s);
            selections[s] = (eg_selection_description){
                .object_id = name, .sequence_order = (uint32_t)s, .candidate_id = name};
        }
        contests[i] = (eg_contest_description){.object_id = cheap_name("contest-%zu", i),
                                               .sequence_order = (uint32_t)i,
                                               .electoral_district_id = everywhere,
                                               .vote_variation = EG_STR("one_of_m"),
                                               .number_elected = 1,
                                               .name = EG_STR("A contest"),
                                               .selections = selections,
                                               .selection_count = e->candidates};
    }
    *style = (eg_ballot_style){.object_id = EG_STR("all"), .unit_ids = {&everywhere, 1, true}};
    e->manifest = (eg_manifest){.election_scope_id = EG_STR("many contests"),
                                .spec_version = EG_STR("1.0"),
                                .type = EG_STR("general"),
                                .start_date = EG_STR("2025-01-01T00:00:00+00:00"),
                                .end_date = EG_STR("2025-01-02T00:00:00+00:00"),
                                .units = &unit,
                                .unit_count = 1,
                                .contests = contests,
                                .contest_count = e->contests,
                                .styles = style,
                                .style_count = 1};
    cheap_must(eg_manifest_complete(&e->manifest, &test_arena, NULL));
}

static inline void cheap_manifest(cheap_election *e)
{
    if (e->contests > 0) {
        cheap_contests(e);
        return;
    }
    eg_str *names = keep(e->candidates * sizeof *names);
    eg_node *nodes = keep(e->candidates * sizeof *nodes);
    for (size_t i = 0; i < e->candidates; i++) {
        names[i] = cheap_name("C%zu", i);
        nodes[i] = (eg_node){.kind = EG_STRING, .as.str = names[i]};
    }
    e->names = list_of(nodes, e->candidates);
    cheap_must(eg_manifest_build_service(&e->manifest, &test_arena, names, e->candidates, names,
                                         e->candidates, 1, NULL));
}

static inline void cheap_tally(cheap_election *e)
{
    eg_tally_sum sum;
    cheap_must(eg_tally_sum_init(&sum, &e->manifest, &test_arena, NULL));
    cheap_must(eg_tally_from_sum(&e->tally, &sum, &e->manifest, &test_arena, NULL));
    cheap_must(eg_target_from_tally(&e->target, &e->tally, &test_arena, NULL));
}

/* u = 0: commitments 1, response c * secret. */
static inline eg_generic_proof cheap_proof(cheap_election *e, const eg_modq *secret)
{
    static const eg_ciphertext no_vote = {{{1}}, {{1}}};
    eg_generic_proof proof;
    eg_generic_finish(&proof, &no_vote, &eg_modp_one, secret, &eg_modq_zero, &eg_modp_one,
                      &eg_modp_one, &e->context.extended_base_hash);
    return proof;
}

/* The share with that proof everywhere. */
static inline eg_node cheap_share(const cheap_election *e, eg_decryption_share *share,
                                  const eg_generic_proof *proof)
{
    for (size_t i = 0; i < share->contest_count * e->candidates; i++) {
        eg_decryption_selection *to =
            &share->contests[i / e->candidates].selections[i % e->candidates];
        to->share = eg_modp_one;
        to->has_proof = true;
        to->proof = *proof;
    }
    return as_text(eg_decryption_share_write, share);
}

static inline eg_node cheap_own(cheap_election *e, size_t i)
{
    eg_decryption_share share;
    const eg_generic_proof proof = cheap_proof(e, &e->polynomials[i].coefficients[0].value);
    const eg_share_origin origin = {.guardian_id = e->ids[i], .public_key = &e->records[i].key};
    cheap_must(eg_decryption_share_init(&share, &e->target, &origin, &test_arena, NULL));
    return cheap_share(e, &share, &proof);
}

static inline eg_node cheap_part(cheap_election *e, size_t missing, size_t by)
{
    eg_modq coefficients[CHEAP_GUARDIANS_MAX], coordinate;
    eg_decryption_share share;
    eg_modp recovery_key;
    for (size_t j = 0; j < cheap_quorum(e); j++) {
        coefficients[j] = e->polynomials[missing].coefficients[j].value;
    }
    eg_polynomial_value(&coordinate, coefficients, cheap_quorum(e), by + 1);
    eg_public_key(&recovery_key, &coordinate);
    const eg_generic_proof proof = cheap_proof(e, &coordinate);
    const eg_share_origin origin = {e->ids[by], e->ids[missing], &e->records[by].key,
                                    &recovery_key};
    cheap_must(eg_decryption_share_init(&share, &e->target, &origin, &test_arena, NULL));
    return cheap_share(e, &share, &proof);
}

static inline eg_node decimal(void (*write)(eg_writer *w, const void *number), const void *number)
{
    eg_node quoted = as_text(write, number);
    return parsed(EG_JSON, quoted.as.str);
}

static inline void write_p(eg_writer *w, const void *p)
{
    eg_write_p_decimal(w, p);
}

static inline void write_q(eg_writer *w, const void *q)
{
    eg_write_q_decimal(w, q);
}

static inline eg_node cheap_guardian(const cheap_election *e, size_t i)
{
    request r = {.count = 0};
    put(&r, "id", (eg_node){.kind = EG_STRING, .as.str = e->ids[i]});
    put(&r, "sequence_order", number((int64_t)i + 1));
    put(&r, "election_public_key", as_text(eg_guardian_public_write, &e->records[i]));
    return map_of(&r);
}

static inline void cheap_pairs(cheap_election *e, request *r)
{
    size_t n = 0, pairs = e->missing * cheap_quorum(e);
    eg_node *ids = keep(pairs * sizeof *ids), *by = keep(pairs * sizeof *by);
    eg_node *parts = keep(pairs * sizeof *parts), *none = keep(pairs * sizeof *none);
    for (size_t m = cheap_quorum(e); m < e->guardians; m++) {
        for (size_t a = 0; a < cheap_quorum(e); a++, n++) {
            ids[n] = (eg_node){.kind = EG_STRING, .as.str = e->ids[m]};
            by[n] = (eg_node){.kind = EG_STRING, .as.str = e->ids[a]};
            parts[n] = cheap_part(e, m, a);
            none[n] = map_of(&(request){.count = 0});
        }
    }
    put(r, "missing_guardian_ids", list_of(ids, n));
    put(r, "compensating_guardian_ids", list_of(by, n));
    put(r, "compensated_tally_shares", list_of(parts, n));
    put(r, "compensated_ballot_shares", list_of(none, n));
}

/* The election, with its manifest, guardians and tally there. */
static inline request cheap_fields(const cheap_election *e)
{
    request r = {.count = 0};
    const eg_tally_object object = {&e->tally, &e->context, &e->manifest, true};
    if (e->contests > 0) {
        put(&r, "manifest", as_text(eg_manifest_write, &e->manifest));
    } else {
        put(&r, "party_names", e->names);
        put(&r, "candidate_names", e->names);
    }
    put(&r, "joint_public_key", decimal(write_p, &e->context.public_key));
    put(&r, "commitment_hash", decimal(write_q, &e->context.commitment_hash));
    put(&r, "number_of_guardians", number((int64_t)e->guardians));
    put(&r, "quorum", number((int64_t)cheap_quorum(e)));
    put(&r, "ciphertext_tally", as_text(eg_tally_object_write, &object));
    put(&r, "submitted_ballots", list_of(NULL, 0));
    return r;
}

/* The last guardians are missing; all others are needed. */
static inline request cheap_request(cheap_election *e)
{
    eg_node all[CHEAP_GUARDIANS_MAX], ids[CHEAP_GUARDIANS_MAX], keys[CHEAP_GUARDIANS_MAX];
    eg_node shares[CHEAP_GUARDIANS_MAX], none[CHEAP_GUARDIANS_MAX];
    cheap_manifest(e);
    cheap_guardians(e);
    cheap_tally(e);
    for (size_t i = 0; i < e->guardians; i++) {
        all[i] = cheap_guardian(e, i);
    }
    for (size_t i = 0; i < cheap_quorum(e); i++) {
        ids[i] = (eg_node){.kind = EG_STRING, .as.str = e->ids[i]};
        keys[i] = as_text(eg_guardian_public_write, &e->records[i]);
        shares[i] = cheap_own(e, i);
        none[i] = map_of(&(request){.count = 0});
    }
    request r = cheap_fields(e);
    put(&r, "guardian_data", list_of(all, e->guardians));
    put(&r, "available_guardian_ids", list_of(ids, cheap_quorum(e)));
    put(&r, "available_guardian_public_keys", list_of(keys, cheap_quorum(e)));
    put(&r, "available_tally_shares", list_of(shares, cheap_quorum(e)));
    put(&r, "available_ballot_shares", list_of(none, cheap_quorum(e)));
    cheap_pairs(e, &r);
    return r;
}

#endif
