// Whom a backup says it is from: to name the sender of one that is not good.
export function senderOf(text: string): string | null {
  try {
    const id: unknown = (JSON.parse(text) as { owner_id?: unknown }).owner_id;
    return typeof id === "string" && id !== "" ? id : null;
  } catch {
    return null;
  }
}
