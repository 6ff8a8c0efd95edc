"""网站页脚: county name and footer facts, filled in by the county's editor or system administrator."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.pages.models import SiteRecord
from disclosure.pages.site_facts import FIELDS, BadFact, NotYourFooter, keeper, set_facts
from workflows.desk import gates
from workflows.desk.footer_form import FooterForm

from .base import DeskMixin


class FooterView(DeskMixin, TemplateView):
    """One form: what is not filled in says so on every public page until it is."""

    request: HttpRequest
    template_name = "desk/footer.html"
    page_title = gettext_lazy("网站页脚")

    def roles(self) -> frozenset[str]:
        """Return editors and system administrators; those below the county only read."""
        return gates.FOOTER_KEEPERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what stands there."""
        record = SiteRecord.current()
        return self._show(FooterForm(instance=record, initial={"county": record.county}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save it, or show again what was typed and what is wrong with it."""
        user: Any = request.user
        form = FooterForm(request.POST, instance=SiteRecord.current())
        if form.is_valid():
            facts = {name: form.cleaned_data[name] for name in FIELDS}
            try:
                set_facts(facts, form.cleaned_data["county"], by=user)
            except BadFact as error:
                form.add_error(error.field or None, str(error))
            except NotYourFooter as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("存好了，公开网站的每一页都跟着改。"))
                return redirect("desk:footer")
        return self._show(form, status=422)

    def _show(self, form: FooterForm, *, status: int = 200) -> HttpResponse:
        user: Any = self.request.user
        record = SiteRecord.current()
        lacking = [
            SiteRecord._meta.get_field(name).verbose_name for name in FIELDS if not getattr(record, name)
        ]
        context = self.get_context_data(form=form, keeps=keeper(user) is not None, lacking=lacking)
        return self.render_to_response(context, status=status)
