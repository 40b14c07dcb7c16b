import assert from "node:assert/strict";
import { test } from "node:test";

import { DEFAULTS, merge, readOptions } from "../../../server/widget/src/config";
import { readFrame } from "../../../server/widget/src/protocol";
import { pieces, safeAddress } from "../../../server/widget/src/text";

test("only https addresses become links, without the sentence's full stop", () => {
  assert.deepEqual(pieces("See https://luna.example/menu?a=1. Or javascript:alert(1) or http://luna.example"), [
    { text: "See ", href: undefined },
    { text: "https://luna.example/menu?a=1", href: "https://luna.example/menu?a=1" },
    { text: ". Or javascript:alert(1) or http://luna.example", href: undefined },
  ]);
  assert.deepEqual(pieces(""), []);
});

test("cutting a text into pieces loses nothing of it", () => {
  for (const text of ["https://", "(https://a.example)", "a https://x.example, https://y.example!", "<b>https://z.example</b>"])
    assert.equal(pieces(text).map((piece) => piece.text).join(""), text);
});

test("pictures come over https or from the server itself", () => {
  assert.equal(safeAddress("/files/a.png", "http://127.0.0.1:9"), "http://127.0.0.1:9/files/a.png");
  assert.equal(safeAddress("https://img.example/a.png", "http://127.0.0.1:9"), "https://img.example/a.png");
  for (const wrong of ["javascript:alert(1)", "data:image/svg+xml,<svg/>", "http://elsewhere.example/a.png", "blob:x"])
    assert.equal(safeAddress(wrong, "http://127.0.0.1:9"), undefined);
});

test("options are read flat, grouped and from attributes; the later source wins", () => {
  const wrong: string[] = [];
  const warn = (sentence: string): void => void wrong.push(sentence);
  const attributes = readOptions({ theme: "dark", autoOpen: "true", showPoweredBy: "false", agentId: "x" }, warn);
  const grouped = readOptions({ appearance: { theme: "custom", primaryColor: "#0b6e4f" }, branding: { companyName: "Luna" } }, warn);
  assert.deepEqual(merge(attributes, grouped), {
    ...DEFAULTS,
    theme: "custom",
    primaryColor: "#0b6e4f",
    autoOpen: true,
    showPoweredBy: false,
    companyName: "Luna",
  });
  assert.deepEqual(wrong, []);
});

test("a wrong option is left out, and the owner is told what would be right", () => {
  const wrong: string[] = [];
  const options = readOptions({ theme: "pink", position: 7, primaryColor: "pinkish", autoOpen: "maybe" }, (text) => wrong.push(text));
  assert.deepEqual(options, {});
  assert.equal(wrong.length, 4);
  assert.match(wrong.join(" "), /use one of: light, dark, custom.*#rrggbb.*true or false/s);
});

test("frames of any shape are read or dropped, never trusted", () => {
  for (const junk of ["", "nope", "[]", "null", "7", '{"type":"message"}', '{"type":"message","seq":-1}', '{"type":"later"}', '{"type":"ack"}'])
    assert.equal(readFrame(junk), undefined);
  const frame = readFrame(
    JSON.stringify({ type: "message", seq: 3, role: "agent", text: 5, buttons: [{ id: "a" }, 7, {}], cards: [{}, { title: "T" }], image: "/a.png", alt: "A" }),
  );
  assert.deepEqual(frame, {
    type: "message",
    seq: 3,
    role: "agent",
    text: "",
    buttons: [{ id: "a", label: "a" }],
    cards: [{ title: "T", text: "", image: undefined }],
    image: { url: "/a.png", alt: "A" },
    stream: undefined,
    sources: [],
    clientId: undefined,
  });
});

test("what happens on the line is read, and a state nobody knows is left", () => {
  const caption = { type: "caption", caption: { who: "caller", text: "Four", final: true } };
  assert.deepEqual(readFrame('{"type":"caption","who":"caller","text":"Four","final":true}'), caption);
  assert.deepEqual(readFrame('{"type":"voice","state":"speaking"}'), { type: "voice", state: "speaking" });
  assert.equal(readFrame('{"type":"voice","state":"over"}'), undefined);
});
