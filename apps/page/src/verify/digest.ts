// The number by which two people know that they have the same record: as `egserve report` prints it.
const MOST = 512 * 1024 * 1024; // it is in memory while it is computed

export async function sha256Of(file: Blob): Promise<string | null> {
  // browsers have it only where a page is trusted: from a disk, or over https
  if (file.size > MOST || crypto.subtle === undefined) {
    return null;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
