#include "cli/election_input.h"

#include "base/utf8.h"
#include "cli/report.h"
#include "client/file_text.h"
#include "client/plain_file.h"
#include "client/plain_votes.h"
#include "client/run_folder.h"
#include "wire/fields.h"
#include "wire/objects/manifest.h"

#include <sys/stat.h>

enum { MANIFEST_BYTES_MAX = 32 * 1024 * 1024 };

/* ---- candidates ---- */

/* A flag's list, in the syntax of a line of CSV. */
static eg_result read_list(eg_str **out, size_t *count, const char *flag, const char *text,
                           eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, flag);
    eg_str *fields = NULL;
    size_t field;
    EG_TRY(eg_arena_new(arena, EG_CSV_FIELDS_MAX, sizeof *fields, &fields, err));
    const char *fault = eg_csv_split(eg_str_from(text), ',', fields, count, &field, arena);
    if (fault != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "%s", fault);
    }
    if (*count > EG_ELECTION_CANDIDATES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "there may be at most %d",
                       EG_ELECTION_CANDIDATES_MAX);
    }
    *out = fields;
    return EG_SUCCESS;
}

static eg_result check_candidates(const eg_election_spec *spec, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "--candidates");
    for (size_t i = 0; i < spec->candidate_count; i++) {
        if (eg_utf8_is_blank(spec->candidates[i])) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "name %zu is empty", i + 1);
        }
        for (size_t j = 0; j < i; j++) {
            if (eg_str_equal(spec->candidates[i], spec->candidates[j])) {
                return EG_FAIL(err, EG_E_DUPLICATE, &path, "names %zu and %zu are the same", j + 1,
                               i + 1);
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result read_parties(eg_election_spec *spec, const eg_election_settings *set,
                              eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "--parties");
    eg_str *parties = NULL;
    size_t count = spec->candidate_count;
    if (set->parties != NULL) {
        EG_TRY(read_list(&parties, &count, "--parties", set->parties, arena, err));
    } else {
        EG_TRY(eg_arena_new(arena, count, sizeof *parties, &parties, err));
        for (size_t i = 0; i < count; i++) {
            parties[i] = EG_STR("independent");
        }
    }
    if (count != spec->candidate_count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "there must be one for each candidate");
    }
    spec->parties = parties;
    return EG_SUCCESS;
}

/* As the service builds it (docs/crypto.md 11.5). */
static eg_result build_manifest(eg_election_spec *spec, eg_arena *arena, eg_error *err)
{
    eg_manifest *manifest = NULL;
    EG_TRY(eg_arena_new(arena, 1, sizeof *manifest, &manifest, err));
    spec->manifest = manifest;
    return eg_manifest_build_service(manifest, arena, spec->parties, spec->candidate_count,
                                     spec->candidates, spec->candidate_count, spec->max_choices,
                                     err);
}

static eg_result read_spec(eg_election_spec *spec, const eg_election_settings *set, eg_arena *arena,
                           eg_error *err)
{
    eg_str *candidates = NULL;
    *spec = (eg_election_spec){.guardians = (uint32_t)set->guardians,
                               .quorum = (uint32_t)set->quorum,
                               .missing = (uint32_t)set->missing,
                               .max_choices = (uint32_t)set->max_choices};
    if (set->manifest != NULL) {
        return EG_SUCCESS; /* read_manifest */
    }
    EG_TRY(read_list(&candidates, &spec->candidate_count, "--candidates", set->candidates, arena,
                     err));
    spec->candidates = candidates;
    EG_TRY(check_candidates(spec, err));
    EG_TRY(read_parties(spec, set, arena, err));
    return build_manifest(spec, arena, err);
}

/* ---- the manifest ---- */

static eg_result note_problems(eg_ballot_file *faults, const char *file,
                               const eg_problems *problems, eg_arena *arena, eg_error *err)
{
    for (size_t i = 0; i < problems->count; i++) {
        const eg_problem *problem = &problems->list[i];
        eg_str path, text;
        if (!problem->is_warning) {
            EG_TRY(eg_arena_copy_str(arena, eg_str_from(problem->error.path), &path, err));
            EG_TRY(eg_arena_copy_str(arena, eg_str_from(problem->error.text), &text, err));
            eg_ballot_file_add_fault(
                faults, &(eg_line_fault){.file = file, .path = path.data, .reason = text.data});
        }
    }
    faults->fault_count = problems->faults; /* which the list may not have room for */
    return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "%s in the manifest, nothing was sent",
                   eg_counted_of(problems->faults, "fault").text);
}

/* What is sent is the file as it is; the record has the manifest as it was understood. */
static eg_result read_manifest(eg_election_spec *spec, eg_ballot_file *faults,
                               const eg_election_settings *set, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, set->manifest);
    eg_manifest *manifest = NULL;
    eg_problems problems;
    eg_file_text file;
    eg_str content;
    eg_node node;
    EG_TRY(eg_file_read(set->manifest, MANIFEST_BYTES_MAX, &content, arena, err));
    const char *reason = eg_file_text_open(&file, content, arena);
    if (reason != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &at, "%s", reason);
    }
    EG_TRY(eg_tree_parse(&node, EG_JSON, file.text, 0, arena, &at, err));
    EG_TRY(eg_need_map(&node, &at, err));
    EG_TRY(eg_arena_new(arena, 1, sizeof *manifest, &manifest, err));
    EG_TRY(eg_problems_init(&problems, EG_PROBLEMS_MAX, arena, err));
    EG_TRY(eg_manifest_take(manifest, &node, NULL, arena, &problems, err));
    if (problems.faults > 0) {
        return note_problems(faults, set->manifest, &problems, arena, err);
    }
    spec->manifest = manifest;
    spec->manifest_text = file.text;
    return EG_SUCCESS;
}

eg_result eg_election_spec_read(eg_election_spec *out, eg_ballot_file *faults,
                                const eg_election_settings *settings, eg_arena *arena,
                                eg_error *err)
{
    EG_TRY(read_spec(out, settings, arena, err));
    return settings->manifest == NULL ? EG_SUCCESS
                                      : read_manifest(out, faults, settings, arena, err);
}

/* ---- ballots ---- */

static bool is_folder(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0 && S_ISDIR(what.st_mode);
}

/* input: what tells whether it is the same ballots later. */
static eg_result read_ballots(eg_ballot_file *out, eg_str *input, const eg_election_spec *spec,
                              const eg_election_settings *set, eg_arena *arena, eg_error *err)
{
    bool from_names = eg_spec_is_from_names(spec);
    if (!from_names && is_folder(set->ballots)) {
        return eg_plain_folder_read(out, input, set->ballots, spec, arena, err);
    }
    EG_TRY(eg_file_read(set->ballots, EG_BALLOT_FILE_BYTES_MAX, input, arena, err));
    return !from_names && eg_plain_list_is_one(*input)
               ? eg_plain_list_read(out, *input, spec, arena, err)
               : eg_ballot_file_read(out, *input, spec, arena, err);
}

static eg_result spoil(eg_election_input *out, const eg_election_settings *set, eg_arena *arena,
                       eg_error *err)
{
    eg_path path = eg_path_field(NULL, "--spoil");
    eg_ballot_file *ballots = &out->ballots;
    eg_str_index ids;
    EG_TRY(eg_str_index_init(&ids, &ballots->votes[0].ballot_id, sizeof *ballots->votes,
                             ballots->count, arena, err));
    for (size_t i = 0; i < set->spoil.count; i++) {
        size_t at = 0;
        if (!eg_str_index_find(&ids, eg_str_from(set->spoil.items[i]), &at)) {
            return EG_FAIL(err, EG_E_NOT_FOUND, &path, "no ballot has the id '%.80s'",
                           set->spoil.items[i]);
        }
        out->spoiled_count += !ballots->votes[at].is_spoiled;
        ballots->votes[at].is_spoiled = true;
    }
    return out->spoiled_count < ballots->count
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "one ballot at least must be counted");
}

static void count_names(uint64_t counts[], const eg_ballot_file *ballots,
                        const eg_election_spec *spec)
{
    for (size_t i = 0; i < ballots->count; i++) {
        const eg_vote *vote = &ballots->votes[i];
        for (size_t j = 0; j < vote->choice_count && !vote->is_spoiled; j++) {
            size_t c = 0;
            while (!eg_str_equal(spec->candidates[c], vote->choices[j])) {
                c++; /* the reader has found it among them */
            }
            counts[c]++;
        }
    }
}

static eg_result count_plainly(eg_election_input *out, eg_arena *arena, eg_error *err)
{
    const eg_election_spec *spec = &out->spec;
    const eg_ballot_file *ballots = &out->ballots;
    EG_TRY(eg_arena_new(arena, eg_spec_count_count(spec), sizeof *out->plain, &out->plain, err));
    if (eg_spec_is_from_names(spec)) {
        count_names(out->plain, ballots, spec);
        return EG_SUCCESS;
    }
    return eg_plain_votes_count(out->plain, ballots->votes, ballots->count, spec->manifest, err);
}

static eg_result faults_found(const eg_election_input *in, eg_error *err)
{
    return in->ballots.fault_count == 0
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_BAD_ENCODING, NULL,
                         "%s in the file of ballots, nothing was sent",
                         eg_counted_of(in->ballots.fault_count, "fault").text);
}

static eg_result read_encrypted(eg_election_input *out, const eg_election_settings *set,
                                eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_encrypted_file_read(&out->encrypted, &out->ballots, &out->identity, set->encrypted,
                                  &out->spec, arena, err));
    for (size_t i = 0; i < out->ballots.count; i++) {
        out->spoiled_count += out->ballots.votes[i].is_spoiled;
    }
    return faults_found(out, err);
}

eg_result eg_election_input_read(eg_election_input *out, const eg_election_settings *set,
                                 eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_election_spec_read(&out->spec, &out->ballots, set, arena, err));
    if (set->encrypted != NULL) {
        return read_encrypted(out, set, arena, err);
    }
    EG_TRY(read_ballots(&out->ballots, &out->identity, &out->spec, set, arena, err));
    EG_TRY(faults_found(out, err));
    EG_TRY(spoil(out, set, arena, err));
    return count_plainly(out, arena, err);
}
