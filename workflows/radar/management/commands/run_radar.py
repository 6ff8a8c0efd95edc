"""Run the radar's rules now: all of them, or those named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.radar import registry, running


class Command(BaseCommand):
    """``run_radar [CODE …] [--all]``"""

    help = "让雷达现在查一遍：不写规则就全部查；--all 从头查起（已有的线索不会重复）"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the codes of rules."""
        parser.add_argument("rules", nargs="*", help="规则代码")
        parser.add_argument("--all", action="store_true", dest="from_start", help="从账本第一笔查起")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run them and say what each found."""
        unknown = [code for code in options["rules"] if not registry.is_known(code)]
        if unknown:
            known = "、".join(rule.code for rule in registry.all_rules())
            raise CommandError(f"没有这些规则：{'、'.join(unknown)}。现有的是：{known}")
        for rule in registry.all_rules():
            if not options["rules"] or rule.code in options["rules"]:
                found = running.run(rule, from_start=options["from_start"])
                self.stdout.write(f"{rule.code}\t{rule.title}\t新线索 {found} 条")
