import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CLOSE,
  next,
  RESTING,
  RETRY_MAX_MS,
  RETRY_MIN_MS,
  retryDelay,
  standing,
  type Command,
  type Link,
  type LinkEvent,
} from "../../../server/widget/src/link";

/** Walks through events; gives the link and the last commands. */
function walk(...events: LinkEvent[]): [Link, Command[]] {
  return events.reduce<[Link, Command[]]>(([link], event) => next(link, event, 0.5), [RESTING, []]);
}

const LIVE: LinkEvent[] = [{ type: "start" }, { type: "granted" }, { type: "welcome", ended: false }];
const refused = (status: number, code: string, retryAfterMs?: number): LinkEvent => ({
  type: "refused",
  status,
  code,
  message: "",
  retryAfterMs,
});

test("opened, granted, welcomed: live, and nothing to say about it", () => {
  const [link] = walk(...LIVE);
  assert.equal(link.phase, "live");
  assert.equal(standing(link), undefined);
});

test("a lost socket is opened again with the same token first, then by way of a session", () => {
  let [link, commands] = walk(...LIVE, { type: "closed", code: 1006 });
  assert.equal(link.phase, "waiting");
  assert.equal(commands[0]?.do, "wait");
  [link, commands] = next(link, { type: "due" }, 0.5);
  assert.deepEqual(commands, [{ do: "open" }]);
  [link] = next(link, { type: "closed", code: 1006 }, 0.5);
  [link, commands] = next(link, { type: "due" }, 0.5);
  assert.deepEqual(commands, [{ do: "ask", resume: true }]);
});

test("retries double, have a floor and a ceiling, and are spread", () => {
  for (let attempt = 0; attempt < 40; attempt += 1)
    for (const chance of [0, 0.3, 1]) {
      const ms = retryDelay(attempt, chance);
      assert.ok(ms >= RETRY_MIN_MS && ms <= RETRY_MAX_MS, `${attempt}: ${ms}`);
    }
  assert.ok(retryDelay(4, 0) < retryDelay(4, 1));
  assert.equal(retryDelay(30, 1), RETRY_MAX_MS);
});

test("an expired token asks for the same session at once", () => {
  const [, commands] = walk(...LIVE, { type: "fatal", message: "Too old" }, { type: "closed", code: CLOSE.tokenExpired });
  assert.deepEqual(commands, [{ do: "ask", resume: true }]);
});

test("a token that is refused when new does not spin", () => {
  const [link, commands] = walk({ type: "start" }, { type: "granted" }, { type: "closed", code: CLOSE.tokenExpired });
  assert.equal(link.phase, "waiting");
  assert.equal(commands[0]?.do, "wait");
});

test("a session that is gone is followed by a fresh one", () => {
  const [link] = walk(...LIVE, { type: "closed", code: CLOSE.sessionGone });
  assert.deepEqual(next(link, { type: "due" }, 0)[1], [{ do: "ask", resume: false }]);
});

test("a refused resume is tried once without the kept session", () => {
  const first = walk({ type: "start" }, refused(400, "INVALID_REQUEST"));
  assert.deepEqual(first[1], [{ do: "ask", resume: false }]);
  assert.equal(next(first[0], refused(400, "INVALID_REQUEST"), 0)[0].phase, "failed");
});

test("a refused origin or an unknown agent waits for a person, who may try again", () => {
  for (const code of ["ORIGIN_NOT_ALLOWED", "AGENT_NOT_FOUND"]) {
    const [link, commands] = walk({ type: "start" }, refused(403, code));
    assert.equal(link.phase, "failed");
    assert.deepEqual(commands, []);
    assert.equal(standing(link)?.action, "start");
    assert.deepEqual(next(link, { type: "start" }, 0)[1], [{ do: "ask", resume: true }]);
  }
});

test("a busy server is given the time it asks for", () => {
  for (const status of [429, 503]) {
    const [, commands] = walk({ type: "start" }, refused(status, "", 7000));
    assert.deepEqual(commands, [{ do: "wait", ms: 7000 }]);
  }
});

test("a quiet talk pauses until it is tapped", () => {
  const [link, commands] = walk(...LIVE, { type: "closed", code: CLOSE.idle });
  assert.equal(link.phase, "idle");
  assert.deepEqual(commands, []);
  assert.equal(standing(link)?.label, "Tap to go on");
  assert.deepEqual(next(link, { type: "start" }, 0)[1], [{ do: "open" }]);
});

test("offline says so, and coming back needs no waiting", () => {
  const [link] = walk(...LIVE, { type: "offline" });
  assert.match(standing(link)?.text ?? "", /You are offline/);
  assert.deepEqual(next(link, { type: "online" }, 0)[1], [{ do: "open" }]);
});

test("an ended talk is not reconnected; starting again names no old session", () => {
  const [link] = walk(...LIVE, { type: "ended" }, { type: "closed", code: 1000 });
  assert.equal(link.phase, "over");
  assert.deepEqual(next(link, { type: "online" }, 0), [link, []]);
  assert.deepEqual(next(link, { type: "restart" }, 0)[1], [{ do: "ask", resume: false }]);
});

test("after a few tries in vain there is a button, and the tries go on", () => {
  let link = walk({ type: "start" }, { type: "unreachable" })[0];
  for (let tries = 0; tries < 5; tries += 1) {
    link = next(link, { type: "due" }, 0)[0];
    link = next(link, { type: "unreachable" }, 0)[0];
  }
  assert.equal(standing(link)?.action, "start");
  assert.equal(link.phase, "waiting");
});

test("a failing or restarting server is reconnected, a broken rule is told", () => {
  for (const code of [CLOSE.failed, CLOSE.restarting]) {
    assert.equal(walk(...LIVE, { type: "fatal", message: "Oh" }, { type: "closed", code })[0].phase, "waiting");
  }
  const [link] = walk(...LIVE, { type: "fatal", message: "Too many refused messages." }, { type: "closed", code: 1008 });
  assert.equal(link.phase, "failed");
  assert.equal(standing(link)?.text, "Too many refused messages.");
});

test("any event in any phase is defined, and a stale one does nothing", () => {
  const events: LinkEvent[] = [
    { type: "start" },
    { type: "restart" },
    { type: "granted" },
    refused(500, ""),
    { type: "unreachable" },
    { type: "welcome", ended: false },
    { type: "ended" },
    { type: "fatal", message: "" },
    { type: "closed", code: 1006 },
    { type: "due" },
    { type: "offline" },
    { type: "online" },
  ];
  let links: Link[] = [RESTING];
  for (let depth = 0; depth < 4; depth += 1) links = links.flatMap((link) => events.map((event) => next(link, event, 0.5)[0]));
  assert.ok(links.every((link) => typeof link.phase === "string"));
  assert.deepEqual(next(RESTING, { type: "closed", code: 1006 }, 0), [RESTING, []]);
  assert.deepEqual(next(RESTING, { type: "due" }, 0), [RESTING, []]);
});
