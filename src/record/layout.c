#include "record/layout.h"

#include "base/utf8.h"
#include "record/source.h"

#include <stdio.h>

static const struct {
    const char *prefix;
    eg_record_class which;
    bool is_many;
    size_t bytes_max;
} classes[] = {
    {EG_RECORD_FILE_MANIFEST, EG_RECORD_CLASS_MANIFEST, false, 32 << 20},
    {EG_RECORD_FILE_CONTEXT, EG_RECORD_CLASS_CONTEXT, false, 1 << 20},
    {EG_RECORD_FILE_CONSTANTS, EG_RECORD_CLASS_CONSTANTS, false, 1 << 20},
    {EG_RECORD_FILE_COEFFICIENTS, EG_RECORD_CLASS_COEFFICIENTS, false, 1 << 20},
    {EG_RECORD_FILE_ENCRYPTED_TALLY, EG_RECORD_CLASS_ENCRYPTED_TALLY, false, 64 << 20},
    {EG_RECORD_FILE_TALLY, EG_RECORD_CLASS_TALLY, false, EG_SOURCE_FILE_BYTES_MAX},
    {"encryption_devices/device_", EG_RECORD_CLASS_DEVICE, true, 1 << 20},
    {"guardians/guardian_", EG_RECORD_CLASS_GUARDIAN, true, 4 << 20},
    {"submitted_ballots/submitted_ballot_", EG_RECORD_CLASS_SUBMITTED_BALLOT, true, 128 << 20},
    {"spoiled_ballots/spoiled_ballot_", EG_RECORD_CLASS_SPOILED_BALLOT, true,
     EG_SOURCE_FILE_BYTES_MAX},
};

/* The name is prefix, an id that is not empty, and ".json". */
static bool is_of_many(eg_str name, eg_str prefix, eg_str *id)
{
    const eg_str end = EG_STR(".json");
    if (name.len <= prefix.len + end.len || memcmp(name.data, prefix.data, prefix.len) != 0 ||
        memcmp(name.data + name.len - end.len, end.data, end.len) != 0) {
        return false;
    }
    *id = (eg_str){name.data + prefix.len, name.len - prefix.len - end.len};
    return memchr(id->data, '/', id->len) == NULL;
}

eg_record_class eg_record_classify(eg_str name, eg_str *id)
{
    *id = EG_STR("");
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        eg_str prefix = eg_str_from(classes[i].prefix);
        if (classes[i].is_many ? is_of_many(name, prefix, id) : eg_str_equal(name, prefix)) {
            return classes[i].which;
        }
    }
    *id = EG_STR("");
    return EG_RECORD_CLASS_UNKNOWN;
}

eg_str eg_record_class_prefix(eg_record_class which)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (classes[i].which == which) {
            return eg_str_from(classes[i].prefix);
        }
    }
    return EG_STR("");
}

size_t eg_record_class_bytes_max(eg_record_class which)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (classes[i].which == which) {
            return classes[i].bytes_max;
        }
    }
    return 0;
}

const char *eg_record_id_fault(eg_str id)
{
    if (id.len == 0 || id.len > EG_RECORD_ID_BYTES_MAX) {
        return "an id that a file is named for must have 1 to 233 bytes";
    }
    if (!eg_utf8_is_valid(id)) {
        return "it is not UTF-8";
    }
    for (size_t i = 0; i < id.len; i++) {
        if ((unsigned char)id.data[i] < 0x20 || id.data[i] == '/' || id.data[i] == '\\') {
            return "an id that a file is named for must not hold '/', '\\' or control characters";
        }
    }
    return NULL;
}

void eg_record_file_name(char out[EG_RECORD_FILE_NAME_BYTES], eg_record_class which, eg_str id)
{
    const eg_str prefix = eg_record_class_prefix(which);
    bool is_many = which >= EG_RECORD_CLASS_DEVICE;
    (void)snprintf(out, EG_RECORD_FILE_NAME_BYTES, "%.*s%.*s%s", (int)prefix.len, prefix.data,
                   is_many ? (int)id.len : 0, id.data == NULL ? "" : id.data,
                   is_many ? ".json" : "");
}
