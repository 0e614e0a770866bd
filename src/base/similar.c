#include "base/similar.h"

#include <stdint.h>
#include <string.h>

enum { TEXT_MAX = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t eg_similar_distance(const char *a, const char *b)
{
    size_t row[3][TEXT_MAX + 1]; /* of the last letters of a: now, one and two before */
    size_t a_bytes = strlen(a), b_bytes = strlen(b);
    if (a_bytes > TEXT_MAX || b_bytes > TEXT_MAX) {
        return SIZE_MAX;
    }
    for (size_t k = 0; k <= b_bytes; k++) {
        row[0][k] = k;
    }
    for (size_t i = 1; i <= a_bytes; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *two_before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= b_bytes; k++) {
            size_t changed = before[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1);
            now[k] = least(changed, 1 + least(before[k], now[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
                now[k] = least(now[k], two_before[k - 2] + 1);
            }
        }
    }
    return row[a_bytes % 3][b_bytes];
}

int eg_similar_fits(const char *given, const char *name, size_t distance)
{
    size_t longest = strlen(given) > strlen(name) ? strlen(given) : strlen(name);
    return distance <= longest / 3;
}
