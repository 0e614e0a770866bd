#include "record/candidate_name.h"

eg_str eg_candidate_name(const eg_manifest *manifest, const eg_selection_description *selection)
{
    for (size_t i = 0; i < manifest->candidate_count; i++) {
        const eg_candidate *candidate = &manifest->candidates[i];
        if (eg_str_equal(candidate->object_id, selection->candidate_id)) {
            eg_str name = eg_text_shown(&candidate->name);
            return name.len > 0 ? name : selection->candidate_id;
        }
    }
    return selection->candidate_id;
}
