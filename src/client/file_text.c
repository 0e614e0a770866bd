#include "client/file_text.h"

#include <unistr.h>

/* UTF-16 with its bytes in either order, as UTF-8. */
static const char *from_utf16(eg_str *out, eg_str bytes, bool big_endian, eg_arena *arena)
{
    const size_t count = bytes.len / 2;
    const size_t low = big_endian ? 1 : 0;
    size_t room = 3 * count + 1; /* a unit is three bytes at most, two units four */
    uint16_t *units = eg_arena_alloc_array(arena, count + 1, sizeof *units);
    uint8_t *text = eg_arena_alloc_array(arena, room, 1);
    if (units == NULL || text == NULL) {
        return "there is no memory for it";
    }
    for (size_t i = 0; i < count; i++) {
        const unsigned char *unit = (const unsigned char *)bytes.data + 2 * i;
        units[i] = (uint16_t)(unit[low] | unit[1 - low] << 8);
    }
    if (bytes.len % 2 != 0 || u16_to_u8(units, count, text, &room) != text) {
        return "it begins with the mark of UTF-16, but is not UTF-16";
    }
    *out = (eg_str){(const char *)text, room};
    return NULL;
}

static bool begins_with(eg_str s, eg_str mark)
{
    return s.len >= mark.len && memcmp(s.data, mark.data, mark.len) == 0;
}

static eg_str without(eg_str s, size_t n)
{
    return (eg_str){s.data + n, s.len - n};
}

/* The text without its mark, as UTF-8. */
static const char *decode(eg_str *out, eg_str content, eg_arena *arena)
{
    if (begins_with(content, EG_STR("\xFF\xFE"))) {
        return from_utf16(out, without(content, 2), false, arena);
    }
    if (begins_with(content, EG_STR("\xFE\xFF"))) {
        return from_utf16(out, without(content, 2), true, arena);
    }
    *out = begins_with(content, EG_STR("\xEF\xBB\xBF")) ? without(content, 3) : content;
    return NULL;
}

const char *eg_file_text_open(eg_file_text *out, eg_str content, eg_arena *arena)
{
    *out = (eg_file_text){.line_end = '\n', .lines = 1};
    const char *fault = decode(&out->text, content, arena);
    if (out->text.len > 0 && memchr(out->text.data, '\n', out->text.len) == NULL) {
        out->line_end = '\r';
    }
    for (size_t i = 0; i < out->text.len; i++) {
        out->lines += out->text.data[i] == out->line_end;
    }
    return fault;
}

bool eg_file_text_next(eg_file_text *file, eg_str *line)
{
    if (file->at >= file->text.len) {
        return false;
    }
    const char *first = file->text.data + file->at;
    const char *end = memchr(first, file->line_end, file->text.len - file->at);
    *line = (eg_str){first, end == NULL ? file->text.len - file->at : (size_t)(end - first)};
    file->at += line->len + 1;
    file->line++;
    if (line->len > 0 && line->data[line->len - 1] == '\r') {
        line->len--;
    }
    return true;
}
