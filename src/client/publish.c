#include "client/publish.h"

#include "wire/objects/ballot.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"

#include <stdio.h>

void eg_publisher_init(eg_publisher *out, const eg_record_folder *record, const eg_opener *opener)
{
    /* what the service takes for the encryption device of every ballot (docs/crypto.md 13) */
    const eg_published_device device = {1, 1, 1, EG_STR("polling-place")};
    *out = (eg_publisher){.record = record, .opener = opener, .device = device};
    eg_buf_init(&out->text, NULL);
}

void eg_publisher_free(eg_publisher *publisher)
{
    eg_buf_free(&publisher->text);
}

/* ---- one file ---- */

static eg_writer begin(eg_publisher *p)
{
    eg_writer w;
    eg_buf_clear(&p->text);
    eg_writer_init(&w, &p->text, EG_STYLE_TEXT);
    return w;
}

static eg_result end(const eg_publisher *p, eg_record_class which, eg_str id, eg_error *err)
{
    EG_TRY(eg_buf_check(&p->text, err));
    return eg_record_folder_put(p->record, which, id, eg_buf_str(&p->text), err);
}

static eg_result put(eg_publisher *p, eg_record_class which, eg_write_fn write, const void *object,
                     eg_error *err)
{
    eg_writer w = begin(p);
    write(&w, object);
    return end(p, which, EG_STR(""), err);
}

/* ---- the election ---- */

static eg_result put_constants(eg_publisher *p, eg_error *err)
{
    eg_writer w = begin(p);
    eg_published_constants_write(&w);
    return end(p, EG_RECORD_CLASS_CONSTANTS, EG_STR(""), err);
}

static eg_result put_coefficients(eg_publisher *p, eg_error *err)
{
    const size_t present = eg_spec_available(p->opener->spec);
    eg_str ids[EG_GUARDIANS_MAX];
    eg_writer w = begin(p);
    for (size_t i = 0; i < present; i++) {
        ids[i] = p->opener->guardians[i].owner_id;
    }
    eg_published_coefficients_write(&w, ids, p->opener->coefficients, present);
    return end(p, EG_RECORD_CLASS_COEFFICIENTS, EG_STR(""), err);
}

static eg_result put_device(eg_publisher *p, eg_error *err)
{
    char id[24];
    eg_writer w = begin(p);
    eg_published_device_write(&w, &p->device);
    (void)snprintf(id, sizeof id, "%lld", (long long)p->device.device_id);
    return end(p, EG_RECORD_CLASS_DEVICE, eg_str_from(id), err);
}

static eg_result put_guardians(eg_publisher *p, eg_error *err)
{
    for (size_t i = 0; i < p->opener->spec->guardians; i++) {
        const eg_guardian_public *guardian = &p->opener->guardians[i];
        eg_writer w = begin(p);
        eg_published_guardian_write(&w, guardian);
        EG_TRY(end(p, EG_RECORD_CLASS_GUARDIAN, guardian->owner_id, err));
    }
    return EG_SUCCESS;
}

/* id: of the file; empty for the tally's. */
static eg_result put_opened(eg_publisher *p, eg_record_class which, eg_str id,
                            const eg_opened *opened, eg_error *err)
{
    const eg_published_opening opening = {
        .object_id = id.len == 0 ? EG_STR(EG_PUBLISHED_TALLY_ID) : id,
        .target = &opened->target,
        .results = opened->results,
        .shares = opened->shares,
        .share_count = p->opener->spec->guardians,
    };
    eg_writer w = begin(p);
    eg_published_opening_write(&w, &opening);
    return end(p, which, id, err);
}

eg_result eg_publish_election(eg_publisher *publisher, const eg_tally *tally, eg_error *err)
{
    const eg_opener *o = publisher->opener;
    EG_TRY(put(publisher, EG_RECORD_CLASS_MANIFEST, eg_manifest_write, o->spec->manifest, err));
    EG_TRY(put(publisher, EG_RECORD_CLASS_CONTEXT, eg_context_write, &o->context, err));
    EG_TRY(put_constants(publisher, err));
    EG_TRY(put_device(publisher, err));
    EG_TRY(put_guardians(publisher, err));
    eg_writer w = begin(publisher);
    eg_published_tally_write(&w, EG_STR(EG_PUBLISHED_TALLY_ID), tally);
    return end(publisher, EG_RECORD_CLASS_ENCRYPTED_TALLY, EG_STR(""), err);
}

eg_result eg_publish_opened_tally(eg_publisher *publisher, const eg_opened *opened, eg_error *err)
{
    EG_TRY(put_coefficients(publisher, err));
    return put_opened(publisher, EG_RECORD_CLASS_TALLY, EG_STR(""), opened, err);
}

/* ---- ballots ---- */

static eg_result read_ballot(eg_ballot *out, eg_str text, eg_ballot_state state, eg_arena *arena,
                             eg_error *err)
{
    eg_path at = eg_path_field(NULL, "encrypted_ballot");
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, text, 0, arena, &at, err));
    EG_TRY(eg_need_map(&node, &at, err));
    EG_TRY(eg_ballot_read(out, &node, &at, arena, err));
    eg_ballot_strip_nonces(out, state);
    return EG_SUCCESS;
}

eg_result eg_publish_ballot(eg_publisher *publisher, eg_str text, eg_ballot_state state,
                            eg_arena *scratch, eg_error *err)
{
    eg_ballot ballot;
    EG_TRY(read_ballot(&ballot, text, state, scratch, err));
    eg_writer w = begin(publisher);
    eg_ballot_write(&w, &ballot);
    return end(publisher, EG_RECORD_CLASS_SUBMITTED_BALLOT, ballot.object_id, err);
}

eg_result eg_publish_opened_ballot(eg_publisher *publisher, const eg_opened *opened, eg_error *err)
{
    return put_opened(publisher, EG_RECORD_CLASS_SPOILED_BALLOT, opened->target.object_id, opened,
                      err);
}

eg_result eg_submitted_ballot_text(eg_str *out, eg_str text, eg_ballot_state state, eg_arena *arena,
                                   eg_error *err)
{
    eg_ballot ballot;
    eg_writer w;
    eg_buf written;
    EG_TRY(read_ballot(&ballot, text, state, arena, err));
    eg_buf_init(&written, NULL);
    eg_writer_init(&w, &written, EG_STYLE_JSON);
    eg_ballot_write(&w, &ballot);
    eg_result result = eg_buf_check(&written, err);
    result = eg_failed(result) ? result : eg_arena_copy_str(arena, eg_buf_str(&written), out, err);
    eg_buf_free(&written);
    return result;
}
