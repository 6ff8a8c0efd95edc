"""登记来电、来人、来信: a request by telephone, in person or on paper, also with the programme's form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.files.errors import FileError
from portal.files.services import store
from workflows.desk import filing, gates
from workflows.desk.filing import Input
from workflows.desk.request_forms import RegisterForm, fresh
from workflows.programmes.services import current_version
from workflows.requests import offices, services
from workflows.requests.errors import BadRequest, RequestError
from workflows.requests.receipts import what
from workflows.requests.registering import Registered

from .base import DeskMixin


class RegisterRequestView(DeskMixin, TemplateView):
    """登记来电、来人、来信: the same receipt, PIN and deadline as on the web."""

    request: HttpRequest
    template_name = "desk/requests/register.html"
    page_title = gettext_lazy("登记来访与申请")

    def roles(self) -> frozenset[str]:
        """Return those who write down what they are told."""
        return gates.OFFICIALS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        return self._show(fresh(request.user, clock.today()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Register, and show receipt and PIN this once; or show again what was typed."""
        if request.POST.get("do") == "form":
            # Only the programme's own form is asked for: nothing is checked yet, and nothing lost.
            return self._show(RegisterForm(user=request.user, initial=request.POST.dict()), with_form=True)
        form = RegisterForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            return self._show(form, status=422)
        if self._switched(form):
            form.add_error("what", _("换了项目，请照新项目的申报表再填一遍，或者空着不填。"))
            return self._show(form, with_form=True, status=422)
        inputs = self._inputs(form)
        answers = {one.key: one.value.strip() for one in inputs} if any(one.value for one in inputs) else None
        try:
            done = services.register_request(form.asked(answers), by=request.user)
        except BadRequest as error:
            for one in inputs:
                one.error = error.fields.get(f"a-{one.key}", "")
            for name, sentence in error.fields.items():
                if not name.startswith("a-"):
                    form.add_error(name if name in form.fields else None, sentence)
            return self._show(form, inputs, status=422)
        except RequestError as error:
            form.add_error(None, str(error))
            return self._show(form, status=422)
        return self._slip(done, self._keep_paper(form, done))

    def _keep_paper(self, form: RegisterForm, done: Registered) -> str:
        """Store the photo of the signed paper; return a sentence where it was not taken."""
        upload = form.cleaned_data.get("paper")
        if upload is None or done.again:
            return ""
        try:
            store(
                upload,
                name=upload.name,
                reference=f"request:{done.request.pk}",
                by=self.request.user,
                area_code=done.request.area.code,
                line=done.request.line,
            )
        except FileError as error:
            return str(error)
        return ""

    def _slip(self, done: Registered, not_kept: str) -> HttpResponse:
        asked = done.request
        context = self.get_context_data(
            asked=asked,
            what=what(asked),
            holder=offices.words(asked.holder, asked.line),
            receipt=done.receipt,
            pin=f"{done.pin[:3]} {done.pin[3:]}",
            not_kept=not_kept,
            reads=offices.readable(self.request.user).filter(pk=asked.pk).exists(),
            site=self.request.build_absolute_uri("/receipts/"),
        )
        self.template_name = "desk/requests/slip.html"
        response = self.render_to_response(context)
        # Receipt and PIN are seen once, by whoever hands them to the villager.
        response["Cache-Control"] = "no-store"
        return response

    def _switched(self, form: RegisterForm) -> bool:
        """Return whether another programme was chosen after the form of one had been filled in."""
        before, programme = self.request.POST.get("form", ""), form.programme()
        typed = any(said.strip() for name, said in self.request.POST.items() if name.startswith("a-"))
        return bool(before and programme and programme.slug != before and typed)

    def _inputs(self, form: RegisterForm, *, fresh: bool = False) -> list[Input]:
        """Return the inputs of the chosen programme's own form with what was typed.

        None of them where that form was not asked for, or where another programme was chosen since.
        """
        programme = form.programme()
        version = current_version(programme) if programme else None
        if (
            programme is None
            or version is None
            or not (fresh or self.request.POST.get("form") == programme.slug)
        ):
            return []
        inputs = filing.inputs_of(version.definition["fields"], {})
        filing.type_in(inputs, self.request.POST)
        return inputs

    def _show(
        self,
        form: RegisterForm,
        inputs: list[Input] | None = None,
        *,
        with_form: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        shown = self._inputs(form, fresh=with_form) if inputs is None else inputs
        programme = form.programme() if shown else None
        version = current_version(programme) if programme else None
        context = self.get_context_data(
            form=form,
            inputs=shown,
            programme=programme,
            terms=filing.terms(version.definition) if version else {},
            # There is none for what was chosen: a change, hardship, something else.
            formless=with_form and not shown,
        )
        return self.render_to_response(context, status=status)
