#include "guardian/verified_tally.h"

#include "base/utf8.h"
#include "election/ballot_verify.h"
#include "record/layout.h"
#include "record/load.h"
#include "wire/objects/ballot.h"
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

/* Between the two readings a file may have been put in its place: the code is over all that is in
 * it, and is the one that was verified. */
static eg_result check_again(const eg_audit *audit, const eg_audit_ballot *verified,
                             const eg_ballot *ballot, const eg_path *at, eg_arena *scratch,
                             eg_error *err)
{
    const eg_election election = {.manifest = &audit->manifest, .context = &audit->context};
    EG_TRY(eg_ballot_check_structure(ballot, &election, scratch, at, err));
    if (!eg_str_equal(ballot->object_id, verified->id) || ballot->state != EG_BALLOT_SPOILED ||
        !eg_modq_equal(&ballot->code, &verified->code)) {
        return EG_FAIL(err, EG_E_TAMPERED, at, "it was changed while the record was verified");
    }
    return EG_SUCCESS;
}

static eg_result read_spoiled(const eg_ballot **out, const eg_audit *audit,
                              const eg_audit_ballot *verified, const eg_source *source,
                              eg_arena *arena, eg_error *err)
{
    char name[EG_RECORD_FILE_NAME_BYTES];
    eg_ballot *ballot = NULL;
    eg_node map;
    eg_record_file_name(name, EG_RECORD_CLASS_SUBMITTED_BALLOT, verified->id);
    eg_path at = eg_path_field(NULL, name);
    const eg_source_file *file = eg_source_find(source, eg_str_from(name));
    EG_BUG_IF(err, file == NULL);
    EG_TRY(eg_arena_new(arena, 1, sizeof *ballot, &ballot, err));
    EG_TRY(eg_record_load(&map, source, file, arena, err));
    EG_TRY(eg_need_map(&map, &at, err));
    EG_TRY(eg_ballot_read(ballot, &map, &at, arena, err));
    *out = ballot;
    return check_again(audit, verified, ballot, &at, arena, err);
}

static eg_result read_all_spoiled(eg_verified_tally *out, const eg_source *source, eg_arena *arena,
                                  eg_error *err)
{
    const eg_audit *audit = out->audit;
    const eg_ballot **spoiled = NULL;
    size_t count = 0;
    EG_TRY(eg_arena_new(arena, audit->spoiled_count, sizeof *spoiled, &spoiled, err));
    for (size_t i = 0; i < audit->ballot_count; i++) {
        if (audit->ballots[i].state == EG_BALLOT_SPOILED) {
            EG_BUG_IF(err, count == audit->spoiled_count);
            EG_TRY(read_spoiled(&spoiled[count], audit, &audit->ballots[i], source, arena, err));
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
