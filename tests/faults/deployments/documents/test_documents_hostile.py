"""The document service outlives hostile files: typed errors within the limits, and the next document is read."""

import io
import logging
import zipfile

import pytest

from deployments.documents import service as documents
from deployments.documents.config import DocumentsConfig
from deployments.documents.service import DocumentService
from deployments.shell.sandbox import SandboxLimits
from interview.errors import DocumentRejected, DocumentTooLarge, Overloaded, UnsupportedRequest

PAGE = b"BT /F 12 Tf 20 100 Td (Visible) Tj ET"


def pdf(content: bytes, pages: int = 1) -> bytes:
    kids = b" ".join(b"3 0 R" for _ in range(pages))
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [" + kids + b"] /Count " + str(pages).encode() + b" >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>\nendobj\n"
        b"4 0 obj\n<< /Length " + str(len(content)).encode() + b" >>\nstream\n" + content + b"\nendstream\nendobj\n"
        b"5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n"
        b"trailer << /Size 6 /Root 1 0 R >>\n%%EOF"
    )


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (80 << 20))
    return out.getvalue()


@pytest.fixture
async def reader():
    limits = SandboxLimits(cpu_s=2, wall_s=3, memory_bytes=256 << 20)
    made = DocumentService(DocumentsConfig(max_bytes=1 << 20, max_pages=3, sandbox=limits))
    yield made
    await made.stop()


async def test_hostile_documents_end_in_typed_errors_and_the_next_one_is_read(reader, caplog):
    refused = {
        "a": (b"%PDF-1.7 CANARY garbage", DocumentRejected),
        "b": (zip_bomb(), DocumentTooLarge),
        "c": (pdf(PAGE, pages=4), DocumentTooLarge),
        "d": (b"%PDF-1.7" + b" " * (1 << 20), DocumentTooLarge),
        "e": (pdf(b"0 0 10 10 re f"), DocumentRejected),
        "f": (b"\x89PNG\r\n", DocumentRejected),
        "g": (b"<html><p>CANARY</p>", UnsupportedRequest),
        "h": (b"{\\rtf1 CANARY}", UnsupportedRequest),
        "i": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", UnsupportedRequest),
        "j": (b"caf\xe9", DocumentRejected),
        "k": (b"", DocumentRejected),
    }
    with caplog.at_level(logging.DEBUG):
        for field, (data, error) in refused.items():
            with pytest.raises(error) as raised:
                await reader.read(data, field=field)
            assert type(raised.value) is error, field
            assert list(raised.value.detail["fields"]) == [field]
            assert "CANARY" not in raised.value.message
    assert "CANARY" not in caplog.text
    assert (await reader.read(pdf(PAGE))).text == "Visible"


async def test_a_page_that_paints_for_seconds_is_ended_and_the_next_one_is_read():
    """A million bytes of painting take two seconds to draw, eight times what this reader may use."""
    made = DocumentService(DocumentsConfig(max_bytes=2 << 20, sandbox=SandboxLimits(cpu_s=0.25, wall_s=2)))
    try:
        await made.read(pdf(PAGE))  # the reader is warm
        with pytest.raises(DocumentTooLarge, match="ran out of time"):
            await made.read(pdf(b"0 0 300 200 re f " * 60_000 + PAGE), field="resume")
        assert (await made.read(pdf(PAGE))).text == "Visible"
    finally:
        await made.stop()


async def test_reading_that_takes_too_long_is_ended():
    made = DocumentService(DocumentsConfig(sandbox=SandboxLimits(cpu_s=1, wall_s=0.001)))
    try:
        with pytest.raises(DocumentTooLarge, match="ran out of time"):
            await made.read(pdf(PAGE), field="resume")
    finally:
        await made.stop()


async def test_a_missing_extra_is_named(reader, monkeypatch):
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    with pytest.raises(UnsupportedRequest, match="the extra `documents`"):
        await reader.read(pdf(PAGE), field="resume")


async def test_text_files_are_read_and_comments_of_markdown_are_not(reader):
    found = await reader.read("# Ada\n<!-- CANARY -->Ten years of Go, café.".encode(), name="cv.md", field="resume")
    assert found.text == "# Ada\nTen years of Go, café."
    assert [(hidden.kind, hidden.characters) for hidden in found.hidden] == [("comment", 6)]
    assert (await reader.read("Grüße".encode("utf-16"))).text == "Grüße"


async def test_no_more_documents_wait_than_there_is_room_for():
    made = DocumentService(DocumentsConfig(max_waiting=0))
    with pytest.raises(Overloaded):
        await made.read(pdf(PAGE))
