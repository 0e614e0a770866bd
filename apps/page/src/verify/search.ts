// Codes are read from paper and typed: case, white space and dashes are no difference.
const plain = (text: string): string => text.toLowerCase().replace(/[\s-]/g, "");

export function search<B extends { id: string; code: string }>(ballots: readonly B[], wanted: string): B[] {
  const part = plain(wanted);
  if (part === "") {
    return [];
  }
  return ballots.filter((ballot) => ballot.code.toLowerCase().includes(part) || plain(ballot.id).includes(part));
}
