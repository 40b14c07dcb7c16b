// A call's ways: begun, refused, lost, come back, given up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { next, OFF, onCall, TRIES, type Call, type CallCommand, type CallEvent } from "../../../server/widget/src/voice/call";
import { readMediaFrame } from "../../../server/widget/src/voice/frames";

function after(...events: CallEvent[]): [Call, CallCommand[]] {
  return events.reduce<[Call, CallCommand[]]>(([call], event) => next(call, event, 0.5), [OFF, []]);
}

const ANSWERED: CallEvent[] = [{ type: "start" }, { type: "allowed" }, { type: "granted" }, { type: "connected" }];

test("the microphone is asked for before the server", () => {
  assert.deepEqual(after({ type: "start" })[1], [{ do: "ask" }]);
  assert.deepEqual(after({ type: "start" }, { type: "allowed" })[1], [{ do: "drop" }, { do: "call", media: false }]);
  assert.equal(after(...ANSWERED)[0].phase, "live");
});

test("a second click begins no second call", () => {
  const [call, commands] = after(...ANSWERED, { type: "start" });
  assert.deepEqual([call.phase, commands], ["live", []]);
});

test("a trouble gives the microphone back and waits for a person", () => {
  const [call, commands] = after({ type: "start" }, { type: "trouble", trouble: "denied" });
  assert.deepEqual([call.phase, call.trouble, commands], ["failed", "denied", [{ do: "close" }]]);
  assert.equal(onCall(call), false);
  assert.equal(next(call, { type: "start" }, 0.5)[0].phase, "asking");
});

test("where one way does not connect the other is taken, from then on", () => {
  const fell = after({ type: "start" }, { type: "allowed" }, { type: "granted" }, { type: "fell" });
  assert.deepEqual(fell[1], [{ do: "drop" }, { do: "call", media: true }]);
  const later = [{ type: "granted" }, { type: "connected" }, { type: "lost" }, { type: "due" }] as const;
  const [, commands] = later.reduce<[Call, CallCommand[]]>(([call], event) => next(call, event, 0.5), fell);
  assert.deepEqual(commands, [{ do: "drop" }, { do: "call", media: true }]);
});

test("a full house is said at once to who calls, and waited out by who is cut off", () => {
  const calling: CallEvent[] = [{ type: "start" }, { type: "allowed" }, { type: "refused", status: 503 }];
  assert.equal(after(...calling)[0].trouble, "busy");
  const back = after(...ANSWERED, { type: "lost" }, { type: "due" }, { type: "refused", status: 503 });
  assert.equal(back[0].phase, "waiting");
});

test("a lost line is tried a while and then left to a person", () => {
  let [call] = after(...ANSWERED, { type: "lost" });
  let tries = 0;
  while (call.phase === "waiting") {
    [call] = next(call, { type: "due" }, 0.5);
    [call] = next(call, { type: "unreachable" }, 0.5);
    tries += 1;
  }
  assert.deepEqual([call.phase, call.trouble, tries], ["failed", "lost", TRIES]);
});

test("what comes late to an ended call changes nothing", () => {
  for (const event of [{ type: "granted" }, { type: "lost" }, { type: "due" }, { type: "allowed" }] as const) {
    assert.deepEqual(next(OFF, event, 0.5), [OFF, []]);
  }
});

test("words beside the sound are read, and what is not understood is left", () => {
  const caption = { type: "caption", who: "caller", text: "Four", final: false };
  const read = { type: "caption", caption: { who: "caller", text: "Four", final: false } };
  assert.deepEqual(readMediaFrame(JSON.stringify(caption)), read);
  assert.deepEqual(readMediaFrame('{"type":"state","state":"thinking"}'), { type: "state", state: "thinking" });
  assert.deepEqual(readMediaFrame('{"type":"clear"}'), { type: "clear" });
  for (const bad of ["", "[]", "{", '{"type":"turn"}', '{"type":"state","state":"singing"}']) {
    assert.equal(readMediaFrame(bad), undefined);
  }
});
