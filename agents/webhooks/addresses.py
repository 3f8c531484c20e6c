"""Addresses that a webhook may go to: public ones over https, private ones only where the endpoint allows them.

The check stands where the connection is made (`socket_factory`), on the very address that is connected to: an answer
of the name server that changes after a check (DNS rebinding) meets it as well, and so does an address in digits.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

NAT64: Final = IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """The address is one that this endpoint may not reach."""


def is_public(address: str) -> bool:
    """Whether everybody reaches it: not private, loopback, link-local, multicast, reserved, nor wrapped in v6."""
    try:
        return _is_public(ip_address(address))
    except ValueError:
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped:
            return _is_public(wrapped)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def refusal(address: str, scheme: str, allow_private: bool) -> str | None:
    """Why a request may not go there, in a sentence; None where it may."""
    if is_public(address):
        return None if scheme == "https" else "plain http may not leave the private network; use https"
    return None if allow_private else "the address is not public; set allow_private = true if it is meant"


def socket_factory(url: str, allow_private: bool) -> Callable[[Any], socket.socket]:
    """What makes the sockets of one endpoint; raises AddressRefused instead where it may not connect."""
    scheme = urlsplit(url).scheme

    def make(info: Any) -> socket.socket:
        family, kind, proto, _, sockaddr = info
        why = refusal(sockaddr[0], scheme, allow_private)
        if why is not None:
            raise AddressRefused(why)
        return socket.socket(family=family, type=kind, proto=proto)

    return make


def faults_of_url(url: str, allow_private: bool) -> list[str]:
    """What is wrong with an endpoint's url as it is written, without asking a name server."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ["its url cannot be read"]
    if parts.scheme not in ("https", "http") or not host:
        return ["its url must begin with https:// and name a host"]
    faults = []
    if parts.username is not None or parts.password is not None:
        faults.append("its url holds a user or password; the signature says who sends")
    if parts.fragment:
        faults.append("its url holds a #fragment, which is never sent")
    in_digits = _digits(host)
    if parts.scheme == "http" and not allow_private:
        faults.append("its url must be https (http only with allow_private = true, to private addresses)")
    elif in_digits is not None and (why := refusal(in_digits, parts.scheme, allow_private)) is not None:
        faults.append(why)
    return faults


def _digits(host: str) -> str | None:
    """The host where it is an address and no name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None
