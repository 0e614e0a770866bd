#include "wire/events.h"

eg_result eg_parser_new(eg_parser **out, eg_encoding encoding, const eg_event_sink *sink,
                        eg_budget *budget, eg_error *err)
{
    EG_TRY(encoding == EG_JSON ? eg_json_parser_new(out, budget, err)
                               : eg_msgpack_parser_new(out, budget, err));
    (*out)->sink = *sink;
    return EG_SUCCESS;
}

eg_result eg_parser_feed(eg_parser *parser, const void *bytes, size_t n, eg_error *err)
{
    EG_TRY(parser->type->feed(parser, bytes, n, err));
    parser->offset += n;
    return EG_SUCCESS;
}

eg_result eg_parser_finish(eg_parser *parser, eg_error *err)
{
    return parser->type->finish(parser, err);
}

void eg_parser_free(eg_parser *parser)
{
    if (parser != NULL) {
        parser->type->free(parser);
    }
}
