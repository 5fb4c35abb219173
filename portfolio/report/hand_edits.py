"""Whether an Excel or Word file is still as it was written here, or somebody has worked in it.

Files for people bear a stamp: the SHA-256 of all their other parts, as a property of the document.
Any program that saves the file again writes its parts anew, and the stamp no longer fits.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

STAMP_PART = "docProps/custom.xml"
STAMP_NAME = "原样校验"
SUFFIXES = (".xlsx", ".docx")
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPE = (
    f'<Override PartName="/{STAMP_PART}" '
    'ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>'
)
_RELATION = (
    f'<Relationship Id="rIdStamp" Type="{_OFFICE}/relationships/custom-properties" '
    f'Target="{STAMP_PART}"/></Relationships>'
)
_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
    '<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{name}">'
    "<vt:lpwstr>{stamp}</vt:lpwstr></property></Properties>"
)
_STAMP = re.compile(rb"<vt:lpwstr>([0-9a-f]{64})</vt:lpwstr>")


def stamped(content: bytes) -> bytes:
    """An Excel or Word file with its stamp; anything else, or what has properties, as it is.

    A stamp that is there already, of the file it is a copy of, gives way to its own.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        parts = {entry.filename: archive.read(entry) for entry in entries}
    if STAMP_PART in parts:
        return _stamped_anew(content, entries, parts)
    if not {_TYPES, _RELATIONS} <= parts.keys():
        return content
    parts[_TYPES] = parts[_TYPES].replace(b"</Types>", _TYPE.encode("utf-8"))
    parts[_RELATIONS] = parts[_RELATIONS].replace(b"</Relationships>", _RELATION.encode("utf-8"))
    text = _PROPERTIES.format(name=STAMP_NAME, stamp=_digest(parts))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(_like(entry, entry.filename), parts[entry.filename])
        archive.writestr(_like(entries[0], STAMP_PART), text.encode("utf-8"))
    return buffer.getvalue()


def _stamped_anew(
    content: bytes, entries: Sequence[zipfile.ZipInfo], parts: dict[str, bytes]
) -> bytes:
    """A file that bears a stamp with one that fits; without one, or with one that does, as it is."""
    old = _STAMP.search(parts[STAMP_PART])
    if old is None or STAMP_NAME.encode() not in parts[STAMP_PART] or is_stamped(content):
        return content
    fits = _digest(parts).encode()
    parts[STAMP_PART] = parts[STAMP_PART].replace(old[1], fits)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(_like(entry, entry.filename), parts[entry.filename])
    return buffer.getvalue()


def is_stamped(content: bytes) -> bool:
    """Whether a file's bytes bear a stamp that fits them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except Exception:  # a file damaged or of another kind fails in many ways
        return False
    found = _STAMP.search(parts.get(STAMP_PART, b""))
    return found is not None and found[1].decode("ascii") == _digest(parts)


def as_written(path: Path) -> bool:
    """Whether a file is still as it was written here; one that can't be read is not known to be."""
    try:
        return is_stamped(path.read_bytes())
    except OSError:
        return False


def name_aside(path: Path) -> Path:
    """A free name beside a file somebody has worked in."""
    number = 1
    while True:
        aside = path.with_name(f"{path.stem}（手改 {number}）{path.suffix}")
        if not (aside.exists() or aside.is_symlink()):
            return aside
        number += 1


def _like(entry: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    """An entry of that name with the fixed date and marks of another: the same bytes everywhere."""
    made = zipfile.ZipInfo(name, date_time=entry.date_time)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = entry.external_attr
    made.create_system = entry.create_system
    return made


def _digest(parts: Mapping[str, bytes]) -> str:
    """Of all parts but the stamp itself."""
    whole = hashlib.sha256()
    for name in sorted(parts.keys() - {STAMP_PART}):
        whole.update(f"{name}\0{len(parts[name])}\0".encode())
        whole.update(parts[name])
    return whole.hexdigest()
