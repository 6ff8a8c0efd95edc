"""What a screen shares that keeps half-filled forms: 暂存, by the button or by the script."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.people.models import User
from workflows.desk import keeping

KEEPING = ("keep", "discard")


class Kept:
    """Keeps what is typed for the person who typed it; nothing is recorded by it."""

    request: HttpRequest
    kept_words: str | Promise = gettext_lazy("已经暂存，还没有申报；只有您自己看得到。附件要到申报时再选。")

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def keeps(self) -> bool:
        """Return whether the form was sent to keep or to forget what is typed, and does nothing else."""
        return self.request.POST.get("do") in KEEPING

    def keep(self, place: str, version: int = 0) -> HttpResponse:
        """Keep what is typed for this person at `place`, or forget it."""
        script = self.request.headers.get("X-Desk-Draft") == "1"
        here = self.request.get_full_path()
        if self.request.POST.get("do") == "discard":
            keeping.drop_draft(self.user(), place)
            messages.success(self.request, _("填过没有办的已经清掉。"))
            return redirect(here)
        try:
            draft = keeping.keep_draft(user=self.user(), place=place, data=self.request.POST, version=version)
        except keeping.NotKept as error:
            if script:
                return JsonResponse({"why": str(error)}, status=422)
            messages.error(self.request, str(error))
            return redirect(here)
        if script:
            return JsonResponse({"at": f"{timezone.localtime(draft.saved_at):%H:%M}", "stale": False})
        messages.success(self.request, str(self.kept_words))
        return redirect(here)
