"""What programmes publish for the standard catalogue: schemes with their standards, budgets, exits."""

from collections.abc import Mapping

from django.db.models import Count, Max, Value
from django.db.models.functions import Concat

from disclosure.catalogue.fillings import day
from disclosure.catalogue.registry import Filling, register
from disclosure.publicity.models import ListState, PublicList
from portal import clock
from portal.areas.models import Area
from workflows.engine.models import Batch

from .models import Budget, Programme
from .public_links import REFERENCE

EXIT_FLOW = "exit_review"


def register_all() -> None:
    """Register what this file counts."""
    for source in (_programmes, _budgets, _exits):
        register(source)


def _programmes(area: Area | None) -> Mapping[str, Filling]:
    found = (
        Programme.objects.published()
        .filter(versions__valid_from__lte=clock.today())
        .aggregate(count=Count("pk", distinct=True), newest=Max("versions__valid_from"))
    )
    return {"programmes": Filling(found["count"], found["newest"], "/programmes/")}


def _budgets(area: Area | None) -> Mapping[str, Filling]:
    """A programme's page shows its budget of the year; last year's counts no more."""
    published = Programme.objects.published().values("pk")
    count = Budget.objects.filter(programme__in=published, year=clock.today().year, total_fen__gt=0).count()
    return {"budgets": Filling(count, None, "/programmes/")}


def _exits(area: Area | None) -> Mapping[str, Filling]:
    batches = Batch.objects.filter(flow_key=EXIT_FLOW).annotate(named=Concat(Value(REFERENCE), "number"))
    lists = PublicList.objects.published().filter(reference__in=batches.values("named"))
    found = lists.exclude(state=ListState.SUPERSEDED).aggregate(count=Count("pk"), newest=Max("published_at"))
    return {"lists.exit": Filling(found["count"], day(found["newest"]), "/areas/")}
