"""HTML: the headings, paragraphs, items and tables of what the page is about; and sitemaps."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from server.knowledge.parsing.blocks import Collector, Parsed, Unparsable

LEFT_OUT = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template svg math canvas iframe object embed video audio form button select input "
        "nav footer aside dialog head",
    )
)
ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p div section article main header li ul ol dl dt dd table tr td th blockquote pre figure figcaption address "
        "details summary hr br fieldset center body thead tbody tfoot caption",
    )
)
DEEPEST = 200
MOST_LINKS = 5000
MAIN = ("//main", "//*[@role='main']", "//article")


def parse_html(data: bytes, charset: str = "") -> Parsed:
    """Its main part, when it names one; else all but what surrounds it."""
    try:
        known = charset or _charset(data)
        if known:
            data = data.decode(known, "replace").encode()
        parser = html.HTMLParser(encoding="utf-8" if known else None, no_network=True, huge_tree=False)
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, LookupError, ValueError, AssertionError) as error:
        raise Unparsable(f"It is no page that can be read ({error}). Is it HTML?") from error
    title = " ".join((root.findtext(".//title") or "").split())
    found = Collector()
    _Page(found).walk(_main(root))
    first: Any = root.find(".//h1")
    heading = " ".join("".join(first.itertext()).split()) if first is not None else ""
    return Parsed((title or heading)[:200], tuple(found.blocks))


def _charset(data: bytes) -> str:
    """UTF-8 when it is; else nothing, and what the page itself says counts."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _main(root: Any) -> Any:
    body = root.find("body")
    body = root if body is None else body
    whole = len(body.text_content())
    for path in MAIN:
        parts = root.xpath(path)
        if len(parts) == 1 and len(parts[0].text_content()) * 4 > whole:
            return parts[0]
    return body


class _Page:
    """Walks the elements in the order they are read in."""

    def __init__(self, found: Collector) -> None:
        self.found = found
        self._line: list[str] = []

    def walk(self, element: Any, depth: int = 0) -> None:
        """One element and what it holds."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in LEFT_OUT or depth > DEEPEST or _hidden(element):
            return
        if tag in HEADINGS:
            self._flush()
            self.found.heading(HEADINGS[tag], element.text_content())
        elif tag == "table" and not element.xpath(".//table"):
            self._flush()
            self._table(element)
        elif tag == "pre":
            self._flush()
            self.found.add(element.text_content())
        else:
            self._inside(element, tag, depth)

    def _inside(self, element: Any, tag: str, depth: int) -> None:
        block = tag in BLOCKS
        if block and tag not in ("br", "li", "dd"):
            self._flush()
        elif block:
            self._line.append("\n")
        if tag == "li":
            self._line.append("- ")
        if element.text:
            self._line.append(_flat(element.text))
        for child in element:
            self.walk(child, depth + 1)
            if child.tail:
                self._line.append(_flat(child.tail))
        if block and tag not in ("br", "li", "dt", "dd"):
            self._flush()

    def _table(self, table: Any) -> None:
        names: list[str] = []
        for at, row in enumerate(table.iter("tr")):
            cells = [cell.text_content() for cell in row if cell.tag in ("td", "th")]
            if (at == 0 and any(cell.tag == "th" for cell in row) and len(cells) > 1) or (
                at == 0 and len(cells) > 2
            ):
                names = cells
            else:
                self.found.row(names, cells)

    def _flush(self) -> None:
        self.found.add("".join(self._line))
        self._line.clear()


def _flat(text: str) -> str:
    """White space in a page is one blank, lines too."""
    words = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{words}{' ' if words and text[-1:].isspace() else ''}"


def _hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or element.get("role") in ROLES
        or "display:none" in style
        or "visibility:hidden" in style
    )


def parse_sitemap(data: bytes) -> Parsed:
    """The addresses it lists. Raises `Unparsable`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unparsable(f"It is no sitemap that can be read ({error}).") from error
    return Parsed(links=tuple(dict.fromkeys(_locations(root)))[:MOST_LINKS])


def _locations(root: Any) -> Iterator[str]:
    for element in root.iter("{*}loc"):
        text = (element.text or "").strip()
        if text.startswith(("http://", "https://")):
            yield text
