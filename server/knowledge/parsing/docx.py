"""DOCX: a ZIP of XML. Read by hand, so that no part is unpacked further than it may be."""

import io
import re
import zipfile
from typing import Any

from lxml import etree

from server.knowledge.parsing.blocks import Collector, Parsed, Unparsable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_ENTRIES = 2000
LARGEST_PART = 64 * 1024 * 1024
"""Bytes of one part, unpacked."""
LARGEST_WHOLE = 200 * 1024 * 1024
RATIO = 200
"""How many times its size a part may unpack to, beyond the first megabyte."""
BROKEN = "It is damaged, or no DOCX file. Open it in a word processor and save it again."
BOMB = "It unpacks to far more than a document would. Save it again, with fewer pictures."


def parse_docx(data: bytes) -> Parsed:
    """Headings by their styles, paragraphs, items and tables. Raises `Unparsable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _vet(archive)
            body = _part(archive, "word/document.xml")
            styles = _part(archive, "word/styles.xml", needed=False)
            core = _part(archive, "docProps/core.xml", needed=False)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise Unparsable(BROKEN) from error
    title = (
        "" if core is None else (core.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "").strip()
    )
    found = Collector()
    levels = {} if styles is None else _levels(styles)
    inner = body.find(f"{W}body")
    if inner is None:
        raise Unparsable(BROKEN)
    for element in _flattened(inner):
        if element.tag == f"{W}p":
            _paragraph(element, levels, found)
        elif element.tag == f"{W}tbl":
            _table(element, found)
    return Parsed(title[:200], tuple(found.blocks))


def _vet(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_WHOLE:
        raise Unparsable(BOMB)
    for entry in entries:
        if entry.file_size > 1 << 20 and entry.file_size > RATIO * max(entry.compress_size, 1):
            raise Unparsable(BOMB)
        if entry.flag_bits & 1:
            raise Unparsable("It is protected by a password. Save it without one.")


def _part(archive: zipfile.ZipFile, name: str, needed: bool = True) -> Any:
    """The root of a part; the sizes it declares are not believed."""
    try:
        with archive.open(name) as part:
            data = part.read(LARGEST_PART + 1)
    except KeyError:
        if needed:
            raise Unparsable(BROKEN) from None
        return None
    if len(data) > LARGEST_PART:
        raise Unparsable(BOMB)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Any = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unparsable(BROKEN) from error
    if root.getroottree().docinfo.doctype:
        raise Unparsable(BROKEN)
    return root


def _levels(styles: Any) -> dict[str, int]:
    """The heading level of each style that has one: by its outline level, else by its name."""
    found = {}
    for style in styles.iter(f"{W}style"):
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        name = style.find(f"{W}name")
        named = (
            re.fullmatch(r"heading (\d)", (name.get(f"{W}val") or "").lower()) if name is not None else None
        )
        if name is not None and (name.get(f"{W}val") or "").lower() == "title":
            found[style.get(f"{W}styleId")] = 0
        elif named:
            found[style.get(f"{W}styleId")] = int(named[1])
        elif outline is not None and (outline.get(f"{W}val") or "").isdecimal():
            found[style.get(f"{W}styleId")] = int(outline.get(f"{W}val")) + 1
    return {style: level for style, level in found.items() if level <= 9}


def _flattened(body: Any) -> Any:
    """Paragraphs and tables, those inside content controls too."""
    for element in body:
        if element.tag == f"{W}sdt":
            content = element.find(f"{W}sdtContent")
            if content is not None:
                yield from _flattened(content)
        else:
            yield element


def _paragraph(element: Any, levels: dict[str, int], found: Collector) -> None:
    text = _text(element)
    style = element.find(f"{W}pPr/{W}pStyle")
    level = levels.get(style.get(f"{W}val"), -1) if style is not None else -1
    if level >= 0 and text.strip():
        found.heading(level, text)
    elif element.find(f"{W}pPr/{W}numPr") is not None and text.strip():
        found.add("- " + text)
    else:
        found.add(text)


def _text(element: Any) -> str:
    parts = []
    for each in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        if each.tag == f"{W}t":
            parts.append(each.text or "")
        else:
            parts.append({f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}.get(each.tag, "\n"))
    return "".join(parts)


def _table(element: Any, found: Collector) -> None:
    rows = [
        [" ".join(_text(p) for p in cell.iter(f"{W}p")) for cell in row.iter(f"{W}tc")]
        for row in element.iter(f"{W}tr")
    ]
    if len(rows) == 1:
        found.row([], rows[0])
    for row in rows[1:]:
        found.row(rows[0], row)
