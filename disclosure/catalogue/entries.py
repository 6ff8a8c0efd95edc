"""The entries of the catalogue as data: what is to be published, by whom, how soon, where, for whom.

扶贫 is one of the 26 fields with a standard catalogue of 2019; its groups are policy, object, fund, project,
supervision (domain.md section 4). The wording of each entry is from general knowledge
[GK] and is shown as unconfirmed until the county has compared it with the text in force.
"""

from dataclasses import dataclass
from datetime import date

VALID_FROM = date(2019, 6, 27)
# The groups: S32 and [GK]; compared with no text in force.
SOURCE = "扶贫领域基层政务公开标准目录（2019年）"
VERIFIED = False
SITE, BOARD = "政府网站", "村公示栏（电子屏）"


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue. `renewed_days`: how old the newest piece may be by default; 0, any age.

    `filling` names what the portal publishes for it (registry.py).
    """

    key: str
    group: str
    title: str
    contents: str
    basis: str
    within: str
    filling: str
    renewed_days: int
    levels: str = "县、乡、村"
    channels: tuple[str, ...] = (SITE, BOARD)
    audience: str = "全社会"
    manner: str = "主动公开"


# S3; funds S10, their 15 working days S12; the village's resolution XC-07.
_LAW = "《政府信息公开条例》"
_FUNDS = _LAW + "，国开办发〔2018〕11号"
_SOON = "信息形成或变更之日起20个工作日内"

ENTRIES = (
    Entry(
        "policy",
        "政策文件",
        "规范性文件、政策文件",
        "帮扶方面的政策文件全文和公文要素",
        _LAW,
        _SOON,
        "policies",
        0,
        "县",
        (SITE,),
    ),
    Entry(
        "reading",
        "政策文件",
        "政策解读",
        "和文件对应的通俗解读",
        _LAW,
        "和文件同时",
        "readings",
        365,
        "县",
        (SITE,),
    ),
    Entry(
        "notice",
        "政策文件",
        "通知公告",
        "申报通知、办事公告、更正",
        _LAW,
        _SOON,
        "notices",
        90,
        "县、乡",
        (SITE,),
    ),
    Entry(
        "standard",
        "扶贫对象",
        "识别和帮扶标准",
        "谁能申请、条件、程序、要交什么",
        _LAW,
        _SOON,
        "programmes",
        0,
    ),
    Entry(
        "identified",
        "扶贫对象",
        "识别结果",
        "经村民主评议、公示的名单和户数",
        _LAW,
        "村内公示，期限按规定",
        "lists.application",
        180,
        "乡、村",
    ),
    Entry(
        "leaving",
        "扶贫对象",
        "退出和风险消除",
        "程序、经核实认可的名单和户数",
        _LAW,
        "村内公示，期限按规定",
        "lists.exit",
        365,
        "乡、村",
    ),
    Entry(
        "allocation",
        "扶贫资金",
        "资金分配",
        "资金名称、来源、规模、分配结果",
        _FUNDS,
        "分配后15个工作日内",
        "budgets",
        365,
        "县",
        (SITE,),
    ),
    Entry(
        "paid",
        "扶贫资金",
        "资金发放结果",
        "发给多少户、多少钱、见了什么效",
        _FUNDS,
        "发放后及时",
        "lists.result",
        180,
    ),
    Entry(
        "loans",
        "扶贫资金",
        "小额信贷",
        "笔数、金额、用途，只公开合计",
        _FUNDS,
        _SOON,
        "loans",
        365,
        "县",
        (SITE,),
    ),
    Entry(
        "bank",
        "扶贫项目",
        "项目和补助标准",
        "项目名称、类别、补助标准、怎样申请",
        _FUNDS,
        _SOON,
        "programmes",
        365,
    ),
    Entry(
        "village",
        "扶贫项目",
        "村级决议",
        "四议的过程、票数和议定的名单",
        "《村民委员会组织法》、四议两公开",
        "议定后及时",
        "lists.resolution",
        180,
        "村",
    ),
    Entry("hotline", "监督管理", "监督举报渠道", "监督单位、地址、电话", _FUNDS, "长期公开", "contacts", 0),
    Entry(
        "answers",
        "监督管理",
        "异议和处理结果",
        "收到多少件、成立多少件、正在查多少件",
        _LAW,
        "办结后及时",
        "objections",
        0,
    ),
)


def groups() -> list[tuple[str, list[Entry]]]:
    """Return the entries by their group, in the catalogue's order."""
    names = dict.fromkeys(entry.group for entry in ENTRIES)
    return [(name, [entry for entry in ENTRIES if entry.group == name]) for name in names]
