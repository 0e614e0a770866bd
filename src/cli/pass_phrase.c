#include "cli/pass_phrase.h"

#include "base/secret.h"
#include "client/interrupt.h"
#include "client/new_file.h"
#include "guardian/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <uninorm.h>
#include <unistd.h>
#include <unistr.h>

enum { LINE_BYTES_MAX = 4 * EG_PASS_PHRASE_BYTES_MAX, TRIES = 3 };

/* ---- texts ---- */

/* The same phrase typed on two systems may be other bytes: é as one character, or as two. */
static eg_result normalise(eg_str *out, eg_str line, eg_arena *arena, eg_error *err)
{
    uint8_t room[2 * LINE_BYTES_MAX];
    size_t n = sizeof room;
    if (memchr(line.data, '\0', line.len) != NULL ||
        u8_check((const uint8_t *)line.data, line.len) != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL,
                       "a pass phrase must be UTF-8, without NUL characters");
    }
    uint8_t *form = u8_normalize(UNINORM_NFC, (const uint8_t *)line.data, line.len, room, &n);
    eg_result result = form == NULL
                           ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                           : eg_arena_copy_str(arena, (eg_str){(const char *)form, n}, out, err);
    if (form != NULL && form != room) {
        eg_wipe(form, n);
        free(form);
    }
    eg_wipe(room, sizeof room);
    return result;
}

/* One byte at a time: what comes behind the line is not ours. False when the line is too long, or
 * nothing can be read. */
static bool read_line(int descriptor, char line[LINE_BYTES_MAX], size_t *length)
{
    ssize_t got;
    size_t n = 0;
    char byte = 0;
    bool ended = false;
    while (!ended && (got = read(descriptor, &byte, 1)) != 0) {
        if (got < 0 && errno != EINTR) {
            return false;
        }
        ended = got > 0 && byte == '\n';
        if (got > 0 && !ended && n == LINE_BYTES_MAX) {
            errno = E2BIG;
            return false;
        }
        if (got > 0 && !ended) {
            line[n++] = byte;
        }
    }
    *length = n > 0 && line[n - 1] == '\r' ? n - 1 : n;
    errno = ENODATA;
    return ended || n > 0;
}

static eg_result refuse_line(eg_error *err)
{
    if (errno == E2BIG) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "no pass phrase has more than %d bytes",
                       EG_PASS_PHRASE_BYTES_MAX);
    }
    return errno == ENODATA
               ? EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "there is no pass phrase to be read")
               : EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "no pass phrase can be read: %s",
                         strerror(errno));
}

eg_result eg_pass_phrase_read(eg_str *out, int descriptor, eg_arena *arena, eg_error *err)
{
    char line[LINE_BYTES_MAX];
    size_t n = 0;
    eg_result result = read_line(descriptor, line, &n)
                           ? normalise(out, (eg_str){line, n}, arena, err)
                           : refuse_line(err);
    eg_wipe(line, sizeof line);
    return result;
}

/* ---- the terminal ---- */

/* What is not shown is missed by nobody but who types: no reason to give up. */
static void say(int terminal, const char *text)
{
    if (!eg_write_all(terminal, eg_str_from(text))) {
        errno = 0;
    }
}

/* Echo is off from _quiet to _loud, and the keys that stop or end a process without asking it are
 * off as well: it would leave the terminal mute. */
static bool make_quiet(int terminal, struct termios *before)
{
    if (tcgetattr(terminal, before) != 0) {
        return false;
    }
    struct termios quiet = *before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
    quiet.c_cc[VQUIT] = _POSIX_VDISABLE;
    return tcsetattr(terminal, TCSAFLUSH, &quiet) == 0;
}

static void make_loud(int terminal, const struct termios *before)
{
    while (tcsetattr(terminal, TCSAFLUSH, before) != 0 && errno == EINTR) {
    }
    say(terminal, "\n"); /* the one that was typed was not shown */
}

/* Signals come while it waits and at no other time, so that none is slept over. False when one
 * did. */
static bool wait_for_line(int terminal)
{
    sigset_t ours, before;
    struct pollfd readable = {.fd = terminal, .events = POLLIN};
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGINT);
    (void)sigaddset(&ours, SIGTERM);
    (void)sigaddset(&ours, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ours, &before);
    int ready = -1;
    while (ready < 0 && !eg_interrupted()) {
        ready = ppoll(&readable, 1, NULL, &before);
        if (ready < 0 && errno != EINTR) {
            break;
        }
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return ready > 0 && !eg_interrupted();
}

static eg_result ask(eg_str *out, int terminal, const char *prompt, eg_arena *arena, eg_error *err)
{
    struct termios before;
    eg_result result = EG_SUCCESS;
    say(terminal, prompt);
    say(terminal, ": ");
    if (!make_quiet(terminal, &before)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the terminal cannot be used: %s",
                       strerror(errno));
    }
    if (wait_for_line(terminal)) {
        result = eg_pass_phrase_read(out, terminal, arena, err);
    } else {
        result = EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
    }
    make_loud(terminal, &before);
    eg_interrupt_rethrow();
    return result;
}

static eg_result open_terminal(int *terminal, eg_error *err)
{
    eg_interrupt_watch();
    *terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    return *terminal >= 0
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                         "there is no terminal to ask for the pass phrase: --passphrase-fd N reads "
                         "it from a descriptor");
}

eg_result eg_pass_phrase_ask(eg_str *out, const char *prompt, eg_arena *arena, eg_error *err)
{
    int terminal;
    EG_TRY(open_terminal(&terminal, err));
    eg_result result = ask(out, terminal, prompt, arena, err);
    (void)close(terminal);
    return result;
}

static eg_result ask_twice(eg_str *out, bool *good, int terminal, const char *prompt,
                           size_t least_bytes, eg_arena *arena, eg_error *err)
{
    char note[128];
    eg_str again;
    EG_TRY(ask(out, terminal, prompt, arena, err));
    *good = false;
    if (out->len < least_bytes) {
        (void)snprintf(note, sizeof note, "it must have at least %zu bytes: several words, say\n",
                       least_bytes);
        say(terminal, note);
        return EG_SUCCESS;
    }
    EG_TRY(ask(&again, terminal, "once more", arena, err));
    *good = eg_str_equal(*out, again);
    if (!*good) {
        say(terminal, "the two are not the same\n");
    }
    return EG_SUCCESS;
}

eg_result eg_pass_phrase_choose(eg_str *out, const char *prompt, size_t least_bytes,
                                eg_arena *arena, eg_error *err)
{
    int terminal;
    bool good = false;
    EG_TRY(open_terminal(&terminal, err));
    eg_result result = EG_SUCCESS;
    for (unsigned i = 0; i < TRIES && !good && !eg_failed(result); i++) {
        result = ask_twice(out, &good, terminal, prompt, least_bytes, arena, err);
    }
    (void)close(terminal);
    if (!eg_failed(result) && !good) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL, "no pass phrase was chosen");
    }
    return result;
}
