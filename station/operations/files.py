"""Uploads on their storage, in step with the rows that name them.

A file is written before its row and removed after its row's removal is certain. So a row never points to nothing; what
goes wrong in between leaves at most a file under a random name that nobody points to.
"""

import contextlib
import logging
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def stored(files):
    """Write ``{name: bytes}`` for as long as the block succeeds; where it fails they are removed again."""
    names = []
    try:
        for name, content in files.items():
            names.append(default_storage.save(name, ContentFile(content)))
        yield
    except BaseException:
        _remove(names)
        raise


def remove_after_commit(names):
    """Remove the files `names` once the change is certain."""
    transaction.on_commit(partial(_remove, list(names)))


def _remove(names):
    """A storage that does not answer must not undo what is decided already; the file is named in the log."""
    for name in names:
        try:
            default_storage.delete(name)
        except Exception:
            logger.exception("could not remove the file %s", name)
