"""The text that a learner reads after a check."""


def report(folder, exercise, verdict):
    """What a check found, and the next thing to do."""
    lines = []
    if verdict.printed:
        lines += ["your code printed:", *(f"    {line}" for line in verdict.printed.splitlines()), ""]
    if verdict.solved:
        lines += [f"{exercise.name}: solved. {count(folder)}", f"to compare: minicnn learn solution {exercise.number}"]
        following = folder.first_unsolved()
        return "\n".join([*lines, f"next: {following.file}" if following else all_solved(folder)])
    again = " (it was solved before, and stays solved)" if folder.solved(exercise) else ""
    return "\n".join([*lines, f"{exercise.name}: not yet{again}", verdict.fault,
                      f"next: change the file and save it; minicnn learn hint {exercise.number} helps"])


def count(folder):
    """'5 of 25 are solved.'"""
    return f"{sum(map(folder.solved, folder.all))} of {len(folder.all)} are solved."


def all_solved(folder):
    """What to do after the last exercise."""
    return f"all {len(folder.all)} exercises are solved. next: minicnn learn train, which trains a network on your functions"
