#include "api/ballot_check.h"

static bool any_constant_holds(const eg_ballot *ballot, const eg_election *election)
{
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        eg_constant_check check = {.proof = &contest->proof, .ciphertext = &contest->accumulation};
        bool ok = false;
        eg_constant_verify_vartime(&ok, &check, 1, election->key,
                                   &election->context->extended_base_hash);
        if (ok) {
            return true;
        }
    }
    return false;
}

static bool any_selection_holds(const eg_ballot *ballot, const eg_election *election)
{
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        for (size_t s = 0; s < contest->selection_count; s++) {
            eg_disjunctive_check check = {.proof = &contest->selections[s].proof,
                                          .ciphertext = &contest->selections[s].ciphertext};
            bool ok = false;
            eg_disjunctive_verify_vartime(&ok, &check, 1, election->key,
                                          &election->context->extended_base_hash);
            if (ok) {
                return true;
            }
        }
    }
    return false;
}

eg_result eg_ballot_verify_for(const eg_ballot *ballot, const eg_election *election,
                               eg_arena *scratch, const eg_path *path, eg_error *err)
{
    eg_result r = eg_ballot_verify_proofs(ballot, election, scratch, path, err);
    if (r.code != EG_E_PROOF_INVALID) {
        return r;
    }
    if (any_constant_holds(ballot, election) || any_selection_holds(ballot, election)) {
        return r;
    }
    return EG_FAIL(err, EG_E_WRONG_ELECTION, path,
                   "no proof of this ballot holds for the election's key and hashes");
}

static eg_result check_hash(const eg_modq *computed, const eg_modq *stored, const eg_path *at,
                            eg_error *err)
{
    eg_path path = eg_path_field(at, "crypto_hash");
    if (!eg_modq_equal(computed, stored)) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &path,
                       "'crypto_hash' is not the hash of what it stands for");
    }
    return EG_SUCCESS;
}

static eg_result check_contest(const eg_ballot_contest *contest, eg_arena *scratch,
                               const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "ballot_selections");
    eg_modq hash;
    for (size_t s = 0; s < contest->selection_count; s++) {
        eg_path path = eg_path_index(&list, s);
        eg_selection_hash(&hash, &contest->selections[s]);
        EG_TRY(check_hash(&hash, &contest->selections[s].crypto_hash, &path, err));
    }
    EG_TRY(eg_contest_hash(&hash, contest, scratch, err));
    return check_hash(&hash, &contest->crypto_hash, at, err);
}

eg_result eg_ballot_hashes_check(const eg_ballot *ballot, eg_arena *scratch, const eg_path *path,
                                 eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    eg_modq hash;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        eg_path at = eg_path_index(&list, c);
        EG_TRY(check_contest(&ballot->contests[c], scratch, &at, err));
    }
    EG_TRY(eg_ballot_hash(&hash, ballot, scratch, err));
    return check_hash(&hash, &ballot->crypto_hash, path, err);
}
