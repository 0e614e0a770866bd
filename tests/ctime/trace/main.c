/* Does time depend on a secret? Each operation is run with several secrets, and every instruction
 * and every address must be the same with all of them. Unlike valgrind (../main.c) this runs on the
 * CPU itself, so that every kernel that the CPU has can be followed, and on the very objects that
 * the service is linked from.
 *
 * usage: ctime-trace [--operations]
 *
 * With --operations without whole powers: those of code that is not optimised take minutes. First
 * the check of the check: leaks made on purpose. The last line is "N passed, N failed". */
#include "ctime/trace/cases.h"

#include "ctime/trace/copy.h"
#include "ctime/trace/secrets.h"
#include "group/group.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static unsigned passed, failed;

static void verdict(bool good, const char *of, const char *name, const trace_report *report)
{
    if (good) {
        passed++;
        printf("  good   %s: %s (%" PRIu64 " instructions)\n", of, name, report->instructions);
    } else {
        failed++;
        printf("  FAILED %s: %s\n", of, name);
        trace_explain(report);
    }
    (void)fflush(stdout); /* before the next fork */
}

static void check_leaks(void)
{
    size_t count;
    const case_leak *leak = cases_leaks(&count);
    for (size_t i = 0; i < count; i++) {
        if (leak[i].like == NULL || leak[i].like->is_supported()) {
            trace_report report = trace_compare(&leak[i].traced, SECRETS);
            verdict(report.verdict == leak[i].verdict, "leak made on purpose", leak[i].traced.name,
                    &report);
        }
    }
}

static void check_list(const char *of, case_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        trace_report report = trace_compare(&list.row[i], list.secrets);
        verdict(report.verdict == TRACE_SAME, of, list.row[i].name, &report);
    }
}

static void check_kernel(const eg_kernel *kernel, bool above)
{
    if (!kernel->is_supported()) {
        printf("  not run: kernel %s, which this CPU does not have\n", kernel->name);
        return;
    }
    if (!eg_group_init(kernel->name)) {
        failed++;
        printf("  FAILED %s: computes wrong numbers here\n", kernel->name);
        return;
    }
    check_list(kernel->name, cases_kernel(kernel));
    if (above) {
        check_list(kernel->name, cases_above());
        check_list(kernel->name, cases_proofs());
    }
}

int main(int argc, char **argv)
{
    bool operations_only = argc > 1 && strcmp(argv[1], "--operations") == 0;
    if (!copy_is_possible()) {
        printf("  not run: this system lets no memory be both writable and executable\n"
               "0 passed, 0 failed\n");
        return 0;
    }
    if (!trace_set_up()) {
        printf("no memory for traces\n0 passed, 1 failed\n");
        return 1;
    }
    check_leaks();
    check_list("mod q", cases_modq());
    check_list("bytes", cases_base());
    check_list("votes", cases_contest());
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        check_kernel(eg_kernels[i], !operations_only);
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
