"""What every public page stands on: the footer's facts, the way back, the event of a publication."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page, PageViewRestriction, Site

TEXT_FEATURES = ["h2", "h3", "bold", "ol", "ul", "link"]


@register_setting
class SiteRecord(BaseSiteSetting):
    """Facts of the public site's footer. What is not known stays empty and is shown as such."""

    sponsor = models.CharField(_("主办单位"), max_length=80, blank=True)
    operator = models.CharField(_("承办单位"), max_length=80, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    site_code = models.CharField(_("网站标识码"), max_length=20, blank=True)
    icp = models.CharField(_("备案号"), max_length=60, blank=True)
    police = models.CharField(_("公安备案号"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("网站信息")

    @classmethod
    def current(cls) -> "SiteRecord":
        """Return the default site's record, or an empty one that is not stored; a GET changes nothing."""
        record = cls.objects.select_related("site").filter(site__is_default_site=True).first()
        return record or cls(site=Site.objects.filter(is_default_site=True).first())

    @property
    def county(self) -> str:
        """Return the name that stands beside the brand on every page."""
        return self.site.site_name if self.site_id else ""


class PublicPage(Page):
    """What all public pages share: the way back, the column, and an event for each publication."""

    # A public page is the same for whoever asks: the editor offers no way to close one (design.md rule 14).
    private_page_options: list[str] = []
    # No timed publication: a page goes public by the act of a second person, at the moment of that act.
    settings_panels: list[Any] = []

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> Any:
        """Return restrictions set by other ways than the editor, in one query; aliases are not made here."""
        above = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(page__path__in=above)

    def trail(self, request: HttpRequest) -> list[Page]:
        """Return the pages above this one, from the home page down, which the site has read already."""
        if self.depth <= 2:
            return []
        site = Site.find_for_request(request)
        if site is None or self.path[: site.root_page.steplen * 2] != site.root_page.path:
            return list(self.get_ancestors().filter(depth__gt=1))
        between = self.get_ancestors().filter(depth__gt=2) if self.depth > 3 else []
        return [site.root_page, *between]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the pages above this one, and the column it stands in."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["trail"] = self.trail(request)
        context["column"] = context["trail"][-1] if context["trail"] else None
        return context

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> Any:
        """Publish `revision` and write the event, with `user` as who did it, in the same transaction."""
        revision.published_by = user
        with transaction.atomic():
            return super().publish(revision, user=user, **kwargs)

    def unpublish(self, *args: Any, user: Any = None, **kwargs: Any) -> Any:
        """Withdraw the page and write the event, with `user` as who did it, in the same transaction."""
        self.withdrawn_by = user
        with transaction.atomic():
            return super().unpublish(*args, user=user, **kwargs)
