/* A store from the command line, for tests: `put NAME` takes stdin, `get NAME MAX_BYTES` writes to
 * stdout, and `get-later` says that the store is open, and gets when stdin ends; `object STEM`
 * packs stdin and says what it is called, `lines NAME SHA256` gives it back. Exit status: the
 * error's code, its sentence on stderr.
 *
 *   store-tool PLACE CREDENTIALS CA COMMAND ...     ("-" for none) */
#include "store/object.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONTENT_BYTES_MAX = 64 * 1024 * 1024 };

static eg_buf content;

static void read_stdin(void)
{
    size_t got = 1;
    while (got > 0) {
        char *to = eg_buf_reserve(&content, 65536);
        got = to == NULL ? 0 : fread(to, 1, 65536, stdin);
        content.len += got;
    }
}

static void print(eg_str text)
{
    (void)fwrite(text.data, 1, text.len, stdout);
}

static eg_result run(eg_store *store, char **args, eg_arena *arena, eg_error *err)
{
    if (strcmp(args[0], "put") == 0) {
        read_stdin();
        return eg_store_put(store, args[1], eg_buf_str(&content), err);
    }
    if (strcmp(args[0], "get-later") == 0) {
        (void)puts("open");
        (void)fflush(stdout);
        read_stdin();
        eg_buf_clear(&content);
    }
    if (strncmp(args[0], "get", 3) == 0) {
        EG_TRY(eg_store_get(store, args[1], strtoul(args[2], NULL, 10), &content, err));
        print(eg_buf_str(&content));
        return EG_SUCCESS;
    }
    if (strcmp(args[0], "object") == 0) {
        eg_object_ref ref;
        read_stdin();
        EG_TRY(eg_object_write(&ref, store, args[1], eg_buf_str(&content), err));
        (void)printf("%s %s\n", ref.name, ref.sha256);
        return EG_SUCCESS;
    }
    eg_str lines;
    EG_TRY(eg_object_read(&lines, store, args[1], args[2], CONTENT_BYTES_MAX, arena, err));
    print(lines);
    return EG_SUCCESS;
}

static const char *or_none(const char *text)
{
    return strcmp(text, "-") == 0 ? NULL : text;
}

int main(int argc, char **argv)
{
    eg_error err = {0};
    eg_store *store = NULL;
    eg_arena arena;
    if (argc < 6) {
        return 99;
    }
    const eg_store_settings settings = {argv[1], or_none(argv[2]), or_none(argv[3])};
    eg_arena_init(&arena, NULL);
    eg_buf_init(&content, NULL);
    eg_result r = eg_store_open(&store, &settings, &err);
    if (!eg_failed(r)) {
        r = run(store, argv + 4, &arena, &err);
    }
    if (eg_failed(r)) {
        (void)fprintf(stderr, "%s: %s\n", err.path, err.text);
    }
    eg_store_close(store);
    eg_buf_free(&content);
    eg_arena_free(&arena);
    return (int)r.code;
}
