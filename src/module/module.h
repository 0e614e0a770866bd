/* Elections for programs that cannot link C: a call by name, JSON in and JSON out. What the
 * WebAssembly module exports (wasm.c) stands on this, and so does its test, which is no
 * WebAssembly.
 *
 * An operation is a function of its request: a map, whose objects are those of docs/crypto.md 18.
 * What is expensive to make, or secret, stays here between calls and is named by a number, its
 * handle. One thread only. */
#ifndef EG_MODULE_MODULE_H
#define EG_MODULE_MODULE_H

#include "base/buf.h"
#include "module/host.h"

/* Once, before anything else; host is borrowed for good. */
void eg_module_init(const eg_module_host *host);

/* name: "ballot.encrypt". request: JSON, may hold secrets. answer: initialised by the caller; a
 * map: what the operation gives, or where it fails code, path and message. False: it failed. */
bool eg_module_call(eg_str name, eg_str request, eg_buf *answer);

#endif
