"""Why an entry came back, and what a bank asks to change: R and C codes in short words.

Titles after moov-io/ach (Apache-2.0); time frames and what to do next are the desk's, not the file's.
R63 to R66 are out of use and kept for old files.
"""

from __future__ import annotations

RETURNS: dict[str, str] = {
    "R01": "insufficient funds",
    "R02": "account closed",
    "R03": "no account, or unable to locate it",
    "R04": "invalid account number",
    "R05": "debit to a consumer account under a company class, not authorised",
    "R06": "returned at the originating bank's request",
    "R07": "authorisation revoked by the customer",
    "R08": "payment stopped",
    "R09": "uncollected funds",
    "R10": "customer says the originator is unknown or not authorised",
    "R11": "customer says the entry is not what was authorised",
    "R12": "account sold to another bank",
    "R13": "routing number not valid",
    "R14": "representative payee deceased or unable to continue",
    "R15": "account holder deceased",
    "R16": "account frozen",
    "R17": "entry data in doubt, or a reversal that was not due",
    "R18": "effective entry date not valid",
    "R19": "amount not valid",
    "R20": "account takes no such transactions",
    "R21": "company identification not valid",
    "R22": "individual identification not valid",
    "R23": "credit refused by the receiver",
    "R24": "duplicate entry",
    "R25": "addenda not valid",
    "R26": "mandatory field missing",
    "R27": "trace number not valid",
    "R28": "check digit of the routing number not valid",
    "R29": "company says the debit is not authorised",
    "R30": "bank takes no truncated checks",
    "R31": "return agreed between the banks (CCD and CTX)",
    "R32": "receiving bank did not settle",
    "R33": "return of a destroyed-check entry",
    "R34": "bank of limited participation",
    "R35": "debit that may not be made",
    "R36": "credit that may not be made",
    "R37": "source document presented for payment as well",
    "R38": "stop payment on the source document",
    "R39": "source document not eligible",
    "R40": "enrolment returned by the agency",
    "R41": "enrolment: transaction code not valid",
    "R42": "enrolment: routing number not valid",
    "R43": "enrolment: account number not valid",
    "R44": "enrolment: individual identification not valid",
    "R45": "enrolment: name not valid",
    "R46": "enrolment: representative payee mark not valid",
    "R47": "enrolment received twice",
    "R50": "state law forbids the re-presented check",
    "R51": "item not eligible for re-presentment",
    "R52": "stop payment on the re-presented check",
    "R53": "check and its entry both presented",
    "R61": "return sent to the wrong bank",
    "R62": "return of a reversing or erroneous debit",
    "R63": "wrong amount (old code)",
    "R64": "wrong individual identification (old code)",
    "R65": "wrong transaction code (old code)",
    "R66": "wrong company identification (old code)",
    "R67": "returned twice",
    "R68": "return came too late",
    "R69": "fields of the return are wrong",
    "R70": "return not requested by the originating bank",
    "R71": "dishonoured return sent to the wrong bank",
    "R72": "dishonoured return came too late",
    "R73": "original return was in time",
    "R74": "corrected return",
    "R75": "return was not sent twice",
    "R76": "no errors found in the return",
    "R77": "dishonoured return under R62 not accepted",
    "R80": "international entry coded wrongly",
    "R81": "bank takes no international entries",
    "R82": "foreign receiving bank not valid",
    "R83": "foreign receiving bank cannot settle",
    "R84": "not processed by the gateway",
    "R85": "outbound international payment coded wrongly",
    "R90": "returned under the bank's duties on sanctions",
}

CHANGES: dict[str, str] = {
    "C01": "account number",
    "C02": "routing number",
    "C03": "routing number and account number",
    "C04": "name",
    "C05": "transaction code",
    "C06": "account number and transaction code",
    "C07": "routing number, account number and transaction code",
    "C08": "routing number of the foreign receiving bank",
    "C09": "individual identification",
    "C13": "format of the addenda",
    "C14": "entry class: an outbound international payment must be IAT",
    "C61": "notification sent to the wrong bank",
    "C62": "wrong trace number",
    "C63": "wrong company identification",
    "C64": "wrong individual identification",
    "C65": "corrected data in a wrong format",
    "C66": "wrong discretionary data",
    "C67": "routing number is not that of the original entry",
    "C68": "account number is not that of the original entry",
    "C69": "wrong transaction code",
}


def is_dishonoured(code: str) -> bool:
    """Whether the originating bank refused the return (R61 to R70)."""
    return "R61" <= code <= "R70"


def is_contested(code: str) -> bool:
    """Whether the receiving bank stands by a return that was refused (R71 to R77)."""
    return "R71" <= code <= "R77"


def is_refused_change(code: str) -> bool:
    """Whether a notification of change was refused (C61 to C69)."""
    return "C61" <= code <= "C69"
