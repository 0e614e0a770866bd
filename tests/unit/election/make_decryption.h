/* Shares of everything that a made election decrypts: guardians' own, and compensated ones for
 * those who are missing. The first `available` guardians are there. */
#ifndef EG_TESTS_MAKE_DECRYPTION_H
#define EG_TESTS_MAKE_DECRYPTION_H

#include "unit/election/make_election.h"

#include "election/decryption.h"

enum { MADE_PARTS_MAX = MADE_GUARDIANS_MAX * MADE_GUARDIANS_MAX };

typedef struct made_shares {
    size_t available;
    eg_decryption_share own[MADE_GUARDIANS_MAX];
    eg_decryption_share parts[MADE_PARTS_MAX]; /* [missing * available + available's index] */
    eg_modp recovery_keys[MADE_PARTS_MAX];
} made_shares;

static inline const eg_modq *made_secret(const made_election *e, size_t guardian)
{
    return &e->polynomials[guardian].coefficients[0].value;
}

static inline eg_modq *made_seeds(made_election *e, size_t count)
{
    eg_modq *seeds = made_room(e, count, sizeof *seeds);
    for (size_t i = 0; i < count; i++) {
        seeds[i] = seeded_q();
    }
    return seeds;
}

/* P_owner(recipient), by way of a backup. */
static inline eg_modq made_coordinate(made_election *e, size_t owner, size_t recipient)
{
    eg_backup backup;
    eg_modq nonce = seeded_q(), coordinate;
    must(eg_backup_make(&backup, e->ids[owner], &e->polynomials[owner], e->ids[recipient],
                        (uint32_t)recipient + 1, &e->records[recipient].key, &nonce, NULL));
    must(eg_backup_open(&coordinate, &backup, e->ids[recipient], (uint32_t)recipient + 1,
                        made_secret(e, recipient), NULL, NULL));
    return coordinate;
}

static inline void make_part(made_election *e, made_shares *s, const eg_target *target,
                             size_t missing, size_t a)
{
    size_t pair = missing * s->available + a, count = eg_target_selection_count(target);
    size_t owner = s->available + missing;
    eg_modq coordinate = made_coordinate(e, owner, a);
    eg_recovery_key_vartime(&s->recovery_keys[pair], e->records[owner].commitments, e->quorum,
                            a + 1);
    const eg_share_origin origin = {e->ids[a], e->ids[owner], &e->records[a].key,
                                    &s->recovery_keys[pair]};
    must(eg_decryption_share_init(&s->parts[pair], target, &origin, &e->arena, NULL));
    eg_decryption_share_compute(&s->parts[pair], target, 0, count, &coordinate,
                                made_seeds(e, count), &e->context.extended_base_hash);
}

static inline void make_shares(made_election *e, made_shares *s, const eg_target *target,
                               size_t available)
{
    size_t count = eg_target_selection_count(target);
    s->available = available;
    for (size_t a = 0; a < available; a++) {
        const eg_share_origin origin = {.guardian_id = e->ids[a], .public_key = &e->records[a].key};
        must(eg_decryption_share_init(&s->own[a], target, &origin, &e->arena, NULL));
        eg_decryption_share_compute(&s->own[a], target, 0, count, made_secret(e, a),
                                    made_seeds(e, count), &e->context.extended_base_hash);
        for (size_t m = 0; m < e->guardians - available; m++) {
            make_part(e, s, target, m, a);
        }
    }
}

/* The results of a target, from everybody's shares; counts up to max. */
static inline eg_result combine_shares(made_election *e, made_shares *s, const eg_target *target,
                                       uint64_t max, eg_plain_result results[], size_t *count,
                                       eg_error *err)
{
    const eg_decryption_share *all[MADE_GUARDIANS_MAX];
    eg_decryption_share rebuilt[MADE_GUARDIANS_MAX];
    eg_modq weights[MADE_GUARDIANS_MAX];
    size_t n = 0;
    for (size_t a = 0; a < s->available; a++) {
        uint64_t others[MADE_GUARDIANS_MAX];
        size_t other_count = 0;
        for (size_t b = 0; b < s->available; b++) {
            if (b != a) {
                others[other_count++] = b + 1;
            }
        }
        must(eg_lagrange(&weights[a], a + 1, others, other_count, NULL));
        all[n++] = &s->own[a];
    }
    for (size_t m = 0; m < e->guardians - s->available; m++) {
        const eg_decryption_share *parts[MADE_GUARDIANS_MAX];
        for (size_t a = 0; a < s->available; a++) {
            parts[a] = &s->parts[m * s->available + a];
        }
        must(eg_share_reconstruct(&rebuilt[m], target, e->ids[s->available + m],
                                  &e->records[s->available + m].key, parts, weights, s->available,
                                  &e->arena, NULL));
        all[n++] = &rebuilt[m];
    }
    return eg_shares_combine(results, count, target, all, n, max, NULL, err);
}

#endif
