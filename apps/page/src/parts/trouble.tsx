// A problem, said at once and in words, with what exactly below.
import t from "texts";
import type { Problem } from "../files/problem";

export function Trouble({ problem }: { problem: Problem | null }) {
  return (
    <div role="alert">
      {problem !== null && (
        <div class="trouble">
          <p>
            <strong>{t.error.title}.</strong> {problem.says}
          </p>
          {problem.detail !== undefined && (
            <p class="quiet">
              {t.error.detail}: {problem.detail}
            </p>
          )}
        </div>
      )}
    </div>
  );
}
