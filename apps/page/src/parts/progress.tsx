// Work under way, with a bar where it is known how much there is.
import t from "texts";

interface ProgressProps {
  text: string;
  done?: number;
  total?: number;
  onStop?(): void;
}

export function Progress({ text, done = 0, total = 0, onStop }: ProgressProps) {
  return (
    <div class="progress">
      <p role="status">{text}</p>
      {total > 0 ? <progress aria-label={text} max={total} value={done} /> : <progress aria-label={text} />}
      {onStop !== undefined && (
        <button type="button" onClick={onStop}>
          {t.wait.cancel}
        </button>
      )}
    </div>
  );
}
