#include "election/ballot.h"

#include "base/secret.h"
#include "group/group.h"

void eg_selection_hash(eg_modq *out, const eg_ballot_selection *selection)
{
    eg_modq ciphertext;
    eg_ciphertext_hash(&ciphertext, &selection->ciphertext);
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, selection->object_id);
    eg_hash_q(&h, &selection->description_hash);
    eg_hash_q(&h, &ciphertext);
    eg_hash_final(out, &h);
}

typedef struct ordered {
    uint32_t order;
    const eg_modq *hash;
} ordered;

/* Stable; lists come sorted nearly always, and then this is one pass. */
static void sort(ordered *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        ordered item = items[i];
        size_t j = i;
        for (; j > 0 && items[j - 1].order > item.order; j--) {
            items[j] = items[j - 1];
        }
        items[j] = item;
    }
}

eg_result eg_contest_hash(eg_modq *out, const eg_ballot_contest *contest, eg_arena *scratch,
                          eg_error *err)
{
    ordered *items = NULL;
    EG_TRY(eg_arena_new(scratch, contest->selection_count, sizeof *items, &items, err));
    for (size_t i = 0; i < contest->selection_count; i++) {
        items[i] =
            (ordered){contest->selections[i].sequence_order, &contest->selections[i].crypto_hash};
    }
    sort(items, contest->selection_count);
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, contest->object_id);
    eg_hash_q(&h, &contest->description_hash);
    for (size_t i = 0; i < contest->selection_count; i++) {
        eg_hash_q(&h, items[i].hash);
    }
    eg_hash_final(out, &h);
    return EG_SUCCESS;
}

eg_result eg_ballot_hash(eg_modq *out, const eg_ballot *ballot, eg_arena *scratch, eg_error *err)
{
    ordered *items = NULL;
    EG_TRY(eg_arena_new(scratch, ballot->contest_count, sizeof *items, &items, err));
    for (size_t i = 0; i < ballot->contest_count; i++) {
        items[i] = (ordered){ballot->contests[i].sequence_order, &ballot->contests[i].crypto_hash};
    }
    sort(items, ballot->contest_count);
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, ballot->object_id);
    eg_hash_q(&h, &ballot->manifest_hash);
    for (size_t i = 0; i < ballot->contest_count; i++) {
        eg_hash_q(&h, items[i].hash);
    }
    eg_hash_final(out, &h);
    return EG_SUCCESS;
}

void eg_contest_accumulate(eg_ciphertext *out, const eg_ballot_contest *contest)
{
    eg_modp_acc pad, data;
    eg_modp_acc_init(&pad);
    eg_modp_acc_init(&data);
    for (size_t i = 0; i < contest->selection_count; i++) {
        eg_modp_acc_mul(&pad, &contest->selections[i].ciphertext.pad);
        eg_modp_acc_mul(&data, &contest->selections[i].ciphertext.data);
    }
    eg_modp *const values[] = {&out->pad, &out->data};
    const eg_modp_acc *const products[] = {&pad, &data};
    eg_modp_acc_values(values, products, 2);
}

static void forget(eg_opt_nonce *nonce)
{
    eg_wipe(&nonce->value, sizeof nonce->value);
    nonce->present = false;
}

void eg_ballot_strip_nonces(eg_ballot *ballot, eg_ballot_state state)
{
    forget(&ballot->nonce);
    for (size_t i = 0; i < ballot->contest_count; i++) {
        eg_ballot_contest *contest = &ballot->contests[i];
        forget(&contest->nonce);
        for (size_t j = 0; j < contest->selection_count; j++) {
            forget(&contest->selections[j].nonce);
        }
    }
    ballot->state = state;
}
