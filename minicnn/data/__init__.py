"""Data: reading it, fetching it, drawing it, and cutting it into batches."""

from .batches import Batches, as_float, batches, split
from .datasets import Dataset, fashion_mnist, mnist
from .digits import digits
from .download import DownloadError
from .idx import read_idx

__all__ = [
    "Batches", "Dataset", "DownloadError", "as_float", "batches", "digits", "fashion_mnist", "mnist", "read_idx",
    "split",
]
