"""An approval code at rest: open for two minutes, with the key of its form alone."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.custody.sealing import seal
from webapp.flows.offline_codes import LIFETIME_S, CodeKey, SealedCode
from webapp.randomness import system_random

CODE = "12345678-87654321"
FORM = "b1NlY3JldEZvcm1J"


def sealed(place: CodeKey, made_at_ms: int = 0) -> SealedCode:
    content = seal(place.key, b"1", CODE.encode(), b"approval code", random=system_random)
    return SealedCode(content, made_at_ms)


def test_the_key_of_the_form_opens_it():
    place = CodeKey.of_form(FORM)
    assert place == CodeKey.of_form(FORM)
    assert sealed(place).open(place.key) == CODE


@given(st.text(max_size=20).filter(lambda form_id: form_id != FORM))
def test_no_other_form_opens_it(form_id):
    mine, other = CodeKey.of_form(FORM), CodeKey.of_form(form_id)
    assert sealed(mine).open(other.key) is None
    assert other.code_id != mine.code_id


@given(st.binary(max_size=80), st.binary(min_size=32, max_size=32))
def test_anything_else_is_no_code(content, key):
    assert SealedCode(content, 0).open(key) is None


def test_where_a_code_lies_tells_nothing_about_its_key():
    place = CodeKey.of_form(FORM)
    assert FORM not in place.code_id
    assert len(place.code_id) == 16
    assert repr(place.key) not in repr(place)


@given(st.integers(-(10**15), 10**15), st.integers(-(10**9), 10**9))
def test_no_clock_shows_it_for_longer_than_two_minutes(made_at_ms, age_ms):
    left = SealedCode(b"", made_at_ms).seconds_left(made_at_ms + age_ms)
    assert 0 <= left <= LIFETIME_S
    assert (left > 0) == (0 <= age_ms < LIFETIME_S * 1000)
