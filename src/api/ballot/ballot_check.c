#include "api/ballot/ballot_check.h"

#include "api/ballot/ballot_answer.h"
#include "base/str_index.h"

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

static eg_result check_contest(const eg_ballot_contest *contest, eg_arena *scratch,
                               const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "ballot_selections");
    eg_modq hash;
    for (size_t s = 0; s < contest->selection_count; s++) {
        eg_path path = eg_path_index(&list, s);
        eg_selection_hash(&hash, &contest->selections[s]);
        EG_TRY(check_hash(&hash, &contest->selections[s].crypto_hash, &path, "crypto_hash", err));
    }
    EG_TRY(eg_contest_hash(&hash, contest, scratch, err));
    return check_hash(&hash, &contest->crypto_hash, at, "crypto_hash", err);
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
    EG_TRY(check_hash(&hash, &ballot->crypto_hash, path, "crypto_hash", err));
    eg_ballot_code(&hash, &ballot->code_seed, ballot->timestamp, &ballot->crypto_hash);
    return check_hash(&hash, &ballot->code, path, "code", err);
}

/* ---- names ---- */

static size_t name_count(const eg_ballot *ballot)
{
    size_t n = 1 + ballot->contest_count;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        n += ballot->contests[c].selection_count;
    }
    return n;
}

/* In the order in which they are listed. */
static eg_result list_names(eg_str *names, const eg_ballot *ballot, eg_arena *scratch,
                            eg_error *err)
{
    eg_nonce_names kind = eg_ballot_nonce_names(ballot);
    *names++ = EG_STR("ballot_nonce");
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        EG_TRY(eg_contest_nonce_name(names++, contest, scratch, err));
        for (size_t s = 0; s < contest->selection_count; s++) {
            EG_TRY(eg_selection_nonce_name(names++, contest, &contest->selections[s], kind, scratch,
                                           err));
        }
    }
    return EG_SUCCESS;
}

static eg_result repeated(size_t position, const eg_ballot *ballot, const eg_path *path,
                          eg_error *err)
{
    eg_path contests = eg_path_field(path, "contests");
    size_t c = 0, first = 1; /* of the names, the contest's own */
    while (position > first + ballot->contests[c].selection_count) {
        first += 1 + ballot->contests[c].selection_count;
        c++;
    }
    eg_path contest = eg_path_index(&contests, c);
    eg_path selections = eg_path_field(&contest, "ballot_selections");
    eg_path selection = eg_path_index(&selections, position - first - 1);
    eg_path id = eg_path_field(position == first ? &contest : &selection, "object_id");
    return EG_FAIL(err, EG_E_DUPLICATE, &id,
                   "'object_id' is the name of another nonce of the ballot");
}

eg_result eg_ballot_names_check(const eg_ballot *ballot, eg_arena *scratch, const eg_path *path,
                                eg_error *err)
{
    eg_str *names;
    eg_str_index index;
    size_t position;
    size_t count = name_count(ballot);
    EG_TRY(eg_arena_new(scratch, count, sizeof *names, &names, err));
    EG_TRY(list_names(names, ballot, scratch, err));
    EG_TRY(eg_str_index_init(&index, names, sizeof *names, count, scratch, err));
    return eg_str_index_repeated(&index, &position) ? repeated(position, ballot, path, err)
                                                    : EG_SUCCESS;
}
