#include "cli/metrics_text.h"

#include <math.h>
#include <stdlib.h>

enum { NUMBER_BYTES = 64 };

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
}

static eg_str line_of(eg_str text)
{
    const char *end = memchr(text.data, '\n', text.len);
    return (eg_str){text.data, end == NULL ? text.len : (size_t)(end - text.data)};
}

static eg_str behind(eg_str s, size_t n)
{
    return (eg_str){s.data + n, s.len - n};
}

/* Bytes up to the brace that closes, one inside quotes does not count; SIZE_MAX when none does. */
static size_t labels_length(eg_str s)
{
    bool quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        if (quoted && s.data[i] == '\\') {
            i++;
        } else if (s.data[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && s.data[i] == '}') {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool read_number(double *out, eg_str s)
{
    char text[NUMBER_BYTES];
    char *end;
    if (s.len == 0 || s.len >= sizeof text) {
        return false;
    }
    memcpy(text, s.data, s.len);
    text[s.len] = '\0';
    *out = strtod(text, &end);
    return end == text + s.len && isfinite(*out);
}

static bool read_line(eg_metric *out, eg_str line)
{
    size_t n = 0;
    while (n < line.len && is_name(line.data[n])) {
        n++;
    }
    *out = (eg_metric){.name = {line.data, n}};
    eg_str rest = behind(line, n);
    if (rest.len > 0 && rest.data[0] == '{') {
        rest = behind(rest, 1);
        size_t length = labels_length(rest);
        if (length == SIZE_MAX) {
            return false;
        }
        out->labels = (eg_str){rest.data, length};
        rest = behind(rest, length + 1);
    }
    return n > 0 && rest.len > 1 && rest.data[0] == ' ' &&
           read_number(&out->value, behind(rest, 1));
}

static size_t count_lines(eg_str text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.data[i] == '\n' ? 1 : 0;
    }
    return lines;
}

eg_result eg_metrics_read(eg_metrics *out, eg_str text, eg_arena *arena, eg_error *err)
{
    eg_metric *items;
    size_t lines = count_lines(text), count = 0;
    if (lines > EG_METRICS_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL, "the metrics have more than %d lines",
                       EG_METRICS_MAX);
    }
    EG_TRY(eg_arena_new(arena, lines, sizeof *items, &items, err));
    for (size_t number = 1; text.len > 0; number++) {
        eg_str line = line_of(text);
        text = behind(text, line.len < text.len ? line.len + 1 : line.len);
        if (line.len == 0 || line.data[0] == '#') {
            continue;
        }
        if (!read_line(&items[count++], line)) {
            return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "line %zu of the metrics is no metric",
                           number);
        }
    }
    *out = (eg_metrics){items, count};
    return EG_SUCCESS;
}

eg_str eg_metric_label(const eg_metric *metric, const char *name)
{
    eg_str rest = metric->labels;
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && is_name(rest.data[n])) {
            n++;
        }
        eg_str found = {rest.data, n};
        if (n + 2 > rest.len || rest.data[n] != '=' || rest.data[n + 1] != '"') {
            break;
        }
        rest = behind(rest, n + 2);
        size_t length = 0;
        while (length < rest.len && rest.data[length] != '"') {
            length += rest.data[length] == '\\' ? 2 : 1;
        }
        if (length >= rest.len) {
            break;
        }
        if (eg_str_equal(found, eg_str_from(name))) {
            return (eg_str){rest.data, length};
        }
        rest = behind(rest, length + 1);
        rest = behind(rest, rest.len > 0 && rest.data[0] == ',' ? 1 : 0);
    }
    return EG_STR("");
}

double eg_metrics_sum(const eg_metrics *metrics, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < metrics->count; i++) {
        sum +=
            eg_str_equal(metrics->items[i].name, eg_str_from(name)) ? metrics->items[i].value : 0;
    }
    return sum;
}

double eg_metrics_sum_where(const eg_metrics *metrics, const char *name, const char *label,
                            eg_str value)
{
    double sum = 0;
    for (size_t i = 0; i < metrics->count; i++) {
        const eg_metric *m = &metrics->items[i];
        bool matches = eg_str_equal(m->name, eg_str_from(name)) &&
                       eg_str_equal(eg_metric_label(m, label), value);
        sum += matches ? m->value : 0;
    }
    return sum;
}
