"""A model as a folder: model.json and one file of arrays. Plain numbers and text; reading it runs nothing.

The arrays are named after their checksum and the JSON names them, so a model is replaced in one step and one
that is half copied is noticed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paydesk.categorising.calibration import Gate
from paydesk.categorising.minilm import minilm
from paydesk.categorising.model import Examples, Model
from paydesk.categorising.semantic import Meaning
from paydesk.categorising.vocabulary import Vocabulary
from paydesk.kernel.refused import Refused

VERSION = 1
HEAD = "model.json"
ARRAYS = "arrays-{}.npz"
MOST_HEAD_BYTES = 16 * 1024 * 1024
AGAIN = "train it again with ./paydesk categorise train"


class ModelRefused(Refused):
    """The folder holds no model that can be used; the sentence says why."""

    code = "categorise.model_refused"


def save(model: Model, folder: Path) -> None:
    """Write `model` into `folder`, which is made; a model that is there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **_arrays_of(model))
    checksum = hashlib.sha256(content.getvalue()).hexdigest()
    arrays = folder / ARRAYS.format(checksum[:16])
    _write(arrays, content.getvalue())
    head = {
        "format": "paydesk.categorise",
        "version": VERSION,
        "learnt_at": model.learnt_at,
        "arrays": arrays.name,
        "sha256": checksum,
        "sharpness": model.sharpness,
        "threshold": model.threshold,
        "measured": dict(model.measured),
        "meaning": None if model.meaning is None else {"sharpness": model.meaning.sharpness},
        "categories": [
            {"name": name, **asdict(gate)} for name, gate in zip(model.categories, model.gates, strict=True)
        ],
    }
    _write(folder / HEAD, json.dumps(head, indent=1, ensure_ascii=False).encode())
    for older in folder.glob(ARRAYS.format("*")):
        if older != arrays:
            older.unlink(missing_ok=True)


def load(folder: Path) -> Model:
    """The model in `folder`; ModelRefused where there is none or it is damaged or of another version.

    SemanticRefused where it needs the model of meaning and that is not installed.
    """
    head = _head(folder)
    try:
        path = folder / Path(str(head["arrays"])).name
        content = path.read_bytes()
    except (KeyError, OSError, ValueError) as problem:
        raise _damaged(folder, "its arrays are missing") from problem
    if hashlib.sha256(content).hexdigest() != head.get("sha256"):
        raise _damaged(folder, f"{path.name} is not what was written")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            model = _model_of(head, {name: arrays[name] for name in arrays.files})
    except Exception as problem:  # whatever zipfile and NumPy say of bytes that were not written by us
        raise _damaged(folder, f"{HEAD} and {path.name} do not belong together") from problem
    if model.meaning is not None:
        minilm()  # said now rather than at the first case
    return model


def _head(folder: Path) -> dict[str, Any]:
    path = folder / HEAD
    if not path.is_file():
        raise ModelRefused(f"{folder} holds no model: there is no {HEAD} in it; {AGAIN} FILE --out {folder}.")
    try:
        if path.stat().st_size > MOST_HEAD_BYTES:
            raise ValueError("too long")
        head = json.loads(path.read_bytes())
        known = head["format"] == "paydesk.categorise"
        version = head["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise _damaged(folder, f"{HEAD} cannot be read") from problem
    if not known:
        raise ModelRefused(f"{path} is not the head of a category model; {AGAIN}.")
    if version != VERSION:
        raise ModelRefused(
            f"The model in {folder} has version {version!r} and this paydesk reads {VERSION}; {AGAIN}."
        )
    return dict(head)


def _damaged(folder: Path, what: str) -> ModelRefused:
    return ModelRefused(f"The model in {folder} is damaged: {what}; {AGAIN}.")


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, whoever reads meanwhile."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.chmod(name, 0o640)  # it holds words of cases
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _arrays_of(model: Model) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {
        "words": _as_bytes(model.vocabulary.words),
        "pieces": _as_bytes(model.vocabulary.pieces),
        "rarity": model.vocabulary.rarity,
        "weights": model.weights,
        "bias": model.bias,
        "example_keys": _as_bytes(model.examples.keys),
        "example_categories": model.examples.categories,
        "example_starts": model.examples.starts,
        "example_cases": model.examples.cases,
        "example_weights": model.examples.weights,
    }
    if model.meaning is not None:
        arrays |= {"meaning_weights": model.meaning.weights, "meaning_bias": model.meaning.bias}
    return arrays


def _as_bytes(texts: Any) -> NDArray[np.uint8]:
    """Texts without line ends, one per line."""
    return np.frombuffer("\n".join(text.replace("\n", " ") for text in texts).encode(), dtype=np.uint8)


def _as_texts(content: NDArray[np.uint8]) -> list[str]:
    text = content.tobytes().decode()
    return text.split("\n") if text else []


def _model_of(head: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    categories = tuple(str(each["name"]) for each in head["categories"])
    words, pieces = _as_texts(arrays["words"]), _as_texts(arrays["pieces"])
    keys = tuple(arrays["example_keys"].tobytes().decode().split("\n"))
    columns, width = len(words) + len(pieces), len(categories)
    told, starts = len(arrays["example_cases"]), arrays["example_starts"]
    shapes = {
        "rarity": (columns,),
        "weights": (columns, width),
        "bias": (width,),
        "example_categories": (len(keys),),
        "example_starts": (len(words) + 1,),
        "example_weights": (told,),
    }
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise ValueError(name)
    if starts[0] != 0 or starts[-1] != told or (np.diff(starts) < 0).any():
        raise ValueError("example_starts")
    if told and not 0 <= arrays["example_cases"].min() <= arrays["example_cases"].max() < len(keys):
        raise ValueError("example_cases")
    meaning = None
    if head["meaning"] is not None:
        meaning = Meaning(
            arrays["meaning_weights"], arrays["meaning_bias"], float(head["meaning"]["sharpness"])
        )
        if meaning.weights.shape[1:] != (width,) or meaning.bias.shape != (width,):
            raise ValueError("meaning")
    threshold, sharpness = head["threshold"], float(head["sharpness"])
    if not 0 < sharpness < float("inf") or not 0 <= (threshold or 0) <= 1:
        raise ValueError("sharpness")
    return Model(
        categories=categories,
        vocabulary=Vocabulary(
            {word: column for column, word in enumerate(words)},
            {piece: column for column, piece in enumerate(pieces, start=len(words))},
            arrays["rarity"],
        ),
        weights=arrays["weights"],
        bias=arrays["bias"],
        sharpness=sharpness,
        threshold=None if threshold is None else float(threshold),
        gates=tuple(
            Gate(int(each["labelled"]), int(each["filled"]), int(each["right"]))
            for each in head["categories"]
        ),
        examples=Examples(
            keys,
            arrays["example_categories"],
            starts,
            arrays["example_cases"],
            arrays["example_weights"],
        ),
        measured=dict(head["measured"]),
        learnt_at=str(head["learnt_at"]),
        meaning=meaning,
    )
