"""The table's part for Wagtail's own routes and those of other packages: open by role, all others shut."""

from portal.people.models import Role

from .answers import (
    EDITORS,
    SHUT,
    Access,
    holder,
)

WAGTAILS: dict[str, Access] = {}


def _editors(**answers: tuple[int, int]) -> None:
    """Open routes to editors; each answer is that to a GET and that to an empty POST."""
    for name, (get, post) in answers.items():
        WAGTAILS[name.replace("__", ":")] = Access(holder(*EDITORS), get=get, post=post)


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
        roles = (*EDITORS, Role.COUNTY_HEAD) if name.replace("__", ":") in WAGTAILS else (Role.COUNTY_HEAD,)
        WAGTAILS[name.replace("__", ":")] = Access(holder(*roles), get=get, post=post)


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
mfa_list_webauthn mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn
signin:enrol signin:passkey signin:prove signin:mine
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
WAGTAILS |= dict.fromkeys(SHUT_NAMES.split(), SHUT)

# Wagtail's own bookkeeping of who has a page open and of what an editor did with it.
BOOKKEEPING = {
    "wagtailadmin_pages:edit": {"wagtailcore_pagesubscription", "wagtailadmin_editingsession"},
    "wagtailadmin_pages:revisions_revert": {"wagtailcore_pagesubscription", "wagtailadmin_editingsession"},
    "wagtailadmin_editing_sessions:release": {"wagtailadmin_editingsession"},
    # Its POST has no body: sending it is the act.
    "wagtailadmin_pages:revisions_unschedule": {
        *("wagtailcore_revision", "wagtailcore_pagelogentry"),
        *("portal_ledger_event", "portal_ledger_opening", "portal_ledger_head"),
    },
}
