/* GET /openapi.json, /docs, /docs/{file}: the description of the service, and a page to read it and
 * to try requests. */
#include "api/docs/docs_files.h"
#include "api/endpoints.h"
#include "api/frame/negotiation.h"

enum { UNIT_BYTES = 256 * 1024 };

static eg_result begin_with(eg_call *call, eg_str name)
{
    const eg_docs_file *file = eg_docs_file_find(name);
    call->state = (void *)(uintptr_t)file;
    call->content_type = file != NULL ? file->content_type
                                      : eg_encoding_media_type(eg_answer_encoding(call->request));
    return EG_SUCCESS;
}

static eg_result begin_openapi(eg_call *call, eg_error *err)
{
    (void)err;
    return begin_with(call, EG_STR("openapi.json"));
}

static eg_result begin_page(eg_call *call, eg_error *err)
{
    (void)err;
    return begin_with(call, EG_STR("index.html"));
}

static eg_result begin_file(eg_call *call, eg_error *err)
{
    (void)err;
    return begin_with(call, call->request->path_tail);
}

static eg_result plan(eg_call *call, eg_error *err)
{
    if (call->state == NULL) {
        return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "there is no such file");
    }
    return EG_SUCCESS;
}

static size_t file_bytes(const eg_docs_file *file)
{
    return (size_t)(file->end - file->begin);
}

static eg_result finish(eg_call *call, eg_error *err)
{
    (void)err;
    call->output_units = (file_bytes(call->state) + UNIT_BYTES - 1) / UNIT_BYTES;
    return EG_SUCCESS;
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    const eg_docs_file *file = call->state;
    size_t first = unit * UNIT_BYTES;
    size_t left = file_bytes(file) - first;
    (void)scratch;
    (void)err;
    eg_buf_append(out, file->begin + first, left < UNIT_BYTES ? left : UNIT_BYTES);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_openapi = {
    .method = "GET",
    .path = "/openapi.json",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "this description of the service",
    .begin = begin_openapi,
    .plan = plan,
    .finish = finish,
    .output = output,
};

const eg_endpoint eg_endpoint_docs = {
    .method = "GET",
    .path = "/docs",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "a page to read the description and to try requests",
    .begin = begin_page,
    .plan = plan,
    .finish = finish,
    .output = output,
};

const eg_endpoint eg_endpoint_docs_file = {
    .method = "GET",
    .path = "/docs/{file}",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "what the page consists of, and its licences",
    .begin = begin_file,
    .plan = plan,
    .finish = finish,
    .output = output,
};
