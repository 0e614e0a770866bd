#include "cli/screen.h"

#include "base/clock.h"
#include "client/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TAKE       "\x1b[?1049h\x1b[?25l\x1b[H\x1b[J" /* second screen, no cursor, clear */
#define GIVE_BACK  "\x1b[?25h\x1b[?1049l"
#define TO_CORNER  "\x1b[H"
#define CLEAR_LINE "\x1b[K"
#define CLEAR_REST "\x1b[J"

enum { COLUMNS = 80, ROWS = 24 };

static volatile sig_atomic_t resized;

static void note_size(int signal)
{
    (void)signal;
    resized = 1;
}

bool eg_screen_is_there(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0;
}

/* Keys without Enter and without echo; Ctrl-C still interrupts. Ctrl-Z would leave the terminal as
 * it is now: it does nothing. */
static void take_keys(eg_screen *screen)
{
    struct termios raw;
    screen->has_keys = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &screen->before) == 0;
    if (screen->has_keys) {
        raw = screen->before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        raw.c_cc[VSUSP] = _POSIX_VDISABLE;
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        screen->has_keys = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    }
}

void eg_screen_take(eg_screen *screen)
{
    struct sigaction action = {.sa_handler = note_size};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGWINCH, &action, NULL);
    *screen = (eg_screen){.is_taken = true};
    take_keys(screen);
    fputs(TAKE, stdout);
    (void)fflush(stdout);
}

void eg_screen_give_back(eg_screen *screen)
{
    if (!screen->is_taken) {
        return;
    }
    fputs(GIVE_BACK, stdout);
    (void)fflush(stdout);
    if (screen->has_keys) {
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &screen->before);
    }
    screen->is_taken = false;
}

void eg_screen_size(size_t *columns, size_t *rows)
{
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *columns = known ? size.ws_col : COLUMNS;
    *rows = known ? size.ws_row : ROWS;
}

/* No line end behind the last line: on the last row it would scroll the first one away. */
void eg_screen_show(eg_str page)
{
    size_t columns, rows;
    size_t row = 1;
    eg_screen_size(&columns, &rows);
    fputs(TO_CORNER, stdout);
    for (size_t i = 0; i < page.len && row <= rows; i++) {
        if (page.data[i] != '\n') {
            putchar(page.data[i]);
            continue;
        }
        fputs(CLEAR_LINE, stdout);
        if (row < rows && i + 1 < page.len) {
            putchar('\n');
        }
        row++;
    }
    fputs(row <= rows ? CLEAR_REST : "", stdout);
    (void)fflush(stdout);
}

static eg_key read_key(void)
{
    char keys[64];
    ssize_t n = read(STDIN_FILENO, keys, sizeof keys);
    for (ssize_t i = 0; i < n; i++) {
        if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == 4 /* Ctrl-D */) {
            return EG_KEY_QUIT;
        }
    }
    return n == 0 ? EG_KEY_QUIT : EG_KEY_NONE; /* the terminal has gone */
}

eg_key eg_screen_wait(const eg_screen *screen, uint64_t ms)
{
    enum { SLICE_MS = 100 }; /* a signal between the question and the wait must not be slept over */
    const uint64_t end_ns = eg_clock_monotonic_ns() + ms * 1000000u;
    struct pollfd keys = {.fd = screen->has_keys ? STDIN_FILENO : -1, .events = POLLIN};
    resized = 0;
    do {
        uint64_t now_ns = eg_clock_monotonic_ns();
        uint64_t left_ms = now_ns < end_ns ? (end_ns - now_ns) / 1000000u : 0;
        int ready = poll(&keys, 1, (int)(left_ms < SLICE_MS ? left_ms : SLICE_MS));
        if (eg_interrupted() || (ready > 0 && read_key() == EG_KEY_QUIT)) {
            return EG_KEY_QUIT;
        }
    } while (resized == 0 && eg_clock_monotonic_ns() < end_ns);
    return EG_KEY_NONE;
}
