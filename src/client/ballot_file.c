#include "client/ballot_file.h"

#include "base/utf8.h"
#include "client/file_text.h"
#include "client/plain_row.h"
#include "record/layout.h"
#include "wire/name_hint.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char *const out_of_memory = "there is no memory for it";

static const char separators[] = ",;\t|";

typedef struct reader {
    eg_ballot_file *out;
    const eg_election_spec *spec;
    eg_arena *arena;
    eg_str fields[EG_CSV_FIELDS_MAX]; /* of the line at hand */
    char separator;                   /* between fields; '\0' before it is known */
    size_t columns;                   /* of the header; 0 before it */
    bool is_lost;                     /* the header says nothing of the lines: none is judged */
    /* of an election from a manifest */
    eg_manifest_index index;
    eg_plain_columns contests;
    eg_arena scratch; /* of one line */
} reader;

void eg_ballot_file_add_fault(eg_ballot_file *file, const eg_line_fault *fault)
{
    if (file->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN) {
        file->faults[file->fault_count] = *fault;
    }
    file->fault_count++;
}

static void fault(reader *r, size_t line, size_t field, const char *reason)
{
    eg_ballot_file_add_fault(r->out,
                             &(eg_line_fault){.line = line, .field = field, .reason = reason});
}

/* The candidate as the election names it: borrowed from the spec, the same for every ballot. */
static const eg_str *find_candidate(const eg_election_spec *spec, eg_str name)
{
    for (size_t i = 0; i < spec->candidate_count; i++) {
        if (eg_str_equal(spec->candidates[i], name)) {
            return &spec->candidates[i];
        }
    }
    return NULL;
}

static bool is_among(const eg_str names[], size_t count, eg_str name)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_str_equal(names[i], name)) {
            return true;
        }
    }
    return false;
}

/* Why a name is refused, with the candidate that it looks like. */
static const char *unknown_name(reader *r, eg_str name)
{
    static const char plain[] = "it names no candidate of this election";
    char hint[EG_NAME_HINT_BYTES];
    char *text;
    if (r->out->fault_count >= EG_BALLOT_FILE_FAULTS_SHOWN) {
        return plain; /* nobody will read it */
    }
    eg_name_hint(hint, name, r->spec->candidates, sizeof *r->spec->candidates,
                 r->spec->candidate_count);
    text = eg_arena_alloc(r->arena, sizeof plain + sizeof hint);
    if (text == NULL) {
        return plain;
    }
    (void)snprintf(text, sizeof plain + sizeof hint, "%s%s", plain, hint);
    return text;
}

/* The choices of the line at hand; empty fields are none. False: a fault was noted. */
static bool read_choices(reader *r, size_t line, size_t count, eg_vote *vote)
{
    eg_str *choices = eg_arena_alloc_array(r->arena, count, sizeof *choices);
    size_t n = 0;
    const char *reason = choices == NULL ? out_of_memory : NULL;
    for (size_t i = 1; i < count && reason == NULL; i++) {
        if (eg_utf8_is_blank(r->fields[i])) {
            continue;
        }
        const eg_str *candidate = find_candidate(r->spec, r->fields[i]);
        if (candidate == NULL) {
            reason = unknown_name(r, r->fields[i]);
        } else if (is_among(choices, n, *candidate)) {
            reason = "it names a candidate for the second time";
        } else if (n == r->spec->max_choices) {
            reason = "it is one choice more than '--max-choices' allows";
        } else {
            choices[n++] = *candidate;
        }
        if (reason != NULL) {
            fault(r, line, i + 1, reason);
        }
    }
    vote->choices = choices;
    vote->choice_count = n;
    return reason == NULL;
}

/* What a judgement of the ballot says, for as long as the faults. */
static const char *kept_reason(reader *r, const eg_error *what)
{
    eg_str copy;
    eg_error err;
    return r->out->fault_count >= EG_BALLOT_FILE_FAULTS_SHOWN ||
                   eg_failed(eg_arena_copy_str(r->arena, eg_str_from(what->text), &copy, &err))
               ? "the ballot cannot be encrypted"
               : copy.data;
}

/* The line at hand as a ballot of an election from a manifest. */
static bool read_contests(reader *r, size_t line, size_t count, eg_vote *vote)
{
    eg_plain_ballot ballot;
    eg_error what = {.code = EG_OK};
    size_t field = 0;
    const char *reason =
        eg_plain_row_read(&ballot, &r->contests, &r->index, r->fields, count, &field, &r->scratch);
    if (reason == NULL && eg_failed(eg_plain_vote_take(vote, &ballot, &r->index, r->arena,
                                                       &r->scratch, NULL, &what))) {
        reason = kept_reason(r, &what);
        field = 0;
    }
    eg_arena_reset(&r->scratch);
    if (reason != NULL) {
        fault(r, line, field, reason);
    }
    return reason == NULL;
}

/* An id alone that looks like a line of another separator: its choices would be lost. */
static bool looks_separated(const reader *r, eg_str text)
{
    const eg_str id = r->fields[0];
    bool is_quoted = text.data[0] == '"';
    for (size_t i = 0; i < id.len && !is_quoted; i++) {
        if (id.data[i] != '\0' && strchr(separators, id.data[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void read_ballot(reader *r, size_t line, eg_str text, size_t count)
{
    eg_vote vote = {.ballot_id = r->fields[0]};
    while (count > 0 && eg_utf8_is_blank(r->fields[count - 1])) {
        count--; /* spreadsheets fill rows up to the widest one */
    }
    if (count == 0) {
        return;
    }
    if (count > r->columns) {
        fault(r, line, 0, "it has more fields than the header");
    } else if (eg_utf8_is_blank(vote.ballot_id)) {
        fault(r, line, 1, "a ballot id is needed");
    } else if (count == 1 && r->columns > 1 && looks_separated(r, text)) {
        fault(r, line, 1, "another separator than the header's is in it; or it must be in quotes");
    } else if (eg_record_id_fault(vote.ballot_id) != NULL) {
        fault(r, line, 1, eg_record_id_fault(vote.ballot_id));
    } else if (eg_spec_is_from_names(r->spec) ? read_choices(r, line, count, &vote)
                                              : read_contests(r, line, count, &vote)) {
        if (r->out->count == EG_BALLOT_FILE_BALLOTS_MAX) {
            fault(r, line, 0, "there are more than 10000000 ballots");
            return;
        }
        vote.line = line;
        r->out->votes[r->out->count++] = vote;
    }
}

/* "ballot_id" in any case, its words together or apart. */
static bool is_ballot_id(eg_str name)
{
    static const char wanted[] = "ballotid";
    size_t n = 0;
    for (size_t i = 0, bytes = 0; i < name.len; i += bytes) {
        eg_str one = {name.data + i, 0};
        uint32_t c = eg_utf8_at(name, i, &bytes);
        one.len = bytes;
        if (c == '_' || c == '-' || eg_utf8_is_blank(one)) {
            continue;
        }
        if (n == sizeof wanted - 1 || c >= 0x80 || tolower((int)c) != wanted[n++]) {
            return false;
        }
    }
    return n == sizeof wanted - 1;
}

/* Spreadsheets write "sep=;" as a line before all others, some of them in quotes. */
static bool reads_as_separator(eg_str line, char *out)
{
    if (line.len == 7 && line.data[0] == '"' && line.data[6] == '"') {
        line = (eg_str){line.data + 1, 5};
    }
    bool is_one = line.len == 5 && strncasecmp(line.data, "sep=", 4) == 0;
    *out = is_one ? line.data[4] : '\0';
    return is_one;
}

/* Which contest each column is of. */
static void read_columns(reader *r, size_t line)
{
    size_t field = 0;
    if (eg_spec_is_from_names(r->spec)) {
        return;
    }
    const char *reason =
        eg_plain_columns_read(&r->contests, &r->index, r->fields, r->columns, &field);
    if (reason != NULL) {
        fault(r, line, field, reason);
        r->is_lost = true;
    }
}

/* The header with whichever separator makes its first field the ballots' id. */
static void read_header(reader *r, size_t line, eg_str text)
{
    const char given[] = {r->separator, '\0'};
    const char *reason = "the first line must be a header that begins with ballot_id";
    const char *unreadable = NULL;
    bool reads = false;
    size_t field = 0;
    for (const char *s = given[0] == '\0' ? separators : given; *s != '\0'; s++) {
        unreadable = eg_csv_split(text, *s, r->fields, &r->columns, &field, r->arena);
        if (unreadable == NULL && is_ballot_id(r->fields[0])) {
            r->separator = *s;
            read_columns(r, line);
            return;
        }
        reads = reads || unreadable == NULL;
    }
    fault(r, line, reads ? 1 : field, reads ? reason : unreadable);
    r->separator = r->separator == '\0' ? ',' : r->separator;
    r->columns = EG_CSV_FIELDS_MAX; /* unknown: no line is blamed for it */
    r->is_lost = !eg_spec_is_from_names(r->spec);
}

static void read_line(reader *r, size_t line, eg_str text)
{
    char separator;
    size_t count;
    size_t field;
    if (eg_utf8_is_valid(text) && eg_utf8_is_blank(text)) {
        return;
    }
    if (r->columns == 0 && r->separator == '\0' && reads_as_separator(text, &separator)) {
        r->separator = strchr(separators, separator) == NULL ? '\0' : separator;
        if (r->separator == '\0') {
            fault(r, line, 0, "the separator must be a comma, a semicolon, a tab or |");
        }
        return;
    }
    if (r->columns == 0) {
        read_header(r, line, text);
        return;
    }
    if (r->is_lost) {
        return;
    }
    const char *reason = eg_csv_split(text, r->separator, r->fields, &count, &field, r->arena);
    if (reason != NULL) {
        fault(r, line, field, reason);
    } else {
        read_ballot(r, line, text, count);
    }
}

typedef struct id_at {
    eg_str id;
    size_t line;
} id_at;

static int compare_ids(const void *a, const void *b)
{
    const id_at *x = a;
    const id_at *y = b;
    int c = eg_str_compare(x->id, y->id);
    return c != 0 ? c : (x->line > y->line) - (x->line < y->line);
}

static int compare_faults(const void *a, const void *b)
{
    const eg_line_fault *x = a;
    const eg_line_fault *y = b;
    return (x->line > y->line) - (x->line < y->line);
}

void eg_ballot_file_sort_faults(eg_ballot_file *file)
{
    size_t shown = file->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN ? file->fault_count
                                                                   : EG_BALLOT_FILE_FAULTS_SHOWN;
    qsort(file->faults, shown, sizeof *file->faults, compare_faults);
}

static eg_result find_repeated(reader *r, eg_error *err)
{
    id_at *ids = NULL;
    EG_TRY(eg_arena_new(r->arena, r->out->count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < r->out->count; i++) {
        ids[i] = (id_at){r->out->votes[i].ballot_id, r->out->votes[i].line};
    }
    qsort(ids, r->out->count, sizeof *ids, compare_ids);
    for (size_t i = 1; i < r->out->count; i++) {
        if (eg_str_equal(ids[i].id, ids[i - 1].id)) {
            fault(r, ids[i].line, 1, "an earlier line has this ballot id");
        }
    }
    return EG_SUCCESS;
}

static eg_result read_lines(reader *r, eg_file_text *file, eg_error *err)
{
    eg_ballot_file *out = r->out;
    size_t most =
        file->lines < EG_BALLOT_FILE_BALLOTS_MAX ? file->lines : EG_BALLOT_FILE_BALLOTS_MAX;
    eg_str line;
    EG_TRY(eg_arena_new(r->arena, most, sizeof *out->votes, &out->votes, err));
    while (eg_file_text_next(file, &line)) {
        read_line(r, file->line, line);
    }
    if (out->count == 0 && out->fault_count == 0) {
        fault(r, 1, 0, "there is no ballot in the file");
    }
    return find_repeated(r, err);
}

eg_result eg_ballot_file_read(eg_ballot_file *out, eg_str content, const eg_election_spec *spec,
                              eg_arena *arena, eg_error *err)
{
    reader *r = NULL;
    eg_file_text file;
    *out = (eg_ballot_file){0};
    EG_TRY(eg_arena_new(arena, 1, sizeof *r, &r, err));
    r->out = out;
    r->spec = spec;
    r->arena = arena;
    const char *reason = eg_file_text_open(&file, content, arena);
    if (reason != NULL) {
        fault(r, 1, 0, reason);
        return EG_SUCCESS;
    }
    if (!eg_spec_is_from_names(spec)) {
        EG_TRY(eg_manifest_index_init(&r->index, spec->manifest, arena, err));
    }
    eg_arena_init(&r->scratch, NULL);
    eg_result result = read_lines(r, &file, err);
    eg_arena_free(&r->scratch);
    eg_ballot_file_sort_faults(out);
    return result;
}
