#include "cli/ballot_file.h"

#include "base/utf8.h"

#include <stdlib.h>

/* ---- one line -----------------------------------------------------------------------------------
 */

static const char *const out_of_memory = "there is no memory for it";

static bool has_control_character(eg_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if (c < 0x20 || c == 0x7f) {
            return true;
        }
    }
    return false;
}

/* The field that begins with a quote at *at; *at goes behind its closing quote. */
static const char *quoted_field(eg_str line, size_t *at, eg_str *out, eg_arena *arena)
{
    char *text = eg_arena_alloc(arena, line.len - *at);
    size_t n = 0;
    if (text == NULL) {
        return out_of_memory;
    }
    for (size_t i = *at + 1; i < line.len; i++) {
        bool is_quote = line.data[i] == '"';
        bool is_doubled = is_quote && i + 1 < line.len && line.data[i + 1] == '"';
        if (is_quote && !is_doubled) {
            *at = i + 1;
            *out = (eg_str){text, n};
            return *at == line.len || line.data[*at] == ','
                       ? NULL
                       : "a closing quote must be followed by a comma or the end of the line";
        }
        text[n++] = line.data[i];
        i += is_doubled;
    }
    return "a quote is not closed on its line";
}

static const char *bare_field(eg_str line, size_t *at, eg_str *out)
{
    size_t first = *at;
    while (*at < line.len && line.data[*at] != ',') {
        if (line.data[*at] == '"') {
            return "a quote may only stand around a whole field";
        }
        (*at)++;
    }
    *out = (eg_str){line.data + first, *at - first};
    return NULL;
}

const char *eg_csv_split(eg_str line, eg_str fields[EG_CSV_FIELDS_MAX], size_t *count,
                         size_t *fault_field, eg_arena *arena)
{
    size_t at = 0;
    *count = 0;
    *fault_field = 0;
    if (!eg_utf8_is_valid(line)) {
        return "it is not UTF-8";
    }
    if (has_control_character(line)) {
        return "it holds a control character";
    }
    for (;;) {
        *fault_field = *count + 1;
        if (*count == EG_CSV_FIELDS_MAX) {
            return "there are too many fields";
        }
        eg_str *field = &fields[*count];
        const char *fault = at < line.len && line.data[at] == '"'
                                ? quoted_field(line, &at, field, arena)
                                : bare_field(line, &at, field);
        if (fault == NULL && field->len > EG_CSV_FIELD_BYTES_MAX) {
            fault = "it is longer than 1024 bytes";
        }
        if (fault != NULL) {
            return fault;
        }
        (*count)++;
        if (at == line.len) {
            *fault_field = 0;
            return NULL;
        }
        at++; /* the comma */
    }
}

/* ---- the file -----------------------------------------------------------------------------------
 */

typedef struct reader {
    eg_ballot_file *out;
    const eg_election_spec *spec;
    eg_arena *arena;
    eg_str fields[EG_CSV_FIELDS_MAX]; /* of the line at hand */
    size_t columns;                   /* of the header; 0 before it */
    size_t *lines;                    /* of each vote, for faults found later */
    size_t capacity;
} reader;

static void fault(reader *r, size_t line, size_t field, const char *reason)
{
    if (r->out->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN) {
        r->out->faults[r->out->fault_count] = (eg_line_fault){line, field, reason};
    }
    r->out->fault_count++;
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

/* The choices of the line at hand; empty fields are none. False: a fault was noted. */
static bool read_choices(reader *r, size_t line, size_t count, eg_vote *vote)
{
    eg_str *choices = eg_arena_alloc_array(r->arena, count, sizeof *choices);
    size_t n = 0;
    const char *reason = choices == NULL ? out_of_memory : NULL;
    for (size_t i = 1; i < count && reason == NULL; i++) {
        if (r->fields[i].len == 0) {
            continue;
        }
        const eg_str *candidate = find_candidate(r->spec, r->fields[i]);
        if (candidate == NULL) {
            reason = "it names no candidate of this election";
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

static void read_ballot(reader *r, size_t line, size_t count)
{
    eg_vote vote = {.ballot_id = r->fields[0]};
    if (count > r->columns) {
        fault(r, line, 0, "it has more fields than the header");
    } else if (vote.ballot_id.len == 0) {
        fault(r, line, 1, "a ballot id is needed");
    } else if (read_choices(r, line, count, &vote)) {
        if (r->out->count == EG_BALLOT_FILE_BALLOTS_MAX) {
            fault(r, line, 0, "there are more than 100000 ballots");
            return;
        }
        r->lines[r->out->count] = line;
        r->out->votes[r->out->count++] = vote;
    }
}

static void read_line(reader *r, size_t line, eg_str text)
{
    size_t count;
    size_t field;
    const char *reason = eg_csv_split(text, r->fields, &count, &field, r->arena);
    bool is_header = r->columns == 0;
    if (is_header) {
        r->columns = count == 0 ? 1 : count;
    }
    if (reason != NULL) {
        fault(r, line, field, reason);
    } else if (is_header && !eg_str_equal(r->fields[0], EG_STR("ballot_id"))) {
        fault(r, line, 1, "the first line must be a header that begins with ballot_id");
    } else if (!is_header) {
        read_ballot(r, line, count);
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

static eg_result find_repeated(reader *r, eg_error *err)
{
    id_at *ids = NULL;
    EG_TRY(eg_arena_new(r->arena, r->out->count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < r->out->count; i++) {
        ids[i] = (id_at){r->out->votes[i].ballot_id, r->lines[i]};
    }
    qsort(ids, r->out->count, sizeof *ids, compare_ids);
    for (size_t i = 1; i < r->out->count; i++) {
        if (eg_str_equal(ids[i].id, ids[i - 1].id)) {
            fault(r, ids[i].line, 1, "an earlier line has this ballot id");
        }
    }
    return EG_SUCCESS;
}

static size_t count_lines(eg_str text)
{
    size_t n = 1;
    for (size_t i = 0; i < text.len; i++) {
        n += text.data[i] == '\n';
    }
    return n;
}

static void read_lines(reader *r, eg_str text)
{
    size_t line = 0;
    size_t at = 0;
    while (at < text.len) {
        const char *end = memchr(text.data + at, '\n', text.len - at);
        size_t len = end == NULL ? text.len - at : (size_t)(end - text.data) - at;
        eg_str one = {text.data + at, len};
        at += len + 1;
        line++;
        if (one.len > 0 && one.data[one.len - 1] == '\r') {
            one.len--;
        }
        if (one.len > 0) {
            read_line(r, line, one);
        }
    }
}

eg_result eg_ballot_file_read(eg_ballot_file *out, eg_str text, const eg_election_spec *spec,
                              eg_arena *arena, eg_error *err)
{
    reader *r = NULL;
    *out = (eg_ballot_file){0};
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0) {
        text = (eg_str){text.data + 3, text.len - 3};
    }
    size_t lines = count_lines(text);
    EG_TRY(eg_arena_new(arena, 1, sizeof *r, &r, err));
    r->out = out;
    r->spec = spec;
    r->arena = arena;
    r->capacity = lines < EG_BALLOT_FILE_BALLOTS_MAX ? lines : EG_BALLOT_FILE_BALLOTS_MAX;
    EG_TRY(eg_arena_new(arena, r->capacity, sizeof *out->votes, &out->votes, err));
    EG_TRY(eg_arena_new(arena, r->capacity, sizeof *r->lines, &r->lines, err));
    read_lines(r, text);
    if (out->count == 0 && out->fault_count == 0) {
        fault(r, 1, 0, "there is no ballot in the file");
    }
    EG_TRY(find_repeated(r, err));
    size_t shown = out->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN ? out->fault_count
                                                                  : EG_BALLOT_FILE_FAULTS_SHOWN;
    qsort(out->faults, shown, sizeof *out->faults, compare_faults);
    return EG_SUCCESS;
}
