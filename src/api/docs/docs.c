/* GET /openapi.json, /docs, /docs/{file}: the description of the service, and a page to read it and
 * to try requests. GET /app: the page for voters, guardians and verifiers. */
#include "api/docs/docs_files.h"
#include "api/endpoints.h"

static eg_result begin_with(eg_call *call, eg_str name)
{
    eg_docs_file_begin(call, eg_docs_file_find(name));
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

static eg_result begin_app(eg_call *call, eg_error *err)
{
    (void)err;
    eg_docs_file_begin(call, &eg_docs_app_page);
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    if (call->state == NULL) {
        return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "there is no such file");
    }
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_openapi = {
    .method = "GET",
    .path = "/openapi.json",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "this description of the service",
    .begin = begin_openapi,
    .plan = plan,
    .finish = eg_docs_file_finish,
    .output = eg_docs_file_output,
};

const eg_endpoint eg_endpoint_docs = {
    .method = "GET",
    .path = "/docs",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "a page to read the description and to try requests",
    .begin = begin_page,
    .plan = plan,
    .finish = eg_docs_file_finish,
    .output = eg_docs_file_output,
};

const eg_endpoint eg_endpoint_docs_file = {
    .method = "GET",
    .path = "/docs/{file}",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "what the page consists of, and its licences",
    .begin = begin_file,
    .plan = plan,
    .finish = eg_docs_file_finish,
    .output = eg_docs_file_output,
};

const eg_endpoint eg_endpoint_app = {
    .method = "GET",
    .path = "/app",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "a page to vote, to be a guardian and to verify records, all of it in the browser",
    .begin = begin_app,
    .plan = plan,
    .finish = eg_docs_file_finish,
    .output = eg_docs_file_output,
};
