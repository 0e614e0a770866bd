/* The encrypted tally, and the tally that it was decrypted to. */
#include "record/audit_decryption.h"
#include "record/parallel.h"
#include "wire/objects/ciphertext.h"

/* ---- the encrypted tally ---- */

static eg_result read_tally_selection(eg_tally_selection *out, const eg_node *map,
                                      const eg_path *at, eg_error *err)
{
    eg_path ciphertext = eg_path_field(at, "ciphertext");
    out->object_id = eg_map_member(map, "object_id")->as.str;
    EG_TRY(eg_read_count(map, at, "sequence_order", 0, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_q(map, at, "description_hash", &out->description_hash, err));
    return eg_ciphertext_read(&out->ciphertext, eg_map_member(map, "ciphertext"), &ciphertext, err);
}

static eg_result read_tally_contest(eg_tally_contest *out, const eg_node *map, const eg_path *at,
                                    eg_arena *arena, eg_error *err)
{
    const eg_node *list = eg_map_member(map, "selections");
    eg_path path = eg_path_field(at, "selections");
    out->object_id = eg_map_member(map, "object_id")->as.str;
    EG_TRY(eg_read_count(map, at, "sequence_order", 0, UINT32_MAX, &out->sequence_order, err));
    EG_TRY(eg_read_q(map, at, "description_hash", &out->description_hash, err));
    out->selection_count = list->as.map.count;
    EG_TRY(
        eg_arena_new(arena, out->selection_count, sizeof *out->selections, &out->selections, err));
    for (size_t i = 0; i < out->selection_count; i++) {
        const eg_member *member = &list->as.map.members[i];
        eg_path each = eg_path_key(&path, member->key.data, member->key.len);
        EG_TRY(read_tally_selection(&out->selections[i], &member->value, &each, err));
    }
    return EG_SUCCESS;
}

static eg_result read_tally(eg_audit_state *s, const eg_node *map, eg_error *err)
{
    const eg_node *list = eg_map_member(map, "contests");
    eg_path path = eg_path_field(NULL, "contests");
    eg_tally *tally = &s->tally;
    *tally = (eg_tally){.object_id = eg_map_member(map, "object_id")->as.str,
                        .contest_count = list->as.map.count};
    EG_TRY(eg_arena_new(s->keep, tally->contest_count, sizeof *tally->contests, &tally->contests,
                        err));
    for (size_t i = 0; i < tally->contest_count; i++) {
        const eg_member *member = &list->as.map.members[i];
        eg_path each = eg_path_key(&path, member->key.data, member->key.len);
        EG_TRY(read_tally_contest(&tally->contests[i], &member->value, &each, s->keep, err));
    }
    return eg_tally_check_shape(tally, &s->election, s->keep, NULL, err);
}

/* Path of a selection in a map of maps. */
static void compare_selection(eg_audit_state *s, const eg_source_file *file, eg_str contest,
                              const eg_tally_selection *right, const eg_tally_selection *stated)
{
    eg_path contests = eg_path_field(NULL, "contests");
    eg_path one = eg_path_key(&contests, contest.data, contest.len);
    eg_path list = eg_path_field(&one, "selections");
    eg_path at = eg_path_key(&list, right->object_id.data, right->object_id.len);
    if (!eg_modp_equal(&right->ciphertext.pad, &stated->ciphertext.pad) ||
        !eg_modp_equal(&right->ciphertext.data, &stated->ciphertext.data)) {
        eg_audit_fault_at(s, EG_AUDIT_AGGREGATION, file, &at,
                          "it is not the product of the cast ballots: one was changed, added or "
                          "left out, or the tally was");
    }
}

static eg_result compare_product(eg_audit_state *s, const eg_source_file *file, eg_error *err)
{
    eg_tally product = {0};
    uint64_t checked = 0;
    EG_TRY(eg_tally_from_sum(&product, &s->sums[0], &s->out->manifest, s->keep, err));
    for (size_t i = 0; i < product.contest_count; i++) {
        const eg_tally_contest *right = &product.contests[i];
        for (size_t j = 0; j < right->selection_count; j++) {
            compare_selection(s, file, right->object_id, &right->selections[j],
                              &s->tally.contests[i].selections[j]);
        }
        checked += right->selection_count;
    }
    eg_audit_checked(s, EG_AUDIT_AGGREGATION, checked);
    return EG_SUCCESS;
}

eg_result eg_audit_encrypted_tally(eg_audit_state *s, eg_error *err)
{
    const eg_source_file *file = eg_audit_only_file(s, EG_RECORD_CLASS_ENCRYPTED_TALLY);
    eg_error fault = {0};
    eg_node map;
    bool good;
    if (file == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_audit_load(s, file, &eg_shape_encrypted_tally, &map, &good, s->keep, err));
    if (!good) {
        return EG_SUCCESS;
    }
    eg_result result = read_tally(s, &map, &fault);
    s->has_tally = !eg_failed(result);
    EG_TRY(eg_audit_note(s, EG_AUDIT_FORM, file, result, &fault, err));
    /* a product without a ballot that could not be read is another one, and says nothing */
    const bool has_product = s->sums != NULL && s->unread_ballots == 0;
    return s->has_tally && has_product ? compare_product(s, file, err) : EG_SUCCESS;
}

/* ---- the tally ---- */

enum { SELECTIONS_OF_PIECE = 16 };

static eg_result do_piece(void *context, size_t thread, size_t piece, eg_arena *scratch,
                          eg_error *err)
{
    const eg_decrypted *d = context;
    const size_t first = piece * SELECTIONS_OF_PIECE;
    const size_t left = d->count - first;
    const size_t count = left < SELECTIONS_OF_PIECE ? left : SELECTIONS_OF_PIECE;
    (void)thread;
    EG_TRY(eg_decrypted_check(d, first, count, scratch, err));
    eg_audit_watch_done(d->s, count);
    return EG_SUCCESS;
}

static eg_result keep_counts(eg_audit_state *s, const eg_decrypted *d, eg_error *err)
{
    size_t at = 0;
    EG_TRY(eg_arena_new(s->keep, d->count, sizeof *s->out->counts, &s->out->counts, err));
    s->out->count_count = d->count;
    for (size_t i = 0; i < s->out->manifest.contest_count; i++) {
        const eg_contest_description *contest = &s->out->manifest.contests[i];
        for (size_t j = 0; j < contest->selection_count; j++, at++) {
            s->out->counts[at] = (eg_audit_count){contest, &contest->selections[j],
                                                  (uint64_t)d->selections[at].stated->tally};
        }
    }
    return EG_SUCCESS;
}

/* Both tallies bear one id, which nothing else tells. */
static void compare_ids(eg_audit_state *s, const eg_source_file *file, eg_str id)
{
    const eg_audit_files *encrypted = &s->files[EG_RECORD_CLASS_ENCRYPTED_TALLY];
    eg_path at = eg_path_field(NULL, "object_id");
    if (!eg_str_equal(id, s->tally.object_id)) {
        eg_audit_fault_at(s, EG_AUDIT_TALLY, file, &at, "the encrypted tally has another");
        eg_audit_fault_at(s, EG_AUDIT_TALLY, encrypted->files[0], &at, "the tally has another");
    }
}

eg_result eg_audit_tally(eg_audit_state *s, eg_error *err)
{
    static const eg_decrypted_steps steps = {EG_AUDIT_SHARES, EG_AUDIT_SUBSTITUTES,
                                             EG_AUDIT_REPLACEMENTS, EG_AUDIT_TALLY};
    const eg_source_file *file = eg_audit_only_file(s, EG_RECORD_CLASS_TALLY);
    eg_decrypted decrypted = {.s = s, .steps = &steps, .file = file};
    eg_target target;
    eg_opened_tally tally;
    eg_node map;
    bool good = false;
    if (file == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_audit_load(s, file, &eg_shape_plain_tally, &map, &good, s->keep, err));
    if (!good || !s->has_tally || !s->has_guardians) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_target_from_tally(&target, &s->tally, s->keep, err));
    EG_TRY(eg_decrypted_open(&decrypted, &tally, &map, &target, &good, s->keep, err));
    if (!good) {
        return EG_SUCCESS;
    }
    compare_ids(s, file, tally.object_id);
    eg_audit_watch_step(s, "tally", decrypted.count);
    EG_TRY(eg_parallel_run((decrypted.count + SELECTIONS_OF_PIECE - 1) / SELECTIONS_OF_PIECE,
                           s->threads, do_piece, &decrypted, err));
    return keep_counts(s, &decrypted, err);
}
