#include "base/json_escape.h"

#include <stdio.h>
#include <string.h>

static void put_unit(eg_buf *out, unsigned unit)
{
    char text[8];
    (void)snprintf(text, sizeof text, "\\u%04x", unit & 0xffffu);
    eg_buf_append(out, text, 6);
}

void eg_json_escape(eg_buf *out, uint32_t code_point)
{
    static const char short_of[] = "\b\t\n\f\r\"\\", letter[] = "btnfr\"\\";
    const char *found =
        code_point != 0 && code_point < 0x80 ? strchr(short_of, (int)code_point) : NULL;
    if (found != NULL) {
        eg_buf_append_char(out, '\\');
        eg_buf_append_char(out, letter[found - short_of]);
    } else if (code_point < 0x10000) {
        put_unit(out, code_point);
    } else {
        put_unit(out, 0xd800 + ((code_point - 0x10000) >> 10));
        put_unit(out, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
    }
}
