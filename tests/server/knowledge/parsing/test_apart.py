"""A parser in a process of its own: bad documents are refused with a sentence, and nothing else happens."""

import io
import zlib

import pypdf
import pytest

from server.knowledge.parsing.apart import parse_apart
from server.knowledge.parsing.blocks import Unparsable
from server.knowledge.parsing.sniffing import Kind
from tests.server.knowledge.papers import docx, paragraph, pdf, zipped


async def refused(kind: Kind, data: bytes, **more: float) -> str:
    with pytest.raises(Unparsable) as error:
        await parse_apart(kind, data, **more)  # type: ignore[arg-type]
    return str(error.value)


async def test_a_document_comes_back_as_it_is() -> None:
    found = await parse_apart(Kind.DOCX, docx(paragraph("Grüße aus 北京")))
    assert [block.text for block in found.blocks] == ["Grüße aus 北京"]


async def test_a_corrupt_pdf_is_refused() -> None:
    assert "damaged" in await refused(Kind.PDF, b"%PDF-1.7\nnonsense" * 50)
    assert "damaged" in await refused(Kind.PDF, pdf([[(10, "words")]])[:200])


async def test_a_pdf_with_a_password_or_without_words_is_named() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([[(10, "words")]])))
    writer.encrypt("secret", algorithm="RC4-128")
    data = io.BytesIO()
    writer.write(data)
    assert "password" in await refused(Kind.PDF, data.getvalue())
    assert "OCR" in await refused(Kind.PDF, pdf([[]]))


async def test_bombs_do_not_go_off() -> None:
    huge = b"<w:p/>" * 5_000_000
    assert "unpacks" in await refused(Kind.DOCX, docx("", {"word/document.xml": huge}))
    assert "unpacks" in await refused(Kind.DOCX, docx("", {f"media/{at}": b"x" for at in range(3000)}))


async def test_a_docx_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(docx(paragraph("word " * 400_000)))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    assert await refused(Kind.DOCX, bytes(data))


async def test_entities_are_neither_read_nor_multiplied() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]><d>&l11;</d>'.encode()
    assert await refused(Kind.DOCX, docx("", {"word/document.xml": body}))
    files = b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><d>&e;</d>'
    assert await refused(Kind.DOCX, docx("", {"word/document.xml": files}))


async def test_no_archive_at_all_is_refused() -> None:
    assert "damaged" in await refused(Kind.DOCX, b"PK\x03\x04" + b"\0" * 500)
    assert "damaged" in await refused(Kind.DOCX, zipped({"hello.txt": b"hello"}))


async def test_what_never_ends_is_stopped() -> None:
    deep = pdf([[(10, "words")]]).replace(b"words", b"w" * 5)
    assert (await parse_apart(Kind.PDF, deep)).blocks
    assert "too long" in await refused(Kind.PDF, deep, longest=0.001)


async def test_too_much_text_is_refused_before_it_fills_the_memory() -> None:
    assert "Split" in await refused(Kind.TEXT, b"word\n\n" * 250_000)


async def test_a_compressed_stream_that_unpacks_without_end_is_refused() -> None:
    stream = zlib.compress(b"(word) Tj " * 12_000_000, 9)
    head = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    head += b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    head += b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n"
    head += b"4 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream)
    data = head + stream + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF"
    assert await refused(Kind.PDF, data)


async def test_an_empty_document_is_named() -> None:
    assert "no text" in await refused(Kind.HTML, b"<html><body><nav>Home</nav></body></html>")
