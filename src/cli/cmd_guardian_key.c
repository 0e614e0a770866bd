/* egserve guardian new, passwd, show: the key file itself. */
#include "cli/guardian_commands.h"
#include "cli/screen_text.h"

#include <stdio.h>

/* ---- new ---- */

typedef struct new_request {
    const char *id;
    uint64_t order, guardians, quorum;
    eg_guardian_key_flags flags;
    eg_output output;
} new_request;

static void put_key_file(eg_writer *w, const void *file)
{
    eg_put_cstr(w, "key_file", file);
}

static eg_result make_key(eg_guardian_key *key, const new_request *r, eg_error *err)
{
    eg_guardian *guardian = NULL;
    EG_TRY(eg_guardian_new(&guardian, eg_str_from(r->id), (uint32_t)r->order,
                           (uint32_t)r->guardians, (uint32_t)r->quorum, eg_rng_system(), err));
    return eg_guardian_key_create(key, guardian, &r->flags, err);
}

static int run_new(new_request *r)
{
    char name[64];
    eg_error err = {0};
    eg_guardian_key key = {.lock = -1};
    if (r->flags.key == NULL) {
        (void)snprintf(name, sizeof name, "guardian-%llu.key", (unsigned long long)r->order);
        r->flags.key = name;
    }
    eg_result result = make_key(&key, r, &err);
    if (!eg_failed(result) && eg_output_is_text(&r->output)) {
        printf("%s: made; without it and its pass phrase nobody has this key\n", r->flags.key);
    }
    int status =
        eg_guardian_end("egserve guardian new", &r->output, key.guardian,
                        eg_failed(result) ? NULL : put_key_file, r->flags.key, result, &err);
    eg_guardian_key_close(&key);
    return status;
}

int eg_guardian_cmd_new(int argc, char **argv)
{
    new_request r = {.id = NULL};
    const eg_option options[] = {
        {"--id", EG_OPTION_TEXT, "ID", &r.id, "the guardian's id, which everybody will see", 0, 0,
         true},
        {"--order", EG_OPTION_COUNT, "N", &r.order, "its number among the guardians", 1,
         EG_GUARDIANS_MAX, true},
        {"--guardians", EG_OPTION_COUNT, "N", &r.guardians, "how many there are", 1,
         EG_GUARDIANS_MAX, true},
        {"--quorum", EG_OPTION_COUNT, "N", &r.quorum, "how many are needed to decrypt", 1,
         EG_GUARDIANS_MAX, true},
        {"--key", EG_OPTION_TEXT, "FILE", &r.flags.key,
         "the key file to make (default: guardian-<order>.key)", 0, 0, false},
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = "egserve guardian new",
        .summary =
            "Makes a guardian's key and seals it into a new file under a pass phrase, which is\n"
            "asked for twice. A lost key is made up for by the others' backups, as long as a\n"
            "quorum of guardians is there.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    int status;
    if (!eg_guardian_options_read(&usage, &r.flags, argc, argv, &status)) {
        return status;
    }
    if (r.quorum > r.guardians || r.order > r.guardians) {
        (void)eg_options_refuse(&usage, "'--quorum' and '--order' must be at most '--guardians'");
        return EG_EXIT_USAGE;
    }
    return run_new(&r);
}

/* ---- passwd ---- */

typedef struct key_request {
    eg_guardian_key_flags flags;
    eg_output output;
} key_request;

static eg_result change(eg_guardian_key *key, const eg_guardian_key_flags *flags, eg_error *err)
{
    EG_TRY(eg_guardian_key_open(key, flags, err));
    EG_TRY(eg_guardian_key_choose(key, flags, err));
    return eg_guardian_key_save(key, err);
}

int eg_guardian_cmd_passwd(int argc, char **argv)
{
    key_request r = {.flags = {NULL, NULL, NULL}};
    const eg_option options[] = {
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        EG_PASS_PHRASE_OPTION(&r.flags),
        {"--new-passphrase-fd", EG_OPTION_TEXT, "N", &r.flags.new_descriptor,
         "read the new one from another (default: the line behind it)", 0, 0, false},
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = "egserve guardian passwd",
        .summary =
            "Seals a guardian's key under another pass phrase. Copies of the old file still\n"
            "open with the old one.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    int status;
    if (!eg_guardian_options_read(&usage, &r.flags, argc, argv, &status)) {
        return status;
    }
    eg_error err = {0};
    eg_guardian_key key = {.lock = -1};
    eg_result result = change(&key, &r.flags, &err);
    if (!eg_failed(result) && eg_output_is_text(&r.output)) {
        printf("%s: sealed under the new pass phrase\n", r.flags.key);
    }
    status = eg_guardian_end("egserve guardian passwd", &r.output, key.guardian, put_key_file,
                             r.flags.key, result, &err);
    eg_guardian_key_close(&key);
    return status;
}

/* ---- show ---- */

/* What is known of one guardian. */
typedef struct known {
    uint32_t order;
    const eg_guardian_public *record;
    bool is_own, has_backup;
    char fingerprint[EG_FINGERPRINT_CHARACTERS + 1];
} known;

typedef struct shown {
    eg_guardian_info info;
    known list[EG_GUARDIANS_MAX];
} shown;

static eg_result look(shown *out, const eg_guardian *guardian, eg_error *err)
{
    eg_guardian_about(guardian, &out->info);
    for (uint32_t i = 0; i < out->info.number_of_guardians; i++) {
        known *k = &out->list[i];
        *k = (known){.order = i + 1,
                     .record = eg_guardian_known(guardian, i + 1),
                     .is_own = i + 1 == out->info.sequence_order,
                     .has_backup = eg_guardian_has_backup(guardian, i + 1)};
        if (k->record != NULL) {
            EG_TRY(eg_guardian_fingerprint(k->fingerprint, k->record, err));
        }
    }
    return EG_SUCCESS;
}

static void print_known(const known *k)
{
    eg_buf line;
    eg_buf_init(&line, NULL);
    eg_buf_printf(&line, "%3u  ", k->order);
    if (k->record == NULL) {
        eg_buf_append_str(&line, EG_STR("no record yet"));
    } else {
        eg_screen_append(&line, k->record->owner_id);
        eg_buf_printf(&line, "%s\n     record %s", k->is_own ? " (this guardian)" : "",
                      k->fingerprint);
        if (!k->is_own) {
            eg_buf_append_str(&line, k->has_backup ? EG_STR("\n     backup received")
                                                   : EG_STR("\n     no backup yet"));
        }
    }
    printf("%.*s\n", (int)line.len, line.data == NULL ? "" : line.data);
    eg_buf_free(&line);
}

static void print_all(const shown *s)
{
    printf("guardian number %u of %u, %u of whom decrypt\n", s->info.sequence_order,
           s->info.number_of_guardians, s->info.quorum);
    for (uint32_t i = 0; i < s->info.number_of_guardians; i++) {
        print_known(&s->list[i]);
    }
}

static void put_known(eg_writer *w, const known *k)
{
    eg_write_map(w);
    eg_put_int(w, "sequence_order", k->order);
    if (k->record == NULL) {
        eg_put_null(w, "guardian_id");
        eg_put_null(w, "fingerprint");
    } else {
        eg_put_str(w, "guardian_id", k->record->owner_id);
        eg_put_cstr(w, "fingerprint", k->fingerprint);
    }
    eg_put_bool(w, "has_backup", k->has_backup);
    eg_write_end(w);
}

static void put_all(eg_writer *w, const void *all)
{
    const shown *s = all;
    eg_put_int(w, "number_of_guardians", s->info.number_of_guardians);
    eg_put_int(w, "quorum", s->info.quorum);
    eg_write_key(w, "guardians");
    eg_write_array(w, s->info.number_of_guardians);
    for (uint32_t i = 0; i < s->info.number_of_guardians; i++) {
        put_known(w, &s->list[i]);
    }
    eg_write_end(w);
}

int eg_guardian_cmd_show(int argc, char **argv)
{
    key_request r = {.flags = {NULL, NULL, NULL}};
    const eg_option options[] = {
        EG_GUARDIAN_KEY_OPTION(&r.flags),
        EG_PASS_PHRASE_OPTION(&r.flags),
        EG_OUTPUT_OPTIONS(&r.output),
    };
    const eg_usage usage = {
        .command = "egserve guardian show",
        .summary =
            "Shows whose key a file holds, and what it knows of the other guardians. Those who\n"
            "read their record's digits to one another know that nobody changed it on the way.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
    };
    int status;
    if (!eg_guardian_options_read(&usage, &r.flags, argc, argv, &status)) {
        return status;
    }
    static shown s;
    eg_error err = {0};
    eg_guardian_key key = {.lock = -1};
    eg_result result = eg_guardian_key_open(&key, &r.flags, &err);
    result = eg_failed(result) ? result : look(&s, key.guardian, &err);
    if (!eg_failed(result) && eg_output_is_text(&r.output)) {
        print_all(&s);
    }
    status = eg_guardian_end("egserve guardian show", &r.output, key.guardian,
                             eg_failed(result) ? NULL : put_all, &s, result, &err);
    eg_guardian_key_close(&key);
    return status;
}
