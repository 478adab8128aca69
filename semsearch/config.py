"""Settings: defaults, then a YAML file, then ``SEMSEARCH_*`` variables; validated once."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from semsearch.errors import ConfigurationError

DEFAULT_FILE = "semsearch.yaml"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parts of an index lie.

    Attributes:
        folder: What is kept on this machine; for an index in servers no more than a lock.
        catalog: URL of the catalog's database; empty: in the folder.
        milvus: Address of Milvus; empty: the folder holds vectors and words.
    """

    folder: Path
    catalog: str
    milvus: str


def _is_path(value: str) -> str:
    if re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)*", value) is None:
        raise ValueError("write it as /archive, with a slash before each part and none at the end")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSettings(_Section):
    """The encoder."""

    name: str = "all-MiniLM-L6-v2"
    """A packaged model, a sentence-transformers folder, or a name it can look up."""
    backend: Literal["openvino", "torch"] = "openvino"
    """OpenVINO on the CPU, or sentence-transformers on torch."""
    precision: Literal["auto", "bf16", "f32"] = "auto"
    """What OpenVINO computes in."""
    threads: int = Field(default=0, ge=0, le=1024)
    """CPU threads of the encoder; 0: as many as there are cores."""
    cache: Path = Field(default_factory=lambda: user_cache_path("semsearch") / "models")
    """Where exported models are kept."""


class PassagesSettings(_Section):
    """How texts are cut into passages."""

    max_tokens: int = Field(default=0, ge=0)
    """Word pieces a passage may have; 0: as many as the encoder takes."""
    overlap: int = Field(default=1, ge=0, le=5)
    """Sentences that the next passage repeats."""


class VectorSettings(_Section):
    """How vectors are indexed."""

    kind: str = "auto"
    """``auto``: exact search in small segments, inverted lists of short codes in large ones; or
    ``flat``, ``ivf``, ``hnsw`` or any FAISS factory string for all; see ``store.local.vectors``."""


class MilvusSettings(_Section):
    """How an index in Milvus is spread over a cluster."""

    shards: int = Field(default=1, ge=1, le=64)
    """Parts that its writes are spread over; takes effect with the next rebuild."""
    replicas: int = Field(default=1, ge=1, le=16)
    """Copies that are searched; with two, a query node may be lost."""


class RankSettings(_Section):
    """Weights of the ranking; see ``ask.fusion``."""

    title: float = Field(default=0, ge=0)
    """How near the title is in meaning."""
    lead: float = Field(default=0, ge=0)
    """How near the lead is: the title with the excerpt, or with the beginning of the body."""
    passage: float = Field(default=0.95, ge=0)
    """How near the nearest text is: title, lead or any passage."""
    lexical_title: float = Field(default=0.15, ge=0)
    """The question's words in the title."""
    lexical_lead: float = Field(default=0.35, ge=0)
    """The question's words in the lead."""
    lexical_body: float = Field(default=0.25, ge=0)
    """The question's words in the body."""


class RerankSettings(_Section):
    """A slower model that reads the first articles again; see ``ask.rerank``."""

    model: str = ""
    """A cross-encoder of sentence-transformers, a folder or a name; empty: none."""
    top: int = Field(default=50, ge=1, le=1000)
    """How many articles it reads for a question."""
    budget_ms: int = Field(default=300, ge=1)
    """How long that may take."""


class FramingSettings(_Section):
    """How providers are compared."""

    frames: Path | None = None
    """A YAML file of frames in place of those of the package, of the same form."""


class ServiceSettings(_Section):
    """The HTTP service. What is beyond a limit is refused with a problem type of its own."""

    max_body_bytes: int = Field(default=64 * 2**20, ge=1024)
    """Largest body of a request that writes articles or sends JSON Lines."""
    max_text_bytes: int = Field(default=8 * 2**20, ge=1024)
    """Largest body of any other request, and what a file that is looked at may expand to."""
    max_spooled_bytes: int = Field(default=2**28, ge=2**16)
    """Bytes of the temporary folder that bodies of a process take while they are received."""
    max_url_bytes: int = Field(default=16 * 2**10, ge=256, le=2**18)
    """Longest address with its query; no header may be longer, either."""
    max_head_bytes: int = Field(default=2**17, ge=2**12, le=2**22)
    """Longest head of a request: address and headers together."""
    max_unread_bytes: int = Field(default=2**27, ge=2**16)
    """Most bytes of answers that clients leave unread in a process; the slowest are cut off."""
    max_question_chars: int = Field(default=4_000, ge=1, le=4_000)
    """Longest question."""
    max_k: int = Field(default=1_000, ge=20, le=1_000)
    """Most hits, groups or stories of a page."""
    max_depth: int = Field(default=10_000, ge=0)
    """Most hits that may lie before a page."""
    max_batch: int = Field(default=10_000, ge=1)
    """Most articles, or lines, of one request."""
    max_pairs: int = Field(default=1_000, ge=1, le=1_000)
    """Most pairs that are related at once."""
    request_seconds: float = Field(default=30, gt=0)
    """How long an answer may take."""
    bulk_seconds: float = Field(default=900, gt=0)
    """How long writing, or answering JSON Lines, may take."""
    head_seconds: int = Field(default=10, ge=1)
    """How long a client may take to send the head of a request, and rest after an answer."""
    body_seconds: float = Field(default=60, gt=0)
    """How long a client may take to send a body, or to take the next 64 KiB of an answer."""
    concurrent: int = Field(default=4, ge=1, le=16)
    """Questions a process works on at a time; beside them one that asks for more than 100 articles,
    as many comparisons, half as many streams of JSON Lines that only read, and one write."""
    queue: int = Field(default=64, ge=0)
    """Questions that may wait for their turn in a process; comparisons, streams and writes, too."""
    queue_seconds: float = Field(default=5, ge=0)
    """How long one may wait for its turn; writes may wait as long as ``bulk_seconds``."""
    connections: int = Field(default=1_000, ge=1)
    """Most connections of one process; beyond, those end that rest. Open files bound it, too."""
    stop_seconds: int = Field(default=5, ge=0, le=6)
    """How long requests may go on when the service is stopped."""
    root_path: Annotated[str, AfterValidator(_is_path)] = ""
    """Path below which a reverse proxy publishes the service, such as /archive."""
    keys: Path | None = None
    """File of the access keys; by default keys.json in the index folder."""
    rate: float = Field(default=0, ge=0)
    """Requests a second that one key may send to one process; 0: as many as it likes."""
    burst: int = Field(default=20, ge=1)
    """Requests that a key may send at once before its rate counts."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may use the interface from a browser, such as https://news.example."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What is logged, as JSON Lines on stderr; every request is an info."""
    traces: bool = False
    """Send OpenTelemetry traces, as its OTEL_* variables say; needs semsearch[otel]."""


class AssistantSettings(_Section):
    """What one call of an assistant may return and take; see ``semsearch mcp``."""

    characters: int = Field(default=30_000, ge=2_000, le=1_000_000)
    """Most characters of an answer. What does not fit is left out, and the answer says so."""
    seconds: float = Field(default=30, gt=0)
    """How long a call may take."""
    concurrent: int = Field(default=4, ge=1, le=16)
    """Calls that are worked on at a time; others wait."""


class FeedsSettings(_Section):
    """Feeds: how they are fetched. A limit holds for each feed, and for each page of it."""

    poll: bool = True
    """Whether ``semsearch serve`` polls the feeds that are due."""
    allow_private: bool = False
    """Whether feeds may lie at loopback, private and link-local addresses."""
    seconds: float = Field(default=60, gt=0)
    """How long fetching may take, redirects included."""
    max_bytes: int = Field(default=8 * 2**20, ge=1024)
    """Most bytes that are received."""
    max_expanded_bytes: int = Field(default=16 * 2**20, ge=1024)
    """Most bytes that they may expand to."""
    max_entries: int = Field(default=5_000, ge=1)
    """Most entries of a feed that are read; the first count."""
    concurrent: int = Field(default=8, ge=1, le=100)
    """Feeds that are fetched at a time; of one host never more than one."""
    host_seconds: float = Field(default=1, ge=0)
    """Pause between two requests to one host."""
    pages: int = Field(default=50, ge=1)
    """Most pages that are fetched for one poll of a feed with its full texts; the rest follow."""
    most: int = Field(default=5_000, ge=1)
    """Most feeds of an index."""
    most_per_key: int = Field(default=1_000, ge=1)
    """Most feeds that one access key may add."""
    user_agent: str = Field(default="", max_length=200, pattern=r"^[ -~]*$")
    """What the service calls itself, with an address to write to; empty: semsearch/VERSION."""


class WatchSettings(_Section):
    """Standing questions: how many there may be, and where their alerts may go."""

    most: int = Field(default=10_000, ge=0)
    """Most watches of an index."""
    most_of_key: int = Field(default=1_000, ge=0)
    """Most watches that one access key may make."""
    changes_per_minute: float = Field(default=60, gt=0)
    """Watches that one key may make, change or test in a minute."""
    allow_private: bool = False
    """Send to addresses that are loopback, private or link-local, too."""
    timeout: float = Field(default=10, gt=0, le=300)
    """Seconds that a receiver may take to answer."""
    give_up_hours: float = Field(default=24, gt=0)
    """Hours after the first attempt from which an alert is no longer sent, but listed as dead."""
    files: Path | None = None
    """Folder that alerts may be written to as JSON Lines; by default none may."""
    commands: dict[str, tuple[str, ...]] = {}
    """Programs that may be run with an alert on stdin, by name: {desk: [/usr/local/bin/desk]}."""
    smtp_host: str = ""
    """Server that mail is sent by; empty: none is."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    """Its port."""
    smtp_user: str = ""
    """Name to log in with; empty: none is needed."""
    smtp_password: SecretStr = SecretStr("")
    """Its password; set it as SEMSEARCH_WATCH__SMTP_PASSWORD."""
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted."""
    mail_from: str = "semsearch@localhost"
    """Whom mail comes from."""
    base_url: str = ""
    """Address under which people reach the pages, for links in mail."""


def _index_of(value: object) -> Path | str:
    """A folder, or the address of Milvus."""
    if isinstance(value, str) and value.startswith("milvus+"):
        scheme, _, rest = value.partition(":")
        if scheme not in {"milvus+http", "milvus+https", "milvus+file"} or not rest.strip("/"):
            raise ValueError(
                "milvus+http://HOST:PORT, milvus+https://HOST:PORT or milvus+file:PATH is expected"
            )
        return value
    if isinstance(value, str | Path):
        return Path(value)
    raise ValueError("a folder or the address of Milvus is expected")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="SEMSEARCH_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    index: Annotated[Path | str, PlainValidator(_index_of)] = Path("indexes/default")
    """A folder, or Milvus: milvus+http://HOST:PORT, milvus+https://..., milvus+file:PATH."""
    catalog: str = ""
    """The catalog's database, as postgresql+psycopg://...; empty: catalog.db in the folder."""
    model: ModelSettings = ModelSettings()
    passages: PassagesSettings = PassagesSettings()
    vectors: VectorSettings = VectorSettings()
    milvus: MilvusSettings = MilvusSettings()
    rank: RankSettings = RankSettings()
    rerank: RerankSettings = RerankSettings()
    framing: FramingSettings = FramingSettings()
    outlets: dict[str, str] = {}
    """Names and domains of outlets, and the domain of the outlet that each is:
    ``{bbc.com: bbc.co.uk}``. A name that the index's records give with one domain needs none."""
    fields: dict[str, str | tuple[str, ...]] = {}
    """What fields are called in your records, such as body: maintext, where that is not understood
    anyway (see docs/formats.md); of several names the first that a record has counts."""
    service: ServiceSettings = ServiceSettings()
    assistants: AssistantSettings = AssistantSettings()
    feeds: FeedsSettings = FeedsSettings()
    watch: WatchSettings = WatchSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the file, whose values arrive as init arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        path: A YAML file; None: ``semsearch.yaml`` in the working folder if there is one.

    Raises:
        ConfigurationError: The file cannot be read, or a setting is unknown or out of range.
    """
    if path is None and Path(DEFAULT_FILE).is_file():
        path = Path(DEFAULT_FILE)
    values = {} if path is None else _read(path)
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        fault = "there is no such setting" if first["type"] == "extra_forbidden" else first["msg"]
        fault = fault.removeprefix("Value error, ")
        raise ConfigurationError(f"Setting {name}: {fault}.") from None
    except SettingsError as error:  # names the variable, and never its value
        name = str(error).partition('"')[2].partition('"')[0].upper()
        raise ConfigurationError(
            f"A variable SEMSEARCH_{name}... cannot be read; JSON is expected."
        ) from None


def place_of(settings: Settings) -> Place:
    """Where the configured index lies.

    A folder may hold a ``semsearch.yaml`` of its own that names a catalog and Milvus, as
    ``semsearch migrate`` writes it; what is configured otherwise wins.

    Raises:
        ConfigurationError: The settings do not say where the catalog is.
    """
    if isinstance(settings.index, Path):
        file = settings.index / DEFAULT_FILE
        own = _read(file) if file.is_file() else {}
        named = own.get("index", "")
        milvus = named if isinstance(named, str) and named.startswith("milvus+") else ""
        return Place(settings.index, settings.catalog or str(own.get("catalog", "")), milvus)
    if settings.index.startswith("milvus+file:"):
        path = Path(settings.index.removeprefix("milvus+file:").removeprefix("//"))
        return Place(path.parent if path.suffix else path, settings.catalog, settings.index)
    if not settings.catalog:
        raise ConfigurationError(
            "Setting catalog: an index in Milvus needs a catalog beside it.",
            "Set catalog to postgresql+psycopg://USER@HOST/DATABASE.",
        )
    name = sha256(f"{settings.catalog} {settings.index}".encode()).hexdigest()[:16]
    folder = user_cache_path("semsearch") / "servers" / name
    return Place(folder, settings.catalog, settings.index)


def _read(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - many have no such file

    try:
        values = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from None
    except RecursionError:
        raise ConfigurationError(f"{path} is nested too deep.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        what = error.problem or error.context
        raise ConfigurationError(f"{path}{line} is not YAML: {what}.") from None
    except (yaml.YAMLError, ValueError) as error:  # no UTF-8, no date of the calendar
        raise ConfigurationError(f"{path} is not YAML: {str(error).splitlines()[0]}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigurationError(f"{path} holds no settings.")
    return values
