"""Count the rows of followed tables once, after `migrate`; exit code 1 where the ledger does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.ledger.counting import NotCountable, count_rows


class Command(BaseCommand):
    """`manage.py count_rows`: safe to run again; what was counted is not counted twice."""

    help = "点清底数：把还没有登记的行记进账本，从此多出一行就查得出来；装好、升级以后各运行一次"

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and say how many."""
        try:
            counted = count_rows()
        except NotCountable as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_("点清了，新登记 %(count)d 行。") % {"count": counted})
