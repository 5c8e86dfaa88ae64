"""Python runs this file when the AWS emulator starts, because its folder is on PYTHONPATH (xtask/src/emulator.rs).

It removes two waits of the emulator, which take 90 of the 100 ms of each frame that a test sends.
"""

import functools
import inspect
import socketserver

# The emulator hands an event to a function in two writes. Without this, the second one waits for the delayed acknowledgement of the
# first one: 40 ms.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

try:
    from ministack.core.lambda_runtime import Worker

    # After each invocation the emulator waits 50 ms for a first log line. What a function logs is there before its answer.
    drain = Worker._drain_stderr_bounded
    if "first_line_wait" in inspect.signature(drain).parameters:
        Worker._drain_stderr_bounded = functools.partialmethod(drain, first_line_wait=0.002)
except (ImportError, AttributeError):
    # Another version of the emulator, which is only slower.
    pass
