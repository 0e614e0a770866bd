/* egserve election run: a file of ballots through a whole election at a service. */
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/report.h"
#include "cli/screen_text.h"
#include "client/election_run.h"
#include "client/file_text.h"
#include "client/interrupt.h"
#include "client/plain_file.h"
#include "client/plain_votes.h"
#include "wire/fields.h"
#include "wire/objects/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
    GUARDIANS_MAX = 100,
    CANDIDATES_MAX = 1000,
    CHUNK_MAX = 1000,
    KEY_FILE_BYTES_MAX = 4096,
    MANIFEST_BYTES_MAX = 32 * 1024 * 1024,
    FLAG_COUNT = 17
};

typedef struct settings {
    const char *url, *ballots, *out, *candidates, *parties, *key_file, *record, *manifest;
    uint64_t guardians, quorum, missing, max_choices, chunk_ballots, patience_s;
    eg_option_texts spoil;
    eg_output output;
} settings;

/* What there is to tell at the end, as far as it got. */
typedef struct outcome {
    eg_election_spec spec;
    eg_ballot_file ballots;
    uint64_t *counts; /* NULL: it did not come to a result */
    uint64_t *plain;
    size_t spoiled_count;
    bool agree;
    bool began; /* something may be in the folder */
} outcome;

static const char command[] = "egserve election run";

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
    if (*count > CANDIDATES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "there may be at most %d", CANDIDATES_MAX);
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

static eg_result read_parties(eg_election_spec *spec, const settings *set, eg_arena *arena,
                              eg_error *err)
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

static eg_result read_spec(eg_election_spec *spec, const settings *set, eg_arena *arena,
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
static eg_result read_manifest(eg_election_spec *spec, eg_ballot_file *faults, const settings *set,
                               eg_arena *arena, eg_error *err)
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

/* ---- ballots ---- */

static bool is_folder(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0 && S_ISDIR(what.st_mode);
}

/* input: what tells whether it is the same ballots later. */
static eg_result read_ballots(eg_ballot_file *out, eg_str *input, const eg_election_spec *spec,
                              const settings *set, eg_arena *arena, eg_error *err)
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

static eg_result spoil(outcome *out, const settings *set, eg_arena *arena, eg_error *err)
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

static size_t shown_faults(const eg_ballot_file *ballots)
{
    return ballots->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN ? ballots->fault_count
                                                              : EG_BALLOT_FILE_FAULTS_SHOWN;
}

/* Names of files and places are the user's own, but not every terminal's. */
static void append_place(eg_buf *line, const settings *set, const eg_line_fault *f)
{
    bool is_within = f->file != NULL && f->file != set->manifest;
    eg_screen_append(line, eg_str_from(f->file == set->manifest ? f->file : set->ballots));
    if (is_within) {
        eg_buf_append_char(line, '/');
        eg_screen_append(line, eg_str_from(f->file));
    }
    if (f->path == NULL) {
        eg_buf_printf(line, ":%zu: ", f->line);
    } else {
        eg_buf_append_str(line, EG_STR(": "));
        eg_screen_append(line, eg_str_from(f->path));
        eg_buf_append_str(line, f->path[0] == '\0' ? EG_STR("") : EG_STR(": "));
    }
    if (f->path == NULL && f->field > 0) {
        eg_buf_printf(line, "field %zu: ", f->field);
    }
}

static void print_faults(const settings *set, const eg_ballot_file *ballots)
{
    for (size_t i = 0; i < shown_faults(ballots); i++) {
        eg_buf line;
        eg_buf_init(&line, NULL);
        append_place(&line, set, &ballots->faults[i]);
        eg_screen_append(&line, eg_str_from(ballots->faults[i].reason));
        eg_buf_append_char(&line, '\n');
        (void)fwrite(line.data, 1, line.len, stderr);
        eg_buf_free(&line);
    }
}

/* The access key never travels in argv: from a file, or from the variable that the service reads.
 */
static eg_result read_key(const char **out, const settings *set, eg_arena *arena, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "--internal-key-file");
    eg_str text;
    if (set->key_file == NULL) {
        const char *key = getenv("ELECTIONGUARD_INTERNAL_API_KEY");
        *out = key == NULL || key[0] == '\0' ? NULL : key;
        return EG_SUCCESS;
    }
    EG_TRY(eg_file_read(set->key_file, KEY_FILE_BYTES_MAX, &text, arena, err));
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r')) {
        text.len--;
    }
    if (text.len == 0 || memchr(text.data, '\0', text.len) != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path,
                       "the file must hold the key and nothing else");
    }
    EG_TRY(eg_arena_copy_str(arena, text, &text, err));
    *out = text.data;
    return EG_SUCCESS;
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

static eg_result count_plainly(outcome *out, eg_arena *arena, eg_error *err)
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

static bool tick(void *progress)
{
    eg_progress_tick(progress);
    return !eg_interrupted();
}

/* The run itself, with everything read and checked. */
static eg_result hold_election(const settings *set, eg_election_run *run, uint64_t counts[],
                               eg_arena *arena, eg_error *err)
{
    eg_run_folder folder;
    const char *key = NULL;
    EG_TRY(read_key(&key, set, arena, err));
    EG_TRY(eg_http_client_new(
        &run->http,
        &(eg_http_options){
            .url = set->url, .internal_key = key, .tick = tick, .tick_context = run->progress},
        err));
    eg_result result = eg_run_folder_open(&folder, set->out, err);
    if (!eg_failed(result)) {
        run->folder = &folder;
        result = eg_election_run_all(run, counts, err);
        eg_run_folder_close(&folder);
    }
    eg_http_client_free(run->http);
    return result;
}

static eg_result run_all(const settings *set, outcome *out, eg_arena *arena, eg_error *err)
{
    eg_progress progress;
    eg_election_run run = {.spec = &out->spec,
                           .ballots = &out->ballots,
                           .chunk_ballots = (size_t)set->chunk_ballots,
                           .folder_path = set->out,
                           .zip = set->record,
                           .progress = &progress,
                           .patience_s = set->patience_s};
    uint64_t *counts = NULL;
    EG_TRY(read_spec(&out->spec, set, arena, err));
    if (set->manifest != NULL) {
        EG_TRY(read_manifest(&out->spec, &out->ballots, set, arena, err));
    }
    EG_TRY(read_ballots(&out->ballots, &run.input, &out->spec, set, arena, err));
    if (out->ballots.fault_count > 0) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "%s in the file of ballots, nothing was sent",
                       eg_counted_of(out->ballots.fault_count, "fault").text);
    }
    EG_TRY(spoil(out, set, arena, err));
    EG_TRY(eg_arena_new(arena, eg_spec_count_count(&out->spec), sizeof *counts, &counts, err));
    EG_TRY(count_plainly(out, arena, err));
    eg_progress_init(&progress, set->output.quiet);
    eg_result result = hold_election(set, &run, counts, arena, err);
    out->began = run.folder != NULL;
    EG_TRY(result);
    out->counts = counts;
    out->agree = true;
    for (size_t i = 0; i < eg_spec_count_count(&out->spec); i++) {
        out->agree = out->agree && counts[i] == out->plain[i];
    }
    return EG_SUCCESS;
}

static void put_faults(eg_outcome *json, const eg_ballot_file *ballots)
{
    eg_put_int(&json->w, "fault_count", (int64_t)ballots->fault_count);
    eg_write_key(&json->w, "faults");
    eg_write_array(&json->w, shown_faults(ballots));
    for (size_t i = 0; i < shown_faults(ballots); i++) {
        const eg_line_fault *f = &ballots->faults[i];
        eg_write_map(&json->w);
        if (f->path == NULL) {
            eg_put_int(&json->w, "line", (int64_t)f->line);
            eg_put_int(&json->w, "field", (int64_t)f->field);
        } else {
            eg_put_cstr(&json->w, "file", f->file == NULL ? "" : f->file);
            eg_put_cstr(&json->w, "path", f->path);
        }
        eg_put_cstr(&json->w, "reason", f->reason);
        eg_write_end(&json->w);
    }
    eg_write_end(&json->w);
}

static void print_json(const settings *set, const outcome *out, const eg_error *err)
{
    eg_outcome json;
    bool has_result = out->counts != NULL;
    eg_outcome_begin(&json, command, has_result && out->agree, err);
    eg_put_cstr(&json.w, "folder", set->out);
    eg_put_int(&json.w, "ballots", (int64_t)out->ballots.count);
    eg_put_int(&json.w, "spoiled", (int64_t)out->spoiled_count);
    put_faults(&json, &out->ballots);
    eg_put_bool(&json.w, "can_go_on", !has_result && out->began);
    if (has_result) {
        eg_outcome_put_counts(&json, &out->spec, out->counts, out->plain);
    }
    eg_outcome_end(&json);
}

static void report(const settings *set, const outcome *out, const eg_error *err)
{
    if (out->counts == NULL) {
        print_faults(set, &out->ballots);
        eg_report_error(command, err);
        if (out->began) {
            fprintf(stderr, "%s: what is done is kept in %s; the same command goes on from there\n",
                    command, set->out);
        }
    } else if (eg_output_is_text(&set->output)) {
        (void)eg_report_counts(&out->spec, out->counts, out->plain);
    }
    if (set->output.json) {
        print_json(set, out, err);
    }
}

static eg_options_result read_settings(settings *s, int argc, char **argv)
{
    const eg_option options[FLAG_COUNT] = {
        {"--url", EG_OPTION_TEXT, "URL", &s->url, "the service", 0, 0, true},
        {"--ballots", EG_OPTION_TEXT, "FILE", &s->ballots,
         "the ballots, as CSV; with a manifest also a JSON list or a folder", 0, 0, true},
        {"--out", EG_OPTION_TEXT, "DIR", &s->out,
         "where the record is written, as DIR/record, and what going on needs", 0, 0, true},
        {"--record", EG_OPTION_TEXT, "FILE.zip", &s->record, "the record as a zip file as well", 0,
         0, false},
        {"--manifest", EG_OPTION_TEXT, "M.json", &s->manifest,
         "electionguard-python's manifest of the election", 0, 0, false},
        {"--candidates", EG_OPTION_TEXT, "A,B,...", &s->candidates,
         "or names in ballot order, as a line of CSV", 0, 0, false},
        {"--parties", EG_OPTION_TEXT, "P,Q,...", &s->parties,
         "one for each candidate (default: independent)", 0, 0, false},
        {"--guardians", EG_OPTION_COUNT, "N", &s->guardians, "guardians of the key", 1,
         GUARDIANS_MAX, false},
        {"--quorum", EG_OPTION_COUNT, "N", &s->quorum, "guardians needed to decrypt", 1,
         GUARDIANS_MAX, false},
        {"--missing", EG_OPTION_COUNT, "N", &s->missing, "guardians who do not come to decrypt", 0,
         GUARDIANS_MAX, false},
        {"--max-choices", EG_OPTION_COUNT, "N", &s->max_choices, "choices on a ballot", 1,
         CANDIDATES_MAX, false},
        {"--spoil", EG_OPTION_TEXTS, "ID", &s->spoil,
         "a ballot that is opened and not counted; may be repeated", 0, 0, false},
        {"--chunk", EG_OPTION_COUNT, "N", &s->chunk_ballots, "ballots in one request", 1, CHUNK_MAX,
         false},
        {"--internal-key-file", EG_OPTION_TEXT, "FILE", &s->key_file,
         "the service's access key (default: $ELECTIONGUARD_INTERNAL_API_KEY)", 0, 0, false},
        {"--patience", EG_OPTION_COUNT, "SECONDS", &s->patience_s,
         "how long a service that is full or restarts is asked again", 0, EG_PATIENCE_MAX_S, false},
        EG_OUTPUT_OPTIONS(&s->output),
    };
    const eg_usage usage = {
        .command = command,
        .summary =
            "Takes a file of ballots through a whole election at a service and compares the\n"
            "result with the plain count. Run again after an interruption, it goes on where it\n"
            "stopped and repeats no request that was answered.",
        .notes =
            "FILE begins with a line 'ballot_id,choice...'; each further line is a ballot's id "
            "and\n"
            "the candidates chosen on it. With a manifest: 'ballot_id,style_id,' and contest ids.\n"
            "All guardians' keys are in DIR/private: for trials.",
        .options = options,
        .option_count = FLAG_COUNT,
    };
    eg_options_result result = eg_options_read(&usage, argc, argv);
    if (result == EG_OPTIONS_READ && (s->manifest == NULL) == (s->candidates == NULL)) {
        return eg_options_refuse(&usage, "one of '--manifest' and '--candidates' is required");
    }
    if (result == EG_OPTIONS_READ && s->manifest != NULL &&
        (s->parties != NULL || s->max_choices != 1)) {
        return eg_options_refuse(&usage,
                                 "'--parties' and '--max-choices' are for elections from names");
    }
    if (result == EG_OPTIONS_READ && s->quorum > s->guardians) {
        return eg_options_refuse(&usage, "'--quorum' must be at most '--guardians'");
    }
    if (result == EG_OPTIONS_READ && s->missing > s->guardians - s->quorum) {
        return eg_options_refuse(&usage,
                                 "'--missing' must leave as many guardians as '--quorum' needs");
    }
    return result;
}

static int run_command(int argc, char **argv)
{
    settings set = {.guardians = 3,
                    .quorum = 2,
                    .missing = 0,
                    .max_choices = 1,
                    .chunk_ballots = 64,
                    .patience_s = EG_PATIENCE_S};
    switch (read_settings(&set, argc, argv)) {
    case EG_OPTIONS_READ:
        break;
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        return EG_EXIT_USAGE;
    }
    eg_error err = {0};
    eg_arena arena;
    outcome out = {.counts = NULL};
    eg_arena_init(&arena, NULL);
    eg_interrupt_watch();
    bool done = !eg_failed(run_all(&set, &out, &arena, &err));
    report(&set, &out, &err);
    eg_arena_free(&arena);
    if (!done) {
        (void)fflush(stdout);
        eg_interrupt_rethrow();
    }
    return done && out.agree ? EG_EXIT_OK : EG_EXIT_FAILED;
}

int eg_cmd_election(int argc, char **argv)
{
    const eg_usage usage = {.command = "egserve election",
                            .summary = "run   take a file of ballots through a whole election",
                            .notes = "The flags: egserve election run --help"};
    if (argc > 0 && strcmp(argv[0], "run") == 0) {
        return run_command(argc - 1, argv + 1);
    }
    if (argc == 0) {
        (void)eg_options_refuse(&usage, "'run' is needed");
        return EG_EXIT_USAGE;
    }
    return eg_options_read(&usage, argc, argv) == EG_OPTIONS_HELP ? EG_EXIT_OK : EG_EXIT_USAGE;
}
