// An election through a client generated from docs/openapi.json by openapi-typescript, with its default settings: three
// guardians, of whom one does not come to decrypt. Argument: the service's URL. Ends with 1 when the count is not the plain one.
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi.js";

type Schemas = components["schemas"];

const url = process.argv[2];
if (url === undefined) {
  throw new Error("usage: election URL");
}
const client = createClient<paths>({ baseUrl: url });

/** What was answered; an error of the service ends the election. */
function answered<T>(reply: { data?: T; error?: unknown; response: Response }): T {
  if (reply.data === undefined) {
    throw new Error(`${reply.response.status}: ${JSON.stringify(reply.error)}`);
  }
  return reply.data;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) {
    throw new Error(`the answer has no element ${index}`);
  }
  return found;
}

const names = { party_names: ["P", "Q"], candidate_names: ["Ann", "Bob"] };
const votes = ["Ann", "Bob", "Ann", "Ann"];
const setup = answered(
  await client.POST("/setup_guardians", { body: { ...names, number_of_guardians: 3, quorum: 2 } }),
);
const election = {
  ...names,
  joint_public_key: setup.joint_public_key,
  commitment_hash: setup.commitment_hash,
  number_of_guardians: 3,
  quorum: 2,
};

const ballots: Schemas["BallotArtifact"][] = [];
for (const [index, vote] of votes.entries()) {
  const answer = answered(
    await client.POST("/create_encrypted_ballot", {
      body: { ...election, ballot_id: `b-${index}`, candidate_name: vote },
    }),
  );
  if (!("encrypted_ballot" in answer) || answer.encrypted_ballot === undefined) {
    throw new Error("one ballot was asked for");
  }
  ballots.push(answer.encrypted_ballot);
}

const tally = answered(
  await client.POST("/create_encrypted_tally", { body: { ...election, encrypted_ballots: ballots } }),
);
const counted = { ciphertext_tally: tally.ciphertext_tally, submitted_ballots: tally.submitted_ballots };

const shares = [];
const compensated = [];
for (const index of [0, 1]) {
  const key = {
    id: String(index + 1),
    data: at(setup.guardian_data, index),
    private: at(setup.private_keys, index),
    public: at(setup.public_keys, index),
    polynomial: at(setup.polynomials, index),
  };
  const own = answered(
    await client.POST("/create_partial_decryption", {
      body: {
        ...election,
        ...counted,
        guardian_id: key.id,
        guardian_data: key.data,
        private_key: key.private,
        public_key: key.public,
        polynomial: key.polynomial,
      },
    }),
  );
  const other = answered(
    await client.POST("/create_compensated_decryption", {
      body: {
        ...election,
        ...counted,
        available_guardian_id: key.id,
        missing_guardian_id: "3",
        available_guardian_data: key.data,
        missing_guardian_data: at(setup.guardian_data, 2),
        available_private_key: key.private,
        available_public_key: key.public,
        available_polynomial: key.polynomial,
      },
    }),
  );
  if (!("tally_share" in own) || !("compensated_tally_share" in other)) {
    throw new Error("shares of one tally were asked for");
  }
  shares.push({ id: key.id, ...own });
  compensated.push({ id: key.id, ...other });
}

const combined = answered(
  await client.POST("/combine_decryption_shares", {
    body: {
      ...election,
      ...counted,
      guardian_data: setup.guardian_data,
      available_guardian_ids: shares.map((share) => share.id),
      available_guardian_public_keys: shares.map((share) => share.guardian_public_key),
      available_tally_shares: shares.map((share) => share.tally_share),
      available_ballot_shares: shares.map((share) => share.ballot_shares),
      missing_guardian_ids: compensated.map(() => "3"),
      compensating_guardian_ids: compensated.map((share) => share.id),
      compensated_tally_shares: compensated.map((share) => share.compensated_tally_share),
      compensated_ballot_shares: compensated.map((share) => share.compensated_ballot_shares),
    },
  }),
);
const results = typeof combined.results === "string" ? JSON.parse(combined.results) : combined.results;
for (const name of names.candidate_names) {
  const plain = votes.filter((vote) => vote === name).length;
  const found = Number(results.results.candidates[name].votes);
  console.log(`${name}: ${found}, plain count ${plain}`);
  if (found !== plain) {
    process.exitCode = 1;
  }
}
