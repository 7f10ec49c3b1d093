"""How good a classifier's predictions are: confusion matrix, precision and recall, top-k, calibration, ROC curve."""

from .calibration import calibration
from .confusion import accuracy, average, class_scores, confusion_matrix
from .probabilities import as_probabilities, log_loss, softmax, top_k_accuracy
from .report import report, report_text
from .roc import area_under, best_threshold, roc_auc, roc_curve
