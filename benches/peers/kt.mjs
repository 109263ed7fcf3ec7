// Node's side of run.sh: what node:crypto needs to seal and open the messages in a directory. Node reads GB2312 by itself but does not write it;
// the table below is what its usual library has.
// `node kt.mjs DIR`
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';

const key = Buffer.from('693207DB8148FBC9D8410179', 'ascii');
const date = Buffer.from('20190225', 'ascii');
const decoder = new TextDecoder('gbk', { fatal: true });

const table = new Uint16Array(65536);
for (let lead = 0x81; lead <= 0xfe; lead++) {
  for (let trail = 0x40; trail <= 0xfe; trail++) {
    try {
      table[decoder.decode(Uint8Array.of(lead, trail)).charCodeAt(0)] = (lead << 8) | trail;
    } catch {
      // Not every pair is a character.
    }
  }
}

function encode(text) {
  const bytes = Buffer.allocUnsafe(text.length * 2);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) {
      bytes[at++] = code;
    } else {
      bytes[at++] = table[code] >> 8;
      bytes[at++] = table[code] & 0xff;
    }
  }
  return bytes.subarray(0, at);
}

function seal(text) {
  const cipher = createCipheriv('des-ede3-cbc', key, date);
  const bytes = cipher.update(encode(text));
  return Buffer.concat([bytes, cipher.final()]).toString('base64');
}

function open(data) {
  const cipher = createDecipheriv('des-ede3-cbc', key, date);
  const bytes = cipher.update(data, 'base64');
  return decoder.decode(Buffer.concat([bytes, cipher.final()]));
}

// The best of many rounds of ten milliseconds, after a second for the compiler.
function best(work) {
  for (const end = performance.now() + 1000; performance.now() < end; ) work();
  let start = process.hrtime.bigint();
  work();
  const times = Math.max(1, Math.floor(1e7 / Number(process.hrtime.bigint() - start)));
  let best = Infinity;
  for (let round = 0; round < 50; round++) {
    start = process.hrtime.bigint();
    for (let time = 0; time < times; time++) work();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / times);
  }
  return Math.round(best);
}

for (const length of [512, 4096, 65536]) {
  const text = readFileSync(`${process.argv[2]}/${length}.json`, 'utf8');
  const sealed = readFileSync(`${process.argv[2]}/${length}.sealed`, 'utf8');
  if (seal(text) !== sealed || open(sealed) !== text) throw new Error(`Node and kt-proto disagree at ${length} bytes`);
  console.log(`seal ${length} ${best(() => seal(text))}`);
  console.log(`open ${length} ${best(() => open(sealed))}`);
}
