"""Exercise 22: find the cause. Chapter 15, 'Believe nothing', section 'the clinic'. No code is needed.

PART 1. Three gradients are wrong. These are the reports of the gradient check, without its guesses. Numeric is the finite
difference, and analytic is what backward computed.

    patient 1: max_pool2d, x (3, 4, 5, 2)
        dx  (3, 4, 5, 2)  WRONG  10 of 120 entries differ
        worst: analytic -0.645624, numeric 1.15547

    patient 2: dropout, x (3, 4, 5, 2)
        dx  (3, 4, 5, 2)  WRONG  42 of 120 entries differ
        worst: analytic -0.506738, numeric 0. At all other wrong entries, numeric is 0 too.

    patient 3: conv2d, x (3, 4, 5, 2), dy (3, 2, 4, 4), w (3, 2, 2, 4)
        dx  (3, 4, 5, 2)  ok
        dw  (3, 2, 2, 4)  WRONG  48 of 48 entries differ
        db  (4,)          ok
        worst: analytic -0.0525509, numeric -0.157653

Choose one cause for each patient:

    A  A path is forgotten: x also reaches the output through a mean over the batch.
    B  The last row of the kernel is left out of a loop.
    C  The gradient is divided by the batch size, although the loss did this already.
    D  The mask of forward is not applied in backward.
    E  `=` stands where `+=` is needed, and windows overlap.
    F  The sum runs over the wrong axis.

PART 2. Choose the gradient. L is the loss, and dy is the gradient with respect to y.

    question 4: y = x.mean(axis=0), with x (N, D) and y (D,)
        A  dx = dy / N
        B  dx = np.ones((N, 1)) * dy / N
        C  dx = np.ones((N, 1)) * dy
        D  dx = dy.mean(axis=0) * np.ones((N, D))

    question 5: y = x[:, ::-1], the columns of x in reverse order, with x and y (N, D)
        A  dx = dy
        B  dx = dy[::-1]
        C  dx = dy[:, ::-1]
        D  dx = x[:, ::-1] * dy

Replace each `...` by a letter in quotes, such as "A". Then run:  minicnn learn check 22
"""

patient_1 = ...
patient_2 = ...
patient_3 = ...

question_4 = ...
question_5 = ...
