"""A list from outside is kept in memory while it is received: not even a passing file holds its numbers."""

from typing import Any, BinaryIO

from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile
from django.urls import reverse

from .reading import MOST_BYTES


class KeptInMemory(MemoryFileUploadHandler):
    """Receives what is sent to the screen of lists from outside; Django writes larger files to the disk.

    What is larger than a list may be is dropped as it comes: the screen then says that no file was chosen
    or that it was too large (`too_large` on the request).
    """

    def handle_raw_input(
        self,
        input_data: BinaryIO,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Take only what is sent to that one screen; everything else is the other handlers'."""
        request = self.request
        self.activated = request is not None and request.path == reverse("desk:outside")
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece in memory. Raises SkipFile beyond what a list may hold."""
        if not self.activated:
            return raw_data
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.file.truncate(0)
            request: Any = self.request
            request.too_large = True
            raise SkipFile
        self.file.write(raw_data)
        return None
