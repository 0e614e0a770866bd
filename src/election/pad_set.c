#include "election/pad_set.h"

#include "base/sha256.h"

eg_result eg_pad_key_new(eg_pad_key *out, const eg_rng *rng, eg_error *err)
{
    return eg_rng_fill(rng, out->bytes, sizeof out->bytes, err);
}

void eg_pad_mark_make(eg_pad_mark *out, const eg_pad_key *key, const eg_modp *pad)
{
    uint8_t text[sizeof key->bytes + EG_P_BYTES];
    uint8_t digest[EG_SHA256_BYTES];
    memcpy(text, key->bytes, sizeof key->bytes);
    eg_modp_to_bytes(text + sizeof key->bytes, pad);
    eg_sha256_of(digest, text, sizeof text);
    memcpy(out, digest, sizeof *out);
}

/* ---- a ballot's pads ---- */

size_t eg_ballot_pad_count(const eg_ballot *ballot)
{
    size_t count = 0;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        count += ballot->contests[c].selection_count;
    }
    return count;
}

void eg_ballot_pad_marks(eg_pad_mark out[], const eg_pad_key *key, const eg_ballot *ballot)
{
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        for (size_t s = 0; s < contest->selection_count; s++) {
            eg_pad_mark_make(out++, key, &contest->selections[s].ciphertext.pad);
        }
    }
}

const eg_path *eg_ballot_pad_path(eg_path steps[EG_PAD_PATH_STEPS], const eg_ballot *ballot,
                                  size_t i, const eg_path *at)
{
    size_t c = 0;
    while (i >= ballot->contests[c].selection_count) {
        i -= ballot->contests[c++].selection_count;
    }
    steps[0] = eg_path_field(at, "contests");
    steps[1] = eg_path_index(&steps[0], c);
    steps[2] = eg_path_field(&steps[1], "ballot_selections");
    steps[3] = eg_path_index(&steps[2], i);
    steps[4] = eg_path_field(&steps[3], "ciphertext");
    steps[5] = eg_path_field(&steps[4], "pad");
    return &steps[5];
}

/* ---- the set ---- */

eg_result eg_pad_set_init(eg_pad_set *out, size_t pads, eg_arena *arena, eg_error *err)
{
    size_t slots = 2;
    while (slots / 2 < pads) {
        slots *= 2;
    }
    *out = (eg_pad_set){.mask = slots - 1};
    return eg_arena_new(arena, slots, sizeof *out->slots, &out->slots, err);
}

static bool same_mark(const eg_pad_mark *a, const eg_pad_mark *b)
{
    return a->half[0] == b->half[0] && a->half[1] == b->half[1];
}

bool eg_pad_set_add(eg_pad_set *set, const eg_pad_mark *mark, size_t *owner)
{
    size_t i = (size_t)mark->half[0] & set->mask;
    while (set->slots[i].owner != 0) {
        if (same_mark(&set->slots[i].mark, mark)) {
            *owner = set->slots[i].owner - 1;
            return false;
        }
        i = (i + 1) & set->mask;
    }
    set->slots[i] = (eg_pad_slot){.mark = *mark, .owner = *owner + 1};
    return true;
}
