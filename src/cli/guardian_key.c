#include "cli/guardian_key.h"

#include "cli/guardian_files.h"
#include "cli/pass_phrase.h"
#include "client/new_file.h"
#include "client/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- descriptors ---- */

enum { DESCRIPTOR_MAX = 65535 };

/* -1 where it is no number. */
static int descriptor_of(const char *text)
{
    char *end = NULL;
    long number = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;
    return number >= 0 && number <= DESCRIPTOR_MAX && *end == '\0' ? (int)number : -1;
}

bool eg_guardian_key_flags_are_good(const eg_guardian_key_flags *flags)
{
    return (flags->descriptor == NULL || descriptor_of(flags->descriptor) >= 0) &&
           (flags->new_descriptor == NULL || descriptor_of(flags->new_descriptor) >= 0);
}

static eg_result read_pass_phrase(eg_guardian_key *k, const eg_guardian_key_flags *flags,
                                  eg_error *err)
{
    char prompt[PATH_MAX + 32];
    if (flags->descriptor != NULL) {
        return eg_pass_phrase_read(&k->pass_phrase, descriptor_of(flags->descriptor), &k->arena,
                                   err);
    }
    (void)snprintf(prompt, sizeof prompt, "pass phrase of %s", flags->key);
    return eg_pass_phrase_ask(&k->pass_phrase, prompt, &k->arena, err);
}

eg_result eg_guardian_key_choose(eg_guardian_key *key, const eg_guardian_key_flags *flags,
                                 eg_error *err)
{
    char prompt[PATH_MAX + 32];
    const char *descriptor =
        flags->new_descriptor != NULL ? flags->new_descriptor : flags->descriptor;
    if (descriptor != NULL) {
        return eg_pass_phrase_read(&key->pass_phrase, descriptor_of(descriptor), &key->arena, err);
    }
    (void)snprintf(prompt, sizeof prompt, "new pass phrase for %s", flags->key);
    return eg_pass_phrase_choose(&key->pass_phrase, prompt, EG_PASS_PHRASE_BYTES_MIN, &key->arena,
                                 err);
}

/* ---- opening ---- */

static void init(eg_guardian_key *key)
{
    *key = (eg_guardian_key){.lock = -1};
    eg_arena_init(&key->arena, NULL);
}

static eg_result refuse(eg_error *err)
{
    return EG_FAIL(err, errno == ENOENT ? EG_E_NOT_FOUND : EG_E_UNAVAILABLE, NULL,
                   "it cannot be opened: %s", strerror(errno));
}

/* Two commands at once would each lose what the other has taken. A file that was replaced before it
 * was locked is not the one of that name any more. */
static eg_result lock(eg_guardian_key *k, eg_error *err)
{
    struct stat opened, named;
    k->lock = open(k->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (k->lock < 0 || fstat(k->lock, &opened) != 0) {
        return refuse(err);
    }
    if (!S_ISREG(opened.st_mode)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "it is no file");
    }
    if (flock(k->lock, LOCK_EX | LOCK_NB) != 0 || stat(k->path, &named) != 0 ||
        named.st_ino != opened.st_ino || named.st_dev != opened.st_dev) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "another command is at work with it");
    }
    return EG_SUCCESS;
}

static eg_result read_locked(eg_guardian_key *k, const char *file, eg_str *text, eg_error *err)
{
    if (realpath(file, k->path) == NULL) {
        return refuse(err);
    }
    EG_TRY(lock(k, err));
    eg_result result = eg_file_read(k->path, EG_GUARDIAN_KEY_FILE_BYTES_MAX, text, &k->arena, err);
    if (eg_failed(result)) {
        err->path[0] = '\0';
    }
    return result;
}

eg_result eg_guardian_key_open(eg_guardian_key *out, const eg_guardian_key_flags *flags,
                               eg_error *err)
{
    eg_str text;
    init(out);
    EG_TRY(eg_guardian_in_file(read_locked(out, flags->key, &text, err), flags->key, err));
    EG_TRY(read_pass_phrase(out, flags, err));
    return eg_guardian_in_file(eg_guardian_open(&out->guardian, text, out->pass_phrase, NULL, err),
                               flags->key, err);
}

void eg_guardian_key_close(eg_guardian_key *key)
{
    eg_guardian_free(key->guardian);
    eg_arena_free(&key->arena);
    if (key->lock >= 0) {
        (void)close(key->lock);
    }
    init(key);
}

/* ---- writing ---- */

eg_result eg_guardian_key_save(eg_guardian_key *key, eg_error *err)
{
    eg_path at = eg_path_field(NULL, key->path);
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_result result =
        eg_guardian_seal(key->guardian, key->pass_phrase, eg_rng_system(), &text, err);
    result =
        eg_failed(result) ? result : eg_file_replace_secret(key->path, eg_buf_str(&text), &at, err);
    eg_buf_free(&text);
    return result;
}

static eg_result write_new(eg_guardian_key *k, const char *file, eg_error *err)
{
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_result result = eg_guardian_seal(k->guardian, k->pass_phrase, eg_rng_system(), &text, err);
    if (!eg_failed(result)) {
        result = eg_guardian_in_file(eg_new_file_write(file, eg_buf_str(&text), err), file, err);
    }
    eg_buf_free(&text);
    return result;
}

eg_result eg_guardian_key_create(eg_guardian_key *out, eg_guardian *guardian,
                                 const eg_guardian_key_flags *flags, eg_error *err)
{
    struct stat there;
    init(out);
    out->guardian = guardian;
    if (lstat(flags->key, &there) == 0) { /* said before a pass phrase is thought of */
        return eg_guardian_in_file(
            EG_FAIL(err, EG_E_DUPLICATE, NULL, "it is there already, and is not overwritten"),
            flags->key, err);
    }
    EG_TRY(eg_guardian_key_choose(out, flags, err));
    return write_new(out, flags->key, err);
}
