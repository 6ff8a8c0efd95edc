"""The table: who opens which route, and with what answer. A route that is not in it fails the test.

Read it as: the route of that name is open to those named first; `get` and `post` are what they get for a GET
and for a POST with nothing in it. Everybody else gets the one 404 (visitors of the desk: the sign-in page).
"""

from collections.abc import Callable
from dataclasses import dataclass

from portal.people.models import COUNTY_ROLES, TOWNSHIP_ROLES, VILLAGE_ROLES, Line, Role

from .stage import COVERING, OTHER_COUNTY, Actor

MISSING, SIGN_IN = 404, 302
OFFICIALS = frozenset([*VILLAGE_ROLES, *TOWNSHIP_ROLES, *COUNTY_ROLES])
READERS = OFFICIALS | {Role.CITY_ASSESSOR, Role.SUPERVISOR}
OVERSEERS = frozenset([*TOWNSHIP_ROLES, *COUNTY_ROLES, Role.CITY_ASSESSOR, Role.SUPERVISOR])
FILERS = frozenset([Role.VILLAGE_CLERK, Role.HELPER, Role.RESIDENT_TEAM])
# Not those who filed: they do not judge what is said against it, and read nothing said in confidence.
ANSWERERS = frozenset(
    [
        Role.VILLAGE_SUPERVISION,
        Role.TOWNSHIP_REVIEWER,
        Role.TOWNSHIP_HEAD,
        Role.COUNTY_REVIEWER,
        Role.COUNTY_HEAD,
    ]
)
OBJECTION_READERS = ANSWERERS | {Role.SUPERVISOR}
REDACTION_ASKERS = frozenset(
    [
        *(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.VILLAGE_SUPERVISION),
        *(Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD),
    ]
)
VISITORS = frozenset([Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER])
POSTERS = frozenset([*VILLAGE_ROLES, *TOWNSHIP_ROLES])
# Who files or answers what a household asks for, and who watches; the committee and the grid do not.
REQUEST_READERS = frozenset(
    [
        *(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.RESIDENT_TEAM, Role.HELPER),
        *(Role.TOWNSHIP_REVIEWER, Role.TOWNSHIP_HEAD, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD),
        Role.SUPERVISOR,
    ]
)
EDITORS = frozenset([Role.EDITOR])
ERRATA_READERS = frozenset([Role.EDITOR, Role.COUNTY_HEAD, Role.SUPERVISOR])
REGISTRARS = frozenset([Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER])
COUNTY_OF_LINE = frozenset([Role.COUNTY_REVIEWER, Role.COUNTY_HEAD])
BUSINESS_SETTINGS = frozenset([Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.SUPERVISOR])
SETTING_READERS = BUSINESS_SETTINGS | {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}
ACCOUNT_READERS = frozenset([Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])

Opener = Callable[[Actor], bool]


def everyone(actor: Actor) -> bool:
    """Anybody, signed in or not."""
    return True


def nobody(actor: Actor) -> bool:
    """Nobody at all."""
    return False


def account(actor: Actor) -> bool:
    """Whoever is signed in."""
    return actor.signed_in


def office(actor: Actor) -> bool:
    """Whoever holds an office in force today."""
    return actor.role is not None


def holder(*roles: Role) -> Opener:
    """Holders of one of `roles`, wherever and on whatever line."""
    return lambda actor: actor.role in roles


def over(roles: frozenset[Role], *lines: Line) -> Opener:
    """Holders of one of `roles` whose area covers the village and whose line is all, or one of `lines`."""
    return lambda actor: actor.role in roles and actor.area in COVERING and actor.line in (Line.ALL, *lines)


def near_county(roles: frozenset[Role], *lines: Line) -> Opener:
    """Holders of one of `roles` in the county or around it, on all lines or one of `lines`."""
    return lambda actor: (
        actor.role in roles and actor.area != OTHER_COUNTY and actor.line in (Line.ALL, *lines)
    )


@dataclass(frozen=True)
class Access:
    """Who opens a route and what they get; `shut` is what the others get instead of the one 404."""

    opens: Opener
    get: int = 200
    post: int = 405
    shut: int = MISSING
    shut_post: int | None = None
    visitor: int | None = None

    def expected(self, actor: Actor, method: str, *, desk: bool) -> int:
        """Return the status of the answer to `actor`; `desk` is whether the route lies under the admin."""
        if self.opens(actor):
            return self.get if method == "get" else self.post
        if desk and not actor.signed_in:
            return SIGN_IN
        if method == "get" and self.visitor is not None and not actor.signed_in:
            return self.visitor
        if method == "post" and self.shut_post is not None:
            return self.shut_post
        return self.shut


PUBLIC = Access(everyone)
SHUT = Access(nobody)
OLD_SIGN_IN = Access(everyone, get=SIGN_IN, post=SIGN_IN)
# The programme's line. That of finance has a batch in sight from the step at which finance has a seat.
BUSINESS = (Line.ASSISTANCE,)
SHARED = (Line.ASSISTANCE, Line.FINANCE)
FORM = {"get": 200, "post": 422}


def private(opens: Opener) -> Access:
    """Return the access to a private file: visitors are sent to sign in, whether there is one or not."""
    return Access(opens, shut_post=405, visitor=SIGN_IN)


TABLE: dict[str, Access] = {
    # The public site.
    "health": PUBLIC,
    "areas": PUBLIC,
    "area": PUBLIC,
    "list": PUBLIC,
    "matter": PUBLIC,
    "list-page": Access(everyone, get=302),
    # The stage's list is short: it has no such page.
    "list-all": Access(everyone, get=404),
    "object": Access(everyone, **FORM),
    "object-row": Access(everyone, **FORM),
    "receipts": Access(everyone, **FORM),
    "ask": PUBLIC,
    "ask-area": Access(everyone, **FORM),
    "ask-programme": Access(everyone, **FORM),
    "search": PUBLIC,
    "feed": PUBLIC,
    "area-feed": PUBLIC,
    "column-feed": PUBLIC,
    "report": Access(everyone, **FORM),
    "catalogue": PUBLIC,
    "verify": PUBLIC,
    "verify-event": PUBLIC,
    "verify-tool": PUBLIC,
    # Nobody has signed the stage's ledger.
    "verify-checkpoint": Access(everyone, get=404),
    "verify-proof": Access(everyone, get=404),
    # Open data: read by anybody, written by nobody.
    **dict.fromkeys(("data", "data-list", "data-area", "api", "api-openapi", "api-schema"), PUBLIC),
    **dict.fromkeys(("api-areas", "api-area", "api-lists", "api-list", "api-lines"), PUBLIC),
    "api-missing": Access(everyone, get=404),
    "sitemap": PUBLIC,
    "robots": PUBLIC,
    "programmes": PUBLIC,
    "programme": PUBLIC,
    # Wagtail takes a POST to a page for a GET.
    "wagtail_serve": Access(everyone, post=200),
    # Signing in and out.
    "account_login": Access(lambda actor: not actor.signed_in, post=200, shut=302),
    "account_logout": Access(account, post=302, shut=302),
    "account_inactive": PUBLIC,
    "account_change_password": Access(account, post=200, shut=302),
    "account_reset_password": Access(everyone, post=MISSING),
    "account_reset_password_from_key": Access(everyone, post=200),
    "account_reset_password_from_key_done": PUBLIC,
    # Public pictures: nothing is there.
    "media": Access(nobody, shut_post=405),
    # Private files: whoever may see what they belong to. Originals hold what cameras write into them.
    "private_file": private(over(READERS, *BUSINESS)),
    "private_file_original": private(nobody),
    # The desk.
    "wagtailadmin_home": Access(office, shut=403),
    "wagtailadmin_account": Access(office, get=302, post=302),
    "wagtailadmin_logout": Access(office, get=405, post=302),
    "wagtailadmin_dismissibles": Access(office),
    "wagtailadmin_javascript_catalog": Access(office),
    "wagtailadmin_sprite": Access(office, post=200),
    "desk:todo": Access(holder(*OFFICIALS)),
    "desk:handled": Access(holder(*OFFICIALS)),
    "desk:open": Access(holder(*READERS)),
    "desk:closed": Access(holder(*READERS)),
    # Searching and saving a filter are sent, and answered with the box again.
    "desk:find": Access(holder(*READERS), get=405, post=302),
    "desk:filters": Access(holder(*READERS), get=405, post=302),
    "desk:month": Access(holder(*READERS)),
    # What is late, for those above who watch over it.
    "desk:overview": Access(holder(*OVERSEERS)),
    "desk:overview_slip": Access(holder(*OVERSEERS)),
    "desk:lists": Access(holder(*READERS)),
    "desk:notices": Access(holder(*READERS)),
    "desk:objections": Access(holder(*OBJECTION_READERS)),
    "desk:file": Access(holder(*FILERS), post=MISSING),
    "desk:change": Access(holder(*FILERS), **FORM),
    "desk:exit": Access(holder(*FILERS), **FORM),
    "desk:aid": Access(holder(*FILERS), **FORM),
    # The case of the stage is an application, which has a form of its own: here it is not there.
    "desk:amend_change": SHUT,
    "desk:amend_aid": SHUT,
    # The programme of the stage ranks nobody: the page is not there, and nothing is ever sent to it.
    "desk:ranking": Access(holder(*READERS), get=MISSING),
    # Requests: registered by whoever hears one; read where one's office covers the office that has it.
    "desk:requests": Access(holder(*OFFICIALS, Role.SUPERVISOR)),
    "desk:new_request": Access(holder(*OFFICIALS), **FORM),
    "desk:request": Access(over(REQUEST_READERS, Line.ASSISTANCE), **FORM),
    "desk:urgent": Access(holder(*READERS), **FORM),
    "desk:reserves": Access(holder(*READERS), **FORM),
    "desk:batch": Access(over(READERS, *BUSINESS), **FORM),
    "desk:more": Access(over(READERS, *BUSINESS), **FORM),
    "desk:visits": Access(over(VISITORS, *BUSINESS), **FORM),
    "desk:copies": Access(holder(*READERS)),
    "desk:leave": Access(holder(*OFFICIALS, Role.SECURITY_ADMIN), **FORM),
    "desk:case": Access(over(READERS, *BUSINESS), **FORM),
    # Printing is recorded: a POST. Without the name of a sheet one is sent back to the page.
    "desk:print_case": Access(over(READERS, *BUSINESS), get=405, post=302),
    "desk:print_batch": Access(over(READERS, *BUSINESS), get=405, post=302),
    "desk:print_board": Access(over(POSTERS, Line.ASSISTANCE), get=405, post=302),
    "desk:export_batch": Access(over(READERS, *BUSINESS), get=405, post=302),
    "desk:export": Access(holder(*OFFICIALS), get=405, post=302),
    "desk:export_households": Access(holder(*REGISTRARS), get=405, post=302),
    # A form without the version that it was filled in on is out of date.
    "desk:amend": Access(over(FILERS, Line.ASSISTANCE), post=409),
    "desk:list": Access(over(READERS, Line.ASSISTANCE), **FORM),
    # Who records the meetings adds their papers; nothing is shown there.
    "desk:papers": Access(
        over({Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY, Role.RESIDENT_TEAM}, Line.ASSISTANCE),
        get=405,
        post=302,
    ),
    # Redactions: asked for on the list by its officials, decided by the township or the county.
    "desk:redact": Access(over(REDACTION_ASKERS, Line.ASSISTANCE), **FORM),
    "desk:redact_page": Access(holder(*REDACTION_ASKERS), **FORM),
    "desk:redactions": Access(holder(*REDACTION_ASKERS, Role.SUPERVISOR), **FORM),
    "desk:new_allocation": Access(holder(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER), **FORM),
    "desk:outages": Access(
        holder(Role.SYSTEM_ADMIN, Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.SUPERVISOR), **FORM
    ),
    # The list that waits was published by the township.
    "desk:correct_list": Access(over({Role.TOWNSHIP_REVIEWER}, Line.ASSISTANCE), **FORM),
    # Village matters: read around the village by line, opened and acted on by its clerk or secretary.
    "desk:matters": Access(holder(*READERS)),
    "desk:new_matter": Access(holder(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY), **FORM),
    "desk:matter_table": Access(holder(Role.VILLAGE_CLERK, Role.VILLAGE_SECRETARY)),
    "desk:matter": Access(over(READERS, Line.ASSISTANCE), **FORM),
    "desk:print_minutes": Access(over(READERS, Line.ASSISTANCE), get=405, post=302),
    "desk:objection": Access(over(OBJECTION_READERS, Line.ASSISTANCE), **FORM),
    # Errors on public pages and the catalogue: those who answer for pages, and supervisors.
    "desk:errata": Access(holder(*ERRATA_READERS)),
    "desk:erratum": Access(over(ERRATA_READERS, *Line), **FORM),
    "desk:catalogue": Access(holder(*ERRATA_READERS)),
    # The footer: those of the county fill it in, editors below it read; an empty form is refused to all.
    "desk:footer": Access(holder(Role.EDITOR, Role.SYSTEM_ADMIN), **FORM),
    # Accounts: the security administrator over their offices keeps them, the audit administrator reads.
    "desk:people": Access(holder(*ACCOUNT_READERS)),
    "desk:invite": Access(holder(Role.SECURITY_ADMIN), **FORM),
    "desk:account": Access(over(ACCOUNT_READERS), **FORM),
    # Figures of business for the county and its supervisors, technical ones for administrators.
    "desk:settings": Access(holder(*SETTING_READERS)),
    "desk:setting": Access(holder(*BUSINESS_SETTINGS), **FORM),
    # A county's programmes: read around and within it by line, finance reads all; set by the county's line.
    "desk:programmes": Access(holder(*READERS)),
    "desk:programme": Access(near_county(READERS, Line.ASSISTANCE, Line.FINANCE), **FORM),
    "desk:version": Access(near_county(COUNTY_OF_LINE, Line.ASSISTANCE), **FORM),
    "desk:new_programme": Access(holder(*COUNTY_OF_LINE), **FORM),
    # The register for those who register; names are found by POST. Officials declare their relatives.
    "desk:households": Access(holder(*REGISTRARS), post=200),
    "desk:register": Access(holder(*REGISTRARS), **FORM),
    # A household is read on the lines of the register and of paying; numbers stand masked.
    "desk:household": Access(over(READERS, *SHARED), **FORM),
    "desk:imports": Access(holder(*REGISTRARS), **FORM),
    "desk:import_template": Access(holder(*REGISTRARS)),
    # An upload is there for who uploaded it alone.
    "desk:import": Access(nobody),
    "desk:duplicates": Access(holder(Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER), **FORM),
    # Everybody's own messages; group robots for those who keep them or see that they work.
    "desk:messages": Access(office, post=302),
    "desk:message_choices": Access(office, **FORM),
    "desk:robots": Access(
        holder(Role.COUNTY_REVIEWER, Role.COUNTY_HEAD, Role.EDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
        **FORM,
    ),
    "desk:kinship": Access(holder(*OFFICIALS), **FORM),
    # Old ways in: all lead to the one sign-in page.
    "wagtailadmin_login": OLD_SIGN_IN,
    "wagtailadmin_password_reset": OLD_SIGN_IN,
    "wagtailadmin_password_reset_done": OLD_SIGN_IN,
    "wagtailadmin_password_reset_confirm": OLD_SIGN_IN,
    "wagtailadmin_password_reset_complete": OLD_SIGN_IN,
    "wagtailcore_login": OLD_SIGN_IN,
}


def _editors(**answers: tuple[int, int]) -> None:
    """Open routes to editors; each answer is that to a GET and that to an empty POST."""
    for name, (get, post) in answers.items():
        TABLE[name.replace("__", ":")] = Access(holder(*EDITORS), get=get, post=post)


# An editor works on the pages of their own section. Objects that are not there (task states, uploads,
# pictures, documents) answer as missing.
_editors(
    wagtailadmin_api__pages__listing=(200, 405),
    wagtailadmin_api__pages__detail=(200, 405),
    wagtailadmin_explore_root=(302, 405),
    wagtailadmin_explore=(200, 405),
    wagtailadmin_explore_results=(200, 405),
    wagtailadmin_pages__add=(200, 200),
    wagtailadmin_pages__preview_on_add=(200, 200),
    wagtailadmin_pages__edit=(200, 200),
    wagtailadmin_pages__preview_on_edit=(200, 200),
    wagtailadmin_pages__view_draft=(200, 200),
    wagtailadmin_pages__add_subpage=(200, 200),
    wagtailadmin_pages__search=(200, 405),
    wagtailadmin_pages__search_results=(200, 405),
    wagtailadmin_pages__copy=(200, 400),
    wagtailadmin_pages__workflow_action=(404, 404),
    wagtailadmin_pages__collect_workflow_action_data=(404, 404),
    wagtailadmin_pages__confirm_workflow_cancellation=(200, 200),
    wagtailadmin_pages__workflow_preview=(302, 405),
    wagtailadmin_pages__revisions_index=(302, 302),
    wagtailadmin_pages__revisions_view=(200, 405),
    wagtailadmin_pages__revisions_revert=(200, 200),
    wagtailadmin_pages__revisions_unschedule=(200, 302),
    wagtailadmin_pages__revisions_compare=(404, 404),
    wagtailadmin_pages__workflow_history=(200, 405),
    wagtailadmin_pages__workflow_history_detail=(404, 405),
    wagtailadmin_pages__history=(200, 405),
    wagtailadmin_pages__history_results=(200, 405),
    wagtailadmin_choose_page=(200, 405),
    wagtailadmin_choose_page_child=(200, 405),
    wagtailadmin_choose_page_search=(200, 405),
    wagtailadmin_choose_page_chosen_multiple=(200, 405),
    wagtailadmin_choose_page_external_link=(200, 200),
    wagtailadmin_choose_page_email_link=(200, 200),
    wagtailadmin_choose_page_phone_link=(200, 200),
    wagtailadmin_choose_page_anchor_link=(200, 200),
    wagtailadmin_tag_autocomplete=(200, 200),
    wagtailadmin_tag_model_autocomplete=(404, 404),
    wagtailadmin_editing_sessions__ping=(405, 404),
    wagtailadmin_editing_sessions__release=(405, 200),
    wagtailadmin_block_preview=(404, 405),
    wagtaildocs__index=(200, 405),
    wagtaildocs__index_results=(200, 405),
    wagtaildocs__add=(200, 200),
    wagtaildocs__edit=(404, 404),
    wagtaildocs__add_multiple=(200, 400),
    wagtaildocs__edit_multiple=(405, 404),
    wagtaildocs__create_multiple_from_uploaded_document=(405, 404),
    wagtaildocs__delete_upload_multiple=(405, 404),
    wagtaildocs_chooser__choose=(200, 405),
    wagtaildocs_chooser__choose_results=(200, 405),
    wagtaildocs_chooser__chosen=(404, 405),
    wagtaildocs_chooser__chosen_multiple=(200, 405),
    wagtaildocs_chooser__create=(200, 200),
    wagtailimages__index=(200, 405),
    wagtailimages__index_results=(200, 405),
    wagtailimages__add=(200, 200),
    wagtailimages__edit=(404, 404),
    wagtailimages__add_multiple=(200, 400),
    wagtailimages__edit_multiple=(405, 404),
    wagtailimages__create_multiple_from_uploaded_image=(405, 404),
    wagtailimages__delete_upload_multiple=(405, 404),
    wagtailimages_chooser__choose=(200, 405),
    wagtailimages_chooser__choose_results=(200, 405),
    wagtailimages_chooser__chosen=(404, 405),
    wagtailimages_chooser__chosen_multiple=(200, 405),
    wagtailimages_chooser__create=(200, 200),
    wagtailimages_chooser__select_format=(404, 404),
)


def _heads_too(**answers: tuple[int, int]) -> None:
    """Open routes to county heads as well, who read what was handed in, decide and withdraw."""
    for name, (get, post) in answers.items():
        roles = (*EDITORS, Role.COUNTY_HEAD) if name.replace("__", ":") in TABLE else (Role.COUNTY_HEAD,)
        TABLE[name.replace("__", ":")] = Access(holder(*roles), get=get, post=post)


_heads_too(
    wagtailadmin_api__pages__listing=(200, 405),
    wagtailadmin_api__pages__detail=(200, 405),
    wagtailadmin_explore_root=(302, 405),
    wagtailadmin_explore=(200, 405),
    wagtailadmin_explore_results=(200, 405),
    wagtailadmin_pages__view_draft=(200, 200),
    wagtailadmin_pages__search=(200, 405),
    wagtailadmin_pages__search_results=(200, 405),
    wagtailadmin_pages__revisions_view=(200, 405),
    wagtailadmin_pages__revisions_compare=(404, 404),
    wagtailadmin_pages__workflow_action=(404, 404),
    wagtailadmin_pages__workflow_preview=(302, 405),
    # Without a reason nothing is withdrawn.
    wagtailadmin_pages__unpublish=(200, 422),
)

# Shut to everybody, whoever asks and whatever superuser flag an account carries: sign-up, mail and second
# factors; deleting, moving, locking and usage of pages; accounts, groups, collections, workflows, reports,
# settings, snippets, embeds; images and documents but for what editors choose.
SHUT_NAMES = """
account_signup account_reauthenticate account_email account_email_verification_sent account_set_password
account_confirm_login_code account_confirm_email account_reset_password_done
mfa_index mfa_authenticate mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes
mfa_generate_recovery_codes mfa_download_recovery_codes
admin/test404/ admin/^.*/$ wagtailadmin_error_test
wagtailadmin_api:pages:find wagtailadmin_api:pages:action wagtailadmin_api:documents:listing
wagtailadmin_api:documents:detail wagtailadmin_api:documents:find wagtailadmin_api:images:listing
wagtailadmin_api:images:detail wagtailadmin_api:images:find wagtail_bulk_action
wagtailadmin_pages:type_use wagtailadmin_pages:choose_parent wagtailadmin_pages:type_use_results
wagtailadmin_pages:usage wagtailadmin_pages:delete
wagtailadmin_pages:convert_alias wagtailadmin_pages:move wagtailadmin_pages:move_confirm
wagtailadmin_pages:set_page_position wagtailadmin_pages:set_privacy wagtailadmin_pages:lock
wagtailadmin_pages:unlock
wagtailadmin_collections:index wagtailadmin_collections:add wagtailadmin_collections:edit
wagtailadmin_collections:delete wagtailadmin_collections:set_privacy
wagtailadmin_workflows:index wagtailadmin_workflows:index_results wagtailadmin_workflows:add
wagtailadmin_workflows:enable wagtailadmin_workflows:disable wagtailadmin_workflows:edit
wagtailadmin_workflows:usage wagtailadmin_workflows:usage_results wagtailadmin_workflows:remove
wagtailadmin_workflows:add_task wagtailadmin_workflows:select_task_type wagtailadmin_workflows:task_index
wagtailadmin_workflows:task_index_results wagtailadmin_workflows:edit_task
wagtailadmin_workflows:disable_task wagtailadmin_workflows:enable_task wagtailadmin_workflows:task_chooser
wagtailadmin_workflows:task_chooser_results wagtailadmin_workflows:task_chooser_create
wagtailadmin_workflows:task_chosen
wagtailadmin_reports:locked_pages wagtailadmin_reports:locked_pages_results wagtailadmin_reports:workflow
wagtailadmin_reports:workflow_results wagtailadmin_reports:workflow_tasks
wagtailadmin_reports:workflow_tasks_results wagtailadmin_reports:site_history
wagtailadmin_reports:site_history_results wagtailadmin_reports:aging_pages
wagtailadmin_reports:aging_pages_results wagtailadmin_reports:page_types_usage
wagtailadmin_reports:page_types_usage_results
wagtailsettings:edit wagtailsettings:preview_on_edit wagtailembeds:chooser wagtailembeds:chooser_upload
wagtailsnippets:index
wagtaildocs:delete wagtaildocs:delete_multiple wagtaildocs:document_usage
wagtailimages:delete wagtailimages:url_generator wagtailimages:url_generator_output wagtailimages:preview
wagtailimages:image_usage wagtailimages:delete_multiple
wagtailusers_users:index wagtailusers_users:index_results wagtailusers_users:add wagtailusers_users:edit
wagtailusers_users:delete wagtailusers_users:history wagtailusers_users:history_results
wagtailusers_users:usage wagtailusers_users:copy
wagtailusers_groups:index wagtailusers_groups:index_results wagtailusers_groups:add
wagtailusers_groups:edit wagtailusers_groups:delete wagtailusers_groups:history
wagtailusers_groups:history_results wagtailusers_groups:usage
wagtaildocs_serve wagtaildocs_authenticate_with_password wagtailcore_authenticate_with_password
"""
TABLE |= dict.fromkeys(SHUT_NAMES.split(), SHUT)

# Wagtail's own bookkeeping of who has a page open and of what an editor did with it.
BOOKKEEPING = {
    # The lock-out's own log of who left.
    "account_logout": {"axes_accesslog"},
    "wagtailadmin_logout": {"axes_accesslog"},
    "wagtailadmin_pages:edit": {"wagtailcore_pagesubscription", "wagtailadmin_editingsession"},
    "wagtailadmin_pages:revisions_revert": {"wagtailcore_pagesubscription", "wagtailadmin_editingsession"},
    "wagtailadmin_editing_sessions:release": {"wagtailadmin_editingsession"},
    # Its POST has no body: sending it is the act.
    "wagtailadmin_pages:revisions_unschedule": {"wagtailcore_revision", "wagtailcore_pagelogentry"},
}
