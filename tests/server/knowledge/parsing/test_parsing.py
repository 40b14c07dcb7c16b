"""Each kind of document becomes blocks under their headings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.knowledge.parsing.blocks import Block, BlockKind, Parsed, Unparsable, tidy
from server.knowledge.parsing.child import parse
from server.knowledge.parsing.sniffing import Kind, sniff
from tests.server.knowledge.papers import docx, paragraph, pdf, table

DAYS = ("", "Sundays", "Mondays", "Tuesdays")
MARKDOWN = b"""---
title: "House rules"
---
# Stay
Check-in is *from* [three](http://x.example).

## Pets
- Dogs: yes
- Cats:
  no

| Day | Opens |
|---|---|
| Monday | 8:00 |
"""
PAGE = b"""<!doctype html><html><head><title>Grand  Hotel</title><style>p{}</style></head><body>
<nav><a>Home</a></nav><header><h1>Welcome</h1></header>
<div><h2>Pool</h2><p>Open <b>daily</b> from 7<br>to 22.</p><ul><li>Towels<li>Sauna</ul>
<script>steal()</script><p hidden>secret</p><p style="display: none">secret</p><pre>a
  b</pre></div>
<table><tr><th>Room</th><th>Price</th></tr><tr><td>Single</td><td>90</td></tr></table><footer>Imprint</footer>"""


def texts(parsed: Parsed) -> list[tuple[str, tuple[str, ...]]]:
    return [(block.text, block.headings) for block in parsed.blocks]


def test_markdown() -> None:
    found = parse(Kind.MARKDOWN, MARKDOWN)
    assert found.title == "House rules"
    assert texts(found) == [
        ("Check-in is from three.", ("Stay",)),
        ("- Dogs: yes\n- Cats: no", ("Stay", "Pets")),
        ("Day: Monday; Opens: 8:00", ("Stay", "Pets")),
    ]
    assert found.blocks[-1].kind is BlockKind.ROW


def test_html_without_what_surrounds_it() -> None:
    found = parse(Kind.HTML, PAGE)
    assert found.title == "Grand Hotel"
    assert texts(found) == [
        ("Open daily from 7\nto 22.", ("Welcome", "Pool")),
        ("- Towels\n- Sauna", ("Welcome", "Pool")),
        ("a\nb", ("Welcome", "Pool")),
        ("Room: Single; Price: 90", ("Welcome", "Pool")),
    ]


def test_html_takes_the_main_part_where_there_is_one_and_any_charset() -> None:
    body = "<main><p>" + "Frühstück ab sieben. " * 5 + "</p></main>"
    page = f"<html><body><div>Cookie banner</div>{body}</body></html>"
    for charset in ("utf-8", "latin-1"):
        found = parse(Kind.HTML, page.encode(charset), "" if charset == "utf-8" else charset)
        assert len(found.blocks) == 1 and found.blocks[0].text.startswith("Frühstück ab sieben.")


def test_docx() -> None:
    body = (
        paragraph("Arrival", "H1") + paragraph("Ring the bell.") + paragraph("Late", "H2")
        + paragraph("Use the key box.") + table(["Floor", "Rooms"], ["1", "101 to 109"])
        + f"<w:sdt><w:sdtContent>{paragraph('Inside a control.')}</w:sdtContent></w:sdt>"
    )  # fmt: skip
    found = parse(Kind.DOCX, docx(body, title="Guide"))
    assert found.title == "Guide"
    assert texts(found) == [
        ("Ring the bell.", ("Arrival",)),
        ("Use the key box.", ("Arrival", "Late")),
        ("Floor: 1; Rooms: 101 to 109", ("Arrival", "Late")),
        ("Inside a control.", ("Arrival", "Late")),
    ]


def test_pdf_has_pages_headings_whole_words_and_no_running_lines() -> None:
    pages = [
        [(8, "Grand Hotel guide"), (20, "Breakfast"), (10, "It is served on the ter-"), (10, "race from seven."),
         (10, ""), (10, f"On {DAYS[number]} it is later."), (8, f"Page {number}")]
        for number in range(1, 4)
    ]  # fmt: skip
    pages[2][1] = (20, "Parking")
    found = parse(Kind.PDF, pdf(pages, "Guide"))
    assert (found.title, found.pages) == ("Guide", 3)
    assert {block.page for block in found.blocks} == {1, 2, 3}
    assert found.blocks[0].headings == ("Breakfast",) and found.blocks[-1].headings == ("Parking",)
    whole = " ".join(block.text for block in found.blocks if block.page == 1)
    assert whole == "It is served on the terrace from seven. On Sundays it is later."


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_by_any_sign(sign: str) -> None:
    rows = [["Dish", "Price"], ["Soup, hot", "6"], ["", ""], ["Bread", "2"]]
    data = "\r\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    assert texts(parse(Kind.CSV, data.encode())) == [
        ("Dish: Soup, hot; Price: 6", ()),
        ("Dish: Bread; Price: 2", ()),
    ]


def test_text_in_any_encoding() -> None:
    text = "Opening hours\n=====\nMonday\nTuesday\n\nFor Zoë: 5 €"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert texts(parse(Kind.TEXT, text.encode(encoding))) == [
            ("Monday\nTuesday", ("Opening hours",)),
            ("For Zoë: 5 €", ("Opening hours",)),
        ]


def test_a_sitemap_lists_addresses_and_reads_no_entities() -> None:
    data = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://a.example/1 </loc></url>
    <url><loc>https://a.example/1</loc></url><url><loc>&e;</loc></url><url><loc>ftp://no</loc></url></urlset>"""
    assert parse(Kind.SITEMAP, data).links == ("https://a.example/1",)


@pytest.mark.parametrize(
    ("head", "name", "media", "kind"),
    [
        (b"%PDF-1.7", "a.txt", "", Kind.PDF),
        (b"PK\x03\x04", "a.docx", "", Kind.DOCX),
        (b"# hello", "a.MD", "", Kind.MARKDOWN),
        (b"# hello", "", "text/markdown; charset=utf-8", Kind.MARKDOWN),
        (b"a,b", "a.csv", "", Kind.CSV),
        (b"  <!DOCTYPE HTML>", "page", "", Kind.HTML),
        (b"<p>hi</p>", "", "", Kind.HTML),
        (b"<?xml?><urlset>", "sitemap.xml", "", Kind.SITEMAP),
        (b"just words", "notes", "", Kind.TEXT),
        (b"\xff\xfeh\0i\0", "notes.txt", "", Kind.TEXT),
    ],
)
def test_what_a_file_is(head: bytes, name: str, media: str, kind: Kind) -> None:
    assert sniff(head, name, media) is kind


@pytest.mark.parametrize(
    ("head", "name", "says"),
    [
        (b"", "a.txt", "empty"),
        (b" \n", "a.txt", "empty"),
        (b"\x89PNG\r\n", "a.png", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "DOCX"),
        (b"PK\x03\x04", "a.xlsx", "xlsx"),
        (b"words", "a.pdf", "damaged"),
        (b"a\0b", "a.bin", "no text"),
    ],
)
def test_what_cannot_be_read_is_named(head: bytes, name: str, says: str) -> None:
    with pytest.raises(Unparsable, match=says):
        sniff(head, name)


@settings(deadline=None, max_examples=80)
@given(st.binary(max_size=400), st.sampled_from([kind for kind in Kind if kind is not Kind.PDF]))
def test_any_bytes_are_a_document_or_said_to_be_none(data: bytes, kind: Kind) -> None:
    try:
        found = parse(kind, data)
    except Unparsable as error:
        assert str(error)
    else:
        assert all(isinstance(block, Block) and block.text == tidy(block.text) for block in found.blocks)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_pdf_that_was_changed_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    good = bytearray(pdf([[(20, "Head"), (10, "Some words in a line.")]] * 2))
    for _ in range(data.draw(st.integers(1, 6))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        parse(Kind.PDF, bytes(good[: data.draw(st.integers(1, len(good)))]))
    except Unparsable as error:
        assert str(error)
