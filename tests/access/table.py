"""The table: who opens which route, and with what answer. A route that is not in it fails the test.

Read it as: the route of that name is open to those named first; `get` and `post` are what they get for a GET
and for a POST with nothing in it. Everybody else gets the one 404 (visitors of the desk: the sign-in page).
"""

from portal.people.models import Line, Role

from .answers import (
    ACCOUNT_READERS,
    ASSESSMENT_READERS,
    ASSESSORS,
    BUSINESS,
    BUSINESS_SETTINGS,
    CHECKERS,
    COUNTY_OF_LINE,
    ERRATA_READERS,
    FILERS,
    FORM,
    MISSING,
    OBJECTION_READERS,
    OFFICIALS,
    OLD_SIGN_IN,
    OVERSEERS,
    POSTERS,
    PUBLIC,
    READERS,
    REDACTION_ASKERS,
    REGISTRARS,
    REPORT_READERS,
    REQUEST_READERS,
    SETTING_READERS,
    SHARED,
    SHUT,
    SIGN_IN,
    TICKET_OPENERS,
    TICKET_READERS,
    VISITORS,
    Access,
    account,
    at,
    everyone,
    holder,
    near_county,
    nobody,
    office,
    over,
    private,
)
from .stage import CITY, COUNTY, TOWNSHIP
from .wagtails import WAGTAILS

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
    # Several at once, named in the form: without one there is nothing to open.
    "private_files": Access(account, get=MISSING, post=MISSING, visitor=SIGN_IN, visitor_post=SIGN_IN),
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
    # The trail: supervisors alone; nothing asked for leads back, an act by the area and line of its object.
    "desk:trail": Access(holder(Role.SUPERVISOR), post=302),
    "desk:trail_act": Access(over(frozenset([Role.SUPERVISOR]), *BUSINESS)),
    "desk:export_trail": Access(holder(Role.SUPERVISOR), get=405, post=302),
    "desk:then": Access(holder(Role.SUPERVISOR), **FORM),
    "desk:pictures": Access(holder(Role.SUPERVISOR)),
    "desk:radar": Access(holder(Role.SUPERVISOR)),
    "desk:flag": Access(over(frozenset([Role.SUPERVISOR]), *BUSINESS), **FORM),
    "desk:radar_rules": Access(holder(Role.SUPERVISOR), **FORM),
    "desk:outside": Access(holder(Role.SUPERVISOR), **FORM),
    "desk:lists": Access(holder(*READERS)),
    "desk:notices": Access(holder(*READERS)),
    # At the board, with or without a line.
    **dict.fromkeys(("desk:postings", "desk:posting_worker", "desk:posting_line"), Access(holder(*POSTERS))),
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
    # Rectification: the owner's office and those above it; opened by those who inspect.
    "desk:tickets": Access(holder(*TICKET_READERS)),
    "desk:new_ticket": Access(holder(*TICKET_OPENERS), **FORM),
    "desk:ticket": Access(over(TICKET_READERS, Line.ASSISTANCE), **FORM),
    # The fortnight's report: drafted by a county's supervisor or reviewer, read by its head and the city.
    "desk:fortnights": Access(holder(*REPORT_READERS), **FORM),
    "desk:fortnight": Access(at(REPORT_READERS, (COUNTY, CITY)), **FORM),
    # Assessment: read by those who assess or decide over the place, and below it once scores were told.
    "desk:assessments": Access(holder(*ASSESSMENT_READERS)),
    "desk:new_assessment": Access(holder(*ASSESSORS), **FORM),
    "desk:assessment": Access(at(ASSESSMENT_READERS, (TOWNSHIP, COUNTY, CITY), Line.ASSISTANCE), **FORM),
    "desk:assessed": Access(at(ASSESSMENT_READERS, (TOWNSHIP, COUNTY, CITY), Line.ASSISTANCE), **FORM),
    # Spot checks: supervisors and assessors alone. The stage's is sealed, nothing is drawn of it yet.
    "desk:spot_checks": Access(holder(*CHECKERS)),
    "desk:new_spot_check": Access(holder(*CHECKERS), **FORM),
    "desk:spot_check": Access(over(CHECKERS, Line.ASSISTANCE), **FORM),
    "desk:spot_bundle": Access(over(CHECKERS, Line.ASSISTANCE), get=405, post=302),
    "desk:spot_visit": SHUT,
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
    # What nobody does alone about an account: whoever may be the second person.
    "desk:joint": Access(
        holder(
            *(Role.COUNTY_HEAD, Role.TOWNSHIP_HEAD, Role.SUPERVISOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)
        ),
        **FORM,
    ),
    # Each administrator's own desk, reading only.
    "desk:safety": Access(holder(Role.SECURITY_ADMIN)),
    "desk:health": Access(holder(Role.SYSTEM_ADMIN)),
    "desk:audit": Access(holder(Role.AUDIT_ADMIN)),
    # What inspectors searched: sealed; supervisors of the county open it, two of them.
    "desk:inquiries": Access(holder(Role.SUPERVISOR), **FORM),
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
TABLE |= WAGTAILS
