"""Documents that come as forms."""

from typing import Any

import msgspec
from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from server.kit.errors import ApiError, ErrorCode

MOST = 20
"""Files in one form."""
LONGEST_NAME = 200
FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "PDF, DOCX, HTML, Markdown, plain text or CSV.",
            },
            "title": {"type": "string", "maxLength": LONGEST_NAME},
        },
    }
}
"""The form, for the API's description."""


class Document(msgspec.Struct, frozen=True):
    """A file as it came."""

    name: str
    media: str
    data: bytes


class Uploaded(msgspec.Struct, frozen=True):
    """At least one file, and the title given with it."""

    files: tuple[Document, ...]
    title: str


async def uploads(request: Request) -> Uploaded:
    """What a form holds; raises `ApiError` when there is no file in it."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ApiError(
            ErrorCode.BAD_REQUEST, 'Send a form (multipart/form-data) with the document as "file".'
        )
    async with request.form(max_files=MOST, max_fields=MOST) as form:
        given = [each for each in form.getlist("file") if isinstance(each, UploadFile)]
        files = tuple([Document(_name(each), each.content_type or "", await each.read()) for each in given])
        title = _title(form)
    if not files:
        raise ApiError(ErrorCode.BAD_REQUEST, 'Send the document as "file".')
    return Uploaded(files, title)


def _title(form: FormData) -> str:
    given = form.get("title")
    text = given if isinstance(given, str) else ""
    return "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST_NAME]


def _name(file: UploadFile) -> str:
    """The file's name without folders."""
    last = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-LONGEST_NAME:] or "document"
