/* egserve guardian record, backups, receive: what guardians give one another before an election. */
#include "cli/guardian_commands.h"
#include "cli/report.h"

#include <stdio.h>
#include <sys/stat.h>

typedef struct request {
    const char *command;
    const char *out;
    eg_option_texts given;
    eg_guardian_key_flags flags;
    eg_output output;
} request;

typedef struct state {
    eg_guardian_key key;
    eg_guardian_inputs inputs;
    eg_guardian_written written;
    eg_arena arena;
} state;

/* ---- the end of each ---- */

static void put_inputs(eg_writer *w, const eg_guardian_inputs *inputs)
{
    eg_write_key(w, "taken");
    eg_write_array(w, inputs->count - inputs->refused);
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->list[i].error.code == EG_OK) {
            eg_write_map(w);
            eg_put_cstr(w, "file", inputs->list[i].file);
            eg_put_int(w, "sequence_order", inputs->list[i].sequence_order);
            eg_write_end(w);
        }
    }
    eg_write_end(w);
    eg_write_key(w, "refused");
    eg_write_array(w, inputs->refused);
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->list[i].error.code != EG_OK) {
            eg_write_map(w);
            eg_put_cstr(w, "file", inputs->list[i].file);
            eg_put_cstr(w, "path", inputs->list[i].error.path);
            eg_put_cstr(w, "text", inputs->list[i].error.text);
            eg_write_end(w);
        }
    }
    eg_write_end(w);
}

static void put_state(eg_writer *w, const void *context)
{
    const state *s = context;
    if (s->inputs.list != NULL) {
        put_inputs(w, &s->inputs);
    }
    eg_guardian_put_files(w, &s->written);
}

static int end(const request *r, state *s, eg_result result, const eg_error *err)
{
    int status =
        eg_guardian_end(r->command, &r->output, s->key.guardian, put_state, s, result, err);
    eg_guardian_key_close(&s->key);
    eg_arena_free(&s->arena);
    return status;
}

static void begin(state *s)
{
    *s = (state){.key = {.lock = -1}};
    eg_arena_init(&s->arena, NULL);
}

/* ---- files that are taken ---- */

/* Each that is not taken is said; the last of them, or why it went no further, is the error. */
static eg_result take_inputs(const request *r, state *s, eg_guardian_kind kind, eg_error *err)
{
    EG_TRY(eg_guardian_inputs_find(&s->inputs, kind, &r->given, s->key.guardian, &s->arena, err));
    EG_TRY(eg_guardian_inputs_take(&s->inputs, kind, s->key.guardian, err));
    for (size_t i = 0; i < s->inputs.count; i++) {
        eg_error error = s->inputs.list[i].error;
        if (error.code != EG_OK) {
            (void)eg_guardian_in_file((eg_result){error.code}, s->inputs.list[i].file, &error);
            eg_report_error(r->command, &error);
        }
    }
    return EG_SUCCESS;
}

static eg_result say_refused(const state *s, const char *rest, eg_error *err)
{
    return EG_FAIL(err, EG_E_PROOF_INVALID, NULL, "%s refused%s",
                   eg_counted_of(s->inputs.refused, "file").text, rest);
}

/* ---- files that are written ---- */

static eg_result add_file(state *s, const char *asked, const char *name, eg_str content,
                          eg_error *err)
{
    EG_TRY(eg_guardian_output(s->written.files[s->written.count], asked, name, err));
    EG_TRY(eg_guardian_publish(s->written.files[s->written.count], content, err));
    s->written.count++;
    return EG_SUCCESS;
}

static void print_files(const request *r, const state *s)
{
    for (size_t i = 0; i < s->written.count && eg_output_is_text(&r->output); i++) {
        printf("%s\n", s->written.files[i]);
    }
}

/* ---- record ---- */

static eg_result write_record(const request *r, state *s, eg_buf *text, eg_error *err)
{
    char name[64];
    eg_guardian_info info;
    EG_TRY(eg_arena_new(&s->arena, 1, PATH_MAX, &s->written.files, err));
    EG_TRY(eg_guardian_key_open(&s->key, &r->flags, err));
    EG_TRY(eg_guardian_record(s->key.guardian, text, err));
    eg_guardian_about(s->key.guardian, &info);
    (void)snprintf(name, sizeof name, "record-%u.json", info.sequence_order);
    return add_file(s, r->out, name, eg_buf_str(text), err);
}

int eg_guardian_cmd_record(int argc, char **argv)
{
    request r = {.command = "egserve guardian record"};
    const eg_option options[] = {
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        {"--out", EG_OPTION_TEXT, "FILE", &r.out,
         "the file, or a folder (default: record-<order>.json here)", 0, 0, false},
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = r.command,
        .summary = "Writes a guardian's public record, which the other guardians and everybody\n"
                   "else may see.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    int status;
    if (!eg_guardian_options_read(&usage, &r.flags, argc, argv, &status)) {
        return status;
    }
    state s;
    eg_error err = {0};
    eg_buf text;
    begin(&s);
    eg_buf_init(&text, NULL);
    eg_result result = write_record(&r, &s, &text, &err);
    print_files(&r, &s);
    eg_buf_free(&text);
    return end(&r, &s, result, &err);
}

/* ---- backups ---- */

static eg_result need_all_records(const state *s, eg_error *err)
{
    eg_guardian_info info;
    eg_guardian_about(s->key.guardian, &info);
    for (uint32_t i = 1; i <= info.number_of_guardians; i++) {
        if (eg_guardian_known(s->key.guardian, i) == NULL) {
            return EG_FAIL(err, EG_E_NOT_FOUND, NULL,
                           "the record of guardian number %u was not given: backups are made when "
                           "all %u are there",
                           i, info.number_of_guardians);
        }
    }
    return EG_SUCCESS;
}

static eg_result write_backup(state *s, const char *asked, uint32_t to, eg_error *err)
{
    char name[64];
    eg_guardian_info info;
    eg_buf text;
    eg_guardian_about(s->key.guardian, &info);
    (void)snprintf(name, sizeof name, "backup-%u-%u.json", info.sequence_order, to);
    eg_buf_init(&text, NULL);
    eg_result result = eg_guardian_make_backup(s->key.guardian, to, eg_rng_system(), &text, err);
    result = eg_failed(result) ? result : add_file(s, asked, name, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}

/* The records are kept before anything that was made for them is given away. */
static eg_result make_backups(const request *r, state *s, eg_error *err)
{
    const char *folder = r->out == NULL ? "." : r->out;
    struct stat found;
    EG_TRY(eg_arena_new(&s->arena, EG_GUARDIANS_MAX, PATH_MAX, &s->written.files, err));
    if (stat(folder, &found) != 0 || !S_ISDIR(found.st_mode)) {
        return eg_guardian_in_file(EG_FAIL(err, EG_E_NOT_FOUND, NULL, "there is no such folder"),
                                   folder, err);
    }
    EG_TRY(eg_guardian_key_open(&s->key, &r->flags, err));
    EG_TRY(take_inputs(r, s, EG_GUARDIAN_RECORDS, err));
    if (s->inputs.refused > 0) {
        return say_refused(s, ": no record was kept and no backup made", err);
    }
    EG_TRY(need_all_records(s, err));
    EG_TRY(eg_guardian_key_save(&s->key, err));
    eg_guardian_info info;
    eg_guardian_about(s->key.guardian, &info);
    for (uint32_t to = 1; to <= info.number_of_guardians; to++) {
        if (to != info.sequence_order) {
            EG_TRY(write_backup(s, r->out, to, err));
        }
    }
    return EG_SUCCESS;
}

int eg_guardian_cmd_backups(int argc, char **argv)
{
    request r = {.command = "egserve guardian backups"};
    const eg_option options[] = {
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        {"--out", EG_OPTION_TEXT, "DIR", &r.out,
         "the folder of backup-<own order>-<order>.json (default: here)", 0, 0, false},
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = r.command,
        .summary =
            "Takes the records of all other guardians, each checked, and writes a backup of\n"
            "the key for each of them, which nobody else can open. A record that was taken is\n"
            "that guardian's for good. RECORD is a file, or a folder with record-<order>.json\n"
            "of everybody.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "RECORD",
        .arguments_to = &r.given,
    };
    int status;
    if (!eg_guardian_options_read(&usage, &r.flags, argc, argv, &status)) {
        return status;
    }
    state s;
    eg_error err = {0};
    begin(&s);
    eg_result result = make_backups(&r, &s, &err);
    print_files(&r, &s);
    return end(&r, &s, result, &err);
}

/* ---- receive ---- */

static void print_taken(const request *r, const state *s)
{
    for (size_t i = 0; i < s->inputs.count && eg_output_is_text(&r->output); i++) {
        const eg_guardian_input *input = &s->inputs.list[i];
        if (input->error.code == EG_OK) {
            printf("%s: the backup from guardian number %u holds\n", input->file,
                   input->sequence_order);
        }
    }
}

/* Good ones are kept whatever the others are. */
static eg_result receive(const request *r, state *s, eg_error *err)
{
    EG_TRY(eg_guardian_key_open(&s->key, &r->flags, err));
    EG_TRY(take_inputs(r, s, EG_GUARDIAN_BACKUPS, err));
    if (s->inputs.count > s->inputs.refused) {
        EG_TRY(eg_guardian_key_save(&s->key, err));
        print_taken(r, s);
    }
    return s->inputs.refused == 0 ? EG_SUCCESS : say_refused(s, "", err);
}

int eg_guardian_cmd_receive(int argc, char **argv)
{
    request r = {.command = "egserve guardian receive"};
    const eg_option options[] = {
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = r.command,
        .summary =
            "Takes the other guardians' backups for this one: each is opened, and held against\n"
            "its sender's record, which `backups` has taken. BACKUP is a file, or a folder with\n"
            "backup-<order>-<own order>.json. A bad one is named, with who made it: that\n"
            "guardian must make it again, or the ceremony begins anew.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "BACKUP",
        .arguments_to = &r.given,
    };
    int status;
    if (!eg_guardian_options_read(&usage, &r.flags, argc, argv, &status)) {
        return status;
    }
    state s;
    eg_error err = {0};
    begin(&s);
    eg_result result = receive(&r, &s, &err);
    return end(&r, &s, result, &err);
}
