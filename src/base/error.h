/* Errors: one value that carries a code, the field at fault and a sentence for the client. */
#ifndef EG_BASE_ERROR_H
#define EG_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong. code_name.c gives each its name, api/frame/error_map.c its HTTP status. */
typedef enum eg_code {
    EG_OK = 0,
    /* the client's mistakes */
    EG_E_MISSING_FIELD,
    EG_E_BAD_TYPE,
    EG_E_OUT_OF_RANGE,
    EG_E_UNKNOWN_CANDIDATE,
    EG_E_DUPLICATE,
    EG_E_TOO_MANY_CHOICES,
    EG_E_BAD_ENCODING,
    EG_E_NOT_IN_GROUP,
    EG_E_WRONG_ELECTION,
    EG_E_PROOF_INVALID,
    EG_E_QUORUM,
    EG_E_TOO_LARGE,
    EG_E_UNAUTHORIZED,
    EG_E_TAMPERED,
    EG_E_WITHHELD, /* the service does not take such requests, whoever sends them */
    EG_E_NOT_FOUND,
    EG_E_METHOD,
    EG_E_MEDIA_TYPE,
    EG_E_LENGTH_REQUIRED,
    EG_E_HEADERS_TOO_LARGE,
    EG_E_SLOW_BODY,
    /* not now: the same request may succeed later, or elsewhere */
    EG_E_NO_MEMORY, /* less than this took; says nothing of what was asked */
    EG_E_BUSY,
    EG_E_DEADLINE,
    EG_E_UNAVAILABLE,
    EG_E_CANCELLED, /* the client has left; no answer is owed */
    /* our fault */
    EG_E_INTERNAL,
    EG_CODE_COUNT
} eg_code;

enum { EG_ERROR_PATH_BYTES = 192, EG_ERROR_TEXT_BYTES = 224 };

typedef struct eg_error {
    eg_code code;
    char path[EG_ERROR_PATH_BYTES]; /* in the request's own words: ballots[3].ballot_id; "" when
                                       none */
    char
        text[EG_ERROR_TEXT_BYTES]; /* one sentence for the client; never a value from the request */
    const char *where;             /* file:line that raised it, static; for the log only */
} eg_error;

/* "proof_invalid": what programs are told; "internal" of what is no failure. */
const char *eg_code_name(eg_code code);

/* Result of everything that can fail. A struct, so that it is not taken for a number or a bool. */
typedef struct eg_result {
    eg_code code;
} eg_result;

#define EG_MUST_USE __attribute__((warn_unused_result))
#ifdef __cplusplus
#define EG_SUCCESS (eg_result{EG_OK})
#else
#define EG_SUCCESS ((eg_result){EG_OK})
#endif

static inline bool eg_failed(eg_result r)
{
    return r.code != EG_OK;
}

/* The classes of codes. What a verification ends with is a verdict on the input only in the first:
 * a ballot is not false because memory is short. */
static inline bool eg_is_input_fault(eg_result r)
{
    return r.code > EG_OK && r.code < EG_E_NO_MEMORY;
}

static inline bool eg_is_not_now(eg_result r)
{
    return r.code >= EG_E_NO_MEMORY && r.code < EG_E_INTERNAL;
}

static inline bool eg_is_our_fault(eg_result r)
{
    return r.code >= EG_E_INTERNAL;
}

/* Passes a failure up. The only macro that hides a return. */
#define EG_TRY(expr)                                                                               \
    do {                                                                                           \
        eg_result eg_try_result_ = (expr);                                                         \
        if (eg_failed(eg_try_result_)) {                                                           \
            return eg_try_result_;                                                                 \
        }                                                                                          \
    } while (0)

/* One step of the way to a field; lives on the stack, rendered only when an error is raised.
 * name != NULL: ".name" (or "name" at the top); name == NULL: "[index]". */
typedef struct eg_path {
    const struct eg_path *up; /* NULL at the top */
    const char *name;         /* borrowed for as long as the path; or NULL */
    size_t name_len;
    size_t index;
} eg_path;

eg_path eg_path_field(const eg_path *up, const char *name); /* name: NUL-terminated */
eg_path eg_path_key(const eg_path *up, const char *name, size_t name_len);
eg_path eg_path_index(const eg_path *up, size_t index);

/* Fills err and returns its code as a failed result. path may be NULL. err may be NULL.
 * Long or unprintable keys from a request are shortened and replaced by '?' in the path. */
#define EG_FAIL(err, code, path, ...) eg_error_raise((err), (code), (path), EG_WHERE_, __VA_ARGS__)
#define EG_WHERE_STR2_(x)             #x
#define EG_WHERE_STR_(x)              EG_WHERE_STR2_(x)
#define EG_WHERE_                     __FILE__ ":" EG_WHERE_STR_(__LINE__)

eg_result eg_error_raise(eg_error *err, eg_code code, const eg_path *path, const char *where,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Our own mistake: ends the request with 500; the log shows where. */
#define EG_BUG_IF(err, condition)                                                                  \
    do {                                                                                           \
        if (condition) {                                                                           \
            return EG_FAIL((err), EG_E_INTERNAL, NULL, "internal error");                          \
        }                                                                                          \
    } while (0)

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
