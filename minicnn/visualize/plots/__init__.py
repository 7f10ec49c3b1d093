"""Pictures of a training and of what a network sees, saved as files; no window is needed.

The paragraph 'Look for' in each docstring says what the picture is for; the report page prints it as the caption.
"""

from .augmentation import augmentations
from .counts import calibration, confusion_matrix
from .curves import learning_curves
from .examples import mistakes, predictions, saliency
from .inside import feature_maps, filters, layer_statistics
