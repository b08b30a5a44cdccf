"""A PIN that can be wiped: what was typed, and nothing of it afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.password import Password, password_bytes

typed = st.text(st.characters(exclude_categories=["Cs"]))


@given(typed)
def test_one_key_at_a_time_is_the_same_as_all_at_once(text: str) -> None:
    password = Password()
    for character in text:
        password.add(character)
    assert password.matches(Password(text))
    assert (len(password), password.reveal()) == (len(text), text.encode())
    assert password_bytes(password) == password_bytes(text) == password_bytes(text.encode())


@given(typed)
def test_the_last_character_goes_as_a_whole(text: str) -> None:
    password = Password(text)
    password.remove_last()
    assert password.reveal() == text[:-1].encode()


@given(typed, typed, st.integers(0, 20))
def test_characters_come_and_go_at_any_position(text: str, more: str, position: int) -> None:
    at = min(position, len(text))
    password = Password(text)
    password.insert(at, more)
    assert password.reveal() == (text[:at] + more + text[at:]).encode()
    for _ in more:
        password.remove(at)
    assert password.reveal() == text.encode()


@pytest.mark.parametrize("position", [-1, 5])
def test_a_position_that_is_none(position: int) -> None:
    password = Password("2580")
    with pytest.raises(IndexError):
        password.insert(position, "1")
    with pytest.raises(IndexError):
        password.remove(position)
    with pytest.raises(IndexError):
        password.remove(len(password))
    assert password.reveal() == b"2580"


def test_nothing_is_left_after_wiping() -> None:
    password = Password("2580")
    password.wipe()
    assert (len(password), password.reveal()) == (0, b"")
    assert not password.matches(Password("2580"))


def test_leaving_the_block_wipes() -> None:
    with Password("2580") as password:
        authentication = PowerAuthAuthentication.password(password)
        assert authentication.reveal() == b"2580"
    assert len(password) == 0


@pytest.mark.parametrize("other", ["2581", "258", "25800", ""])
def test_two_that_differ(other: str) -> None:
    assert not Password("2580").matches(Password(other))


def test_it_shows_nothing_of_itself() -> None:
    password = Password("2580")
    assert "2580" not in repr(password) + str(password) + repr(PowerAuthAuthentication.password(password))
