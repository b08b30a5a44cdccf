"""Signatures of requests with a query, and of the bank's own texts."""

import threading
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mtoken.token_world import PIN, URL, make_world
from tests.support.bits import flipped
from webapp.mtoken.transport import Headers, Request
from webapp.powerauth import ecc
from webapp.powerauth.encoding import to_base64
from webapp.powerauth.factors import PowerAuthAuthentication
from webapp.powerauth.signature import canonical_query, query_data
from webapp.sandbox import activations, applications

BY_PIN = PowerAuthAuthentication.password(PIN)
VALIDATE = "/pa/v3/signature/validate"
URI_ID = "/pa/signature/validate"


def gets(world, header, query):
    request = Request("GET", f"{URL}{VALIDATE}?{query}", Headers(dict([header])))
    return world.wire.send(request).status


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"b": "2", "a": "1"},
        [("a", "1"), ("a", "0"), ("A", "5")],
        {"q": "~*-_. x", "\u010d": "\U0001f69c=/?#"},
        {"empty": ""},
    ],
    ids=str,
)
def test_a_get_is_signed_by_its_parameters_in_any_order(world, alice, parameters):
    pairs = list(parameters.items()) if isinstance(parameters, dict) else parameters
    for sent in (urlencode(pairs), urlencode(pairs[::-1]), query_data(parameters).decode()):
        header = alice.request_get_signature(BY_PIN, URI_ID, parameters)
        assert gets(world, header, sent) == 200
    assert alice.fetch_activation_status().is_in_step


def test_every_version_signs_a_get(any_version):
    header = any_version.alice.request_get_signature(BY_PIN, URI_ID, {"a": "1"})
    assert gets(any_version, header, "a=1") == 200


def test_another_query_does_not_fit(world, alice):
    header = alice.request_get_signature(BY_PIN, URI_ID, {"a": "1"})
    assert gets(world, header, "a=2") == 401
    assert alice.fetch_activation_status().remaining_attempts == 4


@pytest.mark.parametrize("parameters", [{"a": "100%"}, {"a": "1+1"}, {"a": "b&c"}, {"a=b": "c"}, {"%": "x"}])
def test_what_servers_sign_differently_is_refused_before_the_counter_moves(alice, parameters):
    before = alice.state
    with pytest.raises(ValueError, match="GET"):
        alice.request_get_signature(BY_PIN, URI_ID, parameters)
    assert alice.state == before


signable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="%+&="))


@given(st.lists(st.tuples(signable, signable)))
def test_both_sides_write_the_parameters_alike(pairs):
    assert query_data(pairs).decode() == canonical_query(urlencode(pairs))


@pytest.mark.parametrize("master_key", [True, False])
def test_what_the_server_has_signed(world, alice, master_key):
    text = "Dear Alice, your limit is 10 000 CZK \u2713"
    with world.sandbox._surroundings.store.read() as transaction:
        application = applications.application(transaction, "assent-demo")
        activation = activations.find(transaction, alice.state.activation_id)
    key = application.private_key() if master_key else activation.server_key()
    signature = ecc.sign(key, text.encode())
    assert alice.verify_server_signed_data(text, to_base64(signature), master_key)
    assert not alice.verify_server_signed_data(text, to_base64(signature), not master_key)
    assert not alice.verify_server_signed_data(text + " ", to_base64(signature), master_key)
    assert not alice.verify_server_signed_data(text, to_base64(flipped(signature, 100)), master_key)
    assert not alice.verify_server_signed_data(text, "not Base64", master_key)


def test_three_signatures_with_one_authentication(alice):
    """What the mobile SDK calls grouped authentication: the key is used while somebody holds it."""
    biometry = PowerAuthAuthentication.biometry(alice.add_biometry_factor(PIN))
    with alice.exclusive():
        values = {alice.request_signature(biometry, "POST", "/x", b"")[1] for _ in range(3)}
    assert len(values) == 3


def test_several_activations_live_side_by_side(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    first, second = (make_world(tmp_path / name).alice for name in ("first", "second"))
    assert first.activation_identifier() != second.activation_identifier()
    first.remove_activation_local()
    second.validate_password(PIN)


def test_many_at_once_never_use_one_counter_value_twice(world, alice):
    """What the mobile SDK has to ask for (is another application at it?), nobody has to ask here."""
    statuses = []

    def validates():
        with alice.exclusive():
            header = alice.request_get_signature(PowerAuthAuthentication.possession(), URI_ID)
            statuses.append(gets(world, header, ""))

    threads = [threading.Thread(target=validates) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert alice.fetch_activation_status().is_in_step
