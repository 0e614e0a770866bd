"""egserve election run for elections from a manifest: every form of ballots, spoiled ones, missing guardians; the record has the
counts that electionguard-python's own has, and its files those of that library, member by member and type by type."""

import collections
import csv
import io
import json
import pathlib
import zipfile

import pytest
from proxy import Proxy
from records import DATA, kind_of, pattern_of, unpack, walk

MANIFESTS = pathlib.Path(DATA).parent / "manifests"


def load(name, what):
    return json.loads((MANIFESTS / f"{name}.{what}.json").read_text())


def arguments(url, name, ballots, out, *more, **changed):
    flags = {"url": url, "ballots": ballots, "out": out, "manifest": MANIFESTS / f"{name}.manifest.json",
             "guardians": 4, "quorum": 2, "missing": 2, "chunk": 3}  # fmt: skip
    flags.update(changed)
    return ["election", "run", *(f"--{key}={value}" for key, value in flags.items()), *more]


def is_overvote(contest, description):
    return sum(s["vote"] for s in contest["ballot_selections"]) > description["number_elected"]


def plain_counts(manifest, ballots):
    """What people would count: overvoted contests have no vote."""
    counts = {}
    for description in manifest["contests"]:
        counts[description["object_id"]] = dict.fromkeys([s["object_id"] for s in description["ballot_selections"]], 0)
    described = {d["object_id"]: d for d in manifest["contests"]}
    for ballot in ballots:
        for contest in ballot["contests"]:
            if not is_overvote(contest, described[contest["object_id"]]):
                for s in contest["ballot_selections"]:
                    counts[contest["object_id"]][s["object_id"]] += s["vote"]
    return counts


def counts_of(record):
    contests = json.loads(zipfile.ZipFile(record).read("tally.json"))["contests"]
    return {c: {s: x["tally"] for s, x in contest["selections"].items()} for c, contest in contests.items()}


# ---- the forms of ballots ----


def write_list(ballots, manifest, path):
    path.write_text(json.dumps(ballots))
    return path


def write_folder(ballots, manifest, path):
    path.mkdir()
    for i, ballot in enumerate(ballots):
        (path / f"{i:03}.json").write_text(json.dumps(ballot), encoding="utf-8")
    return path


def csv_text(ballots, manifest, separator=","):
    """A column for each choice; write-ins lose their text."""
    columns = []
    for contest in manifest["contests"]:
        columns += [contest["object_id"]] * max(contest["number_elected"], 2)
    out = io.StringIO()
    rows = csv.writer(out, delimiter=separator)
    rows.writerow(["ballot_id", "style_id", *columns])
    for ballot in ballots:
        chosen = {
            c["object_id"]: [s["object_id"] for s in c["ballot_selections"] if s["vote"]] for c in ballot["contests"]
        }
        cells = [chosen[c].pop(0) if chosen.get(c) else "" for c in columns]
        assert not any(chosen.values())
        rows.writerow([ballot["object_id"], ballot["style_id"], *cells])
    return out.getvalue()


def write_csv(ballots, manifest, path):
    path.write_text(csv_text(ballots, manifest))
    return path


FORMS = {"list": write_list, "folder": write_folder, "csv": write_csv}


@pytest.mark.parametrize("name, form", [("minimal", "list"), ("small", "folder"), ("small", "csv"), ("full", "list"),
                                        ("full", "csv"), ("full", "folder"), ("hamilton", "list")])  # fmt: skip
def test_recorded_election(egserve, service, tmp_path, name, form):
    manifest, ballots = load(name, "manifest"), load(name, "ballots")
    file, record = FORMS[form](ballots, manifest, tmp_path / "ballots"), tmp_path / "record.zip"
    spoiled = ballots[1]["object_id"]
    done = egserve(*arguments(service.url, name, file, tmp_path / "out", f"--spoil={spoiled}", record=record))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "the result is the plain count"
    counts = plain_counts(manifest, [b for b in ballots if b["object_id"] != spoiled])
    assert counts_of(record) == counts
    for path in (record, tmp_path / "out/record"):
        verified = egserve("verify", path, "--json")
        assert verified.returncode == 0, verified.stderr
        found = json.loads(verified.stdout)
        assert (found["cast"], found["spoiled"], found["missing"]) == (len(ballots) - 1, 1, 2)
        assert {c["id"]: {s["id"]: s["votes"] for s in c["selections"]} for c in found["contests"]} == counts
    opened = json.loads(zipfile.ZipFile(record).read(f"spoiled_ballots/spoiled_ballot_{spoiled}.json"))
    votes = {c: {s: x["tally"] for s, x in contest["selections"].items()} for c, contest in opened["contests"].items()}
    own = plain_counts(manifest, [ballots[1]])
    assert votes == {contest: own[contest] for contest in votes}


@pytest.mark.parametrize("name", ["minimal", "full"])
def test_counts_of_the_recorded_record(egserve, service, tmp_path, name):
    """The same manifest, ballots and spoiled ballot as in electionguard-python's record: the same counts."""
    with zipfile.ZipFile(DATA / f"{name}.zip") as recorded:
        spoiled = [n.split("spoiled_ballot_")[1][:-5] for n in recorded.namelist() if "/spoiled_ballot_" in n]
    record = tmp_path / "record.zip"
    flags = [f"--spoil={i}" for i in spoiled]
    done = egserve(*arguments(service.url, name, MANIFESTS / f"{name}.ballots.json", tmp_path / "out", *flags, record=record))
    assert done.returncode == 0, done.stderr
    assert counts_of(record) == counts_of(DATA / f"{name}.zip")


def test_results_as_text_and_json(egserve, service, tmp_path):
    ballots = load("small", "ballots")
    file = write_list(ballots, None, tmp_path / "ballots.json")
    done = egserve(*arguments(service.url, "small", file, tmp_path / "out"), "--json")
    found = json.loads(done.stdout)
    assert found["ok"] and found["spoiled"] == 0 and "candidates" not in found
    manifest = load("small", "manifest")
    assert [c["id"] for c in found["contests"]] == [c["object_id"] for c in manifest["contests"]]
    counts = plain_counts(manifest, ballots)
    for contest in found["contests"]:
        assert {s["id"]: (s["votes"], s["plain_count"]) for s in contest["selections"]} == {
            i: (n, n) for i, n in counts[contest["id"]].items()
        }


# ---- the files against the library's ----

# an election from names has plain strings where the library has texts in languages (docs/crypto.md 11.1)
PLAIN_TEXTS = {("manifest.json", "name"), ("manifest.json", "candidates.*.name"), ("manifest.json", "parties.*.name")}


def shapes(folder):
    """(kind of file, pattern): types there, and the sets of members of the objects there."""
    types, members = collections.defaultdict(set), collections.defaultdict(set)
    for path in folder.rglob("*.json"):
        kind = kind_of(str(path.relative_to(folder)))
        value = json.loads(path.read_text())
        for steps, inner in walk(value):
            place = kind, pattern_of(value, steps)
            types[place].add(type(inner).__name__)
            by_id = any(key == "object_id" for v in inner.values() if isinstance(v, dict) for key in v) if isinstance(inner, dict) else True
            if not by_id and place[1].rsplit(".")[-1] not in ("coefficients", "recovered_parts"):
                members[place].add(frozenset(inner))
    return types, members


@pytest.fixture(scope="module")
def library_shapes(tmp_path_factory):
    types, members = collections.defaultdict(set), collections.defaultdict(set)
    for name in ("minimal", "full", "small_missing"):
        for all_of, found in zip((types, members), shapes(unpack(name, tmp_path_factory.mktemp(name)))):
            for place, values in found.items():
                all_of[place] |= values
    return types, members


@pytest.mark.parametrize("name", ["names", "small", "full"])
def test_files_have_the_library_s_members_and_types(egserve, service, own_record, library_shapes, tmp_path, name):
    record = own_record
    if name != "names":
        record = tmp_path / "record.zip"
        file = MANIFESTS / f"{name}.ballots.json"
        spoiled = load(name, "ballots")[0]["object_id"]
        done = egserve(*arguments(service.url, name, file, tmp_path / "out", f"--spoil={spoiled}", record=record))
        assert done.returncode == 0, done.stderr
    types, members = shapes(unpack(record, tmp_path / "ours"))
    right_types, right_members = library_shapes
    expected = {kind for kind, _ in right_types} - ({"spoiled_ballots/*"} if name == "names" else set())
    assert {kind for kind, _ in types} == expected
    for place, found in types.items():
        if name == "names" and place in PLAIN_TEXTS:
            assert found == {"str"}
        else:
            assert found <= right_types[place], place
    for place, found in members.items():
        assert found <= right_members[place], place


# ---- interruption ----


def test_interrupted_at_every_request(egserve, service, tmp_path):
    """With spoiled ballots, one of them alone in its chunk: every run gets one request further and repeats none."""
    proxy = Proxy(service.url)
    file = MANIFESTS / "small.ballots.json"
    ids = [b["object_id"] for b in load("small", "ballots")]
    count, chunk = len(ids), 3
    flags = [f"--spoil={i}" for i in ids[chunk : 2 * chunk]]
    run = arguments(proxy.url, "small", file, tmp_path / "out", *flags, missing=1, guardians=3)
    chunks = -(-count // chunk)
    # the second chunk has no tally
    expected = 1 + 2 * chunks - 1 + 1 + 2 + 2 + 1
    refused = [True]
    try:
        for step in range(expected):
            refused[0] = False
            allowed = [step]

            def change(path, status, body):
                allowed[0] -= 1
                return None if allowed[0] >= 0 else (500, b'{"message":"not now"}')

            proxy.answered.clear()
            allowed[0] = 1 if step > 0 else 0
            proxy.change = change
            done = egserve(*run)
            assert done.returncode == 1, done.stderr
        proxy.answered.clear()
        proxy.change = None
        done = egserve(*run)
        assert done.returncode == 0, done.stderr
        assert len(proxy.answered) == 1, proxy.paths()
    finally:
        proxy.close()
    assert egserve("verify", tmp_path / "out/record", "--quiet").returncode == 0


def test_other_spoiled_ballots(egserve, service, tmp_path):
    file = MANIFESTS / "minimal.ballots.json"
    ids = [b["object_id"] for b in load("minimal", "ballots")]
    assert egserve(*arguments(service.url, "minimal", file, tmp_path / "out")).returncode == 0
    done = egserve(*arguments(service.url, "minimal", file, tmp_path / "out", f"--spoil={ids[0]}"))
    assert done.returncode == 1 and "other flags or other ballots" in done.stderr


@pytest.mark.parametrize("which, words", [([0, 1, 2, 3], "one ballot at least must be counted"), (["x"], "no ballot has the id 'x'")])
def test_what_cannot_be_spoiled(egserve, service, tmp_path, which, words):
    file = MANIFESTS / "minimal.ballots.json"
    ids = [b["object_id"] for b in load("minimal", "ballots")]
    flags = [f"--spoil={ids[i] if isinstance(i, int) else i}" for i in which]
    done = egserve(*arguments(service.url, "minimal", file, tmp_path / "out", *flags))
    assert done.returncode == 1 and words in done.stderr and not (tmp_path / "out").exists()


def test_spoiled_ballots_of_an_election_from_names(egserve, service, tmp_path):
    file = tmp_path / "b.csv"
    file.write_text("ballot_id,c\nb-1,Ann\nb-2,Bob\nb-3,Ann\n")
    done = egserve("election", "run", f"--url={service.url}", f"--ballots={file}", f"--out={tmp_path / 'out'}",
                   "--candidates=Ann,Bob", "--spoil=b-1", "--spoil", "b-1", "--chunk=1", "--missing=1")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()[1:3]] == [["Ann", "1", "1"], ["Bob", "1", "1"]]
    verified = json.loads(egserve("verify", tmp_path / "out/record", "--json").stdout)
    assert verified["verified"] and (verified["cast"], verified["spoiled"]) == (2, 1)


# ---- bad input: named, and nothing sent ----

NOWHERE = "http://127.0.0.1:1"


def refused(egserve, tmp_path, ballots, name="small"):
    done = egserve(*arguments(NOWHERE, name, ballots, tmp_path / "out"))
    assert done.returncode == 1 and done.stdout == "" and not (tmp_path / "out").exists()
    assert "nothing was sent" in done.stderr
    return done.stderr


def set_at(value, *path, to):
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = to


FIRST = ("contests", 0, "ballot_selections", 0)
BAD_BALLOTS = {
    "style": (lambda b: set_at(b, "style_id", to="x"), "style_id: the ballot style is not one of the election"),
    "contest": (lambda b: set_at(b, "contests", 0, "object_id", to="x"), "contests[0].object_id"),
    "contest twice": (lambda b: b["contests"].append(b["contests"][0]), "contests["),
    "selection": (lambda b: set_at(b, *FIRST, "object_id", to="x"), "contests[0].ballot_selections[0].object_id"),
    "vote": (lambda b: set_at(b, *FIRST, "vote", to=2), "contests[0].ballot_selections[0].vote"),
    "text as vote": (lambda b: set_at(b, *FIRST, "vote", to="yes"), "contests[0].ballot_selections[0].vote"),
    "no contests": (lambda b: b.pop("contests"), "contests"),
    "id": (lambda b: set_at(b, "object_id", to="a/b"), "object_id: an id that a file is named for"),
    "NUL": (lambda b: set_at(b, "object_id", to="a\0b"), "object_id: an id that a file is named for"),
    "long write-in": (lambda b: set_at(b, *FIRST, "write_in", to="x" * 600), "contests[0]"),
}


@pytest.mark.parametrize("form", ["list", "folder"])
@pytest.mark.parametrize("case", BAD_BALLOTS)
def test_bad_ballot(egserve, tmp_path, case, form):
    change, words = BAD_BALLOTS[case]
    ballots = [b for b in load("small", "ballots") if b["contests"][0]["ballot_selections"]]
    change(ballots[2])
    file = FORMS[form](ballots, None, tmp_path / "ballots")
    said = refused(egserve, tmp_path, file)
    assert f"{file}: [2].{words}" in said if form == "list" else f"{file}/002.json: {words}" in said
    assert "1 fault in the file of ballots" in said


def test_faults_of_ballots_as_json(egserve, tmp_path):
    ballots = load("small", "ballots")
    ballots[1]["style_id"] = "x"
    ballots[3]["object_id"] = ballots[0]["object_id"]
    file = write_folder(ballots, None, tmp_path / "ballots")
    found = json.loads(egserve(*arguments(NOWHERE, "small", file, tmp_path / "out"), "--json").stdout)
    assert [(f["file"], f["path"]) for f in found["faults"]] == [("001.json", "style_id"), ("003.json", "object_id")]
    assert found["fault_count"] == 2 and found["faults"][1]["reason"] == "an earlier ballot has this id"


@pytest.mark.parametrize(
    "text, words",
    [
        ("[", "cut off"),
        ('[{"object_id": "a"', "cut off"),
        ("[]", "there is no ballot"),
        ("[1]", "[0]: "),
        ("[{},]", "[0].object_id"),
        ("[] []", "behind the list"),
        ("{}", "it must be a JSON list"),
        ("[" * 100000, "cut off"),
        ("[" * 100000 + "]" * 100000, "[0]"),
        ('["\\ud800"]', "[0]"),
    ],
    ids=range(10),
)
def test_bad_list(egserve, tmp_path, text, words):
    file = tmp_path / "ballots.json"
    file.write_text(text)
    assert words in refused(egserve, tmp_path, file)


def test_bad_folder(egserve, tmp_path):
    (tmp_path / "ballots").mkdir()
    assert "there is no ballot in the folder" in refused(egserve, tmp_path, tmp_path / "ballots")
    write_list(load("small", "ballots")[0], None, tmp_path / "ballots/a.json")
    (tmp_path / "ballots/.DS_Store").write_text("x")
    (tmp_path / "ballots/b.json").mkdir()
    said = refused(egserve, tmp_path, tmp_path / "ballots")
    assert "ballots/.DS_Store: it is no file of a ballot" in said and "ballots/b.json: it must be a file" in said


def small_csv(change):
    lines = csv_text(load("small", "ballots"), load("small", "manifest")).splitlines()
    change(lines)
    return "\n".join(lines) + "\n"


def replace(line, old, new):
    def change(lines):
        assert old in lines[line]
        lines[line] = lines[line].replace(old, new, 1)

    return change


CONTESTS = [c["object_id"] for c in load("small", "manifest")["contests"]]


@pytest.mark.parametrize(
    "change, words",
    [
        (replace(0, "style_id", "style"), ":1: field 2: the second column must be style_id"),
        (replace(0, CONTESTS[1], "x"), ":1: field 5: it is not the id of a contest"),
        (replace(0, "ballot_id", "id"), ":1: field 1: the first line must be a header"),
        (lambda lines: lines.append("b-1,x"), "field 2: it is not the id of a ballot style"),
        (lambda lines: lines.append("b-1"), "field 2: it is not the id of a ballot style"),
        (lambda lines: lines.append(lines[1]), "field 1: an earlier line has this ballot id"),
        (lambda lines: lines.append(lines[1].split(",")[0] + "x," + lines[1].split(",")[1] + ",nobody"), "field 3: it names no selection"),
        (lambda lines: lines.append(lines[1] + "," * 3 + "x"), "it has more fields than the header"),
    ],
)  # fmt: skip
def test_bad_csv(egserve, tmp_path, change, words):
    file = tmp_path / "b.csv"
    file.write_text(small_csv(change))
    said = refused(egserve, tmp_path, file)
    assert f"{file}" in said and words in said, said


def test_cells_name_selections_candidates_or_their_names(egserve, service, tmp_path):
    """All of one meaning; two that are called the same must be told apart by an id."""
    manifest = load("full", "manifest")
    contest = manifest["contests"][0]
    style = next(s for s in manifest["ballot_styles"] if contest["electoral_district_id"] in s["geopolitical_unit_ids"])
    selection = contest["ballot_selections"][0]
    candidates = {c["object_id"]: c for c in manifest["candidates"]}
    names = [selection["object_id"], selection["candidate_id"], *(t["value"] for t in candidates[selection["candidate_id"]]["name"]["text"])]
    file, twice = tmp_path / "b.csv", tmp_path / "twice.json"
    rows = [["ballot_id", "style_id", contest["object_id"]], *([f"b-{i}", style["object_id"], n] for i, n in enumerate(names))]
    with open(file, "w", newline="") as out:
        csv.writer(out).writerows(rows)
    done = egserve(*arguments(service.url, "full", file, tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)["contests"][0]["selections"]
    assert [s["votes"] for s in counted if s["id"] == selection["object_id"]] == [len(names)]
    candidates[contest["ballot_selections"][1]["candidate_id"]]["name"] = candidates[selection["candidate_id"]]["name"]
    twice.write_text(json.dumps(manifest))
    done = egserve(*arguments(NOWHERE, "full", file, tmp_path / "other", manifest=twice))
    assert done.returncode == 1 and "field 3: several candidates of this contest are called so" in done.stderr


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "JSON"),
        ("[]", "map"),
        ("{}", "faults in the manifest, nothing was sent"),
        (json.dumps({**load("small", "manifest"), "contests": load("small", "manifest")["contests"] * 2}), "manifest.json: contests[3]"),
        (json.dumps({**load("small", "manifest"), "type": "x"}), "manifest.json: type: "),
    ],
    ids=["empty", "list", "nothing in it", "contests twice", "type"],
)
def test_bad_manifest(egserve, tmp_path, text, words):
    manifest = tmp_path / "manifest.json"
    manifest.write_text(text)
    file = MANIFESTS / "small.ballots.json"
    done = egserve(*arguments(NOWHERE, "small", file, tmp_path / "out", manifest=manifest))
    assert done.returncode == 1 and words in done.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "flags, words",
    [
        (["--candidates=Ann"], "one of '--manifest' and '--candidates'"),
        (["--parties=A"], "are for elections from names"),
        (["--max-choices=2"], "are for elections from names"),
        (["--spoil="], "'--spoil' must not be empty"),
    ],
)
def test_flags(egserve, tmp_path, flags, words):
    done = egserve(*arguments(NOWHERE, "small", MANIFESTS / "small.ballots.json", tmp_path / "out"), *flags)
    assert done.returncode == 2 and words in done.stderr
