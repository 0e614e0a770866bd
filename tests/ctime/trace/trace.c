/* The copies of copy.c run until their int3; the handler of SIGTRAP writes down the block and its
 * addresses, or compares them with what secret 0 left, and does the branch. */
#include "ctime/trace/trace.h"

#include "ctime/trace/copy.h"
#include "ctime/trace/follow.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_WORDS = 1 << 25,      /* of one trace: address space, not memory */
    SIGNAL_STACK = 256 * 1024, /* frames hold all vector registers */
    MOST_SECONDS = 120         /* for one secret, before it counts as hung */
};

/* What the processes share. A trace is, block after block, its address and those it touched. */
typedef struct shared {
    trace_report report;
    bool is_done;       /* the process got to its end */
    uint64_t words;     /* of secret 0's trace */
    uint64_t result;    /* digest of what the traced run computed */
    uint64_t reference; /* the same of secret 0 */
    uint64_t word[];
} shared;

static shared *common;

/* Of the process that traces. */
static const copy_block *block; /* runs now; NULL when nothing is traced */
static bool compares;           /* with secret 0's trace; else writes it */
static uint64_t at_word;

/* ---- verdicts -------------------------------------------------------------------------------- */

static _Noreturn void stop(trace_verdict verdict, uint64_t at, const char *text)
{
    common->report.verdict = verdict;
    common->report.at = at;
    (void)snprintf(common->report.text, sizeof common->report.text, "%s", text);
    _exit(0);
}

static _Noreturn void stop_refused(const copy_refusal *why)
{
    char text[sizeof common->report.text];
    (void)snprintf(text, sizeof text, "%s %s", why->instruction, why->reason);
    stop(TRACE_REFUSED, why->at, text);
}

static _Noreturn void stop_different(trace_verdict verdict, uint64_t at, uint64_t want,
                                     uint64_t got)
{
    common->report.want = want;
    common->report.got = got;
    stop(verdict, at, "");
}

/* ---- one block ------------------------------------------------------------------------------- */

static void write_down(void)
{
    if (at_word + 1 + block->slots > MOST_WORDS) {
        stop(TRACE_BROKEN, block->start, "the trace is too long");
    }
    common->word[at_word++] = block->start;
    memcpy(&common->word[at_word], block->slot, block->slots * sizeof block->slot[0]);
    at_word += block->slots;
}

/* Where the way parted is the branch before. */
static void compare(void)
{
    static uint64_t last_branch;
    uint64_t want = at_word < common->words ? common->word[at_word++] : 0;
    if (want != block->start) {
        stop_different(TRACE_OTHER_WAY, last_branch, want, block->start);
    }
    for (unsigned i = 0; i < block->slots; i++) {
        want = common->word[at_word++];
        if (want != block->slot[i]) {
            stop_different(TRACE_OTHER_ADDRESS, block->start + block->origin[i], want,
                           block->slot[i]);
        }
    }
    last_branch = block->branch_at;
}

/* The block at an address is the next to run. */
static void enter(ucontext_t *context, uint64_t address)
{
    copy_refusal why;
    block = copy_at(address, &why);
    if (block == NULL) {
        stop_refused(&why);
    }
    context->uc_mcontext.gregs[REG_RIP] = (greg_t)block->code;
}

static void on_trap(int number, siginfo_t *info, void *raw)
{
    ucontext_t *context = raw;
    uint64_t at = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    (void)number;
    (void)info;
    if (block == NULL) { /* the first marker */
        enter(context, at);
        return;
    }
    if (at != block->stop) {
        stop(TRACE_BROKEN, block->start, "a copy did not run to its end");
    }
    common->report.instructions += block->instructions;
    if (compares) {
        compare();
    } else {
        write_down();
    }
    if (block->end == COPY_MEETS_MARKER) {
        context->uc_mcontext.gregs[REG_RIP] = (greg_t)block->next;
        block = NULL;
        return;
    }
    uint64_t next = block->next;
    if (block->end == COPY_BRANCHES && !follow_branch(&next, block, context)) {
        stop(TRACE_BROKEN, block->branch_at, "a branch of a kind unknown here");
    }
    enter(context, next);
}

/* ---- one secret ------------------------------------------------------------------------------ */

static bool catch_traps(void)
{
    static uint8_t memory[SIGNAL_STACK];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = on_trap;
    return sigaltstack(&stack, NULL) == 0 && sigaction(SIGTRAP, &action, NULL) == 0;
}

static uint64_t digest(const trace_case *c)
{
    uint64_t sum = 14695981039346656037U; /* FNV-1a */
    for (size_t i = 0; i < c->result_bytes; i++) {
        sum = (sum ^ ((const uint8_t *)c->result)[i]) * 1099511628211U;
    }
    return sum;
}

__attribute__((noinline)) static void run_traced(void (*run)(void))
{
    COPY_MARKER();
    run();
    COPY_MARKER();
}

/* Once as it is, so that all that is made at first use is made, and traced then: with the same
 * result, or the copies are not what they copy. */
static _Noreturn void run_one(const trace_case *c, unsigned secret)
{
    (void)alarm(MOST_SECONDS);
    c->set(secret);
    c->run();
    uint64_t untraced = digest(c);
    memset(c->result, 0, c->result_bytes);
    c->set(secret);
    compares = secret > 0;
    run_traced(c->run);
    common->result = digest(c);
    if (common->result != untraced) {
        stop(TRACE_BROKEN, 0, "the traced run computes something else than the plain one");
    }
    if (!compares) {
        common->words = at_word;
        common->reference = common->result;
    } else if (at_word != common->words) {
        stop(TRACE_BROKEN, 0, "the trace is shorter than that of secret 0");
    }
    common->is_done = true;
    _exit(0);
}

static trace_report broken(unsigned secret, const char *text)
{
    trace_report report = {.verdict = TRACE_BROKEN, .secret = secret};
    (void)snprintf(report.text, sizeof report.text, "%s", text);
    return report;
}

static trace_report trace_one(const trace_case *c, unsigned secret)
{
    int status = 0;
    char text[64];
    common->report = (trace_report){.verdict = TRACE_SAME, .secret = secret};
    common->is_done = false;
    pid_t child = fork();
    if (child == 0) {
        run_one(c, secret);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return broken(secret, "no process to run in");
    }
    if (WIFSIGNALED(status)) {
        (void)snprintf(text, sizeof text, "died of signal %d", WTERMSIG(status));
        return broken(secret, text);
    }
    if (common->report.verdict == TRACE_SAME &&
        (!common->is_done || common->report.instructions == 0)) {
        return broken(secret, "nothing was traced");
    }
    return common->report;
}

trace_report trace_compare(const trace_case *c, unsigned secrets)
{
    trace_report report = {.verdict = TRACE_SAME};
    bool differs = false;
    for (unsigned secret = 0; secret < secrets; secret++) {
        report = trace_one(c, secret);
        if (report.verdict != TRACE_SAME) {
            return report;
        }
        differs = differs || common->result != common->reference;
    }
    if (!differs) {
        report.verdict = TRACE_BLIND;
    }
    return report;
}

bool trace_set_up(void)
{
    void *memory = mmap(NULL, sizeof(shared) + MOST_WORDS * sizeof(uint64_t),
                        PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || !catch_traps()) {
        return false;
    }
    common = memory;
    return true;
}
