"""What can be wrong with a private file, each told in words that say what to do next."""


class FileError(Exception):
    """A file that cannot be taken or given as asked; the message is shown to the person."""


class RefusedFile(FileError):
    """The upload is of a kind, size or content that is not taken."""


class Hidden(FileError):
    """The file does not exist or this person may not open it; the two are never told apart."""


class DamagedFile(FileError):
    """The stored bytes are missing or no longer those that were stored."""
