"""The training process of the playground, but it sleeps after each report. So a test that presses Pause presses it during the
training, however busy the machine is."""

import time

from minicnn.playground import child

SECONDS = 0.01                                                     # after each report; each step is one


def main(connection, job):
    """What runs in the process in place of child.main."""
    send = child.Pipe.send

    def send_and_sleep(pipe, kind, **facts):
        send(pipe, kind, **facts)
        time.sleep(SECONDS)

    child.Pipe.send = send_and_sleep
    child.main(connection, job)
