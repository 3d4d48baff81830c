"""Signing in: by e-mail and password, then the second factor. Accounts are made by an administrator.

allauth runs the steps: its own one asks for the second factor a person has, `SetUpStage` has a person without
one set it up before they are let in, so that a password alone never opens a session but for demo people. What
happened is in the audit trail. Wrong passwords and wrong codes count against limits (settings).
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from paydesk.foundation.people.actions import record_sign_in, record_sign_in_refused
from paydesk.foundation.people.client_address import client_address
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.queries import has_second_factor
from paydesk.foundation.people.rules import must_have_second_factor
from paydesk.kernel.actor import system


class DeskSignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter: sign-up closed, a person without a second factor sets one up, all of it recorded."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def get_login_stages(self) -> list[str]:
        return [*super().get_login_stages(), "paydesk.foundation.people.sign_in.SetUpStage"]

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        ways = [
            record.get("type") or record["method"] for record in get_authentication_records(request, user)
        ]
        record_sign_in(user.pk, ways, by=user.actor(), now=timezone.now())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record_sign_in_refused(str(credentials.get("email", "")), by=system("sign-in"), now=timezone.now())


class SignedIn(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend; who is signed in is read with what every page asks about them, in one query."""

    def get_user(self, user_id: Any) -> Person | None:
        person = Person.objects.signed_in(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


class SetUpStage(LoginStage):  # type: ignore[misc]
    """The step of a sign-in in which somebody without a second factor sets one up."""

    key = "second_factor_set_up"
    urlname = "second_factor_set_up"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if must_have_second_factor(is_demo=person.is_demo) and not has_second_factor(person.pk):
            return redirect(self.urlname), True
        return None, True
