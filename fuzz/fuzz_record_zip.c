/* Any bytes as a record in a zip file: refused with a sentence, or a list of files whose names lead
 * nowhere else and of which none is larger than it may be. */
#include "common.h"

#include "record/source_parts.h"

#include <sys/mman.h>
#include <unistd.h>

enum { READ_MAX = 4 << 20 };

static void check_refusal(const eg_error *error)
{
    CHECK(error->code == EG_E_BAD_ENCODING || error->code == EG_E_OUT_OF_RANGE ||
          error->code == EG_E_TOO_LARGE || error->code == EG_E_DUPLICATE ||
          error->code == EG_E_UNAVAILABLE);
    CHECK(error->text[0] != '\0' && memchr(error->text, '\0', sizeof error->text) != NULL);
    CHECK(memchr(error->path, '\0', sizeof error->path) != NULL);
}

static void check_files(const eg_source *source, size_t packed, eg_arena *arena)
{
    eg_error error = {.code = EG_OK};
    uint64_t all = 0;
    for (size_t i = 0; i < source->count; i++) {
        const eg_source_file *file = &source->files[i];
        eg_str text;
        CHECK(eg_source_name_fault(file->name) == NULL);
        CHECK(file->name.data[file->name.len] == '\0');
        CHECK(file->bytes <= EG_SOURCE_FILE_BYTES_MAX);
        CHECK(i == 0 || eg_str_compare(source->files[i - 1].name, file->name) < 0);
        CHECK(eg_source_find(source, file->name) == file);
        all += file->bytes;
        if (file->bytes > READ_MAX) {
            continue;
        }
        if (eg_failed(eg_source_read(source, file, &text, arena, &error))) {
            check_refusal(&error);
        } else {
            CHECK(text.len == file->bytes);
        }
    }
    CHECK(all <= (uint64_t)(packed + source->count) * (EG_SOURCE_UNPACKS_MAX + 1));
}

static void open_bytes(int fd, size_t n)
{
    eg_arena arena;
    eg_source source;
    eg_error error = {.code = EG_OK};
    char path[32];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    eg_arena_init(&arena, NULL);
    if (eg_failed(eg_source_open(&source, path, &arena, &error))) {
        check_refusal(&error);
    } else {
        check_files(&source, n, &arena);
        eg_source_close(&source);
    }
    eg_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int fd = memfd_create("record", MFD_CLOEXEC);
    CHECK(fd >= 0);
    CHECK(write(fd, data, n) == (ssize_t)n);
    open_bytes(fd, n);
    close(fd);
    return 0;
}
