"""egserve bench: a row for each kernel and number of threads, and which kernel serves."""

import re


def test_every_kernel_is_measured_or_said_not_to_run(egserve):
    done = egserve("bench", "--seconds", 1, "--candidates", 2, "--threads", 2)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "encryption of ballots with 2 candidates, 1 s each"
    rows = [line.split() for line in lines[2:-1]]
    kernels = ["ifma", "fma", "adx", "portable"]
    assert list(dict.fromkeys(row[0] for row in rows)) == kernels
    measured = {}
    for row in rows:
        if row[1] == "not":
            assert row[0] != "portable"
            continue
        threads, rate, milliseconds = int(row[1]), float(row[2]), float(row[3])
        assert rate > 0 and milliseconds > 0
        measured.setdefault(row[0], []).append(threads)
    assert all(threads == [1, 2] for threads in measured.values()), measured
    served = re.fullmatch(r"the service uses: (\w+)", lines[-1]).group(1)
    assert served in measured
    best = [kernel for kernel in kernels if kernel in measured][0]
    assert served == best
