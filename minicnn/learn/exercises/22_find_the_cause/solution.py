"""Exercise 22: find the cause. Ask each report: which arrays are wrong, how many of their entries, and where?"""

# Only a few entries are wrong: those pixels that win in two windows. The second window overwrites what the first one gave.
patient_1 = "E"

# Exactly those entries are wrong whose right gradient is 0: the dropped ones. They get a gradient, because nobody set it
# to 0.
patient_2 = "D"

# All of dw is wrong by one factor: -0.0525509 / -0.157653 = 1/3, and N = 3. dx and db are right, so dy is right. A loop
# that ends early would leave two of the three kernel rows right.
patient_3 = "C"

# y[d] = 1/N * sum over n of x[n, d]. Every x[n, d] has the derivative 1/N, and dx needs the shape of x: (N, D).
question_4 = "B"

# y[n, d] = x[n, D - 1 - d]. So dx[n, D - 1 - d] = dy[n, d]: dy with its columns in reverse order. No number of x is needed.
question_5 = "C"
