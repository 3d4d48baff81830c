"""What the browser is sent: vendor files are what the manifest says, our own keep to the tokens."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent
STATIC = WEB / "static"
VENDOR = STATIC / "vendor"
STYLES = sorted((STATIC / "css").glob("*.css"))
PUBLIC = sorted(s for s in STYLES if s.stem in {"public_tokens", "public", "chat"})  # without the kit
TEMPLATES = sorted(WEB.glob("**/templates/**/*.html"))
KIT_PARTS_WE_DRESS = {"btn", "btn-primary", "form-control", "form-select", "form-check-input"}


def bare(css: str) -> str:
    """`css` without comments and addresses."""
    return re.sub(r"/\*.*?\*/|url\([^)]*\)", " ", css, flags=re.DOTALL)


def classes(css: str) -> set[str]:
    selectors = re.sub(r"\{[^{}]*\}", " ", bare(css))
    return set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))


def test_every_vendor_file_is_in_the_manifest_with_its_checksum():
    entries = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {
        "manifest.json"
    }
    assert {entry["file"] for entry in entries} == there
    for entry in entries:
        content = (VENDOR / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], f"{entry['file']} was changed by hand"


def test_every_vendor_package_names_version_and_licence_and_carries_its_text():
    for entry in json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8")):
        assert entry["package"]
        assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
        assert entry["licence"] in {"MIT", "0BSD", "OFL-1.1"}
        assert (VENDOR / entry["file"]).with_name("LICENSE").exists()


@pytest.mark.parametrize(
    "style", [s for s in STYLES if not s.stem.endswith("tokens")], ids=lambda path: path.name
)
def test_colours_stand_in_the_token_file_only(style: Path):
    colours = re.findall(
        r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(", bare(style.read_text(encoding="utf-8"))
    )
    assert not colours, f"{style.name} names colours {colours}: give them a name in tokens.css"


def test_every_stylesheet_is_linked_once_tokens_before_all_that_use_them():
    head = (WEB / "templates" / "head.html").read_text(encoding="utf-8")
    linked = re.findall(r"static 'css/([\w.]+)'", head)
    assert sorted(linked) == [style.name for style in STYLES if style not in PUBLIC]
    assert linked[:2] == ["fonts.css", "tokens.css"]
    public = "".join(each.read_text(encoding="utf-8") for each in (WEB / "public").glob("**/*.html"))
    assert sorted(re.findall(r"static 'css/([\w.]+)'", public)) == [style.name for style in PUBLIC]


def test_dark_and_light_name_the_same_colours():
    css = bare((STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    light, dark = (set(re.findall(r"--(?:wb|st|c|age)[\w-]*(?=:)", part)) for part in css.split("{")[1:3])
    same_in_both = {
        "--wb-font",
        "--wb-mono",
        "--wb-brand",
        "--wb-brand-hover",
        "--wb-on-brand",
        "--wb-on-brand-line",
    }
    assert light - dark == same_in_both
    assert not dark - light


def test_our_parts_do_not_take_the_names_of_the_kits():
    kit = classes((VENDOR / "tabler" / "tabler.min.css").read_text(encoding="utf-8"))
    ours = set().union(
        *(classes(style.read_text(encoding="utf-8")) for style in STYLES if style not in PUBLIC)
    )
    assert ours & kit <= KIT_PARTS_WE_DRESS, f"rename {sorted(ours & kit - KIT_PARTS_WE_DRESS)}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_to_the_content_policy(template: Path):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style\b", text), (
        "a style belongs into a class of a component stylesheet"
    )
    assert not re.search(r"\son\w+\s*=|javascript:|hx-on", text), (
        "a handler belongs into a module of static/js"
    )
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "a script belongs into a module of static/js"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "files come from our own address"
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text), "htmx evaluates no code here; filter in a module"
