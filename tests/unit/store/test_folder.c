/* A folder as a store: what is put is there whole, names lead nowhere else, and what is wrong is
 * said by code and sentence. */
#include "support/cmocka_all.h"

#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/egserve-store-XXXXXX";
static eg_store *store;
static eg_error err;

static const char *in_folder(const char *name)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static eg_store *open_store(const char *place)
{
    eg_store *opened = NULL;
    const eg_store_settings settings = {.place = place};
    assert_false(eg_failed(eg_store_open(&opened, &settings, &err)));
    return opened;
}

static int make(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    store = open_store(folder);
    return 0;
}

static int drop(void **state)
{
    char command[600];
    (void)state;
    eg_store_close(store);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static eg_code put(const char *name, const char *text)
{
    return eg_store_put(store, name, eg_str_from(text), &err).code;
}

static eg_code get(const char *name, size_t max_bytes, const char *expected)
{
    eg_buf out;
    eg_buf_init(&out, NULL);
    eg_code code = eg_store_get(store, name, max_bytes, &out, &err).code;
    if (code == EG_OK) {
        assert_true(eg_str_equal(eg_buf_str(&out), eg_str_from(expected)));
    } else {
        assert_int_equal(out.len, 0);
    }
    eg_buf_free(&out);
    return code;
}

/* Files of the folder, of whatever name. */
static size_t count_files(const char *path)
{
    size_t n = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        n += e->d_type == DT_REG;
    }
    (void)closedir(dir);
    return n;
}

static void what_is_put_is_got(void **state)
{
    (void)state;
    assert_int_equal(put("a/b/1-abc", "one\n"), EG_OK);
    assert_int_equal(get("a/b/1-abc", 4, "one\n"), EG_OK);
    assert_int_equal(put("empty", ""), EG_OK);
    assert_int_equal(get("empty", 0, ""), EG_OK);
}

static void putting_again_is_success_and_leaves_nothing_beside(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(put("a/x", "same"), EG_OK);
    }
    assert_int_equal(count_files(in_folder("a")), 1);
}

static void others_of_the_system_read_nothing(void **state)
{
    struct stat found;
    (void)state;
    assert_int_equal(put("e/votes/1", "secret"), EG_OK);
    assert_int_equal(stat(in_folder("e/votes/1"), &found), 0);
    assert_int_equal(found.st_mode & 07, 0);
    assert_int_equal(stat(in_folder("e/votes"), &found), 0);
    assert_int_equal(found.st_mode & 07, 0);
}

static void what_is_not_there(void **state)
{
    (void)state;
    assert_int_equal(get("none", 10, ""), EG_E_NOT_FOUND);
    assert_int_equal(get("no/folder/either", 10, ""), EG_E_NOT_FOUND);
    assert_int_equal(put("file", "x"), EG_OK);
    assert_int_equal(get("file/below", 10, ""), EG_E_NOT_FOUND);
    assert_int_equal(put("file/below", "x"), EG_E_UNAVAILABLE);
    assert_int_equal(put("dir/file", "x"), EG_OK);
    assert_int_equal(get("dir", 10, ""), EG_E_NOT_FOUND);
}

static void longer_than_is_wanted(void **state)
{
    (void)state;
    assert_int_equal(put("five", "12345"), EG_OK);
    assert_int_equal(get("five", 4, ""), EG_E_TOO_LARGE);
    assert_int_equal(get("five", 5, "12345"), EG_OK);
}

static void what_is_no_name(void **state)
{
    static const char *const bad[] = {"",
                                      "/a",
                                      "a/",
                                      "a//b",
                                      "..",
                                      "a/../b",
                                      "../a",
                                      ".a",
                                      "a/.b",
                                      ".",
                                      "a b",
                                      "a\\b",
                                      "a\nb",
                                      "\xc3\xa9",
                                      "a%2fb",
                                      "a/./b",
                                      "a\tb",
                                      "*",
                                      "1/2/3/4/5/6/7/8/9"};
    char long_part[EG_STORE_PART_BYTES + 2];
    char long_name[EG_STORE_NAME_BYTES + 2];
    (void)state;
    memset(long_part, 'a', sizeof long_part - 1);
    long_part[sizeof long_part - 1] = '\0';
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    for (size_t i = 99; i < sizeof long_name - 1; i += 100) {
        long_name[i] = '/';
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(put(bad[i], "x"), EG_E_OUT_OF_RANGE);
        assert_int_equal(get(bad[i], 1, ""), EG_E_OUT_OF_RANGE);
    }
    assert_int_equal(put(long_part, "x"), EG_E_OUT_OF_RANGE);
    assert_int_equal(put(long_part + 1, "x"), EG_OK);
    assert_int_equal(put(long_name, "x"), EG_E_OUT_OF_RANGE);
    assert_int_equal(put(long_name + 1, "x"), EG_OK);
}

static void no_link_is_followed(void **state)
{
    (void)state;
    assert_int_equal(put("here/file", "x"), EG_OK);
    assert_int_equal(symlink("/etc", in_folder("out")), 0);
    assert_int_equal(symlink("/etc/passwd", in_folder("passwd")), 0);
    assert_int_equal(get("out/passwd", 100000, ""), EG_E_NOT_FOUND);
    assert_int_equal(get("passwd", 100000, ""), EG_E_NOT_FOUND);
    assert_int_equal(put("out/new-file", "x"), EG_E_UNAVAILABLE);
    assert_int_equal(access("/etc/new-file", F_OK), -1);
    /* the link itself is replaced, not what it leads to */
    assert_int_equal(symlink("here/file", in_folder("inside")), 0);
    assert_int_equal(put("inside", "y"), EG_OK);
    assert_int_equal(get("here/file", 1, "x"), EG_OK);
}

static void a_pipe_is_no_object_and_nobody_waits(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    assert_int_equal(get("pipe", 10, ""), EG_E_NOT_FOUND);
}

static void a_store_that_went_is_waited_for(void **state)
{
    char elsewhere[512];
    (void)state;
    (void)snprintf(elsewhere, sizeof elsewhere, "%s-elsewhere", folder);
    assert_int_equal(put("x", "1"), EG_OK);
    assert_int_equal(rename(folder, elsewhere), 0);
    assert_int_equal(get("x", 1, ""), EG_E_UNAVAILABLE);
    assert_int_equal(put("y", "2"), EG_E_UNAVAILABLE);
    assert_non_null(strstr(err.text, "not there"));
    assert_int_equal(rename(elsewhere, folder), 0);
    assert_int_equal(get("x", 1, "1"), EG_OK);
}

/* A write fails in the middle, as it does on a full disk: nothing of it is to be seen. */
static void what_could_not_be_written_is_not_there(void **state)
{
    struct rlimit before, small;
    static char large[100000];
    (void)state;
    assert_int_equal(put("a/first", "x"), EG_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    eg_code code = eg_store_put(store, "a/large", (eg_str){large, sizeof large}, &err).code;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(code, EG_E_UNAVAILABLE);
    assert_int_equal(count_files(in_folder("a")), 1);
    assert_int_equal(get("a/large", sizeof large, ""), EG_E_NOT_FOUND);
}

static void places_that_are_none(void **state)
{
    eg_store *opened = NULL;
    (void)state;
    assert_int_equal(put("file", "x"), EG_OK);
    eg_store_settings settings = {.place = in_folder("file")};
    assert_int_equal(eg_store_open(&opened, &settings, &err).code, EG_E_OUT_OF_RANGE);
    assert_string_equal(err.path, "--store");
    settings.place = in_folder("nothing");
    assert_int_equal(eg_store_open(&opened, &settings, &err).code, EG_E_NOT_FOUND);
    assert_null(opened);
}

enum { THREADS = 4, OBJECTS = 20 };

/* All put the same names; each has a handle. */
static void *put_all(void *ok)
{
    eg_store *mine = open_store(folder);
    for (int i = 0; i < OBJECTS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "e%d/kind/%d", i % 3, i);
        if (eg_failed(eg_store_put(mine, name, eg_str_from(name), NULL))) {
            *(bool *)ok = false;
        }
    }
    eg_store_close(mine);
    return NULL;
}

static void several_at_once(void **state)
{
    pthread_t threads[THREADS];
    bool ok[THREADS];
    (void)state;
    for (size_t i = 0; i < THREADS; i++) {
        ok[i] = true;
        assert_int_equal(pthread_create(&threads[i], NULL, put_all, &ok[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
        assert_true(ok[i]);
    }
    for (int i = 0; i < OBJECTS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "e%d/kind/%d", i % 3, i);
        assert_int_equal(get(name, 32, name), EG_OK);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_got),
        TEST(putting_again_is_success_and_leaves_nothing_beside),
        TEST(others_of_the_system_read_nothing),
        TEST(what_is_not_there),
        TEST(longer_than_is_wanted),
        TEST(what_is_no_name),
        TEST(no_link_is_followed),
        TEST(a_pipe_is_no_object_and_nobody_waits),
        TEST(a_store_that_went_is_waited_for),
        TEST(what_could_not_be_written_is_not_there),
        TEST(places_that_are_none),
        TEST(several_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
