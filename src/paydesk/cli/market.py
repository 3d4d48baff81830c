"""Add a market the company works in: market add GH --name Ghana --currency GHS --time-zone Africa/Accra."""

from __future__ import annotations

import argparse
import json

from paydesk.cli.outcomes import DONE, add_json, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["add"], help="what to do")
    parser.add_argument("code", help="ISO code of the country, such as GH")
    parser.add_argument("--name", required=True, help="such as Ghana")
    parser.add_argument("--currency", required=True, metavar="CODE", help="such as GHS")
    parser.add_argument("--time-zone", required=True, metavar="ZONE", help="such as Africa/Accra")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    from paydesk.config.desk import open_desk

    with open_desk(say):
        from django.utils import timezone

        from paydesk.foundation.people.actions import add_market
        from paydesk.kernel.actor import system

        market = add_market(
            args.code,
            name=args.name,
            currency=args.currency,
            time_zone=args.time_zone,
            by=system("command line"),
            now=timezone.now(),
        )
        if args.json:
            print(json.dumps({"code": market.code, "name": market.name, "currency": market.currency}))
        else:
            print(f"{market.name} ({market.code}) is a market, in {market.currency} and {market.time_zone}.")
    return DONE
