"""The words that the register is written in; labels of categories also depend on the date (`labels.py`)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What a household is registered as; the labels here are those since 2021 (domain.md 0)."""

    LIFTED = "lifted", _("脱贫户")
    UNSTABLE_LIFTED = "unstable_lifted", _("脱贫不稳定户")
    MARGINAL = "marginal_at_risk", _("边缘易致贫户")
    SUDDEN_HARDSHIP = "sudden_hardship", _("突发严重困难户")
    LOW_INCOME = "low_income", _("低收入农户")
    ORDINARY = "ordinary", _("一般农户")


MONITORED_CATEGORIES = [Category.UNSTABLE_LIFTED, Category.MARGINAL, Category.SUDDEN_HARDSHIP]


class Standing(models.TextChoices):
    """Whether a household is helped now. A household that exited stays in the register (HY-41)."""

    IN = "in", _("在册")
    EXITED = "exited", _("已退出")
    CLOSED = "closed", _("已销户")


class Cause(models.TextChoices):
    """致贫原因: why a household became poor or may again; some are those of a drop in income (BZ-04)."""

    ILLNESS = "illness", _("因病")
    DISABILITY = "disability", _("因残")
    SCHOOLING = "schooling", _("因学")
    DISASTER = "disaster", _("因灾")
    ACCIDENT = "accident", _("因意外事故")
    NO_LABOUR = "no_labour", _("缺劳动力")
    NO_SKILL = "no_skill", _("缺技术")
    NO_MONEY = "no_money", _("缺资金")
    NO_LAND = "no_land", _("缺土地")
    NO_WATER = "no_water", _("缺水")
    ROADS = "roads", _("交通条件落后")
    OPERATING_LOSS = "operating_loss", _("生产经营亏损")
    JOB_LOSS = "job_loss", _("务工不稳或者收入减少")
    LESS_SUBSIDY = "less_subsidy", _("低保或者补贴减少")
    NO_DRIVE = "no_drive", _("自身发展动力不足")
    OTHER = "other", _("其他原因")


class Sex(models.TextChoices):
    """As the ID number says where there is one."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")


class Labour(models.TextChoices):
    """劳动能力 of one person."""

    SKILLED = "skilled", _("技能劳动力")
    ABLE = "able", _("普通劳动力")
    WEAK = "weak", _("弱劳动力或者半劳动力")
    LOST = "lost", _("丧失劳动力")
    NONE = "none", _("无劳动力")


ABLE_TO_WORK = [Labour.SKILLED, Labour.ABLE, Labour.WEAK]


class Leaving(models.TextChoices):
    """Why a member is one no longer."""

    DEATH = "death", _("去世")
    MARRIAGE = "marriage", _("婚嫁离户")
    MOVE = "move", _("户籍迁出")
    SPLIT = "split", _("分户")
    DUPLICATE = "duplicate", _("重复登记")
    OTHER = "other", _("其他")


class IncomeSource(models.TextChoices):
    """Where figures of a year's income come from (BZ-03, BZ-05)."""

    SURVEY = "survey", _("入户调查")
    MATCH = "match", _("部门比对")
    DECLARED = "declared", _("本户申报")
    TABLE = "table", _("表格导入")
    CHECK = "check", _("退出核查")


class ChangeKind(models.TextChoices):
    """What was changed in the register; those of `BY_CASE_ALONE` only a flow changes."""

    REGISTERED = "registered", _("建档")
    DETAILS = "details", _("更正一般信息")
    CARD = "card", _("登记一卡通")
    DUPLICATE = "duplicate", _("合并重复登记")
    CATEGORY = "category", _("变更类别")
    ENTERED = "entered", _("纳入")
    REENTERED = "reentered", _("重新纳入")
    EXITED = "exited", _("退出")
    JOINED = "joined", _("增加成员")
    LEFT = "left", _("减少成员")
    HEAD = "head", _("变更户主")
    SPLIT = "split", _("分户")
    MOVED = "moved", _("迁居")
    HELPER = "helper", _("变更帮扶责任人")


BY_CASE_ALONE = [
    ChangeKind.CATEGORY,
    ChangeKind.ENTERED,
    ChangeKind.REENTERED,
    ChangeKind.EXITED,
    ChangeKind.JOINED,
    ChangeKind.LEFT,
    ChangeKind.HEAD,
    ChangeKind.SPLIT,
    ChangeKind.MOVED,
]


class Degree(models.TextChoices):
    """How an official is related to a household."""

    SELF = "self", _("本人")
    SPOUSE = "spouse", _("配偶")
    PARENT_CHILD = "parent_child", _("父母子女")
    SIBLING = "sibling", _("兄弟姐妹")
    IN_LAW = "in_law", _("近姻亲")
    OTHER = "other", _("其他亲属")
