/* Read by hand: inih, which reads our own settings, takes lines of 200 bytes, and a session's token
 * has more. */
#include "base/secret.h"
#include "store/s3_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 16 * 1024 };

static const eg_path flag = {.name = "--store-credentials",
                             .name_len = sizeof "--store-credentials" - 1};

/* What may stand in a header. */
static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

static bool take(char *out, size_t room, const char *value)
{
    const size_t n = strlen(value);
    if (n == 0 || n >= room || !is_printable(value)) {
        return false;
    }
    memcpy(out, value, n + 1);
    return true;
}

static bool take_named(eg_s3_credentials *c, const char *name, const char *value)
{
    if (strcmp(name, "aws_access_key_id") == 0) {
        return take(c->access_key, sizeof c->access_key, value);
    }
    if (strcmp(name, "aws_secret_access_key") == 0) {
        return take(c->secret_key, sizeof c->secret_key, value);
    }
    if (strcmp(name, "aws_session_token") == 0) {
        return take(c->token, sizeof c->token, value);
    }
    return true; /* others' settings */
}

/* Cuts blanks off both ends. */
static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    for (size_t n = strlen(text); n > 0 && strchr(" \t\r", text[n - 1]) != NULL; n--) {
        text[n - 1] = '\0';
    }
    return text;
}

static bool take_line(eg_s3_credentials *c, char *line, bool *is_default)
{
    line = trim(line);
    if (line[0] == '\0' || line[0] == '#' || line[0] == ';') {
        return true;
    }
    if (line[0] == '[') {
        *is_default = strcmp(line, "[default]") == 0;
        return line[strlen(line) - 1] == ']';
    }
    char *value = strchr(line, '=');
    if (value == NULL) {
        return false;
    }
    *value = '\0';
    return !*is_default || take_named(c, trim(line), trim(value + 1));
}

/* The file as a text, or false and errno. */
static bool read_file(char text[FILE_BYTES_MAX + 1], const char *file)
{
    size_t n = 0;
    ssize_t got = 1;
    int opened = open(file, O_RDONLY | O_CLOEXEC);
    if (opened < 0) {
        return false;
    }
    while (got != 0 && n < FILE_BYTES_MAX && !(got < 0 && errno != EINTR)) {
        got = read(opened, text + n, FILE_BYTES_MAX - n);
        n += got > 0 ? (size_t)got : 0;
    }
    const int why = got < 0 ? errno : n == FILE_BYTES_MAX ? EFBIG : 0;
    (void)close(opened);
    text[n] = '\0';
    errno = why;
    return why == 0;
}

static eg_result understand(eg_s3_credentials *out, char *text, eg_error *err)
{
    bool is_default = false;
    for (unsigned number = 1; text != NULL; number++) {
        char *end = strchr(text, '\n');
        if (end != NULL) {
            *end++ = '\0';
        }
        if (!take_line(out, text, &is_default)) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &flag,
                           "line %u of the file of credentials cannot be read", number);
        }
        text = end;
    }
    if (out->access_key[0] == '\0' || out->secret_key[0] == '\0') {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &flag,
                       "the file needs a section [default] with aws_access_key_id and "
                       "aws_secret_access_key");
    }
    return EG_SUCCESS;
}

eg_result eg_s3_credentials_read(eg_s3_credentials *out, const char *file, eg_error *err)
{
    char text[FILE_BYTES_MAX + 1];
    *out = (eg_s3_credentials){.token = ""};
    eg_result r = read_file(text, file)
                      ? understand(out, text, err)
                      : EG_FAIL(err, EG_E_UNAVAILABLE, &flag,
                                "the file of credentials cannot be read: %s", strerror(errno));
    eg_wipe(text, sizeof text);
    if (eg_failed(r)) {
        eg_wipe(out, sizeof *out);
    }
    return r;
}
