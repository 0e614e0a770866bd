// ML-KEM-1024 by an independent implementation, for the tests: one request in JSON on stdin, its answer on stdout.
// Byte strings are hexadecimal.
import { readFileSync } from 'node:fs';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data) => Buffer.from(data).toString('hex');

const operations = {
  keygen: ({ seed }) => {
    const { publicKey, secretKey } = ml_kem1024.keygen(bytes(seed));
    return { public_key: hex(publicKey), private_key: hex(secretKey) };
  },
  encapsulate: ({ public_key, message }) => {
    const { cipherText, sharedSecret } = ml_kem1024.encapsulate(bytes(public_key), bytes(message));
    return { ciphertext: hex(cipherText), shared: hex(sharedSecret) };
  },
  decapsulate: ({ private_key, ciphertext }) => ({
    shared: hex(ml_kem1024.decapsulate(bytes(ciphertext), bytes(private_key))),
  }),
};

const request = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(operations[request.operation](request)));
