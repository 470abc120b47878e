"""Catalogues of what students read: `python tools/messages.py` after a text changed.

Takes the messages out of the source, brings each catalogue up to date and compiles it.
What is new is left empty in the catalogues for people to translate.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PLACES = (
    ROOT / "src" / "werkbook" / "exercises",
    ROOT / "kernel_ext" / "werkbook_ext" / "exercises",
)
LOCALE = PLACES[0] / "locale"
LANGUAGES = ("de", "es")
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
KEYWORDS = {"say": None, "count": (1, 2)}


def extract() -> Catalog:
    """Return the messages that the source holds."""
    catalog = Catalog(project="werkbook", charset="utf-8")
    for place in PLACES:
        found = extract_from_dir(place, keywords=KEYWORDS)
        for name, _, message, _, _ in sorted(found, key=lambda one: (one[0], one[1])):
            catalog.add(
                message, locations=[(f"{place.parent.name}/{place.name}/{name}", 0)]
            )
    return catalog


def read(language: str) -> Catalog:
    """Read a catalogue; an empty one where there is none yet."""
    path = po_path(language)
    if not path.exists():
        return Catalog(language)
    return read_po(BytesIO(path.read_bytes()), locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """Return a catalogue with the messages of today, its translations kept."""
    old = read(language)
    catalog = Catalog(
        language, project="werkbook", charset="utf-8", header_comment="# Werkbook"
    )
    for message in template:
        if not message.id:
            continue
        known = old.get(message.id)
        string = known.string if known is not None else ""
        catalog.add(
            message.id, string, locations=message.locations, flags=message.flags
        )
    return catalog


def po_path(language: str) -> Path:
    """Return where a catalogue is written by people."""
    return LOCALE / language / "LC_MESSAGES" / "werkbook.po"


def po_bytes(catalog: Catalog) -> bytes:
    """Return a catalogue's text, the same each time."""
    file = BytesIO()
    write_po(
        file, catalog, width=88, no_location=True, omit_header=False, sort_output=True
    )
    lines = file.getvalue().split(b"\n")
    dated = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')
    return b"\n".join(line for line in lines if not line.startswith(dated))


def mo_bytes(catalog: Catalog) -> bytes:
    """Return a compiled catalogue, the same each time."""
    file = BytesIO()
    compiled = read_po(BytesIO(po_bytes(catalog)), locale=catalog.locale)
    compiled.creation_date = compiled.revision_date = NO_DATE  # else that of now
    write_mo(file, compiled)
    return file.getvalue()


def main() -> None:
    """Bring all catalogues up to date, and say what is missing."""
    template = extract()
    for language in LANGUAGES:
        catalog = updated(language, template)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(po_bytes(catalog))
        path.with_suffix(".mo").write_bytes(mo_bytes(catalog))
        texts = [one for one in catalog if one.id]
        print(
            f"{language}: {sum(bool(one.string) and all(one.string) for one in texts)}"
            f" of {len(texts)} messages"
        )


if __name__ == "__main__":
    main()
