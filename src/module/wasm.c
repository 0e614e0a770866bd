/* What the WebAssembly module exports, and what it imports (docs/module.md). */
#include "base/rng.h"
#include "base/secret.h"
#include "group/kernel.h"
#include "module/module.h"

#include <stdlib.h>

#define EG_EXPORT(name) __attribute__((export_name(#name)))
#define EG_IMPORT(name) __attribute__((import_module("host"), import_name(#name)))

EG_IMPORT(read_file) uint32_t eg_host_read_file(uint32_t entry, char *out, uint32_t bytes);
EG_IMPORT(progress) void eg_host_progress(const char *name, uint32_t name_bytes, uint32_t parts);

/* Where the kernel with SIMD lies, a module of its own that is linked to these addresses: engines
 * that have no SIMD could not load it within this one. */
enum { KERNEL_ROOM_BYTES = 96 * 1024 };
static struct {
    _Alignas(64) unsigned char bytes[KERNEL_ROOM_BYTES];
} kernel_room;
EG_EXPORT(kernel_room) void *eg_module_kernel_room(void);
void *eg_module_kernel_room(void)
{
    return kernel_room.bytes;
}
EG_EXPORT(kernel_room_end) void *eg_module_kernel_room_end(void);
void *eg_module_kernel_room_end(void)
{
    return kernel_room.bytes + KERNEL_ROOM_BYTES;
}

/* ---- the host ---- */

static bool read_file(uint64_t entry, char *out, size_t bytes)
{
    return eg_host_read_file((uint32_t)entry, out, bytes) != 0;
}

static void progress(eg_str name, size_t parts)
{
    eg_host_progress(name.data, name.len, parts);
}

static eg_buf answer;

/* kernel: 0, or the address of one that another module has put into this one's memory. Gives
 * whether that one is in use. */
EG_EXPORT(start) uint32_t eg_module_start(const eg_kernel *kernel);
uint32_t eg_module_start(const eg_kernel *kernel)
{
    static eg_module_host host = {.read_file = read_file, .progress = progress};
    host.rng = eg_rng_system();
    eg_module_init(&host);
    eg_buf_init(&answer, NULL);
    eg_kernel_offer(kernel);
    return eg_group_init(NULL) && kernel != NULL && eg_kernel_active() == kernel;
}

/* ---- calls ---- */

/* Room for a name and a request behind it; 0 without memory. */
EG_EXPORT(room) char *eg_module_room(uint32_t bytes);
char *eg_module_room(uint32_t bytes)
{
    return malloc(bytes == 0 ? 1 : bytes);
}

/* room: of name and request, wiped and freed here. The answer stays until `done`. */
EG_EXPORT(call) uint32_t eg_module_run(char *room, uint32_t name_bytes, uint32_t request_bytes);
uint32_t eg_module_run(char *room, uint32_t name_bytes, uint32_t request_bytes)
{
    const bool good = eg_module_call((eg_str){room, name_bytes},
                                     (eg_str){room + name_bytes, request_bytes}, &answer);
    eg_wipe(room, name_bytes + request_bytes);
    free(room);
    return good;
}

EG_EXPORT(answer) const char *eg_module_answer(void);
const char *eg_module_answer(void)
{
    return answer.data;
}

EG_EXPORT(answer_bytes) uint32_t eg_module_answer_bytes(void);
uint32_t eg_module_answer_bytes(void)
{
    return answer.len;
}

EG_EXPORT(done) void eg_module_done(void);
void eg_module_done(void)
{
    eg_buf_free(&answer);
    eg_buf_init(&answer, NULL);
}
