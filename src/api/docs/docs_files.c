/* The assembler copies the files into the program: the page asks no other host, and a service needs
 * no files beside it. Why this library and why uncompressed:
 * docs/decisions/0008-openapi-page.md. */
#include "api/docs/docs_files.h"

#include "api/frame/negotiation.h"
#include "base/embed.h"

/* EG_SWAGGER_UI: folder of swagger-ui-dist, from mk/docs.mk */
EG_EMBED(eg_docs_openapi, EG_FILE_BYTES("docs/openapi.json"));
EG_EMBED(eg_docs_page, EG_FILE_BYTES("src/api/docs/docs_page/index.html"));
EG_EMBED(eg_docs_start, EG_FILE_BYTES("src/api/docs/docs_page/start.js"));
EG_EMBED(eg_docs_home_style, EG_FILE_BYTES("src/api/docs/docs_page/home.css"));
EG_EMBED(eg_docs_status, EG_FILE_BYTES("src/api/docs/docs_page/status.html"));
EG_EMBED(eg_docs_status_style, EG_FILE_BYTES("src/api/docs/docs_page/status.css"));
EG_EMBED(eg_docs_status_numbers, EG_FILE_BYTES("src/api/docs/docs_page/status_numbers.js"));
EG_EMBED(eg_docs_status_script, EG_FILE_BYTES("src/api/docs/docs_page/status.js"));
/* EG_UPLOT: folder of uplot, from mk/docs.mk */
EG_EMBED(eg_docs_uplot, EG_FILE_BYTES(EG_UPLOT "/dist/uPlot.iife.min.js"));
EG_EMBED(eg_docs_uplot_style, EG_FILE_BYTES(EG_UPLOT "/dist/uPlot.min.css"));
EG_EMBED(eg_docs_style, EG_FILE_BYTES(EG_SWAGGER_UI "/swagger-ui.css"));
EG_EMBED(eg_docs_bundle, EG_FILE_BYTES(EG_SWAGGER_UI "/swagger-ui-bundle.js"));
/* EG_PAGE: what apps/page makes, from mk/page.mk */
EG_EMBED(eg_docs_app, EG_FILE_BYTES(EG_PAGE));
EG_EMBED(eg_docs_licenses,
         EG_FILE_BYTES(EG_SWAGGER_UI "/NOTICE") EG_FILE_BYTES(EG_SWAGGER_UI "/LICENSE")
             EG_FILE_BYTES(EG_SWAGGER_UI "/swagger-ui-bundle.js.LICENSE.txt")
                 EG_FILE_BYTES(EG_UPLOT "/LICENSE"));

const eg_docs_file eg_docs_app_page = {"egserve.html", "text/html; charset=utf-8", eg_docs_app,
                                       eg_docs_app_end};

static const eg_docs_file files[] = {
    {"openapi.json", "application/json", eg_docs_openapi, eg_docs_openapi_end},
    {"index.html", "text/html; charset=utf-8", eg_docs_page, eg_docs_page_end},
    {"start.js", "text/javascript; charset=utf-8", eg_docs_start, eg_docs_start_end},
    {"home.css", "text/css; charset=utf-8", eg_docs_home_style, eg_docs_home_style_end},
    {"status.html", "text/html; charset=utf-8", eg_docs_status, eg_docs_status_end},
    {"status.css", "text/css; charset=utf-8", eg_docs_status_style, eg_docs_status_style_end},
    {"status_numbers.js", "text/javascript; charset=utf-8", eg_docs_status_numbers,
     eg_docs_status_numbers_end},
    {"status.js", "text/javascript; charset=utf-8", eg_docs_status_script,
     eg_docs_status_script_end},
    {"uplot.js", "text/javascript; charset=utf-8", eg_docs_uplot, eg_docs_uplot_end},
    {"uplot.css", "text/css; charset=utf-8", eg_docs_uplot_style, eg_docs_uplot_style_end},
    {"swagger-ui.css", "text/css; charset=utf-8", eg_docs_style, eg_docs_style_end},
    {"swagger-ui-bundle.js", "text/javascript; charset=utf-8", eg_docs_bundle, eg_docs_bundle_end},
    {"licenses.txt", "text/plain; charset=utf-8", eg_docs_licenses, eg_docs_licenses_end},
};

const eg_docs_file *eg_docs_file_find(eg_str name)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (eg_str_equal(name, eg_str_from(files[i].name))) {
            return &files[i];
        }
    }
    return NULL;
}

/* ---- stages ---- */

enum { UNIT_BYTES = 256 * 1024 };

void eg_docs_file_begin(eg_call *call, const eg_docs_file *file)
{
    call->state = (void *)(uintptr_t)file;
    call->content_type = file != NULL ? file->content_type
                                      : eg_encoding_media_type(eg_answer_encoding(call->request));
}

static size_t file_bytes(const eg_docs_file *file)
{
    return (size_t)(file->end - file->begin);
}

eg_result eg_docs_file_finish(eg_call *call, eg_error *err)
{
    (void)err;
    call->output_units = (file_bytes(call->state) + UNIT_BYTES - 1) / UNIT_BYTES;
    return EG_SUCCESS;
}

eg_result eg_docs_file_output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out,
                              eg_error *err)
{
    const eg_docs_file *file = call->state;
    size_t first = unit * UNIT_BYTES;
    size_t left = file_bytes(file) - first;
    (void)scratch;
    (void)err;
    eg_buf_append(out, file->begin + first, left < UNIT_BYTES ? left : UNIT_BYTES);
    return EG_SUCCESS;
}
