"""Which kind of document a file is: by what it holds first, by its name where that says nothing."""

from enum import StrEnum

from server.knowledge.parsing.blocks import Unparsable

READABLE = "PDF, DOCX, HTML, Markdown, plain text, CSV"
FOREIGN = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office file. Save it as DOCX, or export it as PDF.",
    b"\x89PNG": "a picture. Words in pictures cannot be read; give the text.",
    b"\xff\xd8\xff": "a picture. Words in pictures cannot be read; give the text.",
    b"GIF8": "a picture. Words in pictures cannot be read; give the text.",
    b"{\\rtf": "an RTF file. Save it as DOCX, or export it as PDF.",
    b"\x1f\x8b": "a compressed file. Unpack it first.",
    b"Rar!": "an archive. Unpack it first.",
    b"7z\xbc\xaf": "an archive. Unpack it first.",
    b"\x7fELF": "a program.",
    b"MZ": "a program.",
}


class Kind(StrEnum):
    """What can be read."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"
    CSV = "csv"
    SITEMAP = "sitemap"


NAMES = {
    "pdf": Kind.PDF, "docx": Kind.DOCX, "html": Kind.HTML, "htm": Kind.HTML, "xhtml": Kind.HTML,
    "md": Kind.MARKDOWN, "markdown": Kind.MARKDOWN, "txt": Kind.TEXT, "text": Kind.TEXT, "csv": Kind.CSV,
    "tsv": Kind.CSV,
}  # fmt: skip
MEDIA = {
    "application/pdf": Kind.PDF, "text/html": Kind.HTML, "application/xhtml+xml": Kind.HTML,
    "text/markdown": Kind.MARKDOWN, "text/csv": Kind.CSV, "text/tab-separated-values": Kind.CSV,
    "text/plain": Kind.TEXT,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
}  # fmt: skip


def sniff(head: bytes, name: str = "", media: str = "") -> Kind:
    """The kind of the file that begins with ``head`` (4 KiB are enough). Raises `Unparsable` for what cannot be
    read."""
    if not head.strip():
        raise Unparsable("It is empty. Give a document with text in it.")
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    said = NAMES.get(ending) or MEDIA.get(media.partition(";")[0].strip().lower())
    if head[:4] == b"PK\x03\x04":
        if ending in ("xlsx", "pptx", "odt", "ods", "zip", "jar", "epub", "xlsm"):
            raise Unparsable(f"It is a .{ending} file, which cannot be read. There are: {READABLE}.")
        return Kind.DOCX
    for sign, what in FOREIGN.items():
        if head.startswith(sign):
            raise Unparsable(f"It is {what} There are: {READABLE}.")
    if b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unparsable(f"It is no text. There are: {READABLE}.")
    return _text(head, said)


def _text(head: bytes, said: Kind | None) -> Kind:
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2048].lower()
    if begin.startswith(b"<") and (b"<urlset" in begin or b"<sitemapindex" in begin):
        return Kind.SITEMAP
    if begin.startswith((b"<!doctype html", b"<html")):
        return Kind.HTML
    if said in (Kind.PDF, Kind.DOCX):
        raise Unparsable(f"It is named a {said.upper()} file, but is none. Was it damaged on its way?")
    return said or (Kind.HTML if begin.startswith(b"<") and b"</" in begin else Kind.TEXT)
