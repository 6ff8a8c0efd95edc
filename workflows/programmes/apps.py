"""App of the room workflows.programmes."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    """Programmes and their versions, forms, eligibility, budgets, applications."""

    name = "workflows.programmes"
    label = "workflows_programmes"
    verbose_name = "项目"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, answer for files, listen to lists, appear on the public site."""
        from portal.files import access
        from portal.people import recusal
        from workflows.engine.signals import acted

        from . import (  # noqa: F401
            binding,
            catalogue_fillings,
            events,
            evidence,
            keys,
            matters,
            mirrored,
            objecting,
            public_links,
            queueing,
            redaction,
            search_source,
            visits,
        )
        from .application_matter import PREFIX, RELATED, ApplicationMatter
        from .listeners import connect
        from .recusals import kept_away

        events.register()
        keys.register()
        connect()
        objecting.connect()
        acted.connect(queueing.on_acted, dispatch_uid="programmes-queue")
        matters.register(PREFIX, ApplicationMatter(), RELATED)
        recusal.register(kept_away)
        public_links.connect()
        catalogue_fillings.register_all()
        evidence.connect()
        mirrored.connect()
        redaction.connect()
        search_source.connect()
        access.register("visit", visits.may_open, owner=visits.owner)
        access.register("case", visits.may_open_case, owner=visits.case_owner)
