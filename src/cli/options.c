#include "cli/options.h"

#include "base/similar.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reading {
    const eg_usage *usage;
    char **argv;
    int argc;
    int next;
    bool given[EG_OPTIONS_MAX];
    bool has_argument;
} reading;

eg_options_result eg_options_refuse(const eg_usage *usage, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", usage->command);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\ntry: %s --help\n", usage->command);
    va_end(args);
    return EG_OPTIONS_WRONG;
}

static void print_option(const eg_option *o)
{
    char flag[64];
    (void)snprintf(flag, sizeof flag, "%s%s%s", o->name, o->value == NULL ? "" : " ",
                   o->value == NULL ? "" : o->value);
    printf("  %-26s %s", flag, o->help);
    if (o->kind == EG_OPTION_COUNT) {
        printf(" (%" PRIu64 " to %" PRIu64, o->least, o->most);
        printf(o->required ? "; required)" : "; default %" PRIu64 ")", *(const uint64_t *)o->to);
    } else if (o->required) {
        printf(" (required)");
    }
    putchar('\n');
}

static eg_options_result print_help(const eg_usage *usage)
{
    printf("usage: %s%s%s%s%s\n\n%s\n", usage->command, usage->argument == NULL ? "" : " ",
           usage->argument == NULL ? "" : usage->argument, usage->arguments_to == NULL ? "" : "...",
           usage->option_count == 0 ? "" : " [flags]", usage->summary);
    if (usage->option_count > 0) {
        putchar('\n');
    }
    for (size_t i = 0; i < usage->option_count; i++) {
        print_option(&usage->options[i]);
    }
    if (usage->notes != NULL) {
        printf("\n%s\n", usage->notes);
    }
    return EG_OPTIONS_HELP;
}

/* Digits alone: no sign, no space, nothing behind. */
static bool parse_count(uint64_t *out, const char *text)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    errno = 0;
    *out = strtoull(text, NULL, 10);
    return errno == 0;
}

static eg_options_result store_text(const eg_usage *usage, const eg_option *o, const char *value)
{
    if (value[0] == '\0') {
        return eg_options_refuse(usage, "'%s' must not be empty", o->name);
    }
    if (o->kind == EG_OPTION_TEXT) {
        *(const char **)o->to = value;
        return EG_OPTIONS_READ;
    }
    eg_option_texts *texts = o->to;
    if (texts->count == EG_OPTION_TEXTS_MAX) {
        return eg_options_refuse(usage, "'%s' may be given %d times at most", o->name,
                                 EG_OPTION_TEXTS_MAX);
    }
    texts->items[texts->count++] = value;
    return EG_OPTIONS_READ;
}

static eg_options_result store(const eg_usage *usage, const eg_option *o, const char *value)
{
    if (o->kind != EG_OPTION_COUNT) {
        return store_text(usage, o, value);
    }
    uint64_t count;
    if (!parse_count(&count, value) || count < o->least || count > o->most) {
        return eg_options_refuse(usage, "'%s' must be from %" PRIu64 " to %" PRIu64, o->name,
                                 o->least, o->most);
    }
    *(uint64_t *)o->to = count;
    return EG_OPTIONS_READ;
}

static const eg_option *find(const eg_usage *usage, const char *text, size_t name_len)
{
    for (size_t i = 0; i < usage->option_count; i++) {
        const char *name = usage->options[i].name;
        if (strlen(name) == name_len && strncmp(name, text, name_len) == 0) {
            return &usage->options[i];
        }
    }
    return NULL;
}

static eg_options_result refuse_unknown(const eg_usage *usage, const char *text, size_t name_len)
{
    char name[64];
    const char *meant = NULL;
    size_t least = SIZE_MAX;
    (void)snprintf(name, sizeof name, "%.*s", (int)name_len, text);
    for (size_t i = 0; i < usage->option_count; i++) {
        size_t distance = eg_similar_distance(name, usage->options[i].name);
        if (distance < least && eg_similar_fits(name, usage->options[i].name, distance)) {
            least = distance;
            meant = usage->options[i].name;
        }
    }
    return eg_options_refuse(usage, "unknown flag '%.*s'%s%s%s", (int)name_len, text,
                             meant == NULL ? "" : " (did you mean ", meant == NULL ? "" : meant,
                             meant == NULL ? "" : "?)");
}

static bool parse_switch(bool *out, const char *text)
{
    static const char *const words[][2] = {
        {"on", "off"}, {"true", "false"}, {"yes", "no"}, {"1", "0"}};
    for (size_t i = 0; i < 2 * (sizeof words / sizeof *words); i++) {
        if (strcmp(text, words[i / 2][i % 2]) == 0) {
            *out = i % 2 == 0;
            return true;
        }
    }
    return false;
}

/* Alone it is on; "--flag=off", and "--flag off" where that can be no argument. */
static eg_options_result read_switch(reading *r, const eg_option *o, const char *equals)
{
    bool *to = o->to;
    if (equals != NULL) {
        return parse_switch(to, equals + 1)
                   ? EG_OPTIONS_READ
                   : eg_options_refuse(r->usage, "'%s' is on or off", o->name);
    }
    if (r->usage->argument == NULL && r->next < r->argc && parse_switch(to, r->argv[r->next])) {
        r->next++;
        return EG_OPTIONS_READ;
    }
    *to = true;
    return EG_OPTIONS_READ;
}

static eg_options_result read_flag(reading *r, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t name_len = equals == NULL ? strlen(text) : (size_t)(equals - text);
    const eg_option *o = find(r->usage, text, name_len);
    if (o == NULL) {
        return refuse_unknown(r->usage, text, name_len);
    }
    bool *given = &r->given[o - r->usage->options];
    if (*given && o->kind != EG_OPTION_TEXTS) {
        return eg_options_refuse(r->usage, "'%s' is given twice", o->name);
    }
    *given = true;
    if (o->kind == EG_OPTION_SWITCH) {
        return read_switch(r, o, equals);
    }
    if (equals == NULL && r->next >= r->argc) {
        return eg_options_refuse(r->usage, "'%s' needs a value", o->name);
    }
    return store(r->usage, o, equals == NULL ? r->argv[r->next++] : equals + 1);
}

static eg_options_result read_argument(reading *r, const char *text)
{
    eg_option_texts *texts = r->usage->arguments_to;
    const bool is_full = texts == NULL ? r->has_argument : texts->count == EG_OPTION_TEXTS_MAX;
    if (r->usage->argument == NULL || is_full) {
        return eg_options_refuse(r->usage, "unexpected argument '%s'", text);
    }
    if (text[0] == '\0') {
        return eg_options_refuse(r->usage, "'%s' must not be empty", r->usage->argument);
    }
    r->has_argument = true;
    if (texts != NULL) {
        texts->items[texts->count++] = text;
    } else {
        *r->usage->argument_to = text;
    }
    return EG_OPTIONS_READ;
}

static eg_options_result check_required(const reading *r)
{
    for (size_t i = 0; i < r->usage->option_count; i++) {
        if (r->usage->options[i].required && !r->given[i]) {
            return eg_options_refuse(r->usage, "'%s' is required", r->usage->options[i].name);
        }
    }
    if (r->usage->argument != NULL && !r->has_argument) {
        return eg_options_refuse(r->usage, "'%s' is required", r->usage->argument);
    }
    return EG_OPTIONS_READ;
}

eg_options_result eg_options_read(const eg_usage *usage, int argc, char **argv)
{
    reading r = {.usage = usage, .argv = argv, .argc = argc};
    bool flags_ended = false;
    while (r.next < argc) {
        const char *text = argv[r.next++];
        eg_options_result result = EG_OPTIONS_READ;
        if (!flags_ended && strcmp(text, "--") == 0) {
            flags_ended = true;
        } else if (!flags_ended && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0)) {
            return print_help(usage);
        } else if (!flags_ended && text[0] == '-') {
            result = read_flag(&r, text);
        } else {
            result = read_argument(&r, text);
        }
        if (result != EG_OPTIONS_READ) {
            return result;
        }
    }
    return check_required(&r);
}
