// Hands a file out.
import { useState } from "preact/hooks";
import t from "texts";
import { save } from "../files/save";
import { announce } from "./announce";

interface SaveButtonProps {
  name: string;
  text: string;
  main?: boolean;
  onSaved?(): void;
}

export function SaveButton({ name, text, main = false, onSaved }: SaveButtonProps) {
  const [isSaved, setSaved] = useState(false);
  const clicked = (): void => {
    save(name, text);
    setSaved(true);
    announce(t.file.saved(name));
    onSaved?.();
  };
  return (
    <p class="save">
      <button type="button" class={main ? "main" : undefined} onClick={clicked}>
        {t.file.save(name)}
      </button>
      {isSaved && <span class="quiet">{t.file.saved(name)}</span>}
    </p>
  );
}
