"""The check of exercise 8."""

from numbers import Integral

from minicnn.learn import Fault, check_value, compare_forward


def output_size(H, KH, stride, padding):
    return (H + 2 * padding - KH) // stride + 1


MISTAKES = {
    "the + 1 is missing: the first window, at row 0, counts too":
        lambda H, KH, stride, padding: (H + 2 * padding - KH) // stride,
    "the padding is on both sides, above and below: H + 2 * padding":
        lambda H, KH, stride, padding: (H + padding - KH) // stride + 1,
    "this is not a whole number. Round down: // in the place of /":
        lambda H, KH, stride, padding: (H + 2 * padding - KH) / stride + 1,
    "KH must be subtracted before the division: the last window starts at row H + 2 * padding - KH":
        lambda H, KH, stride, padding: (H + 2 * padding) // stride - KH + 1,
    "it is rounded up, and must be rounded down: the last window must fit": lambda H, KH, stride, padding:
        -(-(H + 2 * padding - KH) // stride) + 1,
}
CASES = ((4, 3, 1, 0), (28, 5, 1, 2), (14, 4, 3, 0), (9, 3, 3, 1), (7, 7, 2, 0), (10, 3, 4, 0))


def check(task):
    learned = task.function("output_size")
    for H, KH, stride, padding in CASES:
        call = f"output_size({H}, {KH}" + (f", stride={stride}" if stride > 1 else "") + (
            f", padding={padding}" if padding else "") + ")"
        arguments = {"H": H, "KH": KH, "stride": stride, "padding": padding}
        compare_forward(task, "output_size", arguments, output_size, (call,), MISTAKES)
        if not isinstance(learned(**arguments), Integral):
            raise Fault(f"{learned.where}: {call} is {learned(**arguments)!r}. It must be a whole number: use //, not /")
    both = "the padding is on both sides: 28 + 2 * 2 rows"
    check_value(task, "shape_1", (8, 28, 20, 16), {
        (8, 28, 20, 3): "A convolution has as many output channels as filters: the last size is the number of filters, 16",
        (8, 26, 18, 16): f"Rows and columns are too few: {both}", (8, 24, 16, 16): f"Rows and columns are too few: {both}",
        (8, 27, 19, 16): "One row and one column are missing: + 1",
        None: "(28 + 2 * 2 - 5) // 1 + 1 rows; the columns in the same way; and one channel for each filter"})
    check_value(task, "shape_2", (8, 14, 10, 16), {
        (8, 14, 10, 1): "Each channel is pooled by itself: the number of channels stays",
        None: "Windows of 2 x 2 that stand side by side: half of the rows and columns. The number of channels stays"})
    check_value(task, "shape_3", (8, 6, 4, 32), {
        (8, 7, 5, 32): "The division is rounded down: (14 - 3) // 2 + 1 = 6 and (10 - 3) // 2 + 1 = 4",
        (8, 6, 4, 16): "The last size is the number of filters, 32",
        None: "(14 - 3) // 2 + 1 rows, (10 - 3) // 2 + 1 columns, and one channel for each filter"})
    check_value(task, "shape_4", (8, 768), {
        (6144,): "Flatten keeps the batch: one row for each of the 8 images",
        (768,): "Flatten keeps the batch: one row for each of the 8 images",
        None: "Two sizes: 8 images, and rows * columns * channels of shape_3 for each of them"})
    check_value(task, "shape_5", (8, 10), {None: "One row of 10 outputs for each of the 8 images"})
    check_value(task, "parameters_of_layer_3", 4640, {
        4608: "Each filter also has one bias: 32 more",
        896: "The filters see the 16 channels that layer 1 has made, not the 3 channels of the image",
        288: "A filter has 3 * 3 weights for each of the 16 channels that it sees",
        None: "32 filters, each with 3 * 3 * 16 weights and one bias"})
