"""The sample lakes: what holds for each of them, with and without planted faults."""

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sparkify_assets.sample import days, generator, plan
from sparkify_assets.sample import lines as sample_lines
from sparkify_assets.sample.faults import EVENT_LIMITS
from sparkify_assets.sample.generator import GeneratedLake, estimate_events, generate_lake
from sparkify_assets.sample.song_faults import SONG_LIMITS
from sparkify_assets.sample.songs import song_path

Record = dict[str, Any]

EVENT_FIELDS = [
    "artist", "auth", "firstName", "gender", "itemInSession", "lastName", "length", "level",
    "location", "method", "page", "registration", "sessionId", "song", "status", "ts",
    "userAgent", "userId",
]  # fmt: skip
SONG_FIELDS = [
    "num_songs", "artist_id", "artist_latitude", "artist_longitude", "artist_location",
    "artist_name", "song_id", "title", "duration", "year",
]  # fmt: skip
NULL_WHEN_LOGGED_OUT = [
    "firstName", "lastName", "gender", "location", "registration", "userAgent", "song", "artist",
    "length",
]  # fmt: skip
PAGES = {
    ("NextSong", "PUT", 200), ("Home", "GET", 200), ("Settings", "GET", 200), ("Help", "GET", 200),
    ("About", "GET", 200), ("Downgrade", "GET", 200), ("Upgrade", "GET", 200),
    ("Error", "GET", 404), ("Logout", "PUT", 307), ("Login", "PUT", 307),
    ("Save Settings", "PUT", 307), ("Submit Upgrade", "PUT", 307),
    ("Submit Downgrade", "PUT", 307),
}  # fmt: skip
REQUIRED = {
    "events": ("page", "ts", "sessionId", "itemInSession"),
    "songs": ("song_id", "artist_id", "title", "artist_name"),
}


def digest(lake: Path) -> dict[str, str]:
    return {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in lake.rglob("*")
        if path.is_file()
    }


def read(path: Path) -> str:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def raw_lines(lake: Path) -> dict[str, list[str]]:
    paths = sorted(lake.glob("log_data/*/*/*"))
    return {str(path.relative_to(lake)): read(path).split("\n") for path in paths}


def raw_songs(lake: Path) -> dict[str, str]:
    return {str(path.relative_to(lake)): read(path) for path in lake.glob("song_data/*/*/*/*")}


def utc(event: Record) -> datetime:
    return datetime.fromtimestamp(event["ts"] / 1000, UTC)


def day_of(path: str) -> str:
    return Path(path).name[:10]


def small(out: Path, **changes: Any) -> GeneratedLake:
    arguments = {"days": 4, "users": 20, "songs": 60, "seed": 5} | changes
    return generate_lake(out, **arguments)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("month") / "lake"
    return generate_lake(out, days=30, users=300, songs=400, seed=11).out


@pytest.fixture(scope="module")
def events(month: Path) -> list[Record]:
    return [json.loads(line) for lines in raw_lines(month).values() for line in lines]


@pytest.fixture(scope="module")
def plays(events: list[Record]) -> list[Record]:
    return [event for event in events if event["page"] == "NextSong"]


@pytest.fixture(scope="module")
def songs(month: Path) -> list[Record]:
    return [json.loads(text) for text in raw_songs(month).values()]


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "gzip"])
def faulty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("faulty") / "lake"
    faults = {"faults": 0.05, "compress": request.param}
    return small(out, days=6, users=100, songs=300, **faults).out


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake `faulty` without its faults."""
    out = tmp_path_factory.mktemp("sound") / "lake"
    return small(out, days=6, users=100, songs=300).out


def manifest(lake: Path) -> Record:
    content: Record = json.loads((lake / "planted_faults.json").read_text())
    return content


# The same lake again


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        small(tmp_path / name, faults=0.02, compress=True)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_seed_gives_another_lake(tmp_path: Path) -> None:
    one, other = (small(tmp_path / str(seed), seed=seed) for seed in (1, 2))
    assert not set(digest(one.out).values()) & set(digest(other.out).values()) - {digest(one.out)["log_json_path.json"]}


def test_workers_do_not_change_a_byte(tmp_path: Path) -> None:
    for workers in (1, 2):
        small(tmp_path / str(workers), faults=0.02, workers=workers)
    assert digest(tmp_path / "1") == digest(tmp_path / "2")


def test_gzip_holds_the_same_text(tmp_path: Path) -> None:
    plain, packed = (small(tmp_path / str(gz), compress=gz, faults=0.02).out for gz in (0, 1))
    assert list(raw_lines(packed).values()) == list(raw_lines(plain).values())
    assert {f"{path}.gz": text for path, text in raw_songs(plain).items()} == raw_songs(packed)
    assert all(path.endswith(".json.gz") for path in raw_lines(packed))
    # Bytes 4 to 8 of a gzip file are its date; one would make two equal lakes differ.
    assert {path.read_bytes()[4:8] for path in packed.rglob("*.gz")} == {bytes(4)}


def test_a_small_lake_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "ProcessPoolExecutor", None)
    small(tmp_path / "lake", days=30, users=300)


# Numbers


@pytest.mark.parametrize("events", [1, 7, 100, 5003])
def test_events_are_exactly_as_many_as_asked_for(tmp_path: Path, events: int) -> None:
    counts: list[int] = []
    lake = small(tmp_path / "lake", days=9, events=events, progress=counts.append)
    assert sum(map(len, raw_lines(lake.out).values())) == lake.events == sum(counts) == events


def test_estimate_is_what_is_written(month: Path, events: list[Record]) -> None:
    assert len(events) == estimate_events(days=30, users=300)


def test_every_user_is_seen(events: list[Record]) -> None:
    users = {event["userId"] for event in events} - {""}
    assert users == {str(number) for number in range(2, 302)}


def test_lake_counts_its_files(tmp_path: Path) -> None:
    lake = small(tmp_path / "lake", faults=0.05)
    assert lake.files == len(raw_lines(lake.out)) + len(raw_songs(lake.out))
    assert lake.planted == sum(map(len, manifest(lake.out).values())) > 0


# Format


def test_events_are_spelled_as_in_the_real_logs(month: Path) -> None:
    for path, lines in raw_lines(month).items():
        year, month_, _ = day_of(path).split("-")
        assert path == f"log_data/{year}/{month_}/{day_of(path)}-events.json"
        for line in lines:
            record = json.loads(line)
            assert list(record) == EVENT_FIELDS
            spelled = json.dumps(record, separators=(",", ":")).replace("/", "\\/")
            assert line == spelled


def test_songs_are_spelled_as_in_the_real_files(month: Path) -> None:
    for path, text in raw_songs(month).items():
        track = Path(path).stem
        assert path == f"song_data/{track[2]}/{track[3]}/{track[4]}/{track}.json"
        assert list(json.loads(text)) == SONG_FIELDS
        assert text == json.dumps(json.loads(text))


def test_song_folders_are_the_third_to_fifth_letter_of_the_track() -> None:
    path = song_path("TRXYZAB128F4A1B2C3", compress=False)
    assert path == "song_data/X/Y/Z/TRXYZAB128F4A1B2C3.json"


def test_jsonpaths_name_the_fields_in_order(month: Path) -> None:
    paths = json.loads((month / "log_json_path.json").read_text())
    assert paths == {"jsonpaths": [f"$['{name}']" for name in EVENT_FIELDS]}


def test_no_good_value_breaks_a_staging_limit(events: list[Record], songs: list[Record]) -> None:
    for records, limits in ((events, EVENT_LIMITS), (songs, SONG_LIMITS)):
        for column, limit in limits.items():
            assert max(len((record[column] or "").encode()) for record in records) <= limit


# Events


def test_natural_key_is_unique(events: list[Record]) -> None:
    keys = Counter((event["sessionId"], event["itemInSession"]) for event in events)
    assert keys.most_common(1)[0][1] == 1


def test_sessions_count_their_items_and_grow_with_time(events: list[Record]) -> None:
    sessions = defaultdict(list)
    for event in events:
        sessions[event["sessionId"]].append(event)
    begins = []
    for _, session in sorted(sessions.items()):
        assert [event["itemInSession"] for event in session] == list(range(len(session)))
        times = [event["ts"] for event in session]
        assert times == sorted(set(times))
        assert len({event["userId"] for event in session} - {""}) <= 1
        begins.append(times[0])
    assert begins == sorted(begins)
    assert 8 < len(events) / len(sessions) < 11


def test_events_lie_in_the_file_of_their_day_in_order(month: Path) -> None:
    for path, lines in raw_lines(month).items():
        records = [json.loads(line) for line in lines]
        assert {str(utc(event).date()) for event in records} == {day_of(path)}
        assert [event["ts"] for event in records] == sorted(event["ts"] for event in records)


def test_a_day_drawn_in_parts_keeps_the_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "EVENTS_PER_PART", 300)
    monkeypatch.setattr(sample_lines, "LINES_AT_ONCE", 70)
    out = small(tmp_path / "lake", events=5000).out
    records = [json.loads(line) for lines in raw_lines(out).values() for line in lines]
    test_natural_key_is_unique(records)
    test_sessions_count_their_items_and_grow_with_time(records)
    test_events_lie_in_the_file_of_their_day_in_order(out)
    test_levels_change_only_at_submit_pages(records)


def test_levels_change_only_at_submit_pages(events: list[Record]) -> None:
    after = {"Submit Upgrade": "paid", "Submit Downgrade": "free"}
    level: dict[str, Any] = {}
    changed = 0
    for event in sorted(events, key=lambda event: event["ts"]):
        user: str = event["userId"]
        if user:
            assert event["level"] == level.get(user, event["level"])
            level[user] = after.get(event["page"], event["level"])
            if event["page"] in after:
                assert level[user] != event["level"]
                changed += 1
    assert changed > 0


def test_levels_change_in_both_directions(events: list[Record]) -> None:
    pages = Counter(event["page"] for event in events)
    assert pages["Submit Upgrade"] > 3
    assert pages["Submit Downgrade"] > 3


def test_logged_out_events_tell_no_person(events: list[Record]) -> None:
    logged_out = [event for event in events if event["auth"] == "Logged Out"]
    assert 0.02 < len(logged_out) / len(events) < 0.06
    for event in events:
        tells = [event[name] is not None for name in NULL_WHEN_LOGGED_OUT[:6]]
        assert any(tells) == all(tells) == bool(event["userId"]) == (event["auth"] == "Logged In")
        assert event["level"] in ("free", "paid")


def test_pages_have_their_method_status_and_frequency(events: list[Record]) -> None:
    kinds = Counter((event["page"], event["method"], event["status"]) for event in events)
    assert set(kinds) == PAGES
    assert 0.80 < kinds["NextSong", "PUT", 200] / len(events) < 0.88
    assert 0.06 < kinds["Home", "GET", 200] / len(events) < 0.12
    for event in events:
        heard = [event[name] is not None for name in ("artist", "song", "length")]
        assert all(heard) == any(heard) == (event["page"] == "NextSong")


def test_most_users_are_free_and_most_plays_paid(plays: list[Record]) -> None:
    levels = {play["userId"]: play["level"] for play in plays}
    assert Counter(levels.values())["free"] > 2 * Counter(levels.values())["paid"]
    assert Counter(play["level"] for play in plays)["paid"] > 0.65 * len(plays)


def test_a_little_more_than_half_of_the_users_are_f(events: list[Record]) -> None:
    genders = {event["userId"]: event["gender"] for event in events if event["userId"]}
    assert 0.48 < list(genders.values()).count("F") / len(genders) < 0.63


def test_user_agents_come_with_and_without_quotes(events: list[Record]) -> None:
    agents = {event["userAgent"] for event in events} - {None}
    quoted = {agent for agent in agents if agent.startswith('"') and agent.endswith('"')}
    assert quoted
    assert agents - quoted
    assert all('"' not in agent for agent in agents - quoted)


def test_registration_is_a_float_before_the_first_day(month: Path, events: list[Record]) -> None:
    begin = datetime(2018, 11, 1, tzinfo=UTC).timestamp() * 1000
    times = [event["registration"] for event in events if event["userId"]]
    assert all(isinstance(time, float) and 0 < begin - time <= 45 * 86_400_000 for time in times)


def test_rhythm_peaks_in_the_afternoon_and_rests_at_weekends(plays: list[Record]) -> None:
    hours = Counter(utc(play).hour for play in plays)
    afternoon = sum(hours[hour] for hour in range(14, 19)) / 5
    night = sum(hours[hour] for hour in range(2, 5)) / 3
    assert afternoon > 2.5 * night
    assert max(hours, key=lambda hour: hours[hour]) in range(13, 20)
    weekdays = Counter(utc(play).weekday() for play in plays)
    assert max(weekdays[5], weekdays[6]) < min(weekdays[day] for day in range(5))


def test_songs_and_users_have_a_long_tail(plays: list[Record]) -> None:
    visits = {(play["userId"], play["sessionId"]) for play in plays}
    for names in ([play["song"] for play in plays], [user for user, _ in visits]):
        counts = sorted(Counter(names).values(), reverse=True)
        assert sum(counts[: len(counts) // 10]) > 0.35 * len(names)
        assert counts[len(counts) // 2] < counts[0] / 10


def test_a_few_artists_rise_over_the_weeks(plays: list[Record]) -> None:
    weeks = [Counter(play["artist"] for play in plays if begin <= utc(play).day < begin + 10) for begin in (1, 21)]
    rising = [artist for artist in weeks[1] if weeks[1][artist] > 5 * weeks[0][artist] + 30]
    assert 1 <= len(rising) <= 10


# Catalog


def test_about_a_third_of_the_plays_are_not_in_the_catalog(plays: list[Record], songs: list[Record]) -> None:
    known = {(song["artist_name"], song["title"]) for song in songs}
    outside = [play for play in plays if (play["artist"], play["song"]) not in known]
    assert 0.31 < len(outside) / len(plays) < 0.39
    stripped = {(artist, title.strip()) for artist, title in known}
    assert not {(play["artist"], play["song"].strip()) for play in outside} & stripped


def test_twin_songs_need_the_nearest_duration(plays: list[Record], songs: list[Record]) -> None:
    durations = defaultdict(list)
    for song in songs:
        durations[song["artist_name"], song["title"]].append(song["duration"])
    twins = {key: values for key, values in durations.items() if len(values) > 1}
    assert len(twins) >= 10
    heard = set()
    for play in plays:
        key = (play["artist"], play["song"])
        if key in twins:
            near, far = sorted(abs(play["length"] - duration) for duration in twins[key])
            assert near <= 2 < far
            heard.add((key, near == 0))
    assert {key for key, _ in heard} & set(twins)
    assert {exact for _, exact in heard} == {True, False}


def test_catalog_has_the_oddities_of_the_real_one(songs: list[Record]) -> None:
    assert any(song["title"] != song["title"].strip() for song in songs)
    assert any(not song["title"].isascii() for song in songs)
    assert any(not song["artist_name"].isascii() for song in songs)
    assert 0.4 < sum(song["year"] == 0 for song in songs) / len(songs) < 0.8
    for name, missing in (("artist_latitude", None), ("artist_location", "")):
        assert 0.2 < sum(song[name] == missing for song in songs) / len(songs) < 0.8
    for name in ("artist_name", "artist_location"):
        values = defaultdict(set)
        for song in songs:
            values[song["artist_id"]].add(song[name])
        assert max(map(len, values.values())) > 1


def test_titles_with_outer_blanks_are_played_as_they_stand(plays: list[Record], songs: list[Record]) -> None:
    blank = {song["title"] for song in songs if song["title"] != song["title"].strip()}
    assert {play["song"] for play in plays} & blank
    assert not {play["song"] for play in plays} & {title.strip() for title in blank}


def test_ids_are_unique(songs: list[Record]) -> None:
    assert len({song["song_id"] for song in songs}) == len(songs) == 400
    assert {len(song[name]) for song in songs for name in ("song_id", "artist_id")} == {18}


# Faults


def why_refused(text: str, what: str) -> tuple[str, set[str | None]] | None:
    """The kind of fault a strict reader finds in a line, and the columns at fault."""
    try:
        record = json.loads(text)
    except json.JSONDecodeError:
        return "broken_json", {None}
    limits = EVENT_LIMITS if what == "events" else SONG_LIMITS
    numbers = {"length", "registration", "duration", "artist_latitude", "artist_longitude"}
    whole = {"itemInSession", "sessionId", "status", "ts", "num_songs", "year"}
    faults: dict[str, set[str | None]] = defaultdict(set)
    for column, value in record.items():
        if value is None:
            if column in REQUIRED[what]:
                faults["missing_required"].add(column)
        elif column in limits:
            if len(value.encode()) > limits[column]:
                faults["overlong"].add(column)
        elif column in numbers:
            if not isinstance(value, float):
                faults["wrong_type"].add(column)
        elif column in whole:
            if not isinstance(value, int):
                faults["wrong_type"].add(column)
        elif not (value == "" or value.isdigit()):
            faults["wrong_type"].add(column)
    assert len(faults) <= 1
    return next(iter(faults.items()), None)


def test_planted_faults_stand_where_the_manifest_says(faulty: Path) -> None:
    told = {
        (reject["file"], reject["line"]): (reject["kind"], {reject["column"]}) for reject in manifest(faulty)["rejects"]
    }
    found = {}
    for path, lines in raw_lines(faulty).items():
        for number, line in enumerate(lines, start=1):
            found[path, number] = why_refused(line, "events")
    for path, text in raw_songs(faulty).items():
        found[path, 1] = why_refused(text, "songs")
    assert {place: why for place, why in found.items() if why} == told


def test_every_kind_of_fault_is_planted(faulty: Path) -> None:
    content = manifest(faulty)
    for folder in ("log_data", "song_data"):
        kinds = {fault["kind"] for fault in content["rejects"] if fault["file"].startswith(folder)}
        assert kinds == {"broken_json", "wrong_type", "overlong", "missing_required"}
    assert all(content[name] for name in ("repeats", "late", "doubled_songs"))


def test_a_low_rate_plants_one_of_each_kind(tmp_path: Path) -> None:
    content = manifest(small(tmp_path / "lake", faults=1e-9).out)
    assert {name: len(faults) for name, faults in content.items()} == {
        "rejects": 8,
        "repeats": 1,
        "late": 1,
        "doubled_songs": 1,
    }


def test_faults_are_about_as_many_as_asked_for(faulty: Path) -> None:
    content = manifest(faulty)
    planted = [fault for faults in content.values() for fault in faults]
    of_songs = sum(fault["file"].startswith("song_data") for fault in planted)
    assert of_songs == pytest.approx(0.05 * 300, abs=3)
    assert len(planted) - of_songs == pytest.approx(0.05 * estimate_events(6, 100), abs=6)


def test_repeats_say_the_same_line_again_later(faulty: Path) -> None:
    lines = raw_lines(faulty)
    days = set()
    for repeat in manifest(faulty)["repeats"]:
        here, there = (repeat["file"], repeat["line"]), (repeat["of_file"], repeat["of_line"])
        assert lines[here[0]][here[1] - 1] == lines[there[0]][there[1] - 1]
        assert here > there
        days.add(here[0] == there[0])
    assert days == {True, False}


def test_late_lines_stand_in_a_later_file_than_their_own(faulty: Path) -> None:
    lines = raw_lines(faulty)
    for late in manifest(faulty)["late"]:
        event = json.loads(lines[late["file"]][late["line"] - 1])
        assert str(utc(event).date()) == late["day"] < day_of(late["file"])


def test_without_its_faults_a_lake_is_the_sound_one(faulty: Path, sound: Path) -> None:
    content = manifest(faulty)
    added = content["rejects"] + content["repeats"]
    planted = {(fault["file"], fault["line"]) for fault in added}
    late = {(fault["file"], fault["line"]): fault["day"] for fault in content["late"]}
    good = defaultdict(list)
    for path, lines in raw_lines(faulty).items():
        for place in ((path, number) for number in range(1, len(lines) + 1)):
            if place not in planted:
                good[late.get(place, day_of(path))].append(lines[place[1] - 1])
    expected = {day_of(path): sorted(lines) for path, lines in raw_lines(sound).items()}
    assert {day: sorted(lines) for day, lines in good.items()} == expected


def test_doubled_songs_repeat_a_record_under_a_new_track(faulty: Path, sound: Path) -> None:
    content, texts = manifest(faulty), raw_songs(faulty)
    for doubled in content["doubled_songs"]:
        assert texts[doubled["file"]] == texts[doubled["of_file"]]
    extra = {fault["file"] for fault in content["rejects"] + content["doubled_songs"]}
    good = {path.removesuffix(".gz"): text for path, text in texts.items() if path not in extra}
    assert good == raw_songs(sound)


def test_overlong_texts_may_have_few_characters_but_many_bytes(faulty: Path) -> None:
    lines = raw_lines(faulty)
    shapes = set()
    for reject in manifest(faulty)["rejects"]:
        if reject["kind"] == "overlong" and reject["column"] in EVENT_LIMITS:
            value = json.loads(lines[reject["file"]][reject["line"] - 1])[reject["column"]]
            shapes.add(len(value) <= EVENT_LIMITS[reject["column"]] < len(value.encode()))
    assert shapes == {True, False}


def test_a_lake_without_faults_has_no_manifest(month: Path) -> None:
    assert not (month / "planted_faults.json").exists()


# Refusals and failures


@pytest.mark.parametrize("folder", ["log_data", "song_data"])
def test_an_occupied_folder_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "mine.json").write_text("{}")
    with pytest.raises(ValueError, match=f"{folder} is not empty; delete it"):
        small(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_other_files_and_empty_folders_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "log_data").mkdir()
    (tmp_path / "README").write_text("mine")
    (tmp_path / generator.UNFINISHED).mkdir()
    (tmp_path / generator.UNFINISHED / "half").write_text("left by a killed generator")
    small(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"README", "log_data", "song_data", "log_json_path.json"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"days": 0}, "days is 0"),
        ({"users": 0}, "users is 0"),
        ({"songs": -1}, "songs is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"events": 0}, "events is 0"),
        ({"workers": 0}, "workers is 0"),
        ({"faults": 0.9}, r"faults is 0.9; give a share from 0 to 0.5"),
    ],
)
def test_impossible_arguments_are_refused(tmp_path: Path, wrong: Record, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(tmp_path / "lake", **wrong)
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_generation_leaves_nothing(tmp_path: Path, workers: int) -> None:
    def fail(events: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "README").write_text("mine")
    for name in ("new", "old"):
        with pytest.raises(KeyboardInterrupt):
            small(tmp_path / name, progress=fail, workers=workers)
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["README"]


def test_nothing_is_in_its_place_before_all_is_written(tmp_path: Path) -> None:
    seen: set[str] = set()
    small(tmp_path, progress=lambda events: seen.update(p.name for p in tmp_path.iterdir()))
    assert seen == {generator.UNFINISHED}


def test_log_data_is_moved_to_its_place_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    rename = Path.rename

    def note(source: Path, target: Path) -> Path:
        moved.append(target.name)
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", note)
    small(tmp_path / "lake")
    assert sorted(moved[:-1]) == ["log_json_path.json", "song_data"]
    assert moved[-1] == "log_data"


@pytest.mark.parametrize(("days", "users", "songs"), [(1, 1, 1), (1, 2, 3), (3, 50, 2), (40, 1, 9)])
def test_tiny_lakes_hold(tmp_path: Path, days: int, users: int, songs: int) -> None:
    first = date(2020, 2, 28)
    lake = small(tmp_path / "lake", days=days, users=users, songs=songs, start=first, faults=0.1)
    assert len(raw_songs(lake.out)) >= songs
    assert min(map(day_of, raw_lines(lake.out))) >= "2020-02-28"
