"""A soak that could not fail would say nothing: what it counts, and when it is not well."""

from dataclasses import replace

import pytest

from tests.soak.notes import Notes
from tests.soak.work import Result

TWO_FACTORS = 'PowerAuth pa_signature_type="possession_knowledge", pa_nonce="{}"'
ONE_FACTOR = 'PowerAuth pa_signature_type="possession", pa_nonce="{}"'
WELL = Result(approved=1, kills=3, cut=2, spent=0, lost=0, doubled=0, problems=[])


def asked(notes: Notes, header: str | None) -> None:
    environ = {} if header is None else {"HTTP_X_POWERAUTH_AUTHORIZATION": header}
    list(notes(environ, lambda *_: None))


def bank(status: str):
    def application(_environ, start_response):
        start_response(status, [])
        return [b"{}"]

    return application


def test_a_refused_signature_with_a_pin_is_an_attempt():
    notes = Notes(bank("401 UNAUTHORIZED"))
    for header in (TWO_FACTORS.format("a"), ONE_FACTOR.format("b"), None):
        asked(notes, header)
    assert notes.refused == 1
    accepted = Notes(bank("200 OK"))
    asked(accepted, TWO_FACTORS.format("a"))
    assert accepted.refused == 0


def test_the_same_signature_twice_is_doubled():
    notes = Notes(bank("200 OK"))
    asked(notes, TWO_FACTORS.format("a"))
    asked(notes, TWO_FACTORS.format("b"))
    assert notes.doubled == 0
    asked(notes, TWO_FACTORS.format("a"))
    assert notes.doubled == 1


def test_so_is_the_same_proof_of_a_token():
    notes = Notes(bank("200 OK"))
    for nonce in ("a", "b", "b"):
        list(notes({"HTTP_X_POWERAUTH_TOKEN": f'PowerAuth nonce="{nonce}"'}, lambda *_: None))
    assert notes.doubled == 1
    assert notes.tokens.total() == 3


@pytest.mark.parametrize("flaw", [{"approved": 0}, {"spent": 1}, {"lost": 1}, {"doubled": 1}])
def test_what_is_not_zero_is_not_well(flaw):
    assert WELL.is_well
    assert not replace(WELL, **flaw).is_well
