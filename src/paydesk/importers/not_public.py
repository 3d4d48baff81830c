"""Exports whose layout nobody has published: named here, so that a gap is a known one. A mapping reads them.

A row goes away when an importer or a profile is made from a real file.
"""

from __future__ import annotations

from paydesk.importers.about import About

_MAP_IT = "Map the columns of the first real file in the intake; every later one is recognised by its header."

NOT_PUBLIC: tuple[About, ...] = (
    About(
        title="Nsano (Fusion) callback and settlement export",
        provider="Nsano",
        sources=("not_public",),
        source="Only integration code is public: a request with msisdn, amount, mno, kuwaita and refID.",
        known_missing=("The fields of answer, callback and statement are not public.", _MAP_IT),
    ),
    About(
        title="Hubtel settlement report",
        provider="Hubtel",
        sources=("not_public",),
        source="Callbacks and status checks are documented; no export is, see the profile hubtel_portal.",
        known_missing=("Which columns tie a payment to its settlement is not known.", _MAP_IT),
    ),
    About(
        title="Airtel Money statement export",
        provider="Airtel Money",
        sources=("not_public",),
        source="Only SMS texts are public: TID, amount, charges, levy, balance.",
        known_missing=("No column names are known.", _MAP_IT),
    ),
    About(
        title="Orange Money export and callback",
        provider="Orange Money",
        sources=("not_public",),
        source="No public export, no file.",
        known_missing=("Neither columns nor callback fields are confirmed by a file.", _MAP_IT),
    ),
    About(
        title="Wave export",
        provider="Wave",
        sources=("not_public",),
        source="No public export, no file.",
        known_missing=("No column names are known.", _MAP_IT),
    ),
    About(
        title="Telecel (Vodafone) Cash and AirtelTigo Money exports",
        provider="Telecel Cash, AirtelTigo Money",
        sources=("not_public",),
        source="Known only as channels of Hubtel (vodafone-gh, tigo-gh).",
        known_missing=("No column names are known.", _MAP_IT),
    ),
    About(
        title="Paystack dashboard export",
        provider="Paystack",
        sources=("not_public",),
        source="The documentation says that a CSV is made on request; its columns are not published.",
        known_missing=("Webhooks and lists of the API are read instead.", _MAP_IT),
    ),
    About(
        title="Flutterwave dashboard export",
        provider="Flutterwave",
        sources=("not_public",),
        source="An older guide names references and major units; no export is shown.",
        known_missing=("No column names are known.", _MAP_IT),
    ),
    About(
        title="Mollie settlement",
        provider="Mollie",
        sources=("official",),
        source="Documentation only: revenue, deductions, costs per settlement; a settlement is one payout.",
        known_missing=("No file was seen, so nothing is read by itself.", _MAP_IT),
    ),
)
