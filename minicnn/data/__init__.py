"""Data: read it, download it, draw it, preprocess and augment it, and cut it into batches."""

from .augment import Augment
from .batches import Batches, as_float, batches, split
from .datasets import Dataset, fashion_mnist, mnist
from .digits import digits
from .download import DownloadError
from .folder import ImageFolder, class_weights, image_folder
from .idx import read_idx
from .image_files import ImageError, read_image
from .images import resize
from .preprocessing import Preprocessing
from .sampling import stratified

__all__ = [
    "Augment", "Batches", "Dataset", "DownloadError", "ImageError", "ImageFolder", "Preprocessing", "as_float", "batches",
    "class_weights", "digits", "fashion_mnist", "image_folder", "mnist", "read_idx", "read_image", "resize", "split",
    "stratified",
]
