"""Sealing frame and seed, drawing, giving up, closing: each an event, in the one order that can be proved."""

import secrets
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from disclosure.masking.services import refuse_numbers
from portal import clock
from portal.areas.models import Area, path_range
from portal.configuration.services import value
from portal.ledger import draws, written
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, User
from portal.people.scope import scope_of
from workflows.engine.drafts import numbered
from workflows.engine.numbers import inspection_number
from workflows.programmes.models import Programme

from . import events, keys
from .errors import BadCheck, NoSuchCheck, NotYetSigned, SpotCheckError
from .frames import (
    AID,
    Wanted,
    all_cases,
    cases_of,
    handed_over,
    key_of,
    last_handed_over,
    paid_digest,
    rows_of,
    take_of,
)
from .models import CHECKING_ROLES, UNDONE_STATES, CheckState, DrawnCase, SpotCheck

LONGEST_TITLE = 80
MOST_ROWS = 20_000


def prepare(
    *, by: User, wanted: Wanted, title: str, per_village: int | None = None, percent: int | None = None
) -> SpotCheck:
    """Fix the frame, draw a seed and commit both to the ledger; nothing is drawn yet.

    Of each village `per_village` cases or `percent` of them are to be drawn, whichever is more, neither less
    than the county's setting, which holds where none is given. No second one is sealed over the same money
    until the first is closed or given up. Raises BadCheck, NoSuchCheck outside the person's offices,
    draws.BadFrame. Source: XC-38, XY-44.
    """
    title = title.strip()
    least = [int(value(key, wanted.area)) for key in (keys.PER_VILLAGE, keys.PERCENT)]
    per_village = least[0] if per_village is None else per_village
    percent = least[1] if percent is None else percent
    wrong = _wrong(wanted, title, (per_village, least[0]), (percent, least[1]))
    if wrong:
        raise BadCheck(wrong)
    refuse_numbers(_("名称"), [title])
    line = wanted.programme.line if wanted.programme else Line.CIVIL_AFFAIRS
    with transaction.atomic():
        office = scope_of(by, fresh=True).holds(CHECKING_ROLES, wanted.area.path, line)
        if office is None or not _same_county(wanted):
            raise NoSuchCheck(_("您的职务管不到这个地方或这个项目，请核对。"))
        cases = cases_of(by, wanted)
        if not cases:
            raise BadCheck({"programme": _("这段时间这个地方没有这样的钱，没有可抽的。")})
        if len(cases) > MOST_ROWS:
            raise BadCheck({"programme": _("名册超过 20000 户，请缩小范围或时间。")})
        _wait_for_others(wanted)
        if undone := _undone_over(wanted):
            seen = SpotCheck.objects.visible_to(by).filter(pk=undone.pk).exists()
            named = {"number": undone.number if seen else _("别的监督单位的")}
            said = _("同一笔钱还有一次没办完的抽查（%(number)s），办结或者作废以后再抽。") % named
            raise BadCheck({"programme": said})
        salt = secrets.token_hex(32)
        frame = draws.frame_of(rows_of(salt, cases))
        take = take_of(Counter(village for village, _key in frame), per_village, percent)
        seed = draws.new_seed()
        number = inspection_number(wanted.area, "C")
        body: dict[str, Any] = {
            **draws.seed_body(seed, frame, take),
            "programme": wanted.programme.slug if wanted.programme else AID,
            "first_day": wanted.first.isoformat(),
            "last_day": wanted.last.isoformat(),
            "with_unpaid": wanted.with_unpaid,
        }
        check = SpotCheck(
            number=number,
            title=title,
            programme=wanted.programme,
            area=wanted.area,
            area_path=wanted.area.path,
            line=line,
            first_day=wanted.first,
            last_day=wanted.last,
            with_unpaid=wanted.with_unpaid,
            salt=salt,
            frame=[list(row) for row in frame],
            take=take,
            seed=seed.hex(),
            made_by=by,
            made_office=office,
            made_at=clock.now(),
            seed_event=0,
        )
        check.save()
        check.seed_event = append(draft(events.SEEDED, check, by, office, body))[0].sequence
        check.save(update_fields=["seed_event"])
    return check


def draw(*, by: User, check_id: int) -> SpotCheck:
    """Draw the sample of a check whose seed the ledger's signer has signed; once only.

    Raises NoSuchCheck, NotYetSigned, SpotCheckError where it was drawn or given up.
    """
    with transaction.atomic():
        check, office = _locked(by, check_id, CheckState.SEEDED)
        beacon = draws.beacon_after(check.seed_event)
        if not beacon:
            raise NotYetSigned(
                _(
                    "账本还没有给封存的种子签名（几分钟签一次），签好才能抽：这样谁也不能先挑好种子。请稍后再点。"
                )
            )
        frame = [(village, key) for village, key in check.frame]
        sample = draws.draw(bytes.fromhex(check.seed), frame, check.take, beacon)
        everything = all_cases(by, check.programme, check.area)
        by_key = {key_of(str(check.salt), case): case for case in everything}
        missing = [key for _village, key in sample if key not in by_key]
        if missing:
            raise SpotCheckError(_("抽中的有 %(n)d 户您看不到，请由封存的人来抽。") % {"n": len(missing)})
        rows = [
            DrawnCase(
                spot_check=check,
                position=position,
                key=key,
                case=by_key[key],
                paid_fen=handed_over(by_key[key], clock.today()),
                paid_on=last_handed_over(by_key[key]),
            )
            for position, (_village, key) in enumerate(sample, 1)
        ]
        written.note(*DrawnCase.objects.bulk_create(rows), made=True)
        paid = paid_digest(str(check.salt), [row.paid_fen for row in rows])
        body = {**draws.draw_body(check.seed_event, sample, beacon), "paid_sha256": paid}
        check.beacon, check.sample = beacon, [list(row) for row in sample]
        check.drawn_at, check.drawn_by, check.state = clock.now(), by, CheckState.DRAWN
        check.save()
        check.draw_event = append(draft(events.DRAWN, check, by, office, body))[0].sequence
        check.save(update_fields=["draw_event"])
    return check


def abandon(*, by: User, check_id: int, reason: str) -> SpotCheck:
    """Give up a check that was not drawn, with the reason; it stays in the list and in the ledger.

    Whether the seed was signed by then is kept and shown: from then on the sample is fixed.
    """
    return _finish(by, check_id, CheckState.SEEDED, CheckState.ABANDONED, events.ABANDONED, reason)


def close(*, by: User, check_id: int, words: str) -> SpotCheck:
    """Close a check once every drawn case was visited, with the conclusion."""
    return _finish(by, check_id, CheckState.DRAWN, CheckState.CLOSED, events.CLOSED, words)


def _finish(by: User, check_id: int, before: str, after: str, kind: str, words: str) -> SpotCheck:
    words = words.strip()
    if not 4 <= len(words) <= 1000:
        asked = _("请写结论：查了多少、对得上多少、问题在哪里。")
        raise BadCheck({"words": asked if after == CheckState.CLOSED else _("请写为什么作废。")})
    with transaction.atomic():
        check, office = _locked(by, check_id, before)
        left = check.drawn.filter(visits=None).count()
        if after == CheckState.CLOSED and left:
            raise SpotCheckError(_("还有 %(n)d 户没有入户，都走过再办结。") % {"n": left})
        check.state, check.words = after, words  # type: ignore[assignment]  # a field that encrypts text
        check.closed_at, check.closed_by = clock.now(), by
        if after == CheckState.ABANDONED:
            check.beacon = draws.beacon_after(check.seed_event)
        check.save()
        # Given up once the signature was there: who would have been drawn could be reckoned by then.
        body: dict[str, Any] = (
            summary(check) if after == CheckState.CLOSED else {"signed": bool(check.beacon)}
        )
        append(draft(kind, check, by, office, body, words=words))
    return check


def summary(check: SpotCheck) -> dict[str, int]:
    """Return what the visits came to: drawn, visited, agreeing, with a ticket; nobody met."""
    drawn = list(check.drawn.prefetch_related("visits"))
    last = [latest for one in drawn if (latest := last_visit(one)) is not None]
    return {
        "drawn": len(drawn),
        "visited": len(last),
        "agree": sum(visit.agrees for visit in last),
        "tickets": len({visit.ticket_id for one in drawn for visit in one.visits.all() if visit.ticket_id}),
        "nobody": sum(visit.met == "nobody" for visit in last),
    }


def last_visit(drawn: DrawnCase) -> Any:
    """Return the visit that counts: the last one that met somebody, else the last; None for no visit."""
    visits = sorted(drawn.visits.all(), key=lambda visit: visit.pk)
    met = [visit for visit in visits if visit.met != "nobody"]
    return (met or visits or [None])[-1]


def locked(by: User, check_id: int, state: str) -> tuple[SpotCheck, Office]:
    """Return the check under lock and the office by which `by` acts on it. NoSuchCheck, SpotCheckError."""
    return _locked(by, check_id, state)


def _locked(by: User, check_id: int, state: str) -> tuple[SpotCheck, Office]:
    scope = scope_of(by, fresh=True)
    seen = SpotCheck.objects.visible_to(by).filter(pk=check_id).values("pk")
    found = SpotCheck.objects.select_for_update(of=("self",)).select_related("area", "programme")
    check = found.filter(pk__in=seen).first()
    office = scope.holds(CHECKING_ROLES, check.area_path, check.line) if check else None
    if check is None or office is None:
        raise NoSuchCheck(_("没有这次抽查，请回到列表再看。"))
    if check.state != state:
        raise SpotCheckError(
            _("这次抽查现在是“%(state)s”，不能这样办。") % {"state": check.get_state_display()}
        )
    return check, office


def _wait_for_others(wanted: Wanted) -> None:
    """Lock what another check of the same money waits for: the programme; for aid the city's row."""
    if wanted.programme:
        Programme.objects.select_for_update(no_key=True).get(pk=wanted.programme.pk)
    else:
        Area.objects.select_for_update(no_key=True).get(path=wanted.area.path[: Area.steplen])


def _undone_over(wanted: Wanted) -> SpotCheck | None:
    """Return a check that is not done yet over some of the money that `wanted` names, or None."""
    area = wanted.area
    above = [area.path[:end] for end in range(Area.steplen, len(area.path), Area.steplen)]
    return SpotCheck.objects.filter(
        path_range(area.path) | Q(area_path__in=above),
        programme=wanted.programme,
        state__in=UNDONE_STATES,
        first_day__lte=wanted.last,
        last_day__gte=wanted.first,
    ).first()


def _wrong(
    wanted: Wanted, title: str, per_village: tuple[int, int], percent: tuple[int, int]
) -> dict[str, str]:
    """Return what is wrong; of both figures the one typed and the least that the county has set."""
    wrong: dict[str, str] = {}
    if not 4 <= len(title) <= LONGEST_TITLE:
        wrong["title"] = _("请写名称（4到80字），比如：2026年到户产业奖补抽查。")
    if wanted.first > wanted.last or wanted.last > clock.today():
        wrong["days"] = _("请核对起止日期：先后顺序要对，不能晚于今天。")
    if not per_village[1] <= per_village[0] <= 100:
        wrong["per_village"] = _("每村至少抽 %(n)d 户（本县定的），最多 100 户。") % {"n": per_village[1]}
    if not percent[1] <= percent[0] <= 100:
        wrong["percent"] = _("比例至少百分之 %(n)d（本县定的），最多 100。") % {"n": percent[1]}
    return wrong


def _same_county(wanted: Wanted) -> bool:
    if wanted.programme is None:
        return True
    return wanted.programme.area.covers(wanted.area.path) or wanted.area.covers(wanted.programme.area_path)


def draft(
    kind: str,
    check: SpotCheck,
    by: User,
    office: Office,
    body: dict[str, Any],
    area: Area | None = None,
    **sealed: str,
) -> Draft:
    """Return an event of `check`, of its area or of the village `area`, without what is sealed and empty."""
    said = {name: value for name, value in sealed.items() if value}
    return numbered(
        "spotcheck", kind, check, area or check.area, by=by, office=office, body=body, sealed=said
    )
