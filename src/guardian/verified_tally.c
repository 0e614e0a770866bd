#include "guardian/verified_tally.h"

#include "base/utf8.h"
#include "record/layout.h"
#include "record/load.h"
#include "wire/objects/context.h"

/* ---- whose election ---- */

/* Looked at first: a county's ballots take an hour. What is wrong with the file itself the audit
 * will find. */
static eg_result check_election(const eg_guardian *guardian, const eg_source *source,
                                eg_arena *arena, eg_error *err)
{
    const eg_str name = EG_STR(EG_RECORD_FILE_CONTEXT);
    const eg_source_file *file = eg_source_find(source, name);
    eg_path at = eg_path_key(NULL, name.data, name.len);
    eg_context context;
    eg_node map;
    if (file == NULL || eg_failed(eg_record_load(&map, source, file, arena, NULL)) ||
        eg_failed(eg_need_map(&map, NULL, NULL)) ||
        eg_failed(eg_context_read(&context, &map, NULL, NULL))) {
        return EG_SUCCESS;
    }
    return eg_guardian_check_context(guardian, &context, &at, err);
}

/* No hash of the election covers who is who. */
static eg_result check_guardians(const eg_guardian *guardian, const eg_audit *audit, eg_error *err)
{
    for (size_t i = 0; i < audit->guardian_count; i++) {
        const eg_guardian_public *stated = &audit->guardians[i];
        const eg_guardian_public *known = eg_guardian_known(guardian, stated->sequence_order);
        if (known == NULL || !eg_str_equal(known->owner_id, stated->owner_id) ||
            !eg_modp_equal(&known->key, &stated->key)) {
            eg_path at = eg_path_field(NULL, "guardians");
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                           "guardian number %u, %.*s, is not the one of the key file",
                           stated->sequence_order, EG_SHOWN(stated->owner_id));
        }
    }
    return EG_SUCCESS;
}

/* The result of one ballot is that ballot's votes
 * (docs/decisions/0016-counted-ballots-stay-closed.md).
 */
static eg_result check_count(const eg_audit *audit, eg_error *err)
{
    eg_path at = eg_path_field(NULL, EG_RECORD_FILE_ENCRYPTED_TALLY);
    return audit->cast_count != 1
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_WITHHELD, &at,
                         "it counts one ballot alone, which would be opened by itself");
}

/* ---- spoiled ballots ---- */

static eg_result read_all_spoiled(eg_verified_tally *out, const eg_source *source, eg_arena *arena,
                                  eg_error *err)
{
    const eg_audit *audit = out->audit;
    const eg_ballot **spoiled = NULL;
    eg_ballot *ballots = NULL;
    size_t count = 0;
    EG_TRY(eg_arena_new(arena, audit->spoiled_count, sizeof *spoiled, &spoiled, err));
    EG_TRY(eg_arena_new(arena, audit->spoiled_count, sizeof *ballots, &ballots, err));
    for (size_t i = 0; i < audit->ballot_count; i++) {
        if (audit->ballots[i].state == EG_BALLOT_SPOILED) {
            EG_BUG_IF(err, count == audit->spoiled_count);
            EG_TRY(eg_audit_read_ballot_again(&ballots[count], audit, &audit->ballots[i], source,
                                              arena, err));
            spoiled[count] = &ballots[count];
            count++;
        }
    }
    out->tally.spoiled = spoiled;
    out->tally.spoiled_count = count;
    return EG_SUCCESS;
}

eg_result eg_verified_tally_open(eg_verified_tally *out, const eg_guardian *guardian,
                                 const eg_source *source, eg_audit_extent extent, const eg_rng *rng,
                                 size_t threads, const eg_record_watch *watch, eg_arena *arena,
                                 eg_error *err)
{
    eg_audit *audit = NULL;
    *out = (eg_verified_tally){.audit = NULL};
    EG_TRY(check_election(guardian, source, arena, err));
    EG_TRY(eg_audit_run_closed(&audit, source, extent, rng, threads, watch, arena, err));
    out->audit = audit;
    if (!audit->is_verified) {
        return EG_SUCCESS;
    }
    EG_TRY(check_guardians(guardian, audit, err));
    EG_TRY(check_count(audit, err));
    out->tally.context = &audit->context;
    out->tally.tally = audit->encrypted_tally;
    return extent == EG_AUDIT_CLOSED ? read_all_spoiled(out, source, arena, err) : EG_SUCCESS;
}
