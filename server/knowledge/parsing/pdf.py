"""PDF: text page by page; lines in larger letters are headings, lines that come again on each page are left out."""

import io
import re
from collections import Counter
from typing import Any

from server.knowledge.parsing.blocks import Collector, Parsed, Unparsable

MOST_PAGES = 2000
LARGER = 1.15
"""Times the size of the body's letters, at least, for a heading."""
LONGEST_HEADING = 120
MOST_LEVELS = 4
SAME = 3
"""Pages with the same line before it counts as a running one."""
BROKEN = "It is damaged, or no PDF file. Print it to a new PDF and give that."
LOCKED = "It is protected by a password. Give one without."
EMPTY = "There is no text in it: its pages are pictures. Run text recognition (OCR) over it first."

Line = tuple[str, float]
"""Words, and the size of their letters in points."""


def parse_pdf(data: bytes) -> Parsed:
    """Raises `Unparsable`."""
    import pypdf
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unparsable(LOCKED)
        if len(reader.pages) > MOST_PAGES:
            raise Unparsable(f"It has more than {MOST_PAGES} pages. Split it into several documents.")
        pages = [_lines(page) for page in reader.pages]
        title = str((reader.metadata.title if reader.metadata else "") or "").strip()
    except (Unparsable, MemoryError):
        raise
    except FileNotDecryptedError as error:
        raise Unparsable(LOCKED) from error
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        # What is damaged makes pypdf stumble in many ways.
        raise Unparsable(BROKEN) from error
    except (AssertionError, ArithmeticError, NotImplementedError, OSError, RuntimeError) as error:
        raise Unparsable(BROKEN) from error
    if not any(pages):
        raise Unparsable(EMPTY)
    return _document(title, pages)


def _lines(page: Any) -> list[Line]:
    """The lines of a page in the order they are drawn, blank ones between paragraphs."""
    lines: list[Line] = []
    words: list[str] = []
    size = 0.0

    def take(text: str, outer: Any, inner: Any, font: Any, points: float) -> None:
        nonlocal size
        if text.strip():
            size = max(size, abs(float(points or 0) * float(inner[3] or 0) * float(outer[3] or 0)))
        *ended, rest = text.split("\n")
        for part in ended:
            words.append(part)
            lines.append((" ".join("".join(words).split()), round(size, 1)))
            words.clear()
            size = 0.0
        words.append(rest)

    page.extract_text(visitor_text=take)
    lines.append((" ".join("".join(words).split()), round(size, 1)))
    return lines if any(text for text, _ in lines) else []


def _document(title: str, pages: list[list[Line]]) -> Parsed:
    running = _running(pages)
    sizes: Counter[float] = Counter()
    for lines in pages:
        for text, size in lines:
            sizes[size] += len(text)
    body = sizes.most_common(1)[0][0]
    larger = sorted((size for size in sizes if size > body * LARGER), reverse=True)
    levels = {size: min(at, MOST_LEVELS) for at, size in enumerate(larger, 1)}
    found = Collector()
    for number, lines in enumerate(pages, 1):
        _page(number, [line for line in lines if _bare(line[0]) not in running], levels, found)
    return Parsed(title[:200], tuple(found.blocks), len(pages))


def _page(number: int, lines: list[Line], levels: dict[float, int], found: Collector) -> None:
    paragraph: list[str] = []
    heading: list[str] = []
    level = 0

    def flush() -> None:
        found.add(_joined(paragraph), number)
        paragraph.clear()

    for text, size in lines:
        now = levels.get(size, 0) if text and len(text) <= LONGEST_HEADING else 0
        if heading and now != level:
            found.heading(level, " ".join(heading))
            heading.clear()
        if now:
            flush()
            heading.append(text)
            level = now
        elif not text or (text.startswith(("•", "-", "–", "*")) and paragraph):
            flush()
        if text and not now:
            paragraph.append(text)
    if heading:
        found.heading(level, " ".join(heading))
    flush()


def _joined(lines: list[str]) -> str:
    """Lines as they were before they were broken."""
    text = ""
    for line in lines:
        if re.search(r"[^\W\d]-$", text) and line[:1].islower():
            text = text[:-1] + line
        else:
            text = f"{text} {line}" if text else line
    return text


def _running(pages: list[list[Line]]) -> set[str]:
    """First and last lines that most pages share, page numbers aside."""
    if len(pages) < SAME:
        return set()
    counts: Counter[str] = Counter()
    for lines in pages:
        shown = [_bare(text) for text, _ in lines if text]
        counts.update(set(shown[:2] + shown[-2:]))
    return {text for text, count in counts.items() if count >= max(SAME, len(pages) * 6 // 10)}


def _bare(text: str) -> str:
    return re.sub(r"\d+", "#", text)
