"""Camera, file and clipboard bring the same text: whoever signs it signs the same bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.scan.codes import CODE, CONTENTS, file_of, offline_operation, picture, read_patiently, side_by_side
from webapp.flows.decoding import decode_frame, decode_picture
from webapp.flows.errors import NoCodeFound

EVERY_FORMAT = {
    "png": ("PNG", {}),
    "jpeg": ("JPEG", {"quality": 75}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "webp": ("WEBP", {"quality": 75}),
    "lossless webp": ("WEBP", {"lossless": True}),
}
ENCODERS = {
    "utf-8": {"encoding": "utf-8"},
    "utf-8, and says so": {"encoding": "utf-8", "eci": True},
    "latin-1": {"encoding": "iso-8859-1"},
    "latin-1, and says so": {"encoding": "iso-8859-1", "eci": True},
}


def of_a_frame(image):
    return decode_frame(*image.size, image.tobytes(), has_time=lambda: True)


def of_a_file(image, kind="PNG", **how):
    return decode_picture(file_of(image, kind, **how), read=read_patiently)


@pytest.mark.parametrize("name", CONTENTS)
def test_camera_and_file_bring_the_pasted_text(name):
    pasted = CONTENTS[name]
    assert of_a_frame(picture(pasted, encoding="utf-8")).encode() == pasted.encode()
    for kind, how in EVERY_FORMAT.values():
        assert of_a_file(picture(pasted, encoding="utf-8"), kind, **how).encode() == pasted.encode()


@pytest.mark.parametrize("how", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("message", ["Zahlung für Müller, Straße 5", "Pay £5", "n° 5", "Größe: 3 µm ± ½"])
def test_it_is_utf_8_whatever_the_encoder_chose(message, how):
    pasted = offline_operation(message)
    image = picture(pasted, **how)
    assert of_a_frame(image).encode() == of_a_file(image).encode() == pasted.encode()


@pytest.mark.parametrize("text", ["£", "½", "n° 5", "ÄÖÜ", "é", "Ã¶ß", "¿Qué?"])
def test_a_few_accented_letters_are_enough(text):
    assert of_a_frame(picture(text, encoding="iso-8859-1", mode="byte")) == text


def test_a_declared_character_set_counts():
    assert of_a_frame(picture("řeka", encoding="iso-8859-2", eci=True)) == "řeka"
    assert of_a_frame(picture("5 €", encoding="cp1252", eci=True)) == "5 €"


def test_utf_8_that_is_declared_as_something_else_is_still_utf_8():
    lie = picture("nájem".encode().decode("iso-8859-1"), encoding="iso-8859-1", eci=True)
    assert of_a_frame(lie) == "nájem"


def test_japanese_is_read_from_its_own_mode():
    assert of_a_frame(picture("日本語", mode="kanji")) == "日本語"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=120))
@settings(max_examples=60)
def test_any_text_comes_out_as_it_went_in(text):
    assert of_a_frame(picture(text, module=3, encoding="utf-8", mode="byte")) == text


@pytest.mark.parametrize(
    "text", ["00000000", "0123456789" * 9, "HTTPS://BANK.EXAMPLE/A+B%20C", "a1\n2\r\n3\t"]
)
def test_digits_letters_and_line_breaks_stay(text):
    assert of_a_frame(picture(text)) == text


def test_only_qr_codes_are_read():
    with pytest.raises(NoCodeFound):
        of_a_frame(picture("12345", micro=True))


def as_image(text):
    return picture(text, module=3)


def test_of_several_codes_the_first_that_can_be_used_is_meant():
    shop, contact = as_image("https://shop.example/autumn"), as_image("BEGIN:VCARD\nFN:Bob\nEND:VCARD")
    for order in ((shop, contact, as_image(CODE)), (as_image(CODE), shop, contact), (shop, as_image(CODE))):
        for down in (True, False):
            assert of_a_file(side_by_side(*order, down=down)) == CODE
            assert of_a_frame(side_by_side(*order, down=down)) == CODE


def test_a_usable_code_is_looked_for_even_where_another_one_is_easier_to_read():
    faint = as_image(CODE).point([120 + value // 16 for value in range(256)])
    assert of_a_file(side_by_side(as_image("https://shop.example/autumn"), faint)) == CODE


def test_of_two_that_can_be_used_the_first_one_is_meant():
    other = CONTENTS["proximity link"]
    for down in (True, False):
        assert of_a_frame(side_by_side(as_image(CODE), as_image(other), down=down)) == CODE
        assert of_a_frame(side_by_side(as_image(other), as_image(CODE), down=down)) == other


def test_a_damaged_code_of_ours_tells_more_than_somebody_elses():
    damaged = CODE[:-1] + ("A" if CODE[-1] != "A" else "Q")
    assert of_a_frame(side_by_side(as_image("hello"), as_image(damaged))) == damaged


def test_without_any_that_means_something_the_first_one_is_told():
    assert of_a_frame(side_by_side(as_image("hello"), as_image("world"))) == "hello"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_as_it_says(orientation, kind):
    sheet = side_by_side(as_image("hello"), as_image("world"))
    assert of_a_file(lying(sheet, orientation), kind, exif=exif(orientation)) == "hello"


def lying(upright, orientation):
    """The picture as a camera stores it that was held otherwise."""
    how = Image.Transpose
    back = {
        2: how.FLIP_LEFT_RIGHT,
        3: how.ROTATE_180,
        4: how.FLIP_TOP_BOTTOM,
        5: how.TRANSPOSE,
        6: how.ROTATE_90,
        7: how.TRANSVERSE,
        8: how.ROTATE_270,
    }
    return upright.transpose(back[orientation]) if orientation in back else upright


def exif(orientation):
    marks = Image.Exif()
    marks[0x0112] = orientation
    return marks


def test_damaged_marks_of_a_camera_do_no_harm():
    damaged = file_of(picture(CODE), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")
    assert decode_picture(damaged) == CODE
