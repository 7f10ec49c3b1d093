"""Exercise 8: the output size, and the shapes of a small network."""


def output_size(H, KH, stride=1, padding=0):
    # The image has H + 2 * padding rows now: the frame lies above and below. The last window starts at row
    # H + 2 * padding - KH. A window starts at every stride-th row, and the first one at row 0 counts too: + 1.
    return (H + 2 * padding - KH) // stride + 1


# (28 + 4 - 5) // 1 + 1 = 28 and (20 + 4 - 5) // 1 + 1 = 20. The channels are the filters.
shape_1 = (8, 28, 20, 16)

# (28 - 2) // 2 + 1 = 14 and (20 - 2) // 2 + 1 = 10. Each channel is pooled by itself.
shape_2 = (8, 14, 10, 16)

# (14 - 3) // 2 + 1 = 6 and (10 - 3) // 2 + 1 = 4. Rounded down: the last row and column are not seen.
shape_3 = (8, 6, 4, 32)

# Each image becomes one row of 6 * 4 * 32 numbers. The batch stays.
shape_4 = (8, 768)

# One row of 10 numbers for each image.
shape_5 = (8, 10)

# Each filter has 3 * 3 weights for each of its 16 input channels, and one bias: 3 * 3 * 16 * 32 + 32.
parameters_of_layer_3 = 4640
