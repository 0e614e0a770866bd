// A labelled field with its help, or with what is wrong with it.
import { useId } from "preact/hooks";

interface FieldProps {
  label: string;
  value: string;
  type?: "text" | "password";
  help?: string;
  fault?: string | undefined;
  short?: boolean;
  numeric?: boolean;
  autocomplete?: string;
  onValue(value: string): void;
}

export function Field({ label, value, type = "text", help, fault, short = false, numeric = false, autocomplete = "off", onValue }: FieldProps) {
  const id = useId();
  // what an input may have follows from its type, which is one of two here
  const attributes: object = {
    type,
    ...(numeric ? { inputMode: "numeric" as const } : {}),
    ...(help !== undefined || fault !== undefined ? { "aria-describedby": `${id}-help` } : {}),
  };
  return (
    <div class={short ? "field short" : "field"}>
      <label for={id}>{label}</label>
      <input
        {...attributes}
        id={id}
        value={value}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={fault !== undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {(fault ?? help) !== undefined && (
        <p class={fault === undefined ? "quiet" : "warning"} id={`${id}-help`}>
          {fault ?? help}
        </p>
      )}
    </div>
  );
}
