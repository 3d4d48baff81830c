"""The demo company: an invented pay-as-you-go phone lender, made through the real intake.

See docs/how-to/make-a-demo-company.md.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

SMALL_CUSTOMERS = 300
SMALL_DAYS = 14
SEED = 1
# Before ten (UTC) the latest morning at the desk is yesterday's: no record may stand in the future.
MORNING_IS_OVER = timedelta(hours=10)


def latest_morning(now: datetime) -> date:
    """The last morning whose work is done by `now`: what the small company of the first run ends on."""
    return (now - MORNING_IS_OVER).date()


def first_run(say: Callable[[str], None]) -> list[dict[str, str]]:
    """Load the small company into an empty database, up to today; one sign-in per role.

    With anything in the database nothing is done and [] returned.
    """
    from django.utils import timezone

    from paydesk.demo.load import is_empty, load_company

    if not is_empty():
        return []
    until = latest_morning(timezone.now())
    made = load_company(customers=SMALL_CUSTOMERS, days=SMALL_DAYS, until=until, seed=SEED, bad_morning=True)
    say(
        f"Demo company: {made.customers} customers, {made.files} files, {made.payments:,} payments "
        f"in {made.seconds:.0f} s. Everything in it is invented."
    )
    return sign_ins()


def sign_ins() -> list[dict[str, str]]:
    """One demo sign-in per role, as `up` shows them."""
    from paydesk.foundation.people.queries import demo_sign_ins

    return [{"role": each.role, "email": each.email, "password": each.password} for each in demo_sign_ins()]
