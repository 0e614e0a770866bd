#include "election/challenge_parts.h"

#include "base/secret.h"
#include "crypto/nonces.h"
#include "election/ballot_verify.h"
#include "group/group.h"

/* ---- nonces ---- */

static eg_result need_nonce(const eg_opt_nonce *nonce, const eg_path *at, eg_error *err)
{
    eg_path path = eg_path_field(at, "nonce");
    if (!nonce->present) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                       "the ballot was published without its nonces and cannot be opened");
    }
    return EG_SUCCESS;
}

static eg_result need_nonces(const eg_ballot *ballot, const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(need_nonce(&ballot->nonce, path, err));
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        eg_path at = eg_path_index(&list, c);
        eg_path selections = eg_path_field(&at, "ballot_selections");
        EG_TRY(need_nonce(&contest->nonce, &at, err));
        for (size_t s = 0; s < contest->selection_count; s++) {
            eg_path selection = eg_path_index(&selections, s);
            EG_TRY(need_nonce(&contest->selections[s].nonce, &selection, err));
        }
    }
    return EG_SUCCESS;
}

/* ---- opening ---- */

/* data = g^vote * K^nonce for a vote of 0 or 1. */
static bool open_selection(int64_t *vote, const eg_ballot_selection *selection,
                           const eg_modp *shared)
{
    eg_modp one;
    eg_modp_mul_g_if(&one, shared, true);
    *vote = eg_modp_equal(&selection->ciphertext.data, &one) ? 1 : 0;
    return *vote == 1 || eg_modp_equal(&selection->ciphertext.data, shared);
}

/* Votes of a contest whose shared keys are there. */
static eg_result open_contest(eg_plain_contest *out, const eg_ballot_contest *contest,
                              const eg_modp shared[], eg_arena *arena, const eg_path *at,
                              eg_error *err)
{
    eg_path list = eg_path_field(at, "ballot_selections");
    eg_plain_selection *plain;
    EG_TRY(eg_arena_new(arena, contest->selection_count, sizeof *plain, &plain, err));
    *out = (eg_plain_contest){.object_id = contest->object_id, .selections = plain};
    for (size_t s = 0; s < contest->selection_count; s++) {
        const eg_ballot_selection *selection = &contest->selections[s];
        int64_t vote;
        if (!open_selection(&vote, selection, &shared[s])) {
            eg_path path = eg_path_index(&list, s);
            return EG_FAIL(err, EG_E_PROOF_INVALID, &path,
                           "the selection's nonce does not open it to 0 or 1");
        }
        if (!selection->is_placeholder) {
            plain[out->selection_count++] =
                (eg_plain_selection){.object_id = selection->object_id, .vote = vote};
        }
    }
    return EG_SUCCESS;
}

static eg_result open_ballot(eg_plain_ballot *out, const eg_ballot *ballot, const eg_modp shared[],
                             eg_arena *arena, const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    eg_plain_contest *contests;
    EG_TRY(eg_arena_new(arena, ballot->contest_count, sizeof *contests, &contests, err));
    for (size_t c = 0; c < ballot->contest_count; c++) {
        eg_path at = eg_path_index(&list, c);
        EG_TRY(open_contest(&contests[c], &ballot->contests[c], shared, arena, &at, err));
        shared += ballot->contests[c].selection_count;
    }
    *out = (eg_plain_ballot){.object_id = ballot->object_id,
                             .style_id = ballot->style_id,
                             .contests = contests,
                             .contest_count = ballot->contest_count};
    return EG_SUCCESS;
}

/* ---- comparing ---- */

static eg_result differs(const eg_path *at, const char *field, eg_error *err)
{
    eg_path path = eg_path_field(at, field);
    return EG_FAIL(err, EG_E_PROOF_INVALID, &path, "'%s' is not what the ballot's nonces give",
                   field);
}

static bool same_ciphertext(const eg_ciphertext *a, const eg_ciphertext *b)
{
    return eg_modp_equal(&a->pad, &b->pad) && eg_modp_equal(&a->data, &b->data);
}

static bool same_disjunctive(const eg_disjunctive_proof *a, const eg_disjunctive_proof *b)
{
    return eg_modp_equal(&a->zero_pad, &b->zero_pad) &&
           eg_modp_equal(&a->zero_data, &b->zero_data) && eg_modp_equal(&a->one_pad, &b->one_pad) &&
           eg_modp_equal(&a->one_data, &b->one_data) &&
           eg_modq_equal(&a->zero_challenge, &b->zero_challenge) &&
           eg_modq_equal(&a->one_challenge, &b->one_challenge) &&
           eg_modq_equal(&a->challenge, &b->challenge) &&
           eg_modq_equal(&a->zero_response, &b->zero_response) &&
           eg_modq_equal(&a->one_response, &b->one_response);
}

static bool same_constant(const eg_constant_proof *a, const eg_constant_proof *b)
{
    return eg_modp_equal(&a->pad, &b->pad) && eg_modp_equal(&a->data, &b->data) &&
           eg_modq_equal(&a->challenge, &b->challenge) &&
           eg_modq_equal(&a->response, &b->response) && a->constant == b->constant;
}

static bool same_extended(const eg_ballot_contest *a, const eg_ballot_contest *b)
{
    return a->has_extended_data && b->has_extended_data &&
           eg_modp_equal(&a->extended_data.pad, &b->extended_data.pad) &&
           memcmp(a->extended_data.data, b->extended_data.data, sizeof a->extended_data.data) ==
               0 &&
           memcmp(a->extended_data.mac, b->extended_data.mac, sizeof a->extended_data.mac) == 0;
}

/* ---- contest data ---- */

/* What a contest's sealed data holds, by the contest's nonce; false when it does not open. */
static bool open_data(eg_str *text, uint8_t padded[EG_PADDED_BYTES],
                      const eg_ballot_contest *contest, const eg_modq *nonce,
                      const eg_election *election)
{
    eg_nonces sequence;
    eg_modq xi;
    eg_modp shared;
    eg_nonces_init_str(&sequence, nonce, EG_STR("constant-extended-data"));
    eg_nonces_item(&xi, &sequence, 0);
    eg_fixed_pow job = {election->key, &xi, &shared};
    eg_fixed_pow_batch(&job, 1);
    eg_result r = eg_hashed_elgamal_open(padded, &contest->extended_data, &shared,
                                         &election->context->extended_base_hash, NULL);
    eg_wipe(&sequence, sizeof sequence);
    eg_wipe(&xi, sizeof xi);
    eg_wipe(&shared, sizeof shared);
    return !eg_failed(r) && !eg_failed(eg_padding_remove(text, padded, NULL));
}

bool eg_contest_data_open(eg_str *text, uint8_t padded[EG_PADDED_BYTES],
                          const eg_ballot_contest *contest, const eg_election *election)
{
    return contest->nonce.present && contest->has_extended_data &&
           open_data(text, padded, contest, &contest->nonce.value, election);
}

static bool begins(eg_str text, eg_str with)
{
    return text.len > with.len && memcmp(text.data, with.data, with.len) == 0 &&
           text.data[text.len - 1] == '}';
}

/* Votes do not tell an overvote from no vote, nor what was written in: both are in the data alone
 * (docs/crypto.md 7.4). mine: what the votes give, which ends in "null}". */
static bool says_more(eg_str text, eg_str mine)
{
    bool no_votes = begins(mine, EG_STR("{\"error\": \"nullvote\""));
    eg_str up_to_write_ins = {mine.data, mine.len - strlen("null}")};
    return begins(text, up_to_write_ins) ||
           (no_votes && begins(text, EG_STR("{\"error\": \"overvote\", \"error_data\": [")));
}

/* Data that the votes do not give, but an honest encryption with this nonce does. */
static bool honest_data(const eg_ballot_contest *a, const eg_ballot_contest *b,
                        const eg_election *election)
{
    uint8_t data[EG_PADDED_BYTES], mine[EG_PADDED_BYTES];
    eg_str text, own;
    if (!a->has_extended_data || !eg_modp_equal(&a->extended_data.pad, &b->extended_data.pad)) {
        return false;
    }
    bool honest = open_data(&text, data, a, &b->nonce.value, election) &&
                  open_data(&own, mine, b, &b->nonce.value, election) && says_more(text, own);
    eg_wipe(data, sizeof data);
    eg_wipe(mine, sizeof mine);
    return honest;
}

static eg_result compare_selection(const eg_ballot_selection *a, const eg_ballot_selection *b,
                                   const eg_path *at, eg_error *err)
{
    if (!eg_modq_equal(&a->nonce.value, &b->nonce.value)) {
        return differs(at, "nonce", err);
    }
    if (!same_ciphertext(&a->ciphertext, &b->ciphertext)) {
        return differs(at, "ciphertext", err);
    }
    if (!eg_modq_equal(&a->crypto_hash, &b->crypto_hash)) {
        return differs(at, "crypto_hash", err);
    }
    return same_disjunctive(&a->proof, &b->proof) ? EG_SUCCESS : differs(at, "proof", err);
}

static eg_result compare_contest(const eg_ballot_contest *a, const eg_ballot_contest *b,
                                 const eg_election *election, const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "ballot_selections");
    if (!eg_modq_equal(&a->nonce.value, &b->nonce.value)) {
        return differs(at, "nonce", err);
    }
    for (size_t s = 0; s < a->selection_count; s++) {
        eg_path path = eg_path_index(&list, s);
        EG_TRY(compare_selection(&a->selections[s], &b->selections[s], &path, err));
    }
    if (!same_ciphertext(&a->accumulation, &b->accumulation)) {
        return differs(at, "ciphertext_accumulation", err);
    }
    if (!eg_modq_equal(&a->crypto_hash, &b->crypto_hash)) {
        return differs(at, "crypto_hash", err);
    }
    if (!same_constant(&a->proof, &b->proof)) {
        return differs(at, "proof", err);
    }
    return same_extended(a, b) || honest_data(a, b, election) ? EG_SUCCESS
                                                              : differs(at, "extended_data", err);
}

/* Shapes agree: both fit the manifest. */
static eg_result compare_ballot(const eg_ballot *a, const eg_ballot *b, const eg_election *election,
                                const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    for (size_t c = 0; c < a->contest_count; c++) {
        eg_path at = eg_path_index(&list, c);
        EG_TRY(compare_contest(&a->contests[c], &b->contests[c], election, &at, err));
    }
    if (!eg_modq_equal(&a->crypto_hash, &b->crypto_hash)) {
        return differs(path, "crypto_hash", err);
    }
    return eg_modq_equal(&a->code, &b->code) ? EG_SUCCESS : differs(path, "code", err);
}

/* ---- in parts ---- */

struct eg_challenge {
    const eg_ballot *ballot;
    const eg_election *election;
    const eg_path *path;
    eg_fixed_pow *jobs; /* of each selection */
    eg_modp *shared;
    size_t selections;
    eg_plain_ballot plain;
    eg_encrypt_input input;
    eg_encryption *encryption;
};

static void list_jobs(eg_challenge *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->ballot->contest_count; i++) {
        const eg_ballot_contest *contest = &c->ballot->contests[i];
        for (size_t s = 0; s < contest->selection_count; s++, n++) {
            c->jobs[n] = (eg_fixed_pow){c->election->key, &contest->selections[s].nonce.value,
                                        &c->shared[n]};
        }
    }
}

eg_result eg_challenge_begin(eg_challenge **out, const eg_ballot *ballot,
                             const eg_election *election, eg_arena *arena, const eg_path *path,
                             eg_error *err)
{
    eg_challenge *c;
    EG_TRY(need_nonces(ballot, path, err));
    EG_TRY(eg_ballot_check_structure(ballot, election, arena, path, err));
    EG_TRY(eg_arena_new(arena, 1, sizeof *c, &c, err));
    *c = (eg_challenge){.ballot = ballot, .election = election, .path = path};
    for (size_t i = 0; i < ballot->contest_count; i++) {
        c->selections += ballot->contests[i].selection_count;
    }
    EG_TRY(eg_arena_new(arena, c->selections, sizeof *c->jobs, &c->jobs, err));
    EG_TRY(eg_arena_new(arena, c->selections, sizeof *c->shared, &c->shared, err));
    list_jobs(c);
    *out = c;
    return EG_SUCCESS;
}

size_t eg_challenge_selections(const eg_challenge *c)
{
    return c->selections;
}

void eg_challenge_open(eg_challenge *c, size_t first, size_t count)
{
    eg_fixed_pow_batch(c->jobs + first, count);
}

eg_result eg_challenge_opened(eg_challenge *c, eg_arena *arena, eg_error *err)
{
    const eg_ballot *ballot = c->ballot;
    EG_TRY(open_ballot(&c->plain, ballot, c->shared, arena, c->path, err));
    c->input = (eg_encrypt_input){.ballot = &c->plain,
                                  .code_seed = &ballot->code_seed,
                                  .nonce = &ballot->nonce.value,
                                  .timestamp = ballot->timestamp};
    return eg_encryption_begin(&c->encryption, &c->input, c->election, arena, err);
}

eg_encryption *eg_challenge_encryption(eg_challenge *c)
{
    return c->encryption;
}

eg_result eg_challenge_finish(eg_plain_ballot *out, eg_challenge *c, eg_arena *arena, eg_error *err)
{
    eg_ballot again;
    EG_TRY(eg_encryption_finish(&again, c->encryption, arena, err));
    *out = c->plain;
    return compare_ballot(c->ballot, &again, c->election, c->path, err);
}

eg_result eg_ballot_challenge(eg_plain_ballot *out, const eg_ballot *ballot,
                              const eg_election *election, eg_arena *arena, const eg_path *path,
                              eg_error *err)
{
    eg_challenge *c;
    EG_TRY(eg_challenge_begin(&c, ballot, election, arena, path, err));
    eg_challenge_open(c, 0, eg_challenge_selections(c));
    EG_TRY(eg_challenge_opened(c, arena, err));
    eg_encryption_compute(c->encryption, 0, eg_encryption_steps(c->encryption));
    return eg_challenge_finish(out, c, arena, err);
}
