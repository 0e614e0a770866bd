#include "base/json_escape.h"

#include <string.h>

enum { UNIT_CHARACTERS = 6 };

static size_t put_unit(char *out, unsigned unit)
{
    out[0] = '\\';
    out[1] = 'u';
    for (unsigned i = 2; i < UNIT_CHARACTERS; i++) {
        unsigned digit = unit >> 4 * (UNIT_CHARACTERS - 1 - i) & 15u;
        out[i] = (char)(digit + (digit < 10 ? '0' : 'a' - 10));
    }
    return UNIT_CHARACTERS;
}

size_t eg_json_escape(char out[EG_JSON_ESCAPE_MAX], uint32_t code_point)
{
    static const char short_of[] = "\b\t\n\f\r\"\\", letter[] = "btnfr\"\\";
    const char *found =
        code_point != 0 && code_point < 0x80 ? strchr(short_of, (int)code_point) : NULL;
    if (found != NULL) {
        out[0] = '\\';
        out[1] = letter[found - short_of];
        return 2;
    }
    if (code_point < 0x10000) {
        return put_unit(out, code_point);
    }
    (void)put_unit(out, 0xd800 + ((code_point - 0x10000) >> 10));
    return UNIT_CHARACTERS +
           put_unit(out + UNIT_CHARACTERS, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
}
