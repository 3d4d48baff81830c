"""Where a request came from, by which sign-in attempts are counted; a stranger's header does not count."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The last address in the chain that is no proxy of ours (`PAYDESK_PROXIES`); without any the sender."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    chain = request.headers.get("X-Forwarded-For", "").split(",")
    while chain and _is_ours(address):
        address = chain.pop().strip() or address
    return address


def _is_ours(address: str) -> bool:
    try:
        seen = ip_address(address)
        return any(seen in ip_network(proxy, strict=False) for proxy in settings.TRUSTED_PROXIES)
    except ValueError:
        return False
