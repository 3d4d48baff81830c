"""The chart of accounts: which there are, what their sub-ledger key is, which keep a stored balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AccountType = Literal["asset", "contra_asset", "liability", "income", "expense"]


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One account of the chart. `key` names what each sub-account belongs to.

    `keeps_balance`: customer accounts store their balance; control accounts (bank, clearing, suspense) do
    not, because a running balance on a hot account makes every payment wait for every other.
    """

    code: str
    name: str
    type: AccountType
    key: str
    keeps_balance: bool = False


CHART = (
    ChartAccount("1010", "Bank", "asset", "source_account"),
    ChartAccount("1015", "Disbursement float", "asset", "source_account"),
    ChartAccount("1020", "Provider clearing", "asset", "source_account"),
    ChartAccount("1025", "Settlement in transit", "asset", "source_account"),
    ChartAccount("1030", "Payouts and refunds in transit", "contra_asset", "source_account"),
    ChartAccount("1090", "FX position", "asset", "currency_pair"),
    ChartAccount("1100", "Instalments receivable", "asset", "contract", True),
    ChartAccount("1110", "Fees and penalties receivable", "asset", "contract", True),
    ChartAccount("1120", "Returned goods at agreed value", "asset", "device"),
    ChartAccount("1140", "Tax on provider fees", "asset", "market"),
    ChartAccount("1190", "Allowance for credit losses", "contra_asset", "market"),
    ChartAccount("1300", "Disputed funds receivable", "asset", "dispute"),
    ChartAccount("1310", "Recoverable", "asset", "customer", True),
    ChartAccount("1330", "Reserve held by a provider", "asset", "source_account"),
    ChartAccount("2010", "Unapplied cash", "liability", "customer", True),
    ChartAccount("2020", "Suspense: payer unknown", "liability", "source_account"),
    ChartAccount("2030", "Customer deposits, not yet activated", "liability", "contract", True),
    ChartAccount("2040", "Customer credit balance", "liability", "customer", True),
    ChartAccount("2050", "Refunds payable", "liability", "refund"),
    ChartAccount("2060", "Merchant payable, available", "liability", "party", True),
    ChartAccount("2065", "Merchant payable, pending", "liability", "party", True),
    ChartAccount("2070", "Reserve we hold", "liability", "party", True),
    ChartAccount("2080", "Unclaimed money", "liability", "market"),
    ChartAccount("4010", "Contract value", "income", "market"),
    ChartAccount("4015", "Contract value reversed", "income", "market"),
    ChartAccount("4020", "Fees earned", "income", "market"),
    ChartAccount("4030", "Recovery after write-off", "income", "market"),
    ChartAccount("5010", "Provider fees", "expense", "source_account"),
    ChartAccount("5020", "Credit loss expense", "expense", "market"),
    ChartAccount("5030", "Dispute loss", "expense", "market"),
    ChartAccount("5040", "Dispute fee", "expense", "market"),
    ChartAccount("5050", "FX gain or loss", "expense", "market"),
    ChartAccount("5060", "Rounding and small differences", "expense", "market"),
    ChartAccount("5070", "Goodwill", "expense", "market"),
)
NAMES = {account.code: account.name for account in CHART}
KEY_KINDS = {account.code: account.key for account in CHART}
