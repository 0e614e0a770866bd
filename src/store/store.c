#include "store/s3_parts.h"
#include "store/store_parts.h"

const eg_path eg_store_flag = {.name = "--store", .name_len = sizeof "--store" - 1};

static bool is_in_names(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* Of the part that begins here; 0 when it may not be one. */
static size_t part_bytes(const char *part)
{
    size_t n = 0;
    while (n <= EG_STORE_PART_BYTES && is_in_names(part[n])) {
        n++;
    }
    return part[0] == '.' || n > EG_STORE_PART_BYTES ? 0 : n;
}

bool eg_store_name_is_good(const char *name)
{
    const char *part = name;
    for (size_t parts = 1; parts <= EG_STORE_PARTS; parts++) {
        const size_t n = part_bytes(part);
        if (n == 0) {
            return false;
        }
        part += n;
        if (*part == '\0') {
            return part - name <= EG_STORE_NAME_BYTES;
        }
        if (*part != '/') {
            return false;
        }
        part++;
    }
    return false;
}

static eg_result refuse_name(eg_error *err)
{
    return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL,
                   "it is no name of an object: letters, digits and . _ - with / between them");
}

eg_result eg_store_open(eg_store **out, const eg_store_settings *settings, eg_error *err)
{
    return eg_s3_is_place(settings->place) ? eg_s3_open(out, settings, err)
                                           : eg_folder_open(out, settings->place, err);
}

void eg_store_close(eg_store *store)
{
    if (store != NULL) {
        store->kind->close(store);
    }
}

eg_result eg_store_put(eg_store *store, const char *name, eg_str content, eg_error *err)
{
    return eg_store_name_is_good(name) ? store->kind->put(store, name, content, err)
                                       : refuse_name(err);
}

eg_result eg_store_get(eg_store *store, const char *name, size_t max_bytes, eg_buf *out,
                       eg_error *err)
{
    return eg_store_name_is_good(name) ? store->kind->get(store, name, max_bytes, out, err)
                                       : refuse_name(err);
}
