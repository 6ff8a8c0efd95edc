"""The forms by which editors send public pictures and documents: one that was taken out is not taken back.

Named in the settings (`WAGTAILIMAGES_IMAGE_FORM_BASE`, `WAGTAILDOCS_DOCUMENT_FORM_BASE`), so that every
screen of Wagtail's that takes a file uses them. What else was typed stays in the form.
"""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from .errors import RemovedBefore
from .removed_files import refuse


class _NotTakenBack:
    """Look at a new file before it is kept."""

    changed_data: list[str]
    cleaned_data: dict[str, Any]

    def clean_file(self) -> Any:
        """Return the file; refuse one that two people took out of the site."""
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            try:
                refuse(file)
            except RemovedBefore as error:
                raise ValidationError(str(error)) from error
        return file


class PublicImageForm(_NotTakenBack, BaseImageForm):
    """The form of a public picture."""


class PublicDocumentForm(_NotTakenBack, BaseDocumentForm):
    """The form of a public document."""
