"""The check of exercise 22: a sentence for each wrong letter says why it does not fit."""

from minicnn.learn import check_value

POOLING = {
    "A": "A max-pooling has no mean. And a forgotten path through a mean would change all entries, not 10 of 120",
    "B": "A max-pooling has no kernel with weights. Which pixels are special if windows overlap?",
    "C": "A division changes all entries. Here 110 of 120 are right",
    "D": "There is no dropout here. And numeric is not 0 at the wrong entry: something is missing, nothing is too much",
    "F": "A sum over the wrong axis would change almost all entries. Here 110 of 120 are right",
    None: "Choose one of the letters A to F",
}
ALL_ZERO = "Look at the wrong entries: numeric is 0 at all of them. Which entries of a dropout are these?"
DROPOUT = {
    "A": "Dropout has no mean. And why would it be wrong exactly where numeric is 0?",
    "B": "Dropout has no kernel. " + ALL_ZERO,
    "C": "A division keeps a 0 at 0. Here numeric is 0 at the wrong entries, and analytic is not",
    "E": "Dropout has no windows. " + ALL_ZERO,
    "F": "Dropout has no sum. " + ALL_ZERO,
    None: "Choose one of the letters A to F",
}
CONVOLUTION = {
    "A": "A convolution has no mean. Divide analytic by numeric: which number of the report is it?",
    "B": "Then two of the three kernel rows would be right. All 48 entries are wrong. Divide analytic by numeric",
    "D": "A convolution has no mask. Divide analytic by numeric: which number of the report is it?",
    "E": "dw is a sum over all places. If `=` overwrote it, no one factor would be left. Divide analytic by numeric",
    "F": "A sum over the wrong axis gives other numbers, not one factor. Divide analytic by numeric: it is 1/3",
    None: "Choose one of the letters A to F",
}
MEAN = {
    "A": "The number is right, but dx must have the shape of x, (N, D). dy / N has the shape (D,)",
    "C": "This is the gradient of a sum. The mean has the factor 1/N, so its derivative has it too",
    "D": "y[d] is the mean over n of x[n, d]. So dx[n, d] needs dy[d], not the mean of all dy",
    None: "Choose one of the letters A to D",
}
REVERSED = {
    "A": "y[n, 0] is the last column of x. So dy[n, 0] must go back to the last column, not to the first",
    "B": "This reverses the rows: it exchanges the examples of the batch. Forward reversed the columns",
    "D": "y is not multiplied by x: its numbers are only moved. The local derivative is 1",
    None: "Choose one of the letters A to D",
}


def check(task):
    check_value(task, "patient_1", "E", POOLING, of="max_pool2d")
    check_value(task, "patient_2", "D", DROPOUT, of="dropout")
    check_value(task, "patient_3", "C", CONVOLUTION, of="conv2d")
    check_value(task, "question_4", "B", MEAN, of="the mean")
    check_value(task, "question_5", "C", REVERSED, of="the columns in reverse order")
