"""Exercise 8: the output size. Chapter 7, 'Convolution by hand', section 'How large is the output?'.

First write the formula as a function. Then predict the shapes of a small network on paper, and fill them in.

Replace each `...` by your answer. Then run:  minicnn learn check 8
"""


def output_size(H, KH, stride=1, padding=0):
    """How many places a window of KH rows has in an image of H rows, with `padding` rows of zeros above and below.

    All are integers. Returns an integer. output_size(4, 3) is 2.
    """
    ...


# Predict: 8 images of 28 rows, 20 columns and 3 channels, (8, 28, 20, 3), go through five layers, one after the other.
# What is the shape of each output? Write tuples. No code is needed.

# 1. A convolution with 16 filters of 5 x 5, padding 2, stride 1.
shape_1 = ...

# 2. Max-pooling with windows of 2 x 2 and stride 2. Chapter 10 explains it. For the shape you need this: it has no filters.
#    A window moves over each channel by itself and makes one number at each place, so the channels stay. The output size
#    has the formula of a convolution, with the window in the place of the kernel.
shape_2 = ...

# 3. A convolution with 32 filters of 3 x 3, without padding, stride 2.
shape_3 = ...

# 4. Flatten: all numbers of an image are written in one row, as in chapter 6.
shape_4 = ...

# 5. A dense layer with 10 outputs.
shape_5 = ...

# How many weights and biases does layer 3 have?
parameters_of_layer_3 = ...
