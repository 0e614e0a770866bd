#include "cli/secret_file.h"

#include "client/run_folder.h"

enum { SECRET_BYTES_MAX = 4096 };

eg_result eg_secret_file_read(const char **out, const char *file, const char *flag, eg_arena *arena,
                              eg_error *err)
{
    eg_path path = eg_path_field(NULL, flag);
    eg_str text;
    EG_TRY(eg_file_read(file, SECRET_BYTES_MAX, &text, arena, err));
    while (text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r')) {
        text.len--;
    }
    if (text.len == 0 || memchr(text.data, '\0', text.len) != NULL ||
        memchr(text.data, '\n', text.len) != NULL) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path,
                       "the file must hold the secret as its one line");
    }
    EG_TRY(eg_arena_copy_str(arena, text, &text, err));
    *out = text.data;
    return EG_SUCCESS;
}
