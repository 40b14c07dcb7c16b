// Finds the addresses in a plain text. Only https is offered as a link: a talk is no place for anything else.

export interface Piece {
  text: string;
  href: string | undefined;
}

const ADDRESS = /https:\/\/[^\s<>"']+/g;
/** What ends a sentence is not part of the address before it. */
const TRAILING = /[.,;:!?)\]}»”]+$/;

/** `text` in order, cut into plain pieces and links. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, "");
    if (!safeAddress(address, undefined)) continue;
    const start = match.index ?? 0;
    if (start > at) found.push({ text: text.slice(at, start), href: undefined });
    found.push({ text: address, href: address });
    at = start + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at), href: undefined });
  return found;
}

/** `address` resolved against `origin`, if a page may load it: https, or the server's own origin. */
export function safeAddress(address: string, origin: string | undefined): string | undefined {
  try {
    const url = new URL(address, origin);
    return url.protocol === "https:" || (origin !== undefined && url.origin === origin) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
