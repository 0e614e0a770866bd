/* Confirmation codes. A device's first ballot begins at the device's hash, each next one at the
 * code of the one before. Ballots that were encrypted in chunks all begin at the hash. */
#include "record/audit_parts.h"

#include "base/sort.h"

typedef struct code_link {
    eg_modq key;
    size_t ballot;
} code_link;

static int by_key(const void *a, const void *b)
{
    const code_link *x = a, *y = b;
    int order = memcmp(&x->key, &y->key, sizeof x->key);
    return order != 0 ? order : x->ballot < y->ballot ? -1 : x->ballot > y->ballot;
}

typedef struct links {
    code_link *list; /* sorted */
    size_t count;
} links;

static const eg_source_file *file_of(const eg_audit_state *s, size_t ballot)
{
    return s->files[EG_RECORD_CLASS_SUBMITTED_BALLOT].files[ballot];
}

/* How many have that key; *first is the first of them. */
static size_t find(const links *all, const eg_modq *key, size_t *first)
{
    size_t low = 0, high = all->count, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool is_before = memcmp(&all->list[middle].key, key, sizeof *key) < 0;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    for (end = low; end < all->count && eg_modq_equal(&all->list[end].key, key); end++) {
    }
    *first = low;
    return end - low;
}

static eg_result collect(eg_audit_state *s, links *out, bool seeds, eg_error *err)
{
    const eg_audit *audit = s->out;
    EG_TRY(eg_arena_new(s->keep, audit->ballot_count, sizeof *out->list, &out->list, err));
    for (size_t i = 0; i < audit->ballot_count; i++) {
        const eg_audit_ballot *b = &audit->ballots[i];
        if (b->style != NULL) {
            out->list[out->count++] = (code_link){seeds ? b->code_seed : b->code, i};
        }
    }
    eg_sort(out->list, out->count, sizeof *out->list, by_key);
    return EG_SUCCESS;
}

/* As many as ballots can be, in a record made to keep its verifier busy: they are searched. */
static eg_result collect_devices(eg_audit_state *s, links *out, eg_error *err)
{
    EG_TRY(eg_arena_new(s->keep, s->device_count, sizeof *out->list, &out->list, err));
    for (; out->count < s->device_count; out->count++) {
        out->list[out->count] = (code_link){s->devices[out->count].hash, out->count};
    }
    eg_sort(out->list, out->count, sizeof *out->list, by_key);
    return EG_SUCCESS;
}

static void refuse_equal_codes(eg_audit_state *s, const links *codes)
{
    eg_path at = eg_path_field(NULL, "code");
    for (size_t i = 1; i < codes->count; i++) {
        if (eg_modq_equal(&codes->list[i].key, &codes->list[i - 1].key)) {
            eg_audit_fault_at(s, EG_AUDIT_CODES, file_of(s, codes->list[i].ballot), &at,
                              "another ballot has the same code");
        }
    }
}

/* ---- beginnings ---- */

static void check_device(eg_audit_state *s, const eg_audit_device *device, const links *seeds)
{
    eg_path at = eg_path_field(NULL, "code_seed");
    size_t first, after, followed = 0;
    const size_t count = find(seeds, &device->hash, &first);
    if (count == 0) {
        eg_audit_fault_at(s, EG_AUDIT_CODES, device->file, NULL,
                          "no ballot begins at this device's hash: nothing vouches for the device");
    }
    for (size_t i = first; i < first + count && count > 1; i++) {
        const eg_audit_ballot *b = &s->out->ballots[seeds->list[i].ballot];
        followed += find(seeds, &b->code, &after) > 0;
    }
    if (followed == 0) {
        s->out->unchained += count > 1 ? count : 0;
        return;
    }
    for (size_t i = first + 1; i < first + count; i++) {
        eg_audit_fault_at(s, EG_AUDIT_CODES, file_of(s, seeds->list[i].ballot), &at,
                          "the chain of codes forks: another ballot begins at the device as well");
    }
}

static void check_seed(eg_audit_state *s, size_t ballot, const links *codes, const links *seeds,
                       const links *devices)
{
    const eg_audit_ballot *b = &s->out->ballots[ballot];
    eg_path at = eg_path_field(NULL, "code_seed");
    size_t first;
    if (find(devices, &b->code_seed, &first) > 0) {
        return;
    }
    if (find(codes, &b->code_seed, &first) == 0) {
        eg_audit_fault_at(
            s, EG_AUDIT_CODES, file_of(s, ballot), &at,
            "the chain of codes has a gap: no ballot of the record has this code, and "
            "no device this hash");
        return;
    }
    if (find(seeds, &b->code_seed, &first) > 1 && seeds->list[first].ballot != ballot) {
        eg_audit_fault_at(s, EG_AUDIT_CODES, file_of(s, ballot), &at,
                          "the chain of codes forks: another ballot begins at the same code");
    }
}

eg_result eg_audit_chain(eg_audit_state *s, eg_error *err)
{
    links codes = {0}, seeds = {0}, devices = {0};
    EG_TRY(collect(s, &codes, false, err));
    EG_TRY(collect(s, &seeds, true, err));
    EG_TRY(collect_devices(s, &devices, err));
    refuse_equal_codes(s, &codes);
    for (size_t i = 0; i < s->device_count; i++) {
        check_device(s, &s->devices[i], &seeds);
    }
    for (size_t i = 0; i < s->out->ballot_count; i++) {
        if (s->out->ballots[i].style != NULL) {
            check_seed(s, i, &codes, &seeds, &devices);
        }
    }
    s->out->chained = codes.count - s->out->unchained;
    eg_audit_checked(s, EG_AUDIT_CODES, codes.count);
    return EG_SUCCESS;
}
