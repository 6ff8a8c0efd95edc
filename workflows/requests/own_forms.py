"""A programme's own form, filled in by the household itself or for it at an office: what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from disclosure.masking.services import NotForThePublic, refuse_numbers
from portal import clock
from workflows.programmes import definitions
from workflows.programmes.answers import BadAnswers, clean, read
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.ranking import window_of
from workflows.programmes.services import current_version

if TYPE_CHECKING:
    from .registering import Asked


def own_form(programme: Programme | None) -> ProgrammeVersion | None:
    """Return the version whose own form a household fills in today; None where it does not file by itself."""
    version = current_version(programme) if programme else None
    return version if version and definitions.takes_own(version.definition) else None


def form_taken(programme: Programme | None, *, by_office: bool) -> ProgrammeVersion | None:
    """Return the version whose form is filled in today: of any programme where an office writes it down.

    A household by itself fills in only what it files by itself (`own_form`). What an office writes down
    spares whoever files it the typing.
    """
    if not by_office:
        return own_form(programme)
    return current_version(programme) if programme else None


def check_form(asked: "Asked", version: ProgrammeVersion | None) -> dict[str, str]:
    """Return what is wrong with the answers to the form of `version`, by input (``a-<key>``)."""
    if version is None:
        return {"what": _("这个项目不能自己填表，请选它以后写几句话，由村里替您报。")}
    window = window_of(version.definition)
    if window and not window[0] <= clock.today() <= window[1]:
        return {
            "what": _("这个项目的申报期是 %(opens)s 至 %(closes)s，现在不能申报。")
            % {"opens": window[0].isoformat(), "closes": window[1].isoformat()}
        }
    fields = version.definition["fields"]
    typed = dict(asked.answers or {})
    try:
        cleaned = clean(fields, read(fields, typed))
        refuse_numbers(_("填的内容"), [said for key, said in typed.items() if key in _texts(fields)])
    except BadAnswers as error:
        return {f"a-{key}": sentence for key, sentence in error.errors.items()}
    except NotForThePublic as error:
        return {"what": str(error)}
    if definitions.granted_fen(version.definition, cleaned) <= 0:
        return {f"a-{version.definition['amount']['of']}": _("按填写的投入算不出补助，请核对投入金额。")}
    return {}


def _texts(fields: Sequence[Mapping[str, Any]]) -> set[str]:
    return {one["key"] for one in fields if one["kind"] == "text"}
