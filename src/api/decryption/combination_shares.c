/* A target's shares: where they are in the request, and what each must be. */
#include "api/decryption/combination.h"

#include "wire/objects/decryption.h"

static bool is_own(const eg_combination *c, size_t share)
{
    return share < c->available_count;
}

const eg_missing_guardian *eg_combination_missing_of(const eg_combination *c, size_t share,
                                                     eg_share_pair **pair)
{
    const eg_missing_guardian *m = c->missing;
    while (share >= m->first_share + m->pair_count) {
        m++;
    }
    *pair = &m->pairs[share - m->first_share];
    return m;
}

/* Its list, and its entry of that. */
static const eg_share_list *list_of(const eg_combination *c, size_t target, size_t share,
                                    size_t *entry)
{
    bool of_tally = c->request.targets[target].tally != NULL;
    eg_share_pair *pair;
    if (is_own(c, share)) {
        *entry = share;
        return of_tally ? &c->tally_shares : &c->ballot_shares;
    }
    (void)eg_combination_missing_of(c, share, &pair);
    *entry = pair->entry;
    return of_tally ? &c->compensated_tally_shares : &c->compensated_ballot_shares;
}

/* Paths are kept by the caller for at to point at. */
static void place(eg_claimed_share *out, const eg_combination *c, size_t target,
                  const eg_share_list *list, size_t entry)
{
    const eg_tally_target *t = &c->request.targets[target];
    out->list = eg_path_field(NULL, list->name);
    out->entry = eg_path_index(&out->list, entry);
    out->at = t->tally != NULL
                  ? out->entry
                  : eg_path_key(&out->entry, t->submitted->id.data, t->submitted->id.len);
}

void eg_combination_claim(eg_claimed_share *out, const eg_combination *c, size_t target,
                          size_t share)
{
    size_t entry;
    const eg_share_list *list = list_of(c, target, share, &entry);
    place(out, c, target, list, entry);
    out->claim = (eg_share_claim){.share = &c->combined[target].shares[share], .path = &out->at};
    eg_share_origin *origin = &out->claim.origin;
    size_t by = share;
    if (!is_own(c, share)) {
        eg_share_pair *pair;
        const eg_missing_guardian *m = eg_combination_missing_of(c, share, &pair);
        origin->missing_guardian_id = c->guardians[m->guardian].id;
        origin->recovery_key = &pair->recovery_key;
        by = pair->available;
    }
    const eg_guardian_data *g = &c->guardians[c->available[by]];
    origin->guardian_id = g->id;
    origin->public_key = &g->record.key;
}

/* The share's node: in the list itself for the tally, in the entry's map for a ballot, where it
 * stands at the ballot's own place, as a rule. */
static eg_result find_node(const eg_node **out, const eg_combination *c, size_t target,
                           const eg_share_list *list, size_t entry, const eg_path *at,
                           eg_error *err)
{
    const eg_tally_target *t = &c->request.targets[target];
    if (t->tally != NULL) {
        *out = &list->list.as.array.items[entry];
        return EG_SUCCESS;
    }
    const eg_node *map = &list->opened[entry];
    size_t count = map->as.map.count, likely = target - c->request.tally_count;
    for (size_t i = 0; i < count; i++) {
        const eg_member *member = &map->as.map.members[(likely + i) % count];
        if (eg_str_equal(member->key, t->submitted->id)) {
            *out = &member->value;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_MISSING_FIELD, at, "the share of a spoiled ballot is missing");
}

/* Opened and read into the job arena, where it stays until the answer. */
static eg_result read_share(eg_decryption_share *out, eg_share_message message, const eg_node *node,
                            const eg_path *at, const eg_call *call, eg_error *err)
{
    eg_node map;
    EG_TRY(eg_artifact_open(&map, NULL, node, at, call->arena, err));
    return eg_decryption_share_read(out, message, &map, at, call->arena, err);
}

eg_result eg_combination_share_read(eg_combination *c, size_t target, size_t share, eg_error *err)
{
    const eg_call *call = c->request.intake.call;
    eg_decryption_share *slot = &c->combined[target].shares[share];
    eg_share_message message = is_own(c, share) ? EG_OWN_SHARE : EG_COMPENSATED_SHARE;
    eg_claimed_share claimed;
    const eg_node *node = NULL;
    size_t entry;
    const eg_share_list *list = list_of(c, target, share, &entry);
    place(&claimed, c, target, list, entry);
    EG_TRY(find_node(&node, c, target, list, entry, &claimed.at, err));
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = read_share(slot, message, node, &claimed.at, call, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    EG_TRY(r);
    eg_combination_claim(&claimed, c, target, share);
    r = eg_decryption_share_order(slot, &c->request.targets[target].target, &claimed.claim.origin,
                                  &claimed.at, err);
    return eg_failed(r) ? eg_guardian_blame(r, claimed.claim.origin.guardian_id, err) : r;
}
