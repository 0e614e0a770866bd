// Where a file is chosen or dropped.
import { useId, useRef, useState } from "preact/hooks";
import t from "texts";

interface FileFieldProps {
  label: string;
  many?: boolean;
  accept?: string;
  disabled?: boolean;
  help?: string;
  onFiles(files: File[]): void;
}

export function FileField({ label, many = false, accept, disabled = false, help, onFiles }: FileFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const give = (list: FileList | null | undefined): void => {
    const files = [...(list ?? [])];
    if (files.length > 0 && !disabled) {
      onFiles(files);
    }
  };
  const dropped = (event: DragEvent): void => {
    setOver(false);
    give(event.dataTransfer?.files);
  };
  // the same file may be chosen again after it was mended
  const chosen = (): void => {
    give(input.current?.files);
    input.current!.value = "";
  };
  return (
    <div class={isOver ? "drop over" : "drop"} onDragOver={() => setOver(true)} onDragLeave={() => setOver(false)} onDrop={dropped}>
      <label for={id}>{label}</label>
      <input
        id={id}
        ref={input}
        type="file"
        multiple={many}
        accept={accept}
        disabled={disabled}
        aria-describedby={`${id}-help`}
        onChange={chosen}
      />
      <p class="quiet" id={`${id}-help`}>
        {many ? t.file.dropMany : t.file.drop}
        {help !== undefined && `. ${help}`}
      </p>
    </div>
  );
}
