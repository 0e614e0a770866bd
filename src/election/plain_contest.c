#include "election/plain_contest.h"

#include "base/secret.h"
#include "election/contest_data.h"

/* Ballots that are laid out whole have everything in the manifest's order: what is looked for is
 * then where the hint says. */

const eg_plain_contest *eg_plain_contest_find(const eg_plain_ballot *ballot, eg_str id, size_t hint)
{
    const eg_plain_contest *contests = ballot->contests;
    if (hint < ballot->contest_count && eg_str_equal(contests[hint].object_id, id)) {
        return &contests[hint];
    }
    for (size_t i = 0; i < ballot->contest_count; i++) {
        if (eg_str_equal(contests[i].object_id, id)) {
            return &contests[i];
        }
    }
    return NULL;
}

static const eg_contest_description *
find_contest(const eg_manifest *manifest, const eg_ballot_style *style, eg_str id, size_t hint)
{
    for (size_t k = 0; k < style->contest_count; k++) {
        size_t i = (hint + k) % style->contest_count;
        const eg_contest_description *contest = &manifest->contests[style->contests[i]];
        if (eg_str_equal(contest->object_id, id)) {
            return contest;
        }
    }
    return NULL;
}

static bool is_described(const eg_contest_description *description, eg_str id, size_t hint)
{
    for (size_t k = 0; k < description->selection_count; k++) {
        size_t i = (hint + k) % description->selection_count;
        if (eg_str_equal(description->selections[i].object_id, id)) {
            return true;
        }
    }
    return false;
}

/* Every selection of the contest, each where it is described. */
static bool is_whole(const eg_plain_contest *plain, const eg_contest_description *description)
{
    if (plain == NULL || plain->selection_count != description->selection_count) {
        return false;
    }
    for (size_t i = 0; i < plain->selection_count; i++) {
        if (!eg_str_equal(plain->selections[i].object_id, description->selections[i].object_id)) {
            return false;
        }
    }
    return true;
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

static eg_result check_contest(const eg_plain_contest *plain,
                               const eg_contest_description *description, const eg_path *at,
                               eg_error *err)
{
    eg_path list = eg_path_field(at, "ballot_selections");
    if (plain->selection_count > description->selection_count) {
        return EG_FAIL(err, EG_E_TOO_MANY_CHOICES, &list,
                       "the contest has more selections than the manifest describes");
    }
    int64_t beyond = 0;
    for (size_t j = 0; j < plain->selection_count; j++) {
        const eg_plain_selection *s = &plain->selections[j];
        eg_path item = eg_path_index(&list, j);
        eg_path id = eg_path_field(&item, "object_id");
        if (!is_described(description, s->object_id, j)) {
            return EG_FAIL(err, EG_E_UNKNOWN_CANDIDATE, &id,
                           "the contest has no selection of that id in the manifest");
        }
        beyond |= s->vote & ~(int64_t)1;
    }
    bool in_range = beyond == 0;
    eg_declassify(&in_range, sizeof in_range); /* the caller is told */
    if (!in_range) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &list, "a vote must be 0 or 1");
    }
    return EG_SUCCESS;
}

eg_result eg_plain_ballot_check(const eg_plain_ballot *ballot, const eg_manifest *manifest,
                                const eg_ballot_style *style, const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    for (size_t i = 0; i < ballot->contest_count; i++) {
        eg_path at = eg_path_index(&list, i);
        eg_path id = eg_path_field(&at, "object_id");
        const eg_contest_description *description =
            find_contest(manifest, style, ballot->contests[i].object_id, i);
        if (description == NULL) {
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &id,
                           "the contest is not one of the ballot style");
        }
        if (eg_plain_contest_find(ballot, ballot->contests[i].object_id, 0) !=
            &ballot->contests[i]) {
            return EG_FAIL(err, EG_E_DUPLICATE, &id, "the contest stands twice on the ballot");
        }
        EG_TRY(check_contest(&ballot->contests[i], description, &at, err));
    }
    return EG_SUCCESS;
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

/* 1 when a is below b, both below 2^31; no branch. */
static unsigned is_below(unsigned a, unsigned b)
{
    return ((a - b) >> 31) & 1u;
}

/* More votes than seats. Hidden like every vote: none of them counts then. */
static unsigned is_overvote(unsigned total, const eg_contest_description *description)
{
    return is_below(description->number_elected, total) & ~is_below(total, 1) & 1u;
}

/* What a contest's data may be: of every error, and of none. All are made; the right one is taken
 * by masks. Which of those that name no selection fit is public, for all but the error's name is.
 */
typedef struct hidden_data {
    uint8_t *out;     /* EG_PADDED_BYTES, zeros at first */
    unsigned missing; /* the right one does not fit */
    eg_error too_large;
} hidden_data;

static void take_data(hidden_data *data, const uint8_t padded[EG_PADDED_BYTES], unsigned taken,
                      unsigned fits)
{
    uint8_t mask = (uint8_t)(0u - (taken & fits));
    data->missing |= taken & ~fits & 1u;
    for (size_t i = 0; i < EG_PADDED_BYTES; i++) {
        data->out[i] |= (uint8_t)(padded[i] & mask);
    }
}

static void take_without_ids(hidden_data *data, eg_contest_data content, eg_contest_error error,
                             unsigned taken)
{
    uint8_t padded[EG_PADDED_BYTES] = {0};
    content.error = error;
    bool fits = !eg_failed(eg_contest_data_pad(padded, &content, &data->too_large));
    take_data(data, padded, taken, fits ? 1u : 0u);
    eg_wipe(padded, sizeof padded);
}

static eg_result take_overvote(hidden_data *data, const eg_contest_data *content,
                               const eg_plain_contest *plain, unsigned taken, eg_arena *arena,
                               eg_error *err)
{
    uint8_t padded[EG_PADDED_BYTES];
    eg_hidden_choice *choices;
    unsigned fits;
    EG_TRY(eg_arena_new(arena, plain->selection_count, sizeof *choices, &choices, err));
    for (size_t j = 0; j < plain->selection_count; j++) {
        const eg_plain_selection *s = &plain->selections[j];
        choices[j] = (eg_hidden_choice){s->object_id, (unsigned)s->vote & 1u, s->place};
    }
    EG_TRY(eg_contest_data_pad_overvote(padded, &fits, choices, plain->selection_count,
                                        content->write_ins, content->write_in_count, arena, err));
    take_data(data, padded, taken, fits);
    eg_wipe(padded, sizeof padded);
    return EG_SUCCESS;
}

static eg_result refuse_missing(const hidden_data *data, eg_error *err)
{
    bool fits = data->missing == 0;
    eg_declassify(&fits, sizeof fits); /* the caller is told */
    if (!fits) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL,
                       "the contest's write-ins, or the selections of an overvote, are longer than "
                       "the %d bytes there are for them",
                       EG_PADDED_MESSAGE_MAX);
    }
    return EG_SUCCESS;
}

static eg_result fill_data(uint8_t out[EG_PADDED_BYTES], const eg_plain_contest *plain,
                           unsigned total, const eg_contest_description *description,
                           eg_arena *arena, eg_error *err)
{
    hidden_data data = {.out = out};
    eg_contest_data content = {.error = EG_CONTEST_GOOD};
    unsigned is_null = is_below(total, 1), is_over = is_overvote(total, description);
    unsigned is_under = is_below(total, description->number_elected) & ~is_null & 1u;
    memset(out, 0, EG_PADDED_BYTES);
    EG_TRY(collect_write_ins(&content, plain, arena, err));
    take_without_ids(&data, content, EG_CONTEST_GOOD, 1u & ~(is_null | is_under | is_over));
    take_without_ids(&data, content, EG_CONTEST_NULLVOTE, is_null);
    take_without_ids(&data, content, EG_CONTEST_UNDERVOTE, is_under);
    if (plain != NULL && plain->selection_count > description->number_elected) {
        EG_TRY(take_overvote(&data, &content, plain, is_over, arena, err));
    }
    return refuse_missing(&data, err);
}

/* Of contests in which more votes are allowed than are elected, the reference encrypts no ballot
 * that elects as many as there are seats. */
static eg_result check_allowed(unsigned total, const eg_contest_description *description,
                               eg_error *err)
{
    if (!description->has_votes_allowed ||
        description->number_elected >= description->votes_allowed) {
        return EG_SUCCESS;
    }
    unsigned elected = description->number_elected;
    bool is_full = (is_below(total, elected) | is_below(elected, total) | is_below(total, 1)) == 0;
    eg_declassify(&is_full, sizeof is_full); /* the caller is told */
    if (is_full) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL,
                       "only contests of n out of m can be encrypted");
    }
    return EG_SUCCESS;
}

eg_result eg_plain_contest_judge(bool votes[], uint8_t data[EG_PADDED_BYTES],
                                 const eg_plain_contest *plain,
                                 const eg_contest_description *description, eg_arena *arena,
                                 eg_error *err)
{
    unsigned total = 0, counted = 0;
    bool whole = is_whole(plain, description);
    for (size_t j = 0; plain != NULL && j < plain->selection_count; j++) {
        total += (unsigned)plain->selections[j].vote & 1u;
    }
    EG_TRY(check_allowed(total, description, err));
    unsigned counts = ~is_overvote(total, description) & 1u;
    for (size_t i = 0; i < description->selection_count; i++) {
        unsigned vote = whole ? (unsigned)plain->selections[i].vote & 1u
                              : vote_for(plain, description->selections[i].object_id);
        vote &= counts;
        votes[i] = vote != 0;
        counted += vote;
    }
    for (size_t i = 0; i < description->placeholder_count; i++) {
        unsigned fill = is_below(counted, description->number_elected);
        votes[description->selection_count + i] = fill != 0;
        counted += fill;
    }
    return fill_data(data, plain, total, description, arena, err);
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
        if (!is_described(description, chosen[i], 0)) {
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
