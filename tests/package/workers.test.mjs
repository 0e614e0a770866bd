// What is said to a worker, and a worker's end.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { Connection } from "../../build/package/dist/connection.js";
import { electionOf, loaded, PACKAGE, vote } from "./support.mjs";

/** A worker that does as it is told: replies, and ends. */
function told() {
  const posts = [];
  let events;
  const worker = { post: (message) => posts.push(message), end: () => (worker.ended = true), hold: () => {}, ended: false };
  const platform = {
    startWorker(given) {
      events = given;
      return worker;
    },
  };
  const answer = (id, value) => events.reply({ id, kind: "answer", answer: value });
  return { platform, posts, worker, answer, lose: (why) => events.lost(why) };
}

async function connected() {
  const side = told();
  const opening = Connection.open(side.platform, {});
  side.answer(0, {});
  return { ...side, connection: await opening };
}

test("answers find their calls in any order", async () => {
  const { connection, answer } = await connected();
  const [first, second] = [connection.call("a", {}), connection.call("b", {})];
  answer(2, "second");
  answer(1, "first");
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
  assert.equal(connection.isBusy, false);
});

test("a worker that ends refuses what waits for it, and what comes", async () => {
  const { connection, worker, lose } = await connected();
  const waiting = assert.rejects(connection.call("a", {}), { name: "ElectionGuardError", code: "unavailable", message: /out of memory/ });
  lose("out of memory");
  await waiting;
  await assert.rejects(connection.call("a", {}), { code: "unavailable" });
  assert.equal(worker.ended, true);
});

test("a worker that does not start is an error", async () => {
  const { platform, worker, lose } = told();
  const opening = assert.rejects(Connection.open(platform, {}), { code: "unavailable" });
  lose("the policy forbids it");
  await opening;
  assert.equal(worker.ended, true);
});

test("a program ends that closes nothing, and not before its answers are there", () => {
  const program = `
    import { load } from ${JSON.stringify(`${PACKAGE}/dist/node.js`)};
    const eg = await load();
    await eg.createGuardian({ id: "a", sequence_order: 1, number_of_guardians: 1, quorum: 1 });
    eg.info().then(({ version }) => console.log(version));`;
  assert.match(execFileSync("node", ["--input-type=module", "-e", program], { encoding: "utf8" }), /^\d+\.\d+\.\d+\n$/);
});

test("the thread that calls is not blocked", async (t) => {
  const { election } = await electionOf(await loaded(t));
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  await Promise.all(Array.from({ length: 5 }, (_, i) => election.encrypt(vote(`b-${i}`, "Oak"))));
  clearInterval(turning);
  assert.ok(turns >= 5, `${turns} turns`);
});
