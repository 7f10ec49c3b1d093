"""How far it is from the user's line to the arithmetic, and the scripts that measure the code itself."""

import json

import numpy as np
import pytest

from benchmarks import call_depth, compare_bits, count_lines

MOST = {"reference": (7, 5), "fast": (9, 7)}         # all calls, and without the frames of the layer protocol


@pytest.fixture(scope="module")
def paths():
    return call_depth.measure()


@pytest.mark.parametrize("name", call_depth.networks())
@pytest.mark.parametrize("implementation", ["reference", "fast"])
def test_the_arithmetic_is_a_few_calls_away(paths, name, implementation):
    steps = paths[name, implementation]
    chain = " -> ".join(function for function, *_ in steps)
    every, without = MOST[implementation]
    assert len(steps) <= every, chain
    assert len(call_depth.without_protocol(steps)) <= without, chain
    assert steps[-1][1].name == ("tile.py" if implementation == "fast" else "dense.py" if name == "Dense" else "conv.py"), chain


def test_every_call_on_the_way_is_counted():
    def arithmetic(x):
        return x @ x

    x = np.ones((300, 300))
    found = call_depth.chains(lambda: (lambda: arithmetic(x))())
    longest = max(found, key=found.get)
    assert [code.co_name for code in longest] == ["<lambda>", "<lambda>", "arithmetic"]


def test_lines_of_code():
    assert count_lines.lines_of_code('"""Doc."""\n\n# why\nx = 1   # what\ndef f(a,\n      b):\n    """Doc\n    of f."""\n'
                                     '    return """two\nlines"""\n') == 5


def test_a_changed_bit_is_found(tmp_path, capsys):
    """Of one small training: its hashes come again, and change with one bit of one array."""
    first, again = (compare_bits.training(compare_bits.dense_float64, "reference") for _ in range(2))
    assert first == again and first["accuracy"] > 0.5
    x = np.ones(3)
    assert compare_bits.hashed(x) != compare_bits.hashed(np.nextafter(x, 2))
    found = {"environment": {}, **{name: {"one": first} for name in compare_bits.STEPS}}
    (tmp_path / "a").write_text(json.dumps(found))
    found["fast"] = {"one": first | {"losses": "0"}}
    (tmp_path / "b").write_text(json.dumps(found))
    paths = [str(tmp_path / name) for name in "ab"]
    assert compare_bits.main(["--compare", *paths]) == 1
    assert capsys.readouterr().out == f"fast, one: losses {first['losses']} -> 0\n"
    assert compare_bits.main(["--compare", paths[0], paths[0]]) == 0
