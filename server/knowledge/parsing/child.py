"""The process that parses one document: ``python -m server.knowledge.parsing.child KIND CHARSET < document``.

It answers with a `Parsed` as JSON, or ends with ``UNPARSABLE`` and a sentence. It limits itself before it reads
a byte.
"""

import resource
import sys

import msgspec

from server.knowledge.parsing.blocks import Parsed, Unparsable
from server.knowledge.parsing.sniffing import Kind

UNPARSABLE = 3
OUT_OF_MEMORY = 4
MEMORY = 1 << 30
"""Bytes of address space."""
CPU = 30
"""Seconds."""
FILES = 64


def limit() -> None:
    """No more than a document needs: memory, time, open files, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def parse(kind: Kind, data: bytes, charset: str = "") -> Parsed:
    """The document; raises `Unparsable`."""
    match kind:
        case Kind.PDF:
            from server.knowledge.parsing.pdf import parse_pdf

            return parse_pdf(data)
        case Kind.DOCX:
            from server.knowledge.parsing.docx import parse_docx

            return parse_docx(data)
        case Kind.HTML | Kind.SITEMAP:
            from server.knowledge.parsing.pages import parse_html, parse_sitemap

            return parse_html(data, charset) if kind is Kind.HTML else parse_sitemap(data)
    from server.knowledge.parsing.words import parse_csv, parse_markdown, parse_text

    return {Kind.CSV: parse_csv, Kind.MARKDOWN: parse_markdown}.get(kind, parse_text)(data)


def main() -> int:
    """Parse what comes in."""
    limit()
    try:
        found = parse(Kind(sys.argv[1]), sys.stdin.buffer.read(), sys.argv[2])
        sys.stdout.buffer.write(msgspec.json.encode(found))
    except Unparsable as error:
        sys.stdout.write(str(error))
        return UNPARSABLE
    except ImportError as error:
        sys.stdout.write(
            f"The server lacks what reads it ({error.name}). Install Parley anew, with what it needs."
        )
        return UNPARSABLE
    except (MemoryError, RecursionError):
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main())
