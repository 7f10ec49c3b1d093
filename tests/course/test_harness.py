"""What the tests of the chapters must notice: each on a small page that is wrong in one way."""

import pytest
from chapters import blocks, compare, output_problems, prose, run, source, source_problems, update
from formulas import formula_problems

PAGE = """# A page

Words here.

```python
a = 1 + 1
print("a =", a)
```

```text
a = 2
```

Then, in the same namespace:

```python
b = a / 3
print(b)
```

<!-- compare: to 1e-3 -->
```text
0.6667
```

```python
print(f"accuracy {100 * b:.1f}%")
```

<!-- compare: numbers[0] >= 60 -->
```text
accuracy 66.0%
```
"""


def problems(page):
    return output_problems(page, run(page)[1])


def test_a_right_page_passes():
    assert not problems(PAGE)
    assert [block.kind for block in blocks(PAGE)] == ["python", "output"] * 3
    assert prose(PAGE).split() == ["#", "A", "page", "Words", "here.", "Then,", "in", "the", "same", "namespace:"]


@pytest.mark.parametrize("old, new", [
    ("a = 2", "a = 3"),                             # a wrong result of a hand example
    ("a = 2", "a =  2"),                            # exactly means exactly
    ("0.6667", "0.668"),                            # a decimal that is off by more than 1e-3
    ("0.6667", "0.6667 0.1"),                       # a number too many
    ("accuracy 66.0%", "exactness 66.0%"),          # other words
    ("accuracy 66.0%", "accuracy 12.0%"),           # the page shows a number that breaks its own bound
    ("numbers[0] >= 60", "numbers[0] >= 70"),       # the program breaks the bound
    ("\n```text\na = 2\n```\n", ""),                # output that the page does not show
])
def test_a_wrong_page_fails(old, new):
    assert old in PAGE
    assert problems(PAGE.replace(old, new))


def test_an_error_names_the_line_of_the_page():
    with pytest.raises(ZeroDivisionError) as error:
        run(PAGE.replace("a / 3", "a / 0"), "page.md")
    assert error.traceback[-1].lineno + 1 == PAGE.splitlines().index("b = a / 3") + 1


def test_whole_numbers_are_compared_exactly():
    assert compare("1000 steps, 0.5", "1001 steps, 0.5", "to 1e-3")
    assert not compare("1000 steps,   0.5", "1000 steps, 0.5001", "to 1e-3")


EXCERPT = """<!-- source: minicnn/ops/reference/dense.py dense -->
```python
def dense(x, w, b=None):
    return x @ w
```
"""


def test_an_excerpt_that_differs_from_the_source_fails_until_it_is_updated():
    assert source_problems(EXCERPT)
    assert not run(EXCERPT)[1], "excerpts are not run"
    assert not source_problems(update(EXCERPT, sources=True))
    with pytest.raises(LookupError):
        source_problems(EXCERPT.replace("py dense", "py dance"))


def test_methods_are_found_and_moved_to_the_left():
    assert source("minicnn/layers/activations.py ReLU.forward").startswith("def forward(self, x):\n    self.saved")


def test_outputs_are_written_into_the_page():
    wrong = PAGE.replace("a = 2", "a = 3\nand more")
    assert "a = 2\n```" in update(wrong, outputs=True)
    assert not problems(update(wrong, outputs=True))


@pytest.mark.parametrize("formula, right", [
    ("```math\n\\frac{a}{b}\n```", True), ("```math\n\\frac{a}{b\n```", False), ("$`x_{i}`$", True), ("$`x_{i`$", False),
    ("```math\n\\left( x\n```", False), ("```math\n\\begin{aligned} x \\end{aligned}\n```", True),
    ("```math\n\\begin{aligned} x \\end{matrix}\n```", False), ("$`\\frak x`$", False), ("costs $5", False),
    ("`a $ in code`", True), ("$x$", False), ("```math\n```", False), ("```math\n} {\n```", False),
])
def test_formulas(formula, right):
    assert bool(formula_problems(formula)) != right
