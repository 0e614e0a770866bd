/* What a selection is called. */
#ifndef EG_RECORD_CANDIDATE_NAME_H
#define EG_RECORD_CANDIDATE_NAME_H

#include "election/manifest.h"

/* The candidate's name in the first language that has one; where there is no such candidate or no
 * name, the selection's candidate id. */
eg_str eg_candidate_name(const eg_manifest *manifest, const eg_selection_description *selection);

#endif
