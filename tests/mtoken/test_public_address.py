"""Which URLs and which addresses are taken, and that nothing else is."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.mtoken.public_address import AddressRefused, Target, is_public


@pytest.mark.parametrize(
    ("url", "host", "path", "at_address"),
    [
        ("https://a.example/b.png", "a.example", "/b.png", "https://192.0.2.1:443/b.png"),
        (
            "https://A.Example:443/b%20c?d=1&e#f",
            "a.example",
            "/b%20c?d=1&e",
            "https://192.0.2.1:443/b%20c?d=1&e",
        ),
        ("https://a.example", "a.example", "/", "https://192.0.2.1:443/"),
        ("https://a.example:?x", "a.example", "/?x", "https://192.0.2.1:443/?x"),
        ("https://a.example//b", "a.example", "//b", "https://192.0.2.1:443//b"),
        ("HTTPS://93.184.216.34/", "93.184.216.34", "/", "https://192.0.2.1:443/"),
    ],
)
def test_a_url_has_a_host_and_a_path(url, host, path, at_address):
    target = Target.parse(url, port=443)
    assert (target.host, target.path, target.host_header) == (host, path, host)
    assert target.at("192.0.2.1", 443) == at_address


def test_an_ipv6_address_stands_in_brackets():
    target = Target.parse("https://[2001:db8::1]/", port=443)
    assert (target.host, target.host_header) == ("2001:db8::1", "[2001:db8::1]")
    assert target.at("2606:4700::1111", 443) == "https://[2606:4700::1111]:443/"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "/sandbox/invoice.png",
        "//a.example/b.png",
        "http://a.example/b.png",
        "ftp://a.example/b.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "https:///b.png",
        "https://:443/b.png",
        "https://a.example:444/b.png",
        "https://a.example:80/b.png",
        "https://a.example:0/b.png",
        "https://a.example:99999/b.png",
        "https://a.example:x/b.png",
        "https://bank@a.example/b.png",
        "https://bank:secret@a.example/b.png",
        "https://@a.example/b.png",
        "https://a.example\\@b.example/",
        "https://a.example/b c.png",
        "https://a.example/b.png\r\nCookie: a=b",
        "https://a.example/b\t.png",
        "https://a.example/\x00",
        "https://bänk.example/b.png",
        "https://a.example/obrázek.png",
        "https://[::1/b.png",
        "https://[a.example]/b.png",
    ],
)
def test_a_url_that_is_not_taken(url):
    with pytest.raises(AddressRefused):
        Target.parse(url, port=443)


@given(
    st.one_of(st.text(), st.text().map("https://".__add__), st.from_regex(r"https://[!-~]*", fullmatch=True))
)
def test_any_text_is_a_target_or_refused(url):
    try:
        target = Target.parse(url, port=443)
    except AddressRefused:
        return
    assert target.host
    assert target.path[0] in "/?"


PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "2001::1",
    "4000::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:8.8.8.8",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "2002:a00:1::1",
    "2002:808:808::1",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "",
    "localhost",
    "127.1",
    "0x7f000001",
    "8.8.8.8/32",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public(address):
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_of_another_is_judged_as_itself(carried):
    number = int(carried)
    for whole in (0x64FF9B << 96 | number, 0xFFFF << 32 | number):
        assert is_public(str(ipaddress.IPv6Address(whole))) is is_public(str(carried))


@given(st.ip_addresses())
def test_what_is_public_is_global(address):
    assert not is_public(str(address)) or address.is_global
