"""What a file is, by its content and not by its name; and which names are safe."""

import gzip
import io
import zipfile

import pytest

from paydesk.foundation.documents.rules import XLSX, content_type_of, safe_file_name, size_text


def zipped(*members: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for member in members:
            archive.writestr(zipfile.ZipInfo(member), "<x/>")  # of the same date in every process
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b"Date,Ref,Amount\n2026-01-02,A1,10.00\n2026-01-03,A2,5.50\n", "text/csv"),
        (b"Datum;Betrag\r\n02.01.2026;10,00\r\n03.01.2026;1.005,50\r\n", "text/csv"),
        ("Name\tMontant\nAmé\t10\n".encode("cp1252"), "text/csv"),
        ("Name,Amount\nAmé,10\n".encode("utf-16"), "text/csv"),
        (b"\xef\xbb\xbfName,Amount\nA,10\n", "text/csv"),
        (b"\n\nStatement of account\n\nDate,Ref\n1,2\n3,4\n5,6\n7,8\n", "text/csv"),
        (b":20:START\n:25:12345678\n:28C:1/1\n:60F:C260101EUR0,00\n", "text/plain"),
        (b"Dear desk, please find attached.\n", "text/plain"),
        (b"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX>\n", "text/plain"),
        (
            b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
            "application/xml",
        ),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), "application/xml"),
        (b"  <Document><BkToCstmrStmt/></Document>", "application/xml"),
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "text/html"),
        (b'{"TransID": "RKTQDM7W6S", "TransAmount": "10"}', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"[Statement]\nno json\n", "text/plain"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (zipped("statement.csv"), "application/zip"),
        (zipped(), "application/zip"),
        (zipped("xl/workbook.xml")[:60], "application/octet-stream"),
        (gzip.compress(b"Date,Ref\n1,2\n", mtime=0), "application/gzip"),
        (b"\x1f\x8b no gzip at all", "application/octet-stream"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (bytes(range(256)) * 4, "application/octet-stream"),
    ],
)
def test_by_content(content, media):
    assert content_type_of(io.BytesIO(content)) == media


def test_a_character_cut_in_two_by_the_look_at_the_beginning_does_no_harm():
    row = "Ama Mensäh;10,00\n".encode()
    for padding in range(len(row)):
        content = b"x" * padding + b";y\n" + row * 6000
        assert content_type_of(io.BytesIO(content)) == "text/csv"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("statement.csv", "statement.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ama\\march.xlsx", "march.xlsx"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"b\r\nSet-Cookie: x=y;.csv', "a_b Set-Cookie_ x=y_.csv"),
        ("  relevé   de\tcompte .pdf ", "relevé de compte .pdf"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("\x00\x01", "unnamed"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("x" * 300, "x" * 200),
    ],
)
def test_safe_file_name(given, safe):
    assert safe_file_name(given) == safe


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (17, "17 bytes"),
        (1024, "1 KB"),
        (1_600_000, "1.5 MB"),
        (512 << 20, "512 MB"),
        (3 << 30, "3 GB"),
        (2047, "1.9 KB"),
    ],
)
def test_size_text(size, text):
    assert size_text(size) == text
