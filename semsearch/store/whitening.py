"""Partial whitening: how vectors of one archive are compared, so that what all share counts less.

The articles of one archive share much: half of a technology archive names the same company, and
the directions that all share dominate every cosine. Partial whitening lets them count less. It is
learned from the vectors of the archive's own leads: with ``mu`` their mean and ``U diag(v) U'``
their covariance, a vector ``x`` becomes ``(x - mu) W``, ``W = U diag((v + s mean(v))^(-e/2))``
with e = 0.4 and s = 0.1 (1 under 1,000 leads). Half of a similarity is the plain cosine, half the
cosine after whitening (docs/decisions/0007).
"""

import io
from dataclasses import dataclass
from functools import cached_property
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

MIN_LEADS = 200
MAX_LEADS = 50_000
_EXPONENT = 0.4
_SHRINKAGE = 0.1
# A half has its exponent 13 places lower than a single, and counts it from 15, not from 127.
_SHIFT = 13
_SIGN_EXPONENT_FRACTION = np.array(0x8FFFE000, np.uint32).astype(np.int32)
_EXPONENT_BIAS = np.float32(2.0 ** (127 - 15))
_SMALL_ARCHIVE = 1_000
_NO_VARIANCE = 1e-9
_CHUNK = 65_536


@dataclass(frozen=True, eq=False)
class Whitening:
    """Mean and covariance of an archive's lead vectors.

    ``leads`` is how many they were made from; with fewer than 200 nothing is whitened.
    """

    mean: Matrix
    covariance: Matrix
    leads: int

    @classmethod
    def learned(cls, leads: NDArray[np.float16], dimension: int) -> "Whitening":
        """Learned from lead vectors, float16 of shape (n, dimension)."""
        if not len(leads):
            zeros = np.zeros(dimension, np.float32)
            return cls(zeros, np.zeros((dimension, dimension), np.float32), 0)
        matrix = widen(leads)
        mean = matrix.mean(axis=0)
        centred = matrix - mean
        covariance = np.asarray((centred.T @ centred) / len(matrix), np.float32)
        return cls(np.asarray(mean, np.float32), covariance, len(matrix))

    @property
    def active(self) -> bool:
        """Whether there were enough leads to learn from."""
        return self.leads >= MIN_LEADS

    @cached_property
    def _whitening(self) -> Matrix:
        values, directions = np.linalg.eigh(self.covariance.astype(np.float64))
        values = np.maximum(values, 0)
        shrinkage = _SHRINKAGE if self.leads >= _SMALL_ARCHIVE else 1.0
        # All leads may be the same: then no direction varies, and all count alike.
        scales = np.maximum(values + shrinkage * values.mean(), _NO_VARIANCE) ** (-_EXPONENT / 2)
        return np.asarray(directions * scales, np.float32)

    def lengths(self, vectors: NDArray[np.float16]) -> Matrix:
        """Lengths of vectors after whitening, shape (n,); ones where nothing is whitened."""
        if not self.active:
            return np.ones(len(vectors), np.float32)
        parts = [
            np.linalg.norm((widen(vectors[i : i + _CHUNK]) - self.mean) @ self._whitening, axis=1)
            for i in range(0, len(vectors), _CHUNK)
        ]
        lengths = np.concatenate(parts) if parts else np.empty(0, np.float32)
        return np.maximum(lengths, np.float32(1e-6)).astype(np.float32)

    def probes(self, query: Matrix) -> Matrix:
        """What vectors are multiplied with to be compared with a question.

        Args:
            query: Unit vector, shape (dimension,).

        Returns:
            Shape (1, dimension): the question itself; with whitening (2, dimension).
        """
        if not self.active:
            return query[np.newaxis, :]
        white = (query - self.mean) @ self._whitening
        white = white / np.maximum(np.linalg.norm(white), np.float32(1e-6))
        return np.stack([query, self._whitening @ white]).astype(np.float32)

    def images(self, vectors: Matrix, lengths: Matrix) -> Matrix:
        """What many questions are multiplied with at once to be compared after whitening.

        With ``image`` of a vector, its whitened cosine with a question ``q`` is
        ``(q - mean) @ image`` divided by the question's own length after whitening.

        Args:
            vectors: Unit vectors, shape (n, dimension).
            lengths: Of them after whitening, shape (n,).

        Returns:
            Shape (n, dimension).
        """
        whitened = (vectors - self.mean) @ self._whitening / lengths[:, np.newaxis]
        return np.asarray(whitened @ self._whitening.T, np.float32)

    def question_lengths(self, questions: Matrix) -> Matrix:
        """Lengths of questions after whitening, shape (n,); see ``images``."""
        lengths = np.linalg.norm((questions - self.mean) @ self._whitening, axis=1)
        return np.asarray(np.maximum(lengths, np.float32(1e-6)), np.float32)

    def similarities(self, probes: Matrix, products: Matrix, lengths: Matrix) -> Matrix:
        """Similarities in [-1, 1] from the products of vectors with the probes.

        Args:
            probes: As ``probes`` gives them.
            products: Shape (probes, n).
            lengths: Of the vectors after whitening, shape (n,).
        """
        if len(probes) == 1:
            return np.asarray(np.clip(products[0], -1, 1), np.float32)
        whitened = (products[1] - probes[1] @ self.mean) / lengths
        return np.asarray(np.clip(0.5 * products[0] + 0.5 * whitened, -1, 1), np.float32)

    def standardised(self, query: Matrix, cosine: float) -> float:
        """How many standard deviations a lead's cosine stands above that of the average lead."""
        spread = float(np.sqrt(max(float(query @ self.covariance @ query), 1e-9)))
        return (cosine - float(query @ self.mean)) / spread

    def to_bytes(self) -> bytes:
        """It as it is kept: a NumPy archive."""
        buffer = io.BytesIO()
        np.savez(buffer, mean=self.mean, covariance=self.covariance, leads=self.leads)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Whitening":
        """Read what ``to_bytes`` gave.

        Raises:
            ValueError, KeyError: The bytes are damaged.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return cls(arrays["mean"], arrays["covariance"], int(arrays["leads"]))
        except (EOFError, BadZipFile) as error:
            raise ValueError("these bytes hold no whitening") from error


def widen(values: NDArray[np.float16]) -> NDArray[np.float32]:
    """The same numbers in single precision; eight times as fast as ``astype``.

    They must be finite.
    """
    bits = values.view(np.int16).astype(np.int32)  # the sign fills all places to the left
    bits <<= _SHIFT
    bits &= _SIGN_EXPONENT_FRACTION
    numbers = bits.view(np.float32)
    numbers *= _EXPONENT_BIAS
    return numbers
