"""How long Numba has compiled kernels in this process. A figure of speed must not count that time: it passes once a machine."""

import time


class CompileTime:
    """Adds up the seconds of Numba's compilations. If compiling one kernel compiles another, the time counts once."""

    seconds, depth, started, listening = 0.0, 0, 0.0, False

    def listen(self):
        """Begin to count, at the first call. Without Numba, as on the reference implementation, nothing is ever counted."""
        if self.listening:
            return
        self.listening = True
        try:
            from numba.core import event
        except ImportError:
            return

        class Listener(event.Listener):
            def on_start(listener, _):
                if self.depth == 0:
                    self.started = time.perf_counter()
                self.depth += 1

            def on_end(listener, _):
                self.depth -= 1
                if self.depth == 0:
                    self.seconds += time.perf_counter() - self.started

        event.register("numba:compile", Listener())


compiling = CompileTime()
