#include "record/layout.h"

static const struct {
    const char *prefix;
    eg_record_class which;
    bool is_many;
} classes[] = {
    {EG_RECORD_FILE_MANIFEST, EG_RECORD_CLASS_MANIFEST, false},
    {EG_RECORD_FILE_CONTEXT, EG_RECORD_CLASS_CONTEXT, false},
    {EG_RECORD_FILE_CONSTANTS, EG_RECORD_CLASS_CONSTANTS, false},
    {EG_RECORD_FILE_COEFFICIENTS, EG_RECORD_CLASS_COEFFICIENTS, false},
    {EG_RECORD_FILE_ENCRYPTED_TALLY, EG_RECORD_CLASS_ENCRYPTED_TALLY, false},
    {EG_RECORD_FILE_TALLY, EG_RECORD_CLASS_TALLY, false},
    {"encryption_devices/device_", EG_RECORD_CLASS_DEVICE, true},
    {"guardians/guardian_", EG_RECORD_CLASS_GUARDIAN, true},
    {"submitted_ballots/submitted_ballot_", EG_RECORD_CLASS_SUBMITTED_BALLOT, true},
    {"spoiled_ballots/spoiled_ballot_", EG_RECORD_CLASS_SPOILED_BALLOT, true},
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
