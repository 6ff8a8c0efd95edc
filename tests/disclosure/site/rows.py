"""Rows of invented households that differ as real ones do, so that pages compress as real ones do."""

import random

from disclosure.publicity.services import RowDraft
from tests.disclosure.village import household

FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭"
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂香玉梅建华国文红志林海春生福贵山河水清风云雨雪松柏竹菊"
)
ITEMS = ["养羊圈舍", "养鸡", "食用菌大棚", "中药材种植", "农机购置"]


def many(count: int, seed: int = 7) -> list[RowDraft]:
    """Return `count` households with names, amounts and days of their own, the same each time."""
    draw = random.Random(seed)
    return [
        household(
            number,
            name=draw.choice(FAMILY) + draw.choice(GIVEN) + draw.choice(GIVEN),
            group=f"{draw.choice('一二三四五六七八')}组",
            item=draw.choice(ITEMS),
            amount_fen=draw.randrange(80_000, 500_000, 100),
            reduced_fen=draw.choice([0, 0, 0, 80_000]),
            why={
                "text": "自己建好并通过查验的农户，按投入的百分之60补助，最多5,000元。"
                f"查验：两名干部入户，11月{draw.randrange(1, 20)}日。",
                "source_label": "《甲县到户产业奖补实施方案》二（二）",
                "source_url": "/policies/2026-12/#s2-2",
                "level": "乡里核定",
            },
        )
        for number in range(count)
    ]
