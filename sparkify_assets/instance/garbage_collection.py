"""When Python's garbage collection runs in a process of `sparkify`; see docs/decisions/0008-garbage-collection.md."""

import gc


def pause() -> None:
    """Stop it while modules are imported and the graph is built: all of that stays, so each pass finds nothing."""
    gc.disable()


def resume() -> None:
    """Start it again if it was paused, for what is made from now on; what exists now is never walked again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
