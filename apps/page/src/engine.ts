// The package behind the page: loaded once, from what the page carries.
import { ElectionGuardError, isSupported, load, type ElectionGuard } from "electionguard";

declare const MODULE_WASM: string;
declare const MODULE_SIMD: string;
declare const MODULE_WORKER: string;

export { ElectionGuardError, isSupported };
export type { Election, ElectionGuard, Guardian, RecordReport } from "electionguard";

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    bytes[i] = text.charCodeAt(i);
  }
  return bytes;
}

/** Nothing is fetched: the module and its worker are in the page. */
export function start(): Promise<ElectionGuard> {
  return load({ module: { wasm: bytesOf(MODULE_WASM), simd: bytesOf(MODULE_SIMD), worker: MODULE_WORKER } });
}
