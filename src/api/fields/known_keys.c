#include "api/fields/known_keys.h"

#include <pthread.h>

/* The oldest goes first. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static eg_modp keys[EG_KNOWN_KEYS_MAX]; /* under lock */
static size_t count, next;              /* under lock */

static bool is_known(const eg_modp *key)
{
    bool found = false;
    (void)pthread_mutex_lock(&lock);
    for (size_t i = 0; i < count && !found; i++) {
        found = eg_modp_equal(&keys[i], key);
    }
    (void)pthread_mutex_unlock(&lock);
    return found;
}

static void remember(const eg_modp *key)
{
    (void)pthread_mutex_lock(&lock);
    keys[next] = *key;
    next = (next + 1) % EG_KNOWN_KEYS_MAX;
    count += count < EG_KNOWN_KEYS_MAX ? 1 : 0;
    (void)pthread_mutex_unlock(&lock);
}

bool eg_key_is_member_vartime(const eg_modp *key)
{
    if (is_known(key)) {
        return true;
    }
    if (eg_modp_is_one(key) || !eg_modp_is_residue_vartime(key)) {
        return false;
    }
    remember(key);
    return true;
}

size_t eg_known_keys_count(void)
{
    (void)pthread_mutex_lock(&lock);
    size_t n = count;
    (void)pthread_mutex_unlock(&lock);
    return n;
}
