// Failures as they come, and at the end what tools/run_suites counts.
export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (type === "test:pass" && data.details?.type !== "suite" && !data.skip) {
      passed++;
    } else if (type === "test:fail" && data.details?.type !== "suite") {
      failed++;
      const fault = data.details?.error?.cause ?? data.details?.error;
      yield `FAILED ${data.file ?? ""}: ${data.name}\n${fault?.stack ?? fault}\n`;
    } else if (type === "test:stdout" || type === "test:stderr") {
      yield data.message;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}
