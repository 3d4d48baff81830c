"""The invented lender's three countries: what it sells there and the accounts its money comes through.

The company, its customers, account numbers and banks are invented. Providers are named because their file
layouts are what the demo is about; nothing here is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

COMPANY = "Baobab Phones (invented)"

Frequency = Literal["daily", "weekly", "monthly"]
# Share of the contracts on each plan.
FREQUENCIES: dict[Frequency, int] = {"daily": 15, "weekly": 55, "monthly": 30}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account at a provider or bank. `share` is how many of 100 customers pay through it; `operator`
    limits it to phones of that network. `layout` names the file format (see files.py)."""

    key: str
    provider_code: str
    provider_name: str
    provider_kind: str
    name: str
    identifier: str
    role: str
    layout: str
    share: int = 0
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A phone: price parts in minor units. `each` is one instalment of a weekly plan of `weeks`."""

    name: str
    deposit_minor: int
    weekly_minor: int
    weeks: int
    daily_minor: int
    days: int
    monthly_minor: int
    months: int


@dataclass(frozen=True, slots=True)
class DemoMarket:
    """A country. `share` of 100 customers; `phone_prefixes` by network; `round_minor` the step people round
    to."""

    code: str
    name: str
    currency: str
    time_zone: str
    share: int
    number_start: str
    country_code: str
    subscriber_digits: int
    phone_prefixes: dict[str, tuple[str, ...]]
    products: tuple[Product, ...]
    accounts: tuple[DemoAccount, ...]
    round_minor: int

    @property
    def paying_accounts(self) -> tuple[DemoAccount, ...]:
        return tuple(account for account in self.accounts if account.role == "originates" and account.share)

    @property
    def bank(self) -> DemoAccount:
        return next(account for account in self.accounts if account.role == "settles")


MARKETS = (
    DemoMarket(
        "GH", "Ghana", "GHS", "Africa/Accra", 40, "3", "233", 7,
        {"mtn": ("24", "54", "55", "59"), "telecel": ("20", "50"), "at": ("26", "27", "56", "57")},
        (
            Product("Zuri 2 32 GB", 250_00, 25_00, 39, 4_00, 240, 110_00, 9),
            Product("Sankofa S1 64 GB", 400_00, 35_00, 39, 5_50, 270, 150_00, 9),
            Product("Sankofa S3 128 GB", 600_00, 45_00, 52, 6_50, 365, 195_00, 12),
            Product("Keypad 4G", 80_00, 15_00, 20, 2_50, 120, 65_00, 4),
        ),
        (
            DemoAccount(
                "gh_hubtel", "hubtel", "Hubtel", "psp",
                "Hubtel collections GH", "POS-2026001", "originates", "hubtel", 38,
            ),
            DemoAccount(
                "gh_momo", "mtn_momo", "MTN MoMo", "mobile_money",
                "MTN MoMo merchant GH", "233240000001", "originates", "momo", 52, "mtn",
            ),
            DemoAccount(
                "gh_transfers", "adinkra_bank", "Adinkra Bank (invented)", "bank",
                "Adinkra transfers in GH", "0090000000117", "originates", "camt", 10,
            ),
            DemoAccount(
                "gh_bank", "adinkra_bank", "Adinkra Bank (invented)", "bank",
                "Adinkra settlement GH", "0090000000125", "settles", "camt",
            ),
            DemoAccount(
                "gh_telecel", "telecel_cash", "Telecel Cash", "mobile_money",
                "Telecel Cash merchant GH", "TC-77001", "originates", "telecel",
            ),
        ),
        5_00,
    ),
    DemoMarket(
        "KE", "Kenya", "KES", "Africa/Nairobi", 35, "6", "254", 7,
        {"safaricom": ("70", "71", "72", "74", "79"), "airtel": ("73", "78")},
        (
            Product("Zuri 2 32 GB", 2_000_00, 250_00, 39, 40_00, 270, 1_100_00, 9),
            Product("Savanna 4 64 GB", 3_500_00, 350_00, 39, 55_00, 270, 1_550_00, 9),
            Product("Savanna 6 128 GB", 5_000_00, 450_00, 52, 70_00, 365, 2_000_00, 12),
            Product("Keypad 4G", 800_00, 150_00, 20, 25_00, 120, 650_00, 4),
        ),
        (
            DemoAccount(
                "ke_mpesa", "mpesa", "Safaricom M-Pesa", "mobile_money",
                "M-Pesa paybill KE", "600999", "originates", "mpesa", 78, "safaricom",
            ),
            DemoAccount(
                "ke_airtel", "airtel_money", "Airtel Money", "mobile_money",
                "Airtel Money till KE", "AM-4410", "originates", "airtel", 22,
            ),
            DemoAccount(
                "ke_bank", "jamii_bank", "Jamii Bank (invented)", "bank",
                "Jamii settlement KE", "0180000000332", "settles", "bank_csv",
            ),
        ),
        50_00,
    ),
    DemoMarket(
        "NG", "Nigeria", "NGN", "Africa/Lagos", 25, "9", "234", 7,
        {"mtn": ("803", "806", "703", "813"), "airtel": ("802", "808", "812"), "glo": ("805", "807", "815")},
        (
            Product("Zuri 2 32 GB", 20_000_00, 2_500_00, 39, 400_00, 270, 11_000_00, 9),
            Product("Ogene 5 64 GB", 35_000_00, 3_500_00, 39, 550_00, 270, 15_500_00, 9),
            Product("Ogene 7 128 GB", 50_000_00, 4_500_00, 52, 700_00, 365, 20_000_00, 12),
            Product("Keypad 4G", 8_000_00, 1_500_00, 20, 250_00, 120, 6_500_00, 4),
        ),
        (
            DemoAccount(
                "ng_paystack", "paystack", "Paystack", "psp",
                "Paystack NG", "PSK-1180", "originates", "paystack", 55,
            ),
            DemoAccount(
                "ng_ussd", "sahel_ussd", "Sahel USSD collections (invented)", "psp",
                "USSD and branch collections NG", "BILLER-0571", "originates", "ussd", 45,
            ),
            DemoAccount(
                "ng_bank", "sahel_bank", "Sahel Bank (invented)", "bank",
                "Sahel settlement NG", "0700000004411", "settles", "camt",
            ),
        ),
        500_00,
    ),
)  # fmt: skip
BY_CODE = {market.code: market for market in MARKETS}
ACCOUNTS = {account.key: (market, account) for market in MARKETS for account in market.accounts}
