"""The check of includes, on small trees that break its rules one at a time."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = "base:\nserver/work: base\nserver/http: base server/work\n"
GOOD = {
    "base/a.h": "",
    "server/work/job.h": '#include "base/a.h"\n',
    "server/work/job.c": '#include "server/work/job.h"\n',
    "server/http/answer.c": '#include "server/http/answer.h"\n#include "server/work/job.h"\n',
    "server/http/answer.h": "",
}


def check(folder, files, table=TABLE):
    """The tool's result for a tree of these files: whether it is content, and what it says."""
    (folder / "tools").mkdir()
    (folder / "tools/layers.txt").write_text(table)
    for name, text in files.items():
        (folder / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "src" / name).write_text(text)
    run = subprocess.run(
        [sys.executable, "-B", os.path.join(ROOT, "tools", "check_layers"), str(folder)], capture_output=True, text=True
    )
    return run.returncode == 0, run.stdout


def test_a_good_tree(tmp_path):
    assert check(tmp_path, GOOD) == (True, "layers: 5 files, 0 wrong includes\n")


def test_an_upward_arrow(tmp_path):
    good, said = check(tmp_path, {**GOOD, "server/work/job.c": '#include "server/http/answer.h"\n'})
    assert not good
    assert "server/work/job.c includes server/http/answer.h: server/work may not" in said


def test_a_circle(tmp_path):
    circle = {"server/work/queue.h": '#include "server/work/job.h"\n', "server/work/job.c": '#include "server/work/queue.h"\n'}
    good, said = check(tmp_path, {**GOOD, **circle})
    assert not good
    assert "include one another in a circle: server/work/job server/work/queue" in said


def test_a_circle_of_headers_of_two_folders(tmp_path):
    table = "base: server/work\nserver/work: base\n"
    files = {"base/a.h": '#include "server/work/b.h"\n', "server/work/b.h": '#include "base/a.h"\n'}
    good, said = check(tmp_path, files, table)
    assert not good
    assert "include one another in a circle: base/a server/work/b" in said


def test_a_circle_that_is_named_and_one_that_is_none(tmp_path):
    table = TABLE + "circle: server/work/job server/work/queue\n"
    circle = {"server/work/queue.h": '#include "server/work/job.h"\n', "server/work/job.c": '#include "server/work/queue.h"\n'}
    (tmp_path / "there").mkdir()
    (tmp_path / "gone").mkdir()
    assert check(tmp_path / "there", {**GOOD, **circle}, table)[0]
    good, said = check(tmp_path / "gone", GOOD, table)
    assert not good
    assert "names a circle that is none: server/work/job server/work/queue" in said


ENDPOINTS = "extern const eg_endpoint eg_endpoint_docs;\nextern const eg_endpoint eg_endpoint_publish_ballot;\n"


def test_the_frame_names_no_endpoint(tmp_path):
    table = TABLE + "api: base\napi/frame: base\n"
    for name, text in {
        "by_its_table": "if (call->endpoint == &eg_endpoint_publish_ballot) {}\n",
        "by_its_path": "/* What /publish_ballot alone has. */\n",
    }.items():
        (tmp_path / name).mkdir()
        good, said = check(tmp_path / name, {**GOOD, "api/endpoints.h": ENDPOINTS, "api/frame/a.c": text}, table)
        assert not good and "api/frame/a.c names " in said
    innocent = "/* The API's rules are in docs/api-contract.md; eg_endpoint has them as src/api/docs does. */\n"
    (tmp_path / "innocent").mkdir()
    files = {**GOOD, "api/endpoints.h": ENDPOINTS, "api/frame/a.c": innocent}
    assert check(tmp_path / "innocent", files, table)[0]


def test_a_file_in_no_room(tmp_path):
    good, said = check(tmp_path, {**GOOD, "server/serve.c": ""})
    assert not good
    assert "server/serve.c: no row for this folder" in said


def test_a_tree_without_files(tmp_path):
    (tmp_path / "src").mkdir()
    assert not check(tmp_path, {})[0]
