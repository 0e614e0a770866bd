#include "client/csv_line.h"

#include "base/utf8.h"

static bool has_control_character(eg_str s, char allowed)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        if ((c < 0x20 || c == 0x7f) && s.data[i] != allowed) {
            return true;
        }
    }
    return false;
}

/* The field that begins with a quote at *at; *at goes behind its closing quote. */
static const char *quoted_field(eg_str line, char separator, size_t *at, eg_str *out,
                                eg_arena *arena)
{
    char *text = eg_arena_alloc(arena, line.len - *at);
    size_t n = 0;
    if (text == NULL) {
        return "there is no memory for it";
    }
    for (size_t i = *at + 1; i < line.len; i++) {
        bool is_quote = line.data[i] == '"';
        bool is_doubled = is_quote && i + 1 < line.len && line.data[i + 1] == '"';
        if (is_quote && !is_doubled) {
            *at = i + 1;
            *out = (eg_str){text, n};
            return *at == line.len || line.data[*at] == separator
                       ? NULL
                       : "a closing quote must be followed by a separator or the end of the line";
        }
        text[n++] = line.data[i];
        i += is_doubled;
    }
    return "a quote is not closed on its line";
}

static const char *bare_field(eg_str line, char separator, size_t *at, eg_str *out)
{
    size_t first = *at;
    while (*at < line.len && line.data[*at] != separator) {
        if (line.data[*at] == '"') {
            return "a quote may only stand around a whole field";
        }
        (*at)++;
    }
    *out = (eg_str){line.data + first, *at - first};
    return NULL;
}

static const char *next_field(eg_str line, char separator, size_t *at, eg_str *out, eg_arena *arena)
{
    const char *fault = *at < line.len && line.data[*at] == '"'
                            ? quoted_field(line, separator, at, out, arena)
                            : bare_field(line, separator, at, out);
    if (fault == NULL && has_control_character(*out, '\0')) {
        return "it holds a control character";
    }
    return fault == NULL && out->len > EG_CSV_FIELD_BYTES_MAX ? "it is longer than 1024 bytes"
                                                              : fault;
}

const char *eg_csv_split(eg_str line, char separator, eg_str fields[EG_CSV_FIELDS_MAX],
                         size_t *count, size_t *fault_field, eg_arena *arena)
{
    size_t at = 0;
    *count = 0;
    *fault_field = 0;
    if (!eg_utf8_is_valid(line)) {
        return "it is not UTF-8";
    }
    if (has_control_character(line, separator)) {
        return "it holds a control character";
    }
    for (size_t number = 1;; number++) {
        eg_str field;
        const char *fault = next_field(line, separator, &at, &field, arena);
        *fault_field = number;
        if (fault != NULL) {
            return fault;
        }
        if (number > EG_CSV_FIELDS_MAX && !eg_utf8_is_blank(field)) {
            return "there are too many fields";
        }
        if (number <= EG_CSV_FIELDS_MAX) {
            fields[(*count)++] = field;
        }
        if (at == line.len) {
            *fault_field = 0;
            return NULL;
        }
        at++; /* the separator */
    }
}

bool eg_csv_is_empty(const eg_str fields[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!eg_utf8_is_blank(fields[i])) {
            return false;
        }
    }
    return true;
}
