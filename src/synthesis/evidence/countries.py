"""Names of countries in print, by ISO 3166 code."""

from __future__ import annotations


def country(code: str) -> str:
    """The name of a country; its code where the table below has none."""
    return COUNTRIES.get(code, code)


COUNTRIES = {
    "AU": "Australia", "AT": "Austria", "BE": "Belgium", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland",
    "CN": "China", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "ES": "Spain", "EU": "European Union",
    "FI": "Finland", "FR": "France", "GB": "United Kingdom", "GR": "Greece", "HK": "Hong Kong", "IE": "Ireland",
    "IL": "Israel", "IN": "India", "IR": "Iran", "IS": "Iceland", "IT": "Italy", "JP": "Japan", "KE": "Kenya",
    "KR": "South Korea", "MX": "Mexico", "MY": "Malaysia", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand",
    "PL": "Poland", "PT": "Portugal", "RU": "Russia", "SE": "Sweden", "SG": "Singapore", "TH": "Thailand",
    "TW": "Taiwan", "US": "United States", "ZA": "South Africa",
}  # fmt: skip
