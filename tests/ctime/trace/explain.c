#include "ctime/trace/trace.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PLACE_BYTES = 256 };

/* "function at file:line (offset)", by addr2line; else where in which file. */
static void place(char out[PLACE_BYTES], uint64_t address)
{
    Dl_info info;
    char command[PLACE_BYTES + 64], function[PLACE_BYTES / 4] = "", line[PLACE_BYTES / 2] = "";
    if (dladdr((void *)(uintptr_t)address, &info) == 0) {
        (void)snprintf(out, PLACE_BYTES, "0x%" PRIx64, address);
        return;
    }
    uint64_t offset = address - (uint64_t)(uintptr_t)info.dli_fbase;
    (void)snprintf(out, PLACE_BYTES, "%.180s+0x%" PRIx64, info.dli_fname, offset);
    (void)snprintf(command, sizeof command, "addr2line -f -s -e '%.200s' 0x%" PRIx64,
                   info.dli_fname, offset);
    FILE *answer = popen(command, "r");
    if (answer == NULL) {
        return;
    }
    if (fgets(function, sizeof function, answer) != NULL &&
        fgets(line, sizeof line, answer) != NULL && function[0] != '?') {
        function[strcspn(function, "\n")] = '\0';
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(out, PLACE_BYTES, "%s at %s (0x%" PRIx64 ")", function, line, offset);
    }
    (void)pclose(answer);
}

void trace_explain(const trace_report *report)
{
    char at[PLACE_BYTES], want[PLACE_BYTES], got[PLACE_BYTES];
    place(at, report->at);
    switch (report->verdict) {
    case TRACE_SAME:
        break;
    case TRACE_OTHER_WAY:
        place(want, report->want);
        place(got, report->got);
        printf("         secret %u, after %" PRIu64 " instructions: %s\n"
               "         goes on in %s\n         secret 0 went to %s\n",
               report->secret, report->instructions, at, got, want);
        break;
    case TRACE_OTHER_ADDRESS:
        printf("         secret %u, after %" PRIu64 " instructions: %s\n"
               "         has 0x%" PRIx64 " for an address, count or mask, with secret 0 0x%" PRIx64
               "\n",
               report->secret, report->instructions, at, report->got, report->want);
        break;
    case TRACE_REFUSED:
        printf("         secret %u: %s in %s\n", report->secret, report->text, at);
        break;
    case TRACE_BLIND:
        printf("         all secrets have one result: they do not reach the computation\n");
        break;
    case TRACE_BROKEN:
        printf("         secret %u: %s (%s)\n", report->secret, report->text,
               report->at != 0 ? at : "nowhere");
        break;
    }
}
