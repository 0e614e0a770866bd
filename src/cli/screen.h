/* A terminal taken over for a page: its second screen, the cursor hidden, keys read one by one.
 * What was there comes back when it is given back, also after Ctrl-C (interrupt.h). */
#ifndef EG_CLI_SCREEN_H
#define EG_CLI_SCREEN_H

#include "base/str.h"

#include <stdint.h>
#include <termios.h>

typedef struct eg_screen {
    bool is_taken;
    bool has_keys;         /* standard input is a terminal, too */
    struct termios before; /* of standard input */
} eg_screen;

typedef enum eg_key {
    EG_KEY_NONE, /* the time is over, the window has another size, or a key without meaning */
    EG_KEY_QUIT  /* q, or interrupted */
} eg_key;

/* Is standard output a terminal that can do this? */
bool eg_screen_is_there(void);

void eg_screen_take(eg_screen *screen);
void eg_screen_give_back(eg_screen *screen);

/* Columns and rows, now. */
void eg_screen_size(size_t *columns, size_t *rows);

/* The page in place of the one before, without flicker: what stood there is overwritten. */
void eg_screen_show(eg_str page);

/* Waits for a key. */
eg_key eg_screen_wait(const eg_screen *screen, uint64_t ms);

#endif
