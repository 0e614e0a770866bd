#include "server/board/machine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, LINE_BYTES = 1024 };

/* Where a controller of ours keeps its files: mount point and our group's path below it. */
typedef struct group {
    char mount[64];
    char path[PATH_BYTES / 2];
} group;

static bool read_line(char line[LINE_BYTES], const char *root, const char *folder, const char *path,
                      const char *file)
{
    char name[2 * PATH_BYTES];
    (void)snprintf(name, sizeof name, "%s%s%s/%s", root, folder, path, file);
    FILE *in = fopen(name, "re");
    if (in == NULL) {
        return false;
    }
    bool good = fgets(line, LINE_BYTES, in) != NULL;
    (void)fclose(in);
    return good;
}

static bool lists(const char *names, const char *wanted)
{
    size_t n = strlen(wanted);
    for (const char *at = names; at != NULL; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        if (strncmp(at, wanted, n) == 0 && (at[n] == ',' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

/* A line of /proc/self/cgroup is "id:controllers:path"; version 2 names no controllers. */
static bool take_group(group *out, char *line, const char *controller)
{
    char *names = strchr(line, ':');
    char *path = names == NULL ? NULL : strchr(names + 1, ':');
    if (path == NULL) {
        return false;
    }
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    names++;
    bool wanted = controller == NULL ? *names == '\0' : lists(names, controller);
    if (wanted) {
        (void)snprintf(out->mount, sizeof out->mount, "/sys/fs/cgroup%s%s",
                       controller == NULL ? "" : "/", controller == NULL ? "" : controller);
        (void)snprintf(out->path, sizeof out->path, "%s", strcmp(path, "/") == 0 ? "" : path);
    }
    return wanted;
}

static bool find_group(group *out, const char *root, const char *controller)
{
    char name[PATH_BYTES], line[LINE_BYTES];
    (void)snprintf(name, sizeof name, "%s/proc/self/cgroup", root);
    FILE *in = fopen(name, "re");
    bool found = false;
    while (in != NULL && !found && fgets(line, sizeof line, in) != NULL) {
        found = take_group(out, line, controller);
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return found;
}

typedef void (*visit)(eg_machine *machine, const char *line, const char *root, const group *g,
                      const char *path);

/* The limits of our group and of every group around it hold. Inside a container the path of
 * /proc/self/cgroup may not be there: then only the mount's root answers. */
static void each_level(eg_machine *machine, const char *root, const group *g, const char *file,
                       visit each)
{
    char path[sizeof g->path];
    char line[LINE_BYTES];
    (void)snprintf(path, sizeof path, "%s", g->path);
    for (;;) {
        if (read_line(line, root, g->mount, path, file)) {
            each(machine, line, root, g, path);
        }
        char *slash = strrchr(path, '/');
        if (slash == NULL) {
            return;
        }
        *slash = '\0';
    }
}

static void lower_memory(eg_machine *machine, const char *line, const char *root, const group *g,
                         const char *path)
{
    (void)root;
    (void)g;
    (void)path;
    unsigned long long bytes = strtoull(line, NULL, 10); /* "max" gives 0 */
    if (bytes > 0 && bytes < machine->memory_bytes) {
        machine->memory_bytes = (size_t)bytes;
    }
}

static void lower_processors(eg_machine *machine, unsigned long long quota,
                             unsigned long long period)
{
    if (quota > 0 && period > 0) {
        unsigned long long whole = (quota + period - 1) / period;
        machine->processors = whole < machine->processors ? (unsigned)whole : machine->processors;
    }
}

static void quota_of_v2(eg_machine *machine, const char *line, const char *root, const group *g,
                        const char *path)
{
    (void)root;
    (void)g;
    (void)path;
    char *end;
    unsigned long long quota = strtoull(line, &end, 10);
    lower_processors(machine, quota, strtoull(end, NULL, 10));
}

static void quota_of_v1(eg_machine *machine, const char *line, const char *root, const group *g,
                        const char *path)
{
    char period[LINE_BYTES];
    if (line[0] != '-' && read_line(period, root, g->mount, path, "cpu.cfs_period_us")) {
        lower_processors(machine, strtoull(line, NULL, 10), strtoull(period, NULL, 10));
    }
}

static unsigned processors_allowed(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
        return (unsigned)CPU_COUNT(&set);
    }
    return 1;
}

void eg_machine_read(eg_machine *out, const char *root)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    out->processors = processors_allowed();
    out->memory_bytes = pages < 1 || page < 1 ? (size_t)1 << 30 : (size_t)pages * (size_t)page;
    group g;
    if (find_group(&g, root, NULL)) {
        each_level(out, root, &g, "memory.max", lower_memory);
        each_level(out, root, &g, "cpu.max", quota_of_v2);
    }
    if (find_group(&g, root, "memory")) {
        each_level(out, root, &g, "memory.limit_in_bytes", lower_memory);
    }
    if (find_group(&g, root, "cpu")) {
        each_level(out, root, &g, "cpu.cfs_quota_us", quota_of_v1);
    }
}

int eg_machine_open_own_memory(void)
{
    return open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
}

size_t eg_machine_own_memory(int fd)
{
    char text[2 * LINE_BYTES];
    ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof text - 1, 0);
    if (n <= 0) {
        return 0;
    }
    text[n] = '\0';
    const char *line = strstr(text, "\nPss:");
    return line == NULL ? 0 : (size_t)strtoull(line + strlen("\nPss:"), NULL, 10) * 1024;
}

/* ---- the processor ---- */

static void take_name(char *out, size_t size, const char *from)
{
    size_t n = 0;
    for (; *from != '\0' && n + 1 < size; from++) {
        if (*from >= ' ' && *from <= '~' && *from != '"' && *from != '\\') {
            out[n++] = *from;
        }
    }
    out[n] = '\0';
}

void eg_machine_processor_name(char *out, size_t size, const char *root)
{
    char name[PATH_BYTES], line[LINE_BYTES];
    out[0] = '\0';
    (void)snprintf(name, sizeof name, "%s/proc/cpuinfo", root);
    FILE *in = fopen(name, "re");
    while (in != NULL && out[0] == '\0' && fgets(line, sizeof line, in) != NULL) {
        const char *value = strstr(line, ": ");
        if (strncmp(line, "model name", 10) == 0 && value != NULL) {
            take_name(out, size, value + 2);
        }
    }
    if (in != NULL) {
        (void)fclose(in);
    }
}
