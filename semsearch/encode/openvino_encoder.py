"""The default encoder: OpenVINO on the CPU, without torch."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any

import numpy as np

from semsearch.deadline import go_on
from semsearch.encode.batching import MicroBatcher
from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.encode.export import ExportedModel
from semsearch.errors import ModelUnavailableError

# Passages of like length go together, so many that the model's weights are read for enough tokens
# and so few that a question that comes in between does not wait long (docs/measured.md).
_BATCH_TOKENS = 2_048
_BATCH_ROWS = 64
# Questions are padded to a multiple of this: then many have one length, and can go together.
_QUESTION_STEP = 8
_QUESTIONS = 16
_TURN_SECONDS = 0.2  # between two looks at the time while others encode


class OpenVinoEncoder:
    """Runs an exported model; see ``Encoder`` for what the methods promise.

    0 threads: as many as there are cores; ``auto`` takes bfloat16 where the CPU computes in it,
    else float32.
    """

    def __init__(
        self, exported: ExportedModel, *, threads: int = 0, precision: str = "auto"
    ) -> None:
        self._exported = exported
        self._tokenizer = _tokenizer(exported.tokenizer, exported.spec.max_tokens)
        self._framing = len(self._tokenizer.encode("").ids)
        self._compiled = _compile(exported.model, threads, precision)
        places = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._requests: SimpleQueue[Any] = SimpleQueue()
        for _ in range(places):
            self._requests.put(self._compiled.create_infer_request())
        self._questions = MicroBatcher(self._infer, places, _QUESTIONS)
        self._passages = _queue(self._compiled, places)
        self._passages_lock = Lock()

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
        """Passages to unit vectors, longest together with longest, a batch on each core.

        Raises:
            ModelUnavailableError: OpenVINO failed.
            TimeLimitError, StoppingError: The work may not go on.
        """
        vectors = np.empty((len(texts), self.spec.dimension), np.float32)

        def keep(request: Any, chosen: list[int]) -> None:
            vectors[chosen] = request.get_output_tensor(0).data

        rows = self._rows(texts, self.spec.document_prompt)
        try:
            with self._passages_turn():
                self._passages.set_callback(keep)
                for chosen in _batches(rows):
                    go_on()
                    length = len(rows[chosen[-1]])
                    inputs = self._inputs([rows[index] for index in chosen], length)
                    self._passages.start_async(inputs, chosen)
        except RuntimeError as error:
            raise ModelUnavailableError(f"OpenVINO failed to encode: {error}") from error
        return vectors

    @contextmanager
    def _passages_turn(self) -> Iterator[None]:
        """Wait for others that encode passages as long as the work may go on; end with all done."""
        while not self._passages_lock.acquire(timeout=_TURN_SECONDS):
            go_on()
        try:
            try:
                yield
            finally:
                self._passages.wait_all()
        finally:
            self._passages_lock.release()

    def encode_query(self, text: str) -> Vectors:
        """A question to a unit vector, which does not depend on what is encoded with it."""
        row = self._rows([text], self.spec.query_prompt)[0]
        return self._questions.encode(row, self._padded(row))

    def _rows(self, texts: Sequence[str], prompt: str) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast(
            [self._cased(prompt + text) for text in texts]
        )
        return [encoding.ids for encoding in encodings]

    def _infer(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """Vectors of questions that are padded to one length."""
        from openvino import Tensor  # noqa: PLC0415 - as below

        inputs = self._inputs(rows, self._padded(rows[0]))
        request = self._requests.get()
        try:
            # ``infer`` does the same and takes twice the time beside the model's.
            for name, values in inputs.items():
                request.set_tensor(name, Tensor(values))
            request.start_async()
            request.wait()
            return np.array(request.get_output_tensor(0).data, np.float32)
        except RuntimeError as error:
            raise ModelUnavailableError(f"OpenVINO failed to encode: {error}") from error
        finally:
            self._requests.put(request)

    def _padded(self, row: Sequence[int]) -> int:
        """What a question is padded to, in word pieces."""
        steps = -(-len(row) // _QUESTION_STEP)
        return max(len(row), min(steps * _QUESTION_STEP, self.spec.max_tokens))

    def _inputs(self, rows: Sequence[Sequence[int]], length: int) -> dict[str, Any]:
        ids = np.zeros((len(rows), length), np.int64)
        mask = np.zeros((len(rows), length), np.int64)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : len(row)] = 1
        named = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return {name: named[name] for name in self._exported.inputs}

    def _cased(self, text: str) -> str:
        return text.lower() if self._exported.lower_case else text


def _batches(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of rows of like length, the longest last, as many as are encoded at once."""
    batch: list[int] = []
    for index in sorted(range(len(rows)), key=lambda index: len(rows[index])):
        if batch and (
            len(batch) >= _BATCH_ROWS or (len(batch) + 1) * len(rows[index]) > _BATCH_TOKENS
        ):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _tokenizer(path: Path, max_tokens: int) -> Any:
    from tokenizers import Tokenizer  # noqa: PLC0415 - as below

    # The file may carry settings of its training (all-MiniLM-L6-v2: cut at 128, pad to 128).
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _queue(compiled: Any, places: int) -> Any:
    from openvino import AsyncInferQueue  # noqa: PLC0415 - as below

    return AsyncInferQueue(compiled, places + 1)  # one is being filled while the others run


def _compile(model: Path, threads: int, precision: str) -> Any:
    import openvino  # noqa: PLC0415 - costs 0.2 s that `--help` need not pay

    core = openvino.Core()
    try:
        if precision == "auto":
            able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
            precision = "bf16" if "BF16" in able else "f32"
        options: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": precision,
            # A thread for each request: two at work on one cost more than they gain.
            "PERFORMANCE_HINT": "THROUGHPUT",
        }
        if os.access(model.parent, os.W_OK):
            # As this processor runs it, without the weights, which are read from the model: half
            # the time of making it each time.
            options["CACHE_DIR"] = str(model.parent / "compiled")
            options["CACHE_MODE"] = "OPTIMIZE_SIZE"
        if threads:
            options["INFERENCE_NUM_THREADS"] = threads
            options["NUM_STREAMS"] = threads
        return core.compile_model(str(model), "CPU", options)
    except RuntimeError as error:
        raise ModelUnavailableError(f"OpenVINO cannot load the exported model: {error}") from error
