"""Compare what was approved, disclosed and paid in an area, case by case; code 1 where they differ."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.areas.models import Area
from workflows.money.reconciliation import reconcile
from workflows.programmes.answers import yuan


class Command(BaseCommand):
    """`manage.py reconcile AREA FIRST LAST`."""

    help = "批准、公开、拨付三个数逐件对账：区划代码，从哪天，到哪天"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the area's code and the days, both included."""
        parser.add_argument("area", help="区划代码（12位）")
        parser.add_argument("first", type=date.fromisoformat, help="从哪天，如 2026-01-01")
        parser.add_argument("last", type=date.fromisoformat, help="到哪天，如 2026-06-30")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the sums and every gap; CommandError where there is one."""
        area = Area.objects.filter(code=options["area"]).first()
        if area is None:
            raise CommandError(_("没有这个区划代码，请核对。"))
        found = reconcile(area, options["first"], options["last"])
        sums = {
            "cases": found.cases,
            "approved": yuan(found.approved_fen),
            "disclosed": yuan(found.disclosed_fen),
            "paid": yuan(found.paid_fen),
        }
        words = _("%(cases)d 件：批准 %(approved)s 元，公开 %(disclosed)s 元，拨付 %(paid)s 元")
        self.stdout.write(words % sums)
        for gap in found.gaps:
            self.stdout.write(
                f"{gap.number} {gap.place}：" + "、".join(str(kind.label) for kind in gap.kinds)
            )
        if found.gaps:
            raise CommandError(_("有 %(n)d 件对不上") % {"n": len(found.gaps)})
