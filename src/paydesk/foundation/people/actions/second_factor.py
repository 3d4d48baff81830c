"""The second factor of a person: an authenticator app, passkeys, recovery codes.

What is stored is allauth's (`mfa_authenticator`); secrets are encrypted by second_factors.DeskFactors.
Everyone sets up their own; an administrator can only take all of it away, which also ends the sessions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import factors_of
from paydesk.foundation.people.rules import must_have_second_factor, totp_counter
from paydesk.foundation.people.steps import end_sessions, locked
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.refused import NotAllowedRefused, Refused

RIGHT = "people.manage"
NAME_LENGTH = 60


@transaction.atomic(durable=True)
def add_authenticator_app(person_id: int, secret: str, code: str, *, by: Actor, now: datetime) -> list[str]:
    """Keep the app's `secret` once `code` shows that the app has it. Returns its first recovery codes.

    Raises Refused for a wrong code, for a second app and for demo people, whose account is everybody's.
    """
    person = _own(person_id, by)
    if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        raise Refused(
            "You have an authenticator app already; remove it first to set up another.",
            code="factor.is_there",
        )
    counter = totp_counter(secret, code, now)
    if counter is None:
        raise Refused(
            "This is not the code the app shows now. Check the time on your phone, then type the next code.",
            code="code.wrong",
        )
    app = TOTP.activate(person, secret).instance
    app.data["counter"] = counter
    app.save(update_fields=["data"])
    return _added(person, app, by, now)


@transaction.atomic(durable=True)
def add_passkey(
    person_id: int, name: str, credential: dict[str, Any], *, by: Actor, now: datetime
) -> list[str]:
    """Keep a passkey whose registration allauth has checked. Returns recovery codes, if there were none."""
    person = _own(person_id, by)
    shown = " ".join(name.split())[:NAME_LENGTH] or "Passkey"
    return _added(person, WebAuthn.add(person, shown, credential).instance, by, now)


@transaction.atomic(durable=True)
def remove_second_factor(person_id: int, factor_id: int, *, by: Actor, now: datetime) -> None:
    """Take away one's own app or passkey. The last one stays: set up another first."""
    person = _own(person_id, by)
    factors = factors_of(person_id)
    chosen = next((factor for factor in factors if factor.pk == factor_id), None)
    if chosen is None:
        return
    if len(factors) == 1:
        raise Refused(
            "This is your only second factor, and signing in asks for one. Set up another first.",
            code="factor.last",
        )
    kind = chosen.type
    chosen.delete()
    audit.record(
        "person.factor_removed", subject=("person", person.pk), by=by, at=now, changes={"factor": kind}
    )


@transaction.atomic(durable=True)
def renew_recovery_codes(person_id: int, *, by: Actor, now: datetime) -> list[str]:
    """New recovery codes, shown this once; the old ones stop working."""
    person = _own(person_id, by)
    if not factors_of(person_id):
        raise Refused("Set up an authenticator app or a passkey first.", code="factor.none")
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    audit.record("person.recovery_codes_renewed", subject=("person", person.pk), by=by, at=now, changes={})
    return codes


@transaction.atomic(durable=True)
def enter_code(person_id: int, code: str, *, by: Actor, now: datetime) -> Authenticator | None:
    """What `code` proves: the app, or the recovery codes (that one is used up); None for a wrong code.

    A code of the app counts once, also while it is still shown. Each try is recorded, a wrong one as tried by
    nobody we know.
    """
    person = locked(person_id)
    typed = "".join(code.split()).replace("-", "")
    found = _app_shows(person, typed, now) or _recovery_code(person, typed)
    if found is None:
        audit.record(
            "person.code_refused", subject=("person", person.pk), by=system("sign-in"), at=now, changes={}
        )
        return None
    found.last_used_at = now
    found.save(update_fields=["last_used_at"])
    if found.type == Authenticator.Type.RECOVERY_CODES:
        left = len(found.wrap().get_unused_codes())
        audit.record(
            "person.recovery_code_used",
            subject=("person", person.pk),
            by=by,
            at=now,
            changes={"codes_left": left},
        )
    else:
        audit.record("person.code_entered", subject=("person", person.pk), by=by, at=now, changes={})
    return found


@transaction.atomic(durable=True)
def use_passkey(person_id: int, factor_id: int, *, by: Actor, now: datetime) -> None:
    """A passkey of this person was shown; allauth has checked its signature."""
    Authenticator.objects.filter(pk=factor_id, user_id=person_id).update(last_used_at=now)
    audit.record("person.passkey_used", subject=("person", person_id), by=by, at=now, changes={})


@transaction.atomic(durable=True)
def reset_second_factor(person_id: int, *, reason: str, by: Actor, now: datetime) -> Person:
    """Take away every factor of a person who lost theirs, and end their sessions: they set up anew.

    Raises Refused for oneself and without a reason.
    """
    by.needs(RIGHT)
    person = locked(person_id)
    if by.kind == "person" and by.id == person_id:
        raise Refused("You cannot reset your own; another administrator can.", code="person.is_oneself")
    if not reason.strip():
        raise Refused("Say how you know that it is this person who asks.", code="reset.reason")
    kinds = sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)
    audit.record(
        "person.second_factor_reset",
        subject=("person", person.pk),
        by=by,
        at=now,
        changes={"factors": kinds},
        note=reason.strip(),
    )
    return person


def _own(person_id: int, by: Actor) -> Person:
    if by.kind != "person" or by.id != person_id:
        raise NotAllowedRefused("Everyone sets up their own second factor.", code="factor.of_another")
    person = locked(person_id)
    if not must_have_second_factor(is_demo=person.is_demo):
        raise Refused(
            "Demo people are not asked for a second factor: their password is shown to everyone.",
            code="person.is_demo",
        )
    return person


def _added(person: Person, factor: Authenticator, by: Actor, now: datetime) -> list[str]:
    codes: list[str] = []
    if not Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).exists():
        codes = RecoveryCodes.activate(person).generate_codes()
    audit.record(
        "person.factor_added",
        subject=("person", person.pk),
        by=by,
        at=now,
        changes={"factor": factor.type, "recovery_codes": len(codes)},
    )
    return codes


def _app_shows(person: Person, code: str, now: datetime) -> Authenticator | None:
    app = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    if app is None:
        return None
    counter = totp_counter(decrypt(app.data["secret"]), code, now)
    if counter is None or counter <= app.data.get("counter", 0):
        return None
    app.data["counter"] = counter
    app.save(update_fields=["data"])
    return app  # type: ignore[no-any-return]


def _recovery_code(person: Person, code: str) -> Authenticator | None:
    codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    if codes is None:
        return None
    wrapped = codes.wrap()
    return wrapped.instance if wrapped.validate_code(code) else None
