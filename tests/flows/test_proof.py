"""The bytes that a browser's key signs have one reading, and a proof is of nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bound import BrowserKey
from webapp.flows.proof import (
    FIELD,
    ProofKeyInvalid,
    ProofMissing,
    ProofWrong,
    SentForm,
    check,
    name_of,
    read_key,
)
from webapp.powerauth.ecc import point_compressed, read_public
from webapp.powerauth.encoding import to_base64url

KEY = BrowserKey()
PUBLIC = read_key(KEY.public) or b""
TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=8)
NAMES = TEXT.filter(lambda name: name != FIELD)
PAIRS = st.lists(st.tuples(NAMES, TEXT), max_size=4)


def sent(*fields, method="POST", path="/operations/1/approve", query=b""):
    return SentForm(method, path, query, fields)


def proven(*fields, key=KEY):
    return sent(*fields, (FIELD, key.proves("/operations/1/approve", dict(fields))))


def one_line_end(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_the_bytes_are_as_documented():
    form = sent(("pin", "2580"), ("a", "ž\n"), ("proof", "x"), ("a", ""), query=b"page=2")
    assert form.signed_bytes() == (
        b"\0\0\0\x0eassent/proof/1"
        b"\0\0\0\x04POST"
        b"\0\0\0\x15/operations/1/approve"
        b"\0\0\0\x06page=2"
        b"\0\0\0\x01a\0\0\0\0"
        b"\0\0\0\x01a\0\0\0\x04\xc5\xbe\r\n"
        b"\0\0\0\x03pin\0\0\0\x042580"
    )


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert sent(*pairs).signed_bytes() == sent(*shuffled).signed_bytes()


@given(PAIRS, PAIRS)
def test_two_forms_have_the_same_bytes_only_if_they_say_the_same(some, others):
    def meaning(pairs):
        return sorted((one_line_end(name), one_line_end(value)) for name, value in pairs)

    same = sent(*some).signed_bytes() == sent(*others).signed_bytes()
    assert same == (meaning(some) == meaning(others))


@given(TEXT, TEXT, TEXT, TEXT)
def test_what_stands_in_the_address_is_never_taken_for_a_field(path, query, name, value):
    form = sent((name, value), path=path, query=query.encode())
    for other in (sent(path=path + name, query=value.encode()), sent((query, ""), (name, value), path=path)):
        assert form.signed_bytes() != other.signed_bytes() or form == other


@given(st.dictionaries(NAMES, TEXT, max_size=4))
def test_the_twin_of_the_script_is_understood(fields):
    check(proven(*fields.items()), PUBLIC)


FIELDS = (("csrf_token", "token"), ("snapshot", "note"), ("pin", "2580"))
GOOD = proven(*FIELDS)


@pytest.mark.parametrize(
    "changed",
    [
        SentForm("PUT", GOOD.path, GOOD.query, GOOD.fields),
        SentForm(GOOD.method, "/operations/2/approve", GOOD.query, GOOD.fields),
        SentForm(GOOD.method, "/bank/operations/1/approve", GOOD.query, GOOD.fields),
        SentForm(GOOD.method, GOOD.path, b"again=1", GOOD.fields),
        SentForm(GOOD.method, GOOD.path, GOOD.query, (*GOOD.fields, ("more", ""))),
        SentForm(GOOD.method, GOOD.path, GOOD.query, (*GOOD.fields, ("pin", "2580"))),
        SentForm(GOOD.method, GOOD.path, GOOD.query, GOOD.fields[1:]),
        SentForm(GOOD.method, GOOD.path, GOOD.query, (("csrf_token", "other"), *GOOD.fields[1:])),
        SentForm(GOOD.method, GOOD.path, GOOD.query, (*GOOD.fields, GOOD.fields[-1])),
        proven(*FIELDS, key=BrowserKey()),
    ],
    ids=[
        "method",
        "another operation",
        "another prefix",
        "query",
        "one more",
        "one twice",
        "one less",
        "one changed",
        "two proofs",
        "another key",
    ],
)
def test_a_proof_is_of_nothing_else(changed):
    check(GOOD, PUBLIC)
    with pytest.raises(ProofWrong):
        check(changed, PUBLIC)


@pytest.mark.parametrize("fields", [(), ((FIELD, ""),), ((FIELD, ""), (FIELD, ""))])
def test_no_proof_is_told_as_such(fields):
    with pytest.raises(ProofMissing):
        check(sent(*FIELDS, *fields), PUBLIC)


@pytest.mark.parametrize("proof", ["x", "=", "é", "A" * 85, "A" * 86, "A" * 87, "A" * 100_000, "\0"])
def test_what_is_no_signature_is_wrong(proof):
    with pytest.raises(ProofWrong):
        check(sent(*FIELDS, (FIELD, proof)), PUBLIC)


def test_the_form_of_a_signature_in_certificates_is_none_here():
    der = KEY.private.sign(GOOD.signed_bytes(), ec.ECDSA(SHA256()))
    with pytest.raises(ProofWrong):
        check(sent(*FIELDS, (FIELD, to_base64url(der))), PUBLIC)


def test_a_browser_without_a_key_gives_none():
    assert read_key("") is None


@pytest.mark.parametrize(
    "text",
    [
        "x",
        KEY.public[:-1],
        KEY.public + "A",
        KEY.public + "=",
        to_base64url(b"\x04" + bytes(64)),
        to_base64url(point_compressed(read_public(PUBLIC))),
        "A" * 100_000,
    ],
    ids=["a letter", "short", "long", "padding", "not on the curve", "compressed", "a flood"],
)
def test_what_is_no_key_of_this_kind_is_refused(text):
    with pytest.raises(ProofKeyInvalid):
        read_key(text)


def test_the_key_is_found_again_by_its_beginning():
    assert len(name_of(KEY.public)) == 24
    assert KEY.public.startswith(name_of(KEY.public))


def test_nothing_typed_shows_in_repr():
    assert "2580" not in repr(GOOD)
