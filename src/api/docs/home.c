/* GET /: for whoever opens the service's address in a browser: what runs here and how it fares, or
 * a plain page where that is switched off. Programs are told, as on any path that is not there,
 * that there is nothing. */
#include "api/docs/docs_files.h"
#include "api/endpoints.h"
#include "api/frame/negotiation.h"

static const char page[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>egserve</title>\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<link rel=\"stylesheet\" href=\"docs/home.css\">\n"
    "</head>\n"
    "<body>\n"
    "<h1>egserve</h1>\n"
    "<p>An ElectionGuard service, version " EG_VERSION
    ". It encrypts ballots, tallies them without "
    "opening them, and combines guardians&rsquo; shares into results. It keeps nothing, and is "
    "meant for programs.</p>\n"
    "<ul>\n"
    "<li><a href=\"app\">Vote, guard, verify</a>: in this browser, with nothing secret sent "
    "here</li>\n"
    "<li><a href=\"docs\">Documentation</a>: every request, to read and to try</li>\n"
    "<li><a href=\"openapi.json\">openapi.json</a>: the same for programs</li>\n"
    "<li><a href=\"health\">Health</a>: whether it lives, and what it has in work</li>\n"
    "<li><a href=\"metrics\">Metrics</a>: for Prometheus</li>\n"
    "</ul>\n"
    "</body>\n"
    "</html>\n";

static const eg_docs_file plain = {"", "text/html; charset=utf-8", page, page + sizeof page - 1};

static eg_result begin(eg_call *call, eg_error *err)
{
    bool reads = eg_accept_is_for_reading(call->request);
    const eg_docs_file *shown =
        call->settings->status_page ? eg_docs_file_find(EG_STR("status.html")) : &plain;
    eg_docs_file_begin(call, reads ? shown : NULL);
    return reads ? EG_SUCCESS : EG_FAIL(err, EG_E_NOT_FOUND, NULL, "there is no such path");
}

const eg_endpoint eg_endpoint_home = {
    .method = "GET",
    .path = "/",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "a page for people who open the service's address",
    .begin = begin,
    .finish = eg_docs_file_finish,
    .output = eg_docs_file_output,
};
