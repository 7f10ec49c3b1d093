"""What check.py of an exercise adds to the comparisons: a likely cause, and functions with a readable name."""

import contextlib

from .faults import Fault


@contextlib.contextmanager
def advised(advice):
    """A block whose Fault gets one more line: the first sentence of `advice` whose key is a part of the Fault's text.

    advice: a dict from a part of a message, such as "db of shape", to a sentence that says the likely cause.
    """
    try:
        yield
    except Fault as fault:
        sentence = next((text for part, text in advice.items() if part in fault.text), None)
        if sentence is None:
            raise
        raise type(fault)(f"{fault.text}\n    likely: {sentence}") from None


class Named:
    """A function that is shown by a text, such as 'x -> x ** 2': a call in a message stays readable."""

    def __init__(self, text, function):
        self.text, self.function = text, function

    def __call__(self, *arguments):
        return self.function(*arguments)

    def __repr__(self):
        return self.text
