"""Make the three administrators of a fresh installation and print the addresses to set their passwords."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.areas.models import Area
from portal.people.errors import PeopleError
from portal.people.models import Role
from portal.people.services import bootstrap_administrators


class Command(BaseCommand):
    """Each address is printed once, works once, and is for that person alone."""

    help = "新装系统时建立系统、安全、审计三个管理员（三个不同的人）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the area and each administrator as username and name."""
        parser.add_argument("--area", required=True, help="管理员管到的最高区划的 12 位代码")
        for option in ("system", "security", "audit"):
            parser.add_argument(f"--{option}", required=True, nargs=2, metavar=("用户名", "姓名"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them all, or none."""
        area = Area.objects.filter(code=options["area"]).first()
        if area is None:
            raise CommandError(f"没有代码为 {options['area']} 的区划，请先用 load_areas 载入区划")
        people = {
            Role.SYSTEM_ADMIN: tuple(options["system"]),
            Role.SECURITY_ADMIN: tuple(options["security"]),
            Role.AUDIT_ADMIN: tuple(options["audit"]),
        }
        try:
            invited = bootstrap_administrators(area=area, people=people)
        except PeopleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("请把各自的地址交给本人，只能用一次；口令另外当面说，不要和地址写在一起：")
        for role, invitation in invited.items():
            address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + invitation.path
            self.stdout.write(f"{role.label} {invitation.user.username}：{address} 口令 {invitation.code}")
