"""What every POST records: route by route the kinds of its events, or that it records nothing, and why.

Read as: a POST to the route may append events of these kinds and of no other; one that appends none has
changed nothing, but for the tables named as `beside` (drafts, marks of what was read). The test over the
routes asks for a line for each that takes POST; tests/recorder.py holds every POST of every test against it.
"""

from dataclasses import dataclass

# Written by the way in and by the counters that stand before it, whatever is asked for.
EVERYWHERE = frozenset(
    {
        *("django_session", "axes_accessattempt", "axes_accessfailurelog"),
        # Which code was used last, when the session was, and the files of a form that waits for a proof.
        *("mfa_authenticator", "portal_signin_livesession", "portal_signin_heldfile"),
    }
)
# A password whose hash became too weak is hashed anew when it is typed.
REHASHED = "account.password_rehashed"
# What a proof that is asked for in the midst of an act may record by itself.
PROVING = frozenset({"factor.recovery_code_used", "account.locked", "session.ended", REHASHED})
# What such a proof writes besides: the message that tells of a lock, on its way.
PROOF_TELLS = frozenset({"portal_outbox_message", "django_tasks_database_dbtaskresult", "portal_people_user"})


@dataclass(frozen=True)
class Recorded:
    """The kinds of events of a route; `why` says of one without any why it has none."""

    kinds: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    why: str = ""


def events(*kinds: str, beside: tuple[str, ...] = ()) -> Recorded:
    """A route whose POST records events of `kinds`."""
    return Recorded(frozenset(kinds), frozenset(beside))


def nothing(why: str, *beside: str) -> Recorded:
    """A route whose POST records nothing, for the reason `why`; the tables `beside` it may write."""
    return Recorded(beside=frozenset(beside), why=why)


DRAFT = ("workflows_desk_draft",)
PAPERS = ("file.stored", "case.paper_named")
FILED = ("batch.opened", "case.opened", "request.filed", *PAPERS)
DECIDED = ("batch.acted", "batch.split", "case.decided")
MET = ("deliberation.opened", "meeting.recorded")
LOG = ("wagtail.create", "wagtail.edit")
# Wagtail keeps what somebody types while a page is open, and who has it open, for two editors at once.
OPEN_PAGES = (
    "wagtailadmin_formstate",
    "wagtailadmin_editingsession",
    "wagtailcore_pagesubscription",
    "wagtailcore_uploadedfile",
)
READS = "only asks, or fills a box in: shows what is there"
PREVIEW = "a preview: shown to who typed it, kept for the other window alone"
SIGNED_IN = ("session.opened", "session.beside")
OLD_DOOR = "an old way in: leads to the one sign-in page"

RECORDED: dict[str, Recorded] = {
    # The public.
    "object": events("objection.lodged", "file.stored"),
    "object-row": events("objection.lodged", "file.stored"),
    "receipts": events("objection.appealed", "objection.withdrawn", "file.stored"),
    "report": events("erratum.reported"),
    "ask-area": events("request.received"),
    "ask-programme": events("request.received"),
    "wagtail_serve": nothing("Wagtail takes a POST to a page for a GET"),
    # Signing in and out.
    # Where sessions are watched; elsewhere (tests, an easy demo) the log of sign-ins alone tells.
    "account_login": events(*SIGNED_IN, REHASHED, beside=("portal_people_user",)),
    "mfa_authenticate": events(*SIGNED_IN),
    "account_logout": events("session.ended"),
    "signin:enrol": events("factor.added"),
    "signin:passkey": events("factor.added"),
    "signin:prove": events("factor.recovery_code_used"),
    "signin:mine": events("factor.removed", "factor.codes_renewed", "session.ended"),
    "account_change_password": events("account.password_set"),
    "account_reset_password": nothing("shut to POST: it says whom to ask"),
    "account_reset_password_from_key": events(
        *("account.password_set", "account.invitation_voided"),
        # How often the code was missed.
        beside=("portal_people_invitationcode",),
    ),
    "wagtailadmin_logout": events("session.ended"),
    "wagtailadmin_account": nothing("leads to the change of the password"),
    **dict.fromkeys(
        (
            *("wagtailadmin_login", "wagtailadmin_password_reset", "wagtailadmin_password_reset_done"),
            *("wagtailadmin_password_reset_confirm", "wagtailadmin_password_reset_complete"),
            "wagtailcore_login",
        ),
        nothing(OLD_DOOR),
    ),
    # Reading a private file; which ones a session has open stands with the session.
    "private_file": events("file.opened"),
    "private_file_original": events("file.opened"),
    "private_files": events("file.opened"),
    # Cases and batches.
    "desk:file": events(*FILED, beside=DRAFT),
    "desk:change": events(*FILED, beside=DRAFT),
    "desk:exit": events(*FILED, beside=DRAFT),
    # No paper is asked for by name when aid is filed.
    "desk:aid": events("batch.opened", "case.opened", "request.filed", "file.stored", beside=DRAFT),
    "desk:amend": events("case.amended", beside=DRAFT),
    "desk:amend_change": events("case.amended", beside=DRAFT),
    "desk:amend_aid": events("case.amended", beside=DRAFT),
    "desk:urgent": events("measure.started"),
    "desk:reserves": events("reserve.set"),
    "desk:batch": events(
        *(*DECIDED, *MET, "list.published", "payment.recorded", "household.changed"),
        beside=(*DRAFT, "workflows_desk_lastseen"),
    ),
    "desk:more": events("batch.acted", "file.stored"),
    "desk:visits": events("visit.recorded", "file.stored", beside=DRAFT),
    "desk:case": events("notice.served", "visit.recorded", *PAPERS),
    "desk:papers": events("file.stored"),
    "desk:new_allocation": events("list.published"),
    # What leaves the portal on paper or as a table.
    "desk:print_case": events("paper.printed"),
    "desk:print_batch": events("paper.printed"),
    "desk:print_board": events("list.printed"),
    "desk:print_minutes": events("meeting.printed"),
    "desk:export": events("desk.exported"),
    "desk:export_batch": events("desk.exported"),
    "desk:export_households": events("desk.exported"),
    # Lists and objections.
    "desk:list": events(
        *("list.posted", "list.posting_countersigned", "objection.lodged", "file.stored"),
    ),
    "desk:correct_list": events(*DECIDED, "list.corrected"),
    "desk:redact": events("publicity.redaction_asked"),
    "desk:redact_page": events("publicity.redaction_asked"),
    "desk:redactions": events(
        *("publicity.redacted", "publicity.redaction_declined", "wagtail.redacted", "ledger.openings_erased")
    ),
    "desk:objection": events(
        *("objection.answered", "objection.appealed", "objection.complained_of", "objection.extended"),
        *("objection.not_corrected", "objection.told", "file.stored", *DECIDED),
    ),
    "desk:outages": events(
        *("site.outage_declared", "site.outage_counted", "site.outage_turned_down", "list.extended")
    ),
    # Village matters.
    "desk:new_matter": events("village.opened"),
    "desk:matter": events(
        *("village.listed", "village.met", "village.resolved", "village.finished", "village.withdrawn"),
        *(*MET, "deliberation.withdrawn", "list.published"),
    ),
    # Requests, errors on pages, the footer.
    "desk:new_request": events("request.received", "file.stored"),
    "desk:request": events(
        *("request.answered", "request.filed", "request.passed", "request.told"),
        *("request.whose", "file.stored"),
    ),
    "desk:erratum": events("erratum.answered"),
    "desk:footer": events("site.recorded"),
    # The register.
    "desk:households": nothing(READS),
    "desk:register": events("household.registered", "duplicate.found"),
    "desk:household": events(
        *("household.card_registered", "household.corrected", "household.field_revealed"),
        *("household.income_recorded", "file.stored"),
    ),
    "desk:imports": events("import.previewed", "file.stored"),
    "desk:import": events(
        *("import.confirmed", "import.closed", "household.registered", "household.income_recorded"),
        *("household.corrected", "household.card_registered", "helper.assigned", "duplicate.found"),
    ),
    "desk:duplicates": events("duplicate.judged"),
    "desk:kinship": events("kinship.declared"),
    # Accounts, settings, programmes.
    "desk:invite": events("account.invited"),
    "desk:account": events(
        *("account.handed_over", "account.reset", "office.ended", "helper.assigned"),
        *("joint.asked", "session.ended", "account.unlocked"),
    ),
    # What the second person agrees to.
    "desk:joint": events(
        *("office.granted", "factor.reset", "account.reactivated", "account.reset"),
        *("joint.declined", "joint.taken_back"),
    ),
    "desk:leave": events(
        *("substitute.named", "substitute.confirmed", "substitute.declined", "substitute.ended")
    ),
    "desk:setting": events("setting.proposed", "setting.confirmed", "setting.turned_down"),
    "desk:programme": events("budget.set"),
    "desk:version": events("programme.version"),
    "desk:new_programme": events("programme.created", "programme.version"),
    "desk:robots": events("robot.proposed", "robot.confirmed", "robot.stopped"),
    # Supervision.
    "desk:new_ticket": events("rectification.opened", "file.stored"),
    "desk:ticket": events(
        *("rectification.answered", "rectification.accepted", "rectification.sent_back"),
        *("rectification.passed", "file.stored"),
    ),
    "desk:new_spot_check": events("spotcheck.seeded"),
    "desk:spot_check": events("spotcheck.drawn", "spotcheck.abandoned", "spotcheck.closed"),
    "desk:spot_visit": events("spotcheck.visited", "rectification.opened", "file.stored"),
    "desk:spot_bundle": events("ledger.evidence_exported"),
    "desk:fortnights": events("rectification.report_drafted"),
    "desk:fortnight": events(
        *("rectification.report_edited", "rectification.report_signed", "rectification.report_published"),
        *("page.published", "page.numbered", "wagtail.create", "wagtail.publish"),
    ),
    "desk:new_assessment": events("assessment.opened"),
    "desk:assessment": events(
        *("assessment.told", "assessment.decided", "assessment.accepted", "assessment.sent_back"),
        *("assessment.published", "assessment.closed", "assessment.called_off", "list.published"),
    ),
    "desk:assessed": events(
        *("assessment.scored", "assessment.rescored", "assessment.appealed", "assessment.appeal_settled"),
        *("assessment.consequence", "file.stored"),
    ),
    # One's own desk.
    "desk:find": events("inquiry.sealed"),
    "desk:filters": nothing("one's own filters of one's own boxes", "workflows_desk_savedfilter"),
    "desk:messages": nothing("which messages one has read", "portal_outbox_message"),
    "desk:message_choices": events("account.mail_set", beside=("portal_outbox_choice",)),
    "desk:inquiries": events("inquiry.opening_asked", "inquiry.opened", "inquiry.opening_declined"),
    # What a supervisor looks for is sealed; what leaves the desk is recorded.
    "desk:trail": events("inquiry.sealed"),
    "desk:then": events("inquiry.sealed"),
    "desk:export_trail": events("trail.exported"),
    "desk:flag": events("radar.looked", "radar.dismissed", "radar.ticketed", "rectification.opened"),
    "desk:radar_rules": events("radar.switched"),
    "desk:outside": events("radar.compared", "radar.found", "inquiry.sealed"),
    # Wagtail's screens: each entry of Wagtail's own log is an event (disclosure/pages/log_entries.py).
    "wagtailadmin_pages:add": events(*LOG, "page.submitted", "wagtail.workflow.start", beside=OPEN_PAGES),
    "wagtailadmin_pages:edit": events(
        *("wagtail.edit", "page.submitted", "page.recalled"),
        *("wagtail.workflow.start", "wagtail.workflow.cancel", "wagtail.workflow.resume"),
        beside=OPEN_PAGES,
    ),
    "wagtailadmin_pages:copy": events("wagtail.create", "wagtail.copy"),
    # The same screen with an old draft in it: saving it puts the page back.
    "wagtailadmin_pages:revisions_revert": events(
        *("wagtail.revert", "page.submitted", "wagtail.workflow.start"), beside=OPEN_PAGES
    ),
    "wagtailadmin_pages:revisions_unschedule": events("wagtail.schedule.cancel"),
    "wagtailadmin_pages:confirm_workflow_cancellation": nothing(READS),
    "wagtailadmin_pages:workflow_action": events(
        *("page.published", "page.numbered", "page.refused", "wagtail.publish"),
        *("wagtail.workflow.approve", "wagtail.workflow.reject", "wagtail.rename"),
    ),
    "wagtailadmin_pages:unpublish": events("page.unpublished", "wagtail.unpublish"),
    "wagtailadmin_pages:preview_on_add": nothing(PREVIEW, *OPEN_PAGES),
    "wagtailadmin_pages:preview_on_edit": nothing(PREVIEW, *OPEN_PAGES),
    **dict.fromkeys(
        (
            *("wagtailadmin_pages:view_draft", "wagtailadmin_pages:add_subpage", "wagtailadmin_sprite"),
            *("wagtailadmin_pages:collect_workflow_action_data", "wagtailadmin_pages:revisions_index"),
            *("wagtailadmin_pages:revisions_compare", "wagtailadmin_choose_page_external_link"),
            *("wagtailadmin_choose_page_email_link", "wagtailadmin_choose_page_phone_link"),
            *("wagtailadmin_choose_page_anchor_link", "wagtailadmin_tag_autocomplete"),
            *("wagtailadmin_tag_model_autocomplete", "wagtailimages_chooser:select_format"),
        ),
        nothing(READS),
    ),
    "wagtailadmin_editing_sessions:ping": nothing("who has the page open", *OPEN_PAGES),
    "wagtailadmin_editing_sessions:release": nothing("who has the page open", *OPEN_PAGES),
    # Files of pages; the single screens log by themselves, those of several and the chooser by upload_log.py.
    **dict.fromkeys(
        (
            *("wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create"),
            *("wagtailimages:create_multiple_from_uploaded_image", "wagtaildocs:add"),
            *("wagtaildocs:add_multiple", "wagtaildocs_chooser:create"),
            "wagtaildocs:create_multiple_from_uploaded_document",
        ),
        events("wagtail.create", beside=OPEN_PAGES),
    ),
    **dict.fromkeys(
        (
            *("wagtailimages:edit", "wagtailimages:edit_multiple"),
            *("wagtaildocs:edit", "wagtaildocs:edit_multiple"),
        ),
        # A form that comes back shows the picture, in a size that may have to be made first.
        events("wagtail.edit", beside=(*OPEN_PAGES, "portal_files_publicrendition")),
    ),
    "wagtailimages:delete_upload_multiple": nothing("an upload that never became a picture", *OPEN_PAGES),
    "wagtaildocs:delete_upload_multiple": nothing("an upload that never became a document", *OPEN_PAGES),
}
