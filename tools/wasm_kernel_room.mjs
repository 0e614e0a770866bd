// Where the kernel with SIMD lies in the memory of the WebAssembly module (mk/wasm.mk).
//
//   wasm_kernel_room MODULE            prints the address of the room, and the address behind it
//   wasm_kernel_room KERNEL FROM END   fails when the kernel's memory is not within it
import { readFileSync } from 'node:fs';

const [file, from, end] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
// nothing that is imported is called
const imports = {};
for (const { module: name, name: member, kind } of WebAssembly.Module.imports(module)) {
    imports[name] ??= {};
    imports[name][member] = kind === 'memory' ? new WebAssembly.Memory({ initial: 1024, maximum: 32768 }) : () => 0;
}
const { exports } = new WebAssembly.Instance(module, imports);
if (from === undefined) {
    console.log(exports.kernel_room(), exports.kernel_room_end());
} else if (exports.__heap_base.value > Number(end)) {
    console.error(`the kernel needs ${exports.__heap_base.value - Number(from)} bytes: raise KERNEL_ROOM_BYTES in src/module/wasm.c`);
    process.exit(1);
}
