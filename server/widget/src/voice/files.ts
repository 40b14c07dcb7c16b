// The files that are loaded when somebody speaks, and not before.

import type { OpenTransport, VoiceGrant } from "./transport";

/** Set by the build: a file's name with a mark of its content, so that old and new never meet. */
declare const __FILES__: { media: string; livekit: string; worklet: string };

export const WORKLET = `/widget/${__FILES__.worklet}`;

/** The code of one way to carry sound; throws when the page does not let it be loaded. */
export async function loadTransport(origin: string, way: VoiceGrant["way"]): Promise<OpenTransport> {
  const address = `${origin}/widget/${__FILES__[way]}`;
  const loaded = (await import(address)) as { open: OpenTransport };
  return loaded.open;
}
