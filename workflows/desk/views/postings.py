"""登记张贴: the page at the board, which opens without a line, its worker, and what a phone asks first."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views import View

from disclosure.publicity.models import ListState, PublicList
from portal.people.scope import scope_of
from workflows.desk import gates
from workflows.desk.posting_lines import owner_of

FILES = ("desk/postings.css", "desk/kept-postings.js", "desk/posting.js")
# More a phone does not choose from; of others the number is typed, as it is printed on the board.
MOST_LISTS = 300


class _ForPosters(View):
    """Closes the address to everybody but those who record postings; for others it is not there (404)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let nobody in without an office that records postings."""
        gates.require(request.user, gates.POSTERS)
        return super().dispatch(request, *args, **kwargs)


class PostingsView(_ForPosters):
    """The page itself. It is kept in the browser, so nothing stands on it that is not public already."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the lists that hang in the person's villages now, by title and number."""
        running = PublicList.objects.published().filter(state=ListState.RUNNING).select_related("area")
        found = scope_of(request.user).filter(running, roles=gates.POSTERS)
        context = {
            "lists": found.order_by("area_path", "-published_at", "-pk")[:MOST_LISTS],
            "to": reverse("desk:list", args=["NUMBER"]),
        }
        return render(request, "desk/postings.html", context)


class WorkerView(_ForPosters):
    """The service worker. Its scope is the posting page alone, because it stands below it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Give the script with the addresses of this release's files; another release is another worker."""
        files = [static(name) for name in FILES]
        page = reverse("desk:postings")
        looks = render_to_string("desk/posting_worker.js", {"page": "", "files": "", "box": ""})
        release = hashlib.sha256("\n".join([looks, *files]).encode()).hexdigest()[:12]
        script = render_to_string(
            "desk/posting_worker.js",
            {
                "page": json.dumps(page),
                "files": json.dumps(files),
                "box": json.dumps(f"desk-postings-{release}"),
            },
        )
        response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
        response["Cache-Control"] = "no-cache"
        response["X-Content-Type-Options"] = "nosniff"
        return response


class LineView(_ForPosters):
    """Whether there is a line, who is signed in, and the token that a form of theirs carries."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer a phone that has something to send; nothing of it is kept."""
        response = JsonResponse({"owner": owner_of(request.user), "token": get_token(request)})
        response["Cache-Control"] = "no-store"
        return response
