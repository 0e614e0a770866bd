#include "base/error.h"

/* docs/api-contract.md 1.3 */
static const char *const names[EG_CODE_COUNT] = {
    [EG_E_MISSING_FIELD] = "missing_field",
    [EG_E_BAD_TYPE] = "bad_type",
    [EG_E_OUT_OF_RANGE] = "out_of_range",
    [EG_E_UNKNOWN_CANDIDATE] = "unknown_candidate",
    [EG_E_DUPLICATE] = "duplicate",
    [EG_E_TOO_MANY_CHOICES] = "too_many_choices",
    [EG_E_BAD_ENCODING] = "bad_encoding",
    [EG_E_NOT_IN_GROUP] = "not_in_group",
    [EG_E_WRONG_ELECTION] = "wrong_election",
    [EG_E_PROOF_INVALID] = "proof_invalid",
    [EG_E_QUORUM] = "quorum",
    [EG_E_TOO_LARGE] = "too_large",
    [EG_E_UNAUTHORIZED] = "unauthorized",
    [EG_E_TAMPERED] = "tampered",
    [EG_E_WITHHELD] = "unavailable",
    [EG_E_NOT_FOUND] = "not_found",
    [EG_E_METHOD] = "method_not_allowed",
    [EG_E_MEDIA_TYPE] = "unsupported_media_type",
    [EG_E_LENGTH_REQUIRED] = "length_required",
    [EG_E_HEADERS_TOO_LARGE] = "headers_too_large",
    [EG_E_SLOW_BODY] = "request_timeout",
    [EG_E_NO_MEMORY] = "busy",
    [EG_E_BUSY] = "busy",
    [EG_E_DEADLINE] = "deadline",
    [EG_E_UNAVAILABLE] = "unavailable",
    [EG_E_CANCELLED] = "cancelled",
    [EG_E_INTERNAL] = "internal",
};

const char *eg_code_name(eg_code code)
{
    const bool known = code > EG_OK && code < EG_CODE_COUNT && names[code] != NULL;
    return names[known ? code : EG_E_INTERNAL];
}
