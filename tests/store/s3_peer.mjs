// A server of S3's PUT and GET for tests: objects in memory, every signature checked with npm's aws4, which shares nothing with
// what made it. Its faults are asked for on stdin, one JSON map a line: {"status", "code", "times"} answers so often with that,
// {"cut": n} ends so many answers within their body; {"delay": ms} answers later from then on. Prints its port; then a line for each request.
//
//   node s3_peer.mjs ACCESS SECRET [KEY CERTIFICATE]
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import readline from 'node:readline';
import aws4 from 'aws4';

const [accessKeyId, secretAccessKey, keyFile, certificateFile] = process.argv.slice(2);
const REGION = 'eu-test-1';
const objects = new Map();
let fault = null;
let cut = 0;
let delay = 0;

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line);
  if (asked.cut) cut = asked.cut;
  else if ('delay' in asked) delay = asked.delay;
  else fault = asked;
  console.log('set');
});

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// What is wrong with a request's signature; empty when nothing is.
function signatureFault(request, body) {
  const given = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  );
  if (!given) return 'AccessDenied';
  const [, credential, signed, signature] = given;
  const [key, day, region, service, end] = credential.split('/');
  const date = request.headers['x-amz-date'] ?? '';
  if (key !== accessKeyId) return 'InvalidAccessKeyId';
  if (region !== REGION || service !== 's3' || end !== 'aws4_request' || !date.startsWith(day)) {
    return 'AuthorizationHeaderMalformed';
  }
  const names = signed.split(';');
  for (const name of ['host', 'x-amz-content-sha256', 'x-amz-date']) {
    if (!names.includes(name)) return 'AccessDenied';
  }
  const at = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - at) < 15 * 60 * 1000)) return 'RequestTimeTooSkewed';
  if (request.headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const again = {
    method: request.method,
    path: request.url,
    service: 's3',
    region,
    headers: Object.fromEntries(names.map((name) => [name, request.headers[name] ?? ''])),
  };
  const signer = new aws4.RequestSigner(again, { accessKeyId, secretAccessKey });
  const expected = /Signature=([0-9a-f]{64})$/.exec(signer.sign().headers.Authorization)[1];
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature)) ? '' : 'SignatureDoesNotMatch';
}

function refuse(response, status, code) {
  const body = `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>no</Message></Error>`;
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(body);
  return code;
}

function giveObject(response, object) {
  response.writeHead(200, { 'Content-Length': object.length });
  if (cut === 0) {
    response.end(object);
    return 'got';
  }
  cut -= 1;
  response.write(object.subarray(0, object.length - 1), () => response.destroy());
  return 'cut';
}

function answer(request, response, body) {
  const name = request.url;
  if (fault && fault.times > 0) {
    fault.times -= 1;
    return refuse(response, fault.status, fault.code);
  }
  const wrong = signatureFault(request, body);
  if (wrong) return refuse(response, 403, wrong);
  if (!name.startsWith('/ballots/')) return refuse(response, 404, 'NoSuchBucket');
  if (request.method === 'PUT') {
    objects.set(name, body);
    response.writeHead(200).end();
    return 'put';
  }
  if (request.method !== 'GET') return refuse(response, 405, 'MethodNotAllowed');
  return objects.has(name) ? giveObject(response, objects.get(name)) : refuse(response, 404, 'NoSuchKey');
}

function serve(request, response) {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    setTimeout(() => {
      const what = answer(request, response, Buffer.concat(pieces));
      console.log(`${request.method} ${request.url} ${what}`);
    }, delay);
  });
}

const server = keyFile
  ? https.createServer({ key: readFileSync(keyFile), cert: readFileSync(certificateFile) }, serve)
  : http.createServer(serve);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
