"""Documents for tests, made here letter by letter."""

import io
import zipfile
from collections.abc import Mapping, Sequence

Line = tuple[int, str]
"""The size of its letters in points, and the words; nothing for a gap."""

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(pages: Sequence[Sequence[Line]], title: str = "") -> bytes:
    """A PDF with these lines on its pages."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for lines in pages:
        content = "\n".join(_drawn(lines))
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< /Title ({title}) >>")
    data, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>"
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(data)}\n%%EOF"
    return (data + end).encode("latin-1")


def _drawn(lines: Sequence[Line]) -> list[str]:
    drawn, y = [], 780
    for size, words in lines:
        y -= size * 2 if not words else size + 3
        if words:
            safe = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"BT /F1 {size} Tf 1 0 0 1 40 {y} Tm ({safe}) Tj ET")
    return drawn


def docx(body: str, parts: Mapping[str, bytes] | None = None, title: str = "") -> bytes:
    """A DOCX with this inside its body."""
    styles = "".join(
        f'<w:style w:styleId="H{level}"><w:name w:val="heading {level}"/></w:style>' for level in (1, 2)
    )
    files: dict[str, bytes] = {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>".encode(),
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>".encode(),
        "docProps/core.xml": (
            '<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>' + title + "</dc:title></c>"
        ).encode(),
        **(parts or {}),
    }
    return zipped(files)


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a DOCX."""
    shown = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{shown}<w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: Sequence[str]) -> str:
    """A table of a DOCX."""
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
    )
    return f"<w:tbl>{cells}</w:tbl>"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()
