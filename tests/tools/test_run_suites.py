"""The sum of suites, in one lane and in two."""
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*arguments):
    done = subprocess.run([str(ROOT / "tools/run_suites"), *arguments], capture_output=True, text=True)
    return done.returncode == 0, done.stdout.splitlines()


def test_one_lane():
    good, said = run("units", "echo 3 passed, 0 failed", "a check", "true")
    assert good
    assert said == ["== units", "3 passed, 0 failed", said[2], "== a check", said[4], "4 passed, 0 failed"]
    assert said[2].startswith("-- units: 3 passed, 0 failed (")


def test_what_fails_is_counted_in_either_lane():
    for words in (["a", "exit 3", "--beside", "b", "echo 2 passed"], ["b", "echo 2 passed", "--beside", "a", "exit 3"]):
        good, said = run(*words)
        assert not good
        assert said[-1] == "2 passed, 1 failed"


def test_numbers_that_look_good_beside_a_bad_exit():
    assert run("a", "echo 2 passed, 0 failed; false") == (False, ["== a", "2 passed, 0 failed", "-- a: 2 passed, 1 failed (0 s)", "2 passed, 1 failed"])


def test_lanes_run_beside_one_another_and_each_suite_is_shown_in_one_piece(tmp_path):
    # each waits for the other: one after another, neither would end
    good, said = run(
        "left", f"mkfifo {tmp_path}/l; echo one; echo x >{tmp_path}/l; echo 1 passed",
        "--beside",
        "right", f"while [ ! -p {tmp_path}/l ]; do :; done; echo two; cat {tmp_path}/l >/dev/null; echo 1 passed",
    )
    assert good and said[-1] == "2 passed, 0 failed"
    left, right = said.index("== left"), said.index("== right")
    assert said[left + 1 : left + 3] == ["one", "1 passed"]
    assert said[right + 1 : right + 3] == ["two", "1 passed"]


def test_a_lane_that_is_killed_has_failed():
    good, said = run("killer", "kill -9 $PPID", "next", "true", "--beside", "other", "echo 1 passed")
    assert not good
    assert said[-1] == "1 passed, 2 failed"
