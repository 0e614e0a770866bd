"""Changes of a published record that leave every value a good one: what belongs to one thing is put to another, dropped
or doubled. Each is refused, naming a file that was changed."""

import json

import pytest
from records import Copy

SPOILED, CAST = "submitted_ballots/submitted_ballot_ballot-14-003.json", "submitted_ballots/submitted_ballot_ballot-14-001.json"
OPENED = "spoiled_ballots/spoiled_ballot_ballot-14-003.json"


@pytest.fixture
def copy(egserve, tmp_path):
    return Copy(egserve, "small_missing", tmp_path / "record")


def refused(copy, *files):
    status, found, whole = copy.verdict()
    assert status == 1 and set(files) & set(found), whole["faults"]


# ---- what was decrypted ----


def selections(tally):
    return [s for contest in tally["contests"].values() for s in contest["selections"].values()]


def two_of_a_contest(tally):
    contest = next(c for c in tally["contests"].values() if len(c["selections"]) > 1)
    return contest["selections"], *list(contest["selections"])[:2]


def missing(selection):
    """The shares that were made up for."""
    return [s for s in selection["shares"] if s["recovered_parts"]]


def exchange(one, other, key):
    one[key], other[key] = other[key], one[key]


def selections_exchanged(tally):
    """Whole, under each other's ids."""
    of, a, b = two_of_a_contest(tally)
    of[a], of[b] = of[b], of[a]
    for i in (a, b):
        of[i]["object_id"] = i
        for share in of[i]["shares"]:
            share["object_id"] = i


def parts_exchanged(tally):
    parts = missing(selections(tally)[0])[0]["recovered_parts"]
    a, b = list(parts)[:2]
    parts[a], parts[b] = parts[b], parts[a]


def missing_exchanged(tally):
    for selection in selections(tally):
        exchange(*missing(selection)[:2], "recovered_parts")


def selection_added(tally):
    of, a, _ = two_of_a_contest(tally)
    of["new"] = {**of[a], "object_id": "new"}


def contest_added(tally):
    first = next(iter(tally["contests"].values()))
    tally["contests"]["new"] = {**first, "object_id": "new"}


OF_A_TALLY = {
    "share dropped": lambda t: selections(t)[0]["shares"].pop(),
    "a guardian's shares dropped": lambda t: [s["shares"].pop() for s in selections(t)],
    "share doubled": lambda t: selections(t)[0]["shares"].append(selections(t)[0]["shares"][0]),
    "share in another's place": lambda t: selections(t)[0]["shares"].__setitem__(1, selections(t)[0]["shares"][0]),
    "shares of two selections exchanged": lambda t: exchange(*selections(t)[:2], "shares"),
    "values of two selections exchanged": lambda t: exchange(selections(t)[0], selections(t)[-1], "message"),
    "selections exchanged": selections_exchanged,
    "selection dropped": lambda t: two_of_a_contest(t)[0].popitem(),
    "selection added": selection_added,
    "contest dropped": lambda t: t["contests"].popitem(),
    "contest added": contest_added,
    "order of the guardians in one selection": lambda t: selections(t)[-1]["shares"].reverse(),
    "part dropped": lambda t: missing(selections(t)[0])[0]["recovered_parts"].popitem(),
    "parts exchanged": parts_exchanged,
    "parts of the missing exchanged": missing_exchanged,
    "no parts": lambda t: missing(selections(t)[0])[0].__setitem__("recovered_parts", None),
}


@pytest.mark.parametrize("file", ["tally.json", OPENED])
@pytest.mark.parametrize("change", OF_A_TALLY)
def test_decrypted(copy, file, change):
    tally = copy.load(file)
    OF_A_TALLY[change](tally)
    copy.store(file, tally)
    refused(copy, file)


def test_encrypted_tally(copy):
    file = "encrypted_tally.json"
    for change in (
        lambda t: exchange(*[two_of_a_contest(t)[0][i] for i in two_of_a_contest(t)[1:]], "ciphertext"),
        lambda t: exchange(*list(t["contests"].values())[:2], "selections"),
        lambda t: t["contests"].popitem(),
        selection_added,
        contest_added,
    ):
        good = copy.load(file)
        tally = copy.load(file)
        change(tally)
        copy.store(file, tally)
        refused(copy, file)
        copy.store(file, good)


# ---- guardians ----


@pytest.mark.parametrize("members", [["guardian_id"], ["sequence_order"], ["guardian_id", "sequence_order"], []])
def test_guardians_swapped(copy, members):
    """Two guardians' files, all but these members; none: the files as they are, under each other's names."""
    names = ["guardians/guardian_1.json", "guardians/guardian_2.json"]
    one, other = (copy.load(name) for name in names)
    for name, good, model in ((names[0], one, other), (names[1], other, one)):
        copy.store(name, {**model, **{m: good[m] for m in members}})
    refused(copy, *names, "context.json", "tally.json", "coefficients.json")


def test_coefficients(copy):
    good = copy.load("coefficients.json")["coefficients"]
    a, b = list(good)[:2]
    for changed in (
        {k: v for k, v in good.items() if k != a},
        {**good, a: good[b], b: good[a]},
        {**good, "4": good[a]},
        {**{k: v for k, v in good.items() if k != a}, "4": good[a]},
    ):
        copy.store("coefficients.json", {"coefficients": changed})
        refused(copy, "coefficients.json")


# ---- ballots ----


@pytest.mark.parametrize("member", ["contests", "code", "code_seed", "crypto_hash", "timestamp", "state"])
def test_members_of_ballots_swapped(copy, member):
    one, other = copy.load(CAST), copy.load(SPOILED)
    exchange(one, other, member)
    copy.store(CAST, one)
    copy.store(SPOILED, other)
    refused(copy, CAST)
    refused(copy, SPOILED)


def test_another_ballot_opened(copy):
    """The cast ballot becomes the spoiled one, with what that was opened to."""
    opened = copy.load(OPENED)
    copy.store(CAST, {**copy.load(CAST), "state": 2})
    copy.store(SPOILED, {**copy.load(SPOILED), "state": 1})
    (copy.folder / OPENED).unlink()
    moved = OPENED.replace("-003", "-001")
    copy.store(moved, {**opened, "object_id": "ballot-14-001"})
    refused(copy, moved)
    refused(copy, "encrypted_tally.json")


# ---- texts ----

TEXTS = {
    "a member twice": lambda text, key, value: "{" + f"{json.dumps(key)}: {value}, " + text[1:],
    "a member twice, once escaped": lambda text, key, value: '{"\\u%04x%s": %s, ' % (ord(key[0]), key[1:], value) + text[1:],
    "twice": lambda text, *_: text + text,
    "more behind it": lambda text, *_: text + "x",
    "NUL behind it": lambda text, *_: text + "\0",
    "a comment": lambda text, *_: "/* */" + text,
    "a comma too many": lambda text, *_: text[:-1] + ",}",
    "in a list": lambda text, *_: f"[{text}]",
    "cut": lambda text, *_: text[:-5],
    "empty": lambda *_: "",
}
FILES = ["manifest.json", "context.json", "constants.json", "coefficients.json", "encrypted_tally.json", "tally.json",
         "guardians/guardian_1.json", CAST, OPENED]  # fmt: skip


@pytest.mark.parametrize("change", TEXTS)
def test_texts(copy, change):
    for file in FILES:
        good = (copy.folder / file).read_text()
        key, value = next(iter(json.loads(good).items()))
        (copy.folder / file).write_text(TEXTS[change](good.strip(), key, json.dumps(value)))
        refused(copy, file)
        (copy.folder / file).write_text(good)
