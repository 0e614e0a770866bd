#include "election/plain_contest.h"

#include "base/secret.h"
#include "election/contest_data.h"

static const eg_contest_description *find_contest(const eg_manifest *manifest, eg_str id)
{
    for (size_t i = 0; i < manifest->contest_count; i++) {
        if (eg_str_equal(manifest->contests[i].object_id, id)) {
            return &manifest->contests[i];
        }
    }
    return NULL;
}

static const eg_plain_contest *plain_of(const eg_plain_ballot *ballot, eg_str contest_id)
{
    for (size_t i = 0; i < ballot->contest_count; i++) {
        if (eg_str_equal(ballot->contests[i].object_id, contest_id)) {
            return &ballot->contests[i];
        }
    }
    return NULL;
}

static bool is_described(const eg_contest_description *description, eg_str id)
{
    for (size_t i = 0; i < description->selection_count; i++) {
        if (eg_str_equal(description->selections[i].object_id, id)) {
            return true;
        }
    }
    return false;
}

static eg_result check_contest(const eg_plain_contest *plain,
                               const eg_contest_description *description, const eg_path *at,
                               eg_error *err)
{
    if (plain->selection_count > description->selection_count) {
        return EG_FAIL(err, EG_E_TOO_MANY_CHOICES, at,
                       "the contest has more selections than the manifest describes");
    }
    int64_t beyond = 0;
    for (size_t j = 0; j < plain->selection_count; j++) {
        const eg_plain_selection *s = &plain->selections[j];
        if (!is_described(description, s->object_id)) {
            return EG_FAIL(err, EG_E_UNKNOWN_CANDIDATE, at,
                           "the contest has a selection that is not in the manifest");
        }
        beyond |= s->vote & ~(int64_t)1;
    }
    bool in_range = beyond == 0;
    eg_declassify(&in_range, sizeof in_range); /* the caller is told */
    if (!in_range) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, at, "a vote must be 0 or 1");
    }
    return EG_SUCCESS;
}

eg_result eg_plain_ballot_check(const eg_plain_ballot *ballot, const eg_manifest *manifest,
                                const eg_ballot_style *style, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "contests");
    for (size_t i = 0; i < ballot->contest_count; i++) {
        eg_path at = eg_path_index(&list, i);
        const eg_contest_description *description =
            find_contest(manifest, ballot->contests[i].object_id);
        if (description == NULL || !eg_style_has_contest(style, description)) {
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                           "the contest is not one of the ballot style");
        }
        if (plain_of(ballot, ballot->contests[i].object_id) != &ballot->contests[i]) {
            return EG_FAIL(err, EG_E_DUPLICATE, &at, "the contest stands twice on the ballot");
        }
        EG_TRY(check_contest(&ballot->contests[i], description, &at, err));
    }
    return EG_SUCCESS;
}

/* The first plain selection of that id gives the vote, else 0. The id is public, the vote is not.
 */
static unsigned vote_for(const eg_plain_contest *plain, eg_str id)
{
    for (size_t j = 0; plain != NULL && j < plain->selection_count; j++) {
        if (eg_str_equal(plain->selections[j].object_id, id)) {
            return (unsigned)plain->selections[j].vote & 1u;
        }
    }
    return 0;
}

static eg_result collect_write_ins(eg_contest_data *data, const eg_plain_contest *plain,
                                   eg_arena *arena, eg_error *err)
{
    eg_write_in *write_ins = NULL;
    size_t count = 0;
    size_t most = plain == NULL ? 0 : plain->selection_count;
    EG_TRY(eg_arena_new(arena, most, sizeof *write_ins, &write_ins, err));
    for (size_t j = 0; j < most; j++) {
        if (plain->selections[j].write_in.present) {
            write_ins[count++] =
                (eg_write_in){plain->selections[j].object_id, plain->selections[j].write_in.value};
        }
    }
    data->write_ins = count > 0 ? write_ins : NULL;
    data->write_in_count = count;
    return EG_SUCCESS;
}

static eg_result collect_voted(eg_contest_data *data, const eg_plain_contest *plain,
                               eg_arena *arena, eg_error *err)
{
    eg_str *ids = NULL;
    size_t count = 0;
    EG_TRY(eg_arena_new(arena, plain->selection_count, sizeof *ids, &ids, err));
    for (size_t j = 0; j < plain->selection_count; j++) {
        bool is_voted = plain->selections[j].vote != 0;
        eg_declassify(&is_voted, sizeof is_voted); /* of an overvote: see below */
        if (is_voted) {
            ids[count++] = plain->selections[j].object_id;
        }
    }
    data->error_ids = ids;
    data->error_id_count = count;
    return EG_SUCCESS;
}

/* 1 when a is below b, both below 2^31; no branch. */
static unsigned is_below(unsigned a, unsigned b)
{
    return ((a - b) >> 31) & 1u;
}

/* More votes than seats. Not hidden: such a ballot is none that counts, its contest data lists the
 * votes at a length that tells them, and the service refuses it before it is encrypted. */
static bool is_overvote(unsigned total, const eg_contest_description *description)
{
    bool over = (is_below(description->number_elected, total) & ~is_below(total, 1)) != 0;
    eg_declassify(&over, sizeof over);
    return over;
}

/* The contest data of every error that votes can be read from, and of none; the right one is taken
 * by masks. Which of them fit in the padding is public, for all but the error's name is. */
static eg_result pad_hidden(uint8_t data[EG_PADDED_BYTES], eg_contest_data content, unsigned total,
                            unsigned number_elected, eg_error *err)
{
    static const eg_contest_error errors[] = {EG_CONTEST_GOOD, EG_CONTEST_NULLVOTE,
                                              EG_CONTEST_UNDERVOTE};
    unsigned is_null = is_below(total, 1), is_under = is_below(total, number_elected) & ~is_null;
    const unsigned taken[] = {1u & ~(is_null | is_under), is_null, is_under};
    uint8_t padded[EG_PADDED_BYTES];
    eg_error too_large = {.code = EG_OK};
    unsigned missing = 0;
    memset(data, 0, EG_PADDED_BYTES);
    for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
        content.error = errors[k];
        unsigned mask = 0u - taken[k];
        if (eg_failed(eg_contest_data_pad(padded, &content, &too_large))) {
            missing |= taken[k];
            continue;
        }
        for (size_t i = 0; i < EG_PADDED_BYTES; i++) {
            data[i] |= (uint8_t)(padded[i] & mask);
        }
    }
    eg_wipe(padded, sizeof padded);
    bool fits = missing == 0;
    eg_declassify(&fits, sizeof fits); /* the caller is told */
    if (!fits && err != NULL) {
        *err = too_large;
    }
    return fits ? EG_SUCCESS : (eg_result){too_large.code};
}

static eg_result check_allowed(unsigned total, const eg_contest_description *description,
                               eg_error *err)
{
    if (!description->has_votes_allowed ||
        description->number_elected >= description->votes_allowed) {
        return EG_SUCCESS;
    }
    bool is_full = is_below(total, description->number_elected) == 0 && total > 0;
    eg_declassify(&is_full, sizeof is_full); /* the caller is told */
    if (is_full) {
        eg_path path = eg_path_field(NULL, "contests");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "only contests of n out of m can be encrypted");
    }
    return EG_SUCCESS;
}

static eg_result fill_data(uint8_t data[EG_PADDED_BYTES], const eg_plain_contest *plain,
                           unsigned total, bool overvote, unsigned number_elected, eg_arena *arena,
                           eg_error *err)
{
    eg_contest_data content = {.error = EG_CONTEST_OVERVOTE};
    EG_TRY(collect_write_ins(&content, plain, arena, err));
    if (!overvote) {
        return pad_hidden(data, content, total, number_elected, err);
    }
    EG_TRY(collect_voted(&content, plain, arena, err));
    return eg_contest_data_pad(data, &content, err);
}

eg_result eg_plain_contest_judge(bool votes[], uint8_t data[EG_PADDED_BYTES],
                                 const eg_plain_ballot *ballot,
                                 const eg_contest_description *description, eg_arena *arena,
                                 eg_error *err)
{
    const eg_plain_contest *plain = plain_of(ballot, description->object_id);
    unsigned total = 0;
    for (size_t j = 0; plain != NULL && j < plain->selection_count; j++) {
        total += (unsigned)plain->selections[j].vote & 1u;
    }
    bool overvote = is_overvote(total, description);
    if (!overvote) {
        EG_TRY(check_allowed(total, description, err));
    }
    unsigned counted = 0;
    for (size_t i = 0; i < description->selection_count; i++) {
        unsigned vote =
            vote_for(plain, description->selections[i].object_id) & (overvote ? 0u : 1u);
        votes[i] = vote != 0;
        counted += vote;
    }
    for (size_t i = 0; i < description->placeholder_count; i++) {
        unsigned fill = is_below(counted, description->number_elected);
        votes[description->selection_count + i] = fill != 0;
        counted += fill;
    }
    return fill_data(data, plain, total, overvote, description->number_elected, arena, err);
}

static eg_result check_chosen(const eg_str chosen[], size_t count,
                              const eg_contest_description *description, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "candidate_names_to_vote");
    if (count > description->number_elected) {
        return EG_FAIL(err, EG_E_TOO_MANY_CHOICES, &list,
                       "more candidates are chosen than the contest allows");
    }
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&list, i);
        if (!is_described(description, chosen[i])) {
            return EG_FAIL(err, EG_E_UNKNOWN_CANDIDATE, &at,
                           "the candidate is not one of the contest");
        }
        for (size_t j = 0; j < i; j++) {
            if (eg_str_equal(chosen[i], chosen[j])) {
                return EG_FAIL(err, EG_E_DUPLICATE, &at, "the candidate is chosen twice");
            }
        }
    }
    return EG_SUCCESS;
}

eg_result eg_plain_ballot_from_names(eg_plain_ballot *out, eg_str ballot_id, const eg_str chosen[],
                                     size_t chosen_count, const eg_manifest *manifest,
                                     eg_arena *arena, eg_error *err)
{
    const eg_contest_description *description = &manifest->contests[0];
    EG_TRY(check_chosen(chosen, chosen_count, description, err));
    eg_plain_contest *contest = NULL;
    eg_plain_selection *selections = NULL;
    EG_TRY(eg_arena_new(arena, 1, sizeof *contest, &contest, err));
    EG_TRY(eg_arena_new(arena, description->selection_count, sizeof *selections, &selections, err));
    for (size_t i = 0; i < description->selection_count; i++) {
        selections[i].object_id = description->selections[i].object_id;
        for (size_t c = 0; c < chosen_count; c++) {
            selections[i].vote |= eg_str_equal(chosen[c], selections[i].object_id) ? 1 : 0;
        }
    }
    *contest = (eg_plain_contest){description->object_id, selections, description->selection_count};
    *out = (eg_plain_ballot){ballot_id, manifest->styles[0].object_id, contest, 1};
    return EG_SUCCESS;
}
