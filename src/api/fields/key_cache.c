#include "api/fields/key_cache.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

struct eg_key_entry {
    eg_key_entry *next;
    eg_fixed_base *table; /* owned, immutable */
    size_t users;
    uint64_t last_used_ns;
    size_t capacity;    /* the limit that its last user brought */
    eg_budget *charged; /* while there are users; or NULL */
};

/* All entries, in use or not. At most `capacity` unused ones: the least recently used goes first.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static eg_key_entry *entries; /* under lock */

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
        if (oldest == NULL || e->last_used_ns < oldest->last_used_ns) {
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

/* False when there is no memory for another table in use. */
static bool use(eg_key_entry *entry, const eg_api_settings *settings)
{
    if (entry->users == 0) {
        if (!eg_budget_take(settings->shared, eg_fixed_base_bytes())) {
            return false;
        }
        entry->charged = settings->shared;
    }
    entry->users++;
    entry->capacity = settings->key_table_cache;
    return true;
}

static eg_result no_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for the tables of the election's key");
}

/* *out NULL: there is none yet. */
static eg_result take_existing(eg_key_entry **out, const eg_modp *key,
                               const eg_api_settings *settings, eg_error *err)
{
    (void)pthread_mutex_lock(&lock);
    *out = find(key);
    bool refused = *out != NULL && !use(*out, settings);
    (void)pthread_mutex_unlock(&lock);
    return refused ? no_memory(err) : EG_SUCCESS;
}

static eg_result make(eg_key_entry **out, const eg_modp *key, eg_error *err)
{
    eg_key_entry *entry = calloc(1, sizeof *entry);
    eg_fixed_base *table = entry == NULL ? NULL : eg_fixed_base_new(key);
    if (table == NULL) {
        free(entry);
        return no_memory(err);
    }
    entry->table = table;
    *out = entry;
    return EG_SUCCESS;
}

/* Into the list, unless another thread has made the same meanwhile: then that one is used. */
static eg_key_entry *enter(eg_key_entry *made)
{
    eg_key_entry *other = find(eg_fixed_base_value(made->table));
    if (other != NULL) {
        eg_fixed_base_free(made->table);
        free(made);
        return other;
    }
    made->next = entries;
    entries = made;
    return made;
}

eg_result eg_key_acquire(eg_key_entry **out, const eg_modp *key, const eg_api_settings *settings,
                         eg_error *err)
{
    EG_TRY(take_existing(out, key, settings, err));
    if (*out != NULL) {
        return EG_SUCCESS;
    }
    /* Made outside the lock: it takes milliseconds. */
    eg_key_entry *made = NULL;
    EG_TRY(make(&made, key, err));
    (void)pthread_mutex_lock(&lock);
    eg_key_entry *entry = enter(made);
    bool refused = !use(entry, settings);
    if (refused) {
        shrink(0);
    }
    (void)pthread_mutex_unlock(&lock);
    *out = refused ? NULL : entry;
    return refused ? no_memory(err) : EG_SUCCESS;
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
    entry->last_used_ns = eg_clock_monotonic_ns();
    if (entry->users == 0) {
        eg_budget_give(entry->charged, eg_fixed_base_bytes());
        entry->charged = NULL;
    }
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

void eg_key_cache_rest(uint64_t before_ns)
{
    (void)pthread_mutex_lock(&lock);
    eg_key_entry *next;
    for (eg_key_entry *e = entries; e != NULL; e = next) {
        next = e->next;
        if (e->users == 0 && e->last_used_ns < before_ns) {
            drop(e);
        }
    }
    (void)pthread_mutex_unlock(&lock);
}
