"""Verbs on people: their accounts, preferences, how they sign in, their second factor, what they reveal."""

from paydesk.foundation.people.actions.accounts import (
    DEMO_PEOPLE,
    add_market,
    create_person,
    deactivate,
    make_demo_people,
    reactivate,
    set_market_time_zone,
    set_markets,
    set_password,
    set_roles,
)
from paydesk.foundation.people.actions.preferences import set_keyboard_shortcuts, set_language
from paydesk.foundation.people.actions.reveals import reveal
from paydesk.foundation.people.actions.second_factor import (
    add_authenticator_app,
    add_passkey,
    enter_code,
    remove_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    use_passkey,
)
from paydesk.foundation.people.actions.signing_in import (
    record_sign_in,
    record_sign_in_refused,
    sign_out_everywhere,
)

__all__ = [
    "DEMO_PEOPLE",
    "add_authenticator_app",
    "add_market",
    "add_passkey",
    "create_person",
    "deactivate",
    "enter_code",
    "make_demo_people",
    "reactivate",
    "record_sign_in",
    "record_sign_in_refused",
    "remove_second_factor",
    "renew_recovery_codes",
    "reset_second_factor",
    "reveal",
    "set_keyboard_shortcuts",
    "set_language",
    "set_market_time_zone",
    "set_markets",
    "set_password",
    "set_roles",
    "sign_out_everywhere",
    "use_passkey",
]
