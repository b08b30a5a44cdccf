"""QR codes of the bank and what they carry: formats.md, sections 3 and 6.3."""

from xml.etree import ElementTree as ET

from webapp.sandbox.qr import proximity_link, proximity_token, proximity_token_link, qr_svg

OPERATION_ID = "2c9d1f44-8a37-4d6b-b0e5-73f1c2a84e60"
# P17 of formats.md.
TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0."
    "eyJvaWQiOiIyYzlkMWY0NC04YTM3LTRkNmItYjBlNS03M2YxYzJhODRlNjAiLCJwb3RwIjoiNDA3MTgyNjMifQ"
)


def test_the_forms_of_a_proximity_code():
    assert (
        proximity_link(OPERATION_ID, "40718263") == f"web+assent://operation?oid={OPERATION_ID}&potp=40718263"
    )
    assert proximity_token(OPERATION_ID, "40718263") == TOKEN
    assert proximity_token_link(TOKEN) == f"web+assent://operation?code={TOKEN}"


def test_a_link_without_a_code_only_names_the_operation():
    assert proximity_link("kq+v/9s=", None) == "web+assent://operation?oid=kq%2Bv%2F9s%3D"


def test_the_picture_needs_neither_styles_nor_scripts():
    svg = ET.fromstring(qr_svg("ABCDE-ABCDE-ABCDE-ABCDE#" + "A" * 96))
    names = {name for element in svg.iter() for name in element.attrib}
    assert names <= {"viewBox", "class", "fill", "stroke", "d"}
    assert svg.attrib["viewBox"] == "0 0 53 53"  # version 7 has 45 modules, and 4 of quiet zone on each side
