/* Where settings come from, and what of them is refused. */
#include "base/base64.h"
#include "base/secret.h"
#include "server/config.h"

#include <ini.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_MAX = 60 };

static const char *const file_places[] = {"egserve.conf", "/etc/egserve/egserve.conf"};

/* ---- one value ---- */

static bool complain(const eg_config *config, size_t row, const char *why)
{
    const eg_setting *s = &eg_setting_table[row];
    const char *name = config->origin_name[row];
    char allowed[128];
    eg_setting_allowed(s, allowed, sizeof allowed);
    if (s->secret) {
        (void)fprintf(config->complaints, "egserve: %s: %s; it must be %s\n",
                      name == NULL ? s->name : name, why, allowed);
    } else {
        (void)fprintf(config->complaints, "egserve: %s is '%.*s': %s; it must be %s (%s)\n",
                      name == NULL ? s->name : name, SHOWN_MAX, config->text[row], why, allowed,
                      s->help);
    }
    return false;
}

static bool parse_number(unsigned long long *out, const char *text, bool suffix)
{
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 19) {
        return false;
    }
    unsigned long long value = strtoull(text, &end, 10);
    unsigned shift = 0;
    if (suffix && *end != '\0') {
        static const char letters[] = "KkMmGg";
        const char *at = strchr(letters, *end);
        if (at == NULL) {
            return false;
        }
        shift = 10 * (1 + (unsigned)(at - letters) / 2);
        end++;
        end += *end == 'B' ? 1 : 0;
    }
    if (*end != '\0' || value > ULLONG_MAX >> shift) {
        return false;
    }
    *out = value << shift;
    return true;
}

static bool parse_bool(bool *out, const char *text)
{
    static const char *const words[][2] = {
        {"on", "off"}, {"true", "false"}, {"yes", "no"}, {"1", "0"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (size_t k = 0; k < 2; k++) {
            if (strcmp(text, words[i][k]) == 0) {
                *out = k == 0;
                return true;
            }
        }
    }
    return false;
}

static bool parse_choice(unsigned *out, const eg_setting *s, const char *text)
{
    for (unsigned i = 0; s->choices[i] != NULL; i++) {
        if (strcmp(text, s->choices[i]) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool apply(eg_config *config, size_t row)
{
    const eg_setting *s = &eg_setting_table[row];
    char *field = (char *)&config->settings + s->offset;
    const char *text = config->text[row];
    unsigned long long number;
    unsigned count;
    size_t size;
    bool flag;
    if (text == NULL) {
        return true;
    }
    switch (s->kind) {
    case EG_SETTING_COUNT:
    case EG_SETTING_SIZE:
        if (!parse_number(&number, text, s->kind == EG_SETTING_SIZE)) {
            return complain(config, row, "not a number that is understood");
        }
        if (number < s->lowest || number > s->highest) {
            return complain(config, row, "out of range");
        }
        count = (unsigned)number;
        size = (size_t)number;
        memcpy(field, s->kind == EG_SETTING_COUNT ? (void *)&count : (void *)&size,
               s->kind == EG_SETTING_COUNT ? sizeof count : sizeof size);
        return true;
    case EG_SETTING_BOOL:
        if (!parse_bool(&flag, text)) {
            return complain(config, row, "neither on nor off");
        }
        memcpy(field, &flag, sizeof flag);
        return true;
    case EG_SETTING_CHOICE:
        if (!parse_choice(&count, s, text)) {
            return complain(config, row, "not a choice");
        }
        memcpy(field, &count, sizeof count);
        return true;
    case EG_SETTING_TEXT:
        memcpy(field, &text, sizeof text);
        return true;
    }
    return false;
}

/* ---- sources ---- */

static bool set(eg_config *config, size_t row, const char *text, eg_origin origin, const char *name)
{
    char *copy = strdup(text);
    if (copy == NULL) {
        (void)fprintf(config->complaints, "egserve: no memory for the settings\n");
        return false;
    }
    if (config->text[row] != NULL) {
        eg_wipe(config->text[row], strlen(config->text[row]));
        free(config->text[row]);
    }
    config->text[row] = copy;
    config->origin[row] = origin;
    config->origin_name[row] = name;
    return true;
}

static bool take_defaults(eg_config *config, const eg_machine *machine)
{
    /* a worker with its threads and caches wants some room: no more of them than there is */
    enum { ROOM_OF_A_WORKER = 64 * 1024 * 1024 };
    char workers[32], memory[32];
    size_t fit = machine->memory_bytes / ROOM_OF_A_WORKER;
    size_t wanted = 2 * (size_t)machine->processors + 1;
    size_t count = fit < 1 ? 1 : fit < wanted ? fit : wanted;
    (void)snprintf(workers, sizeof workers, "%zu", count > 256 ? (size_t)256 : count);
    (void)snprintf(memory, sizeof memory, "%zu", machine->memory_bytes / 2);
    for (size_t i = 0; i < eg_setting_count; i++) {
        const eg_setting *s = &eg_setting_table[i];
        const char *text = s->default_text;
        text = s->offset == offsetof(eg_settings, workers) ? workers : text;
        text = s->offset == offsetof(eg_settings, max_memory_bytes) ? memory : text;
        if (text != NULL && !set(config, i, text, EG_FROM_DEFAULT, NULL)) {
            return false;
        }
    }
    return true;
}

static int on_line(void *context, const char *section, const char *name, const char *value)
{
    eg_config *config = context;
    for (size_t i = 0; i < eg_setting_count && *section == '\0'; i++) {
        if (strcmp(name, eg_setting_table[i].name) == 0) {
            return *value == '\0' || set(config, i, value, EG_FROM_FILE, NULL) ? 1 : 0;
        }
    }
    (void)fprintf(config->complaints, "egserve: %s: '%.*s' is no setting\n", config->file,
                  SHOWN_MAX, name);
    return 0;
}

static bool take_file(eg_config *config, const char *given)
{
    for (size_t i = 0; given == NULL && i < sizeof file_places / sizeof *file_places; i++) {
        given = access(file_places[i], F_OK) == 0 ? file_places[i] : NULL;
    }
    if (given == NULL) {
        return true;
    }
    (void)snprintf(config->file, sizeof config->file, "%s", given);
    int bad = ini_parse(given, on_line, config);
    if (bad < 0) {
        (void)fprintf(config->complaints, "egserve: cannot read %s\n", given);
    } else if (bad > 0) {
        (void)fprintf(
            config->complaints,
            "egserve: %s, line %d: it must be 'name = value' with the name of a setting\n", given,
            bad);
    }
    return bad == 0;
}

static bool take_environment(eg_config *config)
{
    for (size_t i = 0; i < eg_setting_count; i++) {
        const eg_setting *s = &eg_setting_table[i];
        const char *names[] = {s->older, s->environment};
        for (size_t k = 0; k < 2; k++) {
            const char *text = names[k] == NULL ? NULL : getenv(names[k]);
            if (text != NULL && *text != '\0' &&
                !set(config, i, text, EG_FROM_ENVIRONMENT, names[k])) {
                return false;
            }
        }
    }
    return true;
}

/* A flag is "--name value" or "--name=value"; a switch stands alone, or with "=off". */
static bool take_flag(eg_config *config, int *i, int argc, char **argv)
{
    const char *flag = argv[*i];
    const char *equals = strchr(flag, '=');
    size_t n = equals == NULL ? strlen(flag) : (size_t)(equals - flag);
    for (size_t row = 0; row < eg_setting_count; row++) {
        const eg_setting *s = &eg_setting_table[row];
        if (s->flag == NULL || strlen(s->flag) != n || strncmp(flag, s->flag, n) != 0) {
            continue;
        }
        const char *value = equals != NULL               ? equals + 1
                            : s->kind == EG_SETTING_BOOL ? "on"
                            : *i + 1 < argc              ? argv[++*i]
                                                         : NULL;
        if (value == NULL) {
            (void)fprintf(config->complaints, "egserve: %s needs a value\n", s->flag);
            return false;
        }
        return set(config, row, value, EG_FROM_FLAG, s->flag);
    }
    (void)fprintf(config->complaints, "egserve: unknown flag %.*s; see egserve serve --help\n",
                  SHOWN_MAX, flag);
    return false;
}

/* Flags that are about the settings themselves. */
static bool is_own_flag(eg_config *config, int *i, int argc, char **argv, const char **file)
{
    if (strcmp(argv[*i], "--print-config") == 0) {
        config->print = true;
        return true;
    }
    if (strcmp(argv[*i], "--help") == 0) {
        config->help = true;
        return true;
    }
    if (strcmp(argv[*i], "--example-config") == 0) {
        config->example = true;
        return true;
    }
    if (strcmp(argv[*i], "--config") == 0 && *i + 1 < argc) {
        *file = argv[++*i];
        return true;
    }
    return false;
}

/* ---- what needs more than a range ---- */

static size_t row_of(size_t offset)
{
    size_t row = 0;
    while (eg_setting_table[row].offset != offset) {
        row++;
    }
    return row;
}

static bool split_bind(eg_config *config)
{
    eg_settings *s = &config->settings;
    const char *colon = strrchr(s->bind, ':');
    unsigned long long port;
    size_t n = colon == NULL ? 0 : (size_t)(colon - s->bind);
    bool bracketed = n > 2 && s->bind[0] == '[' && s->bind[n - 1] == ']';
    if (colon == NULL || n == 0 || n >= sizeof s->bind_host ||
        !parse_number(&port, colon + 1, false) || port > UINT16_MAX) {
        return complain(config, row_of(offsetof(eg_settings, bind)),
                        "not a host and a port from 0 to 65535");
    }
    (void)snprintf(s->bind_host, sizeof s->bind_host, "%.*s", (int)(bracketed ? n - 2 : n),
                   s->bind + (bracketed ? 1 : 0));
    s->bind_port = (uint16_t)port;
    return true;
}

static bool decode_master_key(eg_config *config)
{
    eg_settings *s = &config->settings;
    uint8_t decoded[128];
    size_t n = 0;
    if (s->master_key == NULL) {
        return true;
    }
    bool good = strlen(s->master_key) <= 96 &&
                eg_base64_decode(decoded, &n, s->master_key, strlen(s->master_key)) &&
                n == sizeof s->api.master_key;
    if (good) {
        memcpy(s->api.master_key, decoded, n);
        s->api.has_master_key = true;
    }
    eg_wipe(decoded, sizeof decoded);
    return good || complain(config, row_of(offsetof(eg_settings, master_key)),
                            "not the base64 text of exactly 32 bytes");
}

/* Tables kept for later requests may take an eighth of the memory, over all workers. */
static size_t key_tables(const eg_settings *s)
{
    enum { TABLE_BYTES = 2 * 1024 * 1024, LEAST = 1, MOST = 16 };
    size_t count = s->max_memory_bytes / 8 / s->workers / TABLE_BYTES;
    return count < LEAST ? LEAST : count > MOST ? MOST : count;
}

bool eg_config_read(eg_config *out, int argc, char **argv, const eg_machine *machine,
                    FILE *complaints)
{
    const char *file = NULL;
    *out = (eg_config){.complaints = complaints};
    for (int i = 0; i < argc; i++) {
        (void)is_own_flag(out, &i, argc, argv, &file);
    }
    if (out->help || out->example) {
        return true;
    }
    if (!take_defaults(out, machine) || !take_file(out, file) || !take_environment(out)) {
        return false;
    }
    for (int i = 0; i < argc; i++) {
        if (!is_own_flag(out, &i, argc, argv, &file) && !take_flag(out, &i, argc, argv)) {
            return false;
        }
    }
    for (size_t i = 0; i < eg_setting_count; i++) {
        if (!apply(out, i)) {
            return false;
        }
    }
    if (!split_bind(out) || !decode_master_key(out)) {
        return false;
    }
    eg_settings *s = &out->settings;
    s->api.json_artifacts = s->json_artifacts == 1   ? EG_ARTIFACTS_TEXTS
                            : s->json_artifacts == 2 ? EG_ARTIFACTS_OBJECTS
                                                     : EG_ARTIFACTS_AUTO;
    s->api.verify_ballots_default = s->verify_ballots;
    s->api.strict_manifest = s->strict_manifest;
    s->api.max_setup_guardians = s->max_setup_guardians;
    s->api.key_table_cache = key_tables(s);
    s->api.units_at_once = s->threads < machine->processors ? s->threads : machine->processors;
    return true;
}

void eg_config_free(eg_config *config)
{
    for (size_t i = 0; i < EG_SETTINGS_MAX; i++) {
        if (config->text[i] != NULL) {
            eg_wipe(config->text[i], strlen(config->text[i]));
            free(config->text[i]);
        }
    }
    eg_wipe(config, sizeof *config);
}
