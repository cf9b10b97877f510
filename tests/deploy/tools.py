"""What the tests of compose/ share: where things are, tools that may be missing, and what an expression of Prometheus names."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SYNCLINE_BUILD") or ROOT / "build/asan")
SYNCLINE = BUILD / "bin/syncline"
MISSING = 77  # ctest: not run

# What stands in an expression and is no metric.
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "inf", "nan"}
OF_PROMETHEUS = {"up"}


def skip(what):
    print(f"skipped: {what}")
    sys.exit(MISSING)


def need(*names):
    """For commands without which the module's tests say nothing."""
    for name in names:
        if not shutil.which(name):
            skip(f"{name} is missing: compose/install test")


def run(*words, text=None, env=None):
    """(exit status, what was printed to either)."""
    done = subprocess.run([str(word) for word in words], input=text, text=True, capture_output=True, timeout=120, check=False,
                          env={**os.environ, **env} if env else None)
    return done.returncode, done.stdout + done.stderr


def exported():
    """Names of all metrics that a program of ours serves: docs/metrics.md, which lint.reference and the end-to-end tests hold true."""
    return set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/metrics.md").read_text(encoding="utf-8"), re.MULTILINE))


def named(expression):
    """The metrics that an expression names."""
    text = re.sub(r'"(\\.|[^"\\])*"', '""', expression)
    text = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b\d[\w.]*", " ", text)
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    return {word for word in re.findall(r"[a-zA-Z_:][\w:]*(?!\s*\()\b(?!\s*\()", text) if word.lower() not in WORDS}


def commands():
    """Names of the commands of `syncline`, from its reference."""
    return set(re.findall(r"^## syncline (.+)$", (ROOT / "docs/commands.md").read_text(encoding="utf-8"), re.MULTILINE))
