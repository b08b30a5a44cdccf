"""Where a page may lead after an approval: exactly where the operator allowed it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.flows.policy import Policy

POLICY = Policy(
    redirect_hosts=frozenset({"shop.example", "*.bank.example"}), redirect_schemes=frozenset({"mybank"})
)


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example",
        "https://shop.example/return?order=5521#top",
        "https://SHOP.example/",
        "https://shop.example:443/",
        "https://www.bank.example/",
        "https://a.b.bank.example/",
        "mybank://done",
        "MyBank:done",
    ],
)
def test_allowed(address):
    assert POLICY.allows_redirect(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "shop.example",
        "http://shop.example/",
        "https://www.shop.example/",
        "https://bank.example/",
        "https://evilbank.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://evil.example#@shop.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example:8443/",
        "https://shop.example:x/",
        "https://[shop.example/",
        "https:///shop.example",
        "https://shоp.example/",
        "https://shop.example/\n",
        "\thttps://shop.example/",
        "javascript:alert(1)//shop.example",
        "yourbank://done",
    ],
)
def test_not_allowed(address):
    assert not POLICY.allows_redirect(address)


@given(st.text())
def test_nothing_is_allowed_unless_it_is_named(address):
    assert not Policy().allows_redirect(address)


@given(st.text())
def test_no_text_raises(address):
    POLICY.allows_redirect(f"https://{address}")
    POLICY.allows_redirect(address)
