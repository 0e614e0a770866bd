/* Combinations of shares that are nearly right. The bytes are a program: they change a sound tally
 * and its shares, numbers and all, and make proofs anew over what has become of them. What
 * /combine_decryption_shares then answers must be what the plain way says (plain_verdict.h):
 *
 *   accepted  every number is a member, every proof used holds, and each count is what the secret
 *             key opens
 *   refused   something of that is not so; or names, lists or numbers of guardians were changed */
#include "plain_verdict.h"
#include "statement.h"

#include "wire/artifact.h"

static bool share_holds(const statement *s, size_t share)
{
    for (size_t k = 0; k < CANDIDATES; k++) {
        const entry *e = &s->shares[share][k];
        if (!e->has_proof) {
            return false;
        }
        if ((e->touched || s->cipher_touched[k]) &&
            !plain_proof_holds(&e->proof, s->cipher[k], &e->share, &s->keys[share],
                               &the.context.extended_base_hash)) {
            return false;
        }
    }
    return true;
}

static bool tally_holds(const statement *s, int votes[CANDIDATES])
{
    bool sound = true;
    for (size_t k = 0; k < CANDIDATES; k++) {
        votes[k] = plain_votes(s->cipher[k], &the.secret, CAST);
        sound = sound && votes[k] >= 0 && plain_is_member(&s->cipher[k]->pad) &&
                plain_is_member(&s->cipher[k]->data);
    }
    return sound;
}

/* Of what was sent as it should be. */
static bool all_hold(const statement *s)
{
    for (size_t i = 0; i < s->available_count; i++) {
        if (!share_holds(s, s->own_of[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < s->pair_count; i++) {
        if (!is_available(s, s->pairs[i].missing) &&
            !share_holds(s, GUARDIANS + s->pairs[i].part)) {
            return false;
        }
    }
    return true;
}

static void check_votes(const driven *d, const int votes[CANDIDATES])
{
    eg_arena arena;
    eg_node answer, results;
    eg_error error;
    eg_arena_init(&arena, NULL);
    bool msgpack = strcmp(d->content_type, "application/msgpack") == 0;
    CHECK(fuzz_parse(&answer, msgpack ? EG_MSGPACK : EG_JSON, eg_buf_str(&d->body), &arena));
    must(eg_artifact_open(&results, NULL, eg_map_find(&answer, "results"), NULL, &arena, &error));
    const eg_node *list = eg_map_find(eg_map_find(&results, "results"), "candidates");
    CHECK(list != NULL && list->as.map.count == CANDIDATES);
    for (size_t k = 0; k < CANDIDATES; k++) {
        char expected[16];
        const eg_member *m = &list->as.map.members[k];
        (void)snprintf(expected, sizeof expected, "%d", votes[k]);
        CHECK(eg_str_equal(m->key, the.names[k]));
        CHECK(eg_str_equal(eg_map_find(&m->value, "votes")->as.str, eg_str_from(expected)));
    }
    eg_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static statement s;
    int votes[CANDIDATES];
    driven d;
    statement_begin(&s);
    statement_change(&s, data, n);
    statement_ask(&d, &s);
    bool sound_tally = tally_holds(&s, votes);
    if (d.ok) {
        CHECK(sound_tally && all_hold(&s));
        check_votes(&d, votes);
    } else {
        fuzz_check_error(&d.error);
        CHECK(s.odd || !sound_tally || !all_hold(&s));
    }
    driven_free(&d);
    eg_arena_free(&s.arena);
    return 0;
}
