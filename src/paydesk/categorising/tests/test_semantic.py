"""What texts mean: the forward pass, its refusals, and where it is installed the published numbers."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paydesk.categorising import minilm as module
from paydesk.categorising.calibration import learn_sharpness
from paydesk.categorising.learning import train
from paydesk.categorising.minilm import LAYERS, WIDTH, MiniLM, SemanticRefused, minilm
from paydesk.categorising.semantic import Meaning, as_scores, mix, sharpened_mix
from paydesk.categorising.storing import load, save
from paydesk.categorising.suggestions import suggest
from paydesk.categorising.tests.invented import SAMPLE, invented_cases, invented_model
from paydesk.cli import main

is_installed = all(importlib.util.find_spec(name) for name in (module.PACKAGE, "tokenizers"))


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation whose package of that name is in a folder of the test, which is empty at first."""
    monkeypatch.setattr(module, "PACKAGE", "package_of_a_test")
    monkeypatch.syspath_prepend(tmp_path)
    minilm.cache_clear()
    yield tmp_path / "package_of_a_test"
    minilm.cache_clear()


def small_model() -> MiniLM:
    """The shape of the real one with few words and numbers by chance."""
    chance = np.random.default_rng(7)

    def some(*shape: int) -> np.ndarray:
        return chance.normal(0, 0.1, shape).astype(np.float32)

    tensors = {
        "embeddings.word_embeddings.weight": some(50, WIDTH),
        "embeddings.position_embeddings.weight": some(16, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    sizes = {
        "attention.self.query": (WIDTH, WIDTH),
        "attention.self.key": (WIDTH, WIDTH),
        "attention.self.value": (WIDTH, WIDTH),
        "attention.output.dense": (WIDTH, WIDTH),
        "intermediate.dense": (WIDTH * 4, WIDTH),
        "output.dense": (WIDTH, WIDTH * 4),
    }
    for name in ("embeddings.LayerNorm", *(f"encoder.layer.{n}.{at}" for n in range(LAYERS) for at in sizes)):
        shape = sizes.get(name.partition("layer.")[2].partition(".")[2], (WIDTH,))
        tensors |= {f"{name}.weight": some(*shape), f"{name}.bias": some(shape[0])}
    for layer in range(LAYERS):
        for at in ("attention.output.LayerNorm", "output.LayerNorm"):
            name = f"encoder.layer.{layer}.{at}"
            tensors |= {f"{name}.weight": 1 + some(WIDTH), f"{name}.bias": some(WIDTH)}
    return MiniLM(tensors, lambda text: [1, *(3 + len(word) for word in text.split()), 2])


def test_many_texts_at_once_mean_what_each_means_alone() -> None:
    model = small_model()
    texts = ["a bb ccc", "ccc bb a", "a", "bb", "a bb ccc", ""]
    together = model.embed_all(texts)
    alone = np.array([model.embed(text) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose((together * together).sum(axis=1), 1, atol=1e-5)
    assert np.allclose(together[0], together[4])
    assert not np.allclose(together[0], together[1], atol=1e-4)  # the order of words counts


def test_the_mix_takes_both_opinions_and_learns_how_sure_it_may_be() -> None:
    mixed = mix(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert np.allclose(mixed, [[0.8, 0.2], [0.4, 0.6]])
    always = np.repeat(mixed[:1], 50, axis=0)
    sharpness = learn_sharpness(as_scores(always), np.array([0] * 45 + [1] * 5))
    assert np.allclose(sharpened_mix(always, sharpness)[0], [0.9, 0.1], atol=1e-3)


def test_a_model_with_meaning_is_learnt_kept_and_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small_model()
    for place in ("learning", "semantic", "storing"):
        monkeypatch.setattr(f"paydesk.categorising.{place}.minilm", lambda: model)
    cases = [row for row in invented_cases() if row.category in ("device_locked", "refund_status")][::4]
    save(train(cases, semantic=True), tmp_path)
    found = load(tmp_path)
    assert found.meaning is not None
    text = "my phone is locked"
    by_words = replace(found, meaning=None).confidence(text)
    by_meaning = Meaning(found.meaning.weights, found.meaning.bias, 1.0).mixed(by_words, text)
    assert not np.allclose(by_words, by_meaning, atol=1e-3)
    assert abs(found.confidence(text).sum() - 1) < 1e-9
    assert suggest(found, text).top[0].category == "device_locked"


def test_without_the_extra_it_says_how_to_install_it(
    elsewhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["categorise", "train", str(SAMPLE), "--out", str(tmp_path / "model"), "--semantic"]
    assert main(arguments) == 2
    assert "install it with: pip install --no-deps" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()
    weights, bias = np.zeros((WIDTH, 10), np.float32), np.zeros(10, np.float32)
    save(replace(invented_model(), meaning=Meaning(weights, bias, 1.0)), tmp_path / "model")
    with pytest.raises(SemanticRefused, match="not installed"):
        load(tmp_path / "model")


def test_weights_that_are_not_the_published_ones_are_refused(elsewhere: Path) -> None:
    (elsewhere / "model").mkdir(parents=True)
    (elsewhere / "__init__.py").write_text("raise SystemExit('no code of the package is run')")
    (elsewhere / "model" / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(SemanticRefused, match=r"model.safetensors .* is not the published one"):
        minilm()


@pytest.mark.skipif(not is_installed, reason="the extra [semantic] is not installed")
def test_the_installed_model_gives_the_published_numbers() -> None:
    found = minilm().embed("This is an example sentence")
    # As the card of sentence-transformers/all-MiniLM-L6-v2 has them.
    assert np.allclose(found[:4], [0.0676569, 0.0634959, 0.0487131, 0.0793050], atol=1e-5)
    other = minilm().embed("Each sentence is converted")
    assert np.allclose(other[:2], [0.0864386, 0.1027626], atol=1e-5)
