"""Reads a picture in a process of its own, which the kernel stops after 2 seconds of CPU.

Neither decoders nor zxing can be interrupted, and each has files that keep it busy for a minute and
more: a JPEG of 2 MB with fifty thousand scans, a PNG of 63 kB full of corners of QR codes. So the limit is
not theirs to keep. The process also gets a bounded memory, writes no files, and has neither this one's keys
nor its environment: a picture that breaks a decoder finds nothing there.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Final

from webapp.flows.allowance import HasTime, allowance
from webapp.flows.errors import FlowError, NoCodeFound, PictureTooHard, PictureUnreadable
from webapp.flows.greys import grey_pictures
from webapp.flows.qr_codes import THOROUGH, find_code
from webapp.flows.raster import read_raster

_CPU_S: Final = 2  # the kernel counts whole seconds, and the interpreter's start with them
_TRYING_S: Final = 1.1  # leaves room for one more try, so that "no code" can be said
_MEMORY: Final = 1024 * 1024 * 1024  # bytes; the largest animated WebP takes about 600 MB
_WAITING_S: Final = 10  # on a busy machine 2 seconds of CPU take longer
_REFUSALS: Final = {error.message_key: error for error in (NoCodeFound, PictureTooHard, PictureUnreadable)}
# Memory and cores are the machine's, whatever runs in this process: two pictures at once, the others wait.
_SEATS: Final = threading.BoundedSemaphore(2)


def read_confined(content: bytes, *, waiting_s: float = _WAITING_S) -> str:
    """Read the QR code in a picture whose header was found harmless.

    Args:
        content: the file.
        waiting_s: how long to wait, in seconds, for a turn; and then for the answer.

    Raises:
        PictureUnreadable, NoCodeFound: as `read_here`.
        PictureTooHard: more CPU or memory than a picture gets, or no turn in time.
    """
    if not _SEATS.acquire(timeout=waiting_s):
        raise PictureTooHard("no seat")
    try:
        answer = json.loads(_run(content, waiting_s))
    finally:
        _SEATS.release()
    if "refused" in answer:
        raise _REFUSALS[answer["refused"]]
    return str(answer["text"])


def read_here(content: bytes, has_time: HasTime) -> str:
    """The same in this process; only the tries are bounded.

    Raises:
        PictureUnreadable: it is damaged.
        PictureTooHard: no memory is left.
        NoCodeFound: no QR code can be made out.
    """
    return find_code(grey_pictures(content, read_raster(content)), THOROUGH, has_time)


def _run(content: bytes, waiting_s: float) -> bytes:
    """What the process writes; whichever way it was stopped, the picture was too hard."""
    command = [sys.executable, "-P", "-m", __spec__.name]
    surroundings = {"PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command,
            input=content,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=waiting_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PictureTooHard("stopped: time") from error
    if done.returncode < 0:
        raise PictureTooHard(f"stopped: signal {-done.returncode}")
    if done.returncode > 0:
        raise RuntimeError("the reader of pictures does not run")  # our mistake, and no picture's
    return done.stdout


def _confine() -> None:
    _allow(resource.RLIMIT_CPU, _CPU_S)
    _allow(resource.RLIMIT_FSIZE, 0)
    _allow(resource.RLIMIT_CORE, 0)
    with suppress(ValueError):  # not every system bounds the memory of one process
        _allow(resource.RLIMIT_AS, _MEMORY)


def _allow(limit: int, wanted: int) -> None:
    _, allowed = resource.getrlimit(limit)
    most = wanted if allowed == resource.RLIM_INFINITY else min(wanted, allowed)
    resource.setrlimit(limit, (most, most))


def _answer(content: bytes) -> dict[str, str]:
    try:
        return {"text": read_here(content, allowance(_TRYING_S, used_s=time.process_time))}
    except FlowError as error:
        return {"refused": error.message_key}
    except MemoryError:
        return {"refused": PictureTooHard.message_key}


if __name__ == "__main__":
    _confine()
    sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read())))
