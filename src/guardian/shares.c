#include "guardian/shares.h"

#include "base/secret.h"
#include "base/str_index.h"
#include "base/utf8.h"
#include "election/ceremony_parts.h"
#include "group/group.h"
#include "guardian/guardian_parts.h"
#include "wire/objects/decryption.h"

enum { SELECTIONS_OF_UNIT = 8 };

/* One file's worth: the tally, then each spoiled ballot. */
typedef struct part {
    eg_target target;
    eg_decryption_share share;
} part;

typedef struct unit {
    size_t part, first, count;
} unit;

struct eg_guardian_shares {
    eg_arena arena; /* of everything below, and of this */
    const eg_guardian *guardian;
    const eg_context *context;
    const eg_guardian_public *missing; /* NULL: its own shares */
    eg_share_origin origin;
    eg_modq secret; /* what pads are raised to */
    eg_modp recovery_key;
    part *parts;
    size_t part_count;
    unit *units;
    size_t unit_count;
};

/* ---- whose shares ---- */

/* The coordinate comes from the backup that was kept, and is held against the commitments again. */
static eg_result open_backup(eg_guardian_shares *s, uint32_t missing, eg_error *err)
{
    const eg_guardian *g = s->guardian;
    const eg_guardian_place *place = eg_guardian_place_of(g, missing);
    eg_path at = eg_path_field(NULL, "missing_guardian");
    if (place == NULL || missing == g->sequence_order) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "it must be another guardian of the election");
    }
    if (!place->has_backup) {
        return EG_FAIL(err, EG_E_NOT_FOUND, &at,
                       "no backup of guardian %.*s was received: nobody can stand in without one",
                       EG_SHOWN(place->record.owner_id));
    }
    EG_TRY(eg_backup_check(&s->secret, &place->backup, g->id, g->sequence_order,
                           &g->polynomial.coefficients[0].value, &place->record, &at, err));
    eg_public_key(&s->recovery_key, &s->secret);
    s->missing = &place->record;
    s->origin.missing_guardian_id = place->record.owner_id;
    s->origin.recovery_key = &s->recovery_key;
    return EG_SUCCESS;
}

static eg_result take_secret(eg_guardian_shares *s, uint32_t missing, eg_error *err)
{
    s->origin = (eg_share_origin){.guardian_id = s->guardian->id,
                                  .public_key = &eg_guardian_own(s->guardian)->record.key};
    if (missing != 0) {
        return open_backup(s, missing, err);
    }
    s->secret = s->guardian->polynomial.coefficients[0].value;
    return EG_SUCCESS;
}

/* ---- of what ---- */

static eg_result refuse_ballot(eg_code code, eg_str id, const char *text, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "ballots");
    eg_path at = eg_path_key(&list, id.data, id.len);
    return EG_FAIL(err, code, &at, "%s", text);
}

static eg_result check_ballots(const eg_guardian_tally *tally, eg_arena *arena, eg_error *err)
{
    eg_str *ids = NULL;
    eg_str_index index;
    size_t repeated;
    EG_TRY(eg_arena_new(arena, tally->spoiled_count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < tally->spoiled_count; i++) {
        ids[i] = tally->spoiled[i]->object_id;
        if (tally->spoiled[i]->state != EG_BALLOT_SPOILED) {
            return refuse_ballot(EG_E_WITHHELD, ids[i],
                                 "a ballot that was not spoiled is not opened alone", err);
        }
    }
    EG_TRY(eg_str_index_init(&index, ids, sizeof *ids, tally->spoiled_count, arena, err));
    return eg_str_index_repeated(&index, &repeated)
               ? refuse_ballot(EG_E_DUPLICATE, ids[repeated], "two ballots have this id", err)
               : EG_SUCCESS;
}

static eg_result add_part(eg_guardian_shares *s, part *p, eg_error *err)
{
    EG_TRY(eg_decryption_share_init(&p->share, &p->target, &s->origin, &s->arena, err));
    const size_t selections = eg_target_selection_count(&p->target);
    s->unit_count += (selections + SELECTIONS_OF_UNIT - 1) / SELECTIONS_OF_UNIT;
    return EG_SUCCESS;
}

static eg_result add_parts(eg_guardian_shares *s, const eg_guardian_tally *tally, eg_error *err)
{
    s->part_count = 1 + tally->spoiled_count;
    EG_TRY(eg_arena_new(&s->arena, s->part_count, sizeof *s->parts, &s->parts, err));
    EG_TRY(eg_target_from_tally(&s->parts[0].target, tally->tally, &s->arena, err));
    s->parts[0].target.object_id = EG_STR(""); /* as the service calls a tally */
    for (size_t i = 0; i < tally->spoiled_count; i++) {
        EG_TRY(eg_target_from_ballot(&s->parts[i + 1].target, tally->spoiled[i], &s->arena, err));
    }
    for (size_t i = 0; i < s->part_count; i++) {
        EG_TRY(add_part(s, &s->parts[i], err));
    }
    return EG_SUCCESS;
}

static eg_result cut(eg_guardian_shares *s, eg_error *err)
{
    size_t made = 0;
    EG_TRY(eg_arena_new(&s->arena, s->unit_count, sizeof *s->units, &s->units, err));
    for (size_t i = 0; i < s->part_count; i++) {
        const size_t selections = eg_target_selection_count(&s->parts[i].target);
        for (size_t first = 0; first < selections; first += SELECTIONS_OF_UNIT) {
            const size_t left = selections - first;
            s->units[made++] =
                (unit){i, first, left < SELECTIONS_OF_UNIT ? left : SELECTIONS_OF_UNIT};
        }
    }
    return EG_SUCCESS;
}

static eg_result prepare(eg_guardian_shares *s, const eg_guardian_tally *tally, uint32_t missing,
                         eg_error *err)
{
    eg_path at = eg_path_field(NULL, "context");
    EG_TRY(eg_guardian_check_context(s->guardian, tally->context, &at, err));
    EG_TRY(check_ballots(tally, &s->arena, err));
    EG_TRY(take_secret(s, missing, err));
    EG_TRY(add_parts(s, tally, err));
    return cut(s, err);
}

eg_result eg_guardian_shares_begin(eg_guardian_shares **out, const eg_guardian *guardian,
                                   const eg_guardian_tally *tally, uint32_t missing, eg_error *err)
{
    eg_guardian_shares *s = NULL;
    eg_arena arena;
    *out = NULL;
    eg_arena_init(&arena, NULL);
    EG_TRY(eg_arena_new(&arena, 1, sizeof *s, &s, err));
    s->arena = arena;
    s->guardian = guardian;
    s->context = tally->context;
    eg_result result = prepare(s, tally, missing, err);
    if (eg_failed(result)) {
        eg_guardian_shares_free(s);
        return result;
    }
    *out = s;
    return EG_SUCCESS;
}

void eg_guardian_shares_free(eg_guardian_shares *shares)
{
    if (shares != NULL) {
        eg_arena arena = shares->arena; /* which it lies in */
        eg_arena_free(&arena);
    }
}

size_t eg_guardian_shares_units(const eg_guardian_shares *shares)
{
    return shares->unit_count;
}

/* ---- computing ---- */

/* Selection i in flat order and its path; steps are kept for it to point at. */
static const eg_ciphertext *ciphertext_at(const eg_target *target, size_t i, eg_path steps[5])
{
    const eg_target_contest *contest = target->contests;
    while (i >= contest->selection_count) {
        i -= (contest++)->selection_count;
    }
    const eg_target_selection *selection = &contest->selections[i];
    const eg_str whole = target->object_id;
    steps[0] =
        whole.len == 0 ? eg_path_field(NULL, "tally") : eg_path_key(NULL, whole.data, whole.len);
    steps[1] = eg_path_field(&steps[0], "contests");
    steps[2] = eg_path_key(&steps[1], contest->object_id.data, contest->object_id.len);
    steps[3] = eg_path_field(&steps[2], "selections");
    steps[4] = eg_path_key(&steps[3], selection->object_id.data, selection->object_id.len);
    return selection->ciphertext;
}

/* Raising an element outside the group to a secret would give it away, whoever verified before. */
static eg_result check_members(const eg_target *target, const unit *u, eg_error *err)
{
    eg_path steps[5];
    eg_chain chains[2 * SELECTIONS_OF_UNIT];
    for (size_t i = 0; i < u->count; i++) {
        const eg_ciphertext *c = ciphertext_at(target, u->first + i, steps);
        chains[2 * i] = (eg_chain){.base = &c->pad};
        chains[2 * i + 1] = (eg_chain){.base = &c->data};
    }
    eg_chain_batch_vartime(chains, 2 * u->count);
    for (size_t i = 0; i < 2 * u->count; i++) {
        if (!chains[i].is_residue) {
            (void)ciphertext_at(target, u->first + i / 2, steps);
            return EG_FAIL(err, EG_E_NOT_IN_GROUP, &steps[4],
                           "the ciphertext is not of elements of the group");
        }
    }
    return EG_SUCCESS;
}

static eg_result draw_seeds(eg_modq seeds[], size_t count, const eg_rng *rng, eg_error *err)
{
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_random_q(&seeds[i], rng, 0, err));
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_shares_compute(eg_guardian_shares *shares, size_t number, const eg_rng *rng,
                                     eg_error *err)
{
    EG_BUG_IF(err, number >= shares->unit_count);
    const unit *u = &shares->units[number];
    part *p = &shares->parts[u->part];
    eg_modq seeds[SELECTIONS_OF_UNIT];
    EG_TRY(check_members(&p->target, u, err));
    eg_result result = draw_seeds(seeds, u->count, rng, err);
    if (!eg_failed(result)) {
        eg_decryption_share_compute(&p->share, &p->target, u->first, u->count, &shares->secret,
                                    seeds, &shares->context->extended_base_hash);
    }
    eg_wipe(seeds, sizeof seeds);
    return result;
}

/* ---- the file ---- */

eg_result eg_guardian_shares_write(const eg_guardian_shares *shares, eg_buf *out, eg_error *err)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_str(&w, "guardian_id", shares->guardian->id);
    eg_put_int(&w, "sequence_order", shares->guardian->sequence_order);
    if (shares->missing != NULL) {
        eg_put_str(&w, "missing_guardian_id", shares->missing->owner_id);
        eg_put_int(&w, "missing_sequence_order", shares->missing->sequence_order);
    }
    eg_write_key(&w, "tally_share");
    eg_decryption_share_write(&w, &shares->parts[0].share);
    eg_write_key(&w, "ballot_shares");
    eg_write_map_of(&w, shares->part_count - 1);
    for (size_t i = 1; i < shares->part_count; i++) {
        eg_write_key_str(&w, shares->parts[i].target.object_id);
        eg_decryption_share_write(&w, &shares->parts[i].share);
    }
    eg_write_end(&w);
    eg_write_end(&w);
    eg_buf_append_char(out, '\n');
    return eg_buf_check(out, err);
}
