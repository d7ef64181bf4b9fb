"""Our figures beside the peers', measured in one run by `make bench`.

Every module here that has a function ``measure() -> list[Row]`` takes part; it needs no
registration. Each runs in a process of its own, on a virtual screen where there is Xvfb, so that
one cannot slow down, fill up or crash another. `harness` has what they share, `torch_peer` lets
them measure PyTorch, which lives in an environment of its own.
"""
