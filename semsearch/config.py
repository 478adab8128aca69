"""Settings: defaults, then a YAML file, then ``SEMSEARCH_*`` variables; validated once."""

from pathlib import Path
from typing import Any, Literal

import yaml
from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from semsearch.errors import ConfigurationError

DEFAULT_FILE = "semsearch.yaml"


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

    kind: str = "SQfp16"
    """A FAISS factory string; SQfp16 is exact search over half-precision vectors."""


class RankSettings(_Section):
    """Weights of the ranking; see ``rank.fuse``."""

    title: float = Field(default=0.20, ge=0)
    lead: float = Field(default=0.30, ge=0)
    passage: float = Field(default=0.45, ge=0)
    lexical_title: float = Field(default=0.15, ge=0)
    lexical_lead: float = Field(default=0.15, ge=0)
    lexical_body: float = Field(default=0.45, ge=0)


class RerankSettings(_Section):
    """A slower model that reads the first articles again; see ``rank.rerank``."""

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
    """The HTTP service."""

    max_body_bytes: int = Field(default=64 * 2**20, ge=1024)
    """Largest request body."""


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="SEMSEARCH_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    index: Path = Path("indexes/default")
    model: ModelSettings = ModelSettings()
    passages: PassagesSettings = PassagesSettings()
    vectors: VectorSettings = VectorSettings()
    rank: RankSettings = RankSettings()
    rerank: RerankSettings = RerankSettings()
    framing: FramingSettings = FramingSettings()
    service: ServiceSettings = ServiceSettings()

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
        raise ConfigurationError(f"Setting {name}: {fault}.") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not YAML: {str(error).splitlines()[0]}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigurationError(f"{path} holds no settings.")
    return values
