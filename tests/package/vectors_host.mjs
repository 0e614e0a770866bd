// The runner of known answers (tests/vectors) in WebAssembly: its files by WASI, its jansson and GMP by JavaScript.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { WASI } from "node:wasi";

/** JSON with its integers whole and its members in their order, which JSON.parse keeps neither. */
function readJson(text) {
  let at = 0;
  const expect = (word) => {
    if (!text.startsWith(word, at)) {
      throw new SyntaxError(`${word} expected at ${at}`);
    }
    at += word.length;
  };
  const skip = () => {
    while (" \t\r\n".includes(text[at] ?? "x")) {
      at++;
    }
  };
  const is = (character) => {
    skip();
    return text[at] === character && ++at > 0;
  };
  const items = (close, one) => {
    for (let more = !is(close); more; more = is(",") || (expect(close), false)) {
      skip();
      one();
    }
  };
  const token = (pattern) => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    at += found === undefined ? 0 : found.length;
    return found;
  };
  const string = () => JSON.parse(token(/"(?:[^"\\]|\\.)*"/y));
  const value = () => {
    skip();
    if (is("{")) {
      const members = new Map();
      items("}", () => {
        const key = string();
        expect((skip(), ":"));
        members.set(key, value());
      });
      return members;
    }
    if (is("[")) {
      const list = [];
      items("]", () => list.push(value()));
      return list;
    }
    if (text[at] === '"') {
      return string();
    }
    const number = token(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    return number === undefined ? JSON.parse(token(/true|false|null/y)) : /[.eE]/.test(number) ? Number(number) : BigInt(number);
  };
  const whole = value();
  skip();
  return at === text.length ? whole : expect("the end");
}

function writeJson(value) {
  if (value instanceof Map) {
    return `{${[...value].map(([key, one]) => `${JSON.stringify(key)}:${writeJson(one)}`).join()}}`;
  }
  return Array.isArray(value) ? `[${value.map(writeJson).join()}]` : typeof value === "bigint" ? `${value}` : JSON.stringify(value);
}

function equal(a, b) {
  if (a instanceof Map) {
    return b instanceof Map && a.size === b.size && [...a].every(([key, one]) => b.has(key) && equal(one, b.get(key)));
  }
  return Array.isArray(a) ? Array.isArray(b) && a.length === b.length && a.every((one, i) => equal(one, b[i])) : a === b;
}

/** What the program's memory holds, and room in it. */
class Memory {
  constructor() {
    this.texts = new Map();
  }
  bytes(at, length) {
    return new Uint8Array(this.exports.memory.buffer, at, length);
  }
  view() {
    return new DataView(this.exports.memory.buffer);
  }
  text(at, length) {
    const all = this.bytes(at, this.exports.memory.buffer.byteLength - at);
    return new TextDecoder("utf-8", { fatal: true }).decode(all.slice(0, length ?? all.indexOf(0)));
  }
  /** NUL behind it, the program's own. */
  put(text) {
    const bytes = new TextEncoder().encode(text);
    const at = this.exports.malloc(bytes.length + 1);
    this.bytes(at, bytes.length + 1).set([...bytes, 0]);
    return at;
  }
  /** The same text stays at one place. */
  kept(text) {
    if (!this.texts.has(text)) {
      this.texts.set(text, this.put(text));
    }
    return this.texts.get(text);
  }
}

function jansson(memory, folder) {
  const values = [undefined];
  const numbers = new Map();
  const valueOf = (number) => values[number];
  const numberOf = (value) => {
    if (value === undefined) {
      return 0;
    }
    const isShared = typeof value === "object" && value !== null;
    if (!isShared || !numbers.has(value)) {
      values.push(value);
      numbers.set(value, values.length - 1);
      return values.length - 1;
    }
    return numbers.get(value);
  };
  const is = (test) => (number) => (number !== 0 && test(valueOf(number)) ? 1 : 0);
  const member = (number, key) => (valueOf(number) instanceof Map ? numberOf(valueOf(number).get(key)) : 0);
  const read = (text) => {
    try {
      return numberOf(readJson(text()));
    } catch {
      return 0;
    }
  };
  const listOf = (number) => (Array.isArray(valueOf(number)) ? valueOf(number) : []);
  const mapOf = (number) => (valueOf(number) instanceof Map ? valueOf(number) : new Map());
  const set = (number, key, value) => (valueOf(number).set(key, valueOf(value)), 0);
  return {
    json_is_object: is((value) => value instanceof Map),
    json_is_array: is(Array.isArray),
    json_is_string: is((value) => typeof value === "string"),
    json_is_integer: is((value) => typeof value === "bigint"),
    json_is_boolean: is((value) => typeof value === "boolean"),
    json_is_true: is((value) => value === true),
    json_is_false: is((value) => value === false),
    json_equal: (a, b) => (a !== 0 && b !== 0 && equal(valueOf(a), valueOf(b)) ? 1 : 0),
    json_string_value: (number) => memory.kept(valueOf(number)),
    json_string_length: (number) => new TextEncoder().encode(valueOf(number)).length,
    json_integer_value: (number) => (typeof valueOf(number) === "bigint" ? valueOf(number) : 0n),
    json_array_size: (number) => listOf(number).length,
    json_array_get: (number, index) => numberOf(listOf(number)[index]),
    json_object_size: (number) => mapOf(number).size,
    json_object_get: (number, key) => member(number, memory.text(key)),
    json_object_getn: (number, key, length) => member(number, memory.text(key, length)),
    json_host_key: (number, index) => memory.kept([...mapOf(number).keys()][index]),
    json_host_member: (number, index) => numberOf([...mapOf(number).values()][index]),
    json_object: () => numberOf(new Map()),
    json_array: () => numberOf([]),
    json_stringn: (at, length) => numberOf(memory.text(at, length)),
    json_integer: numberOf,
    json_array_append_new: (list, value) => (valueOf(list).push(valueOf(value)), 0),
    json_object_set_new: (number, key, value) => set(number, memory.text(key), value),
    json_object_setn_new: (number, key, length, value) => set(number, memory.text(key, length), value),
    json_loadb: (at, length) => read(() => memory.text(at, length)),
    json_load_file: (path) => read(() => readFileSync(join(folder, basename(memory.text(path))), "utf8")),
    json_dumps: (number) => memory.put(writeJson(valueOf(number))),
  };
}

function power(base, exponent, modulus) {
  let result = 1n;
  for (let bits = exponent, square = base % modulus; bits > 0n; bits >>= 1n, square = (square * square) % modulus) {
    result = bits & 1n ? (result * square) % modulus : result;
  }
  return result;
}

function gmp(memory) {
  const numbers = new Map(); // by address
  const set = (at, value) => void numbers.set(at, value);
  const get = (at) => numbers.get(at);
  const hexOf = (value) => value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), "0");
  return {
    mpz_import(out, count, _order, _size, _endian, _nails, words) {
      const list = Array.from({ length: count }, (_, i) => memory.view().getBigUint64(words + 8 * i, true));
      set(out, list.reduceRight((sum, word) => (sum << 64n) | word, 0n));
    },
    mpz_export(out, count, _order, _size, _endian, _nails, value) {
      const bytes = Buffer.from(hexOf(get(value)), "hex");
      memory.bytes(out, bytes.length).set(bytes);
      memory.view().setUint32(count, bytes.length, true);
      return out;
    },
    mpz_get_str: (_out, base, value) => memory.put(get(value).toString(base)),
    mpz_sizeinbase: (value, base) => get(value).toString(base).length,
    mpz_cmp: (a, b) => (get(a) > get(b) ? 1 : get(a) < get(b) ? -1 : 0),
    mpz_set_ui: (out, value) => set(out, BigInt(value)),
    mpz_add_ui: (out, a, b) => set(out, get(a) + BigInt(b)),
    mpz_sub_ui: (out, a, b) => set(out, get(a) - BigInt(b)),
    mpz_mul: (out, a, b) => set(out, get(a) * get(b)),
    mpz_divexact: (out, a, b) => set(out, get(a) / get(b)),
    mpz_powm: (out, base, exponent, modulus) => set(out, power(get(base), get(exponent), get(modulus))),
  };
}

/** Runs the program on a folder: its exit status, what it printed, and the kernel that it used. */
export function runVectors(program, folder) {
  const memory = new Memory();
  const wasi = new WASI({ version: "preview1", args: ["run-vectors", "/vectors"], preopens: { "/vectors": folder } });
  const imports = wasi.getImportObject().wasi_snapshot_preview1;
  let said = "";
  function fd_write(fd, list, count, written) {
    if (fd > 2) {
      return imports.fd_write(fd, list, count, written);
    }
    const pieces = Array.from({ length: count }, (_, i) => [0, 4].map((word) => memory.view().getUint32(list + 8 * i + word, true)));
    said += pieces.map(([at, length]) => memory.text(at, length)).join("");
    memory.view().setUint32(written, pieces.reduce((sum, [, length]) => sum + length, 0), true);
    return 0;
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(program)), {
    wasi_snapshot_preview1: { ...imports, fd_write },
    jansson: jansson(memory, folder),
    gmp: gmp(memory),
  });
  memory.exports = instance.exports;
  const status = wasi.start(instance);
  return { status, said, kernel: memory.text(instance.exports.kernel_name()) };
}
