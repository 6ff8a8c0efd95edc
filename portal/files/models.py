"""Private files of cases, and the image and document models of public media."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from portal import clock
from portal.ledger import written


class PublicImage(AbstractImage):
    """An image of the public pages; nothing of a case may be one."""

    admin_form_fields = Image.admin_form_fields

    class Meta(AbstractImage.Meta):
        verbose_name = _("图片")
        verbose_name_plural = _("图片")


class PublicRendition(AbstractRendition):
    """A size of a public image."""

    image = models.ForeignKey(PublicImage, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_a_filter"
            )
        ]


class PublicDocument(AbstractDocument):
    """A document of the public pages; nothing of a case may be one."""

    admin_form_fields = Document.admin_form_fields

    def clean(self) -> None:
        """Look at the file's extension, where there is a file already.

        One that waited for its title gets its file, looked at when it was sent, after the form; Wagtail's own
        `clean` ends in an error there.
        """
        if self.file:
            super().clean()


@written.followed()
class PrivateFile(models.Model):
    """A file of a case or a list, outside public media, opened only by a view that asks `who_may_open`.

    `sha256` is the hex digest of the bytes that are served, `original_sha256` of those that were sent; they
    differ for images. `reference` is the owner's opaque key, ``"<kind>:<id>"``, by which the owner's room
    answers who may open the file.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    original_sha256 = models.CharField(max_length=64)
    name = models.CharField(_("文件名"), max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField(_("字节数"))
    reference = models.CharField(max_length=80, db_index=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("私密文件")
        verbose_name_plural = _("私密文件")

    @property
    def kind_words(self) -> str:
        """What it is, in words: a photo, a document."""
        if self.content_type.startswith("image/"):
            return str(_("照片或图片"))
        words = {"application/pdf": _("PDF 文件"), ".docx": _("Word 文档"), ".xlsx": _("Excel 表格")}
        return str(words.get(self.content_type) or words.get(self.name[-5:].lower()) or _("文件"))
