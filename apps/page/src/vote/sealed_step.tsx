// The ballot is encrypted and its code known: now, and not before, the voter decides between casting and testing it.
import t from "texts";
import { castHost, castUrl } from "../cast_target";
import { Heading } from "../parts/heading";
import { Confirmation } from "./confirmation";
import type { Sealed } from "./types";

export function SealedStep({ sealed, onCast, onChallenge }: { sealed: Sealed; onCast(): void; onChallenge(): void }) {
  return (
    <>
      <Heading level={2} focus>
        {t.vote.sealed.title}
      </Heading>
      <p>{t.vote.sealed.help}</p>
      <Confirmation code={sealed.code} />
      <h2>{t.vote.sealed.decide}</h2>
      <div class="ways">
        <section>
          <h3>{t.vote.sealed.castTitle}</h3>
          <p>{t.vote.sealed.castText}</p>
          <button type="button" class="main" onClick={onCast}>
            {castUrl === null ? t.vote.sealed.castFile : t.vote.sealed.castSend(castHost)}
          </button>
        </section>
        <section>
          <h3>{t.vote.sealed.challengeTitle}</h3>
          <p>{t.vote.sealed.challengeText}</p>
          <button type="button" onClick={onChallenge}>
            {t.vote.sealed.challenge}
          </button>
        </section>
      </div>
    </>
  );
}
