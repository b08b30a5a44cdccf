"""Whatever way a code comes in, the same is read; and nothing that was read is told where it must not be."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.qr.payloads import OPERATION_ID, payload
from tests.scan.codes import CODE, CONTENTS, file_of, picture
from webapp.flows import scan
from webapp.flows.decoding import decode_frame
from webapp.flows.errors import CodeUnknown, NothingToRead, RecoveryCodeScanned
from webapp.mtoken.errors import PacError
from webapp.mtoken.pac import PACData
from webapp.powerauth.activation_code import ActivationCode
from webapp.powerauth.errors import ActivationCodeError, QROperationError
from webapp.sandbox.qr import proximity_link

LINK = proximity_link(OPERATION_ID, "40718263")
CZECH = payload(message="Zaplatit 1 250,50 € za nájem?")
WESTERN = payload(message="Zaplatit nájem – ne", title="Über Größe").replace("–", "-")
"""Every letter of it is one of Latin-1."""
REFUSALS = (
    CodeUnknown,
    NothingToRead,
    RecoveryCodeScanned,
    QROperationError,
    PacError,
    ActivationCodeError,
)


def as_latin_1(text: str) -> str:
    """What a browser says that takes the bytes of UTF-8 for letters."""
    return text.encode().decode("iso-8859-1")


def in_a_frame(text: str, **how) -> str:
    image = picture(text, **how)
    return decode_frame(*image.size, image.tobytes())


@pytest.mark.parametrize("text", [CZECH, WESTERN, *CONTENTS.values()], ids=["Czech", "Western", *CONTENTS])
def test_camera_picture_and_clipboard_bring_the_same(text):
    wanted = scan.pasted(text)
    assert scan.pasted(f"\ufeff {text} \n".replace("\n", "\r\n")) == wanted
    assert scan.pictured(file_of(picture(text))) == wanted
    assert scan.seen([in_a_frame(text)], by_browser=False) == wanted
    assert scan.seen([text], by_browser=True) == wanted
    assert scan.seen([as_latin_1(text)], by_browser=True) == wanted


def test_an_encoder_of_latin_1_makes_no_difference():
    code = {"encoding": "iso-8859-1", "eci": False}
    wanted = scan.pasted(WESTERN)
    assert scan.pictured(file_of(picture(WESTERN, **code))) == wanted
    assert scan.seen([in_a_frame(WESTERN, **code)], by_browser=False) == wanted
    assert scan.seen([WESTERN], by_browser=True) == wanted


def test_what_this_site_has_read_is_not_mended_again():
    twice = payload(message=as_latin_1("nájem"))
    assert scan.seen([in_a_frame(twice, encoding="utf-8")], by_browser=False).message == as_latin_1("nájem")


@pytest.mark.parametrize("others", [["Hello"], ["https://shop.example/", "Hello"], [CODE[:-2], "", "Hello"]])
def test_of_several_codes_in_a_picture_the_one_that_is_ours_counts(others):
    found = PACData(OPERATION_ID, "40718263")
    assert scan.seen([*others, LINK], by_browser=True) == found
    assert scan.seen([LINK, *others], by_browser=True) == found


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("one\ntwo", QROperationError),
        ("mybank://operation?oid=", PacError),
        ("AERUK-ZJ4VP-G66EB-S6C3Q", ActivationCodeError),
        ("R:6DQ5F-Q5UUW-LIO6H-7KILA", RecoveryCodeScanned),
        ("R:6DQ5F-Q5UUW-LIO6H-7KIL", RecoveryCodeScanned),
        ("https://shop.example/", CodeUnknown),
        ("Hello", CodeUnknown),
        ("A" * 5000, CodeUnknown),
    ],
)
def test_what_leads_nowhere_is_told_by_its_kind_and_by_nothing_else(text, error):
    for read in (scan.pasted, lambda one: scan.seen([one], by_browser=True)):
        with pytest.raises(error) as told:
            read(text)
        assert text not in str(told.value)
        assert text not in repr(told.value)


@pytest.mark.parametrize(
    "nothing",
    [
        lambda: scan.pasted(" \r\n"),
        lambda: scan.pictured(b""),
        lambda: scan.seen([], by_browser=True),
        lambda: scan.seen([""], by_browser=False),
    ],
)
def test_nothing_is_told_as_nothing(nothing):
    with pytest.raises(NothingToRead):
        nothing()


def test_only_people_forget_dashes_and_capitals():
    typed = CODE.replace("-", " ").lower()
    assert scan.pasted(typed) == ActivationCode(CODE)
    with pytest.raises(CodeUnknown):
        scan.seen([typed], by_browser=True)


@given(st.lists(st.text(max_size=300), max_size=3), st.booleans())
def test_any_text_leads_somewhere_or_ends_in_an_error_of_ours(texts, by_browser):
    for read in (lambda: scan.seen(texts, by_browser=by_browser), lambda: scan.pasted("".join(texts))):
        with suppress(*REFUSALS):
            assert isinstance(read(), scan.Target)
