"""项目: the programmes of the county, their versions in words, their money; new ones without new code."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disclosure.pages.models import PolicyDocumentPage
from portal import clock
from portal.people.models import User
from workflows.desk import gates, programme_page
from workflows.desk.programme_forms import (
    FIRST_REST,
    BudgetForm,
    DefinitionForm,
    ProgrammeForm,
    initial_of,
)
from workflows.engine import catalogue
from workflows.programmes import definitions, ranking
from workflows.programmes.definitions import BadDefinition
from workflows.programmes.eligibility import RULES
from workflows.programmes.models import Programme, ProgrammeVersion
from workflows.programmes.services import (
    ProgrammeRefused,
    create_programme,
    make_version,
    set_budget,
)
from workflows.registry.models import Category

from .base import DeskMixin


class ProgrammeMixin(DeskMixin):
    """Finds a programme that the person may read."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def find(self, *, to_set: bool = False) -> Programme:
        """Return the programme; Http404 where the person may not read it (or set it, with `to_set`)."""
        found = programme_page.readable(self.user()).filter(slug=self.kwargs["slug"]).first()
        if found is None or (to_set and not programme_page.may_set(self.user(), found)):
            raise Http404
        return found


class ProgrammesView(ProgrammeMixin, TemplateView):
    """The programmes of the person's county and line with this year's money."""

    template_name = "desk/programmes/list.html"
    page_title = gettext_lazy("项目")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the programmes and whether the person may make one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "rows": programme_page.in_list(programme_page.readable(self.user())),
            "makes": gates.holds(self.user(), gates.PROGRAMME_KEEPERS),
            "year": clock.today().year,
        }


class ProgrammeView(ProgrammeMixin, TemplateView):
    """One programme: versions in words, money of each year, and the form for the year's budget."""

    template_name = "desk/programmes/programme.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the programme."""
        return self._show(self.find())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set a year's budget; or show again what was typed and why not."""
        programme = self.find()
        if request.POST.get("do") != "budget":
            return self._show(programme, refusal=_("没有看懂要办什么，请刷新页面后再办。"), status=422)
        form = BudgetForm(request.POST)
        if not form.is_valid():
            return self._show(programme, form=form, refusal=_("还有要改的，写在各项下面。"), status=422)
        try:
            set_budget(by=self.user(), programme=programme, **form.cleaned_data)
        except ProgrammeRefused as error:
            return self._show(programme, form=form, refusal=str(error), status=422)
        messages.success(request, _("预算已经定下。"))
        return redirect("desk:programme", programme.slug)

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("项目")

    def _show(
        self, programme: Programme, *, form: BudgetForm | None = None, refusal: str = "", status: int = 200
    ) -> HttpResponse:
        context = self.get_context_data(
            programme=programme,
            versions=programme_page.versions_of(programme),
            ranked=any(ranking.is_ranked(one.definition) for one in programme.versions.all()),
            years=programme_page.money([programme]),
            sets=programme_page.may_set(self.user(), programme),
            form=form or BudgetForm(),
            refusal=refusal,
        )
        return self.render_to_response(context, status=status)


class DefinitionView(ProgrammeMixin, TemplateView):
    """What making a version and making a programme share: the form, its check, a look before it counts."""

    template_name = "desk/programmes/definition.html"

    def roles(self) -> frozenset[str]:
        """Return those who set programmes."""
        return gates.PROGRAMME_KEEPERS

    def read(self, form: DefinitionForm) -> HttpResponse | None:
        """Return the page with what is wrong or with a first look; None where `form` is to be acted on."""
        if not form.is_valid():
            return self.show(form, refusal=_("还有要改的，写在各项下面。"), status=422)
        if self.request.POST.get("do") == "make":
            return None
        try:
            definitions.check(form.definition(), form.cleaned_data["policy"].anchors())
        except BadDefinition as error:
            return self.show(form, refusal=str(error), status=422)
        return self.show(form, looked=self.look(form))

    def look(self, form: DefinitionForm) -> Any:
        """Return in words what the version would say; nothing is saved."""
        typed = form.cleaned_data
        flow = form.cleaned_data["flow_key"]
        return programme_page.in_words(
            ProgrammeVersion(
                number=0,
                valid_from=typed["valid_from"],
                flow_key=flow,
                flow_version=catalogue.latest(flow).version,
                policy=typed["policy"],
                definition=form.definition(),
            )
        )

    def show(
        self,
        form: DefinitionForm,
        *,
        programme: Programme | None = None,
        refusal: str = "",
        looked: Any = None,
        status: int = 200,
    ) -> HttpResponse:
        """Show the form, with the paragraphs that may be cited."""
        context = self.get_context_data(
            form=form,
            programme=programme,
            refusal=refusal,
            looked=looked,
            paragraphs=self._paragraphs(form),
            rules=list(RULES),
            categories=Category.choices,
        )
        return self.render_to_response(context, status=status)

    def _paragraphs(self, form: DefinitionForm) -> list[tuple[str, str]]:
        """Return anchor and label of each paragraph of the chosen policy document."""
        given = str(form["policy"].value() or "")
        if not given.isdecimal() or len(given) > 18:
            return []
        policy = PolicyDocumentPage.objects.live().filter(pk=int(given)).first()
        return programme_page.paragraphs(policy) if policy else []


class VersionView(DefinitionView):
    """The next version of a programme, starting from the newest."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with all that the newest version says."""
        newest = self.find(to_set=True).versions.order_by("-number").first()
        initial = initial_of(newest) if newest else {"rest": FIRST_REST, "valid_from": clock.today()}
        return self.show(DefinitionForm(initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the version, or show it first; or show again what was typed and why not."""
        programme = self.find(to_set=True)
        form = DefinitionForm(request.POST)
        if answer := self.read(form):
            return answer
        try:
            version = make_version(
                by=self.user(),
                programme=programme,
                valid_from=form.cleaned_data["valid_from"],
                flow_key=form.cleaned_data["flow_key"],
                policy=form.cleaned_data["policy"],
                definition=form.definition(),
            )
        except (BadDefinition, ProgrammeRefused) as error:
            return self.show(form, refusal=str(error), status=422)
        messages.success(request, _("第 %(number)s 版已经定下。") % {"number": version.number})
        return redirect("desk:programme", programme.slug)

    def get_page_title(self) -> str:
        """Return the title of the page."""
        return _("出新版本")

    def show(self, form: DefinitionForm, **context: Any) -> HttpResponse:
        """Show the form of this programme."""
        return super().show(form, programme=self.find(to_set=True), **context)


class NewProgrammeView(DefinitionView):
    """A new programme with its first version."""

    page_title = gettext_lazy("新设项目")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        initial = {"rest": FIRST_REST, "valid_from": clock.today()}
        return self.show(ProgrammeForm(initial=initial, user=self.user()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the programme, or show it first; or show again what was typed and why not."""
        form = ProgrammeForm(request.POST, user=self.user())
        if answer := self.read(form):
            return answer
        names = ("title", "slug", "line", "area", "valid_from", "flow_key", "policy")
        try:
            version = create_programme(
                by=self.user(),
                definition=form.definition(),
                **{name: form.cleaned_data[name] for name in names},
            )
        except (BadDefinition, ProgrammeRefused) as error:
            return self.show(form, refusal=str(error), status=422)
        messages.success(request, _("项目已经设好，再定今年的预算就可以申报。"))
        return redirect("desk:programme", version.programme.slug)
