"""Compare what repeats offices (guardian's grants, groups of pages) with those in force."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.people.comparing import findings
from portal.people.grants import differences


class Command(BaseCommand):
    """Ends with an error where the two differ, so that a scheduled run is noticed."""

    help = "核对任职与对象权限是否一致，并列出带超级用户标记的账号"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each difference."""
        found = differences()
        for username, role, code in found.without_grant:
            self.stdout.write(f"有任职、没有权限：{username} {role} {code}")
        for username, role, code in found.without_office:
            self.stdout.write(f"有权限、没有任职：{username} {role} {code}")
        for username in found.superusers:
            self.stdout.write(f"带超级用户标记（不起作用，请去掉）：{username}")
        others = findings()
        for line in others:
            self.stdout.write(line)
        if found or others:
            raise CommandError("任职与权限不一致，请查明来由")
        self.stdout.write("任职与权限一致")
