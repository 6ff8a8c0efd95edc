"""Shows the footer's facts and what is still to be filled in, or sets them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from disclosure.pages.models import SiteRecord
from disclosure.pages.site_facts import FIELDS, BadFact, set_facts


class Command(BaseCommand):
    """`site_record [--county NAME] [--sponsor …] [--site-code …] …`"""

    help = "看或填公开网站的县名和页脚：主办、承办、电话、网站标识码、备案号、公安备案号、党政机关标识"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the county's name and each fact."""
        parser.add_argument("--county", help="县名，写在“明白账”旁边")
        for name in FIELDS:
            label = str(SiteRecord._meta.get_field(name).verbose_name)
            parser.add_argument(f"--{name.replace('_', '-')}", dest=name, help=f"{label}；写 '' 是改回待填")

    def handle(self, *args: Any, county: str | None, **options: Any) -> None:
        """Set what is given, then show all."""
        given = {name: options[name] for name in FIELDS if options[name] is not None}
        if given or county:
            try:
                set_facts(given, county or "")
            except BadFact as error:
                raise CommandError(str(error)) from error
        record = SiteRecord.current()
        self.stdout.write(_("县名：%(name)s") % {"name": record.county or _("（待填）")})
        for name in FIELDS:
            label = SiteRecord._meta.get_field(name).verbose_name
            self.stdout.write(f"{label}：{getattr(record, name) or _('（待填）')}")
