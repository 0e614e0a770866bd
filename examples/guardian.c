/* A guardian that keeps its key in a program of its own: one step of the key ceremony at each call,
 * on the files that guardians exchange (docs/guardian-key.md).
 *
 *     guardian new KEY ID ORDER GUARDIANS QUORUM   makes a key, sealed in the file KEY
 *     guardian record KEY >record-3.json           its public record, for the others
 *     guardian take KEY FILE...                    takes records, and then backups, of the others
 *     guardian backup KEY ORDER >backup-3-1.json   a backup for another guardian
 *
 * The pass phrase is the first line of the standard input. Exit status: 0 done, 1 refused, 2 usage.
 * A program for people would ask for the phrase without echo, and replace KEY by renaming a new
 * file; `egserve guardian` does. */
#include <electionguard/electionguard.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PHRASE_BYTES = 1026 };

static char phrase_room[PHRASE_BYTES];
static eg_str phrase;

static int complain(const eg_error *err, const char *what)
{
    fprintf(stderr, "%s: %s%s%s\n", what, err->path, err->path[0] == '\0' ? "" : ": ", err->text);
    return 1;
}

static bool read_phrase(void)
{
    if (fgets(phrase_room, sizeof phrase_room, stdin) == NULL) {
        return false;
    }
    phrase = (eg_str){phrase_room, strcspn(phrase_room, "\n")};
    return true;
}

/* The whole file, malloc'ed; NULL when it cannot be read. */
static char *read_file(const char *name, size_t *n)
{
    FILE *file = fopen(name, "rb");
    char *text = malloc(EG_GUARDIAN_TEXT_BYTES_MAX + 1);
    *n = file == NULL || text == NULL ? 0 : fread(text, 1, EG_GUARDIAN_TEXT_BYTES_MAX + 1, file);
    if (file == NULL || fclose(file) != 0 || text == NULL) {
        perror(name);
        free(text);
        return NULL;
    }
    return text;
}

/* ---- the key file ---- */

static eg_guardian *open_key(const char *name)
{
    eg_guardian *guardian = NULL;
    eg_error err = {0};
    size_t n;
    char *text = read_file(name, &n);
    if (text != NULL &&
        eg_failed(eg_guardian_open(&guardian, (eg_str){text, n}, phrase, NULL, &err))) {
        (void)complain(&err, name);
    }
    free(text);
    return guardian;
}

static int write_sealed(const char *name, eg_str text)
{
    umask(077);
    FILE *file = fopen(name, "wb");
    bool good = file != NULL && fwrite(text.data, 1, text.len, file) == text.len;
    good = file != NULL && fclose(file) == 0 && good;
    if (!good) {
        perror(name);
    }
    return good ? 0 : 1;
}

static int save_key(const eg_guardian *guardian, const char *name)
{
    eg_buf text;
    eg_error err = {0};
    eg_buf_init(&text, NULL);
    const int status = eg_failed(eg_guardian_seal(guardian, phrase, eg_rng_system(), &text, &err))
                           ? complain(&err, name)
                           : write_sealed(name, eg_buf_str(&text));
    eg_buf_free(&text);
    return status;
}

/* ---- the steps ---- */

static int new_key(const char *name, char **argv)
{
    eg_guardian *guardian;
    eg_error err = {0};
    if (eg_failed(eg_guardian_new(&guardian, eg_str_from(argv[0]), (uint32_t)atoi(argv[1]),
                                  (uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]), eg_rng_system(),
                                  &err))) {
        return complain(&err, "a new key");
    }
    const int status = save_key(guardian, name);
    eg_guardian_free(guardian);
    return status;
}

static int print(eg_result made, const eg_buf *text, const eg_error *err)
{
    if (eg_failed(made)) {
        return complain(err, "guardian");
    }
    return fwrite(text->data, 1, text->len, stdout) == text->len && fflush(stdout) == 0 ? 0 : 1;
}

static int print_record(const eg_guardian *guardian)
{
    eg_buf text;
    eg_error err = {0};
    eg_buf_init(&text, NULL);
    const int status = print(eg_guardian_record(guardian, &text, &err), &text, &err);
    eg_buf_free(&text);
    return status;
}

static int print_backup(const eg_guardian *guardian, const char *order)
{
    eg_buf text;
    eg_error err = {0};
    eg_buf_init(&text, NULL);
    const int status = print(
        eg_guardian_make_backup(guardian, (uint32_t)atoi(order), eg_rng_system(), &text, &err),
        &text, &err);
    eg_buf_free(&text);
    return status;
}

/* What a file is its name says: record-1.json, backup-1-3.json. */
static int take(eg_guardian *guardian, const char *name)
{
    eg_error err = {0};
    size_t n;
    char *text = read_file(name, &n);
    if (text == NULL) {
        return 1;
    }
    const eg_result taken =
        strstr(name, "backup-") != NULL
            ? eg_guardian_take_backup(guardian, (eg_str){text, n}, NULL, NULL, &err)
            : eg_guardian_take_record(guardian, (eg_str){text, n}, NULL, NULL, &err);
    free(text);
    return eg_failed(taken) ? complain(&err, name) : 0;
}

static int run(const char *verb, const char *name, int argc, char **argv)
{
    if (strcmp(verb, "new") == 0 && argc == 4) {
        return new_key(name, argv);
    }
    eg_guardian *guardian = open_key(name);
    int status = guardian == NULL ? 1 : 2;
    if (guardian != NULL && strcmp(verb, "record") == 0 && argc == 0) {
        status = print_record(guardian);
    } else if (guardian != NULL && strcmp(verb, "backup") == 0 && argc == 1) {
        status = print_backup(guardian, argv[0]);
    } else if (guardian != NULL && strcmp(verb, "take") == 0) {
        status = 0;
        for (int i = 0; i < argc && status == 0; i++) {
            status = take(guardian, argv[i]);
        }
        status = status == 0 ? save_key(guardian, name) : status;
    }
    eg_guardian_free(guardian);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 3 || !read_phrase()) {
        fprintf(stderr, "usage: %s new|record|take|backup KEY ... <PHRASE\n", argv[0]);
        return 2;
    }
    const int status = run(argv[1], argv[2], argc - 3, argv + 3);
    eg_wipe(phrase_room, sizeof phrase_room);
    return status;
}
