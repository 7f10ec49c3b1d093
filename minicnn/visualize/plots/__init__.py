"""Pictures of a training and of the inside of a network, saved as PNG files. No window is needed.

The paragraph 'Look for' in each docstring says what the picture is for. The report page prints it as the caption.
"""

from .augmentation import augmentations
from .counts import calibration, confusion_matrix
from .curves import learning_curves
from .examples import mistakes, predictions, saliency
from .inside import feature_maps, filters, layer_statistics
