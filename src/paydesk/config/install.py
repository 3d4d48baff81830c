"""Makes .venv ready: uv inside, the hashed requirements, and a .pth file that leads to src.

Run by `./paydesk` with the machine's own python3 before anything is installed, so it uses the standard
library alone and imports nothing of paydesk.
  install.py            make .venv ready; one line and exit 2 when that is not possible
  install.py --ready    exit 0 when the python that runs this may be used as it is
  install.py --stamp    print the stamp that belongs to the python that runs this
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".paydesk-stamp"
# Present while an install is under way: what an interrupted one leaves behind is thrown away.
UNFINISHED = VENV / ".paydesk-unfinished"
LOG = VENV / "install.log"
REQUIREMENTS = CHECKOUT / "requirements.txt"
INSTALLER = CHECKOUT / "requirements-uv.txt"


class CannotInstall(Exception):
    """The one line that says what to do."""


def main(arguments: list[str]) -> int:
    if arguments == ["--ready"]:
        return 0 if recorded_stamp() == stamp() and not UNFINISHED.exists() else 1
    if arguments == ["--stamp"]:
        print(stamp(), end="")  # noqa: T201 - the answer to the caller
        return 0
    try:
        install()
    except CannotInstall as problem:
        say(str(problem))
        return 2
    except PermissionError as problem:
        say(f"Cannot write {problem.filename}: start paydesk as the account that owns {CHECKOUT}.")
        return 2
    except KeyboardInterrupt:
        say("Stopped; the next start begins the installation again.")
        return 130
    return 0


def stamp() -> str:
    """What .venv depends on: the requirements, this python, this place. One line each."""
    import hashlib  # not needed by the callers that only read a stamp

    requirements = hashlib.sha256(REQUIREMENTS.read_bytes() + INSTALLER.read_bytes()).hexdigest()
    return f"{requirements}\n{' '.join(sys.version.split())}\n{CHECKOUT}\n"


def recorded_stamp() -> str:
    try:
        return STAMP.read_text()
    except OSError:
        return ""


def install() -> None:
    import fcntl

    # The lock is on the folder itself and ends with this process, however it ends.
    folder = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another start is installing; waiting for it.")
        fcntl.flock(folder, fcntl.LOCK_EX)
    if venv_stamp() == recorded_stamp() != "" and not UNFINISHED.exists():
        return
    say("Installing what paydesk needs into .venv (once; about half a minute) ...")
    usable = is_usable()
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not usable:
        empty_venv()
        make_venv()
    STAMP.unlink(missing_ok=True)
    install_uv()
    install_requirements()
    site_packages = run_python("import sysconfig; print(sysconfig.get_path('purelib'), end='')")
    (Path(site_packages) / "paydesk.pth").write_text(f"{CHECKOUT / 'src'}\n")
    STAMP.write_text(venv_stamp())
    UNFINISHED.unlink()


def is_usable() -> bool:
    """Whether the .venv that is there can be brought up to date instead of being made again."""
    now = venv_stamp()
    if not now or UNFINISHED.exists():
        return False
    was = recorded_stamp()
    if not was:  # somebody made this .venv by hand: it is completed, never deleted
        if run_python("import sys; print(sys.version_info >= (3, 11), end='')") != "True":
            raise CannotInstall(f"{VENV} has an older Python than 3.11: move it away, then start again.")
        return True
    return was.splitlines()[1:] == now.splitlines()[1:]


def venv_stamp() -> str:
    try:
        asked = subprocess.run(
            [PYTHON, "-IS", __file__, "--stamp"], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return asked.stdout if asked.returncode == 0 else ""


def run_python(code: str) -> str:
    return subprocess.run([PYTHON, "-I", "-c", code], capture_output=True, text=True, check=True).stdout


def empty_venv() -> None:
    for entry in VENV.iterdir():
        if entry == UNFINISHED:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def make_venv() -> None:
    if logged([sys.executable, "-I", "-m", "venv", str(VENV)]):
        return
    # Debian keeps ensurepip in a package of its own; the machine's pip can do its part.
    if logged([sys.executable, "-I", "-m", "venv", "--without-pip", str(VENV)]) and has_pip(sys.executable):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise CannotInstall(
        f"{sys.executable} cannot make a virtual environment: install its venv module "
        f"(Debian and Ubuntu: apt install python{version}-venv), then start again."
    )


def has_pip(python: str | Path) -> bool:
    found = subprocess.run([python, "-I", "-m", "pip", "--version"], capture_output=True, check=False)
    return found.returncode == 0


def pip() -> list[str]:
    """The pip that installs into .venv: its own, or the machine's."""
    if not has_pip(PYTHON) and not logged([str(PYTHON), "-I", "-m", "ensurepip"]):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return [str(PYTHON), "-m", "pip"]


def install_uv() -> None:
    # --retries: without a network the answer should not take a minute.
    wanted = ["install", "--quiet", "--retries", "2", "--require-hashes", "-r", str(INSTALLER)]
    if not logged([*pip(), *wanted]):
        raise not_fetched()


def install_requirements() -> None:
    # Compiled now: later starts are quick also where nothing may be written here.
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--compile-bytecode", "--python", str(PYTHON)]
    if not logged([*uv, "--require-hashes", "-r", str(REQUIREMENTS)], uv_environment()):
        raise not_fetched()


def not_fetched() -> CannotInstall:
    words = [line.strip() for line in LOG.read_text(errors="replace").splitlines() if line.strip()]
    wrong = [line for line in words if "error" in line.lower() or "failed" in line.lower()]
    last = (wrong or words or ["no reason given"])[-1][:200]
    return CannotInstall(
        f"The requirements could not be installed; check the network, the proxy and the package index "
        f"(PIP_INDEX_URL or UV_DEFAULT_INDEX), then start again. Last words: {last} (all: {LOG})"
    )


def uv_environment() -> dict[str, str]:
    """The environment, and where it says nothing to uv, what it or a pip.conf says to pip."""
    environment = dict(os.environ)
    listed = subprocess.run([*pip(), "config", "list"], capture_output=True, text=True, check=False)
    settings: dict[str, str] = {}
    # global.index-url='https://...', :env:.cert='...': as with pip the environment has the last word.
    for line in sorted(listed.stdout.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        settings[name.rpartition(".")[2]] = value.strip().strip("'\"").replace("\\n", " ")
    for pip_name, uv_name, separator in (
        ("index-url", "UV_DEFAULT_INDEX", " "),
        ("extra-index-url", "UV_INDEX", " "),
        ("find-links", "UV_FIND_LINKS", ","),
        ("cert", "SSL_CERT_FILE", " "),
    ):
        if settings.get(pip_name):
            environment.setdefault(uv_name, separator.join(settings[pip_name].split()))
    # Every file is pinned by its hash, so it does not matter which index it comes from.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return environment


def logged(command: list[str], environment: dict[str, str] | None = None) -> bool:
    """Run `command` with its words in the log; whether it succeeded."""
    with LOG.open("ab") as log:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, check=False
        )
    return done.returncode == 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - paydesk.cli is not importable yet


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
