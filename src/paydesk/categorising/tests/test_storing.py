"""A model is kept as plain arrays and says in a sentence what is wrong with its folder."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from paydesk.categorising.storing import ModelRefused, load, save
from paydesk.categorising.suggestions import suggest
from paydesk.categorising.tests.invented import invented_cases, invented_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(invented_model(), tmp_path / "model")
    return tmp_path / "model"


def test_what_is_read_back_answers_the_same(folder: Path) -> None:
    model = load(folder)
    for row in invented_cases()[::17]:
        assert suggest(model, row.text) == suggest(invented_model(), row.text)
    assert (model.measured, model.learnt_at) == (invented_model().measured, invented_model().learnt_at)


def test_the_folder_holds_numbers_and_text_and_no_text_of_a_case(folder: Path) -> None:
    (arrays,) = folder.glob("*.npz")
    with zipfile.ZipFile(arrays) as archive:
        for name in archive.namelist():
            assert np.load(io.BytesIO(archive.read(name)), allow_pickle=False).dtype.kind in "fiu"
    written = b"".join(path.read_bytes() for path in folder.iterdir()).lower()
    assert not [row.text for row in invented_cases() if row.text.lower().encode() in written]


def test_writing_again_replaces_the_model_and_leaves_nothing_behind(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    (folder / "arrays-0123456789abcdef.npz").write_bytes(b"of an older model")
    save(invented_model(), folder)
    assert sorted(path.name for path in folder.iterdir()) == before


def _without_arrays(folder: Path) -> None:
    next(folder.glob("*.npz")).unlink()


def _cut_arrays(folder: Path) -> None:
    arrays = next(folder.glob("*.npz"))
    arrays.write_bytes(arrays.read_bytes()[:-1000])


def _head_with(**changed: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        head = json.loads((folder / "model.json").read_text())
        (folder / "model.json").write_text(json.dumps({**head, **changed}))

    return change


def _of_another_shape(folder: Path) -> None:
    """Arrays with the right checksum that are not those of a model."""
    arrays = next(folder.glob("*.npz"))
    np.savez(arrays, weights=np.zeros(3))
    _head_with(sha256=hashlib.sha256(arrays.read_bytes()).hexdigest())(folder)


def _no_json(folder: Path) -> None:
    (folder / "model.json").write_bytes(b"\xff{" * 40)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "model.json").unlink(), "holds no model"),
        (_without_arrays, "its arrays are missing"),
        (_cut_arrays, "is not what was written"),
        (_no_json, "model.json cannot be read"),
        (_head_with(version=2), "has version 2 and this paydesk reads 1"),
        (_head_with(format="something else"), "not the head of a category model"),
        (_head_with(categories=[]), "do not belong together"),
        (_head_with(categories=7), "do not belong together"),
        (_head_with(sharpness=float("nan")), "do not belong together"),
        (_of_another_shape, "do not belong together"),
        (_head_with(arrays="../../\0"), "its arrays are missing"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(
    folder: Path, damage: Callable[[Path], None], says: str
) -> None:
    damage(folder)
    with pytest.raises(ModelRefused, match=says) as refused:
        load(folder)
    assert "train it again" in refused.value.text
