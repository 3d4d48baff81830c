"""The start script and its installer: when .venv is used as it is, what is said when it cannot be made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from paydesk.config import install

CHECKOUT = install.CHECKOUT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the script needs of a checkout, in a path with a space."""
    folder = tmp_path / "my checkout"
    (folder / "src/paydesk/config").mkdir(parents=True)
    for name in ("paydesk", "requirements.txt", "requirements-uv.txt", "src/paydesk/config/install.py"):
        shutil.copy2(CHECKOUT / name, folder / name)
    return folder


def run_installer(checkout: Path, argument: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-IS", str(checkout / "src/paydesk/config/install.py"), argument]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def is_ready(checkout: Path) -> bool:
    return run_installer(checkout, "--ready").returncode == 0


def write_stamp(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv/.paydesk-stamp").write_text(run_installer(checkout, "--stamp").stdout)


def test_a_finished_install_is_used_as_it_is(checkout: Path) -> None:
    assert not is_ready(checkout)
    write_stamp(checkout)
    assert is_ready(checkout)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-uv.txt"])
def test_other_requirements_install_again(checkout: Path, name: str) -> None:
    write_stamp(checkout)
    with (checkout / name).open("a") as file:
        file.write("# changed\n")
    assert not is_ready(checkout)


def test_a_moved_checkout_installs_again(checkout: Path) -> None:
    write_stamp(checkout)
    moved = checkout.rename(checkout.with_name("elsewhere"))
    assert not is_ready(moved)


def test_an_install_that_was_killed_is_begun_again(checkout: Path) -> None:
    write_stamp(checkout)
    (checkout / ".venv/.paydesk-unfinished").touch()
    assert not is_ready(checkout)


def test_without_a_new_enough_python_one_line_says_so(checkout: Path, tmp_path: Path) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    for program in ("sh", "readlink", "dirname"):
        found = shutil.which(program)
        assert found
        (path / program).symlink_to(found)
    old = path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what an older Python answers to the question
    old.chmod(0o755)
    done = subprocess.run(
        [checkout / "paydesk", "up"], capture_output=True, text=True, check=False, env={"PATH": str(path)}
    )
    assert done.returncode == 2
    assert done.stderr == (
        "paydesk needs Python 3.11 or newer: install it, or name one with PAYDESK_PYTHON=/path/to/python3.\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_checkout_of_somebody_else_is_refused_in_one_line(checkout: Path) -> None:
    checkout.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-I", checkout / "src/paydesk/config/install.py"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "start paydesk as the account that owns" in done.stderr.splitlines()[-1]


def test_what_pip_was_told_is_told_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "/one /two")
    monkeypatch.setenv("PIP_CERT", "/etc/certificates.pem")
    monkeypatch.setattr(install, "pip", lambda: [sys.executable, "-m", "pip"] if HAS_PIP else SYSTEM_PIP)
    told = install.uv_environment()
    assert told["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert told["UV_FIND_LINKS"] == "/one,/two"
    assert told["SSL_CERT_FILE"] == "/etc/certificates.pem"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")
    assert install.uv_environment()["UV_DEFAULT_INDEX"] == "https://other.example/simple"


HAS_PIP = install.has_pip(sys.executable)
SYSTEM_PIP = [os.path.realpath(sys.executable), "-m", "pip"]
