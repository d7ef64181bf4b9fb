"""Our figures beside the peers', measured in one run by `make bench`.

A module here with ``BUDGET_S``, the seconds that it may take, and a function ``measure() ->
Iterable[Row]`` takes part; it needs no registration. What takes longer is measured by
``measure_long()`` within ``LONG_BUDGET_S``, for `make bench-long`. Each runs in a process of its
own, on a virtual screen where there is Xvfb, so that one cannot slow down, fill up or crash
another. `harness` has what they share, `torch_peer` lets them measure PyTorch, which lives in an
environment of its own.
"""
