"""Where the shipped workbook and scenarios lie, in a clone and in an installation."""

from __future__ import annotations

from pathlib import Path

WORKBOOK_NAME = "十大工程.xlsx"


def _shipped(name: str) -> Path:
    """A folder of the installation, or of the clone."""
    package = Path(__file__).resolve().parent.parent
    installed = package / name
    return installed if installed.is_dir() else package.parent / name


def default_workbook() -> Path:
    """The workbook used when none is named: `inputs/` of the working folder, else the shipped."""
    own = Path("inputs") / WORKBOOK_NAME
    return own if own.is_file() else shipped_workbook()


def shipped_workbook() -> Path:
    """The shipped workbook."""
    return _shipped("inputs") / WORKBOOK_NAME


def scenario_folder() -> Path:
    """The folder of the shipped scenarios and their schema."""
    return _shipped("scenarios")


def scenario_folders() -> tuple[Path, ...]:
    """Where scenarios are sought by name: `scenarios/` here, this folder, the shipped ones."""
    return (Path("scenarios"), Path(), scenario_folder())
