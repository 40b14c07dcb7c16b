import assert from "node:assert/strict";
import { test } from "node:test";

import { contrast, parseColour, readable, tokensFor } from "../../../server/widget/src/colour";
import type { Tokens } from "../../../server/widget/src/tokens";

const READABLE = 4.5;

function wordsCanBeRead(tokens: Tokens): void {
  const pairs: [string, string][] = [
    [tokens.ink, tokens.paper],
    [tokens.ink2, tokens.paper],
    [tokens.ink3, tokens.paper],
    [tokens.ink3, tokens.room],
    [tokens.ink, tokens.violetSoft],
    [tokens.violetText, tokens.paper],
    [tokens.violetText, tokens.violetSoft],
    [tokens.bad, tokens.paper],
    ["#FFFFFF", tokens.gradientFrom],
    ["#FFFFFF", tokens.gradientTo],
  ];
  for (const [text, ground] of pairs) {
    assert.ok(contrast(text, ground) >= READABLE, `${text} on ${ground} is ${contrast(text, ground).toFixed(2)}`);
  }
}

test("black on white is 21 to 1, a colour on itself 1 to 1", () => {
  assert.equal(Math.round(contrast("#000000", "#FFFFFF")), 21);
  assert.equal(contrast("#8B5CF6", "#8B5CF6"), 1);
});

test("colours are read in the ways owners write them", () => {
  assert.deepEqual(parseColour("#fa0"), [255, 170, 0]);
  assert.deepEqual(parseColour(" #FFAA00 "), [255, 170, 0]);
  assert.deepEqual(parseColour("rgb(255, 170, 0)"), [255, 170, 0]);
  for (const wrong of ["", "#12", "#12345g", "rgb(1,2)", "rgb(1, 2, 300)", "url(x)"]) assert.equal(parseColour(wrong), undefined);
});

test("the themes' own words can be read", () => {
  wordsCanBeRead(tokensFor("light", undefined));
  wordsCanBeRead(tokensFor("dark", undefined));
});

test("any owner's colour gives words that can be read, in light and dark", () => {
  for (const red of [0, 64, 128, 192, 255])
    for (const green of [0, 64, 128, 192, 255])
      for (const blue of [0, 64, 128, 192, 255])
        for (const theme of ["custom", "dark"] as const) wordsCanBeRead(tokensFor(theme, `rgb(${red}, ${green}, ${blue})`));
});

test("a colour that reads already is left as the owner chose it", () => {
  assert.equal(readable("#0B6E4F", ["#FFFFFF"], "#000000"), "#0B6E4F");
  assert.equal(tokensFor("custom", "#0b6e4f").gradientTo, "#0B6E4F");
});

test("what is no colour changes nothing", () => {
  assert.deepEqual(tokensFor("custom", "mauve-ish"), tokensFor("light", undefined));
});
