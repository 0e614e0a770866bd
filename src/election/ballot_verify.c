#include "election/ballot_verify.h"

#include "election/ballot_pieces.h"
#include "group/group.h"

/* ---- structure ---- */

static eg_result check_hash(const eg_modq *computed, const eg_modq *stored, const eg_path *at,
                            const char *field, eg_error *err)
{
    eg_path path = eg_path_field(at, field);
    if (!eg_modq_equal(computed, stored)) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &path, "'%s' is not the hash of what it stands for",
                       field);
    }
    return EG_SUCCESS;
}

static const eg_selection_description *description_at(const eg_contest_description *contest,
                                                      size_t i)
{
    return i < contest->selection_count ? &contest->selections[i]
                                        : &contest->placeholders[i - contest->selection_count];
}

static eg_result check_ciphertext(const eg_ciphertext *c, const eg_path *at, eg_error *err)
{
    eg_path pad = eg_path_field(at, "pad");
    eg_path data = eg_path_field(at, "data");
    if (eg_modp_is_zero(&c->pad)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &pad, "'pad' must be an element of the group");
    }
    if (eg_modp_is_zero(&c->data)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &data, "'data' must be an element of the group");
    }
    return EG_SUCCESS;
}

/* The first field in which a selection is not what is described; NULL when it is. */
static const char *differing_field(const eg_ballot_selection *selection,
                                   const eg_selection_description *description, bool is_placeholder)
{
    if (!eg_str_equal(selection->object_id, description->object_id)) {
        return "object_id";
    }
    if (selection->sequence_order != description->sequence_order) {
        return "sequence_order";
    }
    if (!eg_modq_equal(&selection->description_hash, &description->hash)) {
        return "description_hash";
    }
    return selection->is_placeholder != is_placeholder ? "is_placeholder_selection" : NULL;
}

static eg_result check_selection(const eg_ballot_selection *selection,
                                 const eg_contest_description *contest, size_t i, const eg_path *at,
                                 eg_error *err)
{
    const eg_selection_description *description = description_at(contest, i);
    eg_path proof = eg_path_field(at, "proof");
    eg_path ciphertext = eg_path_field(at, "ciphertext");
    const char *field = differing_field(selection, description, i >= contest->selection_count);
    if (field != NULL) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, at,
                       "the selection is not the one the election describes here: '%s' differs",
                       field);
    }
    EG_TRY(check_ciphertext(&selection->ciphertext, &ciphertext, err));
    eg_modq hash;
    eg_selection_hash(&hash, selection);
    EG_TRY(check_hash(&hash, &selection->crypto_hash, at, "crypto_hash", err));
    if (!selection->has_proof) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &proof, "the selection has no proof");
    }
    return EG_SUCCESS;
}

/* What tells a contest from the one described: a candidate where there is one to name. */
static eg_result other_contest(const eg_ballot_contest *contest,
                               const eg_contest_description *description, const eg_path *at,
                               eg_error *err)
{
    eg_path list = eg_path_field(at, "ballot_selections");
    size_t count = description->selection_count + description->placeholder_count;
    for (size_t i = 0; i < contest->selection_count && i < count; i++) {
        if (!eg_str_equal(contest->selections[i].object_id,
                          description_at(description, i)->object_id)) {
            eg_path path = eg_path_index(&list, i);
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                           "the selection is not the one the election describes here: 'object_id' "
                           "differs");
        }
    }
    return EG_FAIL(err, EG_E_WRONG_ELECTION, at,
                   "the contest is not the one the election describes here: candidates, their "
                   "order or the number of votes differ");
}

static eg_result check_contest(const eg_ballot_contest *contest,
                               const eg_contest_description *description, eg_arena *scratch,
                               const eg_path *at, eg_error *err)
{
    eg_path proof = eg_path_field(at, "proof");
    eg_path constant = eg_path_field(&proof, "constant");
    eg_path list = eg_path_field(at, "ballot_selections");
    if (!eg_str_equal(contest->object_id, description->object_id) ||
        contest->sequence_order != description->sequence_order ||
        !eg_modq_equal(&contest->description_hash, &description->hash)) {
        return other_contest(contest, description, at, err);
    }
    if (contest->selection_count != description->selection_count + description->placeholder_count) {
        return EG_FAIL(
            err, EG_E_WRONG_ELECTION, &list,
            "'ballot_selections' must hold the contest's selections and placeholders, each once");
    }
    for (size_t i = 0; i < contest->selection_count; i++) {
        eg_path selection = eg_path_index(&list, i);
        EG_TRY(check_selection(&contest->selections[i], description, i, &selection, err));
    }
    eg_modq hash;
    EG_TRY(eg_contest_hash(&hash, contest, scratch, err));
    EG_TRY(check_hash(&hash, &contest->crypto_hash, at, "crypto_hash", err));
    if (!contest->has_proof) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &proof, "the contest has no proof");
    }
    if (contest->proof.constant != description->number_elected) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &constant,
                       "'constant' must be the number of votes of the contest");
    }
    return EG_SUCCESS;
}

static eg_result check_contests(const eg_ballot *ballot, const eg_manifest *manifest,
                                const eg_ballot_style *style, eg_arena *scratch,
                                const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    for (size_t i = 0; i < style->contest_count; i++) {
        if (i == ballot->contest_count) {
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &list,
                           "'contests' must hold each contest of the ballot style");
        }
        eg_path contest = eg_path_index(&list, i);
        EG_TRY(check_contest(&ballot->contests[i], &manifest->contests[style->contests[i]], scratch,
                             &contest, err));
    }
    if (ballot->contest_count > style->contest_count) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &list,
                       "'contests' holds more than the contests of the ballot style");
    }
    return EG_SUCCESS;
}

eg_result eg_ballot_check_structure(const eg_ballot *ballot, const eg_election *election,
                                    eg_arena *scratch, const eg_path *path, eg_error *err)
{
    eg_path manifest_hash = eg_path_field(path, "manifest_hash");
    eg_path style_id = eg_path_field(path, "style_id");
    if (!eg_modq_equal(&ballot->manifest_hash, &election->manifest->hash)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &manifest_hash,
                       "the ballot belongs to another manifest");
    }
    const eg_ballot_style *style = eg_manifest_style(election->manifest, ballot->style_id);
    if (style == NULL) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &style_id,
                       "the ballot style is not one of the election");
    }
    EG_TRY(check_contests(ballot, election->manifest, style, scratch, path, err));
    eg_modq hash, code;
    EG_TRY(eg_ballot_hash(&hash, ballot, scratch, err));
    EG_TRY(check_hash(&hash, &ballot->crypto_hash, path, "crypto_hash", err));
    eg_ballot_code(&code, &ballot->code_seed, ballot->timestamp, &ballot->crypto_hash);
    return check_hash(&code, &ballot->code, path, "code", err);
}

/* ---- proofs ---- */

bool eg_ballot_accumulation_holds(const eg_ballot_contest *contest)
{
    eg_ciphertext product;
    eg_contest_accumulate(&product, contest);
    return eg_modp_equal(&product.pad, &contest->accumulation.pad) &&
           eg_modp_equal(&product.data, &contest->accumulation.data);
}

/* Why a selection's proof failed: pad or data outside the group, or the proof itself. */
static eg_result selection_failure(const eg_ballot_selection *selection, const eg_path *at,
                                   eg_error *err)
{
    eg_path ciphertext = eg_path_field(at, "ciphertext");
    eg_path pad = eg_path_field(&ciphertext, "pad");
    eg_path data = eg_path_field(&ciphertext, "data");
    eg_path proof = eg_path_field(at, "proof");
    if (!eg_modp_is_residue_vartime(&selection->ciphertext.pad)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &pad, "'pad' is not an element of the group");
    }
    if (!eg_modp_is_residue_vartime(&selection->ciphertext.data)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &data, "'data' is not an element of the group");
    }
    return EG_FAIL(err, EG_E_PROOF_INVALID, &proof,
                   "the proof that the selection is 0 or 1 does not hold");
}

/* A contest's sum is the product of its selections and its limit is proven. */
static eg_result check_sum(const eg_ballot_contest *contest, bool limit_holds, const eg_path *at,
                           eg_error *err)
{
    eg_path accumulation = eg_path_field(at, "ciphertext_accumulation");
    eg_path proof = eg_path_field(at, "proof");
    if (!eg_ballot_accumulation_holds(contest)) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &accumulation,
                       "'ciphertext_accumulation' is not the product of the selections");
    }
    if (!limit_holds) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &proof,
                       "the proof of the number of votes does not hold");
    }
    return EG_SUCCESS;
}

static bool limit_is_proven(const eg_ballot_contest *contest, const eg_fixed_base *key,
                            const eg_modq *extended_base_hash)
{
    bool holds;
    eg_constant_check check = {&contest->proof, &contest->accumulation};
    eg_constant_verify_vartime(&holds, &check, 1, key, extended_base_hash);
    return holds;
}

static bool any_of(const bool ok[], size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        any = any || ok[i];
    }
    return any;
}

static eg_result verify_part(bool *any_holds, const eg_ballot_contest *contest,
                             const eg_contest_part *part, const eg_fixed_base *key,
                             const eg_modq *extended_base_hash, eg_arena *scratch,
                             const eg_path *at, eg_error *err)
{
    const eg_ballot_selection *selections = contest->selections + part->first;
    eg_path list = eg_path_field(at, "ballot_selections");
    eg_disjunctive_check *checks = NULL;
    bool *ok = NULL;
    EG_TRY(eg_arena_new(scratch, part->count, sizeof *checks, &checks, err));
    EG_TRY(eg_arena_new(scratch, part->count, sizeof *ok, &ok, err));
    for (size_t i = 0; i < part->count; i++) {
        checks[i] = (eg_disjunctive_check){&selections[i].proof, &selections[i].ciphertext};
    }
    eg_disjunctive_verify_vartime(ok, checks, part->count, key, extended_base_hash);
    bool limit = part->to_end && limit_is_proven(contest, key, extended_base_hash);
    if (any_holds != NULL && (limit || any_of(ok, part->count))) {
        *any_holds = true;
    }
    for (size_t i = 0; i < part->count; i++) {
        if (!ok[i]) {
            eg_path selection = eg_path_index(&list, part->first + i);
            return selection_failure(&selections[i], &selection, err);
        }
    }
    return part->to_end ? check_sum(contest, limit, at, err) : EG_SUCCESS;
}

static bool is_verdict(eg_code code)
{
    return code == EG_E_PROOF_INVALID || code == EG_E_NOT_IN_GROUP;
}

/* Behind the first false proof it goes on only while it is asked whether any holds. */
eg_result eg_ballot_piece_verify(bool *any_holds, const eg_ballot_piece *piece,
                                 const eg_election *election, eg_arena *scratch,
                                 const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    eg_contest_part part = {.next = 0};
    eg_error first = {.code = EG_OK};
    bool go_on = true;
    while (go_on && eg_contest_part_next(&part, piece)) {
        eg_path at = eg_path_index(&list, part.contest);
        eg_error here = {.code = EG_OK};
        eg_result r =
            verify_part(any_holds, &piece->ballot->contests[part.contest], &part, election->key,
                        &election->context->extended_base_hash, scratch, &at, &here);
        if (eg_failed(r) && (first.code == EG_OK || !is_verdict(r.code))) {
            first = here;
        }
        go_on = first.code == EG_OK || (is_verdict(first.code) && any_holds != NULL && !*any_holds);
    }
    if (first.code != EG_OK && err != NULL) {
        *err = first;
    }
    return (eg_result){first.code};
}

eg_result eg_ballot_verify_proofs(const eg_ballot *ballot, const eg_election *election,
                                  eg_arena *scratch, const eg_path *path, eg_error *err)
{
    const eg_ballot_piece all = {ballot, 0, SIZE_MAX};
    return eg_ballot_piece_verify(NULL, &all, election, scratch, path, err);
}

eg_result eg_ballot_check_membership(const eg_ballot *ballot, eg_arena *scratch,
                                     const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    for (size_t i = 0; i < ballot->contest_count; i++) {
        const eg_ballot_contest *contest = &ballot->contests[i];
        eg_path at = eg_path_index(&list, i);
        eg_path selections = eg_path_field(&at, "ballot_selections");
        eg_chain *chains = NULL;
        EG_TRY(eg_arena_new(scratch, 2 * contest->selection_count, sizeof *chains, &chains, err));
        for (size_t j = 0; j < contest->selection_count; j++) {
            chains[2 * j].base = &contest->selections[j].ciphertext.pad;
            chains[2 * j + 1].base = &contest->selections[j].ciphertext.data;
        }
        eg_chain_batch_vartime(chains, 2 * contest->selection_count);
        for (size_t j = 0; j < 2 * contest->selection_count; j++) {
            if (!chains[j].is_residue) {
                eg_path selection = eg_path_index(&selections, j / 2);
                eg_path ciphertext = eg_path_field(&selection, "ciphertext");
                eg_path field = eg_path_field(&ciphertext, j % 2 == 0 ? "pad" : "data");
                return EG_FAIL(err, EG_E_NOT_IN_GROUP, &field,
                               "'%s' is not an element of the group", field.name);
            }
        }
    }
    return EG_SUCCESS;
}

/* ---- the library's judgement ---- */

static bool contest_is_valid(const eg_ballot_contest *contest, const eg_fixed_base *key,
                             const eg_modq *extended_base_hash, eg_arena *scratch)
{
    eg_modq hash;
    if (contest->selection_count == 0 || !contest->has_proof) {
        return false;
    }
    for (size_t i = 0; i < contest->selection_count; i++) {
        eg_selection_hash(&hash, &contest->selections[i]);
        if (!contest->selections[i].has_proof ||
            !eg_modq_equal(&hash, &contest->selections[i].crypto_hash)) {
            return false;
        }
    }
    if (eg_failed(eg_contest_hash(&hash, contest, scratch, NULL)) ||
        !eg_modq_equal(&hash, &contest->crypto_hash)) {
        return false;
    }
    const eg_contest_part all = {.count = contest->selection_count, .to_end = true};
    return !eg_failed(
        verify_part(NULL, contest, &all, key, extended_base_hash, scratch, NULL, NULL));
}

bool eg_ballot_is_valid_encryption(const eg_ballot *ballot, const eg_modq *manifest_hash,
                                   const eg_fixed_base *key, const eg_modq *extended_base_hash,
                                   eg_arena *scratch)
{
    eg_modq hash, code;
    eg_ballot_code(&code, &ballot->code_seed, ballot->timestamp, &ballot->crypto_hash);
    if (!eg_modq_equal(&ballot->manifest_hash, manifest_hash) || ballot->contest_count == 0 ||
        !eg_modq_equal(&code, &ballot->code) ||
        eg_failed(eg_ballot_hash(&hash, ballot, scratch, NULL)) ||
        !eg_modq_equal(&hash, &ballot->crypto_hash)) {
        return false;
    }
    for (size_t i = 0; i < ballot->contest_count; i++) {
        if (!contest_is_valid(&ballot->contests[i], key, extended_base_hash, scratch)) {
            return false;
        }
    }
    return true;
}

/* ---- what is not published ---- */

static eg_result refuse_nonce(const eg_path *up, eg_error *err)
{
    eg_path path = eg_path_field(up, "nonce");
    return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                   "'nonce' must be null: whoever has it can read the vote, so that this ballot "
                   "should not be cast any more");
}

static eg_result check_contest_nonces(const eg_ballot_contest *contest, const eg_path *path,
                                      eg_error *err)
{
    eg_path selections = eg_path_field(path, "ballot_selections");
    if (contest->nonce.present) {
        return refuse_nonce(path, err);
    }
    for (size_t s = 0; s < contest->selection_count; s++) {
        if (contest->selections[s].nonce.present) {
            eg_path at = eg_path_index(&selections, s);
            return refuse_nonce(&at, err);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_ballot_check_published(const eg_ballot *ballot, const eg_path *path, eg_error *err)
{
    eg_path contests = eg_path_field(path, "contests");
    if (ballot->nonce.present) {
        return refuse_nonce(path, err);
    }
    for (size_t c = 0; c < ballot->contest_count; c++) {
        eg_path at = eg_path_index(&contests, c);
        EG_TRY(check_contest_nonces(&ballot->contests[c], &at, err));
    }
    return EG_SUCCESS;
}
