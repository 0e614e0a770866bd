#include "cli/election_faults.h"

#include "cli/screen_text.h"

#include <stdio.h>

static size_t shown_faults(const eg_ballot_file *ballots)
{
    return ballots->fault_count < EG_BALLOT_FILE_FAULTS_SHOWN ? ballots->fault_count
                                                              : EG_BALLOT_FILE_FAULTS_SHOWN;
}

/* Names of files and places are the user's own, but not every terminal's. */
static void append_place(eg_buf *line, const eg_election_settings *set, const eg_line_fault *f)
{
    const bool is_manifest = f->file != NULL && f->file == set->manifest;
    eg_screen_append(line, eg_str_from(is_manifest              ? f->file
                                       : set->encrypted != NULL ? set->encrypted
                                                                : set->ballots));
    if (f->file != NULL && !is_manifest) {
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

void eg_election_faults_tell(const eg_election_settings *set, const eg_ballot_file *ballots)
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

void eg_election_faults_put(eg_outcome *json, const eg_ballot_file *ballots)
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

/* ---- what is awaited ---- */

static size_t shown_lines(const eg_awaited_list *awaited)
{
    return awaited->count < EG_AWAITED_LINES_MAX ? awaited->count : EG_AWAITED_LINES_MAX;
}

void eg_election_awaited_tell(const char *folder, const eg_awaited_list *awaited)
{
    for (size_t i = 0; i < shown_lines(awaited); i++) {
        const eg_awaited_line *a = &awaited->lines[i];
        eg_buf line;
        eg_buf_init(&line, NULL);
        eg_buf_append_str(&line, EG_STR("awaited: "));
        eg_screen_append(&line, eg_str_from(folder));
        eg_buf_printf(&line, "/%s: ", a->file.text);
        eg_screen_append(&line, eg_str_from(a->what));
        if (a->fault[0] != '\0') {
            eg_buf_append_str(&line, EG_STR(" (the one that is there is not good: "));
            eg_screen_append(&line, eg_str_from(a->fault));
            eg_buf_append_char(&line, ')');
        }
        eg_buf_append_char(&line, '\n');
        (void)fwrite(line.data, 1, line.len, stderr);
        eg_buf_free(&line);
    }
    if (awaited->count > EG_AWAITED_LINES_MAX) {
        fprintf(stderr, "awaited: %zu more files\n", awaited->count - EG_AWAITED_LINES_MAX);
    }
}

void eg_election_awaited_put(eg_outcome *json, const eg_awaited_list *awaited)
{
    eg_write_key(&json->w, "awaited");
    eg_write_array(&json->w, shown_lines(awaited));
    for (size_t i = 0; i < shown_lines(awaited); i++) {
        const eg_awaited_line *a = &awaited->lines[i];
        eg_write_map(&json->w);
        eg_put_cstr(&json->w, "file", a->file.text);
        eg_put_cstr(&json->w, "what", a->what);
        if (a->fault[0] == '\0') {
            eg_put_null(&json->w, "fault");
        } else {
            eg_put_cstr(&json->w, "fault", a->fault);
        }
        eg_write_end(&json->w);
    }
    eg_write_end(&json->w);
}
