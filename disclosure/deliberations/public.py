"""What the public reads of a village's meetings: steps, dates and counts, never a name."""

from typing import Any

from .models import Deliberation, Meeting


def timeline(deliberation: Deliberation) -> list[dict[str, Any]]:
    """Return its meetings in order, each with date, counts and explanation, or `held` False (one query).

    Keys: step, label, held, held_on, place, due, present, online, proxy, votes_for, votes_against,
    votes_abstained, stepped_out, merged, witnessed, passed, explanation, and unconfirmed: whether its rule
    still waits for the county to confirm it.
    """
    meetings = {meeting.step: meeting for meeting in deliberation.meetings.all()}
    return [_entry(step, meetings.get(step)) for step in deliberation.steps]


def _entry(step: Any, meeting: Meeting | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"step": step.value, "label": step.label, "held": meeting is not None}
    if meeting is None:
        return entry
    return entry | {
        # A meeting of all villagers is not one of their delegates, whatever the step is called.
        "label": meeting.get_form_display() if meeting.form not in ("", "delegates") else step.label,
        "held_on": meeting.held_on,
        "due": meeting.due_count,
        "present": meeting.present_count,
        "votes_for": meeting.votes_for,
        "votes_against": meeting.votes_against,
        "votes_abstained": meeting.votes_abstained,
        "stepped_out": meeting.stepped_out,
        "online": meeting.online_count,
        "proxy": meeting.proxy_count,
        "merged": meeting.merged,
        "place": meeting.place,
        "witnessed": bool(meeting.witness),
        "unconfirmed": not meeting.rule.get("verified", True),
        "passed": meeting.passed,
        "explanation": meeting.explanation,
    }
