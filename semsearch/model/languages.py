"""The languages by their ISO 639-1 codes, whatever they are called."""

_NAMED = {
    name: code
    for code, names in {
        "ar": "ara arabic", "bg": "bul bulgarian", "bn": "ben bengali", "ca": "cat catalan",
        "cs": "ces cze czech", "da": "dan danish", "de": "deu ger german deutsch",
        "el": "ell gre greek", "en": "eng english", "es": "spa spanish español",
        "et": "est estonian", "fa": "fas per persian farsi", "fi": "fin finnish",
        "fr": "fra fre french français", "he": "heb hebrew", "hi": "hin hindi",
        "hr": "hrv croatian", "hu": "hun hungarian", "id": "ind indonesian",
        "it": "ita italian italiano", "ja": "jpn japanese", "ko": "kor korean",
        "lt": "lit lithuanian", "lv": "lav latvian", "ms": "msa may malay",
        "nl": "nld dut dutch nederlands", "no": "nor norwegian", "pl": "pol polish",
        "pt": "por portuguese português", "ro": "ron rum romanian", "ru": "rus russian",
        "sk": "slk slo slovak", "sl": "slv slovenian", "sr": "srp serbian", "sv": "swe swedish",
        "th": "tha thai", "tr": "tur turkish", "uk": "ukr ukrainian", "ur": "urd urdu",
        "vi": "vie vietnamese", "zh": "zho chi chinese",
    }.items()
    for name in names.split()
}  # fmt: skip


def code_of(name: str) -> str:
    """The ISO 639-1 code of a language that is named in English, in its own words or by ISO 639-2.

    Other names stay as they are.

    Args:
        name: In lower case, such as ``english``, ``eng`` or ``en-gb``.
    """
    return _NAMED.get(name, name)
