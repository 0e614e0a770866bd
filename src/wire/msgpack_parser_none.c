/* Where only JSON is read: what was packed otherwise is refused. */
#include "wire/events.h"

eg_result eg_msgpack_parser_new(eg_parser **out, eg_budget *budget, eg_error *err)
{
    (void)out;
    (void)budget;
    return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "it must be JSON: MessagePack is not read here");
}
