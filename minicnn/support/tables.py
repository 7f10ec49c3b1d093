"""Tables of text, for the terminal."""


def table(rows, align, gap="  "):
    """Rows of strings as lines in which each column has one width.

    `align` has one character per column: '<' puts text to the left, '>' to the right. A row may be shorter than `align`.

        print(table([("epoch", "loss"), ("1", "0.25")], "<>"))
    """
    widths = [max((len(row[k]) for row in rows if k < len(row)), default=0) for k in range(len(align))]
    return "\n".join(gap.join(f"{cell:{align[k]}{widths[k]}}" for k, cell in enumerate(row)).rstrip() for row in rows)
