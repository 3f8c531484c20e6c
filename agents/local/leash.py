"""Run as a script: asks the kernel to kill this process when its parent dies, then becomes the command.

    python leash.py PARENT_PID COMMAND ARGUMENT...

The kernel does it (prctl PR_SET_PDEATHSIG, which survives execve), because a parent that is killed with -9 can clean up
nothing. It is a program of its own, because the usual place, `preexec_fn`, runs Python between fork and exec, which can
deadlock where threads run. It imports nothing of this project and starts in 30 ms.
The signal is SIGKILL: with the parent gone nobody waits for an orderly end, and a kill at any moment is safe by design.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent_pid, command = int(sys.argv[1]), sys.argv[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent_pid:  # it died before the call above, so no signal will come
        sys.exit("the parent is gone")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what is ignored stays so over exec
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"cannot start {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
