#include "record/candidate_name.h"

static eg_str name_of(const eg_text *text)
{
    for (size_t i = 0; text->kind == EG_TEXT_LANGUAGES && i < text->language_count; i++) {
        if (text->languages[i].value.len > 0) {
            return text->languages[i].value;
        }
    }
    return text->kind == EG_TEXT_PLAIN ? text->plain : EG_STR("");
}

eg_str eg_candidate_name(const eg_manifest *manifest, const eg_selection_description *selection)
{
    for (size_t i = 0; i < manifest->candidate_count; i++) {
        const eg_candidate *candidate = &manifest->candidates[i];
        if (eg_str_equal(candidate->object_id, selection->candidate_id)) {
            eg_str name = name_of(&candidate->name);
            return name.len > 0 ? name : selection->candidate_id;
        }
    }
    return selection->candidate_id;
}
