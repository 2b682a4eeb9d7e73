"""Records made from a review are written into an evidence folder: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from synthesis.errors import ConflictError, EvidenceError, Problem, UnknownKeyError
from synthesis.evidence.canonical import canonical_text
from synthesis.evidence.collection import VOCABULARY_FILE, Evidence
from synthesis.evidence.explain import explain
from synthesis.evidence.load import FOLDERS, read
from synthesis.evidence.question import Vocabulary
from synthesis.evidence.save import fingerprint, record_path, write_record
from synthesis.evidence.study import Study
from synthesis.evidence.yaml_lines import parse
from synthesis.exchange.bibliography.model import Entry
from synthesis.exchange.new_study import duplicates
from synthesis.exchange.review import Review
from synthesis.exchange.to_records import DESIGNS, NOT_STATED, Imported, to_records, with_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an import wrote: names of new and changed files, ids of the questions.

    ``alike`` says which new studies may be ones that were there before.
    """

    files: tuple[str, ...]
    questions: tuple[str, ...]
    alike: tuple[str, ...] = ()


def import_review(review: Review, folder: Path, *, on: str, design: str = NOT_STATED) -> Written:
    """Write ``review`` into the evidence folder ``folder``, which is made if it is not there.

    Parameters
    ----------
    review : Review
    folder : Path
        An evidence folder, such as ``evidence``.
    on : str
        Date, YYYY-MM-DD.
    design : str
        Design of the studies, a word of the vocabulary.

    Raises
    ------
    EvidenceError
        If the folder holds records that cannot be read; nothing was written.
    UnknownKeyError
        If the design is no word of the folder's vocabulary, nor one of ``DESIGNS``.
    ConflictError
        If a record with other content is there already; nothing was written.
    """
    held = _held(folder)
    known = {*DESIGNS, *(held.vocabulary.designs if held is not None and held.vocabulary else ())}
    if design not in known:
        raise UnknownKeyError("design", design, known)
    made = to_records(
        review,
        on=on,
        design=design,
        held=held.studies if held is not None else {},
        questions=held.questions if held is not None else {},
    )
    texts = _texts(made, folder)
    _validate(texts)
    differ = [path for path, text in texts.items() if path.exists() and path.read_text(encoding="utf-8") != text]
    own = [path for path in differ if path.name != VOCABULARY_FILE and path.stem not in made.bias]
    if own:
        names = ", ".join(path.name for path in own[:5])
        raise ConflictError(
            f"{len(own)} of these records are there already with other content ({names}). Nothing was written: import "
            "into an empty folder and compare with synthesis reconcile"
        )
    written = []
    for path, text in texts.items():
        before = path.read_bytes() if path.exists() else None
        if before != text.encode():
            write_record(path, text, seen=None if before is None else fingerprint(before))
            written.append(path.relative_to(folder).as_posix())
    alike = () if held is None else _alike(review, held, frozenset(made.studies))
    return Written(files=tuple(written), questions=tuple(made.questions), alike=alike)


def _alike(review: Review, held: Evidence, new: frozenset[str]) -> tuple[str, ...]:
    """A sentence for each study of the review that is like one that was there and was not made from it."""
    found = []
    for study in review.studies:
        named = [item.id for item in held.studies.values() if item.label == study.name and item.id not in new]
        entry = Entry(reference={"title": study.name, "author": [], **study.reference}, place=study.place)
        known = [item.study for item in duplicates(entry, held) if item.study not in new]
        found += [f"{study.name} may be {name}, which was there before" for name in dict.fromkeys([*named, *known])]
    return tuple(found)


def _held(folder: Path) -> Evidence | None:
    if not folder.is_dir():
        return None
    if not any(folder.iterdir()):
        return None
    evidence, problems = read(folder)
    if problems:
        raise EvidenceError(problems)
    return evidence


def _validate(texts: Mapping[Path, str]) -> None:
    """Raise with everything that the models would refuse, such as a year that cannot be one."""
    problems: list[Problem] = []
    for path, text in texts.items():
        model = Vocabulary if path.name == VOCABULARY_FILE else FOLDERS[path.parent.name]
        tree, _ = parse(text, path.name)
        try:
            model.model_validate(tree.data)
        except ValidationError as error:
            problems += explain(error, model=model, tree=tree, file=path.name)
    if problems:
        raise EvidenceError(problems)


def _texts(made: Imported, folder: Path) -> Mapping[Path, str]:
    vocabulary = folder / VOCABULARY_FILE
    before = vocabulary.read_text(encoding="utf-8") if vocabulary.exists() else ""
    texts = {record_path(folder / "studies", name): text for name, text in made.studies.items()}
    texts |= {record_path(folder / "questions", name): text for name, text in made.questions.items()}
    if made.words or not before:
        texts[vocabulary] = with_words(before, made.words)
    for name, marks in made.bias.items():
        path = record_path(folder / "studies", name)
        text = path.read_text(encoding="utf-8")
        data = parse(text, path.name)[0].data
        old = data.get("risk_of_bias")
        kept = [item for item in (old if isinstance(old, list) else []) if item not in marks]
        texts[path] = canonical_text({**data, "risk_of_bias": [*kept, *marks]}, Study, like=text)
    return texts
