"""A link on another site leads here: the browser keeps its half of the key back, for one step only."""

import pytest

from tests.support.browser import ORIGIN
from tests.support.people import Person

HALF = "__Host-key"
NEEDS_NO_HALF = {
    "/activation/forget",
    "/deeplink",
    "/offline",
    "/offline-page",
    "/offline/code",
    "/operation",
    "/scan",
    "/scan/shared",
}
"""Pages that are the same for everybody, or only lead on to another one."""


def addresses(site) -> list[str]:
    """Every page whose address is fixed, and those of an operation and a message."""
    rules = [rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())]
    fixed = [rule.rule for rule in rules if not rule.arguments]
    return sorted([*fixed, "/operations/1", "/operations/1/reject", "/operations/1/result", "/inbox/1"])


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {}], ids=["it says so", "it says nothing"]
)
def test_no_page_takes_her_for_a_stranger(alice: Person, site, wire, headers):
    alice.browser.client.delete_cookie(HALF)
    before = len(wire.requests)
    goes_on = set()
    for address in addresses(site):
        response = alice.browser.client.get(address, headers=headers, base_url=ORIGIN, follow_redirects=True)
        said = response.get_data(as_text=True)
        for words in ("not enrolled", "Enrol this browser", "Half of this browser"):
            assert words not in said, address
        if "keeps its key back for one step" in said:
            goes_on.add(address)
            assert 'http-equiv="refresh"' in said, "by itself"
            assert ">Continue</a>" in said, "or by one press"
        else:
            is_for_all = address in NEEDS_NO_HALF or response.mimetype != "text/html"
            assert is_for_all or response.status_code in {204, 404}, address
    assert {"/", "/operations", "/operations/1", "/activation/new", "/settings", "/inbox/1"} <= goes_on
    assert len(wire.requests) == before
