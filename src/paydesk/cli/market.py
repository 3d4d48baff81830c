"""Add a market the company works in, or set the time zone of one.

market add GH --name Ghana --currency GHS --time-zone Africa/Accra; market set GH --time-zone Africa/Lagos.
"""

from __future__ import annotations

import argparse
import json

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["add", "set"], help="add a market, or set its time zone")
    parser.add_argument("code", help="ISO code of the country, such as GH")
    parser.add_argument("--name", help="of a new one, such as Ghana")
    parser.add_argument("--currency", metavar="CODE", help="of a new one, such as GHS")
    parser.add_argument("--time-zone", required=True, metavar="ZONE", help="such as Africa/Accra")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    if args.what == "add" and not (args.name and args.currency):
        raise WrongUse("Give a new market its --name and --currency; `paydesk market --help` shows how.")
    if args.what == "set" and (args.name or args.currency):
        raise WrongUse("Only the time zone of a market can be set; its amounts are in its currency.")
    with open_desk(say):
        from django.utils import timezone

        from paydesk.foundation.people.actions import add_market, set_market_time_zone
        from paydesk.kernel.actor import system

        by, now = system("command line"), timezone.now()
        if args.what == "set":
            market = set_market_time_zone(args.code, args.time_zone, by=by, now=now)
        else:
            market = add_market(
                args.code,
                name=args.name,
                currency=args.currency,
                time_zone=args.time_zone,
                by=by,
                now=now,
            )
        if args.json:
            known = {"code": market.code, "name": market.name, "currency": market.currency}
            print(json.dumps(known | {"time_zone": market.time_zone}))
        else:
            print(f"{market.name} ({market.code}) is a market, in {market.currency} and {market.time_zone}.")
    return DONE
