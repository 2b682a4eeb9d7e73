"""A data package as Review Manager Web writes it, made for tests from the rows of the .rm5 file beside it."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from synthesis.exchange.review import Review
from synthesis.exchange.revman5 import read
from synthesis.exchange.revman_package import ROW_COLUMNS

FILES = Path(__file__).parent / "files"


def fleiss() -> Review:
    return read((FILES / "fleiss1993.rm5").read_bytes(), "fleiss1993.rm5")


def table(columns: list[str], rows: list[dict[str, object]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def package(stem: str = "CD000001") -> bytes:
    """The aspirin and mental health analyses with the marks of real packages: 0.0, #N/A, 95% and superscripts."""
    rows: list[dict[str, object]] = []
    settings: list[dict[str, object]] = []
    for analysis, kind in zip(fleiss().analyses, ("Dichotomous", "Continuous"), strict=True):
        group, _, number = analysis.number.partition(".")
        key: dict[str, object] = {"Analysis group": group, "Analysis number": number, "Analysis name": analysis.title}
        estimate, low, high = analysis.published or ("", "", "")
        settings.append(
            key
            | {
                "Analysis group name": "Examples from Fleiss (1993)",
                "Data source": "#N/A",
                "Data type": kind,
                "Log-scale data": "FALSE",
                "Experimental group label": analysis.experimental,
                "Control group label": "Control",
                "Statistical method": "Mantel-Haenszel" if kind == "Dichotomous" else "Inverse variance",
                "Effect measure": "Odds Ratio" if kind == "Dichotomous" else "Std. Mean Difference",
                "Analysis model": "Fixed effect",
                "Study CI": "95%",
                "Estimate CI": "95%",
                "Mean": estimate,
                "CI start": low,
                "CI end": high,
                "Heterogeneity Tau²": "0.0",
                "Heterogeneity I²": "39.67",
            }
        )
        for row in analysis.rows:
            one, other = row.experimental, row.control
            assert one is not None and other is not None
            year = next(study.year for study in fleiss().studies if study.name == row.study)
            cells: dict[str, object] = dict.fromkeys(ROW_COLUMNS, "0.0")
            cells |= {
                "Subgroup": "",
                "Applicability": "",
                "Study": f"{row.study} {year}",
                "Study year": year,
                "Footnotes": "",
            }
            for side, item in (("Experimental", one), ("Control", other)):
                cells |= {f"{side} N": item.n}
                cells |= (
                    {f"{side} cases": item.events}
                    if item.events is not None
                    else {f"{side} mean": item.mean, f"{side} SD": item.sd}
                )
            rows.append(cells | key)
    information = [
        {
            "Study": f"{study.name} {study.year}",
            "Year": study.year,
            "Data source": "Published data only",
            "Char: Methods": study.about.get("methods", ""),
        }
        for study in fleiss().studies
    ]
    bias = [
        {
            "Study": "AMIS 1980",
            "Domain (judgement): Allocation concealment": "Unclear risk",
            "Domain (support): Allocation concealment": "Not described.",
        }
    ]
    inner = zipped(
        {
            f"{stem}-analysis-data/{stem}-data-rows.csv": table(list(ROW_COLUMNS), rows),
            f"{stem}-analysis-data/{stem}-overall-estimates-and-settings.csv": table(list(settings[0]), settings),
            f"{stem}-analysis-data/{stem}-subgroup-estimates.csv": b"Analysis group,Analysis number\n",
            f"{stem}-study-data/{stem}-study-information.csv": table(list(information[0]), information),
            f"{stem}-study-data/{stem}-risk-of-bias.csv": table(list(bias[0]), bias),
        }
    )
    return zipped({f"{stem}-files/{stem}-data.zip": inner})
