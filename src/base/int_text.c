#include "base/int_text.h"

#include <string.h>

size_t eg_int_text(char out[EG_INT_TEXT_MAX], int64_t value)
{
    char text[EG_INT_TEXT_MAX];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        text[--at] = '-';
    }
    memcpy(out, text + at, sizeof text - at);
    return sizeof text - at;
}
