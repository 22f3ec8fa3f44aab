import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from broadsheet.billing.providers.stripe.api import Refusal, Unreachable
from broadsheet.billing.providers.stripe.moving import moving
from broadsheet.membership.errors import Refused
from broadsheet.membership.models import Price

AWAY = "Stripe does not answer. What was moved stays moved: run the command again."


class Command(BaseCommand):
    help = (
        "Takes over subscriptions that run at Stripe, of Ghost, WooCommerce or Substack, with their cards."
        " Without --apply it only says what it would do. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prices", type=Path, metavar="FILE", help="a CSV file: Stripe’s price, ours")
        parser.add_argument(
            "--price", action="append", default=[], metavar="price_…=12", help="the same for one price"
        )
        parser.add_argument("--apply", action="store_true", help="move them")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.STRIPE_KEY:
            raise CommandError("STRIPE_KEY is not set: see docs/stripe.md.")
        prices = dict(self._prices(options))
        counts = {"moves": 0, "moved": 0, "moved before": 0, "stays": 0}
        try:
            for found in moving.listed():
                what, words = self._one(found, prices, is_applied=options["apply"])
                counts[what] += 1
                self.stdout.write(f"{found.id}\t{found.customer.email or ''}\t{what}\t{words}")
        except Unreachable as error:
            raise CommandError(AWAY) from error
        for what, count in counts.items():
            if count:
                self.stdout.write(f"{count:>9,} {what}")
        if counts["stays"] and not prices:
            self._say_ours()
        if not options["apply"]:
            self.stdout.write("Nothing was changed. --apply moves them.")

    def _one(self, found: Any, prices: dict[str, Price], *, is_applied: bool) -> tuple[str, str]:
        try:
            old = moving.read(found, prices)
            if is_applied:
                what = "moved" if moving.move(old) else "moved before"
            else:
                what = "moved before" if moving.is_moved(old) else "moves"
        except moving.Unmovable as error:
            return "stays", str(error)
        except Refused as refused:
            return "stays", refused.reason
        except Refusal as refusal:
            return "stays", f"Stripe refuses: {refusal}"
        ends = old.term[1].date()
        return what, f"ends on {ends}" if old.ends_anyway else f"{old}, charged by us from {ends}"

    def _prices(self, options: dict[str, Any]) -> Iterator[tuple[str, Price]]:
        for number, (theirs, ours) in enumerate(self._pairs(options), start=1):
            price = Price.objects.filter(pk=int(ours)).first() if ours.isascii() and ours.isdigit() else None
            if price is None:
                raise CommandError(f"pair {number}: there is no price {ours} of ours.")
            yield theirs, price

    def _pairs(self, options: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for pair in options["price"]:
            theirs, sign, ours = pair.partition("=")
            if not sign:
                raise CommandError(f"--price {pair}: write Stripe’s price, =, and the number of ours.")
            yield theirs.strip(), ours.strip()
        if path := options["prices"]:
            try:
                text = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{path} can’t be read: {error}.") from error
            for number, row in enumerate(csv.reader(text.splitlines()), start=1):
                cells = [cell.strip() for cell in row]
                if not any(cells) or not cells[0].startswith("price_"):
                    continue  # a heading, or an empty line
                if len(cells) < 2:
                    raise CommandError(f"{path}, line {number}: there is no price of ours beside {cells[0]}.")
                yield cells[0], cells[1]

    def _say_ours(self) -> None:
        self.stdout.write("Ours, by number:")
        for price in Price.objects.filter(retired_at=None).select_related("plan").order_by("pk"):
            self.stdout.write(f"{price.pk:>9} {price} ({price.edition})")
