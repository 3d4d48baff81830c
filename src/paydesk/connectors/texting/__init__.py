"""Text messages (SMS) by the gateway of somebody who runs one. A new one is a module and one line here."""

from __future__ import annotations

from paydesk.connectors.texting import africas_talking, hubtel, other
from paydesk.connectors.texting.gateway import Account, Gateway, GatewayError, Report, Taken

GATEWAYS: dict[str, Gateway] = {
    each.code: each for each in (africas_talking.GATEWAY, hubtel.GATEWAY, other.GATEWAY)
}

__all__ = ["GATEWAYS", "Account", "Gateway", "GatewayError", "Report", "Taken"]
