#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

static void give_back(char *from, const char *to)
{
    if (to > from) {
        (void)munmap(from, (size_t)(to - from));
    }
}

void *eg_pages_map(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void eg_pages_unmap(void *pages, size_t bytes)
{
    (void)munmap(pages, bytes);
}

/* The system maps anywhere: a huge page more has a place that fits, the rest goes back. */
void *eg_pages_new(size_t bytes)
{
    if (bytes == 0 || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    size_t wanted = round_up(bytes, page_bytes()), mapped = wanted + EG_HUGE_PAGE;
    char *from = eg_pages_map(mapped);
    if (from == NULL) {
        return NULL;
    }
    char *pages = from + (round_up((uintptr_t)from, EG_HUGE_PAGE) - (uintptr_t)from);
    give_back(from, pages);
    give_back(pages + wanted, from + mapped);
    eg_pages_prefer_huge(pages, wanted);
    return pages;
}

void eg_pages_free(void *pages, size_t bytes)
{
    if (pages != NULL) {
        (void)munmap(pages, bytes);
    }
}

/* Of the pages that lie whole in memory. */
static void advise(void *memory, size_t bytes, int advice)
{
    uintptr_t from = round_up((uintptr_t)memory, page_bytes());
    uintptr_t to = ((uintptr_t)memory + bytes) / page_bytes() * page_bytes();
    if (to > from) {
        (void)madvise((char *)memory + (from - (uintptr_t)memory), to - from, advice);
    }
}

/* A system that has none refuses, and all stays as it is. */
void eg_pages_prefer_huge(void *memory, size_t bytes)
{
    advise(memory, bytes, MADV_HUGEPAGE);
}

void eg_pages_keep_from_dumps(void *memory, size_t bytes)
{
    advise(memory, bytes, MADV_DONTDUMP);
}
