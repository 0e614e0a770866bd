/* Limits of cgroups, read from a tree that a test lays out. */
#include "support/cmocka_all.h"

#include "server/board/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char root[64];

static void put(const char *path, const char *content)
{
    char name[512];
    (void)snprintf(name, sizeof name, "%s%s", root, path);
    for (char *slash = strchr(name + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(name, 0700);
        *slash = '/';
    }
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    (void)fputs(content, out);
    (void)fclose(out);
}

static int make_root(void **state)
{
    (void)state;
    (void)strcpy(root, "/tmp/egserve-machine-XXXXXX");
    return mkdtemp(root) == NULL ? -1 : 0;
}

static int remove_root(void **state)
{
    char command[128];
    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command);
}

static void without_groups_the_machine_counts(void **state)
{
    (void)state;
    eg_machine m;
    eg_machine_read(&m, root);
    assert_true(m.processors >= 1);
    assert_true(m.memory_bytes >= (size_t)64 << 20);
}

static void version_2(void **state)
{
    (void)state;
    eg_machine m;
    put("/proc/self/cgroup", "0::/system.slice/egserve.service\n");
    put("/sys/fs/cgroup/system.slice/egserve.service/memory.max", "max\n");
    put("/sys/fs/cgroup/system.slice/memory.max", "33554432\n");
    put("/sys/fs/cgroup/system.slice/egserve.service/cpu.max", "50000 100000\n");
    eg_machine_read(&m, root);
    assert_int_equal(m.memory_bytes, 32 << 20);
    assert_int_equal(m.processors, 1);
}

static void version_1(void **state)
{
    (void)state;
    eg_machine m;
    put("/proc/self/cgroup", "9:name=systemd:/\n4:memory:/box\n2:cpuacct,cpu:/box\n");
    put("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "41943040\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
    put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    eg_machine_read(&m, root);
    assert_int_equal(m.memory_bytes, 40 << 20);
    assert_int_equal(m.processors, 1);
}

/* In a container the group's path is the host's, and only the mount's root is there. */
static void a_path_that_is_not_there(void **state)
{
    (void)state;
    eg_machine m;
    put("/proc/self/cgroup", "0::/docker/0123456789\n");
    put("/sys/fs/cgroup/memory.max", "41943040\n");
    eg_machine_read(&m, root);
    assert_int_equal(m.memory_bytes, 40 << 20);
}

static void the_processors_name_is_plain_text(void **state)
{
    (void)state;
    char name[24];
    eg_machine_processor_name(name, sizeof name, root);
    assert_string_equal(name, "");
    put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: \"x\nmodel name\t: A \"B\\\x01\xc3\xa9 7\n"
                         "model name\t: another\n");
    eg_machine_processor_name(name, sizeof name, root);
    assert_string_equal(name, "A B 7");
    put("/proc/cpuinfo", "model name\t: 0123456789012345678901234567\n");
    eg_machine_processor_name(name, sizeof name, root);
    assert_string_equal(name, "01234567890123456789012");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_groups_the_machine_counts, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_2, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_1, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_path_that_is_not_there, make_root, remove_root),
        cmocka_unit_test_setup_teardown(the_processors_name_is_plain_text, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
