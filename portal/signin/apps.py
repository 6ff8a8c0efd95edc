"""App of the room portal.signin."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Second factors, step-up, sessions, lock-out, dormant accounts."""

    name = "portal.signin"
    label = "portal_signin"
    verbose_name = "登录"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register events and settings, what two people decide here, what is due, and listen to sign-ins."""
        from portal.clock import jobs

        from . import binding, dormancy, events, held, keys, locks, resets, sessions  # noqa: F401

        sessions.listen()
        locks.listen()
        resets.register()
        jobs.register("signin.dormant", dormancy.suspend_dormant)
        jobs.register("signin.old_sessions", sessions.forget_old)
        jobs.register("signin.old_slips", locks.forget_old)
        jobs.register("signin.held_files", held.drop_expired)
