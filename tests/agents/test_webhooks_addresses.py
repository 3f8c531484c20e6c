"""Where a webhook may go."""

import socket

import pytest

from agents.webhooks.addresses import AddressRefused, faults_of_url, is_public, refusal, socket_factory


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep credentials
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo around 10.0.0.1
        "no address",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


def test_a_public_address_needs_https_and_a_private_one_needs_leave():
    assert refusal("1.1.1.1", "https", allow_private=False) is None
    assert "http" in refusal("1.1.1.1", "http", allow_private=True)
    assert "not public" in refusal("10.0.0.1", "https", allow_private=False)
    assert refusal("10.0.0.1", "http", allow_private=True) is None


def test_no_socket_is_made_for_an_address_that_is_refused():
    make = socket_factory("https://example.org/", allow_private=False)

    with pytest.raises(AddressRefused, match="not public"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 443)))
    make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 443))).close()


@pytest.mark.parametrize(
    ("url", "allow_private", "says"),
    [
        ("ftp://example.org/", False, "must begin with https"),
        ("example.org/hook", False, "must begin with https"),
        ("https:///hook", False, "must begin with https"),
        ("https://[::1/hook", False, "cannot be read"),
        ("https://example.org:99999/", False, "cannot be read"),
        ("http://example.org/", False, "must be https"),
        ("https://me:pass@example.org/", False, "user or password"),
        ("https://example.org/#part", False, "#fragment"),
        ("https://10.0.0.1/", False, "not public"),
        ("https://[::1]/", False, "not public"),
        ("http://1.1.1.1/", True, "plain http"),
    ],
)
def test_a_url_that_is_wrong_is_told_in_one_sentence(url, allow_private, says):
    [fault] = faults_of_url(url, allow_private)

    assert says in fault


@pytest.mark.parametrize(
    ("url", "allow_private"),
    [
        ("https://example.org/hook?key=1", False),
        ("https://1.1.1.1:8443/", False),
        ("http://127.0.0.1:9000/", True),
        ("http://gateway.internal/", True),
        ("https://[::1]:9000/", True),
    ],
)
def test_a_url_that_is_right(url, allow_private):
    assert faults_of_url(url, allow_private) == []
