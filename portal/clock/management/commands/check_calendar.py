"""Say whether the calendar of holidays reaches as far as the deadlines that run now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from portal.clock.health import missing_by_county, years_in_use


class Command(BaseCommand):
    """Ends with code 1 and names county and year where holidays are missing."""

    help = "检查放假和调休日期是否已经录到正在用的年份"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found."""
        missing = missing_by_county()
        if missing:
            lines = [
                _("%(county)s：%(years)s 年没有录入，期限暂按周一至周五算")
                % {"county": county, "years": "、".join(str(year) for year in years)}
                for county, years in missing.items()
            ]
            raise CommandError("\n".join(lines))
        years = "、".join(str(year) for year in years_in_use())
        self.stdout.write(_("%(years)s 年的放假和调休日期都有。") % {"years": years})
