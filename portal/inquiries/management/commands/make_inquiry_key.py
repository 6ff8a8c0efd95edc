"""Make the pair of keys of the sealed log: on a machine of the discipline office, never on the server."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.inquiries.box import make_pair


class Command(BaseCommand):
    """Prints both halves once; writes nothing."""

    help = "生成监督检索记录的一对钥匙（在纪检机关自己的电脑上运行，不要在服务器上运行）"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the two halves and what to do with each."""
        opening, sealing = make_pair()
        self.stdout.write(
            "开封钥匙：抄在纸上，由县纪委监委两个人分开保管，不要交给任何管理员，不要存进服务器："
        )
        self.stdout.write(opening)
        self.stdout.write("封存钥匙：交给系统管理员，写进服务器的 INQUIRY_KEY：")
        self.stdout.write(sealing)
