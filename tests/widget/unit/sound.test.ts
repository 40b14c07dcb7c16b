// Sound on its way between the page's rate and the line's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CUSHION, JitterBuffer, MOST } from "../../../server/widget/src/voice/jitter";
import { Resampler } from "../../../server/widget/src/voice/resampler";

function tone(hertz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rate * seconds) }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));
}

function pushed(resampler: Resampler, input: Float32Array, piece: number): number[] {
  const output: number[] = [];
  for (let at = 0; at < input.length; at += piece) output.push(...resampler.push(input.subarray(at, at + piece)));
  return output;
}

/** The loudest sample, away from the beginning. */
function peak(samples: number[]): number {
  return Math.max(...samples.slice(400).map(Math.abs));
}

function crossings(samples: number[]): number {
  return samples.filter((value, at) => at > 0 && (samples[at - 1] ?? 0) < 0 && value >= 0).length;
}

for (const from of [8_000, 16_000, 44_100, 48_000, 96_000]) {
  test(`a tone keeps its pitch and loudness from ${from} to 16000`, () => {
    const heard = pushed(new Resampler(from, 16_000), tone(1000, from, 1), 128);
    assert.ok(Math.abs(heard.length - 16_000) < 60, `${heard.length} samples`);
    assert.ok(Math.abs(crossings(heard) - 1000) <= 5, `${crossings(heard)} Hz`);
    assert.ok(Math.abs(peak(heard) - 1) < 0.03, `peak ${peak(heard)}`);
  });
}

test("what the line cannot carry does not come back as something else", () => {
  assert.ok(peak(pushed(new Resampler(48_000, 16_000), tone(11_000, 48_000, 1), 128)) < 0.01);
});

test("the size of the pieces does not change the sound", () => {
  const input = tone(440, 48_000, 0.3);
  const [small, large] = [128, 1024].map((piece) => pushed(new Resampler(48_000, 16_000), input, piece));
  const common = Math.min(small?.length ?? 0, large?.length ?? 0);
  assert.deepEqual(small?.slice(0, common), large?.slice(0, common));
});

const RATE = 1000;

function pulled(buffer: JitterBuffer, samples: number): number[] {
  const output = new Float32Array(samples).fill(9);
  buffer.pull(output);
  return [...output];
}

test("sound waits until a cushion is there, then flows without a gap", () => {
  const buffer = new JitterBuffer(RATE);
  buffer.push(new Float32Array(CUSHION * RATE - 1).fill(1));
  assert.deepEqual(pulled(buffer, 3), [0, 0, 0]);
  buffer.push(Float32Array.of(2));
  assert.deepEqual(pulled(buffer, CUSHION * RATE), [...Array(CUSHION * RATE - 1).fill(1), 2]);
});

test("after running dry the cushion is laid again", () => {
  const buffer = new JitterBuffer(RATE);
  buffer.push(new Float32Array(CUSHION * RATE).fill(1));
  pulled(buffer, CUSHION * RATE + 5);
  buffer.push(new Float32Array(10).fill(1));
  assert.deepEqual(pulled(buffer, 2), [0, 0]);
});

test("cleared means silent at once", () => {
  const buffer = new JitterBuffer(RATE);
  buffer.push(new Float32Array(500).fill(1));
  pulled(buffer, 10);
  buffer.clear();
  assert.deepEqual(pulled(buffer, 4), [0, 0, 0, 0]);
  assert.equal(buffer.length, 0);
});

test("a server that sends far ahead loses the oldest, not the page its memory", () => {
  const buffer = new JitterBuffer(RATE);
  for (let n = 0; n < 100; n += 1) buffer.push(new Float32Array(100).fill(n));
  assert.ok(buffer.length <= MOST * RATE);
  assert.equal(pulled(buffer, 1)[0], 100 - (MOST * RATE) / 100);
});
