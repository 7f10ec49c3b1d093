"""The table of a network's layers."""

from ..shapes import check_not_empty, shape_text
from ..support.tables import table


class Summary(str):
    """A table as text that Python's prompt shows in lines, as print() does."""

    def __repr__(self):
        return str(self)


def summary(model, x_shape):
    """Every layer of the model with its output shape, parameters and multiply-adds for one image.

    Shapes: x_shape without the batch axis. Raises: ShapeError if a layer does not fit.
    """
    check_not_empty("summary", "x", x_shape)
    batch = 2                                  # not 1: batch norm in training has no variance over a single image
    x_shape = (batch, *x_shape)
    rows = [("layer", "", "output shape", "parameters", "multiply-adds"), ("", "input", _per_image(x_shape), "", "")]
    rows += list(_rows(model, x_shape, batch))
    parameters = sum(parameter.size for parameter in model.parameters().values())
    rows.append(("total", "", "", f"{parameters:,}", f"{model.multiply_adds(x_shape) // batch:,}"))
    lines = table(rows, "<<<>>").split("\n")
    rule = "-" * max(len(line) for line in lines)
    return Summary("\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]]))


def _rows(container, x_shape, batch, path=""):
    for name, layer, shape in container.child_inputs(x_shape):
        indent = "  " * path.count(".")
        if list(layer.child_inputs(shape)):
            parameters = operations = ""       # a container: the rows below it count its layers
        else:
            parameters = f"{sum(parameter.size for parameter in layer.parameters().values()):,}"
            operations = f"{layer.multiply_adds(shape) // batch:,}"
        text = repr(layer) if parameters else type(layer).__name__
        yield path + name, indent + text, _per_image(layer.output_shape(shape)), parameters, operations
        yield from _rows(layer, shape, batch, f"{path}{name}.")


def _per_image(shape):
    return shape_text(("N", *shape[1:]))
