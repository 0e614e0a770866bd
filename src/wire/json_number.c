#include "wire/json_number.h"

#include "base/secret.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER_TEXT_MAX = 4096 };

static bool is_integer(eg_str text)
{
    return memchr(text.data, '.', text.len) == NULL && memchr(text.data, 'e', text.len) == NULL &&
           memchr(text.data, 'E', text.len) == NULL;
}

eg_node eg_json_number(eg_str text)
{
    char copy[NUMBER_TEXT_MAX];
    const bool whole = is_integer(text);
    if (text.len >= sizeof copy) {
        return whole ? (eg_node){.kind = EG_BIGINT, .as.str = text}
                     : (eg_node){.kind = EG_FLOAT, .as.real = NAN};
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    if (!whole) {
        return (eg_node){.kind = EG_FLOAT, .as.real = strtod(copy, NULL)};
    }
    errno = 0;
    const long long value = strtoll(copy, NULL, 10);
    eg_node node = {.kind = EG_INT, .as.integer = value};
    if (errno == ERANGE) {
        node = (eg_node){.kind = EG_BIGINT, .as.str = text};
    }
    eg_wipe(copy, text.len);
    return node;
}
