/** The WebAssembly module and what it is given to stand on (docs/module.md). One thread: whoever makes one is a worker. */
import { ElectionGuardError } from "./error.js";

export type Kernel = "simd128" | "portable";

export interface ModuleHost {
  /** Exactly so many bytes of a file of the record at hand; false when they cannot be had. */
  readFile(entry: number, out: Uint8Array): boolean;
  /** A step that begins with so many parts; or with an empty name, parts of it that are done. */
  progress(step: string, parts: number): void;
}

interface Exports {
  memory: WebAssembly.Memory;
  __indirect_function_table: WebAssembly.Table;
  _initialize(): void;
  start(kernel: number): number;
  room(bytes: number): number;
  call(room: number, nameBytes: number, requestBytes: number): number;
  answer(): number;
  answer_bytes(): number;
  done(): void;
}

interface KernelExports {
  kernel(): number;
  __indirect_function_table: WebAssembly.Table;
}

const REFUSED = 8; // EBADF of WASI: there are no files
const RANDOM_BYTES_MAX = 65536; // of one getRandomValues
const KERNEL_WORDS = { first: 4, all: 19 };

function wasi(memory: () => WebAssembly.Memory): WebAssembly.ModuleImports {
  return {
    random_get(at: number, bytes: number) {
      for (let done = 0; done < bytes; done += RANDOM_BYTES_MAX) {
        const piece = Math.min(RANDOM_BYTES_MAX, bytes - done);
        crypto.getRandomValues(new Uint8Array(memory().buffer as ArrayBuffer, at + done, piece));
      }
      return 0;
    },
    fd_write: () => REFUSED,
    fd_seek: () => REFUSED,
    fd_close: () => REFUSED,
    proc_exit(status: number): never {
      throw new Error(`the module gave up with status ${status}`);
    },
  };
}

export class Module {
  readonly #exports: Exports;
  readonly kernel: Kernel;
  #isBroken = false;

  constructor(wasm: BufferSource, simd: BufferSource, host: ModuleHost, wanted?: Kernel) {
    const memory = () => this.#exports.memory;
    const text = new TextDecoder();
    const imports = {
      host: {
        read_file: (entry: number, out: number, bytes: number) =>
          host.readFile(entry >>> 0, new Uint8Array(memory().buffer, out >>> 0, bytes >>> 0)) ? 1 : 0,
        progress: (name: number, bytes: number, parts: number) =>
          host.progress(text.decode(new Uint8Array(memory().buffer, name >>> 0, bytes >>> 0)), parts >>> 0),
      },
      wasi_snapshot_preview1: wasi(memory),
    };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
    this.#exports = instance.exports as unknown as Exports;
    this.#exports._initialize();
    const kernel = wanted !== "portable" && WebAssembly.validate(simd) ? this.#joinKernel(simd) : 0;
    this.kernel = this.#exports.start(kernel) === 1 ? "simd128" : "portable";
    if (wanted !== undefined && wanted !== this.kernel) {
      throw new ElectionGuardError("unavailable", `this engine does not run the kernel '${wanted}'`, "kernel");
    }
  }

  /** Its functions are numbers of its own table: each gets a place in the module's. */
  #joinKernel(simd: BufferSource): number {
    const { memory, __indirect_function_table: table } = this.#exports;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(simd), { env: { memory } });
    const own = instance.exports as unknown as KernelExports;
    const at = own.kernel();
    const words = new Uint32Array(memory.buffer, at, KERNEL_WORDS.all);
    for (let i = KERNEL_WORDS.first; i < KERNEL_WORDS.all; i++) {
      if (words[i] !== 0) {
        const place = table.grow(1);
        table.set(place, own.__indirect_function_table.get(words[i]!));
        words[i] = place;
      }
    }
    return at;
  }

  /** One operation of src/module; request: a map, or its JSON text. Throws an ElectionGuardError where it fails. */
  call(name: string, request: object | string): unknown {
    if (this.#isBroken) {
      throw new ElectionGuardError("unavailable", "the module gave up in an earlier call: load it again");
    }
    let answer: { good: boolean; text: string };
    try {
      answer = this.#run(name, request);
    } catch (fault) {
      if (fault instanceof ElectionGuardError) {
        throw fault;
      }
      this.#isBroken = true; // an instance that was left within a call holds whatever it held
      throw new ElectionGuardError("internal", `the module gave up: ${(fault as Error).message}`);
    }
    const value = JSON.parse(answer.text);
    if (!answer.good) {
      throw new ElectionGuardError(value.code, value.message, value.path);
    }
    return value;
  }

  #run(name: string, request: object | string): { good: boolean; text: string } {
    const { memory, room, call, answer, answer_bytes, done } = this.#exports;
    const encoder = new TextEncoder();
    const nameBytes = encoder.encode(name);
    const requestBytes = encoder.encode(typeof request === "string" ? request : JSON.stringify(request));
    const at = room(nameBytes.length + requestBytes.length) >>> 0;
    if (at === 0) {
      requestBytes.fill(0);
      throw new ElectionGuardError("too_large", "there is not so much memory");
    }
    const place = new Uint8Array(memory.buffer, at, nameBytes.length + requestBytes.length);
    place.set(nameBytes);
    place.set(requestBytes, nameBytes.length);
    requestBytes.fill(0);
    const good = call(at, nameBytes.length, requestBytes.length) === 1;
    const text = new TextDecoder().decode(new Uint8Array(memory.buffer, answer() >>> 0, answer_bytes() >>> 0));
    done();
    return { good, text };
  }
}
