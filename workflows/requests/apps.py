"""App of the room workflows.requests."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    """What households ask for: by web, telephone, on paper or in person; none of it may lie."""

    name = "workflows.requests"
    label = "workflows_requests"
    verbose_name = "来访与申请"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, the receipts' page, the files' rule, and what falls due."""
        from disclosure.site.registry import register_receipts
        from portal.clock import jobs
        from portal.files import access

        from . import events, keys, mirrored, offices, receipts, reminding

        mirrored.connect()
        events.register()
        keys.register()
        register_receipts(receipts.told)
        access.register("request", offices.may_open_file, owner=offices.file_owner)
        jobs.register("requests.remind", reminding.remind_due)
        jobs.register("requests.reopen", reminding.reopen_withdrawn)
        jobs.register("requests.forget", reminding.forget_submissions)
