"""What editors upload is logged whichever screen they use: Wagtail logs its single-file screens alone.

Its screens for several files at once, and those within the editor's chooser, save without an entry in its
log, and so without an event in the ledger. Here each of them writes the entry that the single ones write.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from wagtail.documents.views import chooser as document_chooser
from wagtail.documents.views import multiple as documents
from wagtail.images.views import chooser as image_chooser
from wagtail.images.views import multiple as images
from wagtail.log_actions import log

CREATED, EDITED = "wagtail.create", "wagtail.edit"


def connect() -> None:
    """Stand in the one method by which each of these screens saves."""
    for view, action in (
        (images.AddView, CREATED),
        (images.CreateFromUploadedImageView, CREATED),
        (images.EditView, EDITED),
        (documents.AddView, CREATED),
        (documents.CreateFromUploadedDocumentView, CREATED),
        (documents.EditView, EDITED),
    ):
        view.save_object = _logged(view.save_object, action)
    for view in (image_chooser.ImageUploadView, document_chooser.DocumentChooserUploadView):
        view.save_form = _logged(view.save_form, CREATED)


def _logged(save: Callable[[Any, Any], Any], action: str) -> Callable[[Any, Any], Any]:
    def saved(view: Any, form: Any) -> Any:
        with transaction.atomic():
            made = save(view, form)
            # Those that give nothing back hold what they saved.
            log(made if made is not None else view.object, action)
        return made

    return saved
