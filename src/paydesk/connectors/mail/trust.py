"""What may be believed of a head: findings of our own servers, spam filters, fields that steer us."""

from __future__ import annotations

import re
from collections.abc import Collection

from paydesk.connectors.mail.messages import Authentication, Fields, Spam

_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_DOMAIN = re.compile(r"header\.(?:d|i)\s*=\s*\"?@?([^\s;\"]+)", re.IGNORECASE)
_FROM = re.compile(r"header\.from\s*=\s*\"?(?:[^\s;\"]*@)?([^\s;\"]+)", re.IGNORECASE)
_SCORE = re.compile(r"(?:^|[\s,;])(?:score|hits)=(-?\d{1,4}(?:\.\d{1,3})?)")
_CONFIDENCE = re.compile(r"\bSCL:(\d)")
# Other desks obey such fields; a stranger who knows that must not open, close or assign anything here.
_CONTROL = re.compile(r"x-(?:paydesk|zammad|otrs|znuny|freescout|helpdesk|ticket|rt|jira)-")


def authentication_of(fields: Fields, trusted: Collection[str]) -> Authentication:
    """The topmost Authentication-Results (RFC 8601) that names one of `trusted` as its server.

    A server that checks takes out what claims to be by itself and puts its own on top; so only the first of
    a trusted name counts, and none at all where `trusted` is empty.
    """
    names = {name.casefold() for name in trusted}
    for field, value in fields:
        if field != "authentication-results":
            continue
        server, *results = _COMMENT.sub(" ", value).split(";")
        words = server.split()
        if not words or words[0].casefold() not in names:
            continue
        spf, dmarc, dmarc_domain, dkim = "", "", "", []
        for result in results:
            method = _METHOD.match(result)
            if method is None:
                continue
            name, outcome = method[1].lower(), method[2].lower()
            if name == "spf":
                spf = spf or outcome
            elif name == "dmarc":
                domain = _FROM.search(result)
                dmarc_domain = dmarc_domain or (domain[1].casefold() if domain else "")
                dmarc = dmarc or outcome
            else:
                domain = _DOMAIN.search(result)
                dkim.append((outcome, domain[1].rpartition("@")[2].casefold() if domain else ""))
        return Authentication(words[0], spf, tuple(dkim), dmarc, dmarc_domain)
    return Authentication()


def spam_of(fields: Fields) -> Spam:
    """What spam filters on the way said. Anybody can write such fields: they count against a message only."""
    because = []
    for name, value in fields:
        low = value.lower()
        if (
            (name in ("x-spam-flag", "x-spam") and low.startswith("yes"))
            or (name == "x-spam-status" and low.startswith("yes"))
            or (name == "x-rspamd-action" and low.startswith(("reject", "add header", "rewrite subject")))
            or (name == "x-ms-exchange-organization-scl" and low.strip().isdigit() and int(low[:2]) >= 5)
            or (name == "x-forefront-antispam-report" and _confidence(value) >= 5)
        ):
            score = _SCORE.search(value)
            because.append(f"{name}: {score[1] if score else value[:60]}")
    return Spam(bool(because), tuple(because))


def _confidence(value: str) -> int:
    found = _CONFIDENCE.search(value)
    return int(found[1]) if found else 0


def control_of(fields: Fields, *, trusted: bool) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The fields that steer a desk: with their values from whom we trust, else the names rejected."""
    found = tuple((name, value) for name, value in fields if _CONTROL.match(name))
    if trusted:
        return found, ()
    return (), tuple(dict.fromkeys(name for name, _ in found))
