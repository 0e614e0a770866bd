/* Where settings come from, and what of them is refused. */
#include "api/routes.h"
#include "base/base64.h"
#include "base/secret.h"
#include "base/similar.h"
#include "server/board/config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ini.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { SHOWN_MAX = 60 };

static const char unix_prefix[] = "unix:";
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

/* What may stand behind a number, and what it then counts. */
typedef struct unit {
    const char *name;
    unsigned long long factor;
} unit;

static const unit no_units[] = {{"", 1}, {NULL, 0}};
static const unit times[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {NULL, 0}};
static const unit sizes[] = {{"", 1},          {"B", 1},          {"K", 1u << 10},
                             {"KB", 1u << 10}, {"KiB", 1u << 10}, {"M", 1u << 20},
                             {"MB", 1u << 20}, {"MiB", 1u << 20}, {"G", 1u << 30},
                             {"GB", 1u << 30}, {"GiB", 1u << 30}, {NULL, 0}};

static bool parse_number(unsigned long long *out, const char *text, const unit *units)
{
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 19) {
        return false;
    }
    unsigned long long value = strtoull(text, &end, 10);
    for (size_t i = 0; units[i].name != NULL; i++) {
        if (strcasecmp(end, units[i].name) == 0) {
            return !__builtin_mul_overflow(value, units[i].factor, out);
        }
    }
    return false;
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
    case EG_SETTING_TIME:
    case EG_SETTING_SIZE:
        if (!parse_number(&number, text,
                          s->kind == EG_SETTING_SIZE   ? sizes
                          : s->kind == EG_SETTING_TIME ? times
                                                       : no_units)) {
            return complain(config, row, "not a number that is understood");
        }
        if (number < s->lowest || number > s->highest) {
            return complain(config, row, "out of range");
        }
        count = (unsigned)number;
        size = (size_t)number;
        memcpy(field, s->kind == EG_SETTING_SIZE ? (void *)&size : (void *)&count,
               s->kind == EG_SETTING_SIZE ? sizeof size : sizeof count);
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

static const char *similar_setting(const char *name)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < eg_setting_count; i++) {
        size_t distance = eg_similar_distance(name, eg_setting_table[i].name);
        if (distance < least && eg_similar_fits(name, eg_setting_table[i].name, distance)) {
            least = distance;
            best = eg_setting_table[i].name;
        }
    }
    return best;
}

/* A value that goes on in a further line comes as the same name again: the last part alone would
 * count. */
static bool take_value(eg_config *config, size_t row, const char *value)
{
    if (config->origin[row] == EG_FROM_FILE) {
        (void)fprintf(config->complaints, "egserve: %s: '%s' is given twice, or in several lines\n",
                      config->file, eg_setting_table[row].name);
        return false;
    }
    return *value == '\0' || set(config, row, value, EG_FROM_FILE, NULL);
}

static int on_line(void *context, const char *section, const char *name, const char *value)
{
    eg_config *config = context;
    for (size_t i = 0; i < eg_setting_count && *section == '\0'; i++) {
        if (strcmp(name, eg_setting_table[i].name) == 0) {
            return take_value(config, i, value) ? 1 : 0;
        }
    }
    const char *meant = similar_setting(name);
    (void)fprintf(config->complaints, "egserve: %s: '%.*s' is no setting%s%s%s\n", config->file,
                  SHOWN_MAX, name, meant == NULL ? "" : " (did you mean ",
                  meant == NULL ? "" : meant, meant == NULL ? "" : "?)");
    return 0;
}

/* NULL when there is none; what is there but cannot be seen counts as there. */
static const char *find_file(void)
{
    struct stat what;
    for (size_t i = 0; i < sizeof file_places / sizeof *file_places; i++) {
        if (lstat(file_places[i], &what) == 0 || (errno != ENOENT && errno != ENOTDIR)) {
            return file_places[i];
        }
    }
    return NULL;
}

/* /dev/null, by whatever name: how one says that there shall be no file. */
static bool is_null(const struct stat *what)
{
    return S_ISCHR(what->st_mode) && what->st_rdev == makedev(1, 3);
}

/* A directory reads like an empty file: a key that should be in it would be off without a word. */
static FILE *open_file(const char *path, bool *is_open, const char **why)
{
    struct stat what;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &what) != 0) {
        *why = strerror(errno);
    } else if (S_ISDIR(what.st_mode)) {
        *why = "it is a directory";
    } else if (!S_ISREG(what.st_mode) && !is_null(&what)) {
        *why = "it is not a regular file";
    } else {
        FILE *file = fdopen(fd, "r");
        *is_open = (what.st_mode & S_IROTH) != 0;
        *why = strerror(errno);
        return file;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return NULL;
}

typedef struct lines {
    FILE *file;
    int count;
    int too_long; /* the first line that inih would have cut; 0: none */
} lines;

/* inih's ini_reader: of a line that is longer than inih's buffer the rest would be a line of its
 * own, or be dropped. */
static char *read_line(char *to, int size, void *stream)
{
    lines *l = stream;
    if (l->too_long != 0 || fgets(to, size, l->file) == NULL) {
        return NULL;
    }
    l->count++;
    size_t n = strlen(to);
    if (n + 1 == (size_t)size && to[n - 1] != '\n') {
        int next = fgetc(l->file);
        if (next != EOF) {
            l->too_long = l->count;
            return NULL;
        }
    }
    return to;
}

static bool take_file(eg_config *config)
{
    const char *given = config->wanted_file == NULL ? find_file() : config->wanted_file;
    const char *why = NULL;
    if (given == NULL) {
        return true;
    }
    (void)snprintf(config->file, sizeof config->file, "%s", given);
    FILE *file = open_file(given, &config->file_is_open, &why);
    if (file == NULL) {
        (void)fprintf(config->complaints, "egserve: cannot read the settings in '%s': %s\n", given,
                      why);
        return false;
    }
    lines l = {.file = file};
    int bad = ini_parse_stream(read_line, &l, on_line, config);
    bool broken = ferror(file) != 0;
    (void)fclose(file);
    if (l.too_long != 0) {
        (void)fprintf(
            config->complaints,
            "egserve: %s, line %d: it is longer than is read of a line; what does not fit "
            "can be given in the environment\n",
            given, l.too_long);
    } else if (broken || bad < 0) {
        (void)fprintf(config->complaints, "egserve: cannot read the settings in '%s'\n", given);
    } else if (bad > 0) {
        (void)fprintf(
            config->complaints,
            "egserve: %s, line %d: it must be 'name = value' with the name of a setting\n", given,
            bad);
    }
    return bad == 0 && !broken && l.too_long == 0;
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

/* The flag that a mistyped one looks like, or "". */
static const char *similar_flag(const char *flag)
{
    static const char *const own[] = {"--config", "--print-config", "--example-config", "--help"};
    const char *best = "";
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < eg_setting_count + sizeof own / sizeof *own; i++) {
        const char *name =
            i < eg_setting_count ? eg_setting_table[i].flag : own[i - eg_setting_count];
        size_t distance = name == NULL ? SIZE_MAX : eg_similar_distance(flag, name);
        if (distance < least && eg_similar_fits(flag, name, distance)) {
            least = distance;
            best = name;
        }
    }
    return best;
}

static bool is_unknown(const eg_config *config, const char *flag, size_t n)
{
    char name[SHOWN_MAX + 1];
    (void)snprintf(name, sizeof name, "%.*s", (int)(n < SHOWN_MAX ? n : SHOWN_MAX), flag);
    const char *meant = similar_flag(name);
    (void)fprintf(config->complaints, "egserve: unknown %s %s%s%s%s; see egserve serve --help\n",
                  flag[0] == '-' ? "flag" : "argument", name,
                  *meant == '\0' ? "" : " (did you mean ", meant, *meant == '\0' ? "" : "?)");
    return false;
}

/* A flag is "--name value" or "--name=value"; a switch may stand alone: on. NULL: no value. */
static const char *value_of(const eg_setting *s, int *i, int argc, char **argv)
{
    const char *equals = strchr(argv[*i], '=');
    bool ignored;
    if (equals != NULL) {
        return equals + 1;
    }
    if (s->kind == EG_SETTING_BOOL) {
        return *i + 1 < argc && parse_bool(&ignored, argv[*i + 1]) ? argv[++*i] : "on";
    }
    return *i + 1 < argc ? argv[++*i] : NULL;
}

static bool take_flag(eg_config *config, int *i, int argc, char **argv)
{
    const char *flag = argv[*i];
    size_t n = strcspn(flag, "=");
    for (size_t row = 0; row < eg_setting_count; row++) {
        const eg_setting *s = &eg_setting_table[row];
        if (s->flag == NULL || strlen(s->flag) != n || strncmp(flag, s->flag, n) != 0) {
            continue;
        }
        const char *value = value_of(s, i, argc, argv);
        if (value == NULL) {
            (void)fprintf(config->complaints, "egserve: %s needs a value\n", s->flag);
            return false;
        }
        return set(config, row, value, EG_FROM_FLAG, s->flag);
    }
    return is_unknown(config, flag, n);
}

/* --config FILE or --config=FILE. False when it is that, and there is no file. */
static bool take_config_flag(eg_config *config, int *i, int argc, char **argv, bool *is_it)
{
    static const char flag[] = "--config";
    const char *text = argv[*i];
    size_t n = sizeof flag - 1;
    *is_it = strncmp(text, flag, n) == 0 && (text[n] == '\0' || text[n] == '=');
    if (!*is_it) {
        return true;
    }
    const char *file = text[n] == '=' ? text + n + 1 : *i + 1 < argc ? argv[++*i] : "";
    config->wanted_file = file;
    if (*file == '\0') {
        (void)fprintf(config->complaints, "egserve: --config needs the name of a file\n");
    }
    return *file != '\0';
}

/* Flags that are about the settings themselves. */
static bool is_own_flag(eg_config *config, const char *flag)
{
    bool help = strcmp(flag, "--help") == 0 || strcmp(flag, "-h") == 0;
    bool print = strcmp(flag, "--print-config") == 0;
    bool example = strcmp(flag, "--example-config") == 0;
    config->help = config->help || help;
    config->print = config->print || print;
    config->example = config->example || example;
    return help || print || example;
}

/* Before anything is read: which file, and whether only help is asked for. Values of other flags
 * are passed over. */
static bool read_own_flags(eg_config *config, int argc, char **argv)
{
    bool is_config;
    for (int i = 0; i < argc; i++) {
        if (!take_config_flag(config, &i, argc, argv, &is_config)) {
            return false;
        }
        (void)(is_config || is_own_flag(config, argv[i]));
    }
    return true;
}

static bool read_flags(eg_config *config, int argc, char **argv)
{
    bool is_config;
    for (int i = 0; i < argc; i++) {
        if (!take_config_flag(config, &i, argc, argv, &is_config) ||
            (!is_config && !is_own_flag(config, argv[i]) && !take_flag(config, &i, argc, argv))) {
            return false;
        }
    }
    return true;
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

/* unix:PATH. A name that begins with @ or NUL would be in a name space without rights. */
static bool take_path(eg_config *config)
{
    eg_settings *s = &config->settings;
    const char *path = s->bind + sizeof unix_prefix - 1;
    size_t n = strlen(path);
    char why[96];
    (void)snprintf(why, sizeof why, "the path is %zu bytes long, and the system takes %d", n,
                   EG_BIND_PATH_MAX);
    if (n == 0 || n > EG_BIND_PATH_MAX || path[0] == '@' || path[n - 1] == '/') {
        return complain(config, row_of(offsetof(eg_settings, bind)),
                        n > EG_BIND_PATH_MAX ? why : "not the path of a socket");
    }
    (void)snprintf(s->bind_path, sizeof s->bind_path, "%s", path);
    return true;
}

static bool read_mode(eg_config *config)
{
    eg_settings *s = &config->settings;
    size_t n = strlen(s->socket_mode);
    if (n == 0 || n > 4 || strspn(s->socket_mode, "01234567") != n ||
        strtoul(s->socket_mode, NULL, 8) > 0777) {
        return complain(config, row_of(offsetof(eg_settings, socket_mode)),
                        "not a mode from 0 to 777");
    }
    s->socket_mode_bits = (mode_t)strtoul(s->socket_mode, NULL, 8);
    return true;
}

/* USER, USER:GROUP or :GROUP, by name. */
static bool read_owner(eg_config *config)
{
    eg_settings *s = &config->settings;
    char user[64];
    s->socket_uid = (uid_t)-1;
    s->socket_gid = (gid_t)-1;
    if (s->socket_owner == NULL) {
        return true;
    }
    size_t row = row_of(offsetof(eg_settings, socket_owner));
    size_t n = strcspn(s->socket_owner, ":");
    const char *group = s->socket_owner[n] == ':' ? s->socket_owner + n + 1 : NULL;
    const struct passwd *who = NULL;
    (void)snprintf(user, sizeof user, "%.*s", (int)n, s->socket_owner);
    if (n > 0 && (n >= sizeof user || (who = getpwnam(user)) == NULL)) {
        return complain(config, row, "no such user");
    }
    if (who != NULL) {
        s->socket_uid = who->pw_uid;
    }
    const struct group *of = group == NULL ? NULL : getgrnam(group);
    if (group != NULL && of == NULL) {
        return complain(config, row, "no such group");
    }
    if (of != NULL) {
        s->socket_gid = of->gr_gid;
    }
    return true;
}

static bool split_bind(eg_config *config)
{
    eg_settings *s = &config->settings;
    if (strncmp(s->bind, unix_prefix, sizeof unix_prefix - 1) == 0) {
        return take_path(config);
    }
    const char *colon = strrchr(s->bind, ':');
    unsigned long long port;
    size_t n = colon == NULL ? 0 : (size_t)(colon - s->bind);
    bool bracketed = n > 2 && s->bind[0] == '[' && s->bind[n - 1] == ']';
    if (colon == NULL || n == 0 || n >= sizeof s->bind_host ||
        !parse_number(&port, colon + 1, no_units) || port > UINT16_MAX) {
        return complain(config, row_of(offsetof(eg_settings, bind)),
                        "neither a host and a port from 0 to 65535 nor unix: and a path");
    }
    (void)snprintf(s->bind_host, sizeof s->bind_host, "%.*s", (int)(bracketed ? n - 2 : n),
                   s->bind + (bracketed ? 1 : 0));
    s->bind_port = (uint16_t)port;
    return true;
}

static bool check_kernel(eg_config *config)
{
    char why[128], choices[64];
    const char *name = config->settings.kernel;
    if (name == NULL || eg_api_kernel_runs(name, choices, sizeof choices)) {
        return true;
    }
    (void)snprintf(why, sizeof why, "no kernel that runs on this machine, which are %s", choices);
    return complain(config, row_of(offsetof(eg_settings, kernel)), why);
}

static bool read_proxies(eg_config *config)
{
    eg_settings *s = &config->settings;
    return s->trusted_proxies == NULL || eg_networks_read(&s->proxies, s->trusted_proxies) ||
           complain(config, row_of(offsetof(eg_settings, trusted_proxies)),
                    "not addresses and networks, such as 10.0.0.0/8, fd00::1, or unix");
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

static bool has_open_keys(const eg_config *config)
{
    bool found = false;
    for (size_t i = 0; i < eg_setting_count; i++) {
        found = found || (eg_setting_table[i].secret && config->origin[i] == EG_FROM_FILE);
    }
    return found && config->file_is_open;
}

bool eg_config_read(eg_config *out, int argc, char **argv, const eg_machine *machine,
                    FILE *complaints)
{
    *out = (eg_config){.complaints = complaints};
    bool good = read_own_flags(out, argc, argv);
    if (out->help || out->example) {
        return true;
    }
    if (!good || !take_defaults(out, machine) || !take_file(out) || !take_environment(out) ||
        !read_flags(out, argc, argv)) {
        return false;
    }
    for (size_t i = 0; i < eg_setting_count; i++) {
        if (!apply(out, i)) {
            return false;
        }
    }
    if (!split_bind(out) || !read_mode(out) || !read_owner(out) || !decode_master_key(out) ||
        !check_kernel(out) || !read_proxies(out)) {
        return false;
    }
    eg_settings *s = &out->settings;
    s->api.json_artifacts = s->json_artifacts == 1   ? EG_ARTIFACTS_TEXTS
                            : s->json_artifacts == 2 ? EG_ARTIFACTS_OBJECTS
                                                     : EG_ARTIFACTS_AUTO;
    s->has_open_keys = has_open_keys(out);
    s->api.verify_ballots_default = s->verify_ballots;
    s->api.strict_manifest = s->strict_manifest;
    s->api.status_page = s->status_page;
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
