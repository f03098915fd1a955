"""Two walls around a student's code: bubblewrap outside, fresh namespaces for every submission.

The outer wall is one bubblewrap sandbox per worker. It has a read-only system, no network, no
view of the course folder, and an environment built from nothing. Inside it lives the warm process
(:mod:`grading.engine.zygote`), which runs no student code. Each submission gets a fork of that
process, and the fork calls :func:`enter`: a user, mount, process, network and IPC namespace of its
own, private temporary file systems, limits, no capabilities, and a filter on system calls. When the
first process of that namespace ends, the kernel ends all the others.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import platform
import resource
import shutil
import socket
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

INSTALL = "sudo apt install bubblewrap   (Fedora: sudo dnf install bubblewrap)"

HOME = "/home/student"
WORK = f"{HOME}/work"

#: The user that a sandbox started by root runs as: limits on processes do not bind root.
NOBODY = 65534

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
_MS_PRIVATE, _MS_REC, _MS_BIND, _MS_NOSUID, _MS_NODEV = 0x40000, 0x4000, 0x1000, 2, 4
_MNT_DETACH = 2
_LARGE_PAGE, _MADV_COLLAPSE = 2 * 2**20, 25
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _PR_SET_DUMPABLE = 1, 38, 22, 4


class CannotConfine(RuntimeError):
    """Raised where student code cannot be confined; the message says what to install."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Sizes are in bytes and times in seconds. ``memory`` is what all processes of the submission
    may add, together, to the warm process that they start from.
    """

    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    memory: int = 1024 * 2**20
    disk: int = 128 * 2**20
    file: int = 64 * 2**20
    processes: int = 64
    open_files: int = 256

    def to_json(self) -> str:
        """Return the limits as JSON."""
        return json.dumps(asdict(self))


# --------------------------------------------------------------------------- the outer wall


def _system_binds() -> list[str]:
    """Bind the system's programs and libraries read-only, in the layout that it has."""
    args = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():
            args += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            args += ["--ro-bind", str(path), str(path)]
    for name in ("ld.so.cache", "localtime", "fonts", "alternatives", "mime.types"):
        args += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return args


def _outermost(paths: list[Path]) -> list[Path]:
    """Drop the paths that lie inside others of the list or inside ``/usr``."""
    kept: list[Path] = []
    for path in sorted({p.absolute() for p in paths}, key=lambda p: len(p.parts)):
        if not any(path.is_relative_to(one) for one in [*kept, Path("/usr")]):
            kept.append(path)
    return kept


def package_paths(names: list[str]) -> list[Path]:
    """Return where the top-level packages ``names`` lie, each as the smallest path to mount."""
    found = []
    for name in names:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            continue
        if spec is None:
            continue
        if spec.submodule_search_locations:
            found += [Path(one) for one in spec.submodule_search_locations]
        elif spec.origin and spec.origin not in ("built-in", "frozen"):
            found.append(Path(spec.origin))
    return found


#: This interpreter, without "..": the sandbox lacks the folders that such a path goes through.
PYTHON = os.path.abspath(sys.executable)


def python_paths() -> list[Path]:
    """Return the folders that this interpreter needs in order to start."""
    real = Path(sys.executable).resolve()
    engine = Path(__file__).resolve().parent
    return [
        Path(os.path.abspath(sys.prefix)),
        Path(sys.base_prefix),
        real.parent.parent,
        engine,
        engine.parent / "__init__.py",
    ]


def environment() -> dict[str, str]:
    """Return the whole environment of the confined processes; nothing is inherited."""
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
    return {
        "PATH": f"{os.path.dirname(PYTHON)}:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "USER": "student",
        # What `!command` runs in.
        "SHELL": shutil.which("bash", path="/bin:/usr/bin") or "/bin/sh",
        "TERM": "dumb",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": f"{HOME}/.ipython",
        "PYTHONDONTWRITEBYTECODE": "1",
        # nbgrader sets this, and honest notebooks may ask for it.
        "NBGRADER_EXECUTION": "autograde",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
    }


def outer_command(command: list[str], readable: list[Path]) -> list[str]:
    """Return the bubblewrap command line that runs ``command`` behind the outer wall.

    Parameters
    ----------
    command
        Program and arguments.
    readable
        Files and folders that are visible, read-only, besides the system and Python itself.
    """
    args = ["bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"]
    if os.getuid() == 0:
        # Needed for a moment only: `drop_root` gives them up before anything else happens.
        for capability in ("SETUID", "SETGID", "SYS_ADMIN"):
            args += ["--cap-add", f"CAP_{capability}"]
    else:
        args.append("--unshare-user")
    args += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "grader"]
    args += _system_binds()
    # Before the binds: an installation below /tmp has to stay visible.
    args += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    paths = _outermost([*python_paths(), *readable])
    made = {"/tmp"}
    for path in paths:
        for parent in reversed(path.parents):
            # bubblewrap copies the mode of a private home folder; the sandbox needs to pass.
            text = str(parent)
            if text != "/" and text not in made and not parent.is_relative_to("/usr"):
                args += ["--perms", "0755", "--dir", text]
                made.add(text)
        args += ["--ro-bind", str(path), str(path)]
    args += ["--perms", "0777", "--dir", HOME]
    args += ["--remount-ro", "/", "--chdir", "/tmp", "--clearenv"]
    for name, value in environment().items():
        args += ["--setenv", name, value]
    return [*args, "--", *command]


def require() -> None:
    """Raise :class:`CannotConfine`, with what to do, unless confinement works on this machine."""
    advice = (
        "Student code would run with your rights. Install it, or say --unconfined if you trust "
        "every submission."
    )
    if sys.platform != "linux":
        raise CannotConfine(
            f"Confinement needs Linux and bubblewrap; this is {platform.system()}. Grade on a "
            "Linux machine, or say --unconfined if you trust every submission."
        )
    if shutil.which("bwrap") is None:
        raise CannotConfine(f"bubblewrap is not installed:  {INSTALL}\n{advice}")
    probe = "from grading.engine import sandbox; sandbox.probe()"
    done = subprocess.run(
        outer_command([PYTHON, "-I", "-c", probe], []),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0 or "confined" not in done.stdout:
        raise CannotConfine(
            "bubblewrap is installed, but this system does not let it make namespaces: "
            f"{(done.stderr or done.stdout).strip()[-300:]}\n"
            "Often `sudo sysctl kernel.unprivileged_userns_clone=1` or, on Ubuntu, "
            "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0` helps.\n" + advice
        )


def probe() -> None:
    """Go through both walls once and say so; run inside the outer wall by :func:`require`."""
    drop_root()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            unshare()
            inner = os.fork()
            if inner == 0:
                enter(Limits())
                os._exit(0)
            status = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
        finally:
            os._exit(status)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0:
        print("confined", flush=True)
    else:
        raise SystemExit(1)


# --------------------------------------------------------------------------- the inner wall

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def drop_root() -> None:
    """Become nobody when the outer wall was built by root; called before anything else."""
    if os.getuid() != 0:
        return
    for name in ("sys", "sysrq-trigger", "irq", "bus"):
        # bubblewrap covers these for root; the covers would forbid a fresh /proc later on.
        _libc.umount2(f"/proc/{name}".encode(), _MNT_DETACH)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def unshare() -> None:
    """Leave the shared namespaces; the next fork is the first process of new ones."""
    uid, gid = os.getuid(), os.getgid()
    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET
    _checked(_libc.unshare(flags), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _raise_loopback()


def _raise_loopback() -> None:
    """Let the processes of these namespaces talk to each other at 127.0.0.1, and to nobody else."""
    request = struct.pack("16sh14x", b"lo", _IFF_UP)
    with (
        contextlib.suppress(OSError),  # a notebook without it is no less confined
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket,
    ):
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def _mount(source: str, target: str, kind: str, flags: int, options: str) -> None:
    done = _libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode())
    _checked(done, f"mount {kind} on {target}")


def _mounts_below(folder: str) -> list[str]:
    """List what is mounted below a folder, outermost first."""
    table = Path("/proc/self/mountinfo").read_text().splitlines()
    return sorted({line.split()[4] for line in table if line.split()[4].startswith(f"{folder}/")})


def _cover(folder: str, flags: int, options: str) -> None:
    """Put an empty file system over a folder; what the outer wall shows below it stays visible."""
    shown = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in _mounts_below(folder)]
    _mount("tmpfs", folder, "tmpfs", flags, options)
    for path, source in shown:
        if os.path.isdir(f"/proc/self/fd/{source}"):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Path(path).touch()
        _mount(f"/proc/self/fd/{source}", path, "none", _MS_BIND | _MS_REC, "")
        os.close(source)


def enter(limits: Limits) -> None:
    """Build the inner wall around this process, the first of its namespaces.

    Raises :class:`OSError` when any part of it cannot be built: better no run than an open one.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    _checked(_libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "mount private")
    flags = _MS_NOSUID | _MS_NODEV
    _mount("proc", "/proc", "proc", flags, "")
    half = limits.disk // 2
    for target, size in (("/tmp", half), ("/dev/shm", half), (HOME, limits.disk)):
        _cover(target, flags, f"size={size},nr_inodes=20000,mode=0700")
    os.mkdir(WORK)
    os.chdir(WORK)
    set_limits(limits)
    _drop_capabilities()
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _filter_system_calls()


def set_limits(limits: Limits) -> None:
    """Set the kernel's limits for this process and those it starts."""
    status = Path("/proc/self/status").read_text()
    sizes = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if "kB" in line}
    data, whole = int(sizes["VmData"]) * 1024, int(sizes["VmSize"]) * 1024
    cpu = int(limits.notebook_seconds) + 5
    for which, value in (
        (resource.RLIMIT_DATA, data + limits.memory),
        (resource.RLIMIT_AS, whole + 2 * limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(which, (value, value))


def _drop_capabilities() -> None:
    class Header(ctypes.Structure):
        _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))

    class Data(ctypes.Structure):
        _fields_ = (
            ("effective", ctypes.c_uint32),
            ("permitted", ctypes.c_uint32),
            ("inheritable", ctypes.c_uint32),
        )

    header, nothing = Header(0x20080522, 0), (Data * 2)()
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref(nothing)), "capset")


def use_large_pages() -> None:
    """Move this process's memory into pages of 2 MB, where the kernel can (Linux 6.1 and newer).

    Its forks then copy one entry of the page table where they copied 512. What a fork writes to is
    still copied in small pages.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, inode, *name = line.split()
        if rights.startswith("rw") and inode == "0" and name != ["[stack]"]:
            start, end = (int(one, 16) for one in place.split("-"))
            start, end = -(-start // _LARGE_PAGE) * _LARGE_PAGE, end // _LARGE_PAGE * _LARGE_PAGE
            if start < end:
                # Where it fails, the pages stay small.
                size = ctypes.c_size_t(end - start)
                _libc.madvise(ctypes.c_void_p(start), size, _MADV_COLLAPSE)


# System calls that no notebook needs and that reach out of, or weaken, the walls.
_NAMES = {
    "x86_64": {
        "arch": 0xC000003E, "clone": 56,
        "denied": (
            101,  # ptrace
            310, 311,  # process_vm_readv, process_vm_writev
            312,  # kcmp
            272, 308,  # unshare, setns
            165, 166, 155, 161,  # mount, umount2, pivot_root, chroot
            428, 429, 430, 431, 432, 433, 442,  # open_tree, move_mount, fsopen .. mount_setattr
            248, 249, 250,  # add_key, request_key, keyctl
            321, 298, 323,  # bpf, perf_event_open, userfaultfd
            425, 426, 427,  # io_uring
            319, 447,  # memfd_create, memfd_secret: memory that no limit counts
            175, 313, 176, 246, 320, 169,  # modules, kexec, reboot
            303, 304,  # name_to_handle_at, open_by_handle_at
            163, 167, 168, 179,  # acct, swapon, swapoff, quotactl
            438,  # pidfd_getfd
        ),
        "clone3": 435,
    },
    "aarch64": {
        "arch": 0xC00000B7, "clone": 220,
        "denied": (
            117, 270, 271, 272, 97, 268, 40, 39, 41, 51, 428, 429, 430, 431, 432, 433, 442,
            217, 218, 219, 280, 241, 282, 425, 426, 427, 279, 447, 105, 273, 106, 104, 294, 142,
            264, 265, 89, 224, 225, 60, 438,
        ),
        "clone3": 435,
    },
}  # fmt: skip


def _filter_system_calls() -> None:
    """Install a seccomp filter; the denied calls fail with EPERM, clone3 with ENOSYS."""
    table = _NAMES.get(platform.machine())
    if table is None:
        return
    load, jump_equal, jump_set, give = 0x20, 0x15, 0x45, 0x06
    allow, deny, missing, kill = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
    code = [(load, 0, 0, 4), (jump_equal, 1, 0, table["arch"]), (give, 0, 0, kill)]
    code.append((load, 0, 0, 0))
    # The 32-bit numbering of x86-64 (x32) would name the same calls by other numbers.
    if platform.machine() == "x86_64":
        code += [(0x35, 0, 1, 0x40000000), (give, 0, 0, deny)]
    for number in table["denied"]:
        code += [(jump_equal, 0, 1, number), (give, 0, 0, deny)]
    code += [(jump_equal, 0, 1, table["clone3"]), (give, 0, 0, missing)]
    # clone may start threads and processes, but make no namespaces.
    new_namespaces = 0x7E020000
    code += [(jump_equal, 0, 3, table["clone"]), (load, 0, 0, 16)]
    code += [(jump_set, 0, 1, new_namespaces), (give, 0, 0, deny)]
    code.append((give, 0, 0, allow))
    program = b"".join(struct.pack("HBBI", *one) for one in code)
    buffer = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    what = Program(len(code), ctypes.cast(buffer, ctypes.c_void_p))
    _checked(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(what), 0, 0), "seccomp")
