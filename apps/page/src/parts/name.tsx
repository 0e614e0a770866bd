// A name from a file, in its own language and direction.
import { textOf, type Named } from "./text_of";

function readers(): readonly string[] {
  return [...navigator.languages, document.documentElement.lang];
}

export function nameOf(text: unknown, orElse: string): Named {
  return textOf(text, readers()) ?? { value: orElse };
}

export function Name({ text, orElse }: { text: unknown; orElse: string }) {
  const name = nameOf(text, orElse);
  return <bdi lang={name.language}>{name.value}</bdi>;
}
