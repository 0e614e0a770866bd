/* What docs/record.md lists under "What nothing vouches for", in the same words. */
#include "record/uncovered.h"

static const eg_record_uncovered uncovered[] = {
    {"manifest.json", "candidates", "in no hash: ids, names, parties, pictures, write-in marks"},
    {"manifest.json", "spec_version", "in no hash"},
    {"manifest.json", "start_date, end_date",
     "hashed as moments in whole seconds: another zone or fraction of the same second"},
    {"manifest.json", "null, [] and \"null\"",
     "hash alike, as do an object and the text of its hash"},
    {"context.json", "extended_data, configuration", "in no hash"},
    {"submitted_ballots/*", "style_id", "in no hash: another style with the same contests"},
    {"submitted_ballots/*", "contests[].extended_data",
     "in no hash or proof: encrypted reasons of overvotes, and write-ins"},
    {"submitted_ballots/*", "spoiled ballots at the end of a chain, or of no chain",
     "one that was left out, with what it was decrypted to, leaves no gap"},
    {"encrypted_tally.json, tally.json", "object_id", "a name that both bear, in no hash"},
    {"guardians/*", "guardian_id", "a name: another one in every file that has it"},
    {"tally.json, spoiled_ballots/*", "order of the guardians in shares",
     "another one, the same in the whole file"},
    {"all", "spelling of the JSON text",
     "white space, escapes in strings, order of an object's members"},
    {"all", "what is around the files",
     "empty folders, dates and attributes, comments of a zip file"},
};

const eg_record_uncovered *eg_record_uncovered_fields(size_t *count)
{
    *count = sizeof uncovered / sizeof *uncovered;
    return uncovered;
}
