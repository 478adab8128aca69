"""How bytes become characters: what the text declares, its mark, UTF-8, then what is likely.

What is only likely is said. A text for which nothing is likely is not read: the user must name its
encoding.
"""

import codecs
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

from semsearch.errors import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
_SAMPLE = 2**16
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_JAPANESE = re.compile(rb"\x1b\$[@B]")  # as mail was written
_CHUNK = 2**18
_MOST_LETTERS = 0.35  # of a text in Latin letters that are not those of English
_LEAST_COHERENCE = 0.3  # charset-normalizer found a language in it
# What hardly a word has: a sign between letters, an accented capital behind a small letter.
_GARBLED = re.compile(r"[^\W\d_][¡-©«¬®-±²³´¶¸¹»-¿€‚„†‡‰‹“”•™›](?=[^\W\d_])|[a-zß-ÿ][À-ÖØ-ÞŠŒŽŸ]")
_MOST_GARBLED = 0.15  # of the signs that are not ASCII: blanks are lost in any text
# Letters that no language of Western Europe has together, but code page 1252 shows of Czech,
# Turkish and Hungarian that are written in others.
_APART = (("ø", "ìù"), ("ø", "è", "ýíá"), ("þðý", "çü"), ("õ", "öü", "áéó"))
_MOST_APART = 0.06  # of these signs, each of them: any text has names of other languages
_PRINTABLE = bytes([0x1B, *range(0x20, 0x7F)])
_DECLARED = re.compile(
    rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.IGNORECASE
)
_META = re.compile(rb"""<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
# Signs between the letters of texts in Western Europe, as code page 1252 has them.
_SIGNS = frozenset("€‚„…†‡‰‹‘’“”•–—™›¡¢£¥§©ª«\xad®°±²³·¹º»¼½¾¿×\xa0´`¶")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Characters, and what is to be said about how they were read; empty: nothing."""

    text: str
    note: str = ""


def decoded(data: bytes, named: str = "", declared: str = "") -> Decoded:
    """The characters of a whole text; lines that end with CR alone end with LF.

    Args:
        data: The text's bytes.
        named: The encoding that the user names for texts that are not UTF-8.
        declared: What the text, or who sent it, declares.

    Raises:
        UnreadableError: No encoding fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data, encoding).removeprefix("\ufeff"))
    if named and not extends_ascii(named):
        return Decoded(_lines(_strict(data, named)))
    sure = _declared_text(data, declared)
    return Decoded(_lines(sure)) if sure is not None else _undeclared(data, named, declared)


def _declared_text(data: bytes, declared: str) -> str | None:
    """The characters of a text that is what it declares; None where it is not.

    What is UTF-8, and not ASCII alone, is that whatever it declares: no other text looks so.
    """
    fits = declared and is_encoding(declared)
    if fits and not extends_ascii(declared) and b"\0" not in data[:_SAMPLE]:
        fits = False  # what declares UTF-16 in plain letters is of another
    codes = [*(() if data.isascii() else ("utf-8",)), *((_as_browsers(declared),) if fits else ())]
    for code in codes:
        try:
            return data.decode(code)
        except UnicodeError:
            continue
    return None


def _undeclared(data: bytes, named: str, declared: str) -> Decoded:
    """The characters of a text of which nothing is known but what the user names."""
    if _JAPANESE.search(data[:_SAMPLE]) and data.isascii():
        return Decoded(_lines(_strict(data, "iso2022_jp")), _note("iso2022_jp", ""))
    wide = _wide(data[:_SAMPLE]) if b"\0" in data[:_SAMPLE] else ""
    if wide:
        return Decoded(_strict(data, wide), _note(wide, ""))
    try:
        return Decoded(_lines(data.decode()))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        encoding = named or _likely(data, line)
        return Decoded(_lines(_strict(data, encoding)), "" if named else _note(encoding, declared))


def beginning(head: bytes) -> str:
    """The first characters of a file, as far as they can be told."""
    encoding = next((code for mark, code in _MARKS if head.startswith(mark)), "")
    encoding = encoding or (b"\0" in head and _wide(head)) or "utf-8"
    return _lines(head.decode(encoding, "replace").removeprefix("\ufeff"))


def declared_in(head: bytes) -> str:
    """The encoding that XML or HTML declares at its beginning; empty where it does not."""
    if not head[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ""
    found = _DECLARED.match(head) or _META.search(head[:4096])
    return found[1].decode("ascii") if found else ""


def is_encoding(name: str) -> bool:
    """Whether Python knows an encoding of texts by that name."""
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - what str.encode looks at
    except (LookupError, ValueError):
        return False


def extends_ascii(encoding: str) -> bool:
    """Whether ASCII is the same in an encoding; else no text in it is UTF-8 by chance."""
    try:
        return _PRINTABLE.decode(encoding) == _PRINTABLE.decode("ascii")
    except UnicodeError:
        return False


def _as_browsers(declared: str) -> str:
    """An encoding by its name, as browsers take it: ISO 8859-1 has signs at the C1 codes, too."""
    return _WESTERN if codecs.lookup(declared).name in ("iso8859-1", "ascii") else declared


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"not valid {encoding.upper()}", line) from None


def _lines(text: str) -> str:
    return text.replace("\r", "\n") if "\r" in text and "\n" not in text else text


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark: at every second place nothing but zeros where letters are Latin."""
    even, odd = sample[::2], sample[1::2]
    if not even or not odd:
        return ""
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.05 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.05 * len(odd):
        return "utf-16-be"
    return ""


def _note(encoding: str, declared: str) -> str:
    what = f"declares {declared}, but is not" if declared else "not UTF-8"
    return f"{what}: read as {encoding} (if that is wrong, name it with --encoding)"


def _likely(data: bytes, line: int) -> str:
    """The encoding of bytes that are not UTF-8.

    Raises:
        UnreadableError: None is likely.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415 - rarely needed

    refused = UnreadableError("not valid UTF-8, and no other encoding is likely: name it with "
                              "--encoding", line)  # fmt: skip
    if _CONTROLS.search(data[:_SAMPLE]):
        raise UnreadableError("not valid UTF-8, and no text: it holds control characters", line)
    if _cut_off(data):
        raise UnreadableError("not valid UTF-8: it breaks off within a character", line)
    sample = b"\n".join(part for part in data.splitlines() if not part.isascii())[:_SAMPLE]
    # Texts in Latin letters are seldom of another code page, and are too short to tell them apart.
    if _is_western(sample):
        return _WESTERN
    best = from_bytes(sample).best()
    if best is None or best.coherence < _LEAST_COHERENCE or _is_garbled(str(best)):
        raise refused
    try:
        data.decode(best.encoding)
    except UnicodeDecodeError:
        raise refused from None
    return best.encoding


def _cut_off(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _is_western(sample: bytes) -> bool:
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    strange = [sign for sign in text if not sign.isascii()]
    letters = sum(unicodedata.category(sign).startswith("L") for sign in strange)
    if not all(sign in _SIGNS or unicodedata.category(sign) in {"Ll", "Lu"} for sign in strange):
        return False
    if _is_garbled(text):
        return False
    # Cyrillic or Greek in a code page of its own is nothing but such letters, one beside another.
    return letters <= _MOST_LETTERS * sum(sign.isalpha() for sign in text)


def _is_garbled(text: str) -> bool:
    """Whether a text in Latin letters looks as if it were of another code page."""
    number = Counter(sign for sign in text.lower() if not sign.isascii())
    strange = number.total()
    return len(_GARBLED.findall(text)) > _MOST_GARBLED * strange or any(
        all(sum(number[sign] for sign in some) > _MOST_APART * strange for some in apart)
        for apart in _APART
    )


class Utf8Stream(io.RawIOBase):
    """A stream of lines in any encoding as UTF-8, a piece at a time.

    Lines that are not UTF-8 are read in the encoding that the user names, or that is likely for
    the first of them; a line that cannot be is passed on as it stands, for its reader to say.

    Attributes:
        note: What is to be said about how it was read, at its end; empty: nothing.
    """

    def __init__(self, stream: io.BufferedReader, named: str = "") -> None:
        self.note = ""
        self._stream = stream
        self._named = named
        self._found = list[str]()  # encodings of lines
        self._ready = b""
        self._rest = b""
        self._ended = False
        head = stream.peek(_SAMPLE)[:_SAMPLE]
        self._wide = next((code for mark, code in _MARKS[1:] if head.startswith(mark)), "")
        if not self._wide and named and not extends_ascii(named):
            self._wide = named
        if not self._wide and b"\0" in head:
            self._wide = _wide(head)
            if self._wide:
                self.note = _note(self._wide, "")
        self._returns_alone = b"\r" in head and b"\n" not in head and not self._wide
        self._decoder = codecs.getincrementaldecoder(self._wide)() if self._wide else None

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Close what lies below."""
        self._stream.close()
        super().close()

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer as far as there is something."""
        view = memoryview(buffer)
        while not self._ready and not self._ended:
            self._ready = self._next()
        size = min(len(view), len(self._ready))
        view[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _next(self) -> bytes:
        data = self._stream.read1(_CHUNK)
        self._ended = not data
        if self._decoder is not None:
            try:
                text = self._decoder.decode(data, final=self._ended)
            except UnicodeDecodeError:
                raise OSError(f"not valid {self._wide.upper()}") from None
            return text.removeprefix("\ufeff").encode(errors="surrogatepass")
        if self._returns_alone:
            data = data.replace(b"\r", b"\n")
        if data.isascii() and not self._rest:
            return data
        data = self._rest + data
        end = len(data) if self._ended else data.rfind(b"\n") + 1
        if not end and len(data) > 2**24:  # longer than any line that is read
            end = len(data)
        data, self._rest = data[:end], data[end:]
        try:
            data.decode()
        except UnicodeDecodeError:
            return b"".join(map(self._line, data.splitlines(keepends=True)))
        return data

    def _code_of(self, line: bytes) -> str:
        """The encoding of a line that is not UTF-8."""
        if self._named:
            return self._named
        # Files are put together of others: what was likely once need not be so for good.
        if _WESTERN in self._found and _is_western(line):
            return _WESTERN
        other = next((code for code in reversed(self._found) if code != _WESTERN), "")
        return other or _likely(line, 1)

    def _line(self, line: bytes) -> bytes:
        try:
            line.decode()
        except UnicodeDecodeError:
            try:
                code = self._code_of(line)
                text = line.decode(code)
            except (UnicodeDecodeError, UnreadableError):
                return line
            if not self._named and code not in self._found:
                self._found.append(code)
                codes = " and ".join(self._found)
                self.note = f"lines that are not UTF-8 were {_note(codes, '').partition(': ')[2]}"
            return text.encode()
        return line


def of_lines(named: str, declared: str) -> str:
    """The encoding of lines that are not UTF-8: as the user names it, else as is declared.

    Empty where nothing says it, or what is declared cannot be: UTF-8 itself, or one of wide signs.
    """
    if named or not declared or not is_encoding(declared) or not extends_ascii(declared):
        return named
    return "" if codecs.lookup(declared).name == "utf-8" else _as_browsers(declared)


def as_utf8(stream: io.BufferedReader, named: str) -> tuple[io.BufferedReader, Utf8Stream]:
    """A stream of lines as UTF-8, and what knows how it was read."""
    recoded = Utf8Stream(stream, named)
    return io.BufferedReader(cast("io.RawIOBase", recoded), _CHUNK), recoded
