#include "api/key_cache.h"

#include <pthread.h>
#include <stdlib.h>

struct eg_key_entry {
    eg_key_entry *next;
    eg_fixed_base *table; /* owned, immutable */
    size_t users;
    uint64_t last_used;
    size_t capacity; /* the limit that its last user brought */
};

/* All entries, in use or not. At most `capacity` unused ones: the least recently used goes first.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static eg_key_entry *entries; /* under lock */
static uint64_t uses;         /* under lock */

static eg_key_entry *find(const eg_modp *key)
{
    eg_key_entry *entry = entries;
    while (entry != NULL && !eg_modp_equal(eg_fixed_base_value(entry->table), key)) {
        entry = entry->next;
    }
    return entry;
}

static void drop(eg_key_entry *entry)
{
    eg_key_entry **link = &entries;
    while (*link != entry) {
        link = &(*link)->next;
    }
    *link = entry->next;
    eg_fixed_base_free(entry->table);
    free(entry);
}

static eg_key_entry *oldest_unused(size_t *unused)
{
    eg_key_entry *oldest = NULL;
    *unused = 0;
    for (eg_key_entry *e = entries; e != NULL; e = e->next) {
        if (e->users > 0) {
            continue;
        }
        (*unused)++;
        if (oldest == NULL || e->last_used < oldest->last_used) {
            oldest = e;
        }
    }
    return oldest;
}

static void shrink(size_t capacity)
{
    size_t unused;
    eg_key_entry *oldest = oldest_unused(&unused);
    while (unused > capacity) {
        drop(oldest);
        oldest = oldest_unused(&unused);
    }
}

static eg_key_entry *use(eg_key_entry *entry, size_t capacity)
{
    entry->users++;
    entry->last_used = ++uses;
    entry->capacity = capacity;
    return entry;
}

static eg_key_entry *take_existing(const eg_modp *key, size_t capacity)
{
    (void)pthread_mutex_lock(&lock);
    eg_key_entry *entry = find(key);
    if (entry != NULL) {
        (void)use(entry, capacity);
    }
    (void)pthread_mutex_unlock(&lock);
    return entry;
}

static eg_result make(eg_key_entry **out, const eg_modp *key, eg_error *err)
{
    eg_key_entry *entry = calloc(1, sizeof *entry);
    eg_fixed_base *table = entry == NULL ? NULL : eg_fixed_base_new(key);
    if (table == NULL) {
        free(entry);
        return EG_FAIL(err, EG_E_BUSY, NULL, "no memory for the tables of the election's key");
    }
    entry->table = table;
    *out = entry;
    return EG_SUCCESS;
}

eg_result eg_key_acquire(eg_key_entry **out, const eg_modp *key, size_t capacity, eg_error *err)
{
    *out = take_existing(key, capacity);
    if (*out != NULL) {
        return EG_SUCCESS;
    }
    /* Made outside the lock: it takes milliseconds. Two threads may make the same table once. */
    eg_key_entry *made = NULL;
    EG_TRY(make(&made, key, err));
    (void)pthread_mutex_lock(&lock);
    eg_key_entry *other = find(key);
    if (other == NULL) {
        made->next = entries;
        entries = made;
        *out = use(made, capacity);
    } else {
        *out = use(other, capacity);
    }
    (void)pthread_mutex_unlock(&lock);
    if (other != NULL) {
        eg_fixed_base_free(made->table);
        free(made);
    }
    return EG_SUCCESS;
}

const eg_fixed_base *eg_key_table(const eg_key_entry *entry)
{
    return entry->table;
}

void eg_key_release(eg_key_entry *entry)
{
    if (entry == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&lock);
    entry->users--;
    shrink(entry->capacity);
    (void)pthread_mutex_unlock(&lock);
}

void eg_key_cache_count(size_t *entry_count, size_t *in_use)
{
    *entry_count = 0;
    *in_use = 0;
    (void)pthread_mutex_lock(&lock);
    for (const eg_key_entry *e = entries; e != NULL; e = e->next) {
        (*entry_count)++;
        *in_use += e->users > 0 ? 1 : 0;
    }
    (void)pthread_mutex_unlock(&lock);
}

void eg_key_cache_clear(void)
{
    (void)pthread_mutex_lock(&lock);
    shrink(0);
    (void)pthread_mutex_unlock(&lock);
}
