"""The default encoder: OpenVINO on the CPU, without torch."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from semsearch.embed.encoder import EncoderSpec, Vectors
from semsearch.embed.export import ExportedModel
from semsearch.errors import ModelUnavailableError

# 16 sequences of like length keep both cores busy; more only adds padding (docs/measured.md).
_BATCH = 16


class OpenVinoEncoder:
    """Runs an exported model; see ``Encoder`` for what the methods promise.

    Args:
        exported: The exported model.
        threads: CPU threads; 0: as many as there are cores.
        precision: ``auto`` takes bfloat16 where the CPU computes in it, else float32.
    """

    def __init__(
        self, exported: ExportedModel, *, threads: int = 0, precision: str = "auto"
    ) -> None:
        self._exported = exported
        self._tokenizer = _tokenizer(exported.tokenizer, exported.spec.max_tokens)
        self._framing = len(self._tokenizer.encode("").ids)
        self._compiled = _compile(exported.model, threads, precision)
        self._request = self._compiled.create_infer_request()
        self._lock = Lock()

    @property
    def spec(self) -> EncoderSpec:
        """What the vectors depend on."""
        return self._exported.spec

    @property
    def passage_budget(self) -> int:
        """Word pieces left for a passage after special tokens and the document prompt."""
        prompt = self.spec.document_prompt
        used = self._framing + (self.count_tokens([prompt])[0] if prompt else 0)
        return self.spec.max_tokens - used

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, without special tokens or prompt."""
        encodings = self._tokenizer.encode_batch_fast(
            [self._cased(text) for text in texts], add_special_tokens=False
        )
        return [
            len(encoding.ids) + sum(len(rest.ids) for rest in encoding.overflowing)
            for encoding in encodings
        ]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Passages to unit vectors, longest together with longest."""
        vectors = np.empty((len(texts), self.spec.dimension), np.float32)
        rows = self._rows(texts, self.spec.document_prompt)
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        for first in range(0, len(order), _BATCH):
            chosen = order[first : first + _BATCH]
            vectors[chosen] = self._infer([rows[index] for index in chosen])
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """A question to a unit vector, by itself."""
        vector: Vectors = self._infer(self._rows([text], self.spec.query_prompt))[0]
        return vector

    def _rows(self, texts: Sequence[str], prompt: str) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast(
            [self._cased(prompt + text) for text in texts]
        )
        return [encoding.ids for encoding in encodings]

    def _infer(self, rows: Sequence[Sequence[int]]) -> Vectors:
        length = max(len(row) for row in rows)
        ids = np.zeros((len(rows), length), np.int64)
        mask = np.zeros((len(rows), length), np.int64)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        named = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        inputs = {name: named[name] for name in self._exported.inputs}
        try:
            with self._lock:
                output = self._request.infer(inputs)[0]
                return np.array(output, np.float32)
        except RuntimeError as error:
            raise ModelUnavailableError(f"OpenVINO failed to encode: {error}") from error

    def _cased(self, text: str) -> str:
        return text.lower() if self._exported.lower_case else text


def _tokenizer(path: Path, max_tokens: int) -> Any:
    # The file may carry settings of its training (all-MiniLM-L6-v2: cut at 128, pad to 128).
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _compile(model: Path, threads: int, precision: str) -> Any:
    import openvino  # noqa: PLC0415 - costs 0.2 s that `--help` need not pay

    core = openvino.Core()
    try:
        if precision == "auto":
            able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
            precision = "bf16" if "BF16" in able else "f32"
        options: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
        }
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
        return core.compile_model(str(model), "CPU", options)
    except RuntimeError as error:
        raise ModelUnavailableError(f"OpenVINO cannot load the exported model: {error}") from error
