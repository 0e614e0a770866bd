#include "election/manifest_parts.h"

#include <time.h>

/* Reads exactly n digits at *at. */
static bool digits(const char **at, const char *end, int n, int *out)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (*at == end || **at < '0' || **at > '9') {
            return false;
        }
        value = value * 10 + (*(*at)++ - '0');
    }
    *out = value;
    return true;
}

static bool literal(const char **at, const char *end, char c)
{
    if (*at == end || **at != c) {
        return false;
    }
    (*at)++;
    return true;
}

static void skip_fraction(const char **at, const char *end)
{
    if (literal(at, end, '.')) {
        while (*at != end && **at >= '0' && **at <= '9') {
            (*at)++;
        }
    }
}

/* Seconds east of UTC; 0 for none or Z. */
static bool zone(const char **at, const char *end, long *seconds)
{
    int hours, minutes;
    *seconds = 0;
    if (*at == end || literal(at, end, 'Z')) {
        return *at == end;
    }
    bool east = **at == '+';
    if (!east && **at != '-') {
        return false;
    }
    (*at)++;
    if (!digits(at, end, 2, &hours) || !literal(at, end, ':') || !digits(at, end, 2, &minutes)) {
        return false;
    }
    *seconds = (hours * 60L + minutes) * 60L * (east ? 1 : -1);
    return *at == end && hours < 24 && minutes < 60;
}

static int days_of(int month, int year)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

bool eg_date_normalise(char out[EG_DATE_BYTES], eg_str date)
{
    const char *at = date.data, *end = date.data + date.len;
    struct tm parts = {0};
    long offset;
    if (!digits(&at, end, 4, &parts.tm_year) || !literal(&at, end, '-') ||
        !digits(&at, end, 2, &parts.tm_mon) || !literal(&at, end, '-') ||
        !digits(&at, end, 2, &parts.tm_mday)) {
        return false;
    }
    if (at != end && (!literal(&at, end, 'T') || !digits(&at, end, 2, &parts.tm_hour) ||
                      !literal(&at, end, ':') || !digits(&at, end, 2, &parts.tm_min) ||
                      !literal(&at, end, ':') || !digits(&at, end, 2, &parts.tm_sec))) {
        return false;
    }
    skip_fraction(&at, end);
    if (!zone(&at, end, &offset) || parts.tm_mon < 1 || parts.tm_mon > 12 || parts.tm_mday < 1 ||
        parts.tm_mday > days_of(parts.tm_mon, parts.tm_year) || parts.tm_hour > 23 ||
        parts.tm_min > 59 || parts.tm_sec > 59 || parts.tm_year < 1) {
        return false;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    time_t utc = timegm(&parts) - offset;
    struct tm shown;
    if (gmtime_r(&utc, &shown) == NULL) {
        return false;
    }
    return strftime(out, EG_DATE_BYTES, "%Y-%m-%dT%H:%M:%SZ", &shown) > 0;
}
