/* What a guardian's tool is given: a key file, what would be sealed in one, another guardian's
 * record or backup. Each input is tried as each. What opens is sealed and opens to the same again.
 * Linked with eg_scrypt wrapped, which would take most of the time (mk/fuzz.mk). */
#include "common.h"

#include "base/base64.h"
#include "guardian/guardian.h"
#include "support/splitmix.h"
#include "vault/aead.h"
#include "vault/kdf.h"

static const eg_str phrase = {"a pass phrase of a test", 23};

eg_result __wrap_eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password,
                           const uint8_t salt[EG_SALT_BYTES], eg_error *err);
eg_result __wrap_eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password,
                           const uint8_t salt[EG_SALT_BYTES], eg_error *err)
{
    (void)password, (void)salt, (void)err;
    memset(out, 7, EG_KEY_BYTES);
    return EG_SUCCESS;
}

static eg_result fill(void *context, uint8_t *out, size_t n, eg_error *err)
{
    uint64_t *state = context;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)splitmix_next(state);
    }
    return EG_SUCCESS;
}

static uint64_t seed = 1; /* an input that fails fails again */
static const eg_rng rng = {fill, &seed};

static void must(eg_result result)
{
    CHECK(!eg_failed(result));
}

/* ---- key files ---- */

static void check_same(const eg_guardian *a, const eg_guardian *b)
{
    eg_buf of_a, of_b;
    eg_guardian_info info, other;
    eg_buf_init(&of_a, NULL);
    eg_buf_init(&of_b, NULL);
    must(eg_guardian_record(a, &of_a, NULL));
    must(eg_guardian_record(b, &of_b, NULL));
    CHECK(eg_str_equal(eg_buf_str(&of_a), eg_buf_str(&of_b)));
    eg_guardian_about(a, &info);
    eg_guardian_about(b, &other);
    CHECK(info.records == other.records && info.backups == other.backups);
    CHECK(info.quorum == other.quorum && info.number_of_guardians == other.number_of_guardians);
    eg_buf_free(&of_a);
    eg_buf_free(&of_b);
}

static void try_to_open(eg_str file)
{
    eg_error err = {0};
    eg_guardian *guardian = NULL, *again = NULL;
    eg_buf sealed;
    if (eg_failed(eg_guardian_open(&guardian, file, phrase, NULL, &err))) {
        CHECK(guardian == NULL);
        fuzz_check_error(&err);
        return;
    }
    eg_buf_init(&sealed, NULL);
    must(eg_guardian_seal(guardian, phrase, &rng, &sealed, NULL));
    must(eg_guardian_open(&again, eg_buf_str(&sealed), phrase, NULL, NULL));
    check_same(guardian, again);
    eg_buf_free(&sealed);
    eg_guardian_free(again);
    eg_guardian_free(guardian);
}

/* The text as what an authentic key file holds: somebody who knows the pass phrase has made it. */
static void try_within(eg_str text)
{
    static const uint8_t nonce[EG_AEAD_NONCE_BYTES];
    const eg_str clear =
        EG_STR("{\"format\":\"egserve guardian key 1\",\"owner_id\":\"a\",\"sequence_order\":1,"
               "\"number_of_guardians\":3,\"quorum\":2,\"kdf\":\"scrypt\",\"n\":65536,\"r\":8,"
               "\"p\":1,\"salt\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\","
               "\"cipher\":\"AES-256-GCM\",\"nonce\":\"AAAAAAAAAAAAAAAA\"}");
    uint8_t key[EG_AEAD_KEY_BYTES], tag[EG_AEAD_TAG_BYTES];
    uint8_t *sealed = malloc(text.len + 1);
    char tag_text[EG_BASE64_ENCODED_LEN(EG_AEAD_TAG_BYTES)];
    eg_buf file;
    CHECK(sealed != NULL);
    must(__wrap_eg_scrypt(key, phrase, NULL, NULL));
    must(eg_aead_seal(sealed, tag, key, nonce, clear, text, NULL));
    eg_base64_encode(tag_text, tag, sizeof tag);
    eg_buf_init(&file, NULL);
    eg_buf_append(&file, clear.data, clear.len - 1);
    eg_buf_append_str(&file, EG_STR(",\"tag\":\""));
    eg_buf_append(&file, tag_text, sizeof tag_text);
    eg_buf_append_str(&file, EG_STR("\",\"sealed\":\""));
    char *to = eg_buf_reserve(&file, EG_BASE64_ENCODED_LEN(text.len));
    CHECK(to != NULL);
    eg_base64_encode(to, sealed, text.len);
    file.len += EG_BASE64_ENCODED_LEN(text.len);
    eg_buf_append_str(&file, EG_STR("\"}"));
    try_to_open(eg_buf_str(&file));
    eg_buf_free(&file);
    free(sealed);
}

/* ---- what others send ---- */

static eg_guardian *make_guardian(void)
{
    eg_guardian *guardian = NULL, *other = NULL;
    eg_buf record;
    must(eg_guardian_new(&guardian, EG_STR("1"), 1, 3, 2, &rng, NULL));
    must(eg_guardian_new(&other, EG_STR("2"), 2, 3, 2, &rng, NULL));
    eg_buf_init(&record, NULL);
    must(eg_guardian_record(other, &record, NULL));
    must(eg_guardian_take_record(guardian, eg_buf_str(&record), NULL, NULL, NULL));
    eg_buf_free(&record);
    eg_guardian_free(other);
    return guardian;
}

/* One guardian for all inputs that it refuses; made anew, the same again, behind one that it takes.
 */
static void try_to_take(eg_str text)
{
    static eg_guardian *guardian;
    eg_error err = {0};
    eg_guardian_info info;
    uint32_t order = 0;
    bool is_changed = false;
    seed = 1;
    guardian = guardian == NULL ? make_guardian() : guardian;
    if (eg_failed(eg_guardian_take_record(guardian, text, NULL, &order, &err))) {
        fuzz_check_error(&err);
    } else {
        CHECK(eg_guardian_known(guardian, order) != NULL);
        is_changed = true;
    }
    err = (eg_error){0};
    if (eg_failed(eg_guardian_take_backup(guardian, text, NULL, &order, &err))) {
        fuzz_check_error(&err);
    } else {
        CHECK(eg_guardian_has_backup(guardian, order));
        is_changed = true;
    }
    eg_guardian_about(guardian, &info);
    CHECK(info.records >= 1 && info.records <= 2 && info.backups <= info.records);
    if (is_changed) {
        eg_guardian_free(guardian);
        guardian = NULL;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const eg_str text = {(const char *)data, n};
    try_to_open(text);
    try_within(text);
    try_to_take(text);
    return 0;
}
