"""A category model as the bytes of one document, and back: the engine's folder, packed. Never a pickle."""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from paydesk.categorising.model import Model
from paydesk.categorising.storing import load, save
from paydesk.foundation.documents.queries import open_document
from paydesk.kernel.refused import Refused


class ModelGoneRefused(Refused):
    """The arrays of a model are not there, or not what was stored."""

    code = "triage.model_gone"


def packed(model: Model) -> bytes:
    """`model` as a zip of its folder, not compressed twice."""
    content = io.BytesIO()
    with TemporaryDirectory() as folder:
        save(model, Path(folder))
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, path.name)
    return content.getvalue()


@lru_cache(maxsize=2)
def opened(document_id: int) -> Model:
    """The model of a document; read once per process. Raises Refused where it cannot be had."""
    document = open_document(document_id)
    with document.file as file, TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    name = PurePosixPath(member.filename).name
                    (Path(folder) / name).write_bytes(archive.read(member))
        except (zipfile.BadZipFile, OSError) as problem:
            raise ModelGoneRefused(
                "The arrays of this model cannot be read: have it learnt anew."
            ) from problem
        return load(Path(folder))
