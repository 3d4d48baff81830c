"""What the worker does by itself: what is usual on each route is measured once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from paydesk.foundation.outbox import housekeeping
from paydesk.kernel.actor import system
from paydesk.reporting.routes.actions import measure_routes
from paydesk.reporting.routes.models import RouteNorm

ONCE_IN = timedelta(hours=20)


@housekeeping.every(1800, "measure routes")
def measure_at_night(now: datetime) -> int:
    """Once a day, whenever the worker finds that it is due."""
    if RouteNorm.objects.filter(measured_at__gt=now - ONCE_IN).exists():
        return 0
    return measure_routes(by=system("worker"), now=now)
