"""Which steps a case of a programme takes, as far as the programme itself settles it."""

from workflows.engine import catalogue
from workflows.engine.definitions import Step

from .models import ProgrammeVersion
from .ranking import is_ranked


def steps_of(version: ProgrammeVersion) -> list[tuple[Step, bool]]:
    """Return the steps before a case of `version`, each with whether only some cases take it."""
    definition = version.definition
    found = []
    for step in catalogue.flow(version.flow_key, version.flow_version).steps:
        if step.optional == "deliberated":
            if definition.get("deliberation", True):
                found.append((step, False))
        elif step.optional != "short_of_money" or is_ranked(definition):
            found.append((step, bool(step.optional)))
    return found
