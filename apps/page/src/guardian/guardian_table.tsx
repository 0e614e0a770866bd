// Who the guardians are, and what is here of each.
import t from "texts";
import { Code } from "../parts/code";
import type { About } from "./types";

function Row({ order, about }: { order: number; about: About }) {
  const known = about.known.find((one) => one.sequence_order === order);
  const isOwn = order === about.sequence_order;
  return (
    <tr>
      <th scope="row" data-label={t.guardian.others.number}>
        {order}
      </th>
      <td data-label={t.guardian.others.name}>
        {known === undefined ? <span class="quiet">{t.guardian.others.missing}</span> : <bdi>{known.id}</bdi>}
        {isOwn && ` (${t.guardian.others.you})`}
      </td>
      <td data-label={t.guardian.others.fingerprint}>{known !== undefined && <Code code={known.fingerprint.replaceAll(" ", "")} />}</td>
      <td data-label={t.guardian.others.backup}>
        {isOwn ? "–" : known?.has_backup ? t.guardian.others.has : t.guardian.others.hasNot}
      </td>
    </tr>
  );
}

export function GuardianTable({ about }: { about: About }) {
  const orders = Array.from({ length: about.number_of_guardians }, (_, i) => i + 1);
  return (
    <table class="guardians">
      <caption class="unseen">{t.guardian.others.table}</caption>
      <thead>
        <tr>
          <th scope="col">{t.guardian.others.number}</th>
          <th scope="col">{t.guardian.others.name}</th>
          <th scope="col">{t.guardian.others.fingerprint}</th>
          <th scope="col">{t.guardian.others.backup}</th>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <Row key={order} order={order} about={about} />
        ))}
      </tbody>
    </table>
  );
}
