import assert from "node:assert/strict";
import { test } from "node:test";

import type { Message } from "../../../server/widget/src/protocol";
import {
  carryOver,
  catchingUp,
  emptyTalk,
  folded,
  openChoice,
  OUTBOX_LIMIT,
  receive,
  refuse,
  say,
  sayAgain,
  type Talk,
} from "../../../server/widget/src/store";

function message(seq: number, text: string, more: Partial<Message> = {}): Message {
  const rest = { buttons: [], cards: [], image: undefined, clientId: undefined, stream: undefined, sources: [] };
  return { type: "message", seq, role: "agent", text, ...rest, ...more };
}

function said(talk: Talk, clientId: string, text: string, button?: string): Talk {
  const next = say(talk, clientId, text, button);
  assert.ok(next);
  return next;
}

const words = (talk: Talk): string[] => talk.lines.map((line) => line.text);

test("a visitor's words stand at once and are confirmed in place", () => {
  let talk = said(emptyTalk(), "c1", "Friday");
  assert.equal(talk.lines[0]?.seq, undefined);
  const { key } = talk.lines[0]!;
  talk = receive(talk, { type: "ack", clientId: "c1", seq: 4 });
  assert.deepEqual(talk.outbox, []);
  assert.equal(talk.lines[0]?.seq, 4);
  assert.equal(talk.lines[0]?.key, key);
});

test("an ack does not count as having seen what was said before it", () => {
  let talk = said(receive(emptyTalk(), message(1, "Hello")), "c1", "Friday");
  talk = receive(talk, { type: "ack", clientId: "c1", seq: 3 });
  assert.equal(talk.lastSeq, 1);
  talk = receive(talk, message(2, "Are you there?"));
  assert.deepEqual(words(talk), ["Hello", "Are you there?", "Friday"]);
});

test("the same frames again change nothing", () => {
  const frames = [message(1, "Hello"), message(2, "Friday", { role: "visitor", clientId: "c1" }), message(3, "Lovely")];
  const once = frames.reduce<Talk>(receive, emptyTalk());
  const twice = [...frames, ...frames].reduce<Talk>(receive, emptyTalk());
  assert.deepEqual(twice, once);
});

test("words repeated by the server confirm what waited, whatever the order", () => {
  let talk = said(emptyTalk(), "c1", "Friday");
  talk = receive(talk, message(1, "Hello"));
  talk = receive(talk, message(2, "Friday", { role: "visitor", clientId: "c1" }));
  assert.deepEqual(words(talk), ["Hello", "Friday"]);
  assert.deepEqual(talk.outbox, []);
});

test("only the last words' buttons can be pressed, and only until an answer", () => {
  const buttons = [{ id: "in", label: "Inside" }];
  let talk = receive(emptyTalk(), message(1, "Inside?", { buttons }));
  assert.equal(openChoice(talk), "s1");
  const answered = said(talk, "c1", "Inside", "in");
  assert.equal(openChoice(answered), undefined);
  assert.equal(answered.outbox[0]?.button, "in");
  talk = receive(talk, message(2, "Or tell me more."));
  assert.equal(openChoice(talk), undefined);
});

test("an ended talk takes no more words", () => {
  let talk = said(emptyTalk(), "c1", "Bye");
  talk = receive(talk, { type: "ended", seq: 9, message: undefined });
  assert.equal(talk.ended, true);
  assert.deepEqual(talk.outbox, []);
  assert.equal(say(talk, "c2", "One more thing"), undefined);
  assert.equal(openChoice(talk), undefined);
});

test("the outbox has an end, and nothing is nothing to say", () => {
  let talk = emptyTalk();
  for (let count = 0; count < OUTBOX_LIMIT; count += 1) talk = said(talk, `c${count}`, "again");
  assert.equal(say(talk, "late", "again"), undefined);
  assert.equal(say(emptyTalk(), "c1", "  \n"), undefined);
});

test("refused words stay in view and can be sent again under the same id", () => {
  let talk = refuse(said(emptyTalk(), "c1", "Friday"), "c1");
  assert.equal(talk.lines[0]?.refused, true);
  assert.deepEqual(talk.outbox, []);
  talk = sayAgain(talk, "c1");
  assert.equal(talk.lines[0]?.refused, false);
  assert.deepEqual(talk.outbox.map((item) => item.clientId), ["c1"]);
});

test("a new session takes the words that never arrived, but no button of the old one", () => {
  let talk = receive(emptyTalk(), message(5, "Inside?", { buttons: [{ id: "in", label: "Inside" }] }));
  talk = said(said(talk, "c1", "Inside", "in"), "c2", "and for four");
  talk = carryOver(talk);
  assert.deepEqual(words(talk), ["and for four"]);
  assert.deepEqual(talk.outbox.map((item) => item.clientId), ["c2"]);
  assert.equal(talk.lastSeq, 0);
});

test("until the log's end of the welcome is reached, lines are history", () => {
  let talk = receive(emptyTalk(), { type: "welcome", sessionId: "s", ended: false, seq: 2 });
  assert.equal(catchingUp(talk), true);
  talk = receive(receive(talk, message(1, "Hello")), message(2, "Friday"));
  assert.equal(catchingUp(talk), false);
});

test("the agent's words end its typing", () => {
  let talk = receive(emptyTalk(), { type: "typing", on: true });
  assert.equal(talk.typing, true);
  talk = receive(talk, message(1, "Hello"));
  assert.equal(talk.typing, false);
});

test("sentences of one answer are read as one, with their sources below", () => {
  const source = { title: "Handbook", where: "p. 3", url: "" };
  let talk = emptyTalk();
  for (const frame of [
    message(64, "Hello."),
    message(128, "Breakfast is from seven.", { stream: "2:0" }),
    message(192, "It ends at ten.", { stream: "2:0" }),
    message(256, "", { sources: [source] }),
    message(320, "Anything else?"),
  ]) {
    talk = receive(talk, frame);
  }
  const lines = folded(talk.lines);
  assert.deepEqual(
    lines.map((line) => line.text),
    ["Hello.", "Breakfast is from seven. It ends at ten.", "Anything else?"],
  );
  assert.deepEqual(lines[1]?.sources, [source]);
  assert.equal(lines[1]?.key, "s128");
});
