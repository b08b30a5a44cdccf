"""From where a request comes, as far as one visitor is told from another."""

import pytest

from webapp.web.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        (None, ""),
        ("unix:", ""),
        ("not an address", ""),
    ],
)
def test_the_network_of_an_address(address, network):
    assert network_of(address) == network
