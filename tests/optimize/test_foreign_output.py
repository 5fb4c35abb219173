"""What a solver prints never reaches our stdout: a stand-in that prints, and HiGHS as installed.

Each case is a process of its own with a pipe for stdout, as a caller that reads JSON has it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

#: Stands for a library that prints whatever it is told: at once, from C's buffer, from Python's.
NOISE = """
import ctypes, os, sys, threading
from portfolio.optimize import foreign_output, solver, warm_model

def noise():
    os.write(1, b"noise: at once\\n")
    if sys.platform != "win32":
        ctypes.CDLL(None).printf(b"noise: from C's buffer\\n")
    print("noise: from Python")
"""


def said(code: str) -> bytes:
    """What a process that runs the code leaves on its stdout; Python holds back what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(NOISE) + textwrap.dedent(code)],
        capture_output=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.replace(b"\r\n", b"\n")


def test_a_solver_that_prints_leaves_our_output_alone():
    code = """
    class Noisy(solver.pulp.HiGHS):
        def callSolver(self, lp):
            noise()
            super().callSolver(lp)

    solver.pulp.HiGHS = Noisy
    model = solver.new_model("small")
    model += solver.variable(model, "x", 2, 9) + 3
    print("before")
    os.write(1, b"written at once\\n")
    found = solver.solve(model)
    print("after", found.objective)
    """
    assert said(code) == b"written at once\nbefore\nafter 5.0\n"


def test_a_loaded_model_that_prints_leaves_our_output_alone():
    code = """
    class Noisy(warm_model.highspy.Highs):
        def __init__(self):
            noise()
            super().__init__()

        def run(self):
            noise()
            return super().run()

    warm_model.highspy.Highs = Noisy
    model = solver.new_model("small")
    model += solver.variable(model, "x", 2, 9) + 3
    print("before", flush=True)
    print("after", warm_model.LoadedModel.of(model).solve().objective)
    """
    assert said(code) == b"before\nafter 5.0\n"


def test_the_solver_as_installed_prints_nothing():
    # HiGHS 1.16 greets once a process, at the first model of either kind.
    for last in ("solver.solve(model)", "warm_model.LoadedModel.of(model).solve()"):
        code = f"""
        model = solver.new_model("small")
        model += solver.variable(model, "x", 2, 9) + 3
        {last}
        """
        assert said(code) == b""


def test_stdout_comes_back_after_an_error():
    code = """
    try:
        with foreign_output.kept_off_stdout():
            noise()
            raise KeyError
    except KeyError:
        print("back")
    """
    assert said(code) == b"back\n"


def test_many_threads_and_one_inside_another_share_one_stdout():
    code = """
    def work():
        for _ in range(50):
            with foreign_output.kept_off_stdout(), foreign_output.kept_off_stdout():
                noise()

    open_before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    open_after = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    print("back", open_after - open_before)
    """
    assert said(code) == b"back 0\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a stdout closed by a shell of POSIX")
@pytest.mark.parametrize(
    "closed", ["before", "sys.stdout.close()", "os.close(1)", "sys.stdout=None"]
)
def test_a_closed_stdout_is_no_error(closed):
    code = """
    model = solver.new_model("small")
    model += solver.variable(model, "x", 2, 9) + 3
    assert solver.solve(model).objective == 5
    """
    if closed == "before":
        program = textwrap.dedent(NOISE) + textwrap.dedent(code)
        words = ["sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, program]
        assert subprocess.run(words, stderr=subprocess.PIPE, check=False).returncode == 0
    else:
        assert said(f"{closed}\n{textwrap.dedent(code)}") == b""


def test_output_that_pytest_captures_is_kept(capfd):
    from portfolio.optimize.foreign_output import kept_off_stdout

    print("before")
    with kept_off_stdout():
        subprocess.run([sys.executable, "-c", "print('noise')"], check=True)
    print("after")
    assert capfd.readouterr().out.replace("\r\n", "\n") == "before\nafter\n"
