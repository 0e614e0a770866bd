// Names of an election's manifest: in several languages, plain, or missing.

export interface Named {
  value: string;
  language?: string;
}

interface Languages {
  text?: { value?: unknown; language?: unknown }[];
}

function listed(text: unknown): Named[] {
  if (typeof text === "string") {
    return text.trim() === "" ? [] : [{ value: text }];
  }
  const list = (text as Languages | null | undefined)?.text;
  return (Array.isArray(list) ? list : [])
    .filter((one) => typeof one?.value === "string" && one.value.trim() !== "")
    .map((one) => ({ value: String(one.value), ...(typeof one.language === "string" ? { language: one.language } : {}) }));
}

/** The reader's language first, then the page's, then whatever comes first. */
export function textOf(text: unknown, languages: readonly string[]): Named | null {
  const list = listed(text);
  for (const wanted of languages) {
    const short = wanted.split("-")[0]!.toLowerCase();
    const found = list.find((one) => one.language?.toLowerCase().split("-")[0] === short);
    if (found !== undefined) {
      return found;
    }
  }
  return list[0] ?? null;
}
