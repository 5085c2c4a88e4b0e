"""What the ledger's commands share: which community, and a file that appears whole or not at all."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError

from station.models import Community


def one_community(code):
    """The community of this code, or the only one there is. Raises CommandError naming those there are."""
    communities = Community.objects.select_related("street").order_by("code")
    known = ", ".join(community.code for community in communities) or "none"
    if code is not None:
        place = communities.filter(code=code).first()
        if place is None:
            raise CommandError(f"there is no community {code}; known: {known}")
        return place
    if len(communities) != 1:
        raise CommandError(
            f"say which community with --community CODE: {known}"
            if communities
            else "there is no community yet; load the demo or add one in the admin"
        )
    return communities[0]


def require_folder(file: Path):
    """Raises CommandError where there is no folder for `file`."""
    if not file.parent.is_dir():
        raise CommandError(f"there is no folder {file.parent}")


@contextmanager
def whole_file(file: Path):
    """A binary file to write to, which takes the name `file` when all went well. Raises CommandError."""
    require_folder(file)
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".roster-", delete=False) as draft:
            try:
                yield draft
                draft.close()
                os.replace(draft.name, file)
            finally:
                Path(draft.name).unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(f"cannot write {file}: {error.strerror}") from error
