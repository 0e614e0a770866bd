#include "cli/screen_text.h"

#include "base/utf8.h"

#include <unictype.h>
#include <uniwidth.h>

enum { JOINERS_FIRST = 0x200C, JOINERS_LAST = 0x200D, NO_CHARACTER = 0xFFFF };

/* The character at s[i] and its bytes; NO_CHARACTER for a byte that is no UTF-8. */
static uint32_t character(eg_str s, size_t i, size_t *bytes)
{
    unsigned char c = (unsigned char)s.data[i];
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (n > s.len - i || !eg_utf8_is_valid((eg_str){s.data + i, n})) {
        *bytes = 1;
        return NO_CHARACTER;
    }
    return eg_utf8_at(s, i, bytes);
}

static bool is_fit(uint32_t c)
{
    static const uint32_t unfit =
        UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp;
    bool is_joiner = c >= JOINERS_FIRST && c <= JOINERS_LAST;
    return is_joiner || (c != NO_CHARACTER && !uc_is_general_category_withtable(c, unfit));
}

void eg_screen_append(eg_buf *out, eg_str text)
{
    size_t n;
    for (size_t i = 0; i < text.len; i += n) {
        if (is_fit(character(text, i, &n))) {
            eg_buf_append(out, text.data + i, n);
        } else {
            eg_buf_append_char(out, '?');
        }
    }
}

size_t eg_screen_width(eg_str text)
{
    size_t width = 0;
    size_t n;
    for (size_t i = 0; i < text.len; i += n) {
        uint32_t c = character(text, i, &n);
        int columns = is_fit(c) ? uc_width(c, "UTF-8") : 1;
        width += columns < 0 ? 0 : (size_t)columns;
    }
    return width;
}

void eg_screen_append_padded(eg_buf *out, eg_str text, size_t columns)
{
    eg_screen_append(out, text);
    for (size_t width = eg_screen_width(text); width < columns; width++) {
        eg_buf_append_char(out, ' ');
    }
}
