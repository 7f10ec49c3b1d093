"""The frameworks that are timed. Each file builds a network in one framework, with the same interface.

    Network(network, batch, threads, dropout=True, **options)     network: a name in benchmarks/networks.py
        .train_step() -> loss        forward, loss, backward, Adam with lr 1e-3; returns when all of it is done
        .infer() -> logits           forward in inference mode, a NumPy array (N, 10)

Every file takes minicnn's own Sequential and translates it layer by layer, weights included. So the same network is
timed, and `verify.py` can compare what the frameworks compute. The batch is converted to the framework's own array and
memory layout before any clock starts.
"""
