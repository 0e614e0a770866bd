#include "api/ballot/ballot_answer.h"

#include "wire/fields.h"
#include "wire/objects/ballot.h"

#include <strings.h>

static bool says(eg_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

eg_result eg_ballot_status_read(bool *audited, const eg_node *map, const eg_path *at, eg_error *err)
{
    const eg_node *node = eg_map_find(map, "ballot_status");
    *audited = false;
    if (node == NULL) {
        return EG_SUCCESS;
    }
    eg_path path = eg_path_field(at, "ballot_status");
    eg_str status;
    EG_TRY(eg_node_str(&status, node, &path, 1, EG_NAME_BYTES_MAX, err));
    *audited = says(status, "AUDITED");
    if (!*audited && !says(status, "CAST")) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'ballot_status' must be CAST or AUDITED");
    }
    return EG_SUCCESS;
}

const char *eg_ballot_status_text(bool audited)
{
    return audited ? "AUDITED" : "CAST";
}

eg_result eg_ballot_parts_read(eg_ballot_parts *out, const eg_node *map, eg_error *err)
{
    static const char *const words[] = {"both", "published", "with_nonces"};
    const eg_node *node = eg_map_find(map, "ballot_parts");
    *out = EG_BALLOT_BOTH;
    if (node == NULL) {
        return EG_SUCCESS;
    }
    eg_path path = eg_path_field(NULL, "ballot_parts");
    eg_str text;
    EG_TRY(eg_node_str(&text, node, &path, 1, EG_NAME_BYTES_MAX, err));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (eg_str_equal(text, eg_str_from(words[i]))) {
            *out = (eg_ballot_parts)i;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                   "'ballot_parts' must be both, published or with_nonces");
}

size_t eg_ballot_nonce_count(const eg_ballot *ballot, size_t *all)
{
    size_t n = ballot->nonce.present ? 1 : 0;
    *all = 1;
    for (size_t c = 0; c < ballot->contest_count; c++) {
        const eg_ballot_contest *contest = &ballot->contests[c];
        n += contest->nonce.present ? 1 : 0;
        *all += 1 + contest->selection_count;
        for (size_t s = 0; s < contest->selection_count; s++) {
            n += contest->selections[s].nonce.present ? 1 : 0;
        }
    }
    return n;
}

static const char nonce_suffix[] = "_nonce";
enum { NONCE_NAME_MAX = EG_NAME_BYTES_MAX + sizeof nonce_suffix };

/* Ids are limited where they are read (EG_NAME_BYTES_MAX). */
static eg_str contest_nonce_name(char room[NONCE_NAME_MAX], const eg_ballot_contest *contest)
{
    size_t n = contest->object_id.len < EG_NAME_BYTES_MAX ? contest->object_id.len
                                                          : (size_t)EG_NAME_BYTES_MAX;
    memcpy(room, contest->object_id.data, n);
    memcpy(room + n, nonce_suffix, sizeof nonce_suffix);
    return (eg_str){room, n + sizeof nonce_suffix - 1};
}

eg_result eg_contest_nonce_name(eg_str *out, const eg_ballot_contest *contest, eg_arena *arena,
                                eg_error *err)
{
    char room[NONCE_NAME_MAX];
    return eg_arena_copy_str(arena, contest_nonce_name(room, contest), out, err);
}

static void put_contest_nonce(eg_writer *w, const eg_ballot_contest *contest)
{
    char room[NONCE_NAME_MAX];
    eg_write_key_str(w, contest_nonce_name(room, contest));
    eg_write_q(w, &contest->nonce.value);
}

eg_nonce_names eg_ballot_nonce_names(const eg_ballot *ballot)
{
    bool of_names = eg_str_equal(ballot->style_id, EG_STR("ballot-style-1")) &&
                    ballot->contest_count == 1 &&
                    eg_str_equal(ballot->contests[0].object_id, EG_STR("contest-1"));
    return of_names ? EG_NONCES_OF_NAMES : EG_NONCES_BY_CONTEST;
}

enum { SCOPED_NAME_MAX = 2 * EG_NAME_BYTES_MAX + 128 };

static size_t append(char room[SCOPED_NAME_MAX], size_t at, eg_str s)
{
    size_t n = s.len < SCOPED_NAME_MAX - at ? s.len : SCOPED_NAME_MAX - at;
    memcpy(room + at, s.data, n);
    return at + n;
}

/* Ids are limited where they are read. */
static eg_str selection_nonce_name(char room[SCOPED_NAME_MAX], const eg_ballot_contest *contest,
                                   const eg_ballot_selection *selection, eg_nonce_names names)
{
    if (names == EG_NONCES_OF_NAMES) {
        return selection->object_id;
    }
    size_t n = append(room, 0, contest->object_id);
    n = append(room, n, EG_STR("/"));
    return (eg_str){room, append(room, n, selection->object_id)};
}

eg_result eg_selection_nonce_name(eg_str *out, const eg_ballot_contest *contest,
                                  const eg_ballot_selection *selection, eg_nonce_names names,
                                  eg_arena *arena, eg_error *err)
{
    char room[SCOPED_NAME_MAX];
    return eg_arena_copy_str(arena, selection_nonce_name(room, contest, selection, names), out,
                             err);
}

static void put_contest_nonces(eg_writer *w, const eg_ballot_contest *contest, eg_nonce_names names)
{
    if (contest->nonce.present) {
        put_contest_nonce(w, contest);
    }
    for (size_t s = 0; s < contest->selection_count; s++) {
        const eg_ballot_selection *selection = &contest->selections[s];
        if (selection->nonce.present) {
            char room[SCOPED_NAME_MAX];
            eg_write_key_str(w, selection_nonce_name(room, contest, selection, names));
            eg_write_q(w, &selection->nonce.value);
        }
    }
}

void eg_put_ballot_nonces(eg_writer *w, const eg_ballot *ballot, eg_nonce_names names)
{
    size_t all;
    eg_write_key(w, "ballot_nonces");
    eg_write_map_of(w, eg_ballot_nonce_count(ballot, &all));
    if (ballot->nonce.present) {
        eg_put_q(w, "ballot_nonce", &ballot->nonce.value);
    }
    for (size_t c = 0; c < ballot->contest_count; c++) {
        put_contest_nonces(w, &ballot->contests[c], names);
    }
    eg_write_end(w);
}

void eg_ballot_answer_write(eg_writer *w, const eg_ballot_form *form, const eg_ballot *ballot,
                            bool audited)
{
    bool opens = form->parts != EG_BALLOT_PUBLISHED;
    eg_write_map(w);
    eg_put_cstr(w, "status", "success");
    eg_put_str(w, "ballot_id", ballot->object_id);
    eg_put_cstr(w, "ballot_status", eg_ballot_status_text(audited));
    eg_put_q(w, "ballot_hash", &ballot->crypto_hash);
    if (form->parts != EG_BALLOT_WITH_NONCES) {
        eg_write_key(w, "encrypted_ballot");
        eg_artifact_write(w, EG_FORM_TEXT, eg_ballot_write_published, ballot);
    }
    if (opens) {
        eg_write_key(w, "encrypted_ballot_with_nonce");
        eg_artifact_write(w, eg_form_inner(form->artifacts), eg_ballot_write, ballot);
    }
    eg_put_cstr(w, "publication_status",
                audited ? "published_with_nonces" : "published_without_nonces");
    if (audited && opens) {
        eg_put_ballot_nonces(w, ballot, form->names);
    }
    eg_put_bool(w, "nonces_available", audited && opens);
    eg_write_end(w);
}
