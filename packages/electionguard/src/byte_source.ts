/** Bytes that are read piece by piece, at once: within a worker. */
export interface ByteSource {
  readonly bytes: number;
  /** Exactly these; throws where they cannot be had. The caller's own, or good until the next read. */
  read(at: number, bytes: number): Uint8Array;
  close(): void;
}

const WINDOW_BYTES = 256 * 1024;

/** Small pieces that lie beside one another, read in few large ones. */
export class Windowed implements ByteSource {
  readonly bytes: number;
  readonly #source: ByteSource;
  #at = 0;
  #window = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
    this.bytes = source.bytes;
  }

  read(at: number, bytes: number): Uint8Array {
    if (bytes > WINDOW_BYTES) {
      return this.#source.read(at, bytes);
    }
    if (at < this.#at || at + bytes > this.#at + this.#window.length) {
      const more = Math.min(WINDOW_BYTES, Math.max(bytes, this.bytes - at));
      this.#window = new Uint8Array(this.#source.read(at, more));
      this.#at = at;
    }
    return this.#window.subarray(at - this.#at, at - this.#at + bytes);
  }

  close(): void {
    this.#source.close();
  }
}

export class MemorySource implements ByteSource {
  readonly bytes: number;
  readonly #memory: Uint8Array;

  constructor(memory: Uint8Array) {
    this.#memory = memory;
    this.bytes = memory.length;
  }

  read(at: number, bytes: number): Uint8Array {
    if (at < 0 || at + bytes > this.bytes) {
      throw new RangeError("beyond the end");
    }
    return this.#memory.slice(at, at + bytes);
  }

  close(): void {}
}
