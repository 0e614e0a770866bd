/** What an engine must have; nothing is started or fetched. */
const NEEDED: [name: string, isThere: () => boolean][] = [
  ["WebAssembly", () => typeof WebAssembly === "object"],
  ["BigInt", () => typeof BigInt === "function"],
  ["crypto.getRandomValues", () => typeof crypto === "object" && typeof crypto.getRandomValues === "function"],
  ["TextEncoder", () => typeof TextEncoder === "function" && typeof TextDecoder === "function"],
  ["Blob", () => typeof Blob === "function"],
  ["AbortSignal.throwIfAborted", () => typeof AbortSignal === "function" && "throwIfAborted" in AbortSignal.prototype],
];

export function support(further: typeof NEEDED): { ok: boolean; missing: string[] } {
  const missing = [...NEEDED, ...further].filter(([, isThere]) => !isThere()).map(([name]) => name);
  return { ok: missing.length === 0, missing };
}
