"""The kernels of the fast implementation and their machinery (threads, compiler, cache, memory)."""
