"""Published records for tests: unpacked, changed file by file, verified."""

import json
import pathlib
import re
import zipfile

DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "records"


def unpack(record, folder):
    """A recorded election by its name, or a zip file."""
    with zipfile.ZipFile(DATA / f"{record}.zip" if isinstance(record, str) else record) as archive:
        archive.extractall(folder)
    return folder


ROWS = ["ballot_id,c", "b-1,Ann", "b-2,Bob", "b-3,Ann", "b-4,Eve", "b-5,"]


def hold(egserve, service, folder, *flags, rows=ROWS):
    """An election from names at the service: its record as a zip file. 3 guardians, the last one missing."""
    (folder / "b.csv").write_text("\n".join(rows) + "\n")
    done = egserve(
        "election", "run", f"--url={service.url}", f"--ballots={folder / 'b.csv'}", f"--out={folder / 'out'}",
        f"--record={folder / 'record.zip'}", "--candidates=Ann,Bob,Eve", "--guardians=3", "--quorum=2", "--missing=1",
        "--chunk=3", *flags,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "record.zip"


def kind_of(file):
    """submitted_ballots/submitted_ballot_x.json: submitted_ballots/*"""
    folder, slash, _ = file.partition("/")
    return folder + "/*" if slash else file


def walk(value, path=()):
    """Every value within value, itself included, with its path of keys and indices."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from walk(inner, (*path, i))


# objects whose members are named by ids
MAPS = re.compile(r"^(contests|contests\.\*\.selections|coefficients|.*\.recovered_parts)$")


def pattern_of(value, path):
    """The path with * for indices and ids: what all places of one kind have in common."""
    names = []
    for step in path:
        names.append("*" if isinstance(value, list) or MAPS.match(".".join(names)) else step)
        value = value[step]
    return ".".join(names)


def at(value, path):
    for step in path:
        value = value[step]
    return value


class Copy:
    """A record in a folder of its own; a file is changed, and put back."""

    def __init__(self, egserve, record, folder):
        self.egserve, self.folder = egserve, unpack(record, folder)

    def files(self):
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file())

    def load(self, file):
        return json.loads((self.folder / file).read_text())

    def store(self, file, value):
        path = self.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value))

    def verify(self, *flags):
        return self.egserve("verify", self.folder, "--json", *flags)

    def verdict(self):
        """Exit status and the files that faults name."""
        done = self.verify()
        found = json.loads(done.stdout)
        return done.returncode, [fault["file"] or fault["path"] for fault in found["faults"]], found
